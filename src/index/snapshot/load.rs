//! Reading a snapshot: checked as a whole once, then decoded document by document as files are found.

use std::{fmt, fs, io};

use rustc_hash::FxHashMap;

use super::bytes::{Cursor, Malformed};
use super::{ContentHash, Extract, FOOTER, MAGIC, Slot, document, skip};
use crate::domain::{FileStamp, RelPath, RootId, SkipReason};

/// A snapshot in memory, documents still encoded.
pub struct Snapshot {
    bytes: Vec<u8>,
    terms: Vec<Place>,
    documents: Vec<(ContentHash, Place)>,
    paths: FxHashMap<(RootId, RelPath), Known>,
}

/// Where something lies in the bytes.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: u32,
    length: u32,
}

/// What a snapshot knows of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The stamp that vouches for the bytes, if any does.
    pub stamp: Option<FileStamp>,
    /// The hash of the bytes.
    pub hash: ContentHash,
    /// What they are.
    pub content: KnownContent,
}

/// What the bytes of a [`Known`] path are.
#[derive(Debug, Clone, PartialEq)]
pub enum KnownContent {
    /// Text; the number is for [`Snapshot::extract`].
    Text(u32),
    /// Not judged.
    Skipped(SkipReason),
}

/// Why there is no snapshot to use.
#[derive(Debug)]
pub enum Unusable {
    /// None was written yet.
    Missing,
    /// It cannot be read.
    Unreadable(io::Error),
    /// Another version of the program wrote it.
    Version,
    /// Cut short, or not what was written.
    Damaged,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is none yet"),
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::Version => f.write_str("another version of Quarry wrote it"),
            Self::Damaged => f.write_str("it is damaged or incomplete"),
        }
    }
}

impl From<Malformed> for Unusable {
    fn from(_: Malformed) -> Self {
        Self::Damaged
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot of {} paths, {} documents", self.paths.len(), self.documents.len())
    }
}

impl Snapshot {
    /// Loads the snapshot of a slot.
    ///
    /// # Errors
    /// Where there is none, or none that can be trusted.
    pub fn load(slot: &Slot) -> Result<Self, Unusable> {
        match fs::read(&slot.path) {
            Ok(bytes) => Self::parse(bytes, slot),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Unusable::Missing),
            Err(error) => Err(Unusable::Unreadable(error)),
        }
    }

    pub(super) fn parse(bytes: Vec<u8>, slot: &Slot) -> Result<Self, Unusable> {
        let head = check_head(&bytes, slot)?;
        let (body, footer) = bytes.split_at_checked(bytes.len().saturating_sub(FOOTER)).ok_or(Malformed)?;
        let mut footer = Cursor::new(footer);
        let tail = u64::from_le_bytes(footer.array()?);
        let (signed, checksum) = bytes.split_at(bytes.len() - 32);
        if blake3::hash(signed).as_bytes() != checksum || u32::try_from(body.len()).is_err() {
            return Err(Unusable::Damaged);
        }
        let tail = usize::try_from(tail).map_err(|_| Malformed)?;
        let mut cursor = Cursor::new(body.get(tail..).ok_or(Malformed)?);
        let place = |cursor: &Cursor<'_>, length: usize| Place {
            at: (body.len() - cursor.len() - length) as u32,
            length: length as u32,
        };
        let mut terms = Vec::new();
        for _ in 0..cursor.count()? {
            let length = cursor.text()?.len();
            terms.push(place(&cursor, length));
        }
        let mut documents = Vec::new();
        let mut at = head;
        for _ in 0..cursor.count()? {
            let hash = ContentHash(cursor.array()?);
            let length = cursor.small()?;
            documents.push((hash, Place { at: at as u32, length }));
            at += length as usize;
        }
        if at != tail {
            return Err(Unusable::Damaged);
        }
        let count = cursor.count()?;
        let mut paths = FxHashMap::with_capacity_and_hasher(count, rustc_hash::FxBuildHasher);
        for _ in 0..count {
            let (root, path, known) = read_path(&mut cursor, &documents)?;
            paths.insert((root, path), known);
        }
        Ok(Self { bytes, terms, documents, paths })
    }

    /// What is known of a path.
    pub fn known(&self, root: RootId, path: &RelPath) -> Option<&Known> {
        self.paths.get(&(root, path.clone()))
    }

    /// Number of paths.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether it knows nothing.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// The words of all documents, by number.
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|place| self.text(*place).unwrap_or_default())
    }

    /// Decodes a document; `None` for a number that no path has.
    pub fn extract(&self, document: u32) -> Option<Extract> {
        self.decode(document, &|term| Some(Box::from(self.text(*self.terms.get(term as usize)?)?)))
    }

    /// Decodes a document, terms by their numbers in [`Snapshot::terms`]: much cheaper.
    pub fn numbered(&self, document: u32) -> Option<Extract<u32>> {
        self.decode(document, &|term| ((term as usize) < self.terms.len()).then_some(term))
    }

    fn decode<T>(&self, document: u32, term: &dyn Fn(u32) -> Option<T>) -> Option<Extract<T>> {
        let (_, place) = *self.documents.get(document as usize)?;
        let mut cursor = Cursor::new(self.slice(place)?);
        document::decode(&mut cursor, term).ok()
    }

    fn text(&self, place: Place) -> Option<&str> {
        std::str::from_utf8(self.slice(place)?).ok()
    }

    fn slice(&self, place: Place) -> Option<&[u8]> {
        self.bytes.get(place.at as usize..(place.at + place.length) as usize)
    }
}

/// Checks who wrote it; returns where the documents begin.
fn check_head(bytes: &[u8], slot: &Slot) -> Result<usize, Unusable> {
    let mut cursor = Cursor::new(bytes);
    if cursor.take(MAGIC.len())? != MAGIC {
        return Err(Unusable::Damaged);
    }
    if cursor.text()? != slot.version || cursor.array()? != slot.fingerprint.0 {
        return Err(Unusable::Version);
    }
    Ok(bytes.len() - cursor.len())
}

fn read_path(
    cursor: &mut Cursor<'_>,
    documents: &[(ContentHash, Place)],
) -> Result<(RootId, RelPath, Known), Malformed> {
    let root = RootId(cursor.number()?.try_into().map_err(|_| Malformed)?);
    let path = RelPath::from_bytes(cursor.bytes()?);
    let stamp = match cursor.byte()? {
        0 => None,
        _ => Some(FileStamp {
            size: cursor.number()?,
            mtime_ns: cursor.signed()?,
            ctime_ns: cursor.signed()?,
            inode: cursor.number()?,
        }),
    };
    let known = if let Some(document) = cursor.small()?.checked_sub(1) {
        let (hash, _) = documents.get(document as usize).ok_or(Malformed)?;
        Known { stamp, hash: *hash, content: KnownContent::Text(document) }
    } else {
        let hash = ContentHash(cursor.array()?);
        Known { stamp, hash, content: KnownContent::Skipped(skip::decode(cursor)?) }
    };
    Ok((root, path, known))
}
