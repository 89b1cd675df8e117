//! What the targets share: reading an answer whole and in pieces, and a small tree.

use quarry::edit::EditFormat;
use quarry::edit::formats::{Stream, read};

/// Reads an answer whole and in pieces whose lengths the input gives: both must find the same.
///
/// # Panics
/// When they do not.
pub fn reads_the_same(format: EditFormat, data: &[u8]) {
    let Some((step, data)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(data);
    let whole = read(format, &text);
    let mut stream = Stream::new(format);
    let mut found = Vec::new();
    let mut piece = String::new();
    let step = usize::from(*step % 16) + 1;
    for (at, c) in text.chars().enumerate() {
        piece.push(c);
        // Pieces of uneven lengths, as a network gives them.
        if (at * 7 + step) % step == 0 {
            found.extend(stream.push(&std::mem::take(&mut piece)));
        }
    }
    found.extend(stream.push(&piece));
    found.extend(stream.finish());
    assert_eq!(found, whole);
}

/// Cuts an input into so many parts, at the byte 0xFD; parts that are missing are empty.
pub fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut pieces = data.splitn(N, |byte| *byte == 0xFD);
    std::array::from_fn(|_| pieces.next().unwrap_or_default())
}
