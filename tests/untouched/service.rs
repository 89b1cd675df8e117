//! The same through the service that the screen talks to: text is taken, decided, written, taken back and written again, and
//! nothing of it is lost when the program ends in between.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use quarry::command::{Commander, CommanderOptions};
use quarry::config::Config;
use quarry::domain::{Decision, EditCommand, EditEvent, HunkId, Hunks, ProposedEdit};
use quarry::edit::EditFormat;

use crate::files::{CODINGS, Ends, Last, Recipe};
use crate::stage::{Stage, instruction};

struct Service {
    commander: Commander,
    events: Receiver<EditEvent>,
}

impl Service {
    fn start(stage: &Stage) -> Self {
        let (config, _) = Config::from_text("");
        let options = CommanderOptions::new(
            vec![stage.tree.clone()],
            stage.folder.path().join("data"),
            Arc::new(config),
            None,
        );
        let (tell, events) = channel();
        let commander = Commander::start(options, move |event| drop(tell.send(event))).unwrap();
        Self { commander, events }
    }

    fn event<T>(&self, what: &str, mut is_it: impl FnMut(EditEvent) -> Option<T>) -> T {
        loop {
            let event =
                self.events.recv_timeout(Duration::from_secs(30)).unwrap_or_else(|_| panic!("no {what}"));
            if let Some(found) = is_it(event) {
                return found;
            }
        }
    }

    fn edit(&self) -> Arc<ProposedEdit> {
        self.event("edit", |event| match event {
            EditEvent::Edit(edit) => Some(edit),
            EditEvent::Waiting(edits) => edits.first().cloned(),
            _ => None,
        })
    }

    /// Sends a command and waits until it is done, or refused.
    fn does(&self, command: EditCommand) -> String {
        self.commander.send(command);
        self.event("answer", |event| match event {
            EditEvent::Written(..) => Some("written".to_owned()),
            EditEvent::Notice(notice) => Some(notice.title.clone()),
            _ => None,
        })
    }
}

#[test]
fn through_the_service_every_kind_of_file_keeps_its_bytes() {
    for (number, coding) in CODINGS.into_iter().enumerate() {
        let last = if number % 2 == 0 { Last::Open } else { Last::Ended };
        let ends = [Ends::Mixed, Ends::Cr, Ends::CrLf][number % 3];
        let recipe = Recipe { coding, ends, last, lines: 20, seed: 11 + number as u64 };
        let before = recipe.bytes();
        let stage = Stage::with("a.txt", &before);
        let service = Service::start(&stage);
        let text = recipe.answer(EditFormat::SearchReplace, "a.txt").into();
        service.commander.send(EditCommand::Take { text, instruction: instruction(), by: None });
        let edit = service.edit();
        let hunks: Vec<HunkId> = edit.files[0].hunks.iter().map(|hunk| hunk.id).collect();
        assert!(hunks.len() > 1 && edit.refused.is_empty(), "{edit:?}");
        for (at, hunk) in hunks.iter().enumerate() {
            let decision = if at % 2 == 0 { Decision::Accepted } else { Decision::Rejected };
            service.commander.send(EditCommand::Decide(edit.id, Hunks::One(*hunk), decision));
        }
        // What is decided survives the end of the program.
        drop(service);
        let service = Service::start(&stage);
        let shown = service.edit();
        assert_eq!(service.does(EditCommand::Write(edit.id)), "written");
        let now = stage.bytes("a.txt");
        assert_eq!(recipe.untouched(&before, &shown, &now), Ok(()), "{recipe:?}");
        assert!(service.does(EditCommand::Undo).starts_with("Taken back"));
        assert_eq!(stage.bytes("a.txt"), before);
        drop(service);
        let service = Service::start(&stage);
        assert!(service.does(EditCommand::Redo).starts_with("Written again"));
        assert_eq!(stage.bytes("a.txt"), now);
    }
}

#[test]
fn through_the_service_what_somebody_else_wrote_is_shown_before_anything_is_written() {
    for (number, coding) in CODINGS.into_iter().enumerate() {
        let recipe =
            Recipe { coding, ends: Ends::CrLf, last: Last::Ended, lines: 20, seed: 21 + number as u64 };
        let edited: Vec<usize> = recipe.edits().iter().map(|(at, _)| *at).collect();
        let far = |at: &usize| edited.iter().all(|edited| edited.abs_diff(*at) > 1);
        let free = (1..20).find(far).unwrap_or(1);
        let theirs = recipe.changed(free);
        let stage = Stage::with("a.txt", &recipe.bytes());
        let service = Service::start(&stage);
        let text = recipe.answer(EditFormat::Udiff, "a.txt").into();
        service.commander.send(EditCommand::Take { text, instruction: instruction(), by: None });
        let edit = service.edit();
        for hunk in &edit.files[0].hunks {
            service.commander.send(EditCommand::Decide(edit.id, Hunks::One(hunk.id), Decision::Accepted));
        }
        stage.put("a.txt", &theirs);
        assert_eq!(service.does(EditCommand::Write(edit.id)), "Nothing was written");
        assert_eq!(stage.bytes("a.txt"), theirs);
        let again = service.event("edit", |event| match event {
            EditEvent::Edit(edit) if edit.files[0].changed_on_disk => Some(edit),
            _ => None,
        });
        assert_eq!(service.does(EditCommand::Write(edit.id)), "written");
        assert_eq!(recipe.untouched(&theirs, &again, &stage.bytes("a.txt")), Ok(()), "{recipe:?}");
        service.does(EditCommand::Undo);
        assert_eq!(stage.bytes("a.txt"), theirs);
    }
}
