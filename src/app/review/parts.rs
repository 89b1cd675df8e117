//! Parts: where list, notes and diff of the review stand, from the review's area alone.

use ratatui::layout::Rect;

use super::sheet::Face;

/// The least cells of an area that has the list beside the diff.
const BOTH: u16 = 92;

/// The least cells of a diff that shows both versions side by side.
const BESIDE: u16 = 96;

/// Where everything of the review stands. A part that is not on the screen is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// The hairline above the list.
    pub list_title: Rect,
    /// How far the edit is.
    pub head: Rect,
    /// Files and hunks.
    pub list: Rect,
    /// The row below the list, which says how much of it is not seen.
    pub more: Rect,
    /// What there is to say of the selection, and why the model did it.
    pub notes: Rect,
    /// The hairline between list and diff, below the titles.
    pub divider: Rect,
    /// The hairline above the diff.
    pub page_title: Rect,
    /// The diff, or what stands in its place.
    pub page: Rect,
}

impl Parts {
    /// The parts of an area and of the hairline above it, with a list of so many rows and notes that want so many. Where
    /// there is no room for a list, its place is taken by one line of signs above the diff and one of notes below it.
    pub fn new(title: Rect, area: Rect, (rows, wanted): (usize, u16)) -> Self {
        if area.is_empty() {
            return Self::default();
        }
        if area.width < BOTH {
            return Self::stacked(title, area);
        }
        let left = list_cells(area.width);
        let list = Rect { width: left, ..area };
        let head = 3.min(area.height);
        let rest = area.height - head;
        // The notes have the room that they may have, unless the list is short of it and they do not need it; of what the
        // list leaves they have all that they want.
        let most = (area.height * 2 / 5).min(16).min(rest);
        let spare = rest.saturating_sub(1).saturating_sub(u16::try_from(rows).unwrap_or(u16::MAX));
        let notes = most.min(spare.max(wanted)).max(wanted.min(spare));
        let more = u16::from(rest > notes);
        let page = Rect { x: area.x + left + 1, width: area.width - left - 1, ..area };
        Self {
            list_title: Rect { width: left, ..title },
            head: Rect { height: head, ..list },
            list: Rect { y: area.y + head, height: rest - notes - more, ..list },
            more: Rect { y: area.y + area.height - notes - more, height: more, ..list },
            notes: Rect { y: area.y + area.height - notes, height: notes, ..list },
            divider: Rect { x: area.x + left, width: 1, ..area },
            page_title: Rect { x: page.x, width: page.width, ..title },
            page,
        }
    }

    fn stacked(title: Rect, area: Rect) -> Self {
        let head = Rect { height: 1, ..area };
        let rest = area.height - 1;
        let notes = u16::from(rest > 8);
        Self {
            head,
            notes: Rect { y: area.y + area.height - notes, height: notes, ..area },
            page_title: title,
            page: Rect { y: area.y + 1, height: rest - notes, ..area },
            ..Self::default()
        }
    }

    /// Whether there is no room for a list.
    pub fn is_stacked(&self) -> bool {
        self.list_title.is_empty()
    }
}

const fn list_cells(width: u16) -> u16 {
    match width {
        150.. => 38,
        120.. => 36,
        _ => 27,
    }
}

/// Cells of a line of the notes.
pub fn notes_cells(area: Rect) -> usize {
    usize::from(list_cells(area.width) - 2)
}

/// Whether a diff of so many cells has room for both versions side by side.
pub const fn fits_beside(width: u16) -> bool {
    width >= BESIDE
}

/// The face that a diff of so many cells can have.
pub const fn face(wanted: Face, width: u16) -> Face {
    if fits_beside(width) { wanted } else { Face::Unified }
}

/// Cells before the text of a line: numbers and sign; of one side where two stand side by side.
pub const fn gutter(face: Face, digits: usize) -> usize {
    match face {
        Face::Unified => 2 * (digits + 2) + 2,
        Face::Beside => digits + 2 + 2,
    }
}

/// Cells of the text of a line in a diff of so many cells, after its numbers and sign; of one side one cell stays free.
pub fn text_cells(face: Face, digits: usize, width: u16) -> usize {
    let whole = match face {
        Face::Unified => usize::from(width),
        Face::Beside => usize::from(width.saturating_sub(1)) / 2,
    };
    let free = usize::from(matches!(face, Face::Beside));
    whole.saturating_sub(gutter(face, digits) + free).max(1)
}
