//! What the turns are and how they are shown, as the rows of a part need it.

use std::collections::HashMap;

use super::super::growing::Growing;
use super::row::Fold;
use crate::domain::{EditId, Turn, TurnBody, TurnId};

/// Columns before the text: one blank for the bar of the focus, the bar of what the user said, and a blank.
pub const LEAD: u16 = 3;

/// Columns behind the text.
const TRAIL: u16 = 1;

/// Cells of a line of text at most; longer lines are hard to follow with the eye.
const WIDEST: u16 = 132;

/// Lines of code that are not folded away by themselves.
const LONG: usize = 60;

/// What is folded, where it is not as at first.
#[derive(Debug, Default)]
pub struct Folds {
    by_user: HashMap<(TurnId, Fold), bool>,
}

impl Folds {
    /// Whether something is folded: as the user wants it, else as it is at first.
    pub fn is_folded(&self, turn: TurnId, fold: Fold, at_first: Folded) -> bool {
        self.by_user.get(&(turn, fold)).copied().unwrap_or(at_first == Folded::Yes)
    }

    /// Folds or unfolds.
    pub fn set(&mut self, turn: TurnId, fold: Fold, folded: Folded) {
        self.by_user.insert((turn, fold), folded == Folded::Yes);
    }
}

/// Whether something is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folded {
    /// It is.
    Yes,
    /// It is seen.
    No,
}

/// What the rows of a part depend on.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The turns, oldest first.
    pub turns: &'a [Turn],
    /// Text that still grows.
    pub growing: &'a Growing,
    /// Edits, each with the turn that it stands below.
    pub edits: &'a [(TurnId, EditId)],
    /// Columns of the pane.
    pub width: u16,
    /// Rows of the pane.
    pub height: u16,
    /// What is folded.
    pub(super) folds: &'a Folds,
}

impl Scene<'_> {
    /// Whether the user, or the rule, has this away; code has a rule of its own.
    pub fn is_folded(&self, turn: TurnId, fold: Fold) -> bool {
        self.folds.is_folded(turn, fold, Folded::Yes)
    }

    /// Whether a code block of so many lines is away: long ones are where nobody watched them come.
    pub fn is_code_folded(&self, turn: TurnId, (at, lines): (usize, usize), watched: bool) -> bool {
        let at_first = if lines > LONG && !watched { Folded::Yes } else { Folded::No };
        self.folds.is_folded(turn, Fold::Code(at), at_first)
    }

    /// Cells of a line of text.
    pub fn text_width(&self) -> usize {
        usize::from(self.width.saturating_sub(LEAD + TRAIL).clamp(1, WIDEST))
    }

    /// The text of a turn by now.
    pub fn text<'t>(&'t self, turn: &'t Turn) -> &'t str {
        match &turn.body {
            TurnBody::Question(question) => &question.text,
            TurnBody::Answer(answer) => self.growing.text(turn.id).unwrap_or(&answer.text),
            TurnBody::Summary { text, .. } => text,
        }
    }

    /// The reasoning of a turn by now.
    pub fn thinking<'t>(&'t self, turn: &'t Turn) -> &'t str {
        match &turn.body {
            TurnBody::Answer(answer) => self.growing.thinking(turn.id).unwrap_or(&answer.thinking),
            TurnBody::Question(_) | TurnBody::Summary { .. } => "",
        }
    }
}
