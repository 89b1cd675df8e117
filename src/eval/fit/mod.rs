//! Fit: teaches the embedded judge on mined commits of many repositories.
//!
//! Rows are sampled per request (`rows`), trees boosted on pairs ([`boost`]), and calibration and ranking weights fitted
//! on scores of repositories that the trees had not seen (`calibrate`).

mod bins;
mod boost;
mod calibrate;
mod grow;
mod options;
mod random;
mod rows;
mod teach;

pub use boost::boost;
pub use options::BoostOptions;
pub use random::Random;
pub use rows::{Group, RowOptions, Rows, collect};
pub use teach::{FitReport, teach};
