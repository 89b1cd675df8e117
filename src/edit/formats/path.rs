//! File names as answers write them: in backticks, bold, after `File:`, as headings or comments, with a colon at the end.

/// Words before a file name.
const LEADS: [&str; 7] = ["file:", "filename:", "file path:", "filepath:", "path:", "in file", "in"];

/// Characters around a file name.
const AROUND: &[char] = &['`', '*', '"', '\'', '#', '/', '-', ' ', '\t', '<', '>', '[', ']', '(', ')'];

/// Reads a line that is a file name and nothing else.
pub fn file_name(line: &str) -> Option<String> {
    let line = line.trim();
    if line.is_empty() || line.len() > 512 {
        return None;
    }
    for quote in ["`", "**"] {
        if let Some((_, after)) = line.split_once(quote)
            && let Some((name, rest)) = after.split_once(quote)
            && let Some(name) = plausible(name)
        {
            // A sentence that goes on is about the file and does not head its block.
            return (rest.split_whitespace().count() <= 4).then_some(name);
        }
    }
    let mut text =
        line.trim_start_matches(['#', '*', '-', ' ', '>', '/']).trim_end_matches(['*', ' ', '-', '>']);
    if line.starts_with('/') && !line.starts_with("//") {
        text = line;
    }
    let lower = text.to_lowercase();
    for lead in LEADS {
        if lower.starts_with(lead) && lower.len() > lead.len() {
            text = text[lead.len()..].trim_start_matches([':', ' ', '*']);
            break;
        }
    }
    plausible(text.trim_end_matches([':', '*', ' ', ',']).trim_matches(['"', '\'', '*', ' ']))
}

/// A name that can be a path: no spaces at its ends, something that looks like a directory or an extension.
pub fn plausible(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches(':');
    let name = name.strip_prefix("./").unwrap_or(name);
    let last = name.rsplit('/').next().unwrap_or(name);
    let shaped = name.contains('/') || last.contains('.') || KNOWN.contains(&last);
    let clean = !name.is_empty()
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '<' | '>' | '|' | '*' | '?' | '{' | '}' | ';' | '='))
        && !name.contains("://")
        && !name.ends_with('.')
        && name.split_whitespace().count() <= 3
        && (!name.contains(' ') || last.rsplit_once('.').is_some_and(|(_, end)| end.len() <= 5));
    (shaped && clean && last.chars().any(char::is_alphanumeric)).then(|| name.to_owned())
}

/// Names of files that have neither directory nor extension.
const KNOWN: [&str; 8] =
    ["Makefile", "Dockerfile", "Rakefile", "Gemfile", "LICENSE", "README", "CMakeLists", "Justfile"];

/// A file name in the info string of a fence: `rust src/a.rs`, `src/a.rs`, `rust title="src/a.rs"`, `rust:src/a.rs`.
pub fn of_info(info: &str) -> Option<String> {
    let last = info.rsplit([' ', ':', '=']).next()?;
    let name = last.trim_matches(AROUND);
    plausible(name).filter(|name| name.contains('/') || name.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "./src/a.rs",
            "src/a.rs:",
            "In `src/a.rs`:",
            "1. `src/a.rs`",
        ] {
            assert_eq!(file_name(line).as_deref(), Some("src/a.rs"), "{line}");
        }
        for line in
            ["Here is the change.", "", "fn main() {", "Now update the parser:", "https://a.b/c", "x = y/z;"]
        {
            assert_eq!(file_name(line), None, "{line}");
        }
        assert_eq!(file_name("Makefile").as_deref(), Some("Makefile"));
        assert_eq!(file_name("docs/my notes.md").as_deref(), Some("docs/my notes.md"));
        assert_eq!(file_name("/etc/passwd").as_deref(), Some("/etc/passwd"), "told, to be refused by name");
    }

    #[test]
    fn names_stand_in_info_strings() {
        assert_eq!(of_info("rust src/a.rs").as_deref(), Some("src/a.rs"));
        assert_eq!(of_info("rust title=\"src/a.rs\"").as_deref(), Some("src/a.rs"));
        assert_eq!(of_info("rust:src/a.rs").as_deref(), Some("src/a.rs"));
        assert_eq!(of_info("rust"), None);
        assert_eq!(of_info(""), None);
    }
}
