//! Requests to M Query.

use std::fmt;
use std::sync::Arc;

use super::{FileId, Generation};

/// The name of a judge: `embedded`, a baseline's name, or `BACKEND/MODEL`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JudgeName(pub Arc<str>);

impl JudgeName {
    /// The judge that ships inside.
    pub fn embedded() -> Self {
        Self(Arc::from("embedded"))
    }
}

impl fmt::Display for JudgeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// For which rows explanations are made without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetailLevel {
    /// The best so many rows.
    Top(u32),
    /// Every judged file.
    All,
}

/// One query over the whole tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRequest {
    /// Echoed by every event of this query.
    pub generation: Generation,
    /// What the user asked.
    pub text: Arc<str>,
    /// Who judges.
    pub judge: JudgeName,
    /// For which rows explanations are wanted at once.
    pub details: DetailLevel,
}

/// Something that a file defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSymbol {
    /// Its name as written.
    pub name: Arc<str>,
    /// What it is: `function`, `type`, `module`, `value`, `heading`.
    pub kind: &'static str,
    /// The path of its file, as shown.
    pub path: Arc<str>,
    /// Its first line, 1-based.
    pub line: u32,
}

/// What the query engine is told by the rest of the program.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryCommand {
    /// Judge every file for this request; stops the one before.
    Ask(QueryRequest),
    /// Go on with the query that waits: after its [`super::QueryEvent::Estimate`], or, where a budget stopped it, with
    /// that budget once more. Nothing happens where no query of this generation waits.
    GoOn(Generation),
    /// Stop the running query; what was judged stays shown.
    Cancel,
    /// Set or clear the current task; `None` falls back to the branch name.
    Task(Option<Arc<str>>),
    /// Pin or unpin a file.
    Pin(FileId, bool),
    /// Exclude a file from judging, or take it back.
    Exclude(FileId, bool),
    /// The file open in the preview; it counts as active.
    Preview(Option<FileId>),
    /// Explain these rows of the current query: those that are seen. A model is asked for a reason only where it said
    /// yes; rows that still wait for it come next.
    Explain(Vec<FileId>),
    /// The user asks about this row: a model says why, whatever its verdict.
    Why(FileId),
    /// Judge these files again; all of them where the list is empty.
    Rejudge(Vec<FileId>),
    /// Send what files define whose names fit this part of a name.
    Names(Arc<str>),
    /// Send the ledger's rows that have no verdict.
    Ledger,
}
