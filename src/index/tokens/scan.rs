//! The scanner: finds identifiers in a text and cuts them, in one pass and without allocating per token.

use super::{Token, stem::stem};

/// Longer words are data, not language.
const MAX_WORD: usize = 40;

/// Longer numbers are ids, hashes and dates that nobody asks for.
const MAX_DIGITS: usize = 6;

/// An identifier of more bytes is cut here; it is data, and its parts may be many.
const MAX_IDENTIFIER: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Underscore,
    Hyphen,
    /// Written without spaces: Han, kana, Hangul, Thai.
    Dense,
    Other,
}

const ASCII: [Class; 128] = {
    let mut table = [Class::Other; 128];
    let mut at = 0;
    while at < 128 {
        table[at] = match at as u8 {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b'_' => Class::Underscore,
            b'-' => Class::Hyphen,
            _ => Class::Other,
        };
        at += 1;
    }
    table
};

/// Calls `sink` for each token of the text: parts in order, then the whole identifiers that they make up.
pub fn each<F: FnMut(Token<'_>) + ?Sized>(text: &str, sink: &mut F) {
    let mut scanner = Scanner { text, joined: String::new(), cuts: Vec::new(), term: String::new(), sink };
    let mut at = 0;
    while let Some(start) = scanner.next_start(at) {
        at = scanner.plain_word(start).unwrap_or_else(|| scanner.identifier(start));
    }
}

/// Where a part begins.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// In the text.
    at: usize,
    /// In the joined lower-case form.
    joined: usize,
    border: Border,
}

/// What separates a part from the one before it, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Border {
    /// Between a letter and a digit.
    Digit,
    /// `camelCase` and `snake_case`.
    Word,
    /// kebab-case.
    Kebab,
}

struct Scanner<'a, 's, F: FnMut(Token<'_>) + ?Sized> {
    text: &'a str,
    /// The identifier at hand, lower-cased, without separators.
    joined: String,
    cuts: Vec<Cut>,
    /// Where terms are stemmed.
    term: String,
    sink: &'s mut F,
}

impl<F: FnMut(Token<'_>) + ?Sized> Scanner<'_, '_, F> {
    /// The next byte that begins an identifier.
    fn next_start(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes().get(from..)?;
        bytes.iter().position(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80).map(|at| from + at)
    }

    /// Takes the commonest case, one ASCII word in lower case or capitalised; answers where it ends.
    fn plain_word(&mut self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if !bytes[start].is_ascii_alphabetic() {
            return None;
        }
        let mut end = start + 1;
        while end < bytes.len() && bytes[end].is_ascii_lowercase() {
            end += 1;
        }
        let next = bytes.get(end).copied().unwrap_or(b' ');
        if next.is_ascii_alphanumeric() || next == b'_' || next >= 0x80 {
            return None;
        }
        let hyphened = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
        if next == b'-' && bytes.get(end + 1).is_some_and(hyphened) {
            return None;
        }
        if (2..=MAX_WORD).contains(&(end - start)) {
            self.term.clear();
            self.term.push_str(&self.text[start..end]);
            self.term.make_ascii_lowercase();
            self.emit(false, start, end);
        }
        Some(end)
    }

    /// Takes an identifier with several parts, or one that is not ASCII; answers where it ends.
    fn identifier(&mut self, start: usize) -> usize {
        self.joined.clear();
        self.cuts.clear();
        let mut state = Run { at: start, end: start, pending: Some(Border::Kebab), last: None, uppers: 0 };
        let limit = start + MAX_IDENTIFIER;
        while state.at < limit {
            let (class, ch) = self.look(state.at);
            match class {
                Class::Lower | Class::Upper | Class::Digit => self.push(&mut state, class, ch),
                Class::Underscore => {
                    state.pending = state.pending.max(Some(Border::Word));
                    state.at += 1;
                }
                Class::Hyphen if state.end == state.at && self.continues(state.at + 1) => {
                    state.pending = Some(Border::Kebab);
                    state.at += 1;
                }
                Class::Hyphen | Class::Other | Class::Dense => break,
            }
        }
        self.flush(state.end);
        let end = state.at.max(state.end);
        match self.look(end) {
            (Class::Dense, _) => self.dense(end),
            (_, Some(ch)) if end == start => end + ch.len_utf8(),
            _ => end,
        }
    }

    fn push(&mut self, state: &mut Run, class: Class, ch: Option<char>) {
        let Some(ch) = ch else { return };
        let len = ch.len_utf8();
        if let Some(border) = state.pending.take() {
            self.cut(state.at, border);
        } else if let Some((last, last_at)) = state.last {
            match (last, class) {
                (Class::Lower | Class::Digit, Class::Upper) => self.cut(state.at, Border::Word),
                (Class::Upper | Class::Lower, Class::Digit) | (Class::Digit, Class::Lower) => {
                    self.cut(state.at, Border::Digit);
                }
                // `HTTPServer` is cut before the `S`, `URLs` is not.
                (Class::Upper, Class::Lower) if state.uppers > 1 => {
                    let plural = ch == 's' && self.look(state.at + len).0 != Class::Lower;
                    if !plural {
                        self.cut_before(last_at, state.at);
                    }
                }
                _ => {}
            }
        }
        state.uppers = if class == Class::Upper { state.uppers + 1 } else { 0 };
        state.last = Some((class, state.at));
        if ch.is_ascii() {
            self.joined.push(ch.to_ascii_lowercase());
        } else {
            self.joined.extend(ch.to_lowercase().filter(|lower| is_word(*lower)));
        }
        state.at += len;
        state.end = state.at;
    }

    fn cut(&mut self, at: usize, border: Border) {
        self.cuts.push(Cut { at, joined: self.joined.len(), border });
    }

    /// Cuts before the letter that was pushed last.
    fn cut_before(&mut self, at: usize, end: usize) {
        let lower: usize = self.text[at..end].chars().flat_map(char::to_lowercase).map(char::len_utf8).sum();
        let joined = self.joined.len().saturating_sub(lower);
        if self.joined.is_char_boundary(joined) {
            self.cuts.push(Cut { at, joined, border: Border::Word });
        }
    }

    fn continues(&self, at: usize) -> bool {
        matches!(self.look(at).0, Class::Lower | Class::Upper | Class::Digit)
    }

    fn look(&self, at: usize) -> (Class, Option<char>) {
        match self.text.as_bytes().get(at) {
            None => (Class::Other, None),
            Some(byte) if *byte < 128 => (ASCII[usize::from(*byte)], Some(char::from(*byte))),
            Some(_) => {
                let ch = self.text[at..].chars().next();
                (ch.map_or(Class::Other, class_of), ch)
            }
        }
    }

    /// Emits the parts and wholes of the identifier at hand, which ends at `end` in the text.
    fn flush(&mut self, end: usize) {
        let mut piece = 0;
        let cuts = std::mem::take(&mut self.cuts);
        for next in 1..=cuts.len() {
            if next == cuts.len() || cuts[next].border == Border::Kebab {
                self.piece(&cuts[piece..next], cuts.get(next), end);
                piece = next;
            }
        }
        let pieces = cuts.iter().filter(|cut| cut.border == Border::Kebab).count();
        if pieces > 1 {
            self.whole(&cuts, None, end);
        }
        self.cuts = cuts;
    }

    /// Emits one piece between hyphens.
    fn piece(&mut self, cuts: &[Cut], next: Option<&Cut>, end: usize) {
        let span = self.span(cuts, next);
        if is_blob(&self.joined[span], cuts.len()) {
            return;
        }
        for (at, cut) in cuts.iter().enumerate() {
            let end = cuts.get(at + 1).or(next).map_or(end, |next| next.at);
            let span = self.span(&cuts[at..=at], cuts.get(at + 1).or(next));
            self.part(cut.at, end, span);
        }
        if cuts.len() < 2 {
            return;
        }
        let mut word = 0;
        for at in 1..=cuts.len() {
            if at == cuts.len() || cuts[at].border != Border::Digit {
                // `sha256` of `sha256Hash`.
                if at - word > 1 && at - word < cuts.len() {
                    self.whole(&cuts[word..at], cuts.get(at).or(next), end);
                }
                word = at;
            }
        }
        self.whole(cuts, next, end);
    }

    fn span(&self, cuts: &[Cut], next: Option<&Cut>) -> std::ops::Range<usize> {
        let start = cuts.first().map_or(0, |cut| cut.joined);
        start..next.map_or(self.joined.len(), |next| next.joined)
    }

    fn part(&mut self, start: usize, end: usize, span: std::ops::Range<usize>) {
        let part = &self.joined[span];
        let end = start + self.text[start..end].trim_end_matches(['_', '-']).len();
        if keeps(part) {
            self.term.clear();
            self.term.push_str(part);
            self.emit(false, start, end);
        }
    }

    fn whole(&mut self, cuts: &[Cut], next: Option<&Cut>, end: usize) {
        let span = self.span(cuts, next);
        let whole = &self.joined[span];
        if !keeps(whole) || is_blob(whole, borders(whole)) {
            return;
        }
        self.term.clear();
        self.term.push_str(whole);
        let start = cuts.first().map_or(0, |cut| cut.at);
        let end = next.map_or(end, |next| next.at);
        let end = start + self.text[start..end].trim_end_matches(['_', '-']).len();
        self.emit(true, start, end);
    }

    /// Emits pairs of neighbouring characters, or the one there is; answers where the run ends.
    fn dense(&mut self, start: usize) -> usize {
        let text = self.text;
        let mut last: Option<(usize, char)> = None;
        let mut pairs = 0;
        let mut end = start;
        for (offset, ch) in text[start..].char_indices() {
            if class_of(ch) != Class::Dense {
                break;
            }
            let at = start + offset;
            end = at + ch.len_utf8();
            if let Some((last_at, last)) = last {
                self.term.clear();
                self.term.extend([last, ch]);
                self.emit(false, last_at, end);
                pairs += 1;
            }
            last = Some((at, ch));
        }
        if let (0, Some((at, ch))) = (pairs, last) {
            self.term.clear();
            self.term.push(ch);
            self.emit(false, at, end);
        }
        end
    }

    /// Stems what stands in `term` and hands it out.
    fn emit(&mut self, whole: bool, start: usize, end: usize) {
        stem(&mut self.term);
        (self.sink)(Token { term: &self.term, whole, start, end });
    }
}

/// Where the scan of one identifier stands.
struct Run {
    at: usize,
    /// After the last letter or digit.
    end: usize,
    /// The border that the next letter begins with.
    pending: Option<Border>,
    last: Option<(Class, usize)>,
    /// Capitals in a row.
    uppers: u32,
}

fn is_word(ch: char) -> bool {
    ch.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&ch)
}

fn class_of(ch: char) -> Class {
    if ch.is_ascii() {
        return ASCII[ch as usize];
    }
    let dense = matches!(ch,
        '\u{e00}'..='\u{e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    if !is_word(ch) {
        Class::Other
    } else if dense {
        Class::Dense
    } else if ch.is_uppercase() {
        Class::Upper
    } else {
        Class::Lower
    }
}

/// Whether a part or whole is worth a term: not a lone letter or digit, not a long number, not over-long.
fn keeps(part: &str) -> bool {
    let ascii_one = part.len() < 2;
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    !ascii_one && part.chars().take(MAX_WORD + 1).count() <= MAX_WORD && !(digits && part.len() > MAX_DIGITS)
}

/// How many runs of letters and of digits there are.
fn borders(joined: &str) -> usize {
    let digit = |byte: u8| byte.is_ascii_digit();
    1 + joined.as_bytes().windows(2).filter(|pair| digit(pair[0]) != digit(pair[1])).count()
}

/// Whether it looks like a hash, a key or encoded data: hexadecimal, or letters and digits in small change.
fn is_blob(joined: &str, runs: usize) -> bool {
    let bytes = joined.as_bytes();
    if !bytes.iter().any(u8::is_ascii_digit) {
        // Encoded data without a digit has capitals all over.
        return runs >= 12 && bytes.len() < 2 * runs;
    }
    let hex = bytes.strip_prefix(b"0x").unwrap_or(bytes);
    let is_hex = hex.iter().all(u8::is_ascii_hexdigit);
    let letters = hex.iter().any(|byte| !byte.is_ascii_digit());
    (is_hex && letters && bytes.len() >= 8)
        || (is_hex && hex.len() < bytes.len())
        || (runs >= 6 && bytes.len() < 3 * runs)
}
