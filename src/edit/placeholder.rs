//! Placeholders: lines that stand for code that was left out. What they stand for cannot be known, so they are refused.

use super::text::Line;

/// What such lines say, lower case.
const SAYINGS: [&str; 18] = [
    "existing code",
    "rest of",
    "remaining code",
    "remains unchanged",
    "remain unchanged",
    "remains the same",
    "remain the same",
    "code unchanged",
    "unchanged code",
    "same as before",
    "as before",
    "previous code",
    "other code",
    "other methods",
    "omitted",
    "your code here",
    "unchanged",
    "keep the",
];

/// Signs that begin a comment.
const COMMENTS: [&str; 9] = ["//", "#", "--", ";", "/*", "*", "<!--", "%", "\"\"\""];

/// Refuses lines of which one is a placeholder that the file does not have.
///
/// # Errors
/// The line.
pub fn refuse(lines: &[String], before: &[Line]) -> Result<(), String> {
    let stands = |line: &str| before.iter().any(|known| known.text.trim() == line.trim());
    match lines.iter().find(|line| is_placeholder(line) && !stands(line)) {
        Some(line) => Err(format!("`{}` stands for code that was left out", line.trim())),
        None => Ok(()),
    }
}

/// Refuses the text of a whole file that is made of search and replace blocks, where the file has none.
///
/// # Errors
/// What it is.
pub fn refuse_blocks(lines: &[String], before: &[Line]) -> Result<(), String> {
    let opens = |line: &str| line.trim_end() == "<<<<<<< SEARCH";
    let closes = |line: &str| line.trim_end() == ">>>>>>> REPLACE";
    let blocks = lines.iter().any(|line| opens(line)) && lines.iter().any(|line| closes(line));
    if blocks && !before.iter().any(|line| opens(&line.text)) {
        return Err(
            "it is search and replace blocks, where the text of the whole file was expected".to_owned()
        );
    }
    Ok(())
}

fn is_placeholder(line: &str) -> bool {
    let text = line.trim();
    let Some(rest) = COMMENTS.iter().find_map(|sign| text.strip_prefix(sign)) else {
        return matches!(text, "..." | "\u{2026}" | "[...]" | "[\u{2026}]");
    };
    let rest =
        rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '/' | '-' | '>' | '(' | ')'));
    let lower = rest.to_lowercase();
    let dotted = lower.starts_with("...") || lower.ends_with("...") || lower.contains('\u{2026}');
    if dotted && lower.trim_matches(['.', '\u{2026}', ' ']).is_empty() {
        return true;
    }
    let says = SAYINGS.iter().any(|saying| lower.contains(saying));
    let short = lower.split_whitespace().count() <= 9;
    dotted && (says || lower.contains("code")) && short
        || short
            && (lower.starts_with("rest of the") || lower.contains("existing code"))
            && says
            && !lower.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_stand_for_code_are_told_from_comments() {
        for line in [
            "// ... existing code ...",
            "# ... rest of the function ...",
            "    // rest of the code unchanged",
            "/* ... */",
            "// ...",
            "# existing code here",
            "<!-- ... unchanged ... -->",
            "...",
            "-- ... remaining code",
        ] {
            assert!(is_placeholder(line), "{line}");
        }
        for line in [
            "// the rest of the budget is given back to the pool.",
            "// Waits for the remaining calls",
            "# unchanged since 1.2",
            "let rest = ...;",
            "x...",
            "// see RFC 9110 for the rest of the header's grammar, which is long...",
        ] {
            assert!(!is_placeholder(line), "{line}");
        }
    }
}
