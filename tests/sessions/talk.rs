//! A program that holds a conversation, as the chat service does: it asks the scripted server, and each piece of the
//! answer is in the store before it is printed.

use std::io::Write;
use std::path::{Path, PathBuf};

use quarry::config::Protocol;
use quarry::domain::{
    Answer, AnswerMeters, AnswerState, Answerer, Locality, Question, SessionId, TaskKind, Turn, TurnBody,
    TurnId,
};
use quarry::llm::Chunk;
use quarry::llm::wire::Traits;
use quarry::store::{Conversations, Store};

use super::common::backend;

/// Questions that one program asks.
pub const QUESTIONS: usize = 3;

/// The store of these tests below a folder.
pub fn store(folder: &Path) -> Store {
    Store::at(folder.join("quarry.db"))
}

/// Another program that looks at the conversations.
pub fn look(folder: &Path) -> Conversations {
    Conversations::new(&store(folder), &[PathBuf::from("/tree")])
}

/// A question of the person.
pub fn question(parent: Option<TurnId>, text: &str) -> Turn {
    let body = TurnBody::Question(Question::new(text));
    Turn { id: Conversations::fresh_turn(), parent, at_ms: now_ms(), siblings: [].into(), body }
}

/// An answer from which more may come.
pub fn going(parent: TurnId) -> Turn {
    let answer = Answer {
        by: Answerer::Model(backend::model(), Locality::Loopback),
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
    Turn { id: Conversations::fresh_turn(), parent: Some(parent), at_ms: now_ms(), siblings: [].into(), body }
}

/// The same answer with its text, done.
pub fn done(turn: &Turn, text: &str) -> Turn {
    let mut turn = turn.clone();
    if let TurnBody::Answer(answer) = &mut turn.body {
        answer.text = text.into();
        answer.state = AnswerState::Done;
    }
    turn
}

/// All that the answers of a conversation say, and the state of the last.
pub fn said(turns: &[Turn]) -> (String, Option<AnswerState>) {
    let mut all = (String::new(), None);
    for turn in turns {
        if let TurnBody::Answer(answer) = &turn.body {
            all.0.push_str(&answer.text);
            all.1 = Some(answer.state.clone());
        }
    }
    all
}

fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

/// Holds a conversation whose first message is `name`; prints each piece once it is kept.
pub fn hold(folder: &Path, endpoint: &str, name: &str, out: &mut impl Write) -> SessionId {
    let client = backend::client(Protocol::OpenAi, endpoint);
    let mut kept = look(folder);
    let session = kept.begin(now_ms());
    kept.mark_open(Some(session));
    let mut last = None;
    for number in 0..QUESTIONS {
        let text = if number == 0 { name.to_owned() } else { format!("{name}, question {number}") };
        kept.put_draft(Some(session), &Question::new(text.as_str()), now_ms());
        let asked = question(last, &text);
        kept.append(session, &asked);
        kept.put_draft(Some(session), &Question::new(""), now_ms());
        let told = going(asked.id);
        kept.append(session, &told);
        let mut said = String::new();
        backend::runtime().block_on(async {
            let mut answer = client.stream(&backend::model(), &Traits::default(), backend::question(&text));
            while let Some(chunk) = answer.next().await {
                if let Chunk::Text(text) = chunk.unwrap() {
                    kept.append_delta(told.id, &text, "");
                    out.write_all(text.as_bytes()).unwrap();
                    out.flush().unwrap();
                    said.push_str(&text);
                }
            }
        });
        kept.replace(session, &done(&told, &said), now_ms());
        last = Some(told.id);
    }
    assert_eq!(kept.take_notice(), None);
    session
}
