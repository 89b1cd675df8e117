//! A file's text as lines that remember their bytes: what an edit does not touch is written back byte for byte.

mod encoding;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use encoding::Encoding;

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LineEnd {
    /// It does not: the file's last line.
    Open,
    /// `\n`.
    Lf,
    /// `\r\n`.
    CrLf,
    /// `\r`, in files that know no `\n`; in others it is a character of the line, as for git.
    Cr,
}

impl LineEnd {
    /// Its characters.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its text, without the end.
    pub text: String,
    /// How it ends.
    pub end: LineEnd,
    /// Its bytes, end included, where they come from the file.
    #[serde(skip)]
    raw: Option<Vec<u8>>,
}

impl Line {
    /// A line that is in no file yet: it takes the encoding of the file that it comes into.
    pub fn new(text: impl Into<String>, end: LineEnd) -> Self {
        Self { text: text.into(), end, raw: None }
    }

    /// The same line, told apart from the file that it was read from.
    pub(super) fn bare(&self) -> Self {
        Self::new(self.text.clone(), self.end)
    }

    /// Whether it reads and ends as another, wherever both come from.
    pub fn is_like(&self, other: &Self) -> bool {
        self.end == other.end && self.text == other.text
    }
}

/// A file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    encoding: Encoding,
    mark: &'static [u8],
    /// What ends its lines: `\n`, with or without a `\r`, or `\r` alone.
    ender: u8,
    /// The lines, in order.
    pub lines: Vec<Line>,
}

/// Why bytes are no text that can be edited, or text no bytes of the file's encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// It holds NUL bytes.
    #[error("it is binary")]
    Binary,
    /// UTF-16 that is not well-formed.
    #[error("it begins like UTF-16 and is not")]
    Utf16,
    /// The file is Windows-1252 and the edit is not.
    #[error(
        "the file is not UTF-8, and the edit has `{0}`, which Windows-1252 (Latin-1) has not; convert the file first"
    )]
    Latin1(char),
}

impl Text {
    /// Reads a file's bytes.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn read(bytes: &[u8]) -> Result<Self, TextError> {
        let (encoding, mark) = Encoding::of(bytes)?;
        let rest = &bytes[mark.len()..];
        let ender = if !encoding.has(rest, b'\n') && encoding.has(rest, b'\r') { b'\r' } else { b'\n' };
        Ok(Self { encoding, mark, ender, lines: cut(encoding, ender, rest) })
    }

    /// Reads bytes as this text is read, whatever they look like alone: another version of it that was made of it.
    ///
    /// # Errors
    /// Bytes that are no text of its encoding.
    pub fn like(&self, bytes: &[u8]) -> Result<Self, TextError> {
        let (mark, rest) = match bytes.strip_prefix(self.mark) {
            Some(rest) => (self.mark, rest),
            None => (&b""[..], bytes),
        };
        let text = Self { mark, lines: cut(self.encoding, self.ender, rest), ..*self };
        // A version that was not made of it, or by other means.
        if text.is_lossless() { Ok(text) } else { Self::read(bytes) }
    }

    /// Reads what somebody made of the file since. Where that does not tell its encoding any more, it is the one it was: of a
    /// file that lost its last character beyond ASCII nobody can tell.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn later(&self, bytes: &[u8]) -> Result<Self, TextError> {
        use Encoding::{Latin1, Utf8, Utf8Mixed, Utf16Be, Utf16Le};
        let fresh = Self::read(bytes);
        let kept = match (self.encoding, fresh.as_ref().map(|fresh| fresh.encoding)) {
            (Utf16Le | Utf16Be, Err(_)) | (Utf8Mixed, Ok(Latin1)) => true,
            (Latin1 | Utf8Mixed, Ok(Utf8)) => bytes.is_ascii(),
            (Utf8 | Utf8Mixed | Latin1, Err(_))
            | (_, Ok(Utf16Le | Utf16Be | Utf8Mixed))
            | (Utf8 | Utf16Le | Utf16Be, Ok(Utf8 | Latin1))
            | (Latin1, Ok(Latin1)) => false,
        };
        if kept { self.like(bytes) } else { fresh }
    }

    /// A new file's text: UTF-8, lines ended by `\n`.
    pub fn new_file(lines: &[String], ends: bool) -> Self {
        let last = lines.len().saturating_sub(1);
        let end = |at: usize| if at == last && !ends { LineEnd::Open } else { LineEnd::Lf };
        let lines =
            lines.iter().enumerate().map(|(at, text)| Line { text: text.clone(), end: end(at), raw: None });
        Self { encoding: Encoding::Utf8, mark: b"", ender: b'\n', lines: lines.collect() }
    }

    /// Puts other lines in the place of some. They end as their neighbours do, and the file's last line as it did.
    pub fn splice(&mut self, range: Range<usize>, lines: &[String]) {
        let end = self.end_for(&range);
        let last_open =
            range.end == self.lines.len() && self.lines.last().is_some_and(|line| line.end == LineEnd::Open);
        if last_open && range.is_empty() && !lines.is_empty() {
            // Lines come after one that had no end.
            if let Some(line) = self.lines.last_mut() {
                line.end = end;
                line.raw = None;
            }
        }
        let count = lines.len();
        let starts = range.start == 0;
        let fresh = lines.iter().enumerate().map(|(at, text)| {
            let open = last_open && at + 1 == count;
            // A mark is no text: the file keeps its own, or none.
            let text = if starts && at == 0 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
            Line { text: text.to_owned(), end: if open { LineEnd::Open } else { end }, raw: None }
        });
        let fresh: Vec<Line> = fresh.collect();
        self.lines.splice(range, fresh);
    }

    /// The same file with these lines.
    pub(super) fn with_lines(&self, lines: Vec<Line>) -> Self {
        let mut text = Self { lines, ..*self };
        text.close_lines();
        text
    }

    /// Only the last line may lack its end: one that is followed takes the end of its neighbours.
    pub(super) fn close_lines(&mut self) {
        let last = self.lines.len().saturating_sub(1);
        for at in 0..last {
            if self.lines[at].end == LineEnd::Open {
                self.lines[at].end = self.end_for(&(at..at + 1));
                self.lines[at].raw = None;
            }
        }
    }

    /// How a line would end that stands in the place of these.
    pub fn end_for(&self, range: &Range<usize>) -> LineEnd {
        let ended = |line: &Line| (line.end != LineEnd::Open).then_some(line.end);
        let inside = self.lines[range.clone()].iter().find_map(ended);
        let before = || self.lines[..range.start].iter().rev().find_map(ended);
        let after = || self.lines[range.end..].iter().find_map(ended);
        let usual = if self.ender == b'\r' { LineEnd::Cr } else { LineEnd::Lf };
        inside.or_else(before).or_else(after).unwrap_or(usual)
    }

    /// The bytes: untouched lines as they were.
    ///
    /// # Errors
    /// Text that the file's encoding has not.
    pub fn bytes(&self) -> Result<Vec<u8>, TextError> {
        let mut bytes = self.mark.to_vec();
        for line in &self.lines {
            match &line.raw {
                Some(raw) => bytes.extend_from_slice(raw),
                None => self.encode(line, &mut bytes)?,
            }
        }
        Ok(bytes)
    }

    /// Whether every line says what its bytes say, and nothing else.
    fn is_lossless(&self) -> bool {
        self.lines.iter().all(|line| {
            let mut bytes = Vec::new();
            self.encode(line, &mut bytes).is_ok() && line.raw.as_ref() == Some(&bytes)
        })
    }

    fn encode(&self, line: &Line, bytes: &mut Vec<u8>) -> Result<(), TextError> {
        if self.encoding == Encoding::Utf8 {
            bytes.extend_from_slice(line.text.as_bytes());
            bytes.extend_from_slice(line.end.text().as_bytes());
            return Ok(());
        }
        for c in line.text.chars().chain(line.end.text().chars()) {
            self.encoding.encode(c, bytes)?;
        }
        Ok(())
    }

    /// The text as one string, lines ended by `\n`; for parsers of code.
    pub fn joined(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&line.text);
            text.push('\n');
        }
        text
    }
}

/// Bytes without their mark, line by line.
fn cut(encoding: Encoding, ender: u8, bytes: &[u8]) -> Vec<Line> {
    let line = |raw: &[u8]| {
        let text = encoding.decode(raw);
        let ends = [LineEnd::CrLf, if ender == b'\r' { LineEnd::Cr } else { LineEnd::Lf }];
        let end = ends.into_iter().find(|end| text.ends_with(end.text())).unwrap_or(LineEnd::Open);
        let body = text.strip_suffix(end.text()).unwrap_or(&text);
        Line { text: body.to_owned(), end, raw: Some(raw.to_vec()) }
    };
    encoding.cut(bytes, ender).into_iter().map(line).collect()
}

#[cfg(test)]
mod tests;
