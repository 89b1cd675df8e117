//! Laid-out lines: text with runs of meaning, ready to be drawn. Knows no colours.

use std::sync::Arc;

use crate::text::highlight::SyntaxRole;

/// What a run of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    /// Prose.
    #[default]
    Text,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// Code within prose.
    Code,
    /// A token of a code block.
    Syntax(SyntaxRole),
    /// Prose of a quote.
    Quote,
    /// A bullet, a number, a box to tick, the bar of a quote or of code.
    Marker,
    /// The name of a code block's language, and other small labels.
    Label,
    /// The text of a link.
    Link,
    /// The address of a link.
    Url,
    /// A number that names an item of the context.
    Citation,
    /// The mark of a footnote.
    Footnote,
    /// Mathematics, as it was written.
    Math,
    /// HTML, as it was written.
    Html,
    /// Hairlines of tables and rules.
    Rule,
    /// What the program says in the middle of somebody's text; no text can look like it.
    Note,
}

/// Weights that add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Weight(u8);

impl Weight {
    /// None.
    pub const PLAIN: Self = Self(0);
    /// Strong.
    pub const BOLD: Self = Self(1);
    /// Emphasised.
    pub const ITALIC: Self = Self(2);
    /// Struck out.
    pub const STRIKE: Self = Self(4);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `other` is part of this.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// How a run looks, by meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Look {
    /// What it is.
    pub tone: Tone,
    /// How it stands out.
    pub weight: Weight,
}

impl Look {
    /// A tone without weight.
    pub const fn of(tone: Tone) -> Self {
        Self { tone, weight: Weight::PLAIN }
    }
}

/// What a run leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// An item of the context by its number, and a 1-based line of it where one is named.
    Citation(u16, Option<u32>),
    /// An address that a browser opens: `http`, `https` or `mailto`.
    Url(Arc<str>),
    /// A path of the tree as it was written, and a 1-based line of it where one is named.
    Place(Arc<str>, Option<u32>),
}

/// A run of one line: up to which byte, how it looks, and where it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The byte behind its last.
    pub end: u32,
    /// How it looks.
    pub look: Look,
    /// 0 for nothing, else the position among the line's targets plus one.
    target: u16,
}

/// A laid-out line. Clean of everything that steers a terminal; no tabs, no line breaks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    text: String,
    runs: Vec<Run>,
    targets: Vec<Target>,
    lead: u16,
    /// 0 for none, else the byte at which its code block begins plus one.
    code: u32,
    /// It goes on with the line before, which was too long.
    pub wrapped: bool,
}

impl Line {
    /// A line of one run.
    pub fn of(text: impl Into<String>, look: Look) -> Self {
        let mut line = Self { text: text.into(), ..Self::default() };
        line.close(look, 0);
        line
    }

    /// An empty line; whether it goes on with the one before.
    pub(super) fn that_goes_on(wrapped: bool) -> Self {
        Self { wrapped, ..Self::default() }
    }

    /// Its text, indents and bars included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its text without the indent and the bars before it.
    pub fn body(&self) -> &str {
        self.text.get(usize::from(self.lead)..).unwrap_or_default()
    }

    /// Bytes of indent and bars before the body.
    pub fn lead(&self) -> usize {
        usize::from(self.lead)
    }

    /// Its runs, in order, without gaps.
    pub fn runs(&self) -> impl Iterator<Item = (&str, Look, Option<&Target>)> {
        let mut start = 0;
        self.runs.iter().map(move |run| {
            let text = self.text.get(start..run.end as usize).unwrap_or_default();
            start = run.end as usize;
            (text, run.look, run.target.checked_sub(1).and_then(|at| self.targets.get(usize::from(at))))
        })
    }

    /// What it leads to, left to right, each once a run.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The code block that it belongs to, by the byte of the source at which that begins.
    pub fn code(&self) -> Option<usize> {
        self.code.checked_sub(1).map(|at| at as usize)
    }

    /// Says which code block it belongs to.
    pub(super) fn belong_to_code(&mut self, at: usize) {
        self.code = u32::try_from(at + 1).unwrap_or(0);
    }

    /// Whether nothing is on it.
    pub fn is_blank(&self) -> bool {
        self.body().trim().is_empty()
    }

    /// Adds a run.
    pub fn push(&mut self, text: &str, look: Look) {
        self.text.push_str(text);
        self.close(look, 0);
    }

    /// Adds a run that leads somewhere.
    pub fn push_to(&mut self, text: &str, look: Look, target: &Target) {
        if self.targets.last() != Some(target) || self.runs.last().is_none_or(|run| run.target == 0) {
            self.targets.push(target.clone());
        }
        self.text.push_str(text);
        self.close(look, u16::try_from(self.targets.len()).unwrap_or(0));
    }

    /// Says that all so far stands before the body.
    pub fn end_lead(&mut self) {
        self.lead = u16::try_from(self.text.len()).unwrap_or(u16::MAX);
    }

    /// Adds the runs of another line behind this one's.
    pub fn append(&mut self, other: &Self) {
        for (text, look, target) in other.runs() {
            match target {
                Some(target) => self.push_to(text, look, target),
                None => self.push(text, look),
            }
        }
    }

    /// Bytes that it takes in memory, roughly.
    pub fn weight(&self) -> usize {
        size_of::<Self>()
            + self.text.capacity()
            + self.runs.capacity() * size_of::<Run>()
            + self.targets.len() * 48
    }

    fn close(&mut self, look: Look, target: u16) {
        let end = self.text.len() as u32;
        match self.runs.last_mut() {
            Some(last) if last.end == end => {}
            Some(last) if last.look == look && last.target == target => last.end = end,
            Some(_) | None if end == 0 => {}
            Some(_) | None => self.runs.push(Run { end, look, target }),
        }
    }
}
