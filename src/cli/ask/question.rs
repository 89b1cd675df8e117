//! The question of the command line: its words, or standard input, and the files that it names.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::arguments::Ask;
use crate::cli::complaint::Complaint;
use crate::cli::setup::root_name;
use crate::domain::{Question, RelPath, TaskKind, spelled};

/// Reads the question. Files of `--context` are named in it as they would be in the composer, so that a conversation
/// that goes on later still says what was asked about.
///
/// # Errors
/// A [`Complaint`] where there are no words, or where a file is not there or lies outside of the roots.
pub fn read(arguments: &Ask, roots: &[PathBuf]) -> anyhow::Result<Question> {
    let mut text = arguments.text.join(" ");
    if text == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).context("cannot read the question from standard input")?;
        text = String::from_utf8_lossy(&bytes).into_owned();
    }
    let text = text.trim();
    let task = arguments.kind.map_or(TaskKind::Chat, Into::into);
    if text.is_empty() && !matches!(task, TaskKind::Commit | TaskKind::Review) {
        let complaint = Complaint::usage("the question is empty");
        return Err(complaint
            .hint("say what you want to know: quarry ask \"why is the cart emptied?\"")
            .into());
    }
    let mut text = text.to_owned();
    let named =
        arguments.context.iter().map(|path| named(path, roots)).collect::<anyhow::Result<Vec<_>>>()?;
    if !named.is_empty() {
        text.push_str("\n\n");
        text.push_str(&named.join(" "));
    }
    Ok(Question { task, ..Question::new(text) })
}

/// A path of `--context` as a mention: `PATH`, `PATH:LINE` or `PATH:FIRST-LAST`, relative to the working directory.
fn named(given: &str, roots: &[PathBuf]) -> anyhow::Result<String> {
    let (path, lines) = match given.rsplit_once(':') {
        Some((path, lines)) if !Path::new(given).exists() && is_lines(lines) => (path, format!(":{lines}")),
        Some(_) | None => (given, String::new()),
    };
    let found = Path::new(path).canonicalize().map_err(|error| {
        Complaint::usage(format!("cannot open {path}"))
            .cause(error.to_string())
            .hint("give a file of the tree")
    })?;
    let below = roots.iter().find_map(|root| Some((root, found.strip_prefix(root).ok()?)));
    let Some((root, below)) = below else {
        let complaint = Complaint::usage(format!("{path} lies outside of the tree"));
        return Err(complaint.hint("add its tree with --root DIR").into());
    };
    let mut shown = RelPath::from_path(below).to_text().into_owned();
    if found.is_dir() {
        shown.push('/');
    }
    if roots.len() > 1 {
        shown = format!("{}/{shown}", root_name(root));
    }
    Ok(format!("{}{lines}", spelled(&shown)))
}

fn is_lines(text: &str) -> bool {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    [first, last].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_in_the_composer() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("my docs")).unwrap();
        std::fs::write(root.join("my docs/a.md"), "a").unwrap();
        std::fs::write(root.join("b.rs"), "b").unwrap();
        let roots = [root.clone()];
        let at = |path: &str| named(&format!("{}/{path}", root.display()), &roots).unwrap();
        assert_eq!(at("b.rs"), "@b.rs");
        assert_eq!(at("b.rs:3-9"), "@b.rs:3-9");
        assert_eq!(at("my docs/a.md"), "@\"my docs/a.md\"");
        assert_eq!(at("my docs"), "@\"my docs/\"");
        for wrong in ["nothing.rs", "/"] {
            assert!(named(wrong, &roots).is_err(), "{wrong}");
        }
    }
}
