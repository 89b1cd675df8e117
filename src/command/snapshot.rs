//! Snapshot: the files of an edit as they were when the model was shown them, so that what is reviewed is what was read.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::edit::{Files, Roots};

/// The files that a model was shown, as they were then; others as they are.
#[derive(Debug, Clone)]
pub struct Snapshot {
    roots: Arc<Roots>,
    shown: Option<Vec<String>>,
    bytes: BTreeMap<String, Option<Vec<u8>>>,
}

impl Snapshot {
    /// Nothing read yet; `shown` are the files that may be changed, all where that is `None`.
    pub const fn new(roots: Arc<Roots>, shown: Option<Vec<String>>) -> Self {
        Self { roots, shown, bytes: BTreeMap::new() }
    }

    /// The same, of which only these files may be changed.
    #[must_use]
    pub fn limited(self, shown: Vec<String>) -> Self {
        Self { shown: Some(shown), ..self }
    }

    /// Remembers what a file says.
    pub fn remember(&mut self, path: &str, bytes: Option<Vec<u8>>) {
        self.bytes.insert(path.to_owned(), bytes);
    }
}

impl Files for Snapshot {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        // The rules of the roots hold for what is remembered, too.
        self.roots.place(path)?;
        match self.bytes.get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => self.roots.read(path),
        }
    }

    fn shown(&self) -> Option<&[String]> {
        self.shown.as_deref()
    }
}
