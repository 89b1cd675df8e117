//! Tests of text: bytes that are not touched stay, and new ones are of the file's kind.

use super::*;

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

#[test]
fn whatever_is_read_is_written_back_byte_for_byte() {
    let files: Vec<Vec<u8>> = vec![
        b"a\nb\r\nc".to_vec(),
        b"\xef\xbb\xbfa\n".to_vec(),
        b"caf\xe9\r\n\x80\x9f\n".to_vec(),
        utf16("a\u{1f600}\r\nb"),
        Vec::new(),
        b"\n\n\n".to_vec(),
        b"one\rtwo\rthree".to_vec(),
        b"one\rtwo\nthree\r".to_vec(),
        "gr\u{fc}n gr\u{fc}n \n".bytes().chain(*b"\xff\n").collect(),
        utf16("wide\r\nlines\n")[2..].to_vec(),
        (0x80..=0xff).collect(),
    ];
    for bytes in files {
        assert_eq!(Text::read(&bytes).expect("text").bytes().expect("bytes"), bytes);
    }
    assert_eq!(Text::read(b"a\0b"), Err(TextError::Binary));
    assert_eq!(Text::read(b"\xff\xfea"), Err(TextError::Utf16));
}

#[test]
fn new_lines_end_as_their_neighbours_do_and_others_stay() {
    let mut text = Text::read(b"a\r\nb\r\nc\nd").expect("text");
    text.splice(1..2, &["x".into(), "y".into()]);
    assert_eq!(text.bytes().expect("bytes"), b"a\r\nx\r\ny\r\nc\nd");
    text.splice(4..5, &["z".into()]);
    assert_eq!(text.bytes().expect("bytes"), b"a\r\nx\r\ny\r\nc\nz", "still without an end");
    text.splice(5..5, &["last".into()]);
    assert_eq!(text.bytes().expect("bytes"), b"a\r\nx\r\ny\r\nc\nz\nlast");
}

#[test]
fn new_text_takes_the_files_encoding_or_says_that_it_cannot() {
    let mut latin = Text::read(b"caf\xe9\n").expect("text");
    assert_eq!(latin.lines[0].text, "caf\u{e9}");
    latin.splice(1..1, &["\u{fc}ber".into()]);
    assert_eq!(latin.bytes().expect("bytes"), b"caf\xe9\n\xfcber\n");
    latin.splice(0..1, &["\u{20ac}".into()]);
    assert_eq!(latin.bytes().expect("bytes"), b"\x80\n\xfcber\n");
    latin.splice(0..0, &["\u{3b1}".into()]);
    assert_eq!(latin.bytes(), Err(TextError::Latin1('\u{3b1}')));
    let mut wide = Text::read(&utf16("a\nb\n")).expect("text");
    wide.splice(1..2, &["c".into()]);
    assert_eq!(wide.bytes().expect("bytes"), utf16("a\nc\n"));
}

#[test]
fn wide_text_without_a_mark_is_known_and_binaries_are_not_taken_for_it() {
    let bytes = utf16("fn main() {}\r\n// \u{e9}\u{4e00}\r\n");
    let mut text = Text::read(&bytes[2..]).expect("text");
    assert_eq!((text.lines[1].text.as_str(), text.lines[1].end), ("// \u{e9}\u{4e00}", LineEnd::CrLf));
    text.splice(0..1, &["x".into()]);
    assert_eq!(text.bytes().expect("bytes"), utf16("x\r\n// \u{e9}\u{4e00}\r\n")[2..]);
    let big: Vec<u8> = bytes[2..].chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
    assert_eq!(Text::read(&big).expect("text").lines[0].text, "fn main() {}");
    for binary in [
        &b"\x7fELF\0\0\x02\x01"[..],
        b"a\0\0\0b\0\0\0",
        b"\0\0\0a",
        b"ab\0cd\0ef\0\0",
        b"\xff\xfe\0\0a\0\0\0",
    ] {
        assert_eq!(Text::read(binary), Err(TextError::Binary), "{binary:?}");
    }
}

#[test]
fn a_byte_that_went_wrong_does_not_turn_the_rest_into_another_encoding() {
    let bytes: Vec<u8> = "gr\u{fc}n\nfr\u{fc}h\n".bytes().chain(*b"caf\xe9\n").collect();
    let mut text = Text::read(&bytes).expect("text");
    assert_eq!(text.lines[0].text, "gr\u{fc}n");
    text.splice(1..2, &["sp\u{e4}t \u{3b1}".into()]);
    let expected: Vec<u8> = "gr\u{fc}n\nsp\u{e4}t \u{3b1}\n".bytes().chain(*b"caf\xe9\n").collect();
    assert_eq!(text.bytes().expect("bytes"), expected);
}

#[test]
fn files_that_know_no_line_feed_end_their_lines_by_carriage_returns() {
    let mut text = Text::read(b"one\rtwo\rthree").expect("text");
    text.splice(1..2, &["zwei".into(), "drei".into()]);
    assert_eq!(text.bytes().expect("bytes"), b"one\rzwei\rdrei\rthree");
    assert_eq!(Text::read(b"one\rtwo\nthree").expect("text").lines.len(), 2, "there it is a character");
}

#[test]
fn another_version_of_a_file_is_read_as_the_file_is() {
    let base = Text::read(b"caf\xe9\nr\xc3\xa9sum\nlast\n").expect("text");
    assert_eq!(base.lines[1].text, "r\u{c3}\u{a9}sum");
    let version = base.like(b"r\xc3\xa9sum\nlast\n").expect("text");
    assert_eq!(version.lines[0].text, base.lines[1].text, "alone it would be UTF-8");
    let narrow = Text::read(b"a\rb\n").expect("text").like(b"a\rb").expect("text");
    assert_eq!(narrow.lines.len(), 1);
}

#[test]
fn a_file_that_lost_its_last_special_character_keeps_its_encoding() {
    let base = Text::read(b"caf\xe9\nend\n").expect("text");
    let mut later = base.later(b"plain\nend\n").expect("text");
    later.splice(0..1, &["caf\u{e9}".into()]);
    assert_eq!(later.bytes().expect("bytes"), b"caf\xe9\nend\n");
    let mut converted = base.later("caf\u{e9}\nend\n".as_bytes()).expect("text");
    converted.splice(1..2, &["\u{3b1}".into()]);
    assert_eq!(converted.bytes().expect("bytes"), "caf\u{e9}\n\u{3b1}\n".as_bytes(), "it is UTF-8 now");
    assert_eq!(base.later(b"a\0b"), Err(TextError::Binary));
}

#[test]
fn a_mark_in_an_answer_is_no_text() {
    let mut text = Text::read(b"\xef\xbb\xbfone\ntwo\n").expect("text");
    text.splice(0..1, &["\u{feff}eins".into()]);
    assert_eq!(text.bytes().expect("bytes"), b"\xef\xbb\xbfeins\ntwo\n");
}
