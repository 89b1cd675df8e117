//! The buffer: text of many lines with a cursor, a selection and undo. Text and log of edits are tui-textarea's; pieces,
//! selection and the size of an undo step are ours.
//!
//! Invariant: cursor and anchor stand on boundaries of pieces, and [`Buffer::text`] is what the text area holds.

use std::ops::Range;

use tui_textarea::{CursorMove, TextArea};

use super::piece;

/// The most bytes and the most lines that can be edited here: the text area counts lines and columns in 16 bits, and
/// every key looks at the whole text. What is longer is kept as an attachment.
pub const MOST_BYTES: usize = 60_000;

/// Whether a move takes the selection along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The cursor moves alone.
    Move,
    /// What lies between becomes selected.
    Select,
}

/// What an edit is to undo: steps of one kind become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Letters of a word.
    Typed,
    /// The blanks behind it.
    Blank,
    /// Single pieces deleted one after another.
    Erased,
    /// Stands for itself.
    Whole,
}

/// One step of undo.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// Edits of the text area that it takes.
    edits: usize,
    before: usize,
    after: usize,
    kind: Kind,
}

/// Text of many lines that is being typed.
#[derive(Debug, Clone)]
pub struct Buffer {
    area: TextArea<'static>,
    text: String,
    cursor: usize,
    anchor: Option<usize>,
    done: Vec<Step>,
    undone: Vec<Step>,
    /// Whether the next edit may join the last step.
    open: bool,
    killed: String,
    revision: u64,
}

impl Default for Buffer {
    fn default() -> Self {
        let mut area = TextArea::default();
        area.set_max_histories(usize::MAX);
        Self {
            area,
            text: String::new(),
            cursor: 0,
            anchor: None,
            done: Vec::new(),
            undone: Vec::new(),
            open: false,
            killed: String::new(),
            revision: 0,
        }
    }
}

impl Buffer {
    /// An empty buffer in the place of another: undo does not go back beyond, what was killed can be yanked.
    pub fn after(other: &Self) -> Self {
        Self { revision: other.revision + 1, killed: other.killed.clone(), ..Self::default() }
    }

    /// The text, with the marks of attachments.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the cursor is, in bytes.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// What is selected; never empty.
    pub fn selection(&self) -> Option<Range<usize>> {
        let anchor = self.anchor.filter(|anchor| *anchor != self.cursor)?;
        Some(anchor.min(self.cursor)..anchor.max(self.cursor))
    }

    /// Counts the changes of the text.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether so many more bytes can be edited here.
    pub fn has_room(&self, bytes: usize) -> bool {
        self.text.len() + bytes <= MOST_BYTES
    }

    /// Inserts clean text in the place of the selection, as one step of undo; single characters join to words.
    pub fn insert(&mut self, text: &str) {
        let mut chars = text.chars();
        let kind = match (chars.next(), chars.next()) {
            (Some('\n'), None) => Kind::Whole,
            (Some(c), None) if c.is_whitespace() => Kind::Blank,
            (Some(c), None) if piece::marked(c).is_none() => Kind::Typed,
            (Some(_) | None, _) => Kind::Whole,
        };
        let range = self.selection().unwrap_or(self.cursor..self.cursor);
        let kind = if range.is_empty() { kind } else { Kind::Whole };
        self.edit(range, text, kind);
    }

    /// Replaces a range by clean text; the cursor stands behind it.
    pub fn replace(&mut self, range: Range<usize>, with: &str) {
        self.edit(range, with, Kind::Whole);
    }

    /// Replaces everything, cursor at the end; can be undone.
    pub fn set(&mut self, text: &str) {
        self.edit(0..self.text.len(), text, Kind::Whole);
    }

    /// Deletes the selection, else the piece before the cursor.
    pub fn backspace(&mut self) {
        self.erase(piece::previous(&self.text, self.cursor)..self.cursor);
    }

    /// Deletes the selection, else the piece behind the cursor.
    pub fn delete(&mut self) {
        self.erase(self.cursor..piece::next(&self.text, self.cursor));
    }

    /// Deletes the selection, else up to this byte, and keeps it for [`Self::yank`].
    pub fn kill_to(&mut self, to: usize) {
        let range = self.selection().unwrap_or(to.min(self.cursor)..to.max(self.cursor));
        if range.is_empty() {
            return;
        }
        self.text[range.clone()].clone_into(&mut self.killed);
        self.edit(range, "", Kind::Whole);
    }

    /// Inserts what was killed last.
    pub fn yank(&mut self) {
        let text = self.killed.clone();
        let range = self.selection().unwrap_or(self.cursor..self.cursor);
        if !text.is_empty() {
            self.edit(range, &text, Kind::Whole);
        }
    }

    /// Moves the cursor to the boundary at or behind a byte.
    pub fn move_to(&mut self, byte: usize, reach: Reach) {
        self.anchor = match reach {
            Reach::Move => None,
            Reach::Select => self.anchor.or(Some(self.cursor)),
        };
        self.cursor = piece::snap(&self.text, byte);
        self.open = false;
    }

    /// Selects everything.
    pub fn select_all(&mut self) {
        self.anchor = Some(0);
        self.cursor = self.text.len();
        self.open = false;
    }

    /// Lets the selection go; says whether there was one.
    pub fn deselect(&mut self) -> bool {
        self.anchor.take().is_some_and(|anchor| anchor != self.cursor)
    }

    /// Takes back the last word, or one larger edit; says whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(step) = self.done.pop() else { return false };
        for _ in 0..step.edits {
            self.area.undo();
        }
        self.undone.push(step);
        self.changed(step.before);
        true
    }

    /// Does again what was taken back; says whether anything was.
    pub fn redo(&mut self) -> bool {
        let Some(step) = self.undone.pop() else { return false };
        for _ in 0..step.edits {
            self.area.redo();
        }
        self.done.push(step);
        self.changed(step.after);
        true
    }

    fn erase(&mut self, range: Range<usize>) {
        match self.selection() {
            Some(selected) => self.edit(selected, "", Kind::Whole),
            None if range.is_empty() => {}
            None => self.edit(range, "", Kind::Erased),
        }
    }

    fn edit(&mut self, range: Range<usize>, with: &str, kind: Kind) {
        if range.is_empty() && with.is_empty() {
            return;
        }
        let before = self.cursor;
        let mut edits = 0;
        self.jump(range.start);
        if !range.is_empty() {
            self.area.delete_str(self.text[range.clone()].chars().count());
            edits += 1;
        }
        if !with.is_empty() {
            self.area.insert_str(with);
            edits += 1;
        }
        let step = Step { edits, before, after: range.start + with.len(), kind };
        self.log(step);
        self.text.replace_range(range, with);
        self.cursor = piece::snap(&self.text, step.after);
        self.anchor = None;
        self.revision += 1;
    }

    fn log(&mut self, step: Step) {
        let open = std::mem::replace(&mut self.open, true);
        self.undone.clear();
        if let Some(last) = self.done.last_mut()
            && open
            && last.after == step.before
            && joins(last.kind, step.kind)
        {
            *last = Step { edits: last.edits + step.edits, before: last.before, ..step };
        } else {
            self.done.push(step);
        }
    }

    /// Reads the text back from the text area.
    fn changed(&mut self, cursor: usize) {
        self.text = self.area.lines().join("\n");
        self.cursor = piece::snap(&self.text, cursor);
        self.anchor = None;
        self.open = false;
        self.revision += 1;
    }

    fn jump(&mut self, byte: usize) {
        let line = piece::line(&self.text, byte);
        let row = self.text[..byte].matches('\n').count();
        let column = self.text[line.start..byte].chars().count();
        let cell = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(cell(row), cell(column)));
    }
}

const fn joins(last: Kind, next: Kind) -> bool {
    matches!(
        (last, next),
        (Kind::Typed, Kind::Typed | Kind::Blank) | (Kind::Blank, Kind::Blank) | (Kind::Erased, Kind::Erased)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Buffer {
        let mut buffer = Buffer::default();
        for c in text.chars() {
            buffer.insert(c.encode_utf8(&mut [0; 4]));
        }
        buffer
    }

    #[test]
    fn undo_takes_back_words_and_redo_brings_them_again() {
        let mut buffer = typed("one two three");
        let mut seen = Vec::new();
        while buffer.undo() {
            seen.push(buffer.text().to_owned());
        }
        assert_eq!(seen, ["one two ", "one ", ""]);
        while buffer.redo() {}
        assert_eq!(buffer.text(), "one two three");
        assert_eq!(buffer.cursor(), 13);
    }

    #[test]
    fn a_paste_over_a_selection_is_one_step() {
        let mut buffer = typed("one two");
        buffer.select_all();
        buffer.insert("a\nb\nc");
        assert_eq!(buffer.text(), "a\nb\nc");
        assert!(buffer.undo());
        assert_eq!(buffer.text(), "one two");
    }

    #[test]
    fn backspace_takes_whole_graphemes_and_line_breaks() {
        let mut buffer = Buffer::default();
        buffer.insert("a\n👩‍👩‍👧");
        buffer.backspace();
        assert_eq!(buffer.text(), "a\n");
        buffer.backspace();
        assert_eq!(buffer.text(), "a");
        buffer.undo();
        assert_eq!(buffer.text(), "a\n👩‍👩‍👧", "deletions in a row are one step");
    }

    #[test]
    fn what_is_killed_can_be_yanked() {
        let mut buffer = typed("one two");
        buffer.move_to(3, Reach::Move);
        buffer.kill_to(7);
        assert_eq!(buffer.text(), "one");
        buffer.move_to(0, Reach::Move);
        buffer.yank();
        assert_eq!(buffer.text(), " twoone");
    }

    #[test]
    fn a_selection_follows_moves_and_is_replaced_by_what_is_typed() {
        let mut buffer = typed("one two");
        buffer.move_to(4, Reach::Select);
        assert_eq!(buffer.selection(), Some(4..7));
        buffer.insert("x");
        assert_eq!(buffer.text(), "one x");
        assert_eq!(buffer.selection(), None);
    }
}
