//! The check command: its row in the list, and what it prints.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::ReviewAction;
use crate::app::review::checking::Checking;
use crate::domain::ProposedEdit;
use crate::text::amount;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::{below, key};

/// What the key beside a verdict does.
const SENDS: &str = " sends the errors back";

/// Draws its row in the list.
pub fn row(canvas: &mut Canvas<'_>, app: &App, edit: &ProposedEdit, (line, ground): (Rect, Role)) {
    let Some(check) = app.review.checks.get(&edit.id) else { return };
    let (sign, text, role) = verdict(canvas, app, check);
    let mut pen = canvas.pen(line, 0, ground);
    pen.skip(1).put(&sign, role).skip(1).reserve(1);
    pen.cut(&text, if ground == Role::Base { Role::Muted } else { Role::Fg });
}

/// Draws what it printed, from the scroll position on.
pub fn check(canvas: &mut Canvas<'_>, app: &App, edit: &ProposedEdit, area: Rect) {
    let Some(check) = app.review.checks.get(&edit.id) else { return };
    let (sign, text, role) = verdict(canvas, app, check);
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(2).put(&sign, role).put(" ", Role::Base).put(&text, role);
    let fix = key(app, ReviewAction::FixCheck);
    if check.has_failed() && pen.room() > SENDS.len() + fix.len() + 3 {
        pen.skip(3).put(&fix, Role::Key).put(SENDS, Role::Hint);
    }
    let body = below(area, 2);
    if check.lines().is_empty() && !check.is_running() {
        canvas.pen(body, 0, Role::Base).skip(2).put("It printed nothing.", Role::Subtle);
    }
    let lines = check.lines().iter().skip(app.review.view.top).take(usize::from(body.height));
    for (row, line) in lines.enumerate() {
        let role = role_of(line);
        canvas.pen(body, row as u16, Role::Base).skip(2).cut(line, role);
    }
}

/// Compilers and test runners begin such lines alike.
fn role_of(line: &str) -> Role {
    let start = line.trim_start();
    if start.starts_with("error") || start.starts_with("FAIL") || start.contains(" FAILED") {
        Role::Failed
    } else if start.starts_with("warning") {
        Role::Warning
    } else {
        Role::Fg
    }
}

fn verdict(canvas: &Canvas<'_>, app: &App, check: &Checking) -> (String, String, Role) {
    let name = check.command.as_deref().or(app.config.verify.as_deref()).unwrap_or("check");
    match &check.verdict {
        None => {
            let waited = app.now.elapsed.saturating_sub(check.since);
            let spinner = canvas.glyphs.spinner_at(app.spin()).to_owned();
            let so_far = match waited.as_secs() {
                0 => String::new(),
                _ => format!(" {} {}", canvas.glyphs.dot, amount::short_ago(waited)),
            };
            (spinner, format!("{name} runs{so_far}"), Role::Running)
        }
        Some(Ok(0)) => (canvas.glyphs.yes.into(), format!("{name} passed"), Role::Yes),
        Some(Ok(code)) => (canvas.glyphs.failed.into(), format!("{name} exit {code}"), Role::Failed),
        Some(Err(why)) => (canvas.glyphs.failed.into(), format!("{name} {why}"), Role::Failed),
    }
}
