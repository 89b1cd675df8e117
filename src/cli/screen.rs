//! `quarry [PATH]`: opens the screen.

use std::io::{self, IsTerminal};
use std::path::Path;

use clap::CommandFactory;

use crate::runtime::{self, Opening, Outcome, ServiceOptions, SessionOptions};
use crate::text::nearest::nearest;

use super::arguments::{Arguments, Screen};
use super::complaint::Complaint;
use super::exit::Exit;
use super::setup::{self, root_name};

/// Runs the screen until it ends.
///
/// # Errors
/// A [`Complaint`], or a terminal that cannot be taken.
pub fn run(arguments: &Screen) -> anyhow::Result<Exit> {
    let given: Vec<_> = arguments.path.iter().chain(&arguments.roots).cloned().collect();
    let roots =
        setup::checked_roots(&given).map_err(|error| match mistaken_command(arguments.path.as_deref()) {
            Some(complaint) => complaint.into(),
            None => error,
        })?;
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        let complaint = Complaint::usage("the screen needs a terminal for input and output");
        return Err(complaint.hint("in a script, use `quarry query TEXT`").into());
    }
    let sources = setup::sources(&arguments.common, &roots, arguments.task.as_deref())?;
    let options = SessionOptions {
        opening: if arguments.resume { Opening::Last } else { Opening::New },
        root_names: roots.iter().map(|root| root_name(root)).collect(),
        services: ServiceOptions {
            roots,
            cache_dir: Some(sources.dirs.cache.clone()),
            data_dir: Some(sources.dirs.data.clone()),
            watch: true,
            ..ServiceOptions::default()
        },
        sources,
    };
    Ok(match runtime::run(options)? {
        Outcome::Quit => Exit::Done,
        Outcome::Interrupted => Exit::Interrupted,
    })
}

/// A path that is not there and reads like a command was meant as one.
fn mistaken_command(path: Option<&Path>) -> Option<Complaint> {
    let name = path?.to_str().filter(|name| !Path::new(name).exists())?;
    let program = Arguments::command();
    let near = nearest(name, program.get_subcommands().map(clap::Command::get_name))?;
    let complaint = Complaint::usage(format!("there is no command and no directory `{name}`"));
    Some(complaint.hint(format!("did you mean `quarry {near}`?")))
}
