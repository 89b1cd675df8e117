//! Search/replace blocks: `<<<<<<< SEARCH`, the lines that stand there, `=======`, the lines to put there,
//! `>>>>>>> REPLACE`; the file's name on a line before.
//!
//! A divider may also be a line of the file. A block with several is kept with all its readings, and whoever locates it
//! takes the one that fits.

use super::fence::Fence;
use super::path;
use super::{Found, LastLine, Parse};
use crate::edit::directive::{Directive, Malformed, Replacement};

/// Reads search/replace blocks; everything around them is talk.
#[derive(Debug, Default)]
pub struct SearchReplace {
    /// The newest line that was a file's name, with how many lines ago it was.
    named: Option<(String, usize)>,
    last: Option<String>,
    block: Option<Block>,
}

#[derive(Debug)]
struct Block {
    path: Option<String>,
    from: usize,
    lines: Vec<String>,
    dividers: Vec<usize>,
    /// Conflict markers of the file's own that are open.
    nested: usize,
}

/// Lines of talk after which a name no longer belongs to the next block.
const NAME_REACHES: usize = 4;

/// Whether a line opens a block.
pub fn opens(line: &str) -> bool {
    marker(line, '<').is_some_and(|word| matches!(word, "SEARCH" | "ORIGINAL" | "OLD" | "FIND"))
}

fn closes(line: &str, nested: usize) -> bool {
    marker(line, '>').is_some_and(|word| {
        matches!(word, "REPLACE" | "UPDATED" | "NEW" | "REPLACED" | "MODIFIED")
            || word.is_empty() && nested == 0
    })
}

fn divides(line: &str) -> bool {
    let text = line.trim_end();
    (5..=9).contains(&text.len()) && text.bytes().all(|byte| byte == b'=')
}

/// The upper-case word after five to nine marks.
fn marker(line: &str, mark: char) -> Option<&str> {
    let text = line.trim();
    let count = text.chars().take_while(|other| *other == mark).count();
    (5..=9).contains(&count).then(|| text[count..].trim_matches([' ', ':', mark]))
}

impl SearchReplace {
    fn talk(&mut self, line: &str) {
        if let Some((_, age)) = &mut self.named {
            *age += 1;
        }
        if let Some(fence) = Fence::open(line) {
            if let Some(name) = path::of_info(&fence.info) {
                self.named = Some((name, 0));
            }
            return;
        }
        if let Some(name) = path::file_name(line) {
            self.named = Some((name, 0));
        }
    }

    fn path(&mut self) -> Option<String> {
        match self.named.take().filter(|(_, age)| *age <= NAME_REACHES) {
            Some((name, _)) => {
                self.last = Some(name.clone());
                Some(name)
            }
            None => self.last.clone(),
        }
    }
}

impl Parse for SearchReplace {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        let Some(block) = &mut self.block else {
            if opens(line) {
                let path = self.path();
                self.block =
                    Some(Block { path, from: at, lines: Vec::new(), dividers: Vec::new(), nested: 0 });
            } else {
                self.talk(line);
            }
            return;
        };
        if closes(line, block.nested) && !block.dividers.is_empty() {
            if let Some(block) = self.block.take() {
                found.push(Ok(block.directive()));
            }
            return;
        }
        if opens(line) && !block.dividers.is_empty() {
            // The block before was never closed, and another begins.
            found.push(Err(block.unclosed()));
            let path = block.path.clone();
            self.block = Some(Block { path, from: at, lines: Vec::new(), dividers: Vec::new(), nested: 0 });
            return;
        }
        if divides(line) {
            block.dividers.push(block.lines.len());
        } else if marker(line, '<').is_some_and(|word| !word.is_empty()) {
            block.nested += 1;
        } else if marker(line, '>').is_some_and(|word| !word.is_empty()) {
            block.nested = block.nested.saturating_sub(1);
        }
        block.lines.push(line.to_owned());
    }

    fn finish(&mut self, _at: usize, _ended: LastLine, found: &mut Vec<Found>) {
        if let Some(block) = self.block.take() {
            found.push(Err(block.unclosed()));
        }
    }
}

impl Block {
    fn directive(self) -> Directive {
        let readings = self
            .dividers
            .iter()
            .map(|at| Replacement {
                search: self.lines[..*at].to_vec(),
                replace: self.lines[at + 1..].to_vec(),
            })
            .collect();
        Directive::Replace { path: self.path, readings }
    }

    fn unclosed(&self) -> Malformed {
        let missing = if self.dividers.is_empty() { "=======" } else { ">>>>>>> REPLACE" };
        Malformed {
            path: self.path.clone(),
            line: self.from,
            why: format!("the block that begins here has no {missing} line"),
        }
    }
}
