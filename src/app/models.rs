//! Models: what is known of backends and routes, what was spent, and how test calls went.
//!
//! Owns what the screen shows of models, never a connection. Everything here comes by [`ModelEvent`]s; before the first
//! of them nothing is known, and nothing is claimed.
//!
//! [`ModelEvent`]: crate::domain::ModelEvent

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::words;
use crate::domain::{
    BackendStatus, Choice, Health, JudgeName, Locality, ModelRef, ModelStatus, RouteStatus, TaskKind, Usage,
};

/// How a test call stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Sent, and not answered yet.
    Running {
        /// Since when.
        since: Duration,
    },
    /// Answered.
    Passed {
        /// Time to first token.
        first: Duration,
        /// Time of the whole call.
        whole: Duration,
    },
    /// Failed, in words for people.
    Failed(String),
}

/// Where a task stands, for the sign before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It has an answerer of its own, and that can be used.
    Set,
    /// What answers the conversation answers this too.
    SameAsChat,
    /// There is nobody, and nobody was wanted.
    Nobody,
    /// It is answered, but not by who comes first; says why not.
    FellBack(String),
    /// Who should answer cannot; says why.
    Broken(String),
}

/// Everything known of models.
#[derive(Debug, Default)]
pub struct Models {
    /// Every backend; empty before the first look for them is over.
    pub backends: Arc<[BackendStatus]>,
    /// What each task uses; empty before that is known.
    pub routes: Arc<[RouteStatus]>,
    /// What was spent by this program and, besides, today by all.
    pub spent: Option<(Usage, Usage)>,
    tests: HashMap<(TaskKind, ModelRef), Test>,
}

impl Models {
    /// Whether routes are known; before, nothing can be said or chosen.
    pub fn is_known(&self) -> bool {
        !self.routes.is_empty()
    }

    /// Whether there is any model at all.
    pub fn has_any(&self) -> bool {
        self.backends.iter().any(|backend| !backend.models.is_empty())
    }

    /// How many models there are.
    pub fn count(&self) -> usize {
        self.backends.iter().map(|backend| backend.models.len()).sum()
    }

    /// What a task uses.
    pub fn route(&self, task: TaskKind) -> Option<&RouteStatus> {
        self.routes.iter().find(|route| route.task == task)
    }

    /// The model that a task uses, if it is one.
    pub fn chosen(&self, task: TaskKind) -> Option<&ModelRef> {
        self.route(task)?.choice.model()
    }

    /// The model that judges on request, by the name the query engine knows it by; `None` where the judge is the
    /// embedded one.
    pub fn judge(&self) -> Option<JudgeName> {
        self.chosen(TaskKind::Judge).map(|model| JudgeName(model.to_string().into()))
    }

    /// The backend of a model.
    pub fn backend_of(&self, model: &ModelRef) -> Option<&BackendStatus> {
        self.backends.iter().find(|backend| backend.name == model.backend)
    }

    /// What is known of a model.
    pub fn status_of(&self, model: &ModelRef) -> Option<&ModelStatus> {
        self.backend_of(model)?.models.iter().find(|status| status.model == *model)
    }

    /// Where a model runs; what nobody knows is taken to be elsewhere.
    pub fn locality_of(&self, model: &ModelRef) -> Locality {
        self.backend_of(model).map_or(Locality::Remote, |backend| backend.locality)
    }

    /// Calls in flight at the backend of a model.
    pub fn in_flight(&self, model: &ModelRef) -> u32 {
        self.backend_of(model).map_or(0, |backend| backend.in_flight)
    }

    /// Why a model cannot be used now, if it cannot.
    pub fn trouble_of(&self, model: &ModelRef) -> Option<&str> {
        match &self.backend_of(model)?.health {
            Health::Down { why, .. } => Some(why),
            Health::Unknown | Health::Up | Health::Degraded { .. } => None,
        }
    }

    /// Where a task stands.
    pub fn standing(&self, task: TaskKind) -> Standing {
        let Some(route) = self.route(task) else { return Standing::Nobody };
        let first = route.passed_over.first();
        // What is wrong with the conversation is said there once.
        if task != TaskKind::Chat && first.is_some() && self.is_same_as_chat(route) {
            return Standing::SameAsChat;
        }
        match &route.choice {
            Choice::Nobody => first
                .map_or(Standing::Nobody, |(who, why)| Standing::Broken(words::bare(why, who).to_owned())),
            Choice::Model(model) => match (self.trouble_of(model), first) {
                (Some(why), _) => Standing::Broken(why.to_owned()),
                (None, Some((who, why))) if route.by_user => {
                    Standing::FellBack(format!("{who}: {}", words::bare(why, who)))
                }
                (None, _) if task != TaskKind::Chat && self.is_same_as_chat(route) => Standing::SameAsChat,
                (None, _) => Standing::Set,
            },
            Choice::Embedded => match first {
                Some((who, why)) if route.by_user => {
                    Standing::FellBack(format!("{who}: {}", words::bare(why, who)))
                }
                Some(_) | None => Standing::Set,
            },
        }
    }

    fn is_same_as_chat(&self, route: &RouteStatus) -> bool {
        !route.by_user && self.route(TaskKind::Chat).is_some_and(|chat| chat.choice == route.choice)
    }

    /// Whether some task uses a backend, or would if it could.
    pub fn uses(&self, backend: &str) -> bool {
        let named = |who: &String| who.split_once('/').is_some_and(|(name, _)| name == backend);
        self.routes.iter().any(|route| match &route.choice {
            Choice::Model(model) if *model.backend == *backend => true,
            Choice::Model(_) | Choice::Embedded | Choice::Nobody => {
                route.by_user && route.passed_over.iter().any(|(who, _)| named(who))
            }
        })
    }

    /// How the test of a model for a task stands, if there was one.
    pub fn test(&self, task: TaskKind, model: &ModelRef) -> Option<&Test> {
        self.tests.get(&(task, model.clone()))
    }

    /// Notes how a test stands.
    pub fn tested(&mut self, task: TaskKind, model: ModelRef, test: Test) {
        self.tests.insert((task, model), test);
    }

    /// Whether a test is still to be answered.
    pub fn is_testing(&self) -> bool {
        self.tests.values().any(|test| matches!(test, Test::Running { .. }))
    }

    /// Every model and, for the judge, the embedded one: who could do a task, as far as is known.
    pub fn able(&self, task: TaskKind) -> Vec<Choice> {
        let embedded = (task == TaskKind::Judge).then_some(Choice::Embedded);
        let models = self.backends.iter().flat_map(|backend| &backend.models);
        let able = models.filter(|status| is_able(status, task)).map(|status| status.model.clone());
        able.map(Choice::Model).chain(embedded).collect()
    }
}

/// Whether a model may do a task. Abilities are only known where a server or a profile told of them.
fn is_able(status: &ModelStatus, task: TaskKind) -> bool {
    let can = |ability| status.abilities.contains(&ability);
    if can("embed") && !can("chat") {
        return false;
    }
    task == TaskKind::Complete || status.abilities.is_empty() || can("chat") || !can("fill")
}

#[cfg(test)]
mod tests;
