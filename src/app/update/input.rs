//! Keys, pastes and the mouse, sent to whatever has the focus.

use super::super::action::{Action, ChatAction, Context, Edit};
use super::super::chat::transcript::Motion;
use super::super::cmd::Cmd;
use super::super::hit::{QUERY_TEXT, Target, target};
use super::super::input::{Input, Mouse, MouseKind};
use super::super::layout::COMPOSER_TEXT;
use super::super::line::Typed;
use super::super::state::{App, Pane};
use super::{act, chat, composer, judging, lines, lists, overlay, review, typing};
use crate::config::Chord;

pub(super) fn input(app: &mut App, input: Input, cmds: &mut Vec<Cmd>) {
    match input {
        Input::Key(chord) => key(app, chord, cmds),
        Input::Paste(text) => paste(app, &text, cmds),
        Input::Mouse(mouse) => pointer(app, mouse, cmds),
        Input::Resize(size) => {
            app.size = size;
            app.mouse.selection = None;
        }
        Input::Focus(_) => {}
    }
}

fn key(app: &mut App, chord: Chord, cmds: &mut Vec<Cmd>) {
    app.mouse.selection = None;
    let context = app.context();
    let action = app.keymap.action(context, chord);
    if action != Some(Action::Interrupt) {
        app.interrupted = None;
    }
    if judging::swallows(app, action) {
        return;
    }
    if let Some(action) = action {
        return act::act(app, action, cmds);
    }
    if lines::take(app, Typed::Key(chord), cmds) {
        return;
    }
    match app.focus {
        Pane::Query => typing::take(app, Typed::Key(chord), cmds),
        Pane::Composer => composer::key(app, chord, cmds),
        Pane::Review => review::key(app, chord),
        Pane::List | Pane::Why | Pane::Chat | Pane::Tray => {}
    }
}

fn paste(app: &mut App, text: &str, cmds: &mut Vec<Cmd>) {
    if app.context() == Context::Writing {
        return review::paste(app, text);
    }
    if lines::take(app, Typed::Paste(text), cmds) {
        return;
    }
    // A paste is meant for what is typed on this side, wherever the keyboard is: nothing else takes text.
    if matches!(app.focus, Pane::Composer | Pane::Chat | Pane::Tray | Pane::Review) {
        app.focus = Pane::Composer;
        return composer::paste(app, text, cmds);
    }
    app.focus = Pane::Query;
    typing::take(app, Typed::Paste(text), cmds);
}

fn pointer(app: &mut App, mouse: Mouse, cmds: &mut Vec<Cmd>) {
    let at = (mouse.column, mouse.row);
    match mouse.kind {
        MouseKind::WheelUp => wheel(app, at, -1, cmds),
        MouseKind::WheelDown => wheel(app, at, 1, cmds),
        MouseKind::Press if app.overlay.is_some() => {
            if let Some(action) = overlay::press(app, at, cmds) {
                act::act(app, action, cmds);
            }
        }
        MouseKind::Press => press(app, at, cmds),
        MouseKind::Drag => app.mouse.drag(at),
        MouseKind::Release => {
            if let Some(selection) = app.mouse.release() {
                cmds.push(Cmd::CopySelection(selection));
            }
        }
    }
}

/// Rows of the conversation that a notch of the wheel moves.
const WHEEL: i32 = 3;

fn wheel(app: &mut App, at: (u16, u16), notches: isize, cmds: &mut Vec<Cmd>) {
    if app.overlay.is_some() {
        return overlay::wheel(app, notches, cmds);
    }
    let (under, _) = target(app, at);
    if matches!(under, Target::Composer(..)) {
        return composer::wheel(app, notches);
    }
    if matches!(under, Target::Review(..)) {
        return review::wheel(app, at, notches);
    }
    if matches!(under, Target::Chat(..)) {
        return app.chat.transcript.go(Motion::Rows(WHEEL * notches as i32));
    }
    lists::wheel(app, under == Target::Why, notches);
}

fn press(app: &mut App, at: (u16, u16), cmds: &mut Vec<Cmd>) {
    if composer::press_completion(app, at, cmds) {
        return;
    }
    let (target, area) = target(app, at);
    let double = app.mouse.press(area, at, app.now.elapsed);
    match target {
        Target::Nothing | Target::Queue(_) => {}
        Target::Tab(0) => act::act(app, Action::ShowList, cmds),
        Target::Tab(1) => act::act(app, Action::ShowChat, cmds),
        Target::Tab(_) => act::act(app, Action::ShowReview, cmds),
        Target::Query(column) => {
            if app.focus != Pane::Query {
                // Without the keyboard the line shows its beginning.
                app.query.line.edit(Edit::LineStart);
                app.focus = Pane::Query;
            }
            let width = app.layout().query.width.saturating_sub(QUERY_TEXT + 1);
            app.query.line.click(usize::from(column), usize::from(width));
        }
        Target::Row(row) => press_row(app, row, double, cmds),
        Target::Why => app.focus = Pane::Why,
        Target::Chat(column, row) => chat::press(app, (column, row)),
        Target::Composer(column, row) => {
            let column = column.saturating_sub(COMPOSER_TEXT);
            composer::press(app, (usize::from(row), usize::from(column)), cmds);
        }
        Target::Strip => act::act(app, Action::Chat(ChatAction::Tray), cmds),
        Target::Tray(_) => app.focus = Pane::Tray,
        Target::Review(..) => review::press(app, at),
    }
}

fn press_row(app: &mut App, row: usize, double: bool, cmds: &mut Vec<Cmd>) {
    app.focus = Pane::List;
    let layout = app.layout();
    if app.ledger_open {
        let at = app.ledger.anchor().top() + row;
        if at < app.ledger.items().len() {
            app.ledger.select(at, layout.lines());
            if double {
                act::act(app, Action::Toggle, cmds);
            }
        }
        return;
    }
    let at = app.list.anchor().top() + row;
    if at < app.list.len() {
        app.list.select(at, layout.rows());
        if double {
            act::act(app, Action::Open, cmds);
        }
    }
}
