//! Taking edits out of text that is there already: an answer of the chat, or one of its blocks of code.

use super::Desk;
use crate::command::attempt::Attempt;
use crate::command::draft::Draft;
use crate::command::snapshot::Snapshot;
use crate::domain::{EditState, EditTarget, Instruction, ModelRef, Notice, Severity};
use crate::edit::formats::read;
use crate::edit::{Directive, EditFormat, Files, Novelty, Refused, place_block};

/// One block of code, and the file that it names.
type Block = (Option<String>, Vec<String>);

impl Desk {
    pub(super) fn take_text(&mut self, text: &str, instruction: Instruction, by: Option<ModelRef>) {
        let number = self.number();
        let mut draft = Draft::new(instruction, number);
        draft.by = by;
        match blocks(text) {
            Some(blocks) => self.take_blocks(&mut draft, blocks),
            None => self.take_edits(&mut draft, text),
        }
        let id = draft.id;
        draft.mark_errors();
        draft.proposed = draft.hunks().count() as u32;
        draft.state =
            if draft.files.is_empty() { EditState::Failed(nothing(&draft)) } else { EditState::Proposed };
        let proposed = draft.state == EditState::Proposed;
        self.edits.insert(id, draft);
        self.touched(id);
        if proposed {
            self.remember(id);
        }
    }

    fn take_edits(&self, draft: &mut Draft, text: &str) {
        let snapshot = Snapshot::new(std::sync::Arc::clone(&self.roots), may_change(&draft.instruction));
        let mut attempt = Attempt::new(snapshot, EditFormat::Auto);
        attempt.push(text);
        attempt.stop();
        draft.take(attempt.changed());
        draft.refused = attempt.refused().cloned().collect();
        draft.why = attempt.why();
    }

    /// Blocks of code say nothing of what they replace; they are taken where that is certain.
    fn take_blocks(&self, draft: &mut Draft, blocks: Vec<Block>) {
        let (named, cited) = match &draft.instruction.target {
            EditTarget::Lines(path, span) => {
                (Some(path.to_string()), Some(span.first as usize..=span.last as usize))
            }
            EditTarget::Symbol(path, _) => (Some(path.to_string()), None),
            EditTarget::Files(paths) => match paths.as_slice() {
                [only] => (Some(only.to_string()), None),
                _ => (None, None),
            },
            EditTarget::Judged => (None, None),
        };
        for (path, lines) in blocks {
            let Some(path) = path.or_else(|| named.clone()) else {
                let why = "the block of code does not say which file it belongs to".to_owned();
                draft.refused.push(Refused { why, ..Refused::default() });
                continue;
            };
            let before = self.roots.read(&path);
            let cited = cited.as_ref().filter(|_| named.as_deref() == Some(path.as_str()));
            let change = before.and_then(|before| place_block(&path, before.as_deref(), &lines, cited));
            match change {
                Ok(change) => draft.take(vec![(path, Some(change))]),
                Err(why) => draft.refused.push(Refused::of(&path, &why)),
            }
        }
    }
}

/// The blocks of an answer that has no edits but blocks of code, or is one; `None` for any other.
fn blocks(text: &str) -> Option<Vec<Block>> {
    let mut blocks = Vec::new();
    for found in read(EditFormat::Auto, text) {
        match found {
            Ok(Directive::Write { path, lines, new: Novelty::Block, .. }) => blocks.push((path, lines)),
            Ok(
                Directive::Write { .. }
                | Directive::Replace { .. }
                | Directive::Within { .. }
                | Directive::Patch { .. }
                | Directive::Delete { .. },
            )
            | Err(_) => return None,
        }
    }
    if blocks.is_empty() {
        blocks.push((None, text.lines().map(str::to_owned).collect()));
    }
    Some(blocks)
}

/// The files that the instruction names; where it names none, all may be changed: whoever answered saw what it saw.
fn may_change(instruction: &Instruction) -> Option<Vec<String>> {
    let mut files: Vec<String> = match &instruction.target {
        EditTarget::Lines(path, _) | EditTarget::Symbol(path, _) => vec![path.to_string()],
        EditTarget::Files(paths) => paths.iter().map(ToString::to_string).collect(),
        EditTarget::Judged => Vec::new(),
    };
    files.extend(instruction.context.iter().map(ToString::to_string));
    (!files.is_empty()).then_some(files)
}

fn nothing(draft: &Draft) -> Notice {
    let why = draft
        .refused
        .first()
        .map_or("it holds no edit, or one that the files already have", |part| &part.why);
    Notice::new(Severity::Warning, "Nothing of this text can be applied")
        .cause(why)
        .hint("Ask for an edit of the file instead")
}
