//! Inside changed lines: which old line became which new one, and which words of both differ.
//!
//! Costs are bounded: long stretches are paired line by line in order, long lines are not looked into.

#[cfg(test)]
mod tests;

use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// Old lines times new lines up to which every pairing is tried.
const MOST_PAIRS: usize = 4096;

/// Bytes of a line that is looked into.
const MOST_BYTES: usize = 1000;

/// Two lines are versions of one where at least this share of their words is the same. Below it, marking words says less
/// than the lines themselves do.
const ALIKE: f32 = 0.45;

/// One row of two versions side by side: the index of the old line and of the new one.
pub type Row = (Option<usize>, Option<usize>);

/// Pairs the lines of a changed stretch, top to bottom: lines that are versions of one another stand on one row, and no
/// two rows cross.
pub fn align<S: AsRef<str>>(old: &[S], new: &[S]) -> Vec<Row> {
    if old.len() == new.len() || old.len() * new.len() > MOST_PAIRS || old.is_empty() || new.is_empty() {
        return (0..old.len().max(new.len()))
            .map(|at| ((at < old.len()).then_some(at), (at < new.len()).then_some(at)))
            .collect();
    }
    let words = |lines: &[S]| lines.iter().map(|line| bag(line.as_ref())).collect::<Vec<_>>();
    rows(&best(&words(old), &words(new)), old.len(), new.len())
}

/// Where two versions of a line differ, as byte ranges of each, words whole. Both are empty where the lines are equal, too
/// long, or so unlike that marks would cover them.
pub fn words(old: &str, new: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    if old == new || old.len() > MOST_BYTES || new.len() > MOST_BYTES {
        return (Vec::new(), Vec::new());
    }
    let (before, after) = (pieces(old), pieces(new));
    let text = |line: &str, pieces: &[Range<usize>]| {
        pieces.iter().map(|piece| line[piece.clone()].to_owned()).collect::<Vec<_>>()
    };
    let (olds, news) = (text(old, &before), text(new, &after));
    let mut marks = (Vec::new(), Vec::new());
    let mut same = 0;
    for operation in capture_diff_slices(Algorithm::Myers, &olds, &news) {
        let (left, right) = (operation.old_range(), operation.new_range());
        if operation.tag() == DiffTag::Equal {
            same += olds[left].iter().map(|piece| piece.trim().len()).sum::<usize>();
            continue;
        }
        mark(&mut marks.0, old, &before[left]);
        mark(&mut marks.1, new, &after[right]);
    }
    let longer = old.trim().len().max(new.trim().len());
    // One word in the place of another is a rename, however much of a short line it is.
    let renames = same > 0 && is_word(old, &marks.0) && is_word(new, &marks.1);
    if (same as f32) < ALIKE * longer as f32 && !renames { (Vec::new(), Vec::new()) } else { marks }
}

/// Whether what differs is one word.
fn is_word(line: &str, marks: &[Range<usize>]) -> bool {
    let [mark] = marks else { return false };
    line[mark.clone()].chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Adds the stretch of some pieces; one that only white space parts from the last is joined to it.
fn mark(marks: &mut Vec<Range<usize>>, line: &str, pieces: &[Range<usize>]) {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
    let range = first.start..last.end;
    match marks.last_mut() {
        Some(before) if line[before.end..range.start].trim().is_empty() => before.end = range.end,
        Some(_) | None => marks.push(range),
    }
}

/// Words, runs of white space, and single signs.
fn pieces(line: &str) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut last = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        let kind = Kind::of(grapheme);
        let end = at + grapheme.len();
        match pieces.last_mut() {
            Some(piece) if last == Some(kind) && kind != Kind::Sign => piece.end = end,
            Some(_) | None => pieces.push(at..end),
        }
        last = Some(kind);
    }
    pieces
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Space,
    Sign,
}

impl Kind {
    fn of(grapheme: &str) -> Self {
        match grapheme.chars().next() {
            Some(c) if c.is_alphanumeric() || c == '_' => Self::Word,
            Some(c) if c.is_whitespace() => Self::Space,
            Some(_) | None => Self::Sign,
        }
    }
}

/// The words of a line in sorted order, as hashes: enough to tell how alike two lines are.
fn bag(line: &str) -> Vec<u64> {
    let head = line.get(..MOST_BYTES).unwrap_or(line);
    let mut bag: Vec<u64> = pieces(head)
        .into_iter()
        .map(|piece| &head[piece])
        .filter(|piece| !piece.trim().is_empty())
        // FNV-1a: stable between runs, and a clash only pairs two lines that differ.
        .map(|piece| {
            piece.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
        })
        .collect();
    bag.sort_unstable();
    bag
}

/// How alike two lines are, 0 to 1 (Dice).
fn likeness(a: &[u64], b: &[u64]) -> f32 {
    let (mut i, mut j, mut common) = (0, 0, 0_usize);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    if a.is_empty() && b.is_empty() { 1.0 } else { 2.0 * common as f32 / (a.len() + b.len()) as f32 }
}

/// The pairing of the greatest likeness in all, in order.
fn best(old: &[Vec<u64>], new: &[Vec<u64>]) -> Vec<(usize, usize)> {
    let wide = new.len() + 1;
    let mut table = vec![0.0_f32; (old.len() + 1) * wide];
    let score = |i: usize, j: usize| likeness(&old[i], &new[j]);
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let skip = table[(i + 1) * wide + j].max(table[i * wide + j + 1]);
            let alike = score(i, j);
            let paired = if alike >= ALIKE { alike + table[(i + 1) * wide + j + 1] } else { 0.0 };
            table[i * wide + j] = skip.max(paired);
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < old.len() && j < new.len() {
        let alike = score(i, j);
        if alike >= ALIKE && table[i * wide + j] <= alike + table[(i + 1) * wide + j + 1] + f32::EPSILON {
            pairs.push((i, j));
            i += 1;
            j += 1;
        } else if table[(i + 1) * wide + j] >= table[i * wide + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Rows of a pairing; what stands between two pairs shares rows as far as it goes.
fn rows(pairs: &[(usize, usize)], olds: usize, news: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (old, new) in pairs.iter().copied().chain([(olds, news)]) {
        let lines = (old - i).max(new - j);
        rows.extend(
            (0..lines).map(|at| ((i + at < old).then_some(i + at), (j + at < new).then_some(j + at))),
        );
        if old < olds || new < news {
            rows.push((Some(old), Some(new)));
        }
        (i, j) = (old + 1, new + 1);
    }
    rows
}
