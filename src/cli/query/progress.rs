//! Progress: one line on standard error while the index is made, only where it is a terminal.

use std::io::{self, IsTerminal, Write};

use crate::domain::IndexStatus;
use crate::text::amount::{count, percent};

/// A line that is written over.
#[derive(Debug)]
pub struct Progress {
    wanted: bool,
    shown: bool,
}

impl Progress {
    /// On standard error; silent where that is no terminal.
    pub fn on_stderr() -> Self {
        Self { wanted: io::stderr().is_terminal(), shown: false }
    }

    /// Shows how far the index is.
    pub fn index(&mut self, status: &IndexStatus) {
        if !self.wanted {
            return;
        }
        let (indexed, files) = (u64::from(status.indexed), u64::from(status.files));
        let history = if status.history_complete { "" } else { ", reading history" };
        let walking = if status.walked { "" } else { ", walking" };
        let text = format!(
            "indexing {} of {} files ({}){walking}{history}",
            count(indexed),
            count(files),
            percent(indexed, files)
        );
        let mut err = io::stderr().lock();
        let _ = write!(err, "\r\x1b[K{text}");
        let _ = err.flush();
        self.shown = true;
    }

    /// Takes the line away, before something else is printed.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let mut err = io::stderr().lock();
            let _ = write!(err, "\r\x1b[K");
            let _ = err.flush();
        }
    }
}
