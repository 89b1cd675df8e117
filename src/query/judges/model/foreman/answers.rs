//! What a call gave, file by file: an answer, another try, a failure, or the end of the whole query.

use std::time::Duration;

use tokio::time::Instant;

use super::{Foreman, HOPELESS, PAUSE, let_go};
use crate::domain::{Notice, Severity};
use crate::llm::LlmError;
use crate::query::judges::model::asking::Fault;
use crate::query::{Answer, Item, JudgeError, News, Reason};

impl Foreman {
    pub(super) fn verdict(&mut self, item: Item, result: Result<Answer, Fault>) {
        let Some(progress) = self.judging.get_mut(&item.file) else { return };
        progress.calls = progress.calls.saturating_sub(1);
        match result {
            Ok(answer) => {
                self.failures = 0;
                self.answer(&item, Ok(answer));
                self.end_needless_calls();
            }
            // The other call may do better.
            Err(_) if progress.calls > 0 => {}
            Err(Fault::Moved) => {
                self.judging.remove(&item.file);
                let_go(&self.held.verdicts, 1);
                self.post.push(News::Moved(item.file));
            }
            Err(fault) => {
                let again = progress.attempt == 0 && fault.is_worth_a_retry();
                progress.attempt = 1;
                if self.is_fatal(&fault) {
                    return;
                }
                if again {
                    let pause = if matches!(fault, Fault::Garbled(_)) { Duration::ZERO } else { PAUSE };
                    self.waiting.push_front((item, 1, Instant::now() + pause));
                } else {
                    self.answer(&item, Err(told(&fault)));
                }
            }
        }
    }

    fn answer(&mut self, item: &Item, answer: Result<Answer, JudgeError>) {
        self.judging.remove(&item.file);
        let_go(&self.held.verdicts, 1);
        self.post.push(News::Judged { file: item.file, hash: item.hash, answer });
    }

    pub(super) fn reason(&mut self, item: &Item, result: Result<Reason, Fault>) {
        if !self.explaining.remove(&item.file) {
            return;
        }
        let_go(&self.held.reasons, 1);
        let reason = result.map_err(|fault| told(&fault));
        self.post.push(News::Explained { file: item.file, hash: item.hash, reason });
    }

    /// Whether a fault ends the whole query, because every other file would share it.
    fn is_fatal(&mut self, fault: &Fault) -> bool {
        let Fault::Call(error) = fault else { return false };
        match error {
            LlmError::OverBudget { why, .. } => {
                let why = why.clone();
                self.end_over_budget(why);
                return true;
            }
            LlmError::Auth { .. } => {}
            LlmError::Unavailable { .. } | LlmError::Network { .. } | LlmError::Rejected { .. } => {
                self.failures += 1;
                if self.failures < HOPELESS {
                    return false;
                }
            }
            LlmError::Rate { .. }
            | LlmError::Server { .. }
            | LlmError::NoTools { .. }
            | LlmError::ContextLength { .. }
            | LlmError::Truncated { .. }
            | LlmError::Refused { .. }
            | LlmError::Timeout { .. }
            | LlmError::Cut { .. }
            | LlmError::Garbled { .. }
            | LlmError::Forbidden { .. } => return false,
        }
        let notice = error.notice();
        let hint = notice.hint.clone().map_or_else(String::new, |hint| format!("{hint}. "));
        let notice = Notice { severity: Severity::Error, ..notice };
        let notice = notice.hint(format!("{hint}R judges the rest"));
        self.end(News::Halted { error: JudgeError { why: error.to_string(), retryable: true }, notice });
        true
    }
}

/// A fault in words, as the ledger tells it.
fn told(fault: &Fault) -> JudgeError {
    match fault {
        Fault::Moved => JudgeError { why: "it changed while it was judged".to_owned(), retryable: true },
        Fault::Unreadable { why, retryable } => JudgeError { why: why.clone(), retryable: *retryable },
        Fault::Garbled(why) => JudgeError { why: why.clone(), retryable: true },
        Fault::Call(error) => {
            let why = crate::text::sanitize::sanitize_line(&error.to_string()).into_owned();
            JudgeError { why, retryable: true }
        }
    }
}
