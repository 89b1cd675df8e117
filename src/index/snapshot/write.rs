//! Writing a snapshot: to a new file beside the old one, which it replaces in one step when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::bytes::{put, put_bytes, put_signed};
use super::{ContentHash, MAGIC, Record, RecordContent, Slot, document, skip};
use crate::domain::Language;

/// Nobody writes on a snapshot for this long; what is older was left by a process that was killed.
const ABANDONED: Duration = Duration::from_hours(1);

/// A snapshot being written; dropped before [`Writer::finish`], it leaves the old one in place.
pub struct Writer {
    out: BufWriter<File>,
    /// Removed again unless it becomes the snapshot.
    temporary: Option<PathBuf>,
    target: PathBuf,
    hasher: blake3::Hasher,
    offset: u64,
    terms: FxHashMap<Box<str>, u32>,
    dictionary: Vec<u8>,
    documents: FxHashMap<(ContentHash, Language), u32>,
    document_table: Vec<u8>,
    paths: Vec<u8>,
    path_count: u64,
    buffer: Vec<u8>,
}

impl Writer {
    /// Starts a snapshot, making its directory where there is none.
    ///
    /// # Errors
    /// Where the directory or the file cannot be made.
    pub fn new(slot: &Slot) -> io::Result<Self> {
        if let Some(dir) = slot.path.parent() {
            fs::create_dir_all(dir)?;
        }
        remove_abandoned(slot);
        let (temporary, file) = create(slot)?;
        let mut this = Self {
            out: BufWriter::with_capacity(1 << 18, file),
            temporary: Some(temporary),
            target: slot.path.clone(),
            hasher: blake3::Hasher::new(),
            offset: 0,
            terms: FxHashMap::default(),
            dictionary: Vec::new(),
            documents: FxHashMap::default(),
            document_table: Vec::new(),
            paths: Vec::new(),
            path_count: 0,
            buffer: Vec::new(),
        };
        let mut head = MAGIC.to_vec();
        put_bytes(&mut head, slot.version.as_bytes());
        head.extend(slot.fingerprint.0);
        this.emit(&head)?;
        Ok(this)
    }

    /// Adds one file. A document that was added with another file is not written again.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn push(&mut self, record: &Record) -> io::Result<()> {
        let document = match &record.content {
            RecordContent::Text(extract) => Some(self.document(record.hash, extract)?),
            RecordContent::Skipped(_) => None,
        };
        let out = &mut self.paths;
        self.path_count += 1;
        put(out, u64::from(record.root.0));
        put_bytes(out, record.path.as_bytes());
        match record.stamp {
            Some(stamp) => {
                out.push(1);
                put(out, stamp.size);
                put_signed(out, stamp.mtime_ns);
                put_signed(out, stamp.ctime_ns);
                put(out, stamp.inode);
            }
            None => out.push(0),
        }
        // Documents count from 1; 0 says that a reason follows.
        put(out, document.map_or(0, |document| u64::from(document) + 1));
        if let RecordContent::Skipped(reason) = &record.content {
            out.extend(record.hash.0);
            skip::encode(reason, out);
        }
        Ok(())
    }

    /// The number of a document, written now if it is new.
    fn document(&mut self, hash: ContentHash, extract: &super::Extract) -> io::Result<u32> {
        let next = self.documents.len() as u32;
        let number = *self.documents.entry((hash, extract.language)).or_insert(next);
        if number == next {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            let (terms, dictionary) = (&mut self.terms, &mut self.dictionary);
            let mut intern = |term: &str| {
                if let Some(number) = terms.get(term) {
                    return *number;
                }
                let number = terms.len() as u32;
                terms.insert(Box::from(term), number);
                put_bytes(dictionary, term.as_bytes());
                number
            };
            document::encode(extract, &mut intern, &mut buffer);
            self.document_table.extend(hash.0);
            put(&mut self.document_table, buffer.len() as u64);
            let written = self.emit(&buffer);
            self.buffer = buffer;
            written?;
        }
        Ok(number)
    }

    /// Completes the snapshot and puts it in the place of the old one.
    ///
    /// # Errors
    /// Where the disk does not take it; the old one then stays.
    pub fn finish(mut self) -> io::Result<()> {
        let tail = self.offset;
        let mut counts = Vec::new();
        put(&mut counts, self.terms.len() as u64);
        self.emit(&counts)?;
        let dictionary = std::mem::take(&mut self.dictionary);
        self.emit(&dictionary)?;
        counts.clear();
        put(&mut counts, self.documents.len() as u64);
        self.emit(&counts)?;
        let table = std::mem::take(&mut self.document_table);
        self.emit(&table)?;
        counts.clear();
        put(&mut counts, self.path_count);
        self.emit(&counts)?;
        let paths = std::mem::take(&mut self.paths);
        self.emit(&paths)?;
        self.emit(&tail.to_le_bytes())?;
        let checksum = self.hasher.finalize();
        self.out.write_all(checksum.as_bytes())?;
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        if let Some(temporary) = &self.temporary {
            fs::rename(temporary, &self.target)?;
        }
        // From now on somebody else may use the name.
        self.temporary = None;
        Ok(())
    }

    fn emit(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.offset += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

/// A new file beside the snapshot, with a name that nobody else has.
fn create(slot: &Slot) -> io::Result<(PathBuf, File)> {
    let mut number = 0u32;
    loop {
        let path = slot.path.with_extension(format!("{}-{number}.new", std::process::id()));
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Removes new files that were never finished. Where that fails nothing is lost but some room.
fn remove_abandoned(slot: &Slot) {
    let (Some(dir), Some(stem)) = (slot.path.parent(), slot.path.file_stem()) else { return };
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let ours = path.extension().is_some_and(|extension| extension == "new")
            && path.as_os_str().as_encoded_bytes().starts_with(dir.join(stem).as_os_str().as_encoded_bytes());
        let age = entry.metadata().ok().and_then(|meta| meta.modified().ok()?.elapsed().ok());
        if ours && age.is_some_and(|age| age > ABANDONED) {
            drop(fs::remove_file(path));
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // Where that fails, a later writer finds it abandoned.
            drop(fs::remove_file(temporary));
        }
    }
}
