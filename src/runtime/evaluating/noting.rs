//! Noting: which files a person pins and excludes and answers cite, with the request, for tuning later.
//!
//! Nothing of it leaves the machine. Nothing waits: what is heard goes to the store's queue. Nothing is noted outside a
//! repository, without a request, or where the configuration says so.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::keep;
use crate::domain::{
    AnswerState, Answerer, ChatCommand, ChatEvent, CommitId, ContextKey, Feedback, FeedbackKind,
    QueryCommand, RelPath, RootId, TreeEvent, Turn, TurnBody, TurnId,
};
use crate::query::{Places, root_names};
use crate::store::Store;

/// Longer requests are pasted texts, which say little of what was looked for.
const LONGEST: usize = 2_000;

/// Hears what happens and notes it.
pub struct Noter {
    store: Store,
    roots: Vec<PathBuf>,
    /// The names of the repositories in the store, root by root.
    keys: Vec<String>,
    places: Places,
    notes: Arc<AtomicBool>,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    /// What the query line, or the chat in its name, asked last.
    asked: Arc<str>,
    /// What was searched for the answer that goes on.
    searched: Option<Arc<str>>,
    heads: FxHashMap<RootId, CommitId>,
    questions: FxHashMap<TurnId, Arc<str>>,
    /// Answers whose citations are noted, or were before.
    noted: FxHashSet<TurnId>,
}

impl Noter {
    /// Notes into this store, as long as `notes` says so.
    pub fn new(store: Store, roots: Vec<PathBuf>, places: Places, notes: Arc<AtomicBool>) -> Self {
        let keys = roots.iter().map(|root| keep::key(root)).collect();
        Self { store, roots, keys, places, notes, heard: Mutex::default() }
    }

    /// Hears what the person tells the query engine.
    pub fn query(&self, command: &QueryCommand) {
        match command {
            QueryCommand::Ask(request) => self.heard().asked = Arc::clone(&request.text),
            QueryCommand::Pin(file, on) => self.file(*file, FeedbackKind::Pinned, *on),
            QueryCommand::Exclude(file, on) => self.file(*file, FeedbackKind::Excluded, *on),
            QueryCommand::GoOn(_)
            | QueryCommand::Cancel
            | QueryCommand::Task(_)
            | QueryCommand::Preview(_)
            | QueryCommand::Explain(_)
            | QueryCommand::Why(_)
            | QueryCommand::Rejudge(_)
            | QueryCommand::Names(_)
            | QueryCommand::Ledger => {}
        }
    }

    /// Hears what the person tells the chat: items of the tray that are files, pinned or left out.
    pub fn chat(&self, command: &ChatCommand) {
        let (key, kind, on) = if let ChatCommand::Pin(key, on) = command {
            (key, FeedbackKind::Pinned, *on)
        } else if let ChatCommand::Exclude(key, on) = command {
            (key, FeedbackKind::Excluded, *on)
        } else {
            return;
        };
        let request = Arc::clone(&self.heard().asked);
        if let Some((root, path)) = self.place(key) {
            self.note((root, path), kind, request, on);
        }
    }

    /// Hears what the chat tells: the files that a whole answer cites.
    pub fn told(&self, event: &ChatEvent) {
        if let ChatEvent::Search { text, sent: true, .. } = event {
            self.heard().searched = Some(Arc::clone(text));
        } else if let ChatEvent::Opened { turns, .. } | ChatEvent::Branch(turns) = event {
            let mut heard = self.heard();
            heard.noted.extend(turns.iter().filter(|turn| is_whole(turn)).map(|turn| turn.id));
            for turn in turns {
                remember(&mut heard, turn);
            }
        } else if let ChatEvent::Turn(turn) = event {
            self.turn(turn);
        }
    }

    /// Hears what the tree tells: which commit is checked out.
    pub fn tree(&self, event: &TreeEvent) {
        if let TreeEvent::Git(root, state) = event {
            let head = state.as_ref().and_then(|state| state.head);
            match head {
                Some(head) => self.heard().heads.insert(*root, head),
                None => self.heard().heads.remove(root),
            };
        }
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, file: crate::domain::FileId, kind: FeedbackKind, on: bool) {
        let request = Arc::clone(&self.heard().asked);
        if let Some(place) = self.places.get(file) {
            self.note(place, kind, request, on);
        }
    }

    fn turn(&self, turn: &Turn) {
        let mut heard = self.heard();
        remember(&mut heard, turn);
        let TurnBody::Answer(answer) = &turn.body else { return };
        // Without a model the files that were found stand for an answer: the judge would only hear itself.
        let said = answer.state == AnswerState::Done && matches!(answer.by, Answerer::Model(..));
        if !said || !heard.noted.insert(turn.id) {
            return;
        }
        let question = turn.parent.and_then(|parent| heard.questions.get(&parent).cloned());
        // A question that leans on the one before it says less than what was searched for it.
        let Some(request) = heard.searched.take().or(question) else { return };
        drop(heard);
        let cited = answer.context.iter().filter(|item| item.cited.is_some_and(|times| times > 0));
        for item in cited {
            if let Some(place) = self.place(&item.key) {
                self.note(place, FeedbackKind::Cited, Arc::clone(&request), true);
            }
        }
    }

    /// The root and path of an item that is a file.
    fn place(&self, key: &ContextKey) -> Option<(RootId, RelPath)> {
        let ContextKey::File(shown) = key else { return None };
        if let [_] = self.roots.as_slice() {
            return Some((RootId(0), RelPath::from(&**shown)));
        }
        let (name, path) = shown.split_once('/')?;
        let root = root_names(&self.roots).iter().position(|root| root == name)?;
        Some((RootId(u16::try_from(root).ok()?), RelPath::from(path)))
    }

    fn note(&self, (root, path): (RootId, RelPath), kind: FeedbackKind, request: Arc<str>, on: bool) {
        let is_request = request.chars().any(char::is_alphabetic) && request.len() <= LONGEST;
        let head = self.heard().heads.get(&root).copied();
        let (Some(head), Some(key), true) = (head, self.keys.get(usize::from(root.0)), is_request) else {
            return;
        };
        let feedback = Feedback { request, path, kind, head, at_ms: keep::now_ms() };
        if !on {
            self.store.take_feedback_back(key.clone(), feedback);
        } else if self.notes.load(Ordering::Relaxed) {
            self.store.put_feedback(key.clone(), feedback);
        }
    }
}

fn is_whole(turn: &Turn) -> bool {
    matches!(&turn.body, TurnBody::Answer(answer) if answer.state == AnswerState::Done)
}

fn remember(heard: &mut Heard, turn: &Turn) {
    if let TurnBody::Question(question) = &turn.body {
        heard.questions.insert(turn.id, Arc::clone(&question.text));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{
        Answer, AnswerMeters, ContextForm, ContextItem, ContextSource, ContextState, DetailLevel, Generation,
        GitState, JudgeName, Locality, ModelRef, QueryRequest, Question, TaskKind,
    };
    use crate::query::Catalog;

    struct Ground {
        noter: Noter,
        store: Store,
        notes: Arc<AtomicBool>,
        file: crate::domain::FileId,
    }

    fn ground() -> Ground {
        let roots = vec![PathBuf::from("/shop")];
        let mut catalog = Catalog::of(&roots);
        let file = catalog.intern(RootId(0), &"src/cart.rs".into());
        let (store, notes) = (Store::in_memory(), Arc::new(AtomicBool::new(true)));
        let noter = Noter::new(store.clone(), roots, catalog.places(), Arc::clone(&notes));
        let state = GitState { head: Some(CommitId([3; 20])), ..GitState::default() };
        noter.tree(&TreeEvent::Git(RootId(0), Some(state)));
        Ground { noter, store, notes, file }
    }

    impl Ground {
        fn ask(&self, text: &str) {
            self.noter.query(&QueryCommand::Ask(QueryRequest {
                generation: Generation(1),
                text: text.into(),
                judge: JudgeName::embedded(),
                details: DetailLevel::All,
            }));
        }

        fn noted(&self) -> Vec<(String, FeedbackKind, String)> {
            let found = self.store.feedback("/shop".into(), Duration::from_secs(10)).expect("an answer");
            let row = |it: &Feedback| (it.request.to_string(), it.kind, it.path.to_text().into_owned());
            found.iter().map(row).collect()
        }
    }

    fn question(id: i64, text: &str) -> Turn {
        let body = TurnBody::Question(Question::new(text));
        Turn { id: TurnId(id), parent: None, at_ms: 0, siblings: [TurnId(id)].into(), body }
    }

    fn answer(id: i64, state: AnswerState, cited: &[(&str, u32)]) -> Turn {
        let item = |(path, times): &(&str, u32)| ContextItem {
            key: ContextKey::File((*path).into()),
            number: 1,
            title: (*path).into(),
            file: None,
            lines: [].into(),
            form: ContextForm::Lines,
            tokens: 1,
            source: ContextSource::Judged,
            why: "".into(),
            state: ContextState::Sent,
            cited: Some(*times),
        };
        let answer = Answer {
            by: Answerer::Model(ModelRef::new("lab", "m"), Locality::Loopback),
            task: TaskKind::Chat,
            text: "".into(),
            thinking: "".into(),
            context: cited.iter().map(item).collect(),
            meters: AnswerMeters::default(),
            state,
            rating: None,
            beside: [].into(),
            picked: false,
        };
        let body = TurnBody::Answer(Box::new(answer));
        Turn { id: TurnId(id), parent: Some(TurnId(id - 1)), at_ms: 0, siblings: [TurnId(id)].into(), body }
    }

    #[test]
    fn pins_and_exclusions_are_noted_with_the_request_and_taken_back_with_it() {
        let ground = ground();
        ground.noter.query(&QueryCommand::Pin(ground.file, true));
        assert!(ground.noted().is_empty(), "nothing was asked");
        ground.ask("where is the cart emptied");
        ground.noter.query(&QueryCommand::Pin(ground.file, true));
        let key = ContextKey::File("src/session.rs".into());
        ground.noter.chat(&ChatCommand::Exclude(key.clone(), true));
        let request = "where is the cart emptied".to_owned();
        let pinned = (request.clone(), FeedbackKind::Pinned, "src/cart.rs".to_owned());
        let excluded = (request, FeedbackKind::Excluded, "src/session.rs".to_owned());
        let mut noted = ground.noted();
        noted.sort_by_key(|row| row.1);
        assert_eq!(noted, [pinned.clone(), excluded]);
        ground.noter.chat(&ChatCommand::Exclude(key, false));
        assert_eq!(ground.noted(), [pinned]);
    }

    #[test]
    fn a_whole_answer_notes_what_it_cites_once_under_what_was_searched() {
        let ground = ground();
        ground.noter.told(&ChatEvent::Turn(question(1, "and why?")));
        let search = ChatEvent::Search { number: 1, text: "why is the cart emptied".into(), sent: true };
        ground.noter.told(&search);
        let cited = [("src/cart.rs", 2), ("src/session.rs", 0)];
        ground.noter.told(&ChatEvent::Turn(answer(2, AnswerState::Streaming, &cited)));
        assert!(ground.noted().is_empty(), "it goes on");
        ground.noter.told(&ChatEvent::Turn(answer(2, AnswerState::Done, &cited)));
        let row = ("why is the cart emptied".to_owned(), FeedbackKind::Cited, "src/cart.rs".to_owned());
        assert_eq!(ground.noted(), [row]);
        ground.store.forget_feedback("/shop".into());
        ground.noter.told(&ChatEvent::Turn(answer(2, AnswerState::Done, &cited)));
        assert!(ground.noted().is_empty(), "an answer that is rated later was noted before");
        let old = vec![question(7, "where is the login"), answer(8, AnswerState::Done, &cited)];
        ground.noter.told(&ChatEvent::Branch(old.clone()));
        ground.noter.told(&ChatEvent::Turn(old[1].clone()));
        assert!(ground.noted().is_empty(), "answers of earlier are not noted again");
    }

    #[test]
    fn nothing_is_noted_where_the_configuration_says_so_or_there_is_no_commit() {
        let ground = ground();
        ground.ask("where is the cart emptied");
        ground.notes.store(false, Ordering::Relaxed);
        ground.noter.query(&QueryCommand::Pin(ground.file, true));
        ground.notes.store(true, Ordering::Relaxed);
        ground.noter.tree(&TreeEvent::Git(RootId(0), None));
        ground.noter.query(&QueryCommand::Pin(ground.file, true));
        assert!(ground.noted().is_empty());
    }
}
