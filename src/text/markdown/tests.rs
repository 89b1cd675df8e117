//! What Markdown looks like, and that it looks the same however it comes.

use proptest::prelude::*;

use super::definitions::Definitions;
use super::intake::LINE;
use super::parse::{Given, parse};
use super::*;
use crate::text::highlight::{Highlighter, SyntaxRole};
use crate::text::width::width;

fn document(text: &str) -> Document {
    Document::of(text, 9, Highlighter::new())
}

/// Every line, blank rows between pieces included.
fn lines(document: &mut Document, cells: usize) -> Vec<Line> {
    let mut all = Vec::new();
    for at in 0..document.pieces().len() {
        if document.pieces()[at].gap && !all.is_empty() {
            all.push(Line::default());
        }
        all.extend(document.lay(at, cells));
    }
    all.extend(document.lay_tail(cells));
    all
}

fn shown(text: &str, cells: usize) -> Vec<String> {
    lines(&mut document(text), cells).iter().map(|line| line.text().to_owned()).collect()
}

fn tones(text: &str) -> Vec<(String, Tone)> {
    let all = lines(&mut document(text), 80);
    all.iter()
        .flat_map(|line| line.runs().map(|(text, look, _)| (text.to_owned(), look.tone)).collect::<Vec<_>>())
        .collect()
}

#[test]
fn headings_have_no_number_signs_and_emphasis_no_stars() {
    let text = "## Two *pools*\n\nBoth **share** ~~one~~ `Budget`.\n";
    assert_eq!(shown(text, 40), ["Two pools", "", "Both share one Budget."]);
    let all = lines(&mut document(text), 40);
    let weights: Vec<(String, Weight)> =
        all[2].runs().map(|(text, look, _)| (text.to_owned(), look.weight)).collect();
    assert!(weights.contains(&("share".into(), Weight::BOLD)));
    assert!(weights.contains(&("one".into(), Weight::STRIKE)));
    assert_eq!(all[0].runs().next().map(|(_, look, _)| look.tone), Some(Tone::Heading(2)));
}

#[test]
fn lists_nest_count_and_tick() {
    let text = "Do:\n- one\n  - deep\n- [x] done\n- [ ] open\n\n3. three\n4. four\n\n   more of four\n";
    assert_eq!(
        shown(text, 40),
        [
            "Do:",
            "• one",
            "  ◦ deep",
            "[✓] done",
            "[ ] open",
            "",
            "3. three",
            "4. four",
            "",
            "   more of four"
        ]
    );
}

#[test]
fn long_entries_hang_under_their_text() {
    assert_eq!(shown("- a list entry that is long\n", 20), ["• a list entry that", "  is long"]);
    let all = lines(&mut document("- a list entry that is long\n"), 20);
    assert!(!all[0].wrapped && all[1].wrapped);
    assert_eq!(all[1].body(), "is long");
}

#[test]
fn code_is_highlighted_wrapped_and_never_cut() {
    let text = "```rust\nfn take() {\n\tlet a = 1;\n}\n```\nafter\n";
    assert_eq!(shown(text, 40), ["rust", "  fn take() {", "      let a = 1;", "  }", "", "after"]);
    assert!(tones(text).contains(&("fn".into(), Tone::Syntax(SyntaxRole::Keyword))));
    assert_eq!(
        shown("```\nlet budget = self.budgets.entry();\n```\n", 22),
        ["  let budget =", "    self.budgets.entry", "    ();"]
    );
}

#[test]
fn quotes_rules_html_images_and_math_are_text() {
    let text = "> said\n> twice\n\n---\n<b>x</b>\n\n![a dog](dog.png) costs $x^2$\n";
    assert_eq!(
        shown(text, 30),
        [
            "▎ said twice",
            "",
            "──────────────────────────────",
            "",
            "<b>x</b>",
            "",
            "image: a dog (dog.png) costs",
            "$x^2$"
        ]
    );
}

#[test]
fn a_link_shows_where_it_leads() {
    assert_eq!(shown("see [docs](https://a.example/x)\n", 60), ["see docs (https://a.example/x)"]);
    assert_eq!(shown("see <https://a.example/x>\n", 60), ["see https://a.example/x"]);
    let all = lines(&mut document("[click](javascript:alert%281%29) [src](src/a.rs#L7)\n"), 80);
    assert_eq!(all[0].targets().len(), 2, "text and address of the second only");
    assert!(all[0].targets().iter().all(|target| *target == Target::Place("src/a.rs".into(), Some(7))));
}

#[test]
fn a_definition_behind_its_use_counts_when_the_text_is_finished() {
    let mut document = Document::new(0, Highlighter::new());
    document.push("see [docs]\n\nmore\n\n[docs]: https://a.example\n");
    assert_eq!(document.lay(0, 60)[0].text(), "see [docs]");
    assert!(document.finish(), "pieces before have to be laid out again");
    assert_eq!(document.lay(0, 60)[0].text(), "see docs (https://a.example)");
}

#[test]
fn citations_are_marked_even_where_the_text_defines_them_as_links() {
    let all = lines(&mut document("as [1] and [2:64] say\n\n[1]: src/a.rs\n"), 60);
    let cited = [Target::Citation(1, None), Target::Citation(2, Some(64))];
    assert_eq!(all[0].targets(), cited);
    assert_eq!(all[0].text(), "as [1] and [2:64] say");
}

#[test]
fn tables_fit_their_width_by_wrapping_and_then_by_records() {
    let text =
        "| name | what it does |\n|:--|--:|\n| `take` | refuses a call once spent |\n| put | gives |\n";
    assert_eq!(
        shown(text, 60),
        [
            "name │              what it does",
            "─────┼──────────────────────────",
            "take │ refuses a call once spent",
            "put  │                     gives"
        ]
    );
    assert_eq!(
        shown(text, 24),
        [
            "name │      what it does",
            "─────┼──────────────────",
            "take │    refuses a call",
            "     │        once spent",
            "put  │             gives"
        ]
    );
    assert_eq!(
        shown(text, 10),
        [
            "name: take",
            "what it",
            "does:",
            "refuses a",
            "call once",
            "spent",
            "──────────",
            "name: put",
            "what it",
            "does:",
            "gives"
        ]
    );
}

#[test]
fn nothing_that_steers_a_terminal_gets_through() {
    let text = "a\u{1b}[31mb &#27;[31m &#x202e; c\u{9b}1m `x\u{1b}]0;t\u{7}y` [l](https://e.example/\u{1b}[2J)\n\n```r\u{1b}[1mu\n\u{1b}[2Jcode\u{202e}\n```\n\n<b\u{7}>\n";
    for cells in [10, 80] {
        for line in lines(&mut document(text), cells) {
            assert!(
                !line.text().chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)),
                "{line:?}"
            );
        }
    }
}

#[test]
fn a_line_of_a_megabyte_is_cut_and_says_so() {
    let text = format!("start {} end\nnext\n", "x".repeat(1 << 20));
    let mut document = document(&text);
    assert!(document.text().len() < 2 * LINE);
    let all = lines(&mut document, 80);
    let note: String = all
        .iter()
        .flat_map(Line::runs)
        .filter(|(_, look, _)| look.tone == Tone::Note)
        .map(|(text, ..)| text)
        .collect();
    assert!(note.contains("1008 KiB more"), "{note}");
    assert!(all.last().unwrap().text().ends_with("next"));
    // A model cannot write such a note.
    let forged = tones("\u{fff9} 9 MB more of this line are not shown\u{fffb}\n");
    assert!(forged.iter().all(|(_, tone)| *tone != Tone::Note), "{forged:?}");
}

#[test]
fn fifty_megabytes_stay_bounded() {
    let mut document = Document::new(0, Highlighter::new());
    let piece = "some words of an answer that does not end\n\n".repeat(1000);
    for _ in 0..1200 {
        document.push(&piece);
    }
    document.finish();
    assert!(document.text().len() <= super::intake::WHOLE + LINE);
    assert!(document.remark().unwrap().contains("not shown"));
}

#[test]
fn finished_lines_of_an_open_block_are_highlighted_once() {
    let mut document = Document::new(0, Highlighter::new());
    document.push("```rust\n");
    for line in 0..300 {
        document.push(&format!("let a{line} = {line};\n"));
        document.turn();
        document.lay_tail(80);
    }
    let pieces = document.pieces().len();
    assert_eq!(pieces, 3, "a long block is finished part by part");
    assert_eq!(document.lay(2, 80).len(), 100);
    assert!(!document.is_short());
    document.push("```\n");
    document.finish();
    assert_eq!(document.code_blocks()[0].lines, 300);
    assert!(document.code_text(&document.code_blocks()[0]).ends_with("let a299 = 299;\n"));
}

#[test]
fn every_code_block_is_found_also_within_lists() {
    let text = "1. do\n   ```sh\n   ls\n   ```\n2. then\n\n```rust\nfn a() {}\n```\n";
    let mut document = document(text);
    let codes = document.codes();
    let texts: Vec<(&str, &str)> =
        codes.iter().map(|(_, info, text)| (info.as_str(), text.as_str())).collect();
    assert_eq!(texts, [("sh", "ls\n"), ("rust", "fn a() {}\n")]);
    let all = lines(&mut document, 60);
    let of = |shown: &str| all.iter().find(|line| line.body().trim() == shown).and_then(Line::code);
    assert_eq!((of("ls"), of("fn a() {}")), (Some(codes[0].0), Some(codes[1].0)));
    assert_eq!(of("1. do"), None);
}

#[test]
fn deep_nesting_neither_overflows_nor_loses_text() {
    let text = format!("{}deep\n\n{}deeper\n", "> ".repeat(3000), "- ".repeat(3000));
    let all = shown(&text, 80).join("\n");
    assert!(all.contains("deep") && all.contains("deeper"));
}

/// Pieces of Markdown that meet in ways a person would not write.
fn markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,6}",
        Just(" ".to_owned()),
        Just("\n".to_owned()),
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        prop::sample::select(vec![
            "# ",
            "## ",
            "- ",
            "* ",
            "1. ",
            "7) ",
            "> ",
            "```",
            "```rust\n",
            "~~~\n",
            "    ",
            "  ",
            "---\n",
            "===\n",
            "|a|b|\n",
            "|-|-|\n",
            "| x |\n",
            "**",
            "*",
            "_",
            "`",
            "~~",
            "[",
            "](",
            ")",
            "![",
            "[1]",
            "[^a]",
            "[ ] ",
            "[x] ",
            "<b>",
            "</b>",
            "<div>\n",
            "<!--",
            "-->",
            "$",
            "$$",
            "\\",
            "&amp;",
            "\t",
            "\r\n",
            "\r",
            "é",
            "日本",
            "👩‍👩‍👧",
            "\u{1b}[31m",
            "\u{1b}",
            "\u{202e}",
            "\u{9b}",
            "\u{2028}",
            "\u{200d}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn split(text: &str, cuts: &[usize]) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (chars.len() + 1)).collect();
    cuts.sort_unstable();
    let mut from = 0;
    let mut pieces = Vec::new();
    for cut in cuts.into_iter().chain([chars.len()]) {
        pieces.push(chars[from..cut].iter().collect());
        from = cut;
    }
    pieces
}

fn with_definitions() -> impl Strategy<Value = String> {
    let definition = prop::sample::select(vec![
        "[a]: /url\n",
        "[b]: x.rs 'title'\n",
        "[c]:\n/y\n\"two\nlines\"\n",
        "[a]",
        "[b][]",
        "[t][c]",
        "[^a]: note\n",
        "[d]: /u\n'open\n",
    ]);
    (prop::collection::vec((markdown(), definition), 0..6))
        .prop_map(|parts| parts.into_iter().map(|(text, more)| text + more).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn text_that_streams_comes_to_what_it_is_as_a_whole(
        text in with_definitions(),
        cuts in prop::collection::vec(0_usize..400, 0..40),
        cells in 1_usize..60,
    ) {
        let mut whole = document(&text);
        let mut streamed = Document::new(9, Highlighter::new());
        let mut finished: Vec<(Piece, Vec<Line>)> = Vec::new();
        for piece in split(&text, &cuts) {
            streamed.push(&piece);
            streamed.turn();
            for (at, (piece, lines)) in finished.iter().enumerate() {
                prop_assert_eq!(&streamed.pieces()[at], piece);
                prop_assert_eq!(&streamed.lay(at, cells), lines);
            }
            for at in finished.len()..streamed.pieces().len() {
                let lines = streamed.lay(at, cells);
                finished.push((streamed.pieces()[at].clone(), lines));
            }
            for line in streamed.lay_tail(cells) {
                prop_assert!(!line.text().chars().any(char::is_control));
            }
        }
        streamed.finish();
        prop_assert_eq!(streamed.pieces(), whole.pieces());
        prop_assert_eq!(lines(&mut streamed, cells), lines(&mut whole, cells));
    }

    #[test]
    fn pieces_are_what_one_parse_of_the_whole_gives(text in markdown()) {
        let mut document = document(&text);
        let clean = document.text().to_owned();
        let definitions = Definitions::default();
        let parsed = parse(&clean, Given { cites: 9, definitions: &definitions, before: usize::MAX, base: 0 });
        let mut book = super::book::Book::new(Highlighter::new());
        let mut expected = Vec::new();
        for placed in &parsed.blocks {
            if placed.gap && !expected.is_empty() {
                expected.push(String::new());
            }
            let mut layer = super::lay::Layer::new(60, &mut book);
            layer.block(&placed.block, 0);
            expected.extend(layer.finish().iter().map(|line| line.text().to_owned()));
        }
        let shown: Vec<String> = lines(&mut document, 60).iter().map(|line| line.text().to_owned()).collect();
        prop_assert_eq!(shown, expected, "{:?}", clean);
    }

    #[test]
    fn no_line_is_wider_than_it_may_be(text in markdown(), cells in 16_usize..100) {
        for line in lines(&mut document(&text), cells) {
            prop_assert!(width(line.text()) <= cells, "{:?}", line.text());
        }
    }
}
