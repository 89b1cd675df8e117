//! A crew that does nothing by itself: what it is given lies on a desk, and the test answers for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::{Estimate, FileId, JudgeName, Verdict};
use crate::query::crew::{Crew, Deliver, Item, News, Room};

/// What lies on the desk.
pub struct Desk {
    /// Files handed out for a verdict, in order, and not answered.
    pub judging: Vec<Item>,
    /// Files handed out for a reason, and not answered.
    pub explaining: Vec<Item>,
    /// How many may lie there for a verdict.
    pub room: usize,
    /// Whether agreement is asked for first.
    pub paid: bool,
    /// Files asked about, all in all.
    pub asked: u32,
    /// Budgets given, after the first.
    pub renewed: u32,
    /// Times that everything was taken back.
    pub stops: u32,
    deliver: Option<Deliver>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            judging: Vec::new(),
            explaining: Vec::new(),
            room: 2,
            paid: false,
            asked: 0,
            renewed: 0,
            stops: 0,
            deliver: None,
        }
    }
}

/// The desk, as test and crew share it.
#[derive(Clone, Default)]
pub struct SharedDesk(Arc<Mutex<Desk>>);

impl SharedDesk {
    pub fn get(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up whoever asked last.
    pub fn crew(&self, deliver: Deliver) -> Box<dyn Crew> {
        let mut desk = self.get();
        desk.judging.clear();
        desk.explaining.clear();
        desk.deliver = Some(deliver);
        drop(desk);
        Box::new(FakeCrew(self.clone()))
    }

    /// Tells something in the crew's name.
    pub fn tell(&self, news: Vec<News>) {
        let deliver = self.get().deliver.clone();
        deliver.expect("a crew")(news);
    }

    pub fn paths(&self) -> Vec<String> {
        self.get().judging.iter().map(|item| item.shown.to_string()).collect()
    }
}

struct FakeCrew(SharedDesk);

impl Crew for FakeCrew {
    fn room(&self) -> Room {
        let desk = self.0.get();
        Room {
            verdicts: desk.room.saturating_sub(desk.judging.len()),
            reasons: 1 - desk.explaining.len().min(1),
        }
    }

    fn judge(&mut self, items: Vec<Item>) {
        let mut desk = self.0.get();
        desk.asked += items.len() as u32;
        desk.judging.extend(items);
    }

    fn explain(&mut self, items: Vec<Item>, _verdict: Verdict) {
        self.0.get().explaining.extend(items);
    }

    fn take_back(&mut self, file: FileId) {
        let mut desk = self.0.get();
        desk.judging.retain(|item| item.file != file);
        desk.explaining.retain(|item| item.file != file);
    }

    fn stop(&mut self) {
        let mut desk = self.0.get();
        desk.judging.clear();
        desk.explaining.clear();
        desk.stops += 1;
    }

    fn estimate(&self, items: &[Item], known: u32) -> Option<Estimate> {
        self.0.get().paid.then(|| Estimate {
            judge: JudgeName("fake".into()),
            files: items.len() as u32,
            known,
            tokens_in: items.iter().map(|item| item.size).sum(),
            tokens_out: items.len() as u64,
            usd: Some(0.5),
            time: None,
            stopped_by: None,
        })
    }

    fn renew(&mut self) {
        self.0.get().renewed += 1;
    }
}
