//! Credentials in addresses (`scheme://user:password@host`) and in `Authorization` headers.

use std::ops::Range;

use super::values::{self, Setting};
use super::{Hit, begins_word, run_end};

/// Looks for a password in the address whose `://` is at a mark.
pub fn address(text: &str, at: Range<usize>) -> Option<Hit> {
    let scheme_ends = text.as_bytes()[..at.start].last().is_some_and(u8::is_ascii_alphanumeric);
    let is_part = |byte: u8| !byte.is_ascii_whitespace() && !b"/?#\"'`<>)]}|\\,;".contains(&byte);
    let authority = at.end..run_end(text, at.end, is_part);
    let user_info = &text[authority.clone()];
    let user_info = &user_info[..user_info.rfind('@')?];
    let (user, password) = user_info.split_once(':')?;
    if !scheme_ends || password.len() < 3 || password.eq_ignore_ascii_case(user) {
        return None;
    }
    if values::is_placeholder(password) || values::is_reference(password) {
        return None;
    }
    let start = at.end + user.len() + 1;
    Some(Hit { range: start..start + password.len(), kind: "password", weight: 20 })
}

/// The scheme words that may stand before the credentials of a header.
const SCHEMES: [&str; 6] = ["bearer", "basic", "token", "apikey", "api-key", "digest"];

/// Looks for credentials after `Authorization` or `Bearer ` at a mark.
pub fn authorization(text: &str, at: Range<usize>) -> Option<Hit> {
    if !begins_word(text, at.start) {
        return None;
    }
    let between = |byte: u8| b" \t\"'`\\:=,>[(]".contains(&byte);
    let mut start = run_end(text, at.end, between);
    let mut is_basic = false;
    let word_end = run_end(text, start, |byte| byte.is_ascii_alphabetic() || byte == b'-');
    let word = text[start..word_end].to_ascii_lowercase();
    if SCHEMES.contains(&word.as_str()) && text.as_bytes().get(word_end) == Some(&b' ') {
        is_basic = word == "basic";
        start = run_end(text, word_end, |byte| byte == b' ');
    } else if start - at.end > 8 {
        return None;
    }
    let end = run_end(text, start, |byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte));
    let value = &text[start..end];
    let is_secret = if is_basic {
        value.len() >= 8 && !values::is_placeholder(value) && values::has_case_or_digit(value)
    } else {
        values::is_secret(value, Setting::Quoted, named_as())
    };
    (is_secret && text.as_bytes().get(end) != Some(&b'(')).then_some(Hit {
        range: start..end,
        kind: "authorization",
        weight: 5,
    })
}

const fn named_as() -> values::Name {
    values::Name::Token
}
