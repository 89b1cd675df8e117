//! Moments and names: the clock and random numbers, each in one place.

use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the epoch.
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// A number that nobody can foresee and that no other program gives.
pub fn random() -> u64 {
    RandomState::new().hash_one((std::process::id(), SystemTime::now()))
}
