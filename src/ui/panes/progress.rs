//! Progress: a number, a bar and, where it means something, the time left; and the sums of the ledger.

use std::time::Duration;

use ratatui::layout::Rect;

use crate::app::action::{Action, Context};
use crate::app::layout::MARGIN;
use crate::app::query::Phase;
use crate::app::status::eta;
use crate::app::words;
use crate::app::{App, Pane};
use crate::domain::StateKind;
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::verdict;

/// Draws the line of progress.
pub fn progress(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let reading = app.status.is_reading();
    let index = &app.status.index;
    match app.query.phase {
        Phase::Asked | Phase::Running { .. } => judging(canvas, app, area),
        Phase::Waiting => waiting(canvas, app, area),
        Phase::Idle | Phase::Done { .. } | Phase::Stopped if reading && index.files > 0 => {
            let elapsed = app.status.index_began.map(|(then, _)| app.now.elapsed.saturating_sub(then));
            let began = app.status.index_began.map_or(0, |(_, done)| done);
            let left = elapsed.and_then(|elapsed| {
                eta(
                    index.indexed - began.min(index.indexed),
                    index.files.saturating_sub(index.indexed),
                    elapsed,
                )
            });
            bar(canvas, area, index.indexed, index.files, "read", left);
        }
        Phase::Idle if index.files > 0 => {
            let files = amount::plural(u64::from(index.files), "file");
            let commits = amount::plural(u64::from(index.commits), "commit");
            let history = if index.commits > 0 { format!(" and {commits}") } else { String::new() };
            canvas.pen(area, 0, Role::Base).skip(MARGIN).cut(&format!("{files}{history} read"), Role::Subtle);
        }
        Phase::Idle => {}
        Phase::Done { elapsed } => {
            done(canvas, app, area, elapsed);
        }
        Phase::Stopped => {
            let counts = &app.query.counts;
            let (judged, total) = (u64::from(counts.judged()), u64::from(counts.total()));
            let text = format!("stopped at {} of {}", amount::count(judged), amount::plural(total, "file"));
            canvas.pen(area, 0, Role::Base).skip(MARGIN).cut(&text, Role::Warning);
        }
    }
}

/// Who answered and how fast, and what comes next: past the budget, or the model.
fn done(canvas: &mut Canvas<'_>, app: &App, area: Rect, elapsed: Duration) {
    let counts = &app.query.counts;
    let left = counts.get(StateKind::OverBudget);
    let judged = amount::plural(u64::from(counts.judged()), "file");
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(MARGIN);
    if left > 0 {
        let text = format!("over budget after {judged}");
        pen.put(&text, Role::Warning)
            .skip(2)
            .put(&app.key_of(Action::Judge), Role::Key)
            .put(" goes on", Role::Hint);
        return;
    }
    let who = words::judge(&app.query.judge);
    let cost = app.query.spent.filter(|spent| spent.usd > 0.0);
    let cost = cost.map_or_else(String::new, |spent| format!(" for {}", words::usd(spent.usd)));
    pen.cut(&format!("{judged} judged in {} by {who}{cost}", words::span(elapsed)), Role::Subtle);
    let Some(judge) = app.wanted_judge() else { return };
    let key = match app.focus {
        Pane::Query => app.keymap.chord(Context::Query, Action::Accept).map(|chord| chord.to_string()),
        Pane::List | Pane::Why | Pane::Chat | Pane::Composer | Pane::Tray | Pane::Review => {
            Some(app.key_of(Action::Judge))
        }
    };
    let (key, asks) = (key.unwrap_or_default(), format!(" asks {}", words::judge(&judge)));
    if pen.room() > width(&key) + width(&asks) + 3 {
        pen.skip(3).put(&key, Role::Key).put(&asks, Role::Hint);
    }
}

/// A model waits to be asked.
fn waiting(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let cost = app.query.estimate.as_ref().map_or_else(String::new, |estimate| {
        let files = amount::plural(u64::from(estimate.files), "file");
        let usd = estimate.usd.map_or_else(|| "price unknown".to_owned(), words::usd);
        format!("{}: {files}, {usd}", words::judge(&estimate.judge))
    });
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(MARGIN).put("waits", Role::Warning).skip(2).cut(&cost, Role::Fg);
    pen.skip(3).put(&app.key_of(Action::Judge), Role::Key).put(" decides", Role::Hint);
}

fn judging(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let counts = &app.query.counts;
    let skipped = counts.get(StateKind::Skipped);
    let all = counts.total() - skipped;
    let done = all - counts.pending().min(all);
    let elapsed = match app.query.phase {
        Phase::Running { since } => app.now.elapsed.saturating_sub(since),
        Phase::Idle | Phase::Asked | Phase::Waiting | Phase::Done { .. } | Phase::Stopped => Duration::ZERO,
    };
    if all == 0 || counts.pending() == 0 {
        // The engine has not said how many there are; nothing jumps when it does.
        let sign = canvas.glyphs.spinner_at(app.spin());
        canvas.pen(area, 0, Role::Base).skip(MARGIN).put(sign, Role::Running).put(" judging", Role::Subtle);
        return;
    }
    if app.query.is_by_model() {
        let now = app.now.elapsed;
        let rate = app.query.rate.per_second(now).map_or_else(|| "judged".into(), words::rate);
        return bar(canvas, area, done, all, &rate, app.query.rate.eta(now, all - done));
    }
    bar(canvas, area, done, all, "judged", eta(done, all - done, elapsed));
}

fn bar(canvas: &mut Canvas<'_>, area: Rect, done: u32, all: u32, what: &str, left: Option<Duration>) {
    let numbers = format!("{}/{}", amount::count(u64::from(done)), amount::count(u64::from(all)));
    let cells = usize::from(area.width).saturating_sub(38).clamp(8, 40);
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(MARGIN).progress(done as f32 / all.max(1) as f32, cells).skip(2);
    pen.put(&numbers, Role::Fg).skip(if what.contains('/') { 2 } else { 1 }).put(what, Role::Subtle);
    if let Some(left) = left {
        pen.skip(2).put(&format!("eta {}", words::span(left)), Role::Subtle);
    }
}

/// Draws the sums of the ledger: sign, number and word of each state that has files.
pub fn counts(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let counts = &app.query.counts;
    let glyphs = canvas.glyphs;
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(MARGIN);
    if app.query.asked().is_empty() {
        return;
    }
    let to_go = counts.pending();
    let gap = if area.width >= 60 { 3 } else { 2 };
    let sums = [
        (StateKind::Yes, counts.get(StateKind::Yes), "match"),
        (StateKind::No, counts.get(StateKind::No), "no"),
        (StateKind::Failed, counts.get(StateKind::Failed), "failed"),
        (StateKind::Queued, to_go, "to go"),
        (StateKind::OverBudget, counts.get(StateKind::OverBudget), "over budget"),
        (StateKind::Skipped, counts.get(StateKind::Skipped), "skipped"),
    ];
    for (kind, number, word) in sums {
        if number == 0 && kind != StateKind::Yes {
            continue;
        }
        let look = verdict::state(kind, glyphs, 0);
        let number = amount::count(u64::from(number));
        if pen.room() < number.len() + word.len() + 4 {
            break;
        }
        pen.put(look.glyph, look.role).put(" ", Role::Fg).put(&number, Role::Fg).put(" ", Role::Fg);
        pen.put(word, Role::Muted).skip(gap);
    }
}
