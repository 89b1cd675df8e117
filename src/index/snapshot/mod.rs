//! Snapshots: the index on disk, so that the next start reads one file instead of the whole tree.
//!
//! Invariant: what a snapshot says of bytes is keyed by their hash, and of paths by their stamp, so an old one is slow
//! but never wrong; and one that is cut short, damaged or of another version is not used at all.
//!
//! The file, all numbers LEB128 unless said otherwise:
//!
//! ```text
//! "QUARRYIX", version text, fingerprint (16 bytes)           what wrote it
//! documents                                                  one after the other, terms by number
//! dictionary, document table, path table                     the tail
//! tail's offset (8 bytes), BLAKE3 of all before (32 bytes)   the footer
//! ```

mod bytes;
mod document;
mod load;
mod skip;
mod write;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use super::ContentHash;
use crate::domain::{FileStamp, RelPath, RootId, SkipReason};

pub use load::{Known, KnownContent, Snapshot, Unusable};
pub use write::Writer;

use super::Extract;

const MAGIC: &[u8; 8] = b"QUARRYIX";

/// Raised when the file's layout changes.
const FORMAT: u32 = 1;

/// Length of the tail's offset and the checksum.
const FOOTER: usize = 8 + 32;

/// What a snapshot keeps of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its root.
    pub root: RootId,
    /// Its path below the root.
    pub path: RelPath,
    /// The stamp that vouches for the bytes; `None` where it was too young to.
    pub stamp: Option<FileStamp>,
    /// The hash of its bytes.
    pub hash: ContentHash,
    /// What the bytes are.
    pub content: RecordContent,
}

/// What the bytes of a [`Record`] are.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordContent {
    /// Text.
    Text(Box<Extract>),
    /// Not judged.
    Skipped(SkipReason),
}

/// Which snapshots a program can use, and where the one of its roots lies.
#[derive(Debug, Clone)]
pub struct Slot {
    path: PathBuf,
    version: String,
    fingerprint: ContentHash,
}

impl Slot {
    /// The snapshot of these roots below the cache directory. Asks the extractor for a sample, so that a snapshot
    /// made by another one is known as such.
    pub fn new(cache_dir: &Path, roots: &[PathBuf]) -> Self {
        use std::os::unix::ffi::OsStrExt;
        let mut hasher = blake3::Hasher::new();
        for root in roots {
            let real = root.canonicalize().unwrap_or_else(|_| root.clone());
            hasher.update(real.as_os_str().as_bytes()).update(&[0]);
        }
        let name = &hasher.finalize().to_hex()[..24];
        let version = format!("{} {FORMAT}", env!("CARGO_PKG_VERSION"));
        Self {
            path: cache_dir.join("index").join(format!("{name}.qix")),
            version,
            fingerprint: fingerprint(),
        }
    }

    /// Where the snapshot lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same place as another version of the program would see it.
    #[cfg(test)]
    fn of_version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }
}

/// Changes when extraction does.
fn fingerprint() -> ContentHash {
    const SAMPLES: [(&str, &str); 3] = [
        (
            "sample.rs",
            "//! Sample text.\nuse crate::a::b;\n/// Adds.\npub fn addNumbers(x_y: u32) -> u32 { x_y + 2 }\n",
        ),
        (
            "sample.py",
            "import os.path\nclass HTTPServer2:\n    \"\"\"Serves.\"\"\"\n    def run(self): pass # go\n",
        ),
        ("sample.md", "# Über Straßen\n\nRead `fooBar` in the naïve way.\n"),
    ];
    let mut out = Vec::new();
    let mut terms = Vec::new();
    for (path, text) in SAMPLES {
        let mut extract = super::extract(&RelPath::from(path), text);
        extract.terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut numbers = |term: &str| {
            terms.push(term.to_owned());
            terms.len() as u32
        };
        document::encode(&extract, &mut numbers, &mut out);
    }
    out.extend(terms.join("\n").into_bytes());
    ContentHash::of(&out)
}
