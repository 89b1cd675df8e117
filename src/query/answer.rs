//! Answers: what a judge says of one file, or why it says nothing.

use crate::domain::{Probability, Verdict};

/// Why a judge gave no clean answer; never counted as "no".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct JudgeError {
    /// What happened, for people.
    pub why: String,
    /// Whether trying again can help.
    pub retryable: bool,
}

/// One file's answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// Yes or no.
    pub verdict: Verdict,
    /// Calibrated probability of yes.
    pub probability: Probability,
}
