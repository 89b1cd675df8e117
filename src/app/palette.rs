//! The palette: commands or themes, searched fuzzily. A command that cannot run stays, and says why.

use crate::config::Chord;
use crate::domain::{ModelRef, TaskKind, TurnId};
use crate::text::fuzzy::{Fuzzy, Subject};

use super::action::Action;
use super::line::Line;

/// What the palette lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Every action.
    Commands,
    /// Every theme; carries the one to go back to.
    Themes(String),
    /// Models that can answer a turn again.
    Again(TurnId),
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Runs an action.
    Action(Action),
    /// Draws with a theme.
    Theme(String),
    /// Chooses the model of a task.
    Models(TaskKind),
    /// Answers a turn again by a model.
    Again(TurnId, ModelRef),
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it does.
    pub choice: Choice,
    /// Its title.
    pub title: String,
    /// What it would work on, or why it cannot run.
    pub note: Result<String, String>,
    /// Its key.
    pub chord: Option<Chord>,
}

/// The palette.
#[derive(Debug, Clone)]
pub struct Palette {
    /// What it lists.
    pub kind: Kind,
    /// What is searched.
    pub line: Line,
    /// What fits, best first.
    pub entries: Vec<Entry>,
    /// Number of entries before searching.
    pub total: usize,
    /// The selected entry.
    pub at: usize,
}

impl Palette {
    /// A palette of these entries, with one of them selected.
    pub fn new(kind: Kind, entries: Vec<Entry>, at: usize) -> Self {
        Self { kind, line: Line::default(), total: entries.len(), entries, at }
    }

    /// Searches all entries for what is typed; the best one is selected.
    pub fn search(&mut self, all: Vec<Entry>) {
        let mut pattern = Fuzzy::new(self.line.text(), Subject::Words);
        let mut scored: Vec<(u32, Entry)> = all
            .into_iter()
            .filter_map(|entry| {
                let named = match &entry.choice {
                    Choice::Action(action) => pattern.score(action.spec().name),
                    Choice::Theme(_) | Choice::Models(_) | Choice::Again(..) => None,
                };
                Some((pattern.score(&entry.title).max(named)?, entry))
            })
            .collect();
        scored.sort_by_key(|(score, entry)| (std::cmp::Reverse(*score), entry.note.is_err()));
        self.entries = scored.into_iter().map(|(_, entry)| entry).collect();
        self.at = 0;
    }

    /// The selected entry.
    pub fn selected(&self) -> Option<&Entry> {
        self.entries.get(self.at)
    }

    /// The first entry shown where so many fit.
    pub fn top(&self, rows: usize) -> usize {
        (self.at + 1).saturating_sub(rows.max(1))
    }

    /// Selects the entry so many further down, within the list.
    pub fn step(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.entries.len().saturating_sub(1));
    }
}
