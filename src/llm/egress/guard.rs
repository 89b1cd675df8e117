//! Guard: the gate that every call passes: policy, private files, redaction, budgets, and the egress log.
//!
//! Built once and given to every client:
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use quarry::{config::{Config, Dirs}, llm::egress::{Guard, GuardOptions}, store::Store};
//! # let (config, dirs, roots) = (Config::default(), Dirs::from_env(), Vec::new());
//! let store = Store::in_dirs(&dirs);
//! let guard = Guard::new(GuardOptions::new(&config, &roots, store));
//! guard.price_by(|_model| None); // what a model costs, as far as known
//! let gate: Arc<dyn quarry::llm::client::Gate> = guard.clone();
//! let (session, today) = guard.spent(); // for `ModelEvent::Spent`
//! for notice in guard.take_notices() { /* to the sink */ }
//! ```
//!
//! A judge opens [`Guard::budgets`]`().open(task)` for a query and puts its id into each [`Call`]; before a paid query it
//! asks for an estimate there. Where it can, it redacts a file with [`Guard::redact_file`] before it cuts it into a
//! prompt: only the whole file tells exact lines, and a key may be cut in two. What reaches a call all the same is
//! redacted there.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::private::Private;
use super::redact::{Found, Redactor};
use super::told::{Redaction, redaction_notice, unpriced_notice};
use crate::config::Config;
use crate::domain::{Locality, ModelRef, Notice, Price, TaskKind};
use crate::llm::budget::{
    Budgets, CallSize, Charge, Clock, Happened, Limits, Reservation, SystemClock, rough_tokens,
};
use crate::llm::client::{Gate, Pass};
use crate::llm::{Ask, Call, Counted, LlmError, Part};
use crate::store::{EgressEnded, EgressSent, Outcome, Spent, Store};

/// Redactions that wait to be told; more are only counted.
const MOST_WAITING: usize = 1_000;

/// What a guard is made of.
pub struct GuardOptions {
    /// Where the log and the sums are kept.
    pub store: Store,
    /// The roots, for their `.quarryignore`.
    pub roots: Vec<PathBuf>,
    /// Private globs of the configuration.
    pub private: Vec<String>,
    /// Budgets.
    pub limits: Limits,
    /// Whether nothing may leave this machine.
    pub local_only: bool,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl GuardOptions {
    /// As the configuration says, with the clock of the system.
    pub fn new(config: &Config, roots: &[PathBuf], store: Store) -> Self {
        Self {
            store,
            roots: roots.to_vec(),
            private: config.private.clone(),
            limits: Limits::from_config(config),
            local_only: config.local_only,
            clock: Arc::new(SystemClock::default()),
        }
    }
}

/// What a model costs; `None` where unknown.
type Prices = dyn Fn(&ModelRef) -> Option<Price> + Send + Sync;

/// The gate.
pub struct Guard {
    store: Store,
    roots: Vec<PathBuf>,
    clock: Arc<dyn Clock>,
    redactor: Redactor,
    budgets: Budgets,
    policy: RwLock<Policy>,
    prices: RwLock<Arc<Prices>>,
    calls: AtomicU64,
    told: Mutex<Told>,
}

struct Policy {
    local_only: bool,
    private: Private,
}

/// What is to be told, each thing once.
#[derive(Default)]
struct Told {
    known: HashSet<Redaction>,
    waiting: Vec<Redaction>,
    unpriced: HashSet<ModelRef>,
    notices: Vec<Notice>,
}

/// What the guard wants to know again of a call.
struct Passed {
    number: u64,
    task: TaskKind,
    model: ModelRef,
    leaves: bool,
    files: Vec<Arc<str>>,
    redacted: u32,
    was_sent: AtomicBool,
    reservation: Reservation,
}

impl Guard {
    /// A guard that knows no prices yet: see [`Guard::price_by`].
    pub fn new(options: GuardOptions) -> Arc<Self> {
        let budgets = Budgets::new(options.limits, options.store.clone(), Arc::clone(&options.clock));
        let private = Private::new(&options.roots, &options.private);
        Arc::new(Self {
            store: options.store,
            roots: options.roots,
            clock: options.clock,
            redactor: Redactor::new(),
            budgets,
            policy: RwLock::new(Policy { local_only: options.local_only, private }),
            prices: RwLock::new(Arc::new(|_: &ModelRef| None)),
            calls: AtomicU64::new(0),
            told: Mutex::new(Told::default()),
        })
    }

    /// Sets who tells prices. A model of this machine whose price is unknown is free.
    pub fn price_by(&self, prices: impl Fn(&ModelRef) -> Option<Price> + Send + Sync + 'static) {
        *self.prices.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(prices);
    }

    /// Takes a configuration that was read anew. Calls that passed before are not called back.
    pub fn configure(&self, config: &Config) {
        self.budgets.configure(Limits::from_config(config));
        let private = Private::new(&self.roots, &config.private);
        let policy = Policy { local_only: config.local_only, private };
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// The budgets: opened per query, asked for estimates.
    pub const fn budgets(&self) -> &Budgets {
        &self.budgets
    }

    /// The store that the guard writes to.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// What was spent by this run, and today by all runs; see [`Budgets::spent`].
    pub fn spent(&self) -> (Spent, Spent) {
        self.budgets.spent()
    }

    /// The rule that keeps a file on this machine, in words, if one does. Reads the root's `.quarryignore` when that
    /// has changed.
    pub fn private(&self, path: &str) -> Option<String> {
        self.policy.read().unwrap_or_else(PoisonError::into_inner).private.rule(path)
    }

    /// The text of a file without its secrets, `None` where it has none. What was taken is told with its line.
    pub fn redact_file(&self, path: &Arc<str>, text: &str) -> Option<String> {
        let clean = self.redactor.text(text)?;
        let redactions = clean.found.iter().map(|found| Redaction {
            kind: found.kind,
            file: Some(Arc::clone(path)),
            line: Some(found.line),
        });
        self.tell(redactions);
        Some(clean.text)
    }

    /// Redactions since the last call, each place once; at most a thousand.
    pub fn take_redactions(&self) -> Vec<Redaction> {
        std::mem::take(&mut self.told().waiting)
    }

    /// What a person should know since the last call: secrets that were redacted, models without a price, a store that
    /// keeps nothing. Takes the redactions of [`Guard::take_redactions`] along.
    pub fn take_notices(&self) -> Vec<Notice> {
        let mut told = self.told();
        let redactions = std::mem::take(&mut told.waiting);
        let mut notices = std::mem::take(&mut told.notices);
        drop(told);
        notices.extend(redaction_notice(&redactions));
        notices.extend(self.store.take_notice());
        notices
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, redactions: impl Iterator<Item = Redaction>) {
        let mut told = self.told();
        for redaction in redactions {
            if told.known.len() < MOST_WAITING && told.known.insert(redaction.clone()) {
                told.waiting.push(redaction);
            }
        }
    }

    /// Refuses what policy keeps on this machine.
    fn allow(&self, model: &ModelRef, call: &Call) -> Result<(), LlmError> {
        let forbidden = |why: String| Err(LlmError::Forbidden { model: model.clone(), why });
        let policy = self.policy.read().unwrap_or_else(PoisonError::into_inner);
        if policy.local_only {
            return forbidden("local_only is on, and this model is on another machine".into());
        }
        let extra = match &call.ask {
            Ask::Fill(fill) => fill.extra.as_slice(),
            Ask::Chat(_) | Ask::Embed(_) => &[],
        };
        for file in call.files.iter().chain(extra.iter().map(|(name, _)| name)) {
            if let Some(rule) = policy.private.rule(file) {
                return forbidden(format!("{file} is private ({rule}): its text never leaves this machine"));
            }
        }
        Ok(())
    }

    /// Takes secrets out of every text of a call; gives their number.
    fn redact(&self, call: &mut Call) -> u32 {
        let mut taken = Vec::new();
        let files = &call.files;
        let mut redact = |text: &mut Arc<str>, name: Option<&Arc<str>>| {
            if let Some(clean) = self.redactor.text(text) {
                taken.extend(clean.found.iter().map(|found| place(found, text, name, files)));
                *text = clean.text.into();
            }
        };
        match &mut call.ask {
            Ask::Chat(messages) => {
                for part in messages.iter_mut().flat_map(|message| &mut message.parts) {
                    match part {
                        Part::Text(text) => redact(text, None),
                        Part::Called(call) => redact(&mut call.arguments, None),
                        Part::Returned(result) => redact(&mut result.text, None),
                        Part::Image { .. } => {}
                    }
                }
            }
            Ask::Embed(texts) => texts.iter_mut().for_each(|text| redact(text, None)),
            Ask::Fill(fill) => {
                redact(&mut fill.prefix, None);
                redact(&mut fill.suffix, None);
                for (name, text) in &mut fill.extra {
                    redact(text, Some(name));
                }
            }
        }
        let number = taken.len() as u32;
        self.tell(taken.into_iter());
        number
    }

    fn price(&self, model: &ModelRef, locality: Locality) -> Option<Price> {
        let prices = Arc::clone(&self.prices.read().unwrap_or_else(PoisonError::into_inner));
        let price = prices(model);
        match locality {
            Locality::InProcess | Locality::Loopback => price.or(Some(Price::FREE)),
            Locality::Remote => price,
        }
    }

    fn say_unpriced(&self, model: &ModelRef) {
        let mut told = self.told();
        if told.unpriced.insert(model.clone()) {
            let limits = self.budgets.limits();
            let has_usd = limits.spending.day_usd.is_some()
                || limits.spending.session_usd.is_some()
                || limits.tasks.values().any(|task| task.usd.is_some());
            told.notices.extend(has_usd.then(|| unpriced_notice(model)));
        }
    }
}

/// Where a secret stood: in the file that is named last before it, if the prompt holds more than one.
fn place(found: &Found, text: &str, name: Option<&Arc<str>>, files: &[Arc<str>]) -> Redaction {
    let file = name.or_else(|| {
        if let [only] = files {
            return Some(only);
        }
        let before: usize = text.split_inclusive('\n').take(found.line as usize).map(str::len).sum();
        let named = |file: &&Arc<str>| text[..before].rfind(&***file);
        files.iter().filter(|file| named(file).is_some()).max_by_key(named)
    });
    // Only a file that is sent by itself has its own lines here.
    Redaction { kind: found.kind, file: file.cloned(), line: name.map(|_| found.line) }
}

impl Gate for Guard {
    fn admit(&self, model: &ModelRef, locality: Locality, call: &mut Call) -> Result<Pass, LlmError> {
        let leaves = locality == Locality::Remote;
        let mut redacted = 0;
        if leaves {
            self.allow(model, call)?;
            redacted = self.redact(call);
        }
        let size = CallSize { tokens_in: rough_tokens(call), tokens_out: u64::from(call.max_output) };
        let price = self.price(model, locality);
        if price.is_none() {
            self.say_unpriced(model);
        }
        let charge = Charge { model: model.clone(), task: call.task, budget: call.budget, size, price };
        let (reservation, left) = self.budgets.reserve(charge).map_err(|exceeded| exceeded.error(model))?;
        if let Some(left) = left {
            call.deadline = Some(call.deadline.map_or(left, |deadline| deadline.min(left)));
        }
        Ok(Pass::new(Passed {
            number: self.calls.fetch_add(1, Ordering::Relaxed),
            task: call.task,
            model: model.clone(),
            leaves,
            files: call.files.clone(),
            redacted,
            was_sent: AtomicBool::new(false),
            reservation,
        }))
    }

    fn sent(&self, pass: &Pass, endpoint: &str, bytes: u64) {
        let Some(passed) = pass.state::<Passed>() else { return };
        passed.was_sent.store(true, Ordering::Relaxed);
        self.store.log_sent(EgressSent {
            call: passed.number,
            at_ms: self.clock.now().unix_ms,
            endpoint: endpoint.into(),
            leaves: passed.leaves,
            task: passed.task,
            model: passed.model.clone(),
            bytes,
            files: passed.files.clone(),
            redacted: passed.redacted,
            session: self.store.session(),
        });
    }

    fn settle(&self, pass: Pass, counted: &Counted, outcome: Result<(), &LlmError>) {
        let Some(passed) = pass.into_state::<Passed>() else { return };
        let was_sent = passed.was_sent.load(Ordering::Relaxed);
        let happened = if was_sent { happened(outcome) } else { Happened::Nothing };
        let spent = passed.reservation.settle(counted, happened);
        if was_sent {
            self.store.log_ended(EgressEnded {
                call: passed.number,
                outcome: outcome.map_or_else(|error| Outcome::Failed(error.kind()), |()| Outcome::Answered),
                tokens_in: counted.prompt,
                tokens_out: counted.output,
                usd: (spent.unpriced == 0).then_some(spent.usage.usd),
                session: self.store.session(),
            });
        }
    }
}

/// How far a call came, from how it ended.
const fn happened(outcome: Result<(), &LlmError>) -> Happened {
    let Err(error) = outcome else { return Happened::All };
    match error {
        LlmError::Cut { .. }
        | LlmError::Timeout { .. }
        | LlmError::Garbled { .. }
        | LlmError::Refused { .. }
        | LlmError::Truncated { .. }
        | LlmError::Server { status: None, .. } => Happened::Prompt,
        LlmError::Auth { .. }
        | LlmError::Rate { .. }
        | LlmError::Server { status: Some(_), .. }
        | LlmError::Rejected { .. }
        | LlmError::NoTools { .. }
        | LlmError::ContextLength { .. }
        | LlmError::Network { .. }
        | LlmError::Forbidden { .. }
        | LlmError::OverBudget { .. }
        | LlmError::Unavailable { .. } => Happened::Nothing,
    }
}
