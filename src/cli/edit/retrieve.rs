//! Which files an instruction without a path is about: the embedded judge is asked about every file of the tree.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::cli::complaint::Complaint;
use crate::cli::exit::Exit;
use crate::cli::setup::Setup;
use crate::command::Judged;
use crate::domain::{
    DetailLevel, Generation, JudgeName, QueryCommand, QueryEvent, QueryRequest, RankedRow, StateKind,
};
use crate::runtime::{ServiceEvent, ServiceOptions, Services};

/// Files that an instruction without a path may change.
pub const MOST_CHANGED: usize = 6;

/// Files that are taken from the ranking, to be changed or to help.
const MOST: usize = 16;

/// How long the engine may be silent.
const PATIENCE: Duration = Duration::from_mins(2);

/// The files judged to help with an instruction, best first.
///
/// # Errors
/// An engine that stopped, or no file that helps.
pub fn judged(setup: &Setup, text: &str) -> anyhow::Result<Vec<Judged>> {
    let (sender, mut mailbox) = mpsc::channel(1024);
    let sink = move |event| {
        let _ = sender.blocking_send(event);
    };
    let options = ServiceOptions { judge_once: true, ..setup.services() };
    let services =
        Services::start(options, sink).map_err(|notice| Complaint { exit: Exit::Failed, notice })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let rows = runtime.block_on(async {
        let mut rows: Arc<[RankedRow]> = Arc::from([]);
        let mut asked = false;
        while let Ok(Some(event)) = tokio::time::timeout(PATIENCE, mailbox.recv()).await {
            let ServiceEvent::Query(event) = event else { continue };
            match event {
                QueryEvent::Index(status) if status.walked && !asked => {
                    asked = true;
                    services.send(QueryCommand::Ask(QueryRequest {
                        generation: Generation(1),
                        text: text.into(),
                        judge: JudgeName::embedded(),
                        details: DetailLevel::Top(MOST as u32),
                    }));
                }
                QueryEvent::Ranked { rows: ranked, .. } if asked => rows = ranked,
                QueryEvent::Done { .. } => return Some(rows),
                QueryEvent::Index(_)
                | QueryEvent::Ranked { .. }
                | QueryEvent::Planned { .. }
                | QueryEvent::Judged { .. }
                | QueryEvent::Explained { .. }
                | QueryEvent::Estimate { .. }
                | QueryEvent::Spent { .. }
                | QueryEvent::Ledger { .. }
                | QueryEvent::Names { .. }
                | QueryEvent::Task { .. }
                | QueryEvent::Notice(_) => {}
            }
        }
        None
    });
    // Closed before the services are waited for.
    drop(mailbox);
    drop(services);
    let Some(rows) = rows else {
        return Err(Complaint::failed("the query engine stopped")
            .hint("run it again; please report this")
            .into());
    };
    let yes = rows.iter().filter(|row| row.state == StateKind::Yes).take(MOST);
    let judged: Vec<Judged> =
        yes.map(|row| Judged { path: Arc::clone(&row.path), spans: Arc::from([]) }).collect();
    if judged.is_empty() {
        let complaint = Complaint::usage("no file is judged to help with this instruction");
        return Err(complaint.hint("give PATH..., or --from FILE for an answer you already have").into());
    }
    let names: Vec<&str> = judged.iter().take(MOST_CHANGED).map(|file| &*file.path).collect();
    eprintln!("about: {}", names.join(", "));
    Ok(judged)
}
