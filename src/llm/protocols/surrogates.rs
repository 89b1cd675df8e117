//! Half surrogates: servers that cut an answer between two UTF-16 units send `\ud83d` alone, which is no JSON text
//! (RFC 8259, 8.2). Each becomes U+FFFD, so that one cut character does not cost the whole answer.

use std::borrow::Cow;

/// Bytes of `\uXXXX`.
const ESCAPE: usize = 6;

/// The same JSON with each surrogate that stands alone replaced.
pub(super) fn mended(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let mut out = String::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(next) = bytes[at..].iter().position(|byte| *byte == b'\\').map(|found| at + found) {
        at = match unit(bytes, next) {
            Some(0xD800..=0xDBFF) if matches!(unit(bytes, next + ESCAPE), Some(0xDC00..=0xDFFF)) => {
                next + 2 * ESCAPE
            }
            Some(0xD800..=0xDFFF) => {
                out.push_str(&json[copied..next]);
                out.push('\u{fffd}');
                copied = next + ESCAPE;
                copied
            }
            Some(_) => next + ESCAPE,
            // The character behind it is escaped, whatever it is.
            None => (next + 2).min(bytes.len()),
        };
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[copied..]);
    Cow::Owned(out)
}

/// The UTF-16 unit that is escaped here.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + ESCAPE)?.strip_prefix(b"\\u")?;
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u16::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn only_halves_are_replaced() {
        for (json, expected) in [
            (r#""a\ud83d""#, "\"a\u{fffd}\""),
            (r#""\ude00b""#, "\"\u{fffd}b\""),
            (r#""\ud83d\ud83d\ude00""#, "\"\u{fffd}\\ud83d\\ude00\""),
            (r#""\\ud83d \n \u00e9 \ud83d\ude00""#, r#""\\ud83d \n \u00e9 \ud83d\ude00""#),
            ("\"\\", "\"\\"),
            ("\"é\\é", "\"é\\é"),
        ] {
            assert_eq!(mended(json), expected);
        }
    }
}
