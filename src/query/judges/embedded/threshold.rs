//! The threshold that a person keeps for one repository, in place of the judge's own.

use std::io;
use std::path::{Path, PathBuf};

use super::tuning::{Tuning, TuningError};
use crate::config::replace_private;

fn place(data: &Path, root: &Path) -> PathBuf {
    Tuning::place(data, root).with_extension("threshold")
}

/// The threshold kept for a root, a probability; `None` where there is none that can be read.
pub fn load(data: &Path, root: &Path) -> Option<f32> {
    let text = std::fs::read_to_string(place(data, root)).ok()?;
    text.trim().parse().ok().filter(|from| (0.0..=1.0).contains(from))
}

/// Keeps the threshold of a root; `None` forgets it.
///
/// # Errors
/// A folder that cannot be written.
pub fn keep(data: &Path, root: &Path, from: Option<f32>) -> Result<(), TuningError> {
    let path = place(data, root);
    let done = match from {
        Some(from) => replace_private(&path, format!("{from}\n").as_bytes()),
        None => match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        },
    };
    done.map_err(|source| TuningError::File { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_kept_found_and_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, root) = (folder.path(), Path::new("/some/tree"));
        assert_eq!(load(data, root), None);
        keep(data, root, Some(0.125)).expect("kept");
        assert_eq!((load(data, root), load(data, Path::new("/other"))), (Some(0.125), None));
        std::fs::write(place(data, root), "7").expect("written");
        assert_eq!(load(data, root), None, "no probability");
        keep(data, root, None).expect("forgotten");
        keep(data, root, None).expect("nothing there");
        assert_eq!(load(data, root), None);
    }
}
