//! Structural evidence: files that change with, import, stand beside or are named like files that match.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::channels::{Channel, Channels};
use super::kin::{self, Directory, Seed, Up};
use super::usage::Usage;
use crate::domain::FileId;
use crate::index::{Edges, History, Index, TermId};

/// How many of the best matches speak for what is linked to them.
const SEEDS: usize = 12;
/// The newest commits of a seed that are looked at.
const MOST_TOUCHES: usize = 200;
/// A commit of more files says little about any pair of them.
const MOST_PAIRED: u32 = 30;

/// What is linked to what, for one request.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The best matches by text and history.
    pub seeds: Vec<Seed>,
    /// Imports between files when the request was read.
    pub edges: Arc<Edges>,
    directories: Vec<Directory>,
    up: Up,
    /// Words that tell the seeds from other files.
    words: Vec<(TermId, f32)>,
    usage: Usage,
    /// What each channel of [`FUSED`] is multiplied with.
    scales: [f32; FUSED.len()],
    stems: FxHashMap<TermId, u32>,
    twins: FxHashMap<TermId, [(f32, u32); 2]>,
    twins_history: FxHashMap<TermId, [(f32, u32); 2]>,
}

/// What a share of each channel's best adds to the fused score.
const FUSED: [(Channel, f32); 7] = [
    (Channel::Text, 1.0),
    (Channel::TextSubject, 0.4),
    (Channel::Path, 0.3),
    (Channel::Chunk, 0.3),
    (Channel::History, 0.7),
    (Channel::HistorySubject, 0.3),
    (Channel::HistoryText, 0.5),
];

/// Fills the structural channels of every file; text and history channels must be there.
pub fn fill(channels: &mut Channels, index: &Index) -> Links {
    let mut links = Links { edges: index.edges(), ..Links::default() };
    links.scales = fuse(channels);
    links.seeds = seeds(channels);
    for seed in links.seeds.clone() {
        change_together(channels, index, seed);
        for target in links.edges.imports(seed.file) {
            channels.add(target.index(), Channel::Imported, seed.weight);
        }
        for importer in links.edges.importers(seed.file) {
            channels.add(importer.index(), Channel::Imports, seed.weight);
        }
    }
    links.words = kin::expand(channels, index, &links.seeds);
    kin::name_alike(channels, index, &links.seeds);
    links.usage = Usage::of(index, &links.seeds);
    links.usage.fill(channels, index);
    links.gather(channels, index);
    links.up = Up::gather(channels, index);
    for (file, _) in index.docs() {
        links.stand_beside(channels, index, file);
    }
    kin::places(channels, index);
    links
}

/// Fills the structural channels of one file from what the request gathered before.
pub fn fill_one(channels: &mut Channels, links: &Links, index: &Index, file: FileId) {
    let row = channels.row_mut(file.index());
    // What a file that came later has beyond the best of all counts as the best.
    let part =
        |((channel, weight), scale): (&(Channel, f32), f32)| (row[*channel as usize] * scale).min(*weight);
    row[Channel::Fused as usize] = FUSED.iter().zip(links.scales).map(part).sum();
    kin::expand_one(channels, index, &links.words, file);
    links.usage.fill_one(channels, index, file);
    links.stand_beside(channels, index, file);
    kin::place_one(channels, index, file);
}

/// Fuses every file's evidence; returns what each channel is multiplied with.
fn fuse(channels: &mut Channels) -> [f32; FUSED.len()] {
    let scales = FUSED.map(|(channel, weight)| {
        let best = (0..channels.slots()).map(|slot| channels.get(slot, channel)).fold(0.0_f32, f32::max);
        weight / best.max(1e-6)
    });
    for row in channels.rows_mut() {
        let parts = FUSED.iter().zip(scales).map(|((channel, _), scale)| row[*channel as usize] * scale);
        row[Channel::Fused as usize] = parts.sum();
    }
    scales
}

fn seeds(channels: &Channels) -> Vec<Seed> {
    let found = channels.best(SEEDS, |row| row[Channel::Fused as usize]);
    let top = found.first().map_or(1.0, |(_, score)| *score);
    found
        .into_iter()
        .map(|(slot, score)| Seed { file: FileId(slot as u32), weight: (score / top) * (score / top) })
        .collect()
}

fn change_together(channels: &mut Channels, index: &Index, seed: Seed) {
    let history = index.history();
    let Some(path) = history.path_of(seed.file) else { return };
    let scale = seed.weight / steadied(history, path);
    let mut counts: FxHashMap<u32, f32> = FxHashMap::default();
    for other in companions(history, path) {
        *counts.entry(other).or_default() += scale;
    }
    for (other, share) in counts {
        if let Some(file) = history.file_at(other) {
            channels.add(file.index(), Channel::CoChange, share);
            let best = channels.get(file.index(), Channel::CoChangeBest).max(share);
            channels.set(file.index(), Channel::CoChangeBest, best);
        }
    }
}

impl Links {
    fn gather(&mut self, channels: &Channels, index: &Index) {
        self.directories = vec![Directory::default(); index.directory_count()];
        for (file, doc) in index.docs() {
            let (text, history) =
                (channels.get(file.index(), Channel::Text), channels.get(file.index(), Channel::History));
            self.directories[doc.dir as usize].add(
                text,
                history,
                channels.get(file.index(), Channel::Fused),
                file,
            );
            *self.stems.entry(doc.profile.stem).or_default() += 1;
            for (best, value) in [(&mut self.twins, text), (&mut self.twins_history, history)] {
                if value > 0.0 {
                    let top = best.entry(doc.profile.stem).or_insert([(0.0, u32::MAX); 2]);
                    if value > top[0].0 {
                        top[1] = top[0];
                        top[0] = (value, file.0);
                    } else if value > top[1].0 {
                        top[1] = (value, file.0);
                    }
                }
            }
        }
    }

    fn stand_beside(&self, channels: &mut Channels, index: &Index, file: FileId) {
        let Some(doc) = index.doc(file) else { return };
        let dir = self.directories.get(doc.dir as usize).copied().unwrap_or_default();
        let files = dir.files.max(1.0);
        channels.set(file.index(), Channel::DirText, dir.text / files);
        channels.set(file.index(), Channel::DirHistory, dir.history / files);
        channels.set(file.index(), Channel::DirBest, dir.best_but(file));
        let [text, history] = self.up.means(doc.dir);
        channels.set(file.index(), Channel::UpText, text);
        channels.set(file.index(), Channel::UpHistory, history);
        let other = |best: &FxHashMap<TermId, [(f32, u32); 2]>| {
            best.get(&doc.profile.stem)
                .and_then(|top| top.iter().find(|(_, id)| *id != file.0))
                .map_or(0.0, |(value, _)| *value)
        };
        channels.set(file.index(), Channel::Twin, other(&self.twins));
        channels.set(file.index(), Channel::TwinHistory, other(&self.twins_history));
    }

    /// What a file's fused score consists of: each channel's share of it. A file without any lacks all of them alike.
    pub fn parts(&self, channels: &Channels, file: FileId) -> [(Channel, f32); FUSED.len()] {
        let part = |at: usize| channels.get(file.index(), FUSED[at].0) * self.scales[at];
        let all: f32 = (0..FUSED.len()).map(part).sum();
        let share = |at: usize| if all > 0.0 { part(at) / all } else { 1.0 / FUSED.len() as f32 };
        std::array::from_fn(|at| (FUSED[at].0, share(at)))
    }

    /// How many files have the stem.
    pub fn namesakes(&self, stem: TermId) -> u32 {
        self.stems.get(&stem).copied().unwrap_or(0)
    }

    /// Files in a directory of the index.
    pub fn shelf(&self, dir: u32) -> f32 {
        self.directories.get(dir as usize).map_or(0.0, |dir| dir.files)
    }

    /// The best other file of the same stem, by text.
    pub fn twin(&self, stem: TermId, file: FileId) -> Option<FileId> {
        let top = self.twins.get(&stem)?;
        top.iter().map(|(_, id)| *id).find(|id| *id != file.0 && *id != u32::MAX).map(FileId)
    }
}

/// The newest commits of a path: those that tell what changes with it.
fn newest(history: &History, path: u32) -> &[u32] {
    let touches = history.touches(path);
    &touches[..touches.len().min(MOST_TOUCHES)]
}

/// The paths that changed with a path, once for each of its newest commits that they changed in.
pub fn companions(history: &History, path: u32) -> impl Iterator<Item = u32> {
    let entries = newest(history, path).iter().map(|commit| &history.commits()[*commit as usize]);
    let paired = entries.filter(|entry| entry.touched <= MOST_PAIRED);
    paired.flat_map(|entry| entry.paths.iter().copied()).filter(move |other| *other != path)
}

/// What [`companions`] are counted out of: a path of one or two commits says little of what changes with it.
pub fn steadied(history: &History, path: u32) -> f32 {
    newest(history, path).len() as f32 + 2.0
}

/// How often a file changed together with a seed, of the seed's last commits: (together, looked at).
pub fn together(index: &Index, seed: FileId, file: FileId) -> (u32, u32) {
    let history = index.history();
    let (Some(from), Some(to)) = (history.path_of(seed), history.path_of(file)) else { return (0, 0) };
    let looked = newest(history, from);
    let both = looked
        .iter()
        .map(|commit| &history.commits()[*commit as usize])
        .filter(|entry| entry.touched <= MOST_PAIRED && entry.paths.contains(&to))
        .count();
    (both as u32, looked.len() as u32)
}
