//! The scope guard: whether a hunk does what the instruction asked, or only touches things up.
//!
//! Where the file's grammar reads both sides, hunks are compared by its leaves: white space in a string, and indentation
//! that moves a statement into another block, are no white space. Without a grammar only what is certain is told.

mod asked;
mod lines;
mod rename;
mod side;

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use crate::domain::Language;
use crate::index::outline::{Leaf, LeafKind};

use super::hunk::{Hunk, HunkClass};
use super::text::{Line, Text};
use asked::Asked;
use lines::IMPORTS;
use rename::{Leaves, Renames};
use side::{Side, Sides};

/// What an instruction is about.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// Its words.
    pub instruction: String,
    /// The lines that were selected, 1-based, where some were.
    pub lines: Option<RangeInclusive<usize>>,
    /// What the file defines; such names are used elsewhere, too.
    pub defined: Vec<String>,
}

/// Comments that tools obey: they are code.
const OBEYED: [&str; 30] = [
    "go:",
    "+build",
    "nolint",
    "noqa",
    "type:",
    "pylint:",
    "mypy:",
    "pyright:",
    "fmt:",
    "isort:",
    "eslint",
    "@ts-",
    "prettier-",
    "istanbul",
    "c8 ",
    "webpack",
    "clang-format",
    "noinspection",
    "pragma",
    "swiftlint:",
    "rubocop:",
    "frozen_string_literal",
    "shellcheck",
    "biome-",
    "deno-",
    "-*-",
    "sourceMappingURL",
    "phpcs:",
    "@phpstan",
    "#region",
];

/// Classes the hunks from one text of a file to another.
pub fn classify(hunks: &mut [Hunk], language: Language, (old, new): (&Text, &Text), target: &Target) {
    let asked = Asked::of(&target.instruction);
    if let Some(sides) = Sides::read(language, old, new) {
        by_leaves(hunks, &sides, &asked, target);
    } else {
        lines::by_lines(hunks, language, &asked);
    }
    if let Some(lines) = &target.lines {
        let wanted = added_names(hunks, lines);
        for hunk in hunks.iter_mut().filter(|hunk| hunk.class == HunkClass::InScope) {
            if !touches(hunk, lines) && !is_import_for(hunk, &wanted) {
                hunk.class = HunkClass::OutOfScope;
            }
        }
    }
}

/// How a hunk that changes no code changes the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Touch {
    Spacing,
    Comments,
}

fn by_leaves(hunks: &mut [Hunk], sides: &Sides, asked: &Asked, target: &Target) {
    let ranges: Vec<(Range<usize>, Range<usize>)> = ranges(hunks);
    let parts: Vec<Leaves<'_>> = ranges
        .iter()
        .map(|(before, after)| (sides.old.part(before.clone()), sides.new.part(after.clone())))
        .collect();
    for (hunk, part) in hunks.iter_mut().zip(&parts) {
        let left_out = match touch(sides, *part) {
            Some(Touch::Spacing) => !asked.layout,
            Some(Touch::Comments) => !asked.comments,
            None => false,
        };
        if left_out {
            hunk.class = HunkClass::Cosmetic;
        }
    }
    let imports = |at: usize| {
        let ((old, new), (before, after)) = (parts[at], &ranges[at]);
        Some([keys(&sides.old, old, before)?, keys(&sides.new, new, after)?])
    };
    if !asked.layout {
        reordered(hunks, imports);
    }
    if !asked.names {
        renamed(hunks, sides, &parts, (asked, target));
    }
}

/// The lines of each hunk, before and after.
fn ranges(hunks: &[Hunk]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut grown = 0_isize;
    let both = hunks.iter().map(|hunk| {
        let start = hunk.old_start.saturating_add_signed(grown);
        grown += hunk.growth();
        (hunk.range(), start..start + hunk.new.len())
    });
    both.collect()
}

/// What a hunk touches where it touches no code.
fn touch(sides: &Sides, (old, new): Leaves<'_>) -> Option<Touch> {
    let code = |side: &Side, leaves: &[Leaf]| -> Vec<(String, u64)> {
        let said = leaves.iter().filter(|leaf| leaf.kind != LeafKind::Comment || is_obeyed(side.say(leaf)));
        said.map(|leaf| (side.say(leaf).to_owned(), leaf.place)).collect()
    };
    if code(&sides.old, old) != code(&sides.new, new) {
        return None;
    }
    let comments = |side: &Side, leaves: &[Leaf]| -> Vec<String> {
        let said = leaves.iter().filter(|leaf| leaf.kind == LeafKind::Comment);
        said.flat_map(|leaf| side.say(leaf).split_whitespace().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    };
    let same = comments(&sides.old, old) == comments(&sides.new, new);
    Some(if same { Touch::Spacing } else { Touch::Comments })
}

/// Whether a comment is an order to a tool.
fn is_obeyed(comment: &str) -> bool {
    let bare = comment.trim_start_matches(['/', '#', '*', '-', '<', '!', ';', '%', ' ']);
    comment.starts_with("#!") || OBEYED.iter().any(|sign| bare.starts_with(sign) || comment.starts_with(sign))
}

/// The imports of lines, each line as its words in a fixed order; `None` where other code stands there as well.
fn keys(side: &Side, leaves: &[Leaf], lines: &Range<usize>) -> Option<Vec<String>> {
    if leaves.iter().any(|leaf| !leaf.import) {
        return None;
    }
    let line = |at: usize| {
        let mut words: Vec<&str> = side.part(at..at + 1).iter().map(|leaf| side.say(leaf)).collect();
        words.sort_unstable();
        words.join(" ")
    };
    Some(lines.clone().map(line).filter(|line| !line.is_empty()).collect())
}

/// Marks hunks that only bring the same imports into another order.
fn reordered(hunks: &mut [Hunk], imports: impl Fn(usize) -> Option<[Vec<String>; 2]>) {
    let open = (0..hunks.len()).filter(|at| hunks[*at].class == HunkClass::InScope);
    let found: Vec<(usize, [Vec<String>; 2])> = open
        .filter_map(|at| Some((at, imports(at)?)))
        .filter(|(_, sides)| sides.iter().any(|lines| !lines.is_empty()))
        .collect();
    let mut counts: BTreeMap<&str, isize> = BTreeMap::new();
    for (_, [old, new]) in &found {
        for line in old {
            *counts.entry(line).or_default() -= 1;
        }
        for line in new {
            *counts.entry(line).or_default() += 1;
        }
    }
    if counts.values().all(|count| *count == 0) {
        for (at, _) in &found {
            hunks[*at].class = HunkClass::Cosmetic;
        }
    }
}

/// Marks hunks that only call things otherwise, where nothing else in the file speaks of the new names.
fn renamed(hunks: &mut [Hunk], sides: &Sides, parts: &[Leaves<'_>], (asked, target): (&Asked, &Target)) {
    let open = (0..hunks.len()).filter(|at| hunks[*at].class == HunkClass::InScope);
    let (pure, other): (Vec<_>, Vec<_>) =
        open.map(|at| (at, rename::between(sides, parts[at]))).partition(|(_, renames)| renames.is_some());
    let asked_for = |name: &str| asked.words.iter().any(|word| word == name);
    let used =
        |name: &str| other.iter().any(|(at, _)| parts[*at].1.iter().any(|leaf| sides.new.say(leaf) == name));
    let mut all = Renames::new();
    for renames in pure.iter().filter_map(|(_, renames)| renames.as_ref()) {
        all.extend(renames);
    }
    let only_named = |old: &str, new: &str| {
        all.get(old) == Some(&new)
            && !asked_for(old)
            && !asked_for(new)
            && !used(new)
            && !target.defined.iter().any(|name| name == old)
            && rename::is_only_a_name(sides, parts, (old, new))
    };
    for (at, renames) in &pure {
        if renames.iter().flatten().all(|(old, new)| only_named(old, new)) {
            hunks[*at].class = HunkClass::Cosmetic;
        }
    }
}

fn touches(hunk: &Hunk, lines: &RangeInclusive<usize>) -> bool {
    let first = hunk.old_start + 1;
    let last = (hunk.old_start + hunk.old.len()).max(first);
    // An insertion right after the selection still belongs to it.
    first <= lines.end() + usize::from(hunk.old.is_empty()) && last >= *lines.start()
}

/// The words that the selection's hunks add.
fn added_names(hunks: &[Hunk], lines: &RangeInclusive<usize>) -> Vec<String> {
    let inside = hunks.iter().filter(|hunk| touches(hunk, lines));
    let text: String =
        inside.flat_map(|hunk| &hunk.new).fold(String::new(), |all, line| all + &line.text + "\n");
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.len() > 1)
        .map(str::to_owned)
        .collect()
}

/// Whether a hunk only adds an import of something that the selection now uses.
fn is_import_for(hunk: &Hunk, wanted: &[String]) -> bool {
    let imports = |line: &Line| IMPORTS.iter().any(|lead| line.text.trim_start().starts_with(lead));
    let names = |line: &Line| {
        let words = line.text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.filter(|word| word.len() > 1).any(|word| wanted.iter().any(|known| known == word))
    };
    hunk.old.iter().all(imports)
        && hunk.new.iter().all(|line| line.text.trim().is_empty() || imports(line) && names(line))
        && !hunk.new.is_empty()
}

#[cfg(test)]
mod tests;
