//! What the store promises: written is read, also by others; and trouble with the file costs memory, not the program.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;

use super::file::{backup_path, migrate};
use super::schema::MIGRATIONS;
use super::*;
use crate::domain::{ModelRef, TaskKind, Usage};

const PATIENCE: Duration = Duration::from_secs(30);

fn model() -> ModelRef {
    ModelRef::new("lab", "router/qwen3")
}

fn sent(call: u64, at_ms: i64) -> EgressSent {
    EgressSent {
        call,
        at_ms,
        endpoint: "https://api.lab.example:443".into(),
        leaves: true,
        task: TaskKind::Judge,
        model: model(),
        bytes: 1_200,
        files: vec!["src/a.rs".into(), "src/\"quoted\".rs".into()],
        redacted: 1,
        session: 0,
    }
}

fn ended(call: u64, outcome: Outcome) -> EgressEnded {
    EgressEnded { call, outcome, tokens_in: Some(300), tokens_out: Some(1), usd: Some(0.002), session: 0 }
}

fn spend(day: &str, tokens_in: u64, usd: f64) -> SpendRow {
    let spent = Spent { calls: 1, usage: Usage { tokens_in, tokens_out: 2, usd }, unpriced: 0 };
    SpendRow { day: day.into(), session: 0, model: model(), spent }
}

fn others(store: &Store, day: &str) -> Spent {
    store.spent_by_others(day, PATIENCE).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("data/quarry.db")
    }

    fn store(&self) -> Store {
        Store::at(self.file())
    }
}

#[test]
fn what_was_sent_and_how_it_ended_is_read_back_by_the_next_run() {
    let folder = Folder::new();
    let store = folder.store();
    store.log_sent(sent(1, 1_000));
    store.log_sent(EgressSent { endpoint: "http://127.0.0.1:8080".into(), leaves: false, ..sent(2, 2_000) });
    store.log_sent(sent(1, 3_000));
    store.log_ended(ended(1, Outcome::Answered));
    drop(store);

    let rows = folder.store().egress_since(0, 10).unwrap();
    let brief: Vec<_> = rows.iter().map(|row| (row.at_ms, row.leaves, row.outcome.as_deref())).collect();
    assert_eq!(
        brief,
        [(3_000, true, Some("answered")), (2_000, false, None), (1_000, true, Some("retried"))]
    );
    assert_eq!(rows[0].files, ["src/a.rs", "src/\"quoted\".rs"]);
    assert_eq!((rows[0].tokens_in, rows[0].tokens_out, rows[0].usd), (Some(300), Some(1), Some(0.002)));
    assert_eq!(
        (rows[0].task.as_str(), rows[0].model.as_str(), rows[0].redacted),
        ("judge", "router/qwen3", 1)
    );
}

#[test]
fn a_call_of_one_run_does_not_end_the_call_of_another_with_the_same_number() {
    let folder = Folder::new();
    let (one, two) = (folder.store(), folder.store());
    one.log_sent(sent(1, 1_000));
    two.log_sent(sent(1, 2_000));
    assert!(one.flush(PATIENCE) && two.flush(PATIENCE));
    one.log_ended(ended(1, Outcome::Failed("timeout")));
    let rows = one.egress_since(0, 10).unwrap();
    assert_eq!(rows[0].outcome, None);
    assert_eq!(rows[1].outcome.as_deref(), Some("timeout"));
}

#[test]
fn sums_are_per_place_and_since_a_moment() {
    let store = Store::in_memory();
    for call in 0..3 {
        store.log_sent(sent(call, 1_000 * call as i64));
        store.log_ended(ended(call, Outcome::Answered));
    }
    let local =
        EgressSent { endpoint: "http://localhost:1".into(), leaves: false, bytes: 9_999, ..sent(9, 2_500) };
    store.log_sent(local);
    let sums = store.egress_sums(1_000).unwrap();
    assert_eq!(sums.iter().map(|sum| sum.leaves).collect::<Vec<_>>(), [true, false]);
    assert_eq!((sums[0].calls, sums[0].bytes, sums[0].tokens_in, sums[0].last_ms), (2, 2_400, 600, 2_000));
    assert!((sums[0].usd - 0.004).abs() < 1e-9);
}

#[test]
fn the_log_is_cut_to_its_bounds_and_local_calls_push_out_no_others() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate(&mut connection, None, MIGRATIONS).unwrap();
    for call in 0..20 {
        let leaves = call % 2 == 0;
        egress::insert(&connection, &EgressSent { leaves, ..sent(call, 1_000 * call as i64) }).unwrap();
    }
    let bounds = egress::Bounds { leaving: 7, staying: 2, age: Duration::from_secs(10), every: 1 };
    egress::prune(&connection, &bounds, 19_000).unwrap();
    let kept = |leaves: bool| -> Vec<i64> {
        let mut statement =
            connection.prepare("SELECT call FROM egress WHERE leaves = ?1 ORDER BY call").unwrap();
        statement.query_map([leaves], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(kept(true), [10, 12, 14, 16, 18], "older than ten seconds before the newest goes");
    assert_eq!(kept(false), [17, 19]);
}

#[test]
fn each_run_puts_its_own_sums_and_sees_those_of_the_others() {
    let folder = Folder::new();
    let (one, two) = (folder.store(), folder.store());
    one.put_spend(spend("2026-11-21", 100, 0.25));
    one.put_spend(spend("2026-11-21", 150, 0.5));
    one.put_spend(spend("2026-11-20", 7, 4.0));
    two.put_spend(spend("2026-11-21", 1, 0.125));
    assert!(one.flush(PATIENCE) && two.flush(PATIENCE));
    assert_eq!(others(&two, "2026-11-21").usage, Usage { tokens_in: 150, tokens_out: 2, usd: 0.5 });
    assert_eq!(others(&one, "2026-11-21").usage.usd, 0.125);
    assert_eq!(others(&one, "2026-11-20"), Spent::default());
    let all = folder.store().spent_on("2026-11-21", PATIENCE).unwrap();
    assert_eq!((all.len(), all[0].1.usage.usd, all[0].1.calls), (1, 0.625, 2));
}

#[test]
fn of_each_model_and_task_the_latest_latencies_are_kept() {
    let folder = Folder::new();
    let store = folder.store();
    let latency = |task, at_ms| Latency {
        model: model(),
        task,
        at_ms,
        first_token: (at_ms % 2 == 0).then(|| Duration::from_micros(1_234)),
        total: Duration::from_millis(20),
        tokens_out: 8,
    };
    store.put_latency(latency(TaskKind::Chat, 0));
    for at_ms in 1..=100 {
        store.put_latency(latency(TaskKind::Judge, at_ms));
    }
    drop(store);
    let found = folder.store().latencies(PATIENCE).unwrap();
    assert_eq!(found.len(), 65);
    assert_eq!(found[0], latency(TaskKind::Chat, 0));
    assert_eq!((&found[1], &found[64]), (&latency(TaskKind::Judge, 37), &latency(TaskKind::Judge, 100)));
}

#[test]
fn a_calibration_is_kept_per_repository_and_judge() {
    let store = Store::in_memory();
    let key = |judge: &str| CalibrationKey { repository: "/home/me/tree".into(), judge: judge.into() };
    for (judge, content) in [("a", vec![1]), ("b", vec![2]), ("a", vec![0, 255])] {
        store.put_calibration(Calibration { key: key(judge), at_ms: 5, content });
    }
    let found = |judge: &str| store.calibration(key(judge), PATIENCE).unwrap().map(|found| found.content);
    assert_eq!((found("a"), found("b"), found("c")), (Some(vec![0, 255]), Some(vec![2]), None));
}

#[test]
fn nothing_is_made_before_the_first_write_and_a_look_makes_nothing() {
    let folder = Folder::new();
    let store = folder.store();
    assert_eq!(store.egress_since(0, 10).unwrap(), []);
    assert!(!folder.file().parent().unwrap().exists());
    store.log_sent(sent(1, 1));
    assert!(store.flush(PATIENCE));
    assert!(folder.file().exists());
    assert_eq!(store.take_notice(), None);
}

#[test]
fn only_the_owner_can_read_the_file_its_log_and_its_folder() {
    let folder = Folder::new();
    let store = folder.store();
    store.log_sent(sent(1, 1));
    assert!(store.flush(PATIENCE));
    let file = folder.file();
    for name in ["quarry.db", "quarry.db-wal", "quarry.db-shm"] {
        assert_eq!(mode(&file.with_file_name(name)), 0o600, "{name}");
    }
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    drop(store);
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    folder.store().egress_since(0, 1).unwrap();
    assert_eq!(mode(&file), 0o600, "a file that others could read is closed to them");
}

/// Uses a store whose file is of no use, and gives the notice back.
fn degraded(store: &Store) -> crate::domain::Notice {
    store.log_sent(sent(1, 1));
    store.put_spend(spend("2026-11-21", 5, 1.0));
    assert_eq!(store.egress_since(0, 10).unwrap().len(), 1, "it goes on in memory");
    assert!(store.is_degraded());
    let notice = store.take_notice().expect("a notice");
    store.log_sent(sent(2, 2));
    assert!(store.flush(PATIENCE));
    assert_eq!(store.take_notice(), None, "it is told once");
    notice
}

#[test]
fn a_file_that_is_no_database_is_left_alone_and_told_of_once() {
    let folder = Folder::new();
    fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
    fs::write(folder.file(), "this is no database, and long enough to look like one".repeat(40)).unwrap();
    let before = fs::read(folder.file()).unwrap();
    let notice = degraded(&folder.store());
    assert!(notice.hint.unwrap().contains("damaged"), "{:?}", notice.cause);
    assert_eq!(fs::read(folder.file()).unwrap(), before);
}

#[test]
fn a_file_with_broken_pages_is_told_of_when_they_are_met() {
    let folder = Folder::new();
    let store = folder.store();
    (0..2_000).for_each(|call| store.log_sent(sent(call, call as i64)));
    drop(store);
    let mut bytes = fs::read(folder.file()).unwrap();
    let from = bytes.len() / 4;
    bytes[from..].fill(0xa5);
    fs::write(folder.file(), bytes).unwrap();
    let store = folder.store();
    let _ = store.egress_since(0, 10_000);
    store.log_sent(sent(9, 9));
    assert!(store.flush(PATIENCE));
    assert!(store.is_degraded());
    assert!(store.take_notice().unwrap().hint.unwrap().contains("damaged"));
}

#[test]
fn a_folder_that_cannot_be_made_costs_only_what_would_be_kept() {
    let folder = Folder::new();
    fs::write(folder.0.path().join("data"), "a file where the folder should be").unwrap();
    let notice = degraded(&folder.store());
    assert!(notice.hint.unwrap().contains("QUARRY_DATA_DIR"));
}

#[test]
fn a_file_of_a_later_version_is_left_as_it_is() {
    let folder = Folder::new();
    fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
    let later = Connection::open(folder.file()).unwrap();
    later.execute_batch("CREATE TABLE later (a); PRAGMA user_version = 99;").unwrap();
    drop(later);
    let notice = degraded(&folder.store());
    assert!(notice.cause.unwrap().contains("format 99"), "says which format it met");
    let later = Connection::open(folder.file()).unwrap();
    let tables: i64 = later.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_migration_keeps_what_was_there_and_a_copy_of_how_it_was() {
    let folder = Folder::new();
    let store = folder.store();
    store.log_sent(sent(1, 1_000));
    drop(store);
    let format = MIGRATIONS.len() as u32;
    let next = "ALTER TABLE egress ADD COLUMN note TEXT; CREATE TABLE later (id INTEGER);";
    let steps = [MIGRATIONS, &[next]].concat();
    let mut connection = Connection::open(folder.file()).unwrap();
    migrate(&mut connection, Some(&folder.file()), &steps).unwrap();
    let count =
        |connection: &Connection, sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    assert_eq!(count(&connection, "SELECT count(*) FROM egress WHERE note IS NULL"), Ok(1));
    assert_eq!(count(&connection, "PRAGMA user_version"), Ok(i64::from(format) + 1));
    let copy = backup_path(&folder.file(), format);
    assert_eq!(mode(&copy), 0o600);
    let copy = Connection::open(copy).unwrap();
    assert_eq!(count(&copy, "SELECT count(*) FROM egress"), Ok(1));
    assert_eq!(count(&copy, "PRAGMA user_version"), Ok(i64::from(format)));
}

#[test]
fn a_migration_that_fails_half_way_leaves_the_file_as_it_was() {
    let folder = Folder::new();
    folder.store().log_sent(sent(1, 1_000));
    let steps = [MIGRATIONS, &["CREATE TABLE half (a); CREATE TABLE half (a);"]].concat();
    let mut connection = Connection::open(folder.file()).unwrap();
    assert!(migrate(&mut connection, Some(&folder.file()), &steps).is_err());
    assert_eq!(folder.store().egress_since(0, 10).unwrap().len(), 1);
}

#[test]
fn many_stores_on_one_file_lose_nothing() {
    let folder = Arc::new(Folder::new());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let folder = Arc::clone(&folder);
            std::thread::spawn(move || {
                let store = folder.store();
                for call in 0..200 {
                    store.log_sent(sent(call, call as i64));
                    store.log_ended(ended(call, Outcome::Answered));
                }
                store.put_spend(spend("2026-11-21", 10, 0.5));
                drop(store);
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let store = folder.store();
    let rows = store.egress_since(0, 10_000).unwrap();
    assert_eq!(rows.len(), 1_600);
    assert!(rows.iter().all(|row| row.outcome.as_deref() == Some("answered")));
    assert_eq!(others(&store, "2026-11-21").usage.usd, 4.0);
    assert_eq!(store.take_notice(), None);
}
