//! How a body is cut: what its content type says, since gateways answer a streaming call with one value at times.

use crate::llm::wire::{Framing, Head};

/// What the content type says, else `streamed` for a call that asked for a stream.
pub(super) fn of(head: &Head, stream: bool, streamed: Framing) -> Framing {
    let kind = head.header("content-type").unwrap_or_default().trim().to_ascii_lowercase();
    if kind.starts_with("text/event-stream") {
        Framing::Events
    } else if kind.contains("ndjson") || kind.contains("jsonl") {
        Framing::Lines
    } else if !stream || (kind.starts_with("application/json") && streamed == Framing::Events) {
        Framing::Whole
    } else {
        streamed
    }
}
