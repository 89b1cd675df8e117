//! A file's part in the project, as its path tells: test, documentation, configuration, and whose twin it is.

use smallvec::SmallVec;

use super::interner::{Interner, TermId};
use super::tokens;
use crate::domain::{Language, RelPath};

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Code that runs in the product.
    Code,
    /// A test, fixture or benchmark.
    Test,
    /// Prose for people.
    Doc,
    /// A list of changes that nearly every change adds to.
    ChangeLog,
    /// Configuration, build or data.
    Config,
    /// Anything else.
    Other,
}

/// What a path tells of its file.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What the file is for.
    pub role: Role,
    /// Directories above it, below the root.
    pub depth: u8,
    /// Its name without extension and test marks, as a term: `foo_test.go`, `test_foo.py` and `foo.go` share it.
    pub stem: TermId,
    /// The words of its name without the extension.
    pub name_terms: SmallVec<[TermId; 4]>,
    /// The words of its directories, the nearest last.
    pub dir_terms: SmallVec<[TermId; 4]>,
}

/// Words in a path that mark tests, stemmed as the tokenizer does.
const TEST_WORDS: [&str; 12] = [
    "test",
    "spec",
    "bench",
    "benchmark",
    "e2e",
    "fixtur",
    "mock",
    "testdata",
    "snapshot",
    "testutil",
    "benches",
    "stub",
];

/// File names that nearly every change adds to.
const CHANGE_LOGS: [&str; 6] = ["changelog", "changes", "news", "history", "release-notes", "releasenotes"];

impl Profile {
    /// Reads a path.
    pub fn of(path: &RelPath, language: Language, interner: &mut Interner) -> Self {
        let name = String::from_utf8_lossy(path.file_name()).into_owned();
        let stem = name
            .split_once('.')
            .map_or(name.as_str(), |(stem, _)| if stem.is_empty() { &name } else { stem });
        let mut stem_words = String::new();
        let mut is_test = false;
        let mut name_terms = SmallVec::new();
        tokens::each(name.rsplit_once('.').map_or(name.as_str(), |(before, _)| before), &mut |token| {
            name_terms.push(interner.intern(token.term));
            is_test |= !token.whole && TEST_WORDS.contains(&token.term);
        });
        tokens::each(stem, &mut |token| {
            if !token.whole && !TEST_WORDS.contains(&token.term) {
                stem_words.push_str(token.term);
            }
        });
        let parent = String::from_utf8_lossy(path.parent());
        let mut dir_terms = SmallVec::new();
        tokens::each(&parent, &mut |token| {
            dir_terms.push(interner.intern(token.term));
            is_test |= !token.whole && TEST_WORDS.contains(&token.term);
        });
        let lower = stem.to_ascii_lowercase();
        let role = if CHANGE_LOGS.contains(&lower.as_str()) {
            Role::ChangeLog
        } else if is_test {
            Role::Test
        } else if language.is_doc() {
            Role::Doc
        } else if language.is_config() {
            Role::Config
        } else if language.is_code() {
            Role::Code
        } else {
            Role::Other
        };
        let stem = if stem_words.is_empty() { lower } else { stem_words };
        let depth = path.as_path().components().count().saturating_sub(1).min(255) as u8;
        Self { role, depth, stem: interner.intern(&stem), name_terms, dir_terms }
    }
}
