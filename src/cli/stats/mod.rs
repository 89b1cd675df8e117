//! `quarry stats`: what models did here: answers, ratings, edits, times, tokens and cost, per task and model and by day.

mod json;
mod table;

use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::arguments::Common;
use super::complaint::{Complaint, print_notice};
use super::exit::Exit;
use super::setup;
use crate::config::GlyphSet;
use crate::store::Store;
use crate::text::spark;

/// How long the disk may take; a person waits.
const PATIENCE: Duration = Duration::from_secs(30);

const HELP: &str = "\
With --json, one object is printed per line: per task and model
  {\"event\":\"model\",\"task\":NAME,\"model\":\"BACKEND/MODEL\"|null,\"answers\":N,\"failed\":N,\"up\":N,\"down\":N,\"compared\":N,
   \"picked\":N,\"edits\":N,\"hunks\":N,\"accepted\":N,\"characters\":N,\"committed\":N,\"standing\":N,
   \"first_token_ms\":{\"p50\":N,\"p95\":N}|null,\"total_ms\":{\"p50\":N,\"p95\":N}|null,\"tokens_in\":N,\"tokens_out\":N,
   \"usd\":N,\"unpriced\":N,\"daily\":[N...]}
per day, oldest first
  {\"event\":\"day\",\"day\":\"YYYY-MM-DD\",\"answers\":N,\"first_token_ms\":N|null,\"hunks\":N,\"accepted\":N,\"tokens\":N,\"usd\":N}
and last {\"event\":\"done\",\"days\":N,\"models\":N}. `picked` of `compared` answers that stood side by side; `characters` of
accepted hunks, of which `committed` were followed by a commit and `standing` were still in it; `unpriced` answers have no
known price and are not in `usd`; times are within five per cent; days are local.

Exit codes: 0 done, 1 failed, 2 usage, 3 nothing found.";

/// `quarry stats`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct StatsArgs {
    /// Print one JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// The last so many days, today included.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub days: u32,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Runs the command.
///
/// # Errors
/// Figures that cannot be read, or output that cannot be written.
pub fn run(arguments: &StatsArgs) -> anyhow::Result<Exit> {
    let setup = setup::load(&arguments.common, &[], None)?;
    let store = Store::in_dirs(&setup.sources.dirs);
    let stats = store
        .stats(arguments.days, Timestamp::now().as_millisecond(), PATIENCE)
        .map_err(|error| Complaint::failed("the figures cannot be read").cause(error.to_string()))?;
    if let Some(mut notice) = store.take_notice() {
        "the figures cannot be read".clone_into(&mut notice.title);
        print_notice(&notice);
        return Ok(Exit::Failed);
    }
    let mut out = io::stdout().lock();
    if arguments.json {
        for line in json::lines(&stats) {
            writeln!(out, "{line}")?;
        }
    } else if !stats.is_empty() {
        let signs = match setup.config.glyphs {
            GlyphSet::Unicode => &spark::BLOCKS,
            GlyphSet::Ascii => &spark::ASCII,
        };
        for line in table::lines(&stats, signs) {
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    if stats.is_empty() {
        eprintln!("no model was asked in this time; `quarry ask` or the screen makes the first figures");
        return Ok(Exit::NothingFound);
    }
    Ok(Exit::Done)
}
