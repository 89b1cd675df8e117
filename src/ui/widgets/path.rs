//! Paths: the directory fainter than the name, shortened in the middle, with the letters that a filter matched.

use crate::text::cut;
use crate::text::fuzzy::Fuzzy;
use crate::ui::theme::Role;

use super::canvas::Pen;

/// Writes a path in at most so many cells; returns the cells it took.
pub fn path(pen: &mut Pen<'_, '_>, text: &str, cells: usize, ellipsis: &str) -> usize {
    filtered_path(pen, text, cells, ellipsis, None)
}

/// Writes a path as [`path`] does, and marks what the filter matched in it.
pub fn filtered_path(
    pen: &mut Pen<'_, '_>,
    text: &str,
    cells: usize,
    ellipsis: &str,
    filter: Option<&mut Fuzzy>,
) -> usize {
    let before = pen.room();
    let shown = cut::path(text, cells.min(before), ellipsis);
    let matched = filter.and_then(|filter| filter.find(text)).map_or_else(Vec::new, |found| found.indices);
    let name = shown.rfind('/').map_or(0, |at| at + 1);
    for (start, end, is_match) in runs(text, &shown, ellipsis, &matched) {
        if is_match {
            pen.put(&shown[start..end], Role::Match);
            continue;
        }
        let middle = name.clamp(start, end);
        pen.put(&shown[start..middle], Role::PathDir).put(&shown[middle..end], Role::PathName);
    }
    before - pen.room()
}

/// Byte ranges of the shown path, matched and not in turn. `matched` holds indices of characters of the whole path.
fn runs(whole: &str, shown: &str, ellipsis: &str, matched: &[u32]) -> Vec<(usize, usize, bool)> {
    if matched.is_empty() {
        return vec![(0, shown.len(), false)];
    }
    let mut runs: Vec<(usize, usize, bool)> = Vec::new();
    for ((start, letter), index) in shown.char_indices().zip(indices(whole, shown, ellipsis)) {
        let is_match = index.is_some_and(|index| matched.binary_search(&index).is_ok());
        let end = start + letter.len_utf8();
        match runs.last_mut() {
            Some(last) if last.2 == is_match => last.1 = end,
            Some(_) | None => runs.push((start, end, is_match)),
        }
    }
    runs
}

/// For each character of the shown path its index in the whole one; `None` for the sign of what is left out.
fn indices(whole: &str, shown: &str, ellipsis: &str) -> Vec<Option<u32>> {
    let letters = whole.chars().count() as u32;
    let cut = (shown != whole).then(|| shown.find(ellipsis)).flatten();
    let Some(cut) = cut else { return (0..letters).map(Some).collect() };
    let (head, tail) = (&shown[..cut], &shown[cut + ellipsis.len()..]);
    // Where the name itself was shortened, the directories are left out altogether.
    let name = whole.rfind('/').map_or(0, |at| at + 1);
    let first = if whole.starts_with(head) { 0 } else { whole[..name].chars().count() as u32 };
    let heads = head.chars().count() as u32;
    let tails = tail.chars().count() as u32;
    let before = (first..first + heads).map(Some);
    let sign = ellipsis.chars().map(|_| None);
    before.chain(sign).chain((letters.saturating_sub(tails)..letters).map(Some)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fuzzy::Subject;

    fn marked(path: &str, cells: usize, filter: &str) -> String {
        let shown = cut::path(path, cells, "…");
        let found = Fuzzy::new(filter, Subject::Paths).find(path).unwrap();
        let runs = runs(path, &shown, "…", &found.indices);
        runs.into_iter()
            .map(
                |(from, to, is)| {
                    if is { format!("[{}]", &shown[from..to]) } else { shown[from..to].to_owned() }
                },
            )
            .collect()
    }

    #[test]
    fn what_the_filter_matched_is_marked_wherever_the_path_is_cut() {
        assert_eq!(marked("src/net/budget.rs", 40, "net bud"), "src/[net]/[bud]get.rs");
        assert_eq!(marked("source/of/the/net/budget.rs", 16, "bud"), "sou…et/[bud]get.rs");
        assert_eq!(marked("src/AbstractNettyServer.java", 14, "abs"), "[Abs]tra…er.java");
        assert_eq!(marked("é/budget.rs", 40, "bud"), "é/[bud]get.rs");
    }
}
