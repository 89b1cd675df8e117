//! Applying the hunks of a diff, in order, each where its lines stand and nowhere else.

use crate::edit::directive::{Mark, PatchHunk};
use crate::edit::locate::{Indent, Miss, Place, locate, places};
use crate::edit::placeholder;
use crate::edit::text::Text;

use super::refusal::Refusal;

/// Applies a diff's hunks in order.
pub(super) fn patch(text: &mut Text, hunks: &[PatchHunk]) -> Result<(), Refusal> {
    let mut from = 0;
    let mut shift = 0_isize;
    for hunk in hunks {
        let (place, old) = place_hunk(text, hunk, from, shift)?;
        let range = place.first..place.first + old;
        let added: Vec<String> =
            hunk.lines.iter().filter(|(mark, _)| *mark == Mark::Add).map(|(_, line)| line.clone()).collect();
        placeholder::refuse(&added, &text.lines[range.clone()])?;
        // Lines that stay are those of the file; runs of others are put in from the bottom up.
        let mut runs: Vec<(std::ops::Range<usize>, Vec<String>)> = Vec::new();
        let mut at = place.first;
        let lines = if old == 0 { added_only(hunk) } else { hunk.lines.clone() };
        for (mark, line) in &lines {
            let open = runs.last_mut().filter(|(run, _)| run.end == at);
            match (mark, open) {
                (Mark::Keep, _) => at += 1,
                (Mark::Remove, Some((run, _))) => run.end += 1,
                (Mark::Remove, None) => runs.push((at..at + 1, Vec::new())),
                (Mark::Add, Some((_, lines))) => lines.push(place.indent.apply(line)),
                (Mark::Add, None) => runs.push((at..at, vec![place.indent.apply(line)])),
            }
            at += usize::from(*mark == Mark::Remove);
        }
        let mut grown = 0_isize;
        for (run, lines) in runs.into_iter().rev() {
            grown += lines.len() as isize - run.len() as isize;
            text.splice(run, &lines);
        }
        shift += grown;
        from = (range.end as isize + grown) as usize;
    }
    Ok(())
}

/// What a hunk adds, where it names no line that stands there.
fn added_only(hunk: &PatchHunk) -> Vec<(Mark, String)> {
    hunk.lines.iter().filter(|(mark, _)| *mark == Mark::Add).cloned().collect()
}

/// The place of a hunk and the number of its old lines.
fn place_hunk(text: &Text, hunk: &PatchHunk, from: usize, shift: isize) -> Result<(Place, usize), Refusal> {
    let mut start = from.min(text.lines.len());
    for anchor in &hunk.anchors {
        start = after_anchor(text, anchor, start)?;
    }
    let old = hunk.old();
    if old.iter().all(|line| line.trim().is_empty()) {
        if hunk.lines.iter().any(|(mark, _)| *mark == Mark::Remove) {
            return Err("a hunk that only takes blank lines away says nowhere which".to_owned().into());
        }
        let at = match hunk {
            _ if hunk.at_end || text.lines.is_empty() => text.lines.len(),
            _ if !hunk.anchors.is_empty() => start,
            _ => return Err("a hunk that only adds lines says nowhere where they go".to_owned().into()),
        };
        return Ok((Place { first: at, indent: Indent::Same }, 0));
    }
    let mut found = places(&text.lines, &old, start).map_err(Refusal::from)?;
    if found.is_empty() && hunk.anchors.is_empty() {
        // Hunks out of order are fine where there is no doubt.
        found = places(&text.lines, &old, 0).map_err(Refusal::from)?;
    }
    if hunk.at_end {
        found.retain(|place| place.first + old.len() == text.lines.len());
    }
    let hinted = hunk.hint.map(|line| line as isize - 1 + shift);
    let by_hint = |place: &&Place| hinted == Some(place.first as isize);
    match found.as_slice() {
        [place] => Ok((place.clone(), old.len())),
        // After an anchor the format means the first place.
        [first, ..] if !hunk.anchors.is_empty() => Ok((first.clone(), old.len())),
        [] => match locate(&text.lines, &old, 0) {
            Err(miss) => Err(miss.into()),
            Ok(_) => Err("the hunk's lines stand elsewhere than it says".to_owned().into()),
        },
        several => match several.iter().find(by_hint) {
            Some(place) => Ok((place.clone(), old.len())),
            None => Err(Miss::Several(several.iter().map(|place| place.first).collect()).into()),
        },
    }
}

/// The line after an anchor: the only line from `from` on that reads so, else that begins so.
fn after_anchor(text: &Text, anchor: &str, from: usize) -> Result<usize, Refusal> {
    let reads = |line: &str| line.trim() == anchor.trim();
    let begins = |line: &str| line.trim().starts_with(anchor.trim());
    for start in [from, 0] {
        for fits in [&reads as &dyn Fn(&str) -> bool, &begins] {
            let found: Vec<usize> =
                (start..text.lines.len()).filter(|at| fits(&text.lines[*at].text)).collect();
            match found.as_slice() {
                [] => {}
                [only] => return Ok(only + 1),
                several => {
                    let lines: Vec<String> = several.iter().take(4).map(|at| (at + 1).to_string()).collect();
                    return Err(format!(
                        "`@@ {anchor}` stands in several places (lines {})",
                        lines.join(", ")
                    )
                    .into());
                }
            }
        }
    }
    Err(format!("`@@ {anchor}` is not in the file").into())
}
