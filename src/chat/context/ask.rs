//! What the context of a question is assembled from, apart from the files themselves.

use std::sync::Arc;

use crate::domain::{
    ContextKey, FileId, Locality, ModelRef, Question, RankedRow, Span, StateKind, Tray, Turn,
};
use crate::llm::profiles::Tier;
use crate::llm::tokens::TokenScale;
use crate::llm::{Message, ModelInfo};

/// A file that the judge says helps.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedFile {
    /// The file.
    pub file: FileId,
    /// Its path as shown.
    pub path: Arc<str>,
    /// The judge's probability of yes, 0 to 1.
    pub probability: f32,
    /// The judge's reason; empty where it has given none.
    pub reason: Arc<str>,
    /// Lines that the judge points at, best first.
    pub spans: Arc<[Span]>,
}

impl JudgedFile {
    /// The row of a ranking, where it says yes; reason and lines come with the explanation.
    pub fn of(row: &RankedRow) -> Option<Self> {
        (row.state == StateKind::Yes).then(|| Self {
            file: row.file,
            path: Arc::clone(&row.path),
            probability: row.probability,
            reason: Arc::from(""),
            spans: Arc::from([]),
        })
    }
}

/// What the person decided of the context; holds from one message to the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Pinned items, oldest first.
    pub pinned: Vec<ContextKey>,
    /// Items left out.
    pub excluded: Vec<ContextKey>,
    /// Items moved in the order of claim: how many places down, negative for up, first moved first.
    pub moved: Vec<(ContextKey, i32)>,
    /// Tokens that context may take; `None` for what the model's window allows.
    pub budget: Option<u32>,
}

impl Wishes {
    /// Pins an item, or lets it go; a pinned item is not left out.
    pub fn pin(&mut self, key: ContextKey, pinned: bool) {
        self.pinned.retain(|known| *known != key);
        if pinned {
            self.excluded.retain(|known| *known != key);
            self.pinned.push(key);
        }
    }

    /// Leaves an item out, or takes it back; an item that is left out is not pinned.
    pub fn exclude(&mut self, key: ContextKey, excluded: bool) {
        self.excluded.retain(|known| *known != key);
        if excluded {
            self.pinned.retain(|known| *known != key);
            self.excluded.push(key);
        }
    }

    /// Moves an item so many places down, or up where negative.
    pub fn shift(&mut self, key: ContextKey, places: i32) {
        match self.moved.iter_mut().find(|(known, _)| *known == key) {
            Some((_, moved)) => *moved = moved.saturating_add(places),
            None => self.moved.push((key, places)),
        }
        self.moved.retain(|(_, moved)| *moved != 0);
    }
}

/// Who reads the context.
#[derive(Debug, Clone, PartialEq)]
pub struct Addressee {
    /// The model; `None` where there is none, and the context is only shown.
    pub model: Option<ModelRef>,
    /// Where it runs.
    pub locality: Locality,
    /// Tokens of prompt and answer together; `None` where unknown.
    pub window: Option<u32>,
    /// How good it is: a weaker one is confused by less.
    pub tier: Tier,
    /// How it counts tokens.
    pub scale: TokenScale,
    /// Whether it reasons before it answers, which takes room as well.
    pub reasons: bool,
    /// Whether it takes pictures; `None` where unknown.
    pub images: Option<bool>,
}

impl Addressee {
    /// Nobody: no model is set.
    pub fn nobody() -> Self {
        Self {
            model: None,
            locality: Locality::InProcess,
            window: None,
            tier: Tier::default(),
            scale: TokenScale::default(),
            reasons: false,
            images: None,
        }
    }

    /// A model, and how it was seen to count.
    pub fn new(info: &ModelInfo, scale: TokenScale) -> Self {
        Self {
            model: Some(info.model.clone()),
            locality: info.locality,
            window: info.window,
            tier: info.profile.tier,
            scale,
            reasons: info.profile.reasons,
            images: info.profile.images.or_else(|| info.can("images").then_some(true)),
        }
    }
}

/// A question with everything that bears on its context.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The message.
    pub question: &'a Question,
    /// The request that stands alone, made of it and of the conversation: what large files are read for.
    pub request: &'a str,
    /// What the task adds to the rules of every answer: how a review is written, say; may be empty.
    pub rules: &'a str,
    /// The turns before it on its branch, oldest first.
    pub turns: &'a [Turn],
    /// Files judged yes, best first.
    pub judged: &'a [JudgedFile],
    /// What the person decided.
    pub wishes: &'a Wishes,
    /// Who reads it.
    pub to: &'a Addressee,
    /// Tokens of context and conversation at most, after a model said that it was sent too much; see
    /// the error's own numbers.
    pub at_most: Option<u32>,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assembled {
    /// What is sent, listed.
    pub tray: Tray,
    /// The messages of the call, stable parts first.
    pub messages: Vec<Message>,
    /// The files whose text is in the messages, as [`Call::files`](crate::llm::Call::files) wants them.
    pub files: Vec<Arc<str>>,
    /// Tokens that the answer may take, hidden reasoning included.
    pub max_output: u32,
    /// What the person should know: mentions that name nothing, pictures for a model that takes none.
    pub remarks: Vec<Arc<str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> ContextKey {
        ContextKey::File(name.into())
    }

    #[test]
    fn a_pin_takes_back_an_exclusion_and_the_other_way_round() {
        let mut wishes = Wishes::default();
        wishes.exclude(key("a"), true);
        wishes.pin(key("a"), true);
        assert_eq!((wishes.pinned.len(), wishes.excluded.len()), (1, 0));
        wishes.exclude(key("a"), true);
        assert_eq!((wishes.pinned.len(), wishes.excluded.len()), (0, 1));
        wishes.exclude(key("a"), false);
        assert_eq!(wishes, Wishes::default());
    }

    #[test]
    fn moves_add_up_and_vanish_where_they_cancel() {
        let mut wishes = Wishes::default();
        wishes.shift(key("a"), -2);
        wishes.shift(key("b"), 1);
        wishes.shift(key("a"), -1);
        assert_eq!(wishes.moved, [(key("a"), -3), (key("b"), 1)]);
        wishes.shift(key("a"), 3);
        assert_eq!(wishes.moved, [(key("b"), 1)]);
    }
}
