//! Places: where in the data folder edits are kept.

use std::path::{Path, PathBuf};

/// The folders of one set of roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Writes that go on.
    pub journals: PathBuf,
    /// Writes that were made.
    pub writes: PathBuf,
    /// Edits that wait for decisions.
    pub open: PathBuf,
}

impl Places {
    /// The folders of these roots below the data folder; none of them need exist.
    pub fn new(data: &Path, roots: &[PathBuf]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for root in roots {
            let real = root.canonicalize().unwrap_or_else(|_| root.clone());
            hasher.update(real.as_os_str().as_encoded_bytes());
            hasher.update(&[0]);
        }
        let own = data.join("edits").join(&hasher.finalize().to_hex()[..16]);
        Self { journals: data.join("journal"), writes: own.join("writes"), open: own.join("open") }
    }
}
