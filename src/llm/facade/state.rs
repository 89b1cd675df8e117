//! State: backends, configuration and choices of this session, and everything that is computed from them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::backend::Backend;
use crate::config::{Config, Origin};
use crate::domain::{
    BackendStatus, Choice, JudgeFigures, Measured, ModelRef, Problem, RouteStatus, TaskKind,
};
use crate::llm::ModelInfo;
use crate::llm::finding::{Named, known_names, named_candidates};
use crate::llm::router::{Expectation, Member, Routed, Situation, Wish, route};

/// What is known now.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) config: Arc<Config>,
    pub(super) backends: Vec<Backend>,
    /// Choices of this session, over those of the configuration.
    pub(super) session: HashMap<TaskKind, Choice>,
    named: Vec<(TaskKind, Vec<Named>)>,
    /// What is wrong with backends, by the source that told.
    pub(super) backend_problems: Vec<Problem>,
    task_problems: Vec<Problem>,
    /// Medians of earlier runs.
    pub(super) before: HashMap<ModelRef, Measured>,
    /// How well judges were measured to do on this repository.
    pub(super) figures: Vec<JudgeFigures>,
    /// The first look goes on.
    pub(super) searching: bool,
}

impl State {
    /// Nothing found yet.
    pub(super) fn searching(config: Arc<Config>) -> Self {
        let mut state = Self { searching: true, ..Self::default() };
        state.configure(config);
        state
    }

    /// Takes another configuration; backends follow from the next look.
    pub(super) fn configure(&mut self, config: Arc<Config>) {
        self.config = config;
        self.read_tasks();
    }

    /// Reads the candidates again: names that were unknown may have been found.
    pub(super) fn read_tasks(&mut self) {
        let mut names: BTreeSet<String> = known_names().map(str::to_owned).collect();
        names.extend(self.backends.iter().map(|backend| backend.spec.name.to_string()));
        names.extend(self.config.backends.keys().cloned());
        (self.named, self.task_problems) = named_candidates(&self.config, &names);
    }

    /// What is wrong with the configuration of backends and tasks.
    pub(super) fn problems(&self) -> Vec<Problem> {
        self.backend_problems.iter().chain(&self.task_problems).cloned().collect()
    }

    pub(super) fn backend(&self, name: &str) -> Option<&Backend> {
        self.backends.iter().find(|backend| *backend.spec.name == *name)
    }

    fn before(&self, model: &ModelRef) -> Measured {
        self.before.get(model).copied().unwrap_or_default()
    }

    pub(super) fn fleet(&self) -> Vec<Member> {
        self.backends.iter().flat_map(|backend| backend.members(&|model| self.before(model))).collect()
    }

    pub(super) fn model(&self, model: &ModelRef) -> Option<ModelInfo> {
        let backend = self.backend(&model.backend)?;
        let known = backend.models.iter().find(|known| known.model == *model)?;
        Some(backend.info(known, &|model| self.before(model)))
    }

    /// Who does a task.
    pub(super) fn route(&self, task: TaskKind) -> Routed {
        self.route_in(task, &self.fleet())
    }

    fn route_in(&self, task: TaskKind, fleet: &[Member]) -> Routed {
        let silent: Vec<(String, String)> = self
            .backends
            .iter()
            .filter(|backend| backend.models.is_empty())
            .filter_map(|backend| Some((backend.spec.name.to_string(), backend.unlisted.clone()?)))
            .collect();
        let situation = Situation {
            fleet,
            silent: &silent,
            local_only: self.config.local_only,
            searching: self.searching,
            figures: &self.figures,
        };
        let named = self.named.iter().find(|(known, _)| *known == task).map(|(_, named)| named.clone());
        let wish = Wish {
            session: self.session.get(&task).cloned(),
            named: named.unwrap_or_default(),
            origin: self.origin(task),
            pick: self.config.tasks.get(task.name()).and_then(|task| task.pick).unwrap_or_default(),
        };
        let expected = Expectation::of(task, self.config.tasks.get(task.name()));
        route(task, &wish, &expected, &situation)
    }

    fn origin(&self, task: TaskKind) -> String {
        match self.config.origin(&format!("task.{task}.use")) {
            Origin::File { path, line } => {
                let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                format!("{file}:{line}")
            }
            Origin::Default | Origin::Flag | Origin::Env(_) => "the configuration".into(),
        }
    }

    /// All that a person is shown.
    pub(super) fn picture(&self) -> Picture {
        let fleet = self.fleet();
        let of = |backend: &Backend| -> Vec<Member> {
            let own = |member: &&Member| member.info.model.backend == backend.spec.name;
            fleet.iter().filter(own).cloned().collect()
        };
        Picture {
            backends: self.backends.iter().map(|backend| backend.status(&of(backend))).collect(),
            routes: TaskKind::ALL.map(|task| self.route_in(task, &fleet).status).into(),
        }
    }

    /// Whether calls are under way, so that figures may change by themselves.
    pub(super) fn is_busy(&self) -> bool {
        let clients = self.backends.iter().filter_map(|backend| backend.client.as_ref().ok());
        clients.map(super::source::Source::status).any(|status| status.in_flight + status.waiting > 0)
    }
}

/// All that a person is shown, at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Picture {
    pub(super) backends: Vec<BackendStatus>,
    pub(super) routes: Vec<RouteStatus>,
}
