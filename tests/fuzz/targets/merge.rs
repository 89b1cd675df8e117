//! Merging three ways: a side that changed nothing gives the other, and hunks are never lost unseen.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quarry::edit::{Rebased, Text, hunks, merge, rebase};

fuzz_target!(|data: &[u8]| {
    let [base, ours, theirs] = quarry_fuzz::parts(data);
    let texts: [Vec<u8>; 3] = [base, ours, theirs].map(|part| String::from_utf8_lossy(part).into_owned().into_bytes());
    let [Ok(base), Ok(ours), Ok(theirs)] = texts.each_ref().map(|bytes| Text::read(bytes)) else { return };
    let bytes = |merged: &Text| merged.bytes().unwrap_or_default();
    let read = |text: &Text| text.lines.iter().map(|line| (line.text.clone(), line.end)).collect::<Vec<_>>();
    assert_eq!(merge(&base, &base, &theirs).map(|merged| bytes(&merged)), Ok(bytes(&theirs)));
    let alone = merge(&base, &ours, &base).unwrap_or_else(|_| panic!("nobody else changed it"));
    assert_eq!(read(&alone), read(&ours));
    let changed = hunks(&base, &ours);
    let moved = rebase(&base, &theirs, &changed);
    assert_eq!(moved.len(), changed.len());
    for (hunk, moved) in changed.iter().zip(&moved) {
        let stands = |at: usize, lines: &[quarry::edit::Line]| {
            theirs.lines.get(at..at + lines.len()).is_some_and(|there| there.iter().zip(lines).all(|(a, b)| a.is_like(b)))
        };
        match moved {
            Rebased::Moved(found) => {
                assert!(stands(found.old_start, &found.old), "{hunk:?} moved to {found:?}");
                assert_eq!(found.new, hunk.new);
            }
            Rebased::Conflict(found) => assert!(stands(found.old_start, &found.old), "{found:?}"),
            Rebased::Already | Rebased::Joined => {}
        }
    }
});
