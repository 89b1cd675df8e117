//! The threshold: what lists hold at each, and the slider that moves it.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::evaluating::ChartsPage;
use crate::domain::{AtThreshold, Listing};
use crate::text::amount::{count, score};
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, Curve, Plot, plot};

use super::recall::{logarithm, shares};

/// Rows below the plot: the slider and what it comes to.
const FOOT: u16 = 5;

/// Draws the curve of lists, the slider, and what the list would hold.
pub fn threshold(canvas: &mut Canvas<'_>, app: &App, page: &ChartsPage, area: Rect) {
    let (Some(own), Some(at)) = (app.evaluating.own(), page.at(&app.evaluating)) else {
        canvas.pen(area, 0, Role::Overlay).cut("no judge that was measured gives probabilities", Role::Muted);
        return;
    };
    let steps: Vec<AtThreshold> =
        own.thresholds.iter().copied().filter(|step| step.listing.files >= 1.0).collect();
    let most = steps.iter().map(|step| step.listing.files).fold(50.0, f64::max);
    let across = |files: f64| logarithm(files, 1.0, most);
    let points = steps.iter().rev().map(|step| (across(step.listing.files), step.listing.recall)).collect();
    let ticks = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0];
    let ticks = ticks.into_iter().filter(|tick| *tick <= most);
    let (dot, chosen) = (canvas.glyphs.marks[1], canvas.glyphs.marks[0]);
    let mut spots = Vec::new();
    if let Some(listed) = own.listed {
        spots.push((across(listed.files), listed.recall, dot, Role::Stale));
    }
    if page.is_set(&app.evaluating) {
        spots.push((across(at.listing.files), at.listing.recall, chosen, Role::Focus));
    }
    let drawn = Plot {
        curves: vec![Curve { name: "", points, mark: "", role: Role::Accent }],
        across: ticks.map(|tick| (across(tick), count(tick as u64))).collect(),
        up: shares(),
        unit: "files listed",
        spots,
    };
    let foot = FOOT.min(area.height.saturating_sub(6));
    plot(canvas, Rect { height: area.height - foot, ..area }, Role::Overlay, &drawn);
    let foot = Rect { y: area.bottom() - foot, height: foot, ..area };
    slider(canvas, app, page, Rect { y: foot.y + 1, height: foot.height.saturating_sub(1), ..foot });
    words(canvas, app, (page, at), Rect { y: foot.y + 2, height: foot.height.saturating_sub(2), ..foot });
}

/// The slider: from files that are hardly likely to those that are nearly certain.
fn slider(canvas: &mut Canvas<'_>, app: &App, page: &ChartsPage, area: Rect) {
    let Some(own) = app.evaluating.own() else { return };
    let (line, knob, ours) = (canvas.glyphs.horizontal, canvas.glyphs.marks[0], canvas.glyphs.marks[1]);
    let cells = usize::from(area.width).saturating_sub(24);
    let last = own.thresholds.len() - 1;
    let place = |step: usize| (step * cells.saturating_sub(1) + last / 2) / last.max(1);
    let at = place(page.step.unwrap_or_else(|| app.evaluating.step_in_force()));
    let default = place(own.own_step());
    let is_set = page.is_set(&app.evaluating);
    let mut pen = canvas.pen(area, 0, Role::Overlay);
    pen.put("list more ", Role::Muted);
    for cell in 0..cells {
        if cell == at && is_set {
            pen.put(knob, Role::Focus);
        } else if cell == default {
            pen.put(ours, Role::Stale);
        } else {
            pen.put(line, if cell < at { Role::Border } else { Role::Accent });
        }
    }
    pen.put(" list less", Role::Muted);
}

/// What the list would hold, what the judge's own holds, and which is in force.
fn words(canvas: &mut Canvas<'_>, app: &App, (page, at): (&ChartsPage, AtThreshold), area: Rect) {
    let (chosen, dot) = (canvas.glyphs.marks[0], canvas.glyphs.marks[1]);
    let held = |Listing { files, recall }: Listing| {
        format!("{files:.0} files, holding {} of what is needed", score(recall as f32))
    };
    let is_set = page.is_set(&app.evaluating);
    let mut rows = Vec::new();
    if is_set {
        let here = if page.step.is_some() { "enter keeps it" } else { "kept for this repository" };
        rows.push((
            chosen,
            Role::Focus,
            format!("yes from {}, {here}: {}", probability(at.from), held(at.listing)),
        ));
    }
    if let Some(listed) = app.evaluating.own().and_then(|own| own.listed) {
        let role = if is_set { Role::Stale } else { Role::Focus };
        rows.push((dot, role, format!("its own cut for each request: {}", held(listed))));
    }
    if !is_set {
        rows.push((" ", Role::Fg, "left and right set one threshold for all requests instead".to_owned()));
    }
    for (row, (mark, role, text)) in rows.iter().enumerate() {
        let mut pen = canvas.pen(area, row as u16, Role::Overlay);
        pen.put(mark, *role).skip(1).cut(text, if row == 0 { Role::Fg } else { Role::Muted });
    }
    if let Some(error) = app.evaluating.own().and_then(|own| own.calibration_error) {
        let text = format!("files are medians; its probabilities are {error:.4} off on average");
        canvas.pen(area, rows.len() as u16, Role::Overlay).skip(2).cut(&text, Role::Subtle);
    }
}

/// A probability; small ones in more digits.
fn probability(from: f32) -> String {
    if from < 0.1 { format!("{from:.3}").trim_start_matches('0').to_owned() } else { score(from) }
}
