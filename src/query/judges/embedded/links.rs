//! Structural evidence: files that change with, import, stand beside or are named like files that match.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::channels::{Channel, Channels};
use crate::domain::FileId;
use crate::index::{Edges, Index, TermId};

/// How many of the best matches speak for what is linked to them.
const SEEDS: usize = 12;
/// The newest commits of a seed that are looked at.
const MOST_TOUCHES: usize = 200;
/// A commit of more files says little about any pair of them.
const MOST_PAIRED: u32 = 30;

/// A file that matches the request by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seed {
    /// The file.
    pub file: FileId,
    /// How well, as share of the best, 0 to 1.
    pub weight: f32,
}

/// What is linked to what, for one request.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The best matches by text and history.
    pub seeds: Vec<Seed>,
    /// Imports between files when the request was read.
    pub edges: Arc<Edges>,
    directories: Vec<[f32; 3]>,
    twins: FxHashMap<TermId, [(f32, u32); 2]>,
    twins_history: FxHashMap<TermId, [(f32, u32); 2]>,
}

/// Fills the structural channels of every file; text and history channels must be there.
pub fn fill(channels: &mut Channels, index: &Index) -> Links {
    let mut links = Links { edges: index.edges(), ..Links::default() };
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
    links.gather(channels, index);
    for (file, _) in index.docs() {
        links.stand_beside(channels, index, file);
    }
    links
}

/// Fills the structural channels of one file from what the request gathered before.
pub fn fill_one(channels: &mut Channels, links: &Links, index: &Index, file: FileId) {
    links.stand_beside(channels, index, file);
}

fn seeds(channels: &Channels) -> Vec<Seed> {
    let best = |channel: Channel| {
        (0..channels.slots()).map(|slot| channels.get(slot, channel)).fold(0.0_f32, f32::max).max(1e-6)
    };
    let (text, history) = (best(Channel::Text), best(Channel::History));
    let found = channels
        .best(SEEDS, |row| row[Channel::Text as usize] / text + row[Channel::History as usize] / history);
    let top = found.first().map_or(1.0, |(_, score)| *score);
    found
        .into_iter()
        .map(|(slot, score)| Seed { file: FileId(slot as u32), weight: (score / top) * (score / top) })
        .collect()
}

fn change_together(channels: &mut Channels, index: &Index, seed: Seed) {
    let history = index.history();
    let Some(path) = history.path_of(seed.file) else { return };
    let touches = history.touches(path);
    let scale = seed.weight / (touches.len().min(MOST_TOUCHES) as f32 + 2.0);
    for commit in touches.iter().take(MOST_TOUCHES) {
        let entry = &history.commits()[*commit as usize];
        if entry.touched > MOST_PAIRED {
            continue;
        }
        for other in entry.paths.iter().filter(|other| **other != path) {
            if let Some(file) = history.file_at(*other) {
                channels.add(file.index(), Channel::CoChange, scale);
            }
        }
    }
}

impl Links {
    fn gather(&mut self, channels: &Channels, index: &Index) {
        self.directories = vec![[0.0; 3]; index.directory_count()];
        for (file, doc) in index.docs() {
            let (text, history) =
                (channels.get(file.index(), Channel::Text), channels.get(file.index(), Channel::History));
            let sums = &mut self.directories[doc.dir as usize];
            sums[0] += text;
            sums[1] += history;
            sums[2] += 1.0;
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
        let [text, history, files] =
            self.directories.get(doc.dir as usize).copied().unwrap_or([0.0, 0.0, 0.0]);
        let files = files.max(1.0);
        channels.set(file.index(), Channel::DirText, text / files);
        channels.set(file.index(), Channel::DirHistory, history / files);
        let other = |best: &FxHashMap<TermId, [(f32, u32); 2]>| {
            best.get(&doc.profile.stem)
                .and_then(|top| top.iter().find(|(_, id)| *id != file.0))
                .map_or(0.0, |(value, _)| *value)
        };
        channels.set(file.index(), Channel::Twin, other(&self.twins));
        channels.set(file.index(), Channel::TwinHistory, other(&self.twins_history));
    }

    /// The best other file of the same stem, by text.
    pub fn twin(&self, stem: TermId, file: FileId) -> Option<FileId> {
        let top = self.twins.get(&stem)?;
        top.iter().map(|(_, id)| *id).find(|id| *id != file.0 && *id != u32::MAX).map(FileId)
    }
}

/// How often a file changed together with a seed, of the seed's last commits: (together, looked at).
pub fn together(index: &Index, seed: FileId, file: FileId) -> (u32, u32) {
    let history = index.history();
    let (Some(from), Some(to)) = (history.path_of(seed), history.path_of(file)) else { return (0, 0) };
    let touches = history.touches(from);
    let looked = touches.len().min(MOST_TOUCHES);
    let both = touches[..looked]
        .iter()
        .map(|commit| &history.commits()[*commit as usize])
        .filter(|entry| entry.touched <= MOST_PAIRED && entry.paths.contains(&to))
        .count();
    (both as u32, looked as u32)
}
