//! Writing, taking back and writing again, as commands of the person.

use super::Desk;
use super::deciding::is_open;
use crate::command::history::{HistoryError, Turned};
use crate::command::write::{WriteError, write};
use crate::domain::{EditEvent, EditId, EditState, Notice, Severity};

impl Desk {
    pub(super) fn write(&mut self, id: EditId) {
        if self.going.contains_key(&id) {
            self.refuse("The model still writes", "wait until it is done, or stop it");
            return;
        }
        let Some(draft) = self.edits.get_mut(&id).filter(|draft| is_open(&draft.state)) else { return };
        let shown = draft.files.clone();
        match write(draft, &self.roots, &*self.disk, (&self.history, &self.journals)) {
            Ok(changes) => {
                if !draft.waits() {
                    // What was written stays to be seen.
                    draft.files = shown;
                    draft.state = EditState::Written;
                }
                let paths =
                    changes.into_iter().map(|change| change.moved_to.unwrap_or(change.path).into()).collect();
                self.touched(id);
                self.tell_all();
                self.tell(EditEvent::Written(id, paths));
                self.tell_history();
                self.remember(id);
                if self.config.verify.is_some() {
                    self.run_check(id);
                }
            }
            Err(error) => {
                self.touched(id);
                self.notice(not_written(&error));
            }
        }
    }

    pub(super) fn undo(&mut self) {
        self.count_standing();
        let turned = self.history.undo(&*self.disk, &self.roots);
        self.turned(turned, &EditState::Undone);
    }

    pub(super) fn redo(&mut self) {
        let turned = self.history.redo(&*self.disk, &self.roots);
        self.turned(turned, &EditState::Written);
    }

    fn turned(&mut self, turned: Result<Turned, HistoryError>, state: &EditState) {
        match turned {
            Ok(turned) => {
                if let Some(draft) = self.edits.get_mut(&turned.edit)
                    && matches!(draft.state, EditState::Written | EditState::Undone)
                {
                    draft.state = state.clone();
                    self.touched(turned.edit);
                    self.tell_all();
                }
                let title = match state {
                    EditState::Undone => "Taken back",
                    EditState::Written
                    | EditState::Streaming
                    | EditState::Retrying(_)
                    | EditState::Proposed
                    | EditState::Dropped
                    | EditState::Failed(_) => "Written again",
                };
                let files = if turned.paths.is_empty() {
                    "the files say so already".to_owned()
                } else {
                    turned.paths.join(", ")
                };
                let title = format!("{title}: {}", turned.instruction);
                self.notice(Notice::new(Severity::Info, title).cause(files));
                self.tell_history();
                self.remember(turned.edit);
            }
            Err(error) => self.notice(not_turned(&error, state)),
        }
    }
}

fn not_turned(error: &HistoryError, state: &EditState) -> Notice {
    let title =
        if *state == EditState::Undone { "Nothing was taken back" } else { "Nothing was written again" };
    let notice = Notice::new(Severity::Warning, title).cause(error.to_string());
    match error {
        HistoryError::Overlap { .. } => {
            notice.hint("Take the later change back first, or mend the lines by hand")
        }
        HistoryError::Changed { .. } => notice.hint("Put the file back as it was, or mend it by hand"),
        HistoryError::NothingToUndo
        | HistoryError::NothingToRedo
        | HistoryError::Kept { .. }
        | HistoryError::Text { .. }
        | HistoryError::Apply(_) => notice,
    }
}

fn not_written(error: &WriteError) -> Notice {
    let notice = Notice::new(Severity::Warning, "Nothing was written").cause(error.to_string());
    match error {
        WriteError::Nothing => notice.hint("Accept a hunk first"),
        WriteError::Undecided { .. } => notice.hint("Decide the hunks that are marked with `!`"),
        WriteError::Moved { conflicts: 0, .. } => {
            notice.hint("Accepted hunks were merged with what is there now: look at them, then write again")
        }
        WriteError::Moved { .. } => notice
            .hint("Hunks were merged with what is there now; decide those marked with `!`, then write again"),
        WriteError::Text { .. } | WriteError::History(_) | WriteError::Apply(_) => notice,
    }
}
