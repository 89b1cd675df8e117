//! Sparklines: numbers as a row of signs, one cell each.

/// Signs from lowest to highest, for terminals that have block characters.
pub const BLOCKS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The same for terminals that have not.
pub const ASCII: [&str; 8] = [".", ":", "-", "=", "+", "*", "#", "@"];

/// One sign for each value, scaled so that the highest gets the highest; what is 0 or less, or no number, stays blank.
pub fn line(values: &[f64], signs: &[&str]) -> String {
    let highest = values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    let sign = |value: &f64| {
        if !(value.is_finite() && *value > 0.0 && highest > 0.0) {
            return " ";
        }
        let step = (value / highest * signs.len() as f64).ceil() as usize;
        signs.get(step.clamp(1, signs.len()) - 1).copied().unwrap_or(" ")
    };
    values.iter().map(sign).collect()
}

/// Columns of so many rows, top row first: each value takes as many eighths (or whatever signs there are) of the height
/// as its share of the highest.
pub fn columns(values: &[f64], rows: usize, signs: &[&str]) -> Vec<String> {
    let highest = values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    let steps = |value: f64| {
        if !(value.is_finite() && value > 0.0 && highest > 0.0) {
            return 0;
        }
        ((value / highest * (rows * signs.len()) as f64).round() as usize).max(1)
    };
    let row = |below: usize| -> String {
        let sign = |value: &f64| match steps(*value).saturating_sub(below * signs.len()).min(signs.len()) {
            0 => " ",
            full => signs.get(full - 1).copied().unwrap_or(" "),
        };
        values.iter().map(sign).collect()
    };
    (0..rows).rev().map(row).collect()
}

/// The values put together into at most so many, each the sum of some that lie side by side; the newest stand last.
pub fn fold(values: &[f64], most: usize) -> Vec<f64> {
    if most == 0 {
        return Vec::new();
    }
    let each = values.len().div_ceil(most).max(1);
    let mut folded: Vec<f64> = values.rchunks(each).map(|some| some.iter().sum()).collect();
    folded.reverse();
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_is_highest_and_nothing_is_blank() {
        assert_eq!(line(&[0.0, 1.0, 4.0, 8.0], &BLOCKS), " ▁▄█");
        assert_eq!(line(&[0.001, 8.0], &BLOCKS), "▁█", "what is little is not nothing");
        assert_eq!(line(&[0.0, f64::NAN, -1.0], &ASCII), "   ");
        assert_eq!(line(&[], &BLOCKS), "");
    }

    #[test]
    fn columns_stand_on_each_other() {
        assert_eq!(columns(&[0.0, 0.01, 1.0, 2.0], 2, &BLOCKS), ["   █", " ▁██"]);
        assert_eq!(columns(&[3.0, 4.0], 2, &BLOCKS), ["▄█", "██"]);
    }

    #[test]
    fn many_values_fold_from_the_newest_on() {
        assert_eq!(fold(&[1.0, 2.0, 3.0, 4.0, 5.0], 3), [1.0, 5.0, 9.0]);
        assert_eq!(fold(&[1.0, 2.0], 5), [1.0, 2.0]);
        assert!(fold(&[1.0], 0).is_empty());
    }
}
