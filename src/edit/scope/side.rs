//! Sides: a file before and after a proposal, read so that stretches of its lines can be compared by what they mean.

use std::ops::Range;

use crate::domain::Language;
use crate::edit::text::Text;
use crate::index::outline::{Leaf, LeafKind, leaves};

/// One side of a proposal.
#[derive(Debug)]
pub struct Side {
    text: String,
    /// Where each line begins, in bytes, and where the text ends.
    starts: Vec<usize>,
    leaves: Vec<Leaf>,
}

/// Both sides, where the file's grammar reads both as a whole.
#[derive(Debug)]
pub struct Sides {
    /// Before.
    pub old: Side,
    /// After.
    pub new: Side,
}

impl Sides {
    /// Reads both; `None` without a grammar, and where one of them is broken.
    pub fn read(language: Language, old: &Text, new: &Text) -> Option<Self> {
        Some(Self { old: Side::read(language, old)?, new: Side::read(language, new)? })
    }
}

impl Side {
    fn read(language: Language, text: &Text) -> Option<Self> {
        let text = text.joined();
        let leaves = leaves(language, &text)?;
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        Some(Self { text, starts, leaves })
    }

    /// The text of a leaf.
    pub fn say(&self, leaf: &Leaf) -> &str {
        &self.text[leaf.range.clone()]
    }

    /// The leaves that stand, also only in part, in lines.
    pub fn part(&self, lines: Range<usize>) -> &[Leaf] {
        let offset = |line: usize| self.starts.get(line).copied().unwrap_or(self.text.len());
        let (start, end) = (offset(lines.start), offset(lines.end));
        let first = self.leaves.partition_point(|leaf| leaf.range.end <= start);
        let last = self.leaves.partition_point(|leaf| leaf.range.start < end);
        self.leaves.get(first..last.max(first)).unwrap_or_default()
    }

    /// Whether a name stands anywhere.
    pub fn names(&self, name: &str) -> bool {
        let is_name = |leaf: &&Leaf| matches!(leaf.kind, LeafKind::Name | LeafKind::Declared);
        self.leaves.iter().filter(is_name).any(|leaf| self.say(leaf) == name)
    }
}
