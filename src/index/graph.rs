//! The graph of imports: which file imports which, found when it is asked for and kept until files change.
//!
//! A file whose text changed has its own imports found again; only when paths come or go is the whole graph.

use std::sync::{Arc, PoisonError, RwLock};

use rayon::prelude::*;

use super::doc::Doc;
use super::imports::Resolver;
use crate::domain::{FileId, RelPath, RootId};

/// Imports with targets beyond these many say nothing about any of them (a generated list of everything).
const MOST_IMPORTS: usize = 200;

/// Who imports whom, by file.
#[derive(Debug, Clone, Default)]
pub struct Edges {
    imports: Vec<Arc<[FileId]>>,
    importers: Vec<Arc<[FileId]>>,
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

    fn set(&mut self, file: FileId, targets: Arc<[FileId]>) {
        for old in self.imports[file.index()].iter().filter(|old| !targets.contains(old)) {
            let left: Vec<FileId> =
                self.importers[old.index()].iter().copied().filter(|importer| *importer != file).collect();
            self.importers[old.index()] = left.into();
        }
        for new in targets.iter().filter(|new| !self.imports[file.index()].contains(new)) {
            let mut more = self.importers[new.index()].to_vec();
            more.insert(more.partition_point(|importer| *importer < file), file);
            self.importers[new.index()] = more.into();
        }
        self.imports[file.index()] = targets;
    }
}

/// What is known of the edges.
#[derive(Debug, Clone, Default)]
enum Known {
    /// Nothing.
    #[default]
    Nothing,
    /// The edges as they were before these files' texts changed.
    Before(Arc<Edges>, Vec<FileId>),
}

/// Resolves imports to files.
#[derive(Debug, Default)]
pub struct Graph {
    resolver: Resolver,
    known: RwLock<Known>,
}

impl Graph {
    /// The edges between these files, by id, which must be those that this graph was told of.
    pub fn edges(&self, docs: &[Option<Doc>]) -> Arc<Edges> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let edges = match known {
            Known::Before(edges, changed) if changed.is_empty() => return edges,
            Known::Before(edges, changed) => {
                let mut edges = Edges::clone(&edges);
                for file in changed {
                    edges.set(file, self.resolve(docs, file));
                }
                Arc::new(edges)
            }
            Known::Nothing => Arc::new(self.resolve_all(docs)),
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) =
            Known::Before(Arc::clone(&edges), Vec::new());
        edges
    }

    pub(super) fn insert(&mut self, file: FileId, root: RootId, path: &RelPath) {
        self.resolver.insert(file, root, path);
        *self.known_mut() = Known::Nothing;
    }

    pub(super) fn remove(&mut self, file: FileId) {
        self.resolver.remove(file);
        *self.known_mut() = Known::Nothing;
    }

    /// Takes notice that a file's imports may have changed.
    pub(super) fn touch(&mut self, file: FileId) {
        if let Known::Before(_, changed) = self.known_mut()
            && !changed.contains(&file)
        {
            changed.push(file);
        }
    }

    fn known_mut(&mut self) -> &mut Known {
        self.known.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn resolve_all(&self, docs: &[Option<Doc>]) -> Edges {
        let imports: Vec<Arc<[FileId]>> =
            (0..docs.len() as u32).into_par_iter().map(|id| self.resolve(docs, FileId(id))).collect();
        let mut importers = vec![Vec::new(); imports.len()];
        for (importer, targets) in imports.iter().enumerate() {
            for target in targets.iter() {
                importers[target.index()].push(FileId(importer as u32));
            }
        }
        Edges { imports, importers: importers.into_iter().map(Arc::from).collect() }
    }

    fn resolve(&self, docs: &[Option<Doc>], file: FileId) -> Arc<[FileId]> {
        let known = |file: FileId| docs.get(file.index()).and_then(Option::as_ref);
        let Some(doc) = known(file) else { return Arc::default() };
        let mut targets: Vec<FileId> = doc
            .imports
            .iter()
            .take(MOST_IMPORTS)
            .filter_map(|raw| self.resolver.resolve(file, doc.root, &doc.path, doc.language, raw))
            .filter(|target| *target != file && known(*target).is_some())
            .collect();
        targets.sort_unstable();
        targets.dedup();
        targets.into()
    }
}
