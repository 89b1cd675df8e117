//! Mentions: what a message names by `@`, as written; nothing is looked up here.
//!
//! A mention begins a word. Inside code nothing is one: pasted code is full of decorators, and whoever pastes it names
//! nothing by it.

use std::ops::Range;

use crate::domain::{GitText, Span};

/// What a mention names, by its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A text of git: `@diff`, `@staged`, `@last-commit`.
    Git(GitText),
    /// A directory, without the slash that told: `@src/llm/`.
    Folder(Box<str>),
    /// A file or something that a file defines.
    Thing(Box<str>),
    /// Lines of a file: `@path:10`, `@path:10-40`, `@path#L10-L40`.
    Lines(Box<str>, Span),
}

/// One mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where it stands in the message, in bytes, the `@` included.
    pub range: Range<usize>,
    /// What it names.
    pub named: Named,
    /// It stands alone on its line, as decorators and annotations of code do: where nothing is called so, nothing was
    /// meant.
    pub alone: bool,
    /// It stands in quotes, as only the names of files do.
    pub quoted: bool,
}

impl Mention {
    /// The name without lines; of git's texts the word.
    pub fn name(&self) -> &str {
        match &self.named {
            Named::Git(GitText::WorkingDiff) => "diff",
            Named::Git(GitText::Staged) => "staged",
            Named::Git(GitText::LastCommit) => "last-commit",
            Named::Folder(name) | Named::Thing(name) | Named::Lines(name, _) => name,
        }
    }
}

/// The mentions of a message, in order.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut fence: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim();
        match fence {
            Some(open) => {
                if body.starts_with(open) {
                    fence = None;
                }
            }
            None => match fence_of(body) {
                Some(open) => fence = Some(open),
                None => of_line(line, start, &mut found),
            },
        }
        start += line.len();
    }
    found
}

/// The fence that a line opens.
fn fence_of(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.bytes().take_while(|byte| *byte == mark as u8).count();
    (length >= 3 && !line[length..].contains('`')).then(|| &line[..length])
}

fn of_line(line: &str, start: usize, found: &mut Vec<Mention>) {
    let mut at = 0;
    let mut before: Option<char> = None;
    while let Some(c) = line[at..].chars().next() {
        if c == '`' {
            at += code_span(&line[at..]);
            before = Some('`');
            continue;
        }
        // Letters before it make an address; a slash a path such as `node_modules/@types/node`.
        let begins = before.is_none_or(|c| !c.is_ascii_alphanumeric() && !"@._%+-/\\$=&#~".contains(c));
        if c == '@'
            && begins
            && let Some((length, named, quoted)) = mention(&line[at..])
        {
            let rest = line[at + length..].trim();
            let arguments = rest.is_empty() || rest.starts_with('(') && rest.ends_with(')');
            let alone = line[..at].trim().is_empty() && arguments;
            found.push(Mention { range: start + at..start + at + length, named, alone, quoted });
            at += length;
            before = Some('@');
            continue;
        }
        at += c.len_utf8();
        before = Some(c);
    }
}

/// Bytes of the inline code that begins here, or of the backticks where none does.
fn code_span(text: &str) -> usize {
    let ticks = text.bytes().take_while(|byte| *byte == b'`').count();
    let mut at = ticks;
    while let Some(next) = text[at..].find('`') {
        let run = text[at + next..].bytes().take_while(|byte| *byte == b'`').count();
        if run == ticks {
            return at + next + run;
        }
        at += next + run;
    }
    ticks
}

/// Reads the mention that begins here, and tells its length.
fn mention(text: &str) -> Option<(usize, Named, bool)> {
    let rest = &text[1..];
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let end = rest[1..].find([quote, '\n'])?;
        let name = &rest[1..=end];
        if name.trim().is_empty() || !rest[1 + end..].starts_with(quote) {
            return None;
        }
        let after = &rest[end + 2..];
        let length = 1 + end + 2;
        if let Some((used, span)) = lines(after) {
            return Some((length + used, Named::Lines(name.into(), span), true));
        }
        return Some((length, named(name), true));
    }
    let word = &rest[..rest.find(|c: char| !is_part(c)).unwrap_or(rest.len())];
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '-', '–', '#']);
    // `@John's`: the name ends before the apostrophe.
    let word = word.strip_suffix("'s").unwrap_or(word);
    if !word.chars().any(char::is_alphanumeric) {
        return None;
    }
    let git = match word {
        "diff" => Some(GitText::WorkingDiff),
        "staged" => Some(GitText::Staged),
        "last-commit" => Some(GitText::LastCommit),
        _ => None,
    };
    if let Some(git) = git {
        return Some((1 + word.len(), Named::Git(git), false));
    }
    for (colon, _) in word.match_indices([':', '#']).filter(|(at, _)| *at > 0) {
        if let Some((used, span)) = lines(&word[colon..])
            && colon + used == word.len()
        {
            return Some((1 + word.len(), Named::Lines(word[..colon].into(), span), false));
        }
    }
    Some((1 + word.len(), named(word), false))
}

fn named(name: &str) -> Named {
    match name.strip_suffix('/') {
        Some(folder) if !folder.is_empty() => Named::Folder(folder.into()),
        Some(_) | None => Named::Thing(name.into()),
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || "._-–/:#+~$%@!=*'\\".contains(c)
}

/// Reads `:10`, `:10-40`, `:10:4`, `#L10`, `#L10-L40`; tells how much of the text that was.
fn lines(text: &str) -> Option<(usize, Span)> {
    let hash = text.starts_with('#');
    let mut at =
        if hash { text.starts_with("#L").then_some(2)? } else { text.starts_with(':').then_some(1)? };
    let (used, first) = number(&text[at..])?;
    at += used;
    let mut last = first;
    let dash = text[at..].chars().next().filter(|c| matches!(c, '-' | '–'));
    if let Some(dash) = dash {
        let from = at + dash.len_utf8();
        let from = from + usize::from(hash && text[from..].starts_with('L'));
        if let Some((used, number)) = number(&text[from..]) {
            at = from + used;
            last = number;
        }
    } else if !hash && let Some((used, _column)) = text[at..].strip_prefix(':').and_then(number) {
        at += 1 + used;
    }
    Some((at, Span { first: first.min(last), last: first.max(last) }))
}

fn number(text: &str) -> Option<(usize, u32)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text[..digits].parse().ok().filter(|number| *number > 0)?;
    Some((digits, number))
}

#[cfg(test)]
mod tests;
