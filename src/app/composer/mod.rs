//! The composer: the message that is being typed, with what is attached to it and what was sent before.
//!
//! Owns text, cursor, attachments, history and completion; what a key means in it is for `update`. It knows no service:
//! files, pictures and the clipboard are read elsewhere and come in as [`Attachment`]s.

mod attached;
mod buffer;
mod completion;
mod dropped;
mod order;
mod past;
mod piece;
mod rows;
mod typing;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::domain::{Attachment, NamedSymbol, Patience, Question, Retrieval, TaskKind};
use crate::text::sanitize::sanitize;

use attached::Attached;
pub use attached::name as attachment_name;
use buffer::Buffer;
pub use buffer::Reach;
pub use completion::{Completion, Offer, OfferKind, Wanted, names, wanted};
pub use dropped::pictures;
pub use order::{ComposerCmd, ComposerNews};
use past::Past;
pub use past::Search;
pub use piece::{clean, marked, pieces};
pub use rows::{Row, Rows, width_at};
pub use typing::Enter;

/// A paste of more lines than this is attached instead of typed.
const PASTE_LINES: usize = 10;

/// Answers of the engine that are kept; files change, so that they are not worth more.
const ASKED: usize = 200;

/// And one of more characters than this.
const PASTE_CHARS: usize = 1000;

/// The message that is being typed.
#[derive(Debug, Clone, Default)]
pub struct Composer {
    buffer: Buffer,
    attached: Attached,
    past: Past,
    /// The task that the message is for.
    pub task: Option<TaskKind>,
    /// Whether the tree is searched for it.
    pub retrieval: Retrieval,
    /// When the answer begins.
    pub patience: Patience,
    /// What was typed before a question was restored in its place; comes back after that is sent or dropped.
    aside: Option<Question>,
    /// The ways to go on with what is typed.
    completion: Option<Completion>,
    /// Whether what is typed was typed to be completed: an answer that comes late is shown.
    looking: bool,
    /// Where a name begins whose completion was closed.
    declined: Option<usize>,
    /// What the engine told of names, by what was asked.
    symbols: HashMap<String, Vec<NamedSymbol>>,
    /// The column that moves up and down keep to.
    goal: Option<usize>,
    top: usize,
    wrapped: RefCell<Option<(u64, Arc<Rows>)>>,
}

/// What was pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pasted {
    /// It was typed in.
    Text,
    /// It is attached, as its mark says.
    Attached,
    /// It did not fit.
    NoRoom,
}

/// What of the text is seen in an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// All rows.
    pub rows: Arc<Rows>,
    /// The first row that is seen.
    pub top: usize,
    /// The cursor's row and column in the area; `None` where the wheel has moved it out of sight.
    pub cursor: Option<(usize, usize)>,
}

impl Composer {
    /// What is typed, as it is sent: labels in the place of what is attached.
    pub fn question(&self) -> Question {
        let (text, attachments) = self.attached.spell_out(self.buffer.text());
        Question {
            attachments,
            task: self.task.unwrap_or(TaskKind::Chat),
            retrieval: self.retrieval,
            patience: self.patience,
            // Deleting may have left a joiner alone.
            ..Question::new(&*sanitize(&text))
        }
    }

    /// Puts a question in the place of what is typed, to be edited: an earlier one, one that was taken back, a draft of
    /// the last session. What was typed is set aside; it comes back once this is sent or dropped.
    pub fn restore(&mut self, question: &Question) {
        let typed = self.question();
        if !self.is_blank() && self.aside.is_none() && typed != *question {
            self.aside = Some(typed);
        }
        self.past.leave();
        self.fill(question);
    }

    /// Takes the message to be sent, and remembers it; then the composer is empty, or has what was set aside.
    pub fn take(&mut self) -> Question {
        let question = self.question();
        self.past.add(question.clone());
        self.clear();
        question
    }

    /// Drops what is typed; then the composer is empty, or has what was set aside.
    pub fn clear(&mut self) {
        let (past, aside) = (std::mem::take(&mut self.past), self.aside.take());
        // The revision goes on, so that nothing made for the old text is taken for the new one's.
        let buffer = Buffer::after(&self.buffer);
        *self = Self { buffer, past, ..Self::default() };
        self.past.leave();
        if let Some(aside) = aside {
            self.fill(&aside);
        }
    }

    /// Whether there is nothing to send: no attachment, and nothing but blanks.
    pub fn is_blank(&self) -> bool {
        self.buffer.text().trim().is_empty()
    }

    /// The text with the marks of attachments.
    pub fn text(&self) -> &str {
        self.buffer.text()
    }

    /// Where the cursor is, in bytes of [`Self::text`].
    pub fn cursor(&self) -> usize {
        self.buffer.cursor()
    }

    /// What is selected, in bytes of [`Self::text`].
    pub fn selection(&self) -> Option<Range<usize>> {
        self.buffer.selection()
    }

    /// Counts the changes of the text.
    pub fn revision(&self) -> u64 {
        self.buffer.revision()
    }

    /// What is attached, in the order of the text.
    pub fn attachments(&self) -> Vec<Attachment> {
        self.attached.spell_out(self.buffer.text()).1
    }

    /// What a mark of the text is shown as.
    pub fn label(&self, number: u16) -> String {
        self.attached.label(number)
    }

    /// What a mark of the text stands for.
    pub fn attachment(&self, number: u16) -> Option<&Attachment> {
        self.attached.get(number)
    }

    /// The search for an earlier message, while one goes on.
    pub fn search(&self) -> Option<&Search> {
        self.past.search()
    }

    /// The ways to go on with what is typed.
    pub fn completion(&self) -> Option<&Completion> {
        self.completion.as_ref()
    }

    /// Shows ways to go on, or none.
    pub fn set_completion(&mut self, completion: Option<Completion>) {
        self.declined = None;
        self.completion = completion;
    }

    /// Begins waiting for ways to go on with what is typed.
    pub fn look(&mut self) {
        self.looking = true;
    }

    /// Ends it: whatever comes late is not shown.
    pub fn look_away(&mut self) {
        self.looking = false;
    }

    /// Whether an answer about what is typed is waited for.
    pub fn is_looking(&self) -> bool {
        self.looking
    }

    /// Selects another way to go on; says whether there are any.
    pub fn step_completion(&mut self, by: isize) -> bool {
        self.completion.as_mut().map(|completion| completion.step(by)).is_some()
    }

    /// Closes the ways to go on until another name is typed; says whether there were any.
    pub fn decline(&mut self) -> bool {
        let Some(completion) = self.completion.take() else { return false };
        self.looking = false;
        self.declined = Some(completion.range.start);
        true
    }

    /// Whether the completion of the name that begins here was closed.
    pub fn is_declined(&self, start: usize) -> bool {
        self.declined == Some(start)
    }

    /// Puts an offer in the place of what was typed.
    pub fn complete(&mut self, range: Range<usize>, offer: &Offer) {
        // A blank that stands there already is not doubled.
        let blank = self.text()[range.end..].starts_with(' ');
        let insert = if blank { offer.insert.trim_end() } else { offer.insert.as_str() };
        self.buffer.replace(range, insert);
        if blank && insert != offer.insert {
            self.buffer.move_to(self.cursor() + 1, Reach::Move);
        }
    }

    /// What the engine told of names that fit; `None` where it was not asked, or has not answered.
    pub fn symbols(&self, typed: &str) -> Option<&[NamedSymbol]> {
        self.symbols.get(typed).map(Vec::as_slice)
    }

    /// Takes what the engine told.
    pub fn learn(&mut self, typed: &str, found: Vec<NamedSymbol>) {
        if self.symbols.len() >= ASKED {
            self.symbols.clear();
        }
        self.symbols.insert(typed.to_owned(), found);
    }

    /// The text wrapped to so many cells.
    pub fn rows(&self, cells: usize) -> Arc<Rows> {
        let mut wrapped = self.wrapped.borrow_mut();
        if let Some((revision, rows)) = &*wrapped
            && *revision == self.revision()
            && rows.cells == cells.max(1)
        {
            return Arc::clone(rows);
        }
        let rows = Arc::new(Rows::new(self.text(), cells, &|mark| self.mark_width(mark)));
        *wrapped = Some((self.revision(), Arc::clone(&rows)));
        rows
    }

    /// Rows that the text takes in so many cells.
    pub fn height(&self, cells: usize) -> usize {
        self.rows(cells).rows.len()
    }

    /// What is seen in an area of so many cells and rows.
    pub fn view(&self, cells: usize, height: usize) -> View {
        let rows = self.rows(cells);
        let top = self.top.min(rows.rows.len().saturating_sub(height.max(1)));
        let (row, column) = rows.place(self.text(), self.cursor(), &|mark| self.mark_width(mark));
        let cursor = row.checked_sub(top).filter(|row| *row < height).map(|row| (row, column));
        View { rows, top, cursor }
    }

    /// Scrolls so that the cursor is seen, by as little as possible.
    pub fn follow(&mut self, cells: usize, height: usize) {
        let rows = self.rows(cells);
        let (row, _) = rows.place(self.text(), self.cursor(), &|mark| self.mark_width(mark));
        let height = height.max(1);
        let most = rows.rows.len().saturating_sub(height);
        self.top = self.top.clamp((row + 1).saturating_sub(height), row).min(most);
    }

    /// Scrolls by so many rows; the cursor stays where it is.
    pub fn scroll(&mut self, by: isize, cells: usize, height: usize) {
        let most = self.height(cells).saturating_sub(height.max(1));
        self.top = self.top.min(most).saturating_add_signed(by).min(most);
    }

    /// Puts the cursor on a cell of the area.
    pub fn click(&mut self, (row, column): (usize, usize), cells: usize, reach: Reach) {
        let rows = self.rows(cells);
        let byte = rows.byte(self.text(), (self.top + row, column), &|mark| self.mark_width(mark));
        self.goal = None;
        self.buffer.move_to(byte, reach);
    }

    /// Cells of what a mark is shown as.
    pub fn mark_width(&self, number: u16) -> usize {
        crate::text::width::width(&self.label(number))
    }

    /// Replaces what is typed; undo brings it back.
    pub fn replace(&mut self, question: &Question) {
        let attachments =
            question.attachments.iter().filter(|it| question.text.contains(&attached::label_of(it)));
        let attachments = attachments.cloned().collect();
        self.past.take_found();
        self.fill(&Question { attachments, ..question.clone() });
    }

    fn fill(&mut self, question: &Question) {
        let text = self.attached.read_in(&clean(&question.text), &question.attachments);
        let text = if text.len() > buffer::MOST_BYTES { self.as_mark(&text) } else { text };
        self.buffer.set(&text);
        self.goal = None;
        self.task = Some(question.task).filter(|task| *task != TaskKind::Chat);
        self.retrieval = question.retrieval;
        self.patience = question.patience;
    }

    /// A text too long to be edited here becomes an attachment.
    fn as_mark(&mut self, text: &str) -> String {
        let (text, attachments) = self.attached.spell_out(text);
        let mut out = self.attached.paste(&text).map(String::from).unwrap_or_default();
        for attachment in attachments {
            out.extend(self.attached.add(attachment));
        }
        out
    }
}
