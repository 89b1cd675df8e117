//! Lines: what hunks touch, told without a grammar.

use super::asked::Asked;
use super::reordered;
use crate::domain::Language;
use crate::edit::hunk::{Hunk, HunkClass};
use crate::edit::text::Line;

/// Languages in which leading space means something.
const INDENTED: [&str; 9] =
    ["Python", "YAML", "Makefile", "Haskell", "F#", "CoffeeScript", "Pug", "Sass", "Nim"];

/// Classes hunks by their lines alone, as far as that is certain.
pub fn by_lines(hunks: &mut [Hunk], language: Language, asked: &Asked) {
    for hunk in hunks.iter_mut() {
        let spaces = is_spacing(hunk, language) && !asked.layout;
        let remarks = is_commentary(hunk, language) && !asked.comments;
        if spaces || remarks {
            hunk.class = HunkClass::Cosmetic;
        }
    }
    if !asked.layout {
        let lines: Vec<Option<[Vec<String>; 2]>> = hunks.iter().map(import_lines).collect();
        reordered(hunks, |at| lines[at].clone());
    }
}

/// Beginnings of lines that import.
pub const IMPORTS: [&str; 8] =
    ["use ", "import ", "from ", "#include", "using ", "require", "const ", "pub use "];

fn import_lines(hunk: &Hunk) -> Option<[Vec<String>; 2]> {
    let read = |lines: &[Line]| -> Option<Vec<String>> {
        let said = lines.iter().map(|line| line.text.trim()).filter(|line| !line.is_empty());
        said.map(|line| IMPORTS.iter().any(|lead| line.starts_with(lead)).then(|| line.to_owned())).collect()
    };
    Some([read(&hunk.old)?, read(&hunk.new)?])
}

/// Whether only white space differs, as far as that is certain without a grammar.
fn is_spacing(hunk: &Hunk, language: Language) -> bool {
    let indented = INDENTED.contains(&language.name());
    let loose = !language.is_doc() && language != Language::PLAIN;
    let said = |lines: &[Line]| -> Vec<String> {
        let ends = lines.iter().map(|line| line.text.trim_end().to_owned());
        ends.filter(|line| !loose || indented || !line.is_empty()).collect()
    };
    let (old, new) = (said(&hunk.old), said(&hunk.new));
    if old == new {
        return true;
    }
    let words = |lines: &[String]| -> Vec<Vec<String>> {
        lines.iter().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
    };
    let quotes = old.iter().chain(&new).any(|line| line.contains(['"', '\'', '`']));
    loose && !indented && !quotes && words(&old) == words(&new)
}

/// Whether only whole-line comments differ.
fn is_commentary(hunk: &Hunk, language: Language) -> bool {
    let code = |lines: &[Line]| -> Vec<String> {
        let said = lines.iter().map(|line| line.text.trim()).filter(|line| !line.is_empty());
        said.filter(|line| !is_comment(line, language)).map(str::to_owned).collect()
    };
    let any = hunk.old.iter().chain(&hunk.new).any(|line| is_comment(line.text.trim(), language));
    any && code(&hunk.old) == code(&hunk.new)
}

fn is_comment(line: &str, language: Language) -> bool {
    let block = language.block_comment();
    language.line_comments().iter().any(|sign| line.starts_with(sign))
        || block.is_some_and(|(open, close)| {
            line.starts_with(open) && (line.ends_with(close) || !line.contains(close))
        })
        || block
            .is_some_and(|(open, _)| open == "/*" && (line.starts_with("* ") || line == "*" || line == "*/"))
}
