//! Room: the window to ask a server for, where its protocol can ask. Ollama loads a model with a small window unless a
//! call says otherwise, and loads it anew whenever that number changes.
//!
//! Invariant: a window that was asked for once is asked for again, so that short and long prompts in turn do not make the
//! server load the model each time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::config::Protocol;
use crate::domain::ModelRef;
use crate::llm::wire::Listed;
use crate::llm::{Ask, Call, PICTURE, Part, tokens};

/// The smallest window that is asked for; doubled until the need fits.
const LEAST: u32 = 4_096;

/// Share of the estimate that is added, because estimates fall short by as much.
const MARGIN: f64 = 1.3;

/// The largest window that is asked for where a smaller one is loaded: memory for more is not everybody's.
const LARGEST: u32 = 32_768;

/// Tokens of a turn besides its text.
const TURN: u64 = 16;

/// Tokens of an answer that room is made for; longer ones are rare, and a window costs memory.
const MOST_OUTPUT: u32 = 8_192;

/// The windows asked for so far.
#[derive(Debug, Default)]
pub(super) struct Rooms(Mutex<HashMap<ModelRef, Room>>);

/// The window of one model.
#[derive(Debug, Clone, Copy, Default)]
struct Room {
    asked: u32,
    /// What the server loaded for it was read back.
    is_read: bool,
}

impl Rooms {
    /// The window to ask for with a call; `None` where the protocol cannot ask.
    pub(super) fn window(
        &self,
        protocol: Protocol,
        model: &ModelRef,
        known: &Listed,
        call: &Call,
    ) -> Option<u32> {
        if protocol != Protocol::Ollama {
            return None;
        }
        let need = need(call);
        let most = largest(known);
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = rooms.entry(model.clone()).or_default();
        let before = room.asked.max(if room.asked == 0 { known.window.unwrap_or(0) } else { 0 });
        let window = if before >= need { before } else { stepped(need) }.min(most);
        if window != room.asked {
            *room = Room { asked: window, is_read: known.window == Some(window) };
        }
        Some(window)
    }

    /// The window that was asked for last.
    pub(super) fn asked(&self, model: &ModelRef) -> Option<u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(model).map(|room| room.asked)
    }

    /// Whether nobody read back yet what the server loaded for this window; says so once.
    pub(super) fn is_news(&self, model: &ModelRef, asked: u32) -> bool {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match rooms.get_mut(model).filter(|room| room.asked == asked && !room.is_read) {
            Some(room) => {
                room.is_read = true;
                true
            }
            None => false,
        }
    }
}

/// The largest window that a model may be asked for.
pub(super) fn largest(known: &Listed) -> u32 {
    LARGEST.max(known.window.unwrap_or(0)).min(known.most_window.unwrap_or(u32::MAX))
}

/// Tokens of prompt and answer together, rather too many.
fn need(call: &Call) -> u32 {
    let prompt: u64 = match &call.ask {
        Ask::Chat(messages) => messages
            .iter()
            .map(|message| {
                let words = message.parts.iter().map(Part::words);
                let parts = words.map(|words| words.map_or(u64::from(PICTURE), tokens::estimate));
                TURN + parts.sum::<u64>()
            })
            .sum(),
        Ask::Embed(texts) => texts.iter().map(|text| TURN + tokens::estimate(text)).max().unwrap_or(0),
        Ask::Fill(fill) => TURN + tokens::estimate(&fill.prefix) + tokens::estimate(&fill.suffix),
    };
    let tools: u64 = call.tools.iter().map(|tool| tokens::estimate(&tool.schema.to_string())).sum();
    let prompt = ((prompt + tools) as f64 * MARGIN) as u64;
    u32::try_from(prompt).unwrap_or(u32::MAX).saturating_add(call.max_output.min(MOST_OUTPUT))
}

/// The first doubling of the least window that holds so many tokens.
fn stepped(need: u32) -> u32 {
    let mut window = LEAST;
    while window < need && window < u32::MAX / 2 {
        window *= 2;
    }
    window
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TaskKind;
    use crate::llm::{Message, Role};

    fn call(words: usize) -> Call {
        let text = "budget ".repeat(words);
        Call::chat(TaskKind::Chat, vec![Message::text(Role::User, text)], 500)
    }

    fn window(rooms: &Rooms, known: &Listed, words: usize) -> Option<u32> {
        rooms.window(Protocol::Ollama, &ModelRef::new("ollama", "m"), known, &call(words))
    }

    #[test]
    fn the_window_grows_with_the_need_and_never_shrinks_again() {
        let (rooms, known) = (Rooms::default(), Listed::default());
        assert_eq!(window(&rooms, &known, 100), Some(4_096));
        assert_eq!(window(&rooms, &known, 8_000), Some(16_384));
        assert_eq!(window(&rooms, &known, 100), Some(16_384), "another number would load the model anew");
    }

    #[test]
    fn what_is_loaded_is_kept_where_it_is_enough_and_no_model_is_asked_for_more_than_it_has() {
        let loaded = Listed { window: Some(12_288), most_window: Some(32_768), ..Listed::default() };
        assert_eq!(window(&Rooms::default(), &loaded, 100), Some(12_288));
        assert_eq!(window(&Rooms::default(), &loaded, 200_000), Some(32_768));
    }

    #[test]
    fn what_was_loaded_is_read_back_once() {
        let (rooms, model) = (Rooms::default(), ModelRef::new("ollama", "m"));
        let asked = window(&rooms, &Listed::default(), 100).expect("a window");
        assert!(rooms.is_news(&model, asked));
        assert!(!rooms.is_news(&model, asked));
        let loaded = Listed { window: Some(12_288), ..Listed::default() };
        let other = Rooms::default();
        let kept = window(&other, &loaded, 100).expect("a window");
        assert!(!other.is_news(&model, kept), "it is loaded already");
    }

    #[test]
    fn only_ollama_is_asked() {
        let model = ModelRef::new("lab", "m");
        let known = Listed::default();
        assert_eq!(Rooms::default().window(Protocol::OpenAi, &model, &known, &call(100)), None);
    }
}
