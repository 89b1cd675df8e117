//! List: the answers for people, aligned to the terminal's width.

use std::io::{self, IsTerminal, Write};

use crate::domain::{Detail, DetailLevel, QueryCommand, QueryEvent, RankedRow, Span, StateKind};
use crate::text::amount::{count, score};
use crate::text::cut;
use crate::text::sanitize::sanitize_line;
use crate::text::width::width;
use crate::ui::theme::Role;

use super::Report;
use super::answers::{Answers, Round};
use crate::cli::paint::Paint;

const ELLIPSIS: &str = "…";

/// The least cells a reason gets, before paths are shortened.
const LEAST_REASON: usize = 24;

/// Evidence that moved the score less is not worth a line.
const LEAST_WEIGHT: f32 = 0.005;

/// Prints the best rows.
pub struct List<W> {
    out: W,
    paint: Paint,
    top: usize,
    explain: bool,
    width: Option<usize>,
}

impl<W: Write> List<W> {
    /// Prints to `out`, which is standard output where colours and width matter.
    pub fn new(out: W, paint: Paint, top: usize, explain: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        // Elsewhere than in a terminal the question alone would start another program.
        let size = terminal.then(crossterm::terminal::size).and_then(Result::ok);
        let width = size.map(|(columns, _)| usize::from(columns));
        Self { out, paint, top, explain, width }
    }

    /// Cells for the paths: as many as the longest needs, but not so many that no reason fits.
    fn path_cells(&self, answers: &Answers, before: usize) -> usize {
        let longest = answers.top(self.top).map(|row| width(&row.path)).max().unwrap_or(0);
        match self.width {
            Some(all) => longest.min(all.saturating_sub(before + LEAST_REASON).max(all / 3)),
            None => longest,
        }
    }

    fn row(&mut self, rank: usize, row: &RankedRow, answers: &Answers, cells: usize) -> io::Result<()> {
        let (sign, role) = match row.state {
            StateKind::Yes => ("✓", Role::Yes),
            StateKind::No
            | StateKind::Judging
            | StateKind::Queued
            | StateKind::Failed
            | StateKind::Skipped
            | StateKind::OverBudget => ("✗", Role::No),
        };
        let digits = self.top.to_string().len();
        let reason = answers.details.get(&row.file).map(|detail| sanitize_line(&detail.reason).into_owned());
        let reason = reason.unwrap_or_default();
        let reason = match self.width {
            Some(all) => {
                cut::end(&reason, all.saturating_sub(digits + 1 + 2 + 4 + cells + 3), ELLIPSIS).into_owned()
            }
            None => reason,
        };
        let path = if reason.is_empty() && self.width.is_none() {
            row.path.to_string()
        } else {
            cut::fit_path(&row.path, cells, ELLIPSIS)
        };
        writeln!(
            self.out,
            "{} {} {}  {}  {}",
            self.paint.role(Role::Subtle, &format!("{rank:>digits$}")),
            self.paint.role(role, sign),
            self.paint.role(Role::Score, &score(row.score)),
            self.paint.role(if row.state == StateKind::Yes { Role::PathName } else { Role::Muted }, &path),
            self.paint.role(Role::Muted, &reason),
        )
    }

    fn explanation(&mut self, detail: &Detail) -> io::Result<()> {
        let shares: Vec<String> = detail
            .shares
            .sorted()
            .into_iter()
            .filter(|(_, share)| share.abs() >= 0.005)
            .map(|(signal, share)| format!("{} {:+.0}%", signal.name(), share * 100.0))
            .collect();
        let mut lines = vec![(Role::Subtle, shares.join("  "))];
        for evidence in detail.evidence.iter().filter(|evidence| evidence.weight.abs() >= LEAST_WEIGHT) {
            let place = evidence.span.map(|span| format!("  lines {}", lines_of(span))).unwrap_or_default();
            let text = sanitize_line(&evidence.text);
            lines.push((
                Role::Fg,
                format!("{:+.2}  {:<10}  {text}{place}", evidence.weight, evidence.signal.name()),
            ));
        }
        if !detail.spans.is_empty() {
            let spans: Vec<String> = detail.spans.iter().map(|span| lines_of(*span)).collect();
            lines.push((Role::Subtle, format!("look at lines {}", spans.join(", "))));
        }
        for (role, text) in lines.into_iter().filter(|(_, text)| !text.is_empty()) {
            let text = match self.width {
                Some(all) => cut::end(&text, all.saturating_sub(6), ELLIPSIS).into_owned(),
                None => text,
            };
            writeln!(self.out, "      {}", self.paint.role(role, &text))?;
        }
        writeln!(self.out)
    }

    fn saved(&mut self, round: &Round, answers: &Answers) -> io::Result<()> {
        let Some(saved) = &round.saved else { return Ok(()) };
        let mut paths: Vec<&str> =
            answers.rows.iter().filter(|row| saved.contains(&row.file)).map(|row| &*row.path).collect();
        paths.sort_unstable();
        paths.dedup();
        let more = paths.len().saturating_sub(3);
        let named = paths[..paths.len() - more].join(", ");
        let text = match (paths.len(), more) {
            (0, _) => "files deleted".to_owned(),
            (_, 0) => format!("saved {named}"),
            (_, more) => format!("saved {named} and {} more", count(more as u64)),
        };
        writeln!(self.out, "\n{}", self.paint.role(Role::Accent, &text))
    }
}

fn lines_of(span: Span) -> String {
    if span.first == span.last { span.first.to_string() } else { format!("{}-{}", span.first, span.last) }
}

impl<W: Write> Report for List<W> {
    fn details(&self) -> DetailLevel {
        DetailLevel::Top(self.top as u32)
    }

    fn event(&mut self, _event: &QueryEvent, _answers: &mut Answers) -> io::Result<()> {
        Ok(())
    }

    fn wants(&self, answers: &Answers) -> QueryCommand {
        QueryCommand::Explain(answers.top(self.top).map(|row| row.file).collect())
    }

    fn is_ready(&self, answers: &Answers) -> bool {
        answers.top(self.top).all(|row| answers.explained.contains(&row.file))
    }

    fn round(&mut self, round: &Round, answers: &Answers) -> io::Result<()> {
        self.saved(round, answers)?;
        let before = self.top.to_string().len() + 10;
        let cells = self.path_cells(answers, before);
        for (at, row) in answers.top(self.top).enumerate() {
            self.row(at + 1, row, answers, cells)?;
            if self.explain
                && let Some(detail) = answers.details.get(&row.file)
            {
                self.explanation(detail)?;
            }
        }
        self.out.flush()?;
        let counts = &answers.counts;
        let parts: Vec<String> = StateKind::ALL
            .into_iter()
            .filter(|kind| counts.get(*kind) > 0)
            .map(|kind| format!("{} {}", count(u64::from(counts.get(kind))), kind.name().replace('_', " ")))
            .collect();
        let total = count(u64::from(counts.total()));
        let summary = if counts.total() == 0 {
            "no files here".to_owned()
        } else {
            format!("{total} files: {}", parts.join(", "))
        };
        // A person reads this, a script does not: it goes where messages go.
        let _ = writeln!(io::stderr(), "{summary}  ({} ms)", round.elapsed.as_millis());
        if !round.found && counts.total() > 0 {
            let _ = writeln!(io::stderr(), "no file is judged to help; the nearest are shown");
        }
        Ok(())
    }
}
