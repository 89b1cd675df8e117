//! Tools: what a model may call where it would otherwise only write, the calls that it makes, and what they came to.

use std::sync::Arc;

use serde_json::Value;

/// A tool that a model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Letters, digits and underscores.
    pub name: &'static str,
    /// What it does and when to call it, for the model.
    pub description: &'static str,
    /// The JSON schema of its arguments: an object.
    pub schema: Value,
}

/// A piece of a call, in the order of the stream. The first piece of a call has its name; the arguments come in as many
/// pieces as the server likes, and together are JSON text, as far as the model can write it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToolPiece {
    /// Which call of the answer, counted from 0.
    pub nth: u32,
    /// Names the call for its result; empty where the protocol has no such names, and in later pieces.
    pub id: String,
    /// The tool; empty in later pieces.
    pub name: String,
    /// What the arguments go on with.
    pub arguments: String,
    /// What the provider wants back with the call, unread.
    pub signature: Option<String>,
}

/// A call as a model made it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToolCall {
    /// Names the call for its result; may be empty.
    pub id: Arc<str>,
    /// The tool, as the model wrote it: it may be none that there is.
    pub name: Arc<str>,
    /// JSON text, as far as the model can write it.
    pub arguments: Arc<str>,
    /// What the provider wants back with the call, unread.
    pub signature: Option<Arc<str>>,
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolResult {
    /// The call's id.
    pub id: Arc<str>,
    /// The tool.
    pub name: Arc<str>,
    /// For the model.
    pub text: Arc<str>,
}

/// The calls of an answer, put together from their pieces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToolCalls(Vec<ToolPiece>);

impl ToolCalls {
    /// Takes the next piece; tells which call it belongs to.
    pub fn take(&mut self, piece: ToolPiece) -> usize {
        let at = (piece.nth as usize).min(self.0.len());
        match self.0.get_mut(at) {
            Some(call) => {
                if call.id.is_empty() {
                    call.id = piece.id;
                }
                if call.name.is_empty() {
                    call.name = piece.name;
                }
                call.arguments.push_str(&piece.arguments);
                call.signature = piece.signature.or_else(|| call.signature.take());
            }
            None => self.0.push(piece),
        }
        at
    }

    /// The calls so far, in order.
    pub fn calls(&self) -> Vec<ToolCall> {
        let call = |piece: &ToolPiece| ToolCall {
            id: piece.id.as_str().into(),
            name: piece.name.as_str().into(),
            arguments: piece.arguments.as_str().into(),
            signature: piece.signature.as_deref().map(Into::into),
        };
        self.0.iter().map(call).collect()
    }
}

impl ToolCall {
    /// The arguments as a value, for protocols that send them so; an empty object where they are no object.
    pub fn object(&self) -> Value {
        let parsed = serde_json::from_str(&self.arguments).ok().filter(Value::is_object);
        parsed.unwrap_or_else(|| Value::Object(serde_json::Map::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(nth: u32, id: &str, name: &str, arguments: &str) -> ToolPiece {
        ToolPiece { nth, id: id.into(), name: name.into(), arguments: arguments.into(), signature: None }
    }

    #[test]
    fn pieces_of_several_calls_are_put_together_whatever_their_order() {
        let mut calls = ToolCalls::default();
        assert_eq!(calls.take(piece(0, "a", "edit", "{\"x\"")), 0);
        assert_eq!(calls.take(piece(1, "b", "drop", "{")), 1);
        assert_eq!(calls.take(piece(0, "", "", ":1}")), 0);
        assert_eq!(calls.take(piece(1, "", "", "}")), 1);
        assert_eq!(calls.take(piece(4_000_000_000, "c", "edit", "no JSON")), 2, "a gap makes no room");
        let all = calls.calls();
        let texts: Vec<(&str, &str, &str)> =
            all.iter().map(|call| (&*call.id, &*call.name, &*call.arguments)).collect();
        assert_eq!(texts, [("a", "edit", "{\"x\":1}"), ("b", "drop", "{}"), ("c", "edit", "no JSON")]);
        assert_eq!(all[0].object(), serde_json::json!({"x": 1}));
        assert_eq!(all[2].object(), serde_json::json!({}));
    }
}
