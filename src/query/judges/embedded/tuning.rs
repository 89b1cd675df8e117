//! Tuning: a small correction of the forest's score for one repository, fitted on its own older commits.
//!
//! A tuned score is the forest's plus a weighted sum of a few features and of two habits: how often files of this
//! extension, and of this directory, answered past requests of those that looked promising. It never leaves the machine.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::features::{self, Features};
use crate::config::replace_private;
use crate::domain::RelPath;

/// The format that this program reads and writes.
const FORMAT: u32 = 1;

/// The features that a correction weighs.
pub const WEIGHED: [&str; 14] = [
    "text_share",
    "textsubject_share",
    "path_share",
    "symbols_share",
    "chunk_share",
    "history_share",
    "historysubject_share",
    "cochange_share",
    "dirtext_share",
    "dirhistory_share",
    "role_test",
    "role_doc",
    "role_changelog",
    "role_config",
];

/// The number of weights: one for each of [`WEIGHED`], then extension and directory.
pub const WEIGHTS: usize = WEIGHED.len() + 2;

/// Levels of directories that a habit knows.
const LEVELS: usize = 2;

/// How often files of a kind answered past requests, as log-odds against all promising files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Habits {
    /// By extension, lower case; files without one under the empty name.
    pub extensions: BTreeMap<String, f32>,
    /// By the first directories of the path.
    pub directories: BTreeMap<String, f32>,
}

impl Habits {
    /// The extension and directory under which a path is known.
    pub fn keys(path: &RelPath) -> (String, String) {
        let text = path.to_text();
        let (directory, name) = text.rsplit_once('/').unwrap_or(("", &text));
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
        let directory: Vec<&str> = directory.split('/').take(LEVELS).collect();
        (extension, directory.join("/"))
    }

    fn of(&self, path: &RelPath) -> [f32; 2] {
        let (extension, directory) = Self::keys(path);
        let known = |map: &BTreeMap<String, f32>, key: &str| map.get(key).copied().unwrap_or_default();
        [known(&self.extensions, &extension), known(&self.directories, &directory)]
    }
}

/// What a correction reads of one file.
pub type Inputs = [f32; WEIGHTS];

/// A correction, and what it is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tuning {
    format: u32,
    /// The weights that it corrects; it is void for others.
    pub base: String,
    /// What stands for [`WEIGHED`], extension and directory.
    pub weights: Vec<f32>,
    /// The repository's habits.
    pub habits: Habits,
    /// How it was tested.
    pub tested: Tested,
}

/// How a correction was tested, on commits newer than those it was fitted on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// Commits it was fitted on.
    pub fitted_on: usize,
    /// Commits it was tested on.
    pub tested_on: usize,
    /// The newest commit of the test.
    pub newest: String,
    /// Metric, without, with, and the 95% interval of the difference.
    pub figures: Vec<(String, f64, f64, [f64; 2])>,
}

/// Why a kept correction is not used.
#[derive(Debug, thiserror::Error)]
pub enum TuningError {
    /// It cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what it should be.
    #[error("{path}: damaged; `quarry tune` makes it anew")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The judge was taught anew since.
    #[error("{path}: made for another version of the judge; `quarry tune` makes it anew")]
    Outdated {
        /// The file.
        path: PathBuf,
    },
}

/// Reads a file's inputs from its features.
#[derive(Debug, Clone)]
pub struct Lens {
    columns: Vec<usize>,
}

impl Default for Lens {
    fn default() -> Self {
        let names = features::names();
        let column = |name: &&str| names.iter().position(|(known, _)| known == name);
        Self { columns: WEIGHED.iter().filter_map(column).collect() }
    }
}

impl Lens {
    /// A file's inputs.
    pub fn read(&self, habits: &Habits, features: &Features, path: &RelPath) -> Inputs {
        let mut inputs = [0.0; WEIGHTS];
        for (input, column) in inputs.iter_mut().zip(&self.columns) {
            *input = features[*column];
        }
        inputs[WEIGHED.len()..].copy_from_slice(&habits.of(path));
        inputs
    }
}

impl Tuning {
    /// A correction of the weights named `base`.
    pub fn new(base: String, weights: &[f32; WEIGHTS], habits: Habits, tested: Tested) -> Self {
        Self { format: FORMAT, base, weights: weights.to_vec(), habits, tested }
    }

    /// What is added to a file's score.
    pub fn shift(&self, lens: &Lens, features: &Features, path: &RelPath) -> f32 {
        let inputs = lens.read(&self.habits, features, path);
        self.weights.iter().zip(inputs).map(|(weight, input)| weight * input).sum()
    }

    /// Where the correction of a root is kept.
    pub fn place(data: &Path, root: &Path) -> PathBuf {
        let name = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
        data.join("tuning").join(format!("{}.json", &name[..16]))
    }

    /// Reads the correction of a root; `None` where there is none. The weights are named only where there is one: that
    /// takes as long as writing them down.
    ///
    /// # Errors
    /// One that cannot be used, and why.
    pub fn load(
        data: &Path,
        root: &Path,
        base: impl FnOnce() -> String,
    ) -> Result<Option<Self>, TuningError> {
        let path = Self::place(data, root);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(TuningError::File { path, source }),
        };
        let Ok(tuning) = serde_json::from_str::<Self>(&text) else {
            return Err(TuningError::Damaged { path });
        };
        let sound = tuning.weights.len() == WEIGHTS && tuning.weights.iter().all(|weight| weight.is_finite());
        if tuning.format != FORMAT || tuning.base != base() {
            return Err(TuningError::Outdated { path });
        }
        if sound { Ok(Some(tuning)) } else { Err(TuningError::Damaged { path }) }
    }

    /// Keeps the correction of a root, in the place of an earlier one.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn save(&self, data: &Path, root: &Path) -> Result<(), TuningError> {
        let path = Self::place(data, root);
        let failed = |source| TuningError::File { path: path.clone(), source };
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(error.into()))?;
        replace_private(&path, text.as_bytes()).map_err(failed)
    }

    /// Forgets the correction of a root; false where there was none.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn forget(data: &Path, root: &Path) -> Result<bool, TuningError> {
        let path = Self::place(data, root);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(TuningError::File { path, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weighed_feature_exists() {
        assert_eq!(Lens::default().columns.len(), WEIGHED.len());
    }

    #[test]
    fn a_correction_is_kept_found_and_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, root) = (folder.path(), Path::new("/some/tree"));
        let tuning = Tuning::new("v1".into(), &[0.5; WEIGHTS], Habits::default(), Tested::default());
        assert_eq!(Tuning::load(data, root, || "v1".into()).expect("none"), None);
        tuning.save(data, root).expect("saved");
        assert_eq!(Tuning::load(data, root, || "v1".into()).expect("found"), Some(tuning));
        assert!(matches!(Tuning::load(data, root, || "v2".into()), Err(TuningError::Outdated { .. })));
        assert_eq!(Tuning::load(data, Path::new("/other"), || "v1".into()).expect("none"), None);
        std::fs::write(Tuning::place(data, root), "{").expect("written");
        assert!(matches!(Tuning::load(data, root, || "v1".into()), Err(TuningError::Damaged { .. })));
        assert!(Tuning::forget(data, root).expect("gone"));
        assert!(!Tuning::forget(data, root).expect("nothing there"));
    }

    #[test]
    fn habits_go_by_extension_and_the_first_directories() {
        assert_eq!(Habits::keys(&RelPath::from("src/ui/theme/Role.RS")), ("rs".into(), "src/ui".into()));
        assert_eq!(Habits::keys(&RelPath::from("Makefile")), (String::new(), String::new()));
    }
}
