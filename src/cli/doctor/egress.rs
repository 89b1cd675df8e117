//! `quarry doctor --egress`: prints the egress log: what was sent where, for which task, with which files.

use std::io::{self, Write};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

use crate::cli::complaint::{Complaint, print_notice};
use crate::cli::exit::Exit;
use crate::cli::paint::Paint;
use crate::cli::setup::Setup;
use crate::store::{EgressRow, EgressSum, Store};
use crate::text::amount::{bytes, count, plural, short};
use crate::text::sanitize::sanitize_line;
use crate::text::width;
use crate::ui::theme::Role;

/// Rows of the table for people; the rest is summed, and `--json` has them all.
const MOST_ROWS: usize = 200;

/// More than the log ever holds.
const ALL_ROWS: usize = 1_000_000;

/// Files that a row names.
const MOST_FILES: usize = 3;

/// What the log says of a time.
struct Log {
    rows: Vec<EgressRow>,
    sums: Vec<EgressSum>,
    missed: u64,
    /// Whether anything ever left, also before that time.
    ever: bool,
}

/// Runs the command; `since` counts back from now.
///
/// # Errors
/// A log that cannot be read, or output that cannot be written.
pub fn run(setup: &Setup, since: Option<Duration>, is_json: bool) -> anyhow::Result<Exit> {
    let store = Store::in_dirs(&setup.sources.dirs);
    let log = read(&store, since)?;
    if let Some(notice) = store.take_notice() {
        print_notice(&notice);
    }
    let mut out = io::stdout().lock();
    if is_json {
        print_json(&mut out, &log)?;
    } else {
        print(&mut out, &log, since, &setup.paint())?;
        let path = store.path().map(|path| clean(&path.to_string_lossy())).unwrap_or_default();
        writeln!(out, "\nThe log is {path}; it holds no contents and no keys, and keeps 90 days.")?;
    }
    Ok(if store.is_degraded() { Exit::Failed } else { Exit::Done })
}

fn read(store: &Store, since: Option<Duration>) -> anyhow::Result<Log> {
    let since_ms = since.map_or(i64::MIN, |since| {
        let ago = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        Timestamp::now().as_millisecond().saturating_sub(ago)
    });
    let unread = |error: crate::store::StoreError| {
        Complaint::failed("the egress log cannot be read").cause(error.to_string())
    };
    let ever = store.egress_sums(i64::MIN).map_err(unread)?.iter().any(|sum| sum.leaves);
    Ok(Log {
        rows: store.egress_since(since_ms, ALL_ROWS).map_err(unread)?,
        sums: store.egress_sums(since_ms).map_err(unread)?,
        missed: store.egress_missed(since_ms).map_err(unread)?,
        ever,
    })
}

fn print_json(out: &mut impl Write, log: &Log) -> io::Result<()> {
    for row in &log.rows {
        let files: Vec<String> = row.files.iter().map(|file| clean(file)).collect();
        let object = json!({
            "event": "sent",
            "at": time(row.at_ms).map(|at| at.timestamp().to_string()),
            "to": clean(&row.endpoint),
            "left": row.leaves,
            "task": clean(&row.task),
            "model": model(row),
            "bytes": row.bytes,
            "files": files,
            "redacted": row.redacted,
            "outcome": row.outcome.as_deref().map(clean),
            "tokens_in": row.tokens_in,
            "tokens_out": row.tokens_out,
            "usd": row.usd,
        });
        writeln!(out, "{object}")?;
    }
    let sums: Vec<Value> = log
        .sums
        .iter()
        .map(|sum| {
            json!({
                "to": clean(&sum.endpoint),
                "left": sum.leaves,
                "calls": sum.calls,
                "bytes": sum.bytes,
                "tokens_in": sum.tokens_in,
                "tokens_out": sum.tokens_out,
                "usd": sum.usd,
            })
        })
        .collect();
    writeln!(
        out,
        "{}",
        json!({ "event": "sums", "hosts": sums, "missed": log.missed, "ever_left": log.ever })
    )
}

fn print(out: &mut impl Write, log: &Log, since: Option<Duration>, paint: &Paint) -> io::Result<()> {
    let left: Vec<&EgressRow> = log.rows.iter().filter(|row| row.leaves).collect();
    let span = since.map(|since| format!(" in the last {}", short(since))).unwrap_or_default();
    if left.is_empty() && log.ever {
        writeln!(out, "Nothing left this machine{span}; it did before.")?;
    } else if left.is_empty() {
        writeln!(out, "Nothing has ever left this machine.")?;
    } else {
        writeln!(out, "{}", paint.role(Role::Title, &format!("Left this machine{span}")))?;
        table(out, &left.iter().take(MOST_ROWS).map(|row| cells(row)).collect::<Vec<_>>(), paint)?;
        if left.len() > MOST_ROWS {
            writeln!(
                out,
                "  and {} before; --json prints all",
                plural((left.len() - MOST_ROWS) as u64, "call")
            )?;
        }
    }
    for (title, leaves) in [("Sums", true), ("Stayed on this machine", false)] {
        let sums: Vec<_> = log.sums.iter().filter(|sum| sum.leaves == leaves).map(sum_cells).collect();
        if !sums.is_empty() {
            writeln!(out, "\n{}", paint.role(Role::Title, title))?;
            table(out, &sums, paint)?;
        }
    }
    if log.missed > 0 {
        let missed = plural(log.missed, "call");
        writeln!(out, "\n{missed} went out while the disk was too slow to log them.")?;
    }
    Ok(())
}

fn cells(row: &EgressRow) -> Vec<String> {
    let at = time(row.at_ms).map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default();
    let mut files: Vec<String> = row.files.iter().take(MOST_FILES).map(|file| clean(file)).collect();
    if row.files.len() > MOST_FILES {
        files.push(format!("and {} more", row.files.len() - MOST_FILES));
    }
    let outcome = row.outcome.as_deref().map_or("no end was logged".into(), clean);
    let redacted = if row.redacted > 0 { format!(", {} redacted", row.redacted) } else { String::new() };
    vec![
        at,
        clean(&row.endpoint),
        clean(&row.task),
        model(row),
        bytes(row.bytes),
        tokens(row.tokens_in, row.tokens_out),
        row.usd.map_or("$?".into(), usd),
        outcome + &redacted,
        files.join(" "),
    ]
}

fn sum_cells(sum: &EgressSum) -> Vec<String> {
    vec![
        clean(&sum.endpoint),
        plural(sum.calls, "call"),
        bytes(sum.bytes),
        tokens(Some(sum.tokens_in), Some(sum.tokens_out)),
        usd(sum.usd),
    ]
}

/// Rows with their columns under each other.
fn table(out: &mut impl Write, rows: &[Vec<String>], paint: &Paint) -> io::Result<()> {
    let columns = rows.first().map_or(0, Vec::len);
    let widest = |column: usize| rows.iter().map(|row| width::width(&row[column])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    for row in rows {
        let mut line = String::from(" ");
        for (cell, widest) in row.iter().zip(&widths) {
            let space = widest.saturating_sub(width::width(cell));
            line = format!("{line} {cell}{} ", " ".repeat(space));
        }
        writeln!(out, "{}", paint.role(Role::Fg, line.trim_end()))?;
    }
    Ok(())
}

fn tokens(tokens_in: Option<u64>, tokens_out: Option<u64>) -> String {
    let known = |tokens: Option<u64>| tokens.map_or("?".into(), count);
    format!("{} in, {} out", known(tokens_in), known(tokens_out))
}

fn usd(usd: f64) -> String {
    if usd > 0.0 && usd < 0.01 { format!("${usd:.5}") } else { format!("${usd:.2}") }
}

fn model(row: &EgressRow) -> String {
    clean(&format!("{}/{}", row.backend, row.model))
}

fn time(at_ms: i64) -> Option<Zoned> {
    Timestamp::from_millisecond(at_ms).ok().map(|at| at.to_zoned(TimeZone::system()))
}

fn clean(text: &str) -> String {
    sanitize_line(text).into_owned()
}
