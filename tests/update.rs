//! What keys, pastes, the mouse and results do to the state. Tests read like sentences; time stands still unless told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

mod stage;

use std::sync::Arc;
use std::time::Duration;

use quarry::app::action::{Action, Context};
use quarry::app::keymap::Keymap;
use quarry::app::list::Sort;
use quarry::app::{Cmd, Input, MouseKind, Msg, Overlay, Pane, Size, Timer};
use quarry::config::{Chord, Config};
use quarry::domain::{
    Counts, FileId, Generation, Notice, QueryCommand, QueryEvent, RankCause, Severity, StateKind,
};
use stage::{MEDIUM, NARROW, Stage, WIDE, row, rows};

/// Presses keys on an answered query, and hands the result to `expect`.
fn check(keys: &str, expect: impl Fn(&Stage)) {
    for size in [WIDE, NARROW] {
        let mut stage = Stage::full(size);
        stage.keys(keys);
        expect(&stage);
    }
}

fn asked(stage: &Stage) -> Vec<String> {
    stage
        .cmds
        .iter()
        .filter_map(|cmd| match cmd {
            Cmd::Query(QueryCommand::Ask(request)) => Some(request.text.to_string()),
            _ => None,
        })
        .collect()
}

fn selected(stage: &Stage) -> u32 {
    stage.app.ranked_file().expect("a row is selected").0
}

fn timer(stage: &Stage) -> Timer {
    let after = stage.cmds.iter().rev().find_map(|cmd| match cmd {
        Cmd::After { timer, .. } => Some(*timer),
        _ => None,
    });
    after.expect("a timer was asked for")
}

#[test]
fn typing_asks_once_at_the_pause() {
    let mut stage = Stage::ready(WIDE);
    stage.text("retry");
    assert_eq!(asked(&stage), Vec::<String>::new());
    let pauses = stage.cmds.iter().filter(|cmd| matches!(cmd, Cmd::After { millis: 60, .. })).count();
    assert_eq!(pauses, 5);
    let newest = timer(&stage);
    stage.send(Msg::Timer(Timer::Typing(0)));
    assert_eq!(asked(&stage), Vec::<String>::new(), "the pause of an earlier key is stale");
    stage.send(Msg::Timer(newest));
    assert_eq!(asked(&stage), ["retry"]);
    stage.send(Msg::Timer(newest));
    assert_eq!(asked(&stage), ["retry"], "a pause is over once");
}

#[test]
fn enter_asks_at_once_and_goes_to_the_list() {
    let mut stage = Stage::ready(WIDE);
    stage.text("retry").keys("enter");
    assert_eq!(asked(&stage), ["retry"]);
    assert_eq!(stage.app.focus, Pane::List);
}

#[test]
fn emptying_the_query_takes_the_rows_away() {
    let mut stage = Stage::full(WIDE);
    stage.keys("ctrl+u");
    stage.send(Msg::Timer(timer(&stage)));
    assert_eq!(asked(&stage), [""]);
    assert!(stage.app.list.is_empty());
    assert!(stage.screen().contains("Ask in your own words"));
}

#[test]
fn results_of_an_older_query_are_dropped() {
    let mut stage = Stage::full(WIDE);
    let before = stage.screen();
    stage.send(Msg::Query(QueryEvent::Ranked {
        generation: Generation(0),
        rows: vec![row(99, "old.rs", StateKind::Yes, 1.0)].into(),
        counts: Counts::default(),
        cause: RankCause::Query,
    }));
    assert_eq!(stage.screen(), before);
    assert!(!stage.cmds.iter().any(|cmd| matches!(cmd, Cmd::LoadPreview { .. })));
}

#[test]
fn the_selection_follows_the_first_row_until_it_is_moved() {
    let mut stage = Stage::full(WIDE);
    let mut turned = rows();
    turned.swap(0, 1);
    stage.rank(turned, RankCause::Signals);
    assert_eq!(selected(&stage), 2);
    stage.keys("enter j");
    assert_eq!(selected(&stage), 1);
    stage.rank(rows(), RankCause::Signals);
    assert_eq!(selected(&stage), 1, "a moved selection stays on its file");
}

#[test]
fn the_list_never_moves_under_the_cursor() {
    let mut stage = Stage::ready(NARROW);
    stage.ask("retry");
    let many =
        |from: u32| (from..from + 500).map(|n| row(n, &format!("f{n}.rs"), StateKind::Yes, 0.5)).collect();
    stage.rank(many(100), RankCause::Query);
    stage.keys("enter pagedown pagedown j j j");
    let (file, at) = (selected(&stage), stage.app.list.anchor().at() - stage.app.list.anchor().top());
    let mut more: Vec<_> = (0..40).map(|n| row(n, &format!("new{n}.rs"), StateKind::Yes, 0.9)).collect();
    more.extend::<Vec<_>>(many(100));
    stage.rank(more, RankCause::Saved(vec![FileId(1)]));
    assert_eq!(selected(&stage), file);
    assert_eq!(stage.app.list.anchor().at() - stage.app.list.anchor().top(), at, "nor does its screen row");
}

#[test]
fn a_deleted_file_leaves_the_selection_in_its_place() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter j j");
    let mut fewer = rows();
    fewer.remove(2);
    stage.rank(fewer, RankCause::Saved(vec![FileId(3)]));
    assert_eq!(selected(&stage), 4);
}

#[test]
fn visible_rows_are_explained_once_and_again_after_a_save() {
    let mut stage = Stage::ready(MEDIUM);
    stage.ask("retry");
    stage.rank(rows(), RankCause::Query);
    stage.rank(rows(), RankCause::Query);
    let asked = |stage: &Stage| -> Vec<usize> {
        let asked = stage.cmds.iter().filter_map(|cmd| match cmd {
            Cmd::Query(QueryCommand::Explain(files)) => Some(files.len()),
            _ => None,
        });
        asked.collect()
    };
    let what = "judged and failed rows, in one batch; those that wait have nothing to explain";
    assert_eq!(asked(&stage), [11], "{what}");
    stage.cmds.clear();
    stage.rank(rows(), RankCause::Saved(vec![FileId(2)]));
    assert_eq!(asked(&stage), [11], "others may be close to the saved file, or to it no more");
}

#[test]
fn explanations_that_come_before_the_rows_are_kept() {
    let mut stage = Stage::ready(WIDE);
    stage.ask("retry");
    let details = vec![(FileId(1), Arc::new(stage::detail(FileId(1))))];
    let generation = stage.app.query.generation();
    stage.send(Msg::Query(QueryEvent::Explained { generation, details }));
    stage.rank(rows(), RankCause::Query);
    assert!(stage.screen().contains("refuses a call once"));
}

#[test]
fn the_preview_follows_the_selection_and_comes_back_after_a_save() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter j");
    let loads = |stage: &Stage| {
        stage
            .cmds
            .iter()
            .filter_map(|cmd| match cmd {
                Cmd::LoadPreview { file, .. } => Some(file.0),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(loads(&stage), [2]);
    stage.preview();
    stage.rank(rows(), RankCause::Saved(vec![FileId(2)]));
    assert_eq!(loads(&stage), [2, 2]);
    assert!(stage.screen().contains("impl Budget {"), "the old text stays until the new one is there");
}

#[test]
fn passing_a_row_does_not_make_it_active_but_staying_does() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter j");
    let passed = timer(&stage);
    stage.keys("j");
    let stayed = timer(&stage);
    stage.cmds.clear();
    stage.send(Msg::Timer(passed));
    assert_eq!(stage.cmds, []);
    stage.send(Msg::Timer(stayed));
    assert_eq!(stage.cmds, [Cmd::Query(QueryCommand::Preview(Some(FileId(3))))]);
}

#[test]
fn a_paste_keeps_every_word_on_one_line() {
    let mut stage = Stage::ready(WIDE);
    stage.send(Msg::Input(Input::Paste("where is\r\nthe\tretry\rbudget\u{1b}[31m?".into())));
    assert_eq!(stage.app.query.line.text(), "where is the retry budget?");
}

#[test]
fn a_paste_reaches_the_query_from_any_pane() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter").send(Msg::Input(Input::Paste(" and pools".into())));
    assert_eq!(stage.app.focus, Pane::Query);
    assert!(stage.app.query.line.text().ends_with("enforced? and pools"));
}

#[test]
fn words_are_deleted_undone_and_done_again() {
    let mut stage = Stage::ready(WIDE);
    stage.text("retry budget pool").keys("ctrl+w");
    assert_eq!(stage.app.query.line.text(), "retry budget ");
    stage.keys("ctrl+z");
    assert_eq!(stage.app.query.line.text(), "retry budget pool");
    stage.keys("ctrl+y");
    assert_eq!(stage.app.query.line.text(), "retry budget ");
    stage.keys("ctrl+left ctrl+k");
    assert_eq!(stage.app.query.line.text(), "retry ");
}

#[test]
fn a_grapheme_is_one_step_and_one_deletion() {
    let mut stage = Stage::ready(WIDE);
    stage.send(Msg::Input(Input::Paste("e\u{301}👩‍💻漢".into())));
    stage.keys("left left backspace");
    assert_eq!(stage.app.query.line.text(), "👩‍💻漢");
    stage.keys("delete");
    assert_eq!(stage.app.query.line.text(), "漢");
}

#[test]
fn requests_of_earlier_sessions_come_after_those_of_this_one() {
    let mut stage = Stage::ready(WIDE);
    stage.text("now").keys("enter");
    assert!(stage.cmds.contains(&Cmd::Remember("now".into())));
    stage.send(Msg::Remembered(vec!["oldest".into(), "now".into(), "older".into()]));
    stage.keys("i up");
    assert_eq!(stage.app.query.line.text(), "older");
    stage.keys("up up");
    assert_eq!(stage.app.query.line.text(), "oldest");
    stage.cmds.clear();
    stage.keys("down down enter");
    assert_eq!(stage.app.query.line.text(), "now");
    assert!(!stage.cmds.iter().any(|cmd| matches!(cmd, Cmd::Remember(_))));
}

#[test]
fn arrows_walk_through_earlier_queries_and_back_to_the_draft() {
    let mut stage = Stage::ready(WIDE);
    for query in ["first", "second"] {
        stage.keys("ctrl+u").text(query).keys("enter i");
    }
    stage.keys("ctrl+u").text("draft").keys("up");
    assert_eq!(stage.app.query.line.text(), "second");
    stage.keys("up up");
    assert_eq!(stage.app.query.line.text(), "first");
    stage.keys("down down");
    assert_eq!(stage.app.query.line.text(), "draft");
}

#[test]
fn down_goes_on_to_the_list() {
    check("down", |stage| assert_eq!(stage.app.focus, Pane::List));
}

#[test]
fn vim_and_arrow_keys_move() {
    check("enter j down k", |stage| assert_eq!(selected(stage), 2));
    check("enter G", |stage| assert_eq!(selected(stage), 13));
    check("enter G g", |stage| assert_eq!(selected(stage), 1));
    check("enter end home j", |stage| assert_eq!(selected(stage), 2));
}

#[test]
fn tab_goes_round_the_panes() {
    check("tab", |stage| assert_eq!(stage.app.focus, Pane::List));
    check("tab tab", |stage| assert_eq!(stage.app.focus, Pane::Why));
    check("tab tab tab", |stage| assert_eq!(stage.app.focus, Pane::Chat));
    check("tab tab tab tab", |stage| assert_eq!(stage.app.focus, Pane::Composer));
    check("tab tab tab tab tab", |stage| assert_eq!(stage.app.focus, Pane::Query));
    check("shift+tab", |stage| assert_eq!(stage.app.focus, Pane::Composer));
}

#[test]
fn a_filter_narrows_and_escape_clears_it() {
    check("enter / b u d g e t", |stage| assert_eq!(stage.app.list.len(), 3));
    check("enter / b u d g e t esc", |stage| assert_eq!(stage.app.list.len(), 13));
    check("enter / b u d g e t enter", |stage| {
        assert_eq!(stage.app.list.len(), 3);
        assert_eq!(stage.app.focus, Pane::List);
    });
    check("enter / b u d g e t enter esc", |stage| assert_eq!(stage.app.list.len(), 13));
}

#[test]
fn the_selection_stays_on_its_file_through_filter_and_sort() {
    check("enter j j j / l l m", |stage| assert_eq!(selected(stage), 4));
    check("enter j j j s", |stage| {
        assert_eq!(stage.app.list.sort(), Sort::Path);
        assert_eq!(selected(stage), 4);
    });
}

#[test]
fn every_order_is_reachable() {
    check(": s o r t space v e r d i c t enter", |_| {});
    check("enter s s", |stage| assert_eq!(stage.app.list.sort(), Sort::Verdict));
    check("enter : s o r t space p a t h enter", |stage| assert_eq!(stage.app.list.sort(), Sort::Path));
    check("enter s s s s", |stage| assert_eq!(stage.app.list.sort(), Sort::Score));
}

#[test]
fn pin_exclude_and_rejudge_reach_the_engine() {
    let sent = |keys: &str| {
        let mut stage = Stage::full(WIDE);
        stage.keys("enter").cmds.clear();
        stage.keys(keys);
        stage.cmds.iter().filter(|cmd| matches!(cmd, Cmd::Query(_))).cloned().collect::<Vec<_>>()
    };
    assert_eq!(sent("p"), [Cmd::Query(QueryCommand::Pin(FileId(1), true))]);
    assert_eq!(sent("j j j p"), [Cmd::Query(QueryCommand::Pin(FileId(4), false))]);
    assert_eq!(sent("x"), [Cmd::Query(QueryCommand::Exclude(FileId(1), true))]);
    assert_eq!(sent("x u")[1], Cmd::Query(QueryCommand::Exclude(FileId(1), false)));
    let explain = Cmd::Query(QueryCommand::Explain(vec![FileId(1)]));
    assert_eq!(sent("r"), [Cmd::Query(QueryCommand::Rejudge(vec![FileId(1)])), explain]);
    assert_eq!(sent("R")[0], Cmd::Query(QueryCommand::Rejudge(Vec::new())));
}

#[test]
fn enter_opens_the_editor_at_the_marked_line() {
    let open = |keys: &str| {
        let mut stage = Stage::full(WIDE);
        stage.keys(keys);
        stage.cmds.iter().find_map(|cmd| match cmd {
            Cmd::OpenEditor { file, path, line } => Some((file.0, path.to_string(), *line)),
            _ => None,
        })
    };
    assert_eq!(open("enter enter"), Some((1, "src/net/budget.rs".into(), 6)));
    assert_eq!(open("enter n o"), Some((1, "src/net/budget.rs".into(), 4)), "n marks the next place");
    assert_eq!(open("enter N N N o"), Some((1, "src/net/budget.rs".into(), 6)), "places go round");
}

#[test]
fn copying_takes_path_or_reason() {
    check("enter y", |stage| assert!(stage.cmds.contains(&Cmd::Copy("src/net/budget.rs".into()))));
    check("enter Y", |stage| {
        assert!(
            stage.cmds.iter().any(|cmd| matches!(cmd, Cmd::Copy(text) if text.contains("refuses a call")))
        );
    });
}

#[test]
fn the_task_is_set_and_cleared() {
    let task = |text: Option<&str>| Cmd::Query(QueryCommand::Task(text.map(Into::into)));
    check("enter t p o r t enter", |stage| assert!(stage.cmds.contains(&task(Some("port")))));
    check("enter : t a s k enter", |stage| assert!(stage.cmds.contains(&task(None))));
}

#[test]
fn a_theme_is_tried_while_it_is_picked() {
    let themes = |stage: &Stage| {
        stage
            .cmds
            .iter()
            .filter_map(|cmd| match cmd {
                Cmd::SetTheme(name) => Some(name.clone()),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    check("enter ctrl+p t h e m e enter", |stage| {
        assert!(matches!(stage.app.overlay, Some(Overlay::Palette(_))));
        assert_eq!(themes(stage), Vec::<String>::new());
    });
    check("enter ctrl+p t h e m e enter down", |stage| assert_eq!(themes(stage), ["quarry-light"]));
    check("enter ctrl+p t h e m e enter down esc", |stage| {
        assert_eq!(themes(stage), ["quarry-light", "quarry-dark"], "escape takes it back");
        assert!(stage.app.overlay.is_none());
    });
    check("enter ctrl+p t h e m e enter f r o s t enter", |stage| {
        assert_eq!(themes(stage).last().map(String::as_str), Some("frost"));
        assert!(stage.app.overlay.is_none());
    });
    check("enter : t h e m e space f r o s t", |stage| assert_eq!(themes(stage), ["frost"]));
    check("enter : t h e m e space f r o s t esc", |stage| {
        assert_eq!(themes(stage), ["frost", "quarry-dark"]);
    });
}

#[test]
fn a_wrong_command_names_the_nearest() {
    check("enter : s o r t space p a h t enter", |stage| {
        let toast = stage.app.notices.toast().expect("a toast");
        assert_eq!(toast.text, "there is no order \"paht\"; did you mean path?");
    });
    check("enter : p n i enter", |stage| {
        assert!(stage.app.notices.toast().is_some_and(|toast| toast.text.contains("did you mean pin?")));
    });
}

#[test]
fn commands_complete() {
    check("enter : t h tab", |stage| assert!(stage.screen().contains(": theme")));
    check("enter : s o r t space v tab enter", |stage| assert_eq!(stage.app.list.sort(), Sort::Verdict));
}

#[test]
fn a_command_that_cannot_run_stays_and_says_why() {
    let mut stage = Stage::ready(WIDE);
    stage.keys("ctrl+p").text("pin this");
    assert!(stage.screen().contains("off: no ranked file is selected"));
    stage.keys("enter");
    assert!(matches!(stage.app.overlay, Some(Overlay::Palette(_))));
    assert!(!stage.cmds.iter().any(|cmd| matches!(cmd, Cmd::Query(QueryCommand::Pin(..)))));
}

#[test]
fn escape_goes_back_one_layer_at_a_time() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter L").send(Msg::Query(QueryEvent::Ledger {
        rows: stage::ledger_rows().into(),
        counts: Counts::default(),
    }));
    stage.keys("/ i c o n enter ctrl+p");
    stage.keys("esc");
    assert!(stage.app.overlay.is_none());
    assert_eq!(stage.app.filter(), "icon");
    stage.keys("esc");
    assert_eq!(stage.app.filter(), "");
    assert!(stage.app.ledger_open);
    stage.keys("esc");
    assert!(!stage.app.ledger_open);
}

#[test]
fn escape_stops_a_running_query() {
    let mut stage = Stage::ready(WIDE);
    stage.ask("retry").keys("enter esc");
    assert!(stage.cmds.contains(&Cmd::Query(QueryCommand::Cancel)));
    assert!(!stage.app.query.is_running());
}

#[test]
fn q_types_while_typing_and_quits_elsewhere() {
    check("q", |stage| {
        assert!(stage.app.query.line.text().ends_with('q'));
        assert!(!stage.cmds.contains(&Cmd::Quit));
    });
    check("enter q", |stage| assert!(stage.cmds.contains(&Cmd::Quit)));
    check("enter ? q", |stage| assert!(stage.app.overlay.is_none() && !stage.cmds.contains(&Cmd::Quit)));
}

#[test]
fn ctrl_c_quits_when_pressed_twice() {
    check("ctrl+c", |stage| assert!(!stage.cmds.contains(&Cmd::Quit)));
    check("ctrl+c ctrl+c", |stage| assert!(stage.cmds.contains(&Cmd::Quit)));
    check("ctrl+c x ctrl+c", |stage| assert!(!stage.cmds.contains(&Cmd::Quit)));
    let mut stage = Stage::full(WIDE);
    stage.keys("ctrl+c").wait(3000).keys("ctrl+c");
    assert!(!stage.cmds.contains(&Cmd::Quit), "the first press is forgotten after a while");
}

#[test]
fn the_ledger_answers_why_a_file_was_not_judged() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter").keys(":").text("whynot dump").keys("enter");
    assert!(stage.cmds.contains(&Cmd::Query(QueryCommand::Ledger)));
    let counts = stage.app.query.counts;
    stage.send(Msg::Query(QueryEvent::Ledger { rows: stage::ledger_rows().into(), counts }));
    let screen = stage.screen();
    assert!(screen.contains("assets/dump.sql"), "{screen}");
    assert!(!screen.contains("Cargo.lock"), "{screen}");
    stage.keys("j");
    assert!(stage.screen().contains("8.9 MiB, over the 1 MiB limit"));
}

#[test]
fn an_excluded_file_is_taken_back_in_the_ledger() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter L");
    let excluded = quarry::domain::LedgerRow {
        file: FileId(7),
        path: "src/llm/sse.rs".into(),
        state: quarry::domain::LedgerState::Skipped(quarry::domain::SkipReason::Excluded),
    };
    stage.send(Msg::Query(QueryEvent::Ledger { rows: vec![excluded].into(), counts: Counts::default() }));
    stage.keys("j x");
    assert!(stage.cmds.contains(&Cmd::Query(QueryCommand::Exclude(FileId(7), false))));
}

#[test]
fn the_wheel_scrolls_the_pane_under_the_pointer() {
    let mut stage = Stage::full(WIDE);
    let source = stage.app.layout().why.source;
    let before = stage.app.why.top();
    stage.mouse(MouseKind::WheelDown, source.x + 20, source.y + 1);
    assert_eq!(stage.app.why.top(), before + 3);
    assert_eq!(stage.app.list.anchor().top(), 0);
    let mut stage = Stage::ready(NARROW);
    stage.ask("retry");
    stage
        .rank((0..500).map(|n| row(n, &format!("f{n}.rs"), StateKind::Yes, 0.5)).collect(), RankCause::Query);
    stage.mouse(MouseKind::WheelDown, 10, 10).mouse(MouseKind::WheelDown, 10, 10);
    assert_eq!(stage.app.list.anchor().top(), 4);
    assert_eq!(selected(&stage), 4, "the selection is pushed along only as far as it must");
}

#[test]
fn a_click_selects_and_a_double_click_opens() {
    let mut stage = Stage::full(NARROW);
    let list = stage.app.layout().list;
    stage.mouse(MouseKind::Press, 20, list.y + 3).mouse(MouseKind::Release, 20, list.y + 3);
    assert_eq!(selected(&stage), 4);
    assert_eq!(stage.app.focus, Pane::List);
    assert!(!stage.cmds.iter().any(|cmd| matches!(cmd, Cmd::OpenEditor { .. })));
    stage.wait(100).mouse(MouseKind::Press, 20, list.y + 3);
    assert!(stage.cmds.iter().any(|cmd| matches!(cmd, Cmd::OpenEditor { file: FileId(4), .. })));
}

#[test]
fn a_click_puts_the_cursor_into_the_query() {
    let mut stage = Stage::full(WIDE);
    let query = stage.app.layout().query;
    stage.keys("enter").mouse(MouseKind::Press, query.x + 4 + 5, query.y).text("X");
    assert_eq!(stage.app.query.line.text(), "whereX is the retry budget enforced?");
}

#[test]
fn tabs_of_the_narrow_screen_can_be_clicked() {
    let mut stage = Stage::full(NARROW);
    let [list, chat, review] = quarry::app::hit::tabs();
    stage.mouse(MouseKind::Press, chat.0 + 1, 0);
    assert_eq!(stage.app.focus, Pane::Chat);
    stage.mouse(MouseKind::Press, review.0 + 1, 0);
    assert_eq!(stage.app.focus, Pane::Review);
    stage.mouse(MouseKind::Press, list.0 + 1, 0);
    assert_eq!(stage.app.focus, Pane::List);
}

#[test]
fn dragging_selects_inside_one_pane_and_copies_on_release() {
    let mut stage = Stage::full(WIDE);
    stage.keys("enter 4 g");
    let source = stage.app.layout().why.source;
    let (x, y) = (source.x + 14, source.y);
    stage.mouse(MouseKind::Press, x, y).mouse(MouseKind::Drag, 3, y + 3).mouse(MouseKind::Release, 3, y + 3);
    let Some(Cmd::CopySelection(selection)) = stage.cmds.last().cloned() else {
        panic!("{:?}", stage.cmds.last())
    };
    let text = quarry::ui::selected_text(&stage.app, &stage.theme, &stage.glyphs, selection);
    assert_eq!(
        text, " budget of retries.\n\nuse crate::Permit;\n",
        "source without line numbers or other panes"
    );
}

#[test]
fn m_releases_the_mouse_and_takes_it_back() {
    check("enter m", |stage| assert!(stage.cmds.contains(&Cmd::MouseCapture(false))));
    check("enter m m", |stage| assert!(stage.cmds.contains(&Cmd::MouseCapture(true))));
}

#[test]
fn idle_needs_no_tick_and_draws_nothing() {
    let mut stage = Stage::full(WIDE);
    stage.wait(60_000);
    stage.app.take_redraw();
    assert_eq!(stage.app.needs_tick(), None);
    stage.wait(60_000);
    assert!(!stage.app.take_redraw());
}

#[test]
fn a_running_query_turns_the_spinner_unless_motion_is_off() {
    let mut stage = Stage::ready(WIDE);
    stage.ask("retry");
    assert_eq!(stage.app.needs_tick(), Some(Duration::from_millis(100)));
    stage.app.take_redraw();
    stage.wait(20);
    assert!(!stage.app.take_redraw(), "a tick within one turn changes nothing");
    stage.wait(100);
    assert!(stage.app.take_redraw());
    let mut still = Stage::with(WIDE, Config::from_text("motion = false").0);
    still.ask("retry");
    assert_eq!(still.app.needs_tick(), None);
}

#[test]
fn a_toast_goes_away_and_stays_in_the_notices() {
    let mut stage = Stage::full(WIDE);
    stage.wait(60_000);
    stage.send(Msg::Notice(Notice::new(Severity::Warning, "the limit was reached").hint("raise it")));
    assert!(stage.screen().contains("the limit was reached; raise it"));
    let left = stage.app.needs_tick().expect("the toast ends");
    stage.wait(left.as_millis() as u64);
    assert!(!stage.screen().contains("the limit was reached"));
    assert!(stage.screen().contains("! 1 notice"));
    stage.keys("enter !");
    assert!(stage.screen().contains("the limit was reached"));
}

#[test]
fn a_saved_file_whose_verdict_flipped_is_announced() {
    let mut stage = Stage::full(WIDE);
    let mut turned = rows();
    turned[7].state = StateKind::Yes;
    turned[7].flipped = true;
    stage.rank(turned, RankCause::Saved(vec![FileId(8)]));
    assert!(stage.screen().contains("budget.rs saved: now yes"));
}

#[test]
fn a_configured_key_replaces_the_default_one() {
    let (config, problems) = Config::from_text("[keys]\npin = \"ctrl+t\"\nslect = \"z\"\nquit = []\n");
    assert_eq!(problems, []);
    let (keymap, problems) = Keymap::new(&config);
    let chord = |text: &str| text.parse::<Chord>().unwrap();
    assert_eq!(keymap.action(Context::List, chord("ctrl+t")), Some(Action::Pin));
    assert_eq!(keymap.action(Context::List, chord("p")), None);
    assert_eq!(keymap.chords(Action::Quit), []);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].key, "keys.slect");
    assert!(problems[0].message.contains("slect"));
}

#[test]
fn default_keys_collide_nowhere_and_names_are_unique() {
    let (keymap, problems) = Keymap::new(&Config::default());
    assert_eq!(problems, []);
    for spec in Action::all() {
        assert_eq!(Action::named(spec.name), Some(spec.action), "{}", spec.name);
        for text in spec.chords {
            let chord: Chord = text.parse().unwrap();
            for context in spec.contexts {
                let found = keymap.action(*context, chord);
                let typed = found.is_none() && context.is_typing();
                assert!(
                    typed || found == Some(spec.action),
                    "{text} in {context:?}: {found:?} and {}",
                    spec.name
                );
            }
        }
    }
}

#[test]
fn a_resize_keeps_the_selection_on_the_screen() {
    let mut stage = Stage::ready(WIDE);
    stage.ask("retry");
    stage
        .rank((0..500).map(|n| row(n, &format!("f{n}.rs"), StateKind::Yes, 0.5)).collect(), RankCause::Query);
    stage.keys("enter pagedown pagedown");
    let file = selected(&stage);
    for (width, height) in [(80, 24), (60, 16), (10, 3), (200, 60), (100, 30)] {
        stage.send(Msg::Input(Input::Resize(Size { width, height })));
        assert_eq!(selected(&stage), file);
    }
    let path = stage.app.selected_path().unwrap();
    assert!(stage.screen().contains(&*path));
}
