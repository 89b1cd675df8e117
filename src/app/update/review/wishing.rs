//! What follows from any change: the review fits its place, and the lines that are seen get their marks and colours.

use std::sync::Arc;

use crate::app::cmd::Cmd;
use crate::app::review::Spot;
use crate::app::review::ink::{Painted, Side};
use crate::app::review::parts::Parts;
use crate::app::state::App;
use crate::domain::HunkId;

/// Fits the review to its place, and prepares what is seen.
pub(in super::super) fn fit(app: &mut App, cmds: &mut Vec<Cmd>) {
    let layout = app.layout();
    if layout.review.is_empty() {
        return;
    }
    let parts = Parts::new(layout.review_title, layout.review);
    app.review.fit((parts.page.width, parts.page.height));
    if !matches!(app.review.spot(), Some(Spot::Hunk(_))) {
        return;
    }
    let (Some(edit), Some(file)) =
        (app.review.shown().map(Arc::clone), app.review.selected_hunk().map(|(file, ..)| file))
    else {
        return;
    };
    let Some(file) = edit.files.get(file) else { return };
    let sheet = app.review.sheet();
    let mut seen: Vec<(usize, HunkId)> = Vec::new();
    for (index, row) in app.review.seen().filter_map(|at| sheet.row(at)) {
        let Some(hunk) = file.hunks.get(index) else { continue };
        if seen.last().is_none_or(|(last, _)| *last != index) {
            seen.push((index, hunk.id));
        }
        let (old, new) = app.review.sides(hunk, row);
        app.review.ink.prepare(edit.id, hunk.id, Side::Old, old);
        app.review.ink.prepare(edit.id, hunk.id, Side::New, new);
    }
    for (index, _) in seen {
        let wish = app.review.ink.wish(edit.id, &file.path, &file.hunks[index]);
        cmds.extend(wish.map(|wish| Cmd::Paint(Box::new(wish))));
    }
}

/// Takes the syntax of a hunk's lines.
pub(in super::super) fn painted(app: &mut App, painted: Painted) {
    app.review.ink.painted(painted);
}
