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
    /// How much more it counts for being said often: 1 for once.
    pub said: f32,
    /// Its occurrences in the whole tree, saturated file by file.
    pub everywhere: f32,
}

/// Neighbouring words of the request that the tree knows as one identifier.
#[derive(Debug, Clone, Copy)]
pub struct Phrase {
    /// The identifier's id.
    pub id: TermId,
    /// Inverse document frequency over files.
    pub idf: f32,
    /// Inverse document frequency over commit messages; 0 without history.
    pub commit_idf: f32,
}

/// A kind of change that the words speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Tests.
    Test,
    /// Documentation.
    Doc,
    /// Builds, dependencies or continuous integration.
    Build,
    /// Something that is wrong.
    Fix,
    /// Something new.
    Add,
    /// Another shape of what is there: renames, moves, clean-ups.
    Reshape,
}

/// A request, read against an index.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Its terms, rarest first.
    pub terms: Vec<Term>,
    /// Its phrases.
    pub phrases: Vec<Phrase>,
    /// Names of files that it says, in lower case, with as much of their paths as it says.
    pub named: Vec<Box<str>>,
    /// Words before the first colon of a conventional subject (`fix(dialog): ...`, `net: ...`).
    pub scope: Vec<TermId>,
    /// What it speaks of.
    pub moods: Vec<Mood>,
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
        let mut request = Self {
            scope: scope(subject, index),
            moods: moods(text),
            phrases: phrases(text, index),
            named: named(text),
            ..Self::default()
        };
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
            said: 1.0 + (found.count as f32).ln(),
            everywhere: index.postings_of(id).iter().map(|posting| saturated(posting.counts)).sum(),
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

/// How much a file's occurrences of a term make it the term's home: names count more, repetition less and less.
pub fn saturated([path, symbols, content, comments]: [u8; 4]) -> f32 {
    let count = 6.0 * f32::from(path) + 3.0 * f32::from(symbols) + f32::from(content) + f32::from(comments);
    count.sqrt()
}

/// Neighbouring words, two or three, that the tree knows joined: "retry budget" where it says `retry_budget`.
fn phrases(text: &str, index: &Index) -> Vec<Phrase> {
    let mut words: Vec<(usize, usize)> = Vec::new();
    tokens::each(text, &mut |token| {
        if !token.whole {
            words.push((token.start, token.end));
        }
    });
    let mut phrases: Vec<Phrase> = Vec::new();
    let near = |a: (usize, usize), b: (usize, usize)| {
        text.get(a.1..b.0)
            .is_some_and(|gap| gap.bytes().all(|byte| matches!(byte, b' ' | b'-')) && gap.len() < 3)
    };
    for size in [2, 3] {
        for run in words.windows(size) {
            if !run.windows(2).all(|pair| near(pair[0], pair[1])) || phrases.len() >= MOST_TERMS {
                continue;
            }
            let joined: String = run.iter().map(|(start, end)| text[*start..*end].to_lowercase()).collect();
            let Some(id) = tokens::terms(&joined).pop().and_then(|term| index.term(&term)) else { continue };
            let (files, commits) = (index.postings_of(id).len(), index.history().mentions(id).len());
            if files + commits > 0 && phrases.iter().all(|known| known.id != id) {
                let (idf, commit_idf) =
                    (idf(files, index.len()), idf(commits, index.history().commits().len()));
                phrases.push(Phrase { id, idf, commit_idf });
            }
        }
    }
    phrases
}

/// Words with a dot or a slash inside, or all of a file's name: `src/net/pool.rs`, `pool.rs`, `Makefile`.
fn named(text: &str) -> Vec<Box<str>> {
    let bare = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
        word.trim_end_matches('.').trim_start_matches("./").to_lowercase()
    };
    let mut named: Vec<Box<str>> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '(' | ')' | '`'))
        .map(bare)
        .filter(|word| word.len() > 3 && (word.contains('.') || word.contains('/') || is_well_known(word)))
        .map(String::into_boxed_str)
        .collect();
    named.sort_unstable();
    named.dedup();
    named.truncate(MOST_TERMS);
    named
}

/// Names of files that are said without their extension.
fn is_well_known(word: &str) -> bool {
    matches!(
        word,
        "readme"
            | "changelog"
            | "makefile"
            | "dockerfile"
            | "license"
            | "contributing"
            | "rakefile"
            | "gemfile"
    )
}

fn scope(subject: &str, index: &Index) -> Vec<TermId> {
    let Some((head, _)) = subject.split_once(':') else { return Vec::new() };
    if head.len() > 40 || head.split_whitespace().count() > 3 {
        return Vec::new();
    }
    let inner = head.split_once('(').map_or(head, |(_, inner)| inner.trim_end_matches([')', '!']));
    tokens::terms(inner).iter().filter_map(|term| index.term(term)).collect()
}

fn moods(text: &str) -> Vec<Mood> {
    let mut moods: Vec<Mood> = tokens::terms(text).iter().filter_map(|term| mood(term)).collect();
    moods.sort_unstable_by_key(|mood| *mood as u8);
    moods.dedup();
    moods
}

/// What a stemmed word tells of the kind of change.
fn mood(term: &str) -> Option<Mood> {
    match term {
        "test" | "spec" | "coverag" | "flaki" | "fixtur" | "assert" | "benchmark" => Some(Mood::Test),
        "doc" | "docs" | "document" | "readm" | "typo" | "changelog" | "comment" | "guid" | "tutori" => {
            Some(Mood::Doc)
        }
        "fix" | "bug" | "crash" | "error" | "wrong" | "broken" | "fail" | "regress" | "panic" | "leak" => {
            Some(Mood::Fix)
        }
        "add" | "support" | "implement" | "introduc" | "new" | "allow" | "feat" | "featur" => Some(Mood::Add),
        "refactor" | "renam" | "move" | "clean" | "cleanup" | "simplifi" | "remov" | "extract" | "split"
        | "drop" | "delet" | "dedupl" | "unus" => Some(Mood::Reshape),
        "build" | "ci" | "depend" | "dep" | "deps" | "bump" | "upgrad" | "workflow" | "releas"
        | "version" | "lint" | "packag" => Some(Mood::Build),
        _ => None,
    }
}
