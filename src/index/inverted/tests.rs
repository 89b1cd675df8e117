//! The index as files and commits come and go, against one built from what is left.

use proptest::prelude::*;

use super::*;
use crate::domain::CommitId;
use crate::index::extract;

const ROOT: RootId = RootId(0);

fn path(file: u32) -> RelPath {
    RelPath::from(format!("src/dir{}/file_{file}.rs", file % 3).as_str())
}

fn text(seed: u8) -> String {
    let words = ["retry", "budget", "dialog", "session", "parser", "border"];
    let word = |at: usize| words[(usize::from(seed) + at * 5) % words.len()];
    format!(
        "/// The {} of {}.\nfn {}_{}() {{ {}.{}(); }}\n",
        word(0),
        word(1),
        word(2),
        word(3),
        word(4),
        word(5)
    )
}

fn put(index: &mut Index, file: u32, seed: u8) {
    let path = path(file);
    let document = Arc::new(extract(&path, &text(seed)));
    index.insert(FileId(file), ROOT, &path, &document);
}

/// What a reader of the index sees, by term rather than by number.
fn seen(index: &Index) -> Vec<(String, Vec<Posting>)> {
    let mut all = Vec::new();
    for word in ["retri", "budget", "dialog", "session", "parser", "border", "file", "src", "dir", "nothing"]
    {
        all.push((word.to_owned(), index.postings(word).to_vec()));
    }
    all
}

#[test]
fn documents_with_numbered_terms_make_the_same_index() {
    let (mut words, mut numbers) = (Index::new(), Index::new());
    // Somebody else's numbers, and an index that holds other terms already.
    numbers.number(["session", "elsewhere"].into_iter());
    let mut dictionary: Vec<Box<str>> = Vec::new();
    let mut batch = Vec::new();
    for file in [3, 1, 7] {
        put(&mut words, file, file as u8);
        let document = extract(&path(file), &text(file as u8));
        let mut terms = Vec::new();
        for (term, hits) in document.terms {
            terms.push((dictionary.len() as u32, hits));
            dictionary.push(term);
        }
        let Extract { language, lines, lengths, symbols, imports, .. } = document;
        let numbered = Extract { language, lines, terms, lengths, symbols, imports };
        batch.push((FileId(file), ROOT, path(file), numbered));
    }
    let ids = numbers.number(dictionary.iter().map(AsRef::as_ref));
    batch[0].3.terms.push((ids.len() as u32, TermHits::default()));
    numbers.insert_numbered(batch, &ids);
    assert_eq!(seen(&numbers), seen(&words));
    for file in [1, 3, 7] {
        let exported = |index: &Index| {
            let mut extract = index.export(FileId(file)).unwrap();
            extract.terms.sort_by(|a, b| a.0.cmp(&b.0));
            extract
        };
        assert_eq!(exported(&numbers), exported(&words));
    }
}

proptest! {
    #[test]
    fn an_index_that_changed_equals_one_built_from_what_is_left(
        steps in prop::collection::vec((0_u32..12, any::<u8>(), any::<bool>()), 0..60),
    ) {
        let mut changed = Index::new();
        let mut left = std::collections::BTreeMap::new();
        for (file, seed, keep) in steps {
            if keep {
                put(&mut changed, file, seed);
                left.insert(file, seed);
            } else {
                changed.remove(FileId(file));
                left.remove(&file);
            }
        }
        let mut built = Index::new();
        for (file, seed) in &left {
            put(&mut built, *file, *seed);
        }
        prop_assert_eq!(seen(&changed), seen(&built));
        prop_assert_eq!(changed.mean_lengths(), built.mean_lengths());
        prop_assert_eq!(changed.len(), left.len());
    }

    #[test]
    fn batches_in_any_order_make_the_same_index(batches in prop::collection::vec(
        prop::collection::vec((0_u32..12, any::<u8>()), 0..8), 0..8),
    ) {
        let (mut together, mut apart) = (Index::new(), Index::new());
        for batch in batches {
            for (file, seed) in &batch {
                put(&mut apart, *file, *seed);
            }
            let extracted = batch.iter().map(|(file, seed)| {
                let path = path(*file);
                let document = Arc::new(extract(&path, &text(*seed)));
                (FileId(*file), ROOT, path, document)
            });
            together.insert_all(extracted.collect());
        }
        prop_assert_eq!(seen(&together), seen(&apart));
        prop_assert_eq!(together.mean_lengths(), apart.mean_lengths());
    }

    #[test]
    fn what_is_exported_is_what_was_put_in(seed in any::<u8>()) {
        let mut index = Index::new();
        put(&mut index, 3, seed);
        let mut exported = index.export(FileId(3)).unwrap();
        let mut put_in = extract(&path(3), &text(seed));
        exported.terms.sort_by(|a, b| a.0.cmp(&b.0));
        put_in.terms.sort_by(|a, b| a.0.cmp(&b.0));
        prop_assert_eq!(exported, put_in);
    }
}

fn commit(number: u8, time: i64, files: &[u32]) -> Commit {
    Commit {
        id: CommitId([number; 20]),
        time,
        author: Arc::from("a@b.c"),
        message: Arc::from("Fix the retry budget\n\nThe session was lost."),
        files: files.iter().map(|file| path(*file)).collect(),
        moves: Arc::default(),
    }
}

#[test]
fn history_finds_files_whatever_comes_first() {
    let mut index = Index::new();
    put(&mut index, 1, 1);
    index.extend_history(ROOT, &[commit(2, 200, &[1, 2]), commit(1, 100, &[2])]);
    put(&mut index, 2, 2);
    assert_eq!(index.last_touch(FileId(1)), Some(0));
    assert_eq!(index.last_touch(FileId(2)), Some(0));
    index.extend_history(ROOT, &[commit(3, 300, &[2])]);
    assert_eq!(index.last_touch(FileId(1)), Some(1));
    assert_eq!(index.last_touch(FileId(2)), Some(0));
    let history = index.history();
    let touches = history.touches(history.path_of(FileId(2)).unwrap());
    let times: Vec<i64> = touches.iter().map(|at| history.commits()[*at as usize].time).collect();
    assert_eq!(times, [300, 200, 100], "newest first, in whatever order they came");
    let term = index.term("budget").unwrap();
    assert!(history.mentions(term).iter().all(|mention| mention.subject));
    index.clear_history(ROOT);
    assert_eq!(index.last_touch(FileId(2)), None);
    assert!(index.history().is_empty());
}

#[test]
fn what_was_said_of_a_file_before_it_moved_is_said_of_it() {
    let moves = |commit: Commit, moved: &[(u32, u32)]| Commit {
        moves: moved.iter().map(|(was, is)| (path(*was), path(*is))).collect(),
        ..commit
    };
    let commits = [
        commit(6, 600, &[1]),
        moves(commit(5, 500, &[2, 3]), &[(2, 3)]),
        commit(4, 400, &[2]),
        moves(commit(3, 300, &[1, 2]), &[(1, 2)]),
        commit(2, 200, &[1, 4]),
    ];
    let mut index = Index::new();
    put(&mut index, 1, 1);
    put(&mut index, 3, 3);
    // The newest come last where HEAD moved on while the program was open.
    index.extend_history(ROOT, &commits[1..]);
    index.extend_history(ROOT, &commits[..1]);
    let times = |file: u32| -> Vec<i64> {
        let history = index.history();
        let touches = history.touches(history.path_of(FileId(file)).unwrap());
        touches.iter().map(|at| history.commits()[*at as usize].time).collect()
    };
    assert_eq!(times(3), [500, 400, 300, 200], "through two moves");
    assert_eq!(times(1), [600, 300, 200], "a new file where it once was has the past of its path");
    let mut touched: Vec<(i64, u32, usize)> = index
        .history()
        .commits()
        .iter()
        .map(|entry| (entry.time, entry.touched, entry.paths.len()))
        .collect();
    touched.sort_unstable();
    assert_eq!(touched, [(200, 2, 3), (300, 1, 2), (400, 1, 1), (500, 1, 1), (600, 1, 1)]);
}

#[test]
fn a_file_deleted_and_put_back_keeps_its_history() {
    let mut index = Index::new();
    put(&mut index, 1, 1);
    index.extend_history(ROOT, &[commit(1, 100, &[1])]);
    index.remove(FileId(1));
    assert_eq!(index.last_touch(FileId(1)), None);
    put(&mut index, 1, 4);
    assert_eq!(index.last_touch(FileId(1)), Some(0));
}

#[test]
fn imports_follow_files_that_come_and_go() {
    let mut index = Index::new();
    let insert = |index: &mut Index, file: u32, path: &str, text: &str| {
        let path = RelPath::from(path);
        let document = Arc::new(extract(&path, text));
        index.insert(FileId(file), ROOT, &path, &document);
    };
    insert(&mut index, 0, "src/page.ts", "import { open } from './dialog';\nopen();\n");
    assert!(index.edges().imports(FileId(0)).is_empty());
    insert(&mut index, 1, "src/dialog.ts", "export function open() {}\n");
    assert_eq!(index.edges().imports(FileId(0)), [FileId(1)]);
    assert_eq!(index.edges().importers(FileId(1)), [FileId(0)]);
    insert(&mut index, 2, "src/panel.ts", "export {}\n");
    assert!(index.edges().importers(FileId(2)).is_empty());
    insert(&mut index, 0, "src/page.ts", "import { fold } from './panel';\nfold();\n");
    assert_eq!(index.edges().imports(FileId(0)), [FileId(2)], "a saved file's imports are read again");
    assert_eq!(index.edges().importers(FileId(2)), [FileId(0)]);
    assert!(index.edges().importers(FileId(1)).is_empty());
    index.remove(FileId(2));
    assert!(index.edges().imports(FileId(0)).is_empty());
}
