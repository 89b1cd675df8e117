//! Ranges of lines as arguments.

use std::ops::RangeInclusive;

/// `A-B`, `A` or `A-`, 1-based.
///
/// # Errors
/// What is wrong, for people.
pub fn parse(text: &str) -> Result<RangeInclusive<usize>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<usize>().ok().filter(|number| *number > 0);
    let first = number(first).ok_or("lines are written A-B, from 1 on")?;
    let last =
        if last.is_empty() { usize::MAX } else { number(last).ok_or("lines are written A-B, from 1 on")? };
    if last < first { Err("the last line comes before the first".to_owned()) } else { Ok(first..=last) }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn ranges_are_read_and_wrong_ones_told() {
        assert_eq!(parse("3-7"), Ok(3..=7));
        assert_eq!(parse("3"), Ok(3..=3));
        assert_eq!(parse("3-"), Ok(3..=usize::MAX));
        for wrong in ["", "0-2", "7-3", "a-b"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
