//! The current query: its session, its answers, and what is still to be told of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use super::shift::Shift;
use crate::domain::{FileId, Probability, QueryRequest, RankCause, Source};
use crate::query::judge::{Answer, Judge, Session};

/// One request and all that came of it.
pub(super) struct Query {
    pub request: QueryRequest,
    /// Work stops when a later ticket was taken.
    pub ticket: u64,
    /// Who is asked; `None` for an empty request, or one at a judge that is not there.
    pub judge: Option<Arc<dyn Judge>>,
    /// Whether the judge answers through a crew.
    pub crewed: bool,
    /// Whoever answers outside this thread, once the first pass started; missing while it is being looked after.
    pub shift: Option<Box<Shift>>,
    /// Open once the first pass started.
    pub session: Option<Box<dyn Session>>,
    /// Answers by file.
    pub slots: Vec<Slot>,
    /// Files still to be judged, where a pass is going on.
    pub pass: Option<Pass>,
    /// Counts passes, so that no file is judged twice in one.
    pub round: u32,
    /// When the session was opened.
    pub opened: Option<Instant>,
    /// The index or history knows more than the session.
    pub outdated: bool,
    /// What the last whole pass took.
    pub pass_cost: Duration,
    /// Judging and ranking time so far.
    pub spent: Duration,
    /// Cancelled by the user.
    pub cancelled: bool,
    /// What was said of it.
    pub told: Told,
    /// Judged files that were not told of yet, where every file is.
    pub untold: Vec<(FileId, Source)>,
    /// Rows whose explanation the user asked for.
    pub asked: Vec<FileId>,
    /// Rows explained by the current session.
    pub explained: FxHashSet<FileId>,
    /// The best rows, where they are to be explained.
    pub best: Vec<FileId>,
    pub ranking: RankingState,
}

/// How far a query was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    Plan,
    Done,
}

/// When the ranking was told last, and why it is due again.
#[derive(Debug, Default)]
pub(super) struct RankingState {
    pub due: Option<RankCause>,
    /// Not before this time: something better is about to come.
    pub hold: Option<Instant>,
    pub told: Option<Instant>,
    pub cost: Duration,
}

/// One file's answer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub answer: Option<Answer>,
    /// What the embedded judge says, where another one answers.
    pub prior: Option<Probability>,
    pub round: u32,
    pub cached: bool,
    pub stale: bool,
    pub flipped: bool,
}

/// Files to be judged, best first.
#[derive(Debug)]
pub(super) struct Pass {
    pub order: Vec<FileId>,
    pub at: usize,
    /// Files judged at once, adapted to their cost.
    pub pack: usize,
    pub started: Instant,
}

impl Query {
    pub fn new(request: QueryRequest, ticket: u64, judge: Option<Arc<dyn Judge>>) -> Self {
        Self {
            request,
            ticket,
            judge,
            crewed: false,
            shift: None,
            session: None,
            slots: Vec::new(),
            pass: None,
            round: 0,
            opened: None,
            outdated: true,
            pass_cost: Duration::ZERO,
            spent: Duration::ZERO,
            cancelled: false,
            told: Told::Nothing,
            untold: Vec::new(),
            asked: Vec::new(),
            explained: FxHashSet::default(),
            best: Vec::new(),
            ranking: RankingState::default(),
        }
    }

    /// Whether no pass is to be started.
    pub const fn is_stopped(&self) -> bool {
        self.cancelled || self.judge.is_none()
    }

    pub fn slot(&self, file: FileId) -> Slot {
        self.slots.get(file.index()).copied().unwrap_or_default()
    }

    pub fn slot_mut(&mut self, file: FileId) -> &mut Slot {
        if self.slots.len() <= file.index() {
            self.slots.resize(file.index() + 1, Slot::default());
        }
        &mut self.slots[file.index()]
    }

    /// Forgets a file's answer.
    pub fn clear(&mut self, file: FileId) {
        if let Some(slot) = self.slots.get_mut(file.index()) {
            *slot = Slot { prior: slot.prior, ..Slot::default() };
        }
        if let Some(shift) = &mut self.shift {
            shift.leave(file);
        }
        self.explained.remove(&file);
    }

    pub fn has_answer(&self, file: FileId) -> bool {
        self.slots.get(file.index()).is_some_and(|slot| slot.answer.is_some())
    }

    /// Takes the mark back.
    pub fn freshen(&mut self, file: FileId) {
        if let Some(slot) = self.slots.get_mut(file.index()) {
            slot.stale = false;
        }
    }
}

/// One cause for two: what moves more wins, for it makes all explanations old where a query alone makes none.
pub(super) fn merge(first: Option<RankCause>, second: RankCause) -> RankCause {
    match (first, second) {
        (None, cause) => cause,
        (Some(RankCause::Saved(mut files)), RankCause::Saved(more)) => {
            files.extend(more);
            files.sort_unstable();
            files.dedup();
            RankCause::Saved(files)
        }
        (Some(first), second) => {
            if weight(&first) >= weight(&second) {
                first
            } else {
                second
            }
        }
    }
}

const fn weight(cause: &RankCause) -> u8 {
    match cause {
        RankCause::Saved(_) => 3,
        RankCause::Learned => 2,
        RankCause::Signals => 1,
        RankCause::Query => 0,
    }
}
