//! Calibration: from what a model says to how often it is right in this repository (Platt 1999).
//!
//! Fitted by `quarry eval --judge BACKEND/MODEL` on the repository's own commits and kept in the cache, for each
//! repository, model and prompt; without that, what the model says is taken as it is.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::prompt;
use crate::config::replace_private;
use crate::domain::ModelRef;

/// Probabilities are taken no nearer to 0 and 1 than this.
const EDGE: f32 = 1e-4;

/// Newton steps; two unknowns converge in a few.
const STEPS: usize = 50;

/// Answers of each kind that a fit needs, so that it says more than chance.
const LEAST: usize = 20;

/// Slope and offset on log-odds, and from which probability a file is a yes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// On the model's log-odds.
    pub slope: f32,
    /// In log-odds.
    pub offset: f32,
    /// The least probability of a yes, after slope and offset.
    pub yes_at: f32,
    /// Answers that it was fitted on; 0 for none.
    pub fitted_on: u32,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { slope: 1.0, offset: 0.0, yes_at: 0.5, fitted_on: 0 }
    }
}

impl Calibration {
    /// The probability, and whether it is a yes.
    pub fn apply(&self, said: f32) -> (f32, bool) {
        if self.fitted_on == 0 {
            return (said, said >= self.yes_at);
        }
        let odds = self.slope * log_odds(said) + self.offset;
        let probability = 1.0 / (1.0 + (-odds).exp());
        (probability, probability >= self.yes_at)
    }

    /// Fits what a model said against what was so. `None` where there is too little to learn from.
    ///
    /// A yes stays a yes where the model says one half: what is learnt is how probable that is, since a file can help and
    /// still not be among those that a commit changed.
    pub fn fit(said: &[(f32, bool)]) -> Option<Self> {
        let right = said.iter().filter(|(_, so)| *so).count();
        if right < LEAST || said.len() - right < LEAST {
            return None;
        }
        // Targets as Platt has them, so that separable answers do not run away.
        let (yes, no) = (right as f64, (said.len() - right) as f64);
        let (high, low) = ((yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0));
        let (mut slope, mut offset) = (1.0_f64, ((yes + 1.0) / (no + 1.0)).ln());
        for _ in 0..STEPS {
            let (mut gradient, mut bend) = ([0.0_f64; 2], [1e-6_f64, 0.0, 1e-6]);
            for (said, so) in said {
                let x = f64::from(log_odds(*said));
                let p = 1.0 / (1.0 + (-(slope * x + offset)).exp());
                let miss = p - if *so { high } else { low };
                let spread = p * (1.0 - p);
                gradient = [gradient[0] + miss * x, gradient[1] + miss];
                bend = [bend[0] + spread * x * x, bend[1] + spread * x, bend[2] + spread];
            }
            let determinant = (bend[0] * bend[2] - bend[1] * bend[1]).max(1e-9);
            slope -= ((bend[2] * gradient[0] - bend[1] * gradient[1]) / determinant).clamp(-1.0, 1.0);
            offset -= ((bend[0] * gradient[1] - bend[1] * gradient[0]) / determinant).clamp(-1.0, 1.0);
        }
        if !slope.is_finite() || !offset.is_finite() || slope <= 0.0 {
            // A model that is no better than chance here: its word is not turned around.
            return None;
        }
        let yes_at = 1.0 / (1.0 + (-offset).exp());
        let fitted_on = said.len() as u32;
        Some(Self { slope: slope as f32, offset: offset as f32, yes_at: yes_at as f32, fitted_on })
    }
}

/// Where calibrations are kept.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// In this cache.
    pub fn new(cache: &Path) -> Self {
        Self { folder: cache.join("calibration") }
    }

    /// What is known of a model in the repository that holds this root; the default where nothing is.
    pub fn get(&self, root: &Path, model: &ModelRef) -> Calibration {
        let text = std::fs::read_to_string(self.file(root, model)).unwrap_or_default();
        let known: Option<Calibration> = serde_json::from_str(&text).ok();
        let sound = |it: &Calibration| {
            it.slope.is_finite()
                && it.slope > 0.0
                && it.offset.is_finite()
                && (0.0..=1.0).contains(&it.yes_at)
        };
        known.filter(sound).unwrap_or_default()
    }

    /// Keeps one.
    ///
    /// # Errors
    /// A cache that cannot be written.
    pub fn put(&self, root: &Path, model: &ModelRef, calibration: &Calibration) -> std::io::Result<PathBuf> {
        let file = self.file(root, model);
        replace_private(&file, &serde_json::to_vec(calibration).map_err(std::io::Error::other)?)?;
        Ok(file)
    }

    fn file(&self, root: &Path, model: &ModelRef) -> PathBuf {
        let root = repository(root);
        let mut hash = blake3::Hasher::new();
        for part in [
            root.as_os_str().as_encoded_bytes(),
            model.to_string().as_bytes(),
            &prompt::VERSION.to_le_bytes(),
        ] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        self.folder.join(format!("{}.json", &hash.finalize().to_hex()[..24]))
    }
}

/// The work tree that holds a root, else the root itself.
fn repository(root: &Path) -> PathBuf {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let found = git2::Repository::discover(&root).ok().and_then(|repo| repo.workdir().map(Path::to_path_buf));
    found.and_then(|dir| dir.canonicalize().ok()).unwrap_or(root)
}

fn log_odds(probability: f32) -> f32 {
    let p = probability.clamp(EDGE, 1.0 - EDGE);
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_fit_what_is_said_is_taken_as_it_is() {
        assert_eq!(Calibration::default().apply(0.7), (0.7, true));
        assert_eq!(Calibration::default().apply(0.4999), (0.4999, false));
    }

    #[test]
    fn an_overconfident_model_is_brought_down_to_how_often_it_is_right() {
        // Says 0.95, and is right in one of four; says 0.05, and is wrong in one of fifty.
        let mut said = Vec::new();
        for at in 0..400 {
            said.push((0.95, at % 4 == 0));
            said.push((0.05, at % 50 == 0));
        }
        let fit = Calibration::fit(&said).expect("enough to learn from");
        assert!((fit.apply(0.95).0 - 0.25).abs() < 0.02, "{fit:?}");
        assert!((fit.apply(0.05).0 - 0.02).abs() < 0.01, "{fit:?}");
        assert!(fit.apply(0.95).1 && !fit.apply(0.05).1, "a yes stays a yes");
        assert!(Calibration::fit(&said[..30]).is_none());
    }

    #[test]
    fn a_model_that_is_wrong_more_often_than_right_is_not_turned_around() {
        let said: Vec<(f32, bool)> =
            (0..400).map(|at| (if at % 2 == 0 { 0.9 } else { 0.1 }, at % 2 == 1)).collect();
        assert_eq!(Calibration::fit(&said), None);
    }

    #[test]
    fn what_was_fitted_is_kept_by_repository_and_model() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(dir.path());
        let (one, other) = (ModelRef::new("lab", "one"), ModelRef::new("lab", "other"));
        let fit = Calibration { slope: 0.5, offset: -2.0, yes_at: 0.1, fitted_on: 300 };
        shelf.put(dir.path(), &one, &fit).unwrap();
        assert_eq!(shelf.get(dir.path(), &one), fit);
        assert_eq!(shelf.get(dir.path(), &other), Calibration::default());
        std::fs::write(
            shelf.file(dir.path(), &other),
            "{\"slope\":-1,\"offset\":0,\"yes_at\":0.5,\"fitted_on\":9}",
        )
        .unwrap();
        assert_eq!(shelf.get(dir.path(), &other), Calibration::default(), "unsound ones do not count");
    }
}
