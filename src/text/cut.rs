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
/// own middle, so that its extension stays. Uses all the cells, but for one where a wide character stands at a
/// cut or the name alone leaves one free.
pub fn path<'a>(text: &'a str, cells: usize, ellipsis: &str) -> Cow<'a, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    // A slash with a combining mark is no separator that could be cut behind.
    let slash = graphemes(text)
        .rev()
        .skip_while(|(_, grapheme, _)| *grapheme == "/")
        .find(|(_, grapheme, _)| *grapheme == "/");
    let name_at = slash.map_or(0, |(at, ..)| at + 1);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    #[test]
    fn text_is_cut_at_its_end() {
        for (text, cells, cut) in [
            ("budget", 6, "budget"),
            ("budget", 5, "budg…"),
            ("a budget", 3, "a…"),
            ("budget", 1, "…"),
            ("budget", 0, ""),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
        ] {
            assert_eq!(end(text, cells, "…"), cut, "{text} to {cells}");
        }
        assert_eq!(end("budget", 2, "..."), "");
    }

    #[test]
    fn a_path_gives_way_in_the_middle_of_its_directories() {
        for (text, cells, cut) in [
            ("src/net/budget.rs", 17, "src/net/budget.rs"),
            ("src/net/budget.rs", 16, "src…et/budget.rs"),
            ("src/net/budget.rs", 14, "sr…t/budget.rs"),
            ("src/net/budget.rs", 11, "…/budget.rs"),
            ("src/net/budget.rs", 10, "budget.rs"),
            ("src/net/budget.rs", 8, "bud…t.rs"),
            ("src/net/budget.rs", 1, "…"),
            ("src/net/budget.rs", 0, ""),
            ("budget.rs", 5, "bu…rs"),
            ("src/net/", 6, "…/net/"),
        ] {
            assert_eq!(path(text, cells, "…"), cut, "{text} to {cells}");
        }
    }

    #[test]
    fn fitting_pads_to_the_exact_width() {
        assert_eq!(fit_end("日本語", 4, "…"), "日… ");
        assert_eq!(fit_path("a/b", 5, "…"), "a/b  ");
        assert_eq!(fit_right("12", 4, "…"), "  12");
    }

    proptest! {
        #[test]
        fn a_cut_fits_and_splits_no_grapheme(text in "[a-z/é日\u{1f469}\u{200d}\u{301} ]{0,20}", cells in 0_usize..24) {
            for cut in [end(&text, cells, "…"), path(&text, cells, "…")] {
                prop_assert!(width(&cut) <= cells);
                let whole: Vec<&str> = text.graphemes(true).collect();
                let pieces = cut.split('…').flat_map(|piece| piece.graphemes(true));
                prop_assert!(pieces.into_iter().all(|grapheme| whole.contains(&grapheme)));
            }
            prop_assert_eq!(width(&fit_end(&text, cells, "…")), cells);
            prop_assert_eq!(width(&fit_path(&text, cells, "…")), cells);
            prop_assert_eq!(width(&fit_right(&text, cells, "…")), cells);
        }

        #[test]
        fn a_narrow_path_uses_every_cell_and_keeps_the_name_while_it_fits(
            dirs in "([a-z]{1,8}/){1,5}",
            name in "[a-z]{1,8}\\.rs",
            cells in 1_usize..60,
        ) {
            let text = format!("{dirs}{name}");
            let cut = path(&text, cells, "…");
            let free = usize::from(cells == width(&name) + 1 && cells < width(&text));
            prop_assert_eq!(width(&cut), cells.min(width(&text)) - free);
            prop_assert_eq!(cut.ends_with(&name), cells >= width(&name));
        }
    }
}
