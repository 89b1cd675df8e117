//! M Query: asks a judge about every file of the tree, ranks the answers, and keeps the coverage ledger.
//!
//! Owns the plan, the judges, the schedule, the judgment cache, ranking and the ledger. Must not draw.

mod judge;

pub use judge::{Answer, Judge, JudgeError, Session};
