//! Empty states: what will appear here, and the key that makes it.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::{Action, Context};
use crate::app::layout::{Layout, MARGIN};
use crate::app::query::Phase;
use crate::app::words;
use crate::text::amount;
use crate::text::wrap::{Wrap, plain};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// Says why the list is empty and what fills it.
pub fn list(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let index = &app.status.index;
    if app.list.total() > 0 {
        let filter = app.list.filter().trim();
        let rows = amount::plural(app.list.total() as u64, "row");
        let text = format!(
            "No path fits \u{201c}{filter}\u{201d} among {rows}. {} clears the filter.",
            key(app, Action::Back)
        );
        return say(canvas, area, &[(text.as_str(), Role::Muted)]);
    }
    if index.walked && index.files == 0 {
        let intro = app.layout().intro;
        let area = if intro.is_empty() { area } else { intro };
        let what = if app.status.git.is_some() {
            "There are no files here that git does not ignore."
        } else {
            "There are no files here."
        };
        let text = &format!("{what}\n\nSave one, and it appears; or open another directory: quarry PATH.");
        return say(canvas, area, &[(text, Role::Muted)]);
    }
    if app.query.asked().is_empty() {
        return;
    }
    let text = match app.query.phase {
        Phase::Asked | Phase::Running { .. } if !index.walked => {
            "Still finding files; rows appear as they are read."
        }
        Phase::Asked | Phase::Running { .. } => "Judging; the best rows appear first.",
        Phase::Waiting => "A model waits to be asked; nothing was sent yet.",
        Phase::Stopped => "The query was stopped before the first row. R asks again.",
        Phase::Idle | Phase::Done { .. } if app.status.is_reading() => {
            "Still reading; rows appear as files are read."
        }
        Phase::Idle | Phase::Done { .. } => {
            "Every file here was skipped. L opens the ledger, which says why for each."
        }
    };
    say(canvas, area, &[(text, Role::Muted)]);
}

/// The first screen: what to type and what comes of it, and the heading of the active files below.
pub fn intro(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let area = layout.intro;
    if area.is_empty() || app.status.index.walked && app.status.index.files == 0 {
        return;
    }
    if !app.list.is_empty() && !layout.list.is_empty() {
        canvas.pen(area, area.height - 1, Role::Base).skip(MARGIN).cut("Where you work", Role::Heading);
    }
    let area = Rect { height: area.height.saturating_sub(2), ..area };
    let accept = key(app, Action::Accept);
    let palette = key(app, Action::Palette);
    let help = app.keymap.chord(Context::Query, Action::Help).map(|c| c.to_string()).unwrap_or_default();
    let files = app.status.index.files;
    let every = match files {
        0 => "every file is".to_owned(),
        1 => "the one file here is".to_owned(),
        files => format!("all {} files are", amount::count(u64::from(files))),
    };
    let intro = format!(
        "Ask in your own words. At each pause in typing {every} judged; those that help stand here, each with \
         its reason."
    );
    let goes = app.model_judge().map_or_else(
        || format!("{accept} to the list"),
        |judge| format!("{accept} asks {} about every file", words::judge(&judge)),
    );
    let keys = format!("{goes}, {palette} commands, {help} help");
    say(
        canvas,
        area,
        &[
            (intro.as_str(), Role::Muted),
            ("", Role::Muted),
            ("  where is the retry budget enforced?", Role::Fg),
            ("  add a --json flag to the list command", Role::Fg),
            ("  crash when the config file is empty", Role::Fg),
            ("", Role::Muted),
            (keys.as_str(), Role::Muted),
        ],
    );
}

/// Says why there is no preview.
pub fn why(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let text = if app.query.asked().is_empty() {
        "Here stands why a file helps: the evidence for the selected row, the share of each signal in its score, and the lines that are meant."
    } else {
        "No row is selected."
    };
    say(canvas, area, &[(text, Role::Subtle)]);
}

/// Writes wrapped paragraphs from the top of an area.
pub fn say(canvas: &mut Canvas<'_>, area: Rect, paragraphs: &[(&str, Role)]) {
    let width = area.width.saturating_sub(MARGIN * 2).min(72);
    let mut row = 0;
    for (text, role) in paragraphs {
        for line in plain(text, Wrap::to(usize::from(width.max(1)))) {
            canvas.pen(area, row, Role::Base).skip(MARGIN).put(&line, *role);
            row += 1;
        }
    }
}

fn key(app: &App, action: Action) -> String {
    let context = app.context();
    let chord = app.keymap.chord(context, action).or_else(|| app.keymap.chord(Context::Query, action));
    chord.map(|chord| chord.to_string()).unwrap_or_default()
}
