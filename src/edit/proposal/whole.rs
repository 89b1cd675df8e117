//! Whole files, and blocks of which it is certain what they replace.

use crate::edit::directive::Novelty;
use crate::edit::part;
use crate::edit::text::Text;

use super::numbers::unnumbered;
use super::refusal::Refusal;
use super::replace::rewrite;

/// Makes a file read as these lines, unless they are no text of a whole file.
pub(super) fn whole(path: &str, text: &mut Text, lines: &[String], new: Novelty) -> Result<(), Refusal> {
    let there: Vec<String> = text.lines.iter().map(|line| line.text.clone()).collect();
    if lines.len() > 1 && unnumbered(lines).is_some() && unnumbered(&there).is_none() {
        return Err("its lines begin with line numbers, which the file has not".to_owned().into());
    }
    let lines = without_its_name(path, lines, &there);
    if new != Novelty::Block || text.lines.is_empty() {
        rewrite(text, lines);
    } else if part::has_symbols(path, text) {
        *text = part::placed(path, text, lines, None)?;
    } else {
        let left = lines.iter().filter(|line| there.contains(line)).count();
        if there.len() > LONG && left * 2 < there.len() {
            let why =
                "the block is not the whole file: most of its lines would be deleted, and nothing says so";
            return Err(why.to_owned().into());
        }
        rewrite(text, lines);
    }
    Ok(())
}

/// Lines from which on a text is not taken for replaced by a block that shares few of them.
const LONG: usize = 20;

/// The lines without a first one that only names the file, which the file has not.
fn without_its_name<'l>(path: &str, lines: &'l [String], there: &[String]) -> &'l [String] {
    match lines {
        [first, rest @ ..]
            if there.first() != Some(first)
                && first.trim_end_matches(['*', '/', '-', '>', ' ']).ends_with(path)
                && first.len() < path.len() + 12
                && first.starts_with(|c: char| c.is_ascii_punctuation()) =>
        {
            rest
        }
        _ => lines,
    }
}
