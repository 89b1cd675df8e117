//! Evaluating: what is known of how well judges find things here, what runs, and the two pages that show it.

use std::sync::Arc;
use std::time::Duration;

use super::rate::Rate;
use crate::domain::{
    AtThreshold, EvalKnown, EvalProgress, EvalTask, Evaluation, JudgeCurves, MissedCommit, MissedFile, Notice,
};

/// The judge whose threshold is kept.
const OWN: &str = "embedded";

/// All that is known.
#[derive(Debug, Default)]
pub struct Evaluating {
    /// What the service knows; `None` before it said so.
    pub known: Option<Box<EvalKnown>>,
    /// What runs.
    pub running: Option<Running>,
    /// Why the last one came to nothing.
    pub trouble: Option<(EvalTask, Notice)>,
}

/// An evaluation or tuning that runs.
#[derive(Debug)]
pub struct Running {
    /// Which.
    pub task: EvalTask,
    /// Commits that are done.
    pub done: u32,
    /// Of so many; 0 while history is still read.
    pub of: u32,
    /// Who is at the next one; empty where nobody is told apart.
    pub judge: Arc<str>,
    rate: Rate,
}

impl Running {
    /// As it begins.
    pub fn new(task: EvalTask) -> Self {
        Self { task, done: 0, of: 0, judge: Arc::from(""), rate: Rate::default() }
    }

    /// Takes how far it is.
    pub fn progress(&mut self, progress: EvalProgress, now: Duration) {
        self.rate.note(now, progress.done);
        (self.done, self.of) = (progress.done, progress.of);
        if !progress.judge.is_empty() || progress.done == progress.of {
            self.judge = progress.judge;
        }
    }

    /// How long the rest takes; `None` before that means anything.
    pub fn eta(&self, now: Duration) -> Option<Duration> {
        self.rate.eta(now, self.of.saturating_sub(self.done))
    }

    /// The share that is done, 0 to 1.
    pub fn share(&self) -> f32 {
        if self.of == 0 { 0.0 } else { self.done as f32 / self.of as f32 }
    }
}

impl Evaluating {
    /// What runs, if it is this.
    pub fn running(&self, task: EvalTask) -> Option<&Running> {
        self.running.as_ref().filter(|running| running.task == task)
    }

    /// The last evaluation.
    pub fn evaluation(&self) -> Option<&Arc<Evaluation>> {
        self.known.as_ref()?.evaluation.as_ref()
    }

    /// Whether the root lies in a repository; unknown counts as yes.
    pub fn has_repository(&self) -> bool {
        self.known.as_ref().is_none_or(|known| !known.repository.is_empty())
    }

    /// The curves of the judge whose threshold is kept.
    pub fn own(&self) -> Option<&JudgeCurves> {
        self.evaluation()?.judge(OWN).filter(|curves| !curves.thresholds.is_empty())
    }

    /// The threshold kept for this repository.
    pub fn kept_threshold(&self) -> Option<f32> {
        self.known.as_ref()?.threshold
    }

    /// The step of thresholds in force: the one kept, else the one whose lists are about as long as the judge's own.
    pub fn step_in_force(&self) -> usize {
        let Some(own) = self.own() else { return 0 };
        self.kept_threshold().map_or_else(|| own.own_step(), |kept| own.step_of(kept))
    }
}

/// A part of the page of charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartPart {
    /// Recall against the number of files.
    Files,
    /// Recall against tokens spent.
    Tokens,
    /// The threshold with what it lists.
    Threshold,
    /// What was missed and why.
    Missed,
}

impl ChartPart {
    /// Every part, in order.
    pub const ALL: [Self; 4] = [Self::Files, Self::Tokens, Self::Threshold, Self::Missed];

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Files => "Recall by files",
            Self::Tokens => "Recall by tokens",
            Self::Threshold => "Threshold",
            Self::Missed => "Missed",
        }
    }

    /// The part so many further on, around.
    #[must_use]
    pub fn turned(self, by: isize) -> Self {
        let at = Self::ALL.iter().position(|part| *part == self).unwrap_or(0) as isize;
        Self::ALL[(at + by).rem_euclid(Self::ALL.len() as isize) as usize]
    }
}

/// The page of charts.
#[derive(Debug, Clone)]
pub struct ChartsPage {
    /// The part with the keyboard; the one that is seen where there is room for one.
    pub part: ChartPart,
    /// The threshold that is looked at, by its step; `None` for the one in force.
    pub step: Option<usize>,
    /// The selected file among those missed.
    pub row: usize,
    /// Whether to measure as soon as it is known that nothing was measured yet.
    pub wanted: bool,
}

impl ChartsPage {
    /// As it opens.
    pub const fn new() -> Self {
        Self { part: ChartPart::Files, step: None, row: 0, wanted: true }
    }

    /// The threshold looked at, with what it lists.
    pub fn at(&self, evaluating: &Evaluating) -> Option<AtThreshold> {
        let own = evaluating.own()?;
        own.thresholds.get(self.step.unwrap_or_else(|| evaluating.step_in_force())).copied()
    }

    /// Whether one threshold holds for all requests, or is looked at; else the judge makes a cut for each.
    pub fn is_set(&self, evaluating: &Evaluating) -> bool {
        self.step.is_some() || evaluating.kept_threshold().is_some()
    }

    /// Moves the threshold by so many steps.
    pub fn slide(&mut self, by: isize, evaluating: &Evaluating) {
        let Some(own) = evaluating.own() else { return };
        let at = self.step.unwrap_or_else(|| evaluating.step_in_force());
        self.step = Some(at.saturating_add_signed(by).min(own.thresholds.len() - 1));
    }

    /// Moves among missed files.
    pub fn go(&mut self, by: isize, evaluating: &Evaluating) {
        let files = evaluating.evaluation().map_or(0, |evaluation| missed(evaluation).count());
        self.row = self.row.saturating_add_signed(by).min(files.saturating_sub(1));
    }

    /// The selected missed file.
    pub fn selected<'e>(&self, evaluating: &'e Evaluating) -> Option<&'e MissedFile> {
        missed(evaluating.evaluation()?).nth(self.row).map(|(_, file)| file)
    }
}

impl Default for ChartsPage {
    fn default() -> Self {
        Self::new()
    }
}

/// Every missed file with its commit, in the order of the page.
pub fn missed(evaluation: &Evaluation) -> impl Iterator<Item = (&MissedCommit, &MissedFile)> {
    evaluation.missed.iter().flat_map(|commit| commit.files.iter().map(move |file| (commit, file)))
}

/// The page of the tuning.
#[derive(Debug, Clone, Copy, Default)]
pub struct TunePage {
    /// Whether to tune as soon as it is known that nothing new was tuned on yet.
    pub wanted: bool,
}
