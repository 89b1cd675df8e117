//! Ids stay, order is by path, and names from disk are safe to show.

use super::*;

fn intern(catalog: &mut Catalog, path: &str) -> FileId {
    catalog.intern(RootId(0), &RelPath::from(path))
}

#[test]
fn an_id_names_its_path_for_ever() {
    let mut catalog = Catalog::default();
    let a = intern(&mut catalog, "src/a.rs");
    let b = intern(&mut catalog, "src/b.rs");
    assert_ne!(a, b);
    assert_eq!(intern(&mut catalog, "src/a.rs"), a);
    assert_eq!(catalog.places().get(b), Some((RootId(0), RelPath::from("src/b.rs"))));
    assert_eq!(catalog.places().get(FileId(9)), None);
}

#[test]
fn the_same_path_in_two_roots_is_two_files() {
    let mut catalog = Catalog::default();
    let a = catalog.intern(RootId(0), &RelPath::from("a"));
    let b = catalog.intern(RootId(1), &RelPath::from("a"));
    assert_ne!(a, b);
    assert_eq!(catalog.find(RootId(1), &RelPath::from("a")), Some(b));
}

#[test]
fn order_stays_sorted_while_files_arrive() {
    let mut catalog = Catalog::default();
    for batch in [vec!["m", "c/x", "z"], vec!["a", "n", "zz"], vec!["b"], vec![]] {
        for path in batch {
            intern(&mut catalog, path);
        }
        let (sorted, ranks) = catalog.order();
        assert!(sorted.iter().enumerate().all(|(at, id)| ranks[id.index()] as usize == at));
        let sorted = sorted.to_vec();
        let paths: Vec<_> = sorted.iter().map(|id| catalog.entries()[id.index()].path.clone()).collect();
        assert!(paths.is_sorted(), "{paths:?}");
    }
}

#[test]
fn shown_paths_hold_no_control_or_bidi_characters() {
    let mut catalog = Catalog::default();
    let id = catalog.intern(RootId(0), &RelPath::from_bytes(b"a\x1b[31m\xe2\x80\xae\xff.rs"));
    assert_eq!(&*catalog.get(id).unwrap().shown, "a\u{fffd}[31m\u{fffd}\u{fffd}.rs");
}
