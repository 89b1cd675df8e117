//! Retrieved: files that help with an edit and may not change, as its prompt shows them.

use std::sync::Arc;

use super::ask::Addressee;
use super::assemble::Assembler;
use super::budget::Room;
use super::candidate::{Candidate, Matter};
use super::parts::Wanted;
use crate::domain::{ContextItem, ContextKey, ContextSource};

/// What an edit's prompt is given besides the files that it may change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Retrieved {
    /// The files as text, each fenced by a marker and numbered `[n]`; empty where nothing is sent. Lines stand behind
    /// their number and a bar, which are not part of the file.
    pub text: String,
    /// What is in it, listed; then what is not, and why.
    pub items: Vec<ContextItem>,
    /// The files whose text is in it, as [`Call::files`](crate::llm::Call::files) wants them.
    pub files: Vec<Arc<str>>,
}

impl Assembler {
    /// The best of these files, by their paths as shown and best first, for a request, in at most so many tokens as the
    /// model counts.
    pub fn retrieved(&mut self, paths: &[Arc<str>], request: &str, to: &Addressee, most: u32) -> Retrieved {
        let candidates: Vec<Candidate> = paths.iter().map(|path| self.of_path(path)).collect();
        let wanted = Wanted::new(&[request]);
        let room = Room::only(most);
        let claimed = self.desk(to, &wanted).decide(candidates, &room);
        let mut listing = self.listing();
        let blocks: Vec<_> = claimed.into_iter().filter_map(|claimed| listing.take(claimed)).collect();
        let text = blocks.iter().map(super::prompt::Block::render).collect::<Vec<_>>().join("\n");
        let files = std::mem::take(&mut listing.files);
        Retrieved { text, items: listing.finish(), files }
    }

    fn of_path(&mut self, path: &Arc<str>) -> Candidate {
        let key = ContextKey::File(Arc::clone(path));
        let Some(named) = self.names.file(path) else {
            let none = Matter::Nothing("no such file".into());
            return Candidate::new(key, ContextSource::Judged, Arc::clone(path), none);
        };
        let mut candidate =
            Candidate::new(key, ContextSource::Judged, Arc::clone(path), Matter::File(named.place));
        candidate.file = named.file;
        // Whoever lists them has chosen them.
        candidate.probability = 1.0;
        candidate.because("helps with the edit")
    }
}
