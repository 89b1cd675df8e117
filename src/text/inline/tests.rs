//! Pairing and marking: what became what, and where it differs.

use proptest::prelude::*;

use super::*;

fn marked(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let (left, right) = words(old, new);
    let cut =
        |line: &str, marks: Vec<Range<usize>>| marks.into_iter().map(|mark| line[mark].to_owned()).collect();
    (cut(old, left), cut(new, right))
}

#[test]
fn the_words_that_differ_are_marked_whole() {
    let (old, new) = marked("    let total = count(a, b);", "    let total = tally(a, b, c);");
    assert_eq!(old, ["count"]);
    assert_eq!(new, ["tally", ", c"]);
}

#[test]
fn marks_that_only_a_blank_parts_are_one() {
    assert_eq!(marked("return one two three four", "return 1 2 three four").1, ["1 2"]);
}

#[test]
fn a_name_in_the_place_of_another_is_marked_however_short_the_line() {
    assert_eq!(marked("    take(x);", "    spend_more(x);").0, ["take"]);
}

#[test]
fn lines_that_have_little_in_common_are_not_marked() {
    assert_eq!(marked("if self.spent > 3 {", "let pool = entry(name).or_default();"), (vec![], vec![]));
    assert_eq!(marked("same", "same"), (vec![], vec![]));
}

#[test]
fn a_change_of_indentation_is_marked() {
    assert_eq!(
        marked("    call(x);", "        call(x);"),
        (vec!["    ".to_owned()], vec!["        ".to_owned()])
    );
}

#[test]
fn a_line_stands_beside_the_one_that_it_became() {
    let old = ["fn take(n: u32) -> bool {", "    true"];
    let new =
        ["/// Takes `n`.", "/// Says whether it could.", "fn take(n: u64) -> bool {", "    n > 0 && true"];
    assert_eq!(align(&old, &new), [(None, Some(0)), (None, Some(1)), (Some(0), Some(2)), (Some(1), Some(3))]);
}

#[test]
fn a_stretch_of_equal_length_is_paired_in_order_and_so_is_a_huge_one() {
    assert_eq!(align(&["a", "b"], &["x", "y"]), [(Some(0), Some(0)), (Some(1), Some(1))]);
    let (old, new) = (vec!["a"; 20_000], vec!["a"; 19_000]);
    let rows = align(&old, &new);
    assert_eq!((rows.len(), rows[19_500]), (20_000, (Some(19_500), None)));
}

proptest! {
    #[test]
    fn every_line_has_one_row_and_rows_are_in_order(
        old in prop::collection::vec("[ab ]{0,6}", 0..12), new in prop::collection::vec("[ab ]{0,6}", 0..12),
    ) {
        let rows = align(&old, &new);
        let lefts: Vec<_> = rows.iter().filter_map(|row| row.0).collect();
        let rights: Vec<_> = rows.iter().filter_map(|row| row.1).collect();
        prop_assert_eq!(lefts, (0..old.len()).collect::<Vec<_>>());
        prop_assert_eq!(rights, (0..new.len()).collect::<Vec<_>>());
        prop_assert!(rows.iter().all(|row| row.0.is_some() || row.1.is_some()));
    }

    #[test]
    fn marks_lie_in_their_lines_on_whole_characters(old in "[a-cé日 ().]{0,24}", new in "[a-cé日 ().]{0,24}") {
        let (left, right) = words(&old, &new);
        prop_assert!(left.iter().all(|mark| old.get(mark.clone()).is_some_and(|text| !text.is_empty())));
        prop_assert!(right.iter().all(|mark| new.get(mark.clone()).is_some_and(|text| !text.is_empty())));
        prop_assert!(left.windows(2).all(|two| two[0].end < two[1].start));
    }
}
