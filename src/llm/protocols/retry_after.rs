//! When a server says to come back: headers first, then what error bodies say.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use serde_json::Value;

use crate::llm::wire::Head;

/// The longest wait that is believed; longer ones are mistakes of units.
const LONGEST: Duration = Duration::from_hours(31 * 24);

/// From headers: `retry-after-ms`, `retry-after` in seconds or as a date, or the latest reset among the limits that are
/// used up (`x-ratelimit-*`, `anthropic-ratelimit-*`).
pub(super) fn from_head(head: &Head) -> Option<Duration> {
    head.header("retry-after-ms")
        .and_then(|text| seconds(text.trim().parse::<f64>().ok()? / 1000.0))
        .or_else(|| head.header("retry-after").and_then(|text| after(text.trim(), head)))
        .or_else(|| exhausted(head))
}

/// From an error object: Google's `RetryInfo`, or "try again in 7.66s" in the message.
pub(super) fn from_body(error: &Value, message: &str) -> Option<Duration> {
    let info =
        error["details"].as_array().into_iter().flatten().find_map(|detail| detail["retryDelay"].as_str());
    info.and_then(duration).or_else(|| {
        let (_, tail) = message.split_once("try again in ").or_else(|| message.split_once("retry in "))?;
        let word: String =
            tail.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.' || *c == 'µ').collect();
        duration(word.trim_end_matches('.'))
    })
}

fn after(text: &str, head: &Head) -> Option<Duration> {
    match text.parse::<f64>() {
        Ok(number) => seconds(number),
        Err(_) => until(rfc2822::parse(text).ok()?.timestamp(), head),
    }
}

/// How long until then by the server's own clock, which need not be ours; by ours where it sent no date.
fn until(then: Timestamp, head: &Head) -> Option<Duration> {
    let theirs = head.header("date").and_then(|date| rfc2822::parse(date).ok()).map(|date| date.timestamp());
    let now = theirs.unwrap_or_else(Timestamp::now);
    seconds(then.duration_since(now).as_secs_f64().max(0.0))
}

fn exhausted(head: &Head) -> Option<Duration> {
    head.headers
        .iter()
        .filter(|(name, value)| {
            name.contains("ratelimit-") && name.contains("remaining") && value.trim() == "0"
        })
        .filter_map(|(name, _)| {
            let reset = head.header(&name.replace("remaining", "reset"))?.trim();
            match reset.parse::<Timestamp>() {
                Ok(then) => until(then, head),
                Err(_) => duration(reset),
            }
        })
        .max()
}

/// Reads `6m0s`, `12ms`, `7.66s`, `1h2m` and bare seconds.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        total += number
            * match &rest[..letters] {
                "" | "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                "m" => 60.0,
                "h" => 3600.0,
                "d" => 86400.0,
                _ => return None,
            };
        rest = &rest[letters..];
    }
    seconds(total)
}

fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok().filter(|wait| *wait <= LONGEST)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn head(headers: &[(&str, &str)]) -> Head {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Head { status: 429, headers }
    }

    #[test]
    fn every_header_that_names_a_wait_is_read() {
        let now = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
        for (headers, millis) in [
            (&[("retry-after-ms", "1500"), ("retry-after", "9")][..], Some(1500)),
            (&[("retry-after", "2")], Some(2000)),
            (&[("retry-after", "0.25")], Some(250)),
            (&[now, ("retry-after", "Sat, 21 Nov 2026 12:00:30 GMT")], Some(30_000)),
            (&[now, ("retry-after", "Sat, 21 Nov 2026 11:00:00 GMT")], Some(0)),
            (
                &[
                    ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-requests", "12ms"),
                    ("x-ratelimit-remaining-tokens", "0"),
                    ("x-ratelimit-reset-tokens", "6m0s"),
                ],
                Some(360_000),
            ),
            (&[("x-ratelimit-remaining-requests", "7"), ("x-ratelimit-reset-requests", "1s")], None),
            (
                &[
                    now,
                    ("anthropic-ratelimit-input-tokens-remaining", "0"),
                    ("anthropic-ratelimit-input-tokens-reset", "2026-11-21T12:00:05Z"),
                ],
                Some(5000),
            ),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "1e300")], None),
            (&[], None),
        ] {
            assert_eq!(from_head(&head(headers)), millis.map(Duration::from_millis), "{headers:?}");
        }
    }

    #[test]
    fn error_bodies_name_a_wait_too() {
        let google =
            json!({"details": [{"@type": "x.QuotaFailure"}, {"@type": "x.RetryInfo", "retryDelay": "13s"}]});
        assert_eq!(from_body(&google, ""), Some(Duration::from_secs(13)));
        let message = "Rate limit reached. Please try again in 7.66s. Visit https://x.example";
        assert_eq!(from_body(&Value::Null, message), Some(Duration::from_millis(7660)));
        assert_eq!(from_body(&Value::Null, "Please try again in 1m30s."), Some(Duration::from_secs(90)));
        assert_eq!(from_body(&Value::Null, "try again in a while"), None);
    }
}
