//! Retrieved: what helps with an edit and may not change, as its prompt shows it: the same items in the same form as a
//! question would be sent, within the room that the files to change leave.

use std::sync::Arc;

use super::ask::{Addressee, Asking, JudgedFile, Wishes};
use super::assemble::Assembler;
use super::budget::Room;
use super::candidate::Candidate;
use super::gather::{Gathered, Sources, of_named};
use super::parts::Wanted;
use super::prompt::{Block, INSTRUCTIONS};
use crate::domain::{ContextItem, Question};

/// What an edit is about, as far as its context goes.
#[derive(Debug, Clone, Copy)]
pub struct Editing<'a> {
    /// What was asked; files that it mentions are sent.
    pub instruction: &'a Arc<str>,
    /// Files that were chosen to help, by their paths as shown, best first.
    pub named: &'a [Arc<str>],
    /// Files judged yes, best first.
    pub judged: &'a [JudgedFile],
    /// What the person decided of the context.
    pub wishes: &'a Wishes,
    /// Files that are shown already, by their paths: those that may change.
    pub shown: &'a [String],
    /// Who reads it.
    pub to: &'a Addressee,
}

/// What an edit's prompt is given besides the files that it may change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Retrieved {
    /// The standing instructions of the project, with what is said before them; empty where there are none.
    pub instructions: String,
    /// The files as text, each fenced by a marker and numbered `[n]`; empty where nothing is sent. Lines stand behind
    /// their number and a bar, which are not part of the file.
    pub text: String,
    /// What is in it, listed; then what is not, and why.
    pub items: Vec<ContextItem>,
    /// The files whose text is in it, as [`Call::files`](crate::llm::Call::files) wants them.
    pub files: Vec<Arc<str>>,
}

impl Assembler {
    /// What helps with an edit, in at most so many tokens as the model counts.
    pub fn retrieved(&mut self, editing: &Editing<'_>, most: u32) -> Retrieved {
        self.begin();
        let question = Question::new(Arc::clone(editing.instruction));
        let asking = Asking {
            question: &question,
            request: editing.instruction,
            rules: "",
            turns: &[],
            judged: editing.judged,
            wishes: editing.wishes,
            to: editing.to,
            at_most: None,
        };
        let mut named: Vec<Candidate> = editing.named.iter().filter_map(|path| self.chosen(path)).collect();
        let Gathered { standing, asked, .. } = self.sources().gather(&asking);
        named.retain(|named| standing.iter().chain(&asked).all(|known| known.key != named.key));
        let is_shown = |candidate: &Candidate| {
            candidate.place().is_some_and(|place| editing.shown.iter().any(|shown| **shown == *place.shown))
        };
        let candidates = standing.into_iter().chain(named).chain(asked);
        let candidates: Vec<Candidate> = candidates.filter(|candidate| !is_shown(candidate)).collect();
        let wanted = Wanted::new(&[&**editing.instruction]);
        let room = Room::beside(editing.to, most, editing.wishes.budget);
        let claimed = self.desk(editing.to, &wanted).decide(candidates, &room);
        let mut listing = self.listing();
        let blocks: Vec<Block> = claimed.into_iter().filter_map(|claimed| listing.take(claimed)).collect();
        let (standing, cited): (Vec<Block>, Vec<Block>) =
            blocks.into_iter().partition(|block| block.number == 0);
        let joined = |blocks: &[Block]| blocks.iter().map(Block::render).collect::<Vec<_>>().join("\n");
        let instructions = if standing.is_empty() {
            String::new()
        } else {
            format!("{INSTRUCTIONS}\n\n{}", joined(&standing))
        };
        let text = joined(&cited);
        let files = std::mem::take(&mut listing.files);
        Retrieved { instructions, text, items: listing.finish(), files }
    }

    /// A file that was chosen to help; `None` where it is gone.
    fn chosen(&mut self, path: &str) -> Option<Candidate> {
        let named = self.names.file(path)?;
        Some(of_named(named).because("chosen to help"))
    }

    fn sources(&mut self) -> Sources<'_> {
        let (names, shelf, git) = (&mut self.names, &mut self.shelf, &mut self.git);
        Sources { names, shelf, git }
    }
}
