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

#[test]
fn with_several_roots_paths_stand_below_the_name_of_theirs() {
    let roots = ["/home/me/api".into(), "/home/me/web".into()];
    let mut catalog = Catalog::of(&roots);
    let a = catalog.intern(RootId(0), &RelPath::from("src/main.rs"));
    let b = catalog.intern(RootId(1), &RelPath::from("src/main.rs"));
    let shown = |id| &*catalog.get(id).unwrap().shown;
    assert_eq!((shown(a), shown(b)), ("api/src/main.rs", "web/src/main.rs"));
    assert_eq!(catalog.get(a).unwrap().path, RelPath::from("src/main.rs"));
    let mut single = Catalog::of(&roots[..1]);
    let a = single.intern(RootId(0), &RelPath::from("src/main.rs"));
    assert_eq!(&*single.get(a).unwrap().shown, "src/main.rs");
}

#[test]
fn names_of_roots_are_as_long_as_tells_them_apart() {
    let names = |roots: &[&str]| root_names(&roots.iter().map(PathBuf::from).collect::<Vec<_>>());
    assert_eq!(names(&["/a/x", "/a/y"]), ["x", "y"]);
    assert_eq!(names(&["/a/x", "/b/x", "/b/y"]), ["a/x", "b/x", "b/y"]);
    assert_eq!(names(&["/x", "/a/x"]), ["x", "a/x"]);
    assert_eq!(names(&["/only"]), [""; 0]);
}
