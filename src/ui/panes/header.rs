//! The top line: where we are on the left, what goes on and who answers on the right.

use ratatui::layout::Rect;

use crate::app::hit::{TABS, tabs};
use crate::app::{App, Pane};
use crate::domain::{EvalTask, GitOperation, WatchState};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::{Glyphs, Role};
use crate::ui::widgets::{Canvas, Pen};

use super::answerers::{Fact, GAP, Piece, answerers, fitting};

/// Draws the top line.
pub fn header(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let dirty = canvas.glyphs.dirty;
    let (place, right) = (place(app, dirty), going_on(app, canvas.glyphs));
    if app.is_narrow() {
        return narrow(canvas, app, area, (&place, right));
    }
    let mut left: Vec<Piece> = place;
    left.push(watching(app));
    let mut pen = canvas.pen(area, 0, Role::Base);
    for (at, (text, role)) in left.iter().enumerate() {
        // The number of changed files belongs to the branch before it.
        let gap = if at == 0 || *role == Role::Stale { 1 } else { 2 };
        pen.skip(gap).put(text, *role);
    }
    let room = pen.room().saturating_sub(2);
    let (kept, cells) = fitting(right, room);
    pen.back_from_end(cells + 1);
    say(&mut pen, &kept);
}

fn say(pen: &mut Pen<'_, '_>, facts: &[Vec<Piece>]) {
    for pieces in facts {
        for (text, role) in pieces {
            pen.put(text, *role);
        }
        pen.skip(GAP as u16);
    }
}

fn narrow(canvas: &mut Canvas<'_>, app: &App, area: Rect, (place, right): (&[Piece], Vec<Fact>)) {
    let tabs = tabs();
    let start = tabs[0].0;
    let mut pen = canvas.pen(Rect { width: start, ..area }, 0, Role::Base);
    pen.skip(1).reserve(1);
    // The number of changed files stays; root and branch give way.
    let fixed: usize = place.iter().skip(3).map(|(text, _)| width(text) + 1).sum();
    for (at, (text, role)) in place.iter().enumerate().skip(1) {
        let most = match at {
            1 => 10,
            2 => pen.room().saturating_sub(fixed),
            _ => pen.room(),
        };
        pen.within(text, most, *role).skip(1);
    }
    let open = match app.focus {
        Pane::Query | Pane::List | Pane::Why => 0,
        Pane::Chat | Pane::Composer | Pane::Tray => 1,
        Pane::Review => 2,
    };
    let bar = canvas.glyphs.focus;
    let waiting = match app.review.waiting() {
        0 => String::new(),
        count => amount::count(count as u64),
    };
    for (index, (title, (from, _))) in TABS.iter().zip(tabs).enumerate() {
        let mut pen =
            canvas.pen(Rect { x: from, width: area.width.saturating_sub(from), ..area }, 0, Role::Base);
        if index == open {
            pen.put(bar, Role::Focus).put(title, Role::TitleFocus);
        } else {
            pen.skip(1).put(title, Role::Muted);
        }
        // How many hunks wait stands behind the last tab.
        if index + 1 == TABS.len() && !waiting.is_empty() {
            pen.put(" ", Role::Base).put(&waiting, Role::Accent);
        }
    }
    let from = tabs[2].1 + waiting.len() as u16;
    let rest = Rect { x: from, width: area.width.saturating_sub(from), ..area };
    let (kept, cells) = fitting(right, usize::from(rest.width).saturating_sub(1));
    let mut pen = canvas.pen(rest, 0, Role::Base);
    pen.back_from_end(cells + 1);
    say(&mut pen, &kept);
}

/// Program, root, branch, number of changed files.
fn place(app: &App, dirty: &str) -> Vec<Piece> {
    let mut facts = vec![("quarry".to_owned(), Role::Muted)];
    let roots = &app.status.roots;
    if let Some(first) = roots.first() {
        let more = if roots.len() > 1 { format!(" +{}", roots.len() - 1) } else { String::new() };
        facts.push((format!("{first}{more}"), Role::Title));
    }
    for (_, path) in &app.status.lost {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        facts.push((format!("{name} is gone"), Role::Failed));
    }
    if let Some(git) = &app.status.git {
        let branch = git.branch.clone().unwrap_or_else(|| {
            git.head.map_or("no commit".into(), |head| format!("detached {}", &head.to_string()[..8]))
        });
        facts.push((branch, Role::Fg));
        if !git.dirty.is_empty() {
            facts.push((format!("{dirty}{}", git.dirty.len()), Role::Stale));
        }
        if let Some(operation) = git.operation {
            let word = match operation {
                GitOperation::Merge => "merging",
                GitOperation::Rebase => "rebasing",
                GitOperation::Other => "git is in the middle of something",
            };
            facts.push((word.to_owned(), Role::Warning));
        }
    }
    facts
}

fn watching(app: &App) -> Piece {
    let files = amount::plural(u64::from(app.status.index.files), "file");
    match &app.status.watch {
        WatchState::Starting => (files, Role::Muted),
        WatchState::Native { .. } => (format!("watching {files}"), Role::Muted),
        WatchState::Polling { every, .. } => {
            (format!("{files}, looked at every {}", crate::app::words::span(*every)), Role::Warning)
        }
        WatchState::Off { .. } => (format!("{files}, not watched"), Role::Warning),
    }
}

/// What goes on, who answers, and for which task.
fn going_on(app: &App, glyphs: &Glyphs) -> Vec<Fact> {
    let spinner = glyphs.spinner_at(app.spin());
    let mut facts = Vec::new();
    let index = &app.status.index;
    if app.status.is_reading() {
        let done = amount::count(u64::from(index.indexed));
        let text = if index.walked {
            let per_cent = amount::percent(u64::from(index.indexed), u64::from(index.files));
            format!("reading {done}/{}  {per_cent}", amount::count(u64::from(index.files)))
        } else {
            format!("finding files {}", amount::count(u64::from(index.files)))
        };
        facts.push(Fact::plain(format!("{text} {spinner}"), Role::Running, 5));
    } else if app.status.git.is_some() && !index.history_complete {
        let commits = amount::plural(u64::from(index.commits), "commit");
        facts.push(Fact::plain(format!("history {commits} {spinner}"), Role::Running, 5));
    }
    if let Some(running) = &app.evaluating.running {
        let what = match running.task {
            EvalTask::Evaluate => "eval",
            EvalTask::Tune => "tune",
        };
        let text = if running.of == 0 {
            format!("{what} reading history {spinner}")
        } else {
            let left = running
                .eta(app.now.elapsed)
                .map_or_else(String::new, |left| format!("  eta {}", amount::short(left)));
            format!("{what} {}/{}{left} {spinner}", running.done, running.of)
        };
        facts.push(Fact::plain(text, Role::Running, 4));
    }
    facts.extend(answerers(app, glyphs));
    if let Some((task, from_user)) = &app.status.task {
        let from = if *from_user { "" } else { " (branch)" };
        facts.push(Fact::plain(format!("task {task}{from}"), Role::Muted, 0));
    }
    facts
}
