//! One client per backend: connections, permits, endpoints, retries, deadlines and meters.
//!
//! Owns everything between a [`Call`] and bytes on a socket. Knows no wire format: a [`Wire`] writes requests and reads
//! answers. Invariant: a call has exactly one outcome, however many attempts and endpoints it took.

mod answer;
mod breaker;
mod dial;
mod endpoint;
mod exchange;
mod flight;
mod gate;
mod listing;
mod meters;
mod pace;
mod permits;
mod retry;
mod send;
mod spec;
#[cfg(test)]
mod tests;
mod windows;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::dial::Dialer;
use self::exchange::{Delivery, Output, Sending};
use self::flight::Flight;
use self::meters::Meters;
use self::permits::Permits;
use self::retry::{Failure, Kind};
use self::send::{Prepared, Site};
use self::windows::Windows;
use super::wire::{Listed, Traits, Wire, WireRequest};
use super::{Call, LlmError};
use crate::domain::{Health, Locality, Measured, ModelRef};

pub use answer::{Answer, AnswerSender, NobodyReads};
pub use gate::{Gate, OpenGate, Pass};
pub use spec::{BackendSpec, ClientOptions, Patience, Reach, Secret, Url};

/// The client of one backend. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

/// How a backend stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientStatus {
    /// Whether it can be used now.
    pub health: Health,
    /// Calls in flight.
    pub in_flight: u32,
    /// Calls that wait for a permit.
    pub waiting: u32,
    /// Calls that may be in flight now, as found so far.
    pub limit: u32,
}

struct Inner {
    spec: BackendSpec,
    wire: &'static dyn Wire,
    options: ClientOptions,
    dialer: Dialer,
    sites: Vec<Site>,
    permits: Permits,
    meters: Mutex<Meters>,
    windows: Mutex<Windows>,
    contact: Mutex<Contact>,
    /// Models that the server passes on to another host.
    forwarded: Mutex<HashMap<Arc<str>, String>>,
}

/// What the server last said to anything at all.
#[derive(Debug, Default)]
enum Contact {
    #[default]
    Never,
    Answered,
    Denied(String),
}

impl Client {
    /// A client for a backend. Opens no connection yet.
    ///
    /// # Errors
    /// [`LlmError::Unavailable`] where this machine's TLS set-up cannot be used.
    pub fn new(spec: BackendSpec, wire: &'static dyn Wire, options: ClientOptions) -> Result<Self, LlmError> {
        let dialer = Dialer::new(&spec, options.reach, &options.patience);
        Self::with_dialer(spec, wire, options, dialer)
    }

    fn with_dialer(
        spec: BackendSpec,
        wire: &'static dyn Wire,
        options: ClientOptions,
        dialer: Result<Dialer, String>,
    ) -> Result<Self, LlmError> {
        let dialer = dialer.map_err(|why| LlmError::Unavailable {
            model: ModelRef::new(Arc::clone(&spec.name), "*"),
            why,
        })?;
        let sites: Vec<Site> = spec.endpoints.iter().map(Site::new).collect();
        let origins: Vec<String> = sites.iter().map(|site| site.origin.clone()).collect();
        let permits = Permits::new(&origins, spec.max_in_flight, options.runtime.clone());
        let inner = Inner {
            spec,
            wire,
            options,
            dialer,
            sites,
            permits,
            meters: Mutex::default(),
            windows: Mutex::default(),
            contact: Mutex::default(),
            forwarded: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What it was made from.
    pub fn spec(&self) -> &BackendSpec {
        &self.inner.spec
    }

    /// Sends a call; chunks come as the server sends them. Until the first one, failures are tried again.
    pub fn stream(&self, model: &ModelRef, traits: &Traits, call: Call) -> Answer {
        self.send(model, traits, call, Delivery::AsTheyCome)
    }

    /// Sends a call; chunks come once all are there, so that every failure can be tried again, at another endpoint where
    /// there is one.
    pub fn whole(&self, model: &ModelRef, traits: &Traits, call: Call) -> Answer {
        self.send(model, traits, call, Delivery::Whole)
    }

    fn send(&self, model: &ModelRef, traits: &Traits, call: Call, delivery: Delivery) -> Answer {
        let (sender, answer) = Answer::channel(model.clone());
        let sending = Sending::new(model, traits, call, delivery);
        let flight = Flight::new(Arc::clone(&self.inner), sending, Output::new(sender, delivery));
        let task = self.inner.options.runtime.spawn(flight.run());
        answer.tied_to(task.abort_handle())
    }

    /// Tells how many calls each endpoint can serve at once, as its server says (llama-server: `total_slots` + 2); `None`
    /// goes back to finding it out.
    pub fn set_capacity(&self, most: Option<u32>) {
        self.inner.permits.set_capacity(most);
    }

    /// How it stands.
    pub fn status(&self) -> ClientStatus {
        let standing = self.inner.permits.standing();
        let why = standing.why.unwrap_or_else(|| "its server asked to be left alone".to_owned());
        let health = match &*lock(&self.inner.contact) {
            Contact::Denied(why) => Health::Down { why: why.clone(), retry_in: None },
            Contact::Never | Contact::Answered if standing.usable == 0 => {
                Health::Down { why, retry_in: standing.retry_in }
            }
            Contact::Never => Health::Unknown,
            Contact::Answered if standing.usable < standing.endpoints => Health::Degraded { why },
            Contact::Answered => Health::Up,
        };
        let permits::Standing { in_flight, waiting, limit, .. } = standing;
        ClientStatus { health, in_flight, waiting, limit }
    }

    /// What was measured of a model: medians over its latest 64 calls.
    pub fn measured(&self, model: &ModelRef) -> Measured {
        self.inner.meters().measured(&model.model)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("spec", &self.inner.spec).finish_non_exhaustive()
    }
}

impl Inner {
    fn meters(&self) -> MutexGuard<'_, Meters> {
        lock(&self.meters)
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        lock(&self.windows)
    }

    fn prepare(&self, model: &ModelRef, request: &WireRequest) -> Result<Prepared, LlmError> {
        Prepared::new(request, self.wire.key_header(), self.spec.key.as_ref())
            .map_err(|why| LlmError::Auth { model: model.clone(), why })
    }

    /// Notes what the server said to anything; an error that came without its answer says nothing.
    fn contact(&self, error: Option<&LlmError>) {
        let denied = match error {
            Some(LlmError::Auth { why, .. }) => Some(why.clone()),
            Some(LlmError::Network { .. } | LlmError::Timeout { .. } | LlmError::Forbidden { .. }) => return,
            Some(_) | None => None,
        };
        *lock(&self.contact) = denied.map_or(Contact::Answered, Contact::Denied);
    }

    /// An error that repeats no key, whatever the server said.
    fn without_key(&self, error: LlmError) -> LlmError {
        match &self.spec.key {
            Some(key) => error.reworded(|text| key.hidden_in(text)),
            None => error,
        }
    }

    /// Remembers which models are passed on to another host.
    fn learn(&self, known: &[Listed]) {
        let mut forwarded = lock(&self.forwarded);
        for listed in known {
            match &listed.forwards_to {
                Some(host) => drop(forwarded.insert(listed.name.as_str().into(), host.clone())),
                None => drop(forwarded.remove(listed.name.as_str())),
            }
        }
    }

    /// Where a model really runs.
    fn locality_of(&self, model: &ModelRef) -> Result<Locality, Failure> {
        match (lock(&self.forwarded).get(&model.model), self.options.reach) {
            (None, _) => Ok(self.spec.locality),
            (Some(_), Reach::Anywhere) => Ok(Locality::Remote),
            (Some(host), Reach::LoopbackOnly) => {
                let why = format!("its server passes it on to {host}, and `local_only` is on");
                let error = LlmError::Forbidden { model: model.clone(), why };
                Err(Failure::new(error, Kind::Call).unsent())
            }
        }
    }
}

/// A poisoned lock holds figures that are whole whatever panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
