//! Stops: what keys walk to and the mouse hits, and what it does.

use super::row::{Hit, Place, Row, Stop, Walk};
use super::scene::{LEAD, Scene};
use super::{At, Transcript};
use crate::domain::{EditId, TurnId};
use crate::text::markdown::{Document, Line, Target};
use crate::text::width::grapheme_width;
use unicode_segmentation::UnicodeSegmentation;

/// Rows that are looked at for the next stop; a key must not lay out ten thousand messages.
const REACH: usize = 4000;

impl Transcript {
    /// The selected stop with its turn.
    pub fn selected(&self) -> Option<(TurnId, Stop)> {
        let place = self.stop?;
        let entry = self.entries.get(place.entry)?;
        let row = entry.rows(place.part).get(place.row)?;
        Some((entry.id, stop_of(row, place.target)?))
    }

    /// The last edit on the screen.
    pub fn edit(&self) -> Option<EditId> {
        self.visible.iter().rev().find_map(|at| self.row(*at)?.edit())
    }

    /// Selects nothing any more; says whether something was.
    pub fn unselect(&mut self) -> bool {
        self.stop.take().is_some()
    }

    /// What lies under a cell of the pane, counted from its top left.
    pub fn hit(&self, (x, y): (u16, u16)) -> Option<Hit> {
        let at = *self.visible.get(usize::from(y))?;
        let entry = self.entries.get(at.entry)?;
        let row = self.row(at)?;
        let stop = match row {
            Row::Head => Some(Stop::Turn),
            Row::Thinking { .. } | Row::Summary { .. } | Row::Folded(..) | Row::Edit(_) => stop_of(row, 0),
            Row::Said(line) | Row::Thought(line) | Row::Trouble(line) | Row::Reference(line) => {
                let column = usize::from(x).checked_sub(usize::from(LEAD));
                let target = column.and_then(|column| {
                    let mut cells = 0;
                    let run = line.runs().find(|(text, ..)| {
                        cells += text.graphemes(true).map(grapheme_width).sum::<usize>();
                        cells > column
                    });
                    run.and_then(|(.., target)| target.cloned())
                });
                target.map(Stop::Target).or_else(|| line.code().map(Stop::Code))
            }
            Row::Blank | Row::Attachment(_) | Row::Context | Row::State | Row::Ways | Row::Meters => None,
        };
        Some(Hit { turn: entry.id, stop })
    }

    /// Selects the code block under a cell, so that keys are about it.
    pub fn select_code(&mut self, turn: TurnId, code: usize) {
        let Some(entry) = self.positions.get(&turn).copied() else { return };
        let known = &self.entries[entry];
        for part in 0..known.parts() {
            let row = known.rows(part).iter().position(|row| row.line().and_then(Line::code) == Some(code));
            if let Some(row) = row {
                self.stop = Some(Place { entry, part, row, target: usize::MAX });
                return;
            }
        }
    }

    /// The code block that keys are about: the selected one, else the first on the screen, else the last of the turn
    /// that keys are about.
    pub fn code(&self) -> Option<(TurnId, usize)> {
        if let Some((turn, Stop::Code(at))) = self.selected() {
            return Some((turn, at));
        }
        let on_screen = self.visible.iter().find_map(|at| {
            let code = self.row(*at)?.line()?.code()?;
            Some((self.entries.get(at.entry)?.id, code))
        });
        on_screen.or_else(|| {
            let turn = self.turn()?;
            Some((turn, self.codes(turn).last()?.0))
        })
    }

    /// The code blocks of a turn, in order: what names each within the turn, what stands behind its fence, its text.
    /// Empty for a turn that was never on the screen.
    pub fn codes(&self, turn: TurnId) -> Vec<(usize, String, String)> {
        let entry = self.positions.get(&turn).and_then(|at| self.entries.get(*at));
        let text = entry.and_then(|entry| entry.said()).and_then(|said| said.text.as_ref());
        text.map(Document::codes).unwrap_or_default()
    }

    /// Whether a row belongs to the selected code block.
    pub(super) fn selected_code(&self, at: At) -> bool {
        let Some(place) = self.stop.filter(|place| place.entry == at.entry && place.target == usize::MAX)
        else {
            return false;
        };
        let code = |part: usize, row: usize| {
            self.entries.get(at.entry).and_then(|entry| entry.rows(part).get(row)?.line()?.code())
        };
        code(at.part, at.row).is_some_and(|mine| code(place.part, place.row) == Some(mine))
    }

    /// Selects a citation of a turn's text, counted from its first, and brings it on the screen.
    pub(super) fn go_to_citation(&mut self, turn: TurnId, wanted: usize, scene: &Scene<'_>) {
        let Some(entry) = self.positions.get(&turn).copied() else { return };
        let mut before = 0;
        for part in 0..self.parts(entry, scene) {
            self.lay(entry, part, scene);
            for (row, shown) in self.entries[entry].rows(part).iter().enumerate() {
                let Row::Said(line) = shown else { continue };
                let cited = |target: &Target| matches!(target, Target::Citation(..));
                let mut cited = line.targets().iter().enumerate().filter(|(_, target)| cited(target));
                if let Some((target, _)) = cited.nth(wanted - before) {
                    self.stop = Some(Place { entry, part, row, target });
                    let at = At { entry, part, row };
                    if !self.visible.contains(&at) {
                        self.look_at(at, usize::from(scene.height) / 3, scene);
                    }
                    return;
                }
                before +=
                    line.targets().iter().filter(|target| matches!(target, Target::Citation(..))).count();
            }
        }
    }

    /// Selects the stop so many further on, and brings it on the screen.
    pub(super) fn go_to_stop(&mut self, walk: Walk, stops: i32, scene: &Scene<'_>) {
        for _ in 0..stops.unsigned_abs() {
            let found = if stops > 0 { self.stop_behind(walk, scene) } else { self.stop_before(walk, scene) };
            let Some(place) = found else { return };
            self.stop = Some(place);
            let at = At { entry: place.entry, part: place.part, row: place.row };
            if !self.visible.contains(&at) {
                self.look_at(at, usize::from(scene.height) / 3, scene);
            }
        }
    }

    fn stop_behind(&mut self, walk: Walk, scene: &Scene<'_>) -> Option<Place> {
        let (mut at, mut from) = match self.stop {
            Some(place) => {
                (At { entry: place.entry, part: place.part, row: place.row }, place.target.wrapping_add(1))
            }
            None => (*self.visible.first()?, 0),
        };
        let mut is_first = self.stop.is_some();
        for _ in 0..REACH {
            let targets = self.stops_on(at, walk, scene);
            let next = targets.into_iter().find(|target| {
                if is_first { from != 0 && *target >= from && *target != usize::MAX } else { true }
            });
            if let Some(target) = next {
                return Some(Place { entry: at.entry, part: at.part, row: at.row, target });
            }
            (is_first, from) = (false, 0);
            at = self.after(at, scene)?;
        }
        None
    }

    fn stop_before(&mut self, walk: Walk, scene: &Scene<'_>) -> Option<Place> {
        let (mut at, mut upto) = match self.stop {
            Some(place) => {
                let upto = if place.target == usize::MAX { 0 } else { place.target };
                (At { entry: place.entry, part: place.part, row: place.row }, upto)
            }
            None => (*self.visible.last()?, usize::MAX),
        };
        let mut with_code = self.stop.is_none();
        for _ in 0..REACH {
            let targets = self.stops_on(at, walk, scene);
            let fits = |target: &usize| if *target == usize::MAX { with_code } else { *target < upto };
            if let Some(target) = targets.into_iter().rev().find(fits) {
                return Some(Place { entry: at.entry, part: at.part, row: at.row, target });
            }
            (with_code, upto) = (true, usize::MAX);
            at = self.before(at, scene)?;
        }
        None
    }

    /// The stops of a row: targets by position, `usize::MAX` for what the row itself is.
    fn stops_on(&mut self, at: At, walk: Walk, scene: &Scene<'_>) -> Vec<usize> {
        let code = |this: &Self, at: At| this.row(at).and_then(|row| row.line()?.code());
        let begins_code = code(self, at).is_some()
            && self
                .before(at, scene)
                .is_none_or(|before| before.entry != at.entry || code(self, before) != code(self, at));
        let Some(row) = self.row(at) else { return Vec::new() };
        let folds =
            matches!(row, Row::Thinking { .. } | Row::Summary { .. } | Row::Folded(..) | Row::Edit(_));
        let targets = row.line().map_or(0, |line| line.targets().len());
        let (targets, itself) = match walk {
            Walk::Targets => (targets, false),
            Walk::Code => (0, begins_code),
            Walk::Everything => (targets, begins_code || folds),
        };
        (0..targets).chain(itself.then_some(usize::MAX)).collect()
    }
}

/// What a row's stop does.
fn stop_of(row: &Row, target: usize) -> Option<Stop> {
    match row {
        Row::Thinking { .. } => Some(Stop::Fold(super::Fold::Thinking)),
        Row::Summary { .. } => Some(Stop::Fold(super::Fold::Summary)),
        Row::Folded(fold, _) => Some(Stop::Fold(*fold)),
        Row::Said(line) | Row::Thought(line) | Row::Trouble(line) | Row::Reference(line) => {
            match line.targets().get(target) {
                Some(target) => Some(Stop::Target(target.clone())),
                None => line.code().map(Stop::Code),
            }
        }
        Row::Head => Some(Stop::Turn),
        Row::Edit(edit) => Some(Stop::Edit(*edit)),
        Row::Blank | Row::Attachment(_) | Row::Context | Row::State | Row::Ways | Row::Meters => None,
    }
}
