//! The page of charts: recall by files and by tokens, the threshold, and what was missed.
//!
//! Where it is wide all four stand side by side; else the one with the keyboard stands alone, under the names of all.

mod missed;
mod recall;
mod threshold;

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::{Action, ChartAction};
use crate::app::evaluating::{ChartPart, ChartsPage, Running};
use crate::domain::{EvalTask, Evaluation};
use crate::text::amount::{ago_since, plural, score, short};
use crate::text::cut;
use crate::text::wrap::{Wrap, plain};
use crate::ui::theme::{Glyphs, Role};
use crate::ui::widgets::Canvas;

use super::frame::frame;

/// From so many cells and rows on, all charts stand side by side.
const WIDE: (u16, u16) = (132, 34);

/// Rows above the charts.
const HEAD: u16 = 3;

/// What will stand here.
const INTRO: [&str; 3] = [
    "Each commit's message becomes a request, and the files that it changed the answer, in the tree and with the history \
     as they were before it. Every judge is asked, and the baselines beside them. Here will stand how much each finds \
     among its first files and for how many tokens, where to put the threshold, and what was missed and why.",
    "",
    "It takes minutes, runs beside everything else, asks no model and sends nothing.",
];

/// The judge that everything is about.
const OWN: &str = "embedded";

/// The baseline that it is held against.
const REFERENCE: &str = "bm25";

/// Draws the page.
pub fn charts(canvas: &mut Canvas<'_>, app: &App, page: &ChartsPage, area: Rect) {
    let inner = frame(canvas, area, "How well judges find what your commits touched", &note(app, page));
    let place = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let running = app.evaluating.running(EvalTask::Evaluate);
    let Some(evaluation) = app.evaluating.evaluation() else {
        return without(canvas, app, running, place);
    };
    head(canvas, app, evaluation, place);
    if let Some(running) = running {
        progress(canvas, app, running, Rect { y: place.y + 2, height: 1, ..place });
    }
    let body = Rect { y: place.y + HEAD, height: place.height.saturating_sub(HEAD), ..place };
    if body.width >= WIDE.0 && body.height >= WIDE.1 {
        let (left, right) = ((body.width - 3) / 2, body.height / 2);
        for (at, part) in ChartPart::ALL.into_iter().enumerate() {
            let (column, row) = (at as u16 % 2, at as u16 / 2);
            let quarter = Rect {
                x: body.x + column * (left + 3),
                y: body.y + row * right,
                width: left,
                height: if row == 0 { right - 1 } else { body.height - right },
            };
            title(canvas, part, page.part == part, quarter);
            chart(canvas, app, (page, part), below(quarter, 1));
        }
    } else {
        names(canvas, page.part, body);
        chart(canvas, app, (page, page.part), below(body, 2));
    }
}

fn below(area: Rect, rows: u16) -> Rect {
    Rect { y: area.y + rows, height: area.height.saturating_sub(rows), ..area }
}

fn chart(canvas: &mut Canvas<'_>, app: &App, (page, part): (&ChartsPage, ChartPart), area: Rect) {
    let Some(evaluation) = app.evaluating.evaluation() else { return };
    match part {
        ChartPart::Files => recall::by_files(canvas, evaluation, area),
        ChartPart::Tokens => recall::by_tokens(canvas, evaluation, area),
        ChartPart::Threshold => threshold::threshold(canvas, app, page, area),
        ChartPart::Missed => missed::missed(canvas, app, page, area),
    }
}

/// What the keys do, on the frame.
fn note(app: &App, page: &ChartsPage) -> String {
    let key = |action| app.keymap.chord(app.context(), Action::Chart(action)).map(|it| it.to_string());
    let key = |action, what: &str| key(action).map(|key| format!("{key} {what}"));
    let running = app.evaluating.running(EvalTask::Evaluate).is_some();
    let mut keys = Vec::new();
    if running {
        keys.push("esc stops it · q leaves it running".to_owned());
    }
    if app.evaluating.evaluation().is_some() {
        keys.extend(key(ChartAction::Next, "next chart"));
        match page.part {
            ChartPart::Threshold => keys.push("enter keeps the threshold".to_owned()),
            ChartPart::Missed => keys.push("enter opens".to_owned()),
            ChartPart::Files | ChartPart::Tokens => {}
        }
    }
    if !running {
        keys.extend(key(ChartAction::Run, "measures again"));
        keys.push("esc closes".to_owned());
    }
    keys.join(" · ")
}

/// The one sentence that says it all, and what it rests on.
fn head(canvas: &mut Canvas<'_>, app: &App, evaluation: &Evaluation, area: Rect) {
    let mut pen = canvas.pen(area, 0, Role::Overlay);
    if let Some(own) = evaluation.judge(OWN) {
        pen.put(&score(own.recall_at_10.mean as f32), Role::Accent);
        pen.put(" of what a commit touched is among the first 10 files", Role::Fg);
        if let Some(other) = evaluation.judge(REFERENCE).filter(|other| other.recall_at_10.mean > 0.0) {
            let times = own.recall_at_10.mean / other.recall_at_10.mean;
            let than = format!("; by {REFERENCE} {} ({times:.2}", score(other.recall_at_10.mean as f32));
            let sign = pen.room();
            if sign > than.len() + 4 {
                pen.put(&than, Role::Muted).put(" times)", Role::Muted);
            }
        }
    }
    let dot = canvas.glyphs.dot;
    let commit = evaluation.commit.get(..8).unwrap_or("no commit");
    let (commits, files) =
        (plural(evaluation.commits.into(), "commit"), plural(evaluation.files.into(), "file"));
    let ago = ago_since(evaluation.at_ms / 1000, app.now.unix);
    let behind = app.status.git.as_ref().and_then(|git| git.head).map(|head| head.to_string());
    let since = match behind {
        Some(head) if head != evaluation.commit => format!(" {dot} commits since"),
        Some(_) | None => String::new(),
    };
    let facts = format!("{commits} {dot} {files} {dot} measured {ago} at {commit}{since}");
    canvas.pen(area, 1, Role::Overlay).cut(&facts, Role::Subtle);
    if evaluation.is_saturated() && app.evaluating.running(EvalTask::Evaluate).is_none() {
        let sign = canvas.glyphs.failed;
        let text = "so few files that recall at 50 is high for any judge: read it at 10";
        canvas.pen(area, 2, Role::Overlay).put(sign, Role::Warning).skip(1).cut(text, Role::Warning);
    }
}

fn title(canvas: &mut Canvas<'_>, part: ChartPart, focused: bool, area: Rect) {
    let bar = canvas.glyphs.focus;
    let mut pen = canvas.pen(area, 0, Role::Overlay);
    if focused {
        pen.put(bar, Role::Focus).put(part.title(), Role::TitleFocus);
    } else {
        pen.skip(1).put(part.title(), Role::Title);
    }
}

/// The names of all charts, where one of them is seen.
fn names(canvas: &mut Canvas<'_>, open: ChartPart, area: Rect) {
    let bar = canvas.glyphs.focus;
    let mut pen = canvas.pen(area, 0, Role::Overlay);
    for part in ChartPart::ALL {
        if part == open {
            pen.put(bar, Role::Focus).put(part.title(), Role::TitleFocus);
        } else {
            pen.skip(1).put(part.title(), Role::Muted);
        }
        pen.skip(2);
    }
}

/// Before the first evaluation: what will stand here, how far it is, or why there is nothing.
fn without(canvas: &mut Canvas<'_>, app: &App, running: Option<&Running>, area: Rect) {
    let trouble = app.evaluating.trouble.as_ref().filter(|(task, _)| *task == EvalTask::Evaluate);
    let mut lines: Vec<(String, Role)> = Vec::new();
    if !app.evaluating.has_repository() {
        lines.push((
            "This directory is in no repository, so there are no commits to measure on.".into(),
            Role::Fg,
        ));
        lines.push((String::new(), Role::Fg));
    } else if app.evaluating.known.is_none() && running.is_none() {
        lines.push(("reading what was measured".into(), Role::Muted));
        lines.push((String::new(), Role::Fg));
    } else if let (Some((_, notice)), None) = (trouble, running) {
        lines.push((notice.title.clone(), Role::Warning));
        lines.extend(notice.cause.iter().chain(&notice.hint).map(|text| (text.clone(), Role::Muted)));
        lines.push((String::new(), Role::Fg));
    }
    lines.extend(INTRO.map(|line| (line.to_owned(), Role::Muted)));
    let rows = paragraphs(canvas, below(area, 1), &lines);
    if let Some(running) = running {
        let row = rows + 2;
        progress(canvas, app, running, below(area, row.min(area.height.saturating_sub(1))));
    }
}

/// Writes wrapped paragraphs; returns the rows they took.
pub(super) fn paragraphs(canvas: &mut Canvas<'_>, area: Rect, paragraphs: &[(String, Role)]) -> u16 {
    let mut row = 0;
    for (text, role) in paragraphs {
        let lines = plain(text, Wrap::to(usize::from(area.width.clamp(1, 90))));
        for line in if lines.is_empty() { vec![String::new()] } else { lines } {
            canvas.pen(area, row, Role::Overlay).put(&line, *role);
            row += 1;
        }
    }
    row
}

/// How far what runs is: a number, a bar, who is at it, and the time left.
pub(super) fn progress(canvas: &mut Canvas<'_>, app: &App, running: &Running, area: Rect) {
    let spinner = canvas.glyphs.spinner_at(app.spin());
    let mut pen = canvas.pen(area, 0, Role::Overlay);
    pen.put(spinner, Role::Running).skip(1);
    if running.of == 0 {
        pen.cut("reading the history", Role::Running);
        return;
    }
    let of = running.of.to_string();
    let number = cut::fit_right(&running.done.to_string(), of.len(), "");
    let judge = if running.judge.is_empty() { String::new() } else { format!("{:<9}", running.judge) };
    let left = running.eta(app.now.elapsed).map_or_else(String::new, |left| format!("eta {}", short(left)));
    pen.put(&format!("commit {number} of {of} "), Role::Fg);
    let bar = pen.room().saturating_sub(judge.len() + 14).min(60);
    pen.progress(running.share(), bar).skip(1).put(&judge, Role::Muted).skip(1).put(&left, Role::Subtle);
}

/// The mark and look of a judge, the same in every chart: the embedded judge first, then models, then baselines.
fn look<'g>(evaluation: &Evaluation, judge: &str, glyphs: &'g Glyphs) -> (&'g str, Role) {
    const ROLES: [Role; 8] = [
        Role::Accent,
        Role::Subtle,
        Role::Stale,
        Role::Yes,
        Role::User,
        Role::Muted,
        Role::Running,
        Role::Fg,
    ];
    let others = evaluation.judges.iter().filter(|curves| curves.judge != OWN);
    let at = if judge == OWN {
        0
    } else {
        others.map(|curves| &curves.judge).position(|name| name == judge).unwrap_or(0) % 7 + 1
    };
    (glyphs.marks[at], ROLES[at])
}
