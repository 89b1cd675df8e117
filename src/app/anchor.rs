//! The anchor of a list: a selection that stays on its item and its screen row while items come and go.

/// Selection and viewport of a list whose items have keys. Positions count items, not screen rows.
#[derive(Debug, Clone)]
pub struct Anchor<K> {
    key: Option<K>,
    at: usize,
    top: usize,
    touched: bool,
}

impl<K> Default for Anchor<K> {
    fn default() -> Self {
        Self { key: None, at: 0, top: 0, touched: false }
    }
}

impl<K: Copy + PartialEq> Anchor<K> {
    /// The position of the selected item. Meaningless in an empty list.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The position of the first item on the screen.
    pub fn top(&self) -> usize {
        self.top
    }

    /// The selected item.
    pub fn key(&self) -> Option<K> {
        self.key
    }

    /// Whether the person has moved the selection; until then it stays on the first item.
    pub fn touched(&self) -> bool {
        self.touched
    }

    /// Back to the first item, as if never moved.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Selects the item at a position, as the person asked; keeps it on a screen of `rows` items.
    pub fn select(&mut self, at: usize, len: usize, rows: usize, key_of: impl Fn(usize) -> Option<K>) {
        self.touched = true;
        self.at = at.min(len.saturating_sub(1));
        self.key = key_of(self.at);
        self.show(len, rows);
    }

    /// Scrolls by so many items; the selection moves only as far as it must to stay on the screen.
    pub fn scroll(&mut self, by: isize, len: usize, rows: usize, key_of: impl Fn(usize) -> Option<K>) {
        self.top = self.top.saturating_add_signed(by).min(len.saturating_sub(rows));
        let last = (self.top + rows.max(1) - 1).min(len.saturating_sub(1));
        let at = self.at.clamp(self.top.min(last), last);
        if at != self.at {
            self.select(at, len, rows, key_of);
        }
    }

    /// Takes in that the items changed: the selected item keeps its screen row. Where it is gone, the item that
    /// took its position is selected.
    pub fn refresh(&mut self, mut items: impl ExactSizeIterator<Item = K> + Clone, rows: usize) {
        let len = items.len();
        let mut find = items.clone();
        let found = self.key.filter(|_| self.touched).and_then(|key| find.position(|item| item == key));
        let at = match found {
            Some(at) => at,
            None if self.touched => self.at.min(len.saturating_sub(1)),
            None => 0,
        };
        let row = self.at.saturating_sub(self.top);
        self.top = if self.touched { at.saturating_sub(row) } else { 0 };
        self.at = at;
        self.key = items.nth(at);
        self.show(len, rows);
    }

    /// Keeps the selection on the screen after the screen changed.
    pub fn show(&mut self, len: usize, rows: usize) {
        let rows = rows.max(1);
        self.top = self.top.min(len.saturating_sub(rows)).min(self.at);
        if self.at >= self.top + rows {
            self.top = self.at + 1 - rows;
        }
    }
}
