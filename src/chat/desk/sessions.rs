//! Sessions: which conversation is open, and the list of those that are kept.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Desk, Now, Parts};
use crate::chat::conversation::Conversation;
use crate::chat::export;
use crate::domain::{ChatEvent, ExportForm, Notice, SessionHead, SessionId, Severity, TurnId};
use crate::store::Reach;

/// Places where searched words stand that are told.
const MOST_HITS: usize = 100;

/// A conversation that has not begun: the store names it with its first message.
pub fn fresh_head(parts: &Parts, now: Now) -> SessionHead {
    let roots: Vec<_> = parts.context.roots.iter().map(|root| root.to_string_lossy()).collect();
    SessionHead {
        id: SessionId(0),
        title: Arc::from(""),
        roots: roots.join(", ").into(),
        began_ms: now.unix_ms,
        changed_ms: now.unix_ms,
        turns: 0,
        from: None,
        elsewhere: false,
    }
}

impl Desk {
    /// The conversation is in the store from its first message on.
    pub(super) fn keep_conversation(&mut self) {
        if self.talk.is_kept {
            return;
        }
        let id = self.parts.kept.begin(self.now.unix_ms);
        self.talk.is_kept = true;
        self.talk.head.id = id;
        self.parts.kept.mark_open(Some(id));
        self.tell_opened();
    }

    /// Begins a new conversation.
    pub(super) fn begin_new(&mut self) {
        self.leave();
        self.talk = Conversation::new(fresh_head(&self.parts, self.now));
        self.parts.kept.mark_open(None);
        self.tell_opened();
    }

    /// Opens a conversation, or the newest of these roots.
    pub(super) fn resume(&mut self, session: Option<SessionId>) {
        let session = session.or_else(|| self.parts.kept.list(Reach::TheseRoots).first().map(|head| head.id));
        let Some(head) = session.and_then(|session| self.parts.kept.head(session)) else {
            let title = if session.is_some() {
                "There is no such conversation"
            } else {
                "There is no conversation yet"
            };
            self.notice(
                Notice::new(Severity::Warning, title).hint("`quarry sessions` lists those there are"),
            );
            return;
        };
        self.leave();
        self.open(head);
    }

    fn open(&mut self, head: SessionHead) {
        let id = head.id;
        let leaf = self.parts.kept.branch(id).last().map(|turn| turn.id);
        let turns = self.parts.kept.all_turns(id);
        self.is_named = true;
        if head.elsewhere {
            let notice = Notice::new(Severity::Warning, "Another running Quarry has this conversation open");
            self.notice(notice.hint("What both add becomes branches of it"));
        }
        self.talk = Conversation::kept(head, turns, leaf);
        self.parts.kept.mark_open(Some(id));
        self.tell_opened();
        self.tell_unsent();
    }

    /// Stops what goes on in the open conversation.
    fn leave(&mut self) {
        self.cancel();
        self.round = None;
        self.queue.clear();
        self.tell_queue();
        (self.draft, self.sent, self.is_named, self.compacting) = (None, None, false, None);
    }

    fn tell_opened(&mut self) {
        let (head, turns) = (self.talk.head.clone(), self.talk.branch());
        self.tell(ChatEvent::Opened { head, turns });
    }

    /// Tells the conversations there are.
    pub(super) fn list(&mut self) {
        let heads = self.parts.kept.list(Reach::All);
        self.tell(ChatEvent::Sessions(heads));
    }

    /// Tells where words stand.
    pub(super) fn search_sessions(&mut self, words: Arc<str>) {
        let hits = self.parts.kept.search(&words, Reach::All, MOST_HITS);
        self.tell(ChatEvent::Hits(words, hits));
    }

    /// Gives a conversation a name.
    pub(super) fn rename(&mut self, session: SessionId, title: &str) {
        self.parts.kept.rename(session, title);
        let title = self.parts.kept.head(session).map_or_else(|| title.into(), |head| head.title);
        if self.talk.head.id == session {
            self.talk.head.title = Arc::clone(&title);
            self.is_named = true;
        }
        self.tell(ChatEvent::Renamed(session, title));
    }

    /// Begins a conversation that has the turns up to this one, and opens it.
    pub(super) fn branch_off(&mut self, turn: TurnId) {
        let branched = self.parts.kept.branch_off(turn, self.now.unix_ms);
        let Some(head) = branched.and_then(|session| self.parts.kept.head(session)) else { return };
        self.leave();
        self.open(head);
    }

    /// Deletes a conversation; a new one is begun where it was the open one.
    pub(super) fn delete(&mut self, session: SessionId) {
        if self.talk.is_kept && self.talk.head.id == session {
            self.begin_new();
        }
        self.parts.kept.delete(session);
        self.list();
    }

    /// Writes the open conversation to a file that does not exist yet.
    pub(super) fn export(&mut self, form: ExportForm, path: Option<PathBuf>) {
        if self.talk.is_empty() {
            let notice = Notice::new(Severity::Warning, "There is nothing to export yet");
            self.notice(notice.hint("Ask something first, or open a conversation"));
            return;
        }
        let head = &self.talk.head;
        let text = export::text(head, &self.talk.branch(), &self.talk.all(), form);
        match export::write(&head.title, &text, form, path) {
            Ok(path) => self.tell(ChatEvent::Exported(path)),
            Err(notice) => self.notice(notice),
        }
    }
}
