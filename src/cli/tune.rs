//! `quarry tune`: fits the embedded judge to one repository, keeps the correction only where it wins, or forgets it.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::arguments::TuneArgs;
use super::exit::Exit;
use super::setup::checked_roots;
use crate::config::Dirs;
use crate::domain::FeedbackCounts;
use crate::eval::{Step, TuneReport};
use crate::query::judges::embedded::tuning::Tuning;
use crate::query::judges::embedded::{Embedded, threshold};
use crate::runtime::evaluating::keep;
use crate::store::Store;
use crate::text::amount::{count, plural};

/// How long the store may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `quarry tune`.
///
/// # Errors
/// A repository that cannot be read, or with too few commits that read like requests.
pub fn run(args: &TuneArgs) -> anyhow::Result<Exit> {
    let roots = checked_roots(&args.root.iter().cloned().collect::<Vec<_>>())?;
    let Some(root) = roots.first() else { return Ok(Exit::Failed) };
    let dirs = Dirs::from_env();
    let store = Store::in_dirs(&dirs);
    if args.forget {
        forget(args, &dirs.data, &store, root)?;
        return Ok(Exit::Done);
    }
    let judge = Embedded::new()?;
    let quiet = args.json || !std::io::stderr().is_terminal();
    let mut say = |Step { done, of, .. }: Step<'_>| {
        if !quiet {
            eprint!("\r{done}/{of} commits ");
        }
        ControlFlow::Continue(())
    };
    let feedback = store.feedback(keep::key(root), PATIENCE)?;
    let report = keep::Tuning { root, judge: &judge, commits: args.commits, feedback }.fit(&mut say)?;
    if !quiet {
        eprint!("\r\x1b[K");
    }
    let kept = !args.dry_run && keep::tuned(&store, &dirs.data, root, &report)?.kept;
    print(args, &report, kept)?;
    Ok(Exit::Done)
}

/// Goes back to the judge as it ships: the correction, the samples that feedback gave, and a threshold that was kept.
fn forget(args: &TuneArgs, data: &Path, store: &Store, root: &Path) -> anyhow::Result<()> {
    let repository = keep::key(root);
    let counts = store.feedback_counts(repository.clone(), PATIENCE)?;
    let tuning = Tuning::forget(data, root)?;
    let from = threshold::load(data, root);
    threshold::keep(data, root, None)?;
    store.forget_tuned(repository.clone());
    if counts.total() > 0 {
        store.forget_feedback(repository);
    }
    anyhow::ensure!(store.flush(PATIENCE), "the store did not answer in time");
    let mut out = std::io::stdout().lock();
    if args.json {
        let FeedbackCounts { pinned, excluded, cited, .. } = counts;
        let line = json!({ "event": "forgotten", "tuning": tuning, "threshold": from,
            "feedback": { "pinned": pinned, "excluded": excluded, "cited": cited } });
        writeln!(out, "{line}")?;
        return Ok(());
    }
    let mut gone = Vec::new();
    if tuning {
        gone.push("the tuning".to_owned());
    }
    if counts.total() > 0 {
        gone.push(format!("{} of feedback", plural(counts.total().into(), "sample")));
    }
    if let Some(from) = from {
        gone.push(format!("the threshold {from:.3}"));
    }
    if gone.is_empty() {
        writeln!(out, "there was no tuning to forget")?;
    } else {
        writeln!(out, "forgotten: {}; the judge is as it ships", gone.join(", "))?;
    }
    Ok(())
}

fn print(args: &TuneArgs, report: &TuneReport, kept: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let [habits, weights, test] = report.commits;
    if args.json {
        let figures: Vec<_> = report
            .figures
            .iter()
            .map(|(metric, without, with, paired)| {
                json!({ "metric": metric.name(), "without": without, "with": with,
                    "low": paired.difference.low, "high": paired.difference.high, "p": paired.p })
            })
            .collect();
        let line = json!({ "event": "tuned", "kept": kept, "worth_keeping": report.is_worth_keeping(),
            "fitted_on": habits + weights, "tested_on": test, "feedback": report.feedback, "figures": figures });
        writeln!(out, "{line}")?;
        return Ok(());
    }
    let besides = match report.feedback {
        0 => String::new(),
        requests => format!(" and {} of requests with feedback", count(requests as u64)),
    };
    writeln!(out, "fitted on {} older commits{besides}, tested on {test} newer ones", habits + weights)?;
    for (metric, without, with, paired) in &report.figures {
        writeln!(
            out,
            "{:<5} {without:.3} -> {with:.3}   {:+.3} ({:+.3}..{:+.3}, p {:.4})",
            metric.short(),
            paired.difference.mean,
            paired.difference.low,
            paired.difference.high,
            paired.p
        )?;
    }
    let verdict = match (report.is_worth_keeping(), args.dry_run) {
        (true, false) => "kept for this repository, on this machine; `quarry tune --forget` takes it back",
        (true, true) => "worth keeping; run without --dry-run to keep it",
        (false, _) => {
            "not kept: it does not win beyond the noise, or loses somewhere; what was there before stays"
        }
    };
    writeln!(out, "{verdict}")?;
    Ok(())
}
