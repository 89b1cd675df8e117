//! Command line: arguments, one file per subcommand, printed and JSON output, exit codes.
//!
//! Data goes to standard output, everything else to standard error. Holds no product rule.

mod arguments;
mod ask;
mod bench;
mod complaint;
mod completions;
mod doctor;
mod edit;
mod eval;
mod exit;
mod lines;
mod models;
mod paint;
mod query;
mod screen;
mod sessions;
mod setup;
mod stats;
mod trust;
mod tune;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use arguments::{Arguments, Command};
use complaint::{Complaint, print_notice};
use exit::is_closed_pipe;

pub use exit::Exit;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no mistakes: clap knows which of both it is, and where each is printed.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = error.print();
            return exit.into();
        }
    };
    finish(dispatch(arguments)).into()
}

fn dispatch(arguments: Arguments) -> anyhow::Result<Exit> {
    match arguments.command {
        None => screen::run(&arguments.screen),
        Some(Command::Query(query)) => query::run(&query),
        Some(Command::Ask(ask)) => ask::run(&ask),
        Some(Command::Bench(bench)) => bench::run(&bench),
        Some(Command::Edit(edit)) => edit::run(&edit),
        Some(Command::Eval(eval)) => eval::run(&eval, &ground),
        Some(Command::Tune(tune)) => tune::run(&tune),
        Some(Command::Doctor(doctor)) => doctor::run(&doctor),
        Some(Command::Models(models)) => models::run(&models),
        Some(Command::Sessions(sessions)) => sessions::run(&sessions),
        Some(Command::Stats(stats)) => stats::run(&stats),
        Some(Command::Trust(trust)) => trust::run(&trust),
        Some(Command::Completions(completions)) => completions::run(&completions),
    }
}

/// What `eval` finds models by.
fn ground(roots: &[PathBuf]) -> anyhow::Result<eval::Ground> {
    let setup = setup::load(&arguments::Common::default(), roots, None)?;
    let (config, dirs) = (Arc::new(setup.config.clone()), setup.sources.dirs.clone());
    Ok(eval::Ground { config, dirs, roots: setup.roots })
}

/// Says what went wrong, and how the program ends.
fn finish(result: anyhow::Result<Exit>) -> Exit {
    let error = match result {
        Ok(exit) => return exit,
        Err(error) => error,
    };
    if is_closed_pipe(&error) {
        return Exit::Done;
    }
    let complaint = match error.downcast::<Complaint>() {
        Ok(complaint) => complaint,
        Err(error) => {
            let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
            let complaint = Complaint::failed(error.to_string());
            if causes.is_empty() { complaint } else { complaint.cause(causes.join(": ")) }
        }
    };
    print_notice(&complaint.notice);
    complaint.exit
}
