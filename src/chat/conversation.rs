//! A conversation as a tree of turns: edits and retries make branches, and one branch is shown.
//!
//! Invariant: every turn's parent is in the tree, siblings stand in the order in which they came, and the branch shown
//! always leads from the first turn to a leaf.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::domain::{Answer, SessionHead, Turn, TurnBody, TurnId};

/// A conversation.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// What lists show of it.
    pub head: SessionHead,
    /// Whether the store has it.
    pub is_kept: bool,
    turns: FxHashMap<TurnId, Turn>,
    children: FxHashMap<Option<TurnId>, Vec<TurnId>>,
    leaf: Option<TurnId>,
}

impl Conversation {
    /// One without turns, that the store has not.
    pub fn new(head: SessionHead) -> Self {
        Self { head, is_kept: false, turns: FxHashMap::default(), children: FxHashMap::default(), leaf: None }
    }

    /// One that was kept: its turns in the order in which they came, and the last one of the branch to show, where that
    /// is known. Turns whose parent is missing are left out.
    pub fn kept(head: SessionHead, turns: Vec<Turn>, leaf: Option<TurnId>) -> Self {
        let mut conversation = Self { is_kept: true, ..Self::new(head) };
        let mut newest = None;
        for turn in turns {
            if turn.parent.is_none_or(|parent| conversation.turns.contains_key(&parent)) {
                newest = Some(turn.id);
                conversation.insert(turn);
            }
        }
        let leaf = leaf.filter(|leaf| conversation.turns.contains_key(leaf)).or(newest);
        conversation.leaf = leaf;
        if let Some(leaf) = leaf {
            conversation.show(leaf);
        }
        conversation
    }

    /// A turn.
    pub fn get(&self, turn: TurnId) -> Option<&Turn> {
        self.turns.get(&turn)
    }

    /// A turn that is an answer.
    pub fn answer(&self, turn: TurnId) -> Option<&Answer> {
        match &self.turns.get(&turn)?.body {
            TurnBody::Answer(answer) => Some(answer),
            TurnBody::Question(_) | TurnBody::Summary { .. } => None,
        }
    }

    /// A turn with its siblings, as it is told.
    pub fn told(&self, turn: TurnId) -> Option<Turn> {
        let known = self.turns.get(&turn)?;
        let siblings =
            self.children.get(&known.parent).map_or_else(Arc::default, |all| all.as_slice().into());
        Some(Turn { siblings, ..known.clone() })
    }

    /// The last turn of the branch that is shown.
    pub const fn leaf(&self) -> Option<TurnId> {
        self.leaf
    }

    /// The turns from the first to this one, without siblings.
    pub fn path_to(&self, turn: Option<TurnId>) -> Vec<&Turn> {
        let mut path = Vec::new();
        let mut next = turn;
        while let Some(turn) = next.and_then(|id| self.turns.get(&id)) {
            path.push(turn);
            next = turn.parent;
        }
        path.reverse();
        path
    }

    /// The branch that is shown, as it is told.
    pub fn branch(&self) -> Vec<Turn> {
        self.path_to(self.leaf).into_iter().filter_map(|turn| self.told(turn.id)).collect()
    }

    /// Adds a turn after its parent and shows the branch that it is on; whether it has siblings.
    pub fn add(&mut self, turn: Turn) -> bool {
        let (id, parent) = (turn.id, turn.parent);
        self.insert(turn);
        self.leaf = Some(id);
        self.children.get(&parent).is_some_and(|siblings| siblings.len() > 1)
    }

    /// Adds a turn beside those that are shown.
    pub fn add_beside(&mut self, turn: Turn) {
        self.insert(turn);
    }

    /// Changes an answer.
    pub fn change(&mut self, turn: TurnId, change: impl FnOnce(&mut Answer)) {
        if let Some(Turn { body: TurnBody::Answer(answer), .. }) = self.turns.get_mut(&turn) {
            change(answer);
        }
    }

    /// Shows the branch that a turn is on, following the newest turn at each fork below; whether there is that turn.
    pub fn show(&mut self, turn: TurnId) -> bool {
        if !self.turns.contains_key(&turn) {
            return false;
        }
        let mut leaf = turn;
        // A picked answer goes before a newer one beside it.
        while let Some(below) = self.children.get(&Some(leaf)).filter(|below| !below.is_empty()) {
            let picked = below.iter().find(|id| self.answer(**id).is_some_and(|answer| answer.picked));
            let newest = below.last();
            match picked.or(newest) {
                Some(next) => leaf = *next,
                None => break,
            }
        }
        self.leaf = Some(leaf);
        true
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// Every turn, parents first, branch by branch.
    pub fn all(&self) -> Vec<Turn> {
        let mut all = Vec::new();
        let mut open: Vec<TurnId> = self.below(None);
        while let Some(id) = open.pop() {
            all.extend(self.told(id));
            open.extend(self.below(Some(id)));
        }
        all
    }

    /// The turns after one, newest first.
    fn below(&self, turn: Option<TurnId>) -> Vec<TurnId> {
        self.children.get(&turn).into_iter().flatten().rev().copied().collect()
    }

    fn insert(&mut self, turn: Turn) {
        let siblings = self.children.entry(turn.parent).or_default();
        if !siblings.contains(&turn.id) {
            siblings.push(turn.id);
        }
        self.turns.insert(turn.id, turn);
        self.head.turns = u32::try_from(self.turns.len()).unwrap_or(u32::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Question, SessionId};

    fn head() -> SessionHead {
        SessionHead {
            id: SessionId(1),
            title: "".into(),
            roots: "".into(),
            began_ms: 0,
            changed_ms: 0,
            turns: 0,
            from: None,
            elsewhere: false,
        }
    }

    fn turn(id: i64, parent: Option<i64>) -> Turn {
        Turn {
            id: TurnId(id),
            parent: parent.map(TurnId),
            at_ms: id,
            siblings: Arc::default(),
            body: TurnBody::Question(Question::new(id.to_string())),
        }
    }

    fn shown(conversation: &Conversation) -> Vec<i64> {
        conversation.branch().iter().map(|turn| turn.id.0).collect()
    }

    #[test]
    fn an_edited_message_makes_a_branch_and_the_old_one_can_be_shown_again() {
        let mut talk = Conversation::new(head());
        for (id, parent) in [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(3))] {
            assert!(!talk.add(turn(id, parent)));
        }
        assert!(talk.add(turn(5, Some(2))), "3 is beside it");
        assert_eq!(shown(&talk), [1, 2, 5]);
        assert_eq!(*talk.branch()[2].siblings, [TurnId(3), TurnId(5)]);
        assert!(talk.show(TurnId(3)));
        assert_eq!(shown(&talk), [1, 2, 3, 4], "down to its newest turn");
        assert!(talk.show(TurnId(1)));
        assert_eq!(shown(&talk), [1, 2, 5], "the newest branch below");
        assert!(!talk.show(TurnId(9)));
    }

    #[test]
    fn a_kept_conversation_comes_back_on_its_branch_and_without_what_lost_its_parent() {
        let turns = vec![turn(1, None), turn(2, Some(1)), turn(3, Some(1)), turn(9, Some(8))];
        let talk = Conversation::kept(head(), turns.clone(), Some(TurnId(2)));
        assert_eq!((shown(&talk), talk.head.turns), (vec![1, 2], 3));
        let talk = Conversation::kept(head(), turns, None);
        assert_eq!(shown(&talk), [1, 3]);
        assert_eq!(talk.all().iter().map(|turn| turn.id.0).collect::<Vec<_>>(), [1, 2, 3]);
    }
}
