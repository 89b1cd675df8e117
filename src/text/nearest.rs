//! The nearest known name to a misspelt one.

/// The known name nearest to `name`, ignoring case, if it is near enough to be what was meant: at most one edit
/// for three characters, a swap of neighbours counting as one, or one name being the start of the other.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(name);
    let allowed = wanted.len().div_ceil(3).max(1);
    known
        .into_iter()
        .filter_map(|candidate| {
            let other = folded(candidate);
            let edits = distance(&wanted, &other);
            let starts = wanted.len() >= 3 && (other.starts_with(&wanted) || wanted.starts_with(&other));
            let near =
                !wanted.is_empty() && (edits <= allowed && edits < other.len().max(wanted.len()) || starts);
            near.then_some((edits, candidate))
        })
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

fn folded(text: &str) -> Vec<char> {
    text.chars().map(|c| if c == '_' || c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

/// Edits between two texts: insertions, deletions, substitutions and swaps of neighbours (restricted
/// Damerau-Levenshtein distance).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut edits = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                edits = edits.min(before[j - 1] + 1);
            }
            row.push(edits);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_the_one_that_was_meant() {
        let known = ["quarry-dark", "quarry-light", "slate", "ember"];
        for (typed, meant) in [
            ("quary-dark", Some("quarry-dark")),
            ("quarry_lihgt", Some("quarry-light")),
            ("SLATE", Some("slate")),
            ("quarry", Some("quarry-dark")),
            ("solarized", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed:?}");
        }
    }

    #[test]
    fn a_short_name_is_not_matched_by_everything() {
        assert_eq!(nearest("x", ["y", "q"]), None);
        assert_eq!(nearest("tpo", ["top", "task"]), Some("top"));
    }
}
