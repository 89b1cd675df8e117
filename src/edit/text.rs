//! A file's text as lines that remember their bytes: what an edit does not touch is written back byte for byte.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How a file's bytes stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a mark.
    Utf8,
    /// Not valid UTF-8: each byte is one character, as in ISO 8859-1.
    Latin1,
    /// UTF-16 with a mark, little end first.
    Utf16Le,
    /// UTF-16 with a mark, big end first.
    Utf16Be,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LineEnd {
    /// It does not: the file's last line.
    Open,
    /// `\n`.
    Lf,
    /// `\r\n`.
    CrLf,
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
    /// The lines, in order.
    pub lines: Vec<Line>,
}

/// Why bytes are no text that can be edited, or text no bytes of the file's encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// It holds NUL bytes.
    #[error("it is binary")]
    Binary,
    /// UTF-16 that is not well formed.
    #[error("it begins like UTF-16 and is not")]
    Utf16,
    /// The file is Latin-1 and the edit is not.
    #[error("the file is not UTF-8, and the edit has `{0}`, which Latin-1 has not")]
    Latin1(char),
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
const LE_MARK: &[u8] = b"\xff\xfe";
const BE_MARK: &[u8] = b"\xfe\xff";

impl Text {
    /// Reads a file's bytes.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn read(bytes: &[u8]) -> Result<Self, TextError> {
        if let Some(rest) = bytes.strip_prefix(LE_MARK) {
            return Self::utf16(rest, Encoding::Utf16Le, LE_MARK);
        }
        if let Some(rest) = bytes.strip_prefix(BE_MARK) {
            return Self::utf16(rest, Encoding::Utf16Be, BE_MARK);
        }
        if bytes.contains(&0) {
            return Err(TextError::Binary);
        }
        let (mark, rest) = bytes.strip_prefix(UTF8_MARK).map_or((&b""[..], bytes), |rest| (UTF8_MARK, rest));
        let encoding = if std::str::from_utf8(rest).is_ok() { Encoding::Utf8 } else { Encoding::Latin1 };
        let lines = rest.split_inclusive(|byte| *byte == b'\n').map(|raw| {
            let (body, end) = match raw {
                [body @ .., b'\r', b'\n'] => (body, LineEnd::CrLf),
                [body @ .., b'\n'] => (body, LineEnd::Lf),
                body => (body, LineEnd::Open),
            };
            let text = match encoding {
                Encoding::Utf8 => String::from_utf8_lossy(body).into_owned(),
                Encoding::Latin1 | Encoding::Utf16Le | Encoding::Utf16Be => {
                    body.iter().map(|byte| char::from(*byte)).collect()
                }
            };
            Line { text, end, raw: Some(raw.to_vec()) }
        });
        Ok(Self { encoding, mark, lines: lines.collect() })
    }

    fn utf16(bytes: &[u8], encoding: Encoding, mark: &'static [u8]) -> Result<Self, TextError> {
        let (pairs, odd) = bytes.as_chunks::<2>();
        if !odd.is_empty() {
            return Err(TextError::Utf16);
        }
        let unit = |pair: &[u8; 2]| match encoding {
            Encoding::Utf16Be => u16::from_be_bytes(*pair),
            Encoding::Utf16Le | Encoding::Utf8 | Encoding::Latin1 => u16::from_le_bytes(*pair),
        };
        let units: Vec<u16> = pairs.iter().map(unit).collect();
        let mut lines = Vec::new();
        let mut at = 0;
        for piece in units.split_inclusive(|unit| *unit == u16::from(b'\n')) {
            let raw = bytes[2 * at..2 * (at + piece.len())].to_vec();
            at += piece.len();
            let text = String::from_utf16(piece).map_err(|_| TextError::Utf16)?;
            let (text, end) = match text.strip_suffix('\n') {
                None => (text.as_str(), LineEnd::Open),
                Some(body) => {
                    body.strip_suffix('\r').map_or((body, LineEnd::Lf), |body| (body, LineEnd::CrLf))
                }
            };
            lines.push(Line { text: text.to_owned(), end, raw: Some(raw) });
        }
        Ok(Self { encoding, mark, lines })
    }

    /// A new file's text: UTF-8, lines ended by `\n`.
    pub fn new_file(lines: &[String], ends: bool) -> Self {
        let last = lines.len().saturating_sub(1);
        let end = |at: usize| if at == last && !ends { LineEnd::Open } else { LineEnd::Lf };
        let lines =
            lines.iter().enumerate().map(|(at, text)| Line { text: text.clone(), end: end(at), raw: None });
        Self { encoding: Encoding::Utf8, mark: b"", lines: lines.collect() }
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
        let fresh = lines.iter().enumerate().map(|(at, text)| {
            let open = last_open && at + 1 == count;
            Line { text: text.clone(), end: if open { LineEnd::Open } else { end }, raw: None }
        });
        let fresh: Vec<Line> = fresh.collect();
        self.lines.splice(range, fresh);
    }

    /// The same file with these lines.
    pub(super) fn with_lines(&self, lines: Vec<Line>) -> Self {
        let mut text = Self { encoding: self.encoding, mark: self.mark, lines };
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
        inside.or_else(before).or_else(after).unwrap_or(LineEnd::Lf)
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

    fn encode(&self, line: &Line, bytes: &mut Vec<u8>) -> Result<(), TextError> {
        let end = match line.end {
            LineEnd::Open => "",
            LineEnd::Lf => "\n",
            LineEnd::CrLf => "\r\n",
        };
        for c in line.text.chars().chain(end.chars()) {
            match self.encoding {
                Encoding::Utf8 => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Encoding::Latin1 => bytes.push(u8::try_from(u32::from(c)).map_err(|_| TextError::Latin1(c))?),
                Encoding::Utf16Le => {
                    bytes.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_le_bytes()));
                }
                Encoding::Utf16Be => {
                    bytes.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
                }
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        LE_MARK.iter().copied().chain(units).collect()
    }

    #[test]
    fn whatever_is_read_is_written_back_byte_for_byte() {
        let files: Vec<Vec<u8>> = vec![
            b"a\nb\r\nc".to_vec(),
            b"\xef\xbb\xbfa\n".to_vec(),
            b"caf\xe9\r\n\x80\x9f\n".to_vec(),
            utf16("a\u{1f600}\r\nb"),
            Vec::new(),
            b"\n\n\n".to_vec(),
        ];
        for bytes in files {
            assert_eq!(Text::read(&bytes).expect("text").bytes().expect("bytes"), bytes);
        }
        assert_eq!(Text::read(b"a\0b"), Err(TextError::Binary));
        assert_eq!(Text::read(b"\xff\xfea"), Err(TextError::Utf16));
    }

    #[test]
    fn new_lines_end_as_their_neighbours_do_and_others_stay() {
        let mut text = Text::read(b"a\r\nb\r\nc\nd").expect("text");
        text.splice(1..2, &["x".into(), "y".into()]);
        assert_eq!(text.bytes().expect("bytes"), b"a\r\nx\r\ny\r\nc\nd");
        text.splice(4..5, &["z".into()]);
        assert_eq!(text.bytes().expect("bytes"), b"a\r\nx\r\ny\r\nc\nz", "still without an end");
        text.splice(5..5, &["last".into()]);
        assert_eq!(text.bytes().expect("bytes"), b"a\r\nx\r\ny\r\nc\nz\nlast");
    }

    #[test]
    fn new_text_takes_the_files_encoding_or_says_that_it_cannot() {
        let mut latin = Text::read(b"caf\xe9\n").expect("text");
        assert_eq!(latin.lines[0].text, "caf\u{e9}");
        latin.splice(1..1, &["\u{fc}ber".into()]);
        assert_eq!(latin.bytes().expect("bytes"), b"caf\xe9\n\xfcber\n");
        latin.splice(0..0, &["\u{20ac}".into()]);
        assert_eq!(latin.bytes(), Err(TextError::Latin1('\u{20ac}')));
        let mut wide = Text::read(&utf16("a\nb\n")).expect("text");
        wide.splice(1..2, &["c".into()]);
        assert_eq!(wide.bytes().expect("bytes"), utf16("a\nc\n"));
    }
}
