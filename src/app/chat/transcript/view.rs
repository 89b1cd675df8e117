//! The view: carrying motions out, and finding the rows that are on the screen.

use super::entry::{Entry, Stale};
use super::scene::Scene;
use super::{At, Motion, Stance, Talk, Transcript, is_question};
use crate::domain::{Turn, TurnBody};

/// Turns whose rows are kept; beyond it those go that were not seen for longest.
const KEPT: usize = 48;

/// Bytes of rows that are kept.
const KEPT_BYTES: usize = 8 * 1024 * 1024;

impl Transcript {
    /// Carries out what keys asked for, and lays out what is on a screen of this size.
    pub fn arrange(&mut self, talk: Talk<'_>, (width, height): (u16, u16)) {
        self.arranged += 1;
        let folds = std::mem::take(&mut self.folds);
        let Talk { turns, growing, edits } = talk;
        let scene = Scene { turns, growing, edits, width, height, folds: &folds };
        self.take_in(&scene);
        self.fit(&scene);
        for motion in std::mem::take(&mut self.motions) {
            self.carry_out(motion, &scene);
        }
        self.settle(&scene);
        self.mark(&scene);
        self.let_go();
        self.folds = folds;
        self.short = self.visible.iter().any(|at| self.entries.get(at.entry).is_some_and(Entry::is_short));
    }

    /// Brings the entries in line with the turns.
    fn take_in(&mut self, scene: &Scene<'_>) {
        let same = self.entries.len() == scene.turns.len() && !self.anew;
        if !same {
            let mut known: std::collections::HashMap<_, _> =
                std::mem::take(&mut self.entries).into_iter().map(|entry| (entry.id, entry)).collect();
            let top = self.positions.iter().find(|(_, at)| **at == self.top.entry).map(|(id, _)| *id);
            self.entries = scene
                .turns
                .iter()
                .map(|turn| known.remove(&turn.id).unwrap_or_else(|| Entry::new(turn, scene)))
                .collect();
            if self.anew {
                for entry in &mut self.entries {
                    entry.stale = Stale::Touched;
                }
            }
            self.positions = scene.turns.iter().enumerate().map(|(at, turn)| (turn.id, at)).collect();
            self.questions = scene.turns.iter().map(is_question).collect();
            match top.and_then(|id| self.positions.get(&id)) {
                Some(at) => self.top.entry = *at,
                None => self.stance = Stance::Follows,
            }
            self.anew = false;
        }
        // Answers go on at the end only; each look takes in what came since.
        for (entry, turn) in self.entries.iter_mut().zip(scene.turns).rev().take(RECENT) {
            let grows = scene.growing.text(turn.id).is_some() || scene.growing.thinking(turn.id).is_some();
            if grows || is_going(turn) {
                entry.stale = entry.stale.max(Stale::Grown);
                entry.open(turn, scene, &self.highlighter);
            }
        }
        // Code whose highlighting was put off goes on.
        let mut seen: Vec<usize> = self.visible.iter().map(|at| at.entry).collect();
        seen.dedup();
        for at in seen {
            if let Some(entry) = self.entries.get_mut(at) {
                entry.go_on();
            }
        }
    }

    /// Takes a new size in. The row on top stays the one that it was, as near as the new width allows.
    fn fit(&mut self, scene: &Scene<'_>) {
        (self.width, self.height) = (scene.width, scene.height);
        let (from, to) = (self.text_width, scene.text_width());
        if from == to {
            return;
        }
        self.text_width = to;
        let share = (
            self.top.row,
            self.entries.get(self.top.entry).map_or(1, |entry| entry.part_height(self.top.part)),
        );
        for (entry, turn) in self.entries.iter_mut().zip(scene.turns) {
            entry.reflow(turn, scene, (from, to));
        }
        let rows = self.lay(self.top.entry, self.top.part, scene);
        self.top.row =
            if share.0 == 0 { 0 } else { (share.0 * rows / share.1.max(1)).min(rows.saturating_sub(1)) };
        if let Some((last, _)) = self.left {
            self.left = self.entries.get(last).map(|entry| (last, entry.height()));
        }
    }

    fn carry_out(&mut self, motion: Motion, scene: &Scene<'_>) {
        let page = i32::from(scene.height.saturating_sub(2).max(1));
        match motion {
            Motion::Rows(rows) => self.scroll(rows, scene),
            Motion::Halves(halves) => self.scroll(halves * (page / 2).max(1), scene),
            Motion::Pages(pages) => self.scroll(pages * page, scene),
            Motion::Top => self.look_at(At::default(), 0, scene),
            Motion::Bottom => {
                self.follow();
                self.slack = 0;
                self.top = At { entry: self.entries.len(), ..At::default() };
            }
            Motion::Turns(turns) => self.go_to_turn(turns, scene),
            Motion::Show(turn) => {
                if let Some(entry) = self.positions.get(&turn).copied() {
                    self.look_at(At { entry, ..At::default() }, 0, scene);
                }
            }
            Motion::Citation(turn, at) => self.go_to_citation(turn, at, scene),
            Motion::Matches(matches) => self.go_to_match(matches, scene),
            Motion::Stops(walk, stops) => self.go_to_stop(walk, stops, scene),
        }
    }

    /// Follows the end from now on.
    pub(super) fn follow(&mut self) {
        self.stance = Stance::Follows;
        self.left = None;
    }

    fn go_to_turn(&mut self, turns: i32, scene: &Scene<'_>) {
        self.stop = None;
        let first = self.visible.first().copied().unwrap_or_default();
        let inside = first.part > 0 || first.row > 0;
        let entry = match turns {
            0 => first.entry as i32,
            // Up goes to the head of the turn that is read first.
            ..0 => first.entry as i32 + turns + i32::from(inside),
            1.. => first.entry as i32 + turns,
        };
        if entry >= self.entries.len() as i32 {
            return self.follow();
        }
        self.look_at(At { entry: entry.max(0) as usize, ..At::default() }, 0, scene);
    }

    /// Puts a row on the screen, so many rows below the top.
    pub(super) fn look_at(&mut self, at: At, below: usize, scene: &Scene<'_>) {
        self.leave();
        self.stance = Stance::Held;
        self.top = at;
        self.lay(at.entry, at.part, scene);
        for _ in 0..below {
            let Some(before) = self.before(self.top, scene) else { break };
            self.top = before;
        }
    }

    fn scroll(&mut self, rows: i32, scene: &Scene<'_>) {
        if self.is_following() {
            if rows >= 0 {
                return;
            }
            self.settle(scene);
            self.leave();
        }
        // Who goes up wants to read there, also where the end is still in sight.
        self.stance = if rows < 0 { Stance::Held } else { Stance::Free };
        for _ in 0..rows.unsigned_abs() {
            let next = if rows > 0 { self.after(self.top, scene) } else { self.before(self.top, scene) };
            let Some(next) = next else { break };
            self.top = next;
        }
    }

    /// Stops following; remembers where the end was.
    fn leave(&mut self) {
        if self.is_following() {
            self.stance = Stance::Free;
            self.left = self.entries.len().checked_sub(1).map(|last| (last, self.entries[last].height()));
        }
    }

    /// Finds the rows on the screen.
    fn settle(&mut self, scene: &Scene<'_>) {
        let height = usize::from(scene.height);
        self.visible.clear();
        if self.entries.is_empty() || height == 0 {
            return;
        }
        let step = if scene.turns.last().is_some_and(is_going) { (height / STEPS).min(STEP) } else { 0 };
        let Some(mut at) = self.first_from(self.top, scene) else { return self.fill_from_end(scene, height) };
        self.visible.push(at);
        let mut ended = false;
        while self.visible.len() < height && !ended {
            match self.after(at, scene) {
                Some(next) => {
                    at = next;
                    self.visible.push(at);
                }
                None => ended = true,
            }
        }
        let spare = height - self.visible.len();
        let at_end = ended || self.after(at, scene).is_none();
        if self.is_following() && !at_end {
            // Room for some lines at once: text that is read stands still between two steps, and a terminal is not
            // drawn anew for every line.
            return self.fill_from_end(scene, height - step);
        }
        if spare > 0 && !(self.is_following() && spare <= self.slack.max(step)) {
            return self.fill_from_end(scene, height);
        }
        self.top = self.visible[0];
        if at_end && self.stance != Stance::Held {
            self.follow();
        }
    }

    fn fill_from_end(&mut self, scene: &Scene<'_>, height: usize) {
        self.follow();
        self.slack = usize::from(scene.height) - height;
        self.visible.clear();
        let end = At { entry: self.entries.len(), part: 0, row: 0 };
        let mut at = end;
        while self.visible.len() < height {
            let Some(before) = self.before(at, scene) else { break };
            at = before;
            self.visible.push(at);
        }
        self.visible.reverse();
        self.top = self.visible.first().copied().unwrap_or_default();
    }

    /// The rows of a part, laid out if need be.
    pub(super) fn lay(&mut self, entry: usize, part: usize, scene: &Scene<'_>) -> usize {
        let (Some(known), Some(turn)) = (self.entries.get_mut(entry), scene.turns.get(entry)) else {
            return 0;
        };
        known.open(turn, scene, &self.highlighter);
        known.ensure(part, turn, scene);
        if let Some(open) = &mut known.open {
            open.seen = self.arranged;
        }
        known.rows(part).len()
    }

    pub(super) fn parts(&mut self, entry: usize, scene: &Scene<'_>) -> usize {
        let (Some(known), Some(turn)) = (self.entries.get_mut(entry), scene.turns.get(entry)) else {
            return 0;
        };
        known.open(turn, scene, &self.highlighter);
        known.parts()
    }

    /// The row at a place, counted on into what follows where its part has become shorter: a tail that was finished
    /// has its rows in the pieces that took its place.
    fn first_from(&mut self, mut at: At, scene: &Scene<'_>) -> Option<At> {
        loop {
            let rows = self.lay(at.entry, at.part, scene);
            if at.row < rows {
                return Some(at);
            }
            if at.part + 1 >= self.parts(at.entry, scene) {
                let end = At { row: rows.saturating_sub(1), ..at };
                return if rows > 0 {
                    Some(end)
                } else {
                    self.after(At { row: usize::MAX - 1, ..at }, scene)
                };
            }
            at = At { part: at.part + 1, row: at.row - rows, ..at };
        }
    }

    /// The row behind another.
    pub(super) fn after(&mut self, at: At, scene: &Scene<'_>) -> Option<At> {
        if at.row + 1 < self.lay(at.entry, at.part, scene) {
            return Some(At { row: at.row + 1, ..at });
        }
        let (mut entry, mut part) = (at.entry, at.part + 1);
        while entry < self.entries.len() {
            while part < self.parts(entry, scene) {
                if self.lay(entry, part, scene) > 0 {
                    return Some(At { entry, part, row: 0 });
                }
                part += 1;
            }
            entry += 1;
            part = 0;
        }
        None
    }

    /// The row before another.
    pub(super) fn before(&mut self, at: At, scene: &Scene<'_>) -> Option<At> {
        if at.row > 0 && at.entry < self.entries.len() {
            let rows = self.lay(at.entry, at.part, scene);
            return Some(At { row: (at.row - 1).min(rows.saturating_sub(1)), ..at });
        }
        let (mut entry, mut part) = (at.entry, at.part);
        loop {
            while part > 0 {
                part -= 1;
                let rows = self.lay(entry, part, scene);
                if rows > 0 {
                    return Some(At { entry, part, row: rows - 1 });
                }
            }
            entry = entry.checked_sub(1)?;
            part = self.parts(entry, scene);
        }
    }

    /// Throws away what nobody has looked at for long.
    fn let_go(&mut self) {
        let open = self.entries.iter().filter(|entry| entry.open.is_some()).count();
        let now = self.arranged;
        if open > KEPT {
            let mut seen: Vec<u64> =
                self.entries.iter().filter_map(|entry| entry.open.as_ref()).map(|open| open.seen).collect();
            seen.sort_unstable();
            let oldest = seen[open - KEPT];
            for entry in &mut self.entries {
                if entry.open.as_ref().is_some_and(|open| open.seen < oldest.min(now)) {
                    entry.open = None;
                    entry.stale = Stale::Touched;
                }
            }
        }
        // One turn can be larger than all others together.
        if !now.is_multiple_of(64) {
            return;
        }
        let parts: Vec<(usize, usize)> = self.visible.iter().map(|at| (at.entry, at.part)).collect();
        for (at, entry) in self.entries.iter_mut().enumerate() {
            if entry.open.is_none() || entry.weight() < KEPT_BYTES {
                continue;
            }
            let mine = || parts.iter().filter(|(entry, _)| *entry == at).map(|(_, part)| *part);
            let keep = mine().min().unwrap_or(0)..mine().max().map_or(0, |last| last + 1);
            entry.thin_out(&keep);
        }
    }
}

/// Rows that the end moves up at once while an answer comes, at most, and the share of the screen that is.
const STEP: usize = 10;
const STEPS: usize = 4;

/// Answers go on at the end of a conversation only.
const RECENT: usize = 8;

fn is_going(turn: &Turn) -> bool {
    matches!(&turn.body, TurnBody::Answer(answer) if answer.state.is_going())
}
