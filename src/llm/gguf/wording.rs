//! From bytes to text: whole characters only, and nothing from a stop text on.

/// The text of one answer in the making.
pub(super) struct Wording<'a> {
    stops: &'a [String],
    /// Bytes that are no whole character yet.
    bytes: Vec<u8>,
    /// Text that may yet turn out to be the beginning of a stop text.
    held: String,
    stopped: bool,
}

impl<'a> Wording<'a> {
    pub(super) fn new(stops: &'a [String]) -> Self {
        Self { stops, bytes: Vec::new(), held: String::new(), stopped: false }
    }

    /// Takes a token's bytes and gives the text that is sure by now.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.bytes.extend_from_slice(bytes);
        let whole = whole_characters(&self.bytes);
        self.held.push_str(&String::from_utf8_lossy(&self.bytes[..whole]));
        self.bytes.drain(..whole);
        let found =
            self.stops.iter().filter(|stop| !stop.is_empty()).filter_map(|stop| self.held.find(stop)).min();
        if let Some(at) = found {
            self.stopped = true;
            self.held.truncate(at);
            return std::mem::take(&mut self.held);
        }
        let sure = self.held.len() - self.may_begin_a_stop();
        let held = self.held.split_off(sure);
        std::mem::replace(&mut self.held, held)
    }

    /// Whether a stop text came.
    pub(super) const fn stopped(&self) -> bool {
        self.stopped
    }

    /// What was held back, at the end.
    pub(super) fn rest(mut self) -> String {
        if self.stopped {
            return String::new();
        }
        self.held.push_str(&String::from_utf8_lossy(&self.bytes));
        self.held
    }

    /// How many bytes at the end are the beginning of a stop text.
    fn may_begin_a_stop(&self) -> usize {
        let begins = |from: usize| {
            self.held.is_char_boundary(from)
                && self.stops.iter().any(|stop| stop.starts_with(&self.held[from..]))
        };
        (0..self.held.len()).find(|from| begins(*from)).map_or(0, |from| self.held.len() - from)
    }
}

/// How many bytes, from the first, are whole characters or can become none.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        // A byte that begins nothing: it and what stands before it are as whole as they get.
        Err(error) => {
            let bad = error.valid_up_to() + error.error_len().unwrap_or(1);
            bad + whole_characters(&bytes[bad..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(stops: &[&str], pieces: &[&[u8]]) -> (Vec<String>, bool) {
        let stops: Vec<String> = stops.iter().map(ToString::to_string).collect();
        let mut wording = Wording::new(&stops);
        let mut texts: Vec<String> = pieces.iter().map(|piece| wording.push(piece)).collect();
        let stopped = wording.stopped();
        texts.push(wording.rest());
        (texts, stopped)
    }

    #[test]
    fn a_character_waits_for_its_last_byte() {
        let (texts, _) = said(&[], &[b"a\xf0\x9f", b"\xa6", b"\x80b"]);
        assert_eq!(texts, ["a", "", "\u{1f980}b", ""]);
        assert_eq!(said(&[], &[b"\xff", b"x\xc3"]).0.concat(), "\u{fffd}x\u{fffd}");
    }

    #[test]
    fn nothing_is_said_from_a_stop_text_on() {
        let (texts, stopped) = said(&["\n\n", "END"], &[b"one\n", b"two E", b"N", b"D three"]);
        assert!(stopped);
        assert_eq!(texts.concat(), "one\ntwo ");
        let (texts, stopped) = said(&["END"], &[b"the EN", b"tries"]);
        assert!(!stopped);
        assert_eq!(texts, ["the ", "ENtries", ""]);
    }
}
