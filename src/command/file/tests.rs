//! Tests of files under review: names that last, cutting, amending, and what the disk did meanwhile.

use super::*;
use crate::edit::Change;

fn change(before: Option<&str>, after: Option<&str>) -> Change {
    let bytes = |text: &str| text.as_bytes().to_vec();
    Change {
        path: "a.rs".into(),
        moved_to: None,
        before: before.map(bytes),
        after: after.map(bytes),
        mode: None,
    }
}

fn file(before: &str, after: &str) -> (DraftFile, Names) {
    let mut names = Names::default();
    let file = DraftFile::new(&change(Some(before), Some(after)), &Target::default(), &mut names);
    (file.expect("text"), names)
}

fn lines(lines: &[&str]) -> Vec<Arc<str>> {
    lines.iter().map(|line| Arc::from(*line)).collect()
}

fn written(file: &DraftFile) -> Option<String> {
    let change = file.accepted().expect("text")?;
    Some(String::from_utf8(change.after.expect("bytes")).expect("utf-8"))
}

const OLD: &str = "one();\ntwo();\nthree();\nfour();\n";

#[test]
fn a_hunk_that_stays_the_same_keeps_its_name_and_its_decision() {
    let (mut file, mut names) = file(OLD, &OLD.replace("one", "uno"));
    let first = file.hunks[0].id;
    file.decide_one(first, Decision::Accepted);
    let more = OLD.replace("one", "uno").replace("four", "quattro");
    file.update(&change(Some(OLD), Some(&more)), &Target::default(), &mut names).expect("text");
    let shape: Vec<_> = file.hunks.iter().map(|hunk| (hunk.id, hunk.decision)).collect();
    assert_eq!(shape, [(first, Decision::Accepted), (first + 1, Decision::Undecided)]);
}

#[test]
fn both_halves_of_a_cut_hunk_make_the_whole_and_each_can_be_taken_alone() {
    let (mut file, mut names) = file(OLD, "uno();\ndue();\nthree();\nfour();\n");
    file.split(file.hunks[0].id, 1, &mut names).expect("cut");
    file.decide_all(Decision::Accepted);
    assert_eq!(written(&file).as_deref(), Some("uno();\ndue();\nthree();\nfour();\n"));
    let first = file.hunks[0].id;
    file.decide_one(first, Decision::Rejected);
    assert_eq!(written(&file).as_deref(), Some("one();\ndue();\nthree();\nfour();\n"));
}

#[test]
fn a_cut_of_uneven_sides_keeps_lines_with_their_like() {
    let (mut file, mut names) = file("alpha(1);\nbeta(1);\n", "alpha(2);\nalso(2);\nbeta(2);\n");
    file.split(file.hunks[0].id, 1, &mut names).expect("cut");
    let new: Vec<Vec<&str>> =
        file.hunks.iter().map(|hunk| hunk.hunk.new.iter().map(|line| line.text.as_str()).collect()).collect();
    assert!(new[0].contains(&"alpha(2);") && new[1].contains(&"beta(2);"), "{new:?}");
    assert!(file.split(file.hunks[0].id, 0, &mut names).is_err());
}

#[test]
fn amended_lines_end_as_the_file_does() {
    let (mut file, _) = file("a\r\nb\r\nc", "a\r\nx\r\nc");
    let id = file.hunks[0].id;
    file.amend(id, &lines(&["y", "z"])).expect("amended");
    file.decide_all(Decision::Accepted);
    assert_eq!(written(&file).as_deref(), Some("a\r\ny\r\nz\r\nc"));
    assert!(file.amend(id, &lines(&["b"])).expect_err("no change").contains("stand there already"));
    assert!(file.amend(id, &lines(&["a\nb"])).is_err());
}

#[test]
fn the_move_of_a_file_is_a_hunk_of_its_own() {
    let mut names = Names::default();
    let moved = Change { moved_to: Some("b.rs".into()), ..change(Some("a\n"), Some("b\n")) };
    let mut file = DraftFile::new(&moved, &Target::default(), &mut names).expect("text");
    assert_eq!(file.hunks.len(), 2);
    file.decide_one(file.hunks[1].id, Decision::Accepted);
    assert_eq!(file.accepted().expect("text").expect("a change").moved_to, None);
    file.decide_one(file.hunks[0].id, Decision::Accepted);
    assert_eq!(file.accepted().expect("text").expect("a change").moved_to.as_deref(), Some("b.rs"));
}

#[test]
fn hunks_move_along_with_a_file_that_changed() {
    let (mut file, mut names) = file(OLD, &OLD.replace("four", "quattro"));
    file.decide_all(Decision::Accepted);
    let now = format!("zero();\n{OLD}");
    assert_eq!(file.meet(Some(now.clone().into_bytes()), &mut names), Ok(Meeting::Moved));
    assert_eq!(written(&file), Some(now.replace("four", "quattro")));
    assert_eq!(file.meet(Some(now.into_bytes()), &mut names), Ok(Meeting::Same));
}

#[test]
fn what_the_file_says_already_is_no_hunk_any_more() {
    let new = OLD.replace("two", "due");
    let (mut file, mut names) = file(OLD, &new);
    assert_eq!(file.meet(Some(new.into_bytes()), &mut names), Ok(Meeting::Moved));
    assert!(file.hunks.is_empty());
}

#[test]
fn a_conflict_has_a_new_name_and_no_decision_and_accepting_all_leaves_it() {
    let (mut file, mut names) = file(OLD, &OLD.replace("two", "due"));
    let id = file.hunks[0].id;
    file.decide_all(Decision::Accepted);
    let now = OLD.replace("two", "zwei");
    assert_eq!(file.meet(Some(now.clone().into_bytes()), &mut names), Ok(Meeting::Conflicts(1)));
    assert_ne!(file.hunks[0].id, id);
    file.decide_all(Decision::Accepted);
    assert_eq!((file.hunks[0].decision, written(&file)), (Decision::Undecided, None));
    file.decide_one(file.hunks[0].id, Decision::Accepted);
    assert_eq!(written(&file), Some(now.replace("zwei", "due")));
}

#[test]
fn files_that_came_or_went_meanwhile_are_conflicts() {
    let mut names = Names::default();
    let mut made =
        DraftFile::new(&change(None, Some("new\n")), &Target::default(), &mut names).expect("text");
    assert_eq!(made.meet(Some(b"theirs\n".to_vec()), &mut names), Ok(Meeting::Conflicts(1)));
    assert_eq!(made.kind, Kind::Modify);
    let (mut gone, mut names) = file(OLD, &OLD.replace("two", "due"));
    assert_eq!(gone.meet(None, &mut names), Ok(Meeting::Conflicts(1)));
    gone.decide_one(gone.hunks[0].id, Decision::Accepted);
    let change = gone.accepted().expect("text").expect("a change");
    assert_eq!((change.before, change.after), (None, Some(OLD.replace("two", "due").into_bytes())));
}

#[test]
fn what_is_left_after_a_write_stands_on_the_new_bytes() {
    let new = OLD.replace("one();", "uno();\nuno_e_mezzo();").replace("four", "quattro");
    let (mut file, mut names) = file(OLD, &new);
    file.decide_one(file.hunks[0].id, Decision::Accepted);
    let after = file.accepted().expect("text").expect("a change").after;
    file.wrote(after, &mut names).expect("text");
    let [left] = &file.hunks[..] else { panic!("{:?}", file.hunks) };
    assert_eq!((left.hunk.old_start, left.conflict.as_ref()), (4, None));
    file.decide_all(Decision::Accepted);
    assert_eq!(written(&file), Some(new));
}

#[test]
fn taking_all_takes_what_waits_and_turning_all_down_takes_what_was_taken_with_it() {
    let (mut file, _) = file(OLD, "uno();\ntwo();\ntre();\nfour();\n");
    let [first, second] = [file.hunks[0].id, file.hunks[1].id];
    file.decide_one(first, Decision::Rejected);
    file.decide_all(Decision::Accepted);
    let stands = |file: &DraftFile| file.hunks.iter().map(|hunk| hunk.decision).collect::<Vec<_>>();
    assert_eq!(stands(&file), [Decision::Rejected, Decision::Accepted]);
    file.hunks[1].hunk.class = HunkClass::Cosmetic;
    file.decide_all(Decision::Accepted);
    assert_eq!(stands(&file), [Decision::Rejected, Decision::Accepted], "one that was turned on stays on");
    file.decide_all(Decision::Rejected);
    assert_eq!(stands(&file), [Decision::Rejected, Decision::Rejected]);
    file.decide_one(second, Decision::Undecided);
    file.decide_all(Decision::Accepted);
    assert_eq!(stands(&file), [Decision::Rejected, Decision::Undecided], "what is folded away stays off");
}

#[test]
fn what_is_put_right_above_something_belongs_to_it() {
    let old = "fn one() {}\n\nfn two() {}\n";
    let named = |new: &str| {
        let (file, _) = file(old, new);
        file.hunks[0].symbol.clone()
    };
    assert_eq!(named("fn one() {}\n\n/// The second.\nfn two() {}\n").as_deref(), Some("fn two"));
    assert_eq!(named("fn one() {}\n\nfn half() {}\n\nfn two() {}\n"), None, "it stands between them");
}
