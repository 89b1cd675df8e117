//! Deciding, splitting and amending hunks.

use std::sync::Arc;

use crate::domain::Decision;
use crate::edit::{Line, Text, refuse_placeholders};

use super::{DraftFile, DraftHunk, Hunk, Names, ended};

/// Pairs of lines compared to find where the other side of a cut hunk is cut.
const MOST_COMPARED: usize = 40_000;

impl DraftFile {
    /// Decides one hunk, a conflict too: accepting takes the proposed lines, rejecting leaves what stands on disk. False
    /// where there is no such hunk.
    pub fn decide_one(&mut self, id: u32, decision: Decision) -> bool {
        let Some(hunk) = self.hunks.iter_mut().find(|hunk| hunk.id == id) else { return false };
        hunk.decision = decision;
        if decision != Decision::Undecided {
            hunk.conflict = None;
        }
        true
    }

    /// Decides all hunks that the decision reaches; those in conflict are decided one by one.
    pub fn decide_all(&mut self, decision: Decision) {
        for hunk in &mut self.hunks {
            if decision.reaches(hunk.hunk.class, hunk.decision) && hunk.conflict.is_none() {
                hunk.decision = decision;
            }
        }
    }

    /// Cuts a hunk in two before a line of its body.
    ///
    /// # Errors
    /// Why it cannot be cut there.
    pub fn split(&mut self, id: u32, line: usize, names: &mut Names) -> Result<(), &'static str> {
        let Some(at) = self.hunks.iter().position(|hunk| hunk.id == id) else { return Err("it is gone") };
        let draft = self.hunks[at].clone();
        if draft.conflict.is_some() {
            return Err("it is in conflict; decide that first");
        }
        let Hunk { old_start, old, new, class } = draft.hunk.clone();
        if line == 0 || line >= old.len() + new.len() {
            return Err("there is nothing on one side of that line");
        }
        let (of_old, of_new) =
            if line < old.len() { (line, partner(&old, &new, line)) } else { cut_new(&old, &new, line) };
        let part = |start: usize, old: &[Line], new: &[Line], names: &mut Names| DraftHunk {
            id: names.give(),
            hunk: Hunk { old_start: start, old: old.to_vec(), new: new.to_vec(), class },
            ..draft.clone()
        };
        let upper = part(old_start, &old[..of_old], &new[..of_new], names);
        let lower = part(old_start + of_old, &old[of_old..], &new[of_new..], names);
        let empty = |hunk: &DraftHunk| hunk.hunk.old.is_empty() && hunk.hunk.new.is_empty();
        if empty(&upper) || empty(&lower) {
            return Err("there is nothing on one side of that line");
        }
        self.hunks.splice(at..=at, [upper, lower]);
        self.mark_errors();
        Ok(())
    }

    /// Puts lines in the place of a hunk's new ones.
    ///
    /// # Errors
    /// Why they cannot stand there.
    pub fn amend(&mut self, id: u32, lines: &[Arc<str>]) -> Result<(), String> {
        let Some(at) = self.hunks.iter().position(|hunk| hunk.id == id) else {
            return Err("the hunk is gone".to_owned());
        };
        if self.is_move(&self.hunks[at]) {
            return Err("the move of a file has no lines".to_owned());
        }
        if lines.iter().any(|line| line.contains(['\n', '\r', '\0'])) {
            return Err("a line holds a line break or a NUL".to_owned());
        }
        let hunk = &self.hunks[at].hunk;
        let range = hunk.range();
        let new = ended(&self.text, range.clone(), lines);
        let plain: Vec<String> = lines.iter().map(ToString::to_string).collect();
        refuse_placeholders(&plain, self.text.lines.get(range).unwrap_or_default())?;
        let same = new.len() == hunk.old.len() && new.iter().zip(&hunk.old).all(|(a, b)| a.is_like(b));
        if same && self.hunks[at].conflict.is_none() {
            return Err("these lines stand there already; reject the hunk to leave them".to_owned());
        }
        let amended = Hunk { new, ..hunk.clone() };
        encodes(&self.text, &amended)?;
        self.hunks[at].hunk = amended;
        self.hunks[at].amended = true;
        self.mark_errors();
        Ok(())
    }
}

fn encodes(text: &Text, hunk: &Hunk) -> Result<(), String> {
    crate::edit::applied(text, [hunk]).map(|_| ()).map_err(|error| error.to_string())
}

/// Where the old lines are cut when the new ones are, at this line of the body.
fn cut_new(old: &[Line], new: &[Line], line: usize) -> (usize, usize) {
    let of_new = line - old.len();
    // Between both sides: what goes above, what comes below.
    if of_new == 0 { (old.len(), 0) } else { (partner(new, old, of_new), of_new) }
}

/// The place in `other` that fits a cut of `side` before the line `at`: where most lines of each part find their like.
fn partner(side: &[Line], other: &[Line], at: usize) -> usize {
    if side.len() == other.len() {
        return at;
    }
    if side.len() * other.len() > MOST_COMPARED || other.is_empty() {
        return (at * other.len()).checked_div(side.len()).unwrap_or(0);
    }
    // How much each line of `other` is like the best one above the cut, less the best one below.
    let best = |lines: &[Line], line: &Line| {
        lines.iter().map(|known| likeness(&known.text, &line.text)).fold(0.0_f32, f32::max)
    };
    let leans: Vec<f32> =
        other.iter().map(|line| best(&side[..at], line) - best(&side[at..], line)).collect();
    let mut sum: f32 = leans.iter().map(|lean| -lean).sum();
    let (mut most, mut place) = (sum, 0);
    for (index, lean) in leans.iter().enumerate() {
        sum += 2.0 * lean;
        if sum > most {
            (most, place) = (sum, index + 1);
        }
    }
    place
}

/// The share of words that two lines have in common.
fn likeness(one: &str, other: &str) -> f32 {
    let words = |text: &str| -> Vec<String> {
        let split = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        split.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    if one.trim() == other.trim() {
        return 1.0;
    }
    let (one, mut other) = (words(one), words(other));
    let total = one.len() + other.len();
    let mut shared = 0;
    for word in &one {
        if let Some(at) = other.iter().position(|known| known == word) {
            other.swap_remove(at);
            shared += 1;
        }
    }
    if total == 0 { 0.0 } else { 2.0 * shared as f32 / total as f32 }
}
