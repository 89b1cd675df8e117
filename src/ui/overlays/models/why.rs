//! Why a task goes where it goes, what there is to know of a candidate, and how its test went.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::models::{Standing, Test};
use crate::app::picker::{Part, Picker};
use crate::app::words;
use crate::domain::{Choice, Health, ModelRef, TaskKind};
use crate::text::amount;
use crate::text::wrap::{Wrap, plain};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// Why the selected task goes where it goes, or what there is to know of the selected candidate.
pub fn why(canvas: &mut Canvas<'_>, app: &App, picker: &Picker, area: Rect) {
    let (first, second) = match (picker.part, picker.selected()) {
        (Part::Candidates, Some(choice)) => {
            (of_candidate(app, canvas.glyphs.dot, choice), said_of(app, picker.task, choice))
        }
        (Part::Tasks | Part::Candidates, _) => of_task(app, picker.task),
    };
    let width = usize::from(area.width.saturating_sub(3)).max(1);
    let wrapped = |text: &str| plain(text, Wrap::to(width));
    // What stands below the reason keeps a row; the reason has the others.
    let most = usize::from(area.height).saturating_sub(usize::from(second.is_some())).max(1);
    let used = say(canvas, area, &wrapped(&first), (most, Role::Muted));
    let Some((text, role)) = second else { return };
    let rest = Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area };
    say(canvas, rest, &wrapped(&text), (rest.height.into(), role));
}

/// Writes at most so many lines; the last one says that there are more. Returns the rows that it took.
fn say(canvas: &mut Canvas<'_>, area: Rect, lines: &[String], (most, role): (usize, Role)) -> u16 {
    for (row, line) in lines.iter().take(most).enumerate() {
        let mut pen = canvas.pen(area, row as u16, Role::Overlay);
        pen.skip(2).reserve(1);
        if row + 1 == most && lines.len() > most {
            pen.cut(&lines[row..].join(" "), role);
        } else {
            pen.put(line, role);
        }
    }
    lines.len().min(most) as u16
}

type Said = Option<(String, Role)>;

fn of_task(app: &App, task: TaskKind) -> (String, Said) {
    let Some(route) = app.models.route(task) else { return (format!("{task}: not known yet"), None) };
    let first = format!("{task}: {}", route.why);
    if let Choice::Model(model) = &route.choice
        && let Some(said) = test(app, task, model)
    {
        return (first, Some(said));
    }
    let trouble = match app.models.standing(task) {
        Standing::Broken(why) => Some((why, Role::Failed)),
        Standing::FellBack(_) | Standing::Set | Standing::SameAsChat | Standing::Nobody => None,
    };
    let role =
        if matches!(app.models.standing(task), Standing::FellBack(_)) { Role::Warning } else { Role::Subtle };
    let passed: Vec<String> =
        route.passed_over.iter().map(|(who, why)| format!("{who}: {}", words::bare(why, who))).collect();
    let passed = (!passed.is_empty()).then(|| (format!("passed over: {}", passed.join("; ")), role));
    (first, passed.or(trouble))
}

fn of_candidate(app: &App, dot: &str, choice: &Choice) -> String {
    let Choice::Model(model) = choice else {
        return "embedded: the judge inside Quarry; no network, no cost, always there".into();
    };
    let Some(backend) = app.models.backend_of(model) else { return model.to_string() };
    let endpoints = backend.endpoints.join(", ");
    format!("{model} {dot} {} {dot} {endpoints} {dot} {}", backend.protocol, backend.origin)
}

fn said_of(app: &App, task: TaskKind, choice: &Choice) -> Said {
    let Choice::Model(model) = choice else { return None };
    if let Some(said) = test(app, task, model) {
        return Some(said);
    }
    match &app.models.backend_of(model)?.health {
        Health::Down { why, retry_in } => {
            let next =
                retry_in.map_or(String::new(), |after| format!("; tried again in {}", amount::short(after)));
            let why = words::bare(why, &model.backend);
            Some((format!("down: {why}{next}"), Role::Failed))
        }
        Health::Degraded { why } => Some((why.clone(), Role::Warning)),
        Health::Unknown => Some(("not asked yet".into(), Role::Subtle)),
        Health::Up => {
            let status = app.models.status_of(model)?;
            let speed = status.measured.tokens_per_second.map(|speed| format!("{speed:.0} tok/s"));
            let can = (!status.abilities.is_empty()).then(|| status.abilities.join(", "));
            let facts: Vec<String> = can.into_iter().chain(speed).collect();
            (!facts.is_empty()).then(|| (facts.join("; "), Role::Subtle))
        }
    }
}

/// How the test of a model went, in words.
fn test(app: &App, task: TaskKind, model: &ModelRef) -> Said {
    Some(match app.models.test(task, model)? {
        Test::Running { since } => {
            let waited = amount::short_ago(app.now.elapsed.saturating_sub(*since));
            (format!("testing {model}, sent {waited}"), Role::Running)
        }
        Test::Passed { first, whole } => {
            let (first, whole) = (words::span(*first), words::span(*whole));
            (format!("test passed: first token after {first}, whole answer after {whole}"), Role::Yes)
        }
        Test::Failed(why) => (format!("test failed: {why}"), Role::Failed),
    })
}
