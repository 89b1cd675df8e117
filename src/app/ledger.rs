//! The ledger view: every file without a verdict, grouped by why, so that "why was X not judged?" has an answer.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::{FileId, LedgerRow, LedgerState, SkipReason};
use crate::text::fuzzy::{Fuzzy, Subject};

use super::anchor::Anchor;

/// Why files of a group have no verdict; groups are shown in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// Judging or reading failed.
    Failed,
    /// A judge is at it.
    Judging,
    /// Waiting.
    Queued,
    /// The budget was spent.
    OverBudget,
    /// Excluded by the user.
    Excluded,
    /// Larger than the limit.
    TooLarge,
    /// Generated.
    Generated,
    /// Minified.
    Minified,
    /// Vendored.
    Vendored,
    /// A lock file.
    Lock,
    /// Not text.
    Binary,
    /// Nothing in it.
    Empty,
    /// A symbolic link.
    Symlink,
    /// A socket, pipe or device.
    NotAFile,
}

impl Cause {
    /// The cause behind a state; `None` for files with a verdict.
    pub const fn of(state: &LedgerState) -> Option<Self> {
        Some(match state {
            LedgerState::Yes | LedgerState::No => return None,
            LedgerState::Queued => Self::Queued,
            LedgerState::Judging => Self::Judging,
            LedgerState::Failed { .. } => Self::Failed,
            LedgerState::OverBudget => Self::OverBudget,
            LedgerState::Skipped(reason) => match reason {
                SkipReason::Binary => Self::Binary,
                SkipReason::TooLarge(_) => Self::TooLarge,
                SkipReason::Minified => Self::Minified,
                SkipReason::Generated(_) => Self::Generated,
                SkipReason::Lock => Self::Lock,
                SkipReason::Vendored(_) => Self::Vendored,
                SkipReason::Symlink => Self::Symlink,
                SkipReason::NotAFile => Self::NotAFile,
                SkipReason::Excluded => Self::Excluded,
                SkipReason::Empty => Self::Empty,
            },
        })
    }

    /// The group's heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Judging => "being judged",
            Self::Queued => "waiting",
            Self::OverBudget => "over budget",
            Self::Excluded => "excluded by you",
            Self::TooLarge => "too large",
            Self::Generated => "generated",
            Self::Minified => "minified",
            Self::Vendored => "vendored",
            Self::Lock => "lock files",
            Self::Binary => "binary",
            Self::Empty => "empty",
            Self::Symlink => "symbolic links",
            Self::NotAFile => "not regular files",
        }
    }

    /// What it means and what can be done, in one sentence.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Failed => "Could not be read or judged. That is not a \"no\": r tries again.",
            Self::Judging => "A judge is at it now.",
            Self::Queued => "Known, and waiting to be read or judged.",
            Self::OverBudget => "The query's budget was spent before its turn came.",
            Self::Excluded => "You took these out. x takes one back.",
            Self::TooLarge => "Over the 1 MiB limit; text of that size is data more often than code.",
            Self::Generated => "Made by a program, by its own mark; judge what it is made from.",
            Self::Minified => "Packed for machines: very long lines.",
            Self::Vendored => "Somebody else's code, kept in the tree.",
            Self::Lock => "Written by a package manager.",
            Self::Binary => "Holds bytes that are not text.",
            Self::Empty => "Nothing in it.",
            Self::Symlink => "Its target is judged where it really lies; links out of the root never are.",
            Self::NotAFile => "A socket, a pipe or a device.",
        }
    }
}

/// One line of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A heading, the number of its files, and whether it is unfolded.
    Group(Cause, u32, bool),
    /// A file, by its position in the rows.
    File(usize, FileId),
}

/// What names a line while lines come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A heading.
    Group(Cause),
    /// A file.
    File(FileId),
}

impl Item {
    const fn key(self) -> Key {
        match self {
            Self::Group(cause, ..) => Key::Group(cause),
            Self::File(_, file) => Key::File(file),
        }
    }
}

/// The ledger view.
#[derive(Debug, Default)]
pub struct Ledger {
    rows: Arc<[LedgerRow]>,
    items: Vec<Item>,
    folds: BTreeMap<Cause, bool>,
    anchor: Anchor<Key>,
    filter: String,
    loaded: bool,
}

impl Ledger {
    /// The lines of the view.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The file behind a line.
    pub fn row(&self, item: Item) -> Option<&LedgerRow> {
        match item {
            Item::Group(..) => None,
            Item::File(at, _) => self.rows.get(at),
        }
    }

    /// The file whose line is selected.
    pub fn selected(&self) -> Option<&LedgerRow> {
        self.row(*self.items.get(self.anchor.at())?)
    }

    /// The cause of the selected line, heading or file.
    pub fn cause(&self) -> Option<Cause> {
        match *self.items.get(self.anchor.at())? {
            Item::Group(cause, ..) => Some(cause),
            Item::File(at, _) => Cause::of(&self.rows.get(at)?.state),
        }
    }

    /// The files of a cause that fit the filter.
    pub fn files_of(&self, cause: Cause) -> Vec<FileId> {
        let mut fuzzy = Fuzzy::new(&self.filter, Subject::Paths);
        let of_cause = self.rows.iter().filter(|row| Cause::of(&row.state) == Some(cause));
        of_cause.filter(|row| fuzzy.score(&row.path).is_some()).map(|row| row.file).collect()
    }

    /// Selection and viewport.
    pub fn anchor(&self) -> &Anchor<Key> {
        &self.anchor
    }

    /// The filter in force; empty for none.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Whether rows have come since the view was opened.
    pub fn loaded(&self) -> bool {
        self.loaded
    }

    /// Number of files without a verdict.
    pub fn total(&self) -> usize {
        self.rows.len()
    }

    /// Takes the rows.
    pub fn replace(&mut self, rows: Arc<[LedgerRow]>, height: usize) {
        self.rows = rows;
        self.loaded = true;
        self.arrange(height);
    }

    /// Shows only files whose path fits.
    pub fn set_filter(&mut self, filter: &str, height: usize) {
        filter.clone_into(&mut self.filter);
        self.arrange(height);
    }

    /// Folds or unfolds a group.
    pub fn fold(&mut self, cause: Cause, height: usize) {
        let open = self.items.iter().any(|item| matches!(item, Item::Group(c, _, true) if *c == cause));
        self.folds.insert(cause, !open);
        self.arrange(height);
    }

    /// Selects the line at a position.
    pub fn select(&mut self, at: usize, height: usize) {
        let items = &self.items;
        self.anchor.select(at, items.len(), height, |at| items.get(at).map(|item| item.key()));
    }

    /// Scrolls by so many lines.
    pub fn scroll(&mut self, by: isize, height: usize) {
        let items = &self.items;
        self.anchor.scroll(by, items.len(), height, |at| items.get(at).map(|item| item.key()));
    }

    /// Takes in that the screen holds another number of lines.
    pub fn fit(&mut self, height: usize) {
        self.anchor.show(self.items.len(), height);
    }

    fn arrange(&mut self, height: usize) {
        let mut fuzzy = Fuzzy::new(&self.filter, Subject::Paths);
        let mut groups: BTreeMap<Cause, BTreeSet<(&str, usize)>> = BTreeMap::new();
        for (at, row) in self.rows.iter().enumerate() {
            if let Some(cause) = Cause::of(&row.state).filter(|_| fuzzy.score(&row.path).is_some()) {
                groups.entry(cause).or_default().insert((&row.path, at));
            }
        }
        let filtered = !self.filter.trim().is_empty();
        self.items.clear();
        for (cause, files) in &groups {
            let small = files.len() <= 8 || *cause == Cause::Failed;
            let open = filtered || self.folds.get(cause).copied().unwrap_or(small);
            self.items.push(Item::Group(*cause, files.len() as u32, open));
            if open {
                self.items.extend(files.iter().map(|(_, at)| Item::File(*at, self.rows[*at].file)));
            }
        }
        self.anchor.refresh(self.items.iter().map(|item| item.key()), height);
    }
}
