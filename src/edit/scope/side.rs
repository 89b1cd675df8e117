//! Sides: a file before and after a proposal, read so that stretches of its lines can be compared by what they mean.

use std::ops::Range;

use super::asked::Asked;
use crate::edit::syntax::Structure;
use crate::index::outline::{Leaf, LeafKind};

/// How lines begin that belong to what is defined below them.
const ABOVE: [&str; 9] = ["//", "/*", "*", "#", "@", "--", ";", "%", "<!--"];

/// One side of a proposal.
#[derive(Debug, Clone, Copy)]
pub struct Side<'t> {
    structure: &'t Structure,
    leaves: &'t [Leaf],
}

/// Both sides, where the file's grammar reads both as a whole.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'t> {
    /// Before.
    pub old: Side<'t>,
    /// After.
    pub new: Side<'t>,
}

impl<'t> Sides<'t> {
    /// Reads both; `None` without a grammar, and where one of them is broken.
    pub fn read(old: &'t Structure, new: &'t Structure) -> Option<Self> {
        Some(Self { old: Side::read(old)?, new: Side::read(new)? })
    }
}

impl<'t> Side<'t> {
    fn read(structure: &'t Structure) -> Option<Self> {
        Some(Self { structure, leaves: structure.leaves()? })
    }

    /// The text of a leaf.
    pub fn say(self, leaf: &Leaf) -> &'t str {
        self.structure.say(leaf.range.clone())
    }

    /// The leaves that stand, also only in part, in lines.
    pub fn part(self, lines: Range<usize>) -> &'t [Leaf] {
        let Range { start, end } = self.structure.bytes(lines);
        let first = self.leaves.partition_point(|leaf| leaf.range.end <= start);
        let last = self.leaves.partition_point(|leaf| leaf.range.start < end);
        self.leaves.get(first..last.max(first)).unwrap_or_default()
    }

    /// Whether a name stands anywhere.
    pub fn names(self, name: &str) -> bool {
        let is_name = |leaf: &&Leaf| matches!(leaf.kind, LeafKind::Name | LeafKind::Declared);
        self.leaves.iter().filter(is_name).any(|leaf| self.say(leaf) == name)
    }

    /// The lines of what an instruction names, with the comments above it.
    pub fn named(self, asked: &Asked) -> Vec<Range<usize>> {
        let spoken_of = self.structure.symbols().iter().filter(|symbol| asked.speaks_of(&symbol.name));
        let lines = spoken_of.map(|symbol| {
            let first = (symbol.span.first as usize).saturating_sub(1);
            let is_above = |at: &usize| {
                let line = self.structure.line(*at).trim_start();
                ABOVE.iter().any(|sign| line.starts_with(sign))
            };
            let above = (0..first).rev().take_while(is_above).count();
            first - above..symbol.span.last as usize
        });
        lines.collect()
    }

    /// Whether a symbol of the file is called so; such names are used elsewhere, too.
    pub fn defines(self, name: &str) -> bool {
        self.structure.symbols().iter().any(|symbol| *symbol.name == *name)
    }
}
