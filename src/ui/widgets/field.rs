//! A field: a line that is being typed, with the terminal's own cursor in it.

use ratatui::layout::{Position, Rect};

use crate::app::line::Line;
use crate::ui::theme::Role;

use super::canvas::Canvas;

/// How a field is drawn.
pub struct Field<'a> {
    /// Before the text, as `❯`.
    pub sign: &'a str,
    /// Shown while nothing is typed.
    pub placeholder: &'a str,
    /// Whether it has the keyboard.
    pub focused: bool,
    /// What it stands on.
    pub ground: Role,
    /// The look of what is typed.
    pub text: Role,
}

/// Draws a field into one row; returns where the cursor belongs, if the field has the keyboard.
pub fn field(canvas: &mut Canvas<'_>, area: Rect, line: &Line, look: &Field<'_>) -> Option<Position> {
    let sign = if look.focused { Role::Prompt } else { Role::Subtle };
    let mut pen = canvas.pen(area, 0, look.ground);
    pen.put(look.sign, sign).skip(1);
    let x = pen.column();
    // One cell stays free for the cursor behind the last character.
    let cells = pen.room().saturating_sub(1);
    let (start, cursor) = line.window(cells);
    if line.text().is_empty() {
        pen.cut(look.placeholder, Role::Placeholder);
    } else if look.focused {
        pen.put(&line.text()[start..], look.text);
    } else {
        // Nobody types here: the beginning says most.
        pen.cut(line.text(), look.text);
    }
    let column = x.saturating_add(cursor as u16).min(area.right().saturating_sub(1));
    (look.focused && !area.is_empty()).then_some(Position::new(column, area.y))
}
