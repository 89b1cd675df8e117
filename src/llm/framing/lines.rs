//! One JSON value a line, as Ollama streams. Empty lines are skipped; a carriage return before the line feed is not part
//! of the line.

use super::{MOST_RECORD, Oversized, Record, is_whole, record};

/// What came of the line so far.
#[derive(Debug, Default)]
pub(super) struct Lines {
    line: Vec<u8>,
}

impl Lines {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<Record>, Oversized> {
        let mut records = Vec::new();
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
            self.hold(&rest[..at])?;
            rest = &rest[at + 1..];
            let line = std::mem::take(&mut self.line);
            if !line.trim_ascii().is_empty() {
                records.push(record(String::new(), line.trim_ascii()));
            }
        }
        self.hold(rest)?;
        Ok(records)
    }

    pub(super) fn end(self) -> Option<Record> {
        is_whole(&self.line).then(|| record(String::new(), self.line.trim_ascii()))
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), Oversized> {
        if self.line.len() + bytes.len() > MOST_RECORD {
            return Err(Oversized(MOST_RECORD));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }
}
