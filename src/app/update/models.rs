//! What the models' service tells: state taken in, and the few things a person must hear of at once.

use std::sync::Arc;

use crate::domain::{BackendStatus, Choice, Health, ModelEvent, Notice, RouteStatus, Severity, TaskKind};
use crate::text::amount;

use super::super::action::Action;
use super::super::models::Test;
use super::super::state::{App, Overlay};
use super::super::words;

pub(super) fn event(app: &mut App, event: ModelEvent) {
    match event {
        ModelEvent::Backends(backends) => take_backends(app, backends),
        ModelEvent::Routes(routes) => take_routes(app, routes),
        ModelEvent::FellBack { task, from, to, why } => {
            let why = words::bare(&why, &from.to_string()).to_owned();
            let title = format!("{task}: {} instead of {}: {why}", words::choice(&to), from.model);
            let shows = app.key_of(Action::Models);
            app.note(Notice::new(Severity::Warning, title).hint(format!("{shows} shows who answers what")));
        }
        ModelEvent::Spent { session, today } => app.models.spent = Some((session, today)),
        ModelEvent::Tested { task, model, result } => {
            let test = match result {
                Ok((first, whole)) => Test::Passed { first, whole },
                Err(why) => Test::Failed(why),
            };
            app.models.tested(task, model, test);
        }
        ModelEvent::Notice(notice) => app.note(notice),
    }
    if let Some(Overlay::Models(picker)) = &mut app.overlay {
        picker.refresh(&app.models);
    }
}

/// A backend that some task uses and that stops or begins to answer is told of; the rest stands in the picker.
fn take_backends(app: &mut App, backends: Arc<[BackendStatus]>) {
    let before = std::mem::replace(&mut app.models.backends, backends);
    let shows = app.key_of(Action::Models);
    let mut notices = Vec::new();
    let mut back = None;
    for backend in app.models.backends.iter().filter(|backend| app.models.uses(&backend.name)) {
        let old = before.iter().find(|old| old.name == backend.name).map(|old| &old.health);
        match (&backend.health, old) {
            (Health::Down { .. }, Some(Health::Down { .. })) => {}
            (Health::Down { why, retry_in }, _) => {
                let notice = Notice::new(
                    Severity::Warning,
                    format!("{} is down: {}", backend.name, words::bare(why, &backend.name)),
                );
                notices.push(match retry_in {
                    Some(after) => notice.hint(format!(
                        "tried again in {}; {shows} shows who answers meanwhile",
                        amount::short(*after)
                    )),
                    None => notice.hint(format!("{shows} shows who answers meanwhile")),
                });
            }
            (Health::Up | Health::Degraded { .. }, Some(Health::Down { .. })) => {
                back = Some(format!("{} answers again", backend.name));
            }
            (Health::Up | Health::Degraded { .. } | Health::Unknown, _) => {}
        }
    }
    for notice in notices {
        app.note(notice);
    }
    if let Some(text) = back {
        app.notices.flash(text, app.now.elapsed);
    }
}

/// Says who judges from now on where that changed; the header says it for as long as it holds.
fn take_routes(app: &mut App, routes: Arc<[RouteStatus]>) {
    let first = !app.models.is_known();
    let changed = routes
        .iter()
        .find(|route| {
            let old = app.models.route(route.task);
            let new = old.is_some_and(|old| old.choice != route.choice && route.by_user);
            new || (first && route.task == TaskKind::Judge && matches!(route.choice, Choice::Model(_)))
        })
        .map(|route| format!("{}: {} from now on", route.task, words::choice(&route.choice)));
    app.models.routes = routes;
    if let Some(text) = changed {
        app.notices.flash(text, app.now.elapsed);
    }
}
