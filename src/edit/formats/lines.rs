//! From pieces of an answer to its lines.

use super::{EditFormat, Found, LastLine, Parse, parser};

/// An answer that is read while it streams.
pub struct Stream {
    parser: Box<dyn Parse + Send>,
    rest: String,
    at: usize,
}

impl Stream {
    /// A stream in a format.
    pub fn new(format: EditFormat) -> Self {
        Self { parser: parser(format), rest: String::new(), at: 0 }
    }

    /// Takes the next piece of text; returns what became complete.
    pub fn push(&mut self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        self.rest.push_str(text);
        let rest = std::mem::take(&mut self.rest);
        let mut left = rest.as_str();
        while let Some((line, after)) = left.split_once('\n') {
            self.at += 1;
            self.parser.line(self.at, line.strip_suffix('\r').unwrap_or(line), &mut found);
            left = after;
        }
        left.clone_into(&mut self.rest);
        found
    }

    /// The answer is over; returns what that completes.
    pub fn finish(mut self) -> Vec<Found> {
        let mut found = Vec::new();
        let ended = if self.rest.is_empty() { LastLine::Ended } else { LastLine::Open };
        if ended == LastLine::Open {
            self.at += 1;
            let line = self.rest.strip_suffix('\r').unwrap_or(&self.rest);
            self.parser.line(self.at, line, &mut found);
        }
        self.parser.finish(self.at, ended, &mut found);
        found
    }
}
