//! What the review looks like: text and styles of each state at three sizes, and no panic at any size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use quarry::app::{Input, Msg, Size};
use quarry::config::GlyphSet;
use quarry::domain::{
    ChatEvent, Decision, EditEvent, EditId, EditState, HunkClass, Notice, ProposedEdit, Severity, TurnId,
};
use quarry::ui::theme::{ColorDepth, Glyphs, Theme};
use stage::review::{EDIT, broken_off, budget, hunk, lines, refused};
use stage::{MEDIUM, NARROW, Stage, WIDE};

const SIZES: [(&str, Size); 3] = [("wide", WIDE), ("medium", MEDIUM), ("narrow", NARROW)];

fn shoot(name: &str, make: impl Fn(Size) -> Stage) {
    for (size_name, size) in SIZES {
        insta::assert_snapshot!(format!("{name}_{size_name}"), make(size).frame());
    }
}

fn empty(size: Size) -> Stage {
    let mut stage = Stage::full(size);
    stage.keys("enter ctrl+r");
    stage
}

/// Some accepted, one rejected, the cursor on one that is open.
fn mixed(size: Size) -> Stage {
    let mut edit = budget();
    edit.files[0].hunks[0].decision = Decision::Accepted;
    edit.files[1].hunks[0].decision = Decision::Rejected;
    edit.files[1].hunks[1].syntax_errors = 1;
    Stage::reviewing(size, edit)
}

fn streaming(size: Size) -> Stage {
    let mut edit = budget();
    edit.state = EditState::Streaming;
    edit.files.truncate(1);
    edit.files[0].hunks.truncate(1);
    Stage::reviewing(size, edit)
}

fn conflicting() -> ProposedEdit {
    let mut edit = budget();
    edit.files[0].changed_on_disk = true;
    edit.files[0].hunks[0].decision = Decision::Accepted;
    edit.files[0].hunks[1].conflict = Some(lines(
        "    pub fn take(&mut self, n: u32) -> Result<Permit, Exhausted> {\n        if self.spent.saturating_add(n) > self.cap {",
    ));
    edit
}

fn conflict(size: Size) -> Stage {
    let mut stage = Stage::reviewing(size, conflicting());
    stage.wait(900).keys("g n").paint();
    stage
}

fn refusing(size: Size) -> Stage {
    let mut edit = budget();
    edit.refused.push(refused());
    let mut stage = Stage::reviewing(size, edit);
    stage.keys("n n n n n").wait(11_000);
    stage
}

/// The answer ended in a third file; what it said before is whole.
fn broken(size: Size) -> Stage {
    let mut edit = budget();
    edit.refused.push(broken_off());
    Stage::reviewing(size, edit)
}

/// The same, with the part that was cut selected.
fn broken_part(size: Size) -> Stage {
    let mut stage = broken(size);
    stage.keys("n n n n n").wait(11_000);
    stage
}

/// Two cosmetic hunks and one out of scope.
fn folded_edit() -> ProposedEdit {
    let mut edit = budget();
    edit.files[0].hunks[0].class = HunkClass::Cosmetic;
    edit.files[0].hunks[2].class = HunkClass::OutOfScope;
    edit.files[1].hunks[1].class = HunkClass::Cosmetic;
    edit
}

fn folded(size: Size) -> Stage {
    Stage::reviewing(size, folded_edit())
}

fn unfolded(size: Size) -> Stage {
    let mut stage = Stage::reviewing(size, folded_edit());
    stage.keys("z p").paint();
    stage
}

fn beside(size: Size) -> Stage {
    let mut stage = Stage::reviewing(size, budget());
    stage.keys("n v").wait(4000).paint();
    stage
}

fn editing(size: Size) -> Stage {
    let mut stage = Stage::reviewing(size, budget());
    stage.keys("n e down down end").text(" // room").keys("enter");
    stage
}

fn commenting(size: Size) -> Stage {
    let mut stage = Stage::reviewing(size, budget());
    stage.keys("n c").text("keep the old name, the CLI prints it");
    stage
}

fn asking(size: Size) -> Stage {
    let mut stage = Stage::full(size);
    stage.models(stage::models::backends(), stage::models::routes());
    stage.keys("enter e").text("count retries too");
    stage
}

fn checked(size: Size) -> Stage {
    let mut edit = budget();
    edit.state = EditState::Written;
    for hunk in edit.files.iter_mut().flat_map(|file| &mut file.hunks) {
        hunk.decision = Decision::Accepted;
    }
    let mut stage = Stage::reviewing(size, edit);
    for line in [
        "   Compiling retry-lab v0.3.1",
        "error[E0599]: no method named `check` found for struct `Cap`",
        "  --> src/net/budget.rs:50:20",
        "   |",
        "50 |         self.total.check(n)?;",
        "   |                    ^^^^^ method not found in `Cap`",
        "",
        "warning: unused variable: `pool`",
        "error: could not compile `retry-lab` (lib) due to 1 previous error",
    ] {
        stage.told(EditEvent::Check(EDIT, line.into()));
    }
    stage.told(EditEvent::Checked(EDIT, "cargo check".into(), Ok(101)));
    stage.keys("p p p p p p p").wait(11_000);
    stage
}

fn written(size: Size) -> Stage {
    let mut edit = budget();
    edit.files[0].hunks[2].decision = Decision::Rejected;
    edit.state = EditState::Written;
    let mut stage = Stage::reviewing(size, edit);
    stage.told(EditEvent::History { undo: Some("edit #12, 2 files".into()), redo: None });
    stage.told(EditEvent::Written(EDIT, vec!["src/net/budget.rs".into(), "src/llm/router.rs".into()]));
    stage
}

fn decided(size: Size) -> Stage {
    let mut stage = Stage::reviewing(size, budget());
    stage.keys("a a x a a").paint();
    stage
}

fn failed(size: Size) -> Stage {
    let mut edit = budget();
    edit.files.clear();
    let notice = Notice::new(Severity::Error, "kimi-k2 did not answer")
        .cause("connection refused (127.0.0.1:8081)")
        .hint("M chooses another model for edit");
    edit.state = EditState::Failed(notice);
    Stage::reviewing(size, edit)
}

/// The first hunk accepted, the next one looked at.
fn task(edit: ProposedEdit) -> impl Fn(Size) -> Stage {
    move |size| {
        let mut stage = Stage::reviewing(size, edit.clone());
        stage.keys("a").paint();
        stage
    }
}

/// A conversation with edits that were asked for in it: one that is looked at, one that failed.
fn in_chat(size: Size) -> Stage {
    let mut stage = Stage::full(size);
    let turns = vec![stage::chat::question(1), stage::chat::answer(2)];
    stage.send(Msg::Chat(ChatEvent::Opened { head: stage::chat::head(1, "Retry budget"), turns }));
    let mut failed = budget();
    failed.files.clear();
    failed.turn = Some(TurnId(2));
    failed.state = EditState::Failed(Notice::new(Severity::Error, "the model did not answer"));
    stage.edited(failed);
    let mut second = stage::tasks::rename();
    second.id = EditId(13);
    second.number = 13;
    second.turn = Some(TurnId(2));
    second.files[0].hunks[0].decision = Decision::Accepted;
    stage.edited(second).keys("enter 2").wait(30_000);
    stage
}

/// Lines of the preview that are selected for an instruction.
fn selecting(size: Size) -> Stage {
    let mut stage = Stage::full(size);
    stage.keys("enter 4 v j j");
    stage
}

#[test]
fn a_function_is_renamed_over_five_files() {
    shoot("rename", task(stage::tasks::rename()));
}

#[test]
fn a_parameter_is_added() {
    shoot("parameter", task(stage::tasks::parameter()));
}

#[test]
fn a_doc_comment_is_written() {
    shoot("comment", task(stage::tasks::comment()));
}

#[test]
fn a_bug_is_fixed_inside_what_was_selected() {
    shoot("selecting", selecting);
    shoot("fix", task(stage::tasks::fix()));
}

#[test]
fn edits_have_their_lines_in_the_conversation() {
    shoot("in_chat", in_chat);
}

#[test]
fn no_edit_yet() {
    shoot("empty", empty);
}

#[test]
fn decisions_of_every_kind() {
    shoot("mixed", mixed);
}

#[test]
fn a_model_still_writes() {
    shoot("streaming", streaming);
}

#[test]
fn the_file_changed_under_a_hunk() {
    shoot("conflict", conflict);
}

#[test]
fn a_part_found_no_place() {
    shoot("refused", refusing);
}

#[test]
fn what_was_not_asked_for_is_left_out() {
    shoot("folded", folded);
}

#[test]
fn what_was_left_out_is_shown() {
    shoot("unfolded", unfolded);
}

#[test]
fn side_by_side_where_there_is_room() {
    shoot("beside", beside);
}

#[test]
fn a_hunk_is_edited_in_place() {
    shoot("editing", editing);
}

#[test]
fn a_hunk_is_commented_on() {
    shoot("commenting", commenting);
}

#[test]
fn an_instruction_says_what_it_is_about_and_who_is_asked() {
    shoot("asking", asking);
}

#[test]
fn the_answer_broke_off() {
    shoot("broken", broken);
    shoot("broken_part", broken_part);
}

#[test]
fn the_check_failed() {
    shoot("checked", checked);
}

#[test]
fn all_is_decided() {
    shoot("decided", decided);
}

#[test]
fn an_edit_is_written() {
    shoot("written", written);
}

#[test]
fn no_proposal_came() {
    shoot("failed", failed);
}

#[test]
fn an_edit_announces_itself_where_the_person_is() {
    shoot("announced", |size| Stage::proposed(size, budget()));
}

#[test]
fn sixteen_colours_no_colour_and_ascii() {
    let mut stage = mixed(MEDIUM);
    stage.theme = Theme::default_dark(ColorDepth::Ansi16);
    insta::assert_snapshot!("mixed_16_colours", stage.frame());
    stage.theme = Theme::default_dark(ColorDepth::None);
    stage.glyphs = Glyphs::of(GlyphSet::Ascii);
    insta::assert_snapshot!("mixed_ascii", stage.frame());
    let signs = "✓✗◌!▌│─…⋮→−";
    assert!(!stage.screen().chars().any(|c| signs.contains(c) && c != '!'), "{}", stage.screen());
}

#[test]
fn long_lines_are_cut_scrolled_and_wrapped() {
    let mut edit = budget();
    let long = format!("    let text = \"{}\";", "漢字 and words ".repeat(12));
    edit.files[0].hunks = vec![hunk(1, (9, 9), "fn long", "    let text = \"\";", &long)];
    let mut stage = Stage::reviewing(MEDIUM, edit);
    assert!(stage.screen().contains("\";"), "all that is decided is seen\n{}", stage.screen());
    insta::assert_snapshot!("long_wrapped", stage.screen());
    stage.keys("b").wait(4000);
    assert!(stage.screen().contains('…'));
    insta::assert_snapshot!("long_cut", stage.screen());
    stage.keys("l l l");
    insta::assert_snapshot!("long_scrolled", stage.screen());
}

#[test]
fn what_a_model_writes_cannot_steer_the_terminal() {
    let mut edit = budget();
    edit.why = "red \u{1b}[31m and \u{202e}back".into();
    edit.instruction = "x\u{1b}]0;title\u{7}y".into();
    edit.files[0].path = "src/\u{1b}[2Jevil.rs".into();
    edit.files[0].hunks[0].new = lines("\u{1b}[2J\tgone\u{7}");
    edit.files[0].hunks[0].symbol = Some("fn \u{1b}[1m".into());
    let stage = Stage::reviewing(WIDE, edit);
    assert!(!stage.screen().contains('\u{1b}') && !stage.screen().contains("[2J"), "{}", stage.screen());
}

/// A state by its name, at a size.
type Made = (&'static str, fn(Size) -> Stage);

#[test]
fn every_state_is_drawn_at_every_size() {
    let makers: [Made; 14] = [
        ("empty", empty),
        ("mixed", mixed),
        ("streaming", streaming),
        ("conflict", conflict),
        ("refused", refusing),
        ("broken", broken),
        ("broken_part", broken_part),
        ("unfolded", unfolded),
        ("beside", beside),
        ("editing", editing),
        ("commenting", commenting),
        ("asking", asking),
        ("checked", checked),
        ("written", written),
    ];
    for (name, make) in makers {
        let mut stage = make(WIDE);
        for width in 1..=200 {
            // Every width at the height of a small terminal, and at one of all kinds of heights.
            for height in [24, [1, 3, 10, 16, 33, 45, 60][usize::from(width) % 7]] {
                stage.send(Msg::Input(Input::Resize(Size { width, height })));
                let screen = stage.screen();
                assert_eq!(screen.lines().count(), usize::from(height), "{name} at {width}x{height}");
            }
        }
    }
}
