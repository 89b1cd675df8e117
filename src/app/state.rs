//! The state of the whole screen.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::JudgeName;

use super::input::Size;
use super::msg::Now;
use super::settings::Settings;

/// What a session starts with.
#[derive(Debug, Clone)]
pub struct Boot {
    /// The names of the roots, as shown, in their order.
    pub roots: Vec<String>,
    /// The configuration.
    pub settings: Arc<Settings>,
    /// The names of all themes.
    pub themes: Vec<String>,
    /// Who judges.
    pub judge: JudgeName,
    /// A request to ask at once.
    pub query: Option<String>,
    /// The terminal's size.
    pub size: Size,
}

/// Everything that the screen shows.
#[derive(Debug)]
pub struct App {
    now: Now,
    redraw: bool,
    boot: Boot,
}

impl App {
    /// The state at the start.
    pub fn new(boot: Boot) -> Self {
        Self { now: Now::default(), redraw: true, boot }
    }

    /// When the next [`super::Msg::Tick`] is needed, from the last one on; `None` while nothing moves.
    pub fn needs_tick(&self) -> Option<Duration> {
        None
    }

    /// Whether something changed since this was last asked, so that a frame is due.
    pub fn take_redraw(&mut self) -> bool {
        std::mem::take(&mut self.redraw)
    }

    /// Whether the mouse is wanted; asked once at the start, later changes come as [`super::Cmd::MouseCapture`].
    pub fn wants_mouse(&self) -> bool {
        self.boot.settings.mouse
    }

    pub(super) fn set_now(&mut self, now: Now) {
        self.now = now;
    }
}
