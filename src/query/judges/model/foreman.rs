//! The foreman: one task that keeps a query's calls in flight, and answers for every file exactly once.
//!
//! Calls that take far longer than the others are asked a second time, and the first answer counts (hedged requests,
//! Dean and Barroso 2013). Dropping the foreman drops its calls, and with them their connections' requests.

mod answers;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustc_hash::{FxHashMap, FxHashSet};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::Instant;

use super::asking::{Asking, Errand, Fault, Outcome};
use super::packing;
use super::post::Post;
use super::purse::{Load, Purse, taken};
use super::tempo::Tempo;
use crate::domain::{FileId, Usage, Verdict};
use crate::llm::Counted;
use crate::query::{Answer, Item, News, Reason};

/// Failures in a row, without one answer, after which nothing more is asked.
const HOPELESS: u32 = 8;

/// How long a file waits before it is asked about once more, after a failure that may pass.
const PAUSE: Duration = Duration::from_millis(250);

/// How often slow calls are looked for.
const GLANCE: Duration = Duration::from_millis(10);

/// One part in this many of the calls may be second ones.
const HEDGES: u32 = 8;

/// What the foreman is told.
pub enum Order {
    Judge(Vec<Item>),
    Explain(Vec<Item>, Verdict),
    TakeBack(FileId),
    Stop,
    Renew,
}

/// Files that the foreman holds, as the crew sees it.
#[derive(Debug, Default)]
pub struct Held {
    pub verdicts: AtomicUsize,
    pub reasons: AtomicUsize,
    /// Files that may be held for verdicts, from how fast answers come.
    pub window: AtomicUsize,
}

/// One file's way to its answer.
#[derive(Debug, Clone, Copy)]
struct Progress {
    /// Calls in flight for it.
    calls: u8,
    attempt: u8,
}

/// One call in flight.
struct Live {
    errand: Errand,
    reason: Option<Verdict>,
    load: Load,
    started: Instant,
    hedged: bool,
    abort: AbortHandle,
}

enum Done {
    Verdicts(Outcome<Answer>),
    Reason(Outcome<Reason>),
}

/// Keeps the calls of one query in flight.
pub struct Foreman {
    asking: Arc<Asking>,
    orders: UnboundedReceiver<Order>,
    held: Arc<Held>,
    post: Post,
    purse: Purse,
    tempo: Tempo,
    waiting: VecDeque<(Item, u8, Instant)>,
    unexplained: VecDeque<(Item, Verdict)>,
    judging: FxHashMap<FileId, Progress>,
    explaining: FxHashSet<FileId>,
    calls: JoinSet<Done>,
    live: FxHashMap<Id, Live>,
    packs: u64,
    second_calls: u32,
    failures: u32,
    /// The budget that does not suffice, while calls in flight may still give some of it back.
    spent: Option<String>,
    stopped: bool,
    /// Time that calls have been in flight since the budget was given, without the present stretch.
    worked: Duration,
    since: Option<Instant>,
}

impl Foreman {
    pub fn new(
        asking: Arc<Asking>,
        orders: UnboundedReceiver<Order>,
        held: Arc<Held>,
        post: Post,
        purse: Purse,
    ) -> Self {
        Self {
            asking,
            orders,
            held,
            post,
            purse,
            tempo: Tempo::default(),
            waiting: VecDeque::new(),
            unexplained: VecDeque::new(),
            judging: FxHashMap::default(),
            explaining: FxHashSet::default(),
            calls: JoinSet::new(),
            live: FxHashMap::default(),
            packs: 0,
            second_calls: 0,
            failures: 0,
            spent: None,
            stopped: false,
            worked: Duration::ZERO,
            since: None,
        }
    }

    /// Works until nobody gives orders any more.
    pub async fn work(mut self) {
        loop {
            self.begin_calls();
            let wake = self.wake();
            tokio::select! {
                biased;
                order = self.orders.recv() => match order {
                    Some(order) => self.take(order),
                    None => return,
                },
                Some(done) = self.calls.join_next_with_id() => self.ended(done),
                () = tokio::time::sleep_until(wake) => self.look(),
            }
            while let Ok(order) = self.orders.try_recv() {
                self.take(order);
            }
            while let Some(done) = self.calls.try_join_next_with_id() {
                self.ended(done);
            }
            self.post.flush_due();
        }
    }

    /// When there is something to look at, if nothing happens before.
    fn wake(&self) -> Instant {
        let now = Instant::now();
        let flush = self.post.due();
        let glance = (!self.live.is_empty()).then(|| now + GLANCE);
        let paused = self.waiting.front().map(|(_, _, from)| (*from).max(now + Duration::from_millis(1)));
        [flush, glance, paused].into_iter().flatten().min().unwrap_or(now + Duration::from_hours(1))
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Judge(items) if self.stopped => let_go(&self.held.verdicts, items.len()),
            Order::Explain(items, _) if self.stopped => let_go(&self.held.reasons, items.len()),
            Order::Judge(items) => {
                let now = Instant::now();
                for item in items {
                    self.judging.insert(item.file, Progress { calls: 0, attempt: 0 });
                    self.waiting.push_back((item, 0, now));
                }
            }
            Order::Explain(items, verdict) => {
                for item in items {
                    self.explaining.insert(item.file);
                    self.unexplained.push_back((item, verdict));
                }
            }
            Order::TakeBack(file) => {
                if self.judging.remove(&file).is_some() {
                    let_go(&self.held.verdicts, 1);
                    self.waiting.retain(|(item, ..)| item.file != file);
                }
                if self.explaining.remove(&file) {
                    let_go(&self.held.reasons, 1);
                    self.unexplained.retain(|(item, _)| item.file != file);
                }
                self.end_needless_calls();
                self.post.poke();
            }
            Order::Stop => {
                self.drop_all();
                self.post.poke();
            }
            Order::Renew => {
                self.purse.renew();
                (self.stopped, self.spent, self.failures) = (false, None, 0);
                (self.worked, self.since) = (Duration::ZERO, None);
            }
        }
    }

    /// Forgets everything, and cancels all calls.
    fn drop_all(&mut self) {
        let_go(&self.held.verdicts, self.judging.len());
        let_go(&self.held.reasons, self.explaining.len());
        self.judging.clear();
        self.explaining.clear();
        self.waiting.clear();
        self.unexplained.clear();
        self.end_needless_calls();
    }

    /// Cancels calls that nobody waits for any more.
    fn end_needless_calls(&mut self) {
        let (judging, explaining) = (&self.judging, &self.explaining);
        for live in self.live.values() {
            let wanted = |item: &Item| match live.reason {
                None => judging.contains_key(&item.file),
                Some(_) => explaining.contains(&item.file),
            };
            if !live.errand.items.iter().any(wanted) {
                live.abort.abort();
            }
        }
    }

    /// Begins as many calls as there is work and room for.
    fn begin_calls(&mut self) {
        let facts = self.asking.caller.facts();
        let pack = packing::files_in_a_call(&self.asking, &facts);
        self.held.window.store(self.tempo.window(facts.in_flight, pack), Ordering::Release);
        if self.stopped || self.spent.is_some() {
            self.end_when_settled();
            return;
        }
        let reasons = self.live.values().filter(|live| live.reason.is_some()).count();
        let most_reasons =
            if self.waiting.is_empty() { facts.in_flight } else { (facts.in_flight / 4).max(1) };
        let mut more_reasons = most_reasons.saturating_sub(reasons);
        while self.live.len() < facts.in_flight && self.spent.is_none() {
            if more_reasons > 0
                && let Some((item, verdict)) = self.unexplained.pop_front()
            {
                more_reasons -= 1;
                let load = self.asking.reason_load(&item);
                self.begin(Errand { items: vec![item], number: 0, attempt: 0 }, Some(verdict), load, false);
            } else if let Some(errand) = self.next_errand(pack) {
                let load = self.asking.load(&errand.items);
                self.begin(errand, None, load, false);
            } else {
                return;
            }
        }
        if self.spent.is_some() {
            self.end_when_settled();
        }
    }

    /// The next file, with small ones beside it where that is cheaper.
    fn next_errand(&mut self, pack: usize) -> Option<Errand> {
        let now = Instant::now();
        let ready = self.waiting.iter().position(|(_, _, from)| *from <= now)?;
        let (first, attempt, _) = self.waiting.remove(ready)?;
        let mut items = vec![first];
        if attempt == 0 && pack > 1 && packing::is_small(&items[0]) {
            let mut at = 0;
            while items.len() < pack && at < self.waiting.len() {
                let (item, attempt, _) = &self.waiting[at];
                if *attempt == 0 && packing::is_small(item) {
                    items.extend(self.waiting.remove(at).map(|(item, ..)| item));
                } else {
                    at += 1;
                }
            }
        }
        self.packs += 1;
        Some(Errand { items, number: self.packs, attempt })
    }

    fn begin(&mut self, errand: Errand, reason: Option<Verdict>, load: Load, hedged: bool) {
        let price = self.asking.caller.facts().price;
        if let Err(why) = self.purse.reserve(load, price) {
            if !hedged {
                self.spent = Some(why);
                if let Some(verdict) = reason {
                    self.unexplained.extend(errand.items.into_iter().map(|item| (item, verdict)));
                } else {
                    let now = Instant::now();
                    self.waiting.extend(errand.items.into_iter().map(|item| (item, errand.attempt, now)));
                }
            }
            return;
        }
        let (asking, work) = (Arc::clone(&self.asking), errand.clone());
        let abort = self.calls.spawn(async move {
            match reason {
                None => Done::Verdicts(asking.judge(&work).await),
                Some(verdict) => Done::Reason(asking.explain(&work.items[0], verdict).await),
            }
        });
        if reason.is_none() {
            for item in &errand.items {
                if let Some(progress) = self.judging.get_mut(&item.file) {
                    progress.calls += 1;
                }
            }
        }
        let started = Instant::now();
        self.since.get_or_insert(started);
        self.live.insert(abort.id(), Live { errand, reason, load, started, hedged, abort });
    }

    /// A call ended, by itself or because it was cancelled.
    fn ended(&mut self, done: Result<(Id, Done), JoinError>) {
        let (id, done) = match done {
            Ok((id, done)) => (id, Some(done)),
            Err(error) => (error.id(), None),
        };
        let Some(live) = self.live.remove(&id) else { return };
        if self.live.is_empty()
            && let Some(since) = self.since.take()
        {
            self.worked += since.elapsed();
        }
        match done {
            Some(Done::Verdicts(outcome)) => {
                self.settle(&live, outcome.usage);
                if outcome.results.iter().any(Result::is_ok) {
                    self.tempo.took(live.started.elapsed(), live.errand.items.len());
                }
                for (item, result) in live.errand.items.into_iter().zip(outcome.results) {
                    self.verdict(item, result);
                }
            }
            Some(Done::Reason(mut outcome)) => {
                self.settle(&live, outcome.usage);
                if let (Some(item), Some(result)) =
                    (live.errand.items.into_iter().next(), outcome.results.pop())
                {
                    self.reason(&item, result);
                }
            }
            None => {
                // Cancelled, and perhaps billed all the same.
                let price = self.asking.caller.facts().price;
                self.settle(&live, taken(&Counted::default(), live.load, price));
                let broken = || Fault::Garbled("the call broke down".to_owned());
                match live.reason {
                    None => live.errand.items.into_iter().for_each(|item| self.verdict(item, Err(broken()))),
                    Some(_) => live.errand.items.iter().for_each(|item| self.reason(item, Err(broken()))),
                }
            }
        }
    }

    fn settle(&mut self, live: &Live, usage: Usage) {
        self.purse.settle(live.load, usage);
        if usage != Usage::default() {
            self.post.spent(self.purse.total());
        }
    }

    /// The budget does not suffice for another call: the end, once no call can give some of it back.
    fn end_when_settled(&mut self) {
        if self.live.is_empty()
            && let Some(why) = self.spent.take()
        {
            self.end_over_budget(why);
        }
    }

    fn end_over_budget(&mut self, why: String) {
        self.end(News::OverBudget(why));
    }

    /// Tells the end, after everything that was answered before.
    fn end(&mut self, news: News) {
        self.stopped = true;
        self.spent = None;
        self.drop_all();
        self.post.push(news);
        self.post.flush();
    }

    /// Looks for calls that take too long, and at the time.
    fn look(&mut self) {
        if let Some(most) = self.purse.seconds()
            && !self.stopped
            && self.worked + self.since.map_or(Duration::ZERO, |since| since.elapsed()) >= most
        {
            let why = self.purse.words().unwrap_or_default();
            self.end_over_budget(why);
            return;
        }
        let facts = self.asking.caller.facts();
        let idle = facts.in_flight.saturating_sub(self.live.len());
        let Some(patience) = self.tempo.patience(idle > 0 && self.waiting.is_empty() && facts.is_free())
        else {
            return;
        };
        let allowed = (self.tempo.calls() / HEDGES + 4).saturating_sub(self.second_calls) as usize;
        let late: Vec<(Id, Errand, Load)> = self
            .live
            .iter()
            .filter(|(_, live)| !live.hedged && live.reason.is_none() && live.started.elapsed() > patience)
            .map(|(id, live)| (*id, live.errand.clone(), live.load))
            .take(allowed)
            .collect();
        for (id, errand, load) in late {
            if let Some(live) = self.live.get_mut(&id) {
                live.hedged = true;
            }
            self.second_calls += 1;
            self.begin(errand, None, load, true);
        }
    }
}

fn let_go(held: &AtomicUsize, files: usize) {
    held.fetch_sub(files, Ordering::AcqRel);
}
