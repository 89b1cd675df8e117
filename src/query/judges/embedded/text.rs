//! Text evidence: what a file's path, names and words have of the request.

use super::channels::{Channel, Channels};
use super::request::{Request, saturated};
use crate::domain::FileId;
use crate::index::{Doc, Index, MAX_CHUNKS};

/// How much an occurrence in path, symbols, content and comments counts in BM25F (RETRIEVAL measurements).
const FIELD_WEIGHTS: [f32; 4] = [8.0, 2.0, 1.0, 1.0];
/// BM25 saturation and length normalisation by field; paths are short and vary little in length.
const K1: f32 = 1.2;
const FIELD_B: [f32; 4] = [0.4, 0.5, 0.7, 0.6];

/// One term of the request found in one file.
#[derive(Debug, Clone, Copy)]
pub struct Match {
    /// Index into the request's terms.
    pub term: u8,
    /// Occurrences in path, symbols, content and comments.
    pub counts: [u8; 4],
    /// Chunks that hold it.
    pub chunks: u32,
}

/// Fills the text channels of every file.
pub fn fill(channels: &mut Channels, request: &Request, index: &Index) {
    let mut starts = vec![0_u32; index.slots() + 1];
    for term in &request.terms {
        for posting in index.postings_of(term.id) {
            starts[posting.key as usize + 1] += 1;
        }
    }
    for slot in 1..starts.len() {
        starts[slot] += starts[slot - 1];
    }
    let empty = Match { term: 0, counts: [0; 4], chunks: 0 };
    let mut matches = vec![empty; starts.last().copied().unwrap_or(0) as usize];
    let mut next = starts.clone();
    for (number, term) in request.terms.iter().enumerate() {
        for posting in index.postings_of(term.id) {
            let at = &mut next[posting.key as usize];
            matches[*at as usize] =
                Match { term: number as u8, counts: posting.counts, chunks: posting.chunks };
            *at += 1;
        }
    }
    let reader = Reader::new(request, index);
    for (file, doc) in index.docs() {
        let range = starts[file.index()] as usize..starts[file.index() + 1] as usize;
        reader.read(doc, &matches[range], channels.row_mut(file.index()));
    }
    for phrase in &request.phrases {
        for posting in index.postings_of(phrase.id) {
            say_phrase(channels, posting.key as usize, phrase.idf, posting.counts);
        }
    }
}

fn say_phrase(channels: &mut Channels, slot: usize, idf: f32, [path, symbols, ..]: [u8; 4]) {
    channels.add(slot, Channel::Phrase, idf);
    if path > 0 || symbols > 0 {
        channels.add(slot, Channel::PhraseNames, if path > 0 { 2.0 * idf } else { idf });
    }
}

/// Fills the text channels of one file.
pub fn fill_one(channels: &mut Channels, request: &Request, index: &Index, file: FileId) {
    let Some(doc) = index.doc(file) else { return };
    let matches = matches(request, index, file);
    Reader::new(request, index).read(doc, &matches, channels.row_mut(file.index()));
    for phrase in &request.phrases {
        if let Some(posting) = index.posting(file, phrase.id) {
            say_phrase(channels, file.index(), phrase.idf, posting.counts);
        }
    }
}

/// The request's terms found in one file.
pub fn matches(request: &Request, index: &Index, file: FileId) -> Vec<Match> {
    let find = |(number, term): (usize, &super::request::Term)| {
        let posting = index.posting(file, term.id)?;
        Some(Match { term: number as u8, counts: posting.counts, chunks: posting.chunks })
    };
    request.terms.iter().enumerate().filter_map(find).collect()
}

/// Summed idf of the terms in each chunk, for the whole request and for its first line.
pub fn chunk_scores(request: &Request, matches: &[Match]) -> [[f32; MAX_CHUNKS as usize]; 2] {
    let mut scores = [[0.0; MAX_CHUNKS as usize]; 2];
    for found in matches {
        let term = &request.terms[found.term as usize];
        let mut rest = found.chunks;
        while rest != 0 {
            let chunk = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            scores[0][chunk] += term.idf;
            if term.subject {
                scores[1][chunk] += term.idf;
            }
        }
    }
    scores
}

struct Reader<'a> {
    request: &'a Request,
    mean: [f32; 4],
    total_idf: f32,
    rare_idf: f32,
}

impl<'a> Reader<'a> {
    fn new(request: &'a Request, index: &Index) -> Self {
        let total_idf = request.terms.iter().map(|term| term.idf).sum::<f32>().max(1e-6);
        let rare_idf = request.terms.iter().take(3).map(|term| term.idf).sum::<f32>().max(1e-6);
        Self { request, mean: index.mean_lengths(), total_idf, rare_idf }
    }

    fn read(&self, doc: &Doc, matches: &[Match], row: &mut [f32; Channel::COUNT]) {
        for channel in &Channel::ALL[..=Channel::Rare as usize] {
            row[*channel as usize] = 0.0;
        }
        let norms: [f32; 4] = std::array::from_fn(|field| {
            1.0 - FIELD_B[field] + FIELD_B[field] * doc.lengths[field] as f32 / self.mean[field]
        });
        for found in matches {
            self.score_term(found, norms, row);
        }
        if !matches.is_empty() {
            let [all, subject] = chunk_scores(self.request, matches);
            row[Channel::Chunk as usize] = all.iter().copied().fold(0.0, f32::max);
            row[Channel::ChunkSubject as usize] = subject.iter().copied().fold(0.0, f32::max);
        }
        self.score_names(doc, row);
    }

    fn score_term(&self, found: &Match, norms: [f32; 4], row: &mut [f32; Channel::COUNT]) {
        let term = &self.request.terms[found.term as usize];
        let scaled: [f32; 4] = std::array::from_fn(|field| f32::from(found.counts[field]) / norms[field]);
        let weighted: f32 = scaled.iter().zip(FIELD_WEIGHTS).map(|(count, weight)| count * weight).sum();
        let saturate = |count: f32| term.idf * count * (K1 + 1.0) / (count + K1);
        row[Channel::Text as usize] += saturate(weighted);
        row[Channel::Counted as usize] += saturate(weighted) * term.said;
        let home = term.idf * saturated(found.counts) / term.everywhere.max(1e-6);
        row[Channel::Home as usize] += home;
        row[Channel::HomeBest as usize] = row[Channel::HomeBest as usize].max(home);
        if term.subject {
            row[Channel::TextSubject as usize] += saturate(weighted);
        }
        row[Channel::Path as usize] += saturate(scaled[0]);
        row[Channel::Symbols as usize] += saturate(scaled[1]);
        row[Channel::Content as usize] += saturate(scaled[2] + scaled[3]);
        row[Channel::Coverage as usize] += term.idf / self.total_idf;
        if found.term < 3 {
            row[Channel::Rare as usize] += term.idf / self.rare_idf;
        }
        if term.whole {
            row[Channel::Whole as usize] += term.idf;
            if found.counts[1] > 0 {
                row[Channel::Defines as usize] += term.idf;
            }
        }
    }

    fn score_names(&self, doc: &Doc, row: &mut [f32; Channel::COUNT]) {
        let names = &doc.profile.name_terms;
        let (mut said, mut covered) = (0, 0.0);
        for term in &self.request.terms {
            if names.contains(&term.id) {
                said += 1;
                covered += term.idf;
            }
            if doc.profile.dir_terms.contains(&term.id) {
                let best = &mut row[Channel::DirSaid as usize];
                *best = best.max(term.idf);
            }
        }
        row[Channel::Named as usize] = self.named(doc);
        row[Channel::NameSaid as usize] = said as f32 / names.len().max(1) as f32;
        row[Channel::NameCovers as usize] = covered / self.total_idf;
        let scope = &self.request.scope;
        let has = |id| names.contains(id) || doc.profile.dir_terms.contains(id);
        if !scope.is_empty() {
            row[Channel::Scope as usize] =
                scope.iter().filter(|id| has(*id)).count() as f32 / scope.len() as f32;
        }
    }

    /// Whether the request names the file: 1 by its name, 2 by the end of its path.
    fn named(&self, doc: &Doc) -> f32 {
        if self.request.named.is_empty() {
            return 0.0;
        }
        let path = doc.path.to_text().to_lowercase();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let stem = name.split('.').next().unwrap_or(name);
        let says = |said: &str| match path.strip_suffix(said) {
            Some(before) if said.contains('/') && (before.is_empty() || before.ends_with('/')) => 2.0,
            _ if said == name || (said == stem && !said.is_empty()) => 1.0,
            _ => 0.0,
        };
        self.request.named.iter().map(|said| says(said)).fold(0.0, f32::max)
    }
}
