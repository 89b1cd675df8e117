//! Snapshots come back as they were written, or not at all.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::{Language, Span};
use crate::index::{Symbol, SymbolKind, TermHits};

fn slot(dir: &Path) -> Slot {
    Slot::new(dir, &[PathBuf::from("/some/root")])
}

fn record(path: &str, content: RecordContent) -> Record {
    let stamp = Some(FileStamp { size: 3, mtime_ns: -7, ctime_ns: i64::MAX, inode: u64::MAX });
    let hash = ContentHash::of(path.as_bytes());
    Record { root: RootId(1), path: RelPath::from(path), stamp, hash, content }
}

fn sample() -> Vec<Record> {
    let text = "//! About wolves.\nuse std::io;\nfn howl() {}\n";
    let extract = crate::index::extract(&RelPath::from("a.rs"), text);
    vec![
        record("a.rs", RecordContent::Text(Box::new(extract.clone()))),
        Record { stamp: None, ..record("b.rs", RecordContent::Text(Box::new(extract))) },
        record("c", RecordContent::Skipped(SkipReason::Generated("@generated".into()))),
        record("d", RecordContent::Skipped(SkipReason::TooLarge(1 << 40))),
    ]
}

fn write(slot: &Slot, records: &[Record]) -> std::io::Result<()> {
    let mut writer = Writer::new(slot)?;
    records.iter().try_for_each(|record| writer.push(record))?;
    writer.finish()
}

fn sorted(mut extract: Extract) -> Extract {
    extract.terms.sort_by(|a, b| a.0.cmp(&b.0));
    extract
}

fn check(snapshot: &Snapshot, records: &[Record]) {
    for record in records {
        let known = snapshot.known(record.root, &record.path).expect("a known path");
        assert_eq!((known.stamp, known.hash), (record.stamp, record.hash));
        match (&known.content, &record.content) {
            (KnownContent::Text(document), RecordContent::Text(extract)) => {
                let read = snapshot.extract(*document).expect("a document");
                let words: Vec<&str> = snapshot.terms().collect();
                let numbered = snapshot.numbered(*document).expect("a document");
                let named =
                    numbered.terms.iter().map(|(term, hits)| (Box::from(words[*term as usize]), *hits));
                assert_eq!(read.terms, named.collect::<Vec<_>>());
                assert_eq!((numbered.lengths, &numbered.symbols), (read.lengths, &read.symbols));
                assert_eq!(sorted(read), sorted((**extract).clone()));
            }
            (KnownContent::Skipped(read), RecordContent::Skipped(written)) => assert_eq!(read, written),
            (read, written) => panic!("{read:?} is not {written:?}"),
        }
    }
}

#[test]
fn what_was_written_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let slot = slot(dir.path());
    assert!(matches!(Snapshot::load(&slot), Err(Unusable::Missing)));
    write(&slot, &sample()).unwrap();
    let snapshot = Snapshot::load(&slot).unwrap();
    assert_eq!(snapshot.len(), 4);
    check(&snapshot, &sample());
    assert_eq!(snapshot.known(RootId(0), &RelPath::from("a.rs")), None);
    assert_eq!(snapshot.extract(99), None);
}

#[test]
fn equal_files_share_one_document() {
    let dir = tempfile::tempdir().unwrap();
    let slot = slot(dir.path());
    let mut records = sample();
    let hash = records[0].hash;
    records[1].hash = hash;
    write(&slot, &records).unwrap();
    let snapshot = Snapshot::load(&slot).unwrap();
    check(&snapshot, &records);
    let number = |path: &str| snapshot.known(RootId(1), &RelPath::from(path)).unwrap().content.clone();
    assert_eq!(number("a.rs"), number("b.rs"));
}

#[test]
fn every_damaged_byte_and_every_cut_is_found_out() {
    let dir = tempfile::tempdir().unwrap();
    let slot = slot(dir.path());
    write(&slot, &sample()).unwrap();
    let whole = std::fs::read(slot.path()).unwrap();
    for at in 0..whole.len() {
        for bit in [1, 0x80] {
            let mut bytes = whole.clone();
            bytes[at] ^= bit;
            assert!(Snapshot::parse(bytes, &slot).is_err(), "byte {at}");
        }
        assert!(Snapshot::parse(whole[..at].to_vec(), &slot).is_err(), "cut at {at}");
    }
    assert!(Snapshot::parse(whole, &slot).is_ok());
}

#[test]
fn another_version_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    write(&slot(dir.path()).of_version("0.0.1 1"), &sample()).unwrap();
    assert!(matches!(Snapshot::load(&slot(dir.path())), Err(Unusable::Version)));
    let mut other = slot(dir.path());
    other.fingerprint = ContentHash([7; 16]);
    write(&other, &sample()).unwrap();
    assert!(matches!(Snapshot::load(&slot(dir.path())), Err(Unusable::Version)));
}

#[test]
fn writers_at_once_leave_one_whole_snapshot_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let slot = Arc::new(slot(dir.path()));
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let slot = Arc::clone(&slot);
            std::thread::spawn(move || (0..20).for_each(|_| write(&slot, &sample()).unwrap()))
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
        if let Ok(snapshot) = Snapshot::load(&slot) {
            check(&snapshot, &sample());
        }
    }
    check(&Snapshot::load(&slot).unwrap(), &sample());
    assert_eq!(std::fs::read_dir(slot.path().parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn an_unfinished_writer_leaves_the_old_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let slot = slot(dir.path());
    write(&slot, &sample()).unwrap();
    let mut writer = Writer::new(&slot).unwrap();
    writer.push(&sample()[0]).unwrap();
    drop(writer);
    assert_eq!(Snapshot::load(&slot).unwrap().len(), 4);
    assert_eq!(std::fs::read_dir(slot.path().parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn what_a_killed_process_left_is_removed_in_time() {
    let dir = tempfile::tempdir().unwrap();
    let slot = slot(dir.path());
    write(&slot, &sample()).unwrap();
    let (old, young) = (slot.path().with_extension("1-0.new"), slot.path().with_extension("1-1.new"));
    for path in [&old, &young] {
        std::fs::write(path, "half").unwrap();
    }
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(2);
    std::fs::File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
    write(&slot, &sample()).unwrap();
    assert!(!old.exists() && young.exists());
}

#[test]
fn a_directory_that_cannot_be_made_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(write(&slot(&file), &sample()).is_err());
    assert!(matches!(Snapshot::load(&slot(&file)), Err(Unusable::Unreadable(_))));
}

#[test]
fn other_roots_have_other_snapshots() {
    let dir = Path::new("/cache");
    let of = |roots: &[&str]| {
        let roots: Vec<_> = roots.iter().map(PathBuf::from).collect();
        Slot::new(dir, &roots).path().to_path_buf()
    };
    assert_ne!(of(&["/a"]), of(&["/b"]));
    assert_ne!(of(&["/a", "/b"]), of(&["/b", "/a"]));
    assert_eq!(of(&["/a"]), of(&["/a"]));
}

fn extracts() -> impl Strategy<Value = Extract> {
    let hits = (any::<[u8; 3]>(), any::<u32>()).prop_map(|(counts, chunks)| TermHits { counts, chunks });
    let terms = prop::collection::btree_map("\\PC{0,6}", hits, 0..20);
    let symbols = prop::collection::vec(("\\PC{0,6}", 0u32..1000, 0u32..50, any::<u8>()), 0..5);
    (terms, symbols, any::<[u32; 4]>(), prop::collection::vec("\\PC{0,6}", 0..4)).prop_map(
        |(terms, symbols, [lines, lengths @ ..], imports)| Extract {
            language: Language::default(),
            lines,
            terms: terms.into_iter().map(|(term, hits)| (term.into(), hits)).collect(),
            lengths,
            symbols: symbols
                .into_iter()
                .map(|(name, first, more, depth)| Symbol {
                    name: name.into(),
                    kind: SymbolKind::Value,
                    span: Span { first, last: first + more },
                    depth,
                })
                .collect(),
            imports: imports.into_iter().map(Into::into).collect(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_document_survives(extracts in prop::collection::vec(extracts(), 1..6)) {
        let dir = tempfile::tempdir().unwrap();
        let slot = slot(dir.path());
        let records: Vec<_> = extracts
            .into_iter()
            .enumerate()
            .map(|(at, extract)| record(&format!("{at}"), RecordContent::Text(Box::new(extract))))
            .collect();
        write(&slot, &records).unwrap();
        check(&Snapshot::load(&slot).unwrap(), &records);
    }

    #[test]
    fn no_bytes_make_a_document_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let read = document::decode(&mut bytes::Cursor::new(&bytes), &|term| (term < 9).then_some("term"));
        if let Ok(extract) = read {
            prop_assert!(extract.terms.len() + extract.symbols.len() + extract.imports.len() <= bytes.len());
        }
    }
}
