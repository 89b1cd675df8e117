//! Prose of reasons and evidence: what stands between backticks is a name of the code, and looks like one.

use crate::text::width::width;
use crate::ui::theme::Role;

use super::canvas::Pen;

/// Parts of a text with whether each is a name. Backticks that do not pair stay as they are.
pub fn parts(text: &str) -> Vec<(bool, &str)> {
    if !text.matches('`').count().is_multiple_of(2) {
        return vec![(false, text)];
    }
    text.split('`')
        .enumerate()
        .map(|(at, part)| (at % 2 == 1, part))
        .filter(|(_, part)| !part.is_empty())
        .collect()
}

/// Writes prose into the room left, with an ellipsis where it does not fit; names take the second role.
pub fn prose(pen: &mut Pen<'_, '_>, text: &str, (plain, name): (Role, Role), ellipsis: &str) {
    let parts = parts(text);
    let fits = parts.iter().map(|(_, part)| width(part)).sum::<usize>() <= pen.room();
    for (is_name, part) in parts {
        let role = if is_name { name } else { plain };
        if fits || width(part) < pen.room() {
            pen.put(part, role);
        } else {
            let room = pen.room().saturating_sub(1);
            pen.within_bare(part, room, role).put(ellipsis, role);
            return;
        }
    }
}
