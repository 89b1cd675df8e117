//! Ledger: what was spent and what is reserved, under one lock that is held for nanoseconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::{Clock, Moment};
use super::estimate::{CallSize, Estimate};
use super::limits::{Exceeded, Limits};
use super::state::{Charge, Need, Query, State, Today};
use crate::domain::{Price, TaskKind, Usage};
use crate::llm::{BudgetId, Counted};
use crate::store::{SpendRow, Spent, Store};

/// How old the sums of other runs may be while calls are made.
const FRESH: Duration = Duration::from_secs(1);

/// How long a call waits for them: the first must know, the later ones know nearly.
const FIRST_LOOK: Duration = Duration::from_secs(2);
const LATER_LOOK: Duration = Duration::from_millis(50);

/// All budgets of this run. Cheap to clone.
#[derive(Clone)]
pub struct Budgets {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Held while the sums of other runs are looked up for the first time, so that no call passes before.
    first_look: Mutex<()>,
}

/// A call's share of the budgets while it is in flight. Dropped without [`Reservation::settle`], it costs nothing.
pub struct Reservation {
    shared: Arc<Shared>,
    charge: Charge,
    /// The size with what its model taught about estimates.
    size: CallSize,
    need: Need,
    is_open: bool,
}

/// One query's budget. Dropped, it is closed: calls that still name it are charged to the run and the day only.
pub struct Budget {
    budgets: Budgets,
    id: BudgetId,
}

impl Budgets {
    /// Budgets of a run that has spent nothing yet.
    pub fn new(limits: Limits, store: Store, clock: Arc<dyn Clock>) -> Self {
        let today = Today::new(clock.now().day);
        let state = State {
            limits,
            session: Spent::default(),
            reserved: Need::default(),
            today,
            queries: HashMap::new(),
            next: 0,
            ratios: HashMap::new(),
        };
        Self {
            shared: Arc::new(Shared { store, clock, state: Mutex::new(state), first_look: Mutex::new(()) }),
        }
    }

    /// Takes other limits; what was spent stays spent.
    pub fn configure(&self, limits: Limits) {
        self.shared.state().limits = limits;
    }

    /// The limits in force.
    pub fn limits(&self) -> Limits {
        self.shared.state().limits.clone()
    }

    /// Opens the budget of one query; its time runs from now.
    pub fn open(&self, task: TaskKind) -> Budget {
        let opened = self.shared.clock.now().elapsed;
        let mut state = self.shared.state();
        let id = BudgetId(state.next);
        state.next += 1;
        let query = Query { task, opened, spent: Spent::default(), reserved: Need::default(), grants: 1 };
        state.queries.insert(id, query);
        drop(state);
        Budget { budgets: self.clone(), id }
    }

    /// Reserves what a call may take, and tells the seconds that its query has left, if those are limited.
    ///
    /// # Errors
    /// The budget that does not suffice. Nothing is reserved then.
    pub fn reserve(&self, charge: Charge) -> Result<(Reservation, Option<Duration>), Exceeded> {
        let now = self.shared.clock.now();
        self.shared.look(now);
        let mut state = self.shared.state();
        state.turn(now.day);
        let size =
            CallSize { tokens_in: state.corrected(&charge.model, charge.size.tokens_in), ..charge.size };
        let need = Need::of(size, charge.price);
        let left = state.admit(&charge, need, now.elapsed)?;
        state.hold(charge.budget, need);
        drop(state);
        Ok((Reservation { shared: Arc::clone(&self.shared), charge, size, need, is_open: true }, left))
    }

    /// What calls of these sizes would take as one query, and which budget would stop them: a new query's, or what is
    /// left of `within`.
    pub fn estimate(
        &self,
        task: TaskKind,
        price: Option<Price>,
        within: Option<BudgetId>,
        calls: impl IntoIterator<Item = CallSize>,
    ) -> Estimate {
        let now = self.shared.clock.now();
        self.shared.look(now);
        let mut state = self.shared.state();
        state.turn(now.day);
        let mut total = CallSize { tokens_in: 0, tokens_out: 0 };
        let (mut number, mut fits, mut over) = (0, 0, None);
        for size in calls {
            number += 1;
            total.tokens_in = total.tokens_in.saturating_add(size.tokens_in);
            total.tokens_out = total.tokens_out.saturating_add(size.tokens_out);
            if over.is_none() {
                let need = Need::of(total, price);
                over = state.short(task, within, need);
                fits += u64::from(over.is_none());
            }
        }
        Estimate {
            calls: number,
            tokens_in: total.tokens_in,
            tokens_out: total.tokens_out,
            usd: price.map(|price| price.usd(total.tokens_in, 0, total.tokens_out)),
            over,
            fits,
        }
    }

    /// What was spent by this run, and today by all runs; other runs' sums are at most about a second old. May wait
    /// some milliseconds for the store: not for the thread that draws.
    pub fn spent(&self) -> (Spent, Spent) {
        let now = self.shared.clock.now();
        self.shared.look_for_day(now);
        let mut state = self.shared.state();
        state.turn(now.day);
        (state.session, state.today.sum())
    }
}

impl Budget {
    /// What calls of this query carry.
    pub const fn id(&self) -> BudgetId {
        self.id
    }

    /// What the query has spent.
    pub fn spent(&self) -> Spent {
        self.budgets.shared.state().queries.get(&self.id).map(|query| query.spent).unwrap_or_default()
    }

    /// Grants the query its limits once more, for a person who said to go on. Limits of the run and the day stand.
    pub fn grant(&self) {
        let now = self.budgets.shared.clock.now().elapsed;
        if let Some(query) = self.budgets.shared.state().queries.get_mut(&self.id) {
            query.grants = query.grants.saturating_add(1);
            query.opened = now;
        }
    }
}

impl Drop for Budget {
    fn drop(&mut self) {
        self.budgets.shared.state().queries.remove(&self.id);
    }
}

impl Reservation {
    /// What the call may take, with what its model taught about the estimate.
    pub const fn size(&self) -> CallSize {
        self.size
    }

    /// Charges what the call really took, and gives it back; what the server did not count is charged as estimated,
    /// as far as `happened` says that it happened.
    pub fn settle(mut self, counted: &Counted, happened: Happened) -> Spent {
        let now = self.shared.clock.now();
        let spent = self.spent(counted, happened);
        self.is_open = false;
        let mut state = self.shared.state();
        state.release(self.charge.budget, self.need);
        if let Some(prompt) = counted.prompt {
            state.learn(&self.charge, prompt);
        }
        state.turn(now.day);
        state.session += spent;
        if let Some(query) = self.charge.budget.and_then(|id| state.queries.get_mut(&id)) {
            query.spent += spent;
        }
        let model = &self.charge.model;
        let sum = state.today.own.entry(model.clone()).or_default();
        *sum += spent;
        let row = SpendRow { day: now.day.to_string().into(), session: 0, model: model.clone(), spent: *sum };
        drop(state);
        if spent != Spent::default() {
            self.shared.store.put_spend(row);
        }
        spent
    }

    fn spent(&self, counted: &Counted, happened: Happened) -> Spent {
        let size = self.size;
        let (guess_in, guess_out) = match happened {
            Happened::All => (size.tokens_in, size.tokens_out),
            Happened::Prompt => (size.tokens_in, 0),
            Happened::Nothing => (0, 0),
        };
        let tokens_in = counted.prompt.unwrap_or(guess_in);
        let tokens_out = counted.output.unwrap_or(guess_out);
        let cached = counted.cached.unwrap_or(0).min(tokens_in);
        let said = counted.micro_usd.map(|micros| micros as f64 / 1e6);
        let usd = said.or_else(|| self.charge.price.map(|price| price.usd(tokens_in, cached, tokens_out)));
        let is_call = happened != Happened::Nothing || *counted != Counted::default();
        Spent {
            calls: u64::from(is_call),
            usage: Usage { tokens_in, tokens_out, usd: usd.unwrap_or(0.0) },
            unpriced: if usd.is_none() { tokens_in.saturating_add(tokens_out) } else { 0 },
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.is_open {
            self.shared.state().release(self.charge.budget, self.need);
        }
    }
}

/// How far a call came, for what its server did not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// It was answered.
    All,
    /// The prompt may have been read.
    Prompt,
    /// It was refused before, or never sent.
    Nothing,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks up what other runs spent today, where a budget of the day makes that matter.
    fn look(&self, now: Moment) {
        if self.state().limits.has_day() {
            self.look_for_day(now);
        }
    }

    fn look_for_day(&self, now: Moment) {
        let is_first = {
            let mut state = self.state();
            state.turn(now.day);
            match state.today.looked {
                Some(looked) if now.elapsed.saturating_sub(looked) < FRESH => return,
                Some(_) => {
                    // One call looks, the others go by what was seen last.
                    state.today.looked = Some(now.elapsed);
                    false
                }
                None => true,
            }
        };
        let _first = is_first.then(|| self.first_look.lock().unwrap_or_else(PoisonError::into_inner));
        if is_first && self.state().today.looked.is_some() {
            return;
        }
        let patience = if is_first { FIRST_LOOK } else { LATER_LOOK };
        let others = self.store.spent_by_others(&now.day.to_string(), patience);
        let mut state = self.state();
        if state.today.day == now.day {
            state.today.looked = Some(now.elapsed);
            if let Ok(others) = others {
                state.today.others = others;
            }
        }
    }
}
