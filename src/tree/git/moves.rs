//! Moves: which file that a commit deleted lives on as which file that it added.
//!
//! Git keeps no record of them. As there, equal contents are one file, and so are similar ones; unlike there, only what
//! has the same name is looked at where a commit moved many files, so that reading history stays a matter of seconds.

use std::hash::{Hash, Hasher};

use git2::{Commit, ObjectType, Oid, Repository};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::touched::{ChangeKind, touched_below};
use crate::domain::RelPath;

/// With at most so many pairs left, files of different names are compared too.
const FEW: usize = 100;

/// Added files that a deleted one of the same name is compared with: those whose paths end alike the longest.
const RIVALS: usize = 4;

/// More added files of one name or content tell nothing of which is which.
const MOST_RIVALS: usize = 1_024;

/// Contents read of one commit.
const MOST_READ: usize = 4_000;

/// Larger files are no one's source.
const MOST_BYTES: usize = 256 << 10;

/// The share of their lines that two files of one name have in common at least, where one is the other moved.
const ALIKE: f32 = 0.5;

/// The share for files of different names.
const VERY_ALIKE: f32 = 0.6;

/// With fewer different lines, files are alike by chance.
const FEWEST_LINES: usize = 3;

/// What a commit did, as history needs it.
#[derive(Debug, Default)]
pub struct Changes {
    /// Every file that it added, modified or deleted, in the order of git's trees.
    pub files: Vec<RelPath>,
    /// Of these, the files that moved: the path before, and the path after.
    pub moves: Vec<(RelPath, RelPath)>,
}

/// What a commit did to the files below `prefix` (empty for all), with paths relative to it.
///
/// # Errors
/// When a tree cannot be read, as in a partial clone; contents that are missing only leave their moves unknown.
pub fn changes(repo: &Repository, commit: &Commit<'_>, prefix: &RelPath) -> Result<Changes, git2::Error> {
    let mut changes = Changes::default();
    let (mut gone, mut came) = (Vec::new(), Vec::new());
    touched_below(repo, commit, prefix.as_bytes(), &mut |path, kind, id| {
        let path = RelPath::from_bytes(path);
        match kind {
            ChangeKind::Deleted => gone.push(Side { path: path.clone(), id }),
            ChangeKind::Added => came.push(Side { path: path.clone(), id }),
            ChangeKind::Modified => {}
        }
        changes.files.push(path);
    })?;
    if !gone.is_empty() && !came.is_empty() {
        changes.moves = Pairing::of(gone, came).finish(repo);
    }
    Ok(changes)
}

/// A file at one end of what may be a move.
#[derive(Debug)]
struct Side {
    path: RelPath,
    id: Oid,
}

impl Side {
    /// How many bytes two paths have in common at their ends.
    fn alike(&self, other: &Self) -> usize {
        let (own, others) = (self.path.as_bytes().iter().rev(), other.path.as_bytes().iter().rev());
        own.zip(others).take_while(|(a, b)| a == b).count()
    }
}

/// Deleted and added files, and which of them are found to be one file.
struct Pairing {
    gone: Vec<Side>,
    came: Vec<Side>,
    pairs: Vec<(usize, usize)>,
    gone_left: FxHashSet<usize>,
    came_left: FxHashSet<usize>,
}

impl Pairing {
    fn of(gone: Vec<Side>, came: Vec<Side>) -> Self {
        let (gone_left, came_left) = ((0..gone.len()).collect(), (0..came.len()).collect());
        Self { gone, came, pairs: Vec::new(), gone_left, came_left }
    }

    fn finish(mut self, repo: &Repository) -> Vec<(RelPath, RelPath)> {
        self.pair_equal();
        self.pair_similar(repo);
        self.pairs.sort_unstable();
        let path = |sides: &[Side], at: usize| sides[at].path.clone();
        self.pairs.iter().map(|(gone, came)| (path(&self.gone, *gone), path(&self.came, *came))).collect()
    }

    /// Whether so few are left that each may be compared with each.
    fn few_left(&self) -> bool {
        self.gone_left.len() * self.came_left.len() <= FEW
    }

    /// Pairs files, best first, each at most once.
    fn pair(&mut self, mut scored: Vec<(f32, usize, usize)>) {
        scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (_, gone, came) in scored {
            if self.gone_left.contains(&gone) && self.came_left.contains(&came) {
                self.gone_left.remove(&gone);
                self.came_left.remove(&came);
                self.pairs.push((gone, came));
            }
        }
    }

    fn pair_equal(&mut self) {
        let empty = Oid::hash_object(ObjectType::Blob, b"").unwrap_or(Oid::ZERO_SHA1);
        let pairs = self.candidates(|side| (side.id != empty).then_some(side.id));
        let ends = |gone: usize, came: usize| self.gone[gone].alike(&self.came[came]) as f32;
        self.pair(pairs.into_iter().map(|(gone, came)| (ends(gone, came), gone, came)).collect());
    }

    fn pair_similar(&mut self, repo: &Repository) {
        let pairs = if self.few_left() {
            self.candidates(|_| Some(()))
        } else {
            self.candidates(|side| Some(side.path.file_name().to_vec()))
        };
        let mut contents = Contents { repo, lines: FxHashMap::default() };
        let scored = pairs.into_iter().filter_map(|(gone, came)| {
            let (was, is) = (&self.gone[gone], &self.came[came]);
            let alike = contents.alike(was.id, is.id)?;
            // Of the same name before all others.
            let (least, above) =
                if was.path.file_name() == is.path.file_name() { (ALIKE, 1.0) } else { (VERY_ALIKE, 0.0) };
            (alike >= least).then_some((alike + above, gone, came))
        });
        self.pair(scored.collect());
    }

    /// The pairs still left whose sides have one key; of many rivals, those whose paths end alike the longest.
    fn candidates<K: Hash + Eq>(&self, key: impl Fn(&Side) -> Option<K>) -> Vec<(usize, usize)> {
        let mut came: FxHashMap<K, Vec<usize>> = FxHashMap::default();
        for at in (0..self.came.len()).filter(|at| self.came_left.contains(at)) {
            if let Some(key) = key(&self.came[at]) {
                came.entry(key).or_default().push(at);
            }
        }
        let few = self.few_left();
        let mut pairs = Vec::new();
        for at in (0..self.gone.len()).filter(|at| self.gone_left.contains(at)) {
            let gone = &self.gone[at];
            let rivals = key(gone).and_then(|key| came.get(&key));
            let Some(mut rivals) = rivals.filter(|rivals| rivals.len() <= MOST_RIVALS).cloned() else {
                continue;
            };
            if !few && rivals.len() > RIVALS {
                rivals.sort_by_key(|other| std::cmp::Reverse(gone.alike(&self.came[*other])));
                rivals.truncate(RIVALS);
            }
            pairs.extend(rivals.into_iter().map(|other| (at, other)));
        }
        pairs
    }
}

/// The lines of contents, as hashes.
struct Contents<'r> {
    repo: &'r Repository,
    lines: FxHashMap<Oid, Option<FxHashSet<u64>>>,
}

impl Contents<'_> {
    /// The share of lines that two contents have in common; `None` where that says nothing, or is not known.
    fn alike(&mut self, one: Oid, other: Oid) -> Option<f32> {
        self.read(one);
        self.read(other);
        let (one, other) = (self.lines.get(&one)?.as_ref()?, self.lines.get(&other)?.as_ref()?);
        let (fewer, more) = if one.len() < other.len() { (one, other) } else { (other, one) };
        if fewer.len() < FEWEST_LINES || more.len() as f32 * ALIKE > fewer.len() as f32 {
            return None;
        }
        let common = fewer.iter().filter(|line| more.contains(line)).count();
        Some(common as f32 / more.len() as f32)
    }

    fn read(&mut self, id: Oid) {
        if self.lines.len() >= MOST_READ || self.lines.contains_key(&id) {
            return;
        }
        self.lines.insert(id, lines(self.repo, id));
    }
}

fn lines(repo: &Repository, id: Oid) -> Option<FxHashSet<u64>> {
    let (size, kind) = repo.odb().ok()?.read_header(id).ok()?;
    if kind != ObjectType::Blob || size > MOST_BYTES {
        return None;
    }
    let blob = repo.find_blob(id).ok()?;
    let lines = blob.content().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let hash = |line: &[u8]| {
        let mut hasher = FxHasher::default();
        hasher.write(line);
        hasher.finish()
    };
    Some(lines.filter(|line| !line.is_empty()).map(hash).collect())
}
