//! Noticing that files under review changed on disk: their hunks are merged three ways and shown again at once, not only when
//! they are written.

use super::Desk;
use crate::command::file::Meeting;
use crate::domain::{EditId, EditState, Notice, Severity};
use crate::edit::Files;
use crate::text::amount::plural;

/// What became of one file of an edit.
struct Met {
    path: String,
    meeting: Meeting,
}

impl Desk {
    /// These files changed, were made or are gone.
    pub(super) fn changed_on_disk(&mut self, changed: &[String]) {
        let open: Vec<EditId> =
            self.edits.keys().copied().filter(|id| !self.going.contains_key(id)).collect();
        for id in open {
            self.meet(id, |path| changed.iter().any(|changed| changed == path));
        }
    }

    /// Merges the chosen files of an edit that waits for decisions with what they say now.
    pub(super) fn meet(&mut self, id: EditId, chosen: impl Fn(&str) -> bool) {
        let Some(draft) = self.edits.get_mut(&id).filter(|draft| draft.state == EditState::Proposed) else {
            return;
        };
        let mut met = Vec::new();
        for file in draft.files.iter_mut().filter(|file| chosen(&file.path)) {
            // What cannot be read now is told when it is written, if it still cannot be then.
            let Ok(now) = self.roots.read(&file.path) else { continue };
            match file.meet(now, &mut draft.names) {
                Ok(Meeting::Same) | Err(_) => {}
                Ok(meeting) => {
                    file.mark_errors();
                    met.push(Met { path: file.path.clone(), meeting });
                }
            }
        }
        if met.is_empty() {
            return;
        }
        // A file whose hunks all stand on disk by now has nothing left to decide.
        draft.files.retain(|file| !file.hunks.is_empty());
        let number = draft.number;
        let is_over = draft.files.is_empty();
        if is_over {
            draft.state = EditState::Dropped;
        }
        self.touched(id);
        self.notice(told(&met, number, is_over));
    }
}

fn told(met: &[Met], number: u32, is_over: bool) -> Notice {
    let names: Vec<&str> = met.iter().map(|met| met.path.as_str()).collect();
    let title = format!("{} changed on disk", names.join(", "));
    let conflicts: usize = met
        .iter()
        .map(|met| match met.meeting {
            Meeting::Conflicts(count) => count,
            Meeting::Same | Meeting::Moved => 0,
        })
        .sum();
    if is_over {
        let notice = Notice::new(Severity::Info, title);
        return notice.cause(format!("all that edit {number} proposes is there already"));
    }
    match conflicts {
        0 => Notice::new(Severity::Info, title)
            .cause(format!("the hunks of edit {number} were merged with what is there now")),
        count => Notice::new(Severity::Warning, title)
            .cause(format!(
                "{} of edit {number} cannot be merged with what is there now",
                plural(count as u64, "hunk")
            ))
            .hint("Decide what is marked `!`: keep what is on disk, or take the hunk"),
    }
}
