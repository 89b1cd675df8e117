//! Tasks: `[task.NAME] use` turned into candidates; names that are not known are reported.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::domain::{ModelRef, Problem, TaskKind};
use crate::text::nearest::nearest;

/// A candidate as a person names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Named {
    /// `embedded`.
    Embedded,
    /// `BACKEND/MODEL`.
    Model(ModelRef),
    /// `BACKEND`: its best model.
    Backend(String),
}

impl Named {
    /// Reads a name.
    pub fn read(text: &str) -> Self {
        match text.parse() {
            Ok(model) => Self::Model(model),
            Err(_) if text == "embedded" => Self::Embedded,
            Err(_) => Self::Backend(text.trim_end_matches('/').to_owned()),
        }
    }

    /// As it is written.
    pub fn text(&self) -> String {
        match self {
            Self::Embedded => "embedded".into(),
            Self::Model(model) => model.to_string(),
            Self::Backend(name) => name.clone(),
        }
    }

    fn backend(&self) -> Option<&str> {
        match self {
            Self::Embedded => None,
            Self::Model(model) => Some(&model.backend),
            Self::Backend(name) => Some(name),
        }
    }
}

/// What the user named for each task, in order; empty where nothing was named. `backends` are all names that a backend
/// has or could get by being found.
pub fn named_candidates(
    config: &Config,
    backends: &BTreeSet<String>,
) -> (Vec<(TaskKind, Vec<Named>)>, Vec<Problem>) {
    let mut problems = Vec::new();
    for name in config.tasks.keys().filter(|name| name.parse::<TaskKind>().is_err()) {
        let known = TaskKind::ALL.map(TaskKind::name);
        let suggestion = nearest(name, known).map(|near| format!("task.{near}"));
        let message = format!("there is no task `{name}`; tasks are {}", known.join(", "));
        let at =
            ["use", "first_token_ms", "total_ms", "prompt_order"].map(|field| format!("task.{name}.{field}"));
        let found = at.into_iter().find(|key| !matches!(config.origin(key), crate::config::Origin::Default));
        let key = found.unwrap_or_else(|| format!("task.{name}"));
        problems.push(config.place(Problem { file: None, line: None, key, message, suggestion }));
    }
    let tasks = TaskKind::ALL.map(|task| {
        let key = format!("task.{task}.use");
        let mut wrong = |message: String, suggestion: Option<String>| {
            let problem = Problem { file: None, line: None, key: key.clone(), message, suggestion };
            problems.push(config.place(problem));
        };
        let texts = config.tasks.get(task.name()).map_or(&[][..], |task| &task.candidates);
        let mut candidates = Vec::new();
        for named in texts.iter().map(|text| Named::read(text)) {
            match named.backend() {
                None if task != TaskKind::Judge => {
                    wrong("`embedded` judges, and can do nothing else".into(), None);
                }
                Some(name) if !backends.contains(name) => {
                    let near = nearest(name, backends.iter().map(String::as_str));
                    let suggestion = near.map(|near| named.text().replacen(name, near, 1));
                    wrong(format!("there is no backend `{name}`; `quarry models` lists them"), suggestion);
                }
                None | Some(_) => candidates.push(named),
            }
        }
        (task, candidates)
    });
    (tasks.into(), problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_keep_their_order_and_what_is_unknown_is_reported_with_the_nearest() {
        let (config, _) = Config::from_text(
            "[task.judge]\nuse = [\"lab/qwen/qwen3\", \"embedded\"]\n[task.chat]\nuse = [\"lba/qwen3\", \"lab\"]\n\
             [task.title]\nuse = [\"embedded\"]\n[task.chatt]\nuse = [\"lab/x\"]\n",
        );
        let (tasks, problems) = named_candidates(&config, &BTreeSet::from(["lab".to_owned()]));
        let of = |task| &tasks.iter().find(|(known, _)| *known == task).unwrap().1[..];
        assert_eq!(of(TaskKind::Judge), [Named::Model(ModelRef::new("lab", "qwen/qwen3")), Named::Embedded]);
        assert_eq!(of(TaskKind::Chat), [Named::Backend("lab".into())]);
        assert_eq!(of(TaskKind::Title), []);
        let said: Vec<(&str, Option<&str>)> =
            problems.iter().map(|p| (p.key.as_str(), p.suggestion.as_deref())).collect();
        assert_eq!(
            said,
            [
                ("task.chatt", Some("task.chat")),
                ("task.chat.use", Some("lab/qwen3")),
                ("task.title.use", None)
            ]
        );
    }
}
