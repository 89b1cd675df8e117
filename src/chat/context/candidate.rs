//! Candidates: everything that could be sent with a question, before anybody counts tokens.

use std::sync::Arc;

use super::shelf::{Place, Sheet};
use crate::domain::{ContextKey, ContextSource, ContextState, FileId, Span};

/// What there is to send.
#[derive(Debug, Clone)]
pub enum Matter {
    /// A file, whole or in parts.
    File(Place),
    /// Lines of a file that were named, with a little around them.
    Lines(Place, Span),
    /// A text that is no file: an attachment, a diff.
    Text(Arc<Sheet>),
    /// A picture: its kind and its bytes.
    Picture(&'static str, Arc<[u8]>),
    /// Nothing, and why.
    Nothing(Arc<str>),
}

/// One thing that could be sent.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its name from one message to the next.
    pub key: ContextKey,
    /// Why it is here; decides the order of claim.
    pub source: ContextSource,
    /// What is shown.
    pub title: Arc<str>,
    /// Why in words.
    pub why: Arc<str>,
    /// The file, where it is one of the tree.
    pub file: Option<FileId>,
    /// What there is.
    pub matter: Matter,
    /// Lines that a judge points at, best first.
    pub pointed: Arc<[Span]>,
    /// The judge's probability; 1 for what somebody named.
    pub probability: f32,
    /// Left out before anything is counted.
    pub state: Option<ContextState>,
}

impl Candidate {
    /// One without lines to look at.
    pub fn new(key: ContextKey, source: ContextSource, title: impl Into<Arc<str>>, matter: Matter) -> Self {
        Self {
            key,
            source,
            title: title.into(),
            why: Arc::from(""),
            file: None,
            matter,
            pointed: Arc::default(),
            probability: 1.0,
            state: None,
        }
    }

    /// Says why it is here.
    #[must_use]
    pub fn because(mut self, why: impl Into<Arc<str>>) -> Self {
        self.why = why.into();
        self
    }

    /// Where the file lies that it is about.
    pub const fn place(&self) -> Option<&Place> {
        match &self.matter {
            Matter::File(place) | Matter::Lines(place, _) => Some(place),
            Matter::Text(_) | Matter::Picture(..) | Matter::Nothing(_) => None,
        }
    }
}

/// Moves candidates by what a person wished, first moved first.
pub fn reorder(candidates: &mut Vec<Candidate>, moved: &[(ContextKey, i32)]) {
    for (key, places) in moved {
        if let Some(at) = candidates.iter().position(|candidate| candidate.key == *key) {
            let to = (at as i64 + i64::from(*places)).clamp(0, candidates.len() as i64 - 1) as usize;
            let candidate = candidates.remove(at);
            candidates.insert(to, candidate);
        }
    }
}
