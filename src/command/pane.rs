//! Pane: what the list of M Query and the tray beside it show, which is what an edit is given as context.

use crate::chat::Found;
use crate::chat::context::{Addressee, Assembler, Editing, JudgedFile, Retrieved, Wishes};
use crate::domain::{ContextKey, ContextSource, ContextState, Instruction, QueryEvent, Tray};

use super::scope::Scope;

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

    /// What helps with an instruction, for [`Prompt::new`](super::Prompt::new), which tells how many tokens are left for it.
    pub fn helping<'a>(
        &'a self,
        context: &'a mut Assembler,
        (instruction, scope): (&'a Instruction, &'a Scope),
        to: &'a Addressee,
    ) -> impl FnOnce(u32) -> Retrieved + 'a {
        let judged = self.judged();
        context.see(&self.found.rows);
        move |most| {
            let editing = Editing {
                instruction: &instruction.text,
                named: &scope.context,
                judged: &judged,
                wishes: &self.wishes,
                shown: &scope.changes,
                to,
            };
            context.retrieved(&editing, most)
        }
    }
}
