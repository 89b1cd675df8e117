//! Old files, full disks, damaged files, two programs at once.

use std::fs;
use std::sync::Arc;

use rusqlite::Connection;

use super::super::Reach;
use super::fixture::*;
use crate::domain::*;
use crate::store::file::{backup_path, migrate};
use crate::store::schema::MIGRATIONS;

#[test]
fn a_file_from_before_conversations_takes_them_and_keeps_what_it_had() {
    let folder = Folder::new();
    fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
    let mut old = Connection::open(folder.file()).unwrap();
    migrate(&mut old, Some(&folder.file()), &MIGRATIONS[..1]).unwrap();
    old.execute("INSERT INTO spend VALUES ('2026-11-20', 1, 'lab', 'm', 3, 4, 5, 0.5, 0)", []).unwrap();
    drop(old);
    let mut program = folder.program();
    let session = program.begin(0);
    exchange(&mut program, session, "new words", "1");
    assert_eq!(program.take_notice(), None);
    assert_eq!(program.search("words", Reach::All, 5).len(), 1);
    let spent = "SELECT calls FROM spend";
    for path in [folder.file(), backup_path(&folder.file(), 1)] {
        let file = Connection::open(&path).unwrap();
        assert_eq!(file.query_row(spent, [], |row| row.get::<_, i64>(0)), Ok(3), "{}", path.display());
    }
}

#[test]
fn on_a_full_disk_the_conversation_goes_on_in_memory_and_comes_back_to_the_file() {
    let folder = Folder::new();
    let mut program = folder.program();
    let session = program.begin(0);
    program.mark_open(Some(session));
    exchange(&mut program, session, "before", "1");
    let pages = |connection: &Connection| -> i64 {
        connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap()
    };
    let file = program.connection.as_ref().unwrap();
    file.pragma_update(None, "max_page_count", pages(file)).unwrap();
    let asked = question(Some(program.branch(session)[1].id), &"long ".repeat(5_000));
    program.append(session, &asked);
    let notice = program.take_notice().unwrap();
    assert_eq!(notice.title, "This conversation is not kept after this run");
    assert!(notice.cause.unwrap().contains("full") && notice.hint.is_some());
    let told = answer(asked.id);
    program.append(session, &told);
    program.append_delta(told.id, "streamed", "");
    assert!(program.is_degraded());
    assert_eq!(program.branch(session).len(), 4, "what was there before is still shown");

    program.try_again_now();
    program.append_delta(told.id, " on", "");
    assert_eq!(program.take_notice().map(|notice| notice.severity), Some(Severity::Info));
    assert!(!program.is_degraded());
    drop(program);
    let read = folder.program().branch(session);
    assert_eq!((read.len(), text(&read[3])), (4, "streamed on"));
    assert_eq!(text(&read[2]).len(), 25_000);
}

#[test]
fn a_damaged_file_costs_one_notice_and_is_left_as_it_was() {
    let folder = Folder::new();
    fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
    let junk = "no database at all ".repeat(500);
    fs::write(folder.file(), &junk).unwrap();
    let mut program = folder.program();
    let session = program.begin(0);
    exchange(&mut program, session, "one", "1");
    exchange(&mut program, session, "two", "2");
    assert_eq!(texts(&program.branch(session)), ["one", "1", "two", "2"]);
    assert!(program.take_notice().unwrap().hint.unwrap().contains("damaged"));
    assert_eq!(program.take_notice(), None);
    assert_eq!(fs::read_to_string(folder.file()).unwrap(), junk);
}

#[test]
fn many_programs_on_one_store_lose_nothing() {
    let folder = Arc::new(Folder::new());
    let threads: Vec<_> = (0..6)
        .map(|number| {
            let folder = Arc::clone(&folder);
            std::thread::spawn(move || {
                let mut program = folder.program();
                let session = program.begin(0);
                program.mark_open(Some(session));
                let asked = question(None, "go");
                let told = answer(asked.id);
                program.append(session, &asked);
                program.append(session, &told);
                let pieces: Vec<String> = (0..100).map(|piece| format!("{number}.{piece} ")).collect();
                for piece in &pieces {
                    program.append_delta(told.id, piece, "");
                }
                let all = pieces.concat();
                let kept = text(&program.branch(session)[1]) == all;
                program.replace(session, &done(&told, &all), 9);
                (kept, program.take_notice(), session, all)
            })
        })
        .collect();
    let ended: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let mut later = folder.program();
    for (kept, notice, session, all) in ended {
        assert!(kept && notice.is_none(), "{notice:?}");
        assert_eq!(text(&later.branch(session)[1]), all);
    }
    assert_eq!(later.list(Reach::All).len(), 6);
}
