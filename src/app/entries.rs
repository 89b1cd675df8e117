//! The palette's entries, made from the table of actions and from what each would do now.

use super::able::{enabled, subject};
use super::action::{Action, Context};
use super::palette::{Choice, Entry};
use super::state::App;
use super::words;
use crate::domain::{self, TaskKind, TurnId};

/// Every command, runnable or not.
pub fn commands(app: &App) -> Vec<Entry> {
    let below = app.pane_context();
    Action::all()
        .filter(|spec| spec.palette)
        .map(|spec| {
            let note = enabled(app, spec.action).map(|()| subject(app, spec.action));
            let chord =
                app.keymap.chord(below, spec.action).or_else(|| app.keymap.chord(Context::List, spec.action));
            Entry { choice: Choice::Action(spec.action), title: spec.title.to_owned(), note, chord }
        })
        .chain(models(app))
        .collect()
}

/// The model of each task, once anything is known of models.
fn models(app: &App) -> impl Iterator<Item = Entry> + '_ {
    app.models.routes.iter().map(|route| Entry {
        choice: Choice::Models(route.task),
        title: format!("Choose the model for {}", route.task),
        note: Ok(words::choice(&route.choice)),
        chord: None,
    })
}

/// Every theme.
pub fn themes(app: &App) -> Vec<Entry> {
    let entry = |name: &String| Entry {
        choice: Choice::Theme(name.clone()),
        title: name.clone(),
        note: Ok(String::new()),
        chord: None,
    };
    app.themes.names.iter().map(entry).collect()
}

/// Models that can answer a turn again, by where they run.
pub fn answerers(app: &App, turn: TurnId) -> Vec<Entry> {
    let models = app.models.able(TaskKind::Chat).into_iter().filter_map(domain::Choice::into_model);
    models
        .map(|model| Entry {
            title: model.to_string(),
            note: match app.models.trouble_of(&model) {
                Some(why) => Err(why.to_owned()),
                None => Ok(app.models.locality_of(&model).name().to_owned()),
            },
            choice: Choice::Again(turn, model),
            chord: None,
        })
        .collect()
}
