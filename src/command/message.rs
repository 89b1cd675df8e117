//! The form of a commit's message: what a model wrote is mended where it is certain what was meant, and else told back.
//!
//! Invariant: what is mended says nothing that was not written, and no trailer that nobody asked for stays: a model that
//! signs off for a person, or names an author, says something untrue.

use crate::text::wrap::{self, Wrap};

/// Characters of a subject at most, and of a line of the body.
pub const WIDTH: usize = 72;

/// What is wrong with a message and cannot be mended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing is left of it.
    #[error("there is no message")]
    Empty,
    /// The subject does not fit.
    #[error("the subject has {0} characters, and {WIDTH} is the most")]
    Long(usize),
    /// The subject speaks to the person.
    #[error("the subject is talk about the message and not the message")]
    Talk,
}

/// A message, mended, and what is still wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The message.
    pub text: String,
    /// What cannot be mended.
    pub fault: Option<Fault>,
}

/// Words that begin talk about a message.
const TALK: [&str; 12] = [
    "here is",
    "here's",
    "here are",
    "sure",
    "certainly",
    "of course",
    "okay",
    "below is",
    "i have",
    "i've",
    "the commit message",
    "this commit message",
];

/// What models write before a subject.
const LABELS: [&str; 5] = ["commit message:", "subject:", "title:", "message:", "git commit -m"];

/// Checks what a model wrote; `asked` is what the person asked for, whose references may stay.
pub fn checked(written: &str, asked: &str) -> Checked {
    let text = without_thoughts(written);
    let text = unfenced(text);
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    while lines.first().is_some_and(|line| line.is_empty() || is_lead(line)) {
        lines.remove(0);
    }
    let Some((first, rest)) = lines.split_first() else {
        return Checked { text: String::new(), fault: Some(Fault::Empty) };
    };
    let subject = subject(first);
    let body = body(rest, asked);
    let count = subject.chars().count();
    let fault = match count {
        0 => Some(Fault::Empty),
        _ if is_talk(&subject) => Some(Fault::Talk),
        count if count > WIDTH => Some(Fault::Long(count)),
        _ => None,
    };
    let text = if body.is_empty() { subject } else { format!("{subject}\n\n{body}") };
    Checked { text, fault }
}

/// Reasoning that some servers leave in the answer.
fn without_thoughts(text: &str) -> &str {
    match text.trim_start().strip_prefix("<think>") {
        Some(thoughts) => thoughts.split_once("</think>").map_or("", |(_, said)| said),
        None => text,
    }
}

/// The inside of the only fence, or of the first one after talk.
fn unfenced(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    let fence = |line: &str| line.trim_start().starts_with("```");
    let Some(open) = lines.iter().position(|line| fence(line)) else { return text.trim().to_owned() };
    let talk = lines[..open].iter().all(|line| line.trim().is_empty() || is_lead(line) || is_talk(line));
    let close = lines[open + 1..].iter().position(|line| fence(line)).map(|at| open + 1 + at);
    match close {
        Some(close) if talk => lines[open + 1..close].join("\n"),
        // A fence around a part of the body is dropped, and what is in it stays.
        Some(_) | None => lines.into_iter().filter(|line| !fence(line)).collect::<Vec<_>>().join("\n"),
    }
}

/// A line that only announces what follows.
fn is_lead(line: &str) -> bool {
    is_talk(line) && line.trim_end().trim_end_matches('*').ends_with(':')
}

fn is_talk(line: &str) -> bool {
    let low = line.trim_start_matches(['*', '#', ' ']).to_lowercase();
    TALK.iter().any(|words| {
        low.strip_prefix(words).is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
    })
}

fn subject(line: &str) -> String {
    const AROUND: &[char] = &['"', '`', '*', '\u{201c}', '\u{201d}'];
    let mut text = line.trim().trim_start_matches("# ").trim_start_matches("## ").trim();
    for label in LABELS {
        let plain = text.trim_start_matches(AROUND);
        if plain.get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label)) {
            text = plain[label.len()..].trim_start_matches('*').trim();
        }
    }
    let quoted = |mark: char| text.len() > 1 && text.starts_with(mark) && text.ends_with(mark);
    // A mark at one end only belongs to the words: `add` a flag.
    if AROUND.iter().any(|mark| quoted(*mark)) && text.matches('`').count() <= 2 {
        text = text.trim_matches(AROUND).trim();
    }
    let text = if text.ends_with("...") { text } else { text.strip_suffix('.').unwrap_or(text) };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The body, wrapped, without trailers that nobody asked for.
fn body(lines: &[&str], asked: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        if is_invented(line, asked) {
            continue;
        }
        let text = line.trim_start();
        let hanging = line.len() - text.len() + if text.starts_with(['-', '*']) { 2 } else { 0 };
        // Code, and addresses that are longer than a line, stay as they are.
        let is_code = line.starts_with("    ") || line.starts_with('\t');
        let is_whole = text.split_whitespace().any(|word| word.chars().count() + hanging > WIDTH);
        if line.chars().count() <= WIDTH || is_code || is_whole {
            out.push((*line).to_owned());
        } else {
            out.extend(wrap::plain(line, Wrap { width: WIDTH, hanging }));
        }
    }
    let text = out.join("\n");
    text.trim_matches('\n').trim_end().to_owned()
}

/// A trailer that says who did something, or refers to what nobody spoke of; or a line that advertises the writer.
fn is_invented(line: &str, asked: &str) -> bool {
    let low = line.trim().to_lowercase();
    let Some((name, value)) = low.split_once(':') else {
        return low.contains("generated with") || low.contains("generated by");
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let says_who = is_name && (name.ends_with("-by") || name == "cc" || name == "change-id");
    let refers = matches!(name, "fixes" | "closes" | "resolves" | "refs" | "see" | "issue" | "bug");
    says_who
        || refers && !asked.to_lowercase().contains(value.trim())
        || low.contains("generated with")
        || low.contains("generated by")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(written: &str) -> String {
        let Checked { text, fault } = checked(written, "count once, see #12");
        assert_eq!(fault, None, "{text}");
        text
    }

    #[test]
    fn what_models_put_around_a_message_goes() {
        for written in [
            "Count each file once",
            "  Count each file once.\n",
            "```\nCount each file once\n```",
            "```text\nCount each file once.\n```\n",
            "Here is the commit message:\n\n```\nCount each file once\n```\nI hope it helps.",
            "Sure! Here's the message:\nCount each file once",
            "**Commit message:** Count each file once",
            "Subject: Count each file once",
            "\"Count each file once\"",
            "`Count each file once`",
            "# Count each file once",
            "**Count each file once**",
            "<think>The diff counts.</think>\nCount each file once",
        ] {
            assert_eq!(mended(written), "Count each file once", "{written}");
        }
        assert_eq!(mended("Let `take` and `give` count"), "Let `take` and `give` count");
        assert_eq!(mended("Wait for more..."), "Wait for more...");
    }

    #[test]
    fn the_body_stands_apart_and_is_wrapped() {
        let long = "The cap was per pool and the pools were many, so that a file in two of them was counted twice and the sum was wrong.";
        let text = mended(&format!(
            "Count each file once\n{long}\n- {long}\n\n    let kept = \"as it is, however long the line of code may be in the end of it all\";"
        ));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines[0], lines[1]), ("Count each file once", ""));
        assert!(lines[2].starts_with("The cap was per pool"));
        assert!(lines[2..6].iter().all(|line| line.chars().count() <= WIDTH), "{text}");
        let item = lines.iter().position(|line| line.starts_with("- ")).expect("the item");
        assert!(lines[item + 1].starts_with("  "), "{text}");
        assert!(lines.last().expect("code").starts_with("    let kept"), "{text}");
    }

    #[test]
    fn trailers_that_nobody_asked_for_go() {
        let written = "Count each file once\n\nSo says #12.\n\nFixes: #12\nCloses: #99\nSigned-off-by: Ann <ann@example.org>\n\
                       Co-Authored-By: Model <model@example.com>\nChange-Id: I1234\n\u{1f916} Generated with a tool\n";
        assert_eq!(mended(written), "Count each file once\n\nSo says #12.\n\nFixes: #12");
        assert_eq!(mended("Fix: count once"), "Fix: count once", "a subject is no trailer");
    }

    #[test]
    fn what_cannot_be_mended_is_told() {
        let fault = |written: &str| checked(written, "").fault;
        assert_eq!(fault(""), Some(Fault::Empty));
        assert_eq!(fault("```\n```"), Some(Fault::Empty));
        assert_eq!(fault(&"very ".repeat(20)), Some(Fault::Long(99)));
        assert_eq!(fault("Here is what I would write for the diff that you have shown"), Some(Fault::Talk));
        assert_eq!(fault("Surely count once"), None);
    }
}
