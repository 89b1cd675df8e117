//! Speech: what the commits of a repository said, and the paths that they touched.

use std::collections::HashMap;

use git2::Repository;

use crate::domain::RelPath;
use crate::eval::{EvalError, clean_message, newest_first};
use crate::index::{BROAD_COMMIT, Interner, TermId, tokens};
use crate::tree::touched;

/// Commits from HEAD that are listened to.
const LOOK_AT: usize = 10_000;
/// Terms that a subject needs to say something.
const LEAST_TERMS: usize = 2;
/// Terms of a body that are read.
const MOST_BODY: usize = 40;

/// What a repository's commits said, newest first.
#[derive(Debug, Default)]
pub struct Speech {
    /// Its terms.
    pub terms: Interner,
    /// Its commits.
    pub sayings: Vec<Saying>,
    /// The terms of each path, by the path's number.
    pub paths: Vec<Vec<TermId>>,
    path_numbers: HashMap<RelPath, u32>,
}

/// What one commit said and touched.
#[derive(Debug, Clone, Default)]
pub struct Saying {
    /// Terms of its first line.
    pub subject: Vec<TermId>,
    /// Terms of the other lines.
    pub body: Vec<TermId>,
    /// Numbers of the paths.
    pub files: Vec<u32>,
}

impl Speech {
    /// Listens to a repository.
    ///
    /// # Errors
    /// A repository that cannot be read.
    pub fn of(repo: &Repository) -> Result<Self, EvalError> {
        let mut speech = Self::default();
        for oid in newest_first(repo)?.take(LOOK_AT) {
            let Ok(oid) = oid else { break };
            let Ok(commit) = repo.find_commit(oid) else { continue };
            if commit.parent_count() > 1 {
                continue;
            }
            // A partial clone lacks some trees.
            let Ok(changes) = touched(repo, &commit) else { continue };
            let files: Vec<RelPath> = changes.into_iter().map(|(path, _)| path).collect();
            speech.hear(&String::from_utf8_lossy(commit.message_bytes()), &files);
        }
        Ok(speech)
    }

    /// Takes one commit's message and the files that it touched, where both tell something.
    pub fn hear(&mut self, message: &str, files: &[RelPath]) {
        let message = clean_message(message);
        let (subject, body) = message.split_once('\n').unwrap_or((&message, ""));
        let subject = tokens::query_terms(subject);
        if subject.len() < LEAST_TERMS || files.is_empty() || files.len() > BROAD_COMMIT {
            return;
        }
        let body = tokens::query_terms(body);
        let saying = Saying {
            subject: subject.iter().map(|found| self.terms.intern(&found.term)).collect(),
            body: body.iter().take(MOST_BODY).map(|found| self.terms.intern(&found.term)).collect(),
            files: files.iter().map(|path| self.path(path)).collect(),
        };
        self.sayings.push(saying);
    }

    fn path(&mut self, path: &RelPath) -> u32 {
        if let Some(known) = self.path_numbers.get(path) {
            return *known;
        }
        let mut terms = Vec::new();
        tokens::each(&path.to_text(), &mut |token| {
            let term = self.terms.intern(token.term);
            if !terms.contains(&term) {
                terms.push(term);
            }
        });
        let number = self.paths.len() as u32;
        self.paths.push(terms);
        self.path_numbers.insert(path.clone(), number);
        number
    }
}
