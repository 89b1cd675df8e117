//! Tests of commits: line ends that git changes, files that it does not track, and a first commit.

use super::*;

struct Place {
    folder: tempfile::TempDir,
    repo: Repository,
    roots: Roots,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let repo = Repository::init(folder.path()).expect("a repository");
        let mut config = repo.config().expect("a configuration");
        config.set_str("user.name", "Ann").expect("set");
        config.set_str("user.email", "ann@example.org").expect("set");
        let roots = Roots::new(&[folder.path().to_owned()], Vec::new()).expect("roots");
        Self { folder, repo, roots }
    }

    /// Commits a file as git has it, and writes it as the disk has it.
    fn tracked(&self, path: &str, git: &str, disk: &str) {
        fs::write(self.folder.path().join(path), disk).expect("written");
        let mut index = self.repo.index().expect("an index");
        let id = self.repo.blob(git.as_bytes()).expect("a blob");
        index.add(&entry_of(path.to_owned(), id, 0o100_644)).expect("added");
        index.write().expect("written");
        let tree = self.repo.find_tree(index.write_tree().expect("a tree")).expect("a tree");
        let who = self.repo.signature().expect("a name");
        let parent = self.repo.head().ok().and_then(|head| head.peel_to_commit().ok());
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        self.repo.commit(Some("HEAD"), &who, &who, "Begin", &tree, &parents).expect("a commit");
    }

    fn committed(&self, path: &str) -> String {
        let tree = self.repo.head().expect("a head").peel_to_tree().expect("a tree");
        let blob = of_tree(&self.repo, Some(&tree), path).expect("read").expect("there");
        String::from_utf8(blob).expect("utf-8")
    }
}

fn change(path: &str, before: Option<&str>, after: Option<&str>) -> Change {
    let bytes = |text: &str| text.as_bytes().to_vec();
    Change {
        path: path.into(),
        moved_to: None,
        before: before.map(bytes),
        after: after.map(bytes),
        mode: None,
    }
}

#[test]
fn line_ends_that_git_keeps_otherwise_are_kept_so() {
    let place = Place::new();
    place.tracked("a.txt", "one\ntwo\n", "one\r\nTWO\r\n");
    let wrote = [change("a.txt", Some("one\r\ntwo\r\n"), Some("one\r\nTWO\r\n"))];
    commit(plan(&wrote, &place.roots).expect("a plan"), "Shout").expect("a commit");
    assert_eq!(place.committed("a.txt"), "one\nTWO\n");
}

#[test]
fn the_first_commit_holds_a_new_file_alone() {
    let place = Place::new();
    fs::write(place.folder.path().join("other"), "other\n").expect("written");
    fs::write(place.folder.path().join("new"), "new\n").expect("written");
    let planned = plan(&[change("new", None, Some("new\n"))], &place.roots).expect("a plan");
    assert!(planned.diff().expect("a diff").contains("+new"));
    let (_, subject) = commit(planned, "Begin\n\nWith little.").expect("a commit");
    assert_eq!((subject.as_str(), place.committed("new").as_str()), ("Begin", "new\n"));
    let tree = place.repo.head().expect("a head").peel_to_tree().expect("a tree");
    assert_eq!(tree.len(), 1);
}

#[test]
fn a_file_that_git_does_not_track_would_come_whole_and_is_refused() {
    let place = Place::new();
    place.tracked("a", "a\n", "a\n");
    let refused = plan(&[change("b", Some("mine\n"), Some("mine\nours\n"))], &place.roots);
    assert!(matches!(refused, Err(CommitError::Tangled { path, .. }) if path == "b"));
    assert!(matches!(plan(&[], &place.roots), Err(CommitError::Nothing)));
}
