//! Merging three ways: hunks of a reviewed text moved onto what the file says now, or marked where both changed the same.
//!
//! Changes that touch without a line between them count as the same place, as in git: nothing is guessed.

use super::hunk::{Hunk, differences, hunks, patched};
use super::text::{Line, Text};

/// What became of a hunk on the text as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rebased {
    /// It stands here now.
    Moved(Hunk),
    /// The file says by itself what the hunk would make it say.
    Already,
    /// Both changed the same lines. The hunk's old lines are those that stand there now, its new ones what was proposed.
    Conflict(Hunk),
    /// It is part of the conflict of the hunk before.
    Joined,
}

/// Moves hunks of `base`, top to bottom and apart, onto `now`; answers hunk by hunk.
pub fn rebase(base: &Text, now: &Text, hunks: &[Hunk]) -> Vec<Rebased> {
    let theirs = differences(&base.lines, &now.lines);
    let mut out = Vec::with_capacity(hunks.len());
    let (mut at, mut other, mut shift) = (0, 0, 0_isize);
    while at < hunks.len() {
        // What ends before the hunk begins only shifts it.
        while other < theirs.len() && theirs[other].0.end < hunks[at].old_start {
            shift += grown(&theirs[other]);
            other += 1;
        }
        let cluster = cluster(&hunks[at..], &theirs[other..]);
        let ours = &hunks[at..at + cluster.hunks];
        if cluster.theirs == 0 {
            out.push(Rebased::Moved(moved(&ours[0], shift)));
        } else {
            let met = &theirs[other..other + cluster.theirs];
            out.extend(meet(base, now, ours, met, shift));
            shift += met.iter().map(grown).sum::<isize>();
            other += cluster.theirs;
        }
        at += cluster.hunks;
    }
    out
}

type Difference = (std::ops::Range<usize>, std::ops::Range<usize>);

fn grown(difference: &Difference) -> isize {
    difference.1.len() as isize - difference.0.len() as isize
}

fn moved(hunk: &Hunk, shift: isize) -> Hunk {
    Hunk { old_start: (hunk.old_start as isize + shift) as usize, ..hunk.clone() }
}

/// How many of our hunks and of their changes meet, from the first hunk on.
struct Cluster {
    hunks: usize,
    theirs: usize,
}

fn cluster(hunks: &[Hunk], theirs: &[Difference]) -> Cluster {
    let Some(first) = hunks.first() else { return Cluster { hunks: 0, theirs: 0 } };
    let (mut ours, mut others) = (1, 0);
    let mut end = first.range().end;
    loop {
        if let Some((next, _)) = theirs.get(others)
            && next.start <= end
        {
            end = end.max(next.end);
            others += 1;
        } else if others > 0
            && let Some(next) = hunks.get(ours)
            && next.old_start <= end
        {
            end = end.max(next.range().end);
            ours += 1;
        } else {
            return Cluster { hunks: ours, theirs: others };
        }
    }
}

/// Our hunks and their changes of one place.
fn meet(base: &Text, now: &Text, ours: &[Hunk], theirs: &[Difference], shift: isize) -> Vec<Rebased> {
    let start = ours[0].old_start.min(theirs[0].0.start);
    let last = |ends: usize, at: usize| ends.max(at);
    let end = ours.iter().map(|hunk| hunk.range().end).fold(0, last);
    let end = theirs.iter().map(|(old, _)| old.end).fold(end, last);
    let from = (start as isize + shift) as usize;
    let to = ((end as isize) + shift + theirs.iter().map(grown).sum::<isize>()) as usize;
    let mut proposed: Vec<Line> = Vec::new();
    let mut at = start;
    for hunk in ours {
        proposed.extend(base.lines[at..hunk.old_start].iter().map(Line::bare));
        proposed.extend(hunk.new.iter().cloned());
        at = hunk.range().end;
    }
    proposed.extend(base.lines[at..end].iter().map(Line::bare));
    let stands = now.lines.get(from..to).unwrap_or_default();
    let same =
        stands.len() == proposed.len() && stands.iter().zip(&proposed).all(|(now, new)| now.is_like(new));
    if same {
        return vec![Rebased::Already; ours.len()];
    }
    let conflict = Hunk {
        old_start: from,
        old: stands.iter().map(Line::bare).collect(),
        new: proposed,
        class: ours[0].class,
    };
    let joined = std::iter::repeat_n(Rebased::Joined, ours.len() - 1);
    std::iter::once(Rebased::Conflict(conflict)).chain(joined).collect()
}

/// A place where two changes meet: the first line of it as the file is now, 1-based, and how many lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// The line.
    pub line: usize,
    /// How many.
    pub lines: usize,
}

/// What `theirs` says with the changes from `base` to `ours` as well.
///
/// # Errors
/// The places where both changed the same.
pub fn merge(base: &Text, ours: &Text, theirs: &Text) -> Result<Text, Vec<Overlap>> {
    let mut overlaps = Vec::new();
    let mut kept = Vec::new();
    for rebased in rebase(base, theirs, &hunks(base, ours)) {
        match rebased {
            Rebased::Moved(hunk) => kept.push(hunk),
            Rebased::Conflict(hunk) => {
                overlaps.push(Overlap { line: hunk.old_start + 1, lines: hunk.old.len() });
            }
            Rebased::Already | Rebased::Joined => {}
        }
    }
    if overlaps.is_empty() { Ok(patched(theirs, &kept)) } else { Err(overlaps) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        Text::read(text.as_bytes()).expect("text")
    }

    fn merged(base: &str, ours: &str, theirs: &str) -> Result<String, Vec<Overlap>> {
        let merged = merge(&text(base), &text(ours), &text(theirs))?;
        Ok(String::from_utf8(merged.bytes().expect("bytes")).expect("utf-8"))
    }

    const BASE: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

    #[test]
    fn changes_apart_are_both_kept() {
        let ours = BASE.replace("3\n", "three\n").replace("8\n", "eight\n");
        let theirs = BASE.replace("1\n", "zero\none\n").replace("6\n", "");
        assert_eq!(
            merged(BASE, &ours, &theirs).as_deref(),
            Ok("zero\none\n2\nthree\n4\n5\n7\neight\n9\n"),
            "lines were added before and taken away between"
        );
        assert_eq!(merged(BASE, BASE, &theirs).as_deref(), Ok(theirs.as_str()));
        assert_eq!(merged(BASE, &ours, BASE).as_deref(), Ok(ours.as_str()));
    }

    #[test]
    fn the_same_change_on_both_sides_is_no_conflict() {
        let both = BASE.replace("3\n", "three\n");
        assert_eq!(merged(BASE, &both, &both).as_deref(), Ok(both.as_str()));
    }

    #[test]
    fn changes_that_overlap_or_touch_conflict_with_both_sides_shown() {
        let ours = BASE.replace("3\n", "three\n");
        let theirs = BASE.replace("3\n", "drei\n");
        assert_eq!(merged(BASE, &ours, &theirs), Err(vec![Overlap { line: 3, lines: 1 }]));
        let touching = BASE.replace("4\n", "four\n");
        assert_eq!(merged(BASE, &ours, &touching), Err(vec![Overlap { line: 3, lines: 2 }]));
        let found = rebase(&text(BASE), &text(&touching), &hunks(&text(BASE), &text(&ours)));
        let [Rebased::Conflict(hunk)] = &found[..] else { panic!("{found:?}") };
        let lines = |lines: &[Line]| lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>();
        assert_eq!(
            (lines(&hunk.old), lines(&hunk.new)),
            (vec!["3".into(), "four".into()], vec!["three".into(), "4".into()])
        );
    }

    #[test]
    fn two_hunks_in_one_of_their_changes_are_one_conflict() {
        let ours = BASE.replace("3\n", "three\n").replace("5\n", "five\n");
        let theirs = BASE.replace("3\n4\n5\n", "all new\n");
        let found = rebase(&text(BASE), &text(&theirs), &hunks(&text(BASE), &text(&ours)));
        assert!(matches!(&found[..], [Rebased::Conflict(_), Rebased::Joined]), "{found:?}");
    }

    #[test]
    fn insertions_at_the_same_place_conflict_and_others_do_not() {
        let ours = BASE.replace("5\n", "5\nours\n");
        let theirs = BASE.replace("5\n", "5\ntheirs\n");
        assert!(merged(BASE, &ours, &theirs).is_err());
        let elsewhere = BASE.replace("7\n", "7\ntheirs\n");
        assert!(merged(BASE, &ours, &elsewhere).is_ok());
    }

    #[test]
    fn hunks_after_a_conflict_still_move() {
        let ours = BASE.replace("2\n", "two\n").replace("8\n", "eight\n");
        let theirs = BASE.replace("2\n", "zwei\nund\n");
        let found = rebase(&text(BASE), &text(&theirs), &hunks(&text(BASE), &text(&ours)));
        let [Rebased::Conflict(_), Rebased::Moved(hunk)] = &found[..] else { panic!("{found:?}") };
        assert_eq!(hunk.old_start, 8);
    }
}
