//! Notes: what there is to say of the selection, what was asked, and why the model did it.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::ReviewAction;
use crate::app::review::parts::Parts;
use crate::app::review::{origin, tally};
use crate::domain::{EditState, HunkClass, ProposedEdit};
use crate::text::amount;
use crate::text::cut;
use crate::text::width::width;
use crate::text::wrap::{Wrap, plain};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::key;

/// Rows of the notes from which the last ones say who proposed the edit.
const LEAST_FOR_ORIGIN: usize = 8;

/// Draws them below the list, or on one line below the page.
pub fn notes(canvas: &mut Canvas<'_>, app: &App, edit: &ProposedEdit, parts: &Parts) {
    let area = parts.notes;
    let said = said(app, edit);
    let (sign, ellipsis) = (canvas.glyphs.failed, canvas.glyphs.ellipsis);
    if parts.is_stacked() {
        let first = said.first();
        let mut pen = canvas.pen(area, 0, Role::Base);
        pen.skip(1).reserve(1);
        match first {
            Some((text, role)) => {
                if *role == Role::Failed || *role == Role::Warning {
                    pen.put(sign, *role).put(" ", Role::Base);
                }
                pen.cut(text, *role);
            }
            None if !edit.why.is_empty() => drop(pen.cut(&edit.why, Role::Muted)),
            None => {}
        }
        return;
    }
    let mut lines: Vec<(String, Role)> = Vec::new();
    let cells = usize::from(area.width.saturating_sub(2)).max(8);
    for (text, role) in &said {
        let trouble = matches!(role, Role::Failed | Role::Warning);
        let (lead, rest) = if trouble { (format!("{sign} "), "  ") } else { (String::new(), "") };
        let wrapped = plain(text, Wrap::to(cells.saturating_sub(rest.len())));
        lines.extend(
            wrapped
                .into_iter()
                .enumerate()
                .map(|(at, line)| (format!("{}{line}", if at == 0 { &lead } else { rest }), *role)),
        );
        lines.push((String::new(), Role::Base));
    }
    let all = usize::from(area.height);
    let has_origin = all >= LEAST_FOR_ORIGIN && (edit.by.is_some() || edit.form.is_some());
    let height = all - usize::from(has_origin);
    // What the model says gets its lines first; what was asked is known to who asked it.
    let own = plain(edit.why.trim(), Wrap::to(cells)).len().min(height / 3) + 2;
    let room = height.saturating_sub(if edit.why.trim().is_empty() { 0 } else { own });
    section(&mut lines, ("asked", &edit.instruction), cells, (room, ellipsis));
    section(&mut lines, ("why", &edit.why), cells, (height, ellipsis));
    lines.truncate(height);
    if has_origin {
        let rows = origin_rows(edit, cells, (all - lines.len(), ellipsis));
        lines.extend(rows.into_iter().map(|row| (row, Role::Subtle)));
    }
    draw(canvas, &lines, area);
}

/// Who proposed the edit and in which form, in so many rows; where that is too little, the form on one.
fn origin_rows(edit: &ProposedEdit, cells: usize, (rows, ellipsis): (usize, &str)) -> Vec<String> {
    let Some(words) = origin::words(edit) else { return Vec::new() };
    let whole = plain(&words, Wrap::to(cells));
    if whole.len() <= rows {
        return whole;
    }
    vec![cut::end(&origin::form(edit).unwrap_or(words), cells, ellipsis).into_owned()]
}

/// Adds a heading with its text, as far as so many lines go; what is cut says so.
fn section(
    lines: &mut Vec<(String, Role)>,
    (title, text): (&str, &str),
    cells: usize,
    (height, ellipsis): (usize, &str),
) {
    if text.trim().is_empty() || lines.len() + 2 > height {
        return;
    }
    lines.push((title.to_owned(), Role::Heading));
    let wrapped = plain(text.trim(), Wrap::to(cells));
    let room = height.saturating_sub(lines.len() + 1).max(1);
    let is_cut = wrapped.len() > room;
    lines.extend(wrapped.into_iter().take(room).map(|line| (line, Role::Muted)));
    if let Some((last, _)) = lines.last_mut().filter(|_| is_cut) {
        let room = cells.saturating_sub(width(ellipsis) + 1);
        let head = cut::end(last, room, "");
        // A word that is cut through says less than none.
        let whole =
            if head.len() < last.len() { head.rsplit_once(' ').map(|(whole, _)| whole) } else { None };
        *last = format!("{} {ellipsis}", whole.unwrap_or(&head).trim_end());
    }
    lines.push((String::new(), Role::Base));
}

fn draw(canvas: &mut Canvas<'_>, lines: &[(String, Role)], area: Rect) {
    for (row, (text, role)) in lines.iter().take(usize::from(area.height)).enumerate() {
        canvas.pen(area, row as u16, Role::Base).skip(1).put(text, *role);
    }
}

/// What needs saying, most pressing first.
fn said(app: &App, edit: &ProposedEdit) -> Vec<(String, Role)> {
    let mut said = Vec::new();
    let open = matches!(edit.state, EditState::Proposed);
    if let Some((file, hunk)) = app.review.hunk() {
        if hunk.conflict.is_some() {
            let keys = [ReviewAction::Reject, ReviewAction::Accept, ReviewAction::Amend]
                .map(|action| key(app, action));
            said.push((
                format!("the file says something else here now; {} keeps it, {} takes the hunk, {} redoes it by hand", keys[0], keys[1], keys[2]),
                Role::Failed,
            ));
        } else if edit.files[file].changed_on_disk && open {
            said.push(("the file changed on disk; its hunks were moved to fit".into(), Role::Warning));
        }
        if hunk.syntax_errors > 0 {
            let errors = amount::plural(u64::from(hunk.syntax_errors), "syntax error");
            said.push((format!("this hunk adds {errors}"), Role::Failed));
        }
        match hunk.class {
            HunkClass::InScope => {}
            HunkClass::OutOfScope => {
                said.push(("out of scope: it changes what was not asked about".into(), Role::Warning));
            }
            HunkClass::Cosmetic => said
                .push(("cosmetic: only blanks, comments, the order of lines or names".into(), Role::Muted)),
        }
    }
    said.extend(broke_off(app, edit).map(|text| (text, Role::Warning)));
    said.extend(next(app, edit));
    said
}

/// `the answer broke off in src/net/pool.rs; r asks for the rest, the 3 hunks here are whole`
fn broke_off(app: &App, edit: &ProposedEdit) -> Option<String> {
    let part = edit.refused.iter().find(|part| part.broke_off)?;
    if !matches!(edit.state, EditState::Proposed | EditState::Written) {
        return None;
    }
    let place = part.path.as_ref().map_or_else(|| "before its end".into(), |path| format!("in {path}"));
    let whole = match (&edit.state, edit.hunk_count()) {
        (EditState::Proposed, 1) => "; the hunk here is whole".into(),
        (EditState::Proposed, count) => format!("; the {count} hunks here are whole"),
        (_, _) => String::new(),
    };
    Some(format!("the answer broke off {place}: {} asks for the rest{whole}", key(app, ReviewAction::Retry)))
}

/// What comes next for the edit as a whole.
fn next(app: &App, edit: &ProposedEdit) -> Option<(String, Role)> {
    let tally = app.review.tally();
    let left: (usize, usize) = edit.files.iter().fold((0, 0), |(cosmetic, outside), file| {
        let (c, o) = tally::left_out(file, &|hunk| app.review.is_listed(hunk));
        (cosmetic + c, outside + o)
    });
    match &edit.state {
        EditState::Proposed if tally.is_decided() && tally.accepted > 0 => {
            let hunks = amount::plural(tally.accepted as u64, "hunk");
            let files = amount::plural(tally.accepted_files as u64, "file");
            Some((
                format!("all decided: {} writes {hunks} in {files}", key(app, ReviewAction::Write)),
                Role::Accent,
            ))
        }
        EditState::Proposed if tally.is_decided() => {
            Some((format!("nothing accepted: {} drops the edit", key(app, ReviewAction::Drop)), Role::Muted))
        }
        EditState::Proposed
            if tally.conflicts > 0 && app.review.hunk().is_none_or(|(_, hunk)| hunk.conflict.is_none()) =>
        {
            let hunks = amount::plural(tally.conflicts as u64, "hunk");
            let next = key(app, ReviewAction::Next);
            Some((
                format!("{hunks} in conflict, to be decided before the write; {next} goes on"),
                Role::Failed,
            ))
        }
        EditState::Proposed if left != (0, 0) => Some((left_words(app, left), Role::Muted)),
        EditState::Written => {
            let keys = [ReviewAction::UndoWrite, ReviewAction::Check, ReviewAction::Commit]
                .map(|action| key(app, action));
            let failed = app
                .review
                .checks
                .get(&edit.id)
                .is_some_and(crate::app::review::checking::Checking::has_failed);
            if failed {
                let fix = key(app, ReviewAction::FixCheck);
                return Some((
                    format!(
                        "the check failed: {fix} sends its errors back, {} takes the write back",
                        keys[0]
                    ),
                    Role::Warning,
                ));
            }
            if let Some(name) = app.review.committed.get(&edit.id) {
                return Some((format!("committed as {name}; {} takes the write back", keys[0]), Role::Muted));
            }
            let check =
                app.config.verify.as_ref().map_or_else(String::new, |_| format!(", {} checks", keys[1]));
            Some((format!("{} takes it back{check}, {} commits", keys[0], keys[2]), Role::Muted))
        }
        EditState::Undone => {
            Some((format!("{} writes it again", key(app, ReviewAction::RedoWrite)), Role::Muted))
        }
        EditState::Proposed
        | EditState::Streaming
        | EditState::Retrying(_)
        | EditState::Dropped
        | EditState::Failed(_) => None,
    }
}

/// `3 cosmetic hunks left out; z shows them`.
fn left_words(app: &App, (cosmetic, outside): (usize, usize)) -> String {
    let fold = key(app, ReviewAction::Unfold);
    let what = match (cosmetic, outside) {
        (cosmetic, 0) => amount::plural(cosmetic as u64, "cosmetic hunk"),
        (0, outside) => format!("{} out of scope", amount::plural(outside as u64, "hunk")),
        (cosmetic, outside) => format!("{cosmetic} cosmetic and {outside} out-of-scope hunks"),
    };
    let them = if cosmetic + outside == 1 { "it" } else { "them" };
    format!("{what} left out; {fold} shows {them}")
}
