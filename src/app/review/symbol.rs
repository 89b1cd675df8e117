//! Symbols of a previewed file: what a line lies in, told from how it is set and coloured.
//!
//! No parser runs on the screen's thread, so this is a guess from indentation and the roles of tokens; the edit service
//! looks the name up in the syntax tree and says so where it finds none.

use std::sync::Arc;

use crate::app::preview::{Source, SourceLine};

/// Words that begin a definition, in the languages that have such words.
const DEFINING: [&str; 24] = [
    "fn",
    "def",
    "func",
    "function",
    "fun",
    "class",
    "struct",
    "enum",
    "trait",
    "impl",
    "interface",
    "module",
    "mod",
    "type",
    "object",
    "record",
    "sub",
    "proc",
    "method",
    "protocol",
    "extension",
    "union",
    "macro",
    "namespace",
];

/// The definition that a 1-based line lies in or begins: the nearest above it that is set no deeper.
pub fn around(source: &Source, line: u32) -> Option<Arc<str>> {
    let at = (line as usize).checked_sub(1)?;
    let mut depth = indent(source.lines.get(at)?).unwrap_or(usize::MAX);
    for (number, line) in source.lines[..=at].iter().enumerate().rev() {
        let Some(own) = indent(line) else { continue };
        if own > depth || own == depth && number != at {
            continue;
        }
        depth = own;
        if let Some(name) = defined(&line.text) {
            return Some(name.into());
        }
    }
    None
}

/// Cells before the text of a line; `None` for a blank one.
fn indent(line: &SourceLine) -> Option<usize> {
    let text = line.text.trim_start();
    (!text.is_empty()).then(|| line.text.len() - text.len())
}

/// The name that a line defines.
fn defined(line: &str) -> Option<&str> {
    let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    // Modifiers come first (`pub async fn`); a call or a comment has other words before.
    let before = words.by_ref().take(6).position(|word| DEFINING.contains(&word))?;
    let is_comment =
        ["//", "#", "*", "--", ";", "\"", "'"].iter().any(|sign| line.trim_start().starts_with(sign));
    if is_comment || before > 4 {
        return None;
    }
    words.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        let lines = text.lines().map(|line| SourceLine { text: line.into(), roles: Vec::new() });
        Source { lines: lines.collect(), ..Source::default() }
    }

    #[test]
    fn a_line_lies_in_the_definition_above_it_that_is_set_less_deep() {
        let rust = source(
            "impl Budget {\n    pub fn take(&mut self) -> bool {\n        if self.spent > 3 {\n\n            return false;\n        }\n    }\n\n    fn rest(&self) {}\n}\n\nlet x = 3;\n",
        );
        for (line, name) in [(1, "Budget"), (2, "take"), (5, "take"), (4, "take"), (9, "rest")] {
            assert_eq!(around(&rust, line).as_deref(), Some(name), "line {line}");
        }
        let python =
            source("class Pool:\n    def take(self):\n        # def nothing\n        return 1\n\nx = 2\n");
        assert_eq!(around(&python, 4).as_deref(), Some("take"));
        assert_eq!(around(&python, 99), None);
    }
}
