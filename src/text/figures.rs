//! Figures of models in words, the same on the page of the screen and in the printed table.

use crate::domain::Figures;

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
