//! The truth about windows: whether a server read all of a prompt.
//!
//! Some servers drop what does not fit and say nothing. What they count as prompt tokens is compared with the fewest
//! tokens that the prompt can be. That is a floor, not an estimate, so that no honest count raises an alarm; it is raised
//! per model by what short prompts, which every window holds, were counted at.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::config::Protocol;
use crate::domain::ModelRef;
use crate::llm::{Ask, Call, Counted, LlmError, Message, Part};

/// Prompts below this floor fit every window that is in use.
const SHORT: f64 = 1_000.0;
/// Prompts below this floor say little: the template weighs as much as they do.
const TELLING: f64 = 50.0;
/// Short prompts that a model's scale is made of.
const LATEST: usize = 32;
/// As many must be known.
const ENOUGH: usize = 8;
/// A count below this part of the floor is too small...
const PART: f64 = 0.8;
/// ...if so many tokens are missing at least.
const MISSING: f64 = 200.0;

/// What is known of each model's counting.
#[derive(Debug, Default)]
pub(super) struct Windows(HashMap<Arc<str>, VecDeque<f64>>);

impl Windows {
    /// Checks what a server counted against what was sent, and learns from it.
    ///
    /// # Errors
    /// [`LlmError::Truncated`], with what mends it.
    pub(super) fn check(
        &mut self,
        model: &ModelRef,
        call: &Call,
        counted: &Counted,
        protocol: Protocol,
    ) -> Result<(), LlmError> {
        let (Some(evaluated), Some(floor)) = (counted.prompt, floor_of(call)) else { return Ok(()) };
        // Some servers count only what was not cached.
        let evaluated = evaluated.max(counted.cached.unwrap_or(0));
        let ratios = self.0.entry(Arc::clone(&model.model)).or_default();
        if floor < SHORT {
            if floor >= TELLING {
                if ratios.len() == LATEST {
                    ratios.pop_front();
                }
                ratios.push_back(evaluated as f64 / floor);
            }
            return Ok(());
        }
        let scale =
            if ratios.len() < ENOUGH { 1.0 } else { ratios.iter().copied().fold(3.0, f64::min).max(1.0) };
        let least = floor * scale;
        let read = evaluated as f64;
        if read >= least * PART || least - read < MISSING {
            return Ok(());
        }
        let needed = window_for(least, call.max_output);
        Err(LlmError::Truncated {
            model: model.clone(),
            sent: least as u64,
            evaluated,
            fix: fix(protocol, needed),
        })
    }
}

/// A window for such a prompt and answer, in steps of 4,096 tokens. A third more than the floor: it is one.
fn window_for(least: f64, max_output: u32) -> u32 {
    ((least * 4.0 / 3.0) as u32).saturating_add(max_output).div_ceil(4_096).saturating_mul(4_096)
}

/// What mends a window that is too small.
fn fix(protocol: Protocol, window: u32) -> String {
    match protocol {
        Protocol::Ollama => format!(
            "Start Ollama with OLLAMA_CONTEXT_LENGTH={window}, or put `PARAMETER num_ctx {window}` into the model's Modelfile"
        ),
        Protocol::LlamaCpp => format!(
            "Start llama-server with `-c {window}` times its number of slots (`-np`): each slot has its own part of the window"
        ),
        Protocol::Gguf => format!("Load the model with a window of {window} tokens, or send less"),
        Protocol::OpenAi | Protocol::Responses => format!(
            "Give the model a window of {window} tokens at its server (Ollama: OLLAMA_CONTEXT_LENGTH={window}; LM Studio: \
             Context Length; vLLM: --max-model-len {window}), or send less"
        ),
        Protocol::Anthropic | Protocol::Gemini => {
            "Send less, or choose a model with a larger window".to_owned()
        }
    }
}

/// The fewest tokens that the text of a call can be; `None` where the text is not all of the prompt, or where the
/// protocol itself cuts it, as for filling in the middle.
fn floor_of(call: &Call) -> Option<f64> {
    let Ask::Chat(messages) = &call.ask else { return None };
    let mut floor = 0.0;
    for part in messages.iter().flat_map(|Message { parts, .. }| parts) {
        match part {
            Part::Text(text) => floor += text_floor(text),
            // How a template writes calls down is its own affair.
            Part::Image { .. } | Part::Called(_) | Part::Returned(_) => return None,
        }
    }
    Some(floor)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Space,
    Letters,
    Digits,
    Other,
    Foreign,
}

/// The fewest tokens of a text. Vocabularies hold whole words, runs of white space, and some pairs of word and sign; a
/// long word takes more than one token, and so do digits (three at most) and characters outside ASCII (four at most).
fn text_floor(text: &str) -> f64 {
    let mut floor = 0.0;
    let mut length = 0_u32;
    let mut run = Run::Space;
    for character in text.chars() {
        let kind = match character {
            'a'..='z' | 'A'..='Z' => Run::Letters,
            '0'..='9' => Run::Digits,
            character if character.is_whitespace() => Run::Space,
            character if character.is_ascii() => Run::Other,
            _ => Run::Foreign,
        };
        if kind != run {
            floor += tokens_of(run, length);
            (run, length) = (kind, 0);
        }
        length += 1;
    }
    floor + tokens_of(run, length)
}

fn tokens_of(run: Run, length: u32) -> f64 {
    let length = f64::from(length);
    match run {
        Run::Space => 0.0,
        Run::Letters => (1.0 + (length - 24.0) / 8.0).max(1.0),
        Run::Digits => (length / 3.0).ceil(),
        // Half of them are written together with a word, and lines of one sign are few tokens.
        Run::Other => 0.5,
        Run::Foreign => length / 4.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TaskKind;
    use crate::llm::Role;

    fn model() -> ModelRef {
        ModelRef::new("lab", "m")
    }

    fn call(text: &str) -> Call {
        Call::chat(TaskKind::Chat, vec![Message::text(Role::User, text)], 100)
    }

    fn counted(prompt: u64) -> Counted {
        Counted { prompt: Some(prompt), ..Counted::default() }
    }

    /// About 8,200 tokens in the vocabularies of 2024 and later.
    fn source() -> String {
        include_str!("../call.rs").repeat(8)
    }

    #[test]
    fn a_prompt_that_was_read_as_far_as_a_window_is_truncated_and_the_fix_has_a_number() {
        let error = Windows::default()
            .check(&model(), &call(&source()), &counted(2_048), Protocol::Ollama)
            .expect_err("truncated");
        let LlmError::Truncated { sent, evaluated: 2_048, fix, .. } = error else { panic!("{error:?}") };
        assert!(sent > 4_096, "{sent}");
        assert!(
            fix.contains("OLLAMA_CONTEXT_LENGTH=8192") || fix.contains("OLLAMA_CONTEXT_LENGTH=12288"),
            "{fix}"
        );
    }

    #[test]
    fn what_was_cached_was_read() {
        let cached = Counted { prompt: Some(10), cached: Some(8_000), ..Counted::default() };
        assert_eq!(Windows::default().check(&model(), &call(&source()), &cached, Protocol::OpenAi), Ok(()));
    }

    #[test]
    fn a_server_that_counts_nothing_and_a_prompt_with_pictures_raise_no_alarm() {
        let mut windows = Windows::default();
        let silent = Counted::default();
        assert_eq!(windows.check(&model(), &call(&source()), &silent, Protocol::OpenAi), Ok(()));
        let mut call = call(&source());
        if let Ask::Chat(messages) = &mut call.ask {
            messages[0].parts.push(Part::Image { mime: "image/png", bytes: Arc::from([0_u8; 4]) });
        }
        assert_eq!(windows.check(&model(), &call, &counted(300), Protocol::OpenAi), Ok(()));
    }

    #[test]
    fn text_of_few_tokens_raises_no_alarm() {
        let mut windows = Windows::default();
        // One token for a deep indent and for a ruled line, as the newest vocabularies have it.
        let indented = format!("{}x\n", " ".repeat(60)).repeat(2_000);
        let ruled = format!("{}\n", "=".repeat(70)).repeat(2_000);
        let words = "internationalization configuration ".repeat(1_500);
        for (text, tokens) in [(indented, 4_000), (ruled, 3_000), (words, 3_000)] {
            assert_eq!(windows.check(&model(), &call(&text), &counted(tokens), Protocol::OpenAi), Ok(()));
        }
    }

    #[test]
    fn short_prompts_teach_how_a_model_counts() {
        let mut windows = Windows::default();
        let text = source();
        let floor = text_floor(&text);
        let read = (floor * 0.9) as u64;
        assert_eq!(windows.check(&model(), &call(&text), &counted(read), Protocol::OpenAi), Ok(()));
        let short: String = text.chars().take(1_500).collect();
        let honest = (text_floor(&short) * 1.6) as u64;
        for _ in 0..ENOUGH {
            assert_eq!(windows.check(&model(), &call(&short), &counted(honest), Protocol::OpenAi), Ok(()));
        }
        assert!(windows.check(&model(), &call(&text), &counted(read), Protocol::OpenAi).is_err());
        let whole = (floor * 1.45) as u64;
        assert_eq!(windows.check(&model(), &call(&text), &counted(whole), Protocol::OpenAi), Ok(()));
    }
}
