//! JSON: one object per line, in the order that `quarry query --help` documents. Kept stable.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::{
    Detail, DetailLevel, Judged, LedgerRow, QueryCommand, QueryEvent, Source, StateKind, Verdict,
};

use super::Report;
use super::answers::{Answers, Round, has_verdict, why};

/// Prints events.
pub struct Json<W: Write> {
    query: String,
    out: io::BufWriter<W>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line<'a> {
    Plan {
        query: &'a str,
        files: u32,
        judge: &'a str,
    },
    Judged {
        path: &'a str,
        verdict: &'a str,
        probability: f64,
        reason: &'a str,
        spans: Vec<[u32; 2]>,
        signals: Map<String, Value>,
        source: &'a str,
    },
    Skipped {
        path: &'a str,
        why: &'a str,
    },
    Failed {
        path: &'a str,
        why: &'a str,
        retryable: bool,
    },
    Done {
        ranking: Vec<Ranked<'a>>,
        counts: Map<String, Value>,
        elapsed_ms: u64,
    },
}

#[derive(Serialize)]
struct Ranked<'a> {
    path: &'a str,
    score: f64,
}

impl<W: Write> Json<W> {
    /// Prints to `out`.
    pub fn new(query: String, out: W) -> Self {
        Self { query, out: io::BufWriter::new(out) }
    }

    fn line(&mut self, line: &Line<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }

    fn judged(&mut self, judged: &Judged) -> io::Result<()> {
        let none = Detail::default();
        let detail = judged.detail.as_deref().unwrap_or(&none);
        self.line(&Line::Judged {
            path: &judged.path,
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
        })
    }

    fn unjudged(&mut self, row: &LedgerRow) -> io::Result<()> {
        let path = &*row.path;
        match why(&row.state) {
            (why, Some(retryable)) => self.line(&Line::Failed { path, why: &why, retryable }),
            (why, None) => self.line(&Line::Skipped { path, why: &why }),
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
                self.line(&Line::Plan { query: &query, files: *files, judge: &judge.0 })
            }
            QueryEvent::Judged { batch, .. } => batch
                .iter()
                .filter(|judged| answers.judged.insert(judged.file))
                .try_for_each(|j| self.judged(j)),
            QueryEvent::Ranked { .. }
            | QueryEvent::Explained { .. }
            | QueryEvent::Done { .. }
            | QueryEvent::Ledger { .. }
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
            .map(|row| Ranked { path: &row.path, score: rounded(row.score) })
            .collect();
        let counts = StateKind::ALL
            .into_iter()
            .map(|kind| (kind.name().to_owned(), Value::from(answers.counts.get(kind))))
            .collect();
        let elapsed_ms = round.elapsed.as_millis() as u64;
        self.line(&Line::Done { ranking, counts, elapsed_ms })?;
        self.out.flush()
    }
}

/// Six decimals: more are noise of the arithmetic, and would differ between machines.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1e6).round() / 1e6
}
