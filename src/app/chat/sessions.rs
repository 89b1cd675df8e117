//! Sessions: the list of earlier conversations, filtered by title and searched by what was said.

use std::sync::Arc;

use super::super::line::Line;
use crate::domain::{SessionHead, SessionHit, SessionId};
use crate::text::fuzzy::{Fuzzy, Subject};

/// The list of conversations.
#[derive(Debug, Clone, Default)]
pub struct Sessions {
    /// What is searched.
    pub line: Line,
    /// Every conversation, newest first; `None` before the service has told.
    all: Option<Vec<SessionHead>>,
    /// Those whose title fits, best first.
    fitting: Vec<usize>,
    /// Where the searched words stand, and the words.
    hits: (Arc<str>, Vec<SessionHit>),
    at: usize,
    doomed: Option<SessionId>,
}

/// What a row of the list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row<'a> {
    /// A conversation.
    Session(&'a SessionHead),
    /// A place where the searched words stand.
    Hit(&'a SessionHit),
}

impl Sessions {
    /// A list that searches for words.
    pub fn searching(words: &str) -> Self {
        Self { line: Line::new(words), ..Self::default() }
    }

    /// Whether the service has told.
    pub fn is_known(&self) -> bool {
        self.all.is_some()
    }

    /// How many conversations there are.
    pub fn total(&self) -> usize {
        self.all.as_ref().map_or(0, Vec::len)
    }

    /// How many of them fit by their title.
    pub fn fitting(&self) -> usize {
        self.fitting.len()
    }

    /// Takes the conversations there are.
    pub fn take(&mut self, all: Vec<SessionHead>) {
        self.all = Some(all);
        self.filter();
    }

    /// Takes where words stand, unless others are searched by now.
    pub fn take_hits(&mut self, words: Arc<str>, hits: Vec<SessionHit>) {
        if *words == *self.line.text().trim() {
            self.hits = (words, hits);
            self.at = self.at.min(self.len().saturating_sub(1));
        }
    }

    /// Takes a new name of a conversation.
    pub fn rename(&mut self, session: SessionId, title: &Arc<str>) {
        for head in self.all.iter_mut().flatten().filter(|head| head.id == session) {
            head.title = Arc::clone(title);
        }
    }

    /// Filters anew after the text changed; what was found for other words goes.
    pub fn filter(&mut self) {
        let words = self.line.text().trim();
        if *self.hits.0 != *words {
            self.hits = (Arc::from(""), Vec::new());
        }
        let mut pattern = Fuzzy::new(words, Subject::Words);
        let heads = self.all.iter().flatten().enumerate();
        let mut scored: Vec<(u32, usize)> =
            heads.filter_map(|(at, head)| Some((pattern.score(&head.title)?, at))).collect();
        if !words.is_empty() {
            scored.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
        }
        self.fitting = scored.into_iter().map(|(_, at)| at).collect();
        self.at = self.at.min(self.len().saturating_sub(1));
        self.doomed = None;
    }

    /// Rows of the list: conversations, then places.
    pub fn len(&self) -> usize {
        self.fitting.len() + self.hits.1.len()
    }

    /// Whether the list has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row.
    pub fn row(&self, at: usize) -> Option<Row<'_>> {
        let Some(head) = self.fitting.get(at) else {
            return self.hits.1.get(at - self.fitting.len()).map(Row::Hit);
        };
        self.all.as_ref()?.get(*head).map(Row::Session)
    }

    /// The selected row's place.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The selected row.
    pub fn selected(&self) -> Option<Row<'_>> {
        self.row(self.at)
    }

    /// The conversation of the selected row.
    pub fn selected_session(&self) -> Option<&SessionHead> {
        self.selected().map(|row| match row {
            Row::Session(head) => head,
            Row::Hit(hit) => &hit.session,
        })
    }

    /// Moves the selection.
    pub fn step(&mut self, by: isize) {
        self.select(self.at.saturating_add_signed(by));
    }

    /// Selects a row.
    pub fn select(&mut self, at: usize) {
        self.at = at.min(self.len().saturating_sub(1));
        self.doomed = None;
    }

    /// The conversation that a second press deletes.
    pub fn doomed(&self) -> Option<SessionId> {
        self.doomed
    }

    /// The selected conversation, at the second press in a row; the first only says so.
    pub fn doom(&mut self) -> Option<SessionId> {
        let session = self.selected_session()?.id;
        let again = self.doomed.replace(session) == Some(session);
        if again {
            self.doomed = None;
        }
        again.then_some(session)
    }
}
