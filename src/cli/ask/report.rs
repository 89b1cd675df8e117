//! Reports: how an answer is printed: as text as it comes, or as one JSON object a line.
//!
//! Invariant: text of a model goes to a terminal cleaned, and to a pipe byte for byte; each piece is flushed.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::cli::complaint::print_notice;
use crate::cli::exit::Exit;
use crate::domain::{
    Answer, AnswerState, Answerer, Choice, ContextItem, ContextState, ModelRef, Notice, SessionHead,
    Severity, TurnId,
};
use crate::text::amount::{count, plural};
use crate::text::sanitize::{sanitize, sanitize_line};

/// An answer that was sent, and why its model answers.
pub struct Told<'a> {
    /// The answer, without text yet.
    pub answer: &'a Answer,
    /// Why this model; `None` where there is none.
    pub why: Option<&'a str>,
}

/// How an answer is printed.
pub trait Report {
    /// What was sent, and to whom.
    fn context(&mut self, told: &Told) -> io::Result<()>;

    /// A model failed, and another is asked.
    fn fell_back(&mut self, from: &ModelRef, to: &Choice, why: &str);

    /// More of the answer.
    fn delta(&mut self, text: &str, thinking: &str) -> io::Result<()>;

    /// The answer ended by itself.
    fn ended(&mut self, head: Option<&SessionHead>, turn: TurnId, answer: &Answer) -> anyhow::Result<Exit>;

    /// The person stopped it.
    fn stopped(&mut self, head: Option<&SessionHead>, turn: TurnId, answer: &Answer) -> anyhow::Result<()>;
}

/// How an ended answer is to be taken.
struct Ended {
    exit: Exit,
    /// The state in one word.
    name: &'static str,
    /// What a person should know of it.
    notice: Option<Notice>,
}

impl Ended {
    fn of(answer: &Answer) -> Self {
        let warn = |title: String| Some(Notice::new(Severity::Warning, title));
        let (exit, name, notice) = match &answer.state {
            AnswerState::Done => (Exit::Done, "done", None),
            AnswerState::CutShort(why) => {
                (Exit::Failed, "cut_short", warn(format!("The answer ended early: {why}")))
            }
            AnswerState::Refused(why) => {
                let notice = Notice::new(Severity::Error, format!("The model refused to answer: {why}"));
                (Exit::Failed, "refused", Some(notice.hint("Ask in other words, or another model: --model")))
            }
            AnswerState::Failed(notice) => (Exit::Failed, "failed", Some(notice.clone())),
            AnswerState::TooLong(notice) => {
                let hint = "Send less: name files with --context and add --no-query, or choose a model with a \
                            larger window";
                (Exit::Failed, "too_long", Some(notice.clone().hint(hint)))
            }
            AnswerState::Cancelled => (Exit::Interrupted, "cancelled", None),
            AnswerState::Interrupted
            | AnswerState::Searching { .. }
            | AnswerState::Waiting
            | AnswerState::Thinking
            | AnswerState::Streaming => (Exit::Interrupted, "interrupted", None),
        };
        let nothing = answer.by == Answerer::Nobody && !answer.context.iter().any(is_sent);
        Self { exit: if nothing { Exit::NothingFound } else { exit }, name, notice }
    }
}

fn is_sent(item: &ContextItem) -> bool {
    item.state == ContextState::Sent
}

/// Text as it comes.
pub struct Plain<W> {
    out: W,
    is_terminal: bool,
    quiet: bool,
    /// The text so far ends in a line feed, or there is none.
    at_line_start: bool,
}

impl<W: Write> Plain<W> {
    /// For a terminal, which untrusted text must not steer.
    pub const fn for_terminal(out: W, quiet: bool) -> Self {
        Self { out, is_terminal: true, quiet, at_line_start: true }
    }

    /// For a pipe or a file.
    pub const fn for_pipe(out: W, quiet: bool) -> Self {
        Self { out, is_terminal: false, quiet, at_line_start: true }
    }

    /// Ends the last line, so that what follows begins one.
    fn end_line(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.at_line_start, true) {
            self.out.write_all(b"\n")?;
        }
        self.out.flush()
    }
}

impl<W: Write> Report for Plain<W> {
    fn context(&mut self, told: &Told) -> io::Result<()> {
        if self.quiet {
            return Ok(());
        }
        let items = told.answer.context.iter().filter(|item| is_sent(item)).count() as u64;
        let tokens: u64 =
            told.answer.context.iter().filter(|item| is_sent(item)).map(|item| u64::from(item.tokens)).sum();
        let with = if items == 0 {
            "nothing of the tree".to_owned()
        } else {
            format!("{}, {} tokens", plural(items, "item"), count(tokens))
        };
        match &told.answer.by {
            Answerer::Model(model, locality) => {
                let why = told.why.map_or_else(String::new, |why| format!(": {}", sanitize_line(why)));
                let model = model.to_string();
                eprintln!("asking {} ({}){why}; with {with}", sanitize_line(&model), locality.name());
            }
            Answerer::Nobody => eprintln!("no model is set: what was found stands for an answer ({with})"),
        }
        Ok(())
    }

    fn fell_back(&mut self, from: &ModelRef, to: &Choice, why: &str) {
        if !self.quiet {
            let to = match to {
                Choice::Model(model) => model.to_string(),
                Choice::Embedded | Choice::Nobody => "nobody".to_owned(),
            };
            let words = format!("{from} failed ({why}); asking {to}");
            eprintln!("{}", sanitize_line(&words));
        }
    }

    fn delta(&mut self, text: &str, _thinking: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let shown = if self.is_terminal { sanitize(text) } else { text.into() };
        self.out.write_all(shown.as_bytes())?;
        self.at_line_start = shown.ends_with('\n') || shown.is_empty() && self.at_line_start;
        self.out.flush()
    }

    fn ended(&mut self, head: Option<&SessionHead>, turn: TurnId, answer: &Answer) -> anyhow::Result<Exit> {
        if answer.by == Answerer::Nobody && self.at_line_start {
            self.delta(&answer.text, "")?;
        }
        self.stopped(head, turn, answer)?;
        let ended = Ended::of(answer);
        if let Some(notice) = &ended.notice {
            print_notice(notice);
        }
        Ok(ended.exit)
    }

    fn stopped(&mut self, head: Option<&SessionHead>, _turn: TurnId, answer: &Answer) -> anyhow::Result<()> {
        self.end_line()?;
        if self.quiet {
            return Ok(());
        }
        for item in answer.context.iter().filter(|item| item.cited > Some(0)) {
            let lines: Vec<String> =
                item.lines.iter().map(|span| format!("{}-{}", span.first, span.last)).collect();
            let colon = if lines.is_empty() { "" } else { ":" };
            eprintln!("[{}] {}{colon}{}", item.number, sanitize_line(&item.title), lines.join(","));
        }
        if let Some(head) = head {
            eprintln!("go on with: quarry ask --session {} TEXT", head.id);
        }
        Ok(())
    }
}

/// One JSON object a line.
pub struct Json<W> {
    out: W,
}

impl<W: Write> Json<W> {
    /// Prints to this.
    pub const fn new(out: W) -> Self {
        Self { out }
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self.out, "{value}")?;
        self.out.flush()
    }

    fn end(&mut self, head: Option<&SessionHead>, turn: TurnId, answer: &Answer) -> io::Result<Exit> {
        let Ended { exit, name, notice } = Ended::of(answer);
        let model = match &answer.by {
            Answerer::Model(model, _) => Some(model.to_string()),
            Answerer::Nobody => None,
        };
        let meters = &answer.meters;
        let usage = json!({
            "tokens_in": meters.tokens_in,
            "cached_in": meters.cached_in,
            "tokens_out": meters.tokens_out,
            "counted": meters.counted,
            "usd": meters.usd,
            "window": meters.window,
            "first_token_ms": meters.first_token.map(|first| first.as_millis() as u64),
            "total_ms": meters.total.as_millis() as u64,
        });
        if exit == Exit::Failed {
            let error = notice.as_ref().map_or("", |notice| notice.title.as_str());
            let hint = notice.as_ref().and_then(|notice| notice.hint.as_deref());
            self.line(&json!({ "event": "error", "kind": name, "error": error, "hint": hint }))?;
        }
        let cited: Vec<&str> =
            answer.context.iter().filter(|item| item.cited > Some(0)).map(|item| &*item.title).collect();
        self.line(&json!({
            "event": "done",
            "state": name,
            "model": model,
            "usage": usage,
            "cited": cited,
            "session": head.map(|head| head.id.to_string()),
            "turn": turn.to_string(),
        }))?;
        Ok(exit)
    }
}

impl<W: Write> Report for Json<W> {
    fn context(&mut self, told: &Told) -> io::Result<()> {
        let sent = told.answer.context.iter().filter(|item| is_sent(item));
        let items: Vec<Value> = sent
            .map(|item| {
                json!({
                    "path": &*item.title,
                    "lines": item.lines.iter().map(|span| [span.first, span.last]).collect::<Vec<_>>(),
                    "tokens": item.tokens,
                    "why": &*item.why,
                    "number": item.number,
                })
            })
            .collect();
        let model = match &told.answer.by {
            Answerer::Model(model, _) => Some(model.to_string()),
            Answerer::Nobody => None,
        };
        self.line(&json!({ "event": "context", "items": items, "model": model, "why": told.why }))
    }

    fn fell_back(&mut self, from: &ModelRef, to: &Choice, why: &str) {
        let to = match to {
            Choice::Model(model) => Some(model.to_string()),
            Choice::Embedded | Choice::Nobody => None,
        };
        // A reader that is gone is noticed by the next line.
        let _ = self.line(&json!({ "event": "fell_back", "from": from.to_string(), "to": to, "why": why }));
    }

    fn delta(&mut self, text: &str, thinking: &str) -> io::Result<()> {
        if !thinking.is_empty() {
            self.line(&json!({ "event": "thinking", "text": thinking }))?;
        }
        if !text.is_empty() {
            self.line(&json!({ "event": "delta", "text": text }))?;
        }
        Ok(())
    }

    fn ended(&mut self, head: Option<&SessionHead>, turn: TurnId, answer: &Answer) -> anyhow::Result<Exit> {
        if answer.by == Answerer::Nobody {
            self.delta(&answer.text, "")?;
        }
        Ok(self.end(head, turn, answer)?)
    }

    fn stopped(&mut self, head: Option<&SessionHead>, turn: TurnId, answer: &Answer) -> anyhow::Result<()> {
        Ok(self.end(head, turn, answer).map(|_| ())?)
    }
}
