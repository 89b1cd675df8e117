//! Figures: windows, prices, speeds and costs in few cells.

use std::time::Duration;

use crate::domain::{Measured, Price};

/// A window: `32k`, `1M`; `window ?` where unknown.
pub fn window(tokens: Option<u32>) -> String {
    match tokens {
        None => "window ?".into(),
        Some(tokens) if tokens >= 1_000_000 => format!("{:.0}M", f64::from(tokens) / 1e6),
        Some(tokens) if tokens.is_multiple_of(1024) => format!("{}k", tokens / 1024),
        Some(tokens) if tokens >= 1000 => format!("{:.0}k", f64::from(tokens) / 1e3),
        Some(tokens) => tokens.to_string(),
    }
}

/// A price per million tokens, in and out: `free`, `$0.10/0.50`, `price ?`.
pub fn price(price: Option<Price>) -> String {
    match price {
        None => "price ?".into(),
        Some(price) if price.input <= 0.0 && price.output <= 0.0 => "free".into(),
        Some(price) => format!("${}/{}", short(price.input), short(price.output)),
    }
}

fn short(dollars: f64) -> String {
    let cents = format!("{dollars:.2}");
    // A tenth of a cent matters for the cheapest.
    if dollars > 0.0 && (dollars * 100.0).fract() > 0.001 && dollars < 0.1 {
        format!("{dollars:.3}")
    } else {
        cents
    }
}

/// What was measured: `340 ms, 62 tok/s`; `not measured`.
pub fn speed(measured: &Measured) -> String {
    let Some(first) = measured.first_token else { return "not measured".into() };
    let rate = measured.tokens_per_second.map(|rate| format!(", {rate:.0} tok/s"));
    format!("{}{}", time(first), rate.unwrap_or_default())
}

/// A time: `340 ms`, `2.4 s`.
pub fn time(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f32())
    }
}

/// What a call cost: `free`, `$0.00012`, `cost ?`.
pub fn cost(usd: Option<f64>) -> String {
    match usd {
        None => "cost ?".into(),
        Some(usd) if usd <= 0.0 => "free".into(),
        Some(usd) if usd < 0.01 => format!("${usd:.6}"),
        Some(usd) => format!("${usd:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_and_unknown_is_not_free() {
        assert_eq!(
            [None, Some(512), Some(32_768), Some(200_000), Some(1_048_576)].map(window),
            ["window ?", "512", "32k", "200k", "1M"]
        );
        let of = |input, output| price(Some(Price { input, cached_input: input, output }));
        assert_eq!(
            [price(None), of(0.0, 0.0), of(0.1, 0.5), of(0.075, 0.3), of(10.0, 50.0)],
            ["price ?", "free", "$0.10/0.50", "$0.075/0.30", "$10.00/50.00"]
        );
        assert_eq!([cost(None), cost(Some(0.0)), cost(Some(0.000_12))], ["cost ?", "free", "$0.000120"]);
    }
}
