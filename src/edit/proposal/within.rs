//! Replacing text that a call quotes: exactly where it stands, once, and lines only where it is not to the byte.
//!
//! What it comes to is a replacement of whole lines, so that it is located, guarded and refused like any other.

use crate::edit::directive::{Everywhere, Replacement};
use crate::edit::locate::{Indent, Miss, Place, locate};
use crate::edit::placeholder;
use crate::edit::text::Text;

use super::refusal::Refusal;

/// Places told of where there are several.
const MOST_TOLD: usize = 64;

/// Puts `new` where `old` stands.
pub(super) fn within(text: &mut Text, old: &str, new: &str, places: Everywhere) -> Result<(), Refusal> {
    let joined = text.joined();
    let found = occurrences(&joined, old, places);
    match (found.as_slice(), places) {
        ([], _) => by_lines(text, old, new),
        ([only], _) => put(text, &joined, (*only, old), new),
        (all, Everywhere::Yes) => {
            // From the last up, so that those before stay where they are.
            let mut copy = text.clone();
            for at in all.iter().rev() {
                let joined = copy.joined();
                put(&mut copy, &joined, (*at, old), new)?;
            }
            *text = copy;
            Ok(())
        }
        (several, Everywhere::Once) => {
            // Whole lines that stand once are meant, also where their text is a part of others.
            let lines: Vec<String> = old.lines().map(str::to_owned).collect();
            match locate(&text.lines, &lines, 0) {
                Ok(Place { first, indent: Indent::Same }) if is_exact(text, first, &lines) => {
                    let at = text.lines[..first].iter().map(|line| line.text.len() + 1).sum();
                    put(text, &joined, (at, old), new)
                }
                Ok(_) | Err(_) => {
                    Err(Miss::Several(several.iter().map(|at| line_of(&joined, *at)).collect()).into())
                }
            }
        }
    }
}

/// Where the text stands, at most [`MOST_TOLD`] places where only one is wanted: places may overlap then.
fn occurrences(joined: &str, old: &str, places: Everywhere) -> Vec<usize> {
    if old.is_empty() {
        return Vec::new();
    }
    if places == Everywhere::Yes {
        return joined.match_indices(old).map(|(at, _)| at).collect();
    }
    let step = old.chars().next().map_or(1, char::len_utf8);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = joined[from..].find(old).filter(|_| found.len() < MOST_TOLD) {
        found.push(from + at);
        from += at + step;
    }
    found
}

fn line_of(joined: &str, at: usize) -> usize {
    joined[..at].matches('\n').count()
}

fn is_exact(text: &Text, first: usize, lines: &[String]) -> bool {
    text.lines[first..].iter().zip(lines).all(|(line, wanted)| line.text == *wanted)
}

/// Lines that differ in trailing space or in indentation alone.
fn by_lines(text: &mut Text, old: &str, new: &str) -> Result<(), Refusal> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let reading = Replacement { search: lines(old), replace: lines(new) };
    let (place, search, replace) = reading.locate(text)?;
    let lines: Vec<String> = replace.iter().map(|line| place.indent.apply(line)).collect();
    let range = place.first..place.first + search.len();
    placeholder::refuse(&lines, &text.lines[range.clone()])?;
    text.splice(range, &lines);
    Ok(())
}

/// Replaces the whole lines that `old`, which stands at this byte, lies in.
fn put(text: &mut Text, joined: &str, (at, old): (usize, &str), new: &str) -> Result<(), Refusal> {
    let start = joined[..at].rfind('\n').map_or(0, |end| end + 1);
    let mut end = at + old.len();
    let whole = |text: &str| text.ends_with('\n');
    let lead = &joined[start..at];
    // Text up to the end of a line, for text that has such an end as well, or for nothing, leaves the next line alone.
    let closed = whole(old) && (whole(new) || new.is_empty() && lead.is_empty());
    if !closed {
        end = joined[end..].find('\n').map_or(joined.len(), |more| end + more);
    } else if joined[..end].ends_with('\n') {
        end -= 1;
    }
    let rest = if closed { "" } else { &joined[at + old.len()..end] };
    let fresh = format!("{lead}{}{rest}", if closed { new.strip_suffix('\n').unwrap_or(new) } else { new });
    let gone = new.is_empty() && lead.is_empty() && rest.is_empty();
    let lines: Vec<String> = if gone { Vec::new() } else { fresh.split('\n').map(str::to_owned).collect() };
    let first = joined[..start].matches('\n').count();
    let count = joined[start..end.max(start)].matches('\n').count() + 1;
    let range = first..(first + count).min(text.lines.len());
    placeholder::refuse(&lines, &text.lines[range.clone()])?;
    text.splice(range, &lines);
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
    fn code_that_was_left_out_is_refused() {
        let new = "fn a() {\n    // ... existing code ...\n}";
        assert!(done("fn a() {\n    1\n}\n", "fn a() {\n    1\n}", new, Everywhere::Once).is_err());
    }
}
