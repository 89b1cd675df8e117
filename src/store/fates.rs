//! What became of edits: hunks proposed and accepted, characters accepted, and how many of them the next commit still had.

use rusqlite::{Connection, params};

use super::worker::Loss;
use super::{Store, as_sql};
use crate::domain::{EditId, ModelRef, TaskKind};

/// What became of one edit, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditFate {
    /// The edit.
    pub edit: EditId,
    /// When it was proposed, milliseconds since the epoch.
    pub at_ms: i64,
    /// For which task.
    pub task: TaskKind,
    /// Who proposed it; `None` where no model did.
    pub model: Option<ModelRef>,
    /// Hunks proposed.
    pub hunks: u32,
    /// Of these, accepted and written; taken back ones do not count.
    pub accepted: u32,
    /// Characters of the lines that those hunks add.
    pub characters: u64,
    /// How many of these the next commit of the files had; `None` until there is one.
    pub standing: Option<u64>,
}

impl Store {
    /// Puts what became of an edit in the place of what was known of it: when it is proposed, written, taken back, and at
    /// the next commit. Never waits.
    pub fn put_edit_fate(&self, fate: EditFate) {
        self.write(Loss::MadeGood, move |connection| put(connection, &fate));
    }
}

fn put(connection: &Connection, fate: &EditFate) -> rusqlite::Result<()> {
    let (backend, model) = fate.model.as_ref().map_or(("", ""), |model| (&*model.backend, &*model.model));
    let sql = "INSERT OR REPLACE INTO edit_fate (edit, at_ms, task, backend, model, hunks, accepted, characters, standing) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    connection.prepare_cached(sql)?.execute(params![
        fate.edit.0,
        fate.at_ms,
        fate.task.name(),
        backend,
        model,
        fate.hunks,
        fate.accepted,
        as_sql(fate.characters),
        fate.standing.map(as_sql),
    ])?;
    Ok(())
}
