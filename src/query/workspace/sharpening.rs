//! Sharpening: an index knows where words stand only by the stretch of a file. Where the text that was judged can still be
//! read, evidence shrinks to the fewest lines that say the same words.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;

use crate::domain::{Detail, FileId, Signal, Span};
use crate::index::{ContentHash, tokens};

use super::Workspace;

/// Stretches of at most so many lines are seen at a glance.
const GLANCE: u32 = 12;

/// The rarest words of a stretch, which its lines are narrowed to.
const MOST_WORDS: usize = 5;

/// Lines shown before and after those that say the words.
const AROUND: u32 = 2;

impl Workspace {
    /// Narrows what the judge says of a file's text; a file that cannot be read, or is not what was judged, stays as it is.
    pub(super) fn sharpen(&self, file: FileId, detail: &mut Detail) {
        let is_coarse = |span: &Span| span.last - span.first >= GLANCE;
        let told = detail.evidence.iter().find(|told| told.signal == Signal::Content);
        let Some(coarse) = told.and_then(|told| told.span).filter(is_coarse) else { return };
        let Some(sharp) = self.text_of(file).and_then(|text| self.sharpened(&text, coarse)) else { return };
        let spans = detail.evidence.iter_mut().filter_map(|told| told.span.as_mut());
        for span in spans.chain(&mut detail.spans).filter(|span| **span == coarse) {
            *span = sharp;
        }
    }

    /// The text of a file, where it is still the one that the index has.
    fn text_of(&self, file: FileId) -> Option<String> {
        let known = self.files.get(file.index())?.hash?;
        let place = self.catalog.get(file)?;
        let content = self.reader.as_ref()?.read(place.root, &place.path).ok()?;
        (ContentHash::of(&content.bytes) == known)
            .then(|| String::from_utf8_lossy(&content.bytes).into_owned())
    }

    fn sharpened(&self, text: &str, coarse: Span) -> Option<Span> {
        let request = &self.query.as_ref()?.request.text;
        let mut wanted: Vec<(usize, Box<str>)> = tokens::query_terms(request)
            .into_iter()
            .filter_map(|word| Some((self.index.postings_of(self.index.term(&word.term)?).len(), word.term)))
            .collect();
        wanted.sort();
        let wanted: Vec<Box<str>> = wanted.into_iter().map(|(_, term)| term).collect();
        let lines =
            text.lines().skip(coarse.first as usize - 1).take((coarse.last - coarse.first + 1) as usize);
        let lines = fewest(lines, &wanted)?;
        let (first, last) = (coarse.first + *lines.start() as u32, coarse.first + *lines.end() as u32);
        Some(Span {
            first: first.saturating_sub(AROUND).max(coarse.first),
            last: (last + AROUND).min(coarse.last),
        })
    }
}

/// The fewest lines that say the rarest of the words that are said at all, the first such, from 0; words come rarest first.
fn fewest<'t>(lines: impl Iterator<Item = &'t str>, words: &[Box<str>]) -> Option<RangeInclusive<usize>> {
    let numbers: FxHashMap<&str, usize> = words.iter().enumerate().map(|(at, word)| (&**word, at)).collect();
    let mut said: Vec<(usize, usize)> = Vec::new();
    for (line, text) in lines.enumerate() {
        tokens::each(text, &mut |token| said.extend(numbers.get(token.term).map(|word| (line, *word))));
    }
    let mut rarest: Vec<usize> = said.iter().map(|(_, word)| *word).collect();
    rarest.sort_unstable();
    rarest.dedup();
    rarest.truncate(MOST_WORDS);
    said.retain(|(_, word)| rarest.contains(word));
    let mut inside: FxHashMap<usize, u32> = FxHashMap::default();
    let mut best: Option<RangeInclusive<usize>> = None;
    let mut from = 0;
    for (line, word) in &said {
        *inside.entry(*word).or_default() += 1;
        while inside.len() == rarest.len() {
            let (first, leaving) = said[from];
            if best.as_ref().is_none_or(|best| line - first < best.end() - best.start()) {
                best = Some(first..=*line);
            }
            if let Some(count) = inside.get_mut(&leaving) {
                *count -= 1;
                if *count == 0 {
                    inside.remove(&leaving);
                }
            }
            from += 1;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, words: &[&str]) -> Option<RangeInclusive<usize>> {
        let words: Vec<Box<str>> = words.iter().map(|word| Box::from(*word)).collect();
        fewest(text.lines(), &words)
    }

    #[test]
    fn the_closest_meeting_of_the_words_is_shown() {
        let text = "door\n\n\ntrust\n\nother\ntrust the door\ndoor\ntrust";
        assert_eq!(found(text, &["trust", "door"]), Some(6..=6));
        assert_eq!(found("door\n\ntrust\ndoor", &["trust", "door"]), Some(2..=3));
    }

    #[test]
    fn a_word_that_is_not_there_is_not_waited_for() {
        assert_eq!(found("one\ntwo\nthree", &["absent", "two"]), Some(1..=1));
        assert_eq!(found("one\ntwo", &["absent"]), None);
        assert_eq!(found("", &["one"]), None);
    }

    #[test]
    fn the_rarest_words_decide() {
        let text = "a1 common\n\n\n\nb1 c1 d1 e1 f1";
        assert_eq!(found(text, &["b1", "c1", "d1", "e1", "f1", "common"]), Some(4..=4));
    }
}
