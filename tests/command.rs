//! The edit service as the screen uses it: hunks as they arrive, decisions that survive, writes over reviewed bytes only,
//! undo, checks and commits.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod common;
#[path = "command/context.rs"]
mod context;
#[path = "command/disk.rs"]
mod disk;
#[path = "command/message.rs"]
mod message;
#[path = "command/tools.rs"]
mod tools;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use quarry::command::{Commander, CommanderOptions, Ear};
use quarry::config::{Config, Dirs, Protocol};
use quarry::domain::{
    AskedForm, Decision, EditCommand, EditEvent, EditId, EditState, EditTarget, FormChoice, HunkClass,
    HunkId, Hunks, Instruction, Notice, ProposedEdit, ProposedHunk, Span,
};
use quarry::llm::{Environment, Llm, LlmOptions};
use quarry::store::Store;

use common::Home;
use common::answer::Answer;
use common::server::Server;
use common::shapes::{event, records, streamed};

/// The service over a small tree, with a scripted model.
struct Stage {
    home: Home,
    server: Server,
    config: String,
    commander: Option<Commander>,
    ear: Ear,
    store: Store,
    events: Receiver<EditEvent>,
}

const FILE: &str = "fn one() {\n    1;\n}\n\nfn two() {\n    2;\n}\n\nfn three() {\n    3;\n}\n";

impl Stage {
    fn new() -> Self {
        Self::with("")
    }

    /// With more of a configuration, before its tables.
    fn with(config: &str) -> Self {
        Self::in_form("search-replace", config)
    }

    /// With edits in this form.
    fn in_form(form: &str, config: &str) -> Self {
        let home = Home::empty();
        home.write("src/a.rs", FILE);
        let server = Server::start();
        let config = format!(
            "{config}\ndiscover = false\n[backend.lab]\nprotocol = \"openai\"\nbase_urls = [\"{}\"]\nmodels = [\"m\"]\n\
             [task.command]\nuse = [\"lab/m\"]\nformat = \"{form}\"\n[task.commit]\nuse = [\"lab/m\"]\n",
            server.url("/v1")
        );
        let (_, events) = channel();
        let (ear, store) = (Commander::prepare().0, Store::in_memory());
        let mut stage = Self { home, server, config, commander: None, ear, store, events };
        stage.restart();
        stage
    }

    /// Ends the service and starts it anew, as a program that is started again does.
    fn restart(&mut self) {
        self.commander = None;
        let (config, problems) = Config::from_text(&self.config);
        assert_eq!(problems, []);
        let config = Arc::new(config);
        let mut options = LlmOptions::new(Arc::clone(&config), &Dirs::under(&self.home.data()));
        options.environment = Environment::of(|name| (name == "QUARRY_DISCOVER").then(|| "off".to_owned()));
        let llm = Llm::start(options, |_| {}).unwrap();
        llm.handle().block_on(llm.settled());
        let options = CommanderOptions::new(vec![self.home.tree()], self.home.data(), config, Some(llm));
        let options = CommanderOptions { store: Some(self.store.clone()), ..options };
        let (ear, inbox) = Commander::prepare();
        self.ear = ear;
        let (tell, events) = channel();
        let sink = move |event| drop(tell.send(event));
        self.commander = Some(Commander::start_with(options, inbox, sink).unwrap());
        self.events = events;
    }

    fn answers(&self, answers: &[&str]) {
        let answers: Vec<Answer> = answers.iter().map(|text| streamed(Protocol::OpenAi, &[text])).collect();
        self.server.script("POST /v1/chat/completions", answers);
    }

    fn send(&self, command: EditCommand) {
        self.commander.as_ref().unwrap().send(command);
    }

    fn event<T>(&self, what: &str, mut is_it: impl FnMut(EditEvent) -> Option<T>) -> T {
        loop {
            let event =
                self.events.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("no {what}"));
            if let Some(found) = is_it(event) {
                return found;
            }
        }
    }

    /// The next picture of an edit that is so.
    fn edit(&self, what: &str, is_it: impl Fn(&ProposedEdit) -> bool) -> Arc<ProposedEdit> {
        self.event(what, |event| match event {
            EditEvent::Edit(edit) if is_it(&edit) => Some(edit),
            _ => None,
        })
    }

    fn notice(&self, title: &str) -> Notice {
        self.event(title, |event| match event {
            EditEvent::Notice(notice) if notice.title.contains(title) => Some(notice),
            _ => None,
        })
    }

    fn proposed(&self) -> Arc<ProposedEdit> {
        self.edit("proposal", |edit| edit.state == EditState::Proposed)
    }

    /// Asks for an edit of the file and waits for the proposal.
    fn ask(&self, answer: &str) -> Arc<ProposedEdit> {
        self.answers(&[answer]);
        self.send(EditCommand::Ask(instruction("do it")));
        self.proposed()
    }

    fn accept_all(&self, id: EditId) {
        self.send(EditCommand::Decide(id, Hunks::All, Decision::Accepted));
    }

    /// Asks again for what was not taken, is answered with the second hunk, and returns what the model was told.
    fn told_again(&self, edit: EditId) -> String {
        self.answers(&[&block("    2;", "    20;")]);
        self.send(EditCommand::Retry(edit));
        let whole =
            self.edit("both hunks", |edit| edit.state == EditState::Proposed && hunks(edit).len() == 2);
        assert_eq!(whole.refused, []);
        let sent = self.server.requests().pop().unwrap().json();
        sent["messages"][1]["content"].as_str().unwrap().to_owned()
    }

    fn written(&self) -> Vec<String> {
        self.event("write", |event| match event {
            EditEvent::Written(_, paths) => Some(paths.iter().map(ToString::to_string).collect()),
            EditEvent::Notice(notice) => panic!("{notice:?}"),
            _ => None,
        })
    }

    fn read(&self, path: &str) -> String {
        String::from_utf8(std::fs::read(self.home.tree().join(path)).unwrap()).unwrap()
    }

    fn place(&self, path: &str) -> PathBuf {
        self.home.tree().join(path)
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = std::process::Command::new("git")
            .current_dir(self.home.tree())
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

fn instruction(text: &str) -> Instruction {
    let target = EditTarget::Files(vec!["src/a.rs".into()]);
    Instruction { text: text.into(), target, context: Vec::new(), turn: None, model: None }
}

fn block(old: &str, new: &str) -> String {
    format!("src/a.rs\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n\n")
}

fn hunks(edit: &ProposedEdit) -> Vec<&ProposedHunk> {
    edit.files.iter().flat_map(|file| &file.hunks).collect()
}

#[test]
fn hunks_appear_while_the_model_still_writes() {
    let stage = Stage::new();
    let answer = "Ten times as much.\n\n".to_owned()
        + &block("    1;", "    10;")
        + "src/a.rs\n<<<<<<< SEARCH\n    2;";
    let begun = records(Protocol::OpenAi, &[&answer]).into_iter().take(2);
    let begun = begun.map(|(name, record)| event(name, &record.to_string(), "\n"));
    stage.server.always("POST /v1/chat/completions", Answer::events(begun).hang());
    stage.send(EditCommand::Ask(instruction("ten times")));
    let edit = stage.edit("first hunk", |edit| !edit.files.is_empty());
    assert_eq!(edit.state, EditState::Streaming, "the answer has no end yet");
    assert_eq!(edit.by.as_ref().unwrap().to_string(), "lab/m");
    let form = AskedForm { name: "search-replace", chosen: FormChoice::Configured };
    assert_eq!(edit.form, Some(form));
    let [hunk] = hunks(&edit)[..] else { panic!("{edit:?}") };
    assert_eq!((hunk.old_start, hunk.symbol.as_deref()), (2, Some("fn one")));
    assert_eq!((&*hunk.before[0], &*hunk.after[0]), ("fn one() {", "}"));
    stage.send(EditCommand::Cancel);
    let edit = stage.proposed();
    assert_eq!((hunks(&edit).len(), edit.refused.len(), &*edit.why), (1, 1, "Ten times as much."));
}

/// A whole block, and the beginning of another; then the connection is gone.
fn half() -> Answer {
    let answer = block("    1;", "    10;") + "src/a.rs\n<<<<<<< SEARCH\n    2;\n=======\n    20;\n    30";
    let begun = records(Protocol::OpenAi, &[&answer]).into_iter().take(2);
    Answer::events(begun.map(|(name, record)| event(name, &record.to_string(), "\n"))).cut()
}

#[test]
fn an_answer_that_breaks_off_keeps_what_is_whole_and_the_rest_is_asked_for() {
    let stage = Stage::new();
    stage.server.script("POST /v1/chat/completions", [half()]);
    stage.send(EditCommand::Ask(instruction("ten times")));
    let edit = stage.proposed();
    let new: Vec<&str> = hunks(&edit).iter().map(|hunk| &*hunk.new[0]).collect();
    assert_eq!(new, ["    10;"], "half a hunk is never offered");
    let [part] = &edit.refused[..] else { panic!("{:?}", edit.refused) };
    assert!(part.broke_off && part.path.as_deref() == Some("src/a.rs"), "{part:?}");
    let told = stage.told_again(edit.id);
    assert!(told.contains("Send the part that was cut whole"), "{told}");
}

#[test]
fn the_rest_of_an_answer_that_is_written_already_is_an_edit_of_its_own() {
    let stage = Stage::new();
    stage.server.script("POST /v1/chat/completions", [half()]);
    stage.send(EditCommand::Ask(instruction("ten times")));
    let edit = stage.proposed();
    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    stage.answers(&[&block("    2;", "    20;")]);
    stage.send(EditCommand::Retry(edit.id));
    let rest = stage.edit("the rest", |rest| rest.id != edit.id && rest.state == EditState::Proposed);
    assert_eq!((hunks(&rest).len(), &*rest.instruction), (1, "ten times"));
    stage.accept_all(rest.id);
    stage.send(EditCommand::Write(rest.id));
    stage.written();
    assert_eq!(stage.read("src/a.rs"), FILE.replace("1;", "10;").replace("2;", "20;"));
}

#[test]
fn the_prompt_holds_the_target_and_the_context_and_says_which_may_change() {
    let stage = Stage::new();
    stage.home.write("src/b.rs", "pub const B: u32 = 7;\n");
    stage.answers(&[&block("    2;", "    B;")]);
    let target = EditTarget::Symbol("src/a.rs".into(), "two".into());
    let context = vec!["src/b.rs".into()];
    stage.send(EditCommand::Ask(Instruction { target, context, ..instruction("use B") }));
    let edit = stage.proposed();
    assert_eq!(hunks(&edit)[0].class, HunkClass::InScope);
    let sent = stage.server.requests().pop().unwrap().json();
    let user = sent["messages"][1]["content"].as_str().unwrap().to_owned();
    let (reference, change) = (user.find("pub const B").unwrap(), user.find("fn three").unwrap());
    assert!(user[..reference].contains("must not be changed") && reference < change, "{user}");
    assert!(user.contains("lines 5 to 7 of src/a.rs") && user.ends_with("Instruction: use B"), "{user}");
}

#[test]
fn what_could_not_be_placed_is_asked_again_with_the_diagnosis() {
    let stage = Stage::new();
    let wrong = block("    1;", "    10;") + &block("fn two() {\n    two;", "fn two() {\n    20;");
    let right = block("fn two() {\n    2;", "fn two() {\n    20;");
    let answers = [streamed(Protocol::OpenAi, &[&wrong]), streamed(Protocol::OpenAi, &[&right]).slowly(300)];
    stage.server.script("POST /v1/chat/completions", answers);
    stage.send(EditCommand::Ask(instruction("ten times")));
    stage.edit("retry", |edit| edit.state == EditState::Retrying(1));
    let edit = stage.proposed();
    assert_eq!((hunks(&edit).len(), edit.refused.len()), (2, 0));
    let sent = stage.server.requests().pop().unwrap().json();
    let told = sent["messages"][3]["content"].as_str().unwrap();
    assert!(told.contains("you wrote `    two;`, the file has `    2;`"), "{told}");
}

#[test]
fn what_stays_refused_is_shown_with_the_nearest_lines() {
    let stage = Stage::new();
    let wrong = block("    1;", "    10;") + &block("fn two() {\n    two;", "x");
    stage.answers(&[&wrong]);
    stage.send(EditCommand::Ask(instruction("ten times")));
    let edit = stage.proposed();
    let [refused] = &edit.refused[..] else { panic!("{:?}", edit.refused) };
    assert_eq!(refused.places[0].0, 5);
    assert_eq!(refused.differs, Some(("    two;".into(), "    2;".into())));
    let asked = stage.server.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(asked, 2, "the same failure is not handed back twice");
}

#[test]
fn only_accepted_hunks_are_written_and_can_be_taken_back() {
    let stage = Stage::new();
    let edit =
        stage.ask(&(block("    1;", "    10;") + &block("    2;", "    20;") + &block("    3;", "    30;")));
    let ids: Vec<HunkId> = hunks(&edit).iter().map(|hunk| hunk.id).collect();
    stage.send(EditCommand::Decide(edit.id, Hunks::One(ids[0]), Decision::Accepted));
    stage.send(EditCommand::Decide(edit.id, Hunks::One(ids[1]), Decision::Rejected));
    stage.send(EditCommand::Write(edit.id));
    assert_eq!(stage.written(), ["src/a.rs"]);
    assert_eq!(stage.read("src/a.rs"), FILE.replace("1;", "10;"));

    stage.send(EditCommand::Decide(edit.id, Hunks::One(ids[2]), Decision::Accepted));
    stage.send(EditCommand::Write(edit.id));
    stage.edit("the end", |edit| edit.state == EditState::Written);
    assert_eq!(stage.read("src/a.rs"), FILE.replace("1;", "10;").replace("3;", "30;"));

    stage.send(EditCommand::Undo);
    stage.notice("Taken back");
    assert_eq!(stage.read("src/a.rs"), FILE.replace("1;", "10;"));
    stage.send(EditCommand::Undo);
    stage.notice("Taken back");
    assert_eq!(stage.read("src/a.rs"), FILE);
    stage.send(EditCommand::Undo);
    assert!(stage.notice("Nothing was taken back").cause.unwrap().contains("no write"));
    stage.send(EditCommand::Redo);
    stage.notice("Written again");
    assert_eq!(stage.read("src/a.rs"), FILE.replace("1;", "10;"));
}

#[test]
fn a_file_that_changed_meanwhile_is_merged_and_shown_again_before_it_is_written() {
    let stage = Stage::new();
    let edit = stage.ask(&block("    2;", "    20;"));
    stage.accept_all(edit.id);
    let theirs = format!("// Their line.\n{FILE}");
    stage.home.write("src/a.rs", &theirs);
    stage.send(EditCommand::Write(edit.id));
    let notice = stage.notice("Nothing was written");
    assert!(notice.cause.unwrap().contains("src/a.rs changed on disk"));
    assert_eq!(stage.read("src/a.rs"), theirs);
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    assert_eq!(stage.read("src/a.rs"), theirs.replace("2;", "20;"));
}

#[test]
fn what_cannot_be_merged_shows_both_sides_and_waits() {
    let stage = Stage::new();
    let edit = stage.ask(&(block("    1;", "    10;") + &block("    2;", "    20;")));
    stage.accept_all(edit.id);
    stage.home.write("src/a.rs", FILE.replace("2;", "22;"));
    stage.send(EditCommand::Write(edit.id));
    let edit = stage.edit("conflict", |edit| hunks(edit).iter().any(|hunk| hunk.conflict.is_some()));
    assert!(edit.files[0].changed_on_disk);
    let hunk = hunks(&edit)[1];
    assert_eq!((&*hunk.conflict.as_ref().unwrap()[0], &*hunk.new[0]), ("    22;", "    20;"));
    assert_eq!(hunk.decision, Decision::Undecided);

    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    let title = "1 hunk is in conflict";
    stage.event(title, |event| match event {
        EditEvent::Notice(notice) if notice.cause.as_deref().is_some_and(|cause| cause.contains(title)) => {
            Some(())
        }
        _ => None,
    });
    assert_eq!(stage.read("src/a.rs"), FILE.replace("2;", "22;"));

    stage.send(EditCommand::Resolve(edit.id, hunk.id, Decision::Rejected));
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    assert_eq!(stage.read("src/a.rs"), FILE.replace("1;", "10;").replace("2;", "22;"));
}

#[test]
fn undecided_edits_survive_the_end_of_the_program() {
    let mut stage = Stage::new();
    let edit = stage.ask(&(block("    1;", "    10;") + &block("    2;", "    20;")));
    let first = hunks(&edit)[0].id;
    stage.send(EditCommand::Decide(edit.id, Hunks::One(first), Decision::Accepted));
    stage.edit("decision", |edit| hunks(edit)[0].decision == Decision::Accepted);
    stage.restart();
    let found = stage.event("waiting edits", |event| match event {
        EditEvent::Waiting(edits) => Some(edits),
        _ => None,
    });
    let [again] = &found[..] else { panic!("{found:?}") };
    assert_eq!((again.id, again.files.len()), (edit.id, 1));
    assert_eq!(hunks(again)[0].decision, Decision::Accepted);
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    assert_eq!(stage.read("src/a.rs"), FILE.replace("1;", "10;"));
    stage.restart();
    stage.send(EditCommand::Undo);
    stage.notice("Taken back");
    assert_eq!(stage.read("src/a.rs"), FILE);
}

#[test]
fn what_was_refused_is_as_it_was_after_a_restart_and_can_be_asked_again() {
    let mut stage = Stage::new();
    let edit = stage.ask(&(block("    1;", "    10;") + &block("fn two() {\n    two;", "x")));
    stage.restart();
    let found = stage.event("waiting edits", |event| match event {
        EditEvent::Waiting(edits) => Some(edits),
        _ => None,
    });
    assert_eq!(found[0].refused, edit.refused);
    assert_eq!(found[0].refused[0].differs, Some(("    two;".into(), "    2;".into())));
    let told = stage.told_again(edit.id);
    assert!(told.contains("you wrote `    two;`, the file has `    2;`"), "{told}");
}

#[test]
fn a_change_elsewhere_does_not_block_undo_and_an_overlapping_one_does() {
    let stage = Stage::new();
    let edit = stage.ask(&block("    2;", "    20;"));
    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    let theirs = FILE.replace("2;", "20;").replace("fn one", "fn uno");
    stage.home.write("src/a.rs", &theirs);
    stage.send(EditCommand::Undo);
    stage.notice("Taken back");
    assert_eq!(stage.read("src/a.rs"), FILE.replace("fn one", "fn uno"));
    stage.send(EditCommand::Redo);
    stage.notice("Written again");
    assert_eq!(stage.read("src/a.rs"), theirs);

    stage.home.write("src/a.rs", theirs.replace("20;", "200;"));
    stage.send(EditCommand::Undo);
    let cause = stage.notice("Nothing was taken back").cause.unwrap();
    assert!(cause.contains("src/a.rs was changed since in the same place (line 6)"), "{cause}");
    assert_eq!(stage.read("src/a.rs"), theirs.replace("20;", "200;"));
}

#[test]
fn hunks_are_split_amended_and_handed_back() {
    let stage = Stage::new();
    let edit = stage.ask(&block("    1;\n}\n\nfn two() {\n    2;", "    10;\n}\n\nfn zwei() {\n    20;"));
    let [first, second] = hunks(&edit)[..] else { panic!("{edit:?}") };
    assert_eq!(second.new.len(), 2, "lines that the model copied are no change");
    stage.send(EditCommand::Split(edit.id, second.id, 1));
    let split = stage.edit("split", |edit| hunks(edit).len() == 3);
    let parts: Vec<_> = hunks(&split)[1..].iter().map(|hunk| (&*hunk.old[0], &*hunk.new[0])).collect();
    assert_eq!(parts, [("fn two() {", "fn zwei() {"), ("    2;", "    20;")]);

    stage.send(EditCommand::Amend(edit.id, first.id, vec!["    11".into()]));
    let amended = stage.edit("amended", |edit| hunks(edit)[0].amended);
    assert_eq!(&*hunks(&amended)[0].new[0], "    11");
    stage.send(EditCommand::Amend(edit.id, first.id, vec!["    // ... existing code ...".into()]));
    assert!(stage.notice("stays as it was").cause.unwrap().contains("left out"));

    stage.answers(&[&block("    1;", "    12;")]);
    stage.send(EditCommand::Comment(edit.id, first.id, "because twelve".into()));
    let again = stage.edit("new hunk", |edit| {
        edit.state == EditState::Proposed && hunks(edit).iter().any(|hunk| &*hunk.new[0] == "    12;")
    });
    assert!(hunks(&again).iter().all(|hunk| &*hunk.new[0] != "    11"));
    let sent = stage.server.requests().pop().unwrap().json();
    let user = sent["messages"][1]["content"].as_str().unwrap();
    assert!(user.contains("because twelve") && user.contains("+    11"), "{user}");
    assert!(user.contains("fn zwei"), "the other hunks stand while the model works");
}

#[test]
fn a_hunk_that_went_back_stays_where_nothing_comes_in_its_place() {
    let stage = Stage::new();
    let edit = stage.ask(&(block("    1;", "    10;") + &block("    2;", "    20;")));
    let first = hunks(&edit)[0].id;
    stage.answers(&["It is right as it is."]);
    stage.send(EditCommand::Comment(edit.id, first, "eleven would do".into()));
    let again = stage.edit("both hunks", |edit| edit.state == EditState::Proposed && hunks(edit).len() == 2);
    let new: Vec<_> = hunks(&again).iter().map(|hunk| hunk.new[0].to_string()).collect();
    assert_eq!(new, ["    10;", "    20;"]);
    assert_eq!(stage.read("src/a.rs"), FILE);
}

#[test]
fn blocks_of_an_answer_are_taken_where_it_is_certain_what_they_replace() {
    let stage = Stage::new();
    let take = |text: &str, target: EditTarget| {
        let instruction = Instruction { target, ..instruction("apply") };
        stage.send(EditCommand::Take { text: text.into(), instruction, by: None });
        stage.edit("an edit", |edit| matches!(edit.state, EditState::Proposed | EditState::Failed(_)))
    };
    let cited = || EditTarget::Lines("src/a.rs".into(), Span { first: 5, last: 7 });
    let edit = take("fn two() {\n    22;\n}\n", cited());
    assert_eq!((&*hunks(&edit)[0].old[0], &*hunks(&edit)[0].new[0]), ("    2;", "    22;"));
    let edit = take("    22;\n", cited());
    assert!(matches!(edit.state, EditState::Failed(_)));
    assert!(edit.refused[0].why.contains("cannot be told what it replaces"), "{:?}", edit.refused);
    let edit = take(&format!("I would write:\n\n{}", block("    3;", "    33;")), EditTarget::Judged);
    assert_eq!((&*hunks(&edit)[0].new[0], &*edit.why), ("    33;", "I would write:"));
}

#[test]
fn syntax_errors_and_what_is_out_of_scope_are_marked() {
    let stage = Stage::new();
    stage.answers(&[&(block("    1;", "    (1;") + &block("    3;", "    33;"))]);
    let target = EditTarget::Lines("src/a.rs".into(), Span { first: 1, last: 3 });
    stage.send(EditCommand::Ask(Instruction { target, ..instruction("parenthesise") }));
    let edit = stage.proposed();
    let found = hunks(&edit);
    assert!(found[0].syntax_errors > 0 && found[1].syntax_errors == 0);
    assert_eq!((found[0].class, found[1].class), (HunkClass::InScope, HunkClass::OutOfScope));
    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    assert_eq!(stage.read("src/a.rs"), FILE.replace("    1;", "    (1;"), "what is folded away is off");
}

#[test]
fn the_check_command_is_told_line_by_line_and_its_errors_go_back() {
    let stage = Stage::with("verify = \"echo 'src/a.rs:6: two is wrong'; echo more >&2; exit 3\"");
    let edit = stage.ask(&block("    2;", "    20;"));
    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    let mut lines = Vec::new();
    let code = stage.event("the check's end", |event| match event {
        EditEvent::Check(_, line) => {
            lines.push(line.to_string());
            None
        }
        EditEvent::Checked(id, _, code) if id == edit.id => Some(code),
        _ => None,
    });
    lines.sort();
    assert_eq!((code, lines), (Ok(3), vec!["more".to_owned(), "src/a.rs:6: two is wrong".to_owned()]));
    stage.answers(&[&block("    20;", "    21;")]);
    stage.send(EditCommand::FixCheck(edit.id));
    let fix = stage.edit("a fix", |other| other.id != edit.id && other.state == EditState::Proposed);
    assert_eq!(&*hunks(&fix)[0].new[0], "    21;");
    let sent = stage.server.requests().pop().unwrap().json();
    assert!(sent["messages"][1]["content"].as_str().unwrap().contains("two is wrong"));
}

#[test]
fn a_check_that_still_runs_is_killed_at_the_end() {
    let mut stage = Stage::with("verify = \"echo $$; exec sleep 600\"");
    let edit = stage.ask(&block("    2;", "    20;"));
    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    let pid = stage.event("its number", |event| match event {
        EditEvent::Check(_, line) => Some(line.to_string()),
        _ => None,
    });
    stage.commander = None;
    let process = PathBuf::from(format!("/proc/{pid}/stat"));
    let gone = || std::fs::read_to_string(&process).map_or(true, |stat| stat.contains(") Z "));
    for _ in 0..200 {
        if gone() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{pid} still runs");
}

fn repository(stage: &Stage) {
    stage.home.git(&["init", "--quiet", "--initial-branch=main"]);
    stage.home.git(&["config", "user.name", "Ann"]);
    stage.home.git(&["config", "user.email", "ann@example.org"]);
    stage.home.write("other.txt", "other\n");
    stage.home.commit("Begin");
}

fn write_two(stage: &Stage) -> EditId {
    let edit = stage.ask(&block("    2;", "    20;"));
    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    edit.id
}

#[test]
fn a_commit_holds_what_the_edit_wrote_and_leaves_other_changes_as_they_are() {
    let stage = Stage::new();
    repository(&stage);
    // Another change of the same file that is staged, one that is not, and another file that is staged.
    stage.home.write("src/a.rs", FILE.replace("fn one", "fn uno"));
    stage.home.write("other.txt", "staged\n");
    stage.home.git(&["add", "src/a.rs", "other.txt"]);
    stage.home.write("src/a.rs", FILE.replace("fn one", "fn uno").replace("3;", "33;"));
    let id = write_two(&stage);
    stage.answers(&["```\nCall it twenty\n```"]);
    stage.send(EditCommand::Describe(id));
    let message = stage.event("a message", |event| match event {
        EditEvent::Message(_, message) => Some(message),
        _ => None,
    });
    assert_eq!(&*message, "Call it twenty");
    let sent = stage.server.requests().pop().unwrap().json();
    let diff = sent["messages"][1]["content"].as_str().unwrap().to_owned();
    assert!(diff.contains("+    20;") && !diff.contains("uno") && !diff.contains("staged"), "{diff}");
    stage.send(EditCommand::Commit(id, message));
    let subject = stage.event("a commit", |event| match event {
        EditEvent::Committed(_, subject) => Some(subject),
        EditEvent::Notice(notice) => panic!("{notice:?}"),
        _ => None,
    });
    assert_eq!(&*subject, "Call it twenty");
    assert_eq!(stage.git(&["show", "HEAD:src/a.rs"]), FILE.replace("2;", "20;"));
    assert_eq!(stage.git(&["show", "HEAD:other.txt"]), "other\n");
    assert_eq!(stage.git(&["show", ":src/a.rs"]), FILE.replace("2;", "20;").replace("fn one", "fn uno"));
    assert_eq!(stage.git(&["show", ":other.txt"]), "staged\n");
    assert_eq!(stage.git(&["diff", "--numstat"]), "1\t1\tsrc/a.rs\n");
    stage.send(EditCommand::Commit(id, "again".into()));
    assert!(stage.notice("Nothing was committed").cause.unwrap().contains("not committed"));
}

#[test]
fn what_cannot_be_told_apart_is_not_committed() {
    let stage = Stage::new();
    repository(&stage);
    stage.home.write("src/a.rs", FILE.replace("    2;", "    2; // mine"));
    let edit = stage.ask(&block("    2; // mine", "    20; // mine"));
    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    let head = stage.git(&["rev-parse", "HEAD"]);
    stage.send(EditCommand::Commit(edit.id, "Call it twenty".into()));
    assert!(stage.notice("Nothing was committed").cause.unwrap().contains("differs in the same lines"));
    assert_eq!(stage.git(&["rev-parse", "HEAD"]), head);
    assert_eq!(stage.git(&["diff", "--cached", "--name-only"]), "");
}

#[test]
fn hooks_have_their_say_in_a_commit() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new();
    repository(&stage);
    let id = write_two(&stage);
    let hook = stage.place(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\necho not today >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    stage.send(EditCommand::Commit(id, "Call it twenty".into()));
    assert!(stage.notice("Nothing was committed").cause.unwrap().contains("not today"));
    std::fs::write(&hook, "#!/bin/sh\ngit diff --cached --name-only > hooked\n").unwrap();
    stage.home.write("other.txt", "staged\n");
    stage.home.git(&["add", "other.txt"]);
    stage.send(EditCommand::Commit(id, "Call it twenty".into()));
    stage.event("a commit", |event| matches!(event, EditEvent::Committed(..)).then_some(()));
    assert_eq!(stage.read("hooked"), "src/a.rs\n");
    assert_eq!(stage.git(&["diff", "--cached", "--name-only"]), "other.txt\n");
}

#[test]
fn files_that_git_is_merging_are_not_written() {
    let stage = Stage::new();
    repository(&stage);
    stage.home.git(&["checkout", "--quiet", "-b", "side"]);
    stage.home.write("src/a.rs", FILE.replace("2;", "22;"));
    stage.home.commit("Side");
    stage.home.git(&["checkout", "--quiet", "main"]);
    stage.home.write("src/a.rs", FILE.replace("2;", "23;"));
    stage.home.commit("Main");
    let _ = std::process::Command::new("git")
        .current_dir(stage.home.tree())
        .args(["merge", "side"])
        .output()
        .unwrap();
    let before = stage.read("src/a.rs");
    assert!(before.contains("<<<<<<<"));
    let edit = stage.ask(&block("    3;", "    30;"));
    stage.accept_all(edit.id);
    stage.send(EditCommand::Write(edit.id));
    assert!(stage.notice("Nothing was written").cause.unwrap().contains("waits for you to resolve"));
    assert_eq!(stage.read("src/a.rs"), before);
}
