//! Name: how names of models are compared, and what size they tell.

/// A name made plain: lower case, without what stands before the last slash and without `.gguf`, `_` as `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plain(String);

impl Plain {
    pub(super) fn new(name: &str) -> Self {
        let last = name.rsplit('/').next().unwrap_or(name);
        let plain = last.to_lowercase().replace('_', "-");
        Self(plain.strip_suffix(".gguf").map_or_else(|| plain.clone(), str::to_owned))
    }
}

/// Whether a pattern fits; `*` stands for any text, also for none.
pub(super) fn fits(pattern: &str, name: &Plain) -> bool {
    let mut rest = name.0.as_str();
    let mut parts = pattern.split('*').peekable();
    let Some(first) = parts.next() else { return false };
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// Billions of parameters, where the name tells: `8b`, `0.6b`, `e4b`, `30b-a3b` (the whole counts), `8x7b`.
pub(super) fn billions(name: &Plain) -> Option<f32> {
    let words = name.0.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
    let sizes = words.filter_map(|word| {
        let number = word.strip_suffix('b')?;
        match number.split_once('x') {
            Some((experts, size)) => Some(experts.parse::<f32>().ok()? * size.parse::<f32>().ok()?),
            None => number.trim_start_matches('e').parse().ok(),
        }
    });
    sizes.filter(|size: &f32| *size > 0.0).max_by(f32::total_cmp)
}

/// The name without a date at its end: `-2025-08-07` or `-20250929`.
pub(super) fn without_date(name: &str) -> Option<&str> {
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let (rest, last) = name.rsplit_once('-')?;
    if digits(last, 8) {
        return Some(rest);
    }
    let (rest, month) = rest.rsplit_once('-').filter(|_| digits(last, 2))?;
    let (rest, year) = rest.rsplit_once('-').filter(|_| digits(month, 2))?;
    digits(year, 4).then_some(rest)
}
