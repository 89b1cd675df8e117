//! Writing what an answer proposes: all or nothing, below the root alone, and never into git's own folder.
#![no_main]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use quarry::edit::formats::read;
use quarry::edit::{Drafts, EditFormat, RealDisk, Roots, apply};

fuzz_target!(|data: &[u8]| {
    let Some((format, answer)) = data.split_first() else { return };
    let (_, format) = EditFormat::ALL[usize::from(*format) % EditFormat::ALL.len()];
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let Ok(folder) = tempfile::tempdir_in(base) else { return };
    let tree = folder.path().join("tree");
    plant(folder.path(), &tree).unwrap_or_else(|error| panic!("{error}"));
    let outside = files(folder.path(), &tree);
    let git = files(&tree.join(".git"), Path::new("/nowhere"));
    let roots = Roots::new(std::slice::from_ref(&tree), Vec::new()).unwrap_or_else(|error| panic!("{error}"));
    let mut drafts = Drafts::new(&roots);
    for found in read(format, &String::from_utf8_lossy(answer)) {
        drafts.take(found);
    }
    let proposal = drafts.finish();
    let before = files(&tree, Path::new("/nowhere"));
    let journals = tempfile::tempdir_in("/dev/shm").unwrap_or_else(|error| panic!("{error}"));
    let written = apply(&RealDisk, &roots, &proposal.changes, journals.path());
    let after = files(&tree, Path::new("/nowhere"));
    if written.is_err() {
        assert_eq!(after, before, "{written:?}");
    }
    assert!(after.keys().all(|path| !path.to_string_lossy().contains(".quarry-")));
    assert_eq!(files(folder.path(), &tree), outside);
    assert_eq!(files(&tree.join(".git"), Path::new("/nowhere")), git);
});

fn plant(folder: &Path, tree: &Path) -> std::io::Result<()> {
    fs::create_dir_all(tree.join("src"))?;
    fs::create_dir_all(tree.join(".git"))?;
    fs::create_dir_all(folder.join("other"))?;
    fs::write(folder.join("other/x"), "outside\n")?;
    fs::write(folder.join("x"), "outside\n")?;
    fs::write(tree.join(".git/config"), "[core]\n")?;
    fs::write(tree.join("a.rs"), "fn a() {\n    1;\n}\n")?;
    fs::write(tree.join("b.txt"), "b\r\ncaf\u{e9}\nlast")?;
    fs::write(tree.join("src/c.rs"), b"\xff\xfec\0\n\0")?;
    fs::hard_link(tree.join("a.rs"), tree.join("src/d.rs"))?;
    std::os::unix::fs::symlink("../other", tree.join("out"))?;
    std::os::unix::fs::symlink("src", tree.join("in"))?;
    std::os::unix::fs::symlink("../x", tree.join("x"))?;
    std::os::unix::fs::symlink(".git", tree.join("g"))
}

/// Every file below a folder, but for one part of it, with its bytes; links are what they lead to.
fn files(folder: &Path, without: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path == without {
                continue;
            }
            let Ok(meta) = fs::symlink_metadata(&path) else { continue };
            if meta.is_symlink() {
                found.insert(path.clone(), fs::read_link(&path).unwrap_or_default().into_os_string().into_encoded_bytes());
            } else if meta.is_dir() {
                open.push(path);
            } else {
                let bytes = fs::read(&path).unwrap_or_default();
                found.insert(path, bytes);
            }
        }
    }
    found
}
