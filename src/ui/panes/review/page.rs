//! The page: the diff of one file, only the rows that are seen.

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::app::review::ink::{Side, shown};
use crate::app::review::moving::line;
use crate::app::review::parts::{gutter, text_cells};
use crate::app::review::sheet::{Face, Row, Sheet, numbers};
use crate::app::{App, Pane};
use crate::domain::{Decision, HunkClass, ProposedEdit, ProposedHunk};
use crate::text::amount;
use crate::text::width::width;
use crate::text::wrap::folds;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::code::{Code, code};
use super::{key, standing};
use crate::app::action::ReviewAction;

/// What all rows of a page share.
struct Page<'a> {
    app: &'a App,
    edit: &'a ProposedEdit,
    sheet: Arc<Sheet>,
    face: Face,
    area: Rect,
}

/// Draws the rows on the screen.
pub fn page(canvas: &mut Canvas<'_>, app: &App, edit: &ProposedEdit, area: Rect) {
    let (Some(file), review) = (app.review.file(), &app.review) else { return };
    let page = Page { app, edit, sheet: review.sheet(), face: review.face_now(), area };
    let mut y = area.y;
    let mut at = review.view.top;
    while y < area.bottom() && at < page.sheet.len() {
        let Some((index, row)) = page.sheet.row(at) else { break };
        let Some(hunk) = file.hunks.get(index) else { break };
        let height = (review.height(&page.sheet, at) as u16).max(1).min(area.bottom() - y);
        let place = Rect { y, height, ..area };
        draw_row(canvas, &page, hunk, row, place);
        if at == review.view.line && app.focus == Pane::Review {
            let bar = canvas.glyphs.focus;
            let ground = ground(hunk, row).0;
            canvas.pen(place, 0, ground).put(bar, Role::Focus);
        }
        y += height;
        at += 1;
    }
    below(canvas, &page, y);
}

fn draw_row(canvas: &mut Canvas<'_>, page: &Page<'_>, hunk: &ProposedHunk, row: Row, place: Rect) {
    match row {
        Row::Head => head(canvas, page, hunk, place),
        Row::Blank => {}
        Row::Omitted => {
            let omitted = canvas.glyphs.lines_omitted;
            canvas.pen(place, 0, Role::Base).skip(1).put(omitted, Role::Subtle);
        }
        Row::DiskTitle | Row::OwnTitle => side_title(canvas, page, row, place),
        Row::Pair(_) => beside(canvas, page, hunk, row, place),
        Row::Before(_) | Row::After(_) if page.face == Face::Beside => beside(canvas, page, hunk, row, place),
        Row::Before(_) | Row::Disk(_) | Row::Old(_) | Row::New(_) | Row::After(_) => {
            unified(canvas, page, hunk, row, place);
        }
    }
}

/// `@@ 44,8 → 44,12 @@  impl Budget · fn take        undecided`
fn head(canvas: &mut Canvas<'_>, page: &Page<'_>, hunk: &ProposedHunk, place: Rect) {
    let around = (hunk.before.len() + hunk.after.len()) as u32;
    let before = hunk.before.len() as u32;
    let part = |start: u32, len: usize| format!("{},{}", start.saturating_sub(before), around + len as u32);
    let is_selected = page.app.review.hunk().is_some_and(|(_, selected)| selected.id == hunk.id);
    let (sign, word, role) = standing(canvas.glyphs, hunk);
    let arrow = canvas.glyphs.arrow;
    let mut words: Vec<(String, Role)> = Vec::new();
    if hunk.syntax_errors > 0 {
        let errors = amount::plural(u64::from(hunk.syntax_errors), "syntax error");
        words.push((format!("{} {errors}", canvas.glyphs.failed), Role::Failed));
    }
    match hunk.class {
        HunkClass::InScope => {}
        HunkClass::OutOfScope => words.push(("out of scope".into(), Role::Warning)),
        HunkClass::Cosmetic => words.push(("cosmetic".into(), Role::Subtle)),
    }
    if hunk.amended {
        words.push(("edited".into(), Role::Accent));
    }
    words.push((format!("{sign} {word}"), role));
    let cells: usize = words.iter().map(|(text, _)| width(text) + 2).sum();
    let mut pen = canvas.pen(place, 0, Role::Base);
    pen.skip(1);
    let range = format!(
        "@@ {} {arrow} {} @@",
        part(hunk.old_start, hunk.old.len()),
        part(hunk.new_start, hunk.new.len())
    );
    let role = if is_selected { Role::Accent } else { Role::Subtle };
    pen.put(&range, role).skip(2);
    if let Some(symbol) = &hunk.symbol {
        let room = pen.room().saturating_sub(cells + 1);
        pen.within(symbol, room, if is_selected { Role::Heading } else { Role::Muted });
    }
    let mut pen = canvas.pen(place, 0, Role::Base);
    pen.back_from_end(cells);
    for (text, role) in &words {
        pen.put(text, *role).skip(2);
    }
}

/// The heading of one side of a conflict, with the key that takes it.
fn side_title(canvas: &mut Canvas<'_>, page: &Page<'_>, row: Row, place: Rect) {
    let (text, action, role) = if row == Row::DiskTitle {
        ("on disk now", ReviewAction::Reject, Role::Warning)
    } else {
        ("the hunk", ReviewAction::Accept, Role::Added)
    };
    let key = key(page.app, action);
    let verb = if row == Row::DiskTitle { "keeps it" } else { "takes it" };
    canvas.hairline(Rect { x: place.x + 1, width: place.width.saturating_sub(2), ..place });
    let mut pen = canvas.pen(place, 0, Role::Base);
    pen.skip(2).put(" ", Role::Base).put(text, role).put("  ", Role::Base);
    pen.put(&key, Role::Key).put(" ", Role::Base).put(verb, Role::Hint).put(" ", Role::Base);
}

fn unified(canvas: &mut Canvas<'_>, page: &Page<'_>, hunk: &ProposedHunk, row: Row, place: Rect) {
    let Some(text) = line(hunk, row).map(shown) else { return };
    let (ground, word) = ground(hunk, row);
    let digits = page.sheet.digits();
    let (old, new) = numbers(hunk, row);
    if ground != Role::Base {
        canvas.fill(place, ground);
    }
    let numbers = if is_cursor(page, hunk, row) { Role::GutterActive } else { Role::Gutter };
    let (sign, sign_role) = sign(canvas, row);
    let text_of = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let mut pen = canvas.pen(place, 0, ground);
    pen.right(&text_of(old), digits + 2, numbers).right(&text_of(new), digits + 2, numbers);
    pen.skip(1).put(sign, sign_role);
    let cells = text_cells(Face::Unified, digits, place.width);
    let area = Rect { x: place.x + gutter(Face::Unified, digits) as u16, width: cells as u16, ..place };
    let look = look(page, hunk, row, &text, (ground, word));
    draw_code(canvas, page, &look, area);
}

/// Both versions on one row.
fn beside(canvas: &mut Canvas<'_>, page: &Page<'_>, hunk: &ProposedHunk, row: Row, place: Rect) {
    let half = place.width.saturating_sub(1) / 2;
    let left = Rect { width: half, ..place };
    let right = Rect { x: place.x + half + 1, width: place.width.saturating_sub(half + 1), ..place };
    let divider = canvas.glyphs.vertical;
    for at in 0..place.height {
        canvas.pen(Rect { x: place.x + half, width: 1, ..place }, at, Role::Base).put(divider, Role::Border);
    }
    let (old, new) = match row {
        Row::Pair(_) => {
            let (old, new) = page.app.review.sides(hunk, row);
            (old.map(Row::Old), new.map(Row::New))
        }
        Row::Head | Row::Blank | Row::DiskTitle | Row::OwnTitle | Row::Omitted => (None, None),
        Row::Before(_) | Row::Disk(_) | Row::Old(_) | Row::New(_) | Row::After(_) => (Some(row), Some(row)),
    };
    for (own, area, side) in [(old, left, Side::Old), (new, right, Side::New)] {
        if let Some(own) = own {
            half_row(canvas, page, hunk, own, (area, side));
        }
    }
}

fn half_row(
    canvas: &mut Canvas<'_>,
    page: &Page<'_>,
    hunk: &ProposedHunk,
    row: Row,
    (place, side): (Rect, Side),
) {
    let Some(text) = line(hunk, row).map(shown) else { return };
    let (ground, word) = ground(hunk, row);
    if ground != Role::Base {
        canvas.fill(place, ground);
    }
    let digits = page.sheet.digits();
    let (old, new) = numbers(hunk, row);
    let number = match side {
        Side::Old => old,
        Side::New => new,
    };
    let (sign, sign_role) = sign(canvas, row);
    let mut pen = canvas.pen(place, 0, ground);
    pen.right(&number.map_or_else(String::new, |number| number.to_string()), digits + 2, Role::Gutter);
    pen.skip(1).put(sign, sign_role);
    let cells = text_cells(Face::Beside, digits, page.area.width);
    let area = Rect { x: place.x + gutter(Face::Beside, digits) as u16, width: cells as u16, ..place };
    let look = look(page, hunk, row, &text, (ground, word));
    draw_code(canvas, page, &look, area);
}

fn draw_code(canvas: &mut Canvas<'_>, page: &Page<'_>, look: &Code<'_>, area: Rect) {
    let view = page.app.review.view;
    if page.app.review.cuts {
        return code(canvas, look, area, view.left, &[]);
    }
    let folds = if look.goes_on { folds(look.text, usize::from(area.width)) } else { Vec::new() };
    code(canvas, look, area, 0, &folds);
}

fn look<'a>(
    page: &'a Page<'_>,
    hunk: &ProposedHunk,
    row: Row,
    text: &'a str,
    grounds: (Role, Role),
) -> Code<'a> {
    let (ink, edit) = (&page.app.review.ink, page.edit.id);
    let before = hunk.before.len();
    let is_faint = hunk.decision == Decision::Rejected && hunk.conflict.is_none();
    let (marks, runs) = match row {
        Row::Before(at) => (&[][..], ink.runs(edit, hunk.id, Side::New, at)),
        Row::Old(at) => {
            (ink.marks(edit, hunk.id, Side::Old, at), ink.runs(edit, hunk.id, Side::Old, before + at))
        }
        Row::New(at) => {
            (ink.marks(edit, hunk.id, Side::New, at), ink.runs(edit, hunk.id, Side::New, before + at))
        }
        Row::After(at) => (&[][..], ink.runs(edit, hunk.id, Side::New, before + hunk.new.len() + at)),
        Row::Disk(_)
        | Row::Head
        | Row::Blank
        | Row::DiskTitle
        | Row::OwnTitle
        | Row::Pair(_)
        | Row::Omitted => (&[][..], &[][..]),
    };
    let faint = match row {
        Row::New(_) if is_faint => Some(Role::Subtle),
        Row::Old(_) if is_faint => Some(Role::Muted),
        Row::Old(_)
        | Row::New(_)
        | Row::Head
        | Row::Blank
        | Row::Before(_)
        | Row::DiskTitle
        | Row::Disk(_)
        | Row::OwnTitle
        | Row::Pair(_)
        | Row::After(_)
        | Row::Omitted => None,
    };
    let goes_on = matches!(row, Row::Old(_) | Row::New(_) | Row::Disk(_));
    Code { text, runs, marks: if is_faint { &[] } else { marks }, grounds, faint, goes_on }
}

/// What a line stands on: lines that a rejected hunk would have changed stand on none.
fn ground(hunk: &ProposedHunk, row: Row) -> (Role, Role) {
    let is_off = hunk.decision == Decision::Rejected && hunk.conflict.is_none();
    match row {
        Row::Old(_) if !is_off => (Role::DeletedBg, Role::DeletedWord),
        Row::New(_) if !is_off => (Role::AddedBg, Role::AddedWord),
        Row::Disk(_) => (Role::Evidence, Role::Evidence),
        Row::Old(_)
        | Row::New(_)
        | Row::Head
        | Row::Blank
        | Row::Before(_)
        | Row::DiskTitle
        | Row::OwnTitle
        | Row::Pair(_)
        | Row::After(_)
        | Row::Omitted => (Role::Base, Role::Base),
    }
}

fn sign(canvas: &Canvas<'_>, row: Row) -> (&'static str, Role) {
    match row {
        Row::Old(_) => ("-", Role::Deleted),
        Row::New(_) => ("+", Role::Added),
        Row::Disk(_) => (canvas.glyphs.failed, Role::Warning),
        Row::Head
        | Row::Blank
        | Row::Before(_)
        | Row::DiskTitle
        | Row::OwnTitle
        | Row::Pair(_)
        | Row::After(_)
        | Row::Omitted => (" ", Role::Base),
    }
}

fn is_cursor(page: &Page<'_>, hunk: &ProposedHunk, row: Row) -> bool {
    let at = page.sheet.row(page.app.review.view.line);
    let own = page.app.review.hunk().is_some_and(|(_, selected)| selected.id == hunk.id);
    own && at.is_some_and(|(_, at)| at == row)
}

/// Where the file goes on in a folder of files, the next one is named at the foot of its last hunk.
fn below(canvas: &mut Canvas<'_>, page: &Page<'_>, y: u16) {
    if y + 1 >= page.area.bottom() {
        return;
    }
    let Some((at, _)) = page.app.review.hunk() else { return };
    let rest = page.edit.files[at + 1..].iter();
    let Some(next) = rest.clone().find(|file| file.hunks.iter().any(|hunk| page.app.review.is_listed(hunk)))
    else {
        return;
    };
    let place = Rect { y: y + 1, height: 1, ..page.area };
    let arrow = canvas.glyphs.arrow;
    let mut pen = canvas.pen(place, 0, Role::Base);
    pen.skip(1).put(arrow, Role::Subtle).put(" ", Role::Base).reserve(1);
    pen.cut(&next.path, Role::Subtle);
}
