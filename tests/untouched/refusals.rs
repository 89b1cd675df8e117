//! What is never written: paths out of the roots, git's own folder, read-only files, files that git is in the middle of
//! merging or rebasing.

use std::process::Command;

use quarry::edit::{EditFormat, RealDisk};

use crate::stage::{Stage, scan};

/// Why an answer that touches a path is refused, at the proposal or at the write; nothing anywhere changes.
fn refused(stage: &Stage, answer: &str) -> String {
    let before = scan(stage.folder.path());
    let mut draft = stage.propose(EditFormat::ApplyPatch, answer);
    crate::stage::accept_all(&mut draft);
    let why = match draft.refused.first() {
        Some(refused) => refused.why.clone(),
        None => stage.write(&mut draft, &RealDisk).unwrap_err().to_string(),
    };
    let tree = |all: std::collections::BTreeMap<std::path::PathBuf, crate::stage::Stands>| {
        let ours = |path: &std::path::Path| path.starts_with("journal") || path.starts_with("writes");
        all.into_iter().filter(|(path, _)| !ours(path)).collect::<Vec<_>>()
    };
    assert_eq!(tree(scan(stage.folder.path())), tree(before), "{answer}");
    why
}

fn ways(path: &str) -> [String; 3] {
    [
        format!("*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n"),
        format!("*** Begin Patch\n*** Update File: {path}\n@@\n-one\n+two\n*** End Patch\n"),
        format!(
            "*** Begin Patch\n*** Update File: inside.txt\n*** Move to: {path}\n@@\n-one\n+two\n*** End Patch\n"
        ),
    ]
}

#[test]
fn paths_out_of_the_roots_are_refused_however_they_are_named() {
    let stage = Stage::with("inside.txt", b"one\n");
    std::fs::create_dir(stage.folder.path().join("outside")).unwrap();
    std::fs::write(stage.folder.path().join("outside/a.txt"), "one\n").unwrap();
    stage.link("../outside", "out");
    stage.link("../outside/a.txt", "a.txt");
    stage.link("../outside/none.txt", "dangling.txt");
    let absolute = stage.folder.path().join("outside/a.txt").display().to_string();
    let paths = [
        "../outside/a.txt",
        "x/../../outside/a.txt",
        &absolute,
        "out/a.txt",
        "out/new/b.txt",
        "a.txt",
        "dangling.txt",
    ];
    for answer in paths.iter().flat_map(|path| ways(path)) {
        let why = refused(&stage, &answer);
        let said = ["outside", "leads out", "leads nowhere", "absolute", "is a link"];
        assert!(said.iter().any(|part| why.contains(part)), "{answer}: {why}");
    }
}

#[test]
fn gits_own_folder_is_refused_in_every_spelling() {
    let stage = Stage::with("inside.txt", b"one\n");
    stage.put(".git/config", b"one\n");
    stage.put("sub/.git/config", b"one\n");
    stage.link(".git", "g");
    for path in [
        ".git/config",
        ".GIT/config",
        "./.git/config",
        "sub/.git/config",
        "g/config",
        ".git./config",
        "git~1/config",
    ] {
        for answer in ways(path) {
            let why = refused(&stage, &answer);
            assert!(why.contains("git's own folder"), "{answer}: {why}");
        }
    }
}

#[test]
fn files_that_are_read_only_are_refused() {
    let stage = Stage::with("inside.txt", b"one\n");
    stage.put("kept.txt", b"one\n");
    stage.mode("kept.txt", 0o444);
    let why = refused(
        &stage,
        "*** Begin Patch\n*** Update File: inside.txt\n@@\n-one\n+two\n*** Delete File: kept.txt\n*** End Patch\n",
    );
    assert_eq!(why, "kept.txt is read-only");
    let [_, update, _] = ways("kept.txt");
    assert_eq!(refused(&stage, &update), "kept.txt is read-only");
}

fn git(stage: &Stage, arguments: &[&str]) -> bool {
    let output = Command::new("git")
        .current_dir(&stage.tree)
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_EDITOR", "true")
        .output()
        .unwrap();
    output.status.success()
}

/// Two branches that changed the same line.
fn branches() -> Stage {
    let stage = Stage::with("inside.txt", b"one\n");
    stage.put("calm.txt", b"one\n");
    assert!(git(&stage, &["init", "--quiet", "--initial-branch=main"]));
    let commit = |text: &[u8]| {
        stage.put("inside.txt", text);
        assert!(git(&stage, &["add", "--all"]) && git(&stage, &["commit", "--quiet", "--message", "more"]));
    };
    commit(b"one\n");
    assert!(git(&stage, &["checkout", "--quiet", "-b", "other"]));
    commit(b"theirs\n");
    assert!(git(&stage, &["checkout", "--quiet", "main"]));
    commit(b"ours\n");
    stage
}

#[test]
fn files_in_the_middle_of_a_merge_or_a_rebase_are_refused_and_others_are_not() {
    for arguments in [&["merge", "other"][..], &["rebase", "other"], &["cherry-pick", "other"]] {
        let stage = branches();
        assert!(!git(&stage, arguments), "it conflicts");
        let delete = "*** Begin Patch\n*** Delete File: inside.txt\n*** End Patch\n";
        assert!(refused(&stage, delete).contains("conflicts that git waits for"), "{arguments:?}");
        let text = String::from_utf8(stage.bytes("inside.txt")).unwrap();
        let marker = text.lines().find(|line| line.starts_with("=======")).unwrap();
        let update =
            format!("*** Begin Patch\n*** Update File: inside.txt\n@@\n-{marker}\n+two\n*** End Patch\n");
        assert!(refused(&stage, &update).contains("conflicts that git waits for"), "{arguments:?}");
        let [_, calm, _] = ways("calm.txt");
        let mut draft = stage.accepted(EditFormat::ApplyPatch, &calm);
        stage.write(&mut draft, &RealDisk).unwrap();
        assert_eq!(stage.bytes("calm.txt"), b"two\n");
    }
}
