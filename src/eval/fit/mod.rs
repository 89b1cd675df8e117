//! Fit: teaches the embedded judge on mined commits of many repositories.
//!
//! A lexicon is taught on what commits said and touched (`speech`, `batches`, `towers`). Rows are sampled per request (`rows`), kept
//! where the user wants that (`kept`), trees boosted on pairs ([`boost`]), and calibration fitted on scores of repositories that
//! neither trees nor lexicon had seen (`calibrate`), and so are the weights of the developer's doings (`ranking`).

mod batches;
mod bins;
mod boost;
mod calibrate;
mod grow;
mod kept;
mod options;
mod random;
mod ranking;
mod rows;
mod speech;
mod teach;
mod towers;

pub use boost::boost;
pub use kept::{keep, kept};
pub use options::BoostOptions;
pub use random::Random;
pub use ranking::{RankRow, collect_ranking, fit_ranking};
pub use rows::{Group, RowOptions, Rows, Wording, collect};
pub use speech::Speech;
pub use teach::{FitReport, Lexicons, teach};
