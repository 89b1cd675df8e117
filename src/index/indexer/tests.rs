//! Every job is answered, whatever the file does, and a slow receiver slows the reading.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Condvar, Mutex};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// Answers by the path's name.
struct Named;

impl Reader for Named {
    fn read(&self, _root: RootId, path: &RelPath) -> Result<Content, ReadError> {
        let text = |text: &str| Content { bytes: text.as_bytes().to_vec(), ..Content::default() };
        match path.to_text().as_ref() {
            "gone" => Err(ReadError::Gone),
            "locked" => Err(ReadError::Failed { why: "permission denied".into(), retryable: true }),
            "pipe" => Err(ReadError::Skipped(SkipReason::NotAFile)),
            "binary" => Ok(Content { skip: Some(SkipReason::Binary), ..text("\0") }),
            "defect" => panic!("a defect of a parser"),
            name => Ok(text(name)),
        }
    }
}

fn job(file: u32, path: &str) -> Job {
    Job { file: FileId(file), root: RootId(0), path: RelPath::from(path), serial: file + 7, known: None }
}

fn collect(readings: &Receiver<(Vec<Reading>, Permit)>, files: usize) -> Vec<Reading> {
    let mut all = Vec::new();
    while all.len() < files {
        all.extend(readings.recv_timeout(PATIENCE).expect("a reading before the deadline").0);
    }
    all.sort_by_key(|reading| reading.file);
    all
}

fn indexer(reader: impl Reader + 'static) -> (Indexer, Receiver<(Vec<Reading>, Permit)>) {
    let (sender, readings) = channel();
    let sender = Mutex::new(sender);
    let deliver = move |batch, permit| drop(sender.lock().unwrap().send((batch, permit)));
    (Indexer::spawn(&(Arc::new(reader) as Arc<dyn Reader>), &(Arc::new(deliver) as Arc<Deliver>)), readings)
}

#[test]
fn every_kind_of_file_is_answered_for() {
    let (indexer, readings) = indexer(Named);
    let names = ["text", "gone", "locked", "pipe", "binary", "defect"];
    indexer.read(names.iter().enumerate().map(|(at, name)| job(at as u32, name)));
    let all = collect(&readings, names.len());
    assert!(all.iter().enumerate().all(|(at, reading)| reading.serial == at as u32 + 7));
    assert!(
        matches!(&all[0].outcome, Outcome::Text(version, Some(_)) if version.hash == ContentHash::of(b"text"))
    );
    assert!(matches!(all[1].outcome, Outcome::Gone));
    assert!(matches!(all[2].outcome, Outcome::Failed { retryable: true, .. }));
    assert!(matches!(all[3].outcome, Outcome::Skipped(_, SkipReason::NotAFile)));
    assert!(matches!(all[4].outcome, Outcome::Skipped(_, SkipReason::Binary)));
    assert!(matches!(all[5].outcome, Outcome::Failed { retryable: false, .. }));
}

#[test]
fn known_bytes_are_not_extracted_again() {
    let (indexer, readings) = indexer(Named);
    indexer.read([Job { known: Some(ContentHash::of(b"same")), ..job(0, "same") }]);
    assert!(matches!(collect(&readings, 1)[0].outcome, Outcome::Text(_, None)));
}

/// Lets one file through at a time, and notes the order.
struct Stepwise {
    seen: Arc<Seen>,
}

/// The paths read so far, and whether everybody may go on.
type Seen = (Mutex<(Vec<String>, bool)>, Condvar);

impl Reader for Stepwise {
    fn read(&self, _root: RootId, path: &RelPath) -> Result<Content, ReadError> {
        let (state, changed) = &*self.seen;
        let mut state = state.lock().unwrap();
        state.0.push(path.to_string());
        changed.notify_all();
        while !state.1 {
            state = changed.wait(state).unwrap();
        }
        Err(ReadError::Gone)
    }
}

#[test]
fn saved_files_jump_the_queue() {
    let seen = Arc::new((Mutex::new((Vec::new(), false)), Condvar::new()));
    let (indexer, readings) = indexer(Stepwise { seen: Arc::clone(&seen) });
    let busy = indexer.threads.len();
    indexer.read((0..500).map(|at| job(at, &format!("old{at}"))));
    let (state, changed) = &*seen;
    let mut state = state.lock().unwrap();
    while state.0.len() < busy {
        state = changed.wait(state).unwrap();
    }
    indexer.read_first([job(900, "saved")]);
    state.1 = true;
    changed.notify_all();
    drop(state);
    let all = collect(&readings, 501);
    assert_eq!(all.len(), 501);
    let order = &seen.0.lock().unwrap().0;
    let place = order.iter().position(|path| path == "saved").unwrap();
    assert!(place <= busy, "read as number {place}");
}

/// Files of one mebibyte each.
struct Heavy;

impl Reader for Heavy {
    fn read(&self, _root: RootId, _path: &RelPath) -> Result<Content, ReadError> {
        let skip = Some(SkipReason::Binary);
        Ok(Content { bytes: vec![0; 1 << 20], skip, ..Content::default() })
    }
}

#[test]
fn held_permits_stop_the_reading_and_dropping_ends_it() {
    let (indexer, readings) = indexer(Heavy);
    indexer.read((0..400).map(|at| job(at, "big")));
    let mut held = Vec::new();
    let mut files = 0;
    while (files as u64) << 20 < IN_FLIGHT {
        let (batch, permit) = readings.recv_timeout(PATIENCE).expect("a batch before the deadline");
        files += batch.len();
        held.push(permit);
    }
    // Whoever got a permit before the limit was reached may still deliver; nobody else does.
    let late: usize = readings.try_iter().map(|(batch, _)| batch.len()).sum();
    assert!(files + late < 400);
    drop(indexer);
    let rest: usize = readings.iter().map(|(batch, _)| batch.len()).sum();
    assert!(files + late + rest < 400, "all files were read at once");
}

#[test]
fn the_disk_reader_tells_gone_from_broken_and_stays_below_its_roots() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a"), "text").unwrap();
    std::fs::create_dir(dir.path().join("d")).unwrap();
    let disk = Disk::new(vec![dir.path().to_path_buf()]);
    let read = |root, path: &str| disk.read(RootId(root), &RelPath::from(path));
    assert_eq!(read(0, "a").unwrap().bytes, b"text");
    assert_eq!(read(0, "a").unwrap().stamp.size, 4);
    assert_eq!(read(0, "missing").unwrap_err(), ReadError::Gone);
    assert_eq!(read(0, "a/b").unwrap_err(), ReadError::Gone);
    assert_eq!(read(1, "a").unwrap_err(), ReadError::Gone);
    assert!(!matches!(read(0, "d"), Ok(_) | Err(ReadError::Gone)));
}
