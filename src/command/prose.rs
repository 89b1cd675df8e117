//! Prose: what a model says besides its edits.

/// Characters kept; a reason is a few sentences.
const MOST: usize = 2_000;

/// The lines of an answer that are no part of an edit.
pub fn prose(answer: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut within = Within::Talk;
    for line in answer.lines() {
        let text = line.trim_end();
        let next = within.after(text);
        // A diff ends with the line that is none of it.
        if matches!((&within, &next), (Within::Talk | Within::Diff, Within::Talk)) && !heads(text) {
            kept.push(text);
        }
        within = next;
    }
    let text = kept.join("\n");
    let mut short = String::new();
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        if !short.is_empty() {
            short.push_str("\n\n");
        }
        short.push_str(paragraph);
    }
    short.truncate(short.floor_char_boundary(MOST));
    short
}

/// Where a line of an answer stands.
enum Within {
    Talk,
    Block,
    Envelope,
    Diff,
    Fence(char, usize),
}

impl Within {
    fn after(&self, line: &str) -> Self {
        let mark = line.trim_start();
        match self {
            Self::Block if mark.starts_with(">>>>>") => Self::Talk,
            Self::Block => Self::Block,
            Self::Envelope if line.trim() == "*** End Patch" => Self::Talk,
            Self::Envelope => Self::Envelope,
            Self::Fence(sign, count) => {
                let closes =
                    mark.chars().all(|c| c == *sign) && mark.chars().count() >= *count && !mark.is_empty();
                if closes { Self::Talk } else { Self::Fence(*sign, *count) }
            }
            Self::Diff if line.starts_with([' ', '+', '-', '@', '\\']) || line.is_empty() => Self::Diff,
            Self::Diff | Self::Talk => Self::opened(line, mark),
        }
    }

    fn opened(line: &str, mark: &str) -> Self {
        let sign = mark.chars().next().unwrap_or(' ');
        let count = mark.chars().take_while(|c| *c == sign).count();
        if matches!(sign, '`' | '~') && count >= 3 && !mark[count..].contains('`') {
            Self::Fence(sign, count)
        } else if mark.starts_with("<<<<<") {
            Self::Block
        } else if line.starts_with("*** ") {
            Self::Envelope
        } else if line.starts_with("--- ") || line.starts_with("diff --git ") || line.starts_with("@@ ") {
            Self::Diff
        } else {
            Self::Talk
        }
    }
}

/// Whether a line only names the file of what follows.
fn heads(line: &str) -> bool {
    let name = line.trim().trim_matches(['`', '*', ':', '#', ' ']);
    let dotted = name.rsplit_once('.').is_some_and(|(_, end)| end.starts_with(char::is_alphanumeric));
    !name.is_empty() && !name.contains(char::is_whitespace) && (name.contains('/') || dotted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_besides_edits_is_kept() {
        let answer = "The cap is per pool now.\n\nsrc/a.rs\n```rust\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n```\n\n\
                      The old total stays.\n*** Begin Patch\n*** Update File: b\n-a\n+b\n*** End Patch\n";
        assert_eq!(prose(answer), "The cap is per pool now.\n\nThe old total stays.");
        assert_eq!(prose("a.rs\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n"), "");
        assert_eq!(prose("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\nDone."), "Done.");
    }
}
