//! Searching the conversation: what matches is marked on the screen, and keys go from match to match.
//!
//! Turns are sifted by their text as it came; only those that hold the words are laid out to find the rows. Words are
//! found across the ends of lines that were wrapped.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::part::PartKind;
use super::row::Row;
use super::scene::Scene;
use super::{At, Transcript};

/// A match on a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its bytes in the line's text.
    pub range: Range<usize>,
    /// It is the one that keys went to last.
    pub current: bool,
}

/// What is searched for.
#[derive(Debug, Default)]
pub struct Search {
    words: String,
    finder: Option<AhoCorasick>,
    /// Matches in each turn, in its text as it came; empty until counted.
    counts: Vec<usize>,
    marked: HashMap<(usize, usize, usize), Vec<Found>>,
    current: Option<Spot>,
}

/// A match: the part of the turn, and which of the matches there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    entry: usize,
    part: usize,
    index: usize,
}

impl Search {
    /// The matches on a row of the screen.
    pub(super) fn found(&self, at: At) -> &[Found] {
        self.marked.get(&(at.entry, at.part, at.row)).map_or(&[], Vec::as_slice)
    }

    fn is_in(&self, text: &str) -> bool {
        self.finder.as_ref().is_some_and(|finder| finder.is_match(text))
    }
}

impl Transcript {
    /// Searches for words, without regard to case where they have no capitals; empty ends the search. Go to a match by
    /// [`super::Motion::Matches`]: 0 goes to the first one from the top of the screen on.
    pub fn search(&mut self, words: &str) {
        if words == self.search.words {
            return;
        }
        let any_case = !words.chars().any(char::is_uppercase);
        let finder = AhoCorasick::builder().ascii_case_insensitive(any_case).build([words]);
        self.search = Search {
            words: words.to_owned(),
            finder: finder.ok().filter(|_| !words.is_empty()),
            ..Search::default()
        };
    }

    /// What is searched for; empty for nothing.
    pub fn searched(&self) -> &str {
        &self.search.words
    }

    /// Which match keys went to last, from 1, and how many there are: in the text as it was written.
    pub fn match_count(&self) -> (usize, usize) {
        let all = self.search.counts.iter().sum();
        let current = self.search.current.map_or(0, |spot| {
            let before: usize = self.search.counts.iter().take(spot.entry).sum();
            let mine = self.search.counts.get(spot.entry).copied().unwrap_or(0);
            before + (self.matches_before(spot) + 1).min(mine)
        });
        (current, all)
    }

    /// Marks the matches on the screen.
    pub(super) fn mark(&mut self, scene: &Scene<'_>) {
        self.search.marked.clear();
        let Some(finder) = self.search.finder.clone() else { return };
        self.count(scene);
        let mut parts: Vec<(usize, usize)> = self.visible.iter().map(|at| (at.entry, at.part)).collect();
        parts.dedup();
        for (entry, part) in parts {
            let Some(rows) = self.entries.get(entry).map(|known| known.rows(part)) else { continue };
            for (index, pieces) in matches(rows, &finder).into_iter().enumerate() {
                let current = self.search.current == Some(Spot { entry, part, index });
                for (row, range) in pieces {
                    self.search.marked.entry((entry, part, row)).or_default().push(Found { range, current });
                }
            }
        }
    }

    /// Goes to the match so many further on, around the ends.
    pub(super) fn go_to_match(&mut self, matches: i32, scene: &Scene<'_>) {
        if self.search.finder.is_none() {
            return;
        }
        self.count(scene);
        let start = match (self.search.current, self.visible.first()) {
            (Some(spot), _) if matches != 0 => Some(spot),
            (_, Some(top)) => Some(Spot { entry: top.entry, part: top.part, index: 0 }),
            (_, None) => None,
        };
        let Some(start) = start else { return };
        let fresh = self.search.current.is_none() || matches == 0;
        let found =
            if matches < 0 { self.last_before(start, scene) } else { self.first_behind(start, fresh, scene) };
        let Some((spot, row)) = found else { return };
        self.search.current = Some(spot);
        let below = usize::from(scene.height) / 3;
        let at = At { entry: spot.entry, part: spot.part, row };
        if !self.visible.contains(&at) {
            self.look_at(at, below, scene);
        }
    }

    fn count(&mut self, scene: &Scene<'_>) {
        let Some(finder) = &self.search.finder else { return };
        if self.search.counts.len() == scene.turns.len() {
            // Only what still grows can hold more than it did.
            for (at, turn) in scene.turns.iter().enumerate().rev().take(4) {
                self.search.counts[at] = finder.find_iter(scene.text(turn)).count();
            }
            return;
        }
        self.search.counts =
            scene.turns.iter().map(|turn| finder.find_iter(scene.text(turn)).count()).collect();
    }

    fn matches_before(&self, spot: Spot) -> usize {
        let (Some(finder), Some(entry)) = (&self.search.finder, self.entries.get(spot.entry)) else {
            return 0;
        };
        let before: usize = (0..spot.part).map(|part| matches(entry.rows(part), finder).len()).sum();
        before + spot.index
    }

    fn first_behind(&mut self, start: Spot, fresh: bool, scene: &Scene<'_>) -> Option<(Spot, usize)> {
        let all = self.entries.len();
        for step in 0..=all {
            let entry = (start.entry + step) % all;
            if self.search.counts.get(entry).is_none_or(|count| *count == 0) {
                continue;
            }
            for part in 0..self.parts(entry, scene) {
                if step == 0 && part < start.part {
                    continue;
                }
                let from =
                    if step == 0 && part == start.part { start.index + usize::from(!fresh) } else { 0 };
                if let Some((index, row)) = self.found_in(entry, part, scene).into_iter().nth(from) {
                    return Some((Spot { entry, part, index }, row));
                }
            }
        }
        None
    }

    fn last_before(&mut self, start: Spot, scene: &Scene<'_>) -> Option<(Spot, usize)> {
        let all = self.entries.len();
        for step in 0..=all {
            let entry = (start.entry + all - step % all) % all;
            if self.search.counts.get(entry).is_none_or(|count| *count == 0) {
                continue;
            }
            for part in (0..self.parts(entry, scene)).rev() {
                if step == 0 && part > start.part {
                    continue;
                }
                let upto = if step == 0 && part == start.part { start.index } else { usize::MAX };
                if let Some((index, row)) =
                    self.found_in(entry, part, scene).into_iter().take(upto).next_back()
                {
                    return Some((Spot { entry, part, index }, row));
                }
            }
        }
        None
    }

    /// The matches of a part by their position, with the first row of each.
    fn found_in(&mut self, entry: usize, part: usize, scene: &Scene<'_>) -> Vec<(usize, usize)> {
        if let (Some(known), Some(PartKind::Piece(at))) =
            (self.entries.get(entry), self.entries[entry].kind(part))
        {
            let text = known.said().and_then(|said| said.text.as_ref());
            let piece =
                text.and_then(|text| Some(text.text().get(text.pieces().get(at)?.range.clone())?.to_owned()));
            // Marks such as ** may part the words in the source; those that are short are looked at anyway.
            if piece.is_some_and(|piece| piece.len() > 2000 && !self.search.is_in(&piece)) {
                return Vec::new();
            }
        }
        self.lay(entry, part, scene);
        let Some(finder) = &self.search.finder else { return Vec::new() };
        let found = matches(self.entries[entry].rows(part), finder);
        found.iter().enumerate().filter_map(|(index, pieces)| Some((index, pieces.first()?.0))).collect()
    }
}

/// The matches in the rows of a part, each as its pieces on rows.
fn matches(rows: &[Row], finder: &AhoCorasick) -> Vec<Vec<(usize, Range<usize>)>> {
    let mut text = String::new();
    let mut lines: Vec<(usize, usize, usize)> = Vec::new();
    for (row, line) in rows.iter().enumerate().filter_map(|(row, shown)| Some((row, shown.line()?))) {
        text.push(if line.wrapped { ' ' } else { '\n' });
        lines.push((text.len(), row, line.lead()));
        text.push_str(line.body());
    }
    finder
        .find_iter(&text)
        .map(|found| {
            let first = lines.partition_point(|(start, ..)| *start <= found.start()).saturating_sub(1);
            let mut pieces = Vec::new();
            for (at, (start, row, lead)) in lines.iter().enumerate().skip(first) {
                if *start >= found.end() {
                    break;
                }
                let end = lines.get(at + 1).map_or(text.len(), |(next, ..)| next - 1);
                let (from, to) = (found.start().max(*start), found.end().min(end));
                if from < to {
                    pieces.push((*row, lead + from - start..lead + to - start));
                }
            }
            pieces
        })
        .filter(|pieces| !pieces.is_empty())
        .collect()
}
