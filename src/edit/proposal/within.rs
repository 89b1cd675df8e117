//! Replacing text that a call quotes: exactly where it stands, once, and lines only where it is not to the byte.
//!
//! What it comes to is a replacement of whole lines, so that it is guarded and refused like any other.

use crate::edit::directive::{Everywhere, Replacement};
use crate::edit::locate::{Indent, Miss, Place, locate};
use crate::edit::placeholder;
use crate::edit::text::{Line, Text};

use super::refusal::Refusal;
use super::replace::replaced;

/// Places told of where there are several.
const MOST_TOLD: usize = 64;

/// Where text stands: its first line, and the byte of that line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spot {
    line: usize,
    byte: usize,
}

/// Puts `new` where `old` stands.
pub(super) fn within(text: &mut Text, old: &str, new: &str, places: Everywhere) -> Result<(), Refusal> {
    let found = spots(&text.lines, old, places);
    match (found.as_slice(), places) {
        ([], _) => by_lines(text, old, new),
        ([only], _) => put(text, *only, old, new),
        (all, Everywhere::Yes) => {
            // From the last up, so that those before stay where they are; as a copy, so that all are replaced or none.
            let mut copy = text.clone();
            all.iter().rev().try_for_each(|spot| put(&mut copy, *spot, old, new))?;
            *text = copy;
            Ok(())
        }
        (several, Everywhere::Once) => {
            // Whole lines that stand once are meant, also where their text is a part of others.
            let lines: Vec<String> = old.lines().map(str::to_owned).collect();
            match locate(&text.lines, &lines, 0) {
                Ok(Place { first, indent: Indent::Same }) if is_exact(text, first, &lines) => {
                    put(text, Spot { line: first, byte: 0 }, old, new)
                }
                Ok(_) | Err(_) => Err(Miss::Several(several.iter().map(|spot| spot.line).collect()).into()),
            }
        }
    }
}

/// Where the text stands: at most [`MOST_TOLD`] places where only one is wanted, and then also those that overlap.
fn spots(lines: &[Line], old: &str, places: Everywhere) -> Vec<Spot> {
    let parts: Vec<&str> = old.split('\n').collect();
    let mut found: Vec<Spot> = Vec::new();
    let mut from = 0;
    // Behind the newest place, where all are wanted: they lie apart.
    let mut behind = Spot { line: 0, byte: 0 };
    while from < lines.len() && (places == Everywhere::Yes || found.len() < MOST_TOLD) {
        let line = from;
        from += 1;
        match parts.as_slice() {
            [] | [""] => return found,
            [only] => {
                let mut text = 0;
                while let Some(at) = lines[line].text[text..].find(only) {
                    found.push(Spot { line, byte: text + at });
                    let step = if places == Everywhere::Yes { only.len() } else { first_char(only) };
                    text += at + step;
                }
            }
            [first, middle @ .., last] => {
                let end = line + middle.len() + 1;
                let inner =
                    || lines[line + 1..end].iter().zip(middle).all(|(line, part)| line.text == **part);
                let closes = || match lines.get(end) {
                    Some(line) => line.text.starts_with(last),
                    // The end of the last line is the end of the text.
                    None => last.is_empty(),
                };
                if end > lines.len() || !lines[line].text.ends_with(first) || !inner() || !closes() {
                    continue;
                }
                let spot = Spot { line, byte: lines[line].text.len() - first.len() };
                if places == Everywhere::Once || (spot.line, spot.byte) >= (behind.line, behind.byte) {
                    found.push(spot);
                    behind = Spot { line: end, byte: last.len() };
                }
            }
        }
    }
    found
}

fn first_char(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

fn is_exact(text: &Text, first: usize, lines: &[String]) -> bool {
    text.lines[first..].iter().zip(lines).all(|(line, wanted)| line.text == *wanted)
}

/// Lines that differ in trailing space or in indentation alone.
fn by_lines(text: &mut Text, old: &str, new: &str) -> Result<(), Refusal> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    replaced(text, &[Replacement { search: lines(old), replace: lines(new), hint: None }])
}

/// Replaces the whole lines that `old`, which stands here, lies in.
fn put(text: &mut Text, Spot { line, byte }: Spot, old: &str, new: &str) -> Result<(), Refusal> {
    let ends = old.matches('\n').count();
    let lead = text.lines[line].text[..byte].to_owned();
    let whole = |text: &str| text.ends_with('\n');
    // Text up to the end of a line, for text that has such an end as well, or for nothing, leaves the next line alone.
    let (range, fresh, rest) = if whole(old) && (whole(new) || new.is_empty() && lead.is_empty()) {
        (line..line + ends, new.strip_suffix('\n').unwrap_or(new), String::new())
    } else {
        let last = line + ends;
        let after =
            if ends == 0 { byte + old.len() } else { old.len() - old.rfind('\n').map_or(0, |at| at + 1) };
        let rest = text.lines.get(last).map_or_else(String::new, |last| last.text[after..].to_owned());
        (line..(last + 1).min(text.lines.len()), new, rest)
    };
    let gone = new.is_empty() && lead.is_empty() && rest.is_empty();
    let fresh = format!("{lead}{fresh}{rest}");
    let lines: Vec<String> = if gone { Vec::new() } else { fresh.split('\n').map(str::to_owned).collect() };
    splice(text, range, &lines)
}

fn splice(text: &mut Text, range: std::ops::Range<usize>, lines: &[String]) -> Result<(), Refusal> {
    placeholder::refuse(lines, &text.lines[range.clone()])?;
    text.splice(range, lines);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(file: &str, old: &str, new: &str, places: Everywhere) -> Result<String, Refusal> {
        let mut text = Text::read(file.as_bytes()).expect("text");
        within(&mut text, old, new, places)?;
        Ok(String::from_utf8(text.bytes().expect("bytes")).expect("utf-8"))
    }

    fn once(file: &str, old: &str, new: &str) -> String {
        done(file, old, new, Everywhere::Once).unwrap_or_else(|refusal| panic!("{}", refusal.why))
    }

    #[test]
    fn text_is_replaced_where_it_stands_also_within_a_line() {
        assert_eq!(once("a\nlet x = f(1);\nb\n", "f(1)", "g(1,\n  2)"), "a\nlet x = g(1,\n  2);\nb\n");
        assert_eq!(once("a {\n    b\n    c\n}\n", "b\n    c", "d"), "a {\n    d\n}\n");
        assert_eq!(once("one\ntwo\nthree\n", "two\n", "2\n"), "one\n2\nthree\n");
        assert_eq!(once("one\ntwo\nthree\n", "two\n", "2"), "one\n2three\n", "as it is said");
        assert_eq!(once("one\r\ntwo\r\nthree", "two\nthree", "2\n3"), "one\r\n2\r\n3");
        assert_eq!(once("one\ntwo", "one\ntwo", "1\n2"), "1\n2", "the last line stays without an end");
    }

    #[test]
    fn nothing_in_the_place_of_whole_lines_takes_them_away() {
        assert_eq!(once("one\ntwo\nthree\n", "two\n", ""), "one\nthree\n");
        assert_eq!(once("one\ntwo\nthree\n", "two", ""), "one\nthree\n");
        assert_eq!(once("one\nx two\n", " two", ""), "one\nx\n");
    }

    #[test]
    fn what_stands_twice_is_refused_with_both_places_unless_all_are_meant() {
        let refusal = done("f(1)\nf(2)\n", "f(", "g(", Everywhere::Once).expect_err("two places");
        assert_eq!(refusal.places, [1, 2]);
        assert_eq!(
            done("f(1) f(2)\nf(3)\n", "f(", "go(", Everywhere::Yes).expect("all"),
            "go(1) go(2)\ngo(3)\n"
        );
        assert!(done("aaa\n", "aa", "b", Everywhere::Once).is_err(), "two places that overlap");
        assert_eq!(
            once("x = 1\n  x = 1;\n", "x = 1\n", "y\n"),
            "y\n  x = 1;\n",
            "a whole line that stands once"
        );
    }

    #[test]
    fn lines_that_differ_in_indentation_alone_are_found_and_others_are_not() {
        assert_eq!(once("{\n    if x {\n        y\n    }\n}\n", "if x {\n    y\n}", "z"), "{\n    z\n}\n");
        assert_eq!(once("a  \nb\n", "a\nb", "c\nb"), "c\nb\n");
        let refusal = done("one\ntwo\n", "one\ntwo!", "x", Everywhere::Once).expect_err("nowhere");
        assert_eq!(refusal.nearest.expect("the nearest lines").line, 1);
    }

    #[test]
    fn several_lines_are_replaced_everywhere_also_where_one_ends_as_the_next_begins() {
        let all = |file: &str, old: &str, new: &str| done(file, old, new, Everywhere::Yes).expect("all");
        assert_eq!(all("a b\nc a b\nc\n", "b\nc", "x\ny"), "a x\ny a x\ny\n");
        assert_eq!(all("x\nx\nx\n", "x\nx", "y"), "y\nx\n");
        assert_eq!(all("a\nb\na", "a", "c"), "c\nb\nc");
    }

    #[test]
    fn code_that_was_left_out_is_refused() {
        let new = "fn a() {\n    // ... existing code ...\n}";
        assert!(done("fn a() {\n    1\n}\n", "fn a() {\n    1\n}", new, Everywhere::Once).is_err());
    }
}
