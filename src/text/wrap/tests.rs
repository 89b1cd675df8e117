//! Wrapping: by word, by width, and nothing lost.

use proptest::prelude::*;

use super::super::width::width;
use super::*;

fn wrapped(text: &str, width: usize) -> Vec<String> {
    plain(text, Wrap::to(width))
}

#[test]
fn words_go_to_the_next_line_whole() {
    assert_eq!(wrapped("take refuses a call", 10), ["take", "refuses a", "call"]);
    assert_eq!(wrapped("abc def", 7), ["abc def"]);
    assert_eq!(wrapped("abc def", 6), ["abc", "def"]);
    assert_eq!(wrapped("abc   def  ", 6), ["abc", "def"]);
}

#[test]
fn paragraphs_and_empty_lines_stay() {
    assert_eq!(wrapped("a\n\nb\n", 5), ["a", "", "b", ""]);
    assert_eq!(wrapped("", 5), [""]);
    assert_eq!(wrapped("   ", 2), [""]);
}

#[test]
fn a_word_longer_than_a_line_is_broken() {
    assert_eq!(wrapped("a abcdefgh b", 3), ["a", "abc", "def", "gh", "b"]);
    assert_eq!(wrapped("src/net/budget.rs", 7), ["src/net", "/budget", ".rs"]);
}

#[test]
fn wide_characters_part_anywhere_and_count_twice() {
    assert_eq!(wrapped("日本語です", 4), ["日本", "語で", "す"]);
    assert_eq!(wrapped("ab 日本", 4), ["ab", "日本"]);
    assert_eq!(wrapped("a日本", 3), ["a日", "本"]);
    assert_eq!(wrapped("日本ab", 4), ["日本", "ab"]);
    assert_eq!(wrapped("日本。", 4), ["日", "本。"]);
}

#[test]
fn the_indent_of_code_is_kept_and_a_hanging_indent_added() {
    assert_eq!(wrapped("  let a = b;", 8), ["  let a", "= b;"]);
    let hanging = Wrap { width: 8, hanging: 2 };
    assert_eq!(plain("one two three\nfour five", hanging), ["one two", "  three", "four", "  five"]);
    assert_eq!(Wrap { width: 8, hanging: 20 }.indent(), 4);
}

#[test]
fn styles_go_with_their_text() {
    let runs = [('a', "one two"), ('b', " thr"), ('c', "ee four")];
    let lines = styled(&runs, Wrap { width: 9, hanging: 2 });
    let text = |line: &[(char, &str)]| line.iter().map(|(c, s)| (*c, (*s).to_owned())).collect::<Vec<_>>();
    assert_eq!(
        lines,
        [text(&[('a', "one two")]), text(&[('b', "  thr"), ('c', "ee")]), text(&[('c', "  four")])]
    );
    assert_eq!(styled::<char>(&[], Wrap::to(5)), vec![vec![]]);
}

fn prose() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            "[a-z]{1,12}",
            "[ ]{1,3}",
            Just("\n".to_owned()),
            "[日本語한]{1,4}",
            Just("e\u{301}".to_owned()),
            Just("👩\u{200d}🔧".to_owned())
        ],
        0..30,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_line_is_wider_than_asked(text in prose(), cells in 2_usize..30, hanging in 0_usize..6) {
        // Half of the width is the least that a hanging indent leaves, and a wide character needs two cells.
        let wrap = Wrap { width: cells.max(4), hanging };
        for line in plain(&text, wrap) {
            prop_assert!(width(&line) <= wrap.width, "{:?}", line);
        }
    }

    #[test]
    fn nothing_but_white_space_is_lost(text in prose(), cells in 0_usize..30, hanging in 0_usize..6) {
        let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let lines = plain(&text, Wrap { width: cells, hanging });
        prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        prop_assert!(lines.len() > text.matches('\n').count());
    }

    #[test]
    fn styled_and_plain_text_break_alike(runs in prop::collection::vec((0_u8..4, prose()), 0..5), cells in 1_usize..20, hanging in 0_usize..4) {
        let wrap = Wrap { width: cells, hanging };
        let runs: Vec<(u8, &str)> = runs.iter().map(|(style, text)| (*style, text.as_str())).collect();
        let text: String = runs.iter().map(|(_, text)| *text).collect();
        let joined: Vec<String> = styled(&runs, wrap).into_iter().map(|line| line.into_iter().map(|(_, text)| text).collect()).collect();
        let plain: Vec<String> = plain(&text, wrap).into_iter().map(|line| if line.trim().is_empty() { String::new() } else { line }).collect();
        prop_assert_eq!(joined, plain);
    }
}

#[test]
fn code_is_broken_by_cells_alone() {
    let pieces = |text: &str, cells| {
        folds(text, cells).into_iter().map(|fold| text[fold].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(pieces("let a = 1;", 4), ["let ", "a = ", "1;"]);
    assert_eq!(pieces("日本語", 3), ["日", "本", "語"]);
    assert_eq!(pieces("", 4), [""]);
    assert_eq!(pieces("abcd", 4), ["abcd"]);
}
