//! Marks within prose: [citations](crate::text::citation), footnote marks such as `[^a]`, and where an address leads.

use std::sync::Arc;

use super::block::Span;
use super::line::{Look, Target, Tone};
use crate::text::citation::{Bracketed, bracketed, group, lines_of, opens};

/// The longest label of a footnote, in bytes.
const LONGEST_LABEL: usize = 78;

/// Splits citations and footnote marks off the prose of spans. Numbers from 1 to `cites` are citations.
pub fn split(spans: Vec<Span>, cites: u16) -> Vec<Span> {
    let may_hold = |span: &Span| is_prose(span) && span.text.contains(opens);
    if !spans.iter().any(may_hold) {
        return spans;
    }
    let mut out = Vec::with_capacity(spans.len() + 2);
    for span in spans {
        if may_hold(&span) {
            split_one(&span, cites, &mut out);
        } else {
            out.push(span);
        }
    }
    out
}

/// Whether a text between brackets is a citation.
pub fn is_citation(text: &str, cites: u16) -> bool {
    group(text).is_some_and(|parts| parts.iter().all(|part| part.number <= cites))
}

/// What an address leads to; `None` for what is better not opened.
pub fn target(address: &str) -> Option<Target> {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("http" | "https" | "mailto")) {
        return Some(Target::Url(Arc::from(address)));
    }
    place(address)
}

/// A path of the tree, with lines as `#L10`, `:10` or `:10-20`.
fn place(address: &str) -> Option<Target> {
    let plain = address.strip_prefix("./").unwrap_or(address);
    let (path, line) = match plain.split_once("#L").or_else(|| plain.split_once(':')) {
        Some((path, lines)) => (path, Some(lines_of(lines)?.first)),
        None => (plain, None),
    };
    let is_path = !path.is_empty()
        && !path.starts_with(['/', '#', '?'])
        && !path.contains(':')
        && (path.contains('/') || path.contains('.'))
        && !path.split('/').any(|part| part == "..");
    is_path.then(|| Target::Place(Arc::from(path), line))
}

fn is_prose(span: &Span) -> bool {
    span.target.is_none() && matches!(span.look.tone, Tone::Text | Tone::Quote | Tone::Heading(_))
}

fn split_one(span: &Span, cites: u16, out: &mut Vec<Span>) {
    let text = span.text.as_str();
    let put = |out: &mut Vec<Span>, text: &str, tone: Tone, target: Option<Target>| {
        if !text.is_empty() {
            out.push(Span { text: text.to_owned(), look: Look { tone, weight: span.look.weight }, target });
        }
    };
    let mut done = 0;
    let mut from = 0;
    while let Some(open) = text[from..].find(opens).map(|at| from + at) {
        if let Some(end) = footnote(text, open) {
            put(out, &text[done..open], span.look.tone, None);
            put(out, &text[open..end], Tone::Footnote, None);
            (done, from) = (end, end);
            continue;
        }
        let found = bracketed(text, open);
        let Some(Bracketed { range, parts }) =
            found.filter(|found| found.parts.iter().any(|part| part.number <= cites))
        else {
            from = text.ceil_char_boundary(open + 1);
            continue;
        };
        put(out, &text[done..open], span.look.tone, None);
        let last = parts.len() - 1;
        let mut at = open;
        for (index, part) in parts.iter().enumerate().filter(|(_, part)| part.number <= cites) {
            let start = if index == 0 { open } else { part.range.start };
            let end = if index == last { range.end } else { part.range.end };
            let line = part.lines.map(|lines| lines.first);
            put(out, &text[at..start], Tone::Citation, None);
            put(out, &text[start..end], Tone::Citation, Some(Target::Citation(part.number, line)));
            at = end;
        }
        put(out, &text[at..range.end], Tone::Citation, None);
        (done, from) = (range.end, range.end);
    }
    put(out, &text[done..], span.look.tone, None);
}

/// Where the footnote mark that opens here ends.
fn footnote(text: &str, open: usize) -> Option<usize> {
    let label = text[open..].strip_prefix("[^")?;
    let length = label.find(['[', ']', ' ']).filter(|length| label[*length..].starts_with(']'))?;
    (1..=LONGEST_LABEL).contains(&length).then_some(open + "[^]".len() + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, Tone, Option<Target>)> {
        let span = Span { text: text.to_owned(), ..Span::default() };
        split(vec![span], 3).into_iter().map(|span| (span.text, span.look.tone, span.target)).collect()
    }

    fn cited(text: &str) -> Vec<(u16, Option<u32>)> {
        let targets = cut(text).into_iter().filter_map(|(_, _, target)| target);
        targets
            .map(|target| match target {
                Target::Citation(number, line) => (number, line),
                Target::Url(_) | Target::Place(..) => panic!("{target:?}"),
            })
            .collect()
    }

    #[test]
    fn numbers_of_the_context_are_citations_and_others_are_text() {
        assert_eq!(cited("so [1], and [2:64] or [3:10-20]."), [(1, None), (2, Some(64)), (3, Some(10))]);
        assert_eq!(cited("[1, 2:5] [1][2]"), [(1, None), (2, Some(5)), (1, None), (2, None)]);
        assert_eq!(cited("[0] [4] [x] [1 2] [] [1:] [1:x] [+1] [ [ ["), []);
        assert_eq!(cited("[[1]]"), [(1, None)]);
        assert_eq!(cited("【1】［2：7］ [1; 3:9-4]"), [(1, None), (2, Some(7)), (1, None), (3, Some(4))]);
        assert_eq!(cited("[1, 9:2, 3]"), [(1, None), (3, None)], "what is no number of an item is text");
    }

    #[test]
    fn splitting_loses_no_text() {
        for text in
            ["a[1, 2]b", "[^n] and [1]", "[日[1]本", "[[[[[", "x [1] y [9] z", "【1】【9】[1, 9][9; 2 ]"]
        {
            let joined: String = cut(text).into_iter().map(|(text, ..)| text).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_footnote_mark_is_told_apart() {
        let footnote = |text: &str| cut(text).iter().any(|(_, tone, _)| *tone == Tone::Footnote);
        assert!(footnote("see [^1]") && footnote("[^note]"));
        assert!(!footnote("[^]") && !footnote("[^a b]") && !footnote(&format!("[^{}]", "a".repeat(100))));
    }

    #[test]
    fn addresses_lead_to_browsers_or_into_the_tree_and_nowhere_else() {
        let url = |text: &str| Some(Target::Url(Arc::from(text)));
        let at = |path: &str, line| Some(Target::Place(Arc::from(path), line));
        assert_eq!(target("https://a.example/x#L3"), url("https://a.example/x#L3"));
        assert_eq!(target("HTTP://a.example"), url("HTTP://a.example"));
        assert_eq!(target("src/a.rs"), at("src/a.rs", None));
        assert_eq!(target("./src/a.rs#L10-L12"), at("src/a.rs", Some(10)));
        assert_eq!(target("src/a.rs:64"), at("src/a.rs", Some(64)));
        assert_eq!(target("src/a.rs:64:9"), at("src/a.rs", Some(64)));
        assert_eq!(target("src/a.rs#L10C3-L12C9"), at("src/a.rs", Some(10)));
        assert_eq!(target("docs/a.md#section"), at("docs/a.md#section", None));
        for bad in
            ["javascript:alert(1)", "file:///etc/passwd", "/etc/passwd", "../../x.rs", "#top", "", "data:x"]
        {
            assert_eq!(target(bad), None, "{bad}");
        }
    }
}
