//! Reasons to skip a file, as bytes.

use super::bytes::{Cursor, Malformed, put, put_bytes};
use crate::domain::SkipReason;

pub(super) fn encode(reason: &SkipReason, out: &mut Vec<u8>) {
    match reason {
        SkipReason::Binary => out.push(0),
        SkipReason::TooLarge(bytes) => {
            out.push(1);
            put(out, *bytes);
        }
        SkipReason::Minified => out.push(2),
        SkipReason::Generated(mark) => {
            out.push(3);
            put_bytes(out, mark.as_bytes());
        }
        SkipReason::Lock => out.push(4),
        SkipReason::Vendored(dir) => {
            out.push(5);
            put_bytes(out, dir.as_bytes());
        }
        SkipReason::Symlink => out.push(6),
        SkipReason::NotAFile => out.push(7),
        SkipReason::Excluded => out.push(8),
        SkipReason::Empty => out.push(9),
    }
}

pub(super) fn decode(cursor: &mut Cursor<'_>) -> Result<SkipReason, Malformed> {
    Ok(match cursor.byte()? {
        0 => SkipReason::Binary,
        1 => SkipReason::TooLarge(cursor.number()?),
        2 => SkipReason::Minified,
        3 => SkipReason::Generated(cursor.text()?.to_owned()),
        4 => SkipReason::Lock,
        5 => SkipReason::Vendored(cursor.text()?.to_owned()),
        6 => SkipReason::Symlink,
        7 => SkipReason::NotAFile,
        8 => SkipReason::Excluded,
        9 => SkipReason::Empty,
        _ => return Err(Malformed),
    })
}
