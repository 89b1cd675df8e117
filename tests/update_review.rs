//! What keys and events do to the review: tests that read like a session.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]
#![allow(clippy::field_reassign_with_default, reason = "a configuration has private parts")]

mod stage;

use std::sync::Arc;

use quarry::app::{Cmd, Input, MouseKind, Msg, Pane, Prompt, Size};
use quarry::domain::{
    AskedForm, ChatEvent, Decision, EditCommand, EditEvent, EditId, EditState, EditTarget, FormChoice,
    HunkClass, HunkId, Hunks, Instruction, Span, TurnId,
};
use stage::review::{EDIT, broken_off, budget, edit, file, hunk, lines, refused};
use stage::{MEDIUM, NARROW, Stage, WIDE};

use Decision::{Accepted, Rejected, Undecided};

fn reviewing() -> Stage {
    Stage::reviewing(MEDIUM, budget())
}

fn decide(hunk: u32, decision: Decision) -> EditCommand {
    EditCommand::Decide(EDIT, Hunks::One(HunkId(hunk)), decision)
}

#[test]
fn each_decision_is_sent_and_leads_on_to_the_next_that_is_open() {
    let mut stage = reviewing();
    stage.keys("a x a");
    assert_eq!(stage.asked(), [decide(1, Accepted), decide(2, Rejected), decide(3, Accepted)]);
    assert_eq!((stage.decisions().as_str(), stage.hunk()), ("arauu", 4));
}

#[test]
fn deciding_the_last_one_goes_round_to_one_that_was_passed_over() {
    let mut stage = reviewing();
    stage.keys("n a a a a");
    assert_eq!((stage.decisions().as_str(), stage.hunk()), ("uaaaa", 1));
}

#[test]
fn once_all_is_decided_the_write_is_offered_and_says_how_much() {
    let mut stage = reviewing();
    stage.keys("a x a a a");
    let screen = stage.screen();
    assert!(screen.contains("all decided: w writes 4") && screen.contains(" w write 4 accepted"), "{screen}");
    stage.asked();
    stage.keys("w");
    assert_eq!(stage.asked(), [EditCommand::Write(EDIT)]);
}

#[test]
fn a_write_with_nothing_accepted_says_what_is_missing() {
    let mut stage = reviewing();
    stage.keys("w");
    assert_eq!(stage.asked(), []);
    assert!(stage.screen().contains("nothing is accepted; a accepts"), "{}", stage.screen());
}

#[test]
fn a_whole_file_is_decided_at_once_and_so_is_the_edit() {
    let mut stage = reviewing();
    stage.keys("A");
    assert_eq!(stage.asked(), [EditCommand::Decide(EDIT, Hunks::File("src/net/budget.rs".into()), Accepted)]);
    assert_eq!((stage.decisions().as_str(), stage.hunk()), ("aaauu", 4));
    stage.keys("ctrl+x");
    assert_eq!(stage.asked(), [EditCommand::Decide(EDIT, Hunks::All, Rejected)]);
    assert_eq!(stage.decisions(), "rrrrr");
}

#[test]
fn taking_all_leaves_what_was_turned_down_and_says_so() {
    let mut proposed = budget();
    proposed.files[1].hunks[1].class = HunkClass::Cosmetic;
    let mut stage = Stage::reviewing(MEDIUM, proposed);
    stage.keys("x");
    stage.asked();
    stage.keys("ctrl+a");
    assert_eq!(stage.asked(), [EditCommand::Decide(EDIT, Hunks::All, Accepted)]);
    assert_eq!(stage.decisions(), "raaau");
    let screen = stage.screen();
    assert!(screen.contains("3 accepted; 1 rejected, 1 cosmetic stay out"), "{screen}");
    stage.keys("u").keys("A");
    assert_eq!(stage.decisions(), "raauu", "a file at once is decided by the same rule");
    stage.asked();
    stage.keys("p A");
    assert_eq!(stage.asked(), [], "nothing is asked for that changes nothing");
    assert!(stage.screen().contains("nothing undecided here (1 rejected); a takes one"));
}

#[test]
fn turning_all_down_takes_what_was_accepted_with_it() {
    let mut proposed = budget();
    proposed.files[0].hunks[0].class = HunkClass::OutOfScope;
    let mut stage = Stage::reviewing(MEDIUM, proposed);
    stage.keys("z p a ctrl+x");
    assert_eq!(stage.decisions(), "rrrrr");
}

#[test]
fn who_proposed_an_edit_and_in_which_form_it_was_asked_for_is_seen() {
    for (chosen, words) in [
        (FormChoice::Profile, "search-replace (profile)"),
        (FormChoice::Configured, "search-replace (config)"),
        (FormChoice::NoTools, "search-replace (no tools)"),
        (FormChoice::TooLong, "search-replace (too long)"),
    ] {
        let mut proposed = budget();
        proposed.form = Some(AskedForm { name: "search-replace", chosen });
        let wide = Stage::reviewing(WIDE, proposed.clone()).screen();
        assert!(wide.contains("asked kimi-k2 for search-replace"), "{wide}");
        let narrow = Stage::reviewing(NARROW, proposed).screen();
        assert!(narrow.contains(words), "{words}: {narrow}");
    }
}

#[test]
fn undo_takes_decisions_back_one_by_one_and_goes_where_they_were() {
    let mut stage = reviewing();
    stage.keys("a A");
    stage.asked();
    stage.keys("u");
    assert_eq!(stage.decisions(), "auuuu");
    assert_eq!(stage.asked(), [decide(2, Undecided), decide(3, Undecided)]);
    stage.keys("u");
    assert_eq!((stage.decisions().as_str(), stage.hunk()), ("uuuuu", 1));
    stage.keys("u");
    assert!(stage.screen().contains("nothing was decided"), "{}", stage.screen());
}

#[test]
fn what_was_not_asked_for_is_left_out_until_it_is_unfolded() {
    let mut proposed = budget();
    proposed.files[0].hunks[0].class = HunkClass::Cosmetic;
    proposed.files[0].hunks[2].class = HunkClass::OutOfScope;
    let mut stage = Stage::reviewing(MEDIUM, proposed);
    assert_eq!(stage.hunk(), 2);
    stage.keys("ctrl+a");
    assert_eq!(stage.decisions(), "uauaa");
    stage.keys("p p p z");
    assert_eq!(stage.hunk(), 2);
    stage.keys("p");
    assert_eq!(stage.hunk(), 1);
    stage.asked();
    stage.keys("a");
    assert_eq!(stage.asked(), [decide(1, Accepted)]);
    stage.keys("z");
    assert_eq!(stage.app.review.tally().total, 4, "what was accepted is never hidden");
}

#[test]
fn hunks_that_arrive_do_not_move_the_selection() {
    let whole = budget();
    let mut first = budget();
    first.state = EditState::Streaming;
    first.files.remove(0);
    let mut stage = Stage::reviewing(MEDIUM, first);
    stage.keys("n j");
    let (line, row) = (stage.app.review.view.line, stage.hunk());
    stage.edited(whole);
    assert_eq!((stage.hunk(), stage.app.review.view.line), (row, line));
    // A hunk above in the same file pushes it down its page; it stays on its row of the screen.
    let mut longer = budget();
    longer.files[1].hunks.insert(0, hunk(9, (2, 2), "use", "use a;", "use a;\nuse b;"));
    let before = stage.app.review.view.line - stage.app.review.view.top;
    stage.edited(longer);
    assert_eq!(stage.hunk(), row);
    assert_eq!(stage.app.review.view.line - stage.app.review.view.top, before);
}

#[test]
fn the_key_that_leads_to_the_message_leads_there_from_the_review_too() {
    for size in [WIDE, MEDIUM, NARROW] {
        let mut stage = Stage::reviewing(size, budget());
        stage.keys("alt+c").text("a w x");
        assert_eq!(stage.app.focus, Pane::Composer);
        assert_eq!(stage.asked(), [], "what is typed decides nothing");
        assert!(stage.screen().contains("a w x"), "{}", stage.screen());
        stage.keys("ctrl+r");
        assert_eq!((stage.app.focus, stage.hunk()), (Pane::Review, 1));
    }
}

#[test]
fn an_edit_that_comes_never_takes_the_keyboard() {
    let mut stage = Stage::full(MEDIUM);
    stage.keys("2 i");
    let focus = stage.app.focus;
    stage.edited(budget());
    stage.text("a w x A");
    assert_eq!(stage.app.focus, focus);
    assert_eq!(stage.asked(), []);
    assert_eq!(stage.decisions(), "uuuuu");
    assert!(stage.screen().contains("edit #12: 5 hunks in 2 files; ctrl+r reviews"), "{}", stage.screen());
}

#[test]
fn the_tab_and_the_footer_say_how_many_hunks_wait() {
    let mut stage = Stage::proposed(NARROW, budget());
    assert!(stage.screen().contains("3 Review 5"), "{}", stage.screen());
    stage.wait(30_000);
    assert!(stage.screen().contains("◆ 5 hunks to review  ctrl+r"), "{}", stage.screen());
    stage.keys("ctrl+r a a");
    assert!(stage.screen().contains("3 Review 3"), "{}", stage.screen());
}

#[test]
fn a_hunk_that_came_up_by_itself_takes_no_decision_for_a_beat() {
    let mut stage = reviewing();
    let mut other = budget();
    other.files[0].hunks.remove(0);
    stage.edited(other).keys("a");
    assert_eq!(stage.asked(), []);
    assert_eq!(stage.hunk(), 2);
    stage.wait(800).keys("a");
    assert_eq!(stage.asked(), [decide(2, Accepted)]);
}

#[test]
fn a_conflict_is_decided_for_one_side_and_holds_the_write_until_then() {
    let mut proposed = budget();
    proposed.files[0].hunks[0].decision = Accepted;
    proposed.files[0].hunks[1].conflict = Some(lines("on disk now"));
    let mut stage = Stage::reviewing(MEDIUM, proposed.clone());
    stage.keys("w");
    assert!(stage.screen().contains("1 hunk in conflict; decide first"), "{}", stage.screen());
    assert_eq!(stage.decisions(), "a!uuu");
    assert_eq!(stage.hunk(), 2);
    stage.keys("x");
    assert_eq!(stage.asked(), [EditCommand::Resolve(EDIT, HunkId(2), Rejected)]);
    assert_eq!(stage.decisions(), "aruuu");
    let mut stage = Stage::reviewing(MEDIUM, proposed);
    stage.keys("A");
    assert_eq!(stage.decisions(), "a!auu", "a conflict is never decided in passing");
}

#[test]
fn a_hunk_is_split_before_the_line_of_the_cursor() {
    let mut stage = reviewing();
    stage.keys("s");
    assert_eq!(stage.asked(), []);
    assert!(stage.screen().contains("put the cursor on a changed line"), "{}", stage.screen());
    stage.keys("j j j s");
    // Two old lines, then the second of three new ones.
    assert_eq!(stage.asked(), [EditCommand::Split(EDIT, HunkId(1), 3)]);
    let mut halves = budget();
    let new = Arc::clone(&halves.files[0].hunks[0].new);
    let mut second = halves.files[0].hunks[0].clone();
    second.id = HunkId(20);
    halves.files[0].hunks[0].new = new[..1].into();
    second.new = new[1..].into();
    halves.files[0].hunks.insert(1, second);
    stage.edited(halves).keys("a");
    assert_eq!(
        stage.asked(),
        [decide(1, Accepted)],
        "the person asked for it, so that no beat is waited for"
    );
    assert_eq!(stage.hunk(), 20);
}

#[test]
fn a_hunk_is_edited_in_place_and_the_lines_are_sent() {
    let mut stage = reviewing();
    stage.keys("n n e");
    stage.keys("end").text("; // both").keys("enter").text("x").keys("ctrl+s");
    let new: Vec<Arc<str>> = vec!["        Self::with_caps(3, 3); // both".into(), "        x".into()];
    assert_eq!(stage.asked(), [EditCommand::Amend(EDIT, HunkId(3), new)]);
    // And back again.
    stage.keys("u");
    assert_eq!(
        stage.asked(),
        [EditCommand::Amend(EDIT, HunkId(3), vec!["        Self::with_caps(3, 3)".into()])]
    );
}

#[test]
fn changed_lines_are_left_only_at_the_second_escape() {
    let mut stage = reviewing();
    stage.keys("e").text("zz").keys("esc");
    assert!(stage.app.review.writing.is_some());
    assert!(stage.screen().contains("esc again leaves"), "{}", stage.screen());
    stage.keys("esc");
    assert!(stage.app.review.writing.is_none());
    assert_eq!(stage.asked(), []);
    stage.keys("e esc");
    assert!(stage.app.review.writing.is_none(), "what was not changed is left at once");
}

#[test]
fn keys_that_decide_are_typed_while_lines_are_edited() {
    let mut stage = reviewing();
    stage.keys("e").text("a x w A");
    stage.send(Msg::Input(Input::Paste("pasted\u{1b}[2J\nlines".into())));
    assert_eq!(stage.decisions(), "uuuuu");
    let text = stage.app.review.writing.as_ref().unwrap().text();
    assert!(text.starts_with("a x w Apasted\nlines"), "{text}");
}

#[test]
fn a_comment_goes_back_to_the_model() {
    let mut stage = reviewing();
    stage.keys("n c").text("keep the old name").keys("enter");
    assert_eq!(stage.asked(), [EditCommand::Comment(EDIT, HunkId(2), "keep the old name".into())]);
    stage.keys("c enter");
    assert!(matches!(stage.app.prompt, Some(Prompt::Comment(..))), "an empty one is not sent");
    stage.keys("esc");
    assert!(stage.app.prompt.is_none());
}

#[test]
fn what_was_refused_is_shown_and_asked_for_again() {
    let mut proposed = budget();
    proposed.refused.push(refused());
    let mut stage = Stage::reviewing(MEDIUM, proposed);
    stage.keys("n n n n n");
    let screen = stage.screen();
    assert!(screen.contains("the lines to replace stand nowhere in the file"), "{screen}");
    assert!(screen.contains("self.queue.drain(..);") && screen.contains("fn drain(&mut self)"), "{screen}");
    stage.keys("r");
    assert_eq!(stage.asked(), [EditCommand::Retry(EDIT)]);
}

#[test]
fn where_an_answer_broke_off_stands_in_the_review_with_the_key_that_asks_for_the_rest() {
    let mut proposed = budget();
    proposed.refused.push(broken_off());
    let mut stage = Stage::reviewing(NARROW, proposed.clone());
    let screen = stage.screen();
    assert!(screen.contains("the answer broke off in src/net/pool.rs: r asks for the rest"), "{screen}");
    stage.keys("ctrl+a w");
    stage.asked();
    proposed.state = EditState::Written;
    stage.edited(proposed).keys("r");
    assert_eq!(stage.asked(), [EditCommand::Retry(EDIT)], "the rest can be asked for after the write, too");
    let mut rest = budget();
    rest.id = EditId(13);
    rest.number = 13;
    stage.edited(rest);
    assert!(stage.screen().contains("edit #13"), "the rest comes up by itself");
}

#[test]
fn a_write_is_reverted_and_written_again() {
    let mut written = budget();
    written.state = EditState::Written;
    let mut stage = Stage::reviewing(MEDIUM, written);
    stage.keys("ctrl+z");
    assert_eq!(stage.asked(), []);
    stage.told(EditEvent::History { undo: Some("edit #12, 14:01".into()), redo: Some("edit #11".into()) });
    stage.keys("ctrl+z ctrl+y");
    assert_eq!(stage.asked(), [EditCommand::Undo, EditCommand::Redo]);
    stage.keys("ctrl+p").text("revert");
    assert!(stage.screen().contains("edit #12, 14:01"), "{}", stage.screen());
}

#[test]
fn the_check_is_followed_and_its_errors_go_back() {
    let mut config = quarry::config::Config::default();
    config.verify = Some("cargo check".into());
    let mut stage = Stage::with(MEDIUM, config);
    let mut written = budget();
    written.state = EditState::Written;
    stage.edited(written).keys("ctrl+r t");
    assert_eq!(stage.asked(), [EditCommand::Check(EDIT)]);
    for number in 0..100 {
        stage.told(EditEvent::Check(EDIT, format!("line {number}").into()));
    }
    assert!(stage.screen().contains("line 99"), "{}", stage.screen());
    stage.keys("k k k").told(EditEvent::Check(EDIT, "line 100".into()));
    assert!(!stage.screen().contains("line 100"), "who scrolls back stays there\n{}", stage.screen());
    stage.told(EditEvent::Checked(EDIT, "cargo check".into(), Ok(101)));
    stage.keys("f");
    assert_eq!(stage.asked(), [EditCommand::FixCheck(EDIT)]);
}

#[test]
fn a_commit_begins_with_the_message_that_is_proposed_unless_one_is_typed() {
    let mut written = budget();
    written.state = EditState::Written;
    let mut stage = Stage::reviewing(MEDIUM, written);
    stage.keys("C");
    assert_eq!(stage.asked(), [EditCommand::Describe(EDIT)]);
    stage.told(EditEvent::Message(EDIT, "Give every pool its own budget\n\nThe total stays.".into()));
    stage.keys("ctrl+end").keys("end").text(" and cap").keys("ctrl+s");
    let message = "Give every pool its own budget and cap\n\nThe total stays.";
    assert_eq!(stage.asked(), [EditCommand::Commit(EDIT, message.into())]);
    stage.keys("C").text("mine");
    stage.told(EditEvent::Message(EDIT, "theirs".into()));
    assert_eq!(stage.app.review.writing.as_ref().unwrap().text(), "mine");
}

#[test]
fn an_edit_is_dropped_at_the_second_press_only() {
    let mut stage = reviewing();
    stage.keys("D");
    assert_eq!(stage.asked(), []);
    stage.wait(5000).keys("D");
    assert_eq!(stage.asked(), [], "too late to be the second");
    stage.keys("D");
    assert_eq!(stage.asked(), [EditCommand::Drop(EDIT)]);
}

#[test]
fn edits_of_an_earlier_session_wait_and_are_turned_between() {
    let mut other = edit(vec![file("a.rs", vec![hunk(1, (1, 1), "fn a", "a", "b")])]);
    other.id = EditId(7);
    other.number = 7;
    let mut stage = Stage::full(MEDIUM);
    stage.told(EditEvent::Waiting(vec![Arc::new(other), Arc::new(budget())]));
    assert!(stage.screen().contains("2 earlier edits wait; ctrl+r reviews"), "{}", stage.screen());
    stage.keys("ctrl+r");
    assert!(stage.screen().contains("edit #7") && stage.screen().contains("1 of 2"), "{}", stage.screen());
    stage.keys("]");
    assert!(stage.screen().contains("edit #12"), "{}", stage.screen());
    stage.keys("] [");
    assert!(stage.screen().contains("edit #12"), "{}", stage.screen());
}

#[test]
fn an_edit_that_is_being_reviewed_is_not_replaced_by_a_new_one() {
    let mut stage = reviewing();
    let mut other = budget();
    other.id = EditId(13);
    other.number = 13;
    stage.edited(other).keys("a");
    assert_eq!(stage.asked(), [decide(1, Accepted)]);
}

#[test]
fn the_editor_opens_at_the_line_of_the_cursor() {
    let mut stage = reviewing();
    stage.keys("n j j o");
    let open = stage.cmds.iter().find_map(|cmd| match cmd {
        Cmd::OpenPath { path, line } => Some((path.to_string(), *line)),
        _ => None,
    });
    assert_eq!(open, Some(("src/net/budget.rs".into(), 47)));
}

#[test]
fn the_cursor_goes_from_hunk_to_hunk_of_a_file() {
    let mut stage = reviewing();
    stage.keys("ctrl+d");
    assert_eq!(stage.hunk(), 2);
    stage.keys("G");
    assert_eq!(stage.hunk(), 3);
    stage.keys("g");
    assert_eq!(stage.hunk(), 1);
}

#[test]
fn side_by_side_is_kept_for_a_wider_screen() {
    let mut stage = Stage::reviewing(MEDIUM, budget());
    stage.keys("v");
    assert!(stage.screen().contains("side by side needs a wider screen"), "{}", stage.screen());
    stage.send(Msg::Input(Input::Resize(WIDE)));
    let screen = stage.screen();
    assert!(
        screen.lines().any(|line| line.contains("spent: u32") && line.contains("total: Cap")),
        "{screen}"
    );
}

#[test]
fn the_mouse_selects_hunks_and_lines_and_the_wheel_scrolls() {
    let mut stage = Stage::reviewing(WIDE, budget());
    let rows: Vec<String> = stage.screen().lines().map(str::to_owned).collect();
    let row = rows.iter().position(|line| line.contains("fn pool")).unwrap() as u16;
    stage.mouse(MouseKind::Press, 6, row);
    assert_eq!(stage.hunk(), 5);
    let row = stage.screen().lines().position(|line| line.contains("fn resolve(&self")).unwrap() as u16;
    stage.mouse(MouseKind::Press, 90, row);
    assert_eq!(stage.hunk(), 4);
    let mut stage = Stage::reviewing(MEDIUM, budget());
    stage.mouse(MouseKind::WheelDown, 60, 10);
    assert_eq!(stage.app.review.view.top, 3);
}

#[test]
fn an_instruction_is_about_the_selected_row_or_what_tab_chooses() {
    let mut stage = Stage::full(MEDIUM);
    stage.keys("enter e").text("count retries").keys("tab enter");
    let asked = stage.asked();
    let [EditCommand::Ask(Instruction { text, target, context, .. })] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    assert_eq!((&**text, target), ("count retries", &EditTarget::Judged));
    assert_eq!(context.first().map(|path| &**path), Some("src/net/budget.rs"));
    stage.keys("e").text("once more").keys("enter");
    let asked = stage.asked();
    let [EditCommand::Ask(Instruction { target, .. })] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(target, &EditTarget::Files(vec!["src/net/budget.rs".into()]));
}

#[test]
fn lines_selected_in_the_preview_are_what_an_instruction_is_about() {
    let mut stage = Stage::full(MEDIUM);
    stage.keys("enter 4 v j j e").text("do not overflow").keys("enter");
    let asked = stage.asked();
    let [EditCommand::Ask(Instruction { target, .. })] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(target, &EditTarget::Lines("src/net/budget.rs".into(), Span { first: 6, last: 8 }));
    stage.keys("4 v j j e tab").text("x").keys("enter");
    let asked = stage.asked();
    let [EditCommand::Ask(Instruction { target, .. })] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(target, &EditTarget::Symbol("src/net/budget.rs".into(), "Budget".into()));
    stage.keys("4 v esc");
    assert_eq!((stage.app.why.selected(), stage.app.focus), (None, Pane::Why));
}

#[test]
fn the_command_line_turns_into_an_instruction_whose_target_is_seen() {
    let mut stage = Stage::full(MEDIUM);
    stage.keys("enter :").text("edit rename take");
    assert!(stage.screen().contains("edit 7 files judged yes tab ❯ rename take"), "{}", stage.screen());
    stage.keys("tab");
    assert!(stage.screen().contains("edit src/net/budget.rs tab ❯ rename take"), "{}", stage.screen());
    stage.keys("tab").text(" to spend").keys("enter");
    let asked = stage.asked();
    let [EditCommand::Ask(Instruction { text, target, .. })] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((&**text, target), ("rename take to spend", &EditTarget::Judged));
    stage.keys(":").text("edit").keys("enter");
    assert!(matches!(stage.app.prompt, Some(Prompt::Instruct(_))));
}

#[test]
fn without_a_model_that_edits_the_key_that_chooses_one_is_named() {
    let mut routes = stage::models::routes();
    for route in &mut routes {
        if route.task == quarry::domain::TaskKind::Command {
            route.choice = quarry::domain::Choice::Nobody;
        }
    }
    let mut stage = Stage::full(MEDIUM);
    stage.models(stage::models::backends(), routes).keys("enter e").text("x").keys("enter");
    assert_eq!(stage.asked(), []);
    assert!(stage.screen().contains("M chooses one for edit"), "{}", stage.screen());
}

#[test]
fn syntax_is_asked_for_once_for_what_is_seen() {
    let mut stage = Stage::proposed(Size { width: 100, height: 24 }, budget());
    stage.keys("ctrl+r");
    let wishes = |stage: &Stage| stage.cmds.iter().filter(|cmd| matches!(cmd, Cmd::Paint(_))).count();
    let first = wishes(&stage);
    assert!((2..=4).contains(&first), "both versions, and the file's last hunk is not seen yet: {first}");
    stage.keys("j j k").edited(budget());
    assert_eq!(wishes(&stage), first);
    stage.keys("G");
    assert_eq!(wishes(&stage), 6);
}

#[test]
fn of_a_huge_hunk_only_what_is_seen_is_coloured() {
    let line = |at: usize| Arc::from(format!("    let spent_{at} = take({at});"));
    let mut huge = hunk(1, (1, 1), "fn huge", "", "");
    huge.new = (0..20_000).map(line).collect();
    let mut stage = Stage::reviewing(WIDE, edit(vec![file("a.rs", vec![huge])]));
    stage.keys("G");
    let wishes: Vec<_> = stage
        .cmds
        .iter()
        .filter_map(|cmd| match cmd {
            Cmd::Paint(wish) => Some(wish),
            _ => None,
        })
        .collect();
    assert!(wishes.iter().all(|wish| wish.text.lines().count() < 1000), "a stretch of it, no more");
    assert!(wishes.last().unwrap().text.contains("spent_19999"));
    stage.paint();
    let runs = stage.app.review.ink.runs(EDIT, HunkId(1), quarry::app::review::ink::Side::New, 19_999);
    assert!(!runs.is_empty(), "the last line has its colours");
}

#[test]
fn the_key_that_leads_to_the_review_shows_the_edit_that_was_announced() {
    let mut stage = reviewing();
    stage.keys("1");
    let mut other = budget();
    other.id = EditId(13);
    other.number = 13;
    stage.edited(other);
    assert!(stage.screen().contains("edit #13: 5 hunks in 2 files; ctrl+r reviews"), "{}", stage.screen());
    stage.keys("ctrl+r");
    let screen = stage.screen();
    assert!(screen.contains("edit #13") && !screen.contains("ctrl+r reviews"), "{screen}");
}

#[test]
fn errors_that_were_sent_back_come_up_as_a_new_edit_that_takes_no_key_for_a_beat() {
    let mut written = budget();
    written.state = EditState::Written;
    let mut stage = Stage::reviewing(MEDIUM, written);
    stage.told(EditEvent::Checked(EDIT, "cargo check".into(), Ok(101)));
    stage.keys("f");
    stage.asked();
    let mut fix = budget();
    fix.id = EditId(13);
    fix.number = 13;
    stage.edited(fix).keys("a");
    assert!(stage.screen().contains("edit #13"), "{}", stage.screen());
    assert_eq!(stage.asked(), []);
    stage.wait(800).keys("a");
    assert_eq!(stage.asked(), [EditCommand::Decide(EditId(13), Hunks::One(HunkId(1)), Accepted)]);
}

#[test]
fn a_write_that_meets_a_conflict_leads_to_it() {
    let mut stage = reviewing();
    stage.keys("ctrl+a w");
    stage.asked();
    let mut met = budget();
    for hunk in met.files.iter_mut().flat_map(|file| &mut file.hunks) {
        hunk.decision = Accepted;
    }
    met.files[1].hunks[1].conflict = Some(lines("on disk now"));
    stage.edited(met).keys("a");
    assert_eq!((stage.hunk(), stage.decisions().as_str()), (5, "aaaa!"), "it came by itself");
    stage.wait(6000);
    assert!(stage.screen().contains("a take the hunk   x keep the file's"), "{}", stage.screen());
    stage.keys("x");
    assert_eq!(stage.asked(), [EditCommand::Resolve(EDIT, HunkId(5), Rejected)]);
}

#[test]
fn a_write_that_a_conflict_holds_leads_to_it() {
    let mut proposed = budget();
    proposed.files[1].hunks[1].conflict = Some(lines("on disk now"));
    let mut stage = Stage::reviewing(MEDIUM, proposed);
    stage.keys("a w");
    assert_eq!(stage.hunk(), 5);
    stage.asked();
    stage.keys("a");
    assert_eq!(stage.asked(), [], "it has just come up");
}

#[test]
fn between_two_hunks_no_line_stands_twice_and_none_as_it_will_not_be() {
    let mut first = hunk(1, (10, 10), "fn f", "old one\nold two", "new");
    first.after = lines("kept between\nchanged after");
    let mut second = hunk(2, (13, 12), "fn f", "changed after", "other");
    second.before = lines("old one\nold two\nkept between");
    let stage = Stage::reviewing(WIDE, edit(vec![file("src/a.rs", vec![first, second])]));
    let screen = stage.screen();
    let count = |text: &str| screen.matches(text).count();
    assert_eq!([count("old two"), count("kept between"), count("changed after")], [1, 1, 1], "{screen}");
}

#[test]
fn what_was_committed_says_so_and_is_not_committed_twice() {
    let mut written = budget();
    written.state = EditState::Written;
    let mut stage = Stage::reviewing(MEDIUM, written);
    stage.keys("C").text("Give every pool its own budget").keys("ctrl+s");
    stage.told(EditEvent::Committed("7ca5bae".into(), "Give every pool its own budget".into()));
    assert!(stage.screen().contains("edit #12   ✓ committed "), "{}", stage.screen());
    stage.asked();
    stage.keys("C");
    assert_eq!(stage.asked(), []);
    assert!(stage.screen().contains("it is committed as 7ca5bae"), "{}", stage.screen());
}

#[test]
fn a_long_list_says_how_much_of_it_is_hidden() {
    let files = (0..40).map(|at| {
        let one = hunk(at + 1, (1, 1), "fn a", "a", "b");
        file(&format!("src/f{at}.rs"), vec![one])
    });
    let mut stage = Stage::reviewing(MEDIUM, edit(files.collect()));
    let says = |stage: &Stage| (stage.screen().contains("more above"), stage.screen().contains("more below"));
    assert_eq!(says(&stage), (false, true), "{}", stage.screen());
    stage.keys("n n n n n n n n n n n n n n n n n n n n");
    assert_eq!(says(&stage), (true, true), "{}", stage.screen());
    stage.keys("n n n n n n n n n n n n n n n n n n n n");
    assert_eq!(says(&stage), (true, false), "{}", stage.screen());
}

/// A session with a conversation of one question and its answer, and an edit that was asked for after it.
fn talked(size: Size, state: EditState) -> Stage {
    let mut stage = Stage::full(size);
    let turns = vec![stage::chat::question(1), stage::chat::answer(2)];
    stage.send(Msg::Chat(ChatEvent::Opened { head: stage::chat::head(1, "Retry budget"), turns }));
    let mut proposed = budget();
    proposed.turn = Some(TurnId(2));
    proposed.state = state;
    stage.edited(proposed).keys("enter 2");
    stage
}

#[test]
fn an_edit_that_was_asked_for_in_the_conversation_has_a_line_there_that_leads_to_it() {
    let mut stage = talked(WIDE, EditState::Streaming);
    assert!(stage.screen().contains("edit #12   is being written · 2 files · 5 hunks"), "{}", stage.screen());
    let mut proposed = budget();
    proposed.turn = Some(TurnId(2));
    proposed.files[0].hunks[0].decision = Accepted;
    stage.edited(proposed);
    let line = "◆ edit #12   1 accepted of 5 · 2 files · 5 hunks · +16 −9";
    assert!(stage.screen().contains(line), "{}", stage.screen());
    assert!(stage.screen().contains("enter to review"), "{}", stage.screen());
    stage.keys("enter");
    assert_eq!(stage.app.focus, Pane::Review);
    assert_eq!(stage.app.review.shown().unwrap().number, 12);
}

#[test]
fn the_line_of_an_edit_can_be_pressed_and_says_what_became_of_it() {
    let mut stage = talked(WIDE, EditState::Proposed);
    let row = stage.screen().lines().position(|line| line.contains("◆ edit #12")).unwrap() as u16;
    stage.mouse(MouseKind::Press, 100, row);
    assert_eq!(stage.app.focus, Pane::Review);
    let mut written = budget();
    written.turn = Some(TurnId(2));
    written.state = EditState::Written;
    stage.edited(written).keys("2");
    assert!(stage.screen().contains("✓ edit #12   written"), "{}", stage.screen());
}

#[test]
fn an_instruction_that_is_given_in_the_conversation_belongs_to_its_last_turn() {
    let mut stage = Stage::full(WIDE);
    let turns = vec![stage::chat::question(1), stage::chat::answer(2)];
    stage.send(Msg::Chat(ChatEvent::Opened { head: stage::chat::head(1, "Retry budget"), turns }));
    stage.keys("enter 2 i").text("/edit count retries").keys("enter enter");
    let asked = stage.asked();
    let [EditCommand::Ask(Instruction { turn, .. })] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(*turn, Some(TurnId(2)));
}
