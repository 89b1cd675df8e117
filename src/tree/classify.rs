//! Classifying: which files are not worth judging, and the reason that the ledger shows for it.
//!
//! By path, kind and size alone where that tells ([`classify`]), else by the first bytes ([`classify_content`]). A file
//! that people write by hand must never be skipped, so every rule here errs on the side of judging.

mod marks;
mod names;

use super::{EntryKind, MAX_FILE_BYTES};
use crate::domain::{RelPath, SkipReason};

/// Bytes that are looked at to tell text from binary.
const SNIFF_BYTES: usize = 8 * 1024;

/// Lines longer than this were not written by hand in most languages.
const LONG_LINE: usize = 1000;

/// Below this size nobody gains from packing, and judging costs nothing.
const MINIFIED_FROM_BYTES: usize = 2 * 1024;

/// Tells from path, kind and size alone whether a file is skipped; nothing is read.
pub fn classify(path: &RelPath, kind: EntryKind, size: u64) -> Option<SkipReason> {
    match kind {
        EntryKind::Symlink => return Some(SkipReason::Symlink),
        EntryKind::Special | EntryKind::Directory => return Some(SkipReason::NotAFile),
        EntryKind::File => {}
    }
    names::vendored_directory(path)
        .map(SkipReason::Vendored)
        .or_else(|| names::is_lock(path.file_name()).then_some(SkipReason::Lock))
        .or_else(|| (size > MAX_FILE_BYTES).then_some(SkipReason::TooLarge(size)))
        .or_else(|| (size == 0).then_some(SkipReason::Empty))
        .or_else(|| names::is_binary(path.file_name()).then_some(SkipReason::Binary))
        .or_else(|| names::is_minified(path.file_name()).then_some(SkipReason::Minified))
        .or_else(|| names::generated_mark(path).map(SkipReason::Generated))
}

/// Tells from a file's bytes whether it is skipped; give it the whole file where that is at most [`MAX_FILE_BYTES`].
pub fn classify_content(path: &RelPath, bytes: &[u8]) -> Option<SkipReason> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        Some(SkipReason::Empty)
    } else if is_binary(bytes) {
        Some(SkipReason::Binary)
    } else if let Some(mark) = marks::generated_mark(bytes, names::is_prose(path.file_name())) {
        Some(SkipReason::Generated(mark))
    } else if !names::is_prose(path.file_name()) && is_minified(path, bytes) {
        Some(SkipReason::Minified)
    } else {
        None
    }
}

/// NUL bytes, a UTF-16 or UTF-32 mark, or more control characters than any text has.
fn is_binary(bytes: &[u8]) -> bool {
    if bytes.contains(&0) || bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return true;
    }
    if bytes.starts_with(b"%PDF-") {
        return true;
    }
    let head = &bytes[..bytes.len().min(SNIFF_BYTES)];
    let controls = head.iter().filter(|byte| matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127)).count();
    // Text in an old encoding has high bytes but hardly any controls; random bytes have 10 % of them.
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    controls * if is_utf8 { 10 } else { 50 } > head.len()
}

/// Most bytes lie in very long lines, and there are few ordinary lines beside them.
fn is_minified(path: &RelPath, bytes: &[u8]) -> bool {
    if bytes.len() < MINIFIED_FROM_BYTES {
        return false;
    }
    let (mut lines, mut in_long) = (0_usize, 0_usize);
    for line in bytes.split(|byte| *byte == b'\n') {
        lines += 1;
        if line.len() > LONG_LINE {
            in_long += line.len();
        }
    }
    let average = bytes.len() / lines;
    // A hand-written file with one embedded image has many short lines beside the long one.
    if in_long * 2 > bytes.len() && (average > 300 || lines <= 20) {
        return true;
    }
    let spaces = || bytes.iter().filter(|byte| byte.is_ascii_whitespace()).count();
    names::is_web_code(path.file_name()) && average > 200 && spaces() * 8 < bytes.len()
}

#[cfg(test)]
mod tests;
