//! Pane: what the list of M Query and the tray beside it show, which is what an edit is given as context.

use std::sync::Arc;

use crate::chat::Found;
use crate::chat::context::{JudgedFile, Wishes};
use crate::domain::{ContextKey, ContextSource, ContextState, QueryEvent, RankedRow, Tray};

/// Files judged yes that are looked at: more are never sent.
const MOST_JUDGED: usize = 64;

/// The list, and what the person decided of it.
#[derive(Debug, Clone, Default)]
pub struct Pane {
    found: Found,
    wishes: Wishes,
}

impl Pane {
    /// A ranking without a screen, and nothing decided of it.
    pub fn of(found: Found) -> Self {
        Self { found, wishes: Wishes::default() }
    }

    /// Takes what the query engine tells.
    pub fn hear(&mut self, event: &QueryEvent) {
        self.found.take(event);
    }

    /// Takes the tray as it is shown: its pins, what is left out of it, and its budget.
    pub fn see(&mut self, tray: &Tray) {
        let keys = |is: &dyn Fn(&crate::domain::ContextItem) -> bool| -> Vec<ContextKey> {
            tray.items.iter().filter(|item| is(item)).map(|item| item.key.clone()).collect()
        };
        self.wishes = Wishes {
            pinned: keys(&|item| item.source == ContextSource::Pinned),
            excluded: keys(&|item| item.state == ContextState::Excluded),
            moved: Vec::new(),
            budget: tray.budget_by_user.then_some(tray.budget),
        };
    }

    /// The files judged yes that are not left out, best first.
    pub fn judged(&self) -> Vec<JudgedFile> {
        let left_out = |file: &JudgedFile| {
            self.wishes.excluded.iter().any(|key| matches!(key, ContextKey::File(path) if *path == file.path))
        };
        let mut judged = self.found.judged(MOST_JUDGED);
        judged.retain(|file| !left_out(file));
        judged
    }

    /// All rows of the list.
    pub fn rows(&self) -> &Arc<[RankedRow]> {
        &self.found.rows
    }

    /// What the person decided.
    pub const fn wishes(&self) -> &Wishes {
        &self.wishes
    }
}
