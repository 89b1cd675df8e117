//! `quarry tune`: fits the embedded judge to one repository, keeps the correction only where it wins, or forgets it.

use std::io::{IsTerminal, Write};

use serde_json::json;

use super::arguments::TuneArgs;
use super::exit::Exit;
use super::setup::checked_roots;
use crate::config::Dirs;
use crate::eval::{MineOptions, TuneReport, tune};
use crate::query::judges::embedded::Embedded;
use crate::query::judges::embedded::tuning::Tuning;

/// Commits looked at from HEAD when mining, and known to history at each of them.
const LOOK_AT: usize = 12_000;

/// Runs `quarry tune`.
///
/// # Errors
/// A repository that cannot be read, or with too few commits that read like requests.
pub fn run(args: &TuneArgs) -> anyhow::Result<Exit> {
    let roots = checked_roots(&args.root.iter().cloned().collect::<Vec<_>>())?;
    let Some(root) = roots.first() else { return Ok(Exit::Failed) };
    let data = Dirs::from_env().data;
    if args.forget {
        let was_there = Tuning::forget(&data, root)?;
        println!(
            "{}",
            if was_there { "forgotten: the judge is as it ships" } else { "there was no tuning to forget" }
        );
        return Ok(Exit::Done);
    }
    let judge = Embedded::new()?;
    let quiet = args.json || !std::io::stderr().is_terminal();
    let mut say = |done: usize, all: usize| {
        if !quiet {
            eprint!("\r{done}/{all} commits ");
        }
    };
    let options = MineOptions { commits: args.commits, look_at: LOOK_AT, since: None };
    let report = tune(root, &judge, &options, &mut say)?;
    if !quiet {
        eprint!("\r\x1b[K");
    }
    let keep = report.is_worth_keeping() && !args.dry_run;
    if keep {
        report.tuning.save(&data, root)?;
    }
    print(args, &report, keep)?;
    Ok(Exit::Done)
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
            "fitted_on": habits + weights, "tested_on": test, "figures": figures });
        writeln!(out, "{line}")?;
        return Ok(());
    }
    writeln!(out, "fitted on {} older commits, tested on {test} newer ones", habits + weights)?;
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
