//! Folding: what is away, and taking it back.

use super::row::{Fold, Row};
use super::scene::Folded;
use super::{Stop, Transcript};
use crate::domain::TurnId;

impl Transcript {
    /// Folds something of a turn, or unfolds it.
    pub fn fold(&mut self, turn: TurnId, fold: Fold, folded: Folded) {
        self.folds.set(turn, fold, folded);
        if let Some(entry) = self.positions.get(&turn).and_then(|at| self.entries.get_mut(*at)) {
            entry.forget_rows();
        }
    }

    /// Folds what is seen, unfolds what is away.
    pub fn toggle(&mut self, turn: TurnId, fold: Fold) {
        let folded = if self.is_away(turn, fold) { Folded::No } else { Folded::Yes };
        self.fold(turn, fold, folded);
    }

    /// Folds or unfolds what keys are about: the selected stop, the code block on the screen, or the reasoning of the
    /// turn. Says whether there was anything.
    pub fn toggle_here(&mut self) -> bool {
        let selected = match self.selected() {
            Some((turn, Stop::Fold(fold))) => Some((turn, fold)),
            Some((turn, Stop::Code(at))) => Some((turn, Fold::Code(at))),
            Some((_, Stop::Target(_) | Stop::Turn | Stop::Edit(_))) | None => None,
        };
        let away = || {
            self.visible.iter().find_map(|at| {
                let turn = self.entries.get(at.entry)?.id;
                if let Row::Folded(fold, _) = self.row(*at)? { Some((turn, *fold)) } else { None }
            })
        };
        let code = || self.code().map(|(turn, at)| (turn, Fold::Code(at)));
        let thinking = || self.turn().map(|turn| (turn, Fold::Thinking));
        let Some((turn, fold)) = selected.or_else(away).or_else(code).or_else(thinking) else { return false };
        self.toggle(turn, fold);
        true
    }

    fn is_away(&self, turn: TurnId, fold: Fold) -> bool {
        let Some(entry) = self.positions.get(&turn).and_then(|at| self.entries.get(*at)) else {
            return false;
        };
        let mut rows = (0..entry.parts()).flat_map(|part| entry.rows(part));
        rows.any(|row| {
            matches!(row, Row::Folded(away, _) if *away == fold)
                || fold == Fold::Thinking && matches!(row, Row::Thinking { folded: true })
                || fold == Fold::Summary && matches!(row, Row::Summary { folded: true })
        })
    }
}
