//! A folder with a store, and turns to put into it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::super::Conversations;
use crate::domain::*;
use crate::store::Store;

/// A folder that goes when it is dropped.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn file(&self) -> PathBuf {
        self.0.path().join("data/quarry.db")
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A program on the tree `/home/me/tree`.
    pub fn program(&self) -> Conversations {
        self.program_on("/home/me/tree")
    }

    pub fn program_on(&self, root: &str) -> Conversations {
        Conversations::new(&Store::at(self.file()), &[PathBuf::from(root)])
    }
}

pub fn question(parent: Option<TurnId>, text: &str) -> Turn {
    let body = TurnBody::Question(Question::new(text));
    Turn { id: Conversations::fresh_turn(), parent, at_ms: 1_000, siblings: [].into(), body }
}

/// An answer that is going.
pub fn answer(parent: TurnId) -> Turn {
    let answer = Answer {
        by: Answerer::Model(ModelRef::new("lab", "router/qwen3"), Locality::Loopback),
        task: TaskKind::Chat,
        text: "".into(),
        thinking: "".into(),
        context: [].into(),
        meters: AnswerMeters::default(),
        state: AnswerState::Streaming,
        rating: None,
        beside: [].into(),
        picked: false,
    };
    let body = TurnBody::Answer(Box::new(answer));
    Turn { id: Conversations::fresh_turn(), parent: Some(parent), at_ms: 2_000, siblings: [].into(), body }
}

/// The same answer, changed.
pub fn with(turn: &Turn, change: impl FnOnce(&mut Answer)) -> Turn {
    let mut turn = turn.clone();
    match &mut turn.body {
        TurnBody::Answer(answer) => change(answer),
        TurnBody::Question(_) | TurnBody::Summary { .. } => panic!("no answer"),
    }
    turn
}

/// The same answer, done with this text.
pub fn done(turn: &Turn, text: &str) -> Turn {
    with(turn, |answer| {
        answer.text = text.into();
        answer.state = AnswerState::Done;
    })
}

/// A question and its answer, both whole.
pub fn exchange(
    program: &mut Conversations,
    session: SessionId,
    asked: &str,
    told: &str,
) -> (TurnId, TurnId) {
    let question = question(program.branch(session).last().map(|turn| turn.id), asked);
    program.append(session, &question);
    let answer = done(&answer(question.id), told);
    program.append(session, &answer);
    (question.id, answer.id)
}

pub fn text(turn: &Turn) -> &str {
    match &turn.body {
        TurnBody::Question(question) => &question.text,
        TurnBody::Answer(answer) => &answer.text,
        TurnBody::Summary { text, .. } => text,
    }
}

pub fn texts(turns: &[Turn]) -> Vec<&str> {
    turns.iter().map(text).collect()
}

pub fn state(turn: &Turn) -> &AnswerState {
    match &turn.body {
        TurnBody::Answer(answer) => &answer.state,
        TurnBody::Question(_) | TurnBody::Summary { .. } => panic!("no answer"),
    }
}

/// One item of each kind that there is.
pub fn context() -> Arc<[ContextItem]> {
    let keys = [
        ContextKey::File("src/a.rs".into()),
        ContextKey::Lines("src/\"b\".rs".into(), 3, 9),
        ContextKey::Git(GitText::WorkingDiff),
        ContextKey::Git(GitText::Staged),
        ContextKey::Git(GitText::LastCommit),
        ContextKey::Instructions("AGENTS.md".into()),
        ContextKey::Attached("paste 1, 2 lines".into()),
        ContextKey::Conversation,
    ];
    let forms = [ContextForm::Whole, ContextForm::Lines, ContextForm::Outline];
    let sources = [
        ContextSource::Mentioned,
        ContextSource::Attached,
        ContextSource::Pinned,
        ContextSource::Instructions,
        ContextSource::Judged,
        ContextSource::Conversation,
    ];
    let states = [
        ContextState::Sent,
        ContextState::Excluded,
        ContextState::NoRoom,
        ContextState::Weak,
        ContextState::Unfit("no such file".into()),
    ];
    let item = |(at, key): (usize, &ContextKey)| ContextItem {
        key: key.clone(),
        number: at as u16,
        title: format!("title {at}").into(),
        file: None,
        lines: (0..at as u32).map(|line| Span { first: line, last: line + 3 }).collect(),
        form: forms[at % 3],
        tokens: 100 * at as u32,
        source: sources[at % 6],
        why: "holds the \\ budget".into(),
        state: states[at % 5].clone(),
        cited: (at % 2 == 0).then_some(at as u32),
    };
    keys.iter().enumerate().map(item).collect()
}

pub fn meters() -> AnswerMeters {
    AnswerMeters {
        tokens_in: 4_000,
        cached_in: 1_000,
        tokens_out: 321,
        counted: true,
        first_token: Some(Duration::from_micros(412_345)),
        total: Duration::from_micros(9_876_543),
        tokens_per_second: Some(33.5),
        usd: Some(0.0125),
        window: Some(131_072),
    }
}
