//! Usage: files that say rare names which matching files define, and files that define names which those say.

use super::channels::{Channel, Channels};
use super::kin::Seed;
use crate::domain::FileId;
use crate::index::{Index, Posting, TermId};

/// A name that more files say tells nothing of any of them.
const MOST_FILES: usize = 12;

/// The rare names that seeds define or say.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    names: Vec<Name>,
}

/// A rare name in one seed.
#[derive(Debug, Clone, Copy)]
struct Name {
    term: TermId,
    seed: FileId,
    defined: bool,
    /// What it tells of each other file that has it.
    worth: f32,
}

impl Usage {
    /// Gathers the seeds' rare names.
    pub fn of(index: &Index, seeds: &[Seed]) -> Self {
        let mut names = Vec::new();
        for seed in seeds {
            let Some(doc) = index.doc(seed.file) else { continue };
            let scale = seed.weight / (doc.terms.len() as f32 + 20.0).sqrt();
            for own in &doc.terms {
                let [_, defines, says, _] = own.counts;
                let term = TermId(own.key);
                let files = index.postings_of(term).len();
                if (defines > 0 || says > 0) && (2..=MOST_FILES).contains(&files) {
                    let worth = scale / (files as f32 - 1.0);
                    names.push(Name { term, seed: seed.file, defined: defines > 0, worth });
                }
            }
        }
        Self { names }
    }

    /// Scores every file that has one of the names.
    pub fn fill(&self, channels: &mut Channels, index: &Index) {
        for name in &self.names {
            for posting in index.postings_of(name.term) {
                name.tell(channels, FileId(posting.key), posting);
            }
        }
    }

    /// The same for one file, read again.
    pub fn fill_one(&self, channels: &mut Channels, index: &Index, file: FileId) {
        for channel in [Channel::SameNames, Channel::Calls, Channel::Called] {
            channels.set(file.index(), channel, 0.0);
        }
        for name in &self.names {
            if let Some(posting) = index.posting(file, name.term) {
                name.tell(channels, file, &posting);
            }
        }
    }
}

impl Name {
    fn tell(&self, channels: &mut Channels, file: FileId, posting: &Posting) {
        let [_, defines, says, _] = posting.counts;
        let channel = match (self.defined, defines > 0, says > 0) {
            (true, true, _) => Channel::SameNames,
            (true, false, true) => Channel::Calls,
            (false, true, _) => Channel::Called,
            (_, false, _) => return,
        };
        if file != self.seed {
            channels.add(file.index(), channel, self.worth);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::holding;
    use super::*;

    const FILES: [(&str, &str); 5] = [
        ("src/pool.rs", "pub fn lease_socket() { refill_quota(); }\n"),
        ("src/page.rs", "fn page() { lease_socket(); }\n"),
        ("src/quota.rs", "pub fn refill_quota() {}\n"),
        ("win/pool.rs", "pub fn lease_socket() {}\n"),
        ("src/other.rs", "fn other() {}\n"),
    ];

    #[test]
    fn callers_callees_and_other_definitions_are_told_apart() {
        let index = holding(&FILES);
        let usage = Usage::of(&index, &[Seed { file: FileId(0), weight: 1.0 }]);
        let mut channels = Channels::new(index.slots());
        usage.fill(&mut channels, &index);
        let found = |file: usize| {
            [Channel::Calls, Channel::Called, Channel::SameNames]
                .map(|channel| channels.get(file, channel) > 0.0)
        };
        assert_eq!(found(0), [false; 3], "a seed does not speak for itself");
        assert_eq!(found(1), [true, false, false]);
        assert_eq!(found(2), [false, true, false]);
        assert!(found(3)[2]);
        assert_eq!(found(4), [false; 3]);
        for file in 0..FILES.len() {
            let all = *channels.row(file);
            usage.fill_one(&mut channels, &index, FileId(file as u32));
            assert_eq!(*channels.row(file), all, "one by one as all at once");
        }
    }
}
