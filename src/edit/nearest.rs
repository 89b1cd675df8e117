//! Nearest: the stretch of a file that is most like lines that stand nowhere in it, for people and for another try.
//!
//! Invariant: what is found here is shown and never edited.

use serde::{Deserialize, Serialize};

use super::text::Line;

/// The stretch of the file that has most of the lines, for people and for another try; never edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nearest {
    /// Its first line, 1-based.
    pub line: usize,
    /// Its lines.
    pub lines: Vec<String>,
    /// The first line that differs: what was asked for, and what stands there.
    pub differs: (String, String),
}

/// What stands after the last line.
const END: &str = "(the end of the file)";

/// Pairs of lines compared while looking for the nearest; more would be felt.
const MOST_COMPARED: usize = 400_000;

/// How much of their words two lines share so that one is shown for the other, in hundredths.
const LEAST_ALIKE: usize = 50;

/// The stretch that shares most lines, trimmed, with what was asked; where it shares none, the one with the line most alike.
pub fn nearest(file: &[Line], wanted: &[String]) -> Option<Nearest> {
    let size = wanted.len().min(file.len());
    if size == 0 {
        return None;
    }
    let trimmed: Vec<&str> = wanted.iter().map(|line| line.trim()).collect();
    let score = |first: usize| {
        let pairs = file[first..first + size].iter().zip(&trimmed);
        pairs.filter(|(line, wanted)| !wanted.is_empty() && line.text.trim() == **wanted).count()
    };
    let (best, first) = (0..=file.len() - size)
        .take((MOST_COMPARED / size).max(1))
        .map(|first| (score(first), first))
        .max_by_key(|(score, first)| (*score, usize::MAX - first))?;
    let first = if best > 0 { first } else { alike(file, &trimmed)?.min(file.len() - size) };
    Some(shown(file, wanted, first))
}

fn shown(file: &[Line], wanted: &[String], first: usize) -> Nearest {
    let window = &file[first..(first + wanted.len()).min(file.len())];
    let same = |(line, wanted): &(&Line, &String)| line.text.trim_end() == wanted.trim_end();
    let at = window.iter().zip(wanted).take_while(same).count();
    let found = window.get(at).map_or(END, |line| line.text.as_str());
    Nearest {
        line: first + 1,
        lines: window.iter().map(|line| line.text.clone()).collect(),
        differs: (wanted.get(at).cloned().unwrap_or_default(), found.to_owned()),
    }
}

/// Where the stretch begins that has the line most like one that was asked for.
fn alike(file: &[Line], wanted: &[&str]) -> Option<usize> {
    let most = (MOST_COMPARED / file.len().max(1)).max(1);
    let said = wanted.iter().enumerate().filter(|(_, line)| line.len() > 2).take(most);
    let pairs = said.flat_map(|(at, wanted)| {
        let words = words(wanted);
        file.iter().enumerate().map(move |(line, text)| (share(&words, &text.text), line, at))
    });
    let (share, line, at) =
        pairs.max_by_key(|(share, line, at)| (*share, usize::MAX - at, usize::MAX - line))?;
    (share >= LEAST_ALIKE).then_some(line.saturating_sub(at))
}

fn words(line: &str) -> Vec<&str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect()
}

/// How many of the words stand in the line, in hundredths.
fn share(wanted: &[&str], line: &str) -> usize {
    let mut line = words(line);
    let found = wanted.iter().filter(|word| {
        let at = line.iter().position(|other| other.eq_ignore_ascii_case(word));
        at.map(|at| line.swap_remove(at)).is_some()
    });
    found.count() * 100 / wanted.len().max(1)
}
