//! The command line: what stands after `:`.

use std::sync::Arc;

use crate::domain::{Choice, Notice, Severity, TaskKind};
use crate::text::nearest::nearest;

use super::action::{Action, ChartAction};
use super::chat::slash::{self, Slash};
use super::list::Sort;
use super::models::Models;
use super::picker;

/// What a command line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Runs an action by its name.
    Run(Action),
    /// Asks for an edit by this instruction; an empty one is typed on a line of its own.
    Edit(String),
    /// Sets the task; `None` goes back to the branch's name.
    Task(Option<Arc<str>>),
    /// Draws with a theme.
    Theme(String),
    /// Sorts the list.
    Sort(Sort),
    /// Says why files whose path fits have no verdict.
    WhyNot(String),
    /// Opens the model picker at a task.
    Models(TaskKind),
    /// Does what a slash command does.
    Slash(Slash),
    /// Sends a task to a model; `None` goes back to what the configuration says.
    Model(TaskKind, Option<Choice>),
}

/// What names on the command line can mean.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The names of all themes.
    pub themes: &'a [String],
    /// What is known of models.
    pub models: &'a Models,
}

const WORDS: [&str; 6] = ["edit", "task", "theme", "sort", "whynot", "model"];

/// After `tune`: back to the judge as it ships.
const FORGET: &str = "forget";

/// After a task, instead of a model: what the configuration says.
const DEFAULT: &str = "default";

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
pub fn parse(text: &str, known: Known<'_>) -> Result<Command, Notice> {
    let themes = known.themes;
    let text = text.trim();
    let (word, rest) =
        text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()));
    match word {
        "edit" => Ok(Command::Edit(rest.to_owned())),
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
        "model" => model(rest, known.models),
        "tune" => tune(rest),
        // What has words behind it is a command of the conversation, where there is one of that name.
        _ if !rest.is_empty() && slash::find(word).is_some() => {
            slash::run(word, rest, slash::Known { models: known.models, paths: &[] }).map(Command::Slash)
        }
        _ => {
            let short = SHORT.iter().find(|(name, _)| *name == word).map(|(_, action)| *action);
            match short.or_else(|| Action::named(word)) {
                Some(action) => Ok(Command::Run(action)),
                None if slash::find(word).is_some() => {
                    slash::run(word, rest, slash::Known { models: known.models, paths: &[] })
                        .map(Command::Slash)
                }
                None => Err(wrong("command", word, names())),
            }
        }
    }
}

/// The ways to complete what is typed, in order.
pub fn complete(text: &str, known: Known<'_>) -> Vec<String> {
    let start = text.trim_start();
    let Some((word, rest)) = start.split_once(char::is_whitespace) else {
        return names().filter(|name| name.starts_with(start)).map(str::to_owned).collect();
    };
    let rest = rest.trim_start();
    let with = |name: &str| name.starts_with(rest).then(|| format!("{word} {name}"));
    match word {
        "model" => complete_model(rest, known.models),
        "tune" => with(FORGET).into_iter().collect(),
        "theme" => known.themes.iter().filter_map(|name| with(name)).collect(),
        "sort" => Sort::ALL.iter().filter_map(|sort| with(sort.name())).collect(),
        _ => Vec::new(),
    }
}

/// Reads what stands after `tune`.
fn tune(rest: &str) -> Result<Command, Notice> {
    match rest {
        "" => Ok(Command::Run(Action::Chart(ChartAction::Tune))),
        FORGET => Ok(Command::Run(Action::Chart(ChartAction::Forget))),
        _ => Err(wrong("way to tune", rest, [FORGET])),
    }
}

/// Reads `[TASK] NAME`; without a task it is the judge's, the one in use.
fn model(rest: &str, models: &Models) -> Result<Command, Notice> {
    let (first, second) = rest.split_once(char::is_whitespace).map_or((rest, ""), |(a, b)| (a, b.trim()));
    let (task, name) = match first.parse::<TaskKind>() {
        Ok(task) => (task, second),
        Err(_) if !second.is_empty() => {
            return Err(wrong("task", first, TaskKind::ALL.map(TaskKind::name)));
        }
        Err(_) => (TaskKind::Judge, first),
    };
    if name.is_empty() {
        return Ok(Command::Models(task));
    }
    if name == DEFAULT {
        return Ok(Command::Model(task, None));
    }
    let able = models.able(task);
    let whole: Vec<String> = able.iter().map(picker::name).collect();
    // A model's own name is enough where only one backend has it.
    let mut own =
        able.iter().zip(&whole).filter(|(choice, _)| matches!(choice, Choice::Model(m) if *m.model == *name));
    let one = own.next().filter(|_| own.next().is_none()).map(|(choice, _)| choice.clone());
    match able.iter().zip(&whole).find(|(_, whole)| *whole == name).map(|(choice, _)| choice.clone()).or(one)
    {
        Some(choice) => Ok(Command::Model(task, Some(choice))),
        None if !models.is_known() => {
            Err(Notice::new(Severity::Warning, "models are still looked for").hint("try again in a moment"))
        }
        None => Err(wrong_model(task, name, &able, &whole)),
    }
}

fn wrong_model(task: TaskKind, name: &str, able: &[Choice], whole: &[String]) -> Notice {
    let owns = able.iter().filter_map(|choice| Some(&*choice.model()?.model));
    let notice = Notice::new(Severity::Warning, format!("there is no model {name:?} for {task}"));
    match nearest(name, whole.iter().map(String::as_str).chain(owns)) {
        Some(near) => notice.hint(format!("did you mean {near}?")),
        None => notice.hint(format!(":model {task} lists them")),
    }
}

/// Tasks first, then models of the judge; after a task, its models.
fn complete_model(rest: &str, models: &Models) -> Vec<String> {
    let (task, prefix, typed) = match rest.split_once(char::is_whitespace) {
        Some((first, typed)) => match first.parse::<TaskKind>() {
            Ok(task) => (task, format!("model {task} "), typed.trim_start()),
            Err(_) => return Vec::new(),
        },
        None => (TaskKind::Judge, "model ".to_owned(), rest),
    };
    let tasks = TaskKind::ALL.map(|task| task.name().to_owned());
    let tasks = tasks.into_iter().filter(|_| prefix == "model ");
    let names = models.able(task).iter().map(picker::name).chain([DEFAULT.to_owned()]).collect::<Vec<_>>();
    tasks.chain(names).filter(|name| name.starts_with(typed)).map(|name| format!("{prefix}{name}")).collect()
}

fn names() -> impl Iterator<Item = &'static str> {
    let own = WORDS.into_iter();
    let actions = Action::all().filter(|spec| spec.palette).map(|spec| spec.name);
    let slashes = slash::TABLE
        .iter()
        .map(|spec| spec.name)
        .filter(|name| Action::named(name).is_none() && !WORDS.contains(name));
    own.chain(actions).chain(slashes)
}

fn wrong<'a>(what: &str, text: &str, known: impl IntoIterator<Item = &'a str>) -> Notice {
    let notice = Notice::new(Severity::Warning, format!("there is no {what} {text:?}"));
    match nearest(text, known) {
        Some(near) => notice.hint(format!("did you mean {near}?")),
        None => notice.hint("ctrl+p lists all commands"),
    }
}
