//! Mentions: what a message names with an `@`, found in its text alone; whether such a thing exists is for others.
//!
//! A mention begins with an `@` at the start of the text or behind white space, punctuation or an opening bracket or quote,
//! so that addresses of mail and paths such as `node_modules/@types/node` are none. Its name goes on to the next white
//! space, or stands in double quotes; punctuation that ends a sentence is not part of it. What stands in code, between
//! fences or in a line, is no mention.

use std::ops::Range;

use super::GitText;

/// Something that a message names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where it stands in the text, in bytes, from the `@` to the last character that belongs to it.
    pub range: Range<usize>,
    /// The name without quotes and lines: a path, a directory that ends in `/`, a symbol, `diff`, `[2]`.
    pub name: String,
    /// First and last line, 1-based, where lines were named; the first is never the larger.
    pub lines: Option<(u32, u32)>,
}

impl Mention {
    /// The text of git that is named, where it is one.
    pub fn git(&self) -> Option<GitText> {
        GitText::ALL.into_iter().find(|text| text.mention() == self.name)
    }
}

impl GitText {
    /// Every text of git.
    pub const ALL: [Self; 3] = [Self::WorkingDiff, Self::Staged, Self::LastCommit];

    /// What names it behind an `@`.
    pub const fn mention(self) -> &'static str {
        match self {
            Self::WorkingDiff => "diff",
            Self::Staged => "staged",
            Self::LastCommit => "last-commit",
        }
    }
}

/// The mentions of a message, in the order of its text.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut fence: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim();
        match fence {
            Some(open) if body.starts_with(open) => fence = None,
            Some(_) => {}
            None => match opened(body) {
                Some(open) => fence = Some(open),
                None => of_line(line, start, &mut found),
            },
        }
        start += line.len();
    }
    found
}

/// The fence that a line opens.
fn opened(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.bytes().take_while(|byte| *byte == mark as u8).count();
    (length >= 3 && !line[length..].contains('`')).then(|| &line[..length])
}

/// The mention that names this, quoted where white space or the like needs it: `@src/a.rs`, `@"my notes.md"`.
pub fn spelled(name: &str) -> String {
    let plain = mentions(&format!("@{name}"));
    if plain.len() == 1 && plain[0].name == name && plain[0].lines.is_none() {
        return format!("@{name}");
    }
    format!("@\"{name}\"")
}

fn of_line(line: &str, base: usize, found: &mut Vec<Mention>) {
    let mut from = 0;
    while let Some(at) = line[from..].find(['@', '`']).map(|at| from + at) {
        if line[at..].starts_with('`') {
            from = at + code_span(&line[at..]);
            continue;
        }
        from = at + 1;
        // Letters before it make an address; a slash makes a path.
        let opens = |c: char| !c.is_ascii_alphanumeric() && !"@._%+-/\\$=&#~".contains(c);
        if !line[..at].chars().next_back().is_none_or(opens) {
            continue;
        }
        if let Some((mention, end)) = mention(line, at, base) {
            from = end;
            found.push(mention);
        }
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

/// Reads the mention at an `@`; with it comes where it ends in the line.
fn mention(line: &str, at: usize, base: usize) -> Option<(Mention, usize)> {
    let rest = &line[at + 1..];
    let (name, behind) = if let Some(quoted) = rest.strip_prefix('"') {
        let close = quoted.find('"')?;
        (&quoted[..close], at + 1 + close + 2)
    } else {
        let end = rest.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(rest.len());
        (without_owner(without_tail(&rest[..end])), 0)
    };
    if name.is_empty() || name.starts_with('@') {
        return None;
    }
    let (name, lines, end) = if behind > 0 {
        let tail = &line[behind..];
        let tail = without_tail(&tail[..tail.find(char::is_whitespace).unwrap_or(tail.len())]);
        match lines_at_start(tail) {
            Some((lines, length)) => (name, Some(lines), behind + length),
            None => (name, None, behind),
        }
    } else {
        let (bare, lines) = split_lines(name);
        (bare, lines, at + 1 + name.len())
    };
    let mention = Mention { range: base + at..base + end, name: name.to_owned(), lines };
    (!mention.name.is_empty()).then_some((mention, end))
}

/// Takes off what ends a sentence or closes a bracket that the name did not open.
fn without_tail(name: &str) -> &str {
    let mut name = name;
    while let Some(last) = name.chars().next_back() {
        let open = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '"' | '`' | '*' | '_' | '。' | '、' | '，' => None,
            ')' => Some('('),
            ']' => Some('['),
            '}' => Some('{'),
            '>' => Some('<'),
            _ => return name,
        };
        let balanced = open.is_some_and(|open| name.matches(open).count() >= name.matches(last).count());
        if balanced {
            return name;
        }
        name = &name[..name.len() - last.len_utf8()];
    }
    name
}

/// A name without the ending of its owner: `@Cargo.toml's profile`.
fn without_owner(name: &str) -> &str {
    name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name)
}

/// Parts `src/a.rs:10-40` and `src/a.rs#L10-L40` into name and lines.
fn split_lines(name: &str) -> (&str, Option<(u32, u32)>) {
    let ends = |at: &usize| lines_at_start(&name[*at..]).filter(|(_, length)| at + length == name.len());
    let mut parts = name.match_indices([':', '#']).map(|(at, _)| at).filter(|at| *at > 0);
    match parts.find_map(|at| Some((at, ends(&at)?))) {
        Some((at, (lines, _))) => (&name[..at], Some(lines)),
        None => (name, None),
    }
}

/// Reads `:10`, `:10-40`, `:10:4` with a column, or `#L10-L40` at the start of a text; with the lines comes how many bytes that took.
fn lines_at_start(text: &str) -> Option<((u32, u32), usize)> {
    let rest = text.strip_prefix([':', '#'])?;
    let (first, mut used) = number(rest)?;
    let mut last = first;
    if let Some(more) = rest[used..].strip_prefix(['-', '–'])
        && let Some((number, length)) = number(more)
    {
        last = number;
        used = rest.len() - more.len() + length;
    } else if let Some((_column, length)) = rest[used..].strip_prefix(':').and_then(number) {
        used += 1 + length;
    }
    Some(((first.min(last), first.max(last)), 1 + used))
}

/// Reads a line's number, with the `L` that hosts of code write before it.
fn number(text: &str) -> Option<(u32, usize)> {
    let digits = text.strip_prefix('L').unwrap_or(text);
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let value = digits[..length].parse().ok().filter(|line| *line > 0)?;
    Some((value, text.len() - digits.len() + length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(String, Option<(u32, u32)>)> {
        mentions(text).into_iter().map(|mention| (mention.name, mention.lines)).collect()
    }

    fn one(text: &str) -> (String, Option<(u32, u32)>) {
        let mut all = read(text);
        assert_eq!(all.len(), 1, "{text}: {all:?}");
        all.remove(0)
    }

    #[test]
    fn paths_symbols_and_texts_of_git_are_named() {
        assert_eq!(one("why does @src/net/budget.rs refuse?"), ("src/net/budget.rs".into(), None));
        assert_eq!(one("see @src/a.rs:10-40."), ("src/a.rs".into(), Some((10, 40))));
        assert_eq!(one("see @src/a.rs:7, then"), ("src/a.rs".into(), Some((7, 7))));
        assert_eq!(one("@src/a.rs#L40-L10"), ("src/a.rs".into(), Some((10, 40))));
        assert_eq!(one("(@Budget::take)"), ("Budget::take".into(), None));
        assert_eq!(one("all of @src/net/"), ("src/net/".into(), None));
        assert_eq!(one("as @[2] says"), ("[2]".into(), None));
        assert_eq!(one("@src/a.rs:10:4 fails"), ("src/a.rs".into(), Some((10, 10))));
        assert_eq!(one("@src/a.rs:10–12"), ("src/a.rs".into(), Some((10, 12))));
        assert_eq!(one("**@src/a.rs**"), ("src/a.rs".into(), None));
        assert_eq!(one("@Cargo.toml's profile"), ("Cargo.toml".into(), None));
        assert_eq!(one("文件：@src/甲.rs。"), ("src/甲.rs".into(), None));
        assert_eq!(read("@a.rs,@b.rs"), [("a.rs".to_owned(), None), ("b.rs".to_owned(), None)]);
        let git: Vec<_> = mentions("@diff @staged @last-commit @other").iter().map(Mention::git).collect();
        let all = [GitText::WorkingDiff, GitText::Staged, GitText::LastCommit];
        assert_eq!(git, [Some(all[0]), Some(all[1]), Some(all[2]), None]);
    }

    #[test]
    fn quotes_hold_a_path_with_blanks_together() {
        assert_eq!(one("@\"my notes.md\" says"), ("my notes.md".into(), None));
        assert_eq!(one("(@\"my notes.md\":3-4)"), ("my notes.md".into(), Some((3, 4))));
        assert_eq!(read("@\"never closed"), []);
    }

    #[test]
    fn mail_code_and_bare_signs_are_no_mentions() {
        assert_eq!(read("ann@example.org @ @. @@"), []);
        assert_eq!(read("see `@Override`, ``a ` @b`` and node_modules/@types/node"), []);
        assert_eq!(read("git@github.com:ann/shop.git, user:pass@host, @@ -1,3 +1,4 @@"), []);
        assert_eq!(read("~~~\n@dataclass\n~~~\n````\n```\n@property\n```\n````"), []);
        assert_eq!(read("```java\n@Override\n```\n@src/a.rs"), [("src/a.rs".to_owned(), None)]);
    }

    #[test]
    fn the_range_covers_the_mention_and_nothing_else() {
        let text = "see (@\"a b.rs\":3), é @src/a.rs:1-2.";
        let found: Vec<&str> = mentions(text).into_iter().map(|mention| &text[mention.range]).collect();
        assert_eq!(found, ["@\"a b.rs\":3", "@src/a.rs:1-2"]);
    }

    #[test]
    fn what_is_spelled_is_read_back() {
        for name in ["src/a.rs", "my notes.md", "src/net/", "Budget::take", "a:10", "odd).rs", "end."] {
            assert_eq!(one(&format!("see {} and", spelled(name))), (name.to_owned(), None), "{name}");
        }
        assert_eq!(spelled("src/a.rs"), "@src/a.rs");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_overlap(text in "[@a-c\":#L0-9 ./()\\[\\]`\n-é]{0,60}") {
            let mut end = 0;
            for mention in mentions(&text) {
                prop_assert!(mention.range.start >= end && text[mention.range.clone()].starts_with('@'));
                prop_assert!(!mention.name.is_empty());
                end = mention.range.end;
            }
        }
    }
}
