//! Encodings: how a file's bytes stand for characters, found out from the bytes alone.
//!
//! Invariant: what is decoded is encoded to the same bytes again, whatever they were.

use super::TextError;

/// How a file's bytes stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a mark.
    Utf8,
    /// UTF-8 with some bytes that are none: each of those is one character of a private plane. New text is UTF-8.
    Utf8Mixed,
    /// Not UTF-8 at all: each byte is one character, as in Windows-1252, which has those of ISO 8859-1 and more.
    Latin1,
    /// UTF-16, little end first, with or without a mark.
    Utf16Le,
    /// UTF-16, big end first, with or without a mark.
    Utf16Be,
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
const LE_MARK: &[u8] = b"\xff\xfe";
const BE_MARK: &[u8] = b"\xfe\xff";

/// The character that stands for a byte that is no UTF-8 is this and the byte. Nobody gives a meaning to this plane's end.
const STRAY: u32 = 0x0010_fe00;

/// What Windows-1252 has between 0x80 and 0x9f; where it has nothing the byte is its own character, as in ISO 8859-1.
const WINDOWS: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}',
    '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

impl Encoding {
    /// The encoding of a file, and the mark that it begins with.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn of(bytes: &[u8]) -> Result<(Self, &'static [u8]), TextError> {
        for (mark, encoding) in [(LE_MARK, Self::Utf16Le), (BE_MARK, Self::Utf16Be)] {
            if let Some(rest) = bytes.strip_prefix(mark) {
                return encoding.is_sound(rest).map(|()| (encoding, mark));
            }
        }
        if bytes.contains(&0) {
            let wide = [Self::Utf16Le, Self::Utf16Be].into_iter().find(|encoding| encoding.is_likely(bytes));
            return wide.map(|encoding| (encoding, &b""[..])).ok_or(TextError::Binary);
        }
        let (mark, rest) = bytes.strip_prefix(UTF8_MARK).map_or((&b""[..], bytes), |rest| (UTF8_MARK, rest));
        Ok((Self::narrow(rest), mark))
    }

    /// One of those whose units are bytes. A file that has more characters of UTF-8 than bytes that are none is UTF-8 in
    /// which something went wrong: new text must not be of another kind.
    fn narrow(bytes: &[u8]) -> Self {
        let (mut sound, mut stray, mut taken) = (0_usize, 0, false);
        for chunk in bytes.utf8_chunks() {
            sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            taken |= chunk.valid().chars().any(|c| stray_byte(c).is_some());
            stray += chunk.invalid().len();
        }
        match stray {
            0 => Self::Utf8,
            _ if sound > stray && !taken => Self::Utf8Mixed,
            _ => Self::Latin1,
        }
    }

    /// Whether bytes are UTF-16 without a doubt, although no mark says so: well-formed, without control characters, and most
    /// of it is ASCII, as in code.
    fn is_likely(self, bytes: &[u8]) -> bool {
        let units = self.units(bytes);
        let plain = |unit: &&u16| matches!(**unit, 0x20..=0x7e | 0x09 | 0x0a | 0x0d);
        let control = |unit: &u16| *unit < 0x20 && !matches!(*unit, 0x09 | 0x0a | 0x0c | 0x0d);
        self.is_sound(bytes).is_ok()
            && !units.iter().any(control)
            && units.iter().filter(plain).count() * 2 > units.len()
    }

    /// # Errors
    /// UTF-16 that is not well-formed, or holds NUL.
    fn is_sound(self, bytes: &[u8]) -> Result<(), TextError> {
        if !bytes.len().is_multiple_of(2) {
            return Err(TextError::Utf16);
        }
        let mut binary = false;
        for c in char::decode_utf16(self.units(bytes)) {
            binary |= c.map_err(|_| TextError::Utf16)? == '\0';
        }
        if binary { Err(TextError::Binary) } else { Ok(()) }
    }

    fn units(self, bytes: &[u8]) -> Vec<u16> {
        let (pairs, _) = bytes.as_chunks::<2>();
        let unit = |pair: &[u8; 2]| match self {
            Self::Utf16Be => u16::from_be_bytes(*pair),
            Self::Utf16Le | Self::Utf8 | Self::Utf8Mixed | Self::Latin1 => u16::from_le_bytes(*pair),
        };
        pairs.iter().map(unit).collect()
    }

    /// Whether the bytes hold such a character, which is one of ASCII.
    pub fn has(self, bytes: &[u8], ascii: u8) -> bool {
        bytes.chunks(self.width()).any(|unit| self.is(unit, ascii))
    }

    /// The bytes cut after each such character, which is one of ASCII.
    pub fn cut(self, bytes: &[u8], after: u8) -> Vec<&[u8]> {
        let width = self.width();
        if width == 1 {
            return bytes.split_inclusive(|byte| *byte == after).collect();
        }
        let mut pieces = Vec::new();
        let mut from = 0;
        for (at, unit) in bytes.chunks(width).enumerate() {
            if self.is(unit, after) {
                let end = at * width + unit.len();
                pieces.push(&bytes[from..end]);
                from = end;
            }
        }
        if from < bytes.len() {
            pieces.push(&bytes[from..]);
        }
        pieces
    }

    /// Bytes of one character of ASCII.
    const fn width(self) -> usize {
        match self {
            Self::Utf8 | Self::Utf8Mixed | Self::Latin1 => 1,
            Self::Utf16Le | Self::Utf16Be => 2,
        }
    }

    /// Whether a unit is this ASCII character.
    fn is(self, unit: &[u8], ascii: u8) -> bool {
        match self {
            Self::Utf8 | Self::Utf8Mixed | Self::Latin1 => unit == [ascii],
            Self::Utf16Le => unit == [ascii, 0],
            Self::Utf16Be => unit == [0, ascii],
        }
    }

    /// What bytes say.
    pub fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf8Mixed => {
                let mut text = String::new();
                for chunk in bytes.utf8_chunks() {
                    text.push_str(chunk.valid());
                    let stray = |byte: &u8| char::from_u32(STRAY + u32::from(*byte));
                    text.extend(chunk.invalid().iter().filter_map(stray));
                }
                text
            }
            Self::Latin1 => bytes.iter().map(|byte| windows(*byte)).collect(),
            Self::Utf16Le | Self::Utf16Be => String::from_utf16_lossy(&self.units(bytes)),
        }
    }

    /// The bytes of a character.
    ///
    /// # Errors
    /// One that the encoding has not.
    pub fn encode(self, c: char, bytes: &mut Vec<u8>) -> Result<(), TextError> {
        let units = |of: fn(u16) -> [u8; 2], bytes: &mut Vec<u8>| {
            bytes.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| of(*unit)));
        };
        match (self, stray_byte(c)) {
            (Self::Utf8Mixed, Some(byte)) => bytes.push(byte),
            (Self::Utf8 | Self::Utf8Mixed, _) => {
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            (Self::Latin1, _) => bytes.push(narrowed(c).ok_or(TextError::Latin1(c))?),
            (Self::Utf16Le, _) => units(u16::to_le_bytes, bytes),
            (Self::Utf16Be, _) => units(u16::to_be_bytes, bytes),
        }
        Ok(())
    }
}

/// The byte that a character stands for, where it is of the private plane.
fn stray_byte(c: char) -> Option<u8> {
    u8::try_from(u32::from(c).checked_sub(STRAY)?).ok().filter(|byte| *byte >= 0x80)
}

fn windows(byte: u8) -> char {
    let special = byte.checked_sub(0x80).and_then(|at| WINDOWS.get(usize::from(at)));
    special.copied().unwrap_or(char::from(byte))
}

fn narrowed(c: char) -> Option<u8> {
    if let Some(at) = WINDOWS.iter().position(|known| *known == c) {
        return u8::try_from(0x80 + at).ok();
    }
    u8::try_from(u32::from(c)).ok().filter(|byte| !(0x80..0xa0).contains(byte))
}
