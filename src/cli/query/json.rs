//! JSON: one object per line, in the order that `quarry query --help` documents. Kept stable.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::{
    Detail, DetailLevel, Judged, LedgerRow, LedgerState, QueryCommand, QueryEvent, Source, StateKind, Verdict,
};

use crate::query::root_names;

use super::Report;
use super::answers::{Answers, Round, has_verdict, why};

/// Prints events.
pub struct Json<W: Write> {
    query: String,
    roots: Roots,
    out: io::BufWriter<W>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line<'a> {
    Plan {
        query: &'a str,
        files: u32,
        judge: &'a str,
    },
    Judged {
        #[serde(skip_serializing_if = "Option::is_none")]
        root: Option<&'a str>,
        path: &'a str,
        verdict: &'a str,
        probability: f64,
        reason: &'a str,
        spans: Vec<[u32; 2]>,
        signals: Map<String, Value>,
        source: &'a str,
    },
    Skipped {
        #[serde(skip_serializing_if = "Option::is_none")]
        root: Option<&'a str>,
        path: &'a str,
        why: &'a str,
    },
    Failed {
        #[serde(skip_serializing_if = "Option::is_none")]
        root: Option<&'a str>,
        path: &'a str,
        why: &'a str,
        retryable: bool,
    },
    OverBudget {
        #[serde(skip_serializing_if = "Option::is_none")]
        root: Option<&'a str>,
        path: &'a str,
    },
    Done {
        ranking: Vec<Ranked<'a>>,
        counts: Map<String, Value>,
        elapsed_ms: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        usage: Option<Used>,
    },
}

/// What a model took.
#[derive(Serialize)]
struct Used {
    tokens_in: u64,
    tokens_out: u64,
    usd: f64,
}

#[derive(Serialize)]
struct Ranked<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<&'a str>,
    path: &'a str,
    score: f64,
}

/// The roots by the names that shown paths begin with; empty for a single root.
struct Roots(Vec<(String, String)>);

impl Roots {
    fn new(roots: &[PathBuf]) -> Self {
        let names = root_names(roots).into_iter().map(|name| format!("{name}/"));
        Self(names.zip(roots.iter().map(|root| root.to_string_lossy().into_owned())).collect())
    }

    /// The directory of a shown path's root, told only where there are several, and the path below it.
    fn part<'a>(&'a self, shown: &'a str) -> (Option<&'a str>, &'a str) {
        let of =
            |(name, root): &'a (String, String)| Some((root.as_str(), shown.strip_prefix(name.as_str())?));
        // Of roots that lie in one another, the inner one's name is longer.
        let found = self.0.iter().filter_map(of).min_by_key(|(_, path)| path.len());
        found.map_or((None, shown), |(root, path)| (Some(root), path))
    }
}

fn line<W: Write>(out: &mut W, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

impl<W: Write> Json<W> {
    /// Prints to `out`.
    pub fn new(query: String, roots: &[PathBuf], out: W) -> Self {
        Self { query, roots: Roots::new(roots), out: io::BufWriter::new(out) }
    }

    fn judged(&mut self, judged: &Judged) -> io::Result<()> {
        let none = Detail::default();
        let detail = judged.detail.as_deref().unwrap_or(&none);
        let (root, path) = self.roots.part(&judged.path);
        let told = Line::Judged {
            root,
            path,
            verdict: match judged.verdict {
                Verdict::Yes => "yes",
                Verdict::No => "no",
            },
            probability: rounded(judged.probability.get()),
            reason: &detail.reason,
            spans: detail.spans.iter().map(|span| [span.first, span.last]).collect(),
            signals: detail
                .shares
                .sorted()
                .into_iter()
                .map(|(signal, share)| (signal.name().to_owned(), Value::from(rounded(share))))
                .collect(),
            source: match judged.source {
                Source::Judge => "judge",
                Source::Cache => "cache",
            },
        };
        line(&mut self.out, &told)
    }

    fn unjudged(&mut self, row: &LedgerRow) -> io::Result<()> {
        let (root, path) = self.roots.part(&row.path);
        if row.state == LedgerState::OverBudget {
            return line(&mut self.out, &Line::OverBudget { root, path });
        }
        match why(&row.state) {
            (why, Some(retryable)) => line(&mut self.out, &Line::Failed { root, path, why: &why, retryable }),
            (why, None) => line(&mut self.out, &Line::Skipped { root, path, why: &why }),
        }
    }
}

impl<W: Write> Report for Json<W> {
    fn details(&self) -> DetailLevel {
        DetailLevel::All
    }

    fn event(&mut self, event: &QueryEvent, answers: &mut Answers) -> io::Result<()> {
        match event {
            QueryEvent::Planned { files, judge, .. } => {
                let query = std::mem::take(&mut self.query);
                line(&mut self.out, &Line::Plan { query: &query, files: *files, judge: &judge.0 })
            }
            QueryEvent::Judged { batch, .. } => batch
                .iter()
                .filter(|judged| answers.judged.insert(judged.file))
                .try_for_each(|j| self.judged(j)),
            QueryEvent::Ranked { .. }
            | QueryEvent::Estimate { .. }
            | QueryEvent::Spent { .. }
            | QueryEvent::Explained { .. }
            | QueryEvent::Done { .. }
            | QueryEvent::Ledger { .. }
            | QueryEvent::Names { .. }
            | QueryEvent::Index(_)
            | QueryEvent::Task { .. }
            | QueryEvent::Notice(_) => Ok(()),
        }
    }

    fn wants(&self, _answers: &Answers) -> QueryCommand {
        QueryCommand::Ledger
    }

    fn is_ready(&self, answers: &Answers) -> bool {
        answers.ledger.is_some() && answers.saved_are_told()
    }

    fn round(&mut self, round: &Round, answers: &Answers) -> io::Result<()> {
        answers.unjudged(round).try_for_each(|row| self.unjudged(row))?;
        let ranking = answers
            .rows
            .iter()
            .filter(|row| has_verdict(row))
            .map(|row| {
                let (root, path) = self.roots.part(&row.path);
                Ranked { root, path, score: rounded(row.score) }
            })
            .collect();
        let counts = StateKind::ALL
            .into_iter()
            .map(|kind| (kind.name().to_owned(), Value::from(answers.counts.get(kind))))
            .collect();
        let elapsed_ms = round.elapsed.as_millis() as u64;
        let usage = answers.usage.map(|usage| Used {
            tokens_in: usage.tokens_in,
            tokens_out: usage.tokens_out,
            usd: (usage.usd * 1e6).round() / 1e6,
        });
        line(&mut self.out, &Line::Done { ranking, counts, elapsed_ms, usage })?;
        self.out.flush()
    }
}

/// Six decimals: more are noise of the arithmetic, and would differ between machines.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1e6).round() / 1e6
}
