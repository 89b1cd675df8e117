//! Cutting text to a width, at its end or in the middle of a path. Never splits a grapheme.

use std::borrow::Cow;

use super::width::{graphemes, width};

/// Cuts text to at most `cells`, with `ellipsis` at the end where something was cut. Where not even the ellipsis
/// fits, nothing is left.
pub fn end<'a>(text: &'a str, cells: usize, ellipsis: &str) -> Cow<'a, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let sign = width(ellipsis);
    if sign > cells {
        return Cow::Borrowed("");
    }
    Cow::Owned(format!("{}{ellipsis}", head(text, cells - sign).trim_end()))
}

/// Shortens a path to at most `cells`: the directories give way in their middle, the file name last and in its
/// own middle, so that its extension stays. Uses all the cells unless a wide character stands at a cut.
pub fn path<'a>(text: &'a str, cells: usize, ellipsis: &str) -> Cow<'a, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let name_at = text.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
    let (dirs, name) = text.split_at(name_at);
    let name_cells = width(name);
    // Directories shortened to the sign alone and a slash still tell that the file is not at the root.
    if !dirs.is_empty() && name_cells + width(ellipsis) < cells {
        return Cow::Owned(middle(dirs, cells - name_cells, ellipsis) + name);
    }
    Cow::Owned(middle(name, cells, ellipsis))
}

/// Cuts or pads text to exactly `cells`, text first.
pub fn fit_end(text: &str, cells: usize, ellipsis: &str) -> String {
    pad(end(text, cells, ellipsis).into_owned(), cells)
}

/// Shortens or pads a path to exactly `cells`, text first.
pub fn fit_path(text: &str, cells: usize, ellipsis: &str) -> String {
    pad(path(text, cells, ellipsis).into_owned(), cells)
}

/// Cuts text, or pads it on its left, to exactly `cells`: for numbers.
pub fn fit_right(text: &str, cells: usize, ellipsis: &str) -> String {
    let cut = end(text, cells, ellipsis);
    format!("{}{cut}", " ".repeat(cells - width(&cut)))
}

/// The longest start of a text that takes at most `cells`.
pub fn head(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, _, cost) in graphemes(text) {
        if used + cost > cells {
            return &text[..at];
        }
        used += cost;
    }
    text
}

/// The longest end of a text that takes at most `cells`.
pub fn tail(text: &str, cells: usize) -> &str {
    let mut used = 0;
    let mut start = text.len();
    for (at, _, cost) in graphemes(text).rev() {
        if used + cost > cells {
            break;
        }
        used += cost;
        start = at;
    }
    &text[start..]
}

/// Keeps both ends; the end gets the odd cell.
fn middle(text: &str, cells: usize, ellipsis: &str) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let Some(room) = cells.checked_sub(width(ellipsis)) else { return String::new() };
    let head = head(text, room / 2);
    // What a wide character left over at the first cut goes to the end.
    let tail = tail(&text[head.len()..], room - width(head));
    format!("{head}{ellipsis}{tail}")
}

fn pad(mut text: String, cells: usize) -> String {
    let missing = cells.saturating_sub(width(&text));
    text.extend(std::iter::repeat_n(' ', missing));
    text
}
