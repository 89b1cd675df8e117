//! What was missed: commit by commit the files that came low, at which rank, and which evidence they lacked.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::evaluating::ChartsPage;
use crate::domain::{MissedCommit, MissedFile};
use crate::text::amount::short_ago;
use crate::ui::theme::Role;
use crate::ui::widgets::{Canvas, path};

/// One row of the list.
enum Row<'e> {
    /// A commit, with what was found of it.
    Commit(&'e MissedCommit),
    /// A file of it, with its number among all.
    File(&'e MissedFile, usize),
    /// What the judge had for it, and what it lacked.
    Evidence(&'e MissedFile),
    /// Between commits.
    Blank,
}

/// Draws the list, scrolled so that the selected file is seen.
pub fn missed(canvas: &mut Canvas<'_>, app: &App, page: &ChartsPage, area: Rect) {
    let Some(evaluation) = app.evaluating.evaluation() else { return };
    if evaluation.missed.is_empty() {
        let text = "Nothing: every file that these commits touched came among the first.";
        canvas.pen(area, 0, Role::Overlay).skip(1).cut(text, Role::Muted);
        return;
    }
    let mut rows = Vec::new();
    let mut number = 0;
    for commit in &evaluation.missed {
        if !rows.is_empty() {
            rows.push(Row::Blank);
        }
        rows.push(Row::Commit(commit));
        for file in &commit.files {
            rows.push(Row::File(file, number));
            rows.push(Row::Evidence(file));
            number += 1;
        }
    }
    let height = usize::from(area.height);
    let selected =
        rows.iter().position(|row| matches!(row, Row::File(_, at) if *at == page.row)).unwrap_or(0);
    // The commit above the first file and the evidence below the selected one are seen with them.
    let top = (selected + 2).saturating_sub(height).max(usize::from(selected >= height));
    for (line, row) in rows.iter().skip(top).take(height).enumerate() {
        draw(canvas, app, (row, page.row), Rect { y: area.y + line as u16, height: 1, ..area });
    }
}

fn draw(canvas: &mut Canvas<'_>, app: &App, (row, selected): (&Row<'_>, usize), area: Rect) {
    let (bar, dot, ellipsis) = (canvas.glyphs.focus, canvas.glyphs.dot, canvas.glyphs.ellipsis);
    match row {
        Row::Blank => {}
        Row::Commit(commit) => {
            let ago = std::time::Duration::from_secs((app.now.unix - commit.time).max(0) as u64);
            let found = format!("{} of {} in the first {}", commit.found, commit.gold, commit.depth);
            let mut pen = canvas.pen(area, 0, Role::Overlay);
            pen.skip(1).put(commit.commit.get(..8).unwrap_or_default(), Role::Subtle).skip(1);
            pen.right(&short_ago(ago), 4, Role::Subtle).skip(2);
            let room = pen.room().saturating_sub(found.len() + 2);
            pen.within(&commit.request, room, Role::Fg);
            pen.back_from_end(found.len()).put(&found, Role::Muted);
        }
        Row::File(file, at) => {
            let is_selected = *at == selected;
            let ground = if is_selected { Role::Selection } else { Role::Overlay };
            if is_selected {
                canvas.fill(area, Role::Selection);
            }
            let rank = file.rank.map_or_else(|| "unranked".to_owned(), |rank| format!("rank {rank}"));
            let mut pen = canvas.pen(area, 0, ground);
            if is_selected {
                pen.put(bar, Role::Focus);
            } else {
                pen.skip(1);
            }
            pen.skip(1).right(&rank, 10, Role::Warning).skip(2);
            let room = pen.room();
            path(&mut pen, &file.path, room, ellipsis);
        }
        Row::Evidence(file) => {
            let had = if file.had.is_empty() { "nothing".to_owned() } else { file.had.join(", ") };
            let mut pen = canvas.pen(area, 0, Role::Overlay);
            pen.skip(14);
            if !file.lacked.is_empty() {
                pen.put("nothing in ", Role::Subtle).put(&file.lacked.join(", "), Role::Stale);
                pen.put(&format!(" {dot} "), Role::Subtle);
            }
            pen.put("had ", Role::Subtle).cut(&had, Role::Muted);
        }
    }
}
