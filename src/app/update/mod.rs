//! Update: one message in, a new state and commands out.
//!
//! Stale results are dropped here and nowhere else. What follows from any change (the preview of the selected
//! file, explanations of visible rows) is asked for once, after each message.

mod act;
mod asking;
mod chat;
mod completing;
mod composer;
mod evaluating;
mod events;
mod files;
mod follow;
mod input;
mod judging;
mod layers;
mod lines;
mod lists;
mod models;
mod overlay;
mod picker;
mod prompt;
mod review;
mod typing;

use super::cmd::{Cmd, Timer};
use super::msg::{Msg, Now};
use super::state::{App, Overlay};
use crate::domain::{Generation, QueryEvent};

/// Takes in one message. What the runtime shall do comes back, in order.
pub fn update(app: &mut App, msg: Msg) -> Vec<Cmd> {
    let mut cmds = Vec::new();
    if is_stale(app, &msg) {
        return cmds;
    }
    if let Msg::Tick(now) = msg {
        tick(app, now);
        return cmds;
    }
    app.redraw = true;
    match msg {
        Msg::Tick(now) => tick(app, now),
        Msg::Input(input) => input::input(app, input, &mut cmds),
        Msg::Timer(Timer::Typing(_)) => typing::ask(app, &mut cmds),
        Msg::Timer(Timer::Message(_)) => composer::paused(app, &mut cmds),
        Msg::Timer(Timer::Draft(_)) => chat::draft(app, &mut cmds),
        Msg::Timer(Timer::Sessions(_)) => chat::search_sessions(app, &mut cmds),
        Msg::Timer(Timer::Dwell(_)) => follow::dwelt(app, &mut cmds),
        Msg::Tree(news) => events::tree(app, news),
        Msg::Query(event) => events::query(app, event, &mut cmds),
        Msg::Models(event) => models::event(app, event),
        Msg::Chat(event) => chat::event(app, event, &mut cmds),
        Msg::Edit(event) => review::event(app, event),
        Msg::Eval(event) => evaluating::event(app, event, &mut cmds),
        Msg::Painted(painted) => review::painted(app, painted),
        Msg::Preview(preview) => follow::preview(app, preview),
        Msg::Config(settings, problems) => events::config(app, settings, problems, &mut cmds),
        Msg::Themes { names, current } => {
            app.themes.names = names;
            app.themes.current = current;
        }
        Msg::Stats(days, stats) => {
            if let Some(Overlay::Stats(page)) = &mut app.overlay {
                page.take(days, stats);
            }
        }
        Msg::Notice(notice) => app.note(notice),
        Msg::ProgramClosed(result) => events::program_closed(app, result, &mut cmds),
        Msg::Remembered(requests) => app.query.recall(requests),
        Msg::Composer(news) => composer::news(app, news, &mut cmds),
        Msg::Copied(result) => events::copied(app, result),
    }
    follow::follow(app, &mut cmds);
    chat::arrange(app);
    cmds
}

/// Whether a result belongs to a request that a newer one replaced.
fn is_stale(app: &App, msg: &Msg) -> bool {
    match msg {
        Msg::Query(event) => generation(event).is_some_and(|it| it != app.query.generation()),
        Msg::Preview(preview) => preview.generation != app.why.generation(),
        Msg::Timer(Timer::Typing(number)) => *number != app.timers.typing,
        Msg::Timer(Timer::Message(number)) => *number != app.timers.message,
        Msg::Timer(Timer::Draft(number)) => *number != app.timers.draft,
        Msg::Timer(Timer::Sessions(number)) => *number != app.timers.sessions,
        Msg::Timer(Timer::Dwell(number)) => *number != app.timers.dwell,
        Msg::Tick(_)
        | Msg::Input(_)
        | Msg::Tree(_)
        | Msg::Models(_)
        | Msg::Chat(_)
        | Msg::Edit(_)
        | Msg::Eval(_)
        | Msg::Painted(_)
        | Msg::Config(..)
        | Msg::Themes { .. }
        | Msg::Stats(..)
        | Msg::Notice(_)
        | Msg::ProgramClosed(_)
        | Msg::Remembered(_)
        | Msg::Composer(_)
        | Msg::Copied(_) => false,
    }
}

fn generation(event: &QueryEvent) -> Option<Generation> {
    match event {
        QueryEvent::Planned { generation, .. }
        | QueryEvent::Judged { generation, .. }
        | QueryEvent::Ranked { generation, .. }
        | QueryEvent::Explained { generation, .. }
        | QueryEvent::Estimate { generation, .. }
        | QueryEvent::Spent { generation, .. }
        | QueryEvent::Done { generation, .. } => Some(*generation),
        QueryEvent::Ledger { .. }
        | QueryEvent::Names { .. }
        | QueryEvent::Index(_)
        | QueryEvent::Task { .. }
        | QueryEvent::Notice(_) => None,
    }
}

/// Time alone changes the screen only where something turns or ends.
fn tick(app: &mut App, now: Now) {
    let (spun, held) = (app.spin(), app.beat().is_some());
    app.now = now;
    let turned = app.is_spinning() && app.spin() != spun;
    let ready = held && app.beat().is_none();
    if app.chat.transcript.is_short() {
        chat::arrange(app);
        app.redraw = true;
    }
    app.redraw |= turned | ready | app.notices.expire(now.elapsed);
}
