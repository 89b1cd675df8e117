//! Cleaning of untrusted text: what leaves here cannot steer a terminal nor reorder what a person reads.
//!
//! Taken out: C0 and C1 control characters and DEL (but for line feed and tab), whole escape sequences (CSI, OSC
//! and the other strings, with what they carry), bidi embeddings, overrides, isolates and marks, and invisible
//! format characters (zero-width space, word joiner, invisible operators, soft hyphen, byte order mark, tags,
//! variation selector supplements). CRLF becomes LF; a lone CR becomes LF too, as old files mean it. Line and
//! paragraph separators become LF. Zero-width joiner and non-joiner stay only between two visible characters of
//! which one is not ASCII, where emoji and scripts such as Persian need them. Private-use characters stay: fonts
//! draw them in one cell and they steer nothing.

use std::borrow::Cow;

/// Cleans text that may have several lines; LF and tab stay.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    clean(text, &|c| c)
}

/// Cleans text to one line: each line break and tab becomes a space.
pub fn sanitize_line(text: &str) -> Cow<'_, str> {
    clean(text, &|c| if c == '\n' || c == '\t' { ' ' } else { c })
}

/// Cleans bytes as one line; what is not UTF-8 becomes U+FFFD. For paths and messages of git.
pub fn sanitize_bytes(bytes: &[u8]) -> String {
    sanitize_line(&String::from_utf8_lossy(bytes)).into_owned()
}

fn clean<'a>(text: &'a str, last: &dyn Fn(char) -> char) -> Cow<'a, str> {
    let is_clean = |c: char| !is_suspect(c) && last(c) == c;
    // Most text is clean, so the copy starts at the first suspect.
    let Some((start, _)) = text.char_indices().find(|(_, c)| !is_clean(*c)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..start]);
    let mut chars = text[start..].chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_control_sequence(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_string(&mut chars),
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                out.push(last('\n'));
            }
            '\u{2028}' | '\u{2029}' => out.push(last('\n')),
            // Whether a joiner may stay depends on what is left of both its neighbours, so it is decided below.
            '\u{200c}' | '\u{200d}' => out.push(c),
            _ if is_suspect(c) => {}
            _ => out.push(last(c)),
        }
    }
    Cow::Owned(without_loose_joiners(&out))
}

/// Keeps a joiner only between two visible characters of which one is not ASCII.
fn without_loose_joiners(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        if is_joiner(c) {
            let visible = |c: Option<char>| c.filter(|c| !c.is_whitespace() && !is_joiner(*c));
            match (visible(before), visible(chars.peek().copied())) {
                (Some(a), Some(b)) if !a.is_ascii() || !b.is_ascii() => {}
                _ => continue,
            }
        }
        out.push(c);
        before = Some(c);
    }
    out
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether a character needs a closer look. Joiners do, though they may stay.
const fn is_suspect(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Behind an escape character: a control sequence, a string, or a short sequence (ECMA-48).
fn skip_escape(chars: &mut Chars<'_>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_control_sequence(chars);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.next();
            skip_string(chars);
        }
        Some(' '..='/') => {
            while chars.next_if(|c| (' '..='/').contains(c)).is_some() {}
            chars.next_if(|c| ('0'..='~').contains(c));
        }
        Some('0'..='~') => {
            chars.next();
        }
        Some(_) | None => {}
    }
}

/// Parameters, intermediates and the final character; stops before anything that cannot belong to it.
fn skip_control_sequence(chars: &mut Chars<'_>) {
    while chars.next_if(|c| (' '..='?').contains(c)).is_some() {}
    chars.next_if(|c| ('@'..='~').contains(c));
}

/// Up to and with the string terminator or bell; a line break ends an unfinished one, so that a stray
/// introducer costs one line and not the rest of the file.
fn skip_string(chars: &mut Chars<'_>) {
    while let Some(c) = chars.next_if(|c| !matches!(c, '\n' | '\r')) {
        match c {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                chars.next_if(|c| *c == '\\');
                return;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_steers_a_terminal_is_taken_out_and_text_stays() {
        for (text, clean) in [
            ("plain\ttext\n", "plain\ttext\n"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}after", "after"),
            ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{1b}]52;c;aGk=", ""),
            ("\u{1b}]52;c;open\nnext", "\nnext"),
            ("\u{9b}2Jgone", "gone"),
            ("\u{1b}(Bx", "x"),
            ("\u{1b}7x", "x"),
            ("a\u{8}\u{7f}b\0", "ab"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("safe\u{202e}evil\u{2066}x\u{200f}", "safeevilx"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("tag\u{e0041}", "tag"),
            ("icon \u{e0b0}", "icon \u{e0b0}"),
            ("日本 é", "日本 é"),
        ] {
            assert_eq!(sanitize(text), clean, "{text:?}");
        }
    }

    #[test]
    fn joiners_stay_only_where_a_script_or_emoji_needs_them() {
        assert_eq!(sanitize("👩\u{200d}🔧"), "👩\u{200d}🔧");
        assert_eq!(sanitize("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(sanitize("pass\u{200d}word"), "password");
        assert_eq!(sanitize("é\u{200d}\u{200d}\u{200d}x"), "é\u{200d}x");
        assert_eq!(sanitize("\u{200d}é"), "é");
    }

    #[test]
    fn clean_text_is_not_copied() {
        assert!(matches!(sanitize("fn main() {}\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(sanitize_line("a\r\nb\tc\u{2028}d"), "a b c d");
        assert_eq!(sanitize_bytes(b"src/\xff\x1b[2J.rs"), "src/\u{fffd}.rs");
    }

    fn nasty() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            "[ -~]{0,4}",
            "[\u{0}-\u{1f}\u{7f}-\u{9f}]{1,3}",
            "[\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}]{1,2}",
            Just("\u{1b}[".to_owned()),
            Just("\u{1b}]".to_owned()),
            Just("\u{1b}\\".to_owned()),
            Just("é\u{200d}".to_owned()),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_that_steers_is_left(text in nasty()) {
            let multi = sanitize(&text);
            prop_assert!(multi.chars().all(|c| c == '\n' || c == '\t' || is_joiner(c) || !is_suspect(c)));
            prop_assert!(multi.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
            let line = sanitize_line(&text);
            prop_assert!(line.chars().all(|c| !c.is_control()));
        }

        #[test]
        fn cleaning_twice_changes_nothing(text in nasty()) {
            let once = sanitize(&text).into_owned();
            prop_assert_eq!(sanitize(&once), once.as_str());
        }

        #[test]
        fn visible_ascii_is_never_lost(text in "[ -~\n\t]{0,40}") {
            prop_assert_eq!(sanitize(&text), text.as_str());
        }
    }
}
