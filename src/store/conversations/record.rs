//! What a turn holds besides its texts, as JSON in the file: written whole, read leniently, so that a file of a later
//! version loses at most what this one has no word for.

mod answer;
mod context;

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::answer::{AnswerRecord, state_name};
use super::interner::Interner;
use crate::domain::{Answer, Attachment, Patience, Question, Retrieval, TaskKind, Turn, TurnBody, TurnId};

pub use self::answer::GOING;

/// A turn as its row holds it.
pub struct Row<'a> {
    /// `question`, `answer` or `summary`.
    pub kind: &'static str,
    /// The name of an answer's state; `done` of all others.
    pub state: &'static str,
    /// All but texts and context.
    pub more: String,
    /// The context of an answer.
    pub context: String,
    /// The text.
    pub text: &'a str,
    /// The reasoning.
    pub thinking: &'a str,
}

impl<'a> Row<'a> {
    /// The row of a turn.
    pub fn of(turn: &'a Turn) -> Self {
        match &turn.body {
            TurnBody::Question(question) => Self {
                kind: "question",
                state: "done",
                more: question_as_json(question),
                context: String::new(),
                text: &question.text,
                thinking: "",
            },
            TurnBody::Answer(answer) => Self {
                kind: "answer",
                state: state_name(&answer.state),
                more: json(&AnswerRecord::of(answer)),
                context: context::as_json(&answer.context),
                text: &answer.text,
                thinking: &answer.thinking,
            },
            TurnBody::Summary { text, covers, turns } => Self {
                kind: "summary",
                state: "done",
                more: json(&SummaryRecord { covers: covers.0, turns: *turns }),
                context: String::new(),
                text,
                thinking: "",
            },
        }
    }

    /// Whether more may come.
    pub fn is_going(&self) -> bool {
        self.state == GOING
    }
}

/// The body of a turn, from what its row holds.
pub struct Stored<'a> {
    /// `question`, `answer` or `summary`.
    pub kind: &'a str,
    /// The name of an answer's state.
    pub state: &'a str,
    /// All but texts and context.
    pub more: &'a str,
    /// The context of an answer.
    pub context: &'a str,
    /// The text.
    pub text: Arc<str>,
    /// The reasoning.
    pub thinking: Arc<str>,
}

impl Stored<'_> {
    /// The body; a turn that a later version wrote in a way unknown here is shown as an answer of nobody with its text.
    pub fn body(self, attachments: Vec<Attachment>, interner: &mut Interner) -> TurnBody {
        match self.kind {
            "question" => TurnBody::Question(question(self.more, self.text, attachments)),
            "summary" => match serde_json::from_str::<SummaryRecord>(self.more) {
                Ok(record) => {
                    TurnBody::Summary { text: self.text, covers: TurnId(record.covers), turns: record.turns }
                }
                Err(_) => self.answer(interner),
            },
            _ => self.answer(interner),
        }
    }

    fn answer(self, interner: &mut Interner) -> TurnBody {
        let record = serde_json::from_str::<AnswerRecord>(self.more).unwrap_or_default();
        let mut answer = record.answer(self.state, interner);
        answer.context = context::from_json(self.context, interner);
        answer.text = self.text;
        answer.thinking = self.thinking;
        TurnBody::Answer(Box::new(answer))
    }
}

/// An answer without its texts and context.
pub fn answer(more: &str, state: &str) -> Option<Answer> {
    let record = serde_json::from_str::<AnswerRecord>(more).ok()?;
    Some(record.answer(state, &mut Interner::default()))
}

/// A question without its text and attachments.
pub fn question_as_json(question: &Question) -> String {
    let retrieval = match question.retrieval {
        Retrieval::Search => "search",
        Retrieval::Off => "off",
    };
    let patience = match question.patience {
        Patience::Stable => "stable",
        Patience::All => "all",
        Patience::Now => "now",
    };
    json(&QuestionRecord {
        task: question.task.name().into(),
        retrieval: retrieval.into(),
        patience: patience.into(),
    })
}

/// A question from what was kept of it.
pub fn question(more: &str, text: Arc<str>, attachments: Vec<Attachment>) -> Question {
    let mut question = Question { attachments, ..Question::new(text) };
    let Ok(record) = serde_json::from_str::<QuestionRecord>(more) else { return question };
    question.task = record.task.parse().unwrap_or(TaskKind::Chat);
    question.retrieval = if record.retrieval == "off" { Retrieval::Off } else { Retrieval::Search };
    question.patience = match &*record.patience {
        "all" => Patience::All,
        "now" => Patience::Now,
        _ => Patience::Stable,
    };
    question
}

fn json(record: &impl Serialize) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

#[derive(Serialize, Deserialize)]
struct QuestionRecord<'a> {
    #[serde(borrow)]
    task: Cow<'a, str>,
    #[serde(borrow)]
    retrieval: Cow<'a, str>,
    #[serde(borrow)]
    patience: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct SummaryRecord {
    covers: i64,
    turns: u32,
}
