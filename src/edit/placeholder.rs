//! Placeholders: lines that stand for code that was left out. What they stand for cannot be known, so they are refused.

use super::text::Line;

/// What such lines say between dots, lower case.
const SAYINGS: [&str; 26] = [
    "existing code",
    "rest of",
    "remaining code",
    "remains unchanged",
    "remain unchanged",
    "remains the same",
    "remain the same",
    "stays the same",
    "stay the same",
    "code unchanged",
    "unchanged code",
    "same as before",
    "as before",
    "as is",
    "previous code",
    "other code",
    "other methods",
    "omitted",
    "elided",
    "truncated",
    "not shown",
    "for brevity",
    "left out",
    "your code here",
    "unchanged",
    "keep the",
];

/// How such lines begin without dots, and then end.
const WHOLE: ([&str; 8], [&str; 14]) = (
    [
        "rest of",
        "the rest of",
        "existing code",
        "existing implementation",
        "previous code",
        "remaining code",
        "keep the rest",
        "keep existing",
    ],
    [
        "code",
        "file",
        "function",
        "method",
        "class",
        "implementation",
        "content",
        "contents",
        "here",
        "unchanged",
        "same",
        "as is",
        "as before",
        "omitted",
    ],
);

/// The same, for lines that may begin as comments do.
const OTHERS: ([&str; 4], [&str; 4]) =
    (["other", "all other", "remaining", "the other"], ["unchanged", "the same", "as is", "as before"]);

/// Signs that begin a comment.
const COMMENTS: [&str; 18] = [
    "//", "#", "--", ";", "/*", "*", "<!--", "%", "\"\"\"", "{/*", "{#", "<%#", "<%--", "{{!", "(*", "'",
    "REM ", "rem ",
];

/// Refuses lines of which one is a placeholder that the file does not have.
///
/// # Errors
/// The line.
pub fn refuse(lines: &[String], before: &[Line]) -> Result<(), String> {
    let stands = |line: &str| before.iter().any(|known| known.text.trim() == line.trim());
    let is_body = |at: usize| lines[at].trim() == "..." && at > 0 && is_new_stub(&lines[..at], stands);
    let found =
        lines.iter().enumerate().find(|(at, line)| is_placeholder(line) && !stands(line) && !is_body(*at));
    match found {
        Some((_, line)) => Err(format!("`{}` stands for code that was left out", line.trim())),
        None => Ok(()),
    }
}

/// Whether the last line begins a definition of Python that the file does not have: its body may be dots.
fn is_new_stub(lines: &[String], stands: impl Fn(&str) -> bool) -> bool {
    let last = lines.last().map_or("", |line| line.trim());
    let defines = ["def ", "async def ", "class ", ") "].iter().any(|lead| last.starts_with(lead));
    last.ends_with(':') && defines && !stands(last)
}

/// Refuses the text of a whole file that holds search and replace blocks or the marks of a conflict, where the file has
/// none.
///
/// # Errors
/// What it is.
pub fn refuse_blocks(lines: &[String], before: &[Line]) -> Result<(), String> {
    let opens = |line: &str| line.starts_with("<<<<<<< ");
    let closes = |line: &str| line.starts_with(">>>>>>> ");
    let marked = lines.iter().any(|line| opens(line)) && lines.iter().any(|line| closes(line));
    if !marked || before.iter().any(|line| opens(&line.text)) {
        return Ok(());
    }
    let blocks = lines.iter().any(|line| line.trim_end() == "<<<<<<< SEARCH");
    let what = if blocks { "search and replace blocks" } else { "conflict marks" };
    Err(format!("it holds {what}, where the text of the whole file was expected"))
}

fn is_placeholder(line: &str) -> bool {
    let text = line.trim();
    let Some(rest) = COMMENTS.iter().find_map(|sign| text.strip_prefix(sign)) else {
        return matches!(text, "..." | "\u{2026}" | "[...]" | "[\u{2026}]");
    };
    let around = |c: char| c.is_whitespace() || "*/->(){}#%'!".contains(c);
    let lower = rest.trim_matches(around).to_lowercase().replace('\u{2026}', "...");
    if lower.split_whitespace().count() > 9 {
        return false;
    }
    let (starts, ends) = (lower.starts_with("..."), lower.ends_with("..."));
    if starts && ends {
        return true;
    }
    if starts || ends {
        return lower.contains("code") || SAYINGS.iter().any(|saying| lower.contains(saying));
    }
    let fits = |heads: &[&str], tails: &[&str]| {
        heads
            .iter()
            .any(|head| lower.strip_prefix(head).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
            && tails.iter().any(|tail| lower.ends_with(tail))
    };
    lower == "your code here" || fits(&WHOLE.0, &WHOLE.1) || fits(&OTHERS.0, &OTHERS.1)
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
            "{/* ... existing code ... */}",
            "' ... existing code ...",
            "(* \u{2026} rest of the module \u{2026} *)",
            "# Keep the rest of the file as is",
            "// other fields unchanged",
            "# your code here",
        ] {
            assert!(is_placeholder(line), "{line}");
        }
        for line in [
            "// the rest of the budget is given back to the pool.",
            "// Waits for the remaining calls",
            "# unchanged since 1.2",
            "let rest = ...;",
            "x...",
            "# other fields are checked elsewhere",
            "// existing callers rely on this",
            "'...'.join(parts)",
            "// see RFC 9110 for the rest of the header's grammar, which is long...",
        ] {
            assert!(!is_placeholder(line), "{line}");
        }
    }
}
