//! A line of text being typed: undo, word motion and paste by tui-textarea, whole graphemes by us.

use crate::text::sanitize::sanitize_line;
use crate::text::width::{graphemes, width};
use tui_textarea::{CursorMove, TextArea};

use super::action::Edit;
use crate::config::{Chord, Key};

/// What a person does to text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed<'t> {
    /// A key that the keymap does not know.
    Key(Chord),
    /// A named edit.
    Edit(Edit),
    /// A paste.
    Paste(&'t str),
}

/// One line of text with a cursor. It never holds a line break.
#[derive(Debug, Clone, Default)]
pub struct Line {
    area: TextArea<'static>,
}

impl Line {
    /// A line that holds `text`, cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut line = Self::default();
        line.insert(text);
        line
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// Where the cursor is, as a byte offset into [`Self::text`].
    pub fn cursor(&self) -> usize {
        let text = self.text();
        text.char_indices().nth(self.area.cursor().1).map_or(text.len(), |(at, _)| at)
    }

    /// Whether nothing but blanks was typed.
    pub fn is_blank(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// Inserts text at the cursor as one step of undo. Line breaks and tabs become spaces, and characters that
    /// a terminal would obey are left out.
    pub fn insert(&mut self, text: &str) {
        self.area.insert_str(sanitize_line(text));
    }

    /// Replaces everything, cursor at the end; can be undone.
    pub fn set(&mut self, text: &str) {
        self.area.select_all();
        self.area.cut();
        self.area.cancel_selection();
        self.insert(text);
    }

    /// Moves the cursor to the grapheme that starts at or before this byte.
    pub fn move_to(&mut self, byte: usize) {
        let text = self.text();
        let chars = graphemes(text)
            .take_while(|(at, piece, _)| at + piece.len() <= byte)
            .map(|(_, piece, _)| piece.chars().count())
            .sum::<usize>();
        self.jump(chars);
    }

    /// What a field of so many cells shows: the byte its text starts at, and the cell of the cursor.
    pub fn window(&self, cells: usize) -> (usize, usize) {
        let text = self.text();
        let cursor = self.cursor();
        let mut start = 0;
        let mut at = width(&text[..cursor]);
        for (offset, piece, wide) in graphemes(&text[..cursor]) {
            if at < cells.max(1) {
                break;
            }
            start = offset + piece.len();
            at -= wide;
        }
        (start, at)
    }

    /// Puts the cursor where a field of so many cells was clicked.
    pub fn click(&mut self, cell: usize, cells: usize) {
        let (start, _) = self.window(cells);
        let mut at = start;
        let mut rest = cell;
        for (_, piece, wide) in graphemes(&self.text()[start..]) {
            if wide > rest {
                break;
            }
            rest -= wide;
            at += piece.len();
        }
        self.move_to(at);
    }

    /// Takes what a person does to it; says whether it meant anything here.
    pub fn take(&mut self, typed: Typed<'_>) -> bool {
        match typed {
            Typed::Key(chord) => return self.key(chord),
            Typed::Edit(edit) => self.edit(edit),
            Typed::Paste(text) => self.insert(text),
        }
        true
    }

    /// Takes a key that types or moves; says whether it meant anything here.
    pub fn key(&mut self, chord: Chord) -> bool {
        let plain = !chord.mods.ctrl && !chord.mods.alt;
        match chord.key {
            Key::Char(c) if plain => {
                self.area.insert_char(c);
            }
            Key::Space if plain => {
                self.area.insert_char(' ');
            }
            Key::Left if plain => self.step(false),
            Key::Right if plain => self.step(true),
            Key::Backspace if plain => {
                let end = self.area.cursor().1;
                self.step(false);
                self.area.delete_str(end - self.area.cursor().1);
            }
            Key::Delete if plain => self.delete_next(),
            Key::Char(_)
            | Key::Space
            | Key::Left
            | Key::Right
            | Key::Backspace
            | Key::Delete
            | Key::Insert
            | Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::Up
            | Key::Down
            | Key::Home
            | Key::End
            | Key::PageUp
            | Key::PageDown
            | Key::F(_) => return false,
        }
        true
    }

    /// Does one of the named edits.
    pub fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::LineStart => self.area.move_cursor(CursorMove::Head),
            Edit::LineEnd => self.area.move_cursor(CursorMove::End),
            Edit::WordLeft => self.area.move_cursor(CursorMove::WordBack),
            Edit::WordRight => self.area.move_cursor(CursorMove::WordForward),
            Edit::DeleteWord => drop(self.area.delete_word()),
            Edit::DeleteNextWord => drop(self.area.delete_next_word()),
            Edit::DeleteNext => self.delete_next(),
            Edit::KillToStart => drop(self.area.delete_line_by_head()),
            Edit::KillToEnd => drop(self.area.delete_line_by_end()),
            Edit::Undo => self.undo(),
            Edit::Redo => drop(self.area.redo()),
        }
    }

    /// Undoes a typed word, or one larger edit; the text area alone would undo single characters.
    fn undo(&mut self) {
        for step in 0.. {
            let before = self.text().chars().count();
            if !self.area.undo() {
                return;
            }
            let text = self.text();
            let larger = text.chars().count().abs_diff(before) > 1;
            if larger && step > 0 {
                // This edit is one of its own, for the next undo.
                self.area.redo();
                return;
            }
            if larger || text.is_empty() || text[..self.cursor()].ends_with(' ') {
                return;
            }
        }
    }

    fn delete_next(&mut self) {
        let start = self.area.cursor().1;
        self.step(true);
        let end = self.area.cursor().1;
        self.jump(start);
        self.area.delete_str(end - start);
    }

    /// One grapheme to the left or right.
    fn step(&mut self, right: bool) {
        let (before, after) = self.text().split_at(self.cursor());
        let piece = if right { graphemes(after).next() } else { graphemes(before).next_back() };
        let chars = piece.map_or(0, |(_, piece, _)| piece.chars().count());
        let at = self.area.cursor().1;
        self.jump(if right { at + chars } else { at - chars });
    }

    fn jump(&mut self, column: usize) {
        self.area.move_cursor(CursorMove::Jump(0, u16::try_from(column).unwrap_or(u16::MAX)));
    }
}
