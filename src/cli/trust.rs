//! `quarry trust`: allows a project's own file to set what is run, sent or bound, and takes that back.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::config::{Dirs, guarded_keys, trust};
use crate::text::cut;
use crate::text::sanitize::{sanitize_bytes, sanitize_line};

use super::arguments::Trust;
use super::complaint::Complaint;
use super::exit::Exit;
use super::setup;

/// Cells of a line of the file, as printed.
const LINE_WIDTH: usize = 72;

/// Runs the command.
///
/// # Errors
/// A [`Complaint`] about the directory or its file, or a data folder that cannot be written.
pub fn run(arguments: &Trust) -> anyhow::Result<Exit> {
    let given: Vec<_> = arguments.path.iter().cloned().collect();
    let root = setup::checked_roots(&given)?.swap_remove(0);
    let data = Dirs::from_env().data;
    let file = trust::project_file(&root);
    let shown = sanitize_bytes(file.as_os_str().as_encoded_bytes());
    let cannot = |error: io::Error| {
        Complaint::failed("the list of trusted projects cannot be written")
            .cause(format!("{}: {error}", sanitize_bytes(data.as_os_str().as_encoded_bytes())))
    };
    let mut out = io::stdout().lock();
    if arguments.revoke {
        if trust::revoke(&data, &root).map_err(cannot)? {
            writeln!(out, "{shown} is not trusted any more")?;
            return Ok(Exit::Done);
        }
        writeln!(out, "{shown} was not trusted")?;
        return Ok(Exit::NothingFound);
    }
    let text = read(&file, &shown)?;
    trust::trust(&data, &root, &text).map_err(cannot)?;
    let guarded = guarded_keys(&file, &text);
    if guarded.is_empty() {
        writeln!(out, "{shown} is trusted as it is now; it sets nothing that needs trust")?;
        return Ok(Exit::Done);
    }
    writeln!(out, "{shown} is trusted as it is now; with that it may set")?;
    let lines: Vec<&str> = text.lines().collect();
    for (line, key) in guarded {
        let source = lines.get(line.wrapping_sub(1)).map_or("", |line| line.trim());
        let source = cut::end(&sanitize_line(source), LINE_WIDTH, "…").into_owned();
        writeln!(out, "  {}", sanitize_line(&key))?;
        writeln!(out, "    {line}: {source}")?;
    }
    writeln!(out, "`quarry trust --revoke` takes it back")?;
    Ok(Exit::Done)
}

fn read(file: &Path, shown: &str) -> anyhow::Result<String> {
    let exit = |complaint: Complaint, exit| Complaint { exit, ..complaint };
    match fs::read(file) {
        Ok(bytes) => String::from_utf8(bytes)
            .map_err(|_| Complaint::failed(format!("{shown} is not UTF-8, so nothing of it is used")).into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(exit(Complaint::failed(format!("there is no {shown}")), Exit::NothingFound).into())
        }
        Err(error) => {
            Err(Complaint::failed(format!("{shown} cannot be read")).cause(error.to_string()).into())
        }
    }
}
