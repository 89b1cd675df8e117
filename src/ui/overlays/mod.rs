//! Overlays: what floats over the panes, in a frame of its own.

mod charts;
mod compare;
mod completion;
mod estimate;
mod frame;
mod help;
mod models;
mod notices;
mod palette;
mod sessions;
mod stats;
mod tuning;

use ratatui::layout::Position;

use crate::app::floating;
use crate::app::{App, Overlay};

use super::widgets::Canvas;

/// Draws what floats, if anything does; returns where the cursor belongs.
pub fn overlay(canvas: &mut Canvas<'_>, app: &App) -> Option<Position> {
    if app.overlay.is_none() {
        completion::completion(canvas, app);
    }
    let area = floating::overlay(app);
    match app.overlay.as_ref()? {
        Overlay::Palette(it) => palette::palette(canvas, it, area),
        Overlay::Help(top) => {
            help::help(canvas, app, area, *top);
            None
        }
        Overlay::Models(picker) => models::models(canvas, app, picker, area),
        Overlay::Sessions(it) => sessions::sessions(canvas, app, it, area),
        Overlay::Compare(it) => {
            compare::compare(canvas, app, it, area);
            None
        }
        Overlay::Estimate(_) => {
            estimate::estimate(canvas, app, area);
            None
        }
        Overlay::Stats(page) => {
            stats::stats(canvas, app, page, area);
            None
        }
        Overlay::Charts(page) => {
            charts::charts(canvas, app, page, area);
            None
        }
        Overlay::Tune(_) => {
            tuning::tuning(canvas, app, area);
            None
        }
        Overlay::Notices(top) => {
            notices::notices(canvas, app, area, *top);
            None
        }
    }
}
