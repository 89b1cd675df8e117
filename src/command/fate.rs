//! Fates: what became of edits, for statistics: hunks proposed and accepted, characters that they added, and how many of these
//! the next commit of the files still has.

use git2::Repository;

use crate::edit::{Change, LineEnd, Roots, Text, hunks};

/// Characters of the lines that a change adds.
pub fn added(change: &Change) -> u64 {
    let (Some(before), Some(after)) = (text(change.before.as_deref()), text(change.after.as_deref())) else {
        return 0;
    };
    hunks(&before, &after).iter().flat_map(|hunk| &hunk.new).map(|line| characters(&line.text)).sum()
}

/// How many of these characters another version of the file still has.
pub fn standing(change: &Change, now: Option<&[u8]>) -> u64 {
    let sides = (text(change.before.as_deref()), text(change.after.as_deref()), text(now));
    let (Some(before), Some(after), Some(now)) = sides else { return 0 };
    if now.lines.is_empty() {
        return 0;
    }
    let mut mine = vec![false; after.lines.len()];
    let mut shift = 0_isize;
    for hunk in hunks(&before, &after) {
        let start = (hunk.old_start as isize + shift) as usize;
        mine[start..start + hunk.new.len()].fill(true);
        shift += hunk.growth();
    }
    for hunk in hunks(&after, &now) {
        mine[hunk.range()].fill(false);
    }
    let kept = after.lines.iter().zip(mine).filter(|(_, mine)| *mine);
    kept.map(|(line, _)| characters(&line.text)).sum()
}

fn characters(line: &str) -> u64 {
    line.trim().chars().count() as u64
}

/// The text with line ends that do not matter here: git may keep others than the disk.
fn text(bytes: Option<&[u8]>) -> Option<Text> {
    let mut text = Text::read(bytes.unwrap_or_default()).ok()?;
    for line in &mut text.lines {
        line.end = LineEnd::Lf;
    }
    Some(text)
}

/// The last commit of the repository that holds a file; `None` where there is none.
pub fn head(roots: &Roots, path: &str) -> Option<String> {
    let place = roots.place(path).ok()?;
    let folder = place.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let repo = Repository::discover(folder).ok()?;
    Some(repo.head().ok()?.peel_to_commit().ok()?.id().to_string())
}

/// What the last commit has of a file; `None` where it has not the file.
pub fn committed(roots: &Roots, path: &str) -> Option<Vec<u8>> {
    let place = roots.place(path).ok()?;
    let folder = place.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let repo = Repository::discover(folder).ok()?;
    let tree = repo.workdir()?.canonicalize().ok()?;
    let below = place.strip_prefix(tree).ok()?;
    let entry = repo.head().ok()?.peel_to_tree().ok()?.get_path(below).ok()?;
    Some(repo.find_blob(entry.id()).ok()?.content().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(before: &str, after: &str) -> Change {
        let bytes = |text: &str| Some(text.as_bytes().to_vec());
        Change { path: "a".into(), moved_to: None, before: bytes(before), after: bytes(after), mode: None }
    }

    #[test]
    fn what_an_edit_added_is_counted_and_what_of_it_still_stands() {
        let change = change("one\ntwo\n", "one\n  drei\nvier\ntwo\n");
        assert_eq!(added(&change), 8);
        assert_eq!(standing(&change, Some(b"zero\r\none\r\n  drei\r\nfive\r\ntwo\r\n")), 4);
        assert_eq!(standing(&change, change.after.as_deref()), 8);
        assert_eq!(standing(&change, None), 0);
    }
}
