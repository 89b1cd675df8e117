//! The page of the tuning: whether one is in force, what it came to, and what feedback adds to it.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::{Action, ChartAction};
use crate::domain::{EvalKnown, EvalTask, Tuned};
use crate::text::amount::{ago_since, plural, score};
use crate::text::figures::signed;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::charts::{paragraphs, progress};
use super::frame::frame;

type Line = Vec<(String, Role)>;

/// Draws the page.
pub fn tuning(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let running = app.evaluating.running(EvalTask::Tune);
    let again = app.keymap.chord(app.context(), Action::Chart(ChartAction::Run));
    let note = match (running, again) {
        (Some(_), _) => "esc stops it · q leaves it running".to_owned(),
        (None, Some(key)) => format!("{key} tunes again · :tune forget · esc closes"),
        (None, None) => ":tune forget · esc closes".to_owned(),
    };
    let inner = frame(canvas, area, "The judge, tuned to this repository", &note);
    let place = Rect { x: inner.x + 1, y: inner.y + 1, width: inner.width.saturating_sub(2), ..inner };
    let mut lines = match &app.evaluating.known {
        None => vec![say("reading what is known", Role::Muted)],
        Some(known) if known.repository.is_empty() => {
            vec![say("This directory is in no repository, so there is no history to learn from.", Role::Fg)]
        }
        Some(known) => lines(app, known, canvas.glyphs.arrow),
    };
    let trouble = app.evaluating.trouble.as_ref().filter(|(task, _)| *task == EvalTask::Tune);
    if let (Some((_, notice)), None) = (trouble, running) {
        lines.push(Line::new());
        lines.push(say(&notice.title, Role::Warning));
        lines.extend(notice.cause.iter().map(|cause| say(cause, Role::Muted)));
    }
    let mut row = 0;
    for line in &lines {
        // Single sentences wrap; what is put together of several fits.
        if let [(text, role)] = line.as_slice() {
            let rest = Rect { y: place.y + row, height: place.height.saturating_sub(row), ..place };
            row += paragraphs(canvas, rest, &[(text.clone(), *role)]);
            continue;
        }
        let mut pen = canvas.pen(place, row, Role::Overlay);
        for (text, role) in line {
            pen.cut(text, *role);
        }
        row += 1;
    }
    if let Some(running) = running {
        let last = place.height.saturating_sub(2);
        progress(canvas, app, running, Rect { y: place.y + last, height: 1, ..place });
    }
}

fn say(text: &str, role: Role) -> Line {
    vec![(text.to_owned(), role)]
}

fn lines(app: &App, known: &EvalKnown, arrow: &str) -> Vec<Line> {
    let state = if known.is_tuned {
        vec![
            ("tuned  ".to_owned(), Role::Yes),
            ("a correction for this repository is in force".to_owned(), Role::Fg),
        ]
    } else {
        vec![("as it ships  ".to_owned(), Role::Muted), ("no correction is in force".to_owned(), Role::Fg)]
    };
    let mut lines = vec![state, Line::new()];
    match &known.tuned {
        Some(tuned) => lines.extend(outcome(app, tuned, arrow)),
        None => lines.extend(
            [
                "A small correction is fitted on the older commits here and tested on the newer ones. It is kept only \
                 where it wins there beyond the noise, and never leaves this machine.",
            ]
            .map(|text| say(text, Role::Muted)),
        ),
    }
    lines.push(Line::new());
    lines.extend(feedback(known));
    lines
}

/// What the last tuning came to.
fn outcome(app: &App, tuned: &Tuned, arrow: &str) -> Vec<Line> {
    let verdict = if tuned.kept {
        vec![("kept  ".to_owned(), Role::Yes), ("it wins beyond the noise".to_owned(), Role::Fg)]
    } else {
        let why = "no gain beyond the noise: nothing changed".to_owned();
        vec![("not kept  ".to_owned(), Role::Muted), (why, Role::Fg)]
    };
    let besides = match tuned.feedback {
        0 => String::new(),
        requests => format!(" and {} with feedback", plural(requests.into(), "request")),
    };
    let rests = format!(
        "fitted on {}{besides}, tested on {} newer, {}",
        plural(tuned.fitted_on.into(), "older commit"),
        tuned.tested_on,
        ago_since(tuned.at_ms / 1000, app.now.unix)
    );
    let mut lines = vec![verdict, say(&rests, Role::Subtle)];
    for figure in &tuned.figures {
        let role = if figure.low > 0.0 {
            Role::Yes
        } else if figure.high < 0.0 {
            Role::Warning
        } else {
            Role::Muted
        };
        let values = format!("{} {arrow} {}   ", score(figure.without as f32), score(figure.with as f32));
        lines.push(vec![
            (format!("  {:<6}", figure.name), Role::Subtle),
            (values, Role::Fg),
            (signed(figure.gain), role),
            (format!("  ({} to {})", signed(figure.low), signed(figure.high)), Role::Subtle),
        ]);
    }
    lines
}

/// What people and answers said, and that it stays here.
fn feedback(known: &EvalKnown) -> Vec<Line> {
    let counts = known.feedback;
    let total = match counts.total() {
        0 => "no samples yet".to_owned(),
        total => format!(
            "{}, {}: {} pinned, {} excluded, {} cited",
            plural(total.into(), "sample"),
            plural(counts.requests.into(), "request"),
            counts.pinned,
            counts.excluded,
            counts.cited
        ),
    };
    let how = if known.notes_feedback {
        "Files that you pin or exclude and that answers cite are noted here, and weigh little."
    } else {
        "Nothing more is noted: feedback = false in the configuration."
    };
    vec![vec![("feedback  ".to_owned(), Role::Subtle), (total, Role::Fg)], say(how, Role::Muted)]
}
