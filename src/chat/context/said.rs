//! What was said before, as it is sent again: turns as messages, citations as paths, and how much of it fits.
//!
//! Numbers of items hold for one message only. In an answer that is sent again they become paths, or they would name
//! other items by now.

use std::sync::Arc;

use super::ask::Addressee;
use super::budget::TURN;
use super::prompt::Said;
use crate::domain::{Answer, AnswerState, Answerer, Attachment, Question, Turn, TurnBody};
use crate::llm::PICTURE;
use crate::llm::Role;
use crate::llm::tokens;
use crate::text::citation;
use crate::text::fence::harmless;

/// Bytes of an attachment that are sent again with its message: its beginning, then its end.
const ATTACHED_AGAIN: usize = 6_000;

/// Turns of the person whose pictures are sent again.
const PICTURES_AGAIN: usize = 2;

/// The conversation before a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Past {
    /// What older turns came to, and how many those are.
    pub summary: Option<(String, u32)>,
    /// The turns after them, oldest first, with the tokens that each takes as the model counts.
    pub said: Vec<(Said, u32)>,
    /// Tokens of the summary.
    pub summary_tokens: u32,
}

impl Past {
    /// The turns before a question, as they would be sent to this model.
    pub fn new(turns: &[Turn], to: &Addressee) -> Self {
        let mut past = Self::default();
        let covered = turns.iter().rev().find_map(|turn| match &turn.body {
            TurnBody::Summary { text, covers, turns } => Some((harmless(text), *covers, *turns)),
            TurnBody::Question(_) | TurnBody::Answer(_) => None,
        });
        let mut rest = turns;
        if let Some((text, covers, count)) = covered {
            let after = turns.iter().position(|turn| turn.id == covers).map_or(0, |at| at + 1);
            rest = &turns[after..];
            past.summary_tokens = reckon(to, &text) + TURN;
            past.summary = Some((text, count));
        }
        let questions = rest.iter().filter(|turn| matches!(turn.body, TurnBody::Question(_))).count();
        let mut seen = 0;
        for turn in rest {
            let said = match &turn.body {
                TurnBody::Question(question) => {
                    seen += 1;
                    let pictures = questions - seen < PICTURES_AGAIN && to.images != Some(false);
                    Some(asked(question, if pictures { Pictures::Sent } else { Pictures::Named }))
                }
                TurnBody::Answer(answer) => answered(answer),
                TurnBody::Summary { .. } => None,
            };
            if let Some(said) = said {
                let tokens = reckon(to, &said.text) + TURN + PICTURE * said.pictures.len() as u32;
                past.said.push((said, tokens));
            }
        }
        past
    }

    /// Tokens of all of it.
    pub fn tokens(&self) -> u32 {
        self.summary_tokens + self.said.iter().map(|(_, tokens)| tokens).sum::<u32>()
    }

    /// Keeps the newest turns that fit, the summary before all; the number of turns that do not.
    pub fn fit(&mut self, room: u32) -> usize {
        if self.summary_tokens > room {
            self.summary = None;
            self.summary_tokens = 0;
        }
        let mut left = room - self.summary_tokens;
        let mut keep = 0;
        for (_, tokens) in self.said.iter().rev() {
            if *tokens > left {
                break;
            }
            left -= tokens;
            keep += 1;
        }
        let dropped = self.said.len() - keep;
        self.said.drain(..dropped);
        dropped
    }
}

/// Tokens of a text as a model counts.
pub fn reckon(to: &Addressee, text: &str) -> u32 {
    u32::try_from(to.scale.apply(tokens::estimate(text))).unwrap_or(u32::MAX)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pictures {
    Sent,
    Named,
}

fn asked(question: &Question, with: Pictures) -> Said {
    let mut text = harmless(&question.text);
    let mut pictures = Vec::new();
    for attachment in &question.attachments {
        match attachment {
            Attachment::Text { name, text: body } => {
                text.extend(["\n\n[attached: ", &harmless(name), "]\n", &harmless(&middle_out(body))]);
            }
            Attachment::Image { mime, bytes, .. } if with == Pictures::Sent => {
                pictures.push((*mime, Arc::clone(bytes)));
            }
            Attachment::Image { name, .. } => text.extend(["\n\n[picture: ", &harmless(name), "]"]),
        }
    }
    Said { role: Role::User, text, pictures }
}

/// A text without its middle where it is long.
fn middle_out(text: &str) -> String {
    if text.len() <= ATTACHED_AGAIN {
        return text.to_owned();
    }
    let head = text.floor_char_boundary(ATTACHED_AGAIN * 2 / 3);
    let tail = text.ceil_char_boundary(text.len() - ATTACHED_AGAIN / 3);
    format!("{}\n[{} bytes are left out]\n{}", &text[..head], tail - head, &text[tail..])
}

fn answered(answer: &Answer) -> Option<Said> {
    let text = match (&answer.by, answer.text.trim().is_empty()) {
        (Answerer::Nobody, _) => "[no model was set: files were listed]".to_owned(),
        (Answerer::Model(..), true) => return None,
        (Answerer::Model(..), false) => harmless(&citation::with_paths(&answer.text, &answer.context)),
    };
    let end = match &answer.state {
        AnswerState::Cancelled => "\n[stopped here by the person]",
        AnswerState::CutShort(_) | AnswerState::Failed(_) | AnswerState::Interrupted => "\n[broke off here]",
        AnswerState::Refused(_)
        | AnswerState::TooLong(_)
        | AnswerState::Searching { .. }
        | AnswerState::Waiting
        | AnswerState::Thinking
        | AnswerState::Streaming
        | AnswerState::Done => "",
    };
    Some(Said { role: Role::Assistant, text: text + end, pictures: Vec::new() })
}
