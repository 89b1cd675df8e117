//! The index proper: postings by term and field, kept up to date file by file, with history and graph beside them.
//!
//! Invariant: after any sequence of inserts and removes, the index equals one built from the remaining files.

use std::sync::Arc;

use smallvec::SmallVec;

use super::doc::{Doc, Posting};
use super::document::{Extract, TermHits};
use super::graph::{Edges, Graph};
use super::history::History;
use super::interner::{Interner, TermId};
use super::outlines::Outlines;
use super::profile::Profile;
use super::tokens;
use crate::domain::{Commit, FileId, RelPath, RootId};

/// Everything judges read. Owned by one service; changed file by file.
#[derive(Debug, Default)]
pub struct Index {
    interner: Interner,
    docs: Vec<Option<Doc>>,
    outlines: Outlines,
    count: usize,
    lengths: [u64; 4],
    postings: Vec<SmallVec<[Posting; 1]>>,
    directories: Directories,
    history: History,
    graph: Graph,
    now: i64,
    epoch: u64,
}

/// Directories by number.
#[derive(Debug, Default)]
struct Directories {
    by_path: hashbrown::HashMap<(RootId, Box<[u8]>), u32, rustc_hash::FxBuildHasher>,
}

impl Directories {
    fn number(&mut self, root: RootId, path: &[u8]) -> u32 {
        let next = self.by_path.len() as u32;
        *self.by_path.entry((root, Box::from(path))).or_insert(next)
    }
}

impl Index {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file's text. Files that are known but not readable text are not inserted.
    pub fn insert(&mut self, file: FileId, root: RootId, path: &RelPath, document: &Arc<Extract>) {
        self.insert_all(vec![(file, root, path.clone(), Arc::clone(document))]);
    }

    /// Adds or replaces many files; much cheaper than one by one where their ids are not ascending.
    pub fn insert_all(&mut self, batch: Vec<(FileId, RootId, RelPath, Arc<Extract>)>) {
        self.insert_each(batch, numbered);
    }

    /// The ids of these terms, new where need be, for [`Index::insert_numbered`].
    pub fn number<'t>(&mut self, terms: impl Iterator<Item = &'t str>) -> Vec<TermId> {
        terms.map(|term| self.interner.intern(term)).collect()
    }

    /// Like [`Index::insert_all`], with terms that are indices into `ids`; those beyond its end are left out.
    pub fn insert_numbered(&mut self, batch: Vec<(FileId, RootId, RelPath, Extract<u32>)>, ids: &[TermId]) {
        self.insert_each(batch, |_, mut document| {
            document.terms.retain_mut(|(term, _)| {
                let id = ids.get(*term as usize);
                *term = id.map_or(0, |id| id.0);
                id.is_some()
            });
            document
        });
    }

    fn insert_each<D>(
        &mut self,
        batch: Vec<(FileId, RootId, RelPath, D)>,
        numbered: impl Fn(&mut Interner, D) -> Extract<u32>,
    ) {
        let mut late = Vec::new();
        // All old texts go first, while every list is in order.
        let old: Vec<Option<Doc>> = batch.iter().map(|(file, ..)| self.take_text(*file)).collect();
        for ((file, root, path, document), mut old) in batch.into_iter().zip(old) {
            if self.contains(file) {
                self.put_in_order(&mut late);
                old = self.take_text(file);
            }
            let stays = old.is_some_and(|old| old.root == root && old.path == path);
            let document = numbered(&mut self.interner, document);
            self.append(file, root, &path, document, &mut late);
            if stays {
                self.graph.touch(file);
            } else {
                self.history.displace(file);
                self.graph.insert(file, root, &path);
                self.history.place(file, root, &path);
            }
        }
        self.put_in_order(&mut late);
    }

    /// Puts these terms' lists in order; each comes with the length up to which its list was in order.
    ///
    /// Only the end from the least late entry on is sorted: batches come nearly in order, and lists are long.
    fn put_in_order(&mut self, late: &mut Vec<(u32, usize)>) {
        late.sort_unstable();
        late.dedup_by_key(|(term, _)| *term);
        for (term, sorted) in late.drain(..) {
            let list = &mut self.postings[term as usize];
            let least = list[sorted..].iter().map(|posting| posting.key).min().unwrap_or(u32::MAX);
            let from = list[..sorted].partition_point(|posting| posting.key < least);
            list[from..].sort_by_key(|posting| posting.key);
        }
    }

    /// Adds a file's text at the end of its terms' lists; tells the terms whose lists are out of order now.
    fn append(
        &mut self,
        file: FileId,
        root: RootId,
        path: &RelPath,
        document: Extract<u32>,
        late: &mut Vec<(u32, usize)>,
    ) {
        let doc = self.intern(root, path, document);
        for posting in &doc.terms {
            let list = &mut self.postings[posting.key as usize];
            let entry = Posting { key: file.0, ..*posting };
            if list.last().is_some_and(|last| last.key > file.0) {
                late.push((posting.key, list.len()));
            }
            list.push(entry);
        }
        for (sum, length) in self.lengths.iter_mut().zip(doc.lengths) {
            *sum += u64::from(length);
        }
        self.count += 1;
        self.epoch += 1;
        if self.docs.len() <= file.index() {
            self.docs.resize_with(file.index() + 1, || None);
        }
        self.outlines.set(file, Some(Arc::clone(&doc.symbols)));
        self.docs[file.index()] = Some(doc);
    }

    /// Forgets a file's text. Does nothing where it is not known.
    pub fn remove(&mut self, file: FileId) {
        if self.take_text(file).is_some() {
            self.graph.remove(file);
            self.history.displace(file);
        }
    }

    fn take_text(&mut self, file: FileId) -> Option<Doc> {
        let doc = self.docs.get_mut(file.index())?.take()?;
        for posting in &doc.terms {
            let list = &mut self.postings[posting.key as usize];
            if let Ok(at) = list.binary_search_by_key(&file.0, |other| other.key) {
                list.remove(at);
            }
        }
        for (sum, length) in self.lengths.iter_mut().zip(doc.lengths) {
            *sum -= u64::from(length);
        }
        self.count -= 1;
        self.epoch += 1;
        self.outlines.set(file, None);
        Some(doc)
    }

    /// What files define, readable from other threads.
    pub fn outlines(&self) -> Outlines {
        self.outlines.clone()
    }

    /// What is known of a file; `None` where its text is not.
    pub fn doc(&self, file: FileId) -> Option<&Doc> {
        self.docs.get(file.index()).and_then(Option::as_ref)
    }

    /// All files with known text, by id.
    pub fn docs(&self) -> impl Iterator<Item = (FileId, &Doc)> {
        self.docs.iter().enumerate().filter_map(|(id, doc)| doc.as_ref().map(|doc| (FileId(id as u32), doc)))
    }

    /// One more than the highest file id ever inserted: the length of per-file tables.
    pub fn slots(&self) -> usize {
        self.docs.len()
    }

    /// Whether a file's text is known.
    pub fn contains(&self, file: FileId) -> bool {
        self.doc(file).is_some()
    }

    /// Number of files whose text is known.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether no file's text is known.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// A number that changes whenever anything in the index does.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Number of directories ever seen; [`Doc::dir`] is below it.
    pub fn directory_count(&self) -> usize {
        self.directories.by_path.len()
    }

    /// The mean number of tokens a file has in path, symbols, content and comments; at least 1 each.
    pub fn mean_lengths(&self) -> [f32; 4] {
        self.lengths.map(|sum| (sum as f32 / self.count.max(1) as f32).max(1.0))
    }

    /// The files that hold a term, by id; empty where none does.
    pub fn postings(&self, term: &str) -> &[Posting] {
        self.interner.get(term).map_or(&[], |id| self.postings_of(id))
    }

    /// The files that hold a term, by id.
    pub fn postings_of(&self, term: TermId) -> &[Posting] {
        self.postings.get(term.0 as usize).map_or(&[], |list| list.as_slice())
    }

    /// The id of a term that some file or commit held.
    pub fn term(&self, term: &str) -> Option<TermId> {
        self.interner.get(term)
    }

    /// One file's occurrences of a term.
    pub fn posting(&self, file: FileId, term: TermId) -> Option<Posting> {
        let list = self.postings_of(term);
        list.binary_search_by_key(&file.0, |posting| posting.key).ok().map(|at| list[at])
    }

    /// Reconstructs what was extracted from a file, for persistence.
    pub fn export(&self, file: FileId) -> Option<Extract> {
        let doc = self.doc(file)?;
        let terms = doc
            .terms
            .iter()
            .filter(|posting| posting.counts[1..] != [0, 0, 0])
            .map(|posting| {
                let [_, symbols, content, comments] = posting.counts;
                let hits = TermHits { counts: [symbols, content, comments], chunks: posting.chunks };
                (Box::from(self.interner.term(TermId(posting.key))), hits)
            })
            .collect();
        let [_, symbols, content, comments] = doc.lengths;
        Some(Extract {
            language: doc.language,
            lines: doc.lines,
            terms,
            lengths: [symbols, content, comments],
            symbols: doc.symbols.to_vec(),
            imports: doc.imports.to_vec(),
        })
    }

    /// Adds older commits of a root's history (newest first over all calls).
    pub fn extend_history(&mut self, root: RootId, commits: &[Commit]) {
        self.epoch += 1;
        self.history.extend(root, commits, &mut self.interner);
        self.postings.resize_with(self.interner.len(), SmallVec::new);
    }

    /// Forgets a root's history, before it is sent anew.
    pub fn clear_history(&mut self, root: RootId) {
        self.epoch += 1;
        self.history.clear(root);
    }

    /// History by commit and by file.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Imports between files.
    pub fn edges(&self) -> Arc<Edges> {
        self.graph.edges(&self.docs)
    }

    /// How many commits of the root's history ago the file was last touched (0 = by the newest), if at all.
    pub fn last_touch(&self, file: FileId) -> Option<u32> {
        self.history.last_touch(file)
    }

    /// Takes the current time, seconds since the epoch, for ages.
    pub fn set_now(&mut self, now: i64) {
        self.now = now;
    }

    /// Takes the address of the person who asks in this root, as git knows it; `None` where it is not known.
    pub fn set_asker(&mut self, root: RootId, address: Option<Arc<str>>) {
        self.history.set_asker(root, address);
    }

    /// The time ages are counted from, seconds since the epoch.
    pub fn now(&self) -> i64 {
        self.now
    }

    fn intern(&mut self, root: RootId, path: &RelPath, document: Extract<u32>) -> Doc {
        let mut terms: Vec<Posting> = Vec::with_capacity(document.terms.len() + 8);
        for (key, hits) in document.terms {
            let [symbols, content, comments] = hits.counts;
            terms.push(Posting { key, counts: [0, symbols, content, comments], chunks: hits.chunks });
        }
        let in_order = terms.is_sorted_by_key(|posting| posting.key);
        let mut path_tokens = 0;
        tokens::each(&path.to_text(), &mut |token| {
            path_tokens += 1;
            let key = self.interner.intern(token.term).0;
            terms.push(Posting { key, counts: [1, 0, 0, 0], chunks: 0 });
        });
        if in_order {
            // Terms out of a snapshot are: merging them with the few of the path is cheaper.
            terms.sort_by_key(|posting| posting.key);
        } else {
            terms.sort_unstable_by_key(|posting| posting.key);
        }
        terms.dedup_by(|next, kept| {
            let same = next.key == kept.key;
            if same {
                for (sum, more) in kept.counts.iter_mut().zip(next.counts) {
                    *sum = sum.saturating_add(more);
                }
                kept.chunks |= next.chunks;
            }
            same
        });
        let profile = Profile::of(path, document.language, &mut self.interner);
        self.postings.resize_with(self.interner.len(), SmallVec::new);
        let [symbols, content, comments] = document.lengths;
        Doc {
            root,
            path: path.clone(),
            dir: self.directories.number(root, path.parent()),
            language: document.language,
            lines: document.lines,
            lengths: [path_tokens, symbols, content, comments],
            symbols: document.symbols.into(),
            imports: document.imports.into_boxed_slice(),
            terms: terms.into_boxed_slice(),
            profile,
        }
    }
}

/// A document with the ids of its terms; what nobody else holds is moved, not copied.
fn numbered(interner: &mut Interner, document: Arc<Extract>) -> Extract<u32> {
    let terms = document.terms.iter().map(|(term, hits)| (interner.intern(term).0, *hits)).collect();
    let Extract { language, lines, lengths, .. } = *document;
    let (symbols, imports) = match Arc::try_unwrap(document) {
        Ok(own) => (own.symbols, own.imports),
        Err(shared) => (shared.symbols.clone(), shared.imports.clone()),
    };
    Extract { language, lines, terms, lengths, symbols, imports }
}

#[cfg(test)]
mod tests;
