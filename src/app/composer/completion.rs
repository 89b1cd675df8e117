//! Completion: what a name or a command being typed could become, and which of it is selected.

use std::ops::Range;

use super::piece;
use crate::domain::{GitText, NamedSymbol, RankedRow, spelled};
use crate::text::fuzzy::{Fuzzy, Subject};

/// Files and directories that are offered.
const PATHS: usize = 40;

/// Paths that come before the symbols, which are fewer.
const FIRST: usize = 5;

/// What is completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A command: everything up to the cursor.
    Command(String),
    /// What follows an `@`.
    Name(String),
}

/// What an offer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferKind {
    /// A text of git.
    Git,
    /// A file.
    File,
    /// A directory, which more can follow.
    Folder,
    /// Something that a file defines.
    Symbol,
    /// A slash command or what belongs after it.
    Command,
}

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What takes the place of what is typed.
    pub insert: String,
    /// What it is called in the list.
    pub label: String,
    /// What it is, or where.
    pub note: String,
    /// What it is.
    pub kind: OfferKind,
}

/// The ways to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What of the text is replaced.
    pub range: Range<usize>,
    /// What is completed.
    pub wanted: Wanted,
    /// The ways, best first; never empty.
    pub offers: Vec<Offer>,
    /// The selected one.
    pub at: usize,
}

impl Completion {
    /// The selected way.
    pub fn selected(&self) -> Option<&Offer> {
        self.offers.get(self.at)
    }

    /// Selects the way so many further down; behind the last comes the first.
    pub fn step(&mut self, by: isize) {
        let count = self.offers.len().max(1);
        self.at = (self.at + count).saturating_add_signed(by % count.cast_signed()) % count;
    }

    /// Whether what is typed is the selected way already, so that enter means something else.
    pub fn is_done(&self, text: &str) -> bool {
        let typed = text.get(self.range.clone()).unwrap_or_default();
        self.selected().is_some_and(|offer| offer.insert.trim_end() == typed.trim_end())
    }
}

/// What is being typed at the cursor that could be completed, and where it begins.
pub fn wanted(text: &str, cursor: usize) -> Option<(Range<usize>, Wanted)> {
    if text.starts_with('/') && !text.starts_with("//") && cursor == text.len() && !text.contains('\n') {
        return Some((0..cursor, Wanted::Command(text.to_owned())));
    }
    let line = piece::line(text, cursor);
    let before = &text[line.start..cursor];
    // A quoted name may hold blanks.
    let at = match before.rfind("@\"") {
        Some(at) if !before[at + 2..].contains('"') => at,
        Some(_) | None => before.rfind('@').filter(|at| !before[*at..].contains(char::is_whitespace))?,
    };
    let opens = |c: char| c.is_whitespace() || "([{<\"'`,".contains(c);
    if !before[..at].chars().next_back().is_none_or(opens) {
        return None;
    }
    let typed = before[at + 1..].trim_start_matches('"');
    // Lines are typed on, and what stands for an attachment is no name.
    let lines = typed
        .rsplit_once(':')
        .is_some_and(|(_, tail)| tail.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'));
    if lines && typed.contains(['/', '.']) || typed.chars().any(|c| piece::marked(c).is_some()) {
        return None;
    }
    Some((line.start + at..cursor, Wanted::Name(typed.to_owned())))
}

/// What a name being typed could become: texts of git, files and directories in the order of the ranking where they fit
/// equally well, and what the engine told of symbols.
pub fn names(typed: &str, rows: &[RankedRow], symbols: &[NamedSymbol]) -> Vec<Offer> {
    let git = GitText::ALL.into_iter().filter(|text| text.mention().starts_with(typed)).map(|text| Offer {
        insert: format!("@{} ", text.mention()),
        label: text.mention().to_owned(),
        note: git_note(text).to_owned(),
        kind: OfferKind::Git,
    });
    let mut paths = paths(typed, rows);
    let rest = paths.split_off(paths.len().min(FIRST));
    let symbols = symbols.iter().map(|symbol| Offer {
        insert: format!("{} ", spelled(&symbol.name)),
        label: symbol.name.to_string(),
        note: format!("{} {}:{}", symbol.kind, symbol.path, symbol.line),
        kind: OfferKind::Symbol,
    });
    // With nothing typed the files that fit the question come first; git is there to be found.
    let (before, behind): (Vec<_>, Vec<_>) = git.partition(|_| !typed.is_empty());
    before.into_iter().chain(paths).chain(behind).chain(symbols).chain(rest).collect()
}

const fn git_note(text: GitText) -> &'static str {
    match text {
        GitText::WorkingDiff => "what differs from HEAD",
        GitText::Staged => "what is staged",
        GitText::LastCommit => "message and diff of the last commit",
    }
}

fn paths(typed: &str, rows: &[RankedRow]) -> Vec<Offer> {
    let mut found = fitting(typed, Subject::Paths, rows);
    if found.len() < FIRST {
        // Letters in their order are enough where words do not fit.
        let loose = fitting(typed, Subject::Words, rows);
        found.extend(loose.into_iter().filter(|offer| !found.contains(offer)).collect::<Vec<_>>());
    }
    found.truncate(PATHS);
    found
}

fn fitting(typed: &str, subject: Subject, rows: &[RankedRow]) -> Vec<Offer> {
    let mut fuzzy = Fuzzy::new(typed, subject);
    let mut seen = std::collections::HashSet::new();
    // Name first: the score, then the order of the ranking.
    let mut scored: Vec<(u32, usize, &str)> = Vec::new();
    for (rank, row) in rows.iter().enumerate() {
        for (slash, _) in row.path.match_indices('/') {
            let folder = &row.path[..=slash];
            if !typed.is_empty() && seen.insert(folder) {
                scored.extend(fuzzy.score(folder).map(|score| (score, rank, folder)));
            }
        }
        scored.extend(fuzzy.score(&row.path).map(|score| (score, rank, &*row.path)));
    }
    scored.sort_by_key(|(score, rank, path)| (std::cmp::Reverse(*score), *rank, path.len()));
    scored.into_iter().take(PATHS).map(|(_, _, path)| offer(path)).collect()
}

fn offer(path: &str) -> Offer {
    let folder = path.ends_with('/');
    // More is typed behind a directory.
    let blank = if folder { "" } else { " " };
    let mut name = spelled(path);
    if folder && name.ends_with('"') {
        name.pop();
    }
    Offer {
        insert: format!("{name}{blank}"),
        label: path.to_owned(),
        note: if folder { "directory".to_owned() } else { String::new() },
        kind: if folder { OfferKind::Folder } else { OfferKind::File },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FileId, StateKind};

    fn rows(paths: &[&str]) -> Vec<RankedRow> {
        let row = |(id, path): (usize, &&str)| RankedRow {
            file: FileId(id as u32),
            path: (*path).into(),
            state: StateKind::Yes,
            probability: 0.5,
            score: 0.5,
            stale: false,
            pinned: false,
            flipped: false,
        };
        paths.iter().enumerate().map(row).collect()
    }

    fn labels(typed: &str, paths: &[&str]) -> Vec<String> {
        names(typed, &rows(paths), &[]).into_iter().map(|offer| offer.label).collect()
    }

    #[test]
    fn a_name_is_completed_from_its_sign_to_the_cursor() {
        let at =
            |text: &str| wanted(text, text.len()).map(|(range, wanted)| (text[range].to_owned(), wanted));
        let name = |shown: &str, typed: &str| Some((shown.to_owned(), Wanted::Name(typed.to_owned())));
        assert_eq!(at("see @src/n"), name("@src/n", "src/n"));
        assert_eq!(at("see (@\"my no"), name("@\"my no", "my no"));
        assert_eq!(at("@"), name("@", ""));
        assert_eq!(at("@a.rs:10-4"), None, "lines are typed on");
        assert_eq!(at("ann@example"), None);
        assert_eq!(at("see @a b"), None);
        assert_eq!(at("/mod"), Some(("/mod".into(), Wanted::Command("/mod".into()))));
        assert_eq!(at("//mod"), None);
    }

    #[test]
    fn equal_fits_keep_the_order_of_the_ranking() {
        let paths = ["z/budget.rs", "a/budget.rs", "other.rs"];
        assert_eq!(labels("budget.rs", &paths), ["z/budget.rs", "a/budget.rs"]);
        assert_eq!(labels("", &paths)[..3], paths);
    }

    #[test]
    fn directories_git_and_loose_letters_are_offered() {
        assert!(labels("src/n", &["src/net/budget.rs"]).contains(&"src/net/".to_owned()));
        assert_eq!(labels("sta", &["a.rs"]), ["staged"]);
        assert_eq!(labels("bdgt", &["src/net/budget.rs"]), ["src/net/budget.rs"]);
    }

    #[test]
    fn a_path_with_blanks_is_quoted_and_a_directory_is_typed_on() {
        let offers = names("my", &rows(&["my notes/a.md"]), &[]);
        assert_eq!(offers[0].insert, "@\"my notes/");
        assert_eq!(offers[1].insert, "@\"my notes/a.md\" ");
    }

    #[test]
    fn selection_goes_round() {
        let offers = names("", &rows(&["a", "b"]), &[]);
        let count = offers.len();
        let mut completion = Completion { range: 0..1, wanted: Wanted::Name(String::new()), offers, at: 0 };
        completion.step(-1);
        assert_eq!(completion.at, count - 1);
        completion.step(1);
        assert_eq!(completion.at, 0);
    }
}
