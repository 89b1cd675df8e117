//! Replacing stretches of lines, and whole files by what differs.

use crate::edit::directive::Replacement;
use crate::edit::hunk::patience;
use crate::edit::locate::{Miss, Place, locate};
use crate::edit::text::Text;

impl Replacement {
    /// Where it goes. A blank line that begins or ends both sides may be talk: it is left out where the rest fits so.
    pub(super) fn locate(&self, text: &Text) -> Result<(Place, Vec<String>, Vec<String>), Miss> {
        let miss = match locate(&text.lines, &self.search, 0) {
            Ok(place) => return Ok((place, self.search.clone(), self.replace.clone())),
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
        match locate(&text.lines, search, 0) {
            Ok(place) => Ok((place, search.to_vec(), replace.to_vec())),
            Err(_) => Err(miss),
        }
    }
}

/// Makes a file read as these lines; lines that are the same keep their bytes.
pub(super) fn rewrite(text: &mut Text, lines: &[String]) {
    let new: Vec<&str> = lines.iter().map(String::as_str).collect();
    let changes: Vec<_> = {
        let old: Vec<&str> = text.lines.iter().map(|line| line.text.as_str()).collect();
        let (algorithm, deadline) = (similar::Algorithm::Myers, Some(patience()));
        let operations = similar::capture_diff_slices_deadline(algorithm, &old, &new, deadline);
        let changed = operations.iter().filter(|operation| operation.tag() != similar::DiffTag::Equal);
        changed.map(|operation| (operation.old_range(), lines[operation.new_range()].to_vec())).collect()
    };
    for (range, lines) in changes.into_iter().rev() {
        text.splice(range, &lines);
    }
}
