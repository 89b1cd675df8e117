//! The history cache: one file for each root of a repository, written whole or not at all.
//!
//! Commits never change, so an old file is merely short. Layout: a magic with the version, a BLAKE3 hash of the rest,
//! and the rest: limit, head, whether it is complete, tables of paths and authors, commits that name both by number. All numbers are
//! little-endian. A file that is anything else is taken as absent.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::book::Book;
use crate::domain::{Commit, CommitId, RelPath};

/// Changes with the layout.
const MAGIC: &[u8; 12] = b"quarryhist\0\x02";

const HASH_BYTES: usize = 32;

/// A temporary file this old has no writer any more.
const LEFTOVER_AGE: Duration = Duration::from_hours(1);

/// A file larger than this is none of ours.
const MAX_BYTES: u64 = 1 << 30;

/// Loads what was saved; `None` when there is nothing usable.
pub(super) fn load(file: &Path) -> Option<Book> {
    if fs::metadata(file).ok()?.len() > MAX_BYTES {
        return None;
    }
    decode(&fs::read(file).ok()?)
}

/// Saves a book in place of what was there; a crash leaves the old file or the new one.
pub(super) fn save(file: &Path, book: &Book) -> io::Result<()> {
    static UNIQUE: AtomicU32 = AtomicU32::new(0);
    let dir = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(dir)?;
    let unique = UNIQUE.fetch_add(1, Ordering::Relaxed);
    let temporary = file.with_extension(format!("{}-{unique}.tmp", std::process::id()));
    let written = write(&temporary, &encode(book)).and_then(|()| fs::rename(&temporary, file));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    remove_leftovers(dir);
    File::open(dir)?.sync_all()
}

/// Removes what writers left that were killed; another Quarry that writes right now is far from that old.
fn remove_leftovers(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|time| time.elapsed().ok());
        if path.extension() == Some("tmp".as_ref()) && age.is_some_and(|age| age > LEFTOVER_AGE) {
            let _ = fs::remove_file(path);
        }
    }
}

fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn encode(book: &Book) -> Vec<u8> {
    let (mut paths, mut authors) = (Table::default(), Table::default());
    let mut commits = Vec::new();
    for commit in &book.commits {
        commits.extend_from_slice(&commit.id.0);
        commits.extend_from_slice(&commit.time.to_le_bytes());
        put_number(&mut commits, authors.number(commit.author.as_bytes()));
        put_bytes(&mut commits, commit.message.as_bytes());
        put_number(&mut commits, commit.files.len() as u32);
        for path in commit.files.iter() {
            put_number(&mut commits, paths.number(path.as_bytes()));
        }
        put_number(&mut commits, commit.moves.len() as u32);
        for path in commit.moves.iter().flat_map(|(was, is)| [was, is]) {
            put_number(&mut commits, paths.number(path.as_bytes()));
        }
    }
    let mut body = Vec::with_capacity(commits.len() + paths.bytes.len() + authors.bytes.len() + 64);
    put_number(&mut body, u32::try_from(book.limit).unwrap_or(u32::MAX));
    body.extend_from_slice(&book.head.map_or([0; 20], |head| head.0));
    body.push(u8::from(book.complete));
    for table in [&paths, &authors] {
        put_number(&mut body, table.numbers.len() as u32);
        body.extend_from_slice(&table.bytes);
    }
    put_number(&mut body, book.commits.len() as u32);
    body.extend_from_slice(&commits);
    [MAGIC.as_slice(), blake3::hash(&body).as_bytes(), &body].concat()
}

/// Numbers strings in the order of their first use.
#[derive(Default)]
struct Table<'a> {
    numbers: FxHashMap<&'a [u8], u32>,
    bytes: Vec<u8>,
}

impl<'a> Table<'a> {
    fn number(&mut self, text: &'a [u8]) -> u32 {
        let next = self.numbers.len() as u32;
        let number = *self.numbers.entry(text).or_insert(next);
        if number == next {
            put_bytes(&mut self.bytes, text);
        }
        number
    }
}

fn put_number(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u32);
    out.extend_from_slice(bytes);
}

fn decode(file: &[u8]) -> Option<Book> {
    let rest = file.strip_prefix(MAGIC.as_slice())?;
    let (hash, body) = rest.split_at_checked(HASH_BYTES)?;
    if blake3::hash(body).as_bytes() != hash {
        return None;
    }
    let mut input = Input(body);
    let limit = input.number()? as usize;
    let head = CommitId(input.array()?);
    let complete = input.array()? == [1];
    let paths = input.list(|input| input.bytes().map(RelPath::from_bytes))?;
    let authors = input.list(Input::text)?;
    let path = |input: &mut Input<'_>| paths.get(input.number()? as usize).cloned();
    let commits = input.list(|input| {
        Some(Commit {
            id: CommitId(input.array()?),
            time: i64::from_le_bytes(input.array()?),
            author: authors.get(input.number()? as usize).cloned()?,
            message: input.text()?,
            files: input.list(path)?.into(),
            moves: input.list(|input| Some((path(input)?, path(input)?)))?.into(),
        })
    })?;
    Some(Book { head: Some(head), limit, complete, commits })
}

/// What is left to be read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn number(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.number()? as usize;
        self.take(count)
    }

    fn text(&mut self) -> Option<Arc<str>> {
        std::str::from_utf8(self.bytes()?).ok().map(Arc::from)
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()? as usize;
        // Each item takes four bytes at least, so a count beyond that is nonsense, and must not be reserved for.
        let mut items = Vec::with_capacity(count.min(self.0.len() / 4));
        for _ in 0..count {
            items.push(item(self)?);
        }
        Some(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Book {
        let commit = |n: u8, files: &[&str]| Commit {
            id: CommitId([n; 20]),
            time: i64::from(n) - 100,
            author: "a@b.c".into(),
            message: format!("message {n} ü").into(),
            files: files.iter().map(|path| RelPath::from(*path)).collect(),
            moves: Arc::from([(RelPath::from("old"), RelPath::from("new"))]),
        };
        let commits = vec![commit(9, &["a", "b/c"]), commit(8, &[]), commit(7, &["b/c"])];
        Book { head: Some(CommitId([9; 20])), limit: 5, complete: true, commits }
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("deep/history.bin");
        assert!(load(&file).is_none());
        save(&file, &book()).unwrap();
        assert_eq!(load(&file), Some(book()));
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn what_killed_writers_left_is_removed_and_what_others_write_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let (old, new) = (dir.path().join("1.tmp"), dir.path().join("2.tmp"));
        let long_ago = std::time::SystemTime::now() - LEFTOVER_AGE * 2;
        File::create(&old).unwrap().set_modified(long_ago).unwrap();
        File::create(&new).unwrap();
        save(&dir.path().join("history.bin"), &book()).unwrap();
        assert!(!old.exists() && new.exists());
    }

    #[test]
    fn anything_else_is_taken_as_absent() {
        let whole = encode(&book());
        assert!(decode(&whole).is_some());
        for cut in 0..whole.len() {
            assert_eq!(decode(&whole[..cut]), None);
        }
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0x10;
            assert_eq!(decode(&broken), None, "byte {at}");
        }
    }

    #[test]
    fn a_well_signed_file_with_wild_counts_is_refused() {
        for count in [1, 1000, u32::MAX] {
            let body = [&5_u32.to_le_bytes()[..], &[1; 21], &count.to_le_bytes()].concat();
            let file = [MAGIC.as_slice(), blake3::hash(&body).as_bytes(), &body].concat();
            assert_eq!(decode(&file), None);
        }
    }
}
