//! Named: which file an answer means by a path, or by none.

use super::refusal::Refusal;
use super::{Drafts, Files};
use crate::edit::formats::KNOWN_NAMES;
use crate::text::nearest::nearest;

impl<F: Files> Drafts<F> {
    /// The file of a directive; one without a name means the only file that was shown.
    pub(super) fn named(&self, path: Option<String>) -> Result<String, Refusal> {
        if let Some(path) = path {
            return Ok(self.resolve(&path));
        }
        match self.files.shown() {
            Some([only]) => Ok(only.clone()),
            Some(_) | None => {
                Err("the answer does not say which file it means: its path belongs on the line before"
                    .to_owned()
                    .into())
            }
        }
    }

    /// A path, unless it is a word that may be a name and no file has it.
    pub(super) fn surely(&self, path: Option<String>) -> Option<String> {
        let is_word = |path: &String| path.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let is_there =
            |path: &String| self.open.contains_key(path) || matches!(self.files.read(path), Ok(Some(_)));
        path.filter(|path| !is_word(path) || KNOWN_NAMES.contains(&path.as_str()) || is_there(path))
    }

    /// The file that a path means: itself, or itself without the prefix of a diff, or the only shown file that ends so.
    fn resolve(&self, path: &str) -> String {
        // A file that moves may be meant by the name that it gets.
        if let Some((from, _)) = self.open.iter().find(|(_, draft)| draft.moved_to.as_deref() == Some(path)) {
            return from.clone();
        }
        let is_there =
            |path: &str| self.open.contains_key(path) || matches!(self.files.read(path), Ok(Some(_)));
        if is_there(path) {
            return path.to_owned();
        }
        if let Some(bare) = path.strip_prefix("a/").or_else(|| path.strip_prefix("b/"))
            && is_there(bare)
        {
            return bare.to_owned();
        }
        let tails =
            |long: &str, short: &str| long.strip_suffix(short).is_some_and(|lead| lead.ends_with('/'));
        let shown = self.files.shown().unwrap_or_default();
        let ends: Vec<&String> =
            shown.iter().filter(|known| tails(known, path) || tails(path, known)).collect();
        match ends.as_slice() {
            [only] if !path.starts_with('/') && !path.split('/').any(|part| part == "..") => (*only).clone(),
            _ => path.to_owned(),
        }
    }

    /// The refusal of a file that is not there, with the shown one that may have been meant.
    pub(super) fn missing(&self, path: &str) -> Refusal {
        let shown = self.files.shown().unwrap_or_default();
        match nearest(path, shown.iter().map(String::as_str)) {
            Some(near) => format!("there is no such file; {near} may be meant").into(),
            None => "there is no such file".to_owned().into(),
        }
    }
}
