//! `quarry edit`: one instruction, hunks that do it, printed as a diff or written; nothing is written unless asked.

mod model;
mod print;

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::arguments::Edit;
use super::complaint::Complaint;
use super::exit::Exit;
use super::setup;
use crate::domain::{Language, RelPath};
use crate::edit::formats::Stream;
use crate::edit::{
    Change, Drafts, EditFormat, Files, Hunk, HunkClass, Proposal, RealDisk, Roots, Target, Text, applied,
    apply, classify, hunks, recover,
};
use crate::text::sanitize::sanitize_line;

/// One changed file with its hunks.
struct Reviewed {
    change: Change,
    before: Text,
    hunks: Vec<Hunk>,
}

/// The root, with the files that the model may change.
struct Shown {
    roots: Roots,
    shown: Option<Vec<String>>,
}

impl Files for Shown {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        self.roots.read(path)
    }

    fn shown(&self) -> Option<&[String]> {
        self.shown.as_deref()
    }
}

/// Runs `quarry edit`.
///
/// # Errors
/// A model that does not answer, an answer that cannot be read, or files that cannot be written.
pub fn run(args: &Edit) -> anyhow::Result<Exit> {
    let setup = setup::load(&args.common, &args.root.iter().cloned().collect::<Vec<_>>(), None)?;
    let [root] = setup.roots.as_slice() else {
        return Err(Complaint::usage("an edit has one root").into());
    };
    let shown = shown(root, &args.paths)?;
    let lines = args.lines.clone();
    if lines.is_some() && shown.as_ref().map_or(0, Vec::len) != 1 {
        return Err(Complaint::usage("--lines belongs to one file").hint("give one PATH").into());
    }
    let journals = setup.sources.dirs.data.join("journal");
    for place in recover(&RealDisk, &journals)? {
        eprintln!("put back after a crash: {}", sanitize_line(&place.to_string_lossy()));
    }
    let roots = Roots::new(std::slice::from_ref(root), Vec::new()).context("cannot open the root")?;
    let root = Shown { roots, shown };
    let answer = match &args.from {
        Some(from) => read_answer(from)?,
        None => model::ask(args, &setup, &root)?,
    };
    let proposal = propose(&root, args.format, &answer);
    let target = Target { instruction: args.instruction.clone(), lines };
    let reviewed = review(proposal.changes, &target)?;
    let refused = proposal.refused;
    let taken = |hunk: &&Hunk| args.all || hunk.class == HunkClass::InScope;
    let mut written = Vec::new();
    if args.apply && refused.is_empty() {
        let changes = accepted(&reviewed, taken)?;
        apply(&RealDisk, &root.roots, &changes, &journals)?;
        written = changes.into_iter().map(|change| change.moved_to.unwrap_or(change.path)).collect();
    }
    print::print(args, &reviewed, &refused, &written)?;
    Ok(match (refused.is_empty(), reviewed.is_empty()) {
        (false, _) => Exit::Failed,
        (true, true) => Exit::NothingFound,
        (true, false) => Exit::Done,
    })
}

/// The files that the model may change, relative to the root; all where none is named.
fn shown(root: &Path, paths: &[PathBuf]) -> anyhow::Result<Option<Vec<String>>> {
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

fn propose(root: &Shown, format: EditFormat, answer: &str) -> Proposal {
    let mut drafts = Drafts::new(root);
    let mut stream = Stream::new(format);
    let found = stream.push(answer);
    for found in found.into_iter().chain(stream.finish()) {
        drafts.take(found);
    }
    drafts.finish()
}

fn review(changes: Vec<Change>, target: &Target) -> anyhow::Result<Vec<Reviewed>> {
    let read = |bytes: &Option<Vec<u8>>| Text::read(bytes.as_deref().unwrap_or_default());
    let reviewed = changes.into_iter().map(|change| {
        let (before, after) = (read(&change.before)?, read(&change.after)?);
        let mut hunks = hunks(&before, &after);
        // A new file, and one that goes, is one thing: it is wanted or not.
        if change.before.is_some() && change.after.is_some() {
            let name = change.path.rsplit('/').next().unwrap_or(&change.path);
            let first = before.lines.first().map_or("", |line| line.text.as_str());
            classify(&mut hunks, Language::detect(name.as_bytes(), first), target);
        }
        anyhow::Ok(Reviewed { change, before, hunks })
    });
    reviewed.collect()
}

/// The changes with the accepted hunks alone.
fn accepted(reviewed: &[Reviewed], taken: impl Fn(&&Hunk) -> bool) -> anyhow::Result<Vec<Change>> {
    let mut changes = Vec::new();
    for file in reviewed {
        let hunks = file.hunks.iter().filter(&taken);
        let whole = file.change.before.is_none() || file.change.after.is_none();
        let after = if whole { file.change.after.clone() } else { Some(applied(&file.before, hunks)?) };
        if after != file.change.before || file.change.moved_to.is_some() {
            changes.push(Change { after, ..file.change.clone() });
        }
    }
    Ok(changes)
}
