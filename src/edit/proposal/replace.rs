//! Replacing stretches of lines, and whole files by what differs.

use crate::edit::directive::Replacement;
use crate::edit::hunk::patience;
use crate::edit::locate::{Indent, Miss, Place, locate};
use crate::edit::placeholder;
use crate::edit::text::Text;

use super::numbers::{after_number, unnumbered};
use super::refusal::Refusal;

/// Where a replacement goes, and the lines of both sides that it is made of.
struct Found {
    place: Place,
    search: Vec<String>,
    replace: Vec<String>,
}

impl Replacement {
    /// Where it goes. A blank line that begins or ends both sides may be talk: it is left out where the rest fits so.
    fn locate(&self, text: &Text) -> Result<Found, Miss> {
        let miss = match self.place(text, &self.search) {
            Ok(place) => {
                return Ok(Found { place, search: self.search.clone(), replace: self.replace.clone() });
            }
            Err(miss) => miss,
        };
        let blank = |line: Option<&String>| line.is_some_and(|line| line.trim().is_empty());
        let (mut search, mut replace) = (self.search.as_slice(), self.replace.as_slice());
        if blank(search.first()) && (blank(replace.first()) || replace.is_empty()) {
            (search, replace) = (&search[1..], replace.get(1..).unwrap_or_default());
        }
        if blank(search.last()) && (blank(replace.last()) || replace.is_empty()) {
            (search, replace) = (&search[..search.len() - 1], &replace[..replace.len().saturating_sub(1)]);
        }
        if search.len() == self.search.len() {
            return Err(miss);
        }
        match self.place(text, search) {
            Ok(place) => Ok(Found { place, search: search.to_vec(), replace: replace.to_vec() }),
            Err(_) => Err(miss),
        }
    }

    /// The only place of lines, or of several the one that the answer gave the number of.
    fn place(&self, text: &Text, search: &[String]) -> Result<Place, Miss> {
        let hinted = self.hint.map(|line| line as usize - 1);
        match locate(&text.lines, search, 0) {
            Err(Miss::Several(places)) => match places.iter().find(|place| Some(**place) == hinted) {
                Some(first) => Ok(locate(&text.lines[..first + search.len()], search, *first)?),
                None => Err(Miss::Several(places)),
            },
            found => found,
        }
    }

    /// Other ways to read it, for where no line of it was found as it is: marks escaped with a backslash, both sides in a
    /// fence of their own, and lines with their numbers before them.
    fn others(&self) -> Vec<Self> {
        let plain = |line: &String| match line.strip_prefix('\\') {
            Some(rest) if rest.starts_with(['<', '=', '>', '-']) => rest.to_owned(),
            Some(_) | None => line.clone(),
        };
        let side = |lines: &[String]| lines.iter().map(plain).collect::<Vec<_>>();
        let escaped = Self { search: side(&self.search), replace: side(&self.replace), hint: self.hint };
        let bare = unfenced(&self.search).and_then(|search| {
            let replace = if self.replace.is_empty() { &[] } else { unfenced(&self.replace)? };
            Some(Self { search: search.to_vec(), replace: replace.to_vec(), hint: self.hint })
        });
        let unnumbered = unnumbered(&self.search).and_then(|search| {
            let any = self.replace.iter().any(|line| after_number(line).is_some());
            let replace = if any { unnumbered(&self.replace)? } else { self.replace.clone() };
            Some(Self { search, replace, hint: self.hint })
        });
        (escaped != *self).then_some(escaped).into_iter().chain(bare).chain(unnumbered).collect()
    }
}

/// The lines inside a fence that holds them all.
pub(super) fn unfenced(lines: &[String]) -> Option<&[String]> {
    let [first, inside @ .., last] = lines else { return None };
    let inner = inside.iter().any(|line| line.trim_start().starts_with("```"));
    (first.starts_with("```") && last.trim_end() == "```" && !inner).then_some(inside)
}

/// Puts the new lines of a block in the place of the old ones. What both sides have stays as the file has it.
pub(super) fn replaced(text: &mut Text, readings: &[Replacement]) -> Result<(), Refusal> {
    let Found { place, search, replace } = place(text, readings)?;
    let lines: Vec<String> = replace.iter().map(|line| place.indent.apply(line)).collect();
    placeholder::refuse(&lines, &text.lines[place.first..place.first + search.len()])?;
    change(text, place.first, &search, &replace, &place.indent);
    Ok(())
}

/// Where the one reading of a block goes that fits. Other ways to read it are tried where none fits as it is.
fn place(text: &Text, readings: &[Replacement]) -> Result<Found, Refusal> {
    let mut missed = None;
    let mut fitting = Vec::new();
    for reading in readings {
        match reading.locate(text) {
            Ok(found) => fitting.push(found),
            Err(miss) => missed = missed.or(Some((miss, reading))),
        }
    }
    if fitting.is_empty() {
        let others = readings.iter().flat_map(Replacement::others);
        fitting.extend(others.filter_map(|reading| reading.locate(text).ok()));
    }
    match (fitting.len(), fitting.pop(), missed) {
        (1, Some(found), _) => Ok(found),
        (0, _, Some((miss, reading))) => Err(Refusal::of_miss(miss, text, &reading.search, &reading.replace)),
        (_, _, _) => Err("the dividers of the block can be read in several ways".to_owned().into()),
    }
}

/// Makes a file read as these lines; lines that are the same keep their bytes.
pub(super) fn rewrite(text: &mut Text, lines: &[String]) {
    let old: Vec<String> = text.lines.iter().map(|line| line.text.clone()).collect();
    change(text, 0, &old, lines, &Indent::Same);
}

fn change(text: &mut Text, first: usize, old: &[String], new: &[String], indent: &Indent) {
    let (algorithm, deadline) = (similar::Algorithm::Myers, Some(patience()));
    let operations = similar::capture_diff_slices_deadline(algorithm, old, new, deadline);
    let changed = operations.iter().filter(|operation| operation.tag() != similar::DiffTag::Equal);
    for operation in changed.rev() {
        let range = operation.old_range();
        let lines: Vec<String> = new[operation.new_range()].iter().map(|line| indent.apply(line)).collect();
        text.splice(first + range.start..first + range.end, &lines);
    }
}
