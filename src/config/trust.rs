//! Trust: which projects' own files the user has read and allowed to set what is run, sent or bound.
//!
//! Invariant: trust is in one text, not in a place: a file that changed by one byte is not trusted any more. The list
//! lies in the data folder, where no project writes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::replace::replace_private;

/// The name of a project's own file, in its root.
const PROJECT_FILE: &str = ".quarry.toml";

/// What the user said of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trusted {
    /// To trust it as it is now.
    Yes,
    /// To trust an earlier text of it.
    Changed,
    /// Nothing.
    No,
}

/// The file that holds a project's own configuration.
pub fn project_file(root: &Path) -> PathBuf {
    root.join(PROJECT_FILE)
}

/// Whether the user trusts this text of the project's file in `root`.
pub fn trusted(data: &Path, root: &Path, text: &str) -> Trusted {
    match read(data).get(&name(root)) {
        Some(hash) if *hash == hash_of(text) => Trusted::Yes,
        Some(_) => Trusted::Changed,
        None => Trusted::No,
    }
}

/// Trusts this text of the project's file in `root`.
///
/// # Errors
/// The list in the data folder cannot be written.
pub fn trust(data: &Path, root: &Path, text: &str) -> io::Result<()> {
    let mut list = read(data);
    list.insert(name(root), hash_of(text));
    write(data, &list)
}

/// Takes trust back; false where there was none.
///
/// # Errors
/// The list in the data folder cannot be written.
pub fn revoke(data: &Path, root: &Path) -> io::Result<bool> {
    let mut list = read(data);
    if list.remove(&name(root)).is_none() {
        return Ok(false);
    }
    write(data, &list)?;
    Ok(true)
}

fn name(root: &Path) -> String {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    project_file(&root).to_string_lossy().into_owned()
}

fn hash_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn list_file(data: &Path) -> PathBuf {
    data.join("trusted.json")
}

/// A list that cannot be read trusts nothing.
fn read(data: &Path) -> BTreeMap<String, String> {
    fs::read(list_file(data)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

fn write(data: &Path, list: &BTreeMap<String, String>) -> io::Result<()> {
    replace_private(&list_file(data), &serde_json::to_vec_pretty(list)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_in_one_text_of_one_project_and_can_be_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let (data, root, other) =
            (folder.path().join("data"), folder.path().join("a"), folder.path().join("b"));
        assert_eq!(trusted(&data, &root, "x = 1"), Trusted::No);
        trust(&data, &root, "x = 1").unwrap();
        assert_eq!(trusted(&data, &root, "x = 1"), Trusted::Yes);
        assert_eq!(trusted(&data, &root, "x = 2"), Trusted::Changed);
        assert_eq!(trusted(&data, &other, "x = 1"), Trusted::No);
        assert!(revoke(&data, &root).unwrap());
        assert!(!revoke(&data, &root).unwrap());
        assert_eq!(trusted(&data, &root, "x = 1"), Trusted::No);
    }

    #[test]
    fn a_list_that_is_damaged_trusts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        trust(folder.path(), folder.path(), "x = 1").unwrap();
        fs::write(list_file(folder.path()), "{").unwrap();
        assert_eq!(trusted(folder.path(), folder.path(), "x = 1"), Trusted::No);
    }
}
