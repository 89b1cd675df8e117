//! One copy of each text: paths and reasons recur from answer to answer.

use std::collections::HashSet;
use std::sync::Arc;

/// Texts that were met.
#[derive(Debug, Default)]
pub struct Interner(HashSet<Arc<str>>);

impl Interner {
    /// The one copy of this text.
    pub fn one(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}
