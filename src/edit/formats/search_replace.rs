//! Search/replace blocks: `<<<<<<< SEARCH`, the lines that stand there, `=======`, the lines to put there,
//! `>>>>>>> REPLACE`; the file's name on a line before. `------- SEARCH` and `+++++++ REPLACE` mean the same.
//!
//! A divider may also be a line of the file. A block with several is kept with all its readings, and whoever locates it
//! takes the one that fits.

use super::fence::Fence;
use super::names::Names;
use super::path;
use super::{Found, LastLine, Parse};
use crate::edit::directive::{Directive, Malformed, Replacement};

/// Reads search/replace blocks; everything around them is talk.
#[derive(Debug, Default)]
pub struct SearchReplace {
    names: Names,
    /// The file of the block before.
    last: Option<String>,
    /// The fence that is open around blocks.
    fence: Option<Fence>,
    block: Option<Block>,
}

#[derive(Debug, Default)]
struct Block {
    path: Option<String>,
    from: usize,
    /// White space before the opening mark.
    indent: String,
    /// The line that the answer says it begins at.
    hint: Option<u32>,
    /// Lines between the opening mark and what is searched were read.
    headed: bool,
    lines: Vec<String>,
    dividers: Vec<usize>,
    /// Conflict markers of the file's own that are open.
    nested: usize,
}

/// Whether a line opens a block.
pub fn opens(line: &str) -> bool {
    opening(line).is_some()
}

/// What follows the word of an opening mark.
fn opening(line: &str) -> Option<&str> {
    let word = marker(line, '<').or_else(|| marker(line, '-').filter(|word| word.starts_with("SEARCH")))?;
    let (word, rest) = word.split_once([' ', ':', '>']).unwrap_or((word, ""));
    matches!(word, "SEARCH" | "ORIGINAL" | "OLD" | "FIND").then(|| rest.trim())
}

fn closes(line: &str, nested: usize) -> bool {
    let word = marker(line, '>').or_else(|| marker(line, '+').filter(|word| *word == "REPLACE"));
    word.is_some_and(|word| {
        matches!(word, "REPLACE" | "UPDATED" | "NEW" | "REPLACED" | "MODIFIED")
            || word.is_empty() && nested == 0
    })
}

fn is_row(line: &str, of: u8) -> bool {
    let text = line.trim_end();
    (5..=9).contains(&text.len()) && text.bytes().all(|byte| byte == of)
}

/// What follows five to nine marks, or more where a word follows them.
fn marker(line: &str, mark: char) -> Option<&str> {
    let text = line.trim();
    let count = text.chars().take_while(|other| *other == mark).count();
    let word = text.get(count..)?.trim_matches([' ', ':', mark]);
    let most = if word.is_empty() { 9 } else { 24 };
    (5..=most).contains(&count).then_some(word)
}

impl SearchReplace {
    fn talk(&mut self, line: &str) {
        if let Some(fence) = &self.fence
            && fence.closes(line)
        {
            self.fence = None;
        } else if let Some(fence) = Fence::open(line) {
            self.names.info(&fence.info);
            self.fence = Some(fence);
        } else {
            self.names.talk(line);
        }
    }

    fn open(&mut self, at: usize, line: &str, rest: &str) {
        let named = path::plausible(rest).or_else(|| self.names.take().map(path::Naming::name));
        let word = self.names.take_word().filter(|_| self.last.is_none());
        self.last = named.or_else(|| self.last.take());
        let path = self.last.clone().or(word);
        let indent = line[..line.len() - line.trim_start().len()].to_owned();
        self.block = Some(Block { path, from: at, indent, ..Block::default() });
    }
}

impl Parse for SearchReplace {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        let opened = opening(line);
        let Some(block) = &mut self.block else {
            match opened {
                Some(rest) => self.open(at, line, rest),
                None => self.talk(line),
            }
            return;
        };
        if closes(line, block.nested) && !block.dividers.is_empty() {
            if let Some(block) = self.block.take() {
                found.push(block.directive(self.fence.as_ref()));
            }
        } else if let Some(rest) = opened
            && !block.dividers.is_empty()
        {
            // The block before was never closed, and another begins.
            found.push(Err(block.unclosed()));
            self.open(at, line, rest);
        } else {
            block.line(line);
        }
    }

    fn finish(&mut self, _at: usize, _ended: LastLine, found: &mut Vec<Found>) {
        if let Some(block) = self.block.take() {
            found.push(Err(block.unclosed()));
        }
    }
}

impl Block {
    fn line(&mut self, line: &str) {
        if self.lines.is_empty() && self.dividers.is_empty() && self.heads(line) {
            return;
        }
        let bare = line.strip_prefix(self.indent.as_str()).unwrap_or(line);
        if is_row(bare, b'=') {
            self.dividers.push(self.lines.len());
        } else if marker(line, '<').is_some_and(|word| !word.is_empty()) {
            self.nested += 1;
        } else if marker(line, '>').is_some_and(|word| !word.is_empty()) {
            self.nested = self.nested.saturating_sub(1);
        }
        self.lines.push(line.to_owned());
    }

    /// Reads `:start_line:12`, `:end_line:14`, and the row of dashes after them.
    fn heads(&mut self, line: &str) -> bool {
        let text = line.trim();
        if let Some(number) = text.strip_prefix(":start_line:") {
            self.hint = number.trim().parse().ok().filter(|number| *number > 0);
        } else if !(text.starts_with(":end_line:") || self.headed && is_row(text, b'-')) {
            return false;
        }
        self.headed = true;
        true
    }

    fn directive(self, fence: Option<&Fence>) -> Found {
        let reading = |at: &usize| Replacement {
            search: self.lines[..*at].to_vec(),
            replace: self.lines[at + 1..].to_vec(),
            hint: self.hint,
        };
        let mut readings: Vec<Replacement> = self.dividers.iter().map(reading).collect();
        // A divider between the marks of a conflict is the conflict's.
        let apart = |reading: &Replacement| is_balanced(&reading.search) && is_balanced(&reading.replace);
        if readings.iter().any(apart) {
            readings.retain(apart);
        }
        // One that begins what replaces is no underline: it is left over from a reading that fits better.
        if readings.len() > 1 {
            readings.retain(|reading| !reading.replace.first().is_some_and(|line| is_row(line, b'=')));
        }
        let refused =
            |why: &str| Err(Malformed { path: self.path.clone(), line: self.from, why: why.to_owned() });
        let marks = |lines: &[String]| lines.iter().any(|line| line.trim_start().starts_with(":start_line:"));
        if readings.iter().any(|reading| marks(&reading.replace) && !marks(&reading.search)) {
            return refused("a :start_line: mark stands among the lines to put there");
        }
        if let (Some(fence), [only]) = (fence, readings.as_slice())
            && strays(fence, only)
        {
            return refused("the block that begins here ends in a fence that would be written into the file");
        }
        Ok(Directive::Replace { path: self.path, readings })
    }

    fn unclosed(&self) -> Malformed {
        let missing = if self.dividers.is_empty() { "=======" } else { ">>>>>>> REPLACE" };
        Malformed {
            path: self.path.clone(),
            line: self.from,
            why: format!("the block that begins here has no {missing} line, so the answer may be cut"),
        }
    }
}

/// Whether every conflict that begins in these lines ends there.
fn is_balanced(lines: &[String]) -> bool {
    let mut open = 0_isize;
    for line in lines {
        if marker(line, '<').is_some_and(|word| !word.is_empty()) {
            open += 1;
        } else if marker(line, '>').is_some_and(|word| !word.is_empty()) {
            open -= 1;
        }
        if open < 0 {
            return false;
        }
    }
    open == 0
}

/// Whether the last new line is the end of the fence around the block.
fn strays(fence: &Fence, Replacement { search, replace, .. }: &Replacement) -> bool {
    let closes = |line: &String| fence.closes(line);
    let fences = replace.iter().filter(|line| closes(line) || Fence::open(line).is_some()).count();
    replace.last().is_some_and(closes) && !search.last().is_some_and(closes) && fences % 2 == 1
}
