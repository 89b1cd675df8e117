//! Texts of git as items of a context: the working diff, what is staged, the last commit.

use std::fmt::Write;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::candidate::{Candidate, Matter};
use super::names::Names;
use super::shelf::{Rules, Sheet};
use crate::domain::{ContextKey, ContextSource, GitText, RootId};
use crate::text::amount;
use crate::tree::{self, GitPatch};

/// What git said since the last [`GitTexts::forget`].
#[derive(Debug, Default)]
pub struct GitTexts(FxHashMap<GitText, Read>);

#[derive(Debug, Clone)]
struct Read {
    title: Arc<str>,
    matter: Matter,
}

impl GitTexts {
    /// Forgets everything: the tree changed, or a new question is asked.
    pub fn forget(&mut self) {
        self.0.clear();
    }

    /// A text as a candidate.
    pub fn candidate(
        &mut self,
        names: &Names,
        rules: &dyn Rules,
        what: GitText,
        source: ContextSource,
    ) -> Candidate {
        let read = self.0.entry(what).or_insert_with(|| read(names, rules, what)).clone();
        let candidate = Candidate::new(ContextKey::Git(what), source, read.title, read.matter);
        candidate.because("you named it")
    }
}

/// The words for a text of git.
pub const fn words(what: GitText) -> &'static str {
    match what {
        GitText::WorkingDiff => "working diff",
        GitText::Staged => "staged diff",
        GitText::LastCommit => "last commit",
    }
}

fn read(names: &Names, rules: &dyn Rules, what: GitText) -> Read {
    let mut text = String::new();
    let (mut files, mut trouble) = (0, None);
    for (at, root) in names.roots().iter().enumerate() {
        match tree::patch(root, what) {
            Ok(patch) => files += write(names, rules, RootId(at as u16), &patch, &mut text),
            Err(why) => trouble = Some(why),
        }
    }
    let title = format!("{}, {}", words(what), amount::plural(files as u64, "file"));
    if !text.is_empty() {
        return Read { title: title.into(), matter: Matter::Text(Arc::new(Sheet::diff(&text))) };
    }
    let why = trouble.unwrap_or_else(|| match what {
        GitText::WorkingDiff => "nothing differs from the last commit".into(),
        GitText::Staged => "nothing is staged".into(),
        GitText::LastCommit => "there is no commit yet".into(),
    });
    Read { title: words(what).into(), matter: Matter::Nothing(why.into()) }
}

/// Writes a patch with paths as shown; tells how many files it has.
fn write(names: &Names, rules: &dyn Rules, root: RootId, patch: &GitPatch, text: &mut String) -> usize {
    if let Some(commit) = &patch.commit {
        put(text, format_args!("commit {}\nauthor {}\n\n", commit.name, commit.author));
        for line in commit.message.lines() {
            put(text, format_args!("    {line}\n"));
        }
        text.push('\n');
    }
    for file in &patch.files {
        let shown = names.below(root, &file.path.to_text()).shown;
        let old = file.old_path.as_ref().map(|old| names.below(root, &old.to_text()).shown);
        let private = [Some(&shown), old.as_ref()].into_iter().flatten().find_map(|path| rules.private(path));
        if let Some(rule) = private {
            put(text, format_args!("diff --git a/{shown} b/{shown}\n[private by {rule}: left out]\n"));
        } else {
            let body = file.text.split_once('\n').map_or("", |(_, body)| body);
            let old = old.as_ref().unwrap_or(&shown);
            put(text, format_args!("diff --git a/{old} b/{shown}\n{body}"));
        }
    }
    if patch.left_out > 0 {
        put(text, format_args!("[{} more files are left out]\n", patch.left_out));
    }
    patch.files.len() + patch.left_out
}

fn put(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(words);
}
