//! Requests of earlier sessions: one per line in a file of the data folder, for the arrow keys of the request line.
//!
//! Each request is one append, so that sessions side by side lose nothing of one another and a killed one leaves at
//! most a last line without its end, which is not read. Only the person can read the file.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::config::replace_private;

/// Requests kept; the file may hold twice as many before it is written anew.
const KEPT: usize = 500;

/// A file larger than this, in bytes, was not written by Quarry.
const LARGEST: u64 = 1 << 20;

fn file(data: &Path) -> PathBuf {
    data.join("requests")
}

/// The requests remembered below a data folder, oldest first, each once; none where they cannot be read.
pub fn load(data: &Path) -> Vec<String> {
    let path = file(data);
    if fs::metadata(&path).map_or(0, |meta| meta.len()) > LARGEST {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut seen = std::collections::HashSet::new();
    let newest = whole.lines().rev().filter(|line| !line.trim().is_empty() && seen.insert(*line));
    let mut requests: Vec<String> = newest.take(KEPT).map(str::to_owned).collect();
    requests.reverse();
    requests
}

/// Adds a request to those below a data folder.
///
/// # Errors
/// The folder or file cannot be written.
pub fn append(data: &Path, request: &str) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(data)?;
    let path = file(data);
    let lines = fs::read(&path).unwrap_or_default();
    if lines.split(|byte| *byte == b'\n').count() > KEPT * 2 {
        // The newest alone, written anew.
        replace_private(&path, (load(data).join("\n") + "\n").as_bytes())?;
    }
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
    // What a killed session left unfinished becomes a line of its own.
    let torn = fs::read(&path)?.last().is_some_and(|last| *last != b'\n');
    let start = if torn { "\n" } else { "" };
    file.write_all(format!("{start}{}\n", request.replace(['\n', '\r'], " ")).as_bytes())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn requests_come_back_oldest_first_and_each_once() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("not/there/yet");
        assert_eq!(load(&data), [""; 0]);
        for request in ["a", "b\nc", "a"] {
            append(&data, request).unwrap();
        }
        assert_eq!(load(&data), ["b c", "a"]);
        let mode = fs::metadata(file(&data)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_torn_line_costs_itself_alone() {
        let home = tempfile::tempdir().unwrap();
        fs::write(file(home.path()), "whole\nto").unwrap();
        assert_eq!(load(home.path()), ["whole"]);
        append(home.path(), "next").unwrap();
        assert_eq!(load(home.path()).last().unwrap(), "next");
        assert_eq!(load(home.path())[0], "whole");
    }

    #[test]
    fn the_file_stays_short_and_keeps_the_newest() {
        let home = tempfile::tempdir().unwrap();
        let many: Vec<String> = (0..KEPT * 2).map(|number| format!("request {number}")).collect();
        fs::write(file(home.path()), many.join("\n") + "\n").unwrap();
        append(home.path(), "newest").unwrap();
        let text = fs::read_to_string(file(home.path())).unwrap();
        assert_eq!(text.lines().count(), KEPT + 1);
        assert_eq!(text.lines().last(), Some("newest"));
    }
}
