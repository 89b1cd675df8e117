//! Script parts of Vue, Svelte and Astro files, laid bare for the TypeScript grammar.

use super::{Outline, fallback};
use crate::domain::Language;

/// The text with everything but its scripts turned to spaces, so that offsets and lines stay. `None` for other languages.
pub(super) fn script_part(language: Language, text: &str) -> Option<String> {
    let (open, close) = match language {
        Language::VUE | Language::SVELTE => ("<script", "</script"),
        Language::ASTRO => ("---", "---"),
        _ => return None,
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(start) = text[at..].find(open) {
        let start = at + start + open.len();
        let start = if language == Language::ASTRO {
            start
        } else {
            text[start..].find('>').map_or(text.len(), |end| start + end + 1)
        };
        let end = text[start..].find(close).map_or(text.len(), |end| start + end);
        blank(&text[at..start], &mut out);
        out.push_str(&text[start..end]);
        at = end;
        if language == Language::ASTRO || at == text.len() {
            break;
        }
        at += close.len().min(text.len() - at);
        blank(close, &mut out);
    }
    blank(&text[at..], &mut out);
    Some(out)
}

fn blank(text: &str, out: &mut String) {
    out.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

/// Adds the comments of the page around the scripts, which the grammar did not see.
pub(super) fn with_page(mut outline: Outline, language: Language, text: &str) -> Outline {
    let page = fallback::comments(language, text);
    outline.comments.extend(page.into_iter().filter(|range| text[range.clone()].starts_with("<!--")));
    outline
}
