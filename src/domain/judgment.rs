//! Judgments: what a judge says of one file for one request.

use std::sync::Arc;
use std::time::Duration;

use super::{FileId, Signal, SignalShares};

/// Does the file help with the request?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It helps.
    Yes,
    /// It does not.
    No,
}

/// A calibrated probability of "yes", in 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Probability(f32);

impl Probability {
    /// Clamps to 0..=1; NaN becomes 0.
    pub fn new(value: f32) -> Self {
        Self(if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) })
    }

    /// The number itself.
    pub const fn get(self) -> f32 {
        self.0
    }
}

/// A range of lines, 1-based and inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First line.
    pub first: u32,
    /// Last line, at least `first`.
    pub last: u32,
}

/// Where a verdict came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The judge was asked.
    Judge,
    /// The answer for the same request and the same bytes was known.
    Cache,
}

/// What judging cost, where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usage {
    /// Prompt tokens.
    pub tokens_in: u64,
    /// Generated tokens.
    pub tokens_out: u64,
    /// Money in US dollars.
    pub usd: f64,
}

/// A judge's answer for one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgment {
    /// Yes or no.
    pub verdict: Verdict,
    /// Calibrated probability of yes.
    pub probability: Probability,
    /// One line, in the words of a developer; empty where the judge gives it only on request.
    pub reason: String,
    /// Lines that the reason speaks of, best first.
    pub spans: Vec<Span>,
    /// What it cost.
    pub usage: Usage,
    /// How long it took.
    pub latency: Duration,
}

/// One piece of evidence, ready to show.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The family it belongs to.
    pub signal: Signal,
    /// Signed change of the score in log-odds.
    pub weight: f32,
    /// What was found, in plain words.
    pub text: String,
    /// Where, if it has a place in the file.
    pub span: Option<Span>,
}

/// Everything that explains a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Detail {
    /// The row's one line.
    pub reason: String,
    /// Evidence, strongest first.
    pub evidence: Vec<Evidence>,
    /// Lines to look at, best first.
    pub spans: Vec<Span>,
    /// The share of each signal in the final score.
    pub shares: SignalShares,
}

/// A judged file as services report it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The file.
    pub file: FileId,
    /// Its path, ready to show.
    pub path: Arc<str>,
    /// Yes or no.
    pub verdict: Verdict,
    /// Calibrated probability of yes, before ranking signals.
    pub probability: Probability,
    /// Judge or cache.
    pub source: Source,
    /// The explanation, where it was asked for.
    pub detail: Option<Arc<Detail>>,
}
