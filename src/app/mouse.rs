//! The mouse: presses, double clicks, and selecting by dragging.

use std::time::Duration;

use ratatui::layout::Rect;

use super::selection::Selection;

/// Two presses on one cell within this time are a double click.
const DOUBLE: Duration = Duration::from_millis(400);

/// What the pointer is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pointer {
    /// Whether the mouse is ours; else it is the terminal's.
    pub captured: bool,
    /// What is selected by dragging.
    pub selection: Option<Selection>,
    pressed: Option<Selection>,
    last: Option<(u16, u16, Duration)>,
}

impl Pointer {
    /// At the start.
    pub fn new(captured: bool) -> Self {
        Self { captured, ..Self::default() }
    }

    /// Notes a press over a text area; says whether it is the second of a double click.
    pub fn press(&mut self, area: Rect, at: (u16, u16), now: Duration) -> bool {
        let double = self.last.is_some_and(|(x, y, then)| (x, y) == at && now.saturating_sub(then) <= DOUBLE);
        self.last = if double { None } else { Some((at.0, at.1, now)) };
        self.pressed = Some(Selection { area, from: at, to: at });
        self.selection = None;
        double
    }

    /// Notes a move with the button down.
    pub fn drag(&mut self, at: (u16, u16)) {
        if let Some(pressed) = &mut self.pressed {
            pressed.to = at;
            if pressed.from != at {
                self.selection = Some(*pressed);
            }
        }
    }

    /// Notes that the button went up; returns what was selected.
    pub fn release(&mut self) -> Option<Selection> {
        self.pressed = None;
        self.selection
    }
}
