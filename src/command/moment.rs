//! Moments and names: the clock and random numbers, each in one place.

use std::hash::{BuildHasher, RandomState};
use std::time::SystemTime;

use crate::domain::unix_ms;

/// Milliseconds since the epoch.
pub fn now_ms() -> i64 {
    unix_ms(SystemTime::now())
}

/// A number that nobody can foresee and that no other program gives.
pub fn random() -> u64 {
    RandomState::new().hash_one((std::process::id(), SystemTime::now()))
}
