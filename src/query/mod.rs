//! M Query: asks a judge about every file of the tree, ranks the answers, and keeps the coverage ledger.
//!
//! Owns the plan, the judges, the schedule, the judgment cache, ranking and the ledger. Must not draw.

mod answer;
mod cache;
mod catalog;
mod crew;
mod engine;
mod judge;
pub mod judges;
mod ledger;
pub mod rank;
mod task;
mod workspace;

pub use catalog::{Catalog, Places, root_names};
pub use crew::{Crew, Deliver, Item, News, Reason, Room};
pub use engine::{Engine, EngineInput};
pub use judge::{Answer, FindJudge, Judge, JudgeError, Judges, Reach, Session};
pub use ledger::Ledger;
pub use task::branch_words;
pub use workspace::{EngineOptions, Workspace};
