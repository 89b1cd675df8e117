//! Headers of diffs: names, ranges, and the lines with which git says what else happens to a file.

use crate::edit::directive::{Directive, Malformed, Novelty, PatchHunk, range_hint};
use crate::edit::formats::Found;
use crate::edit::formats::path::of_header;

/// The header of a hunk, and the lines that it says the hunk has: old and new.
#[derive(Debug, Default)]
pub struct HunkHeader {
    pub hunk: PatchHunk,
    pub counts: Option<(usize, usize)>,
    /// It says that there are no old lines at all: the file is new.
    pub from_nothing: bool,
}

/// `@@ -12,3 +12,4 @@ fn x`, and the shorter forms models write.
pub fn hunk_header(line: &str) -> Option<HunkHeader> {
    let text = line.strip_prefix("@@")?;
    let ranges = text.split_once("@@").map_or(text, |(ranges, _)| ranges);
    let range = |sign: char| ranges.split_whitespace().find_map(|range| range.strip_prefix(sign));
    let count = |range: &str| match range.split_once(',') {
        Some((_, count)) => count.parse().ok(),
        None => range.parse::<u32>().ok().map(|_| 1),
    };
    Some(HunkHeader {
        hunk: PatchHunk { hint: range_hint(ranges), ..PatchHunk::default() },
        counts: range('-').and_then(count).zip(range('+').and_then(count)),
        from_nothing: range('-') == Some("0,0"),
    })
}

/// Words in brackets or after a name that tell two versions of a file apart.
const VERSIONS: [&str; 9] =
    ["original", "modified", "revised", "updated", "old", "new", "before", "after", "working copy"];

/// The old and the new name of a header; `None` for `/dev/null`.
pub fn pair(old: &str, new: &str) -> (Option<String>, Option<String>) {
    let (old, new) = (name(old), name(new));
    let bare = |name: &Option<String>, lead: &str| {
        name.as_ref().map(|name| name.strip_prefix(lead).unwrap_or(name).to_owned())
    };
    let (first, second) = (split(old.as_ref()), split(new.as_ref()));
    match (first, second) {
        // Without a prefix, or with the same one: it may be a folder.
        (Some((a, _)), Some((b, _))) if a == b => (old, new),
        (Some(("a", _)), Some(("b", _))) | (None, _) | (_, None) => (bare(&old, "a/"), bare(&new, "b/")),
        // `i/` and `w/`, and other pairs that git can be told to write.
        (Some((_, one)), Some((_, two))) if one == two => (Some(one.to_owned()), Some(two.to_owned())),
        (Some(_), Some(_)) => (old, new),
    }
}

/// A name after its first folder, where that is of one letter.
fn split(name: Option<&String>) -> Option<(&str, &str)> {
    name?.split_once('/').filter(|(lead, _)| lead.len() == 1)
}

/// The name in a header line.
fn name(text: &str) -> Option<String> {
    let mut text = text.split('\t').next().unwrap_or(text).trim();
    if let Some((before, version)) = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("))
        && VERSIONS.contains(&version.to_lowercase().as_str())
    {
        text = before;
    }
    // `a.txt 2024-01-02 03:04:05 +0000`
    let is_date = |word: &str| word.len() == 10 && word.bytes().filter(|byte| *byte == b'-').count() == 2;
    let is_day = |word: &str| is_date(word) && word.starts_with(|c: char| c.is_ascii_digit());
    if let Some(day) = text.split(' ').position(is_day).filter(|at| *at > 0) {
        let end = text.split(' ').take(day).map(|word| word.len() + 1).sum::<usize>();
        text = &text[..end - 1];
    }
    let name = of_header(text);
    (name != "/dev/null" && !name.is_empty()).then_some(name)
}

/// Whether two names only tell an old version from a new one, and name no file: `original.go` and `updated.go`.
pub fn are_versions(old: &str, new: &str) -> bool {
    let stem = |text: &str| {
        let name = name(text).unwrap_or_default();
        name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_owned()).to_lowercase()
    };
    let (old, new) = (stem(old), stem(new));
    old != new && VERSIONS.contains(&old.as_str()) && VERSIONS.contains(&new.as_str())
}

/// What git says of a file before its hunks.
#[derive(Debug, Default)]
pub struct Extended {
    /// Old and new name, and the line of the answer.
    names: Option<(String, String, usize)>,
    what: What,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum What {
    #[default]
    Lines,
    New,
    Deleted,
    Renamed,
    Copied,
    Binary,
    Mode,
}

/// The beginning of what git says: `diff --git a/x b/y`.
pub fn extended(at: usize, line: &str) -> Option<Extended> {
    let names = line.strip_prefix("diff --git ")?.replace('"', "");
    // Names may hold spaces: the right one is before a prefix, and best where both names are the same then.
    let parts = names.match_indices(' ').map(|(at, _)| pair(&names[..at], &names[at + 1..]));
    let mut found = parts.filter(|(_, new)| new.is_some()).collect::<Vec<_>>();
    let same = found.iter().position(|(old, new)| old == new).unwrap_or(0);
    let (old, new) = if found.is_empty() { (None, None) } else { found.swap_remove(same) };
    let (old, new) = (old.unwrap_or_else(|| names.clone()), new.unwrap_or_else(|| names.clone()));
    Some(Extended { names: Some((old, new, at)), what: What::Lines })
}

impl Extended {
    /// Whether git said nothing.
    pub const fn is_none(&self) -> bool {
        self.names.is_none()
    }

    /// The old and the new name.
    pub fn names(&self) -> Option<(String, String)> {
        self.names.as_ref().map(|(old, new, _)| (old.clone(), new.clone()))
    }

    /// Whether the file moves.
    pub fn moves(&self) -> bool {
        self.what == What::Renamed
    }

    /// Whether a header's names are the file's.
    pub fn is_about(&self, old: &str, new: &str) -> bool {
        let (old, new) = pair(old, new);
        self.names.as_ref().is_some_and(|(from, to, _)| {
            old.as_ref().is_none_or(|old| old == from) && new.as_ref().is_none_or(|new| new == to)
        })
    }

    /// Reads a line that says more; false where it does not.
    pub fn read(&mut self, at: usize, line: &str) -> bool {
        let what = [
            ("new file mode", What::New),
            ("deleted file mode", What::Deleted),
            ("rename from ", What::Renamed),
            ("rename to ", What::Renamed),
            ("copy from ", What::Copied),
            ("copy to ", What::Copied),
            ("Binary files ", What::Binary),
            ("GIT binary patch", What::Binary),
            ("old mode", What::Mode),
        ];
        let Some((lead, what)) = what.into_iter().find(|(lead, _)| line.starts_with(lead)) else {
            return false;
        };
        self.what = what;
        let rest = line[lead.len()..].trim();
        let (old, new, from) = self.names.take().unwrap_or_else(|| (rest.to_owned(), rest.to_owned(), at));
        self.names = Some(match lead {
            "rename from " | "copy from " => (rest.to_owned(), new, from),
            "rename to " | "copy to " => (old, rest.to_owned(), from),
            _ => (old, new, from),
        });
        true
    }

    /// What it says where no hunk follows.
    pub fn directive(self) -> Option<Found> {
        let (old, new, line) = self.names?;
        let refused = |why: &str| Err(Malformed { path: Some(new.clone()), line, why: why.to_owned() });
        Some(match self.what {
            What::New => {
                Ok(Directive::Write { path: Some(new), lines: Vec::new(), ends: true, new: Novelty::New })
            }
            What::Deleted => Ok(Directive::Delete { path: old }),
            What::Renamed => Ok(Directive::Patch { path: Some(old), moved_to: Some(new), hunks: Vec::new() }),
            What::Copied => refused("copies of files are not read; send the new file as a whole"),
            What::Binary => refused("it is a binary patch, and only text is edited"),
            What::Mode => refused("the mode of a file is not changed by an edit"),
            What::Lines => refused("the diff changes nothing: no hunk follows its names"),
        })
    }
}
