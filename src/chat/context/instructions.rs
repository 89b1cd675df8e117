//! Standing instructions: what a project tells every assistant, ours and others', for the directories that matter.
//!
//! The same text is sent once, however many programs it was written for; the more general file comes first, so that what
//! a directory says stands after what the whole project says.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::names::Names;
use super::shelf::{NoSheet, Place, Sheet, Shelf};
use crate::domain::{Locality, RootId};

/// Files with instructions that hold for their directory, in the order in which one stands for the others.
const NAMES: [&str; 10] = [
    "AGENTS.md",
    "AGENT.md",
    "CLAUDE.md",
    ".claude/CLAUDE.md",
    "GEMINI.md",
    "CONVENTIONS.md",
    ".cursorrules",
    ".windsurfrules",
    ".clinerules",
    ".github/copilot-instructions.md",
];

/// Folders whose files hold for the directory that they lie in, where they hold always.
const FOLDERS: [(&str, &str); 4] = [
    (".cursor/rules", "mdc"),
    (".windsurf/rules", "md"),
    (".clinerules", "md"),
    (".github/instructions", "md"),
];

/// Files of such a folder that are looked at.
const MOST_RULES: usize = 32;

/// Directories that are looked at.
const MOST_FOLDERS: usize = 24;

/// Where instructions for these files of a context lie, the most general first.
pub fn find(names: &Names, shelf: &mut Shelf, about: &[&Place], to: Locality) -> Vec<Place> {
    let mut seen = FxHashSet::default();
    let mut found: Vec<Place> = Vec::new();
    for (root, folder) in folders(names.roots().len(), about) {
        let below = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let mut paths: Vec<String> = NAMES.iter().map(|name| below(name)).collect();
        for (rules, end) in FOLDERS {
            let base = names.roots()[usize::from(root.0)].join(below(rules));
            paths.extend(listed(&base, end).into_iter().map(|name| below(&format!("{rules}/{name}"))));
        }
        for path in paths {
            let place = names.below(root, &path);
            let sheet = match shelf.sheet(&place, to) {
                Ok(sheet) => sheet,
                Err(NoSheet::Gone | NoSheet::Unfit(_)) => continue,
            };
            if holds_always(&sheet, &path) && !only_points(&sheet, &found) && seen.insert(sheet.hash) {
                found.push(place);
            }
        }
    }
    found
}

/// The directories of these files and those above them, root by root, the upper ones first.
fn folders(roots: usize, about: &[&Place]) -> Vec<(RootId, String)> {
    let mut folders: BTreeSet<(u16, usize, String)> =
        (0..roots as u16).map(|root| (root, 0, String::new())).collect();
    for place in about {
        let path = place.path.to_text();
        for (at, _) in path.match_indices('/') {
            if folders.len() >= MOST_FOLDERS + roots {
                break;
            }
            folders.insert((place.root.0, path[..at].matches('/').count() + 1, path[..at].to_owned()));
        }
    }
    let mut folders: Vec<_> = folders.into_iter().collect();
    folders.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
    folders.into_iter().map(|(root, _, folder)| (RootId(root), folder)).collect()
}

/// The files of a folder with this ending, by name.
fn listed(folder: &std::path::Path, end: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .take(MOST_RULES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.rsplit_once('.').is_some_and(|(_, ending)| ending == end))
        .collect();
    names.sort_unstable();
    names
}

/// Whether rules hold whatever is asked. Those of Cursor and Copilot say in their head for which files they hold; what
/// holds for some files only is left to whoever names it.
fn holds_always(sheet: &Sheet, path: &str) -> bool {
    if sheet.text.trim().is_empty() {
        return false;
    }
    let scoped = path.contains(".cursor/rules/")
        || path.contains(".github/instructions/")
        || path.contains(".windsurf/rules/");
    let Some(head) = sheet.text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---")) else {
        return true;
    };
    if !scoped {
        return true;
    }
    let value = |key: &str| {
        head.0.lines().find_map(|line| {
            line.strip_prefix(key)?
                .trim()
                .strip_prefix(':')
                .map(|value| value.trim().trim_matches(['"', '\'']))
        })
    };
    value("alwaysApply") == Some("true")
        || value("trigger") == Some("always_on")
        || value("applyTo").is_some_and(|globs| globs == "**" || globs == "**/*")
}

/// Whether a text only points to others that were found: `@AGENTS.md`, `See AGENTS.md`.
fn only_points(sheet: &Sheet, found: &[Place]) -> bool {
    let mut lines = sheet
        .text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .peekable();
    if lines.peek().is_none() {
        return false;
    }
    lines.all(|line| {
        let words = line
            .trim_end_matches('.')
            .rsplit([' ', '@', '(', '/'])
            .next()
            .unwrap_or(line)
            .trim_matches(['`', ')', '*']);
        line.len() < 80 && found.iter().any(|known| known.path.file_name() == words.as_bytes())
    })
}
