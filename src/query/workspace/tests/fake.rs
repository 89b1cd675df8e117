//! A judge whose answers follow from path, request and what the index knows, so that tests can foresee them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::domain::{Detail, FileId, JudgeName, Probability, Verdict};
use crate::index::Index;
use crate::query::crew::{Crew, Deliver};
use crate::query::judge::{Answer, Judge, JudgeError, Reach, Session};

use super::desk::SharedDesk;

/// Says yes where [`Fake::wanted`] has the file's number in its mask, no elsewhere.
#[derive(Default)]
pub struct Fake {
    /// Files with these ids are yes, whatever the request; the test may change them at any time.
    pub wanted: Arc<Mutex<Vec<FileId>>>,
    /// Files with these ids fail.
    pub failing: Arc<Mutex<Vec<FileId>>>,
    /// Counts the files asked about.
    pub asked: Arc<AtomicU32>,
    /// What a request named `hold` waits at.
    pub gate: Option<Arc<Gate>>,
    /// Answers depend on the file alone.
    pub single: bool,
    /// Answers come from whoever sits here.
    pub desk: Option<SharedDesk>,
}

struct FakeSession {
    order: Vec<FileId>,
    hold: Option<Arc<Gate>>,
    wanted: Arc<Mutex<Vec<FileId>>>,
    failing: Arc<Mutex<Vec<FileId>>>,
    asked: Arc<AtomicU32>,
}

impl Judge for Fake {
    fn name(&self) -> JudgeName {
        JudgeName("fake".into())
    }

    fn reach(&self) -> Reach {
        if self.single || self.desk.is_some() { Reach::File } else { Reach::Index }
    }

    fn crew(&self, _request: &str, deliver: Deliver) -> Option<Box<dyn Crew>> {
        self.desk.as_ref().map(|desk| desk.crew(deliver))
    }

    fn open(
        &self,
        request: &str,
        _index: &Index,
        _cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Box<dyn Session> {
        Box::new(FakeSession {
            order: Vec::new(),
            hold: self.gate.clone().filter(|_| request == "hold"),
            wanted: Arc::clone(&self.wanted),
            failing: Arc::clone(&self.failing),
            asked: Arc::clone(&self.asked),
        })
    }
}

impl Session for FakeSession {
    fn order(&self) -> Vec<FileId> {
        self.order.clone()
    }

    fn judge(&self, _index: &Index, pack: &[FileId]) -> Vec<Result<Answer, JudgeError>> {
        if let Some(gate) = &self.hold {
            gate.enter(pack.len() as u32);
        }
        self.asked.fetch_add(pack.len() as u32, Ordering::SeqCst);
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = |file: &FileId| {
            if failing.contains(file) {
                return Err(JudgeError { why: "garbled".into(), retryable: true });
            }
            let yes = wanted.contains(file);
            let verdict = if yes { Verdict::Yes } else { Verdict::No };
            Ok(Answer { verdict, probability: Probability::new(if yes { 0.9 } else { 0.1 }) })
        };
        pack.iter().map(answer).collect()
    }

    fn explain(&self, _index: &Index, file: FileId) -> Detail {
        Detail { reason: format!("file {}", file.0), ..Detail::default() }
    }

    fn refresh(&mut self, _index: &Index, _files: &[FileId]) {}
}

/// Where a judge waits until a test lets it go on.
#[derive(Default)]
pub struct Gate {
    state: Mutex<(bool, bool)>,
    changed: Condvar,
    held: AtomicU32,
}

impl Gate {
    fn enter(&self, files: u32) {
        self.held.fetch_add(files, Ordering::SeqCst);
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        self.changed.notify_all();
        while !state.1 {
            state = self.changed.wait(state).unwrap();
        }
    }

    /// Waits until the judge is at the gate.
    pub fn wait_until_entered(&self) {
        let mut state = self.state.lock().unwrap();
        while !state.0 {
            state = self.changed.wait(state).unwrap();
        }
    }

    /// Lets everybody through, from now on.
    pub fn open(&self) {
        self.state.lock().unwrap().1 = true;
        self.changed.notify_all();
    }

    /// Files that were judged behind the gate.
    pub fn held(&self) -> u32 {
        self.held.load(Ordering::SeqCst)
    }
}
