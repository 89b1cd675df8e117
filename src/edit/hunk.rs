//! Hunks: the smallest stretches of lines in which a file and its proposed text differ.

use std::fmt::Write;

use super::text::{LineEnd, Text, TextError};
pub use crate::domain::HunkClass;

/// Lines of context in a printed diff.
const CONTEXT: usize = 3;

/// One stretch of lines that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Index of the first old line.
    pub old_start: usize,
    /// The old lines.
    pub old: Vec<String>,
    /// Index of the first new line.
    pub new_start: usize,
    /// The new lines.
    pub new: Vec<String>,
    /// Whether it does what was asked; off by default where not.
    pub class: HunkClass,
}

/// The hunks between two texts, top to bottom; equal texts have none.
pub fn hunks(old: &Text, new: &Text) -> Vec<Hunk> {
    // A line and its end are one: a change of line ends is a change.
    let keyed = |text: &Text| -> Vec<(String, LineEnd)> {
        text.lines.iter().map(|line| (line.text.clone(), line.end)).collect()
    };
    let (before, after) = (keyed(old), keyed(new));
    let lines = |side: &[(String, LineEnd)]| side.iter().map(|(line, _)| line.clone()).collect::<Vec<_>>();
    similar::capture_diff_slices(similar::Algorithm::Myers, &before, &after)
        .iter()
        .filter(|operation| operation.tag() != similar::DiffTag::Equal)
        .map(|operation| {
            let (old_range, new_range) = (operation.old_range(), operation.new_range());
            Hunk {
                old_start: old_range.start,
                old: lines(&before[old_range]),
                new_start: new_range.start,
                new: lines(&after[new_range]),
                class: HunkClass::InScope,
            }
        })
        .collect()
}

/// The old text with only these hunks applied.
///
/// # Errors
/// Text that the file's encoding has not.
pub fn applied(old: &Text, new: &Text, hunks: &[&Hunk]) -> Result<Vec<u8>, TextError> {
    let mut text = old.clone();
    for hunk in hunks.iter().rev() {
        let fresh = new.lines[hunk.new_start..hunk.new_start + hunk.new.len()].to_vec();
        text.replace(hunk.old_start..hunk.old_start + hunk.old.len(), fresh);
    }
    text.bytes()
}

/// The hunks as a unified diff's body, with context; neighbours share one range.
pub fn unified(old: &Text, hunks: &[&Hunk]) -> String {
    let mut out = String::new();
    let mut at = 0;
    let mut shift = 0_isize;
    while at < hunks.len() {
        let mut end = at + 1;
        while end < hunks.len()
            && hunks[end].old_start <= hunks[end - 1].old_start + hunks[end - 1].old.len() + 2 * CONTEXT
        {
            end += 1;
        }
        shift = group(old, &hunks[at..end], shift, &mut out);
        at = end;
    }
    out
}

fn group(old: &Text, hunks: &[&Hunk], shift: isize, out: &mut String) -> isize {
    let (Some(first), Some(last)) = (hunks.first(), hunks.last()) else { return shift };
    let from = first.old_start.saturating_sub(CONTEXT);
    let to = (last.old_start + last.old.len() + CONTEXT).min(old.lines.len());
    let grown: isize = hunks.iter().map(|hunk| hunk.new.len() as isize - hunk.old.len() as isize).sum();
    let (old_count, new_count) = (to - from, (to - from) as isize + grown);
    let start = |count: usize, index: usize| if count == 0 { index } else { index + 1 };
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "@@ -{},{old_count} +{},{new_count} @@",
        start(old_count, from),
        start(new_count as usize, (from as isize + shift) as usize)
    );
    let mut at = from;
    for hunk in hunks {
        keep(old, at..hunk.old_start, out);
        mark('-', &hunk.old, out);
        mark('+', &hunk.new, out);
        at = hunk.old_start + hunk.old.len();
    }
    keep(old, at..to, out);
    shift + grown
}

fn keep(old: &Text, range: std::ops::Range<usize>, out: &mut String) {
    for line in &old.lines[range] {
        let _ = writeln!(out, " {}", line.text);
    }
}

fn mark(sign: char, lines: &[String], out: &mut String) {
    for line in lines {
        let _ = writeln!(out, "{sign}{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        Text::read(text.as_bytes()).expect("text")
    }

    #[test]
    fn lines_that_stayed_are_no_part_of_a_hunk() {
        let (old, new) = (text("a\nb\nc\nd\n"), text("a\nx\nc\nd\ne\n"));
        let hunks = hunks(&old, &new);
        let shape: Vec<_> =
            hunks.iter().map(|hunk| (hunk.old_start, hunk.old.len(), hunk.new.len())).collect();
        assert_eq!(shape, [(1, 1, 1), (4, 0, 1)]);
    }

    #[test]
    fn accepting_some_hunks_leaves_every_other_byte() {
        let (old, new) = (text("a\r\nb\r\nc\nd"), text("a\r\nx\r\nc\ny"));
        let found = hunks(&old, &new);
        assert_eq!(applied(&old, &new, &[&found[0]]).expect("bytes"), b"a\r\nx\r\nc\nd");
        assert_eq!(applied(&old, &new, &[&found[1]]).expect("bytes"), b"a\r\nb\r\nc\ny");
        assert_eq!(applied(&old, &new, &[]).expect("bytes"), b"a\r\nb\r\nc\nd");
        assert_eq!(
            applied(&old, &new, &found.iter().collect::<Vec<_>>()).expect("bytes"),
            new.bytes().expect("bytes")
        );
    }

    #[test]
    fn a_printed_diff_is_one_that_patch_reads() {
        let old = (1..=20).fold(String::new(), |text, at| text + "line " + &at.to_string() + "\n");
        let new = old.replace("line 3\n", "line three\nand more\n").replace("line 18\n", "");
        let (old, new) = (text(&old), text(&new));
        let found = hunks(&old, &new);
        let diff = unified(&old, &found.iter().collect::<Vec<_>>());
        assert!(
            diff.starts_with("@@ -1,6 +1,7 @@\n line 1\n line 2\n-line 3\n+line three\n+and more\n"),
            "{diff}"
        );
        assert!(diff.contains("@@ -15,6 +16,5 @@\n line 15\n"), "{diff}");
    }
}
