//! The model picker: tasks with who answers them above, candidates for the selected one below, columns in line.

mod why;

use std::time::Duration;

use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::floating::{PickerParts, picker_parts, top};
use crate::app::hints::hints;
use crate::app::models::{Models, Standing};
use crate::app::picker::{Part, Picker};
use crate::app::words;
use crate::domain::{BackendStatus, Choice, Locality, TaskKind};
use crate::text::amount;
use crate::text::wrap::{Wrap, plain};
use crate::ui::theme::{Glyphs, Role};
use crate::ui::widgets::{Canvas, Field, Pen, field};

use super::frame::frame;
use why::why;

/// Cells of the columns: the task, and at the right window, time to first token, and price.
const TASK: usize = 9;
const WINDOW: usize = 6;
const FIRST: usize = 7;
const PRICE: usize = 7;

/// What one row says behind its sign and name.
struct Facts {
    place: String,
    window: String,
    first: String,
    price: String,
}

/// Draws the picker; returns where the cursor belongs while candidates are searched.
pub fn models(canvas: &mut Canvas<'_>, app: &App, picker: &Picker, area: Rect) -> Option<Position> {
    let dot = canvas.glyphs.dot;
    let keys = |(first, rest): (Vec<_>, Vec<_>)| -> String {
        let all = first
            .into_iter()
            .chain(rest)
            .map(|hint: crate::app::hints::Hint| format!("{} {}", hint.keys, hint.label));
        all.collect::<Vec<_>>().join(&format!(" {dot} "))
    };
    let note = keys(hints(app));
    frame(canvas, area, &format!("Models {dot} what answers what"), &note);
    let parts = picker_parts(area);
    head(canvas, parts.head);
    tasks(canvas, app, picker, parts.tasks);
    why(canvas, app, picker, parts.why);
    rule(canvas, picker, &parts);
    if !app.models.has_any() {
        teach(canvas, app, &parts);
        return None;
    }
    let look = Field {
        sign: canvas.glyphs.prompt,
        placeholder: "part of a model's name",
        focused: picker.part == Part::Candidates,
        ground: Role::Overlay,
        text: Role::Fg,
    };
    let input = Rect { x: parts.field.x + 2, width: parts.field.width.saturating_sub(3), ..parts.field };
    let cursor = field(canvas, input, &picker.line, &look);
    candidates(canvas, app, picker, parts.candidates);
    cursor
}

/// Cells of a model's name and of where it runs, in a row of so many cells.
fn columns(width: u16) -> (usize, usize) {
    let rest = usize::from(width).saturating_sub(4 + TASK + 1 + WINDOW + FIRST + PRICE + 1);
    let place = (rest * 9 / 20).min(30);
    (rest - place, place)
}

fn head(canvas: &mut Canvas<'_>, area: Rect) {
    let (name, place) = columns(area.width);
    let mut pen = canvas.pen(area, 0, Role::Overlay);
    pen.skip(4);
    column(&mut pen, "task", TASK, Role::Subtle);
    column(&mut pen, "model", name + 1, Role::Subtle);
    column(&mut pen, "where", place, Role::Subtle);
    pen.right("ctx", WINDOW, Role::Subtle).right("p50", FIRST, Role::Subtle).right(
        "$/M in",
        PRICE,
        Role::Subtle,
    );
}

fn tasks(canvas: &mut Canvas<'_>, app: &App, picker: &Picker, area: Rect) {
    let first = top(picker.task_at(), area);
    let focused = picker.part == Part::Tasks;
    for (row, task) in TaskKind::ALL.into_iter().skip(first).take(usize::from(area.height)).enumerate() {
        let line = Rect { y: area.y + row as u16, height: 1, ..area };
        let ground = ground(canvas, line, task == picker.task, focused);
        task_row(canvas, app, task, line, ground);
    }
}

fn task_row(canvas: &mut Canvas<'_>, app: &App, task: TaskKind, area: Rect, ground: Role) {
    let glyphs = canvas.glyphs;
    let standing = app.models.standing(task);
    let (sign, role, text) = match standing {
        Standing::Set => (glyphs.chosen, Role::Accent, Role::Fg),
        Standing::SameAsChat | Standing::Nobody => (glyphs.unchosen, Role::Subtle, Role::Subtle),
        Standing::FellBack(_) => (glyphs.failed, Role::Warning, Role::Fg),
        Standing::Broken(_) => (glyphs.failed, Role::Failed, Role::Fg),
    };
    let (name_cells, place_cells) = columns(area.width);
    let mut pen = canvas.pen(area, 0, ground);
    pen.skip(2).put(sign, role).skip(1);
    column(&mut pen, task.name(), TASK, text);
    let choice = app.models.route(task).map_or(&Choice::Nobody, |route| &route.choice);
    let without = match (standing, choice) {
        (Standing::SameAsChat, _) => Some(("same as chat".to_owned(), Role::Subtle)),
        (Standing::Nobody, _) => Some((glyphs.unknown.to_owned(), Role::Subtle)),
        (Standing::Broken(why), Choice::Nobody) => Some((format!("nobody: {why}"), Role::Warning)),
        (Standing::Set | Standing::FellBack(_) | Standing::Broken(_), _) => None,
    };
    if let Some((text, role)) = without {
        pen.reserve(1).cut(&text, role);
        return;
    }
    let name = words::choice(choice);
    let facts = facts(&app.models, choice, glyphs);
    let mut pen = canvas.pen(area, 0, ground);
    pen.skip(4 + TASK as u16);
    cut_column(&mut pen, &name, name_cells, Role::Fg);
    pen.skip(1);
    cut_column(&mut pen, &facts.place, place_cells, Role::Muted);
    numbers(&mut pen, &facts);
}

fn candidates(canvas: &mut Canvas<'_>, app: &App, picker: &Picker, area: Rect) {
    if picker.candidates.is_empty() {
        canvas
            .pen(area, 0, Role::Overlay)
            .skip(4)
            .cut("Nothing fits. esc goes back to the tasks.", Role::Muted);
        return;
    }
    let used = app.models.route(picker.task).map(|route| &route.choice);
    let first = top(picker.at(), area);
    let focused = picker.part == Part::Candidates;
    let shown = picker.candidates.iter().enumerate().skip(first).take(usize::from(area.height));
    for (row, (at, choice)) in shown.enumerate() {
        let line = Rect { y: area.y + row as u16, height: 1, ..area };
        let ground = ground(canvas, line, focused && at == picker.at(), focused);
        candidate(canvas, app, (choice, used == Some(choice)), line, ground);
    }
}

fn candidate(canvas: &mut Canvas<'_>, app: &App, (choice, used): (&Choice, bool), area: Rect, ground: Role) {
    let glyphs = canvas.glyphs;
    let (name_cells, place_cells) = columns(area.width);
    let trouble = choice.model().and_then(|model| app.models.trouble_of(model));
    let (sign, role, text) = match (trouble, used) {
        (Some(_), _) => (glyphs.failed, Role::Failed, Role::Muted),
        (None, true) => (glyphs.chosen, Role::Accent, Role::Fg),
        (None, false) => (" ", Role::Fg, Role::Fg),
    };
    let mut facts = facts(&app.models, choice, glyphs);
    if let Choice::Model(model) = choice {
        let word = if trouble.is_some() { "down" } else { app.models.locality_of(model).name() };
        facts.place = format!("{} {} {word}", model.backend, glyphs.dot);
    }
    let mut pen = canvas.pen(area, 0, ground);
    pen.skip(2).put(sign, role).skip(1);
    cut_column(&mut pen, &words::choice(choice), TASK + name_cells, text);
    pen.skip(1);
    cut_column(
        &mut pen,
        &facts.place,
        place_cells,
        if trouble.is_some() { Role::Failed } else { Role::Muted },
    );
    numbers(&mut pen, &facts);
}

fn ground(canvas: &mut Canvas<'_>, area: Rect, selected: bool, focused: bool) -> Role {
    if !selected {
        return Role::Overlay;
    }
    let ground = if focused { Role::Selection } else { Role::SelectionBlur };
    canvas.fill(area, ground);
    if focused {
        let bar = canvas.glyphs.focus;
        canvas.pen(area, 0, ground).put(bar, Role::Focus);
    }
    ground
}

fn facts(models: &Models, choice: &Choice, glyphs: &Glyphs) -> Facts {
    let unknown = || glyphs.unknown.to_owned();
    let Choice::Model(model) = choice else {
        return Facts { place: "built in".into(), window: unknown(), first: unknown(), price: "0".into() };
    };
    let status = models.status_of(model);
    Facts {
        place: models
            .backend_of(model)
            .map_or_else(|| "not found".into(), |backend| place(backend, glyphs.times)),
        window: status.and_then(|status| status.window).map_or_else(unknown, words::window),
        first: status.and_then(|status| status.measured.first_token).map_or_else(unknown, first_token),
        price: match status.and_then(|status| status.price) {
            Some(price) if price.input <= 0.0 => "0".into(),
            Some(price) => format!("{:.2}", price.input),
            None => "?".into(),
        },
    }
}

/// Where a backend runs: `local :8080`, `api.z.example ×16`.
fn place(backend: &BackendStatus, times: &str) -> String {
    let first = backend.endpoints.first().map_or("", String::as_str);
    let host = first.split_once("://").map_or(first, |(_, rest)| rest).trim_end_matches('/');
    let mut text = match backend.locality {
        Locality::InProcess => "in process".to_owned(),
        Locality::Loopback => match host.rsplit_once(':') {
            Some((_, port)) => format!("local :{port}"),
            None => "local".to_owned(),
        },
        Locality::Remote => host.to_owned(),
    };
    if backend.endpoints.len() > 1 {
        text = format!("{text} +{}", backend.endpoints.len() - 1);
    }
    if backend.in_flight > 0 {
        text = format!("{text} {times}{}", backend.in_flight);
    }
    text
}

fn first_token(time: Duration) -> String {
    if time < Duration::from_millis(100) { format!("{}ms", time.as_millis()) } else { amount::short(time) }
}

fn numbers(pen: &mut Pen<'_, '_>, facts: &Facts) {
    pen.right(&facts.window, WINDOW, Role::Fg).right(&facts.first, FIRST, Role::Fg).right(
        &facts.price,
        PRICE,
        Role::Fg,
    );
}

fn column(pen: &mut Pen<'_, '_>, text: &str, cells: usize, role: Role) {
    let start = pen.column();
    pen.within(text, cells.saturating_sub(1), role);
    let used = usize::from(pen.column() - start);
    pen.skip(cells.saturating_sub(used) as u16);
}

fn cut_column(pen: &mut Pen<'_, '_>, text: &str, cells: usize, role: Role) {
    let start = pen.column();
    pen.within(text, cells, role);
    let used = usize::from(pen.column() - start);
    pen.skip(cells.saturating_sub(used) as u16);
}

fn rule(canvas: &mut Canvas<'_>, picker: &Picker, parts: &PickerParts) {
    let line = canvas.glyphs.horizontal;
    let count = match (picker.candidates.len(), picker.total) {
        (shown, all) if shown == all => amount::count(all as u64),
        (shown, all) => format!("{} of {}", amount::count(shown as u64), amount::count(all as u64)),
    };
    let mut pen = canvas.pen(parts.rule, 0, Role::Overlay);
    pen.put(&line.repeat(usize::from(parts.rule.width)), Role::OverlayBorder);
    let mut pen = canvas.pen(parts.rule, 0, Role::Overlay);
    let role = if picker.part == Part::Candidates { Role::TitleFocus } else { Role::Title };
    pen.skip(1).put(" ", role).put(&format!("{}: pick one", picker.task), role).put(" ", role);
    pen.back_from_end(count.len() + 3).put(" ", role).put(&count, Role::Subtle).put(" ", role);
}

/// What to do where there is no model at all.
fn teach(canvas: &mut Canvas<'_>, app: &App, parts: &PickerParts) {
    let again = app.keymap.chord(app.context(), crate::app::action::Action::FindModels);
    let again = again.map(|chord| chord.to_string()).unwrap_or_default();
    let lines = [
        ("No model was found. M Query works without one: the embedded judge answers.".to_owned(), Role::Fg),
        (String::new(), Role::Fg),
        (format!("1  Start ollama, llama-server, LM Studio or vLLM here; {again} looks again."), Role::Muted),
        ("2  Or set OPENAI_API_KEY or ANTHROPIC_API_KEY, and start Quarry again.".to_owned(), Role::Muted),
    ];
    let area = Rect { height: parts.field.height + parts.candidates.height, ..parts.field };
    let width = usize::from(area.width.saturating_sub(4)).max(1);
    let mut row = 0;
    for (text, role) in &lines {
        for line in plain(text, Wrap { width, hanging: 3 }) {
            canvas.pen(area, row, Role::Overlay).skip(2).put(&line, *role);
            row += 1;
        }
    }
}
