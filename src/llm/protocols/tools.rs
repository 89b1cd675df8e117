//! Tools as several protocols write them: what may be called, what was called, and calls as they stream.

use serde_json::{Value, json};

use crate::llm::call::{Message, Part};
use crate::llm::reply::Chunk;
use crate::llm::tool::{Tool, ToolCall, ToolPiece, ToolResult};

/// Tools as chat completions have them, and Ollama.
pub(super) fn functions(tools: &[Tool]) -> Vec<Value> {
    let function = |tool: &Tool| {
        json!({"type": "function", "function": {
            "name": tool.name, "description": tool.description, "parameters": tool.schema,
        }})
    };
    tools.iter().map(function).collect()
}

/// The calls of a turn.
pub(super) fn called(turn: &Message) -> impl Iterator<Item = &ToolCall> {
    turn.parts.iter().filter_map(|part| match part {
        Part::Called(call) => Some(call),
        Part::Text(_) | Part::Image { .. } | Part::Returned(_) => None,
    })
}

/// What the calls before a turn came to.
pub(super) fn returned(turn: &Message) -> impl Iterator<Item = &ToolResult> {
    turn.parts.iter().filter_map(|part| match part {
        Part::Returned(result) => Some(result),
        Part::Text(_) | Part::Image { .. } | Part::Called(_) => None,
    })
}

/// Whether a turn says anything besides what calls came to.
pub(super) fn says_more(turn: &Message) -> bool {
    turn.parts.is_empty() || turn.parts.iter().any(|part| !matches!(part, Part::Returned(_)))
}

/// Counts the calls of an answer, however the server tells them apart: by a number, by a name, or not at all.
#[derive(Debug, Default)]
pub(super) struct Numbers(Vec<(Option<u64>, String)>);

impl Numbers {
    /// Which call a piece belongs to; a name that is new begins another.
    pub(super) fn of(&mut self, number: Option<u64>, id: &str, name: &str) -> u32 {
        let begins = !name.is_empty();
        let fits = |(known, known_id): &(Option<u64>, String)| {
            // Some servers give each call the same number, and another id.
            let other = begins && !id.is_empty() && !known_id.is_empty() && known_id != id;
            match number {
                Some(number) => *known == Some(number) && !other,
                None if id.is_empty() => !begins,
                None => known_id == id,
            }
        };
        let at = self.0.iter().rposition(fits).unwrap_or_else(|| {
            self.0.push((number, id.to_owned()));
            self.0.len() - 1
        });
        at as u32
    }

    /// Whether there was one.
    pub(super) const fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// The next call, which comes in one piece.
    pub(super) fn next(&mut self) -> u32 {
        self.0.push((None, String::new()));
        self.0.len() as u32 - 1
    }
}

/// Text of arguments: some servers send them as an object.
pub(super) fn arguments(given: &Value) -> String {
    match given {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => given.to_string(),
    }
}

/// The pieces of calls in a message or delta of chat completions.
pub(super) fn of_choice(piece: &Value, numbers: &mut Numbers, chunks: &mut Vec<Chunk>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for call in piece["tool_calls"].as_array().into_iter().flatten() {
        let (id, name) = (text(&call["id"]), text(&call["function"]["name"]));
        let nth = numbers.of(call["index"].as_u64(), &id, &name);
        // A result is told by its call's id.
        let id = if id.is_empty() && !name.is_empty() { format!("call-{nth}") } else { id };
        let arguments = arguments(&call["function"]["arguments"]);
        // Gemini's own service sends its signature here.
        let signature = call["extra_content"]["google"]["thought_signature"].as_str().map(str::to_owned);
        chunks.push(Chunk::Tool(ToolPiece { nth, id, name, arguments, signature }));
    }
}
