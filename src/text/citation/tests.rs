//! Citations in texts that models write.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::{ContextForm, ContextSource};
use crate::text::highlight::Highlighter;
use crate::text::markdown::{Document, Target};

fn item(number: u16, path: &str) -> ContextItem {
    ContextItem {
        key: ContextKey::File(path.into()),
        number,
        title: path.into(),
        file: None,
        lines: Arc::default(),
        form: ContextForm::Whole,
        tokens: 1,
        source: ContextSource::Judged,
        why: Arc::from(""),
        state: ContextState::Sent,
        cited: None,
    }
}

fn items() -> Vec<ContextItem> {
    vec![
        item(1, "src/net/budget.rs"),
        item(2, "src/net/mod.rs"),
        item(3, "src/ui/mod.rs"),
        item(12, "README.md"),
    ]
}

/// Path and lines of each citation; `?` for what names nothing.
fn read(text: &str) -> String {
    let items = items();
    let words = citations(text).into_iter().map(|citation| {
        let path = resolve(citation.cited, &items).map_or("?", |item| &item.title);
        match citation.lines {
            Some(span) => format!("{path}:{}-{}", span.first, span.last),
            None => path.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn answers_cite_in_many_ways() {
    for (text, expected) in [
        ("The budget is taken first [1].", "src/net/budget.rs"),
        ("It is so [1:64].", "src/net/budget.rs:64-64"),
        ("It is so[1:64-70], and [2: 3 - 9]", "src/net/budget.rs:64-70 src/net/mod.rs:3-9"),
        ("both [1, 3] do", "src/net/budget.rs src/ui/mod.rs"),
        ("both [1][2] do", "src/net/budget.rs src/net/mod.rs"),
        ("all [1:2-4; 2; 12]", "src/net/budget.rs:2-4 src/net/mod.rs README.md"),
        ("如此【1】和［2：7］。", "src/net/budget.rs src/net/mod.rs:7-7"),
        ("列【1，3】", "src/net/budget.rs src/ui/mod.rs"),
        ("see [1:L4-L9] and [2:L4]", "src/net/budget.rs:4-9 src/net/mod.rs:4-4"),
        ("backwards [1:9-4]", "src/net/budget.rs:4-9"),
        ("with a dash [1:4–9]", "src/net/budget.rs:4-9"),
        ("nothing is called [7]", "?"),
        ("**bold [1]** and *[2]*", "src/net/budget.rs src/net/mod.rs"),
        ("| cell [1] | [2] |", "src/net/budget.rs src/net/mod.rs"),
        ("in src/net/budget.rs:64 it is", "src/net/budget.rs:64-64"),
        ("in `src/net/budget.rs:64-70` it is", "src/net/budget.rs:64-70"),
        ("in (budget.rs:64), see", "src/net/budget.rs:64-64"),
        ("in ./src/net/budget.rs:64.", "src/net/budget.rs:64-64"),
        ("src/net/budget.rs:64:9 is where", "src/net/budget.rs:64-64"),
        ("two are called mod.rs:3", "?:3-3"),
        ("net/mod.rs:3 is one", "src/net/mod.rs:3-3"),
        ("[src/net/budget.rs:3]", "src/net/budget.rs:3-3"),
        ("> quoted [1]", "src/net/budget.rs"),
        ("- item [1]\n- item [2]", "src/net/budget.rs src/net/mod.rs"),
        ("[[1]]", "src/net/budget.rs"),
        ("~~~\n[1]\n~~~\n[2]", "src/net/mod.rs"),
        ("```rust\nlet x = a[1]; // src/net/budget.rs:3\n```\nthen [2]", "src/net/mod.rs"),
        ("````\n```\n[1]\n````\n[2]", "src/net/mod.rs"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn what_only_looks_alike_is_none() {
    for text in [
        "an array `a[1]` in code",
        "[x] done, [ ] open",
        "[0] is no number of an item",
        "[1](https://example.org) is a link",
        "[1]: https://example.org",
        "[12345]",
        "[1 2] [1:] [1:x] [+1] [-1] []",
        "at 10:30, ratio 3:4, http://127.0.0.1:8080/x",
        "Foo::bar:12",
        "[[[[",
        "```\n[1]",
    ] {
        assert_eq!(citations(text), [], "{text}");
    }
}

#[test]
fn each_item_is_counted_and_what_was_not_sent_is_not() {
    let mut all = items();
    all[1].state = ContextState::NoRoom;
    assert_eq!(counts("[1] [1:3] [2] [12, 3] src/net/budget.rs:1 [99]", &all), [3, 0, 1, 1]);
}

#[test]
fn numbers_become_paths_where_the_items_are_not_known() {
    let text = "So [1:3-4], and [2, 12:9]; `a[1]` and [9] stay.\n```\n[1]\n```\n";
    assert_eq!(
        with_paths(text, &items()),
        "So [src/net/budget.rs:3-4], and [src/net/mod.rs, README.md:9]; `a[1]` and [9] stay.\n```\n[1]\n```\n"
    );
}

#[test]
fn the_end_of_an_unfinished_text_may_still_become_a_citation() {
    for (text, pending_text) in [
        ("so [1", "[1"),
        ("so [1:3-", "[1:3-"),
        ("so [1]. ", ""),
        ("in src/net/bud", "src/net/bud"),
        ("a line [1\nthe next ", ""),
        ("列【1，", "【1，"),
    ] {
        assert_eq!(&text[text.len() - pending(text)..], pending_text, "{text}");
    }
}

#[test]
fn the_screen_marks_what_is_counted() {
    let text = "As [1] and [2:64-70] say, **【3】** and [1; 2:L4], not [9]:\n\n- [1]: one [1, 9]\n- `a[1]`\n\n\
                ```\nb[2]\n```\n\n> [2](https://a.example) and [3:9-4]";
    let cited = citations(text).into_iter().filter_map(|citation| match citation.cited {
        Cited::Number(number) if number <= 3 => Some((number, citation.lines.map(|lines| lines.first))),
        Cited::Number(_) | Cited::Path(_) => None,
    });
    let mut document = Document::of(text, 3, Highlighter::new());
    let mut marked = Vec::new();
    for at in 0..document.pieces().len() {
        for line in document.lay(at, 200) {
            marked.extend(line.targets().iter().filter_map(|target| match target {
                Target::Citation(number, line) => Some((*number, *line)),
                Target::Url(_) | Target::Place(..) => None,
            }));
        }
    }
    assert_eq!(marked, cited.collect::<Vec<_>>());
    assert_eq!(marked.len(), 8, "{marked:?}");
}

proptest! {
    #[test]
    fn any_text_is_read_and_what_is_settled_stays(text in "[\\[\\]【】0-9:,L a./`\n-]{0,80}", cut in 0_usize..80) {
        let all = citations(&text);
        let mut end = 0;
        for citation in &all {
            prop_assert!(citation.range.start >= end && citation.range.end <= text.len());
            end = citation.range.end;
        }
        let cut = text.floor_char_boundary(cut.min(text.len()));
        // What one line says is settled but for its pending end, unless a backtick is still open.
        let part = &text[..cut];
        if !text.contains(['`', '\n']) {
            let settled = part.len() - pending(part);
            for citation in citations(part).iter().filter(|citation| citation.range.end < settled) {
                prop_assert!(all.contains(citation), "{citation:?} of {part:?} is not in {text:?}");
            }
        }
    }

    #[test]
    fn a_long_row_of_brackets_is_read_in_linear_time(count in 0_usize..20_000) {
        let text = "[".repeat(count);
        prop_assert_eq!(citations(&text), []);
    }
}
