//! Hunks: the smallest stretches of lines in which a file and its proposed text differ.

use std::fmt::Write;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::text::{Line, LineEnd, Text, TextError};
pub use crate::domain::HunkClass;

/// Lines of context in a printed diff.
const CONTEXT: usize = 3;

/// After so long a diff need not be the smallest any more; only texts that share little get there.
const PATIENCE: Duration = Duration::from_millis(500);

/// When a diff that begins now need not be the smallest any more.
pub(super) fn patience() -> Instant {
    Instant::now() + PATIENCE
}

/// One stretch of lines that differs. It holds all that writing needs besides the old text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    /// Index of the first old line; of an insertion, of the line that it stands before.
    pub old_start: usize,
    /// The old lines.
    pub old: Vec<Line>,
    /// The new lines.
    pub new: Vec<Line>,
    /// Whether it does what was asked; off by default where not.
    #[serde(with = "class_name")]
    pub class: HunkClass,
}

impl Hunk {
    /// The old lines by index.
    pub fn range(&self) -> Range<usize> {
        self.old_start..self.old_start + self.old.len()
    }

    /// How many lines the file grows by.
    pub fn growth(&self) -> isize {
        self.new.len() as isize - self.old.len() as isize
    }
}

/// Classes by the names that they have in JSON.
mod class_name {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::HunkClass;

    const ALL: [HunkClass; 3] = [HunkClass::InScope, HunkClass::OutOfScope, HunkClass::Cosmetic];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub fn serialize<S: Serializer>(class: &HunkClass, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(class.name())
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<HunkClass, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = ALL.into_iter().find(|class| class.name() == name);
        found.ok_or_else(|| serde::de::Error::custom("no class of a hunk"))
    }
}

/// The stretches in which two lists of lines differ, top to bottom: of the old and of the new lines.
pub(super) fn differences(old: &[Line], new: &[Line]) -> Vec<(Range<usize>, Range<usize>)> {
    // A line and its end are one: a change of line ends is a change.
    fn keyed(lines: &[Line]) -> Vec<(&str, LineEnd)> {
        lines.iter().map(|line| (line.text.as_str(), line.end)).collect()
    }
    let (before, after) = (keyed(old), keyed(new));
    similar::capture_diff_slices_deadline(similar::Algorithm::Myers, &before, &after, Some(patience()))
        .iter()
        .filter(|operation| operation.tag() != similar::DiffTag::Equal)
        .map(|operation| (operation.old_range(), operation.new_range()))
        .collect()
}

/// The hunks between two texts, top to bottom; equal texts have none.
pub fn hunks(old: &Text, new: &Text) -> Vec<Hunk> {
    let found = differences(&old.lines, &new.lines).into_iter().map(|(before, after)| Hunk {
        old_start: before.start,
        old: old.lines[before].iter().map(Line::bare).collect(),
        new: new.lines[after].iter().map(Line::bare).collect(),
        class: HunkClass::InScope,
    });
    found.collect()
}

/// The old text with these hunks, which come top to bottom and apart.
///
/// # Errors
/// Text that the file's encoding has not.
pub fn applied<'h>(old: &Text, hunks: impl IntoIterator<Item = &'h Hunk>) -> Result<Vec<u8>, TextError> {
    patched(old, hunks).bytes()
}

/// The same as text.
pub fn patched<'h>(old: &Text, hunks: impl IntoIterator<Item = &'h Hunk>) -> Text {
    let mut lines = Vec::with_capacity(old.lines.len());
    let mut at = 0;
    for hunk in hunks {
        let Range { start, end } = hunk.range();
        lines.extend_from_slice(old.lines.get(at..start).unwrap_or_default());
        lines.extend(hunk.new.iter().cloned());
        at = end.max(at);
    }
    lines.extend_from_slice(old.lines.get(at..).unwrap_or_default());
    old.with_lines(lines)
}

/// The hunks as a unified diff's body, with context; neighbours share one range.
pub fn unified(old: &Text, hunks: &[&Hunk]) -> String {
    let changes = |hunk: &&&Hunk| !(hunk.old.is_empty() && hunk.new.is_empty());
    let hunks: Vec<&Hunk> = hunks.iter().filter(changes).copied().collect();
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
        put(' ', line, out);
    }
}

fn mark(sign: char, lines: &[Line], out: &mut String) {
    for line in lines {
        put(sign, line, out);
    }
}

fn put(sign: char, line: &Line, out: &mut String) {
    // A carriage return before the end is part of the line, for git and for patch.
    let end = if line.end == LineEnd::CrLf { "\r\n" } else { "\n" };
    let _ = write!(out, "{sign}{}{end}", line.text);
    if line.end == LineEnd::Open {
        out.push_str("\\ No newline at end of file\n");
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
        let hunks = hunks(&old, &new);
        assert_eq!(applied(&old, &hunks[..1]).expect("bytes"), b"a\r\nx\r\nc\nd");
        assert_eq!(applied(&old, &hunks[1..]).expect("bytes"), b"a\r\nb\r\nc\ny");
        assert_eq!(applied(&old, &hunks).expect("bytes"), b"a\r\nx\r\nc\ny");
        assert_eq!(applied(&old, &[]).expect("bytes"), b"a\r\nb\r\nc\nd");
    }

    #[test]
    fn a_line_without_its_end_gets_one_when_another_follows() {
        let (old, new) = (text("a\r\nb"), text("a\r\nb\r\nc"));
        let hunks = hunks(&old, &new);
        assert_eq!(applied(&old, &hunks).expect("bytes"), b"a\r\nb\r\nc");
        let added = Hunk { old_start: 2, old: Vec::new(), ..hunks[0].clone() };
        assert_eq!(applied(&old, &[added]).expect("bytes"), b"a\r\nb\r\nb\r\nc", "two hunks that meet");
    }

    #[test]
    fn a_diff_says_where_the_last_line_has_no_end() {
        let (old, new) = (text("a\nb"), text("a\nc\n"));
        let found = hunks(&old, &new);
        let diff = unified(&old, &found.iter().collect::<Vec<_>>());
        assert_eq!(diff, "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n");
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
