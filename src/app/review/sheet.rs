//! The sheet: the diff of one file as rows, numbered without being made, so that a frame costs what is visible.

use crate::domain::{EditId, ProposedFile, ProposedHunk};

use super::ink::Ink;

/// How a diff is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Face {
    /// Old lines above new ones.
    #[default]
    Unified,
    /// Old lines beside new ones.
    Beside,
}

/// How a sheet is laid out: the face, the edit, and the pairing of its lines.
pub type Look<'a> = (Face, EditId, &'a Ink);

/// One row of the sheet, within its hunk. Numbers are indices into the hunk's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// Where the hunk stands, in what, and what was decided.
    Head,
    /// Nothing.
    Blank,
    /// An unchanged line before it.
    Before(usize),
    /// The heading of what the file says now.
    DiskTitle,
    /// A line that the file has now.
    Disk(usize),
    /// The heading of the hunk's own lines in a conflict.
    OwnTitle,
    /// An old line.
    Old(usize),
    /// A new line.
    New(usize),
    /// An old line beside a new one: the row of the pairing.
    Pair(usize),
    /// An unchanged line after it.
    After(usize),
    /// Stands for the lines between two hunks.
    Omitted,
}

const PARTS: usize = 11;

/// The part between a hunk and the next one, and its rows.
const BETWEEN: usize = 10;
const GAP: usize = 2;

/// One hunk of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Its index in the file.
    pub hunk: usize,
    /// Its first row.
    pub start: usize,
    /// Unchanged lines before it that are not shown here.
    skipped: usize,
    lens: [usize; PARTS],
}

impl Block {
    /// The block of a hunk that has room for so many unchanged lines before it and after it.
    fn new(
        index: usize,
        start: usize,
        hunk: &ProposedHunk,
        (before, after): (usize, usize),
        (face, edit, ink): Look<'_>,
    ) -> Self {
        let (old, new, pairs) = match (face, &hunk.conflict) {
            // In a conflict the old lines are gone from the disk, so both sides are what is there and what is proposed.
            (_, Some(_)) => (0, hunk.new.len(), 0),
            (Face::Unified, None) => (hunk.old.len(), hunk.new.len(), 0),
            (Face::Beside, None) => (0, 0, ink.rows(edit, hunk)),
        };
        let title = usize::from(hunk.conflict.is_some());
        let disk = hunk.conflict.as_ref().map_or(0, |lines| lines.len());
        let before = before.min(hunk.before.len());
        let after = after.min(hunk.after.len());
        let lens = [1, 1, before, title, disk, title, old, new, pairs, after, 0];
        Self { hunk: index, start, skipped: hunk.before.len() - before, lens }
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.lens.iter().sum()
    }

    /// The first row that is changed, counted from its own first.
    pub fn first_change(&self) -> usize {
        self.lens[..4].iter().sum()
    }

    /// A row, counted from its own first.
    fn row(&self, at: usize) -> Row {
        let mut rest = at;
        for (part, len) in self.lens.iter().enumerate() {
            if rest < *len {
                return match part {
                    0 => Row::Head,
                    2 => Row::Before(self.skipped + rest),
                    3 => Row::DiskTitle,
                    4 => Row::Disk(rest),
                    5 => Row::OwnTitle,
                    6 => Row::Old(rest),
                    7 => Row::New(rest),
                    8 => Row::Pair(rest),
                    9 => Row::After(rest),
                    BETWEEN if rest > 0 => Row::Omitted,
                    _ => Row::Blank,
                };
            }
            rest -= len;
        }
        Row::Blank
    }
}

/// The diff of one file as rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    blocks: Vec<Block>,
    rows: usize,
    digits: usize,
}

impl Sheet {
    /// The sheet of a file's listed hunks.
    pub fn new(file: &ProposedFile, listed: &dyn Fn(&ProposedHunk) -> bool, look: Look<'_>) -> Self {
        let mut sheet = Self::default();
        let mut highest = 0;
        let mut shown_to = 0;
        let mut hunks = file.hunks.iter().enumerate().filter(|(_, hunk)| listed(hunk)).peekable();
        while let Some((index, hunk)) = hunks.next() {
            if let Some(last) = sheet.blocks.last_mut() {
                last.lens[BETWEEN] = GAP;
                sheet.rows += GAP;
            }
            // Between two hunks no line stands twice, and none as unchanged that the other changes.
            let end = hunk.old_start as usize + hunk.old.len();
            let next = hunks.peek().map_or(usize::MAX, |(_, next)| next.old_start as usize);
            let room = ((hunk.old_start as usize).saturating_sub(shown_to), next.saturating_sub(end));
            let block = Block::new(index, sheet.rows, hunk, room, look);
            shown_to = end + room.1.min(hunk.after.len());
            sheet.rows += block.rows();
            sheet.blocks.push(block);
            let old = hunk.old_start as usize + hunk.old.len() + hunk.after.len();
            let new = hunk.new_start as usize + hunk.new.len() + hunk.after.len();
            highest = highest.max(old).max(new);
        }
        sheet.digits = (highest.max(1).ilog10() as usize + 1).max(2);
        sheet
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Digits of the longest line number.
    pub fn digits(&self) -> usize {
        self.digits
    }

    /// A row, with the index of its hunk in the file.
    pub fn row(&self, at: usize) -> Option<(usize, Row)> {
        if at >= self.rows {
            return None;
        }
        let block = &self.blocks[self.blocks.partition_point(|block| block.start <= at) - 1];
        Some((block.hunk, block.row(at - block.start)))
    }

    /// The block of a hunk, by its index in the file.
    pub fn block(&self, hunk: usize) -> Option<&Block> {
        let at = self.blocks.binary_search_by_key(&hunk, |block| block.hunk).ok()?;
        self.blocks.get(at)
    }

    /// Number of a hunk among those on the sheet, from 1, and how many there are.
    pub fn number(&self, hunk: usize) -> (usize, usize) {
        let at = self.blocks.partition_point(|block| block.hunk <= hunk);
        (at, self.blocks.len())
    }
}

/// The line number that an unchanged line has on both sides, or a changed one on its own.
pub fn numbers(hunk: &ProposedHunk, row: Row) -> (Option<u32>, Option<u32>) {
    let before = hunk.before.len() as u32;
    let (old, new) = (hunk.old.len() as u32, hunk.new.len() as u32);
    let back = |start: u32, at: usize| (start + at as u32).saturating_sub(before);
    match row {
        Row::Before(at) => (Some(back(hunk.old_start, at)), Some(back(hunk.new_start, at))),
        Row::Disk(at) | Row::Old(at) => (Some(hunk.old_start + at as u32), None),
        Row::New(at) => (None, Some(hunk.new_start + at as u32)),
        Row::After(at) => (Some(hunk.old_start + old + at as u32), Some(hunk.new_start + new + at as u32)),
        Row::Head | Row::Blank | Row::DiskTitle | Row::OwnTitle | Row::Pair(_) | Row::Omitted => (None, None),
    }
}

/// A hunk as the text of a unified diff, with its context.
pub fn patch(hunk: &ProposedHunk) -> String {
    let around = hunk.before.len() + hunk.after.len();
    let start = |first: u32| first.saturating_sub(hunk.before.len() as u32);
    let (old, new) = (around + hunk.old.len(), around + hunk.new.len());
    let mut text = format!("@@ -{},{old} +{},{new} @@\n", start(hunk.old_start), start(hunk.new_start));
    for (sign, lines) in [(' ', &hunk.before), ('-', &hunk.old), ('+', &hunk.new), (' ', &hunk.after)] {
        for line in lines.iter() {
            text.push(sign);
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}
