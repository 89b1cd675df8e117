//! `quarry completions`: prints a shell's completions, made from the arguments themselves.

use std::io::{self, Write};

use clap::CommandFactory;

use super::arguments::{Arguments, Completions};
use super::exit::Exit;

/// Runs the command.
///
/// # Errors
/// Output that cannot be written.
pub fn run(arguments: &Completions) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "quarry", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Exit::Done)
}
