//! Reading a slash command.

use std::sync::Arc;

use super::{Known, Slash, TABLE, find};
use crate::domain::{Choice, ContextKey, ExportForm, ModelRef, Notice, Severity, TaskKind, Thumb};
use crate::text::amount;
use crate::text::nearest::nearest;

/// Models that are asked side by side, at most.
const BESIDE: usize = 3;

/// What a typed message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// It is sent, as this text.
    Message(Arc<str>),
    /// It is a command.
    Command(Slash),
}

/// Reads a message.
///
/// # Errors
/// A notice that says what is wrong with the command, with the nearest right word or what belongs there.
pub fn read(text: &str, known: Known<'_>) -> Result<Read, Notice> {
    let trimmed = text.trim_start();
    if let Some(literal) = trimmed.strip_prefix("//") {
        return Ok(Read::Message(format!("/{literal}").into()));
    }
    let Some(rest) = trimmed.strip_prefix('/').filter(|rest| is_command(rest)) else {
        return Ok(Read::Message(text.into()));
    };
    let (name, args) = cut(rest);
    run(name, args, known).map(Read::Command)
}

/// Whether what follows a slash may be a command: a path goes on with another slash, a comment with a star.
fn is_command(rest: &str) -> bool {
    let word = cut(rest).0;
    word.starts_with(|c: char| c.is_ascii_alphabetic()) && !word.contains(['/', '.'])
}

/// The first word, and what follows.
fn cut(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

/// Reads a command by its name and what follows.
///
/// # Errors
/// As [`read`].
pub fn run(name: &str, args: &str, known: Known<'_>) -> Result<Slash, Notice> {
    let some = || Some(args).filter(|args| !args.is_empty()).map(Arc::from);
    Ok(match name {
        "help" => Slash::Help,
        "model" => return model(args, known),
        "compare" => return compare(args, known),
        "task" => Slash::Task(some()),
        "pin" => Slash::Pin(key(name, args)?),
        "drop" => Slash::Drop(key(name, args)?),
        "budget" => Slash::Budget(budget(args)?),
        "now" => Slash::Now,
        "all" => Slash::All,
        "clear" => Slash::Clear,
        "resume" => Slash::Resume(args.into()),
        "rename" => Slash::Rename(words(name, args)?),
        "compact" => Slash::Compact,
        "export" => export(args),
        "copy" => Slash::Copy,
        "rate" => return rate(args),
        "commit" => Slash::Ask(TaskKind::Commit, args.into()),
        "review" => Slash::Ask(TaskKind::Review, args.into()),
        "doc" => Slash::Ask(TaskKind::Doc, words(name, args)?),
        "edit" => Slash::Edit(words(name, args)?),
        _ => return Err(unknown(name)),
    })
}

fn unknown(name: &str) -> Notice {
    let notice = warning(format!("there is no command /{name}"));
    match nearest(name, TABLE.iter().map(|spec| spec.name)) {
        Some(near) => notice.hint(format!("did you mean /{near}? // sends a slash as it is")),
        None => notice.hint("/help lists all commands; // sends a slash as it is"),
    }
}

fn warning(title: String) -> Notice {
    Notice::new(Severity::Warning, title)
}

/// What belongs after a command, as a notice.
fn usage(name: &str) -> Notice {
    let args = find(name).map_or("", |spec| spec.args);
    warning(format!("/{name} needs more")).hint(format!("type /{name} {args}"))
}

fn words(name: &str, args: &str) -> Result<Arc<str>, Notice> {
    if args.is_empty() { Err(usage(name)) } else { Ok(args.into()) }
}

/// A path, or lines of a file.
fn key(name: &str, args: &str) -> Result<ContextKey, Notice> {
    let text = args.strip_prefix('@').unwrap_or(args);
    if text.is_empty() {
        return Err(usage(name));
    }
    let lines = text.rsplit_once(':').and_then(|(path, lines)| {
        let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
        let (first, last) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
        Some(ContextKey::Lines(path.into(), first.min(last).max(1), first.max(last).max(1)))
    });
    Ok(lines.unwrap_or_else(|| ContextKey::File(text.into())))
}

/// `24k`, `24_000`, `1m`, or `auto`.
fn budget(args: &str) -> Result<Option<u32>, Notice> {
    let text = args.to_ascii_lowercase().replace(['_', ','], "");
    if text == "auto" {
        return Ok(None);
    }
    let (digits, unit) = match text.strip_suffix('k') {
        Some(digits) => (digits, 1e3),
        None => text.strip_suffix('m').map_or((text.as_str(), 1.0), |digits| (digits, 1e6)),
    };
    match digits.trim().parse::<f64>() {
        Ok(number) if number >= 0.0 && number * unit <= f64::from(u32::MAX) => {
            Ok(Some((number * unit).round() as u32))
        }
        Ok(_) | Err(_) if args.is_empty() => Err(usage("budget")),
        Ok(_) | Err(_) => {
            Err(warning(format!("{args:?} is no number of tokens")).hint("type /budget 24k or /budget auto"))
        }
    }
}

fn export(args: &str) -> Slash {
    let (first, rest) = cut(args);
    let file = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Into::into);
    let is_json = std::path::Path::new(args).extension().is_some_and(|ext| ext.eq_ignore_ascii_case("json"));
    match first {
        "json" => Slash::Export(ExportForm::Json, file(rest)),
        "markdown" | "md" => Slash::Export(ExportForm::Markdown, file(rest)),
        // A file's name says its form.
        _ if is_json => Slash::Export(ExportForm::Json, file(args)),
        _ => Slash::Export(ExportForm::Markdown, file(args)),
    }
}

fn rate(args: &str) -> Result<Slash, Notice> {
    let (first, word) = cut(args);
    let thumb = match first {
        "up" | "+" => Some(Thumb::Up),
        "down" | "-" => Some(Thumb::Down),
        "none" => None,
        _ => return Err(usage("rate")),
    };
    Ok(Slash::Rate(thumb, word.into()))
}

/// `[TASK] [MODEL]`; without a task it is the one that answers messages.
fn model(args: &str, known: Known<'_>) -> Result<Slash, Notice> {
    let (first, second) = cut(args);
    let (task, name) = match first.parse::<TaskKind>() {
        Ok(task) => (task, second),
        Err(_) if !second.is_empty() => {
            let notice = warning(format!("there is no task {first:?}"));
            return Err(match nearest(first, TaskKind::ALL.map(TaskKind::name)) {
                Some(near) => notice.hint(format!("did you mean {near}?")),
                None => notice.hint("type /model TASK MODEL"),
            });
        }
        Err(_) => (TaskKind::Chat, first),
    };
    match name {
        "" => Ok(Slash::Models(task)),
        "default" => Ok(Slash::Model(task, None)),
        "embedded" if task == TaskKind::Judge => Ok(Slash::Model(task, Some(Choice::Embedded))),
        name => named(task, name, known).map(|model| Slash::Model(task, Some(Choice::Model(model)))),
    }
}

/// Leading words that name models are asked; what follows is the message.
fn compare(args: &str, known: Known<'_>) -> Result<Slash, Notice> {
    let (mut models, mut rest) = (Vec::new(), args);
    while models.len() < BESIDE && !rest.is_empty() {
        let (word, after) = cut(rest);
        match named(TaskKind::Chat, word, known) {
            Ok(model) if !models.contains(&model) => models.push(model),
            Ok(model) => return Err(warning(format!("{model} is named twice")).hint("name another model")),
            // A word with a slash was meant as a model; one too few of them is no comparison.
            Err(notice) if models.len() < 2 || word.contains('/') => return Err(notice),
            Err(_) => break,
        }
        rest = after;
    }
    if models.len() < 2 {
        return Err(usage("compare"));
    }
    Ok(Slash::Compare(models, Some(rest).filter(|rest| !rest.is_empty()).map(Arc::from)))
}

/// The model of a name: in full, or its own where only one backend has it.
fn named(task: TaskKind, name: &str, known: Known<'_>) -> Result<ModelRef, Notice> {
    let able: Vec<ModelRef> = known.models.able(task).into_iter().filter_map(Choice::into_model).collect();
    if let Some(model) = able.iter().find(|model| model.to_string() == name) {
        return Ok(model.clone());
    }
    let own: Vec<&ModelRef> = able.iter().filter(|model| &*model.model == name).collect();
    match own.as_slice() {
        [model] => return Ok((*model).clone()),
        [] => {}
        several => {
            let names: Vec<String> = several.iter().map(ToString::to_string).collect();
            return Err(warning(format!(
                "{name} is a model of {}",
                amount::plural(names.len() as u64, "backend")
            ))
            .hint(format!("say which: {}", names.join(", "))));
        }
    }
    if !known.models.is_known() {
        return Err(warning("models are still looked for".into()).hint("try again in a moment"));
    }
    let whole: Vec<String> = able.iter().map(ToString::to_string).collect();
    let names = whole.iter().map(String::as_str).chain(able.iter().map(|model| &*model.model));
    let notice = warning(format!("there is no model {name:?} for {task}"));
    Err(match nearest(name, names) {
        Some(near) => notice.hint(format!("did you mean {near}?")),
        None if able.is_empty() => notice.hint("no model was found; `quarry models` says why"),
        None => notice.hint(format!("/model {task} lists them")),
    })
}
