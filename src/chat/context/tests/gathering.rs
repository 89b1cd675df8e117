//! What messages, pins, instructions and git bring along.

use std::sync::Arc;

use super::stage::{Stage, filler, listed, said_by};
use crate::domain::{
    Attachment, ContextForm, ContextKey, ContextSource, ContextState, GitText, Locality, Question,
};
use crate::llm::{Part, Role};

const FILES: &[(&str, &str)] = &[
    ("src/net/budget.rs", "pub struct Budget {\n    left: u32,\n}\n"),
    ("src/net/mod.rs", "pub mod budget;\n"),
    ("src/ui/mod.rs", "pub mod screen;\n"),
    ("docs/old notes.md", "# Old notes\n"),
    (".env", "KEY=hush\n"),
];

#[test]
fn a_message_brings_along_what_it_names() {
    let cases: &[(&str, &[&str])] = &[
        ("what is @src/net/budget.rs for?", &["1 sent src/net/budget.rs"]),
        ("what is @./src/net/budget.rs for?", &["1 sent src/net/budget.rs"]),
        ("what is @budget.rs for?", &["1 sent src/net/budget.rs"]),
        ("what is @BUDGET.rs for?", &["1 sent src/net/budget.rs"]),
        ("what is @net/mod.rs for?", &["1 sent src/net/mod.rs"]),
        ("read @\"docs/old notes.md\"", &["1 sent docs/old notes.md"]),
        ("see @src/net/budget.rs:2", &["1 sent src/net/budget.rs"]),
        ("see @src/net/budget.rs:200", &["0 unfit (it has only 3 lines) src/net/budget.rs"]),
        ("twice @src/net/mod.rs and @src/net/mod.rs", &["1 sent src/net/mod.rs"]),
        (
            "all of @src/net/",
            &["1 sent src/net/ (names of its files)", "2 sent src/net/budget.rs", "3 sent src/net/mod.rs"],
        ),
        ("what is in @.env", &["0 unfit (private by `*.env`: its text is never sent) .env"]),
        ("nothing named", &[]),
    ];
    for (text, expected) in cases {
        let mut stage = Stage::new(FILES);
        assert_eq!(listed(&stage.ask(text)), *expected, "{text}");
    }
}

#[test]
fn unknown_names_are_told_with_the_nearest_and_code_is_let_alone() {
    let cases: &[(&str, &[&str])] = &[
        (
            "see @budgit.rs",
            &["@budgit.rs is no file, folder or symbol here; did you mean @src/net/budget.rs?"],
        ),
        ("see @src/nett/", &["@src/nett/ is no file, folder or symbol here; did you mean @src/net/?"]),
        ("see @zzzzzzzz", &["@zzzzzzzz is no file, folder or symbol here"]),
        (
            "see @mod.rs",
            &["@mod.rs could be 2 things: src/net/mod.rs, src/ui/mod.rs ...; name one of them whole"],
        ),
        ("@Override\npublic void run() {}\nwhat does that do?", &[]),
        ("@app.route(\"/x\")\ndef x(): pass\nwhy?", &[]),
        ("why do we use @tanstack/react-query?", &[]),
        ("mail ann@example.org", &[]),
        ("explain `@Override`", &[]),
    ];
    for (text, expected) in cases {
        let remarks = Stage::new(FILES).ask(text).remarks;
        let remarks: Vec<&str> = remarks.iter().map(|remark| &**remark).collect();
        assert_eq!(remarks, *expected, "{text}");
    }
}

#[test]
fn a_symbol_brings_the_lines_that_define_it() {
    let code = format!("use x;\n{}pub fn take() {{\n    left -= 1;\n}}\n{}", filler(60), filler(60));
    let mut stage = Stage::with_symbols(&[("src/a.rs", &code)], &[("take", 0, 62, 64)]);
    let sent = stage.ask("what does @take do?");
    let item = &sent.tray.items[0];
    assert_eq!((item.form, &item.key), (ContextForm::Lines, &ContextKey::Lines("src/a.rs".into(), 62, 64)));
    assert_eq!(&*item.why, "defines take");
    let text = said_by(&sent.messages, Role::User);
    assert!(
        text.contains("62|pub fn take() {\n63|    left -= 1;\n64|}") && !text.contains("value_10 "),
        "{text}"
    );
}

#[test]
fn pins_stay_exclusions_go_and_pictures_need_a_model_that_takes_them() {
    let mut stage = Stage::new(FILES);
    stage.wishes.pin(ContextKey::File("src/ui/mod.rs".into()), true);
    stage.wishes.exclude(ContextKey::File("src/net/mod.rs".into()), true);
    stage.wishes.pin(ContextKey::File("gone.rs".into()), true);
    stage.judge(&[("src/net/mod.rs", 0.9), ("src/net/budget.rs", 0.8)]);
    let mut question = Question::new("how?");
    question.attachments = vec![
        Attachment::Text { name: "paste 1, 2 lines".into(), text: "panic\nat 3".into() },
        Attachment::Image { name: "a.png".into(), mime: "image/png", bytes: Arc::from([1_u8, 2].as_slice()) },
    ];
    let sent = stage.ask_all(&question);
    assert_eq!(
        listed(&sent),
        [
            "1 sent src/ui/mod.rs",
            "2 sent paste 1, 2 lines",
            "0 sent a.png",
            "3 sent src/net/budget.rs",
            "0 unfit (no such file) gone.rs",
            "0 excluded src/net/mod.rs",
        ]
    );
    let last = &sent.messages.last().unwrap().parts;
    assert!(matches!(last[1], Part::Image { mime: "image/png", .. }), "{last:?}");
    stage.to.images = Some(false);
    let sent = stage.ask_all(&question);
    assert!(
        listed(&sent).contains(&"0 unfit (lab/m takes no pictures) a.png".to_owned()),
        "{:?}",
        listed(&sent)
    );
}

#[test]
fn instructions_of_every_assistant_are_sent_once_the_general_before_the_nested() {
    let mut stage = Stage::new(&[
        ("AGENTS.md", "Use four spaces.\n"),
        ("CLAUDE.md", "Use four spaces.\n"),
        ("GEMINI.md", "# Gemini\n\n@AGENTS.md\n"),
        (".github/copilot-instructions.md", "Write tests first.\n"),
        (".cursor/rules/always.mdc", "---\nalwaysApply: true\n---\nNo unwrap.\n"),
        (".cursor/rules/css.mdc", "---\nglobs: *.css\nalwaysApply: false\n---\nUse rem.\n"),
        ("src/net/AGENTS.md", "Never block.\n"),
        ("src/ui/AGENTS.md", "Draw nothing twice.\n"),
        ("src/net/a.rs", "fn a() {}\n"),
    ]);
    stage.judge(&[("src/net/a.rs", 0.9)]);
    let sent = stage.ask("how is it sent?");
    let instructions: Vec<&str> = sent
        .tray
        .items
        .iter()
        .filter(|item| item.source == ContextSource::Instructions)
        .map(|item| &*item.title)
        .collect();
    assert_eq!(
        instructions,
        ["AGENTS.md", ".github/copilot-instructions.md", ".cursor/rules/always.mdc", "src/net/AGENTS.md"]
    );
    let system = said_by(&sent.messages, Role::System);
    assert!(system.contains("Never block.") && !system.contains("Draw nothing") && !system.contains("rem."));
    assert!(sent.messages[0].cache, "what stands first is marked for caches");
}

#[test]
fn git_has_its_texts_without_private_files_and_binary_ones_by_name() {
    let mut stage = Stage::new(&[("a.rs", "fn a() {}\n"), ("b.rs", "fn b() {}\n")]);
    stage.git(&["init", "--quiet"]);
    assert_eq!(listed(&stage.ask("@last-commit")), ["0 unfit (there is no commit yet) last commit"]);
    stage.git(&["add", "--all"]);
    stage.git(&["commit", "--quiet", "--message", "Begin\n\nwith two files"]);
    stage.assembler.refresh();
    assert_eq!(listed(&stage.ask("@diff")), ["0 unfit (nothing differs from the last commit) working diff"]);
    stage.write("a.rs", "fn a() { b() }\n");
    stage.write(".env", "KEY=hush\n");
    stage.write("picture.bin", [0_u8, 159, 146, 150]);
    stage.write("latin.txt", [b'n', 0xe9, b'e', b'\n']);
    stage.git(&["add", "a.rs"]);
    stage.write("b.rs", "fn b() { c() }\n");
    stage.assembler.refresh();
    let sent = stage.ask("@diff and @staged after @last-commit");
    let titles =
        ["1 sent working diff, 5 files", "2 sent staged diff, 1 file", "3 sent last commit, 2 files"];
    assert_eq!(listed(&sent), titles);
    let text = said_by(&sent.messages, Role::User);
    for there in [
        "+fn a() { b() }",
        "+fn b() { c() }",
        "[private by `*.env`: left out]",
        "    with two files",
        "Binary files differ",
    ] {
        assert!(text.contains(there), "{there}\n{text}");
    }
    assert!(!text.contains("hush"), "{text}");
    assert_eq!(sent.tray.items[0].key, ContextKey::Git(GitText::WorkingDiff));
}

#[test]
fn secrets_are_gone_where_a_file_goes_to_another_machine_and_its_lines_stay() {
    let mut stage = Stage::new(&[("a.rs", "one\nSECRET\nthree\n")]);
    assert!(said_by(&stage.ask("@a.rs").messages, Role::User).contains("2|SECRET\n"));
    stage.to.locality = Locality::Remote;
    assert!(said_by(&stage.ask("@a.rs").messages, Role::User).contains("2|[redacted]\n3|three"));
}

#[test]
fn a_file_that_changes_is_read_anew() {
    let mut stage = Stage::new(&[("a.rs", "before\n")]);
    assert!(said_by(&stage.ask("@a.rs").messages, Role::User).contains("1|before"));
    stage.write("a.rs", "after it\n");
    assert!(said_by(&stage.ask("@a.rs").messages, Role::User).contains("1|after it"));
    std::fs::remove_file(stage.dir.path().join("a.rs")).unwrap();
    assert_eq!(listed(&stage.ask("@a.rs")), ["0 unfit (no such file) a.rs"]);
}

#[test]
fn an_item_of_the_last_answer_is_named_by_its_number() {
    let mut stage = Stage::new(FILES);
    let context = stage.ask("@src/net/mod.rs @src/ui/mod.rs").tray.items.to_vec();
    stage.said("what?", "see [2]", context);
    let sent = stage.ask("explain @[2]");
    assert_eq!(sent.tray.items[1].title.as_ref(), "src/ui/mod.rs");
    assert_eq!(sent.tray.items[1].source, ContextSource::Mentioned);
}

#[test]
fn what_is_unfit_is_never_in_the_messages() {
    let mut stage = Stage::new(FILES);
    stage.write("big.bin", vec![0_u8; 10]);
    stage.judge(&[(".env", 0.99)]);
    let sent = stage.ask("@big.bin and @.env");
    assert!(
        sent.tray.items.iter().all(|item| matches!(item.state, ContextState::Unfit(_))),
        "{:?}",
        listed(&sent)
    );
    assert!(sent.files.is_empty() && !said_by(&sent.messages, Role::User).contains("hush"));
}
