//! The page of figures: which days it shows, and how far it is scrolled.

use std::sync::Arc;

use crate::domain::Stats;

/// The spans of days that the page goes through, in order.
pub const SPANS: [u32; 4] = [7, 30, 90, 365];

/// The page of figures.
#[derive(Debug, Clone, PartialEq)]
pub struct StatsPage {
    /// The days that are shown or asked for.
    pub days: u32,
    /// Lines that are scrolled away.
    pub top: usize,
    /// What is known.
    pub figures: Figures,
}

/// What is known of the figures.
#[derive(Debug, Clone, PartialEq)]
pub enum Figures {
    /// They are being read.
    Reading,
    /// These.
    Read(Arc<Stats>),
    /// They cannot be read; a notice says why.
    Unreadable,
}

impl StatsPage {
    /// The page as it opens: the last thirty days, still to be read.
    pub const fn new() -> Self {
        Self { days: 30, top: 0, figures: Figures::Reading }
    }

    /// On to the next span of days; the figures that are shown stay until the others are there.
    pub fn turn(&mut self) {
        let at = SPANS.iter().position(|days| *days == self.days).unwrap_or(0);
        self.days = SPANS[(at + 1) % SPANS.len()];
    }

    /// Takes in what was read of so many days; what was asked for before that is dropped.
    pub fn take(&mut self, days: u32, stats: Option<Arc<Stats>>) {
        if days == self.days {
            self.figures = stats.map_or(Figures::Unreadable, Figures::Read);
        }
    }
}

impl Default for StatsPage {
    fn default() -> Self {
        Self::new()
    }
}
