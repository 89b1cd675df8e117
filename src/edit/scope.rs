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

use crate::index::outline::{Leaf, LeafKind};

use super::hunk::{Hunk, HunkClass};
use super::syntax::Structure;
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

/// Classes the hunks from a text of a file to another. The old one is parsed once, however many proposals to it come.
pub fn classify(hunks: &mut [Hunk], old: &Structure, new: &Text, target: &Target) {
    let asked = Asked::of(&target.instruction);
    let new = Structure::of(old.language(), new);
    if let Some(sides) = Sides::read(old, &new) {
        by_leaves(hunks, sides, &asked);
    } else {
        lines::by_lines(hunks, old.language(), &asked);
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

fn by_leaves(hunks: &mut [Hunk], sides: Sides<'_>, asked: &Asked) {
    let ranges: Vec<(Range<usize>, Range<usize>)> = ranges(hunks);
    let parts: Vec<Leaves<'_>> = ranges
        .iter()
        .map(|(before, after)| (sides.old.part(before.clone()), sides.new.part(after.clone())))
        .collect();
    let named = if asked.comments { sides.old.named(asked) } else { Vec::new() };
    // Where comments of named things were asked for, those of others were not.
    let about = |before: &Range<usize>| {
        let is_at = |lines: &Range<usize>| before.start <= lines.end && lines.start <= before.end;
        named.is_empty() || named.iter().any(is_at)
    };
    for (hunk, (part, (before, _))) in hunks.iter_mut().zip(parts.iter().zip(&ranges)) {
        let left_out = match touch(sides, *part) {
            Some(Touch::Spacing) => !asked.layout,
            Some(Touch::Comments) => !(asked.comments && about(before)),
            None => false,
        };
        if left_out {
            hunk.class = HunkClass::Cosmetic;
        }
    }
    let imports = |at: usize| {
        let ((old, new), (before, after)) = (parts[at], &ranges[at]);
        Some([keys(sides.old, old, before)?, keys(sides.new, new, after)?])
    };
    if !asked.layout {
        reordered(hunks, imports);
    }
    if !asked.names {
        renamed(hunks, sides, &parts, asked);
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
fn touch(sides: Sides<'_>, (old, new): Leaves<'_>) -> Option<Touch> {
    if !code(sides.old, old).eq(code(sides.new, new)) {
        return None;
    }
    let same = remarks(sides.old, old).eq(remarks(sides.new, new));
    Some(if same { Touch::Spacing } else { Touch::Comments })
}

/// What leaves say that is code, and where each hangs.
fn code<'s>(side: Side<'s>, leaves: &'s [Leaf]) -> impl Iterator<Item = (&'s str, u64)> {
    let said = leaves.iter().map(move |leaf| (leaf, side.say(leaf)));
    said.filter(|(leaf, text)| leaf.kind != LeafKind::Comment || is_obeyed(text))
        .map(|(leaf, text)| (text, leaf.place))
}

/// The words of comments.
fn remarks<'s>(side: Side<'s>, leaves: &'s [Leaf]) -> impl Iterator<Item = &'s str> {
    let said = leaves.iter().filter(|leaf| leaf.kind == LeafKind::Comment);
    said.flat_map(move |leaf| side.say(leaf).split_whitespace())
}

/// Whether a comment is an order to a tool.
fn is_obeyed(comment: &str) -> bool {
    let bare = comment.trim_start_matches(['/', '#', '*', '-', '<', '!', ';', '%', ' ']);
    comment.starts_with("#!") || OBEYED.iter().any(|sign| bare.starts_with(sign) || comment.starts_with(sign))
}

/// The imports of lines, each line as its words in a fixed order; `None` where other code stands there as well.
fn keys(side: Side<'_>, leaves: &[Leaf], lines: &Range<usize>) -> Option<Vec<String>> {
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
fn renamed(hunks: &mut [Hunk], sides: Sides<'_>, parts: &[Leaves<'_>], asked: &Asked) {
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
            && !sides.old.defines(old)
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
