//! Paths: the directory fainter than the name, shortened in the middle.

use crate::text::cut;
use crate::ui::theme::Role;

use super::canvas::Pen;

/// Writes a path in at most so many cells; returns the cells it took.
pub fn path(pen: &mut Pen<'_, '_>, text: &str, cells: usize, ellipsis: &str) -> usize {
    let before = pen.room();
    let shown = cut::path(text, cells.min(before), ellipsis);
    let name = shown.rfind('/').map_or(0, |at| at + 1);
    pen.put(&shown[..name], Role::PathDir).put(&shown[name..], Role::PathName);
    before - pen.room()
}
