//! Which files an instruction without a path is about: the embedded judge is asked about every file of the tree.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::chat::Found;
use crate::cli::complaint::Complaint;
use crate::cli::exit::Exit;
use crate::cli::setup::Setup;
use crate::command::Pane;
use crate::domain::{DetailLevel, Generation, JudgeName, QueryCommand, QueryEvent, QueryRequest};
use crate::index::Outlines;
use crate::query::Places;
use crate::runtime::{ServiceEvent, ServiceOptions, Services};

/// Files that an instruction without a path may change.
pub const MOST_CHANGED: usize = 6;

/// Files of which the judge says which lines help.
const MOST: usize = 16;

/// The only query.
const GENERATION: Generation = Generation(1);

/// How long the engine may be silent.
const PATIENCE: Duration = Duration::from_mins(2);

/// What the embedded judge says of the tree.
pub struct Searched {
    /// Its list.
    pub pane: Pane,
    /// Where files lie.
    pub places: Places,
    /// What files define.
    pub outlines: Outlines,
}

/// Which files help with an instruction.
///
/// # Errors
/// An engine that stopped.
pub fn search(setup: &Setup, text: &str) -> anyhow::Result<Searched> {
    let (sender, mut mailbox) = mpsc::channel(1024);
    let sink = move |event| {
        let _ = sender.blocking_send(event);
    };
    let options = ServiceOptions { judge_once: true, ..setup.services() };
    let services =
        Services::start(options, sink).map_err(|notice| Complaint { exit: Exit::Failed, notice })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(async {
        let mut found = Found::default();
        let mut asked = false;
        while let Ok(Some(event)) = tokio::time::timeout(PATIENCE, mailbox.recv()).await {
            let ServiceEvent::Query(event) = event else { continue };
            if let QueryEvent::Index(status) = &event
                && status.walked
                && !std::mem::replace(&mut asked, true)
            {
                services.send(QueryCommand::Ask(QueryRequest {
                    generation: GENERATION,
                    text: text.into(),
                    judge: JudgeName::embedded(),
                    details: DetailLevel::Top(MOST as u32),
                }));
            }
            found.take(&event);
            if found.is_done && found.generation == Some(GENERATION) {
                return Some(found);
            }
        }
        None
    });
    // Closed before the services are waited for.
    drop(mailbox);
    let (places, outlines) = services.found();
    drop(services);
    let Some(found) = found else {
        return Err(Complaint::failed("the query engine stopped")
            .hint("run it again; please report this")
            .into());
    };
    Ok(Searched { pane: Pane::of(found), places, outlines })
}

/// No file helps, and none was named.
pub fn nothing() -> Complaint {
    let complaint = Complaint::usage("no file is judged to help with this instruction");
    complaint.hint("give PATH..., or --from FILE for an answer you already have")
}
