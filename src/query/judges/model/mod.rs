//! The model judge: any model is asked about every file, many calls at a time.
//!
//! The embedded judge gives the order, what stands in the list until a model has answered, and the evidence. A verdict is
//! one token and the probabilities of its alternatives, an object where a model gives none; a reason is a second call.
//! Invariant: only a clean yes or no is a verdict, and nothing inside a file can make our own reading say otherwise.

mod asking;
pub mod calibration;
mod caller;
mod excerpt;
mod foreman;
mod packing;
mod post;
mod prompt;
mod purse;
mod spelling;
mod structured;
mod tempo;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::config::{BudgetConfig, PromptOrder};
use crate::domain::{Estimate, FileId, JudgeName, Locality, Verdict};
use crate::index::{Index, Reader};
use crate::query::judges::embedded::Embedded;
use crate::query::{Crew, Deliver, Item, Judge, Reach, Room, Session};

use crate::text::fence::Markers;
use asking::{Ability, Asking};
use calibration::Calibration;
use foreman::{Foreman, Held, Order};
use post::Post;
use prompt::Prompt;
use purse::{Load, Purse};

pub use caller::{Caller, Facts, LlmCaller};

/// Rows of which a reason is reckoned with in an estimate: what one screen shows.
const REASONS: usize = 40;

/// What a model judge is made with.
#[derive(Clone)]
pub struct ModelOptions {
    /// Its name.
    pub name: JudgeName,
    /// Whoever calls it.
    pub caller: Arc<dyn Caller>,
    /// Where the text of files comes from.
    pub reader: Arc<dyn Reader>,
    /// Who orders the files.
    pub embedded: Arc<Embedded>,
    /// Which part of the prompt comes first; `None` leaves it to the model's profile.
    pub prompt_order: Option<PromptOrder>,
    /// What one query may spend.
    pub budget: BudgetConfig,
    /// What its probabilities are worth here.
    pub calibration: Calibration,
    /// Where its calls run.
    pub runtime: Handle,
}

/// A model as a judge.
pub struct ModelJudge {
    options: ModelOptions,
    ability: Arc<Ability>,
    markers: Markers,
}

impl ModelJudge {
    /// A judge by these options.
    pub fn new(options: ModelOptions) -> Self {
        Self { options, ability: Arc::default(), markers: Markers::new() }
    }
}

impl Judge for ModelJudge {
    fn name(&self) -> JudgeName {
        self.options.name.clone()
    }

    fn reach(&self) -> Reach {
        Reach::File
    }

    fn version(&self) -> u32 {
        prompt::VERSION
    }

    fn crew(&self, request: &str, deliver: Deliver) -> Option<Box<dyn Crew>> {
        let options = &self.options;
        let facts = options.caller.facts();
        let order = options.prompt_order.or(facts.prompt_order).unwrap_or(PromptOrder::QueryFirst);
        let asking = Arc::new(Asking {
            caller: Arc::clone(&options.caller),
            reader: Arc::clone(&options.reader),
            request: request.into(),
            prompt: Prompt::new(request, order, facts.reasons),
            markers: self.markers.clone(),
            ability: Arc::clone(&self.ability),
            calibration: options.calibration,
        });
        let (orders, inbox) = unbounded_channel();
        let held = Arc::new(Held::default());
        let purse = Purse::new(options.budget);
        held.window.store(facts.in_flight * 2, Ordering::Release);
        let foreman =
            Foreman::new(Arc::clone(&asking), inbox, Arc::clone(&held), Post::new(deliver), purse.clone());
        let task = options.runtime.spawn(foreman.work());
        Some(Box::new(ModelCrew { name: options.name.clone(), asking, orders, held, purse, task }))
    }

    fn open(&self, request: &str, index: &Index, cancelled: &(dyn Fn() -> bool + Sync)) -> Box<dyn Session> {
        self.options.embedded.open(request, index, cancelled)
    }
}

/// The engine's end of a foreman.
struct ModelCrew {
    name: JudgeName,
    asking: Arc<Asking>,
    orders: UnboundedSender<Order>,
    held: Arc<Held>,
    /// An untouched purse, for estimates.
    purse: Purse,
    task: JoinHandle<()>,
}

impl Drop for ModelCrew {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ModelCrew {
    fn tell(&self, order: Order) {
        // The foreman is gone only while everything ends.
        drop(self.orders.send(order));
    }

    /// What all calls for these files will take, with the reasons of one screen.
    fn load(&self, items: &[Item], facts: &Facts) -> Load {
        let pack = packing::files_in_a_call(&self.asking, facts);
        let (small, large): (Vec<&Item>, Vec<&Item>) =
            items.iter().partition(|item| pack > 1 && packing::is_small(item));
        let mut all = Load::default();
        for item in large {
            all += self.asking.load(std::slice::from_ref(item));
        }
        for several in small.chunks(pack.max(1)) {
            let several: Vec<Item> = several.iter().map(|item| (*item).clone()).collect();
            all += self.asking.load(&several);
        }
        for item in items.iter().take(REASONS.min(items.len().div_ceil(10))) {
            all += self.asking.reason_load(item);
        }
        all
    }
}

impl Crew for ModelCrew {
    fn room(&self) -> Room {
        let window = self.held.window.load(Ordering::Acquire);
        let verdicts = window.saturating_sub(self.held.verdicts.load(Ordering::Acquire));
        let most = (self.asking.caller.facts().in_flight / 4).max(2);
        Room { verdicts, reasons: most.saturating_sub(self.held.reasons.load(Ordering::Acquire)) }
    }

    fn judge(&mut self, items: Vec<Item>) {
        self.held.verdicts.fetch_add(items.len(), Ordering::AcqRel);
        self.tell(Order::Judge(items));
    }

    fn explain(&mut self, items: Vec<Item>, verdict: Verdict) {
        self.held.reasons.fetch_add(items.len(), Ordering::AcqRel);
        self.tell(Order::Explain(items, verdict));
    }

    fn take_back(&mut self, file: FileId) {
        self.tell(Order::TakeBack(file));
    }

    fn stop(&mut self) {
        self.tell(Order::Stop);
    }

    fn estimate(&self, items: &[Item], known: u32) -> Option<Estimate> {
        let facts = self.asking.caller.facts();
        if facts.is_free() && facts.locality != Locality::Remote {
            return None;
        }
        let load = self.load(items, &facts);
        let usd = facts.price.map(|price| price.usd(load.tokens_in, 0, load.tokens_out));
        let each = facts.measured.first_token;
        Some(Estimate {
            judge: self.name.clone(),
            files: items.len() as u32,
            known,
            tokens_in: load.tokens_in,
            tokens_out: load.tokens_out,
            usd,
            time: each.map(|each| {
                each.mul_f64(items.len() as f64 / facts.in_flight.max(1) as f64) + Duration::from_millis(1)
            }),
            stopped_by: self.purse.stops(load, usd),
        })
    }

    fn renew(&mut self) {
        self.tell(Order::Renew);
    }
}
