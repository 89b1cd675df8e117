//! What a commit's message asks for, without its paperwork.

/// A message without what is not a request: trailers, links, ticket and pull-request numbers, cherry-pick notes, the
/// paths of conflicts.
pub fn clean_message(message: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut in_conflicts = false;
    for line in message.lines() {
        let lower = line.trim().to_lowercase();
        if lower == "--hg--" {
            break;
        }
        // Git lists the paths that a merge left in conflict: answers, given away.
        let is_listed = line.starts_with(['\t', '#']) || line.starts_with("    ");
        in_conflicts = lower.trim_start_matches(['#', ' ']) == "conflicts:" || in_conflicts && is_listed;
        if in_conflicts {
            continue;
        }
        let trailer = lower.split_once(": ").is_some_and(|(key, _)| {
            key.ends_with("-link")
                || matches!(key.strip_suffix("-by"), Some(head) if head.chars().all(|c| c.is_alphanumeric() || c == '-'))
                || matches!(
                    key,
                    "change-id" | "fixes" | "closes" | "refs" | "see also" | "bug" | "issue" | "pr" | "reviewed" | "cc"
                        | "reviewers" | "ref" | "related" | "resolves" | "link"
                )
        });
        if trailer || lower.starts_with("(cherry picked from") || lower.starts_with("git-svn-id") {
            continue;
        }
        let mut words: Vec<&str> = Vec::new();
        for word in line.split_whitespace() {
            if !is_reference(word) {
                words.push(word);
            } else if is_ticket(word) {
                words.pop_if(|word| is_closing(word));
            }
        }
        kept.push(words.join(" "));
    }
    let text = kept.join("\n");
    text.trim().to_owned()
}

/// `closes` in "closes #12".
fn is_closing(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(
        &*word,
        "close"
            | "closes"
            | "closed"
            | "fix"
            | "fixes"
            | "fixed"
            | "resolve"
            | "resolves"
            | "resolved"
            | "refs"
            | "ref"
            | "see"
            | "issue"
    )
}

/// Whether a reference is to an issue or a pull request, and no other page.
fn is_ticket(word: &str) -> bool {
    !word.contains("://") || word.contains("/issues/") || word.contains("/pull/")
}

fn is_reference(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
    let number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    word.contains("://")
        || bare.strip_prefix('#').is_some_and(number)
        || bare.split_once('#').is_some_and(|(_, digits)| number(digits))
        || bare.split_once('-').is_some_and(|(key, digits)| {
            key.len() >= 2 && key.chars().all(|c| c.is_ascii_uppercase()) && number(digits)
        })
        || bare.len() >= 12 && bare.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_keeps_the_request_and_drops_the_paperwork() {
        let message = "KAFKA-1234: Retry the fetch (#4567)\n\nSee https://x.example/1 for why.\n\nFixes: #12\nSigned-off-by: A <a@b.c>\n(cherry picked from commit abc)";
        assert_eq!(clean_message(message), "Retry the fetch\n\nSee for why.");
        let merged = "Add the fetch\n\n# Conflicts:\n#\tsrc/fetch.rs\n#\tsrc/lib.rs\n\nCloses #7, #8.\nOriginal-commit-link: https://x.example/2";
        assert_eq!(clean_message(merged), "Add the fetch");
        let closed = "Fix #682: smarter times (closes #7)\n\nSee #8, resolves https://x.example/issues/9 too";
        assert_eq!(clean_message(closed), "smarter times\n\ntoo");
        let indented = "Add the fetch\n\nConflicts:\n\tsrc/fetch.rs\nIt waits.\n--HG--\nextra : convert_revision : svn%3Aaa2a";
        assert_eq!(clean_message(indented), "Add the fetch\n\nIt waits.");
    }
}
