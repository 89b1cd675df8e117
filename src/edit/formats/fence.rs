//! Code fences as answers have them: three or more backticks or tildes, with an info string.

use crate::text::fenced::opening;

/// The opening of a fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    mark: char,
    count: usize,
    /// White space before it.
    indent: usize,
    /// What follows the marks, trimmed.
    pub info: String,
}

impl Fence {
    /// Reads an opening fence.
    pub fn open(line: &str) -> Option<Self> {
        let text = line.trim_start();
        let (marks, info) = opening(text)?;
        Some(Self {
            mark: marks.chars().next()?,
            count: marks.len(),
            indent: line.len() - text.len(),
            info: info.trim().to_owned(),
        })
    }

    /// Whether a line closes this fence. One that stands deeper, as in a doc comment, does not (`CommonMark` allows three
    /// spaces more).
    pub fn closes(&self, line: &str) -> bool {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        text.chars().count() >= self.count
            && text.chars().all(|other| other == self.mark)
            && indent <= self.indent + 3
    }

    /// The opening of a fence with a language inside of this one; it must end before this one can.
    pub fn inner(&self, line: &str) -> Option<Self> {
        Self::open(line).filter(|inner| inner.mark == self.mark && !inner.info.is_empty())
    }

    /// A line inside, without the indentation that the fence itself has.
    pub fn inside<'l>(&self, line: &'l str) -> &'l str {
        let spaces = line.bytes().take(self.indent).take_while(|byte| *byte == b' ').count();
        &line[spaces..]
    }

    /// The language, lower case.
    pub fn language(&self) -> String {
        self.info.split([' ', ':', ',', '{']).next().unwrap_or_default().to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_fence_holds_a_shorter_one() {
        let fence = Fence::open("````rust").expect("a fence");
        assert_eq!(fence.info, "rust");
        assert!(!fence.closes("```"));
        assert!(fence.closes("````"));
        assert!(fence.closes("`````  "));
        assert_eq!(Fence::open("``x``"), None);
        assert_eq!(Fence::open("```inline``` code"), None);
        assert!(Fence::open("  ~~~").expect("a fence").closes("~~~~"));
    }
}
