//! Identifiers: newtypes that keep a file, a root and a generation from being confused.

/// Names one file for the life of a session; never reused, also after the file is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

impl FileId {
    /// The id as an index into per-file tables.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names one root directory, in the order the roots were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RootId(pub u16);

/// Counts the requests of a session; a result that carries an older generation than the current one is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Generation(pub u64);

impl Generation {
    /// The generation after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}
