//! Moving: the cursor and the screen over the page of what is selected. Costs what is on the screen.

use crate::domain::{EditState, ProposedHunk};
use crate::text::wrap::folds;

use super::ink::shown;
use super::parts::text_cells;
use super::sheet::{Row, Sheet, numbers};
use super::{Review, Spot};

impl Review {
    /// Rows of the page of what is selected.
    pub fn page_rows(&self) -> usize {
        match self.spot() {
            Some(Spot::Hunk(_)) => self.sheet().len(),
            Some(Spot::Refused(at)) => {
                let part = self.shown().and_then(|edit| edit.refused.get(at));
                part.map_or(0, |part| part.places.iter().map(|(_, lines)| lines.len() + 2).sum())
            }
            Some(Spot::Check) => {
                let check = self.shown().and_then(|edit| self.checks.get(&edit.id));
                check.map_or(0, |check| check.lines().len())
            }
            None => 0,
        }
    }

    /// Rows of the screen that the page's own rows have: a check says how it stands above what it prints.
    pub fn body_rows(&self) -> usize {
        let head = match self.spot() {
            Some(Spot::Check) => 2,
            Some(Spot::Refused(_)) => usize::from(self.page.1 / 2),
            Some(Spot::Hunk(_)) | None => 0,
        };
        usize::from(self.page.1).saturating_sub(head)
    }

    /// Takes in how much room the page has.
    pub fn fit(&mut self, page: (u16, u16)) {
        let before = self.face_now();
        self.page = page;
        if self.face_now() != before {
            self.to_hunk();
        }
        self.clamp();
    }

    /// Moves the cursor by so many rows, the screen as far as it must; on a page without a cursor, scrolls.
    pub fn step(&mut self, by: isize) {
        if !matches!(self.spot(), Some(Spot::Hunk(_))) {
            return self.scroll(by);
        }
        let last = self.sheet().len().saturating_sub(1);
        self.view.line = self.view.line.saturating_add_signed(by).min(last);
        self.follow_line();
        self.show_line();
    }

    /// Scrolls by so many rows, the cursor as far as it must to stay on the screen.
    pub fn scroll(&mut self, by: isize) {
        // The page ends at the foot of the screen; what stands further up already, because something came above it, stays.
        let most = self.last_top();
        self.view.top = self.view.top.saturating_add_signed(by).min(most.max(self.view.top));
        self.clamp();
        if !matches!(self.spot(), Some(Spot::Hunk(_))) {
            return;
        }
        let last = self.last_seen();
        let line = self.view.line.clamp(self.view.top.min(last), last);
        if line != self.view.line {
            self.view.line = line;
            self.follow_line();
        }
    }

    /// Puts the cursor on the row that is drawn so many rows below the page's top.
    pub fn click(&mut self, mut row: usize) {
        if !matches!(self.spot(), Some(Spot::Hunk(_))) {
            return;
        }
        let sheet = self.sheet();
        let mut at = self.view.top;
        while at + 1 < sheet.len() && row >= self.height(&sheet, at) {
            row -= self.height(&sheet, at);
            at += 1;
        }
        self.view.line = at.min(sheet.len().saturating_sub(1));
        self.follow_line();
    }

    /// Scrolls to the right or left by so many cells.
    pub fn sideways(&mut self, by: isize) {
        self.view.left = self.view.left.saturating_add_signed(by).min(MOST_LEFT);
    }

    /// Puts the screen so that the whole selected hunk is seen, as far as it fits, with what stands before it where there
    /// is room.
    pub fn show_hunk(&mut self) {
        self.to_hunk();
        // All of the file on the screen moves nothing at all.
        self.view.top = self.view.top.min(self.last_top());
        self.show_line();
    }

    /// Where the selected hunk would be cut at the cursor: a line of its body, counted from 0, old lines first; `None`
    /// where the cursor stands on no line that parts it in two.
    pub fn split_at(&self) -> Option<u32> {
        let (_, hunk) = self.hunk().filter(|(_, hunk)| hunk.conflict.is_none())?;
        let old = hunk.old.len();
        let (_, row) = self.sheet().row(self.view.line)?;
        let at = match self.sides(hunk, row) {
            (_, Some(new)) if new > 0 => old + new,
            (Some(at), _) if at > 0 => at,
            (_, _) => return None,
        };
        Some(at as u32)
    }

    /// The line of the file that the cursor stands on, as it is on disk: where the editor opens.
    pub fn line_on_disk(&self) -> Option<u32> {
        let (_, hunk) = self.hunk()?;
        let (_, row) = self.sheet().row(self.view.line)?;
        let (old, new) = numbers(hunk, row);
        let sides = self.sides(hunk, row);
        let old = old.or(sides.0.map(|at| hunk.old_start + at as u32));
        let new = new.or(sides.1.map(|at| hunk.new_start + at as u32));
        let written = self.shown().is_some_and(|edit| edit.state == EditState::Written);
        let line = if written { new.or(old) } else { old };
        Some(line.unwrap_or(if written { hunk.new_start } else { hunk.old_start }))
    }

    /// The rows on the screen, first and one past the last.
    pub fn seen(&self) -> std::ops::Range<usize> {
        self.view.top..(self.last_seen() + 1).min(self.page_rows())
    }

    /// Screen rows that a row of the sheet takes.
    pub fn height(&self, sheet: &Sheet, at: usize) -> usize {
        if self.cuts {
            return 1;
        }
        let Some((index, row)) = sheet.row(at) else { return 1 };
        let Some(hunk) = self.file().and_then(|file| file.hunks.get(index)) else { return 1 };
        let cells = text_cells(self.face_now(), sheet.digits(), self.page.0);
        let (old, new) = self.sides(hunk, row);
        let disk = if let Row::Disk(_) = row { line(hunk, row) } else { None };
        let own = [old.and_then(|at| hunk.old.get(at)), new.and_then(|at| hunk.new.get(at))];
        // What is not decided is cut: more of what is fits on the screen.
        let texts = own.into_iter().flatten().map(AsRef::as_ref).chain(disk);
        texts.map(|text| folds(&shown(text), cells).len()).max().unwrap_or(1)
    }

    /// The old and the new line of a hunk that a row shows.
    pub fn sides(&self, hunk: &ProposedHunk, row: Row) -> (Option<usize>, Option<usize>) {
        match (row, self.shown()) {
            (Row::Old(at), _) => (Some(at), None),
            (Row::New(at), _) => (None, Some(at)),
            (Row::Pair(at), Some(edit)) => self.ink.row(edit.id, hunk.id, at),
            (_, _) => (None, None),
        }
    }

    /// The row on top of the screen when the last one is at its foot.
    fn last_top(&self) -> usize {
        let rows = self.page_rows();
        if self.cuts || !matches!(self.spot(), Some(Spot::Hunk(_))) {
            return rows.saturating_sub(self.body_rows());
        }
        let sheet = self.sheet();
        let (mut top, mut room) = (rows, self.body_rows());
        while top > 0 {
            let height = self.height(&sheet, top - 1);
            if height > room {
                break;
            }
            room -= height;
            top -= 1;
        }
        top.min(rows.saturating_sub(1))
    }

    fn last_seen(&self) -> usize {
        let sheet = self.sheet();
        let (mut at, mut room) = (self.view.top, usize::from(self.page.1));
        if self.cuts || !matches!(self.spot(), Some(Spot::Hunk(_))) {
            return (at + room).saturating_sub(1).min(self.page_rows().saturating_sub(1));
        }
        while at < sheet.len() {
            let height = self.height(&sheet, at);
            if height > room {
                break;
            }
            room -= height;
            at += 1;
        }
        at.saturating_sub(1).max(self.view.top)
    }

    /// Brings the cursor on the screen.
    fn show_line(&mut self) {
        if self.view.line < self.view.top {
            self.view.top = self.view.line;
            return;
        }
        let sheet = self.sheet();
        let (mut top, mut room) = (self.view.line, usize::from(self.page.1));
        room = room.saturating_sub(self.height(&sheet, top));
        while top > self.view.top {
            let height = self.height(&sheet, top - 1);
            if height > room {
                break;
            }
            room -= height;
            top -= 1;
        }
        self.view.top = top;
    }

    fn clamp(&mut self) {
        let rows = self.page_rows();
        self.view.top = self.view.top.min(rows.saturating_sub(1));
        self.view.line = self.view.line.min(rows.saturating_sub(1));
        if matches!(self.spot(), Some(Spot::Hunk(_))) {
            self.show_line();
        }
    }
}

/// Nobody scrolls further to the right.
const MOST_LEFT: usize = 4_000;

/// The text of a row that is one line of the file.
pub fn line(hunk: &ProposedHunk, row: Row) -> Option<&str> {
    let line = match row {
        Row::Before(at) => hunk.before.get(at),
        Row::Disk(at) => hunk.conflict.as_ref().and_then(|lines| lines.get(at)),
        Row::Old(at) => hunk.old.get(at),
        Row::New(at) => hunk.new.get(at),
        Row::After(at) => hunk.after.get(at),
        Row::Head | Row::Blank | Row::DiskTitle | Row::OwnTitle | Row::Pair(_) | Row::Omitted => None,
    };
    line.map(AsRef::as_ref)
}
