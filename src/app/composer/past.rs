//! The past: messages sent before, for the arrow keys and for searching, and the draft that one comes back to.

use std::collections::HashMap;

use crate::domain::Question;

/// Messages kept for the arrow keys.
const KEPT: usize = 500;

/// Messages sent before, oldest first, each once.
#[derive(Debug, Clone, Default)]
pub struct Past {
    sent: Vec<Question>,
    at: Option<usize>,
    draft: Option<Question>,
    /// Messages as they were changed while they were shown, by position.
    changed: HashMap<usize, Question>,
    search: Option<Search>,
}

/// A search for an earlier message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// What is searched.
    pub words: String,
    /// Whether nothing holds it.
    pub missed: bool,
}

impl Past {
    /// Takes messages of earlier sessions, oldest first, as older than all of this one.
    pub fn recall(&mut self, mut older: Vec<Question>) {
        older.retain(|question| !self.sent.iter().any(|sent| sent.text == question.text));
        older.drain(..older.len().saturating_sub(KEPT.saturating_sub(self.sent.len())));
        let by = older.len();
        self.at = self.at.map(|at| at + by);
        self.changed = self.changed.drain().map(|(at, question)| (at + by, question)).collect();
        older.append(&mut self.sent);
        self.sent = older;
    }

    /// Adds a message that was sent; one that was sent before is the newest again.
    pub fn add(&mut self, question: Question) {
        self.leave();
        self.sent.retain(|sent| sent.text != question.text);
        self.sent.push(question);
        if self.sent.len() > KEPT {
            self.sent.remove(0);
        }
    }

    /// The message before the one shown; what is typed comes back when one returns to it.
    pub fn older(&mut self, typed: Question) -> Option<Question> {
        let mut at = self.at.unwrap_or(self.sent.len()).checked_sub(1)?;
        // What was recalled and not changed would come up twice.
        if self.at.is_none() && self.sent[at].text == typed.text {
            at = at.checked_sub(1)?;
        }
        self.set_aside(typed);
        self.at = Some(at);
        self.shown()
    }

    /// The message after the one shown, last of all the draft; `None` where the draft is shown already.
    pub fn newer(&mut self, typed: Question) -> Option<Question> {
        let at = self.at? + 1;
        self.set_aside(typed);
        self.at = Some(at).filter(|at| *at < self.sent.len());
        if self.at.is_some() { self.shown() } else { self.draft.take() }
    }

    /// Forgets draft and changes; the arrows begin anew.
    pub fn leave(&mut self) {
        *self = Self { sent: std::mem::take(&mut self.sent), ..Self::default() };
    }

    /// The search, while one goes on.
    pub fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// Begins a search, or goes on to the next older message that holds the words.
    pub fn search_on(&mut self, typed: Question) -> Option<Question> {
        if self.search.is_none() {
            self.search = Some(Search::default());
            self.set_aside(typed);
            return None;
        }
        self.find(self.at.unwrap_or(self.sent.len()))
    }

    /// Changes what is searched; the newest message that holds it comes back.
    pub fn search_for(&mut self, change: impl FnOnce(&mut String)) -> Option<Question> {
        change(&mut self.search.as_mut()?.words);
        self.find(self.sent.len())
    }

    /// Ends a search; what it found stays.
    pub fn take_found(&mut self) -> bool {
        self.search.take().is_some()
    }

    /// Ends a search; the draft comes back.
    pub fn drop_search(&mut self) -> Option<Question> {
        self.search.take()?;
        self.at = None;
        self.draft.take()
    }

    fn find(&mut self, below: usize) -> Option<Question> {
        let search = self.search.as_mut()?;
        let words = search.words.to_lowercase();
        let holds = |sent: &Question| sent.text.to_lowercase().contains(&words);
        let found = self.sent[..below].iter().rposition(|sent| !words.is_empty() && holds(sent));
        search.missed = found.is_none() && !words.is_empty();
        self.at = Some(found?);
        self.shown()
    }

    fn shown(&self) -> Option<Question> {
        let at = self.at?;
        self.changed.get(&at).or_else(|| self.sent.get(at)).cloned()
    }

    /// Keeps what is typed: the draft, or an earlier message that was changed.
    fn set_aside(&mut self, typed: Question) {
        match self.at {
            None => self.draft = Some(typed),
            Some(at) if self.sent.get(at).is_some_and(|sent| sent.text != typed.text) => {
                self.changed.insert(at, typed);
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(texts: &[&str]) -> Past {
        let mut past = Past::default();
        for text in texts {
            past.add(Question::new(*text));
        }
        past
    }

    fn draft() -> Question {
        Question::new("draft")
    }

    #[test]
    fn the_arrows_go_through_what_was_sent_and_back_to_the_draft() {
        let mut past = past(&["a", "b", "a"]);
        assert_eq!(&*past.older(draft()).unwrap().text, "a");
        assert_eq!(&*past.older(Question::new("a")).unwrap().text, "b");
        assert_eq!(past.older(Question::new("b")), None, "each is there once");
        assert_eq!(&*past.newer(Question::new("b")).unwrap().text, "a");
        assert_eq!(&*past.newer(Question::new("a")).unwrap().text, "draft");
        assert_eq!(past.newer(draft()), None);
    }

    #[test]
    fn a_message_that_was_changed_while_shown_stays_so() {
        let mut past = past(&["a", "b"]);
        past.older(draft());
        past.older(Question::new("b, changed"));
        assert_eq!(&*past.newer(Question::new("a")).unwrap().text, "b, changed");
        past.add(Question::new("c"));
        past.older(draft());
        assert_eq!(&*past.older(Question::new("c")).unwrap().text, "b", "until something is sent");
    }

    #[test]
    fn earlier_sessions_are_older_than_this_one() {
        let mut past = past(&["new"]);
        past.recall(vec![Question::new("old"), Question::new("new")]);
        past.older(draft());
        assert_eq!(&*past.older(Question::new("new")).unwrap().text, "old");
    }

    #[test]
    fn a_search_finds_the_newest_first_and_gives_the_draft_back() {
        let mut past = past(&["fix the budget", "read the Budget", "other"]);
        assert_eq!(past.search_on(draft()), None);
        assert_eq!(&*past.search_for(|words| words.push_str("budg")).unwrap().text, "read the Budget");
        let shown = Question::new("read the Budget");
        assert_eq!(&*past.search_on(shown.clone()).unwrap().text, "fix the budget");
        assert_eq!(past.search_on(shown), None);
        assert!(past.search().unwrap().missed);
        assert_eq!(&*past.drop_search().unwrap().text, "draft");
        assert_eq!(past.search(), None);
    }
}
