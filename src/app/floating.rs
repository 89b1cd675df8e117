//! Where what floats stands, for drawing and for the mouse.

use ratatui::layout::Rect;

use super::action::Context;
use super::state::{App, Overlay};
use crate::domain::TaskKind;

/// Where what floats stands: as large as asked, as far as the screen goes, in the middle.
fn floating(screen: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(screen.width), height.min(screen.height));
    Rect { x: (screen.width - width) / 2, y: (screen.height - height) / 3, width, height }
}

/// Where the present overlay stands; empty where nothing floats.
pub fn overlay(app: &App) -> Rect {
    let (width, height) = (app.size.width, app.size.height);
    let screen = Rect::new(0, 0, width, height);
    match &app.overlay {
        None => Rect::ZERO,
        Some(Overlay::Palette(palette)) => {
            let rows = (palette.total as u16).min(height.saturating_sub(9)).clamp(6, 22);
            floating(screen, 76, rows + 4)
        }
        Some(Overlay::Help(_)) => {
            floating(screen, width.saturating_sub(8).min(144), height.saturating_sub(4))
        }
        Some(Overlay::Stats(_)) => {
            floating(screen, width.saturating_sub(4).min(136), height.saturating_sub(2))
        }
        Some(Overlay::Charts(_)) => {
            floating(screen, width.saturating_sub(4).min(156), height.saturating_sub(2).min(52))
        }
        Some(Overlay::Tune(_)) => floating(screen, width.saturating_sub(4).min(96), 18),
        Some(Overlay::Notices(_)) => {
            floating(screen, width.saturating_sub(8).min(110), height.saturating_sub(6))
        }
        Some(Overlay::Models(_)) => {
            // As many candidates as any task can have: going from task to task must not move anything.
            let candidates = (app.models.count() + 1).clamp(4, 12) as u16;
            floating(screen, 96, (20 + candidates).min(height.saturating_sub(2)).max(16))
        }
        Some(Overlay::Sessions(_)) => {
            floating(screen, width.saturating_sub(4).min(120), height.saturating_sub(4).min(34))
        }
        Some(Overlay::Compare(_)) => screen,
        Some(Overlay::Estimate(_)) => {
            let budget = app.query.estimate.as_ref().is_some_and(|estimate| estimate.stopped_by.is_some());
            floating(screen, 64, 10 + u16::from(budget))
        }
    }
}

/// Ways to go on with a name that are seen at once.
const OFFERS: u16 = 8;

/// Where the ways to go on with a name or a command stand: above the message, frame included; empty where nobody types
/// there, or there is no room.
pub fn completion_area(app: &App) -> Rect {
    let layout = app.layout();
    let here = app.context() == Context::Composer && !layout.composer.is_empty();
    let Some(completion) = app.chat.composer.completion().filter(|_| here) else { return Rect::ZERO };
    let offers = u16::try_from(completion.offers.len()).unwrap_or(u16::MAX).min(OFFERS);
    // Header and titles stay.
    let height = (offers + 2).min(layout.strip.y.saturating_sub(2));
    let width = layout.composer.width.saturating_sub(2).min(90);
    if height < 3 || width < 12 {
        return Rect::ZERO;
    }
    Rect { x: layout.composer.x + 1, y: layout.strip.y - height, width, height }
}

/// The parts of the model picker, top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PickerParts {
    /// The names of the columns.
    pub head: Rect,
    /// The tasks.
    pub tasks: Rect,
    /// Why the selected task goes where it goes.
    pub why: Rect,
    /// The line between tasks and candidates.
    pub rule: Rect,
    /// The line that searches.
    pub field: Rect,
    /// The candidates.
    pub candidates: Rect,
}

/// The parts of a picker's area. Both lists scroll; nothing jumps when their lengths change.
pub fn picker_parts(area: Rect) -> PickerParts {
    let inner = Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    };
    let why = if inner.height >= 22 { 3 } else { 2 };
    let lists = inner.height.saturating_sub(3 + why);
    let tasks = (TaskKind::ALL.len() as u16).min((lists * 5 / 8).max(lists.saturating_sub(12)));
    let mut y = inner.y;
    let mut part = |height: u16| {
        let part = Rect { y, height, ..inner }.intersection(inner);
        y = y.saturating_add(height);
        part
    };
    PickerParts {
        head: part(1),
        tasks: part(tasks),
        why: part(why),
        rule: part(1),
        field: part(1),
        candidates: part(lists.saturating_sub(tasks)),
    }
}

/// The first item shown of a list whose selected item must be seen.
pub fn top(at: usize, area: Rect) -> usize {
    (at + 1).saturating_sub(usize::from(area.height).max(1))
}

/// The entries inside a palette's area: below its search line.
pub fn palette_rows(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        y: area.y + 3,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(4),
    }
}
