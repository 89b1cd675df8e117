//! Figures of models in words, the same on the page of the screen and in the printed table.

use super::amount::{plural, score};
use crate::domain::{Figures, Tuned, TunedFigure};

/// Ratings: `+12 -3`, or `-` without any.
pub fn rated(figures: &Figures) -> String {
    match (figures.up, figures.down) {
        (0, 0) => "-".to_owned(),
        (up, down) => format!("+{up} -{down}"),
    }
}

/// How often it was picked of how many comparisons; `-` without any.
pub fn picked(figures: &Figures) -> String {
    if figures.compared == 0 { "-".to_owned() } else { format!("{}/{}", figures.picked, figures.compared) }
}

/// Money, with `+?` or as `?` where calls had no known price, which is not free.
pub fn cost(figures: &Figures) -> String {
    match (figures.unpriced, figures.usd) {
        (0, usd) => format!("${usd:.2}"),
        (_, 0.0) => "?".to_owned(),
        (_, usd) => format!("${usd:.2}+?"),
    }
}

/// What came of a tuning, in one line: `R@10 .70 → .74 on 38 newer commits (+.02 to +.07): kept`.
pub fn tuned(tuned: &Tuned) -> String {
    let Some(TunedFigure { name, without, with, low, high, .. }) = tuned.lead().filter(|_| tuned.kept) else {
        return "no gain beyond the noise: nothing changed".to_owned();
    };
    let commits = plural(tuned.tested_on.into(), "newer commit");
    let (without, with) = (score(*without as f32), score(*with as f32));
    format!("{name} {without} → {with} on {commits} ({} to {}): kept", signed(*low), signed(*high))
}

/// A difference of shares: `+.02`.
pub fn signed(difference: f64) -> String {
    let sign = if difference < 0.0 { '-' } else { '+' };
    format!("{sign}{}", score(difference.abs() as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tuning_is_told_in_one_line() {
        let figure = |name: &str, low: f64, high: f64| TunedFigure {
            name: name.into(),
            without: 0.703,
            with: 0.741,
            gain: 0.038,
            low,
            high,
        };
        let figures = vec![figure("MRR", -0.01, 0.02), figure("R@10", 0.02, 0.07)];
        let kept = Tuned { kept: true, tested_on: 38, figures, ..Tuned::default() };
        assert_eq!(tuned(&kept), "R@10 .70 → .74 on 38 newer commits (+.02 to +.07): kept");
        assert_eq!(tuned(&Tuned { kept: false, ..kept }), "no gain beyond the noise: nothing changed");
        assert_eq!((signed(-0.123), signed(0.0)), ("-.12".to_owned(), "+.00".to_owned()));
    }
}
