//! Moments: points in time as they are kept and told, counted from the epoch.
//!
//! Reads no clock, so that who does is seen where it is done.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since the epoch; 0 before it.
pub fn unix_ms(at: SystemTime) -> i64 {
    i64::try_from(since(at).as_millis()).unwrap_or(i64::MAX)
}

/// Whole seconds since the epoch; 0 before it.
pub fn unix_seconds(at: SystemTime) -> i64 {
    i64::try_from(since(at).as_secs()).unwrap_or(i64::MAX)
}

/// Nanoseconds since the epoch; 0 before it. They end in the year 2262.
pub fn unix_ns(at: SystemTime) -> i64 {
    i64::try_from(since(at).as_nanos()).unwrap_or(i64::MAX)
}

fn since(at: SystemTime) -> Duration {
    at.duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_count_from_the_epoch_and_never_below_it() {
        let at = UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_789);
        assert_eq!(unix_seconds(at), 1_700_000_000);
        assert_eq!(unix_ms(at), 1_700_000_000_123);
        assert_eq!(unix_ns(at), 1_700_000_000_123_456_789);
        let before = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!((unix_seconds(before), unix_ms(before), unix_ns(before)), (0, 0, 0));
    }

    #[test]
    fn a_moment_too_far_for_nanoseconds_is_the_last_one() {
        let far = UNIX_EPOCH + Duration::from_secs(10_000_000_000);
        assert_eq!((unix_ns(far), unix_seconds(far)), (i64::MAX, 10_000_000_000));
    }
}
