//! Fit: teaches the embedded judge on mined commits of many repositories.
//!
//! Rows are sampled per request (`rows`), trees boosted on pairs ([`boost`]), and calibration fitted on scores of
//! repositories that the trees had not seen (`calibrate`), and so are the weights of the developer's doings (`ranking`).

mod bins;
mod boost;
mod calibrate;
mod grow;
mod options;
mod random;
mod ranking;
mod rows;
mod teach;

pub use boost::boost;
pub use options::BoostOptions;
pub use random::Random;
pub use ranking::{RankRow, collect_ranking, fit_ranking};
pub use rows::{Group, RowOptions, Rows, collect};
pub use teach::{FitReport, teach};
