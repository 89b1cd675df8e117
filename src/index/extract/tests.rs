//! Tests of extraction: fields, chunks, limits, and that no text makes it fail.

use proptest::prelude::*;

use super::*;
use crate::index::chunk_of;

fn hits(extract: &Extract, term: &str) -> Option<TermHits> {
    extract.terms.iter().find(|(known, _)| &**known == term).map(|(_, hits)| *hits)
}

#[test]
fn terms_are_counted_with_the_chunks_they_stand_in() {
    let mut text = String::from("alpha\n");
    text.push_str(&"filler line\n".repeat(60));
    text.push_str("alpha omega");
    let extract = extract(&RelPath::from("notes.txt"), &text);
    assert_eq!(extract.lines, 62);
    let alpha = hits(&extract, "alpha").unwrap();
    assert_eq!(alpha.counts, [0, 2, 0]);
    assert_eq!(alpha.chunks, 1 | 1 << chunk_of(62, 62));
    assert_eq!(hits(&extract, "omega").unwrap().chunks, 1 << chunk_of(62, 62));
    assert_eq!(extract.lengths, [0, 3 + 2 * 60, 0]);
    assert_eq!(hits(&extract, "filler").unwrap().counts[1], 60);
}

#[test]
fn a_monstrous_file_keeps_its_most_frequent_terms() {
    let mut text = String::new();
    for number in 0..20_000_u32 {
        let word: String = (0..4).map(|at| char::from(b'a' + (number / 26_u32.pow(at) % 26) as u8)).collect();
        text.extend(["x", &word, "q\n"]);
    }
    text.push_str("frequent frequent");
    let extract = extract(&RelPath::from("words.txt"), &text);
    assert_eq!(extract.terms.len(), MAX_TERMS);
    assert!(hits(&extract, "frequent").is_some());
}

#[test]
fn empty_and_odd_texts_are_fine() {
    let empty = extract(&RelPath::from("a.rs"), "");
    assert_eq!((empty.lines, empty.terms.len()), (0, 0));
    let odd = extract(&RelPath::from_bytes(b"\xff.rs"), "\u{feff}fn a_b() {}\r\n\0\u{fffd}\r");
    assert_eq!(odd.lines, 2);
    assert_eq!(odd.language, Language::RUST);
}

proptest! {
    #[test]
    fn any_text_is_extracted_the_same_way_twice(
        text in "(?s).{0,300}",
        name in "[a-z]{1,4}\\.(rs|go|py|ts|tsx|js|java|c|cpp|cs|rb|php|kt|sh|html|css|md|toml|yaml|json|sql|vue|swift|lua|mk|ex|hs|txt)",
    ) {
        let path = RelPath::from(name.as_str());
        let first = extract(&path, &text);
        prop_assert_eq!(&first, &extract(&path, &text));
        let total: u32 = first.lengths.iter().sum();
        let counted: u32 = first.terms.iter().flat_map(|(_, hits)| hits.counts).map(u32::from).sum();
        prop_assert!(counted <= total);
        for (_, hits) in &first.terms {
            prop_assert!(hits.chunks != 0);
        }
        for symbol in &first.symbols {
            prop_assert!(symbol.span.first >= 1 && symbol.span.first <= symbol.span.last);
            prop_assert!(symbol.span.last <= first.lines.max(1));
        }
    }
}
