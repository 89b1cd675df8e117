//! `quarry sessions`: the conversations that are kept: listed, searched, shown, named, deleted, exported.

mod print;

use std::io::{self, Write};

use jiff::Timestamp;

use super::arguments::{ExportFormat, SessionsArgs, SessionsCommand};
use super::complaint::{Complaint, print_notice};
use super::exit::Exit;
use super::setup;
use crate::chat::export;
use crate::config::Dirs;
use crate::domain::{ExportForm, SessionHead, Severity};
use crate::store::{Conversations, Reach, Store};

use print::{Printer, json_line};

/// Places where words stand that are told where no number was asked for.
const MOST_HITS: usize = 50;

/// Runs the command.
///
/// # Errors
/// A [`Complaint`], or output that cannot be written.
pub fn run(arguments: &SessionsArgs) -> anyhow::Result<Exit> {
    let roots = setup::checked_roots(&arguments.roots)?;
    let mut kept = Conversations::new(&Store::in_dirs(&Dirs::from_env()), &roots);
    let reach = if arguments.all { Reach::All } else { Reach::TheseRoots };
    let ended = match arguments.command.as_ref().unwrap_or(&SessionsCommand::List) {
        SessionsCommand::List => list(&mut kept, reach, arguments.json),
        SessionsCommand::Search { words, most } => {
            let most = most.unwrap_or(MOST_HITS);
            search(&mut kept, &words.join(" "), reach, most, arguments.json)
        }
        SessionsCommand::Show { id } => show(&mut kept, id, arguments.json),
        SessionsCommand::Rename { id, title } => {
            let head = find(&mut kept, id)?;
            kept.rename(head.id, &title.join(" "));
            changed(&mut kept, &head, "renamed", arguments.json)
        }
        SessionsCommand::Delete { id, yes } => {
            let head = find(&mut kept, id)?;
            if !yes {
                let title = format!("this deletes `{}` with its {} turns", head.title, head.turns);
                return Err(Complaint::usage(title).hint("add --yes; export it first if in doubt").into());
            }
            kept.delete(head.id);
            changed(&mut kept, &head, "deleted", arguments.json)
        }
        SessionsCommand::Export { id, format, output } => {
            let is_json_file =
                output.as_ref().is_some_and(|path| path.extension().is_some_and(|end| end == "json"));
            let form = match format {
                Some(ExportFormat::Json) => ExportForm::Json,
                None if is_json_file || arguments.json => ExportForm::Json,
                Some(ExportFormat::Markdown) | None => ExportForm::Markdown,
            };
            let head = find(&mut kept, id)?;
            let (shown, all) = (kept.branch(head.id), kept.all_turns(head.id));
            let text = export::text(&head, &shown, &all, form);
            let Some(path) = output.as_ref().filter(|path| path.as_os_str() != "-") else {
                io::stdout().lock().write_all(text.as_bytes())?;
                return Ok(Exit::Done);
            };
            let path = export::write(&head.title, &text, form, Some(path.clone()))
                .map_err(|notice| Complaint { exit: Exit::Failed, notice })?;
            eprintln!("written: {}", crate::text::sanitize::sanitize_line(&path.to_string_lossy()));
            Ok(Exit::Done)
        }
    }?;
    unusable(&mut kept)?;
    Ok(ended)
}

/// A file that cannot be used is an error here: nobody waits for what memory holds.
fn unusable(kept: &mut Conversations) -> anyhow::Result<()> {
    match kept.take_notice() {
        Some(notice) if notice.severity == Severity::Info => {
            print_notice(&notice);
            Ok(())
        }
        Some(mut notice) => {
            "the conversations cannot be used".clone_into(&mut notice.title);
            Err(Complaint { exit: Exit::Failed, notice }.into())
        }
        None => Ok(()),
    }
}

/// The conversation whose name begins like this; `last` is the newest of these roots.
///
/// # Errors
/// A [`Complaint`] where there is none, or more than one.
pub fn find(kept: &mut Conversations, id: &str) -> anyhow::Result<SessionHead> {
    let wanted = id.to_ascii_lowercase();
    let mut found = if wanted == "last" {
        kept.list(Reach::TheseRoots).into_iter().take(1).collect()
    } else {
        let mut all = kept.list(Reach::All);
        all.retain(|head| !wanted.is_empty() && head.id.to_string().starts_with(&wanted));
        all
    };
    unusable(kept)?;
    let hint = "`quarry sessions --all` lists those there are";
    match (found.pop(), found.len()) {
        (Some(head), 0) => Ok(head),
        (Some(_), more) => {
            let title = format!("{} conversations begin with `{id}`", more + 1);
            Err(Complaint::usage(title).hint("give more of its digits").into())
        }
        (None, _) => {
            let complaint = Complaint::failed(format!("there is no conversation `{id}`")).hint(hint);
            Err(Complaint { exit: Exit::NothingFound, ..complaint }.into())
        }
    }
}

fn list(kept: &mut Conversations, reach: Reach, is_json: bool) -> anyhow::Result<Exit> {
    let heads = kept.list(reach);
    unusable(kept)?;
    let mut out = Printer::new(io::stdout().lock());
    if is_json {
        for head in &heads {
            out.line(&json_line("session", export::head_as_json(head)))?;
        }
        out.line(&json_line("done", serde_json::json!({ "sessions": heads.len() })))?;
    } else {
        out.heads(&heads, reach, Timestamp::now().as_millisecond())?;
    }
    Ok(if heads.is_empty() { nothing(reach, "no conversation is kept") } else { Exit::Done })
}

fn search(
    kept: &mut Conversations,
    words: &str,
    reach: Reach,
    most: usize,
    is_json: bool,
) -> anyhow::Result<Exit> {
    let hits = kept.search(words, reach, most);
    unusable(kept)?;
    let mut out = Printer::new(io::stdout().lock());
    if is_json {
        for hit in &hits {
            out.line(&json_line("hit", print::hit_as_json(hit)))?;
        }
        out.line(&json_line("done", serde_json::json!({ "hits": hits.len() })))?;
    } else {
        out.hits(&hits)?;
    }
    Ok(if hits.is_empty() { nothing(reach, "no conversation holds these words") } else { Exit::Done })
}

fn nothing(reach: Reach, what: &str) -> Exit {
    match reach {
        Reach::TheseRoots => eprintln!("{what} about this directory; --all looks at all"),
        Reach::All => eprintln!("{what}"),
    }
    Exit::NothingFound
}

fn show(kept: &mut Conversations, id: &str, is_json: bool) -> anyhow::Result<Exit> {
    let head = find(kept, id)?;
    let shown = kept.branch(head.id);
    let mut out = Printer::new(io::stdout().lock());
    if is_json {
        out.line(&json_line("session", export::head_as_json(&head)))?;
        for turn in &shown {
            out.line(&json_line("turn", export::turn_as_json(turn)))?;
        }
        out.line(&json_line("done", serde_json::json!({ "turns": shown.len() })))?;
    } else {
        out.text(&export::text(&head, &shown, &[], ExportForm::Markdown))?;
    }
    Ok(Exit::Done)
}

fn changed(kept: &mut Conversations, head: &SessionHead, what: &str, is_json: bool) -> anyhow::Result<Exit> {
    unusable(kept)?;
    if is_json {
        let head = kept.head(head.id).unwrap_or_else(|| head.clone());
        Printer::new(io::stdout().lock()).line(&json_line(what, export::head_as_json(&head)))?;
    } else {
        eprintln!("{what}: {}", crate::text::sanitize::sanitize_line(&head.title));
    }
    Ok(Exit::Done)
}
