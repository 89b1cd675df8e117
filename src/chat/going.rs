//! Going: one answer while it comes: its text, what it took so far, and what its end means.
//!
//! Invariant: what is kept of it is bounded, whatever a model streams; what was cut off is said.

use std::time::{Duration, Instant};

use super::stream::{End, Piece, Reading};
use crate::domain::{AnswerMeters, AnswerState, ModelRef, Notice, Price, Severity, TurnId};
use crate::llm::tokens::estimate;
use crate::llm::{Counted, LlmError, StopReason};
use crate::text::amount::count;

/// Bytes of an answer that are kept; the stream is stopped there. A long answer of a large model has a tenth of it.
pub const MOST_TEXT: usize = 4 << 20;

/// Bytes of reasoning that are kept; what comes after is read and dropped.
pub const MOST_THINKING: usize = 1 << 20;

/// Figures are told at most this often while text comes.
const FIGURES: Duration = Duration::from_millis(250);

/// Who is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Whoever the task is routed to, and the candidates after.
    Task,
    /// This model alone.
    One(ModelRef),
}

/// What a call was sent with, as far as its figures need it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sent {
    /// Prompt tokens, as reckoned.
    pub tokens: u64,
    /// The same as estimated for no model in particular; 0 where that says nothing, as with pictures.
    pub estimated: u64,
    /// The most tokens that may be generated.
    pub max_output: u32,
}

/// An answer that comes.
#[derive(Debug)]
pub struct Going {
    /// Its turn.
    pub turn: TurnId,
    /// Who is asked.
    pub whom: Whom,
    /// Who answers, or will if nothing fails.
    pub by: Option<ModelRef>,
    /// Its text so far.
    pub text: String,
    /// Its reasoning so far.
    pub thinking: String,
    /// How far it is.
    pub state: AnswerState,
    /// What it costs; `None` where unknown.
    pub price: Option<Price>,
    /// The model's window; `None` where unknown.
    pub window: Option<u32>,
    /// The call's stream; dropping it cancels the call.
    pub reading: Option<Reading>,
    sent: Sent,
    sent_at: Option<Instant>,
    first_at: Option<Instant>,
    counted: Counted,
    reckoned_out: u64,
    told_at: Option<Instant>,
    too_long: Option<(Option<u64>, Option<u64>)>,
}

/// What a piece brought.
#[derive(Debug, Default, PartialEq)]
pub struct Grown {
    /// Text that is kept and to be told.
    pub text: String,
    /// Reasoning likewise.
    pub thinking: String,
    /// It answers now who was not expected to, or the state changed.
    pub changed: bool,
}

impl Going {
    /// One that is not sent yet.
    pub const fn new(turn: TurnId, whom: Whom, state: AnswerState) -> Self {
        Self {
            turn,
            whom,
            by: None,
            text: String::new(),
            thinking: String::new(),
            state,
            price: None,
            window: None,
            reading: None,
            sent: Sent { tokens: 0, estimated: 0, max_output: 0 },
            sent_at: None,
            first_at: None,
            counted: Counted { prompt: None, cached: None, output: None, micro_usd: None },
            reckoned_out: 0,
            told_at: None,
            too_long: None,
        }
    }

    /// It is sent now.
    pub fn send(&mut self, sent: Sent, reading: Option<Reading>, now: Instant) {
        (self.sent, self.sent_at, self.reading) = (sent, Some(now), reading);
        self.state = AnswerState::Waiting;
    }

    /// Takes a piece; the end of the stream sets the last state.
    pub fn take(&mut self, piece: Piece) -> Grown {
        let mut grown = Grown::default();
        self.counted = piece.counted;
        self.first_at = self.first_at.or(piece.first_at);
        if !piece.thinking.is_empty() {
            grown.thinking = self.keep_thinking(piece.thinking);
            grown.changed |= self.enter(AnswerState::Thinking);
        }
        if !piece.text.is_empty() {
            self.reckoned_out += estimate(&piece.text);
            let room = MOST_TEXT - self.text.len();
            let fits = piece.text.len() <= room;
            grown.text = if fits { piece.text } else { cut(piece.text, room) };
            self.text.push_str(&grown.text);
            grown.changed |= self.enter(AnswerState::Streaming);
            if !fits {
                self.end(AnswerState::CutShort(too_much().into()));
                grown.changed = true;
                return grown;
            }
        }
        if let Some(End::Failed(LlmError::ContextLength { prompt, window, .. })) = &piece.end {
            self.too_long = Some((*prompt, *window));
        }
        if let Some(end) = piece.end {
            let state = self.last_state(end);
            self.end(state);
            grown.changed = true;
        }
        grown
    }

    /// It ended, or is stopped: the call is cancelled where it still runs, and what came stays.
    pub fn end(&mut self, state: AnswerState) {
        self.reading = None;
        self.state = state;
    }

    /// What it took until now.
    pub fn meters(&self, now: Instant) -> AnswerMeters {
        let Some(sent_at) = self.sent_at else {
            return AnswerMeters { window: self.window, ..AnswerMeters::default() };
        };
        let since = |at: Instant| now.saturating_duration_since(at);
        let tokens_in = self.counted.prompt.unwrap_or(self.sent.tokens);
        let tokens_out = self.counted.output.unwrap_or(self.reckoned_out);
        let cached_in = self.counted.cached.unwrap_or(0);
        let rate = self.first_at.and_then(|first| {
            let seconds = since(first).as_secs_f32();
            (tokens_out > 1 && seconds > 0.05).then(|| (tokens_out - 1) as f32 / seconds)
        });
        let said = self.counted.micro_usd.map(|micro| micro as f64 / 1e6);
        AnswerMeters {
            tokens_in,
            cached_in,
            tokens_out,
            counted: self.counted.prompt.is_some() && self.counted.output.is_some(),
            first_token: self.first_at.map(|first| first.saturating_duration_since(sent_at)),
            total: since(sent_at),
            tokens_per_second: rate,
            usd: said.or_else(|| Some(self.price?.usd(tokens_in, cached_in, tokens_out))),
            window: self.window,
        }
    }

    /// What the prompt was estimated at and what the server counted, where it did.
    pub fn prompt_counted(&self) -> Option<(u64, u64)> {
        let counted = self.counted.prompt.or(self.too_long.and_then(|(prompt, _)| prompt))?;
        Some((self.sent.estimated, counted))
    }

    /// Where the prompt was too long: its tokens and the window as the model said them, where it did, and the tokens that
    /// the answer might have taken.
    pub fn too_long(&self) -> Option<(Option<u64>, Option<u64>, u32)> {
        self.too_long.map(|(prompt, window)| (prompt, window, self.sent.max_output))
    }

    /// Whether its figures are to be told again; notes that they are.
    pub fn figures_due(&mut self, now: Instant) -> bool {
        let due = self.told_at.is_none_or(|told| now.saturating_duration_since(told) >= FIGURES);
        if due {
            self.told_at = Some(now);
        }
        due
    }

    fn enter(&mut self, state: AnswerState) -> bool {
        let changed = self.state != state;
        self.state = state;
        changed
    }

    fn keep_thinking(&mut self, more: String) -> String {
        self.reckoned_out += estimate(&more);
        let room = MOST_THINKING.saturating_sub(self.thinking.len());
        if room == 0 {
            return String::new();
        }
        let kept = if more.len() <= room {
            more
        } else {
            let mut kept = cut(more, room);
            kept.push_str("\n[more reasoning came; it is not kept]");
            kept
        };
        self.thinking.push_str(&kept);
        kept
    }

    fn last_state(&self, end: End) -> AnswerState {
        let reason = match end {
            End::Failed(error) => return failed(error),
            End::Stopped(reason) => reason,
        };
        match reason {
            Some(StopReason::Refused(why)) => AnswerState::Refused(why.into()),
            Some(StopReason::Length) => {
                let limit = count(u64::from(self.sent.max_output));
                let while_thinking = if self.text.is_empty() { ", all of it reasoning" } else { "" };
                AnswerState::CutShort(format!("the limit of {limit} tokens{while_thinking}").into())
            }
            Some(StopReason::WindowFull) => {
                let window =
                    self.window.map_or_else(String::new, |w| format!(" of {} tokens", count(w.into())));
                AnswerState::CutShort(format!("the model's window{window} is full").into())
            }
            Some(StopReason::Other(word)) => {
                AnswerState::CutShort(format!("the server stopped it: {word}").into())
            }
            Some(StopReason::End | StopReason::Calls) | None if !self.text.trim().is_empty() => {
                AnswerState::Done
            }
            Some(StopReason::End | StopReason::Calls) | None => AnswerState::Failed(self.silence()),
        }
    }

    /// The model was done, and said nothing.
    fn silence(&self) -> Notice {
        let who = self.by.as_ref().map_or_else(|| "The model".to_owned(), ToString::to_string);
        let title = if self.thinking.is_empty() {
            format!("{who} answered nothing")
        } else {
            format!("{who} reasoned, and then answered nothing")
        };
        Notice::new(Severity::Error, title).hint("Try again, or choose another model")
    }
}

fn failed(error: LlmError) -> AnswerState {
    if let LlmError::Refused { why, .. } = error {
        return AnswerState::Refused(why.into());
    }
    if matches!(error, LlmError::ContextLength { .. }) {
        return AnswerState::TooLong(error.notice());
    }
    AnswerState::Failed(error.notice())
}

fn too_much() -> String {
    format!("stopped at {} MB: no more of an answer is kept", MOST_TEXT >> 20)
}

fn cut(mut text: String, room: usize) -> String {
    text.truncate(text.floor_char_boundary(room));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn going() -> Going {
        let mut going = Going::new(TurnId(1), Whom::Task, AnswerState::Waiting);
        going.by = Some(ModelRef::new("lab", "m"));
        going.send(Sent { tokens: 40, estimated: 40, max_output: 100 }, None, Instant::now());
        going
    }

    fn text(text: &str) -> Piece {
        Piece { text: text.into(), ..Piece::default() }
    }

    fn ended(mut going: Going, stop: Option<StopReason>) -> AnswerState {
        going.take(Piece { end: Some(End::Stopped(stop)), ..Piece::default() });
        going.state
    }

    #[test]
    fn an_answer_without_an_end_is_cut_at_four_megabytes_between_characters() {
        let mut going = going();
        let half = "é".repeat(MOST_TEXT / 4);
        assert!(going.take(text("x")).text == "x" && going.take(text(&half)).text == half);
        let last = going.take(text(&half)).text;
        assert_eq!(last.len(), MOST_TEXT / 2 - 2, "one byte of room is too little for the last é");
        assert_eq!(going.text.len(), MOST_TEXT - 1);
        let AnswerState::CutShort(why) = &going.state else { panic!("{:?}", going.state) };
        assert_eq!(&**why, "stopped at 4 MB: no more of an answer is kept");
    }

    #[test]
    fn reasoning_without_an_end_is_dropped_after_a_megabyte_and_the_answer_still_comes() {
        let mut going = going();
        for _ in 0..3 {
            going.take(Piece { thinking: "x".repeat(MOST_THINKING * 2 / 3), ..Piece::default() });
        }
        assert!(going.thinking.ends_with("[more reasoning came; it is not kept]"));
        assert!(going.thinking.len() < MOST_THINKING + 64);
        assert_eq!(going.state, AnswerState::Thinking);
        assert_eq!(
            going.take(text("yes")),
            Grown { text: "yes".into(), thinking: String::new(), changed: true }
        );
        assert_eq!(ended(going, Some(StopReason::End)), AnswerState::Done);
    }

    #[test]
    fn each_end_is_shown_for_what_it_is() {
        let with = |words: &str, thought: &str| {
            let mut going = going();
            going.take(Piece { text: words.into(), thinking: thought.into(), ..Piece::default() });
            going
        };
        let cut = |why: &str| AnswerState::CutShort(why.into());
        assert_eq!(ended(with("a", ""), Some(StopReason::Length)), cut("the limit of 100 tokens"));
        assert_eq!(
            ended(with("", "hm"), Some(StopReason::Length)),
            cut("the limit of 100 tokens, all of it reasoning")
        );
        assert_eq!(
            ended(with("a", ""), Some(StopReason::Refused("no".into()))),
            AnswerState::Refused("no".into())
        );
        for (thought, title) in
            [("", "lab/m answered nothing"), ("hm", "lab/m reasoned, and then answered nothing")]
        {
            let AnswerState::Failed(notice) = ended(with("", thought), Some(StopReason::End)) else {
                panic!("silence is no answer")
            };
            assert_eq!(notice.title, title);
        }
    }

    #[test]
    fn too_long_a_prompt_is_told_with_its_tokens_apart_from_other_failures() {
        let mut going = going();
        let model = ModelRef::new("lab", "m");
        let error = LlmError::ContextLength { model, prompt: Some(9_000), window: Some(8_192) };
        going.take(Piece { end: Some(End::Failed(error)), ..Piece::default() });
        let AnswerState::TooLong(notice) = &going.state else { panic!("{:?}", going.state) };
        assert!(notice.title.contains("9000 tokens, and it takes 8192"), "{}", notice.title);
    }

    #[test]
    fn figures_are_the_servers_where_it_counts_and_reckoned_before() {
        let mut going = going();
        going.price = Some(Price { input: 1.0, cached_input: 0.5, output: 2.0 });
        let sent = going.sent_at.unwrap();
        let first = sent + Duration::from_millis(400);
        going.take(Piece { first_at: Some(first), ..text("four words stand here") });
        let meters = going.meters(first + Duration::from_secs(2));
        assert!(!meters.counted && meters.tokens_in == 40 && (3..=6).contains(&meters.tokens_out));
        assert_eq!(meters.first_token, Some(Duration::from_millis(400)));
        let counted = Counted { prompt: Some(50), cached: Some(10), output: Some(21), micro_usd: None };
        going.take(Piece { counted, ..Piece::default() });
        let meters = going.meters(first + Duration::from_secs(2));
        assert_eq!(
            (meters.tokens_in, meters.cached_in, meters.tokens_out, meters.counted),
            (50, 10, 21, true)
        );
        assert_eq!(meters.tokens_per_second, Some(10.0));
        assert!((meters.usd.unwrap() - (40.0 + 5.0 + 42.0) / 1e6).abs() < 1e-12);
    }
}
