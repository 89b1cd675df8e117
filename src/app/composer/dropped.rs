//! Dropped: paths of pictures that a terminal types when a file is dropped on it, or that were copied as a path.
//!
//! Terminals quote them in several ways: `'/a b/c.png'`, `"/a b/c.png"`, `/a\ b/c.png`, `file:///a%20b/c.png`.

use std::path::PathBuf;

/// Names of pictures end so; what the file holds is looked at when it is read.
const ENDS: [&str; 5] = [".png", ".jpg", ".jpeg", ".gif", ".webp"];

/// More pictures in one paste are a list of files, and meant as such.
const MOST: usize = 8;

/// The pictures that a paste names, each with the words that name it; empty where it is anything else than paths of
/// pictures, each from the root or the home.
pub fn pictures(text: &str) -> Vec<(String, PathBuf)> {
    let Some(words) = words(text.trim()) else { return Vec::new() };
    let named: Vec<_> = words.into_iter().map(|(raw, path)| Some((raw.to_owned(), picture(path)?))).collect();
    let all: Option<Vec<_>> = named.into_iter().collect();
    all.filter(|all| all.len() <= MOST).unwrap_or_default()
}

fn picture(word: String) -> Option<PathBuf> {
    let path = match word.strip_prefix("file://") {
        Some(address) => decoded(address.strip_prefix("localhost").unwrap_or(address))?,
        None => word,
    };
    let placed = path.starts_with('/') || path.starts_with("~/");
    let lower = path.to_lowercase();
    (placed && ENDS.iter().any(|end| lower.ends_with(end))).then(|| path.into())
}

/// Parts a line at its blanks, as a shell would; `None` where it has several lines or an open quote.
fn words(line: &str) -> Option<Vec<(&str, String)>> {
    if line.contains('\n') {
        return None;
    }
    let mut words = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some((start, c)) = chars.peek().copied() {
        if c.is_whitespace() {
            chars.next();
            continue;
        }
        let mut word = String::new();
        let mut end = line.len();
        let mut quote = None;
        while let Some((at, c)) = chars.next() {
            match (quote, c) {
                (None, '\'' | '"') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                (None | Some('"'), '\\') => word.extend(chars.next().map(|(_, c)| c)),
                (None, c) if c.is_whitespace() => {
                    end = at;
                    break;
                }
                (None | Some(_), c) => word.push(c),
            }
        }
        if quote.is_some() {
            return None;
        }
        words.push((&line[start..end], word));
    }
    Some(words)
}

/// Reads `%20` and the like (RFC 3986, section 2.1).
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        pictures(text).into_iter().map(|(_, path)| path.display().to_string()).collect()
    }

    #[test]
    fn a_dropped_picture_is_known_however_the_terminal_quotes_it() {
        for text in [
            "'/x/my design.png'",
            "\"/x/my design.png\" ",
            "/x/my\\ design.png",
            "file:///x/my%20design.png\n",
        ] {
            assert_eq!(paths(text), ["/x/my design.png"], "{text}");
        }
        assert_eq!(paths("'/a.png' ~/b.JPG"), ["/a.png", "~/b.JPG"]);
        assert_eq!(pictures("'/a b.png' /c.gif")[0].0, "'/a b.png'", "the words as they stand");
    }

    #[test]
    fn other_pastes_stay_what_they_are() {
        for text in [
            "look at /a.png",
            "a.png",
            "/a.rs",
            "'/a.png",
            "/a.png\n/b.png",
            "file:///a%2.png",
            "",
            "/etc/passwd",
        ] {
            assert_eq!(paths(text), [""; 0], "{text}");
        }
        assert_eq!(paths(&"/a.png ".repeat(9)), [""; 0]);
    }
}
