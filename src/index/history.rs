//! History as the index keeps it: which commits touched which files, and what their messages said.
//!
//! Files are known by path here, because commits speak of paths, also of those that no file has any more.

use std::sync::Arc;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::interner::{Interner, TermId};
use super::tokens;
use crate::domain::{Commit, FileId, RelPath, RootId};

/// Commits that touch more files than this say nothing about any of them, and only age is taken from them.
pub const BROAD_COMMIT: usize = 60;

/// Message bytes read per commit; pasted logs below tell little.
const MESSAGE_LIMIT: usize = 4_000;

/// A term's occurrence in one commit's message.
#[derive(Debug, Clone, Copy)]
pub struct Mention {
    /// The commit's number.
    pub commit: u32,
    /// Occurrences in the whole message, capped at 255.
    pub count: u8,
    /// Whether the subject line has it.
    pub subject: bool,
}

/// One commit.
#[derive(Debug, Clone)]
pub struct Entry {
    root: RootId,
    /// Committer time, seconds since the epoch.
    pub time: i64,
    /// The author's number.
    pub author: u32,
    /// The files it touched, as path numbers, by the paths that they have now; empty for a broad commit.
    pub paths: Box<[u32]>,
    /// How many files it touched, also for a broad commit; one that it moved counts once.
    pub touched: u32,
    /// The files it touched, as path numbers, by the paths that they had then; empty for a broad commit.
    then: Box<[u32]>,
    /// The files it moved, as path numbers before and after.
    moves: Box<[(u32, u32)]>,
    /// Tokens of the message.
    pub length: u16,
    /// Tokens of its subject line.
    pub subject_length: u16,
}

/// A path that commits know.
#[derive(Debug, Clone, Default)]
struct Place {
    file: Option<FileId>,
    touches: Vec<u32>,
    newest: Option<u32>,
}

type PathKey = (RootId, RelPath);

/// The commits of all roots, by number.
#[derive(Debug, Default)]
pub struct History {
    commits: Vec<Entry>,
    ranks: Vec<u32>,
    mentions: HashMap<TermId, Vec<Mention>, FxBuildHasher>,
    numbers: HashMap<PathKey, u32, FxBuildHasher>,
    places: Vec<Place>,
    of_file: Vec<u32>,
    authors: HashMap<Arc<str>, u32, FxBuildHasher>,
    askers: Vec<(RootId, Arc<str>)>,
    lengths: [u64; 2],
}

/// Marks a file without a path number.
const NOWHERE: u32 = u32::MAX;

impl History {
    /// All commits, by number; the order is that of arrival.
    pub fn commits(&self) -> &[Entry] {
        &self.commits
    }

    /// How many newer commits there are than this one.
    pub fn rank(&self, commit: u32) -> u32 {
        self.ranks[commit as usize]
    }

    /// The messages that hold a term.
    pub fn mentions(&self, term: TermId) -> &[Mention] {
        self.mentions.get(&term).map_or(&[], Vec::as_slice)
    }

    /// Mean tokens of a message and of a subject; at least 1.
    pub fn mean_lengths(&self) -> [f32; 2] {
        self.lengths.map(|sum| (sum as f32 / self.commits.len().max(1) as f32).max(1.0))
    }

    /// Number of paths ever seen; path numbers are below it.
    pub fn path_count(&self) -> usize {
        self.places.len()
    }

    /// The file that now has a path.
    pub fn file_at(&self, path: u32) -> Option<FileId> {
        self.places[path as usize].file
    }

    /// A file's path number.
    pub fn path_of(&self, file: FileId) -> Option<u32> {
        self.of_file.get(file.index()).copied().filter(|number| *number != NOWHERE)
    }

    /// The commits that touched a path (broad ones left out), newest first.
    pub fn touches(&self, path: u32) -> &[u32] {
        &self.places[path as usize].touches
    }

    /// How many commits ago a file was last touched, broad commits included.
    pub fn last_touch(&self, file: FileId) -> Option<u32> {
        let newest = self.places[self.path_of(file)? as usize].newest?;
        Some(self.ranks[newest as usize])
    }

    /// The commits of the person who asks, newest first: those by the address that [`Index::set_asker`] told of their root.
    ///
    /// [`Index::set_asker`]: super::Index::set_asker
    pub fn of_asker(&self) -> Vec<u32> {
        let numbers: Vec<(RootId, u32)> = self
            .askers
            .iter()
            .filter_map(|(root, address)| Some((*root, *self.authors.get(address)?)))
            .collect();
        let is_own = |entry: &Entry| numbers.contains(&(entry.root, entry.author));
        let mut own: Vec<u32> =
            (0..self.commits.len() as u32).filter(|at| is_own(&self.commits[*at as usize])).collect();
        own.sort_unstable_by_key(|at| self.rank(*at));
        own
    }

    /// Whether no commit is known.
    pub fn is_empty(&self) -> bool {
        self.commits.is_empty()
    }

    pub(super) fn set_asker(&mut self, root: RootId, address: Option<Arc<str>>) {
        self.askers.retain(|(other, _)| *other != root);
        self.askers.extend(address.map(|address| (root, address)));
    }

    pub(super) fn place(&mut self, file: FileId, root: RootId, path: &RelPath) {
        let number = self.number(root, path);
        if self.of_file.len() <= file.index() {
            self.of_file.resize(file.index() + 1, NOWHERE);
        }
        self.of_file[file.index()] = number;
        self.places[number as usize].file = Some(file);
    }

    pub(super) fn displace(&mut self, file: FileId) {
        if let Some(number) = self.path_of(file) {
            self.places[number as usize].file = None;
            self.of_file[file.index()] = NOWHERE;
        }
    }

    pub(super) fn extend(&mut self, root: RootId, commits: &[Commit], interner: &mut Interner) {
        for commit in commits {
            self.add(root, commit, interner);
        }
        self.arrange();
    }

    pub(super) fn clear(&mut self, root: RootId) {
        let keep: Vec<u32> =
            (0..self.commits.len() as u32).filter(|at| self.commits[*at as usize].root != root).collect();
        let mut moved = vec![NOWHERE; self.commits.len()];
        for (to, from) in keep.iter().enumerate() {
            moved[*from as usize] = to as u32;
        }
        self.commits = keep.iter().map(|at| self.commits[*at as usize].clone()).collect();
        for list in self.mentions.values_mut() {
            list.retain_mut(|mention| {
                mention.commit = moved[mention.commit as usize];
                mention.commit != NOWHERE
            });
        }
        for place in &mut self.places {
            place.newest = place.newest.map(|at| moved[at as usize]).filter(|at| *at != NOWHERE);
        }
        self.mentions.retain(|_, list| !list.is_empty());
        self.lengths = self.commits.iter().fold([0, 0], |[all, subject], entry| {
            [all + u64::from(entry.length), subject + u64::from(entry.subject_length)]
        });
        self.arrange();
    }

    fn add(&mut self, root: RootId, commit: &Commit, interner: &mut Interner) {
        let at = self.commits.len() as u32;
        let touched = commit.files.len().saturating_sub(commit.moves.len());
        let numbers: Vec<u32> = commit.files.iter().map(|path| self.number(root, path)).collect();
        for number in &numbers {
            let place = &mut self.places[*number as usize];
            if place.newest.is_none_or(|other| self.commits[other as usize].time < commit.time) {
                place.newest = Some(at);
            }
        }
        let next = self.authors.len() as u32;
        let author = *self.authors.entry(Arc::clone(&commit.author)).or_insert(next);
        let [length, subject_length] = self.read_message(at, &commit.message, interner);
        self.lengths[0] += u64::from(length);
        self.lengths[1] += u64::from(subject_length);
        let moves = commit.moves.iter().map(|(was, is)| (self.number(root, was), self.number(root, is)));
        let moves = moves.collect();
        self.commits.push(Entry {
            root,
            time: commit.time,
            author,
            paths: Box::default(),
            touched: touched as u32,
            then: if touched > BROAD_COMMIT { Box::default() } else { numbers.into_boxed_slice() },
            moves,
            length,
            subject_length,
        });
    }

    fn read_message(&mut self, at: u32, message: &str, interner: &mut Interner) -> [u16; 2] {
        let message = &message[..message.floor_char_boundary(MESSAGE_LIMIT)];
        let subject_end = message.find('\n').unwrap_or(message.len());
        let mut lengths = [0_u16; 2];
        tokens::each(message, &mut |token| {
            let subject = token.start < subject_end;
            lengths[0] = lengths[0].saturating_add(1);
            lengths[1] = lengths[1].saturating_add(u16::from(subject));
            let list = self.mentions.entry(interner.intern(token.term)).or_default();
            match list.last_mut() {
                Some(last) if last.commit == at => {
                    last.count = last.count.saturating_add(1);
                    last.subject |= subject;
                }
                Some(_) | None => list.push(Mention { commit: at, count: 1, subject }),
            }
        });
        lengths
    }

    fn number(&mut self, root: RootId, path: &RelPath) -> u32 {
        let next = self.places.len() as u32;
        let number = *self.numbers.entry((root, path.clone())).or_insert(next);
        if number == next {
            self.places.push(Place::default());
        }
        number
    }

    /// Puts the commits in order and follows files through their moves, from the newest commit to the oldest: what an
    /// older commit says of a path is said of the file that moved from there, and of one that came to stand there since.
    fn arrange(&mut self) {
        let mut order: Vec<u32> = (0..self.commits.len() as u32).collect();
        order.sort_by_key(|at| std::cmp::Reverse(self.commits[*at as usize].time));
        self.ranks = vec![0; order.len()];
        self.places.iter_mut().for_each(|place| place.touches.clear());
        // Where a path's file moved to, and whether another one came to stand there since.
        let mut later: HashMap<u32, (u32, bool), FxBuildHasher> = HashMap::default();
        let (mut moves, mut paths) = (Vec::new(), Vec::new());
        for (rank, at) in order.into_iter().enumerate() {
            self.ranks[at as usize] = rank as u32;
            let entry = &mut self.commits[at as usize];
            for (was, is) in &entry.moves {
                let now = later.get(is).map_or(*is, |(now, _)| *now);
                let is_taken = self.places[*was as usize].newest != Some(at);
                moves.push((*was, (now, is_taken)));
            }
            later.extend(moves.drain(..));
            for path in &entry.then {
                let (now, is_taken) = later.get(path).copied().unwrap_or((*path, false));
                for path in [Some(now), Some(*path).filter(|_| is_taken)].into_iter().flatten() {
                    let place = &mut self.places[path as usize];
                    // Before and after a move it is one file.
                    if place.touches.last() != Some(&at) {
                        place.touches.push(at);
                        paths.push(path);
                    }
                }
            }
            if *entry.paths != *paths {
                entry.paths = paths.as_slice().into();
            }
            paths.clear();
        }
    }
}
