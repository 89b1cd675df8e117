//! The model picker: tasks above, and below who could do the selected one.
//!
//! Invariant: the selected candidate is known by its name, so that news of backends never move the selection to another.

use crate::domain::{Choice, Health, TaskKind};
use crate::text::fuzzy::{Fuzzy, Subject};

use super::line::Line;
use super::models::Models;

/// Where the keyboard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// On the tasks.
    Tasks,
    /// On the line that searches candidates.
    Candidates,
}

/// The picker.
#[derive(Debug, Clone)]
pub struct Picker {
    /// The selected task.
    pub task: TaskKind,
    /// Where the keyboard is.
    pub part: Part,
    /// What is searched.
    pub line: Line,
    /// Who could do the task and fits what is searched, best first.
    pub candidates: Vec<Choice>,
    /// How many could do the task.
    pub total: usize,
    at: usize,
}

impl Picker {
    /// A picker on a task.
    pub fn new(task: TaskKind, models: &Models) -> Self {
        let mut picker =
            Self { task, part: Part::Tasks, line: Line::default(), candidates: Vec::new(), total: 0, at: 0 };
        picker.select_task(task, models);
        picker
    }

    /// Goes to a task: its candidates, with the one in use selected.
    pub fn select_task(&mut self, task: TaskKind, models: &Models) {
        self.task = task;
        self.line = Line::default();
        self.candidates.clear();
        self.at = 0;
        self.refresh(models);
    }

    /// The position of the selected task.
    pub fn task_at(&self) -> usize {
        TaskKind::ALL.iter().position(|task| *task == self.task).unwrap_or(0)
    }

    /// The task so many further down, within the list.
    pub fn task_by(&self, by: isize) -> TaskKind {
        let last = TaskKind::ALL.len() - 1;
        TaskKind::ALL[self.task_at().saturating_add_signed(by).min(last)]
    }

    /// The position of the selected candidate.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The selected candidate.
    pub fn selected(&self) -> Option<&Choice> {
        self.candidates.get(self.at)
    }

    /// Selects the candidate at a position.
    pub fn select(&mut self, at: usize) {
        self.at = at.min(self.candidates.len().saturating_sub(1));
    }

    /// Selects the candidate so many further down, within the list.
    pub fn step(&mut self, by: isize) {
        self.select(self.at.saturating_add_signed(by));
    }

    /// Takes in that models changed: the selection stays on its candidate.
    pub fn refresh(&mut self, models: &Models) {
        let before = self.selected().cloned();
        let found = self.found(models);
        // Who is there stays where it is: a list that turned while a hand is on its way would be answered wrongly.
        self.candidates.retain(|choice| found.contains(choice));
        let new: Vec<Choice> = found.into_iter().filter(|choice| !self.candidates.contains(choice)).collect();
        self.candidates.extend(new);
        let stays = before.and_then(|choice| self.candidates.iter().position(|other| *other == choice));
        self.select(stays.unwrap_or(self.at));
    }

    /// Takes in that what is searched changed: the best one is selected.
    pub fn search(&mut self, models: &Models) {
        self.candidates = self.found(models);
        self.at = 0;
    }

    /// Candidates that fit: by fit, then who is in use, then who can be used, then by name.
    fn found(&mut self, models: &Models) -> Vec<Choice> {
        let all = models.able(self.task);
        self.total = all.len();
        let used = models.route(self.task).map(|route| &route.choice);
        let mut pattern = Fuzzy::new(self.line.text(), Subject::Words);
        let mut found: Vec<_> = all
            .into_iter()
            .filter_map(|choice| {
                let name = name(&choice);
                let score = pattern.score(&name)?;
                let order = (std::cmp::Reverse(score), used != Some(&choice), is_down(models, &choice), name);
                Some((order, choice))
            })
            .collect();
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        found.into_iter().map(|(_, choice)| choice).collect()
    }
}

/// The whole name of a choice, as the command line takes it.
pub fn name(choice: &Choice) -> String {
    choice.to_string()
}

fn is_down(models: &Models, choice: &Choice) -> bool {
    match choice {
        Choice::Model(model) => {
            models.backend_of(model).is_some_and(|backend| matches!(backend.health, Health::Down { .. }))
        }
        Choice::Embedded | Choice::Nobody => false,
    }
}
