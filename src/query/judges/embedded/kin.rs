//! Kinship: files of the same directory, of a like name, or with the same rare words as files that match.

use rustc_hash::FxHashMap;

use super::channels::{Channel, Channels};
use crate::domain::FileId;
use crate::index::{Index, Posting, Role, TermId};

/// Words that tell the best matches from other files.
const EXPANSIONS: usize = 24;
/// A word of more than this share of all files tells nothing.
const TOO_COMMON: f32 = 0.1;
const K1: f32 = 1.2;

/// A file that matches the request by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seed {
    /// The file.
    pub file: FileId,
    /// How well, as share of the best, 0 to 1.
    pub weight: f32,
}

/// What the files of one directory have.
#[derive(Debug, Clone, Copy, Default)]
pub struct Directory {
    /// Summed text scores.
    pub text: f32,
    /// Summed history scores.
    pub history: f32,
    /// Number of files.
    pub files: f32,
    best: [(f32, u32); 2],
}

impl Directory {
    /// Takes a file in.
    pub fn add(&mut self, text: f32, history: f32, fused: f32, file: FileId) {
        self.text += text;
        self.history += history;
        self.files += 1.0;
        if fused > self.best[0].0 {
            self.best = [(fused, file.0), self.best[0]];
        } else if fused > self.best[1].0 {
            self.best[1] = (fused, file.0);
        }
    }

    /// The best fused score of a file other than this.
    pub fn best_but(&self, file: FileId) -> f32 {
        if self.best[0].1 == file.0 { self.best[1].0 } else { self.best[0].0 }
    }
}

/// Means below the directory above each directory.
#[derive(Debug, Clone, Default)]
pub struct Up {
    /// By directory.
    means: Vec<[f32; 2]>,
}

impl Up {
    /// Sums the files of each directory into the one above it and its own.
    pub fn gather(channels: &Channels, index: &Index) -> Self {
        let mut above: Vec<Option<u32>> = vec![None; index.directory_count()];
        let mut numbers: FxHashMap<&[u8], u32> = FxHashMap::default();
        let mut sums: Vec<[f32; 3]> = Vec::new();
        for (file, doc) in index.docs() {
            let number = *above[doc.dir as usize].get_or_insert_with(|| {
                let path = doc.path.parent();
                let end = path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
                let next = sums.len() as u32;
                let number = *numbers.entry(&path[..end]).or_insert(next);
                if number == next {
                    sums.push([0.0; 3]);
                }
                number
            });
            let sum = &mut sums[number as usize];
            sum[0] += channels.get(file.index(), Channel::Text);
            sum[1] += channels.get(file.index(), Channel::History);
            sum[2] += 1.0;
        }
        let mean = |number: &Option<u32>| {
            number.map_or([0.0; 2], |number| {
                let [text, history, files] = sums[number as usize];
                [text / files, history / files]
            })
        };
        Self { means: above.iter().map(mean).collect() }
    }

    /// Mean text and history score below the directory above this one.
    pub fn means(&self, dir: u32) -> [f32; 2] {
        self.means.get(dir as usize).copied().unwrap_or_default()
    }
}

/// Scores files by the words that tell the seeds from other files (pseudo-relevance feedback); returns the words, by
/// weight.
pub fn expand(channels: &mut Channels, index: &Index, seeds: &[Seed]) -> Vec<(TermId, f32)> {
    let words = telling_words(index, seeds);
    for (term, weight) in &words {
        for posting in index.postings_of(*term) {
            channels.add(posting.key as usize, Channel::Expand, weight * saturated(posting));
        }
    }
    words
}

/// The same for one file, with the words that were found then.
pub fn expand_one(channels: &mut Channels, index: &Index, words: &[(TermId, f32)], file: FileId) {
    let worth = |(term, weight): &(TermId, f32)| Some(weight * saturated(&index.posting(file, *term)?));
    channels.set(file.index(), Channel::Expand, words.iter().filter_map(worth).sum());
}

fn saturated(posting: &Posting) -> f32 {
    let [path, symbols, content, comments] = posting.counts.map(f32::from);
    let count = 8.0 * path + 2.0 * symbols + content + comments;
    count / (count + K1)
}

fn telling_words(index: &Index, seeds: &[Seed]) -> Vec<(TermId, f32)> {
    let mut weights: FxHashMap<u32, f32> = FxHashMap::default();
    let most = (index.len() as f32 * TOO_COMMON).max(3.0);
    for seed in seeds {
        let Some(doc) = index.doc(seed.file) else { continue };
        let length = (doc.lengths.iter().sum::<u32>() as f32 + 50.0).sqrt();
        for posting in &doc.terms {
            *weights.entry(posting.key).or_default() += seed.weight * saturated(posting) / length;
        }
    }
    let mut words: Vec<(u32, f32)> = weights
        .into_iter()
        .filter_map(|(term, weight)| {
            let files = index.postings_of(TermId(term)).len() as f32;
            (files > 1.0 && files <= most).then(|| (term, weight * (index.len() as f32 / files).ln()))
        })
        .collect();
    words.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    words.truncate(EXPANSIONS);
    let top = words.first().map_or(1.0, |(_, weight)| *weight);
    words.into_iter().map(|(term, weight)| (TermId(term), weight / top)).collect()
}

/// Scores files by the words that their names share with a seed's.
pub fn name_alike(channels: &mut Channels, index: &Index, seeds: &[Seed]) {
    let mut holders: FxHashMap<TermId, u32> = FxHashMap::default();
    let mut sizes = Vec::with_capacity(seeds.len());
    for (number, seed) in seeds.iter().enumerate() {
        let names = index.doc(seed.file).map_or(&[][..], |doc| &doc.profile.name_terms);
        sizes.push(names.len());
        for name in names {
            *holders.entry(*name).or_default() |= 1 << number;
        }
    }
    for (file, doc) in index.docs() {
        let names = &doc.profile.name_terms;
        let mut shared = [0_usize; 32];
        let mut any = 0;
        for name in names {
            let holding = holders.get(name).copied().unwrap_or(0);
            any |= holding;
            let mut rest = holding;
            while rest != 0 {
                shared[rest.trailing_zeros() as usize] += 1;
                rest &= rest - 1;
            }
        }
        if any == 0 {
            continue;
        }
        let likeness =
            seeds.iter().enumerate().filter(|(_, seed)| seed.file != file).map(|(number, seed)| {
                let common = shared[number] as f32;
                seed.weight * common / (names.len() as f32 + sizes[number] as f32 - common).max(1.0)
            });
        channels.set(file.index(), Channel::NameAlike, likeness.fold(0.0, f32::max));
    }
}

/// Each file's place by fused score among the files of its directory and of its role.
pub fn places(channels: &mut Channels, index: &Index) {
    let mut order: Vec<(f32, FileId)> = index
        .docs()
        .map(|(file, _)| (channels.get(file.index(), Channel::Fused), file))
        .filter(|(score, _)| *score > 0.0)
        .collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut in_directory = vec![0_u32; index.directory_count()];
    let mut in_role = [0_u32; Role::Other as usize + 1];
    let mut place = |channels: &mut Channels, file: FileId, step: u32| {
        let Some(doc) = index.doc(file) else { return };
        let (directory, role) =
            (&mut in_directory[doc.dir as usize], &mut in_role[doc.profile.role as usize]);
        channels.set(file.index(), Channel::DirPlace, -(*directory as f32).ln_1p());
        channels.set(file.index(), Channel::RolePlace, -(*role as f32).ln_1p());
        *directory += step;
        *role += step;
    };
    for (_, file) in &order {
        place(channels, *file, 1);
    }
    for (file, _) in index.docs() {
        if channels.get(file.index(), Channel::Fused) <= 0.0 {
            place(channels, file, 0);
        }
    }
}

/// The same for one file, among those that stand where they stood.
pub fn place_one(channels: &mut Channels, index: &Index, file: FileId) {
    let Some(doc) = index.doc(file) else { return };
    let own = channels.get(file.index(), Channel::Fused);
    let (mut in_directory, mut in_role) = (0, 0);
    for (other, beside) in index.docs() {
        if other != file
            && other.index() < channels.slots()
            && channels.get(other.index(), Channel::Fused) > own
        {
            in_directory += u32::from(beside.dir == doc.dir);
            in_role += u32::from(beside.profile.role == doc.profile.role);
        }
    }
    channels.set(file.index(), Channel::DirPlace, -(in_directory as f32).ln_1p());
    channels.set(file.index(), Channel::RolePlace, -(in_role as f32).ln_1p());
}
