//! Memo: what is made from the shown edit, the page's rows, the list's rows and the tally, made once for each change of it
//! and not once for each look.

use std::cell::RefCell;
use std::sync::Arc;

use super::outline::Outline;
use super::sheet::{Face, Sheet};
use super::tally::Tally;

/// What a page was made for: the file, by its index, and the layout.
pub type Page = (usize, Face);

/// What was made since the last change.
#[derive(Debug, Default)]
pub struct Memo {
    made: RefCell<Made>,
}

#[derive(Debug, Default)]
struct Made {
    sheet: Option<(Page, Arc<Sheet>)>,
    outline: Option<(usize, Arc<Outline>)>,
    tally: Option<Tally>,
    waiting: Option<usize>,
}

impl Memo {
    /// Forgets everything: the edit, what is shown of it, or the pairing of its lines is another.
    pub fn forget(&mut self) {
        self.made = RefCell::default();
    }

    /// The rows of a page.
    pub fn sheet(&self, page: Page, make: impl FnOnce() -> Sheet) -> Arc<Sheet> {
        if let Some((_, sheet)) = self.made.borrow().sheet.as_ref().filter(|(known, _)| *known == page) {
            return Arc::clone(sheet);
        }
        let sheet = Arc::new(make());
        self.made.borrow_mut().sheet = Some((page, Arc::clone(&sheet)));
        sheet
    }

    /// The rows of the list, with so many runs of the check command among them.
    pub fn outline(&self, checks: usize, make: impl FnOnce() -> Outline) -> Arc<Outline> {
        if let Some((_, outline)) = self.made.borrow().outline.as_ref().filter(|(known, _)| *known == checks)
        {
            return Arc::clone(outline);
        }
        let outline = Arc::new(make());
        self.made.borrow_mut().outline = Some((checks, Arc::clone(&outline)));
        outline
    }

    /// What is decided.
    pub fn tally(&self, make: impl FnOnce() -> Tally) -> Tally {
        let known = self.made.borrow().tally;
        known.unwrap_or_else(|| *self.made.borrow_mut().tally.insert(make()))
    }

    /// How many hunks wait.
    pub fn waiting(&self, make: impl FnOnce() -> usize) -> usize {
        let known = self.made.borrow().waiting;
        known.unwrap_or_else(|| *self.made.borrow_mut().waiting.insert(make()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_made_once_until_it_is_another_or_something_changed() {
        let mut memo = Memo::default();
        let made = std::cell::Cell::new(0);
        let make = || {
            made.set(made.get() + 1);
            Sheet::default()
        };
        let first = (0, Face::Unified);
        memo.sheet(first, make);
        memo.sheet(first, make);
        assert_eq!(made.get(), 1);
        memo.sheet((0, Face::Beside), make);
        memo.sheet((1, Face::Beside), make);
        assert_eq!(made.get(), 3);
        memo.forget();
        memo.sheet((1, Face::Beside), make);
        assert_eq!(made.get(), 4);
    }
}
