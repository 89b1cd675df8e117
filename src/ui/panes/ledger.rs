//! The ledger: files without a verdict, grouped by why.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::layout::{Layout, MARGIN};
use crate::app::ledger::{Cause, Item};
use crate::app::words;
use crate::domain::{LedgerState, SkipReason, StateKind};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, path};

use super::{empty, list, verdict};

/// Draws the groups and their files.
pub fn ledger(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let items = app.ledger.items();
    if items.is_empty() {
        let text = match (app.ledger.loaded(), app.ledger.total()) {
            (false, _) => "Asking the engine.",
            (true, 0) => "Every file has a verdict.",
            (true, _) => "No path fits the filter. esc clears it.",
        };
        return empty::say(canvas, layout.list, &[(text, Role::Muted)]);
    }
    let top = app.ledger.anchor().top().min(items.len());
    for (row, item) in items.iter().skip(top).take(layout.lines()).enumerate() {
        let area = Rect { y: layout.list.y + row as u16, height: 1, ..layout.list };
        let ground = list::ground(canvas, app, area, top + row == app.ledger.anchor().at());
        match *item {
            Item::Group(cause, files, open) => group(canvas, area, ground, (cause, files, open)),
            Item::File(..) => file(canvas, app, area, (ground, *item)),
        }
    }
}

fn group(canvas: &mut Canvas<'_>, area: Rect, ground: Role, (cause, files, open): (Cause, u32, bool)) {
    let sign = if open { canvas.glyphs.unfolded } else { canvas.glyphs.folded };
    let role = if cause == Cause::Failed { Role::Failed } else { Role::Heading };
    let mut pen = canvas.pen(area, 0, ground);
    pen.skip(MARGIN).put(sign, Role::Muted).skip(1).put(cause.title(), role).skip(2);
    pen.put(&amount::plural(u64::from(files), "file"), Role::Muted);
}

fn file(canvas: &mut Canvas<'_>, app: &App, area: Rect, (ground, item): (Role, Item)) {
    let Some(row) = app.ledger.row(item) else { return };
    let ellipsis = canvas.glyphs.ellipsis;
    // The heading says it for most; what is particular to this file stands beside its path.
    let note = match &row.state {
        LedgerState::Failed { why, retryable: true } => format!("{why}; r tries again"),
        LedgerState::Skipped(SkipReason::Generated(mark)) => mark.clone(),
        LedgerState::Skipped(SkipReason::Vendored(dir)) => format!("in {dir}/"),
        LedgerState::Skipped(SkipReason::TooLarge(bytes)) => amount::bytes(*bytes),
        LedgerState::Failed { .. } => words::state(&row.state),
        LedgerState::Skipped(
            SkipReason::Binary
            | SkipReason::Minified
            | SkipReason::Lock
            | SkipReason::Symlink
            | SkipReason::NotAFile
            | SkipReason::Excluded
            | SkipReason::Empty,
        )
        | LedgerState::Queued
        | LedgerState::Judging
        | LedgerState::Yes
        | LedgerState::No
        | LedgerState::OverBudget => String::new(),
    };
    let mut pen = canvas.pen(area, 0, ground);
    pen.skip(MARGIN + 4);
    let room = pen.room();
    let most = if note.is_empty() { room } else { (room * 3 / 5).max(room.saturating_sub(width(&note) + 3)) };
    path(&mut pen, &row.path, most.saturating_sub(1), ellipsis);
    pen.skip(2).reserve(1).cut(&note, Role::Subtle);
}

/// Draws, in the place of the `why` pane, why the selected file or group has no verdict.
pub fn why_not(canvas: &mut Canvas<'_>, app: &App, layout: &Layout) {
    let Some(cause) = app.ledger.cause() else { return };
    let area = layout.why.area;
    let kind = match cause {
        Cause::Failed => StateKind::Failed,
        Cause::Judging => StateKind::Judging,
        Cause::Queued => StateKind::Queued,
        Cause::OverBudget => StateKind::OverBudget,
        Cause::Excluded
        | Cause::TooLarge
        | Cause::Generated
        | Cause::Minified
        | Cause::Vendored
        | Cause::Lock
        | Cause::Binary
        | Cause::Empty
        | Cause::Symlink
        | Cause::NotAFile => StateKind::Skipped,
    };
    let look = verdict::state(kind, canvas.glyphs, app.spin());
    let mut pen = canvas.pen(layout.why.verdict, 0, Role::Base);
    pen.put(look.glyph, look.role).skip(1).put("not judged", look.role).skip(2).put(cause.title(), Role::Fg);
    let mut paragraphs = Vec::new();
    let reason = app.ledger.selected().map(|row| words::state(&row.state));
    if let Some(reason) = &reason {
        paragraphs.push((reason.as_str(), Role::Fg));
        paragraphs.push(("", Role::Fg));
    }
    paragraphs.push((cause.advice(), Role::Muted));
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    empty::say(canvas, below, &paragraphs);
}
