//! Applying the hunks of a diff, in order, each where its lines stand and nowhere else.

use crate::edit::directive::{LastEnds, Mark, PatchHunk};
use crate::edit::locate::{Indent, Miss, Place, locate, places};
use crate::edit::placeholder;
use crate::edit::text::{Line, LineEnd, Text};

use super::refusal::Refusal;

/// A line of a hunk.
type Marked = (Mark, String);

/// Where a hunk goes, and its lines there.
struct Placed<'h> {
    place: Place,
    lines: &'h [Marked],
}

impl Placed<'_> {
    fn old(&self) -> usize {
        self.lines.iter().filter(|(mark, _)| *mark != Mark::Add).count()
    }
}

/// Applies a diff's hunks in order.
pub(super) fn patch(text: &mut Text, hunks: &[PatchHunk]) -> Result<(), Refusal> {
    let mut from = 0;
    let mut shift = 0_isize;
    for hunk in hunks {
        let placed = place_hunk(text, hunk, from, shift)?;
        let range = placed.place.first..placed.place.first + placed.old();
        let added: Vec<String> = side(placed.lines, Mark::Remove, Mark::Keep);
        placeholder::refuse(&added, &text.lines[range.clone()])?;
        // Lines that stay are those of the file; runs of others are put in from the bottom up.
        let mut runs: Vec<(std::ops::Range<usize>, Vec<String>)> = Vec::new();
        let mut at = placed.place.first;
        for (mark, line) in placed.lines {
            let open = runs.last_mut().filter(|(run, _)| run.end == at);
            let new = || placed.place.indent.apply(line);
            match (mark, open) {
                (Mark::Keep, _) => at += 1,
                (Mark::Remove, Some((run, _))) => run.end += 1,
                (Mark::Remove, None) => runs.push((at..at + 1, Vec::new())),
                (Mark::Add, Some((_, lines))) => lines.push(new()),
                (Mark::Add, None) => runs.push((at..at, vec![new()])),
            }
            at += usize::from(*mark == Mark::Remove);
        }
        let mut grown = 0_isize;
        for (run, lines) in runs.into_iter().rev() {
            grown += lines.len() as isize - run.len() as isize;
            text.splice(run, &lines);
        }
        shift += grown;
        let last = (range.end as isize + grown) as usize == text.lines.len();
        if let Some(ends) = hunk.last_ends.filter(|ends| last && ends.old != ends.new) {
            end_last(text, ends);
        }
        from = (range.end as isize + grown) as usize;
    }
    Ok(())
}

/// Gives the last line its end, or takes it away.
fn end_last(text: &mut Text, ends: LastEnds) {
    let at = text.lines.len().saturating_sub(1);
    let end = if ends.new { text.end_for(&(at..at)) } else { LineEnd::Open };
    if let Some(line) = text.lines.last_mut() {
        let is_open = line.end == LineEnd::Open;
        if is_open == ends.new {
            *line = Line::new(std::mem::take(&mut line.text), end);
        }
    }
}

/// The lines that have neither of two marks.
fn side(lines: &[Marked], without: Mark, nor: Mark) -> Vec<String> {
    lines.iter().filter(|(mark, _)| *mark != without && *mark != nor).map(|(_, line)| line.clone()).collect()
}

/// The hunk's lines, and without the blank context at their end, and at both: what stands there may be talk.
fn readings(lines: &[Marked]) -> Vec<&[Marked]> {
    let blank = |line: Option<&Marked>| {
        line.is_some_and(|(mark, line)| *mark == Mark::Keep && line.trim().is_empty())
    };
    let (mut all, mut lines) = (vec![lines], lines);
    while blank(lines.last()) {
        lines = &lines[..lines.len() - 1];
    }
    all.push(lines);
    while blank(lines.first()) {
        lines = &lines[1..];
    }
    all.push(lines);
    all.dedup_by_key(|lines| lines.len());
    all
}

fn place_hunk<'h>(
    text: &Text,
    hunk: &'h PatchHunk,
    from: usize,
    shift: isize,
) -> Result<Placed<'h>, Refusal> {
    let mut starts = vec![from.min(text.lines.len())];
    for anchor in &hunk.anchors {
        starts = anchored(text, anchor, &starts)?;
    }
    let old = hunk.old();
    if old.iter().all(|line| line.trim().is_empty()) {
        return place_blank(text, hunk, &starts);
    }
    // A hunk may repeat its anchor as its first line.
    let least = starts.first().map_or(0, |start| start.saturating_sub(usize::from(!hunk.anchors.is_empty())));
    for lines in readings(&hunk.lines) {
        let old = side(lines, Mark::Add, Mark::Add);
        let mut found = places(&text.lines, &old, least)?;
        if found.is_empty() && hunk.anchors.is_empty() {
            // Hunks out of order are fine where there is no doubt.
            found = places(&text.lines, &old, 0)?;
        }
        if found.is_empty() {
            continue;
        }
        if hunk.at_end {
            found.retain(|place| {
                text.lines[place.first + old.len()..].iter().all(|line| line.text.trim().is_empty())
            });
        }
        return choose(&found, hunk, &starts, shift).map(|place| Placed { place, lines });
    }
    let full =
        readings(&hunk.lines).last().map(|lines| side(lines, Mark::Add, Mark::Add)).unwrap_or_default();
    match locate(&text.lines, &full, 0) {
        Err(miss @ Miss::Nowhere(_)) => Err(Refusal::of_miss(miss, text, &full, &hunk.new_lines())),
        Err(Miss::Several(_) | Miss::Empty) | Ok(_) => {
            Err("the hunk's lines stand elsewhere than it says: not after its `@@` line".to_owned().into())
        }
    }
}

/// The only place that fits, or the one that anchors and hints choose.
fn choose(found: &[Place], hunk: &PatchHunk, starts: &[usize], shift: isize) -> Result<Place, Refusal> {
    let several = |places: &[&Place]| {
        let why = Miss::Several(places.iter().map(|place| place.first).collect());
        Err(why.into())
    };
    let hinted = hunk.hint.map(|line| line as isize - 1 + shift);
    let by_hint = || found.iter().find(|place| hinted == Some(place.first as isize));
    match found {
        [place] => Ok(place.clone()),
        [] => Err("the hunk's lines are not the last lines of the file, as *** End of File says"
            .to_owned()
            .into()),
        all if hunk.anchors.is_empty() => {
            by_hint().cloned().map_or_else(|| several(&all.iter().collect::<Vec<_>>()), Ok)
        }
        all => {
            // After an anchor the format means the first place.
            let after = |start: &usize| all.iter().find(|place| place.first + 1 >= *start);
            let mut first: Vec<&Place> = starts.iter().filter_map(after).collect();
            first.dedup();
            match first.as_slice() {
                [place] => Ok((*place).clone()),
                several_places => by_hint().cloned().map_or_else(|| several(several_places), Ok),
            }
        }
    }
}

/// The place of a hunk that names no line which says something: it only adds lines.
fn place_blank<'h>(text: &Text, hunk: &'h PatchHunk, starts: &[usize]) -> Result<Placed<'h>, Refusal> {
    if hunk.lines.iter().any(|(mark, _)| *mark == Mark::Remove) {
        return Err("a hunk that only takes blank lines away says nowhere which".to_owned().into());
    }
    let first = match (hunk.anchors.is_empty(), starts) {
        // Without any place, the format's own programs add at the end.
        (true, _) if hunk.at_end || hunk.hint.is_none() || text.lines.is_empty() => text.lines.len(),
        (false, [start]) => *start,
        (false, _) => {
            return Err("the `@@` line of a hunk that only adds lines stands in several places"
                .to_owned()
                .into());
        }
        (true, _) => return Err("a hunk that only adds lines says nowhere where they go".to_owned().into()),
    };
    // Blank context that the file has not is talk.
    let blank = |lines: &[Marked]| lines.iter().take_while(|(mark, _)| *mark == Mark::Keep).count();
    let lead = blank(&hunk.lines);
    let there = text.lines[first..].iter().take(lead).filter(|line| line.text.trim().is_empty()).count();
    let from = if there == lead { 0 } else { lead };
    let end = hunk.lines.iter().rposition(|(mark, _)| *mark == Mark::Add).map_or(0, |at| at + 1);
    let placed =
        Placed { place: Place { first, indent: Indent::Same }, lines: &hunk.lines[from.min(end)..end] };
    let kept = text.lines.get(first..first + placed.old());
    if !kept.is_some_and(|lines| lines.iter().all(|line| line.text.trim().is_empty())) {
        return Err("a blank line between the lines it adds is not in the file: is it to be added, too?"
            .to_owned()
            .into());
    }
    Ok(placed)
}

/// The lines after an anchor, for each line that one can start from: those that read so, else those that begin so.
fn anchored(text: &Text, anchor: &str, starts: &[usize]) -> Result<Vec<usize>, Refusal> {
    let anchor = anchor.trim();
    let reads = |line: &str| line.trim() == anchor;
    let begins = |line: &str| line.trim().starts_with(anchor);
    for least in [starts.iter().copied().min().unwrap_or(0), 0] {
        for fits in [&reads as &dyn Fn(&str) -> bool, &begins] {
            let found: Vec<usize> =
                (least..text.lines.len()).filter(|at| fits(&text.lines[*at].text)).map(|at| at + 1).collect();
            if !found.is_empty() {
                return Ok(found);
            }
        }
    }
    Err(format!("`@@ {anchor}` is not in the file").into())
}
