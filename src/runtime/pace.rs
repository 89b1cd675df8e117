//! Pace: when the next frame, tick or timer is due. Knows no clock: the time comes in.
//!
//! Invariant: without a due frame, a timer or a wanted tick there is no next wake-up at all.

use std::mem::discriminant;
use std::time::{Duration, Instant};

use crate::app::Timer;

/// At most 60 frames a second; no terminal shows more.
const FRAME: Duration = Duration::from_millis(16);

/// Between two frames while somebody types: a letter is seen before the next one is struck, however much text comes.
const ECHO: Duration = Duration::from_millis(4);

/// When things are due.
#[derive(Debug)]
pub struct Pace {
    born: Instant,
    drawn: Option<Instant>,
    dirty: bool,
    hurried: bool,
    timers: Vec<(Timer, Instant)>,
    tick: Option<Instant>,
}

impl Pace {
    /// Nothing is due yet.
    pub fn new(now: Instant) -> Self {
        Self { born: now, drawn: None, dirty: false, hurried: false, timers: Vec::new(), tick: None }
    }

    /// Something changed that a frame must show.
    pub fn changed(&mut self) {
        self.dirty = true;
    }

    /// What changed, if anything, answers to a key: it is drawn sooner.
    pub fn hurry(&mut self) {
        self.hurried = self.dirty;
    }

    /// Whether a frame must be drawn now.
    pub fn frame_due(&self, now: Instant) -> bool {
        self.frame_at().is_some_and(|at| at <= now)
    }

    /// A frame was drawn.
    pub fn drew(&mut self, now: Instant) {
        (self.dirty, self.hurried) = (false, false);
        self.drawn = Some(now);
    }

    /// Sets a timer; one of the same kind is replaced.
    pub fn set(&mut self, timer: Timer, at: Instant) {
        self.timers.retain(|(other, _)| discriminant(other) != discriminant(&timer));
        self.timers.push((timer, at));
    }

    /// Takes a timer that ran out.
    pub fn take_timer(&mut self, now: Instant) -> Option<Timer> {
        let due = self.timers.iter().position(|(_, at)| *at <= now)?;
        Some(self.timers.swap_remove(due).0)
    }

    /// Sets when the state wants the next tick.
    pub fn want_tick(&mut self, at: Option<Instant>) {
        self.tick = at;
    }

    /// Whether the wanted tick is due.
    pub fn tick_due(&self, now: Instant) -> bool {
        self.tick.is_some_and(|at| at <= now)
    }

    /// When to wake up next, if nothing else happens; `None` while there is nothing to wait for.
    pub fn wake_at(&self) -> Option<Instant> {
        let timers = self.timers.iter().map(|(_, at)| *at);
        timers.chain(self.tick).chain(self.frame_at()).min()
    }

    fn frame_at(&self) -> Option<Instant> {
        let distance = if self.hurried { ECHO } else { FRAME };
        self.dirty.then(|| self.drawn.map_or(self.born, |drawn| drawn + distance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_do_means_no_wake_up() {
        let mut pace = Pace::new(Instant::now());
        assert_eq!(pace.wake_at(), None);
        pace.changed();
        let now = Instant::now();
        assert!(pace.frame_due(now));
        pace.drew(now);
        assert_eq!(pace.wake_at(), None);
    }

    #[test]
    fn frames_keep_their_distance() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.drew(start);
        pace.changed();
        assert!(!pace.frame_due(start + Duration::from_millis(15)));
        assert!(pace.frame_due(start + Duration::from_millis(16)));
        assert_eq!(pace.wake_at(), Some(start + Duration::from_millis(16)));
    }

    #[test]
    fn what_a_key_changed_is_drawn_sooner_and_nothing_is_drawn_for_a_key_that_changes_nothing() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.drew(start);
        pace.hurry();
        assert_eq!(pace.wake_at(), None);
        pace.changed();
        pace.hurry();
        assert_eq!(pace.wake_at(), Some(start + Duration::from_millis(4)));
        pace.drew(start + Duration::from_millis(4));
        pace.changed();
        assert_eq!(pace.wake_at(), Some(start + Duration::from_millis(20)));
    }

    #[test]
    fn a_newer_timer_of_a_kind_replaces_the_older() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.set(Timer::Typing(1), start);
        pace.set(Timer::Dwell(1), start);
        pace.set(Timer::Typing(2), start + Duration::from_millis(60));
        assert_eq!(pace.take_timer(start), Some(Timer::Dwell(1)));
        assert_eq!(pace.take_timer(start), None);
        assert_eq!(pace.take_timer(start + Duration::from_millis(60)), Some(Timer::Typing(2)));
        assert_eq!(pace.wake_at(), None);
    }
}
