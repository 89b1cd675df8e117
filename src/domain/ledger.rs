//! The coverage ledger's states: every file of the tree is in exactly one of them at any time.

use std::fmt;

/// Why a file is not judged at all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// Holds NUL bytes or is otherwise not text.
    Binary,
    /// Larger than the limit (1 MiB); carries the size in bytes.
    TooLarge(u64),
    /// Machine-packed text: very long lines.
    Minified,
    /// Marked or known as generated; carries the mark that told.
    Generated(String),
    /// A lock file of a package manager.
    Lock,
    /// Somebody else's code kept in the tree; carries the directory that told.
    Vendored(String),
    /// A symbolic link; its target is judged where it really lies, and links out of the root never are.
    Symlink,
    /// A socket, pipe or device.
    NotAFile,
    /// Excluded by the user.
    Excluded,
    /// Nothing in it.
    Empty,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary => f.write_str("binary"),
            Self::TooLarge(bytes) => {
                write!(f, "{:.1} MiB, over the 1 MiB limit", *bytes as f64 / 1_048_576.0)
            }
            Self::Minified => f.write_str("minified"),
            Self::Generated(mark) => write!(f, "generated ({mark})"),
            Self::Lock => f.write_str("lock file"),
            Self::Vendored(dir) => write!(f, "vendored ({dir}/)"),
            Self::Symlink => f.write_str("symbolic link"),
            Self::NotAFile => f.write_str("not a regular file"),
            Self::Excluded => f.write_str("excluded by you"),
            Self::Empty => f.write_str("empty"),
        }
    }
}

/// Where one file stands for the current query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerState {
    /// Known, waiting for a judge (or for the index to read it).
    Queued,
    /// A judge is at it.
    Judging,
    /// Judged helpful.
    Yes,
    /// Judged not helpful.
    No,
    /// Not judged, for a reason that lies in the file.
    Skipped(SkipReason),
    /// Judging or reading failed; never counted as "no".
    Failed {
        /// What happened, for people.
        why: String,
        /// Whether trying again can help.
        retryable: bool,
    },
    /// Left out because the query's budget was spent.
    OverBudget,
}

/// The kind of a [`LedgerState`], without what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StateKind {
    /// See [`LedgerState::Yes`].
    Yes,
    /// See [`LedgerState::No`].
    No,
    /// See [`LedgerState::Judging`].
    Judging,
    /// See [`LedgerState::Queued`].
    Queued,
    /// See [`LedgerState::Failed`].
    Failed,
    /// See [`LedgerState::Skipped`].
    Skipped,
    /// See [`LedgerState::OverBudget`].
    OverBudget,
}

impl StateKind {
    /// Every kind, in the order shown to people.
    pub const ALL: [Self; 7] =
        [Self::Yes, Self::No, Self::Judging, Self::Queued, Self::Failed, Self::Skipped, Self::OverBudget];

    /// The stable name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Judging => "judging",
            Self::Queued => "queued",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::OverBudget => "over_budget",
        }
    }
}

impl LedgerState {
    /// The kind of this state.
    pub const fn kind(&self) -> StateKind {
        match self {
            Self::Queued => StateKind::Queued,
            Self::Judging => StateKind::Judging,
            Self::Yes => StateKind::Yes,
            Self::No => StateKind::No,
            Self::Skipped(_) => StateKind::Skipped,
            Self::Failed { .. } => StateKind::Failed,
            Self::OverBudget => StateKind::OverBudget,
        }
    }
}

/// How many files are in each state; the sum is the number of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([u32; 7]);

impl Counts {
    /// The number of files in a state.
    pub const fn get(&self, kind: StateKind) -> u32 {
        self.0[kind as usize]
    }

    /// Counts one more file in a state.
    pub fn add(&mut self, kind: StateKind) {
        self.0[kind as usize] += 1;
    }

    /// Counts one file less in a state.
    pub fn remove(&mut self, kind: StateKind) {
        self.0[kind as usize] = self.0[kind as usize].saturating_sub(1);
    }

    /// All files, whatever their state.
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    /// Files with a verdict.
    pub const fn judged(&self) -> u32 {
        self.get(StateKind::Yes) + self.get(StateKind::No)
    }

    /// Files that still wait for a verdict.
    pub const fn pending(&self) -> u32 {
        self.get(StateKind::Queued) + self.get(StateKind::Judging)
    }
}
