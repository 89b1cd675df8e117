//! What an edit of a large file costs: an answer of 200 hunks over 1 MB, parsed, located and cut into the smallest hunks.
//!
//! A person waits for this after the last byte of an answer: it has to be below 100 ms.

use std::fmt::Write;

use quarry::edit::formats::read;
use quarry::edit::{Drafts, EditFormat, Files, Text, hunks};
use serde_json::json;

fn main() {
    divan::main();
}

/// Hunks of the answer.
const HUNKS: usize = 200;

/// One file in memory.
struct One(Vec<u8>);

impl Files for One {
    fn read(&self, _path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(Some(self.0.clone()))
    }

    fn shown(&self) -> Option<&[String]> {
        None
    }
}

/// A file of 1 MB, and the numbers of the lines that change.
fn file() -> (Vec<String>, Vec<usize>) {
    let line = |at: usize| format!("    let value_{at} = compute({}, \"{}\");", at * 31 % 9_973, at % 7);
    let mut lines = Vec::new();
    let mut bytes = 0;
    while bytes < 1 << 20 {
        lines.push(line(lines.len()));
        bytes += lines[lines.len() - 1].len() + 1;
    }
    let step = lines.len() / HUNKS;
    let changed = (0..HUNKS).map(|at| at * step + step / 2).collect();
    (lines, changed)
}

fn joined(lines: &[String]) -> Vec<u8> {
    (lines.join("\n") + "\n").into_bytes()
}

/// The answer in a format.
fn answer(format: EditFormat) -> (One, String) {
    let (lines, changed) = file();
    let fresh = |at: usize| format!("    let value_{at} = compute_better({at});");
    let mut text = String::new();
    match format {
        EditFormat::SearchReplace | EditFormat::Auto => {
            for at in changed {
                let (before, old, after) = (&lines[at - 1], &lines[at], &lines[at + 1]);
                let new = fresh(at);
                let _ = write!(
                    text,
                    "big.rs\n<<<<<<< SEARCH\n{before}\n{old}\n{after}\n=======\n{before}\n{new}\n{after}\n>>>>>>> REPLACE\n\n"
                );
            }
        }
        EditFormat::Udiff => {
            text += "--- a/big.rs\n+++ b/big.rs\n";
            for at in changed {
                let (before, old, after) = (&lines[at - 1], &lines[at], &lines[at + 1]);
                let _ = write!(text, "@@ -{at},3 +{at},3 @@\n {before}\n-{old}\n+{}\n {after}\n", fresh(at));
            }
        }
        EditFormat::ApplyPatch => {
            text += "*** Begin Patch\n*** Update File: big.rs\n";
            for at in changed {
                let (before, old, after) = (&lines[at - 1], &lines[at], &lines[at + 1]);
                let _ = write!(text, "@@\n {before}\n-{old}\n+{}\n {after}\n", fresh(at));
            }
            text += "*** End Patch\n";
        }
        EditFormat::Tool => {
            for at in changed {
                let (before, old, after) = (&lines[at - 1], &lines[at], &lines[at + 1]);
                let lines = |middle: &str| format!("{before}\n{middle}\n{after}");
                let arguments =
                    json!({"path": "big.rs", "old_string": lines(old), "new_string": lines(&fresh(at))});
                let _ = writeln!(text, "{}", json!({"name": "edit_file", "arguments": arguments}));
            }
        }
        EditFormat::Whole => {
            let mut new = lines.clone();
            for at in changed {
                new[at] = fresh(at);
            }
            text = format!("big.rs\n````\n{}\n````\n", new.join("\n"));
        }
    }
    (One(joined(&lines)), text)
}

/// Parse, locate and diff.
#[divan::bench(args = [EditFormat::SearchReplace, EditFormat::ApplyPatch, EditFormat::Udiff, EditFormat::Whole, EditFormat::Tool])]
fn parse_locate_diff(bencher: divan::Bencher<'_, '_>, format: EditFormat) {
    let (file, answer) = answer(format);
    bencher.bench_local(|| {
        let mut drafts = Drafts::new(&file);
        for found in read(format, &answer) {
            drafts.take(found);
        }
        let proposal = drafts.finish();
        assert!(proposal.refused.is_empty(), "{:?}", proposal.refused);
        let change = &proposal.changes[0];
        let text = |bytes: &Option<Vec<u8>>| Text::read(bytes.as_deref().unwrap_or_default());
        let (Ok(before), Ok(after)) = (text(&change.before), text(&change.after)) else { return 0 };
        let found = hunks(&before, &after).len();
        assert_eq!(found, HUNKS);
        found
    });
}
