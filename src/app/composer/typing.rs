//! Typing: what keys, edits and pastes do to the message.

use super::piece::{self, clean};
use super::{Composer, PASTE_CHARS, PASTE_LINES, Pasted, Reach, attached};
use crate::app::action::Edit;
use crate::config::{Chord, Key};
use crate::domain::{Attachment, Question};

/// What enter means where the cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enter {
    /// A new line: a backslash stood before the cursor, and is gone.
    NewLine,
    /// Send.
    Send,
    /// What the search found is taken; nothing is sent.
    Found,
}

impl Composer {
    /// Takes a key that types, moves or deletes; says whether it meant anything here.
    pub fn key(&mut self, chord: Chord) -> bool {
        let plain = !chord.mods.ctrl && !chord.mods.alt;
        let reach = if chord.mods.shift { Reach::Select } else { Reach::Move };
        match chord.key {
            Key::Char(c) if plain => self.type_text(c.encode_utf8(&mut [0; 4])),
            Key::Space if plain => self.type_text(" "),
            Key::Backspace if plain && self.past.search().is_some() => {
                let found = self.past.search_for(|words| words.truncate(piece::previous(words, words.len())));
                self.show(found.as_ref());
            }
            Key::Backspace if plain => self.buffer.backspace(),
            Key::Delete if plain => self.buffer.delete(),
            Key::Left if plain => self.step(false, reach),
            Key::Right if plain => self.step(true, reach),
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
        self.goal = None;
        true
    }

    /// Does one of the named edits. Line means what stands between two line breaks.
    pub fn edit(&mut self, edit: Edit) {
        self.past.take_found();
        self.goal = None;
        let (text, at) = (self.buffer.text(), self.buffer.cursor());
        let line = piece::line(text, at);
        match edit {
            Edit::LineStart => self.buffer.move_to(line.start, Reach::Move),
            Edit::LineEnd => self.buffer.move_to(line.end, Reach::Move),
            Edit::WordLeft => self.word(false, Reach::Move),
            Edit::WordRight => self.word(true, Reach::Move),
            Edit::DeleteWord => self.buffer.kill_to(piece::word_left(text, at)),
            Edit::DeleteNextWord => self.buffer.kill_to(piece::word_right(text, at)),
            Edit::DeleteNext => self.buffer.delete(),
            // At the line's start or end the line break is next.
            Edit::KillToStart if at == line.start => self.buffer.backspace(),
            Edit::KillToStart => self.buffer.kill_to(line.start),
            Edit::KillToEnd if at == line.end => self.buffer.delete(),
            Edit::KillToEnd => self.buffer.kill_to(line.end),
            Edit::Undo => drop(self.buffer.undo()),
            Edit::Redo => drop(self.buffer.redo()),
        }
    }

    /// One word to the left or right.
    pub fn word(&mut self, right: bool, reach: Reach) {
        let (text, at) = (self.buffer.text(), self.buffer.cursor());
        let to = if right { piece::word_right(text, at) } else { piece::word_left(text, at) };
        self.goal = None;
        self.buffer.move_to(to, reach);
    }

    /// To the start or the end of the whole text.
    pub fn to_end(&mut self, end: bool, reach: Reach) {
        self.goal = None;
        self.buffer.move_to(if end { self.buffer.text().len() } else { 0 }, reach);
    }

    /// Selects everything.
    pub fn select_all(&mut self) {
        self.buffer.select_all();
    }

    /// Lets the selection go; says whether there was one.
    pub fn deselect(&mut self) -> bool {
        self.buffer.deselect()
    }

    /// Inserts what was deleted last by word, by line or as a selection.
    pub fn yank(&mut self) {
        self.buffer.yank();
    }

    /// The selected text, as it would be sent.
    pub fn selected_text(&self) -> Option<String> {
        let range = self.buffer.selection()?;
        Some(self.attached.spell_out(&self.buffer.text()[range]).0)
    }

    /// Deletes the selection; it can be yanked.
    pub fn cut(&mut self) {
        self.buffer.kill_to(self.buffer.cursor());
    }

    /// A row up in so many cells; above the first row the message sent before. Says whether anything changed.
    pub fn up(&mut self, cells: usize, reach: Reach) -> bool {
        if self.past.search().is_none() && self.vertical(-1, cells, reach) {
            return true;
        }
        if reach == Reach::Select {
            self.buffer.move_to(0, reach);
            return true;
        }
        self.past.take_found();
        let found = self.past.older(self.question());
        self.show(found.as_ref())
    }

    /// A row down; below the last row a newer message, last of all the draft. Says whether anything changed.
    pub fn down(&mut self, cells: usize, reach: Reach) -> bool {
        if self.past.search().is_none() && self.vertical(1, cells, reach) {
            return true;
        }
        if reach == Reach::Select {
            self.buffer.move_to(self.buffer.text().len(), reach);
            return true;
        }
        self.past.take_found();
        let found = self.past.newer(self.question());
        self.show(found.as_ref())
    }

    /// Rows up (negative) or down, as far as the text goes.
    pub fn page(&mut self, by: isize, cells: usize) {
        let rows = self.rows(cells);
        let (row, column) = rows.place(self.text(), self.cursor(), &|mark| self.mark_width(mark));
        let goal = *self.goal.get_or_insert(column);
        let to = row.saturating_add_signed(by).min(rows.rows.len() - 1);
        let byte = rows.byte(self.text(), (to, goal), &|mark| self.mark_width(mark));
        self.buffer.move_to(byte, Reach::Move);
    }

    /// What enter means; a backslash before the cursor at a line's end becomes a new line.
    pub fn enter(&mut self) -> Enter {
        if self.past.take_found() {
            return Enter::Found;
        }
        let (text, at) = (self.buffer.text(), self.buffer.cursor());
        let at_end = piece::line(text, at).end == at;
        if at_end && text[..at].ends_with('\\') && !text[..at].ends_with("\\\\") {
            self.buffer.replace(at - 1..at, "\n");
            return Enter::NewLine;
        }
        Enter::Send
    }

    /// Begins a new line.
    pub fn new_line(&mut self) {
        self.past.take_found();
        self.goal = None;
        if self.buffer.has_room(1) {
            self.buffer.insert("\n");
        }
    }

    /// Takes a paste: typed in where it is short, attached where it is long.
    pub fn paste(&mut self, text: &str) -> Pasted {
        self.goal = None;
        let text = clean(text);
        if self.past.search().is_some() {
            let words = text.replace('\n', " ");
            let found = self.past.search_for(|search| search.push_str(&words));
            self.show(found.as_ref());
            return Pasted::Text;
        }
        if attached::lines(&text) <= PASTE_LINES && text.chars().count() <= PASTE_CHARS {
            if !self.buffer.has_room(text.len()) {
                return Pasted::NoRoom;
            }
            self.buffer.insert(&text);
            return Pasted::Text;
        }
        match self.attached.paste(&text) {
            Some(mark) => self.insert_mark(mark),
            None => Pasted::NoRoom,
        }
    }

    /// Attaches something where the cursor is, or in the place of the last such words in the text.
    pub fn attach(&mut self, attachment: &Attachment, instead_of: Option<&str>) -> Pasted {
        let name = self.attached.unique(attached::name(attachment));
        let Some(mark) = self.attached.add(attached::named(attachment, name)) else { return Pasted::NoRoom };
        let place = instead_of.and_then(|words| {
            let at = self.buffer.text().rfind(words)?;
            Some(at..at + words.len())
        });
        match place {
            Some(range) => {
                self.buffer.replace(range, mark.encode_utf8(&mut [0; 4]));
                Pasted::Attached
            }
            None => self.insert_mark(mark),
        }
    }

    /// Types out the attached text at the cursor, so that it can be edited; says why that is not possible.
    ///
    /// # Errors
    /// There is none at the cursor, it is a picture, or it is too long.
    pub fn expand(&mut self) -> Result<(), &'static str> {
        let (text, at) = (self.buffer.text(), self.buffer.cursor());
        let marked = |(byte, c): (usize, char)| Some((byte, piece::marked(c)?));
        let blank = |(_, c): &(usize, char)| matches!(c, ' ' | '\n');
        let before = text[..at].char_indices().rev().find(|it| !blank(it)).and_then(marked);
        let behind = text[at..].char_indices().find(|it| !blank(it)).and_then(marked);
        let behind = behind.map(|(byte, number)| (at + byte, number));
        let (start, number) = before.or(behind).ok_or("no paste stands at the cursor")?;
        let Some(Attachment::Text { text, .. }) = self.attached.get(number) else {
            return Err("a picture cannot be typed out");
        };
        if !self.buffer.has_room(text.len()) {
            return Err("it is too long to be edited here");
        }
        let text = clean(text);
        self.buffer.replace(start..piece::next(self.buffer.text(), start), &text);
        Ok(())
    }

    /// Begins to search for an earlier message, or goes on to the next older one.
    pub fn search_past(&mut self) {
        let found = self.past.search_on(self.question());
        self.show(found.as_ref());
    }

    /// Ends the search for an earlier message; the draft comes back. Says whether there was a search.
    pub fn drop_search(&mut self) -> bool {
        let searched = self.past.search().is_some();
        let draft = self.past.drop_search();
        self.show(draft.as_ref());
        searched
    }

    /// Takes messages of earlier sessions, oldest first.
    pub fn recall(&mut self, older: Vec<Question>) {
        self.past.recall(older);
    }

    fn show(&mut self, question: Option<&Question>) -> bool {
        if let Some(question) = question {
            self.fill(question);
        }
        question.is_some()
    }

    fn type_text(&mut self, text: &str) {
        if self.past.search().is_some() {
            let found = self.past.search_for(|words| words.push_str(text));
            self.show(found.as_ref());
        } else if self.buffer.has_room(text.len()) {
            self.buffer.insert(&clean(text));
        }
    }

    /// Puts a mark where the cursor is, parted by a blank from a word before it.
    fn insert_mark(&mut self, mark: char) -> Pasted {
        let at = self.buffer.selection().map_or(self.buffer.cursor(), |range| range.start);
        let before = self.buffer.text()[..at].chars().next_back();
        let parted = before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '{' | '"' | '\''));
        let blank = if parted { "" } else { " " };
        self.buffer.insert(&format!("{blank}{mark} "));
        Pasted::Attached
    }

    fn step(&mut self, right: bool, reach: Reach) {
        self.past.take_found();
        let (text, at) = (self.buffer.text(), self.buffer.cursor());
        let selected = self.buffer.selection().filter(|_| reach == Reach::Move);
        let to = match (selected, right) {
            // A selection is left at its end, as everywhere.
            (Some(range), true) => range.end,
            (Some(range), false) => range.start,
            (None, true) => piece::next(text, at),
            (None, false) => piece::previous(text, at),
        };
        self.buffer.move_to(to, reach);
    }

    fn vertical(&mut self, by: isize, cells: usize, reach: Reach) -> bool {
        let rows = self.rows(cells);
        let (row, column) = rows.place(self.text(), self.cursor(), &|mark| self.mark_width(mark));
        let goal = *self.goal.get_or_insert(column);
        let Some(to) = row.checked_add_signed(by).filter(|to| *to < rows.rows.len()) else { return false };
        let byte = rows.byte(self.text(), (to, goal), &|mark| self.mark_width(mark));
        self.buffer.move_to(byte, reach);
        true
    }
}
