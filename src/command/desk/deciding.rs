//! Decisions on hunks, and hunks that go back to the model.

use std::fmt::Write;
use std::sync::Arc;

use super::Desk;
use super::asking::Request;
use crate::command::draft::Draft;
use crate::command::file::DraftFile;
use crate::domain::{Decision, EditId, EditState, EditTarget, HunkId, Hunks, Instruction, Notice, Severity};
use crate::edit::Change;

impl Desk {
    pub(super) fn decide(&mut self, id: EditId, which: &Hunks, decision: Decision) {
        let Some(draft) = self.edits.get_mut(&id).filter(|draft| is_open(&draft.state)) else { return };
        if draft.decide(which, decision) {
            self.touched(id);
        }
    }

    pub(super) fn split(&mut self, id: EditId, hunk: HunkId, line: u32) {
        let Some(draft) = self.edits.get_mut(&id).filter(|draft| is_open(&draft.state)) else { return };
        let Some((file, names)) = draft.holder(hunk) else { return };
        match file.split(hunk.0, line as usize, names) {
            Ok(()) => self.touched(id),
            Err(why) => self.refuse("The hunk cannot be split there", why),
        }
    }

    pub(super) fn amend(&mut self, id: EditId, hunk: HunkId, lines: &[Arc<str>]) {
        let Some(draft) = self.edits.get_mut(&id).filter(|draft| is_open(&draft.state)) else { return };
        let Some((file, _)) = draft.holder(hunk) else { return };
        match file.amend(hunk.0, lines) {
            Ok(()) => self.touched(id),
            Err(why) => self.refuse("The hunk stays as it was", &why),
        }
    }

    /// Gives a hunk back to the model. It is taken out of the proposal; all others stand while the model works.
    pub(super) fn comment(&mut self, id: EditId, hunk: HunkId, comment: &str) {
        if self.going.contains_key(&id) {
            self.refuse("The model still writes", "wait until it is done, or stop it");
            return;
        }
        let Some(draft) = self.edits.get(&id).filter(|draft| is_open(&draft.state)) else { return };
        let Some(file) = draft.files.iter().find(|file| file.hunks.iter().any(|other| other.id == hunk.0))
        else {
            return;
        };
        let mut told = String::new();
        let diff = file
            .hunks
            .iter()
            .find(|other| other.id == hunk.0)
            .map(|draft| crate::edit::unified(file.text(), &[&draft.hunk]).replace("\r\n", "\n"));
        // Writing to a string cannot fail.
        let _ = write!(
            told,
            "{}\n\nYou proposed this for {}:\n\n{}\nThe person says: not like this. {comment}\n\nPropose this change anew, as \
             they say, and nothing else. Your other changes stand in the files already.",
            draft.instruction.text,
            file.path,
            diff.unwrap_or_default(),
        );
        let standing: Result<Vec<Option<Change>>, _> = draft
            .files
            .iter()
            .map(|file| file.change(|other| other.id != hunk.0 && !file.is_move(other)))
            .collect();
        let Ok(standing) = standing else { return };
        let target = match &draft.instruction.target {
            EditTarget::Judged => {
                EditTarget::Files(draft.files.iter().map(|file| file.path.as_str().into()).collect())
            }
            target @ (EditTarget::Lines(..) | EditTarget::Symbol(..) | EditTarget::Files(_)) => {
                target.clone()
            }
        };
        let instruction = Instruction { text: told.into(), target, ..draft.instruction.clone() };
        let request = Request { told: instruction, standing: standing.into_iter().flatten().collect() };
        if let Err(notice) = self.request(id, request) {
            self.notice(notice);
            return;
        }
        if let Some(draft) = self.edits.get_mut(&id)
            && let Some(back) = GivenBack::take(draft, hunk)
            && let Some(going) = self.going.get_mut(&id)
        {
            going.back = Some(back);
        }
        self.touched(id);
    }

    /// Asks again for what was refused; what was taken stands while the model works.
    pub(super) fn retry(&mut self, id: EditId) {
        if self.going.contains_key(&id) {
            self.refuse("The model still writes", "wait until it is done, or stop it");
            return;
        }
        let may =
            |state: &EditState| is_open(state) || matches!(state, EditState::Failed(_) | EditState::Written);
        let Some(draft) = self.edits.get(&id).filter(|draft| may(&draft.state)) else { return };
        let mut told = draft.instruction.clone();
        if !draft.refused.is_empty() {
            let said = crate::command::retry::told(&draft.refused, draft.hunks().count());
            told.text = format!("{}\n\nYou tried before. {said}", told.text).into();
        }
        if draft.state == EditState::Written {
            // Its changes stand in the files.
            let instruction = draft.instruction.clone();
            return self.ask_as(instruction, told);
        }
        let standing: Result<Vec<Option<Change>>, _> =
            draft.files.iter().map(|file| file.change(|hunk| !file.is_move(hunk))).collect();
        let Ok(standing) = standing else { return };
        let request = Request { told, standing: standing.into_iter().flatten().collect() };
        if let Err(notice) = self.request(id, request) {
            self.notice(notice);
        }
        self.touched(id);
    }

    pub(super) fn drop_edit(&mut self, id: EditId) {
        self.going.remove(&id);
        if let Some(draft) = self.edits.get_mut(&id) {
            draft.state = EditState::Dropped;
            self.touched(id);
        }
    }

    pub(super) fn refuse(&self, title: &str, why: &str) {
        self.notice(Notice::new(Severity::Warning, title).cause(why));
    }
}

/// A hunk that went back to the model, with its file: it is put back where nothing came in its place.
pub struct GivenBack {
    file: DraftFile,
    at: usize,
}

impl GivenBack {
    /// Takes a hunk out of its edit.
    fn take(draft: &mut Draft, hunk: HunkId) -> Option<Self> {
        let (file, _) = draft.holder(hunk)?;
        let at = file.hunks.iter().position(|other| other.id == hunk.0)?;
        let mut alone = file.clone();
        alone.hunks = vec![file.hunks.remove(at)];
        if file.hunks.is_empty() {
            draft.files.retain(|file| file.path != alone.path);
        }
        Some(Self { file: alone, at })
    }

    /// Puts it back.
    pub(super) fn put(self, draft: &mut Draft) {
        let Self { file: alone, at } = self;
        match draft.files.iter_mut().find(|file| file.path == alone.path) {
            Some(file) => {
                let at = at.min(file.hunks.len());
                file.hunks.splice(at..at, alone.hunks);
            }
            None => draft.files.push(alone),
        }
    }
}

/// Whether hunks of the edit may still be decided.
pub(super) const fn is_open(state: &EditState) -> bool {
    matches!(state, EditState::Streaming | EditState::Retrying(_) | EditState::Proposed)
}
