//! Files of every kind that an edit meets, what models answer about them, and the rule that holds all of it: bytes outside of
//! accepted hunks are those that stood there.

use quarry::domain::{Decision, ProposedEdit};
use quarry::edit::{EditFormat, Text};
use serde_json::json;

/// How a file's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Plain.
    Utf8,
    /// With a byte order mark.
    Utf8Mark,
    /// UTF-16, with or without a mark.
    Wide { big: bool, mark: bool },
    /// ISO 8859-1.
    Latin1,
    /// UTF-8 in which some bytes went wrong.
    Stray,
    /// Any bytes but NUL.
    Binary,
}

pub const CODINGS: [Coding; 9] = [
    Coding::Utf8,
    Coding::Utf8Mark,
    Coding::Wide { big: false, mark: true },
    Coding::Wide { big: true, mark: true },
    Coding::Wide { big: false, mark: false },
    Coding::Wide { big: true, mark: false },
    Coding::Latin1,
    Coding::Stray,
    Coding::Binary,
];

/// How its lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    Lf,
    CrLf,
    /// Carriage returns alone.
    Cr,
    /// Line feeds with and without carriage returns, and carriage returns alone within lines.
    Mixed,
}

pub const ENDS: [Ends; 4] = [Ends::Lf, Ends::CrLf, Ends::Cr, Ends::Mixed];

/// Whether the last line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    Ended,
    Open,
}

/// What a file and an answer about it are made from.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    pub coding: Coding,
    pub ends: Ends,
    pub last: Last,
    pub lines: usize,
    pub seed: u64,
}

/// Numbers that look random and are the same in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most.max(1)
    }
}

impl Coding {
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8Mark => b"\xef\xbb\xbf",
            Self::Wide { big: false, mark: true } => b"\xff\xfe",
            Self::Wide { big: true, mark: true } => b"\xfe\xff",
            Self::Utf8 | Self::Wide { .. } | Self::Latin1 | Self::Stray | Self::Binary => b"",
        }
    }

    fn width(self) -> usize {
        if matches!(self, Self::Wide { .. }) { 2 } else { 1 }
    }

    /// Text as this file has it; an independent account of what the product does.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 | Self::Utf8Mark | Self::Stray | Self::Binary => text.as_bytes().to_vec(),
            Self::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
            Self::Wide { big, .. } => text
                .encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect(),
        }
    }

    /// What only this coding has, for lines that an edit shall not touch.
    fn odd(self, dice: &mut Dice) -> Vec<u8> {
        match self {
            Self::Utf8 | Self::Utf8Mark | Self::Wide { .. } => self.encode(" gr\u{fc}n \u{65e5} \u{1f600}"),
            Self::Latin1 => b" caf\xe9 \x80\x9f\xff".to_vec(),
            Self::Stray => [" gr\u{fc}n \u{fc}ber".as_bytes(), b" \xff"].concat(),
            Self::Binary => {
                let byte = |dice: &mut Dice| match dice.below(255) as u8 + 1 {
                    b'\n' | b'\r' => 0xe9,
                    other => other,
                };
                (0..12).map(|_| byte(dice)).chain([b'.']).collect()
            }
        }
    }

    /// A word for new lines that is more than ASCII where the file can have that.
    fn word(self) -> &'static str {
        if self == Self::Binary { "new" } else { "caf\u{e9}" }
    }
}

impl Recipe {
    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut dice = Dice::new(self.seed);
        let mut bytes = self.coding.mark().to_vec();
        for at in 0..self.lines {
            bytes.extend(self.coding.encode(&format!("<{at}> line of text")));
            if at == 0 || dice.below(3) == 0 {
                bytes.extend(self.coding.odd(&mut dice));
            }
            if self.ends == Ends::Mixed && at > 0 && dice.below(4) == 0 {
                bytes.extend(self.coding.encode("\rand more"));
            }
            if at + 1 < self.lines || self.last == Last::Ended {
                let end = match self.ends {
                    Ends::Lf => "\n",
                    Ends::CrLf => "\r\n",
                    Ends::Cr => "\r",
                    Ends::Mixed => ["\n", "\r\n"][dice.below(2)],
                };
                bytes.extend(self.coding.encode(end));
            }
        }
        bytes
    }

    /// The bytes as somebody else leaves them who changes one line; `near` is one that the answer is about.
    pub fn changed(&self, at: usize) -> Vec<u8> {
        let bytes = self.bytes();
        let mut lines = self.split(&bytes);
        let at = at.min(lines.len() - 1);
        let end = self.end_of(&lines[at]);
        lines[at] = [self.coding.encode("somebody else"), end].concat();
        [self.coding.mark().to_vec(), lines.concat()].concat()
    }

    /// The bytes as somebody else leaves them who adds a line.
    pub fn longer(&self) -> Vec<u8> {
        let end = if self.ends == Ends::Cr { "\r" } else { "\n" };
        [self.bytes(), self.coding.encode("more"), self.coding.encode(end)].concat()
    }

    /// The lines with their ends, without the mark.
    pub fn split(&self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let body = bytes.strip_prefix(self.coding.mark()).unwrap_or(bytes);
        let ender = self.coding.encode(if self.ends == Ends::Cr { "\r" } else { "\n" });
        let mut lines = vec![Vec::new()];
        for unit in body.chunks(self.coding.width()) {
            lines.last_mut().unwrap().extend(unit);
            if unit == ender {
                lines.push(Vec::new());
            }
        }
        lines.retain(|line| !line.is_empty());
        lines
    }

    fn end_of(&self, line: &[u8]) -> Vec<u8> {
        let ends = ["\r\n", "\n", "\r"].map(|end| self.coding.encode(end));
        ends.into_iter().find(|end| line.ends_with(end)).unwrap_or_default()
    }

    /// Which lines change, and what stands in their place.
    pub fn edits(&self) -> Vec<(usize, Vec<String>)> {
        let mut dice = Dice::new(self.seed ^ 0xabcd);
        let word = self.coding.word();
        let shown = self.shown();
        let mut edits = Vec::new();
        for (at, line) in shown.iter().enumerate() {
            let fresh = |part: usize| format!("{at} {word} {part}");
            let new = match dice.below(12) {
                0 => vec![fresh(0)],
                1 => vec![fresh(0), fresh(1)],
                2 if shown.len() > 2 => Vec::new(),
                3 => vec![line.clone(), fresh(0)],
                _ if at + 1 == shown.len() && edits.is_empty() => vec![fresh(0)],
                _ => continue,
            };
            edits.push((at, new));
        }
        edits
    }

    /// The lines as a model sees them.
    pub fn shown(&self) -> Vec<String> {
        let text = Text::read(&self.bytes()).unwrap();
        let lines: Vec<String> = text.lines.into_iter().map(|line| line.text).collect();
        assert_eq!(lines.len(), self.lines, "{self:?}");
        lines
    }

    /// What a model answers that makes these edits of a file.
    pub fn answer(&self, format: EditFormat, path: &str) -> String {
        let (shown, edits) = (self.shown(), self.edits());
        let lines = |sign: &str, lines: &[String]| {
            lines.iter().fold(String::new(), |text, line| text + sign + line + "\n")
        };
        let hunk = |(at, new): &(usize, Vec<String>)| {
            let old = &shown[*at..=*at];
            if new.first() == old.first() {
                lines(" ", old) + &lines("+", &new[1..])
            } else {
                lines("-", old) + &lines("+", new)
            }
        };
        match format {
            EditFormat::SearchReplace | EditFormat::Auto => {
                let block = |(at, new): &(usize, Vec<String>)| {
                    let (old, new) = (lines("", &shown[*at..=*at]), lines("", new));
                    format!("{path}\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n\n")
                };
                edits.iter().map(block).collect()
            }
            EditFormat::ApplyPatch => {
                let hunks = edits.iter().fold(String::new(), |text, edit| text + "@@\n" + &hunk(edit));
                format!("*** Begin Patch\n*** Update File: {path}\n{hunks}*** End Patch\n")
            }
            EditFormat::Udiff => {
                let numbered =
                    |edit: &(usize, Vec<String>)| format!("@@ -{0},1 +{0},1 @@\n{1}", edit.0 + 1, hunk(edit));
                let hunks: String = edits.iter().map(numbered).collect();
                format!("--- a/{path}\n+++ b/{path}\n{hunks}")
            }
            EditFormat::Whole => {
                let mut all: Vec<Vec<String>> = shown.iter().map(|line| vec![line.clone()]).collect();
                for (at, new) in edits {
                    all[at] = new;
                }
                format!("{path}\n````\n{}````\n", lines("", &all.concat()))
            }
            EditFormat::Tool => {
                let call = |(at, new): &(usize, Vec<String>)| {
                    // Texts, not lines: what is deleted takes the end of its line along.
                    let (old, new) = match (new.as_slice(), shown.get(at + 1)) {
                        ([], Some(next)) => (format!("{}\n{next}", shown[*at]), next.clone()),
                        ([], None) => (shown[*at].clone(), "instead".to_owned()),
                        (new, _) => (shown[*at].clone(), new.join("\n")),
                    };
                    let arguments = json!({"path": path, "old_string": old, "new_string": new});
                    json!({"name": "edit_file", "arguments": arguments}).to_string() + "\n"
                };
                edits.iter().map(call).collect()
            }
        }
    }

    /// Says where bytes differ from `base` outside of the accepted hunks of a file, or in a way that these do not say.
    pub fn untouched(&self, base: &[u8], edit: &ProposedEdit, now: &[u8]) -> Result<(), String> {
        let before = self.split(base);
        let mark = if base.starts_with(self.coding.mark()) { self.coding.mark() } else { b"" };
        let mut rest = now.strip_prefix(mark).ok_or("the mark is gone")?;
        let mut at = 0;
        let (own, shown) = (self.split(&self.bytes()), self.shown());
        let hunks = edit.files.iter().flat_map(|file| &file.hunks);
        for hunk in hunks.filter(|hunk| hunk.decision == Decision::Accepted) {
            let start = hunk.old_start as usize - 1;
            rest = self.stays(&before[at..start], rest, Followed::ByMore)?;
            let old = &before[start..start + hunk.old.len()];
            for line in &*hunk.new {
                // A line that is written anew as it was keeps its very bytes.
                let same = hunk.old.iter().position(|known| known == line).map(|at| &old[at]);
                let same =
                    same.or_else(|| shown.iter().position(|known| **known == **line).map(|at| &own[at]));
                let body = same.map_or_else(|| self.coding.encode(line), |same| self.body(same));
                rest = rest.strip_prefix(&*body).ok_or_else(|| format!("expected {body:x?} at {rest:x?}"))?;
                rest = self.skip_end(before.iter().chain(&own), rest)?;
            }
            at = start + hunk.old.len();
        }
        rest = self.stays(&before[at..], rest, Followed::ByNothing)?;
        if rest.is_empty() { Ok(()) } else { Err(format!("more at the end: {rest:x?}")) }
    }

    fn body(&self, line: &[u8]) -> Vec<u8> {
        line[..line.len() - self.end_of(line).len()].to_vec()
    }

    fn stays<'n>(
        &self,
        lines: &[Vec<u8>],
        mut rest: &'n [u8],
        followed: Followed,
    ) -> Result<&'n [u8], String> {
        for line in lines {
            rest = rest.strip_prefix(&**line).ok_or_else(|| format!("{line:x?} was touched: {rest:x?}"))?;
            if self.end_of(line).is_empty() && followed == Followed::ByMore {
                // The file's last line had no end; where lines come after it, it needs one.
                let ends = ["\r\n", "\n", "\r"].map(|end| self.coding.encode(end));
                rest = ends.iter().find_map(|end| rest.strip_prefix(&**end)).unwrap_or(rest);
            }
        }
        Ok(rest)
    }

    /// A new line ends as some line of the file does, or did when the edit was proposed (what an earlier write took away may
    /// have been the only such line), or not at all where it is the last.
    fn skip_end<'l, 'n>(
        &self,
        lines: impl Iterator<Item = &'l Vec<u8>>,
        rest: &'n [u8],
    ) -> Result<&'n [u8], String> {
        if rest.is_empty() {
            return Ok(rest);
        }
        let ends = ["\r\n", "\n", "\r"].map(|end| self.coding.encode(end));
        let found = ends.iter().find(|end| rest.starts_with(end)).ok_or("a new line has no end")?;
        let mut known = lines.map(|line| self.end_of(line)).filter(|end| !end.is_empty()).peekable();
        if known.peek().is_some() && !known.any(|end| end == *found) {
            return Err(format!("no line of the file ends by {found:x?}"));
        }
        Ok(&rest[found.len()..])
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Followed {
    ByMore,
    ByNothing,
}
