//! Remembering what became of edits: proposed, written, taken back, and what the next commit has of them.

use super::Desk;
use crate::domain::{EditId, TaskKind};
use crate::store::EditFate;

impl Desk {
    /// Remembers an edit as it is now.
    pub(super) fn remember(&self, id: EditId) {
        let Some(store) = &self.store else { return };
        let fate = |at_ms, model, hunks| EditFate {
            edit: id,
            at_ms,
            task: TaskKind::Command,
            model,
            hunks,
            accepted: 0,
            characters: 0,
            standing: None,
        };
        match (self.history.figures(id), self.edits.get(&id)) {
            (Some(figures), _) => {
                let model = figures.by.as_deref().and_then(|name| name.parse().ok());
                store.put_edit_fate(EditFate {
                    accepted: figures.accepted,
                    characters: figures.characters,
                    standing: figures.standing,
                    ..fate(figures.asked_ms, model, figures.proposed)
                });
            }
            (None, Some(draft)) => {
                store.put_edit_fate(fate(draft.at_ms, draft.by.clone(), draft.proposed));
            }
            (None, None) => {}
        }
    }

    /// Looks whether commits came after what was written.
    pub(super) fn count_standing(&self) {
        for id in self.history.count_standing(&self.roots) {
            self.remember(id);
        }
    }
}
