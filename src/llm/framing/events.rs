//! Server-sent events, as the HTML standard (9.2.6) reads them: lines end in LF, CR LF or CR, `data:` lines of one event
//! are joined by line feeds, lines that begin with a colon are comments, and a byte order mark may stand first.
//!
//! Differs from the standard where servers do: the last event counts without its empty line if its data is whole.

use super::{MOST_RECORD, Oversized, Record, is_whole, record};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What came of the line and the event so far.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    event: String,
    data: Option<Vec<u8>>,
    /// The last byte was a carriage return: a line feed now belongs to it.
    after_return: bool,
    /// A line has been read: a byte order mark is text now.
    begun: bool,
}

impl Events {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<Record>, Oversized> {
        let mut records = Vec::new();
        let mut rest = bytes;
        if self.after_return && !rest.is_empty() {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            self.after_return = false;
        }
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.hold(&rest[..at])?;
            let returned = rest[at] == b'\r';
            rest = &rest[at + 1..];
            if returned {
                self.after_return = rest.is_empty();
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
            records.extend(self.line_ended());
        }
        self.hold(rest)?;
        Ok(records)
    }

    pub(super) fn end(mut self) -> Option<Record> {
        if !self.line.is_empty() {
            self.line_ended();
        }
        self.dispatch().filter(|record| is_whole(record.data.as_bytes()))
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), Oversized> {
        let held = self.line.len() + self.data.as_ref().map_or(0, Vec::len);
        if held + bytes.len() > MOST_RECORD {
            return Err(Oversized(MOST_RECORD));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn line_ended(&mut self) -> Option<Record> {
        let line = std::mem::take(&mut self.line);
        let marked = !std::mem::replace(&mut self.begun, true);
        let line = if marked { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line) } else { &line };
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(at) => (&line[..at], line[at + 1..].strip_prefix(b" ").unwrap_or(&line[at + 1..])),
            None => (line, &b""[..]),
        };
        match field {
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            },
            b"event" => self.event = String::from_utf8_lossy(value).into_owned(),
            // Comments have an empty field; `id` and `retry` serve reconnecting, which a POST must not do.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Record> {
        let event = std::mem::take(&mut self.event);
        self.data.take().filter(|data| !data.is_empty()).map(|data| record(event, &data))
    }
}
