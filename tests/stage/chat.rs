//! Turns, a tray and conversations, as the chat service tells them.

use std::sync::Arc;

use quarry::domain::{
    Answer, AnswerMeters, AnswerState, Answerer, ContextForm, ContextItem, ContextKey, ContextSource,
    ContextState, FileId, Locality, Question, SessionHead, SessionHit, SessionId, Span, TaskKind, Tray, Turn,
    TurnBody, TurnId,
};

use super::models::model;

pub fn head(id: i64, title: &str) -> SessionHead {
    SessionHead {
        id: SessionId(id),
        title: title.into(),
        roots: "retry-lab".into(),
        began_ms: 1_794_990_000_000,
        changed_ms: 1_794_998_000_000,
        turns: 2,
        from: None,
        elsewhere: false,
    }
}

pub fn hit(session: i64, turn: i64, excerpt: &str) -> SessionHit {
    SessionHit { session: head(session, "Colours"), turn: TurnId(turn), excerpt: excerpt.into() }
}

/// The question of an odd number; its parent is the turn before.
pub fn question(id: i64) -> Turn {
    let body = TurnBody::Question(Question::new(format!("Question {id}")));
    Turn {
        id: TurnId(id),
        parent: (id > 1).then_some(TurnId(id - 1)),
        at_ms: 0,
        siblings: [TurnId(id)].into(),
        body,
    }
}

/// A whole answer to the question before it.
pub fn answer(id: i64) -> Turn {
    answered(id, id - 1, false)
}

/// One of several answers to the first question.
pub fn beside(id: i64, all: &[i64]) -> Turn {
    let mut turn = answered(id, 1, false);
    if let TurnBody::Answer(answer) = &mut turn.body {
        answer.beside = all.iter().map(|id| TurnId(*id)).collect();
    }
    turn
}

pub fn answered(id: i64, parent: i64, searches: bool) -> Turn {
    let text = if searches {
        ""
    } else {
        "Both share one `Budget` [1].\n\n```rust\nbudget.take(1)?;\n```\n\nThe router hands it out [2]."
    };
    let state = if searches {
        AnswerState::Searching { judged: 812, files: 1284, waits_for: "first files stable" }
    } else {
        AnswerState::Done
    };
    let answer = Answer {
        by: Answerer::Model(model("lab/unsloth/qwen3-coder-30b"), Locality::Loopback),
        task: TaskKind::Chat,
        text: text.into(),
        thinking: "".into(),
        context: tray().items,
        meters: AnswerMeters::default(),
        state,
        rating: None,
        beside: Arc::from([]),
        picked: false,
    };
    let body = TurnBody::Answer(Box::new(answer));
    Turn { id: TurnId(id), parent: Some(TurnId(parent)), at_ms: 0, siblings: [TurnId(id)].into(), body }
}

pub fn item(number: u16, path: &str) -> ContextItem {
    let file = match path {
        "src/net/budget.rs" => Some(FileId(1)),
        "src/llm/router.rs" => Some(FileId(4)),
        _ => None,
    };
    ContextItem {
        key: ContextKey::File(path.into()),
        number,
        title: path.into(),
        file,
        lines: [Span { first: 41, last: 58 }].into(),
        form: ContextForm::Lines,
        tokens: 320,
        source: ContextSource::Judged,
        why: "refuses a call once spent reaches the cap".into(),
        state: ContextState::Sent,
        cited: None,
    }
}

pub fn tray() -> Tray {
    let left_out = ContextItem { state: ContextState::NoRoom, number: 0, ..item(0, "src/llm/sse.rs") };
    Tray {
        items: vec![item(1, "src/net/budget.rs"), item(2, "src/llm/router.rs"), left_out].into(),
        tokens: 9_400,
        budget: 24_000,
        budget_by_user: false,
        window: Some(131_072),
        model: Some(model("lab/unsloth/qwen3-coder-30b")),
    }
}
