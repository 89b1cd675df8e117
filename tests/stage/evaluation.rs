//! Evaluations and tunings, as the evaluating service tells them.

use std::sync::Arc;

use quarry::domain::{
    AtThreshold, Bounds, EvalKnown, Evaluation, FeedbackCounts, JudgeCurves, Listing, MissedCommit,
    MissedFile, Tuned, TunedFigure,
};

/// Some hours before the time that stages live in.
const AT_MS: i64 = (1_795_000_000 - 7_300) * 1000;

/// The commit that everything was measured at.
pub const COMMIT: &str = "3f2a1b9c00000000000000000000000000000000";

fn bounds(mean: f64) -> Bounds {
    Bounds { mean, low: mean - 0.05, high: (mean + 0.04).min(1.0) }
}

/// A judge whose recall among the first ten is this.
pub fn judge(name: &str, at_10: f64) -> JudgeCurves {
    let depths = [1, 2, 5, 10, 20, 50, 100, 200];
    let recall = |depth: f64| 1.0 - (1.0 - at_10).powf((depth / 10.0).powf(0.45));
    JudgeCurves {
        judge: name.into(),
        recall_at_10: bounds(at_10),
        recall_at_50: bounds(recall(50.0)),
        reciprocal: bounds(at_10 * 0.93),
        millis: at_10 * 30.0,
        depth: depths.iter().map(|depth| (*depth, recall(f64::from(*depth)))).collect(),
        spent: depths.iter().map(|depth| (f64::from(*depth) * 2_100.0, recall(f64::from(*depth)))).collect(),
        ..JudgeCurves::default()
    }
}

fn embedded() -> JudgeCurves {
    let at = |step: i32| {
        let odds = -6.2 + 9.2 * step as f32 / 59.0;
        let from = 1.0 / (1.0 + (-odds).exp());
        let files = (1284.0 * f64::from(1.0 - from).powi(40)).max(24.0 * f64::from(1.0 - from));
        let recall = (0.98 - f64::from(from) * 0.9).max(0.02);
        AtThreshold { from, listing: Listing { files: files.round(), recall } }
    };
    let mut embedded = judge("embedded", 0.743);
    embedded.thresholds = (0..60).map(at).collect();
    embedded.listed = Some(embedded.thresholds[embedded.step_of(0.2)].listing);
    embedded.calibration_error = Some(0.0021);
    embedded
}

fn missed(commit: &str, request: &str, files: &[(&str, Option<u32>)]) -> MissedCommit {
    let file = |(path, rank): &(&str, Option<u32>)| MissedFile {
        path: (*path).into(),
        rank: *rank,
        had: if rank.is_some() {
            vec!["3 words in its text".into(), "changed with net/pool.rs".into()]
        } else {
            vec![]
        },
        lacked: vec!["path".into(), "symbols".into(), "history".into()],
    };
    MissedCommit {
        commit: commit.into(),
        time: 1_795_000_000 - 9 * 86_400,
        request: request.into(),
        gold: 4,
        found: 4 - files.len() as u32,
        depth: 50,
        files: files.iter().map(file).collect(),
    }
}

/// An evaluation of a repository of so many files.
pub fn evaluation(files: u32) -> Arc<Evaluation> {
    let names = [("keyword", 0.41), ("bm25", 0.552), ("bm25f", 0.603), ("path", 0.338), ("history", 0.497)];
    let mut judges: Vec<JudgeCurves> = names.iter().map(|(name, at)| judge(name, *at)).collect();
    judges.push(embedded());
    Arc::new(Evaluation {
        at_ms: AT_MS,
        commit: COMMIT.into(),
        repository: "retry-lab".into(),
        commits: 150,
        files,
        judges,
        missed: vec![
            missed(
                "9c41d0aa11112222",
                "Refuse a call once the retry budget is spent, whoever asks",
                &[("src/net/budget/ledger.rs", Some(71)), ("docs/limits.md", None)],
            ),
            missed(
                "77ab00cd33334444",
                "Keep the order of queued requests",
                &[("src/query/sched.rs", Some(112))],
            ),
            missed(
                "0b1e2d3c55556666",
                "Say which backend answered when two share a name, and why the other did not, in the header of the page",
                &[
                    ("src/ui/panes/header/a_rather_long_name_of_a_file_that_is_cut.rs", Some(64)),
                    ("themes/frost.toml", Some(903)),
                ],
            ),
        ],
    })
}

pub fn tuned(kept: bool) -> Arc<Tuned> {
    let figure = |name: &str, without: f64, gain: f64| TunedFigure {
        name: name.into(),
        without,
        with: without + gain,
        gain,
        low: gain - if kept { 0.02 } else { 0.05 },
        high: gain + 0.03,
    };
    Arc::new(Tuned {
        at_ms: AT_MS,
        commit: COMMIT.into(),
        kept,
        fitted_on: 88,
        tested_on: 38,
        feedback: 6,
        figures: vec![figure("R@10", 0.70, 0.04), figure("R@50", 0.88, 0.01), figure("MRR", 0.69, 0.024)],
    })
}

pub fn known() -> EvalKnown {
    EvalKnown {
        repository: "retry-lab".into(),
        feedback: FeedbackCounts { requests: 6, pinned: 7, excluded: 2, cited: 14 },
        notes_feedback: true,
        ..EvalKnown::default()
    }
}
