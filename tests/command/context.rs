//! What a model is shown besides the files that it may change: what the list and the tray show, and nothing else.

use quarry::domain::{
    ContextForm, ContextItem, ContextKey, ContextSource, ContextState, Counts, FileId, Generation,
    QueryEvent, RankCause, RankedRow, StateKind, Tray,
};
use quarry::runtime::{ServiceEvent, ServiceOptions, Services};

use super::*;

fn user(stage: &Stage) -> String {
    let sent = stage.server.requests().pop().unwrap().json();
    sent["messages"][1]["content"].as_str().unwrap().to_owned()
}

fn row(file: u32, path: &str, state: StateKind) -> RankedRow {
    RankedRow {
        file: FileId(file),
        path: path.into(),
        state,
        probability: 0.9,
        score: 0.9,
        stale: false,
        pinned: false,
        flipped: false,
    }
}

#[test]
fn a_file_that_the_instruction_mentions_and_the_instructions_of_the_project_are_shown() {
    let stage = Stage::new();
    stage.home.write("AGENTS.md", "Indent with tabs.\n");
    stage.home.write("src/b.rs", "pub const B: u32 = 7;\n");
    stage.answers(&[&block("    2;", "    B;")]);
    stage.send(EditCommand::Ask(instruction("use @src/b.rs")));
    stage.proposed();
    let user = user(&stage);
    let standing = user.find("Indent with tabs.").expect("the project's instructions");
    let reference = user.find("1|pub const B").expect("the file that was mentioned");
    let change = user.find("fn three").expect("the file to change");
    assert!(standing < reference && reference < change, "{user}");
    assert_eq!(user.matches("fn three").count(), 1, "what may change is shown once");
}

/// The list shows these.
fn listed(stage: &Stage, rows: &[RankedRow]) {
    let mut counts = Counts::default();
    for row in rows {
        counts.add(row.state);
    }
    let generation = Generation(1);
    stage.ear.hear(&QueryEvent::Ranked { generation, rows: rows.into(), counts, cause: RankCause::Query });
}

#[test]
fn what_is_asked_again_is_about_the_files_of_then_whatever_is_judged_since() {
    let mut stage = Stage::new();
    stage.home.write("src/b.rs", "pub const B: u32 = 7;\n");
    listed(&stage, &[row(0, "src/a.rs", StateKind::Yes), row(1, "src/b.rs", StateKind::Yes)]);
    stage
        .answers(&[&(block("    1;", "    10;")
            + "src/b.rs\n<<<<<<< SEARCH\nnowhere\n=======\nx\n>>>>>>> REPLACE\n")]);
    stage.send(EditCommand::Ask(Instruction { target: EditTarget::Judged, ..instruction("ten times") }));
    let edit = stage.proposed();
    assert_eq!(edit.refused.len(), 1);
    stage.restart();
    let right =
        "src/b.rs\n<<<<<<< SEARCH\npub const B: u32 = 7;\n=======\npub const B: u32 = 70;\n>>>>>>> REPLACE\n";
    stage.answers(&[right]);
    stage.send(EditCommand::Retry(edit.id));
    let whole = stage.edit("both files", |edit| edit.state == EditState::Proposed && hunks(edit).len() == 2);
    assert_eq!(whole.refused, [], "nothing is judged after a restart, and both files may be changed");
}

#[test]
fn without_a_target_the_rows_of_the_list_may_change_but_for_those_left_out() {
    let stage = Stage::new();
    stage.home.write("src/b.rs", "pub const B: u32 = 7;\n");
    stage.home.write("src/c.rs", "pub const C: u32 = 8;\n");
    let rows = [
        row(0, "src/a.rs", StateKind::Yes),
        row(1, "src/b.rs", StateKind::Yes),
        row(2, "src/c.rs", StateKind::No),
    ];
    listed(&stage, &rows);
    let left_out = ContextItem {
        key: ContextKey::File("src/b.rs".into()),
        number: 0,
        title: "src/b.rs".into(),
        file: Some(FileId(1)),
        lines: Arc::default(),
        form: ContextForm::Whole,
        tokens: 0,
        source: ContextSource::Judged,
        why: "".into(),
        state: ContextState::Excluded,
        cited: None,
    };
    let tray = Tray {
        items: [left_out].into(),
        tokens: 0,
        budget: 4_000,
        budget_by_user: false,
        window: None,
        model: None,
    };
    stage.ear.see(&tray);
    stage.answers(&[&block("    2;", "    20;")]);
    stage.send(EditCommand::Ask(Instruction { target: EditTarget::Judged, ..instruction("ten times") }));
    stage.proposed();
    let user = user(&stage);
    assert!(
        user.contains("path=\"src/a.rs\"") && !user.contains("const B") && !user.contains("const C"),
        "{user}"
    );
}

/// The services as the screen starts them: what is judged is what is sent, and what changes on disk is told.
#[test]
fn the_services_show_the_model_what_was_judged_and_tell_of_changes_on_disk() {
    let home = Home::with_repository();
    let server = Server::start();
    let config = format!(
        "discover = false\n[backend.lab]\nprotocol = \"openai\"\nbase_urls = [\"{}\"]\nmodels = [\"m\"]\n\
         [task.command]\nuse = [\"lab/m\"]\nformat = \"search-replace\"\n",
        server.url("/v1")
    );
    let (config, _) = Config::from_text(&config);
    let config = Arc::new(config);
    let mut models = LlmOptions::new(Arc::clone(&config), &Dirs::under(&home.data()));
    models.environment = Environment::of(|name| (name == "QUARRY_DISCOVER").then(|| "off".to_owned()));
    let (tell, events) = channel();
    let options = ServiceOptions {
        roots: vec![home.tree()],
        data_dir: Some(home.data()),
        watch: true,
        models: Some(models),
        edits: Some(config),
        ..ServiceOptions::default()
    };
    let sink = move |event| drop(tell.send(event));
    let services = Services::start(options, sink).unwrap();
    let next = |what: &str, is_it: &dyn Fn(&ServiceEvent) -> bool| {
        let deadline = std::time::Instant::now() + Duration::from_mins(1);
        loop {
            let left = deadline.saturating_duration_since(std::time::Instant::now());
            let event = events.recv_timeout(left).unwrap_or_else(|_| panic!("no {what}"));
            if is_it(&event) {
                return event;
            }
        }
    };
    let watches = |event: &ServiceEvent| {
        use quarry::domain::{TreeEvent, WatchState};
        matches!(
            event,
            ServiceEvent::Tree(TreeEvent::Watch(WatchState::Native { .. } | WatchState::Polling { .. }))
        )
    };
    let llm = services.models().unwrap();
    llm.handle().block_on(llm.settled());
    next("watch", &watches);
    services.send(quarry::domain::QueryCommand::Ask(quarry::domain::QueryRequest {
        generation: Generation(1),
        text: "let a session expire after login".into(),
        judge: quarry::domain::JudgeName::embedded(),
        details: quarry::domain::DetailLevel::Top(8),
    }));
    next("verdicts", &|event| matches!(event, ServiceEvent::Query(QueryEvent::Done { .. })));
    let cart = std::fs::read_to_string(home.tree().join("src/cart.rs")).unwrap();
    let line = cart.lines().find(|line| line.starts_with("pub ")).unwrap().to_owned();
    let answer = format!("src/cart.rs\n<<<<<<< SEARCH\n{line}\n=======\n{line} // one\n>>>>>>> REPLACE\n");
    server.script("POST /v1/chat/completions", [streamed(Protocol::OpenAi, &[&answer])]);
    let target = EditTarget::Files(vec!["src/cart.rs".into()]);
    services.send_to_edit(EditCommand::Ask(Instruction { target, ..instruction("say one") }));
    let is_proposed = |event: &ServiceEvent| matches!(event, ServiceEvent::Edit(EditEvent::Edit(edit)) if edit.state == EditState::Proposed);
    next("proposal", &is_proposed);
    let sent = server.requests().pop().unwrap().json();
    let user = sent["messages"][1]["content"].as_str().unwrap();
    let (reference, change) = (user.find("src/session.rs"), user.find("<file-"));
    assert!(
        reference.is_some() && reference < change,
        "what the judge says helps stands before the target: {user}"
    );

    home.write("src/cart.rs", format!("// Theirs.\n{cart}"));
    let told = next(
        "notice",
        &|event| matches!(event, ServiceEvent::Edit(EditEvent::Notice(notice)) if notice.title == "src/cart.rs changed on disk"),
    );
    let ServiceEvent::Edit(EditEvent::Notice(notice)) = told else { panic!("{told:?}") };
    assert!(notice.cause.unwrap().contains("merged with what is there now"));
}
