//! A request as the embedded judge reads it: weighted terms, and what kind of change it speaks of.

use crate::index::tokens::QueryTerm;
use crate::index::{Index, TermId, tokens};

/// Terms beyond these many are left out, the most common ones first.
const MOST_TERMS: usize = 48;

/// One term of the request.
#[derive(Debug, Clone)]
pub struct Term {
    /// Its id; terms that neither a file nor a commit holds are not kept.
    pub id: TermId,
    /// The word as written, for people.
    pub word: Box<str>,
    /// Whether it is a whole identifier of several parts.
    pub whole: bool,
    /// Whether the first line has it.
    pub subject: bool,
    /// Inverse document frequency over files.
    pub idf: f32,
    /// Inverse document frequency over commit messages; 0 without history.
    pub commit_idf: f32,
}

/// What kind of change the words speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mood {
    /// Tests.
    pub test: bool,
    /// Documentation.
    pub doc: bool,
    /// Builds, dependencies or continuous integration.
    pub build: bool,
}

/// A request, read against an index.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Its terms, rarest first.
    pub terms: Vec<Term>,
    /// Words before the first colon of a conventional subject (`fix(dialog): ...`, `net: ...`).
    pub scope: Vec<TermId>,
    /// What it speaks of.
    pub mood: Mood,
    /// Words that stood nowhere in the tree or its history when the request was read.
    pub unknown: usize,
    /// Those of them that still do not.
    missing: Vec<(QueryTerm, bool)>,
}

impl Request {
    /// Reads a request.
    pub fn read(text: &str, index: &Index) -> Self {
        let text = text.trim();
        let subject = text.lines().next().unwrap_or_default();
        let in_subject: Vec<Box<str>> =
            tokens::query_terms(subject).into_iter().map(|term| term.term).collect();
        let mut request = Self { scope: scope(subject, index), mood: mood(text), ..Self::default() };
        for found in tokens::query_terms(text) {
            let subject = in_subject.contains(&found.term);
            match Term::look_up(&found, subject, index) {
                Some(term) => request.terms.push(term),
                None => request.missing.push((found, subject)),
            }
        }
        request.unknown = request.missing.len();
        request.terms.sort_by(|a, b| b.idf.total_cmp(&a.idf));
        request.terms.truncate(MOST_TERMS);
        request
    }

    /// Looks up again the words that stood nowhere: a file saved since may hold them.
    pub fn look_again(&mut self, index: &Index) {
        let room = MOST_TERMS.saturating_sub(self.terms.len());
        let mut found = Vec::new();
        self.missing.retain(|(word, subject)| match Term::look_up(word, *subject, index) {
            Some(term) if found.len() < room => {
                found.push(term);
                false
            }
            Some(_) | None => true,
        });
        self.terms.append(&mut found);
    }
}

impl Term {
    fn look_up(found: &QueryTerm, subject: bool, index: &Index) -> Option<Self> {
        let id = index.term(&found.term)?;
        let files = index.postings_of(id).len();
        let commits = index.history().mentions(id).len();
        Some(Self {
            id,
            word: found.word.clone(),
            whole: found.whole,
            subject,
            idf: idf(files, index.len()),
            commit_idf: idf(commits, index.history().commits().len()),
        })
    }
}

/// Inverse document frequency as BM25 has it (Robertson and Zaragoza 2009); never negative.
fn idf(holding: usize, all: usize) -> f32 {
    if all == 0 {
        return 0.0;
    }
    (1.0 + (all as f32 - holding as f32 + 0.5) / (holding as f32 + 0.5)).ln()
}

fn scope(subject: &str, index: &Index) -> Vec<TermId> {
    let Some((head, _)) = subject.split_once(':') else { return Vec::new() };
    if head.len() > 40 || head.split_whitespace().count() > 3 {
        return Vec::new();
    }
    let inner = head.split_once('(').map_or(head, |(_, inner)| inner.trim_end_matches([')', '!']));
    tokens::terms(inner).iter().filter_map(|term| index.term(term)).collect()
}

fn mood(text: &str) -> Mood {
    let mut mood = Mood::default();
    for term in tokens::terms(text) {
        match term.as_str() {
            "test" | "spec" | "coverag" | "flaki" | "fixtur" | "assert" | "benchmark" => mood.test = true,
            "doc" | "docs" | "document" | "readm" | "typo" | "changelog" | "comment" | "guid" | "tutori" => {
                mood.doc = true;
            }
            "build" | "ci" | "depend" | "dep" | "deps" | "bump" | "upgrad" | "workflow" | "releas"
            | "version" | "lint" | "packag" => mood.build = true,
            _ => {}
        }
    }
    mood
}
