//! Blocks of code without edit marks: taken as a symbol or a file as a whole where that is certain, else refused with why.

use super::placeholder;
use super::proposal::Change;
use super::syntax::Structure;
use super::text::{Line, LineEnd, Text};
use crate::index::{Symbol, SymbolKind};

/// Signs of lines above a definition that belong to it.
const LEADS: [&str; 8] = ["#[", "///", "//", "@", "/*", "*", "#", "--"];

/// Where a block was cited.
pub type Cited = std::ops::RangeInclusive<usize>;

/// The change that a block of code makes to a file: a new file, the whole of it, or one symbol.
///
/// # Errors
/// Why it is not certain what the block replaces.
pub fn place(
    path: &str,
    before: Option<&[u8]>,
    block: &[String],
    cited: Option<&Cited>,
) -> Result<Change, String> {
    let change = |after: Vec<u8>| Change {
        path: path.to_owned(),
        moved_to: None,
        before: before.map(<[u8]>::to_vec),
        after: Some(after),
        mode: None,
    };
    let new = Text::new_file(block, true);
    let bytes = |text: &Text| text.bytes().map_err(|error| error.to_string());
    let Some(before) = before else {
        placeholder::refuse(block, &[])?;
        return Ok(change(bytes(&new)?));
    };
    let old = Text::read(before).map_err(|error| error.to_string())?;
    placeholder::refuse(block, &old.lines)?;
    let (has, offers) = (Structure::new(path, &old), Structure::new(path, &new));
    let text = if let Some(text) = symbol((&old, &has), (block, &offers), cited)? {
        text
    } else if is_whole(&has, &offers) {
        super::hunk::patched(&old, &super::hunk::hunks(&old, &like(&old, &new)))
    } else {
        return Err(format!(
            "the block is neither the whole of {path} nor one symbol of it, so it cannot be told what it replaces"
        ));
    };
    Ok(change(bytes(&text)?))
}

/// The new text with the line ends of the old one where lines are the same, and of its kind elsewhere.
fn like(old: &Text, new: &Text) -> Text {
    let mut text = old.clone();
    let plain: Vec<Line> = old.lines.iter().map(|line| Line::new(line.text.clone(), LineEnd::Lf)).collect();
    let fresh: Vec<Line> = new.lines.iter().map(|line| Line::new(line.text.clone(), LineEnd::Lf)).collect();
    for (range, lines) in super::hunk::differences(&plain, &fresh).into_iter().rev() {
        let lines: Vec<String> = fresh[lines].iter().map(|line| line.text.clone()).collect();
        text.splice(range, &lines);
    }
    text
}

fn top(structure: &Structure) -> Vec<&Symbol> {
    let counts = |symbol: &&Symbol| symbol.depth == 0 && symbol.kind != SymbolKind::Landmark;
    structure.symbols().iter().filter(counts).collect()
}

/// Whether everything that the file defines is in the block: then it is the file as it shall be.
fn is_whole(has: &Structure, offers: &Structure) -> bool {
    let (has, mut offers) = (top(has), top(offers));
    has.len() > 1
        && has.iter().all(|symbol| {
            let same = |other: &&Symbol| other.name == symbol.name && other.kind == symbol.kind;
            let found = offers.iter().position(same);
            found.map(|at| offers.swap_remove(at)).is_some()
        })
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
    Ok(Some(super::hunk::patched(old, &super::hunk::hunks(old, &text))))
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

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "use a::A;\n\n/// Doc.\nfn one() {\n    1;\n}\n\nimpl B {\n    fn two(&self) {\n        2;\n    }\n}\n";

    fn placed(block: &str, cited: Option<&Cited>) -> Result<String, String> {
        let lines: Vec<String> = block.lines().map(str::to_owned).collect();
        let change = place("a.rs", Some(FILE.as_bytes()), &lines, cited)?;
        Ok(String::from_utf8(change.after.expect("bytes")).expect("utf-8"))
    }

    #[test]
    fn one_symbol_takes_the_place_of_its_like() {
        assert_eq!(placed("fn one() {\n    3;\n}", None), Ok(FILE.replace("1;", "3;")));
        let documented = placed("/// Other.\nfn one() {\n    1;\n}", None);
        assert_eq!(documented, Ok(FILE.replace("Doc.", "Other.")));
    }

    #[test]
    fn a_method_is_indented_as_its_place() {
        assert_eq!(placed("fn two(&self) {\n    4;\n}\n", None), Ok(FILE.replace("2;", "4;")));
    }

    #[test]
    fn a_whole_file_has_everything_that_was_defined() {
        let whole = FILE.replace("1;", "5;").replace("2;", "6;");
        assert_eq!(placed(&whole, None).as_deref(), Ok(whole.as_str()));
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        for block in
            ["    3;\n", "fn three() {}\n", "fn one() {}\nfn three() {}\n", "let x = 1;\nfn one() {}\n"]
        {
            assert!(placed(block, None).expect_err(block).contains("cannot be told"), "{block}");
        }
        assert!(
            placed("fn one() {\n    // ... existing code ...\n}", None)
                .expect_err("left out")
                .contains("left out")
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_made() {
        let change = place("n.rs", None, &["fn n() {}".to_owned()], None).expect("a change");
        assert_eq!(change.after.as_deref(), Some(&b"fn n() {}\n"[..]));
    }
}
