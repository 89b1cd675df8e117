//! Permits of one backend: who may send now, and to which endpoint.
//!
//! Two queues; a person's calls go before those of a fan-out. A permit is given back by dropping it, and each change that
//! could let a call through looks at the queues again, so no wake-up is lost: waiting calls never look by themselves.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::breaker::{Admits, IsProbe};
use super::endpoint::{Chosen, Class, Endpoint, Shut, Want, choose};
use super::pace::Fullness;
use super::retry::{Door, dice};

/// Hands out permits.
#[derive(Debug, Clone)]
pub(super) struct Permits(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    runtime: Handle,
}

#[derive(Debug)]
struct State {
    endpoints: Vec<Endpoint>,
    /// Over all endpoints, as the configuration says.
    bound: Option<u32>,
    interactive: VecDeque<Waiter>,
    background: VecDeque<Waiter>,
    /// When a task looks at the queues next.
    wake_at: Option<Instant>,
    turn: u64,
}

#[derive(Debug)]
struct Waiter {
    want: Want,
    reply: oneshot::Sender<Result<Permit, Shut>>,
}

/// Where a call joins its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind the others.
    Back,
    /// It waited before, and was refused.
    Front,
}

/// The right to have one call in flight at one endpoint; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Permit {
    shared: Arc<Shared>,
    endpoint: usize,
    epoch: u64,
    probe: IsProbe,
    /// Whether the endpoint's breaker was told how it went.
    told: bool,
}

/// How the queues and endpoints stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) in_flight: u32,
    pub(super) waiting: u32,
    pub(super) limit: u32,
    /// Endpoints that take calls now.
    pub(super) usable: usize,
    pub(super) endpoints: usize,
    /// What happened last at an endpoint with trouble.
    pub(super) why: Option<String>,
    /// When the next endpoint that takes no calls now is tried again.
    pub(super) retry_in: Option<Duration>,
}

impl Permits {
    /// For these endpoints, named by their origins.
    pub(super) fn new(names: &[String], bound: Option<u32>, runtime: Handle) -> Self {
        let share = bound.map(|bound| bound.div_ceil(names.len().max(1) as u32));
        let state = State {
            endpoints: names.iter().map(|name| Endpoint::new(name, share)).collect(),
            bound,
            interactive: VecDeque::new(),
            background: VecDeque::new(),
            wake_at: None,
            turn: 0,
        };
        Self(Arc::new(Shared { state: Mutex::new(state), runtime }))
    }

    /// Waits for the right to send. Dropping the future leaves the queue.
    pub(super) async fn acquire(&self, want: Want, place: Place) -> Result<Permit, Shut> {
        let (reply, granted) = oneshot::channel();
        {
            let mut state = self.0.lock();
            let queue = state.queue(want.class);
            match place {
                Place::Back => queue.push_back(Waiter { want, reply }),
                Place::Front => queue.push_front(Waiter { want, reply }),
            }
        }
        self.0.pump();
        granted.await.unwrap_or_else(|_| {
            Err(Shut::Dead { why: "the program is ending".into(), retry_in: Duration::ZERO })
        })
    }

    /// What each endpoint says it can serve.
    pub(super) fn set_capacity(&self, capacity: Option<u32>) {
        let mut state = self.0.lock();
        let share = state.share();
        for endpoint in &mut state.endpoints {
            endpoint.set_capacity(share, capacity);
        }
        drop(state);
        self.0.pump();
    }

    /// All endpoints but this one where any of them takes calls now, else 0.
    pub(super) fn others(&self, than: usize) -> u32 {
        let now = Instant::now();
        let state = self.0.lock();
        let usable = |(at, endpoint): (usize, &Endpoint)| at != than && endpoint.is_usable(now);
        if state.endpoints.iter().enumerate().any(usable) { state.endpoints.len() as u32 - 1 } else { 0 }
    }

    /// Whether an endpoint lets calls in.
    pub(super) fn door(&self, at: usize) -> Door {
        let state = self.0.lock();
        let endpoint = &state.endpoints[at];
        if endpoint.pace.is_shut(endpoint.in_flight) { Door::Shut } else { Door::Open }
    }

    /// A look at an endpoint apart from any call, and how it went.
    pub(super) fn looked(&self, endpoint: usize, outcome: Result<(), &str>) {
        let mut state = self.0.lock();
        let breaker = &mut state.endpoints[endpoint].breaker;
        match outcome {
            Ok(()) => breaker.succeeded(),
            Err(why) => breaker.failed(why, IsProbe::No, Instant::now(), dice()),
        }
        drop(state);
        self.0.pump();
    }

    /// How things stand.
    pub(super) fn standing(&self) -> Standing {
        let now = Instant::now();
        let state = self.0.lock();
        let again = |endpoint: &Endpoint| match endpoint.breaker.admits(now) {
            Admits::NotBefore(until) => Some(until),
            Admits::Probe | Admits::NotWhileProbing => Some(now),
            Admits::Calls => endpoint.paused(now),
        };
        let all = &state.endpoints;
        Standing {
            in_flight: all.iter().map(|endpoint| endpoint.in_flight).sum(),
            waiting: (state.interactive.len() + state.background.len()) as u32,
            limit: all.iter().map(|endpoint| endpoint.limit(Class::Background)).sum(),
            usable: all.iter().filter(|endpoint| endpoint.is_usable(now)).count(),
            endpoints: all.len(),
            why: all.iter().find_map(|endpoint| endpoint.breaker.trouble().map(str::to_owned)),
            retry_in: all.iter().filter_map(again).min().map(|until| until.saturating_duration_since(now)),
        }
    }
}

impl State {
    fn queue(&mut self, class: Class) -> &mut VecDeque<Waiter> {
        match class {
            Class::Interactive => &mut self.interactive,
            Class::Background => &mut self.background,
        }
    }

    /// Each endpoint's part of the bound.
    fn share(&self) -> Option<u32> {
        self.bound.map(|bound| bound.div_ceil(self.endpoints.len().max(1) as u32))
    }

    /// Whether the configuration's bound lets one more of this class through.
    fn is_below_bound(&self, class: Class) -> bool {
        let in_flight: u32 = self.endpoints.iter().map(|endpoint| endpoint.in_flight).sum();
        self.bound.is_none_or(|bound| match class {
            Class::Interactive => in_flight <= bound.max(1),
            Class::Background => in_flight < bound.max(1),
        })
    }

    /// Where the first waiting call of a class goes.
    fn place(&mut self, class: Class, now: Instant) -> Option<Chosen> {
        let queue = self.queue(class);
        while queue.front().is_some_and(|waiter| waiter.reply.is_closed()) {
            queue.pop_front();
        }
        let want = queue.front()?.want;
        if !self.is_below_bound(class) {
            return Some(Chosen::Later(None));
        }
        self.turn += 1;
        Some(choose(&self.endpoints, &want, self.turn, now))
    }
}

/// A call's answer from the queue.
type Grant = (oneshot::Sender<Result<Permit, Shut>>, Result<Permit, Shut>);

impl Shared {
    /// A poisoned lock holds counts that every path keeps whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets through what may go. Grants are sent outside the lock: a caller that is gone gives its permit back by
    /// dropping it, which comes here again.
    fn pump(self: &Arc<Self>) {
        let (grants, wake) = self.grants(Instant::now());
        if let Some(at) = wake {
            self.wake(at);
        }
        for (reply, grant) in grants {
            drop(reply.send(grant));
        }
    }

    fn grants(self: &Arc<Self>, now: Instant) -> (Vec<Grant>, Option<Instant>) {
        let mut grants: Vec<Grant> = Vec::new();
        let mut wake: Option<Instant> = None;
        let mut state = self.lock();
        for class in [Class::Interactive, Class::Background] {
            while let Some(chosen) = state.place(class, now) {
                let grant = match chosen {
                    Chosen::At(endpoint, probe) => Ok(self.permit(&mut state, endpoint, probe)),
                    Chosen::Nowhere(shut) => Err(shut),
                    Chosen::Later(at) => {
                        wake = wake.into_iter().chain(at).min();
                        break;
                    }
                };
                if let Some(waiter) = state.queue(class).pop_front() {
                    grants.push((waiter.reply, grant));
                }
            }
        }
        let wake = wake.filter(|at| state.wake_at.is_none_or(|known| *at < known || known < now));
        if wake.is_some() {
            state.wake_at = wake;
        }
        (grants, wake)
    }

    fn permit(self: &Arc<Self>, state: &mut State, endpoint: usize, probe: IsProbe) -> Permit {
        let chosen = &mut state.endpoints[endpoint];
        chosen.in_flight += 1;
        chosen.pace.sent();
        if probe == IsProbe::Yes {
            chosen.breaker.begin_probe();
        }
        Permit { shared: Arc::clone(self), endpoint, epoch: chosen.pace.epoch(), probe, told: false }
    }

    fn wake(self: &Arc<Self>, at: Instant) {
        let shared: Weak<Self> = Arc::downgrade(self);
        self.runtime.spawn(async move {
            tokio::time::sleep_until(at).await;
            if let Some(shared) = shared.upgrade() {
                {
                    let mut state = shared.lock();
                    if state.wake_at == Some(at) {
                        state.wake_at = None;
                    }
                }
                shared.pump();
            }
        });
    }
}

impl Permit {
    /// The endpoint's number.
    pub(super) const fn endpoint(&self) -> usize {
        self.endpoint
    }

    /// The server took the call: it is up, and lets calls in.
    pub(super) fn accepted(&mut self) {
        self.told = true;
        let mut state = self.shared.lock();
        let endpoint = &mut state.endpoints[self.endpoint];
        endpoint.breaker.succeeded();
        endpoint.pace.accepted();
        drop(state);
        if self.probe == IsProbe::Yes {
            self.shared.pump();
        }
    }

    /// The call was answered to its end.
    pub(super) fn completed(&mut self) {
        let mut state = self.shared.lock();
        let waits = !state.interactive.is_empty() || !state.background.is_empty();
        let endpoint = &mut state.endpoints[self.endpoint];
        let full = waits || endpoint.in_flight >= endpoint.pace.limit();
        endpoint.pace.completed(if full { Fullness::Full } else { Fullness::Slack }, Instant::now());
    }

    /// The server answers, but lets no more calls in. A time to stay away is kept for the whole endpoint only once
    /// hardly any call gets through: a limit per call is not one of the server.
    pub(super) fn refused(&mut self, retry_after: Option<Duration>) {
        self.told = true;
        let mut state = self.shared.lock();
        let endpoint = &mut state.endpoints[self.endpoint];
        endpoint.breaker.succeeded();
        endpoint.pace.refused(self.epoch);
        if let Some(pause) = retry_after.filter(|_| endpoint.pace.is_shut(endpoint.in_flight)) {
            endpoint.pause(Instant::now(), pause);
        }
    }

    /// The endpoint failed: no connection, no answer in time, or an error of its own.
    pub(super) fn failed(&mut self, why: &str) {
        self.told = true;
        let mut state = self.shared.lock();
        let endpoint = &mut state.endpoints[self.endpoint];
        endpoint.breaker.failed(why, self.probe, Instant::now(), dice());
        endpoint.pace.refused(self.epoch);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        let endpoint = &mut state.endpoints[self.endpoint];
        endpoint.in_flight -= 1;
        if self.probe == IsProbe::Yes && !self.told {
            endpoint.breaker.abandon_probe(Instant::now());
        }
        drop(state);
        self.shared.pump();
    }
}

#[cfg(test)]
mod tests;
