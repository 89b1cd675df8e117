//! Budgets: what may be spent per query, per run of the program and per day, in tokens, money and seconds.
//!
//! Invariant: a call is sent only when its estimate fits into every budget that it touches, beside what was spent and
//! what other calls in flight have reserved; so no number of calls at once spends more than a budget, but for what the
//! estimates were short. A call that was refused or never sent costs nothing.
//!
//! What counts: prompt and generated tokens of every model, wherever it runs. Money is what the server says it costs,
//! else tokens times the price; tokens of unknown price are counted as tokens and shown as unpriced, for unknown is not
//! free. An answer that broke off costs its prompt and what the server counted of the rest.

mod clock;
mod estimate;
mod ledger;
mod limits;
mod size;
mod state;
#[cfg(test)]
mod tests;

pub use clock::{Clock, Moment, SystemClock};
pub use estimate::{CallSize, Estimate};
pub use ledger::{Budget, Budgets, Happened, Reservation};
pub use limits::{Exceeded, Limit, Limits, Scope};
pub use size::rough_tokens;
pub use state::Charge;
