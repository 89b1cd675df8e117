//! What can go wrong with the store, and how it is told.

use std::path::{Path, PathBuf};

use crate::domain::{Notice, Severity};

/// Why the store cannot be used, or a read found nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder or the file cannot be made or opened.
    #[error("{} cannot be opened: {source}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite cannot use the file.
    #[error("{} cannot be used while {doing}: {source}", .path.display())]
    Sqlite {
        /// The file; empty in memory.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// Why.
        source: rusqlite::Error,
    },
    /// A later version of Quarry wrote the file.
    #[error("{} was written by a later version of Quarry (format {found}, this one knows {known})", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The latest format that this program knows.
        known: u32,
    },
    /// The thread that owns the file did not answer in time.
    #[error("the store did not answer in time")]
    Slow,
}

impl StoreError {
    pub(super) fn sqlite(path: Option<&Path>, doing: &'static str, source: rusqlite::Error) -> Self {
        Self::Sqlite { path: path.map(Path::to_owned).unwrap_or_default(), doing, source }
    }

    /// Whether another try may work: someone else holds the file.
    pub(super) fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        match self {
            Self::Sqlite { source, .. } => {
                matches!(source.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked))
            }
            Self::Open { .. } | Self::Newer { .. } | Self::Slow => false,
        }
    }

    fn is_damaged(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match self {
            Self::Sqlite { source, .. } => {
                matches!(source.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
            }
            Self::Open { .. } | Self::Newer { .. } | Self::Slow => false,
        }
    }

    /// What a person is told when the program goes on without the file.
    pub fn notice(&self) -> Notice {
        self.notice_that("What is spent and sent is not kept after this run")
    }

    /// The same of another thing that is lost.
    pub(super) fn notice_that(&self, title: &str) -> Notice {
        let notice = Notice::new(Severity::Warning, title).cause(self.to_string());
        match self {
            Self::Sqlite { path, .. } if self.is_damaged() => notice.hint(format!(
                "The file is damaged: move it away (`mv {0} {0}.damaged`), and a new one is made",
                path.display()
            )),
            Self::Sqlite { .. } if self.is_busy() => {
                notice.hint("Another program holds the file; end it and start Quarry again")
            }
            Self::Newer { .. } => notice.hint("Use that version, or give this one its own QUARRY_DATA_DIR"),
            Self::Open { path, .. } | Self::Sqlite { path, .. } => notice.hint(format!(
                "Make {} writable with room to spare, or set QUARRY_DATA_DIR",
                path.parent().unwrap_or(path).display()
            )),
            Self::Slow => notice.hint("The disk is busy; see `quarry doctor`"),
        }
    }
}
