//! `quarry stats`: what models did here: answers, ratings, edits, times, tokens and cost, per task and model and by day.

mod json;
mod table;

use std::io::{self, Write};
use std::time::Duration;

use jiff::Timestamp;

use super::arguments::StatsArgs;
use super::complaint::{Complaint, print_notice};
use super::exit::Exit;
use super::setup;
use crate::config::GlyphSet;
use crate::store::Store;
use crate::text::spark;

/// How long the disk may take; a person waits.
const PATIENCE: Duration = Duration::from_secs(30);

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
