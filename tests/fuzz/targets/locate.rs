//! The locator: what it finds stands there and nowhere else; what stands there once is found.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quarry::edit::{Indent, Line, Miss, Text, locate};

fuzz_target!(|data: &[u8]| {
    let [file, wanted] = quarry_fuzz::parts(data);
    let Ok(file) = Text::read(file) else { return };
    let wanted: Vec<String> = String::from_utf8_lossy(wanted).lines().map(str::to_owned).collect();
    let lines = &file.lines;
    let exact: Vec<usize> = (0..(lines.len() + 1).saturating_sub(wanted.len()))
        .filter(|at| lines[*at..].iter().zip(&wanted).all(|(line, wanted)| line.text == *wanted))
        .collect();
    let says = wanted.iter().any(|line| !line.trim().is_empty());
    match locate(lines, &wanted, 0) {
        Ok(place) => {
            assert!(says);
            let found = &lines[place.first..place.first + wanted.len()];
            match exact.as_slice() {
                [only] => assert_eq!((place.first, &place.indent), (*only, &Indent::Same)),
                [] => assert!(found.iter().zip(&wanted).all(|(line, wanted)| fits(line, wanted, &place.indent))),
                several => panic!("{several:?} are equal"),
            }
        }
        Err(Miss::Empty) => assert!(!says),
        Err(Miss::Several(places)) => assert!(places.len() > 1 && (exact.is_empty() || exact == places)),
        Err(Miss::Nowhere(nearest)) => {
            assert!(exact.is_empty());
            if let Some(nearest) = nearest {
                let first = nearest.line - 1;
                let there = lines[first..first + nearest.lines.len()].iter().map(|line| &line.text);
                assert!(there.eq(&nearest.lines));
            }
        }
    }
});

fn fits(line: &Line, wanted: &str, indent: &Indent) -> bool {
    let (line, wanted) = (line.text.trim_end(), wanted.trim_end());
    let blank = line.is_empty() && wanted.is_empty();
    blank
        || match indent {
            Indent::Same => line == wanted,
            Indent::More(lead) => line.strip_prefix(lead.as_str()) == Some(wanted),
            Indent::Less(lead) => wanted.strip_prefix(lead.as_str()) == Some(line),
        }
}
