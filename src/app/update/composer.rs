//! The composer: keys, pastes and clicks that reach the message being typed, and what the runtime answers.

use crate::domain::{Notice, Question, Severity, TaskKind};

use super::super::action::{Action, Compose, Edit};
use super::super::cmd::{Cmd, Timer};
use super::super::composer::{ComposerCmd, ComposerNews, Enter, Pasted, Reach, pictures};
use super::super::floating;
use super::super::state::{App, Pane};
use super::{chat, completing};
use crate::config::{Chord, Key};
use ratatui::layout::{Margin, Position};

/// A pause after which what is typed is kept, in milliseconds.
const PAUSE: u64 = 500;

/// A key that the keymap does not know: it is typed, moves or selects.
pub(super) fn key(app: &mut App, chord: Chord, cmds: &mut Vec<Cmd>) {
    let (cells, height) = app.composer_cells();
    let composer = &mut app.chat.composer;
    let before = composer.revision();
    let page = isize::try_from(height.max(2) - 1).unwrap_or(1);
    match (chord.key, chord.mods.shift, chord.mods.ctrl) {
        (Key::Up, true, _) => drop(composer.up(cells, Reach::Select)),
        (Key::Down, true, _) => drop(composer.down(cells, Reach::Select)),
        (Key::Left, true, true) => composer.word(false, Reach::Select),
        (Key::Right, true, true) => composer.word(true, Reach::Select),
        (Key::Home, true, _) => composer.to_end(false, Reach::Select),
        (Key::End, true, _) => composer.to_end(true, Reach::Select),
        (Key::PageUp, ..) => composer.page(-page, cells),
        (Key::PageDown, ..) => composer.page(page, cells),
        _ if composer.key(chord) => {}
        _ => return,
    }
    let typed = app.chat.composer.revision() != before;
    changed(app, cmds);
    if typed && app.chat.composer.search().is_none() {
        completing::look(app, cmds);
    }
}

/// One of the edits that every line knows.
pub(super) fn edit(app: &mut App, edit: Edit, cmds: &mut Vec<Cmd>) {
    let (open, before) = (app.chat.composer.completion().is_some(), app.chat.composer.revision());
    app.chat.composer.edit(edit);
    let typed = app.chat.composer.revision() != before;
    changed(app, cmds);
    if open && typed {
        completing::look(app, cmds);
    }
}

/// One of the edits that only a message knows.
pub(super) fn compose(app: &mut App, edit: Compose, cmds: &mut Vec<Cmd>) {
    app.focus = Pane::Composer;
    let composer = &mut app.chat.composer;
    match edit {
        Compose::NewLine => composer.new_line(),
        Compose::SelectAll => composer.select_all(),
        Compose::Copy => match composer.selected_text() {
            Some(text) => cmds.push(Cmd::Copy(text)),
            None => app.notices.flash("nothing is selected; shift and an arrow selects", app.now.elapsed),
        },
        Compose::Yank => composer.yank(),
        Compose::TextStart => composer.to_end(false, Reach::Move),
        Compose::TextEnd => composer.to_end(true, Reach::Move),
        Compose::Expand => {
            if let Err(why) = composer.expand() {
                app.notices.flash(why, app.now.elapsed);
            }
        }
        // Text on the clipboard is taken as well, whatever the model can see.
        Compose::PastePicture => cmds.push(Cmd::Composer(ComposerCmd::PastePicture)),
        Compose::Editor => {
            let text = composer.question().text.to_string();
            cmds.push(Cmd::Composer(ComposerCmd::Edit(text)));
        }
        Compose::SearchPast => composer.search_past(),
    }
    changed(app, cmds);
}

/// Text pasted in one piece.
pub(super) fn paste(app: &mut App, text: &str, cmds: &mut Vec<Cmd>) {
    let pasted = app.chat.composer.paste(text);
    told(app, pasted);
    let pictures = pictures(text);
    if !pictures.is_empty() && takes_pictures(app) == Some(false) {
        let model = app.models.chosen(TaskKind::Chat).map(ToString::to_string).unwrap_or_default();
        let key = app.key_of(Action::Models);
        app.notices.flash(
            format!("{model} takes no pictures; the path stays text ({key} chooses a model)"),
            app.now.elapsed,
        );
    } else {
        let read = |(words, path)| Cmd::Composer(ComposerCmd::ReadPicture { path, words });
        cmds.extend(pictures.into_iter().map(read));
    }
    changed(app, cmds);
}

/// Tab: takes the selected way to go on, or looks for ways; says whether there were any.
pub(super) fn tab(app: &mut App, cmds: &mut Vec<Cmd>) -> bool {
    if app.chat.composer.completion().is_some() {
        take(app, cmds);
        return true;
    }
    app.chat.composer.set_completion(None);
    completing::look(app, cmds);
    app.chat.composer.completion().is_some()
}

fn take(app: &mut App, cmds: &mut Vec<Cmd>) {
    completing::take(app, cmds);
    let open = app.chat.composer.completion().cloned();
    changed(app, cmds);
    app.chat.composer.set_completion(open);
}

/// Enter: takes the selected way to go on; else sends, unless a line goes on or a search ends.
pub(super) fn accept(app: &mut App, cmds: &mut Vec<Cmd>) {
    let composer = &app.chat.composer;
    if composer.completion().is_some_and(|completion| !completion.is_done(composer.text())) {
        return take(app, cmds);
    }
    match app.chat.composer.enter() {
        Enter::NewLine | Enter::Found => changed(app, cmds),
        Enter::Send if app.chat.composer.is_blank() => {
            let word = "type a message first; @ names a file, / runs a command";
            app.notices.flash(word, app.now.elapsed);
        }
        Enter::Send => {
            let question = app.chat.composer.take();
            cmds.push(Cmd::Composer(ComposerCmd::Remember(question.clone())));
            changed(app, cmds);
            chat::send(app, question, cmds);
        }
    }
}

/// Up: a row up, and above the first one an earlier message.
pub(super) fn older(app: &mut App, cmds: &mut Vec<Cmd>) {
    if app.chat.composer.step_completion(-1) {
        return;
    }
    let (cells, _) = app.composer_cells();
    app.chat.composer.up(cells, Reach::Move);
    changed(app, cmds);
}

/// Down: a row down, and below the last one a later message.
pub(super) fn newer(app: &mut App, cmds: &mut Vec<Cmd>) {
    if app.chat.composer.step_completion(1) {
        return;
    }
    let (cells, _) = app.composer_cells();
    app.chat.composer.down(cells, Reach::Move);
    changed(app, cmds);
}

/// One layer back within the message: ways to go on, a search, a selection. Says whether there was one.
pub(super) fn back(app: &mut App, cmds: &mut Vec<Cmd>) -> bool {
    let composer = &mut app.chat.composer;
    if composer.decline() {
        return true;
    }
    let was = composer.drop_search() || composer.deselect();
    if was {
        changed(app, cmds);
    }
    was
}

/// A click on a cell of the message's text.
pub(super) fn press(app: &mut App, cell: (usize, usize), cmds: &mut Vec<Cmd>) {
    app.focus = Pane::Composer;
    let (cells, _) = app.composer_cells();
    app.chat.composer.click(cell, cells, Reach::Move);
    changed(app, cmds);
}

/// A click on one of the ways to go on; says whether it was one.
pub(super) fn press_completion(app: &mut App, at: (u16, u16), cmds: &mut Vec<Cmd>) -> bool {
    let area = floating::completion_area(app);
    let inside = area.contains(Position::from(at)) && app.chat.composer.completion().is_some();
    let Some(completion) = app.chat.composer.completion().filter(|_| inside) else { return false };
    let first = floating::top(completion.at, area.inner(Margin::new(1, 1)));
    let to = (first + usize::from(at.1.saturating_sub(area.y + 1))).min(completion.offers.len() - 1);
    let by = to.cast_signed() - completion.at.cast_signed();
    app.chat.composer.step_completion(by);
    take(app, cmds);
    true
}

/// A notch of the wheel over the message.
pub(super) fn wheel(app: &mut App, notches: isize) {
    let (cells, height) = app.composer_cells();
    app.chat.composer.scroll(notches, cells, height);
}

/// What the runtime answers.
pub(super) fn news(app: &mut App, news: ComposerNews, cmds: &mut Vec<Cmd>) {
    match news {
        ComposerNews::Remembered(older) => return app.chat.composer.recall(older),
        // What was typed meanwhile is newer.
        ComposerNews::Draft(_) if !app.chat.composer.is_blank() => return,
        ComposerNews::Draft(question) => app.chat.composer.restore(&question),
        ComposerNews::Picture { words: None, read: Ok(_) } if takes_pictures(app) == Some(false) => {
            let model = app.models.chosen(TaskKind::Chat).map(ToString::to_string).unwrap_or_default();
            app.notices.flash(format!("{model} takes no pictures"), app.now.elapsed);
        }
        ComposerNews::Picture { words, read: Ok(picture) } => {
            let pasted = app.chat.composer.attach(&picture, words.as_deref());
            told(app, pasted);
        }
        // A path stays what it was typed as.
        ComposerNews::Picture { read: Err(why), .. } => app.notices.flash(why, app.now.elapsed),
        ComposerNews::Pasted(text) => return paste(app, &text, cmds),
        ComposerNews::Edited(Ok(text)) => {
            let attachments = app.chat.composer.attachments();
            app.chat.composer.replace(&Question { attachments, ..Question::new(text) });
        }
        ComposerNews::Edited(Err(why)) => {
            let notice = Notice::new(Severity::Warning, "the editor gave no message back");
            app.note(notice.cause(why).hint("the message is as it was"));
        }
    }
    changed(app, cmds);
}

/// Whether the model that answers takes pictures: `None` where that is not known.
pub(super) fn takes_pictures(app: &App) -> Option<bool> {
    let model = app.models.chosen(TaskKind::Chat)?;
    let status = app.models.status_of(model)?;
    if status.abilities.is_empty() { None } else { Some(status.abilities.contains(&"images")) }
}

/// The message may have changed: what is seen follows the cursor, and a pause in typing is waited for.
fn changed(app: &mut App, cmds: &mut Vec<Cmd>) {
    let (cells, height) = app.composer_cells();
    app.chat.composer.follow(cells, height);
    app.chat.composer.look_away();
    if app.chat.composer.completion().is_some() {
        app.chat.composer.set_completion(None);
    }
    let revision = app.chat.composer.revision();
    if app.timers.message != revision {
        app.timers.message = revision;
        cmds.push(Cmd::After { millis: PAUSE, timer: Timer::Message(revision) });
    }
}

/// A pause in typing: what is typed is kept for the next session, and names are looked up.
pub(super) fn paused(app: &App, cmds: &mut Vec<Cmd>) {
    completing::ask_about_names(app, cmds);
    let composer = &app.chat.composer;
    let draft = (!composer.is_blank()).then(|| composer.question());
    cmds.push(Cmd::Composer(ComposerCmd::KeepDraft(draft)));
}

fn told(app: &mut App, pasted: Pasted) {
    let word = match pasted {
        Pasted::Text => return,
        Pasted::Attached => {
            let key = app.key_of(Action::Compose(Compose::Expand));
            format!("attached as one piece; {key} types it out")
        }
        Pasted::NoRoom => "the message has no room for more".to_owned(),
    };
    app.notices.flash(word, app.now.elapsed);
}
