//! The review: proposed edits, hunk by hunk.

use crate::app::App;
use crate::app::layout::Layout;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::empty;

/// Draws the review.
pub fn review(canvas: &mut Canvas<'_>, _app: &App, layout: &Layout) {
    if !layout.review.is_empty() {
        let text = "Here stand proposed edits, hunk by hunk, before anything is written.";
        empty::say(canvas, layout.review, &[(text, Role::Muted)]);
    }
}
