//! Where a value came from, which `quarry doctor` prints.

use std::fmt;
use std::path::PathBuf;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// A file, with the 1-based line.
    File {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// A flag of the command line.
    Flag,
    /// An environment variable.
    Env(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Flag => f.write_str("flag"),
            Self::Env(name) => write!(f, "${name}"),
        }
    }
}
