//! Files and hunks: one row each, with how they stand.

use ratatui::layout::Rect;

use crate::app::action::ReviewAction;
use crate::app::review::Spot;
use crate::app::review::outline::Entry;
use crate::app::review::parts::Parts;
use crate::app::review::tally;
use crate::app::{App, Pane};
use crate::domain::{FileChange, HunkClass, ProposedEdit, ProposedFile, ProposedHunk};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, path};

use super::{check, counts, key, standing};

/// Cells from which rows of hunks have their counts of lines.
const ROOMY: u16 = 34;

/// What stands after the path of a file in which an answer broke off.
const BROKE_OFF: &str = "  cut";

/// Draws the rows that fit, the selected one among them, and how many hunks there are besides.
pub fn list(canvas: &mut Canvas<'_>, app: &App, edit: &ProposedEdit, parts: &Parts) {
    let area = parts.list;
    let outline = app.review.outline();
    let top = app.review.list_top(usize::from(area.height));
    let spot = app.review.spot();
    let above = Rect { y: parts.head.bottom().saturating_sub(1), height: 1, ..parts.head };
    let hidden =
        |rows: &mut dyn Iterator<Item = (Entry, Option<Spot>)>| rows.filter(|row| row.1.is_some()).count();
    more(canvas, "above", hidden(&mut outline.rows().take(top)), above);
    more(canvas, "below", hidden(&mut outline.rows().skip(top + usize::from(area.height))), parts.more);
    let rows: Vec<_> = outline.rows().skip(top).take(usize::from(area.height)).collect();
    for (row, (entry, own)) in rows.into_iter().enumerate() {
        let line = Rect { y: area.y + row as u16, height: 1, ..area };
        let ground = if own.is_some() && own == spot { selected(canvas, app, line) } else { Role::Base };
        match entry {
            Entry::Blank => {}
            Entry::File(at) => file(canvas, app, &edit.files[at], line),
            Entry::Hunk(at, index, number) => {
                hunk(canvas, &edit.files[at].hunks[index], number, (line, ground));
            }
            Entry::LeftOut(_, cosmetic, outside) => left_out(canvas, app, (cosmetic, outside), line),
            Entry::RefusedTitle(count) => {
                let sign = canvas.glyphs.failed;
                let text = if edit.refused.iter().all(|part| part.broke_off) {
                    " the answer broke off".to_owned()
                } else {
                    format!(" {} refused", amount::plural(count as u64, "part"))
                };
                let mut pen = canvas.pen(line, 0, Role::Base);
                pen.skip(1).put(sign, Role::Warning).put(&text, Role::Warning);
            }
            Entry::Refused(at) => refused(canvas, edit, at, (line, ground)),
            Entry::Check => check::row(canvas, app, edit, (line, ground)),
        }
    }
}

/// Says how many rows are not on the screen.
fn more(canvas: &mut Canvas<'_>, way: &str, count: usize, line: Rect) {
    if count > 0 {
        let text = format!("{} {count} more {way}", canvas.glyphs.lines_omitted);
        canvas.pen(line, 0, Role::Base).skip(2).put(&text, Role::Subtle);
    }
}

/// Marks the selected row, as lists do: a ground, and a bar in column 0 where the review has the keyboard.
fn selected(canvas: &mut Canvas<'_>, app: &App, line: Rect) -> Role {
    let focused = app.focus == Pane::Review;
    let ground = if focused { Role::Selection } else { Role::SelectionBlur };
    canvas.fill(line, ground);
    if focused {
        let bar = canvas.glyphs.focus;
        canvas.pen(line, 0, ground).put(bar, Role::Focus);
    }
    ground
}

fn file(canvas: &mut Canvas<'_>, app: &App, file: &ProposedFile, line: Rect) {
    let lines = match tally::lines(file, &|hunk| app.review.is_listed(hunk)) {
        (0, 0) => String::new(),
        lines => counts(canvas.glyphs, lines),
    };
    let (arrow, ellipsis) = (canvas.glyphs.arrow, canvas.glyphs.ellipsis);
    let change = match &file.change {
        FileChange::Modify => String::new(),
        FileChange::Create => "new".into(),
        FileChange::Delete => "goes".into(),
        FileChange::Move(to) => format!("{arrow} {to}"),
    };
    let tail = width(&lines) + 2;
    let mut pen = canvas.pen(line, 0, Role::Base);
    pen.skip(1).reserve(1);
    let room = pen.room().saturating_sub(tail);
    let used = path(&mut pen, &file.path, room, ellipsis);
    if !change.is_empty() && room > used + 4 {
        pen.skip(1).within(&change, room - used - 1, Role::Warning);
    }
    let (plus, minus) =
        lines.split_once(' ').unwrap_or(if lines.starts_with('+') { (&lines, "") } else { ("", &lines) });
    let blank = if plus.is_empty() || minus.is_empty() { "" } else { " " };
    pen.back_from_end(width(&lines)).put(plus, Role::Added).put(blank, Role::Base).put(minus, Role::Deleted);
}

fn hunk(canvas: &mut Canvas<'_>, hunk: &ProposedHunk, number: usize, (line, ground): (Rect, Role)) {
    let (sign, _, role) = standing(canvas.glyphs, hunk);
    let lines = counts(canvas.glyphs, (hunk.new.len(), hunk.old.len()));
    let dot = canvas.glyphs.dot;
    let mut marks = Vec::new();
    if hunk.syntax_errors > 0 {
        marks.push("syntax");
    }
    if hunk.amended {
        marks.push("edited");
    }
    match hunk.class {
        HunkClass::InScope => {}
        HunkClass::OutOfScope => marks.push("out of scope"),
        HunkClass::Cosmetic => marks.push("cosmetic"),
    }
    let name = hunk
        .symbol
        .as_deref()
        .map_or_else(|| format!("line {}", hunk.old_start), |symbol| short(symbol, dot));
    let tail = if line.width >= ROOMY { width(&lines) + 1 } else { 0 };
    let mut pen = canvas.pen(line, 0, ground);
    pen.skip(2).put(sign, role).put(&format!(" {number}  "), Role::Muted).reserve(1 + tail);
    let text_role = if ground == Role::Base { Role::Muted } else { Role::Fg };
    let mark = marks.join(" ");
    let room = pen.room().saturating_sub(if mark.is_empty() { 0 } else { width(&mark) + 1 });
    pen.within(&name, room, text_role);
    if !mark.is_empty() {
        let role = if hunk.syntax_errors > 0 { Role::Failed } else { Role::Subtle };
        pen.skip(1).put(&mark, role);
    }
    if tail > 0 {
        canvas.pen(line, 0, ground).back_from_end(width(&lines) + 1).put(&lines, Role::Subtle);
    }
}

/// The last part of a symbol's place: `impl Budget · fn take` is `fn take`.
fn short(symbol: &str, dot: &str) -> String {
    symbol
        .rsplit(&format!(" {dot} "))
        .next()
        .unwrap_or(symbol)
        .rsplit(" · ")
        .next()
        .unwrap_or(symbol)
        .to_owned()
}

fn left_out(canvas: &mut Canvas<'_>, app: &App, (cosmetic, outside): (usize, usize), line: Rect) {
    let fold = key(app, ReviewAction::Unfold);
    let sign = canvas.glyphs.folded;
    let text = match (cosmetic, outside) {
        (cosmetic, 0) => format!("{cosmetic} cosmetic"),
        (0, outside) => format!("{outside} out of scope"),
        (cosmetic, outside) => format!("{cosmetic} cosmetic, {outside} outside"),
    };
    let mut pen = canvas.pen(line, 0, Role::Base);
    pen.skip(2).put(sign, Role::Subtle).put(" ", Role::Base).reserve(width(&fold) + 2);
    pen.cut(&text, Role::Subtle);
    canvas.pen(line, 0, Role::Base).back_from_end(width(&fold) + 1).put(&fold, Role::Key);
}

fn refused(canvas: &mut Canvas<'_>, edit: &ProposedEdit, at: usize, (line, ground): (Rect, Role)) {
    let Some(part) = edit.refused.get(at) else { return };
    let (sign, ellipsis) = (canvas.glyphs.failed, canvas.glyphs.ellipsis);
    let mut pen = canvas.pen(line, 0, ground);
    pen.skip(2).put(sign, Role::Warning).put(&format!(" {}  ", at + 1), Role::Muted).reserve(1);
    match (&part.path, part.broke_off) {
        (Some(named), false) => drop(path(&mut pen, named, usize::MAX, ellipsis)),
        (Some(named), true) => {
            let room = pen.room().saturating_sub(BROKE_OFF.len());
            path(&mut pen, named, room, ellipsis);
            pen.put(BROKE_OFF, Role::Subtle);
        }
        (None, true) => drop(pen.put("the rest is missing", Role::Muted)),
        (None, false) => drop(pen.cut(&part.why, Role::Muted)),
    }
}
