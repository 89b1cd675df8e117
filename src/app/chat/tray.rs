//! Tray: the list of what is sent, with the item that is selected in it.

use crate::domain::{ContextItem, ContextKey, ContextState, Tray};

/// The context tray.
#[derive(Debug, Default)]
pub struct TrayPane {
    /// What is sent, or would be.
    pub tray: Tray,
    /// Whether it is open.
    pub is_open: bool,
    selected: Option<ContextKey>,
    /// Where the selected item stood, for when it is gone.
    at: usize,
    top: usize,
}

impl TrayPane {
    /// Every item, what is not sent last.
    pub fn items(&self) -> &[ContextItem] {
        &self.tray.items
    }

    /// How many of them are sent.
    pub fn sent(&self) -> usize {
        self.items().iter().filter(|item| item.state == ContextState::Sent).count()
    }

    /// Takes what is sent now; the selection stays on its item.
    pub fn take(&mut self, tray: Tray) {
        self.tray = tray;
        let found =
            self.selected.as_ref().and_then(|key| self.items().iter().position(|item| item.key == *key));
        self.at = found.unwrap_or(self.at).min(self.items().len().saturating_sub(1));
        self.selected = self.items().get(self.at).map(|item| item.key.clone());
    }

    /// The index of the selected item.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The selected item.
    pub fn selected(&self) -> Option<&ContextItem> {
        self.items().get(self.at)
    }

    /// The first item shown.
    pub fn top(&self) -> usize {
        self.top
    }

    /// Selects an item, and scrolls it into so many rows.
    pub fn select(&mut self, at: usize, rows: usize) {
        self.at = at.min(self.items().len().saturating_sub(1));
        self.selected = self.items().get(self.at).map(|item| item.key.clone());
        self.fit(rows);
    }

    /// Selects the item of a key; says whether there is one.
    pub fn select_key(&mut self, key: &ContextKey, rows: usize) -> bool {
        let found = self.items().iter().position(|item| item.key == *key);
        if let Some(at) = found {
            self.select(at, rows);
        }
        found.is_some()
    }

    /// Scrolls as little as it takes to see the selected item.
    pub fn fit(&mut self, rows: usize) {
        let rows = rows.max(1);
        self.top = self.top.min(self.at).max((self.at + 1).saturating_sub(rows));
    }
}
