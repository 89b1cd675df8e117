//! Values beside a telling name (`api_key = "..."`), and random values in `.env`-like lines.

use std::ops::Range;

use super::values::{self, Name, Setting};
use super::{Hit, run_end};

/// How far from its name a value may stand, so that a long line costs no more than a short one.
const REACH: usize = 160;

/// Looks for a value beside the name whose mark is at `at`.
pub fn look(text: &str, at: Range<usize>) -> Option<Hit> {
    let bytes = text.as_bytes();
    let end = run_end(text, at.end, is_name);
    let closing = run_end(text, end, |byte| b"\"'`]\\".contains(&byte));
    let is_quoted_name = closing > end;
    let space = run_end(text, closing, |byte| byte == b' ' || byte == b'\t');
    let start =
        bytes[..at.start].iter().rposition(|byte| !is_name(*byte) && *byte != b'.').map_or(0, |at| at + 1);
    let name = || telling(&text[start..end]);
    let value = match bytes.get(space)? {
        b'=' if start > 0 && b"?&".contains(&bytes[start - 1]) => (parameter(text, space + 1), Setting::Bare),
        b'=' | b':' | b'?' => after_separator(text, space)?,
        b',' if is_quoted_name => {
            let value = run_end(text, space + 1, |byte| byte.is_ascii_whitespace());
            named_below(text, value).or_else(|| quoted(text, value, Setting::Inside))?
        }
        b'\n' | b'\r' => named_below(text, run_end(text, space, |byte| byte.is_ascii_whitespace()))?,
        b'>' if start > 0 && bytes[start - 1] == b'<' => {
            (space + 1..run_end(text, space + 1, |byte| byte != b'<' && byte != b'\n'), Setting::Quoted)
        }
        _ if space > closing && text[start..end].starts_with("--") => bare(text, space, Setting::Bare)?,
        _ => return None,
    };
    let (range, setting) = value;
    let name = name()?;
    let is_env = setting == Setting::Bare && bytes[start..end].iter().all(|byte| !byte.is_ascii_lowercase());
    let setting = if is_env && bytes.get(space) == Some(&b'=') { Setting::Env } else { setting };
    values::is_secret(&text[range.clone()], setting, name).then(|| Hit {
        range,
        kind: name.kind(),
        weight: 1,
    })
}

/// The value of a parameter in an address.
fn parameter(text: &str, start: usize) -> Range<usize> {
    start..run_end(text, start, |byte| byte.is_ascii_alphanumeric() || b"-_.%".contains(&byte))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// The value after `=`, `:`, `:=`, `=>`, `?=`, `==`, if need be behind a type: `password: &str = "..."`.
fn after_separator(text: &str, at: usize) -> Option<(Range<usize>, Setting)> {
    let end = run_end(text, at, |byte| b"=:?>".contains(&byte));
    if text[at..end].starts_with("::") || end - at > 3 {
        return None;
    }
    let start = run_end(text, end, |byte| byte == b' ' || byte == b'\t');
    if let Some(value) = quoted(text, start, Setting::Quoted) {
        return Some(value);
    }
    // Something else comes first: a type, or what wraps the value.
    let limit = floor(text, (start + REACH).min(text.len()));
    let line = text[start..limit].split(['\n', ';', '{']).next().unwrap_or_default();
    if let Some(quote) = line.find(['"', '\'', '`']) {
        let head = &line[..quote];
        let is_type = head.trim_end().ends_with('=') && !head.contains('(');
        let setting = if is_type || is_wrapper(head) { Setting::Quoted } else { Setting::Inside };
        if !head.contains(',')
            && (is_type || head.ends_with('(') || head.trim_end().ends_with(['|', '?', '+']))
        {
            return quoted(text, start + quote, setting);
        }
    }
    bare(text, start, Setting::Bare)
}

/// What holds a value without changing it.
fn is_wrapper(head: &str) -> bool {
    const WRAPPERS: [&str; 10] = [
        "Some(",
        "String::from(",
        "new String(",
        "SecretString::new(",
        "Secret::new(",
        "str(",
        "Just(",
        "b",
        "r",
        "f",
    ];
    WRAPPERS.contains(&head.rsplit('=').next().unwrap_or(head).trim())
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The value of an entry such as `- name: DB_PASSWORD` with `value: ...` on the next line.
fn named_below(text: &str, at: usize) -> Option<(Range<usize>, Setting)> {
    let at = run_end(text, at, |byte| byte == b'"' || byte == b'\'');
    let rest = text.as_bytes().get(at..at + 5).filter(|word| word.eq_ignore_ascii_case(b"value"))?;
    let end = run_end(text, at + rest.len(), |byte| byte == b'"' || byte == b'\'');
    let start = run_end(text, end, |byte| b": \t".contains(&byte));
    if !text[end..start].contains(':') {
        return None;
    }
    quoted(text, start, Setting::Quoted).or_else(|| bare(text, start, Setting::Bare))
}

/// The text between quotes that open at `at`, escaped ones included, on one line.
fn quoted(text: &str, at: usize, setting: Setting) -> Option<(Range<usize>, Setting)> {
    let opens = run_end(text, at, |byte| byte == b'\\');
    let quote = *text.as_bytes().get(opens).filter(|byte| b"\"'`".contains(byte))?;
    let start = run_end(text, opens, |byte| byte == quote);
    let mut end = start;
    while let Some(byte) = text.as_bytes().get(end) {
        match byte {
            b'\n' => return None,
            _ if *byte == quote => break,
            // An escaped quote inside belongs to the value; where the opening one is escaped, it closes it.
            b'\\' if opens > at => break,
            b'\\' => end += 1,
            _ => {}
        }
        end += 1;
    }
    let closes = text.as_bytes().get(end).is_some();
    (closes && text.is_char_boundary(end)).then_some((start..end, setting))
}

/// A value without quotes.
fn bare(text: &str, start: usize, setting: Setting) -> Option<(Range<usize>, Setting)> {
    let end =
        run_end(text, start, |byte| !byte.is_ascii_whitespace() && !b"\"'`,;()[]{}<>|\\".contains(&byte));
    let is_code = text.as_bytes().get(end).is_some_and(|byte| b"([{<\"'`".contains(byte));
    (end > start && !is_code).then_some((start..end, setting))
}

/// Ends of names that say where a value is used, not what it is.
const LATER: [&str; 18] = [
    "value",
    "prod",
    "production",
    "dev",
    "staging",
    "live",
    "test",
    "string",
    "str",
    "text",
    "plain",
    "base64",
    "b64",
    "hex",
    "raw",
    "old",
    "new",
    "current",
];

/// What makes a key one of an interface or a cipher; other keys are of maps.
const KEYS: [&str; 34] = [
    "api",
    "access",
    "private",
    "secret",
    "signing",
    "encryption",
    "encrypt",
    "master",
    "account",
    "auth",
    "service",
    "client",
    "session",
    "app",
    "application",
    "license",
    "storage",
    "admin",
    "deploy",
    "hmac",
    "jwt",
    "webhook",
    "bot",
    "write",
    "server",
    "subscription",
    "shared",
    "aes",
    "cipher",
    "openai",
    "anthropic",
    "stripe",
    "sendgrid",
    "gemini",
];

/// Tokens that only say where to go on reading.
const PAGES: [&str; 7] = ["next", "page", "continuation", "pagination", "sync", "cancel", "cancellation"];

/// What a name says of its value.
fn telling(name: &str) -> Option<Name> {
    let parts = parts(name);
    let mut rest = parts.as_slice();
    while let [front @ .., last] = rest
        && !front.is_empty()
        && (LATER.contains(&last.as_str()) || last.bytes().all(|byte| byte.is_ascii_digit()))
    {
        rest = front;
    }
    let (last, front) = rest.split_last()?;
    let before = front.last().map_or("", String::as_str);
    let ends = |word: &str| last.ends_with(word);
    match last.as_str() {
        "password" | "passwd" | "passphrase" | "passcode" | "pass" | "pwd" => Some(Name::Password),
        _ if ends("password") || ends("passwd") || ends("passphrase") => Some(Name::Password),
        _ if ends("secret") => Some(Name::Secret),
        "credential" | "credentials" | "creds" => Some(Name::Secret),
        "base" if before == "key" => Some(Name::Secret),
        _ if ends("token") && !PAGES.contains(&before) => Some(Name::Token),
        "auth" => Some(Name::Token),
        "key" if KEYS.contains(&before) => Some(Name::Key),
        _ if KEYS.iter().any(|kind| *last == format!("{kind}key")) => Some(Name::Key),
        _ => None,
    }
}

/// The words of a name, in small letters: `clientSecret`, `CLIENT_SECRET` and `client-secret` have the same.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        let is_break = !c.is_ascii_alphanumeric() || c.is_ascii_uppercase() && was_lower;
        if is_break && parts.last().is_some_and(|part| !part.is_empty()) {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut()
            && c.is_ascii_alphanumeric()
        {
            part.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Words in the name of an `.env`-like line whose random value is public.
const PUBLIC: [&str; 24] = [
    "SHA",
    "SHA1",
    "SHA256",
    "SHA512",
    "COMMIT",
    "HASH",
    "CHECKSUM",
    "DIGEST",
    "VERSION",
    "REVISION",
    "REV",
    "REF",
    "ETAG",
    "ID",
    "PUBLIC",
    "PATH",
    "IMAGE",
    "TAG",
    "URL",
    "URI",
    "ARN",
    "FINGERPRINT",
    "HOST",
    "FLAGS",
];

/// Takes out random values of lines such as `export DEPLOY_HOOK=8fKq...`, whatever their name.
pub fn env_lines(text: &str, hits: &mut Vec<Hit>) {
    let mut at = 0;
    for line in text.split('\n') {
        if let Some(range) = env_line(line) {
            hits.push(Hit { range: at + range.start..at + range.end, kind: Name::Other.kind(), weight: 0 });
        }
        at += line.len() + 1;
    }
}

fn env_line(line: &str) -> Option<Range<usize>> {
    let code = line.trim_start_matches([' ', '\t', '-']);
    let code = code.strip_prefix("export ").or_else(|| code.strip_prefix("ENV ")).unwrap_or(code);
    if !code.as_bytes().first().is_some_and(|byte| byte.is_ascii_uppercase() || *byte == b'_') {
        return None;
    }
    let end = run_end(code, 0, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let name = &code[..end];
    let value = code[end..].strip_prefix('=')?;
    if name.len() < 3 || name.split('_').any(|word| PUBLIC.contains(&word)) {
        return None;
    }
    let value = value.trim().trim_matches(['"', '\'']);
    if !values::is_secret(value, Setting::Env, Name::Other) {
        return None;
    }
    let start = line.len() - code.len() + code.find(value)?;
    Some(start..start + value.len())
}
