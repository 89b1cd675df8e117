//! Directives: what an answer asks to be done to files, whatever the format it was written in.

/// One thing to do to one file. Lines are without their ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// Replace one stretch of lines by another.
    Replace {
        /// The file; `None` where the answer named none.
        path: Option<String>,
        /// What to look for and what to put there; several where the markers can be read in several ways.
        readings: Vec<Replacement>,
    },
    /// Put a text in the place of one that stands in the file, to the byte, or else line by line.
    Within {
        /// The file.
        path: String,
        /// What stands there now; ends of lines are `\n`.
        old: String,
        /// What is to stand there.
        new: String,
        /// Where.
        places: Everywhere,
    },
    /// Change lines as a diff says.
    Patch {
        /// The file; `None` where the answer named none.
        path: Option<String>,
        /// The new name, where the file moves.
        moved_to: Option<String>,
        /// In order of the file.
        hunks: Vec<PatchHunk>,
    },
    /// A new file, or a file as a whole.
    Write {
        /// The file.
        path: Option<String>,
        /// All of it.
        lines: Vec<String>,
        /// Whether the last line ends.
        ends: bool,
        /// Whether the format said that the file is new.
        new: Novelty,
    },
    /// Remove a file.
    Delete {
        /// The file.
        path: String,
    },
}

/// How often a text that is replaced may stand in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Everywhere {
    /// Once: several places are a refusal.
    Once,
    /// As often as it does.
    Yes,
}

/// Whether a written file must be new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It must not be there yet.
    New,
    /// It is new, or takes the place of one that was shown: the path is the file's, to the letter.
    Anew,
    /// It may be.
    Either,
    /// It may be, and then the lines may be a part of it only: nobody said that they are the whole.
    Block,
}

/// One reading of a search/replace block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// What stands there now.
    pub search: Vec<String>,
    /// What is to stand there.
    pub replace: Vec<String>,
    /// The first line's number that the answer gave, 1-based; a hint between equal places at most.
    pub hint: Option<u32>,
}

/// A line of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Stays.
    Keep,
    /// Goes.
    Remove,
    /// Comes.
    Add,
}

/// One hunk of a diff.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PatchHunk {
    /// Lines that stand somewhere before the hunk, outermost first: what follows `@@`.
    pub anchors: Vec<String>,
    /// The lines.
    pub lines: Vec<(Mark, String)>,
    /// The hunk's old lines are the file's last.
    pub at_end: bool,
    /// The old line number that the answer gave, 1-based; a hint between equal places at most.
    pub hint: Option<u32>,
    /// Whether the last line ends, where the diff says so.
    pub last_ends: Option<LastEnds>,
}

/// Whether the file's last line ends, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastEnds {
    /// Before.
    pub old: bool,
    /// After.
    pub new: bool,
}

impl PatchHunk {
    /// Adds the hunk to those before it; one that changes nothing is none.
    pub fn close_into(self, hunks: &mut Vec<Self>) {
        if self.lines.iter().any(|(mark, _)| *mark != Mark::Keep) || self.last_ends.is_some() {
            hunks.push(self);
        }
    }

    /// The lines that must stand there now.
    pub fn old(&self) -> Vec<String> {
        self.side(Mark::Add)
    }

    /// The lines that are to stand there.
    pub fn new_lines(&self) -> Vec<String> {
        self.side(Mark::Remove)
    }

    fn side(&self, without: Mark) -> Vec<String> {
        self.lines.iter().filter(|(mark, _)| *mark != without).map(|(_, line)| line.clone()).collect()
    }
}

/// The old line number in the ranges of a diff's header, `-12,3 +12,4`.
pub fn range_hint(ranges: &str) -> Option<u32> {
    let number = ranges.split_whitespace().find_map(|range| {
        let digits = range.strip_prefix('-')?;
        digits.split(',').next()?.parse::<u32>().ok()
    });
    number.filter(|number| *number > 0)
}

impl Directive {
    /// The lines that it looks for, for diagnosis.
    pub fn wanted(&self) -> Vec<String> {
        match self {
            Self::Replace { readings, .. } => {
                readings.first().map(|reading| reading.search.clone()).unwrap_or_default()
            }
            Self::Within { old, .. } => old.lines().map(str::to_owned).collect(),
            Self::Patch { hunks, .. } => hunks.iter().flat_map(PatchHunk::old).collect(),
            Self::Write { .. } | Self::Delete { .. } => Vec::new(),
        }
    }

    /// The file it names.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Replace { path, .. } | Self::Write { path, .. } | Self::Patch { path, .. } => {
                path.as_deref()
            }
            Self::Within { path, .. } | Self::Delete { path } => Some(path),
        }
    }
}

/// A part of an answer that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{why}", at(*.line))]
pub struct Malformed {
    /// The file it seemed to be about.
    pub path: Option<String>,
    /// The answer's line, 1-based; 0 for what has none, as a call of a tool.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

fn at(line: usize) -> String {
    if line == 0 { String::new() } else { format!("line {line}: ") }
}
