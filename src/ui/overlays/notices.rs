//! The notices of this session, newest first: when, what, why, and what comes next.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::notices::Noted;
use crate::domain::Severity;
use crate::text::amount::ago_since;
use crate::text::wrap::{Wrap, plain};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::frame::frame;

/// Draws the notices from a line on.
pub fn notices(canvas: &mut Canvas<'_>, app: &App, area: Rect, top: usize) {
    let inner = frame(canvas, area, "Notices", "esc closes");
    let place = Rect {
        x: inner.x + 1,
        y: inner.y + 1,
        width: inner.width.saturating_sub(2),
        height: inner.height.saturating_sub(1),
    };
    let cells = usize::from(place.width).max(1);
    let rows = usize::from(place.height);
    let most = top + rows;
    let mut lines: Vec<(String, Role)> = Vec::new();
    for noted in app.notices.newest_first() {
        if lines.len() >= most {
            break;
        }
        say(noted, app.now.unix, cells, &mut lines);
    }
    let top = top.min(lines.len().saturating_sub(rows));
    for (row, (text, role)) in lines.iter().skip(top).take(rows).enumerate() {
        canvas.pen(place, row as u16, Role::Overlay).put(text, *role);
    }
}

fn say(noted: &Noted, now: i64, cells: usize, lines: &mut Vec<(String, Role)>) {
    let notice = &noted.notice;
    let role = match notice.severity {
        Severity::Info => Role::Info,
        Severity::Warning => Role::Warning,
        Severity::Error => Role::Failed,
    };
    let times = if noted.times > 1 { format!(", {} times", noted.times) } else { String::new() };
    let mut add = |text: &str, role: Role| {
        lines.extend(plain(text, Wrap { width: cells, hanging: 2 }).into_iter().map(|line| (line, role)));
    };
    add(&notice.title, role);
    if let Some(cause) = &notice.cause {
        add(&format!("  {cause}"), Role::Fg);
    }
    if let Some(hint) = &notice.hint {
        add(&format!("  {hint}"), Role::Muted);
    }
    add(&format!("  {}{times}", ago_since(noted.unix, now)), Role::Subtle);
    add("", Role::Fg);
}
