//! A request read against the index: every file's evidence, before any weights.

use std::sync::Arc;

use super::channels::{Channel, Channels};
use super::features::{self, Features, Scale};
use super::lexicon::Lexicon;
use super::links::{self, Links};
use super::meaning::{self, Meaning};
use super::own::Own;
use super::past::{self, Past};
use super::request::Request;
use super::text;
use crate::domain::FileId;
use crate::index::Index;

/// A kind of evidence that ranks by itself, to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signpost {
    /// Occurrences of the request's words, as a grep counts them.
    Keyword,
    /// BM25 over whole files: every word that stands in the text, whatever its part.
    Bm25,
    /// BM25F over path, symbols, content and comments.
    Bm25f,
    /// BM25 over paths.
    Path,
    /// Similar past messages.
    History,
}

/// Every file's evidence for one request.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    pub(super) request: Request,
    pub(super) channels: Channels,
    pub(super) past: Past,
    pub(super) links: Links,
    pub(super) scale: Scale,
    pub(super) meaning: Meaning,
    files: Vec<FileId>,
}

impl Reading {
    /// Reads a request; holds nothing useful where `cancelled` said yes on the way.
    pub fn open(
        request: &str,
        index: &Index,
        lexicon: &Arc<Lexicon>,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Self {
        let mut reading = Self {
            request: Request::read(request, index),
            channels: Channels::new(index.slots()),
            files: index.docs().map(|(file, _)| file).collect(),
            ..Self::default()
        };
        text::fill(&mut reading.channels, &reading.request, index);
        if cancelled() {
            return reading;
        }
        reading.past = past::fill(&mut reading.channels, &reading.request, index);
        if cancelled() {
            return reading;
        }
        reading.meaning = meaning::fill(&mut reading.channels, request, lexicon, index);
        if cancelled() {
            return reading;
        }
        reading.links = links::fill(&mut reading.channels, index);
        let own = Own::read(index);
        own.fill(&mut reading.channels, index);
        reading.scale = Scale::read(&reading.channels, &reading.request, &reading.past, own, index);
        reading
    }

    /// One file's features; `None` where the index does not hold its text.
    pub fn features(&self, index: &Index, file: FileId) -> Option<Features> {
        let doc = index.doc(file)?;
        if file.index() >= self.channels.slots() {
            return None;
        }
        Some(self.scale.features(self.channels.row(file.index()), index, file, doc, &self.links))
    }

    /// The files that the index held, most promising first by text and history.
    pub fn order(&self) -> Vec<FileId> {
        let promise = |file: FileId| self.channels.get(file.index(), Channel::Fused);
        let scored = self.files.iter().map(|file| (promise(*file), *file));
        let (mut hit, rest): (Vec<_>, Vec<_>) = scored.partition(|(score, _)| *score > 0.0);
        hit.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        hit.into_iter().chain(rest).map(|(_, file)| file).collect()
    }

    /// Gives what the fused score moved to the evidence that it was fused from: a reader is told of words and history.
    pub fn unfuse(&self, file: FileId, moved: &mut [f32; features::COUNT]) {
        let parts = self.links.parts(&self.channels, file);
        for feature in 0..features::COUNT {
            if matches!(features::channel_of(feature), Some(Channel::Fused | Channel::RolePlace)) {
                let change = std::mem::take(&mut moved[feature]);
                for (channel, share) in parts {
                    moved[channel as usize] += change * share;
                }
            }
        }
    }

    /// Reads these files again; what was gathered over all files stays as it was.
    pub fn refresh(&mut self, index: &Index, files: &[FileId]) {
        self.channels.reach(index.slots());
        self.request.look_again(index);
        meaning::refresh(&mut self.channels, &self.meaning, index, files);
        for file in files {
            if index.contains(*file) {
                text::fill_one(&mut self.channels, &self.request, index, *file);
                links::fill_one(&mut self.channels, &self.links, index, *file);
            }
        }
    }

    /// Every indexed file's score by one kind of evidence alone.
    pub fn scores(&self, signpost: Signpost, index: &Index) -> Vec<(FileId, f32)> {
        let channel = match signpost {
            Signpost::Keyword => {
                return index.docs().map(|(file, _)| (file, self.occurrences(index, file))).collect();
            }
            Signpost::Bm25 => return self.whole_files(index),
            Signpost::Bm25f => Channel::Text,
            Signpost::Path => Channel::Path,
            Signpost::History => Channel::History,
        };
        index.docs().map(|(file, _)| (file, self.channels.get(file.index(), channel))).collect()
    }

    /// BM25 (Robertson et al. 1994) with the customary k1 of 1.2 and b of 0.75, over text without regard to fields.
    fn whole_files(&self, index: &Index) -> Vec<(FileId, f32)> {
        let length =
            |file: FileId| index.doc(file).map_or(0, |doc| doc.lengths[1..].iter().sum::<u32>()) as f32;
        let mean = index.docs().map(|(file, _)| length(file)).sum::<f32>() / index.len().max(1) as f32;
        let score = |file: FileId| -> f32 {
            let norm = 0.25 + 0.75 * length(file) / mean.max(1.0);
            let found = text::matches(&self.request, index, file);
            let worth = found.iter().map(|found| {
                let count: f32 = found.counts[1..].iter().copied().map(f32::from).sum();
                self.request.terms[found.term as usize].idf * count * 2.2 / (count + 1.2 * norm)
            });
            worth.sum()
        };
        index.docs().map(|(file, _)| (file, score(file))).collect()
    }

    fn occurrences(&self, index: &Index, file: FileId) -> f32 {
        let found = text::matches(&self.request, index, file);
        found.iter().flat_map(|found| found.counts).map(f32::from).sum()
    }

    /// The `count` best files of each strong kind of evidence, and three times as many by all of it: what a cut sums, and
    /// training rows are sampled from.
    pub fn leaders(&self, count: usize) -> Vec<FileId> {
        let strong = [
            Channel::Text,
            Channel::TextSubject,
            Channel::Path,
            Channel::Symbols,
            Channel::Chunk,
            Channel::History,
            Channel::HistorySubject,
            Channel::HistoryText,
            Channel::CoChange,
            Channel::Expand,
            Channel::Meaning,
            Channel::MeaningPast,
        ];
        let best = |channel: Channel, count: usize| self.channels.best(count, |row| row[channel as usize]);
        let mut leaders: Vec<FileId> = strong
            .into_iter()
            .flat_map(|channel| best(channel, count))
            .chain(best(Channel::Fused, 3 * count))
            .map(|(slot, _)| FileId(slot as u32))
            .collect();
        leaders.sort_unstable();
        leaders.dedup();
        leaders
    }
}
