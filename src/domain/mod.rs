//! Domain: the words every layer shares, as plain data.
//!
//! Owns ids, paths, verdicts, the states of the coverage ledger, commits, requests and the events that
//! services send. Must not do I/O and must not know tokio or ratatui.

mod chat;
mod commit;
mod edit;
mod evaluation;
mod event;
mod figures;
mod ids;
mod judgment;
mod language;
mod ledger;
mod model;
mod moment;
mod notice;
mod path;
mod request;
mod signal;
mod stats;
mod task;

pub use chat::{
    Answer, AnswerMeters, AnswerState, Answerer, Attachment, ChatCommand, ChatEvent, ContextForm,
    ContextItem, ContextKey, ContextSource, ContextState, ExportForm, GitText, Mention, Patience, Question,
    Queued, Rating, Retrieval, SessionHead, SessionHit, SessionId, Thumb, Tray, Turn, TurnBody, TurnId,
    mentions, spelled,
};
pub use commit::{Commit, CommitId, HISTORY_LIMIT};
pub use edit::{
    AskedForm, Decision, EditCommand, EditEvent, EditId, EditState, EditTarget, FileChange, FormChoice,
    HunkClass, HunkId, Hunks, Instruction, ProposedEdit, ProposedFile, ProposedHunk, RefusedPart,
};
pub use evaluation::{
    AtThreshold, Bounds, EvalCommand, EvalEvent, EvalKnown, EvalProgress, EvalTask, Evaluation, Feedback,
    FeedbackCounts, FeedbackKind, JudgeCurves, Listing, MissedCommit, MissedFile, Tuned, TunedFigure,
};
pub use event::{
    Change, DirtyFile, Estimate, FileMeta, FileStamp, GitOperation, GitState, IndexStatus, LedgerRow,
    QueryEvent, RankCause, RankedRow, TreeEvent, WatchState,
};
pub use figures::JudgeFigures;
pub use ids::{FileId, Generation, RootId};
pub use judgment::{Detail, Evidence, Judged, Judgment, Probability, Source, Span, Usage, Verdict};
pub use language::{Language, LanguageKind};
pub use ledger::{Counts, LedgerState, SkipReason, StateKind};
pub use model::{
    BackendStatus, Choice, Health, Locality, Measured, ModelCommand, ModelEvent, ModelRef, ModelStatus,
    NotAModel, Price, RouteStatus,
};
pub use moment::{unix_ms, unix_ns, unix_seconds};
pub use notice::{Notice, Problem, Severity};
pub use path::RelPath;
pub use request::{DetailLevel, JudgeName, NamedSymbol, QueryCommand, QueryRequest};
pub use signal::{Signal, SignalShares};
pub use stats::{DayFigures, Figures, Spread, StatRow, Stats};
pub use task::{TaskKind, UnknownTask};
