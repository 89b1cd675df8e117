//! Tests of proposals: what an answer makes of files, and what is refused.

use super::*;
use crate::edit::formats::{EditFormat, read};

/// Files in memory.
struct Tree {
    files: Vec<(&'static str, &'static [u8])>,
    shown: Option<Vec<String>>,
}

impl Files for Tree {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        if path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return Err("it lies outside".to_owned());
        }
        Ok(self.files.iter().find(|(known, _)| *known == path).map(|(_, bytes)| bytes.to_vec()))
    }

    fn shown(&self) -> Option<&[String]> {
        self.shown.as_deref()
    }
}

fn proposed(files: &[(&'static str, &'static str)], answer: &str) -> Proposal {
    let shown = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let files = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    let tree = Tree { files, shown: Some(shown) };
    let mut drafts = Drafts::new(&tree);
    for found in read(EditFormat::Auto, answer) {
        drafts.take(found);
    }
    drafts.finish()
}

/// The text of the only change.
fn after(proposal: &Proposal) -> &str {
    assert!(proposal.refused.is_empty(), "{:?}", proposal.refused);
    let [change] = &proposal.changes[..] else { panic!("{proposal:?}") };
    std::str::from_utf8(change.after.as_deref().expect("not deleted")).expect("text")
}

fn why(proposal: &Proposal) -> &str {
    assert!(proposal.changes.is_empty(), "{:?}", proposal.changes);
    &proposal.refused[0].why
}

const MAIN: &str = "fn main() {\n    one();\n    two();\n    one();\n}\n";

#[test]
fn blocks_change_only_their_lines_and_see_the_blocks_before() {
    let answer = "a.rs\n<<<<<<< SEARCH\n    two();\n=======\n    three();\n>>>>>>> REPLACE\n\
                  <<<<<<< SEARCH\n    three();\n    one();\n=======\n    four();\n>>>>>>> REPLACE\n";
    assert_eq!(after(&proposed(&[("a.rs", MAIN)], answer)), "fn main() {\n    one();\n    four();\n}\n");
}

#[test]
fn what_stands_twice_is_refused() {
    let answer = "a.rs\n<<<<<<< SEARCH\n    one();\n=======\n    x();\n>>>>>>> REPLACE\n";
    assert!(why(&proposed(&[("a.rs", MAIN)], answer)).contains("2 places (lines 2, 4)"));
}

#[test]
fn a_block_that_lost_its_indentation_is_indented_again() {
    let answer = "a.rs\n<<<<<<< SEARCH\ntwo();\n=======\nif x {\n    two();\n}\n>>>>>>> REPLACE\n";
    let expected = "fn main() {\n    one();\n    if x {\n        two();\n    }\n    one();\n}\n";
    assert_eq!(after(&proposed(&[("a.rs", MAIN)], answer)), expected);
}

#[test]
fn placeholders_are_refused_unless_the_file_has_them() {
    let answer = "a.rs\n<<<<<<< SEARCH\n    two();\n=======\n    // ... existing code ...\n>>>>>>> REPLACE\n";
    assert!(why(&proposed(&[("a.rs", MAIN)], answer)).contains("left out"));
    let answer = "a.py\n```\ndef f():\n    # ... rest of the code ...\n```\n";
    assert!(why(&proposed(&[("a.py", "def f():\n    pass\n")], answer)).contains("left out"));
    let file = "# ...\nx = 1\n";
    let answer = "a.py\n<<<<<<< SEARCH\n# ...\nx = 1\n=======\n# ...\nx = 2\n>>>>>>> REPLACE\n";
    assert_eq!(after(&proposed(&[("a.py", file)], answer)), "# ...\nx = 2\n");
}

#[test]
fn blocks_in_the_place_of_a_whole_file_are_refused_and_not_written_into_it() {
    let files = Tree { files: vec![("main.rs", MAIN.as_bytes())], shown: Some(vec!["main.rs".into()]) };
    let mut drafts = Drafts::new(&files);
    let lines = "<<<<<<< SEARCH\n    two();\n=======\n    three();\n>>>>>>> REPLACE";
    let lines = lines.lines().map(str::to_owned).collect();
    drafts.take(Ok(Directive::Write {
        path: Some("main.rs".into()),
        lines,
        ends: true,
        new: Novelty::Either,
    }));
    assert!(why(&drafts.finish()).contains("search and replace blocks"));
}

#[test]
fn files_that_were_not_shown_may_only_be_created() {
    let tree = Tree { files: vec![("a.rs", b"a\n"), ("b.rs", b"b\n")], shown: Some(vec!["a.rs".into()]) };
    let mut drafts = Drafts::new(&tree);
    let answer = "*** Begin Patch\n*** Update File: b.rs\n-b\n+c\n*** Add File: c.rs\n+c\n*** End Patch\n";
    for found in read(EditFormat::Auto, answer) {
        drafts.take(found);
    }
    let proposal = drafts.finish();
    assert!(proposal.refused[0].why.contains("not shown"));
    assert_eq!(proposal.changes.len(), 1);
    assert_eq!((proposal.changes[0].path.as_str(), &proposal.changes[0].before), ("c.rs", &None));
}

#[test]
fn mangled_names_mean_the_only_shown_file_that_ends_so() {
    let answer = "workspace/src/a.rs\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n";
    assert_eq!(proposed(&[("src/a.rs", "a\n")], answer).changes[0].path, "src/a.rs");
    let answer = "a.rs\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n";
    assert_eq!(proposed(&[("src/a.rs", "a\n")], answer).changes[0].path, "src/a.rs");
    let both = [("x/a.rs", "a\n"), ("y/a.rs", "a\n")];
    assert!(why(&proposed(&both, answer)).contains("no such file"));
}

#[test]
fn paths_out_of_the_root_are_refused() {
    for path in ["../a.rs", "/etc/passwd"] {
        let answer = format!("*** Begin Patch\n*** Add File: {path}\n+x\n*** End Patch\n");
        assert!(why(&proposed(&[("a.rs", "a\n")], &answer)).contains("outside"), "{path}");
    }
}

#[test]
fn hunks_follow_their_anchors_and_hints_only_where_they_are_exact() {
    let file = "class A\n  def x\n    1\n  end\nclass B\n  def x\n    1\n  end\n";
    let answer =
        "*** Begin Patch\n*** Update File: a.rb\n@@ class B\n   def x\n-    1\n+    2\n*** End Patch\n";
    let expected = "class A\n  def x\n    1\n  end\nclass B\n  def x\n    2\n  end\n";
    assert_eq!(after(&proposed(&[("a.rb", file)], answer)), expected);
    let hinted = "--- a/a.rb\n+++ b/a.rb\n@@ -7,1 +7,1 @@\n-    1\n+    2\n";
    assert_eq!(after(&proposed(&[("a.rb", file)], hinted)), expected);
    let wrong = hinted.replace("-7,1", "-5,1");
    assert!(why(&proposed(&[("a.rb", file)], &wrong)).contains("2 places"));
}

#[test]
fn wrong_counts_and_numbers_do_not_matter_where_lines_are_unique() {
    let answer = "--- a/a.rs\n+++ b/a.rs\n@@ -99,7 +12,1 @@\n     one();\n-    two();\n+    three();\n";
    assert!(after(&proposed(&[("a.rs", MAIN)], answer)).contains("one();\n    three();"));
}

#[test]
fn a_whole_file_keeps_the_bytes_of_lines_that_stay() {
    let answer = "a.rs\n```rust\nfn main() {\n    one();\n}\n```\n";
    assert_eq!(
        after(&proposed(&[("a.rs", "fn main() {\r\n    zero();\r\n    one();\r\n}")], answer)),
        "fn main() {\r\n    one();\r\n}"
    );
}

#[test]
fn files_move_and_go() {
    let answer = "*** Begin Patch\n*** Update File: a.rs\n*** Move to: b.rs\n@@\n-a\n+b\n*** Delete File: c.rs\n*** End Patch\n";
    let proposal = proposed(&[("a.rs", "a\n"), ("c.rs", "c\n")], answer);
    assert_eq!(proposal.changes[0].moved_to.as_deref(), Some("b.rs"));
    assert_eq!(proposal.changes[0].after.as_deref(), Some(&b"b\n"[..]));
    assert_eq!(proposal.changes[1].after, None);
}

#[test]
fn a_patch_that_fails_half_way_changes_nothing() {
    let answer = "*** Begin Patch\n*** Update File: a.rs\n@@\n-    two();\n+    three();\n@@\n-    nowhere();\n+    x();\n*** End Patch\n";
    let proposal = proposed(&[("a.rs", MAIN)], answer);
    assert!(why(&proposal).contains("not in the file"));
}

#[test]
fn nearest_lines_tell_what_differs() {
    let answer = "a.rs\n<<<<<<< SEARCH\n    two();\n    won();\n=======\n    x();\n>>>>>>> REPLACE\n";
    let proposal = proposed(&[("a.rs", MAIN)], answer);
    let nearest = proposal.refused[0].nearest.as_ref().expect("nearest lines");
    assert_eq!((nearest.line, &nearest.differs), (3, &("    won();".to_owned(), "    one();".to_owned())));
}

#[test]
fn an_empty_search_makes_a_new_file() {
    let answer = "new.rs\n<<<<<<< SEARCH\n=======\nfn x() {}\n>>>>>>> REPLACE\n";
    assert_eq!(after(&proposed(&[("a.rs", "a\n")], answer)), "fn x() {}\n");
    let answer = answer.replace("new.rs", "a.rs");
    assert!(why(&proposed(&[("a.rs", "a\n")], &answer)).contains("no lines to look for"));
}

#[test]
fn a_hunk_of_blank_lines_alone_is_never_guessed() {
    let answer = "--- a/a.rs\n+++ b/a.rs\n@@ -1 +1 @@\n-\n";
    assert!(why(&proposed(&[("a.rs", "a\n\nb\n")], answer)).contains("nowhere which"));
    let answer = "*** Begin Patch\n*** Update File: a.rs\n@@ a\n \n+x\n*** End Patch\n";
    assert_eq!(
        after(&proposed(&[("a.rs", "a\n")], answer)),
        "a\nx\n",
        "a blank line that is not there is no place"
    );
}

#[test]
fn drafts_tell_what_is_proposed_so_far_and_go_on_from_a_change() {
    let tree = Tree { files: vec![("a.rs", MAIN.as_bytes())], shown: None };
    let mut drafts = Drafts::new(&tree);
    let blocks = "a.rs\n<<<<<<< SEARCH\n    two();\n=======\n    three();\n>>>>>>> REPLACE\n";
    let found = read(EditFormat::SearchReplace, blocks);
    assert!(drafts.take(found[0].clone()));
    assert_eq!(drafts.versions(), [("a.rs", 1)]);
    let change = drafts.change("a.rs").expect("text").expect("a change");
    assert!(!drafts.take(found[0].clone()), "it stands there no more");
    assert_eq!(drafts.take_refused()[0].wanted, ["    two();"]);
    assert_eq!(drafts.versions(), [("a.rs", 1)], "a refusal changes nothing");

    let mut again = Drafts::new(&tree);
    again.resume(change.clone()).expect("text");
    let next = blocks.replace("three", "four").replace("two", "three");
    assert!(again.take(read(EditFormat::SearchReplace, &next)[0].clone()));
    let after = again.change("a.rs").expect("text").expect("a change");
    assert_eq!(after.before, change.before);
    assert!(String::from_utf8(after.after.expect("bytes")).expect("utf-8").contains("four"));
}
