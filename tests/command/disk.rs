//! Files under review that change on disk: noticed at once, merged three ways, shown again; and what of an edit the next
//! commit has, whoever makes it.

use quarry::domain::{Change, CommitId, FileMeta, FileStamp, GitState, RelPath, RootId, TreeEvent};

use super::*;

/// The watcher says that the file changed.
fn changed(stage: &Stage, path: &str) {
    let meta =
        FileMeta { root: RootId(0), path: RelPath::from(path), stamp: FileStamp::default(), skip: None };
    stage.ear.changed(&TreeEvent::Changed(vec![Change::Upsert(meta)]), &[]);
}

#[test]
fn a_change_on_disk_is_merged_and_shown_before_anything_is_written() {
    let stage = Stage::new();
    let edit = stage.ask(&(block("    1;", "    10;") + &block("    2;", "    20;")));
    stage.accept_all(edit.id);
    let theirs = format!("// Their line.\n{FILE}");
    stage.home.write("src/a.rs", &theirs);
    changed(&stage, "src/a.rs");
    let notice = stage.notice("src/a.rs changed on disk");
    assert_eq!(notice.cause.as_deref(), Some("the hunks of edit 1 were merged with what is there now"));
    let edit = stage.edit("the merge", |edit| edit.files[0].changed_on_disk);
    let starts: Vec<u32> = hunks(&edit).iter().map(|hunk| hunk.old_start).collect();
    assert_eq!(starts, [3, 7], "a line further down");
    assert!(hunks(&edit).iter().all(|hunk| hunk.decision == Decision::Accepted), "what was decided stays");
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    assert_eq!(stage.read("src/a.rs"), theirs.replace("1;", "10;").replace("2;", "20;"));
}

#[test]
fn a_conflict_shows_both_sides_at_once_and_again_when_the_file_changes_again() {
    let stage = Stage::new();
    let edit = stage.ask(&(block("    1;", "    10;") + &block("    2;", "    20;")));
    stage.accept_all(edit.id);
    let mut told = Vec::new();
    let mut last = HunkId(0);
    for theirs in ["22", "23"] {
        stage.home.write("src/a.rs", FILE.replace("2;", &format!("{theirs};")));
        changed(&stage, "src/a.rs");
        let notice = stage.notice("src/a.rs changed on disk");
        told.push(notice.cause.unwrap());
        assert!(notice.hint.unwrap().contains("`!`"));
        let shown = format!("    {theirs};");
        let edit = stage.edit("both sides", |edit| {
            hunks(edit).iter().any(|hunk| hunk.conflict.as_ref().is_some_and(|lines| *lines[0] == *shown))
        });
        assert_eq!(&*hunks(&edit)[1].new[0], "    20;");
        assert_eq!(hunks(&edit)[1].decision, Decision::Undecided);
        last = hunks(&edit)[1].id;
    }
    assert!(told.iter().all(|cause| cause.starts_with("1 hunk of edit 1 cannot be merged")), "{told:?}");
    stage.send(EditCommand::Resolve(edit.id, last, Decision::Accepted));
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    assert_eq!(stage.read("src/a.rs"), FILE.replace("1;", "10;").replace("2;", "20;"), "theirs was given up");
}

#[test]
fn an_edit_that_somebody_made_meanwhile_is_over() {
    let stage = Stage::new();
    stage.ask(&block("    2;", "    20;"));
    stage.home.write("src/a.rs", FILE.replace("2;", "20;"));
    changed(&stage, "src/a.rs");
    assert!(stage.notice("src/a.rs changed on disk").cause.unwrap().contains("is there already"));
    stage.edit("the end", |edit| edit.state == EditState::Dropped);
}

#[test]
fn other_files_and_our_own_writes_are_no_news() {
    let stage = Stage::new();
    let edit = stage.ask(&(block("    1;", "    10;") + &block("    2;", "    20;")));
    let first = hunks(&edit)[0].id;
    stage.send(EditCommand::Decide(edit.id, Hunks::One(first), Decision::Accepted));
    stage.send(EditCommand::Write(edit.id));
    stage.written();
    changed(&stage, "src/a.rs");
    changed(&stage, "src/b.rs");
    stage.send(EditCommand::Undo);
    let notice = stage.event("any notice", |event| match event {
        EditEvent::Notice(notice) => Some(notice),
        _ => None,
    });
    assert!(notice.title.starts_with("Taken back"), "{notice:?}");
}

#[test]
fn what_changed_while_nobody_looked_is_merged_at_the_start() {
    let mut stage = Stage::new();
    let edit = stage.ask(&block("    2;", "    20;"));
    stage.commander = None;
    stage.home.write("src/a.rs", format!("// Their line.\n{FILE}"));
    stage.restart();
    stage.notice("src/a.rs changed on disk");
    let again = stage.edit("the merge", |other| other.id == edit.id);
    assert_eq!(hunks(&again)[0].old_start, 7);
}

#[test]
fn what_the_next_commit_has_is_counted_whoever_makes_it() {
    let stage = Stage::new();
    repository(&stage);
    write_two(&stage);
    let head = |stage: &Stage| {
        let hex = stage.git(&["rev-parse", "HEAD"]);
        let mut bytes = [0; 20];
        for (byte, pair) in bytes.iter_mut().zip(hex.trim().as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        }
        let state =
            GitState { branch: None, head: Some(CommitId(bytes)), dirty: Vec::new(), operation: None };
        stage.ear.changed(&TreeEvent::Git(RootId(0), Some(state)), &[]);
    };
    // A commit of something else is not the one, and neither is a branch of old commits.
    stage.home.write("other.txt", "more\n");
    stage.home.git(&["commit", "--quiet", "-m", "Other", "other.txt"]);
    head(&stage);
    let standing = |stage: &Stage| {
        // A command that is answered is behind all that was told before it.
        stage.send(EditCommand::Redo);
        stage.notice("Nothing was written again");
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = i64::try_from(now.as_millis()).unwrap();
        let stats = stage.store.stats(7, now, Duration::from_secs(10)).unwrap();
        stats.rows.iter().map(|row| row.figures.standing).sum::<u64>()
    };
    assert_eq!(standing(&stage), 0);
    // The person keeps one of the edit's lines, adds one, and commits in another terminal.
    stage.home.write("src/a.rs", FILE.replace("2;", "20;").replace("3;", "33;"));
    stage.home.git(&["commit", "--quiet", "-m", "Twenty", "src/a.rs"]);
    stage.home.write("src/a.rs", FILE);
    stage.home.git(&["commit", "--quiet", "-m", "Take it back", "src/a.rs"]);
    head(&stage);
    assert_eq!(standing(&stage), 3, "`20;`, of the next commit and not of the last");
}
