//! Names: what a mention means in this tree: a file, a directory, or something that a file defines.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::shelf::Place;
use crate::domain::{FileId, RankedRow, RelPath, RootId, Span};
use crate::index::Outlines;
use crate::query::{Places, root_names};
use crate::text::nearest::nearest;

/// Something that a file defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolAt {
    /// Its name as written.
    pub name: Box<str>,
    /// The file.
    pub file: FileId,
    /// Its lines.
    pub span: Span,
}

/// Who knows what files define.
pub trait Symbols: Send + Sync {
    /// What is called so; `qualifier` is what it lies in, where that was said.
    fn find(&self, name: &str, qualifier: Option<&str>) -> Vec<SymbolAt>;
}

impl Symbols for Outlines {
    fn find(&self, name: &str, qualifier: Option<&str>) -> Vec<SymbolAt> {
        let found = Self::find(self, name, qualifier).into_iter();
        found.map(|(file, symbol)| SymbolAt { name: symbol.name, file, span: symbol.span }).collect()
    }
}

/// Nobody does.
impl Symbols for () {
    fn find(&self, _name: &str, _qualifier: Option<&str>) -> Vec<SymbolAt> {
        Vec::new()
    }
}

/// A file that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// Where it lies.
    pub place: Place,
    /// The file; `None` for one that is not listed.
    pub file: Option<FileId>,
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A file.
    File(NamedFile),
    /// A directory: its path as shown with the slash, and its files in the order of the ranking.
    Folder(Arc<str>, Vec<NamedFile>),
    /// Something that files define, at most [`MOST_MEANT`] of them.
    Symbols(Vec<(NamedFile, SymbolAt)>),
    /// Several things are called so: the first of them, and how many.
    Many(Vec<Arc<str>>, usize),
    /// Nothing is; the nearest names.
    Nothing(Vec<Arc<str>>),
}

/// Definitions of one name that are all sent; more say that the name says too little.
pub const MOST_MEANT: usize = 3;

/// Files of a directory that are looked at.
const MOST_IN_FOLDER: usize = 200;

/// Names that are told where none fits.
const MOST_NEAR: usize = 3;

/// The names of a tree.
pub struct Names {
    roots: Vec<PathBuf>,
    /// What stands before the paths of each root; none for a single one.
    prefixes: Vec<String>,
    places: Places,
    symbols: Arc<dyn Symbols>,
    rows: Arc<[RankedRow]>,
    known: FxHashMap<Box<str>, Meaning>,
}

impl Names {
    /// The names below these roots, which are absolute and in the order of their ids.
    pub fn new(roots: Vec<PathBuf>, places: Places, symbols: Arc<dyn Symbols>) -> Self {
        let prefixes = root_names(&roots);
        Self { roots, prefixes, places, symbols, rows: Arc::default(), known: FxHashMap::default() }
    }

    /// Takes the newest ranking: it lists the files of the tree.
    pub fn see(&mut self, rows: &Arc<[RankedRow]>) {
        if rows.len() != self.rows.len() {
            self.known.clear();
        }
        self.rows = Arc::clone(rows);
    }

    /// Forgets what names meant.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// The roots.
    pub fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// Where a listed file lies.
    pub fn place(&self, file: FileId, shown: &Arc<str>) -> Option<Place> {
        let (root, path) = self.places.get(file)?;
        Some(Place { root, path, shown: Arc::clone(shown) })
    }

    /// Where a path below a root lies, as shown.
    pub fn below(&self, root: RootId, path: &str) -> Place {
        let shown = match self.prefixes.get(usize::from(root.0)) {
            Some(prefix) => format!("{prefix}/{path}"),
            None => path.to_owned(),
        };
        Place { root, path: RelPath::from(path), shown: shown.into() }
    }

    /// What a name means.
    pub fn meaning(&mut self, name: &str) -> Meaning {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let meaning = self.look_up(name);
        self.known.insert(name.into(), meaning.clone());
        meaning
    }

    /// The file of exactly this path as shown, listed or not.
    pub fn file(&mut self, shown: &str) -> Option<NamedFile> {
        match self.meaning(shown) {
            Meaning::File(file) if *file.place.shown == *shown => Some(file),
            Meaning::File(_)
            | Meaning::Folder(..)
            | Meaning::Symbols(_)
            | Meaning::Many(..)
            | Meaning::Nothing(_) => None,
        }
    }

    fn look_up(&self, name: &str) -> Meaning {
        let path = self.relative(name);
        let path = path.as_deref().unwrap_or(name);
        if let Some(folder) = path.strip_suffix('/') {
            return self.folder(folder).unwrap_or_else(|| Meaning::Nothing(self.near_folders(folder)));
        }
        if let Some(row) = self.rows.iter().find(|row| *row.path == *path) {
            return self.row(row).map_or_else(|| Meaning::Nothing(Vec::new()), Meaning::File);
        }
        if let Some(file) = self.on_disk(path) {
            return Meaning::File(file);
        }
        if let Some(folder) = self.folder(path) {
            return folder;
        }
        self.by_end(path).or_else(|| self.symbol(name)).unwrap_or_else(|| Meaning::Nothing(self.near(path)))
    }

    /// A path as lists show it: relative to its root, without `./`.
    fn relative(&self, name: &str) -> Option<String> {
        let name = name.replace('\\', "/");
        if let Some(root) =
            self.roots.iter().position(|root| name.starts_with('/') && Path::new(&name).starts_with(root))
        {
            let rest = Path::new(&name).strip_prefix(&self.roots[root]).ok()?.to_str()?.to_owned();
            let slash = if name.ends_with('/') { "/" } else { "" };
            return Some(match self.prefixes.get(root) {
                Some(prefix) => format!("{prefix}/{rest}{slash}"),
                None => format!("{rest}{slash}"),
            });
        }
        let plain = name.trim_start_matches("./");
        (plain.len() < name.len()).then(|| plain.to_owned())
    }

    fn row(&self, row: &RankedRow) -> Option<NamedFile> {
        Some(NamedFile { place: self.place(row.file, &row.path)?, file: Some(row.file) })
    }

    /// A file that is there and not listed: a lock file, something ignored.
    fn on_disk(&self, path: &str) -> Option<NamedFile> {
        let below = |(root, prefix): (usize, &String)| {
            Some((root, path.strip_prefix(prefix.as_str())?.strip_prefix('/')?))
        };
        let (root, rest) = if self.prefixes.is_empty() {
            (0, path)
        } else {
            self.prefixes.iter().enumerate().find_map(below)?
        };
        let plain = Path::new(rest).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || rest.is_empty() || rest.contains('\0') {
            return None;
        }
        let base = self.roots.get(root)?;
        let meta = base.join(rest).symlink_metadata().ok()?;
        if !meta.is_file() {
            return None;
        }
        // A directory on the way may be a link that leads out of the root.
        let inside = base.join(rest).canonicalize().ok()?.starts_with(base.canonicalize().ok()?);
        let place = Place { root: RootId(root as u16), path: RelPath::from(rest), shown: Arc::from(path) };
        inside.then_some(NamedFile { place, file: None })
    }

    fn folder(&self, folder: &str) -> Option<Meaning> {
        let top = folder.is_empty() || folder == ".";
        let start = format!("{folder}/");
        let below = self.rows.iter().filter(|row| top || row.path.starts_with(&start));
        let files: Vec<NamedFile> = below.take(MOST_IN_FOLDER).filter_map(|row| self.row(row)).collect();
        let shown = if top { "./".into() } else { start.as_str().into() };
        (!files.is_empty()).then_some(Meaning::Folder(shown, files))
    }

    /// Files whose path ends so, in the case given or in any.
    fn by_end(&self, path: &str) -> Option<Meaning> {
        let end = format!("/{path}");
        let exact: Vec<&RankedRow> = self.rows.iter().filter(|row| row.path.ends_with(&end)).collect();
        let lower = end.to_lowercase();
        let any = || {
            self.rows.iter().filter(|row| {
                let shown = row.path.to_lowercase();
                shown.ends_with(&lower) || shown == lower[1..]
            })
        };
        let found = if exact.is_empty() { any().collect() } else { exact };
        match found.as_slice() {
            [] => None,
            [one] => self.row(one).map(Meaning::File),
            several => {
                let first = several.iter().take(MOST_NEAR).map(|row| Arc::clone(&row.path)).collect();
                Some(Meaning::Many(first, several.len()))
            }
        }
    }

    fn symbol(&self, name: &str) -> Option<Meaning> {
        let parts: Vec<&str> = name
            .split(['.', '#', '/'])
            .flat_map(|part| part.split("::"))
            .filter(|part| !part.is_empty())
            .collect();
        let plain = |part: &&str| {
            part.trim_end_matches("()").chars().all(|c| c.is_alphanumeric() || "_-$!?~".contains(c))
        };
        let (last, before) = parts.split_last()?;
        if !parts.iter().all(plain) {
            return None;
        }
        let qualifier = before.last().copied();
        let found = self.symbols.find(last.trim_end_matches("()"), qualifier);
        let places = found.into_iter().filter_map(|symbol| {
            let row = self.rows.iter().find(|row| row.file == symbol.file)?;
            Some((self.row(row)?, symbol))
        });
        let all: Vec<(NamedFile, SymbolAt)> = places.collect();
        match all.len() {
            0 => None,
            1..=MOST_MEANT => Some(Meaning::Symbols(all)),
            many => {
                let first = all
                    .iter()
                    .take(MOST_NEAR)
                    .map(|(file, symbol)| format!("{}:{}", file.place.shown, symbol.span.first).into());
                Some(Meaning::Many(first.collect(), many))
            }
        }
    }

    /// The paths nearest to one that is not there: same name elsewhere, then a name written nearly so.
    fn near(&self, path: &str) -> Vec<Arc<str>> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let named = |row: &&RankedRow| name_of(&row.path).eq_ignore_ascii_case(name);
        let mut near: Vec<Arc<str>> =
            self.rows.iter().filter(named).take(MOST_NEAR).map(|row| Arc::clone(&row.path)).collect();
        let length = name.chars().count();
        let alike =
            |row: &&RankedRow| name_of(&row.path).chars().count().abs_diff(length) <= length.div_ceil(3);
        while near.len() < MOST_NEAR {
            let rest = self.rows.iter().filter(alike).filter(|row| !near.contains(&row.path));
            let names = rest.clone().map(|row| name_of(&row.path));
            let Some(best) = nearest(name, names) else { break };
            let found: Vec<Arc<str>> =
                rest.filter(|row| name_of(&row.path) == best).map(|row| Arc::clone(&row.path)).collect();
            near.extend(found);
        }
        near.truncate(MOST_NEAR);
        near
    }

    fn near_folders(&self, folder: &str) -> Vec<Arc<str>> {
        let mut folders: Vec<&str> =
            self.rows.iter().filter_map(|row| row.path.rsplit_once('/').map(|(folder, _)| folder)).collect();
        folders.sort_unstable();
        folders.dedup();
        let name = name_of(folder);
        let near = nearest(name, folders.iter().map(|folder| name_of(folder)));
        let called = folders.iter().filter(|folder| near.is_some_and(|near| name_of(folder) == near));
        called.take(MOST_NEAR).map(|folder| format!("{folder}/").into()).collect()
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
