//! Conversations for tests of the screen: turns as the chat service tells them.

use std::sync::Arc;
use std::time::Duration;

use quarry::app::Msg;
use quarry::domain::{
    Answer, AnswerMeters, AnswerState, Answerer, ChatEvent, ContextForm, ContextItem, ContextKey,
    ContextSource, ContextState, FileId, Locality, ModelRef, Question, SessionHead, SessionId, Span,
    TaskKind, Turn, TurnBody, TurnId,
};

use super::Stage;

/// Some minutes before the time that stages live in.
const AT: i64 = 1_794_999_720_000;

/// The answer that LOOK.md shows, with some of everything that Markdown has.
pub const ANSWER: &str =
    "The two pools share one `Budget`. `Router::resolve` hands both tasks the same `Arc<Mutex<_>>` [1], \
so a 429 retried by the judge pool spends permits that the chat pool counts on [2].

## What happens

1. a judge call is **refused** with 429
2. the retry takes a permit from the *shared* budget
   - the chat pool sees one permit less
   - ~~nothing~~ nobody notices

```rust
let budget = self.budgets.entry(task.pool()).or_default();
budget.take(1)?; // spends for both
```

| pool | permits | who spends |
|:-----|--------:|:-----------|
| judge | 16 | every file, and every retry of it |
| chat | 4 | one a message |

> The cap is per query, not per pool.

See [the notes](https://example.org/retry) and `src/net/budget.rs`. The cost is $O(n)$.
";

pub fn head() -> SessionHead {
    SessionHead {
        id: SessionId(1),
        title: "Why does a 429 drain the chat budget".into(),
        roots: "retry-lab".into(),
        began_ms: AT,
        changed_ms: AT,
        turns: 2,
        from: None,
        elsewhere: false,
    }
}

pub fn item(number: u16, path: &str, line: u32, cited: Option<u32>) -> ContextItem {
    ContextItem {
        key: ContextKey::File(path.into()),
        number,
        title: path.into(),
        file: Some(FileId(u32::from(number))),
        lines: Arc::from([Span { first: line, last: line + 40 }]),
        form: ContextForm::Lines,
        tokens: 900,
        source: ContextSource::Judged,
        why: "hands out permits".into(),
        state: ContextState::Sent,
        cited,
    }
}

pub fn turn(id: i64, minute: i64, body: TurnBody) -> Turn {
    Turn {
        id: TurnId(id),
        parent: (id > 1).then_some(TurnId(id - 1)),
        at_ms: AT + minute * 60_000,
        siblings: Arc::from([TurnId(id)]),
        body,
    }
}

pub fn question(id: i64, minute: i64, text: &str) -> Turn {
    turn(id, minute, TurnBody::Question(Question::new(text)))
}

pub fn meters() -> AnswerMeters {
    AnswerMeters {
        tokens_in: 12_431,
        cached_in: 9_000,
        tokens_out: 386,
        counted: true,
        first_token: Some(Duration::from_millis(412)),
        total: Duration::from_millis(10_600),
        tokens_per_second: Some(38.2),
        usd: Some(0.0123),
        window: Some(131_072),
    }
}

pub fn answer(text: &str, state: AnswerState) -> Answer {
    let cited = |count| if state.is_going() { None } else { Some(count) };
    Answer {
        by: Answerer::Model(ModelRef::new("lab", "qwen3-coder"), Locality::Loopback),
        task: TaskKind::Chat,
        text: text.into(),
        thinking: "".into(),
        context: Arc::from([
            item(1, "src/llm/router.rs", 64, cited(1)),
            item(2, "src/net/budget.rs", 47, cited(2)),
            item(3, "src/net/pool.rs", 12, cited(0)),
            item(4, "src/query/sched.rs", 101, cited(0)),
        ]),
        meters: if state.is_going() { AnswerMeters::default() } else { meters() },
        state,
        rating: None,
        beside: Arc::from([]),
        picked: false,
    }
}

pub fn answered(id: i64, minute: i64, answer: Answer) -> Turn {
    turn(id, minute, TurnBody::Answer(Box::new(answer)))
}

/// Opens a conversation of these turns, with the keyboard on it.
pub fn open(stage: &mut Stage, turns: Vec<Turn>) {
    stage.send(Msg::Chat(ChatEvent::Opened { head: head(), turns }));
    stage.keys("esc alt+2");
}

/// A question, and an answer in this state.
pub fn pair(stage: &mut Stage, answer: Answer) {
    let asked = question(1, 0, "Why does a 429 in the judge pool drain the chat budget too?");
    open(stage, vec![asked, answered(2, 0, answer)]);
}
