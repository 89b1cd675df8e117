//! Events: what services tell the rest of the program, as plain data.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{
    Commit, CommitId, Counts, Detail, FileId, Generation, JudgeName, Judged, LedgerState, NamedSymbol,
    Notice, RelPath, RootId, SkipReason, StateKind, Usage,
};

/// What tells two versions of a file apart without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FileStamp {
    /// Size in bytes.
    pub size: u64,
    /// Modification time, nanoseconds since the epoch.
    pub mtime_ns: i64,
    /// Status change time, nanoseconds since the epoch.
    pub ctime_ns: i64,
    /// Inode number.
    pub inode: u64,
}

/// A file that the walk or the watcher found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMeta {
    /// Its root.
    pub root: RootId,
    /// Its path below the root.
    pub path: RelPath,
    /// Its stamp.
    pub stamp: FileStamp,
    /// Set when name, kind or size already tell that it is not judged.
    pub skip: Option<SkipReason>,
}

/// One change of the tree, after debouncing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Created or modified.
    Upsert(FileMeta),
    /// Gone, or ignored by now.
    Removed(RootId, RelPath),
}

/// A file that differs from HEAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirtyFile {
    /// Path below the root (not below the repository's work tree).
    pub path: RelPath,
    /// Not yet tracked by git.
    pub untracked: bool,
}

/// What git is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitOperation {
    /// A merge waits to be committed.
    Merge,
    /// A rebase is going on.
    Rebase,
    /// Cherry-pick, revert, bisect or apply-mailbox.
    Other,
}

/// The state of the repository that holds a root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GitState {
    /// The branch, or `None` when HEAD is detached.
    pub branch: Option<String>,
    /// The commit of HEAD; `None` before the first commit.
    pub head: Option<CommitId>,
    /// Files that differ from HEAD, untracked ones included.
    pub dirty: Vec<DirtyFile>,
    /// What git is in the middle of.
    pub operation: Option<GitOperation>,
}

/// How changes of the tree become known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WatchState {
    /// Not watching yet.
    #[default]
    Starting,
    /// By the kernel's notices, on so many directories.
    Native {
        /// Watched directories.
        directories: usize,
    },
    /// By looking every so often, because of `why`.
    Polling {
        /// Why not by notices.
        why: String,
        /// How often.
        every: Duration,
    },
    /// Not at all.
    Off {
        /// Why.
        why: String,
    },
}

/// What `tree/` tells: files, changes, git and history.
#[derive(Debug, Clone, PartialEq)]
pub enum TreeEvent {
    /// Files found by the first walk, in batches.
    Found(Vec<FileMeta>),
    /// The first walk is complete.
    Walked {
        /// Files seen.
        files: usize,
        /// How long it took.
        elapsed: Duration,
    },
    /// Changes since, one event per debounced burst.
    Changed(Vec<Change>),
    /// Branch, HEAD or status of a root's repository changed; `None` without a repository.
    Git(RootId, Option<GitState>),
    /// Commits of a root's history, newest first, in batches.
    History {
        /// The root whose repository it is.
        root: RootId,
        /// The address that git signs the user's commits with there, lower case, where it is known: who asks.
        asker: Option<Arc<str>>,
        /// True when earlier batches of this root no longer hold (HEAD moved elsewhere): forget them first.
        restart: bool,
        /// The commits.
        commits: Vec<Commit>,
        /// Whether this was the last batch.
        complete: bool,
    },
    /// How changes become known.
    Watch(WatchState),
    /// A root vanished (true) or came back (false).
    RootLost(RootId, PathBuf, bool),
    /// Something a person should know.
    Notice(Notice),
}

/// How far the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexStatus {
    /// Files of the tree.
    pub files: u32,
    /// Files whose bytes are indexed or known to be skipped.
    pub indexed: u32,
    /// Commits known to history.
    pub commits: u32,
    /// Whether the walk, the index and history are complete.
    pub walked: bool,
    /// Whether history is complete.
    pub history_complete: bool,
}

/// One row of the ranking, as light as a list of 100,000 needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedRow {
    /// The file.
    pub file: FileId,
    /// Its path, sanitised, ready to show.
    pub path: Arc<str>,
    /// Yes, no, judging, queued or failed.
    pub state: StateKind,
    /// The judge's probability of yes, 0 to 1; of a row that waits for a model, what the embedded judge says.
    pub probability: f32,
    /// Final score after ranking signals, 0 to 1; rows are sorted by it, best first.
    pub score: f32,
    /// The verdict is of an older version of the file.
    pub stale: bool,
    /// Pinned by the user.
    pub pinned: bool,
    /// The verdict flipped at the last re-judging.
    pub flipped: bool,
}

/// Why a new ranking was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RankCause {
    /// A query, still going or done.
    Query,
    /// These files were saved, created or deleted.
    Saved(Vec<FileId>),
    /// The index or history learned more.
    Learned,
    /// Pins, exclusions, the task, the branch or the preview changed.
    Signals,
}

/// A file without a verdict, for the ledger view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The file.
    pub file: FileId,
    /// Its path, ready to show.
    pub path: Arc<str>,
    /// Its state.
    pub state: LedgerState,
}

/// What asking a model about the files would take, reckoned before the first call.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Who would be asked.
    pub judge: JudgeName,
    /// Files it would be asked about.
    pub files: u32,
    /// Files besides, whose answer is known from before.
    pub known: u32,
    /// Prompt tokens of all calls together.
    pub tokens_in: u64,
    /// Generated tokens of all calls together.
    pub tokens_out: u64,
    /// US dollars; `None` where the price is unknown, which is not free.
    pub usd: Option<f64>,
    /// How long it would take at the speed measured so far; `None` where nothing was measured.
    pub time: Option<Duration>,
    /// The budget that would stop it before its end, in words: `$0.05 a query`; `None` where it suffices.
    pub stopped_by: Option<String>,
}

/// What the query engine tells.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryEvent {
    /// A query starts.
    Planned {
        /// The query.
        generation: Generation,
        /// Files of the tree.
        files: u32,
        /// Who judges.
        judge: JudgeName,
    },
    /// Files were judged; best first within a query. Sent only for [`super::DetailLevel::All`] requests.
    Judged {
        /// The query.
        generation: Generation,
        /// The files.
        batch: Vec<Judged>,
    },
    /// A new ranking.
    Ranked {
        /// The query.
        generation: Generation,
        /// All files but the skipped ones, best first.
        rows: Arc<[RankedRow]>,
        /// The ledger's sums.
        counts: Counts,
        /// Why it was sent.
        cause: RankCause,
    },
    /// Explanations of rows.
    Explained {
        /// The query.
        generation: Generation,
        /// Row by row.
        details: Vec<(FileId, Arc<Detail>)>,
    },
    /// A model is to be asked, and asking costs money or sends files away: nothing is sent before
    /// [`super::QueryCommand::GoOn`]. Rows ranked by the embedded judge stay shown meanwhile.
    Estimate {
        /// The query.
        generation: Generation,
        /// What it would cost.
        estimate: Estimate,
    },
    /// What the query has spent so far, where a model is asked.
    Spent {
        /// The query.
        generation: Generation,
        /// Tokens and money.
        usage: Usage,
    },
    /// Every file has its answer.
    Done {
        /// The query.
        generation: Generation,
        /// The ledger's sums.
        counts: Counts,
        /// Judging and ranking time.
        elapsed: Duration,
    },
    /// The rows without a verdict, and the files of each state.
    Ledger {
        /// The rows.
        rows: Arc<[LedgerRow]>,
        /// The sums.
        counts: Counts,
    },
    /// What files define that fits a part of a name, best first, each name once.
    Names {
        /// The part of a name.
        typed: Arc<str>,
        /// What fits, with the place of one definition each.
        names: Vec<NamedSymbol>,
    },
    /// How far the index is.
    Index(IndexStatus),
    /// The task in force and where it came from (`--task`, `:task`, or the branch).
    Task {
        /// Its words.
        text: Arc<str>,
        /// Whether the user set it.
        from_user: bool,
    },
    /// Something a person should know.
    Notice(Notice),
}
