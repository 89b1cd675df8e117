//! From pieces of an answer to its lines.

use super::{EditFormat, Found, LastLine, Parse, parser, signs};
use crate::edit::directive::Malformed;

/// An answer that is read while it streams.
pub struct Stream {
    parser: Box<dyn Parse + Send>,
    rest: String,
    at: usize,
    thought: Thought,
    /// The first sign of an edit that is not read.
    sign: Option<Malformed>,
    found_any: bool,
}

/// Where the answer stands with the thoughts that some models write out before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thought {
    /// Nothing was said yet.
    MayCome,
    /// It began at this line.
    Open(usize),
    /// What comes is the answer.
    Over,
}

impl Stream {
    /// A stream in a format.
    pub fn new(format: EditFormat) -> Self {
        Self {
            parser: parser(format),
            rest: String::new(),
            at: 0,
            thought: Thought::MayCome,
            sign: None,
            found_any: false,
        }
    }

    /// Takes the next piece of text; returns what became complete.
    pub fn push(&mut self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        self.rest.push_str(text);
        let rest = std::mem::take(&mut self.rest);
        let mut left = rest.as_str();
        while let Some((line, after)) = left.split_once('\n') {
            self.line(line, &mut found);
            left = after;
        }
        left.clone_into(&mut self.rest);
        found
    }

    fn line(&mut self, line: &str, found: &mut Vec<Found>) {
        self.at += 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let line = if self.at == 1 { line.trim_start_matches('\u{feff}') } else { line };
        if self.is_thought(line) {
            return;
        }
        if self.sign.is_none() {
            self.sign = signs::told(self.at, line);
        }
        let before = found.len();
        self.parser.line(self.at, line, found);
        self.found_any |= found.len() > before;
    }

    /// Whether a line is thought and not said.
    fn is_thought(&mut self, line: &str) -> bool {
        let text = line.trim();
        match self.thought {
            Thought::MayCome if text.is_empty() => return false,
            Thought::MayCome if text.starts_with("<think") && text.contains('>') => {
                let closed = text.contains("</think");
                self.thought = if closed { Thought::Over } else { Thought::Open(self.at) };
                return true;
            }
            Thought::Open(_) => {
                if text.starts_with("</think") || text.ends_with("</think>") {
                    self.thought = Thought::Over;
                }
                return true;
            }
            Thought::MayCome => self.thought = Thought::Over,
            Thought::Over => {}
        }
        false
    }

    /// The answer is over; returns what that completes.
    pub fn finish(mut self) -> Vec<Found> {
        let mut found = Vec::new();
        let ended = if self.rest.is_empty() { LastLine::Ended } else { LastLine::Open };
        if ended == LastLine::Open {
            let rest = std::mem::take(&mut self.rest);
            self.line(&rest, &mut found);
        }
        self.parser.finish(self.at, ended, &mut found);
        if let Thought::Open(line) = self.thought {
            let why = "the answer ends while the model still thinks: no edit came".to_owned();
            found.push(Err(Malformed { path: None, line, why }));
        }
        if found.is_empty() && !self.found_any {
            found.extend(self.sign.map(Err));
        }
        found
    }
}
