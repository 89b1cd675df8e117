//! What an edit of a large file costs: an answer of 200 hunks over 1 MB, parsed, located and cut into the smallest hunks, in code
//! whose lines differ and in generated data whose lines repeat; and what a refusal costs, which shows the nearest lines.
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

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Every line is another.
    Code,
    /// Most lines stand thousands of times.
    Data,
}

/// Lines of one record of data.
const RECORD: usize = 7;

impl Kind {
    fn line(self, at: usize) -> String {
        let record = at / RECORD;
        match (self, at % RECORD) {
            (Self::Code, _) => format!("    let value_{at} = compute({}, \"{}\");", at * 31 % 9_973, at % 7),
            (Self::Data, 0) => "    {".to_owned(),
            (Self::Data, 1) => format!("        \"id\": {record},"),
            (Self::Data, 2) => {
                format!("        \"kind\": \"{}\",", ["order", "invoice", "refund"][record % 3])
            }
            (Self::Data, 3) => "        \"currency\": \"EUR\",".to_owned(),
            (Self::Data, 4) => "        \"lines\": [],".to_owned(),
            (Self::Data, 5) => format!("        \"open\": {}", record.is_multiple_of(2)),
            (Self::Data, _) => "    },".to_owned(),
        }
    }

    fn fresh(self, at: usize) -> String {
        match self {
            Self::Code => format!("    let value_{at} = compute_better({at});"),
            Self::Data => format!("        \"kind\": \"better {at}\","),
        }
    }
}

/// A file of 1 MB, and the numbers of the lines that change.
fn file(kind: Kind) -> (Vec<String>, Vec<usize>) {
    let mut lines = Vec::new();
    let mut bytes = 0;
    while bytes < 1 << 20 {
        lines.push(kind.line(lines.len()));
        bytes += lines[lines.len() - 1].len() + 1;
    }
    let step = lines.len() / HUNKS / RECORD * RECORD;
    let changed = (0..HUNKS).map(|at| at * step + 2).collect();
    (lines, changed)
}

fn joined(lines: &[String]) -> Vec<u8> {
    (lines.join("\n") + "\n").into_bytes()
}

/// The answer in a format.
fn answer(format: EditFormat, kind: Kind) -> (One, String) {
    let (lines, changed) = file(kind);
    let fresh = |at: usize| kind.fresh(at);
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

const FORMATS: [EditFormat; 6] = [
    EditFormat::Auto,
    EditFormat::SearchReplace,
    EditFormat::ApplyPatch,
    EditFormat::Udiff,
    EditFormat::Whole,
    EditFormat::Tool,
];

/// Parse, locate and diff; returns the number of hunks.
fn hunks_of(file: &One, format: EditFormat, answer: &str) -> usize {
    let mut drafts = Drafts::new(file);
    for found in read(format, answer) {
        drafts.take(found);
    }
    let proposal = drafts.finish();
    assert!(proposal.refused.is_empty(), "{:?}", proposal.refused);
    let change = &proposal.changes[0];
    let text = |bytes: &Option<Vec<u8>>| Text::read(bytes.as_deref().unwrap_or_default());
    let (Ok(before), Ok(after)) = (text(&change.before), text(&change.after)) else { return 0 };
    hunks(&before, &after).len()
}

/// Lines that are all different.
#[divan::bench(args = FORMATS)]
fn parse_locate_diff(bencher: divan::Bencher<'_, '_>, format: EditFormat) {
    let (file, answer) = answer(format, Kind::Code);
    bencher.bench_local(|| assert_eq!(hunks_of(&file, format, &answer), HUNKS));
}

/// Lines that repeat.
#[divan::bench(args = FORMATS)]
fn parse_locate_diff_repeating(bencher: divan::Bencher<'_, '_>, format: EditFormat) {
    let (file, answer) = answer(format, Kind::Data);
    bencher.bench_local(|| assert_eq!(hunks_of(&file, format, &answer), HUNKS));
}

/// A block of twenty lines that stands nowhere: the nearest lines are looked for.
#[divan::bench(args = [Kind::Code, Kind::Data])]
fn refuse_with_the_nearest(bencher: divan::Bencher<'_, '_>, kind: Kind) {
    let (lines, _) = file(kind);
    let middle = lines.len() / 2;
    let mut wanted = lines[middle..middle + 20].to_vec();
    "no such line".clone_into(&mut wanted[10]);
    let block = wanted.join("\n");
    let answer = format!("big.rs\n<<<<<<< SEARCH\n{block}\n=======\nx\n>>>>>>> REPLACE\n");
    let file = One(joined(&lines));
    bencher.bench_local(|| {
        let mut drafts = Drafts::new(&file);
        for found in read(EditFormat::SearchReplace, &answer) {
            drafts.take(found);
        }
        let refused = drafts.finish().refused;
        assert!(refused[0].nearest.is_some());
        refused.len()
    });
}

/// A whole file that has nothing in common with the one that stands there.
#[divan::bench(sample_count = 3)]
fn a_whole_file_of_other_lines(bencher: divan::Bencher<'_, '_>) {
    let (lines, _) = file(Kind::Code);
    let other: String = (0..lines.len()).map(|at| Kind::Code.fresh(at) + "\n").collect();
    let answer = format!("big.rs\n````\n{other}````\n");
    let file = One(joined(&lines));
    bencher.bench_local(|| assert!(hunks_of(&file, EditFormat::Whole, &answer) > 0));
}
