//! File names as answers write them: in backticks, bold, after `File:`, as headings, comments or tags, in sentences and in
//! the info strings of fences.

use super::known::{KNOWN_ENDS, KNOWN_NAMES, NO_NAMES};

/// Words before a file name.
const LEADS: [&str; 9] =
    ["file:", "filename:", "file name:", "file path:", "file_path:", "filepath:", "path:", "in file", "in"];

/// Names of elements and attributes of tags that hold a path.
const TAGS: [&str; 8] =
    ["path", "file", "file_path", "filepath", "filename", "file_name", "target_file", "name"];

/// How a line names a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Naming {
    /// The line is the name and little else.
    Heads(String),
    /// The line is a sentence in which one name stands.
    Mentions(String),
}

/// The file that a line names, if it does.
pub fn naming(line: &str) -> Option<Naming> {
    let line = line.trim();
    if line.is_empty() || line.len() > 512 {
        return None;
    }
    if let Some(name) = tagged(line) {
        return Some(Naming::Heads(name));
    }
    match quoted(line) {
        Quoted::Named(naming) => Some(naming),
        Quoted::Unclear => None,
        Quoted::Nothing => bare(line).map(Naming::Heads),
    }
}

/// What stands between backticks or bold marks.
enum Quoted {
    /// No path.
    Nothing,
    /// One path.
    Named(Naming),
    /// Several, or one that may be something else.
    Unclear,
}

fn quoted(line: &str) -> Quoted {
    for quote in ["`", "**"] {
        let parts: Vec<&str> = line.split(quote).collect();
        if parts.len() < 3 {
            continue;
        }
        let inside = parts.iter().skip(1).step_by(2).map(|text| text.trim_matches(['`', '*', ':', ' ']));
        let mut names: Vec<String> = inside.filter_map(plausible).collect();
        names.dedup();
        let around: String = parts.iter().step_by(2).copied().collect::<Vec<_>>().join(" ");
        let words = around.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
        match names.as_slice() {
            [name] if words <= 1 => return Quoted::Named(Naming::Heads(name.clone())),
            [name] if is_surely_a_path(name) => return Quoted::Named(Naming::Mentions(name.clone())),
            [] => {}
            _ => return Quoted::Unclear,
        }
    }
    Quoted::Nothing
}

/// `src/a.rs`, `### src/a.rs:`, `// src/a.rs`, `File: src/a.rs`.
fn bare(line: &str) -> Option<String> {
    let number = line.bytes().take_while(u8::is_ascii_digit).count();
    let line = line[number..].strip_prefix(". ").filter(|_| number > 0).map_or(line, str::trim_start);
    let mut text = line
        .trim_start_matches(['#', '*', '-', ' ', '>', '/', ';', '%'])
        .trim_end_matches(['*', ' ', '-', '>', '/']);
    if line.starts_with('/') && !line.starts_with("//") && !line.starts_with("/*") {
        text = line;
    }
    // `Finally, c.py:`
    if let Some((talk, name)) = text.strip_suffix(':').and_then(|text| text.rsplit_once(", "))
        && !talk.contains(char::is_whitespace)
    {
        text = name;
    }
    for lead in LEADS {
        let Some((head, rest)) = text.split_at_checked(lead.len()) else { continue };
        let ends = lead.ends_with(':') || rest.starts_with([' ', ':']);
        if head.eq_ignore_ascii_case(lead) && !rest.is_empty() && ends {
            text = rest.trim_start_matches([':', ' ', '*']);
            break;
        }
    }
    plausible(text.trim_end_matches([':', '*', ' ', ',']).trim_matches(['"', '\'', '*', ' ']))
}

/// `<path>src/a.rs</path>`, `<file path="src/a.rs">`, `<!-- src/a.rs -->`.
fn tagged(line: &str) -> Option<String> {
    let inside = line.strip_prefix('<')?;
    if let Some(comment) = inside.strip_prefix("!--") {
        return bare(comment.trim_end_matches(['-', '>']).trim());
    }
    let (tag, after) = inside.split_once('>')?;
    if TAGS.contains(&tag) {
        return plausible(after.split_once("</").map_or(after, |(name, _)| name));
    }
    attribute(tag)
}

/// The value of the first attribute that holds a path.
fn attribute(text: &str) -> Option<String> {
    TAGS.iter().find_map(|key| {
        let (before, after) = text.split_once(&format!("{key}="))?;
        let whole = before.is_empty() || before.ends_with([' ', '{', '_', '-']);
        let value = match after.chars().next()? {
            quote @ ('"' | '\'') => after[1..].split(quote).next()?,
            _ => after.split([' ', '}', ',']).next()?,
        };
        plausible(value).filter(|_| whole)
    })
}

/// A name that can be a path: no spaces at its ends, something that looks like a directory or an extension.
pub fn plausible(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches(':');
    let name = without_lines(name);
    let name = name.strip_prefix("./").unwrap_or(name);
    let name = if name.contains('/') { name.to_owned() } else { name.replace('\\', "/") };
    let last = name.rsplit('/').next().unwrap_or(&name);
    let shaped = name.contains('/') || last.contains('.') || KNOWN_NAMES.contains(&last);
    let calls = !name.contains('/') && name.contains('(') || name.ends_with("()") || name.contains("::");
    let clean = !name.is_empty()
        && !calls
        && !name.chars().any(|c| {
            c.is_control() || matches!(c, '<' | '>' | '|' | '*' | '?' | '{' | '}' | ';' | '=' | '"' | '`')
        })
        && !name.contains("://")
        && !name.ends_with('.')
        && name.split_whitespace().count() <= 5
        && (!name.contains(' ') || last.rsplit_once('.').is_some_and(|(_, end)| end.len() <= 5));
    (shaped && clean && last.chars().any(char::is_alphanumeric)).then_some(name)
}

/// The one word of a line that may be the name of a file without an ending.
pub fn word(line: &str) -> Option<String> {
    let text = line.trim().trim_matches(['`', '*', '#', ' ']);
    let clean = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    (clean && !text.is_empty() && text.len() <= 64).then(|| text.to_owned())
}

/// The path of a header that holds nothing else.
pub fn of_header(text: &str) -> String {
    let text = text.trim().trim_matches(['`', '"', '\'']);
    text.strip_prefix("./").unwrap_or(text).to_owned()
}

/// The name without a range of lines after it: `:12-40`, `:7`, `#L3-L9`.
fn without_lines(name: &str) -> &str {
    let is_range = |text: &str| {
        let digits = text.replace(['L', '-', ','], "");
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    match name.rsplit_once([':', '#']) {
        Some((before, range)) if is_range(range) => without_lines(before),
        Some(_) | None => name,
    }
}

/// Whether a name in a sentence is a path for sure, and no field, method or module.
fn is_surely_a_path(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let known = last.rsplit_once('.').is_some_and(|(_, end)| KNOWN_ENDS.contains(&end));
    known || KNOWN_NAMES.contains(&last) || name.contains('/') && last.contains('.')
}

/// A file name in the info string of a fence: `rust src/a.rs`, `src/a.rs`, `rust title="src/a.rs"`, `rust:src/a.rs`,
/// `12:40:src/a.rs`.
pub fn of_info(info: &str) -> Option<String> {
    if let Some(name) = attribute(info) {
        return Some(name);
    }
    let around: &[char] = &['`', '*', '"', '\'', '#', '-', '<', '>', '(', ')', '{', '}', ','];
    info.split_whitespace().rev().find_map(|word| {
        let parts = word.split(['=', ':']).rev();
        parts.map(|part| part.trim_matches(around)).find_map(|part| {
            let is_language = NO_NAMES.contains(&part.to_lowercase().as_str());
            plausible(part).filter(|name| !is_language && (name.contains('/') || name.contains('.')))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(line: &str) -> Option<String> {
        match naming(line) {
            Some(Naming::Heads(name)) => Some(name),
            Some(Naming::Mentions(_)) | None => None,
        }
    }

    #[test]
    fn names_are_read_from_the_ways_models_write_them() {
        for line in [
            "src/a.rs",
            "`src/a.rs`",
            "**src/a.rs**",
            "### src/a.rs",
            "### `src/a.rs`:",
            "File: src/a.rs",
            "**File: `src/a.rs`**",
            "// src/a.rs",
            "# src/a.rs",
            "/* src/a.rs */",
            "./src/a.rs",
            "src/a.rs:",
            "src/a.rs:10-20",
            "In `src/a.rs`:",
            "1. `src/a.rs`",
            "<path>src/a.rs</path>",
            "<file name=\"src/a.rs\" kind=\"x\">",
            "<!-- src/a.rs -->",
            "src\\a.rs",
        ] {
            assert_eq!(heads(line).as_deref(), Some("src/a.rs"), "{line}");
        }
        for line in [
            "Here is the change.",
            "",
            "fn main() {",
            "Now update the parser:",
            "https://a.b/c",
            "x = y/z;",
            "</edit>",
        ] {
            assert_eq!(naming(line), None, "{line}");
        }
        assert_eq!(heads("Makefile").as_deref(), Some("Makefile"));
        assert_eq!(heads("docs/my notes.md").as_deref(), Some("docs/my notes.md"));
        assert_eq!(heads("/etc/passwd").as_deref(), Some("/etc/passwd"), "told, to be refused by name");
    }

    #[test]
    fn a_sentence_mentions_a_file_where_it_can_be_nothing_else() {
        let mentions = |line| naming(line) == Some(Naming::Mentions("src/a.rs".to_owned()));
        assert!(mentions("In `src/a.rs`, rename the function:"));
        assert!(!mentions("Move it from `src/a.rs` to `src/b.rs`:"));
        for line in
            ["Then set `config.limit` to one:", "Call `self.total()` here:", "Use `std::fs` for that:"]
        {
            assert_eq!(naming(line), None, "{line}");
        }
    }

    #[test]
    fn names_stand_in_info_strings() {
        for info in [
            "rust src/a.rs",
            "rust title=\"src/a.rs\"",
            "rust:src/a.rs",
            "1:9:src/a.rs",
            "{.rust file=src/a.rs}",
        ] {
            assert_eq!(of_info(info).as_deref(), Some("src/a.rs"), "{info}");
        }
        for info in ["rust", "", "asp.net", "rust linenos=true"] {
            assert_eq!(of_info(info), None, "{info}");
        }
    }
}
