//! Bytes of a body into records. Pure: bytes are pushed in as they come, in pieces cut anywhere.
//!
//! Invariant: the records do not depend on where the pieces were cut, and no more than [`MOST_RECORD`] bytes (for a whole
//! body [`MOST_BODY`]) are ever held.

mod events;
mod lines;
#[cfg(test)]
mod tests;

use serde::de::IgnoredAny;

use self::events::Events;
use self::lines::Lines;
use super::wire::Framing;

/// Most bytes of one streamed record. The largest honest ones are whole answers in the last event of a stream.
pub const MOST_RECORD: usize = 8 << 20;

/// Most bytes of a body that is one record: an answer of 8,000 tokens with 20 alternatives each takes about 12 MB.
pub const MOST_BODY: usize = 64 << 20;

/// A record: what a decoder reads at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The event's name; empty where it has none, and for lines and whole bodies.
    pub event: String,
    /// Its data; what is no UTF-8 is replaced.
    pub data: String,
}

/// A record that is larger than is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("one record is larger than {} MB", .0 >> 20)]
pub struct Oversized(pub usize);

/// Cuts one body into records.
#[derive(Debug)]
pub struct Frames(Kind);

#[derive(Debug)]
enum Kind {
    Events(Events),
    Lines(Lines),
    Whole(Vec<u8>),
}

impl Frames {
    /// For a new body.
    pub fn new(framing: Framing) -> Self {
        Self(match framing {
            Framing::Events => Kind::Events(Events::default()),
            Framing::Lines => Kind::Lines(Lines::default()),
            Framing::Whole => Kind::Whole(Vec::new()),
        })
    }

    /// Takes the next bytes; the records that they complete.
    ///
    /// # Errors
    /// [`Oversized`]; nothing more should be pushed then.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Record>, Oversized> {
        match &mut self.0 {
            Kind::Events(events) => events.push(bytes),
            Kind::Lines(lines) => lines.push(bytes),
            Kind::Whole(body) => {
                if body.len() + bytes.len() > MOST_BODY {
                    return Err(Oversized(MOST_BODY));
                }
                body.extend_from_slice(bytes);
                Ok(Vec::new())
            }
        }
    }

    /// The body ended: the last record, where only its end mark is missing. Half a record is dropped; the decoder knows
    /// that the protocol's own end did not come.
    pub fn end(self) -> Option<Record> {
        match self.0 {
            Kind::Events(events) => events.end(),
            Kind::Lines(lines) => lines.end(),
            Kind::Whole(body) => (!body.trim_ascii().is_empty()).then(|| record(String::new(), &body)),
        }
    }
}

fn record(event: String, data: &[u8]) -> Record {
    Record { event, data: String::from_utf8_lossy(data).into_owned() }
}

/// Whether this can be no cut-off piece: objects and arrays close, and the end word is whole.
fn is_whole(data: &[u8]) -> bool {
    let data = data.trim_ascii();
    data == b"[DONE]"
        || (matches!(data.first(), Some(b'{' | b'[')) && serde_json::from_slice::<IgnoredAny>(data).is_ok())
}
