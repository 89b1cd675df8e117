//! Comments without a grammar: a scan for the language's comment marks that knows quoted strings.

use std::ops::Range;

use crate::domain::Language;

/// Where comments stand, in bytes, ascending. A string ends with its line at the latest.
pub fn comments(language: Language, text: &str) -> Vec<Range<usize>> {
    let (line_marks, block) = (language.line_comments(), language.block_comment());
    let mut found = Vec::new();
    if line_marks.is_empty() && block.is_none() {
        return found;
    }
    let bytes = text.as_bytes();
    // Only these bytes can begin something; all others are passed over.
    let mut starts = [false; 256];
    let marks = line_marks.iter().copied().chain(block.map(|(open, _)| open));
    marks.filter_map(|mark| mark.bytes().next()).for_each(|byte| starts[usize::from(byte)] = true);
    let quotes = if language.is_doc() { "" } else { "\"`" };
    quotes.bytes().for_each(|byte| starts[usize::from(byte)] = true);
    let mut at = 0;
    while let Some(skip) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|byte| starts[usize::from(*byte)]))
    {
        at += skip;
        let rest = &text[at..];
        if let Some((open, close)) = block.filter(|(open, _)| rest.starts_with(open)) {
            let end =
                rest[open.len()..].find(close).map_or(text.len(), |end| at + open.len() + end + close.len());
            found.push(at..end);
            at = end;
        } else if line_marks.iter().any(|mark| rest.starts_with(mark)) && opens_comment(bytes, at) {
            let end = rest.find('\n').map_or(text.len(), |end| at + end);
            found.push(at..end);
            at = end;
        } else if quotes.as_bytes().contains(&bytes[at]) {
            at = string_end(bytes, at);
        } else {
            at += 1;
        }
    }
    found
}

/// Whether a comment mark stands where a comment may begin: not in `a://b` or `x#y`.
fn opens_comment(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b'\n');
    !before.is_ascii_alphanumeric() && !matches!(before, b':' | b'$' | b'{' | b'\\' | b'&')
}

/// After the quoted string that begins here.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
