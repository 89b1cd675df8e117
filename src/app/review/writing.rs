//! Writing: the new lines of a hunk, or a commit message, changed in the place of the diff.

use std::sync::Arc;

use tui_textarea::{CursorMove, TextArea};

use crate::app::action::Edit;
use crate::config::{Chord, Key};
use crate::domain::{EditId, HunkId};
use crate::text::sanitize::sanitize;
use crate::text::width::{expand_tabs, width};

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The new lines of a hunk.
    Amend(EditId, HunkId),
    /// The message of a commit.
    Commit(EditId),
}

/// A text of several lines that is being changed.
#[derive(Debug, Clone)]
pub struct Writing {
    /// What for.
    pub purpose: Purpose,
    /// The person asked once to leave without keeping it.
    pub leaving: bool,
    area: TextArea<'static>,
    before: Vec<String>,
}

impl Writing {
    /// Begins with some lines, cursor at the start of the first.
    pub fn new(purpose: Purpose, lines: Vec<String>) -> Self {
        let mut area = TextArea::new(lines.clone());
        area.set_hard_tab_indent(lines.iter().any(|line| line.starts_with('\t')));
        area.set_tab_length(4);
        Self { purpose, leaving: false, area, before: lines }
    }

    /// The lines as they stand. What was emptied altogether has none.
    pub fn lines(&self) -> Vec<Arc<str>> {
        let lines = self.area.lines();
        if lines.len() == 1 && lines[0].is_empty() && self.before.is_empty() {
            return Vec::new();
        }
        lines.iter().map(|line| Arc::from(line.as_str())).collect()
    }

    /// The text as it stands.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// The lines to draw.
    pub fn rows(&self) -> &[String] {
        self.area.lines()
    }

    /// The line of the cursor, and its cell in that line with tabs expanded.
    pub fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        let line = self.area.lines().get(cursor.0).map_or("", String::as_str);
        let head = line.char_indices().nth(cursor.1).map_or(line, |(at, _)| &line[..at]);
        (cursor.0, width(&expand_tabs(head)))
    }

    /// Whether anything was changed.
    pub fn is_changed(&self) -> bool {
        let lines = self.area.lines();
        let empty = lines.len() == 1 && lines[0].is_empty();
        if self.before.is_empty() { !empty } else { lines != self.before }
    }

    /// Takes a key that types or moves; says whether it meant anything.
    pub fn key(&mut self, chord: Chord) -> bool {
        self.leaving = false;
        if chord.mods.ctrl || chord.mods.alt {
            return false;
        }
        match chord.key {
            Key::Char(c) => self.area.insert_char(c),
            Key::Space => self.area.insert_char(' '),
            Key::Enter => self.newline(),
            Key::Tab => drop(self.area.insert_tab()),
            Key::Backspace => drop(self.area.delete_char()),
            Key::Delete => drop(self.area.delete_next_char()),
            Key::Left => self.area.move_cursor(CursorMove::Back),
            Key::Right => self.area.move_cursor(CursorMove::Forward),
            Key::Up => self.area.move_cursor(CursorMove::Up),
            Key::Down => self.area.move_cursor(CursorMove::Down),
            Key::Home => self.area.move_cursor(CursorMove::Head),
            Key::End => self.area.move_cursor(CursorMove::End),
            Key::PageUp => (0..10).for_each(|_| self.area.move_cursor(CursorMove::Up)),
            Key::PageDown => (0..10).for_each(|_| self.area.move_cursor(CursorMove::Down)),
            Key::Insert | Key::Esc | Key::F(_) => return false,
        }
        true
    }

    /// Does one of the named edits.
    pub fn edit(&mut self, edit: Edit) {
        self.leaving = false;
        match edit {
            Edit::LineStart => self.area.move_cursor(CursorMove::Head),
            Edit::LineEnd => self.area.move_cursor(CursorMove::End),
            Edit::WordLeft => self.area.move_cursor(CursorMove::WordBack),
            Edit::WordRight => self.area.move_cursor(CursorMove::WordForward),
            Edit::DeleteWord => drop(self.area.delete_word()),
            Edit::DeleteNextWord => drop(self.area.delete_next_word()),
            Edit::DeleteNext => drop(self.area.delete_next_char()),
            Edit::KillToStart => drop(self.area.delete_line_by_head()),
            Edit::KillToEnd => drop(self.area.delete_line_by_end()),
            Edit::Undo => drop(self.area.undo()),
            Edit::Redo => drop(self.area.redo()),
        }
    }

    /// Inserts a paste; what a terminal would obey is left out.
    pub fn insert(&mut self, text: &str) {
        self.leaving = false;
        self.area.insert_str(sanitize(text));
    }

    /// A new line that starts where the present one does.
    fn newline(&mut self) {
        let cursor = self.area.cursor();
        let line = self.area.lines().get(cursor.0).cloned().unwrap_or_default();
        let indent: String = line.chars().take(cursor.1).take_while(|c| matches!(c, ' ' | '\t')).collect();
        self.area.insert_newline();
        self.area.insert_str(indent);
    }
}
