//! Completing a slash command, and what belongs after it.

use super::{Known, Spec, TABLE, Takes, find};
use crate::domain::TaskKind;
use crate::text::fuzzy::{Fuzzy, Subject};

/// One way to complete what is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The whole text, completed.
    pub text: String,
    /// What it is called in a list: the command, a model, a path.
    pub label: String,
    /// What it does, or what belongs after it.
    pub note: String,
}

/// Paths offered at most.
const PATHS: usize = 50;

/// The ways to complete a message that begins with a slash, best first; empty where it is no command.
pub fn complete(text: &str, known: Known<'_>) -> Vec<Completion> {
    let Some(rest) = text.strip_prefix('/').filter(|rest| !rest.starts_with('/')) else { return Vec::new() };
    let Some((name, args)) = rest.split_once(char::is_whitespace) else { return names(rest) };
    let Some(spec) = find(name) else { return Vec::new() };
    after(spec, args.trim_start(), known)
}

/// Commands whose name begins with what is typed, then those that have it somewhere.
fn names(typed: &str) -> Vec<Completion> {
    let begins = TABLE.iter().filter(|spec| spec.name.starts_with(typed));
    let has = TABLE.iter().filter(|spec| !spec.name.starts_with(typed) && spec.name.contains(typed));
    begins
        .chain(has)
        .map(|spec| {
            let blank = if spec.takes == Takes::Nothing { "" } else { " " };
            let args = if spec.args.is_empty() { String::new() } else { format!(" {}", spec.args) };
            Completion {
                text: format!("/{}{blank}", spec.name),
                label: format!("/{}{args}", spec.name),
                note: spec.help.to_owned(),
            }
        })
        .collect()
}

fn after(spec: &Spec, args: &str, known: Known<'_>) -> Vec<Completion> {
    let typed = args.rsplit(char::is_whitespace).next().unwrap_or_default();
    let before = &args[..args.len() - typed.len()];
    let with = |word: String, note: &str| Completion {
        text: format!("/{} {before}{word}", spec.name),
        label: word,
        note: note.to_owned(),
    };
    let fixed = |words: &[(&str, &str)]| -> Vec<Completion> {
        let fits = words.iter().filter(|(word, _)| before.is_empty() && word.starts_with(typed));
        fits.map(|(word, note)| with((*word).to_owned(), note)).collect()
    };
    match spec.takes {
        Takes::Nothing | Takes::Words => Vec::new(),
        Takes::Tokens => {
            fixed(&[("auto", "what the model's window allows"), ("16k", "tokens"), ("64k", "tokens")])
        }
        Takes::Form => fixed(&[("markdown", "for people"), ("json", "for programs, all branches")]),
        Takes::Thumb => {
            fixed(&[("up", "it helped"), ("down", "it did not"), ("none", "take the rating back")])
        }
        // A whole path is typed: enter must send it, and not take another one.
        Takes::Path if !before.is_empty() || known.paths.iter().any(|path| **path == *typed) => Vec::new(),
        Takes::Path => paths(typed, known).map(|path| with(path, "")).collect(),
        Takes::Models => models(TaskKind::Chat, known)
            .filter(|name| name.contains(typed) && !before.split_whitespace().any(|word| word == name))
            .map(|name| with(name, ""))
            .collect(),
        Takes::TaskModel => {
            let task = before.trim().parse::<TaskKind>().ok();
            let tasks = TaskKind::ALL
                .into_iter()
                .filter(|_| before.is_empty())
                .map(|task| (task.name().to_owned(), "task"));
            let of = task.unwrap_or(TaskKind::Chat);
            let names = models(of, known).chain(["default".to_owned()]).map(|name| (name, "model"));
            names
                .chain(tasks)
                .filter(|(name, _)| (task.is_some() || before.is_empty()) && name.contains(typed))
                .map(|(name, note)| with(name, note))
                .collect()
        }
    }
}

fn models(task: TaskKind, known: Known<'_>) -> impl Iterator<Item = String> {
    known.models.able(task).into_iter().filter_map(|choice| choice.model().map(ToString::to_string))
}

fn paths(typed: &str, known: Known<'_>) -> impl Iterator<Item = String> {
    let typed = typed.strip_prefix('@').unwrap_or(typed);
    let mut fuzzy = Fuzzy::new(typed, Subject::Paths);
    let mut fits: Vec<(u32, usize)> = Vec::new();
    for (at, path) in known.paths.iter().enumerate() {
        if let Some(score) = fuzzy.score(path) {
            fits.push((score, at));
        }
    }
    fits.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
    fits.truncate(PATHS);
    fits.into_iter()
        .filter_map(|(_, at)| known.paths.get(at))
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .into_iter()
}
