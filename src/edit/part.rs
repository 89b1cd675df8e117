//! Part: what lines of code without edit marks replace in a file, where that is certain: one symbol, or all of it.

use std::collections::BTreeSet;

use super::hunk::{differences, hunks, patched};
use super::syntax::Structure;
use super::text::{Line, LineEnd, Text};
use crate::index::{Symbol, SymbolKind};

/// Signs of lines above a definition that belong to it.
const LEADS: [&str; 8] = ["#[", "///", "//", "@", "/*", "*", "#", "--"];

/// Where a block was cited.
pub type Cited = std::ops::RangeInclusive<usize>;

/// The file with the block in its place: that of one symbol, or of the whole.
///
/// # Errors
/// Why it is not certain what the block replaces.
pub fn placed(path: &str, old: &Text, block: &[String], cited: Option<&Cited>) -> Result<Text, String> {
    let new = Text::new_file(block, true);
    let (has, offers) = (Structure::new(path, old), Structure::new(path, &new));
    if let Some(text) = symbol((old, &has), (block, &offers), cited)? {
        return Ok(text);
    }
    let lost = lost(&has, &offers);
    let renamed = || top(&offers).len() >= top(&has).len() && keeps_most(old, block);
    let all = lost.is_empty() || renamed();
    if !top(&has).is_empty() && all && keeps_the_rest(old, &has, block) {
        return Ok(patched(old, &hunks(old, &like(old, &new))));
    }
    let names: Vec<String> = lost.iter().take(3).map(|symbol| format!("`{}`", symbol.name)).collect();
    let lacks = if names.is_empty() { String::new() } else { format!("; it lacks {}", names.join(", ")) };
    Err(format!(
        "the block is neither the whole of {path} nor one symbol of it, so it cannot be told what it replaces{lacks}"
    ))
}

/// Whether a file has symbols by which a part can be told from the whole.
pub fn has_symbols(path: &str, text: &Text) -> bool {
    !top(&Structure::new(path, text)).is_empty()
}

/// The new text with the line ends of the old one where lines are the same, and of its kind elsewhere.
fn like(old: &Text, new: &Text) -> Text {
    let mut text = old.clone();
    let plain: Vec<Line> = old.lines.iter().map(|line| Line::new(line.text.clone(), LineEnd::Lf)).collect();
    let fresh: Vec<Line> = new.lines.iter().map(|line| Line::new(line.text.clone(), LineEnd::Lf)).collect();
    for (range, lines) in differences(&plain, &fresh).into_iter().rev() {
        let lines: Vec<String> = fresh[lines].iter().map(|line| line.text.clone()).collect();
        text.splice(range, &lines);
    }
    text
}

fn top(structure: &Structure) -> Vec<&Symbol> {
    let counts = |symbol: &&Symbol| symbol.depth == 0 && symbol.kind != SymbolKind::Landmark;
    structure.symbols().iter().filter(counts).collect()
}

/// What the file defines and the block does not. Where that is nothing, the block may be the file as it shall be.
fn lost<'s>(has: &'s Structure, offers: &Structure) -> Vec<&'s Symbol> {
    let (mut lost, mut offers) = (top(has), top(offers));
    lost.retain(|symbol| {
        let same = |other: &&Symbol| other.name == symbol.name && other.kind == symbol.kind;
        offers.iter().position(same).map(|at| offers.swap_remove(at)).is_none()
    });
    lost
}

/// Whether the block has at least half of the file's lines: then it is the file with other names, and no part of it.
fn keeps_most(old: &Text, block: &[String]) -> bool {
    let said = old.lines.iter().map(|line| line.text.as_str()).filter(|line| !line.trim().is_empty());
    let all = said.clone().count();
    let there: BTreeSet<&str> = block.iter().map(String::as_str).collect();
    said.filter(|line| there.contains(line)).count() * 2 >= all
}

/// Whether at least half of what stands outside of symbols, such as imports, is in the block as well, or has its like there.
fn keeps_the_rest(old: &Text, has: &Structure, block: &[String]) -> bool {
    let inside = |at: usize| {
        top(has)
            .iter()
            .any(|symbol| (symbol.span.first as usize..=symbol.span.last as usize).contains(&(at + 1)))
    };
    let lines = old.lines.iter().enumerate().map(|(at, line)| (at, line.text.trim()));
    let outside: Vec<&str> =
        lines.filter(|(at, line)| line.len() > 1 && !inside(*at)).map(|(_, line)| line).collect();
    let word = |line: &str| line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    let begins: BTreeSet<String> =
        block.iter().map(|line| word(line)).filter(|word| !word.is_empty()).collect();
    let is_kept =
        |line: &&&str| begins.contains(&word(line)) || block.iter().any(|other| other.trim() == **line);
    outside.iter().filter(is_kept).count() * 2 >= outside.len()
}

/// The text with the one symbol of the block in the place of the one of its name; `None` where the block is not one symbol.
fn symbol(
    (old, has): (&Text, &Structure),
    (block, offers): (&[String], &Structure),
    cited: Option<&Cited>,
) -> Result<Option<Text>, String> {
    let tops = top(offers);
    let [only] = tops.as_slice() else { return Ok(None) };
    let (first, last) = (only.span.first as usize - 1, (only.span.last as usize).min(block.len()));
    let texts: Vec<&str> = block.iter().map(String::as_str).collect();
    let lead = lead(&texts, first);
    let outside = texts[..lead].iter().chain(&texts[last..]).any(|line| !line.trim().is_empty());
    if outside {
        return Ok(None);
    }
    let same = |symbol: &&Symbol| symbol.name == only.name && symbol.kind == only.kind;
    let mut places: Vec<&Symbol> = has.symbols().iter().filter(same).collect();
    if let (Some(cited), true) = (cited, places.len() > 1) {
        let meets = |symbol: &&Symbol| {
            symbol.span.first as usize <= *cited.end() && *cited.start() <= symbol.span.last as usize
        };
        places.retain(meets);
    }
    let place = match places.as_slice() {
        [] => return Ok(None),
        [place] => place,
        several => {
            return Err(format!("the file defines `{}` in {} places", only.name, several.len()));
        }
    };
    let lines: Vec<&str> = old.lines.iter().map(|line| line.text.as_str()).collect();
    let (start, end) = (place.span.first as usize - 1, (place.span.last as usize).min(lines.len()));
    // What stands above the definition is replaced only by what stands above it in the block.
    let (from, taken) = if lead < first { (self::lead(&lines, start), lead) } else { (start, first) };
    let fresh = indented(&block[taken..last], indent(lines[start]), indent(texts[first]));
    let mut text = old.clone();
    text.splice(from..end, &fresh);
    Ok(Some(patched(old, &hunks(old, &text))))
}

/// The first of the lines above a definition that belong to it.
fn lead(lines: &[&str], definition: usize) -> usize {
    let belongs = |line: &str| LEADS.iter().any(|sign| line.trim_start().starts_with(sign));
    let above = lines[..definition].iter().rev().take_while(|line| belongs(line)).count();
    definition - above
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// Lines moved from one indentation to another.
fn indented(lines: &[String], to: &str, from: &str) -> Vec<String> {
    let moved = |line: &String| match line.strip_prefix(from) {
        _ if line.trim().is_empty() => line.clone(),
        Some(rest) => format!("{to}{rest}"),
        None => line.clone(),
    };
    lines.iter().map(moved).collect()
}
