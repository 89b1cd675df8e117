//! Tests of formats: what each shape of answer means, however its bytes are split.

use proptest::prelude::*;

use super::*;
use crate::edit::directive::{Mark, Novelty, PatchHunk, Replacement};

fn strings(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn replaced(path: Option<&str>, search: &[&str], replace: &[&str]) -> Directive {
    let reading = Replacement { search: strings(search), replace: strings(replace), hint: None };
    Directive::Replace { path: path.map(str::to_owned), readings: vec![reading] }
}

const BLOCK: &str =
    "Here it is:\n\nsrc/a.rs\n```rust\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n```\nDone.\n";

const PATCH: &str = "*** Begin Patch\n*** Add File: b.txt\n+one\n+\n*** Update File: a.rs\n@@ fn main() {\n keep\n-old\n+new\n\n@@\n-tail\n+end\n*** End of File\n*** Delete File: c.rs\n*** End Patch\n";

const DIFF: &str = "diff --git a/a.rs b/a.rs\n--- a/a.rs\n+++ b/a.rs\n@@ -10,2 +10,9 @@ fn x\n keep\n-old\n+new\n--- /dev/null\n+++ b/new.rs\n@@ -0,0 +1,1 @@\n+hello\n\\ No newline at end of file\n";

const WHOLE: &str =
    "`src/a.rs`\n\n````rust\nfn a() {}\n```\nnot the end\n````\n\nAnd **b.md**:\n```\ntext\n```\n";

#[test]
fn a_block_takes_its_name_from_the_line_before() {
    let expected = [Ok(replaced(Some("src/a.rs"), &["old"], &["new"]))];
    assert_eq!(read(EditFormat::SearchReplace, BLOCK), expected);
    assert_eq!(read(EditFormat::Auto, BLOCK), expected);
    let inside = "```rust\nsrc/a.rs\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n```";
    assert_eq!(read(EditFormat::Auto, inside), expected);
    let info = "```rust src/a.rs\n<<<<<<< SEARCH\r\nold\r\n=======\r\nnew\r\n>>>>>>> REPLACE\r\n```";
    assert_eq!(read(EditFormat::Auto, info), expected);
}

#[test]
fn later_blocks_without_a_name_mean_the_same_file() {
    let answer = format!("{BLOCK}\n<<<<<<< SEARCH\nx\n=======\n>>>>>>> REPLACE\n");
    assert_eq!(read(EditFormat::Auto, &answer)[1], Ok(replaced(Some("src/a.rs"), &["x"], &[])));
}

#[test]
fn markers_of_other_lengths_and_words_are_read() {
    let answer = "<<<<<<<<< ORIGINAL\na\n=========\nb\n>>>>>>>>> UPDATED\n<<<<< SEARCH\nc\n=====\nd\n>>>>>\n";
    assert_eq!(
        read(EditFormat::Auto, answer),
        [Ok(replaced(None, &["a"], &["b"])), Ok(replaced(None, &["c"], &["d"]))]
    );
}

#[test]
fn a_block_with_several_dividers_keeps_every_reading() {
    let answer =
        "<<<<<<< SEARCH\n<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> branch\n=======\none\n>>>>>>> REPLACE\n";
    let found = read(EditFormat::Auto, answer);
    let [Ok(Directive::Replace { readings, .. })] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(readings.len(), 1, "a divider inside of the conflict is the conflict's");
    assert_eq!(readings[0].search, strings(&["<<<<<<< HEAD", "one", "=======", "two", ">>>>>>> branch"]));
    assert_eq!(readings[0].replace, strings(&["one"]));
    let found = read(EditFormat::Auto, "<<<<<<< SEARCH\nA\n=======\nB\n=======\nC\n>>>>>>> REPLACE\n");
    let [Ok(Directive::Replace { readings, .. })] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(readings.len(), 2);
}

#[test]
fn what_is_never_closed_is_told_with_its_line() {
    let found = read(EditFormat::Auto, "a.rs\n<<<<<<< SEARCH\nold\n=======\nnew\n");
    assert!(
        matches!(&found[..], [Err(Malformed { line: 2, path: Some(path), .. })] if path == "a.rs"),
        "{found:?}"
    );
    let found = read(
        EditFormat::Auto,
        "<<<<<<< SEARCH\na\n=======\nb\n<<<<<<< SEARCH\nc\n=======\nd\n>>>>>>> REPLACE\n",
    );
    assert!(found[0].is_err() && found[1] == Ok(replaced(None, &["c"], &["d"])), "{found:?}");
    assert!(matches!(&read(EditFormat::Whole, "a.rs\n```\ncut")[..], [Err(Malformed { line: 2, .. })]));
}

#[test]
fn an_envelope_adds_updates_and_deletes() {
    let found = read(EditFormat::Auto, PATCH);
    let hunk = |anchors: &[&str], lines: &[(Mark, &str)], at_end: bool| PatchHunk {
        anchors: strings(anchors),
        lines: lines.iter().map(|(mark, line)| (*mark, (*line).to_owned())).collect(),
        at_end,
        hint: None,
        last_ends: None,
    };
    let expected = [
        Ok(Directive::Write {
            path: Some("b.txt".into()),
            lines: strings(&["one", ""]),
            ends: true,
            new: Novelty::Anew,
        }),
        Ok(Directive::Patch {
            path: Some("a.rs".into()),
            moved_to: None,
            hunks: vec![
                hunk(
                    &["fn main() {"],
                    &[(Mark::Keep, "keep"), (Mark::Remove, "old"), (Mark::Add, "new"), (Mark::Keep, "")],
                    false,
                ),
                hunk(&[], &[(Mark::Remove, "tail"), (Mark::Add, "end")], true),
            ],
        }),
        Ok(Directive::Delete { path: "c.rs".into() }),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_diff_is_read_whatever_its_counts_say() {
    let found = read(EditFormat::Auto, DIFF);
    let [Ok(Directive::Patch { path, hunks, .. }), Ok(Directive::Write { path: new, lines, ends, .. })] =
        &found[..]
    else {
        panic!("{found:?}")
    };
    assert_eq!((path.as_deref(), hunks[0].hint, hunks[0].lines.len()), (Some("a.rs"), Some(10), 3));
    assert_eq!((new.as_deref(), lines, ends), (Some("new.rs"), &strings(&["hello"]), &false));
}

#[test]
fn whole_files_stand_in_fences_of_any_length() {
    let found = read(EditFormat::Whole, WHOLE);
    let write = |path: &str, lines: &[&str]| {
        Ok(Directive::Write {
            path: Some(path.into()),
            lines: strings(lines),
            ends: true,
            new: Novelty::Either,
        })
    };
    assert_eq!(found, [write("src/a.rs", &["fn a() {}", "```", "not the end"]), write("b.md", &["text"])]);
    assert_eq!(read(EditFormat::Auto, "No change is needed."), []);
}

#[test]
fn how_the_bytes_are_split_does_not_matter() {
    for answer in [BLOCK, PATCH, DIFF, WHOLE] {
        let whole = read(EditFormat::Auto, answer);
        for cut in (1..answer.len()).filter(|cut| answer.is_char_boundary(*cut)) {
            let mut stream = Stream::new(EditFormat::Auto);
            let mut found = stream.push(&answer[..cut]);
            found.extend(stream.push(&answer[cut..]));
            found.extend(stream.finish());
            assert_eq!(found, whole, "cut at {cut}");
        }
    }
}

proptest! {
    #[test]
    fn no_answer_breaks_a_parser(parts in prop::collection::vec(prop_oneof![
        Just("<<<<<<< SEARCH\n".to_owned()), Just("=======\n".to_owned()), Just(">>>>>>> REPLACE\n".to_owned()),
        Just("*** Begin Patch\n".to_owned()), Just("*** Update File: a\n".to_owned()), Just("*** Add File: b\n".to_owned()),
        Just("@@\n".to_owned()), Just("@@ -1,2 +3,4 @@\n".to_owned()), Just("--- a/x\n".to_owned()), Just("+++ b/x\n".to_owned()),
        Just("```\n".to_owned()), Just("````rust a.rs\n".to_owned()), ".{0,12}\n?",
    ], 0..24)) {
        let answer = parts.concat();
        for (_, format) in EditFormat::ALL {
            let _ = read(format, &answer);
        }
    }
}
