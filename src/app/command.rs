//! The command line: what stands after `:`.

use std::sync::Arc;

use crate::domain::{Notice, Severity};
use crate::text::nearest::nearest;

use super::action::Action;
use super::list::Sort;

/// What a command line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Runs an action by its name.
    Run(Action),
    /// Sets the task; `None` goes back to the branch's name.
    Task(Option<Arc<str>>),
    /// Draws with a theme.
    Theme(String),
    /// Sorts the list.
    Sort(Sort),
    /// Says why files whose path fits have no verdict.
    WhyNot(String),
}

const WORDS: [&str; 4] = ["task", "theme", "sort", "whynot"];

/// Short names that everybody's fingers know.
const SHORT: [(&str, Action); 5] = [
    ("q", Action::Quit),
    ("quit", Action::Quit),
    ("h", Action::Help),
    ("o", Action::Open),
    ("e", Action::Open),
];

/// Reads a command line.
///
/// # Errors
/// A notice that says what is wrong, with the nearest right word.
pub fn parse(text: &str, themes: &[String]) -> Result<Command, Notice> {
    let text = text.trim();
    let (word, rest) =
        text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()));
    match word {
        "task" => Ok(Command::Task(Some(rest).filter(|rest| !rest.is_empty()).map(Arc::from))),
        "theme" if rest.is_empty() => Ok(Command::Run(Action::Themes)),
        "theme" => match themes.iter().find(|name| *name == rest) {
            Some(name) => Ok(Command::Theme(name.clone())),
            None => Err(wrong("theme", rest, themes.iter().map(String::as_str))),
        },
        "sort" if rest.is_empty() => Ok(Command::Run(Action::Sort)),
        "sort" => match Sort::ALL.into_iter().find(|sort| sort.name() == rest) {
            Some(sort) => Ok(Command::Sort(sort)),
            None => Err(wrong("order", rest, Sort::ALL.map(Sort::name))),
        },
        "whynot" => Ok(Command::WhyNot(rest.to_owned())),
        _ => {
            let short = SHORT.iter().find(|(name, _)| *name == word).map(|(_, action)| *action);
            match short.or_else(|| Action::named(word)) {
                Some(action) => Ok(Command::Run(action)),
                None => Err(wrong("command", word, names())),
            }
        }
    }
}

/// The ways to complete what is typed, in order.
pub fn complete(text: &str, themes: &[String]) -> Vec<String> {
    let start = text.trim_start();
    let Some((word, rest)) = start.split_once(char::is_whitespace) else {
        return names().filter(|name| name.starts_with(start)).map(str::to_owned).collect();
    };
    let rest = rest.trim_start();
    let with = |name: &str| name.starts_with(rest).then(|| format!("{word} {name}"));
    match word {
        "theme" => themes.iter().filter_map(|name| with(name)).collect(),
        "sort" => Sort::ALL.iter().filter_map(|sort| with(sort.name())).collect(),
        _ => Vec::new(),
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    WORDS.into_iter().chain(Action::all().filter(|spec| spec.palette).map(|spec| spec.name))
}

fn wrong<'a>(what: &str, text: &str, known: impl IntoIterator<Item = &'a str>) -> Notice {
    let notice = Notice::new(Severity::Warning, format!("there is no {what} {text:?}"));
    match nearest(text, known) {
        Some(near) => notice.hint(format!("did you mean {near}?")),
        None => notice.hint("ctrl+p lists all commands"),
    }
}
