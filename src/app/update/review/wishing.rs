//! What follows from any change: the review fits its place, and the lines that are seen get their marks and colours.

use std::sync::Arc;

use crate::app::cmd::Cmd;
use crate::app::review::Spot;
use crate::app::review::ink::{Painted, Side};
use crate::app::review::sheet::Row;
use crate::app::state::App;
use crate::domain::ProposedHunk;

/// Fits the review to its place, and prepares what is seen.
pub(in super::super) fn fit(app: &mut App, cmds: &mut Vec<Cmd>) {
    let layout = app.layout();
    if layout.review.is_empty() {
        return;
    }
    let parts = app.review.parts(layout.review_title, layout.review);
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
    for (index, row) in app.review.seen().filter_map(|at| sheet.row(at)) {
        let Some(hunk) = file.hunks.get(index) else { continue };
        let (old, new) = app.review.sides(hunk, row);
        app.review.ink.prepare(edit.id, hunk.id, Side::Old, old);
        app.review.ink.prepare(edit.id, hunk.id, Side::New, new);
        for line in painted_as(hunk, row, (old, new)).into_iter().flatten() {
            let wish = app.review.ink.wish(edit.id, &file.path, hunk, line);
            cmds.extend(wish.map(|wish| Cmd::Paint(Box::new(wish))));
        }
    }
}

/// The lines whose syntax a row shows, counted from the first line before the hunk: what is unchanged as in the new version.
fn painted_as(
    hunk: &ProposedHunk,
    row: Row,
    (old, new): (Option<usize>, Option<usize>),
) -> [Option<(Side, usize)>; 2] {
    let before = hunk.before.len();
    match row {
        Row::Before(at) => [Some((Side::New, at)), None],
        Row::After(at) => [Some((Side::New, before + hunk.new.len() + at)), None],
        Row::Old(_) | Row::New(_) | Row::Pair(_) => {
            [old.map(|at| (Side::Old, before + at)), new.map(|at| (Side::New, before + at))]
        }
        Row::Head | Row::Blank | Row::DiskTitle | Row::Disk(_) | Row::OwnTitle | Row::Omitted => [None, None],
    }
}

/// Takes the syntax of a hunk's lines.
pub(in super::super) fn painted(app: &mut App, painted: Painted) {
    app.review.ink.painted(painted);
}
