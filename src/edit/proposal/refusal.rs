//! Refusal: why one directive was not taken, before it is known of which file.

use crate::edit::locate::{Miss, Nearest};

/// Why a directive was not taken.
#[derive(Debug)]
pub(super) struct Refusal {
    pub why: String,
    pub nearest: Option<Box<Nearest>>,
    pub places: Vec<usize>,
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self { why, nearest: None, places: Vec::new() }
    }
}

impl From<Miss> for Refusal {
    fn from(miss: Miss) -> Self {
        let why = miss.to_string();
        match miss {
            Miss::Nowhere(nearest) => Self { why, nearest: nearest.map(Box::new), places: Vec::new() },
            Miss::Several(places) => {
                Self { why, nearest: None, places: places.iter().map(|at| at + 1).collect() }
            }
            Miss::Empty => why.into(),
        }
    }
}
