//! `quarry models`: which models there are, what each task uses and why; tests them; adds one from a file.

mod add;
mod figures;
mod json;
mod list;
mod teach;
mod trials;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{BackendStatus, RouteStatus, TaskKind};
use crate::llm::{Llm, LlmOptions};

use super::arguments::{Models, ModelsCommand};
use super::complaint::{Complaint, print_notice, problem_notice};
use super::exit::Exit;
use super::setup::{self, Setup};

/// How long the first look may take: a hosted service that does not answer is shown as such.
const PATIENCE: Duration = Duration::from_secs(12);

/// What was found.
struct Found {
    backends: Vec<BackendStatus>,
    routes: Vec<RouteStatus>,
}

impl Found {
    fn has_models(&self) -> bool {
        self.backends.iter().any(|backend| !backend.models.is_empty())
    }
}

/// Runs the command.
///
/// # Errors
/// A [`Complaint`], or output that cannot be written.
pub fn run(arguments: &Models) -> anyhow::Result<Exit> {
    let roots: Vec<_> = arguments.root.iter().cloned().collect();
    let setup = setup::load(&arguments.common, &roots, None)?;
    setup.print_problems();
    match &arguments.command {
        Some(ModelsCommand::Add { path, name }) => add::run(&setup.sources.dirs, path, name.as_deref()),
        Some(ModelsCommand::Test { tasks }) => {
            let tasks = tasks_named(tasks)?;
            trials::run(&start(&setup)?, &setup, &tasks, arguments.json)
        }
        None => show(&start(&setup)?, &setup, arguments.json),
    }
}

fn show(llm: &Llm, setup: &Setup, json: bool) -> anyhow::Result<Exit> {
    let found = Found { backends: llm.backends(), routes: TaskKind::ALL.map(|task| llm.route(task)).into() };
    let mut out = io::stdout().lock();
    if json {
        json::print(&mut out, &found)?;
    } else {
        list::print(&mut out, &found, &setup.paint())?;
        if !found.has_models() {
            teach::print(&mut out, &setup.sources.dirs)?;
        }
    }
    Ok(if found.has_models() { Exit::Done } else { Exit::NothingFound })
}

/// Starts the models and waits until the first look is over.
fn start(setup: &Setup) -> anyhow::Result<Llm> {
    let mut options = LlmOptions::new(Arc::new(setup.config.clone()), &setup.sources.dirs);
    options.roots.clone_from(&setup.roots);
    let llm = Llm::start(options, |_| {})?;
    let settled = llm.handle().block_on(async { tokio::time::timeout(PATIENCE, llm.settled()).await });
    if settled.is_err() {
        let complaint = Complaint::failed("not every backend has answered yet; those are shown as they are");
        print_notice(&complaint.notice);
    }
    for problem in llm.problems() {
        print_notice(&problem_notice(&problem));
    }
    Ok(llm)
}

fn tasks_named(names: &[String]) -> anyhow::Result<Vec<TaskKind>> {
    let mut tasks = Vec::new();
    for name in names {
        let task = name.parse().map_err(|_| {
            let known = TaskKind::ALL.map(TaskKind::name);
            let complaint = Complaint::usage(format!("there is no task `{name}`"));
            match crate::text::nearest::nearest(name, known) {
                Some(near) => complaint.hint(format!("did you mean `{near}`?")),
                None => complaint.hint(format!("tasks: {}", known.join(", "))),
            }
        })?;
        if !tasks.contains(&task) {
            tasks.push(task);
        }
    }
    Ok(tasks)
}
