//! The graph of imports: which file imports which, found when it is asked for and kept until files change.

use std::sync::{Arc, PoisonError, RwLock};

use rayon::prelude::*;

use super::Index;
use super::imports::Resolver;
use crate::domain::{FileId, RelPath, RootId};

/// Imports with targets beyond these many say nothing about any of them (a generated list of everything).
const MOST_IMPORTS: usize = 200;

/// Who imports whom, by file.
#[derive(Debug, Default)]
pub struct Edges {
    imports: Vec<Box<[FileId]>>,
    importers: Vec<Vec<FileId>>,
}

impl Edges {
    /// The files that a file imports.
    pub fn imports(&self, file: FileId) -> &[FileId] {
        self.imports.get(file.index()).map_or(&[], |list| list)
    }

    /// The files that import a file.
    pub fn importers(&self, file: FileId) -> &[FileId] {
        self.importers.get(file.index()).map_or(&[], |list| list)
    }
}

/// Resolves imports to files.
#[derive(Debug, Default)]
pub struct Graph {
    resolver: Resolver,
    edges: RwLock<Option<Arc<Edges>>>,
}

impl Graph {
    /// The edges between the files of `index`, which must be the index that owns this graph.
    pub fn edges(&self, index: &Index) -> Arc<Edges> {
        if let Some(edges) = &*self.edges.read().unwrap_or_else(PoisonError::into_inner) {
            return Arc::clone(edges);
        }
        let edges = Arc::new(self.resolve_all(index));
        *self.edges.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&edges));
        edges
    }

    pub(super) fn insert(&mut self, file: FileId, root: RootId, path: &RelPath) {
        self.resolver.insert(file, root, path);
        self.forget();
    }

    pub(super) fn remove(&mut self, file: FileId) {
        self.resolver.remove(file);
        self.forget();
    }

    /// Takes notice that a file's imports may have changed.
    pub(super) fn touch(&mut self) {
        self.forget();
    }

    fn forget(&mut self) {
        *self.edges.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn resolve_all(&self, index: &Index) -> Edges {
        let imports: Vec<Box<[FileId]>> =
            (0..index.slots() as u32).into_par_iter().map(|id| self.resolve(index, FileId(id))).collect();
        let mut importers = vec![Vec::new(); imports.len()];
        for (importer, targets) in imports.iter().enumerate() {
            for target in targets {
                importers[target.index()].push(FileId(importer as u32));
            }
        }
        Edges { imports, importers }
    }

    fn resolve(&self, index: &Index, file: FileId) -> Box<[FileId]> {
        let Some(doc) = index.doc(file) else { return Box::default() };
        let mut targets: Vec<FileId> = doc
            .imports
            .iter()
            .take(MOST_IMPORTS)
            .filter_map(|raw| self.resolver.resolve(file, doc.root, &doc.path, doc.language, raw))
            .filter(|target| *target != file && index.contains(*target))
            .collect();
        targets.sort_unstable();
        targets.dedup();
        targets.into_boxed_slice()
    }
}
