//! Recall against the number of files and against tokens, all judges in one plot, and their figures below.

use ratatui::layout::Rect;

use crate::domain::{Bounds, Evaluation, JudgeCurves};
use crate::text::amount::{score, short_count};
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, Curve, Plot, Tick, plot};

use super::{OWN, look};

/// Cells of a judge's name.
const NAME: usize = 14;

/// Recall among the first so many files, with the figures of all judges.
pub fn by_files(canvas: &mut Canvas<'_>, evaluation: &Evaluation, area: Rect) {
    let table = evaluation.judges.len() as u16 + 1;
    // The plot comes first; figures of the weakest are left out where both do not fit.
    let rows = table.min(area.height.saturating_sub(8));
    let upper = Rect { height: area.height - rows, ..area };
    let most =
        f64::from(evaluation.judges.iter().flat_map(|it| &it.depth).map(|it| it.0).max().unwrap_or(200));
    let across = |depth: f64| logarithm(depth, 1.0, most);
    let points = |curves: &JudgeCurves| {
        curves.depth.iter().map(|(depth, recall)| (across(f64::from(*depth)), *recall)).collect()
    };
    let ticks = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
    let ticks = ticks.into_iter().filter(|tick| *tick <= most);
    let ticks = ticks.map(|tick| (across(tick), format!("{tick:.0}"))).collect();
    draw(canvas, evaluation, upper, (points, ticks, "files"));
    figures(canvas, evaluation, Rect { y: upper.bottom(), height: rows, ..area });
}

/// Recall against the tokens of the files that are sent.
pub fn by_tokens(canvas: &mut Canvas<'_>, evaluation: &Evaluation, area: Rect) {
    let spent = || evaluation.judges.iter().flat_map(|curves| &curves.spent).map(|(tokens, _)| *tokens);
    let least = spent().filter(|tokens| *tokens > 0.0).fold(f64::INFINITY, f64::min).clamp(1.0, 1e9);
    let most = spent().fold(least * 10.0, f64::max);
    let across = |tokens: f64| logarithm(tokens, least, most);
    let points = |curves: &JudgeCurves| {
        curves.spent.iter().map(|(tokens, recall)| (across(*tokens), *recall)).collect()
    };
    let ticks = (1..8).flat_map(|power| [1.0, 3.0].map(|first| first * 10_f64.powi(power)));
    let ticks = ticks.filter(|tick| (least..=most).contains(tick));
    let ticks = ticks.map(|tick| (across(tick), short_count(tick as u64).replace(".0", ""))).collect();
    let note = "the best files sent whole, at ten tokens a line; medians";
    let rows = u16::from(area.height > 10);
    canvas.pen(area, area.height.saturating_sub(rows), Role::Overlay).skip(5).cut(note, Role::Subtle);
    draw(canvas, evaluation, Rect { height: area.height - rows, ..area }, (points, ticks, "tokens"));
}

/// Where a value stands between two others, on a logarithmic scale.
pub fn logarithm(value: f64, least: f64, most: f64) -> f64 {
    (value.max(least) / least).ln() / (most / least).ln().max(1e-9)
}

/// The heights of shares.
pub fn shares() -> Vec<Tick> {
    [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, score(share as f32))).into()
}

fn draw(
    canvas: &mut Canvas<'_>,
    evaluation: &Evaluation,
    area: Rect,
    (points, across, unit): (impl Fn(&JudgeCurves) -> Vec<(f64, f64)>, Vec<Tick>, &str),
) {
    let curve = |curves: &'_ JudgeCurves| {
        let (mark, role) = look(evaluation, &curves.judge, canvas.glyphs);
        (points(curves), mark, role)
    };
    // Weakest first, so that the best lie on top; the embedded judge over all.
    let mut order: Vec<&JudgeCurves> = evaluation.judges.iter().collect();
    order.sort_by(|a, b| {
        let key = |it: &JudgeCurves| (it.judge == OWN, it.recall_at_10.mean);
        key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let curves = order
        .into_iter()
        .map(|judge| {
            let (points, mark, role) = curve(judge);
            Curve { name: &judge.judge, points, mark, role }
        })
        .collect();
    let drawn = Plot { curves, across, up: shares(), unit, spots: Vec::new() };
    plot(canvas, area, Role::Overlay, &drawn);
}

/// Every judge's figures, best first.
fn figures(canvas: &mut Canvas<'_>, evaluation: &Evaluation, area: Rect) {
    if area.height < 2 {
        return;
    }
    let mut order: Vec<&JudgeCurves> = evaluation.judges.iter().collect();
    order.sort_by(|a, b| b.recall_at_10.mean.total_cmp(&a.recall_at_10.mean));
    let deep = if evaluation.is_saturated() { Role::Subtle } else { Role::Muted };
    let mut pen = canvas.pen(area, 0, Role::Overlay);
    pen.skip(2 + NAME as u16);
    let names = format!("{:>4} {:>9}  {:>4} {:>9}  {:>4}  {:>6}", "R@10", "95%", "R@50", "95%", "MRR", "ms");
    pen.put(&names, Role::Subtle);
    for (row, judge) in order.iter().enumerate() {
        let (mark, role) = look(evaluation, &judge.judge, canvas.glyphs);
        let mut pen = canvas.pen(area, row as u16 + 1, Role::Overlay);
        let name = crate::text::cut::fit_end(&judge.judge, NAME, "…");
        let bold = if judge.judge == OWN { Role::Heading } else { Role::Fg };
        pen.put(mark, role).skip(1).put(&name, bold);
        let mean = |bounds: Bounds| format!("{:>4} ", score(bounds.mean as f32));
        let range = |bounds: Bounds| {
            format!("{:>9}  ", format!("{}-{}", score(bounds.low as f32), score(bounds.high as f32)))
        };
        pen.put(&mean(judge.recall_at_10), bold).put(&range(judge.recall_at_10), Role::Subtle);
        pen.put(&mean(judge.recall_at_50), deep).put(&range(judge.recall_at_50), Role::Subtle);
        pen.put(&format!("{:>4}  ", score(judge.reciprocal.mean as f32)), Role::Muted);
        pen.put(&format!("{:>6.1}", judge.millis), Role::Subtle);
    }
}
