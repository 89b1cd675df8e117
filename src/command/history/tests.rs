//! Tests of writing and of taking back: every crash leaves files and history that agree, foreign changes stay.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::command::draft::Draft;
use crate::command::write::write;
use crate::domain::{Decision, EditTarget, Hunks, Instruction};
use crate::edit::{Found, Like, RealDisk, recover};

/// A disk that stops working for good after so many calls.
struct Failing(AtomicUsize);

impl Failing {
    fn spend(&self) -> io::Result<()> {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(1), Ordering::Relaxed);
        if left == 0 { Err(io::Error::other("pulled the plug")) } else { Ok(()) }
    }
}

impl Disk for Failing {
    fn create(&self, path: &Path, bytes: &[u8], like: Like<'_>) -> io::Result<()> {
        self.spend().and_then(|()| RealDisk.create(path, bytes, like))
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.spend().and_then(|()| RealDisk.overwrite(path, bytes))
    }

    fn look(&self, path: &Path) -> io::Result<Found> {
        self.spend().and_then(|()| RealDisk.look(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.spend().and_then(|()| RealDisk.rename(from, to))
    }

    fn settle(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.spend().and_then(|()| RealDisk.settle(from, to))
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.spend().and_then(|()| RealDisk.exchange(one, other))
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.spend().and_then(|()| RealDisk.remove_directory(path))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.spend().and_then(|()| RealDisk.remove(path))
    }

    fn make_directory(&self, path: &Path) -> io::Result<()> {
        self.spend().and_then(|()| RealDisk.make_directory(path))
    }
}

struct Place {
    folder: tempfile::TempDir,
    roots: Roots,
    history: History,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let tree = folder.path().join("tree");
        fs::create_dir(&tree).expect("made");
        for name in ["a", "gone", "old"] {
            fs::write(tree.join(name), format!("{name} 1\n{name} 2\n{name} 3\n")).expect("written");
        }
        fs::set_permissions(tree.join("gone"), fs::Permissions::from_mode(0o750)).expect("set");
        let roots = Roots::new(&[tree], Vec::new()).expect("roots");
        let history = History::new(folder.path().join("writes"), folder.path().join("journal"));
        Self { folder, roots, history }
    }

    fn journals(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("tree").join(name)
    }

    /// An edit that changes one file, makes one, removes one and moves one; all of it accepted.
    fn draft(&self) -> Draft {
        let read = |name: &str| self.roots.read(name).expect("allowed");
        let change = |path: &str, to: Option<&str>, after: Option<&str>| Change {
            path: path.into(),
            moved_to: to.map(str::to_owned),
            before: read(path),
            after: after.map(|text| text.as_bytes().to_vec()),
            mode: None,
        };
        let instruction = Instruction {
            text: "turn it all".into(),
            target: EditTarget::Judged,
            context: Vec::new(),
            turn: None,
            model: None,
        };
        let mut draft = Draft::new(instruction, 1);
        let changes = [
            change("a", None, Some("a 1\na two\na 3\n")),
            change("new", None, Some("new\n")),
            change("gone", None, None),
            change("old", Some("moved"), Some("old 1\nold 2\nold three\n")),
        ];
        draft.take(changes.into_iter().map(|change| (change.path.clone(), Some(change))).collect());
        draft.decide(&Hunks::All, Decision::Accepted);
        draft
    }

    fn write(&self, disk: &dyn Disk) -> Result<Vec<Change>, crate::command::write::WriteError> {
        write(&mut self.draft(), &self.roots, disk, (&self.history, &self.journals()))
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.folder.path().join("tree")).expect("listed").flatten();
        let name = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut files: Vec<_> =
            entries.map(|entry| (name(&entry), fs::read(entry.path()).expect("read"))).collect();
        files.sort();
        files
    }
}

#[test]
fn a_write_of_every_kind_is_taken_back_and_written_again() {
    let place = Place::new();
    let before = place.files();
    place.write(&RealDisk).expect("written");
    let after = place.files();
    let names: Vec<&str> = after.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a", "moved", "new"]);
    let turned = place.history.undo(&RealDisk, &place.roots).expect("taken back");
    assert_eq!((place.files(), turned.instruction.as_str()), (before.clone(), "turn it all"));
    let mode = fs::metadata(place.file("gone")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o750, "a file that comes back has its mode");
    place.history.redo(&RealDisk, &place.roots).expect("written again");
    assert_eq!(place.files(), after);
    place.history.undo(&RealDisk, &place.roots).expect("taken back");
    assert_eq!(place.files(), before);
}

#[test]
fn after_a_crash_anywhere_files_and_history_agree() {
    let mut whole = 0;
    for calls in 0..70 {
        let place = Place::new();
        let before = place.files();
        let _ = place.write(&Failing(AtomicUsize::new(calls)));
        // The next start.
        recover(&RealDisk, &place.journals()).expect("recovered");
        place.history.settle(&place.roots);
        let wrote = place.files() != before;
        whole += usize::from(wrote);
        assert_eq!(place.history.next().0.is_some(), wrote, "after {calls} calls");
        if wrote {
            place.history.undo(&RealDisk, &place.roots).expect("taken back");
        }
        assert_eq!(place.files(), before, "after {calls} calls");
    }
    assert!((1..70).contains(&whole));
}

#[test]
fn a_crash_while_taking_back_leaves_all_or_nothing() {
    for calls in 0..70 {
        let place = Place::new();
        let before = place.files();
        place.write(&RealDisk).expect("written");
        let after = place.files();
        let _ = place.history.undo(&Failing(AtomicUsize::new(calls)), &place.roots);
        recover(&RealDisk, &place.journals()).expect("recovered");
        let now = place.files();
        assert!(now == before || now == after, "after {calls} calls: {now:?}");
    }
}

#[test]
fn a_new_write_ends_what_could_be_written_again() {
    let place = Place::new();
    place.write(&RealDisk).expect("written");
    place.history.undo(&RealDisk, &place.roots).expect("taken back");
    assert!(place.history.next().1.is_some());
    place.write(&RealDisk).expect("written");
    assert_eq!(place.history.next(), (Some("turn it all".into()), None));
}

#[test]
fn foreign_changes_stay_and_overlapping_ones_refuse() {
    let place = Place::new();
    place.write(&RealDisk).expect("written");
    fs::write(place.file("a"), "a 1\na two\na 3\nmine\n").expect("written");
    place.history.undo(&RealDisk, &place.roots).expect("taken back");
    assert_eq!(fs::read(place.file("a")).expect("read"), b"a 1\na 2\na 3\nmine\n");
    place.history.redo(&RealDisk, &place.roots).expect("written again");
    let files = place.files();
    fs::write(place.file("new"), "new, and more\n").expect("written");
    let refused = place.history.undo(&RealDisk, &place.roots);
    assert!(matches!(refused, Err(HistoryError::Changed { path, .. }) if path == "new"));
    fs::write(place.file("new"), "new\n").expect("written");
    assert_eq!(place.files(), files, "a refusal changes nothing");
}

#[test]
fn what_of_a_write_the_next_commit_still_has_is_counted_once() {
    let place = Place::new();
    let tree = place.folder.path().join("tree");
    let repo = git2::Repository::init(&tree).expect("a repository");
    let commit = || {
        let mut index = repo.index().expect("an index");
        index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).expect("added");
        index.write().expect("written");
        let tree = repo.find_tree(index.write_tree().expect("a tree")).expect("a tree");
        let who = git2::Signature::now("Ann", "ann@example.org").expect("a name");
        let parent = repo.head().ok().and_then(|head| head.peel_to_commit().ok());
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        repo.commit(Some("HEAD"), &who, &who, "More", &tree, &parents).expect("a commit");
    };
    commit();
    let mut draft = place.draft();
    write(&mut draft, &place.roots, &RealDisk, (&place.history, &place.journals())).expect("written");
    let figures = place.history.figures(draft.id).expect("figures");
    // `a two`, `new` and `old three`; a move has no characters.
    assert_eq!((figures.accepted, figures.characters, figures.standing), (5, 17, None));
    assert!(place.history.count_standing(&place.roots).is_empty(), "no commit since");
    fs::write(place.file("new"), "other\n").expect("written");
    commit();
    assert_eq!(place.history.count_standing(&place.roots).len(), 1);
    let figures = place.history.figures(draft.id).expect("figures");
    assert_eq!(figures.standing, Some(14));
    assert!(place.history.count_standing(&place.roots).is_empty(), "counted once");
}
