//! Numbers and times as people read them: `1,284`, `12.3k`, `.97`, `3m`, `2 days ago`.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A count with its thousands parted: `1,284`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count in at most five cells: `999`, `1.2k`, `12.3k`, `123k`, `4.5M`.
pub fn short_count(number: u64) -> String {
    const UNITS: [&str; 6] = ["", "k", "M", "G", "T", "P"];
    let mut value = number as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 || value >= 99.95 {
        return format!("{value:.0}{}", UNITS[unit]);
    }
    format!("{value:.1}{}", UNITS[unit])
}

/// Bytes in at most eight cells: `512 B`, `1.5 KiB`.
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if number < 1024 {
        return format!("{number} B");
    }
    let mut value = number as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if value >= 99.95 { format!("{value:.0} {}", UNITS[unit]) } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// A probability or score in three cells: `.97`, `.08`, `1.0`; never `1.0` unless it rounds there.
pub fn score(value: f32) -> String {
    let hundredths = if value.is_nan() { 0 } else { (value.clamp(0.0, 1.0) * 100.0).round() as u32 };
    if hundredths >= 100 { "1.0".into() } else { format!(".{hundredths:02}") }
}

/// A share as whole per cent: `63%`; never 100% before it is all.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 || part >= whole {
        return "100%".into();
    }
    format!("{}%", (part as f64 * 100.0 / whole as f64).floor())
}

/// A duration in at most four cells, for columns: `0.8s`, `12s`, `3m`, `5h`, `2d`, `40w`.
pub fn short(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        _ if duration.as_secs_f64() < 9.95 => format!("{:.1}s", duration.as_secs_f64()),
        0..MINUTE => format!("{seconds}s"),
        MINUTE..HOUR => format!("{}m", seconds / MINUTE),
        HOUR..DAY => format!("{}h", seconds / HOUR),
        _ if seconds < 100 * DAY => format!("{}d", seconds / DAY),
        _ => format!("{}w", seconds / (7 * DAY)),
    }
}

/// How long ago, in at most four cells: `now` below two seconds, then as [`short`] without tenths.
pub fn short_ago(ago: Duration) -> String {
    match ago.as_secs() {
        0..2 => "now".into(),
        seconds @ 2..MINUTE => format!("{seconds}s"),
        _ => short(ago),
    }
}

/// How long ago, in words: `just now`, `12 seconds ago`, `yesterday`, `2 days ago`, `3 weeks ago`, `1 year ago`.
pub fn ago(ago: Duration) -> String {
    let seconds = ago.as_secs();
    let (number, unit) = match seconds {
        0..2 => return "just now".into(),
        2..MINUTE => (seconds, "second"),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..DAY => (seconds / HOUR, "hour"),
        _ => match seconds / DAY {
            1 => return "yesterday".into(),
            days @ 2..14 => (days, "day"),
            days @ 14..60 => (days / 7, "week"),
            days @ 60..365 => (days / 30, "month"),
            days => (days / 365, "year"),
        },
    };
    format!("{} ago", plural(number, unit))
}

/// How long ago a moment was, in words; both in seconds since the epoch. A moment to come is just now.
pub fn ago_since(then: i64, now: i64) -> String {
    ago(Duration::from_secs(u64::try_from(now.saturating_sub(then)).unwrap_or(0)))
}

/// A number with its noun, `s` added where it is not one: `1 file`, `1,284 files`.
pub fn plural(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{} {noun}s", count(number)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn counts_are_parted_by_thousands() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1284, "1,284"), (100_000, "100,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn short_counts_take_at_most_five_cells_and_never_show_a_thousand_of_a_unit() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1.0k"),
            (1284, "1.3k"),
            (12_345, "12.3k"),
            (99_940, "99.9k"),
            (99_960, "100k"),
            (999_499, "999k"),
            (999_500, "1.0M"),
            (4_500_000, "4.5M"),
        ] {
            assert_eq!(short_count(number), text, "{number}");
        }
        let mut number = 1_u64;
        while let Some(next) = number.checked_mul(3) {
            assert!(short_count(number).len() <= 6, "{number}");
            number = next;
        }
    }

    #[test]
    fn bytes_scores_and_shares() {
        for (number, text) in
            [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (1_048_576, "1.0 MiB"), (1_048_575, "1.0 MiB")]
        {
            assert_eq!(bytes(number), text);
        }
        for (value, text) in
            [(0.0, ".00"), (0.974, ".97"), (0.08, ".08"), (0.996, "1.0"), (f32::NAN, ".00"), (-1.0, ".00")]
        {
            assert_eq!(score(value), text);
        }
        for ((part, whole), text) in
            [((812, 1284), "63%"), ((999, 1000), "99%"), ((5, 5), "100%"), ((0, 0), "100%")]
        {
            assert_eq!(percent(part, whole), text);
        }
    }

    #[test]
    fn durations_fit_a_column_of_four() {
        for (time, text) in [
            (0.0, "0.0s"),
            (0.84, "0.8s"),
            (9.96, "9s"),
            (59.9, "59s"),
            (60.0, "1m"),
            (3600.0, "1h"),
            (86_400.0, "1d"),
            (86_400.0 * 99.0, "99d"),
            (86_400.0 * 100.0, "14w"),
        ] {
            assert_eq!(short(seconds(time)), text, "{time}");
        }
        assert_eq!(short_ago(seconds(1.0)), "now");
        assert_eq!(short_ago(seconds(3.0)), "3s");
        assert_eq!(short_ago(seconds(180.0)), "3m");
    }

    #[test]
    fn times_past_are_told_in_words() {
        const D: f64 = 86_400.0;
        for (time, text) in [
            (0.5, "just now"),
            (2.0, "2 seconds ago"),
            (60.0, "1 minute ago"),
            (7200.0, "2 hours ago"),
            (D, "yesterday"),
            (2.0 * D, "2 days ago"),
            (13.0 * D, "13 days ago"),
            (14.0 * D, "2 weeks ago"),
            (61.0 * D, "2 months ago"),
            (365.0 * D, "1 year ago"),
            (365.0 * 3.0 * D, "3 years ago"),
        ] {
            assert_eq!(ago(seconds(time)), text);
        }
        assert_eq!(ago_since(100, 160), "1 minute ago");
        assert_eq!(ago_since(200, 160), "just now");
        assert_eq!(plural(1, "file"), "1 file");
        assert_eq!(plural(1284, "file"), "1,284 files");
    }
}
