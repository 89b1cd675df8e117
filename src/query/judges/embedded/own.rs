//! What the person who asks changed: people ask about what they are at.

use super::channels::{Channel, Channels};
use super::links;
use crate::domain::FileId;
use crate::index::Index;

/// After so many own commits a touch counts half.
const HALF_LIFE: f32 = 8.0;

/// Whoever made more than this share of all commits is told nothing by them: what is everybody's is nobody's own. On repositories held
/// out, such evidence cost recall from here on, and earned it below.
const MOST_SHARE: f32 = 0.6;

/// Own commits whose files others may change together with.
const LAST: usize = 3;
/// What each of them counts as share of the next.
const FADING: f32 = 0.6;
/// Files of such a commit that are looked at.
const MOST_FILES: usize = 20;

/// The age of what never was, as [`age_ln`] has it.
const LONG_AGO_LN: f32 = 12.0;

/// A file as the one who asks knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Touched {
    /// Own commits since the last that touched it; infinite where none did.
    pub since: f32,
    /// Own touches, newer ones heavier.
    pub heat: f32,
    /// Own touches.
    pub times: f32,
    /// Seconds since the last of them.
    pub age: Option<i64>,
}

const NEVER: Touched = Touched { since: f32::INFINITY, heat: 0.0, times: 0.0, age: None };

/// Every file as the one who asks knows it.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Their commits, newest first.
    pub commits: Vec<u32>,
    /// Seconds since the newest.
    pub gap: Option<i64>,
    files: Vec<Touched>,
    directories: Vec<f32>,
}

/// A commit's age in seconds.
pub fn age(index: &Index, commit: u32) -> i64 {
    (index.now() - index.history().commits()[commit as usize].time).max(0)
}

/// The logarithm of an age in hours.
pub fn age_ln(seconds: Option<i64>) -> f32 {
    seconds.map_or(LONG_AGO_LN, |seconds| (seconds as f32 / 3_600.0).ln_1p())
}

impl Own {
    /// Reads the commits of the one who asks.
    pub fn read(index: &Index) -> Self {
        let history = index.history();
        let mut commits = history.of_asker();
        if commits.len() as f32 > MOST_SHARE * history.commits().len() as f32 {
            commits.clear();
        }
        let gap = commits.first().map(|newest| age(index, *newest));
        let mut files = vec![NEVER; index.slots()];
        for (since, commit) in commits.iter().enumerate() {
            let heat = 0.5_f32.powf(since as f32 / HALF_LIFE);
            let paths = &history.commits()[*commit as usize].paths;
            for file in paths.iter().filter_map(|path| history.file_at(*path)) {
                let touched = &mut files[file.index()];
                if touched.times == 0.0 {
                    touched.since = since as f32;
                    touched.age = Some(age(index, *commit));
                }
                touched.heat += heat;
                touched.times += 1.0;
            }
        }
        let mut directories = vec![0.0; index.directory_count()];
        for (file, doc) in index.docs() {
            directories[doc.dir as usize] += files[file.index()].heat;
        }
        Self { commits, gap, files, directories }
    }

    /// A file as the one who asks knows it.
    pub fn of(&self, file: FileId) -> Touched {
        self.files.get(file.index()).copied().unwrap_or(NEVER)
    }

    /// Summed heat of a directory's files.
    pub fn directory(&self, dir: u32) -> f32 {
        self.directories.get(dir as usize).copied().unwrap_or(0.0)
    }

    /// Scores what changes together with the files of the last own commits.
    pub fn fill(&self, channels: &mut Channels, index: &Index) {
        let history = index.history();
        let mut weight = 1.0;
        for commit in self.commits.iter().take(LAST) {
            let entry = &history.commits()[*commit as usize];
            let share = weight / (entry.paths.len() as f32).max(1.0).sqrt();
            for path in entry.paths.iter().take(MOST_FILES) {
                let each = share / links::steadied(history, *path);
                for file in links::companions(history, *path).filter_map(|at| history.file_at(at)) {
                    channels.add(file.index(), Channel::OwnTogether, each);
                }
            }
            weight *= FADING;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::tests::{ROOT, holding};
    use super::*;
    use crate::domain::{Commit, CommitId, RelPath, RootId};

    const HOUR: i64 = 3_600;

    fn index(paths: &[&str], commits: &[(i64, &str, &[&str])]) -> Index {
        let files: Vec<_> = paths.iter().map(|path| (*path, "text\n")).collect();
        let mut index = holding(&files);
        let commit = |(at, (hours, author, files)): (usize, &(i64, &str, &[&str]))| Commit {
            id: CommitId([at as u8; 20]),
            time: 1_000 * HOUR - hours * HOUR,
            author: Arc::from(*author),
            message: Arc::from("Change"),
            files: files.iter().map(|path| RelPath::from(*path)).collect(),
            moves: Arc::default(),
        };
        index.extend_history(ROOT, &commits.iter().enumerate().map(commit).collect::<Vec<_>>());
        index.set_now(1_000 * HOUR);
        index
    }

    const COMMITS: [(i64, &str, &[&str]); 4] = [
        (2, "me@x", &["src/a.rs"]),
        (5, "you@x", &["src/a.rs", "src/b.rs"]),
        (9, "me@x", &["src/b.rs", "src/c.rs"]),
        (30, "you@x", &["doc/d.md", "src/c.rs"]),
    ];

    #[test]
    fn own_touches_are_those_of_the_address_that_asks() {
        let mut index = index(&["src/a.rs", "src/b.rs", "src/c.rs", "doc/d.md"], &COMMITS);
        assert_eq!(Own::read(&index).of(FileId(0)), NEVER, "nobody asks");
        index.set_asker(ROOT, Some(Arc::from("me@x")));
        let own = Own::read(&index);
        assert_eq!((own.commits.len(), own.gap), (2, Some(2 * HOUR)));
        assert_eq!(own.of(FileId(0)), Touched { since: 0.0, heat: 1.0, times: 1.0, age: Some(2 * HOUR) });
        assert_eq!((own.of(FileId(1)).since, own.of(FileId(1)).age), (1.0, Some(9 * HOUR)));
        assert_eq!(own.of(FileId(3)), NEVER);
        let dir = |file: u32| own.directory(index.doc(FileId(file)).unwrap().dir);
        assert!(dir(0) > 2.0 && dir(3) == 0.0);
        index.set_asker(ROOT, None);
        index.set_asker(RootId(1), Some(Arc::from("me@x")));
        assert!(Own::read(&index).commits.is_empty(), "the address is another root's");
    }

    #[test]
    fn what_is_everybodys_is_nobodys_own() {
        let alone = COMMITS.map(|(hours, _, files)| (hours, "me@x", files));
        let mut index = index(&["src/a.rs", "src/b.rs", "src/c.rs", "doc/d.md"], &alone);
        index.set_asker(ROOT, Some(Arc::from("me@x")));
        assert!(Own::read(&index).commits.is_empty());
    }

    #[test]
    fn what_changes_with_ones_last_files_is_scored_and_strangers_are_not() {
        let mut index = index(&["src/a.rs", "src/b.rs", "src/c.rs", "doc/d.md"], &COMMITS);
        index.set_asker(ROOT, Some(Arc::from("me@x")));
        let mut channels = Channels::new(index.slots());
        Own::read(&index).fill(&mut channels, &index);
        let score = |file: usize| channels.get(file, Channel::OwnTogether);
        assert!(score(1) > score(3) && score(3) > 0.0, "b changed with a, which is newer; d with c");
    }
}
