//! A round: one question and the answers that are made for it, up to three side by side.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::found::Found;
use super::going::Going;
use super::stable::{BEST, Stability};
use crate::domain::{FileId, Patience, Question, TurnId};

/// How long the answer waits for whoever owns the query to begin the search.
pub const SEARCH_BEGINS: Duration = Duration::from_secs(5);

/// How far a round is.
#[derive(Debug)]
pub enum Phase {
    /// A model turns the question into a request that stands alone; the rules do once that time has come.
    Rewriting(Instant),
    /// The tree is searched.
    Searching(Searching),
    /// Models are looked for.
    Settling,
    /// The call is under way, or was.
    Answering,
}

/// A search that an answer waits for.
#[derive(Debug)]
pub struct Searching {
    /// Its number.
    pub number: u64,
    /// When it was asked for.
    pub since: Instant,
    stability: Stability,
}

/// What is known of the query that a search runs as.
#[derive(Debug, Clone, Copy)]
pub enum Run<'a> {
    /// Nobody said yet that it runs.
    Unheard,
    /// It was begun; nothing is ranked yet.
    Begins,
    /// What it found so far.
    Tells(&'a Found),
}

/// A question that is being answered.
#[derive(Debug)]
pub struct Round {
    /// The question's turn.
    pub turn: TurnId,
    /// The question.
    pub question: Question,
    /// The request that stands alone.
    pub request: Arc<str>,
    /// The answers.
    pub answers: Vec<Going>,
    /// How far it is.
    pub phase: Phase,
    /// When it begins to answer.
    pub patience: Patience,
    /// Tokens of context and conversation at most, after a model said that it was too much.
    pub at_most: Option<u32>,
}

impl Round {
    /// The answer of this turn.
    pub fn answer(&mut self, turn: TurnId) -> Option<&mut Going> {
        self.answers.iter_mut().find(|going| going.turn == turn)
    }

    /// Whether all of its answers have ended.
    pub fn is_over(&self) -> bool {
        self.answers.iter().all(|going| !going.state.is_going())
    }
}

impl Searching {
    /// A search that was asked for now.
    pub fn new(number: u64, now: Instant) -> Self {
        Self { number, since: now, stability: Stability::default() }
    }

    /// What is still waited for, in words; `None` once the answer may begin.
    pub fn waits_for(&mut self, patience: Patience, run: Run<'_>, now: Instant) -> Option<&'static str> {
        if patience == Patience::Now {
            return None;
        }
        let found = match run {
            Run::Unheard => {
                let waited = now.saturating_duration_since(self.since);
                return (waited < SEARCH_BEGINS).then_some("the search");
            }
            Run::Begins => return Some("the search"),
            Run::Tells(found) => found,
        };
        let judged = found.counts.judged();
        let best: Vec<FileId> = found.useful().take(BEST).map(|row| row.file).collect();
        self.stability.look(&best, judged, now);
        let all = found.is_done && found.index.walked;
        match patience {
            _ if all => None,
            _ if found.waits_for_consent => Some("your consent to the judge's cost"),
            Patience::Stable if self.stability.is_stable(judged, found.files, now) => None,
            Patience::Stable if best.is_empty() => Some("a file that helps"),
            Patience::Stable => Some("the first files to be stable"),
            Patience::All => Some("all files"),
            Patience::Now => None,
        }
    }

    /// When to look again though nothing comes.
    pub fn look_at(&self, runs: bool) -> Option<Instant> {
        if runs { self.stability.look_at() } else { Some(self.since + SEARCH_BEGINS) }
    }
}
