//! Marks within prose: citations such as `[1]`, `[2:64]` and `[1, 3:10-20]`, footnote marks such as `[^a]`, and where
//! an address leads.

use std::sync::Arc;

use super::block::Span;
use super::line::{Look, Target, Tone};

/// Splits citations and footnote marks off the prose of spans. Numbers from 1 to `cites` are citations.
pub fn split(spans: Vec<Span>, cites: u16) -> Vec<Span> {
    if !spans.iter().any(|span| is_prose(span) && span.text.contains('[')) {
        return spans;
    }
    let mut out = Vec::with_capacity(spans.len() + 2);
    for span in spans {
        if is_prose(&span) && span.text.contains('[') {
            split_one(&span, cites, &mut out);
        } else {
            out.push(span);
        }
    }
    out
}

/// Whether a text between brackets is a citation.
pub fn is_citation(text: &str, cites: u16) -> bool {
    parts(text, cites).is_some()
}

/// What an address leads to; `None` for what is better not opened.
pub fn target(address: &str) -> Option<Target> {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("http" | "https" | "mailto")) {
        return Some(Target::Url(Arc::from(address)));
    }
    place(address)
}

/// A path of the tree, with a line as `#L10`, `:10` or `:10-20`.
fn place(address: &str) -> Option<Target> {
    let plain = address.strip_prefix("./").unwrap_or(address);
    let (path, line) = match plain.split_once("#L").or_else(|| plain.rsplit_once(':')) {
        Some((path, lines)) => (path, Some(first_number(lines)?)),
        None => (plain, None),
    };
    let is_path = !path.is_empty()
        && !path.starts_with(['/', '#', '?'])
        && !path.contains(':')
        && (path.contains('/') || path.contains('.'))
        && !path.split('/').any(|part| part == "..");
    is_path.then(|| Target::Place(Arc::from(path), line))
}

fn first_number(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches(['L', 'l']);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok().filter(|number| *number > 0)
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
    while let Some(open) = text[from..].find('[').map(|at| from + at) {
        from = open + 1;
        // No mark is longer; a text of brackets alone stays linear.
        let reach = (open..text.len().min(open + 80)).rev().find(|end| text.is_char_boundary(*end + 1));
        let Some(close) = reach.and_then(|end| text[open..=end].find(']')).map(|at| open + at) else {
            continue;
        };
        let inner = &text[open + 1..close];
        if inner.strip_prefix('^').is_some_and(|label| !label.is_empty() && !label.contains(['[', ' '])) {
            put(out, &text[done..open], span.look.tone, None);
            put(out, &text[open..=close], Tone::Footnote, None);
        } else if let Some(parts) = parts(inner, cites) {
            put(out, &text[done..open], span.look.tone, None);
            let last = parts.len() - 1;
            let mut at = open;
            for (index, (target, start, end)) in parts.into_iter().enumerate() {
                let (start, end) = (open + 1 + start, open + 1 + end);
                let start = if index == 0 { open } else { start };
                let end = if index == last { close + 1 } else { end };
                put(out, &text[at..start], Tone::Citation, None);
                put(out, &text[start..end], Tone::Citation, Some(target));
                at = end;
            }
        } else {
            continue;
        }
        done = close + 1;
        from = done;
    }
    put(out, &text[done..], span.look.tone, None);
}

/// The citations between brackets with their bytes; `None` where it is anything else.
fn parts(inner: &str, cites: u16) -> Option<Vec<(Target, usize, usize)>> {
    let mut parts = Vec::new();
    let mut at = 0;
    for part in inner.split(',') {
        let start = at + part.len() - part.trim_start().len();
        at += part.len() + 1;
        let part = part.trim();
        let (number, line) = match part.split_once(':') {
            Some((number, lines)) => (number, Some(first_line(lines)?)),
            None => (part, None),
        };
        let plain = !number.is_empty() && number.len() <= 5 && number.bytes().all(|b| b.is_ascii_digit());
        let number: u16 = number.parse().ok().filter(|number| plain && (1..=cites).contains(number))?;
        parts.push((Target::Citation(number, line), start, start + part.len()));
    }
    Some(parts)
}

/// The first of `64`, `64-70`, `L64` or `L64-L70`.
fn first_line(lines: &str) -> Option<u32> {
    let known = |c: char| c.is_ascii_digit() || matches!(c, 'L' | '-' | '–');
    if lines.is_empty() || !lines.chars().all(known) {
        return None;
    }
    first_number(lines)
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
    }

    #[test]
    fn splitting_loses_no_text() {
        for text in ["a[1, 2]b", "[^n] and [1]", "[日[1]本", "[[[[[", "x [1] y [9] z"] {
            let joined: String = cut(text).into_iter().map(|(text, ..)| text).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_footnote_mark_is_told_apart() {
        let footnote = |text: &str| cut(text).iter().any(|(_, tone, _)| *tone == Tone::Footnote);
        assert!(footnote("see [^1]") && footnote("[^note]"));
        assert!(!footnote("[^]") && !footnote("[^a b]"));
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
        for bad in
            ["javascript:alert(1)", "file:///etc/passwd", "/etc/passwd", "../../x.rs", "#top", "", "data:x"]
        {
            assert_eq!(target(bad), None, "{bad}");
        }
    }
}
