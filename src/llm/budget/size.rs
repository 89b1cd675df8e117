//! Size: how many tokens a call may take, before a server counts them.

use crate::llm::{Ask, Call, PICTURE};

/// Bytes of a token, on the low side: code and prose take 3 to 4 in the vocabularies of today, and the reservation should
/// rather be large than short. What a model really counts then corrects it.
const BYTES_A_TOKEN: u64 = 3;

/// Tokens of a turn besides its text.
const TURN: u64 = 8;

/// The prompt tokens of a call, roughly and rather too many.
pub fn rough_tokens(call: &Call) -> u64 {
    let text = |text: &str| (text.len() as u64).div_ceil(BYTES_A_TOKEN);
    let tools: u64 =
        call.tools.iter().map(|tool| text(tool.description) + text(&tool.schema.to_string())).sum();
    let asked: u64 = match &call.ask {
        Ask::Chat(messages) => messages
            .iter()
            .map(|message| {
                let parts = message.parts.iter().map(|part| part.words().map_or(u64::from(PICTURE), text));
                TURN + parts.sum::<u64>()
            })
            .sum(),
        Ask::Embed(texts) => texts.iter().map(|part| text(part)).sum(),
        Ask::Fill(fill) => {
            let extra: u64 = fill.extra.iter().map(|(name, body)| text(name) + text(body)).sum();
            TURN + text(&fill.prefix) + text(&fill.suffix) + extra
        }
    };
    asked + tools
}
