//! List: backends, models and tasks for people, in 80 columns.

use std::io::{self, Write};

use super::Found;
use super::figures::{price, speed, window};
use crate::cli::paint::Paint;
use crate::domain::{BackendStatus, Choice, Health, ModelRef, ModelStatus, RouteStatus};
use crate::text::cut;
use crate::text::sanitize::sanitize_line;
use crate::text::width::width;
use crate::text::wrap::{self, Wrap};
use crate::ui::theme::Role;

/// Columns that are filled at most.
const COLUMNS: usize = 80;
/// Models of one backend that are listed; the others are counted.
const MOST_MODELS: usize = 12;
/// Cells of a task's name.
const TASK: usize = 9;

/// Prints everything.
pub fn print(out: &mut impl Write, found: &Found, paint: &Paint) -> io::Result<()> {
    let used: Vec<&ModelRef> = found.routes.iter().filter_map(chosen).collect();
    if !found.backends.is_empty() {
        writeln!(out, "{}", paint.role(Role::Title, "Backends"))?;
        for one in &found.backends {
            backend(out, one, &used, paint)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", paint.role(Role::Title, "Tasks"))?;
    // Where there is no model, what to do about it follows once and not per task.
    let told = |route: &&RouteStatus| found.has_models() || route.choice != Choice::Nobody;
    for one in found.routes.iter().filter(told) {
        route(out, one, paint)?;
    }
    Ok(())
}

fn chosen(route: &RouteStatus) -> Option<&ModelRef> {
    match &route.choice {
        Choice::Model(model) => Some(model),
        Choice::Embedded | Choice::Nobody => None,
    }
}

fn backend(
    out: &mut impl Write,
    backend: &BackendStatus,
    used: &[&ModelRef],
    paint: &Paint,
) -> io::Result<()> {
    let (sign, role, state) = match &backend.health {
        Health::Unknown => ("·", Role::Queued, "not asked yet".to_owned()),
        Health::Up => ("●", Role::Yes, "up".to_owned()),
        Health::Degraded { why } => ("●", Role::Warning, why.clone()),
        Health::Down { why, .. } => ("✗", Role::Failed, format!("down: {why}")),
    };
    let name = clean(&backend.name);
    let facts = format!("{} · {} · {}", backend.protocol, backend.locality.name(), clean(&backend.origin));
    writeln!(
        out,
        "{} {}  {}",
        paint.role(role, sign),
        paint.role(Role::Fg, &name),
        paint.role(Role::Subtle, &cut::end(&facts, COLUMNS.saturating_sub(width(&name) + 4), "…")),
    )?;
    let mut lines = Vec::new();
    if backend.health != Health::Up {
        lines.push((role, state));
    }
    lines.push((Role::Muted, backend.endpoints.join(", ")));
    for (role, text) in lines.into_iter().filter(|(_, text)| !text.is_empty()) {
        paragraph(out, paint, role, &clean(&text), 4)?;
    }
    models(out, backend, used, paint)
}

/// The models, those in use first.
fn models(
    out: &mut impl Write,
    backend: &BackendStatus,
    used: &[&ModelRef],
    paint: &Paint,
) -> io::Result<()> {
    let mut models: Vec<&ModelStatus> = backend.models.iter().collect();
    models.sort_by_key(|model| !used.contains(&&model.model));
    let shown = &models[..models.len().min(MOST_MODELS)];
    let cells = shown.iter().map(|model| width(&clean(&model.model.model))).max().unwrap_or(0).min(36);
    for model in shown {
        let name = cut::fit_path(&clean(&model.model.model), cells, "…");
        let role = if used.contains(&&model.model) { Role::Accent } else { Role::Fg };
        let facts = [window(model.window), price(model.price), speed(&model.measured)].join(" · ");
        let abilities = model.abilities.iter().copied().filter(|ability| *ability != "chat");
        let rest = format!("{facts}  {}", abilities.collect::<Vec<_>>().join(" "));
        let rest = cut::end(rest.trim_end(), COLUMNS.saturating_sub(cells + 6), "…").into_owned();
        writeln!(out, "    {}  {}", paint.role(role, &name), paint.role(Role::Muted, &rest))?;
    }
    let more = models.len() - shown.len();
    if more > 0 {
        let text = format!("    and {more} more; --json lists them all");
        writeln!(out, "{}", paint.role(Role::Subtle, &text))?;
    }
    Ok(())
}

fn route(out: &mut impl Write, route: &RouteStatus, paint: &Paint) -> io::Result<()> {
    let (name, role) = match &route.choice {
        Choice::Embedded => ("embedded".to_owned(), Role::Fg),
        Choice::Model(model) => (clean(&model.to_string()), Role::Accent),
        Choice::Nobody => ("nobody".to_owned(), Role::Warning),
    };
    let name = cut::fit_path(&name, width(&name).min(COLUMNS - TASK - 2), "…");
    let task = format!("{:<TASK$}", route.task.name());
    writeln!(out, "  {}{}", paint.role(Role::Muted, &task), paint.role(role, &name))?;
    paragraph(out, paint, Role::Subtle, &clean(&route.why), TASK + 2)?;
    for (who, why) in &route.passed_over {
        paragraph(out, paint, Role::Subtle, &clean(&format!("not {who}: {why}")), TASK + 2)?;
    }
    Ok(())
}

fn paragraph(out: &mut impl Write, paint: &Paint, role: Role, text: &str, indent: usize) -> io::Result<()> {
    for line in wrap::plain(text, Wrap { width: COLUMNS - indent, hanging: 2 }) {
        writeln!(out, "{}{}", " ".repeat(indent), paint.role(role, &line))?;
    }
    Ok(())
}

fn clean(text: &str) -> String {
    sanitize_line(text).into_owned()
}
