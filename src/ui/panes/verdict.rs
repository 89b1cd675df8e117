//! Verdicts: glyph, word and role of a row's state, one definition for list, counts and `why` pane.

use crate::domain::{RankedRow, StateKind};
use crate::ui::theme::{Glyphs, Role};

/// How a state looks.
pub struct Look {
    /// Its sign, one cell.
    pub glyph: &'static str,
    /// Its word.
    pub word: &'static str,
    /// Its role.
    pub role: Role,
}

/// How a state looks; `tick` turns the spinner.
pub fn state(kind: StateKind, glyphs: &Glyphs, tick: u64) -> Look {
    let (glyph, word, role) = match kind {
        StateKind::Yes => (glyphs.yes, "yes", Role::Yes),
        StateKind::No => (glyphs.no, "no", Role::No),
        StateKind::Judging => (glyphs.spinner_at(tick), "judging", Role::Running),
        StateKind::Queued => (glyphs.queued, "waiting", Role::Queued),
        StateKind::Failed => (glyphs.failed, "failed", Role::Failed),
        StateKind::Skipped => (glyphs.skipped, "skipped", Role::Skipped),
        StateKind::OverBudget => (glyphs.over_budget, "over budget", Role::Warning),
    };
    Look { glyph, word, role }
}

/// How a row's verdict looks: one older than its file is marked before all else.
pub fn row(row: &RankedRow, glyphs: &Glyphs, tick: u64) -> Look {
    let look = state(row.state, glyphs, tick);
    if row.stale && matches!(row.state, StateKind::Yes | StateKind::No) {
        return Look { glyph: glyphs.stale, role: Role::Stale, ..look };
    }
    look
}

/// Whether a state has a probability to show.
pub const fn is_judged(kind: StateKind) -> bool {
    matches!(kind, StateKind::Yes | StateKind::No)
}
