//! What an export holds, and what it lets nobody do.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::domain::{
    Answer, AnswerMeters, Answerer, Attachment, ContextForm, ContextItem, ContextKey, ContextSource,
    ContextState, Locality, ModelRef, Question, Rating, SessionId, Span, TaskKind, Thumb, TurnBody, TurnId,
};

fn head(title: &str) -> SessionHead {
    SessionHead {
        id: SessionId(0xabc),
        title: title.into(),
        roots: "/home/ann/shop".into(),
        began_ms: 1_795_000_000_000,
        changed_ms: 1_795_000_060_000,
        turns: 3,
        from: None,
        elsewhere: false,
    }
}

fn turn(id: i64, parent: Option<i64>, body: TurnBody) -> Turn {
    let at_ms = 1_795_000_000_000 + id * 1_000;
    Turn { id: TurnId(id), parent: parent.map(TurnId), at_ms, siblings: [].into(), body }
}

fn asked(text: &str) -> TurnBody {
    TurnBody::Question(Question::new(text))
}

fn told(text: &str, state: AnswerState) -> Answer {
    Answer {
        by: Answerer::Model(ModelRef::new("lab", "qwen_3"), Locality::Loopback),
        task: TaskKind::Chat,
        text: text.into(),
        thinking: "".into(),
        context: [].into(),
        meters: AnswerMeters::default(),
        state,
        rating: None,
        beside: [].into(),
        picked: false,
    }
}

fn item() -> ContextItem {
    ContextItem {
        key: ContextKey::File("src/a`b.rs".into()),
        number: 1,
        title: "src/a`b.rs".into(),
        file: None,
        lines: [Span { first: 3, last: 9 }].into(),
        form: ContextForm::Lines,
        tokens: 80,
        source: ContextSource::Judged,
        why: "holds *the* budget".into(),
        state: ContextState::Sent,
        cited: Some(2),
    }
}

fn as_markdown(turns: &[Turn]) -> String {
    markdown(&head("Budget"), turns, &TimeZone::UTC)
}

#[test]
fn for_people_it_is_the_branch_with_who_when_and_from_which_files() {
    let mut question = Question::new("why?");
    question.attachments = vec![Attachment::Text { name: "paste 1".into(), text: "```\ncode\n```\n".into() }];
    let answer = Answer { context: [item()].into(), ..told("Because [1].", AnswerState::Interrupted) };
    let turns = [
        turn(1, None, TurnBody::Question(question)),
        turn(2, Some(1), TurnBody::Answer(Box::new(answer))),
        turn(3, Some(2), TurnBody::Summary { text: "short".into(), covers: TurnId(2), turns: 2 }),
    ];
    assert_eq!(
        as_markdown(&turns),
        "# Budget\n\n/home/ann/shop · 2026-11-18\n\n## You · 2026-11-18 11:06\n\nwhy?\n\npaste 1:\n\n\
         ````\n```\ncode\n```\n````\n\n## lab/qwen\\_3 · 2026-11-18 11:06\n\nBecause [1].\n\n\
         *interrupted: the program ended*\n\n- \\[1\\] ``src/a`b.rs``: holds \\*the\\* budget\n\n\
         ## Summary of 2 turns · 2026-11-18 11:06\n\nshort\n"
    );
}

#[test]
fn no_message_changes_how_the_rest_reads() {
    let of = |text: &str| as_markdown(&[turn(1, None, asked(text)), turn(2, Some(1), asked("next"))]);
    let body = |text: &str| {
        let all = of(text);
        let start = all.find("\n\n## You").unwrap();
        let rest = &all[start + 2..];
        rest[rest.find("\n\n").unwrap() + 2..rest.rfind("\n\n## You").unwrap()].to_owned()
    };
    assert_eq!(body("```rust\nlet a = 1;"), "```rust\nlet a = 1;\n```", "a block that was never closed");
    assert_eq!(body("~~~~\n```\n~~~"), "~~~~\n```\n~~~\n~~~~");
    assert_eq!(body("```\n<b>\n```"), "```\n<b>\n```", "code stays as it is");
    assert_eq!(body("<!-- swallowed"), "\\<!-- swallowed");
    assert_eq!(body("<script>x</script>"), "\\<script>x\\</script>");
    assert_eq!(body("`Vec<u8>` or Vec<u8> or a < b"), "`Vec<u8>` or Vec\\<u8> or a < b");
    assert_eq!(body("<https://example.org>"), "<https://example.org>");
    assert_eq!(body("\\<b> ``a ` <i>`` <i>"), "\\<b> ``a ` <i>`` \\<i>");
    assert_eq!(body("`open <b>"), "`open \\<b>");
    let escape = of("a\u{1b}[31mred\u{202e}b\u{9b}c");
    assert!(!escape.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{escape:?}");
    let title = markdown(&head("a\n# b <i>"), &[], &TimeZone::UTC);
    assert_eq!(title.lines().filter(|line| line.starts_with('#')).count(), 1, "{title}");
    assert!(title.contains("\\<i\\>"));
}

#[test]
fn for_programs_it_is_one_object_with_all_branches() {
    let mut question = Question::new("first");
    let bytes: Arc<[u8]> = [1_u8, 2, 3][..].into();
    question.attachments = vec![Attachment::Image { name: "a.png".into(), mime: "image/png", bytes }];
    let answer = Answer {
        context: [item()].into(),
        rating: Some(Rating { thumb: Thumb::Down, word: "no\u{9b}t so".into() }),
        meters: AnswerMeters {
            tokens_in: 10,
            first_token: Some(Duration::from_millis(400)),
            ..AnswerMeters::default()
        },
        ..told("told\u{1b}[2J\u{202e}", AnswerState::CutShort("8,192 tokens".into()))
    };
    let shown =
        [turn(1, None, TurnBody::Question(question)), turn(2, Some(1), TurnBody::Answer(Box::new(answer)))];
    let all = [shown[0].clone(), shown[1].clone(), turn(3, None, asked("second"))];
    let text = json(&head("Budget"), &shown, &all);
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{text:?}");
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["id"], "0000000000000abc");
    assert_eq!(value["began"], "2026-11-18T11:06:40Z");
    let ids = |turns: &Value| {
        turns.as_array().unwrap().iter().map(|id| id.as_str().unwrap().len()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&value["shown"]), [16, 16]);
    let turns = value["turns"].as_array().unwrap();
    assert_eq!(turns.len(), 3);
    assert_eq!(turns[0]["attachments"][0]["base64"], "AQID");
    let answer = &turns[1];
    assert_eq!(answer["text"], "told\u{1b}[2J\u{202e}", "nothing is lost");
    assert_eq!((&answer["state"], &answer["why"]), (&"cut_short".into(), &"8,192 tokens".into()));
    assert_eq!(answer["parent"], turns[0]["id"]);
    assert_eq!(
        (&answer["rating"]["thumb"], &answer["rating"]["word"]),
        (&"down".into(), &"no\u{9b}t so".into())
    );
    assert_eq!(answer["context"][0]["lines"][0][1], 9);
    assert_eq!((&answer["usage"]["first_token_ms"], &answer["usage"]["usd"]), (&400.into(), &Value::Null));
}

#[test]
fn a_file_name_is_made_of_the_title() {
    assert_eq!(stem("Where is the cart cleared?"), "where-is-the-cart-cleared");
    assert_eq!(stem("../../etc/passwd"), "etc-passwd");
    assert_eq!(stem("?!"), "conversation");
    assert!(stem(&"long ".repeat(40)).len() <= NAME_LENGTH);
}

#[test]
fn nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.md");
    let written = write("t", "mine", ExportForm::Markdown, Some(path.clone())).unwrap();
    assert_eq!(written, path);
    let refused = write("t", "other", ExportForm::Markdown, Some(path.clone())).unwrap_err();
    assert!(refused.hint.unwrap().contains("another name"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}
