//! An answer as JSON: who gave it, how it ended, what it took.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::interner::Interner;
use crate::domain::{
    Answer, AnswerMeters, AnswerState, Answerer, Locality, ModelRef, Notice, Severity, TaskKind, TurnId,
};

/// The state of an answer from which more may come.
pub const GOING: &str = "going";

/// An answer without its texts, context and rating.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub struct AnswerRecord<'a> {
    #[serde(borrow)]
    backend: Option<Cow<'a, str>>,
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    locality: Cow<'a, str>,
    #[serde(borrow)]
    task: Cow<'a, str>,
    #[serde(borrow)]
    why: Option<Cow<'a, str>>,
    #[serde(borrow)]
    failure: Option<NoticeRecord<'a>>,
    beside: Vec<i64>,
    meters: MetersRecord,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct NoticeRecord<'a> {
    #[serde(borrow)]
    severity: Cow<'a, str>,
    #[serde(borrow)]
    title: Cow<'a, str>,
    #[serde(borrow)]
    cause: Option<Cow<'a, str>>,
    #[serde(borrow)]
    hint: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct MetersRecord {
    tokens_in: u64,
    cached_in: u64,
    tokens_out: u64,
    counted: bool,
    first_token_us: Option<u64>,
    total_us: u64,
    tokens_per_second: Option<f32>,
    usd: Option<f64>,
    window: Option<u32>,
}

impl<'a> AnswerRecord<'a> {
    /// The record of an answer.
    pub fn of(answer: &'a Answer) -> Self {
        let (backend, model, locality) = match &answer.by {
            Answerer::Model(model, locality) => {
                (Some((&*model.backend).into()), Some((&*model.model).into()), locality.name())
            }
            Answerer::Nobody => (None, None, ""),
        };
        let (why, failure) = match &answer.state {
            AnswerState::CutShort(why) | AnswerState::Refused(why) => (Some((&**why).into()), None),
            AnswerState::Failed(notice) | AnswerState::TooLong(notice) => {
                (None, Some(NoticeRecord::of(notice)))
            }
            AnswerState::Searching { .. }
            | AnswerState::Waiting
            | AnswerState::Thinking
            | AnswerState::Streaming
            | AnswerState::Done
            | AnswerState::Cancelled
            | AnswerState::Interrupted => (None, None),
        };
        Self {
            backend,
            model,
            locality: locality.into(),
            task: answer.task.name().into(),
            why,
            failure,
            beside: answer.beside.iter().map(|turn| turn.0).collect(),
            meters: MetersRecord::of(&answer.meters),
        }
    }

    /// The answer; `state` is the name of its state.
    pub fn answer(self, state: &str, interner: &mut Interner) -> Answer {
        let by = match (&self.backend, &self.model) {
            (Some(backend), Some(model)) => {
                let model = ModelRef { backend: interner.one(backend), model: interner.one(model) };
                Answerer::Model(model, locality(&self.locality))
            }
            (Some(_), None) | (None, _) => Answerer::Nobody,
        };
        Answer {
            by,
            task: self.task.parse().unwrap_or(TaskKind::Chat),
            text: "".into(),
            thinking: "".into(),
            context: [].into(),
            meters: self.meters.meters(),
            state: self.state(state),
            rating: None,
            beside: self.beside.into_iter().map(TurnId).collect(),
            picked: false,
        }
    }

    fn state(&self, name: &str) -> AnswerState {
        let why = || self.why.as_deref().unwrap_or_default().into();
        let failure = |title: &str| {
            let untold = || Notice::new(Severity::Error, title);
            self.failure.as_ref().map_or_else(untold, NoticeRecord::notice)
        };
        match name {
            GOING => AnswerState::Streaming,
            "cut_short" => AnswerState::CutShort(why()),
            "refused" => AnswerState::Refused(why()),
            "cancelled" => AnswerState::Cancelled,
            "failed" => AnswerState::Failed(failure("The answer broke off")),
            "too_long" => AnswerState::TooLong(failure("The prompt was larger than the model's window")),
            "interrupted" => AnswerState::Interrupted,
            _ => AnswerState::Done,
        }
    }
}

impl<'a> NoticeRecord<'a> {
    fn of(notice: &'a Notice) -> Self {
        let severity = match notice.severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        Self {
            severity: severity.into(),
            title: (&notice.title).into(),
            cause: notice.cause.as_deref().map(Into::into),
            hint: notice.hint.as_deref().map(Into::into),
        }
    }

    fn notice(&self) -> Notice {
        let severity = match &*self.severity {
            "info" => Severity::Info,
            "warning" => Severity::Warning,
            _ => Severity::Error,
        };
        Notice {
            severity,
            title: self.title.to_string(),
            cause: self.cause.as_deref().map(str::to_owned),
            hint: self.hint.as_deref().map(str::to_owned),
        }
    }
}

impl MetersRecord {
    fn of(meters: &AnswerMeters) -> Self {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            tokens_in: meters.tokens_in,
            cached_in: meters.cached_in,
            tokens_out: meters.tokens_out,
            counted: meters.counted,
            first_token_us: meters.first_token.map(micros),
            total_us: micros(meters.total),
            tokens_per_second: meters.tokens_per_second,
            usd: meters.usd,
            window: meters.window,
        }
    }

    fn meters(&self) -> AnswerMeters {
        AnswerMeters {
            tokens_in: self.tokens_in,
            cached_in: self.cached_in,
            tokens_out: self.tokens_out,
            counted: self.counted,
            first_token: self.first_token_us.map(Duration::from_micros),
            total: Duration::from_micros(self.total_us),
            tokens_per_second: self.tokens_per_second,
            usd: self.usd,
            window: self.window,
        }
    }
}

/// The name of a state in the file.
pub fn state_name(state: &AnswerState) -> &'static str {
    match state {
        AnswerState::Searching { .. }
        | AnswerState::Waiting
        | AnswerState::Thinking
        | AnswerState::Streaming => GOING,
        AnswerState::Done => "done",
        AnswerState::CutShort(_) => "cut_short",
        AnswerState::Refused(_) => "refused",
        AnswerState::Cancelled => "cancelled",
        AnswerState::Failed(_) => "failed",
        AnswerState::TooLong(_) => "too_long",
        AnswerState::Interrupted => "interrupted",
    }
}

fn locality(name: &str) -> Locality {
    [Locality::InProcess, Locality::Loopback]
        .into_iter()
        .find(|locality| locality.name() == name)
        .unwrap_or(Locality::Remote)
}
