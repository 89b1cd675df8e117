//! The query: the line it is typed on, its history, and how far its answer is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Counts, Detail, Estimate, FileId, Generation, JudgeName, Usage};

use super::details::Details;
use super::line::Line;
use super::rate::Rate;

/// Queries remembered for the arrow keys.
const HISTORY: usize = 200;

/// How far the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Nothing was asked.
    #[default]
    Idle,
    /// Asked; the engine has not started.
    Asked,
    /// A model is to be asked, which the person has not agreed to yet; see [`Query::estimate`].
    Waiting,
    /// Files are being judged.
    Running {
        /// Since when.
        since: Duration,
    },
    /// Every file has its answer.
    Done {
        /// How long judging and ranking took.
        elapsed: Duration,
    },
    /// Stopped by the person; what was judged stays.
    Stopped,
}

/// The query.
#[derive(Debug)]
pub struct Query {
    /// The line it is typed on.
    pub line: Line,
    /// How far the answer is.
    pub phase: Phase,
    /// The ledger's sums.
    pub counts: Counts,
    /// Who judges.
    pub judge: JudgeName,
    /// What asking a model would cost, while it waits to be agreed to.
    pub estimate: Option<Estimate>,
    /// What asking a model has cost so far.
    pub spent: Option<Usage>,
    /// How fast files are judged.
    pub rate: Rate,
    /// Since when rows are being judged.
    pub judging: HashMap<FileId, Duration>,
    /// Explanations of the rows shown.
    pub details: Details,
    /// Explanations that came before the first rows of their query.
    pub early: Vec<(FileId, Arc<Detail>)>,
    generation: Generation,
    shown: Option<Generation>,
    asked: Arc<str>,
    history: Vec<String>,
    at: Option<usize>,
    draft: String,
}

impl Query {
    /// No query yet.
    pub fn new(judge: JudgeName) -> Self {
        Self {
            line: Line::default(),
            phase: Phase::Idle,
            counts: Counts::default(),
            judge,
            estimate: None,
            spent: None,
            rate: Rate::default(),
            judging: HashMap::new(),
            details: Details::default(),
            early: Vec::new(),
            generation: Generation::default(),
            shown: None,
            asked: Arc::from(""),
            history: Vec::new(),
            at: None,
            draft: String::new(),
        }
    }

    /// The newest request; results of others are stale.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// What was asked last; empty for nothing.
    pub fn asked(&self) -> &Arc<str> {
        &self.asked
    }

    /// Whether anything was asked yet, be it for nothing.
    pub fn is_begun(&self) -> bool {
        self.generation != Generation::default()
    }

    /// Whether an answer is on its way.
    pub fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Asked | Phase::Running { .. })
    }

    /// Whether a model judges, or would.
    pub fn is_by_model(&self) -> bool {
        self.judge != JudgeName::embedded()
    }

    /// What is typed differs from what was asked.
    pub fn is_pending(&self) -> bool {
        self.line.text().trim() != &*self.asked
    }

    /// Begins a new request for what is typed, of this judge.
    pub fn begin(&mut self, judge: JudgeName) -> (Generation, Arc<str>) {
        self.judge = judge;
        self.estimate = None;
        self.spent = None;
        self.rate.clear();
        self.judging.clear();
        self.asked = Arc::from(self.line.text().trim());
        self.generation = self.generation.next();
        self.early.clear();
        self.phase = if self.asked.is_empty() { Phase::Idle } else { Phase::Asked };
        (self.generation, Arc::clone(&self.asked))
    }

    /// Notes that rows of the newest request are shown; true for its first ones.
    pub fn showing(&mut self) -> bool {
        self.shown.replace(self.generation) != Some(self.generation)
    }

    /// Whether rows of the newest request are shown.
    pub fn is_shown(&self) -> bool {
        self.shown == Some(self.generation)
    }

    /// Takes requests of earlier sessions, oldest first, as older than all of this one.
    pub fn recall(&mut self, mut older: Vec<String>) {
        older.retain(|request| !self.history.contains(request));
        older.drain(..older.len().saturating_sub(HISTORY.saturating_sub(self.history.len())));
        self.at = self.at.map(|at| at + older.len());
        older.append(&mut self.history);
        self.history = older;
    }

    /// Remembers what is typed; returns it where it was not the newest already.
    pub fn remember(&mut self) -> Option<String> {
        self.at = None;
        let text = self.line.text().trim().to_owned();
        if text.is_empty() || self.history.last() == Some(&text) {
            return None;
        }
        self.history.retain(|old| *old != text);
        self.history.push(text.clone());
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
        Some(text)
    }

    /// Puts the query before on the line; says whether there was one.
    pub fn older(&mut self) -> bool {
        let next = match self.at {
            None => self.history.len().checked_sub(1),
            Some(at) => at.checked_sub(1),
        };
        let Some(mut at) = next else { return false };
        if self.at.is_none() {
            self.line.text().clone_into(&mut self.draft);
            if self.history[at] == self.draft.trim() {
                let Some(before) = at.checked_sub(1) else { return false };
                at = before;
            }
        }
        self.at = Some(at);
        self.line.set(&self.history[at].clone());
        true
    }

    /// Puts the query after on the line, last of all what was being typed; says whether there was one.
    pub fn newer(&mut self) -> bool {
        let Some(at) = self.at else { return false };
        self.at = Some(at + 1).filter(|next| *next < self.history.len());
        let text = self.at.map_or_else(|| self.draft.clone(), |at| self.history[at].clone());
        self.line.set(&text);
        true
    }
}
