//! Records come out the same wherever the bytes were cut.

use proptest::prelude::*;

use super::*;

fn cut(framing: Framing, pieces: &[&[u8]]) -> Vec<(String, String)> {
    let mut frames = Frames::new(framing);
    let mut records = Vec::new();
    for piece in pieces {
        records.extend(frames.push(piece).expect("small records"));
    }
    records.extend(frames.end());
    records.into_iter().map(|record| (record.event, record.data)).collect()
}

/// The records of `body`, which are the same for a cut at every place and for single bytes.
fn records(framing: Framing, body: &[u8]) -> Vec<(String, String)> {
    let whole = cut(framing, &[body]);
    for at in 0..=body.len() {
        assert_eq!(cut(framing, &[&body[..at], &body[at..]]), whole, "cut at {at}");
    }
    let bytes: Vec<&[u8]> = body.chunks(1).collect();
    assert_eq!(cut(framing, &bytes), whole, "byte by byte");
    whole
}

fn plain(datas: &[&str]) -> Vec<(String, String)> {
    datas.iter().map(|data| (String::new(), (*data).to_owned())).collect()
}

#[test]
fn events_end_in_any_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let body = format!("data: one{end}{end}data: two{end}data: three{end}{end}");
        assert_eq!(records(Framing::Events, body.as_bytes()), plain(&["one", "two\nthree"]), "{end:?}");
    }
}

#[test]
fn comments_other_fields_and_a_byte_order_mark_are_no_data() {
    let body = "\u{feff}: keep-alive\n\nid: 7\nretry: 10\ndata\ndata:x\n\n:\n\ndata:  y\n\n";
    assert_eq!(records(Framing::Events, body.as_bytes()), plain(&["\nx", " y"]));
}

#[test]
fn an_event_has_its_own_name_only() {
    let body = b"event: error\ndata: {}\n\ndata: {}\n\nevent: lost\n\n";
    assert_eq!(
        records(Framing::Events, body),
        [("error".to_owned(), "{}".to_owned()), (String::new(), "{}".to_owned())]
    );
}

#[test]
fn a_character_over_two_pieces_stays_whole() {
    let body = "data: {\"t\":\"naïve 中文 🦀\"}\n\n";
    assert_eq!(records(Framing::Events, body.as_bytes()), plain(&["{\"t\":\"naïve 中文 🦀\"}"]));
    let line = "{\"t\":\"naïve 中文 🦀\"}\n";
    assert_eq!(records(Framing::Lines, line.as_bytes()), plain(&[line.trim()]));
}

#[test]
fn the_last_record_counts_without_its_end_mark_if_it_is_whole() {
    assert_eq!(records(Framing::Events, b"data: [DONE]"), plain(&["[DONE]"]));
    assert_eq!(records(Framing::Events, b"data: {\"a\":1}\n"), plain(&["{\"a\":1}"]));
    assert_eq!(records(Framing::Events, b"data: {\"a\":"), plain(&[]));
    assert_eq!(records(Framing::Lines, b"{\"a\":1}\r\n\r\n{\"b\":2}"), plain(&["{\"a\":1}", "{\"b\":2}"]));
    assert_eq!(records(Framing::Lines, b"{\"a\":1}\n{\"b\""), plain(&["{\"a\":1}"]));
}

#[test]
fn a_whole_body_is_one_record_and_an_empty_one_none() {
    assert_eq!(records(Framing::Whole, b"{\n\"a\": 1}\n"), plain(&["{\n\"a\": 1}\n"]));
    assert_eq!(records(Framing::Whole, b" \n"), plain(&[]));
}

#[test]
fn no_record_grows_without_end() {
    let megabyte = vec![b'x'; 1 << 20];
    for (framing, most) in
        [(Framing::Events, MOST_RECORD), (Framing::Lines, MOST_RECORD), (Framing::Whole, MOST_BODY)]
    {
        let mut frames = Frames::new(framing);
        let refused = (0..=most >> 20).find_map(|_| frames.push(&megabyte).err());
        assert_eq!(refused, Some(Oversized(most)), "{framing:?}");
    }
    let mut frames = Frames::new(Framing::Events);
    let line = [b"data: ".as_slice(), &megabyte, b"\n"].concat();
    assert!((0..9).any(|_| frames.push(&line).is_err()), "data lines of one event count together");
}

proptest! {
    #[test]
    fn any_bytes_give_the_same_records_however_they_are_cut(
        body in proptest::collection::vec(prop_oneof![
            Just(b'\n'), Just(b'\r'), Just(b':'), Just(b'd'), Just(b' '), Just(b'{'), Just(b'}'), any::<u8>()
        ], 0..64),
        start in any::<bool>(),
    ) {
        let body = if start { [b"data:".as_slice(), &body].concat() } else { body };
        for framing in [Framing::Events, Framing::Lines, Framing::Whole] {
            records(framing, &body);
        }
    }
}
