//! `quarry edit`: one instruction, hunks that do it, printed as a diff or written; nothing is written unless asked.

mod model;
mod print;
mod retrieve;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::arguments::Edit;
use super::complaint::Complaint;
use super::exit::Exit;
use super::setup::{self, Setup};
use crate::command::{Attempt, Draft, History, Places, Snapshot, write};
use crate::domain::{Decision, EditTarget, HunkClass, Hunks, Instruction, ModelRef, RelPath, Span};
use crate::edit::{RealDisk, Refused, Roots, recover};
use crate::text::sanitize::sanitize_line;
use model::Asked;

/// What one run works on.
struct Headless {
    roots: Arc<Roots>,
    /// The files that were named, relative to the root; `None` where none was.
    named: Option<Vec<String>>,
    places: Places,
}

/// Runs `quarry edit`.
///
/// # Errors
/// A model that does not answer, an answer that cannot be read, or files that cannot be written.
pub fn run(args: &Edit) -> anyhow::Result<Exit> {
    let setup = setup::load(&args.common, &args.root.iter().cloned().collect::<Vec<_>>(), None)?;
    setup.print_problems();
    let [root] = setup.roots.as_slice() else {
        return Err(Complaint::usage("an edit has one root").into());
    };
    let named = named(root, &args.paths)?;
    if args.lines.is_some() && named.as_ref().map_or(0, Vec::len) != 1 {
        return Err(Complaint::usage("--lines belongs to one file").hint("give one PATH").into());
    }
    let places = Places::new(&setup.sources.dirs.data, &setup.roots);
    for place in recover(&RealDisk, &places.journals)? {
        eprintln!("put back after a crash: {}", sanitize_line(&place.to_string_lossy()));
    }
    let roots = Arc::new(Roots::new(&setup.roots, Vec::new()).context("cannot open the root")?);
    let headless = Headless { roots, named, places };
    let draft = propose(args, &setup, &headless)?;
    finish(args, &headless, draft)
}

/// The edit as it is proposed, by a model or by the answer that is there already.
fn propose(args: &Edit, setup: &Setup, headless: &Headless) -> anyhow::Result<Draft> {
    let mut instruction = instruction(args, headless)?;
    let (mut attempt, lines, form) = if let Some(from) = &args.from {
        let snapshot = Snapshot::new(Arc::clone(&headless.roots), headless.named.clone());
        let mut attempt = Attempt::new(snapshot, args.format);
        attempt.push(&read_answer(from)?);
        attempt.stop();
        (attempt, args.lines.clone(), None)
    } else {
        let searched = retrieve::search(setup, &args.instruction)?;
        if headless.named.is_none() {
            let judged = searched.pane.judged();
            let paths: Vec<Arc<str>> =
                judged.into_iter().map(|file| file.path).take(retrieve::MOST_CHANGED).collect();
            if paths.is_empty() {
                return Err(retrieve::nothing().into());
            }
            eprintln!("about: {}", sanitize_line(&paths.join(", ")));
            instruction.target = EditTarget::Files(paths);
        }
        let Asked { attempt, form, scope } = model::ask(args, setup, headless, &instruction, searched)?;
        (attempt, scope.lines, Some(form))
    };
    let mut draft = Draft::new(instruction, 1);
    draft.lines = lines;
    draft.form = form;
    draft.take(attempt.changed());
    draft.refused = attempt.refused().cloned().collect::<Vec<Refused>>();
    draft.why = attempt.why();
    draft.mark_errors();
    Ok(draft)
}

fn instruction(args: &Edit, headless: &Headless) -> anyhow::Result<Instruction> {
    let paths: Vec<Arc<str>> = headless.named.iter().flatten().map(|path| Arc::from(path.as_str())).collect();
    let target = match (&args.lines, paths.as_slice()) {
        (Some(lines), [only]) => {
            let span = Span { first: *lines.start() as u32, last: *lines.end() as u32 };
            EditTarget::Lines(Arc::clone(only), span)
        }
        _ => EditTarget::Files(paths),
    };
    let model = args.model.as_deref().map(str::parse::<ModelRef>).transpose();
    let model = model.map_err(|error| {
        Complaint::usage(error.to_string()).hint("`quarry models` lists the models there are")
    })?;
    let text = args.instruction.as_str().into();
    Ok(Instruction { text, target, context: Vec::new(), turn: None, model })
}

/// Writes where that was asked for, and prints.
fn finish(args: &Edit, headless: &Headless, mut draft: Draft) -> anyhow::Result<Exit> {
    let mut written = Vec::new();
    let shown = draft.files.clone();
    if args.apply && draft.refused.is_empty() {
        draft.decide(&Hunks::All, Decision::Accepted);
        if args.all {
            let folded = draft.hunks().filter(|hunk| hunk.hunk.class != HunkClass::InScope);
            let folded: Vec<u32> = folded.map(|hunk| hunk.id).collect();
            for id in folded {
                draft.decide(&Hunks::One(crate::domain::HunkId(id)), Decision::Accepted);
            }
        }
        if draft.hunks().any(|hunk| hunk.decision == Decision::Accepted) {
            let history = History::new(headless.places.writes.clone(), headless.places.journals.clone());
            let changes =
                write(&mut draft, &headless.roots, &RealDisk, (&history, &headless.places.journals))
                    .map_err(|error| Complaint::failed(error.to_string()))?;
            written = changes.into_iter().map(|change| change.moved_to.unwrap_or(change.path)).collect();
        }
    }
    print::print(args, &shown, &draft, &written)?;
    Ok(match (draft.refused.is_empty(), shown.is_empty()) {
        (false, _) => Exit::Failed,
        (true, true) => Exit::NothingFound,
        (true, false) => Exit::Done,
    })
}

/// The files that were named, relative to the root; `None` where none was.
fn named(root: &Path, paths: &[PathBuf]) -> anyhow::Result<Option<Vec<String>>> {
    if paths.is_empty() {
        return Ok(None);
    }
    let relative = |path: &PathBuf| {
        let absolute = std::path::absolute(path)?;
        let absolute = absolute.canonicalize().unwrap_or(absolute);
        let below = absolute.strip_prefix(root).map_err(|_| {
            Complaint::usage(format!("{} lies outside of {}", path.display(), root.display()))
        })?;
        anyhow::Ok(RelPath::from_path(below).to_text().into_owned())
    };
    paths.iter().map(relative).collect::<anyhow::Result<Vec<String>>>().map(Some)
}

fn read_answer(from: &Path) -> anyhow::Result<String> {
    let bytes = if from == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
        bytes
    } else {
        std::fs::read(from).with_context(|| format!("cannot read {}", from.display()))?
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
