//! Kept: what was typed in earlier sessions, one piece per line in a file of the data folder, for the arrow keys.
//!
//! Each line is one append, so that sessions side by side lose nothing of one another and a killed one leaves at
//! most a last line without its end, which is not read. Only the person can read the file.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::config::replace_private;

/// A file of lines.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// Its name in the data folder.
    name: &'static str,
    /// Lines kept; the file may hold twice as many before it is written anew.
    most: usize,
    /// A file larger than this, in bytes, was not written by Quarry.
    largest: u64,
}

/// Requests of the query line.
pub const REQUESTS: Kept = Kept { name: "requests", most: 500, largest: 1 << 20 };

/// Messages, with what was attached to them as far as that is text: so the file may be larger.
pub const MESSAGES: Kept = Kept { name: "messages", most: 200, largest: 64 << 20 };

impl Kept {
    fn file(self, data: &Path) -> PathBuf {
        data.join(self.name)
    }

    /// The lines kept below a data folder, oldest first, each once; none where they cannot be read.
    pub fn load(self, data: &Path) -> Vec<String> {
        let path = self.file(data);
        if fs::metadata(&path).map_or(0, |meta| meta.len()) > self.largest {
            return Vec::new();
        }
        let text = String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut seen = HashSet::new();
        let newest = whole.lines().rev().filter(|line| !line.trim().is_empty() && seen.insert(*line));
        let mut lines: Vec<String> = newest.take(self.most).map(str::to_owned).collect();
        lines.reverse();
        lines
    }

    /// Adds a line to those below a data folder; line breaks in it become spaces.
    ///
    /// # Errors
    /// The folder or file cannot be written.
    pub fn append(self, data: &Path, line: &str) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(data)?;
        let path = self.file(data);
        let before = fs::read(&path).unwrap_or_default();
        let many = before.split(|byte| *byte == b'\n').count() > self.most * 2;
        if many || before.len() as u64 > self.largest / 2 {
            // The newest alone, written anew.
            let mut newest = self.load(data);
            while newest.iter().map(String::len).sum::<usize>() as u64 > self.largest / 4 {
                newest.remove(0);
            }
            replace_private(&path, (newest.join("\n") + "\n").as_bytes())?;
        }
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
        // What a killed session left unfinished becomes a line of its own.
        let torn = fs::read(&path)?.last().is_some_and(|last| *last != b'\n');
        let start = if torn { "\n" } else { "" };
        file.write_all(format!("{start}{}\n", line.replace(['\n', '\r'], " ")).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn requests_come_back_oldest_first_and_each_once() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("not/there/yet");
        assert_eq!(REQUESTS.load(&data), [""; 0]);
        for request in ["a", "b\nc", "a"] {
            REQUESTS.append(&data, request).unwrap();
        }
        assert_eq!(REQUESTS.load(&data), ["b c", "a"]);
        let mode = fs::metadata(REQUESTS.file(&data)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_torn_line_costs_itself_alone() {
        let home = tempfile::tempdir().unwrap();
        fs::write(REQUESTS.file(home.path()), "whole\nto").unwrap();
        assert_eq!(REQUESTS.load(home.path()), ["whole"]);
        REQUESTS.append(home.path(), "next").unwrap();
        assert_eq!(REQUESTS.load(home.path()).last().unwrap(), "next");
        assert_eq!(REQUESTS.load(home.path())[0], "whole");
    }

    #[test]
    fn a_file_of_large_lines_stays_small() {
        let home = tempfile::tempdir().unwrap();
        let kept = Kept { name: "few", most: 100, largest: 1000 };
        for number in 0..20 {
            kept.append(home.path(), &format!("{number} {}", "x".repeat(90))).unwrap();
        }
        assert!(fs::metadata(kept.file(home.path())).unwrap().len() <= kept.largest);
        assert!(kept.load(home.path()).last().unwrap().starts_with("19 "));
    }

    #[test]
    fn the_file_stays_short_and_keeps_the_newest() {
        let home = tempfile::tempdir().unwrap();
        let many: Vec<String> = (0..REQUESTS.most * 2).map(|number| format!("request {number}")).collect();
        fs::write(REQUESTS.file(home.path()), many.join("\n") + "\n").unwrap();
        REQUESTS.append(home.path(), "newest").unwrap();
        let text = fs::read_to_string(REQUESTS.file(home.path())).unwrap();
        assert_eq!(text.lines().count(), REQUESTS.most + 1);
        assert_eq!(text.lines().last(), Some("newest"));
    }
}
