//! Ranking is monotone: what is active rises, neighbours fade, and silence changes nothing.

use super::*;
use crate::domain::{FileId, RelPath, RootId};

fn p(value: f32) -> Probability {
    Probability::new(value)
}

#[test]
fn no_signal_leaves_the_probability_alone() {
    for value in [0.01, 0.3, 0.5, 0.99] {
        let fused = score(p(value), &RankFeatures::default(), &RankWeights::default());
        assert!((fused - value).abs() < 1e-4, "{value} became {fused}");
    }
}

#[test]
fn each_signal_lifts_by_its_weight_and_keeps_the_order_of_probabilities() {
    let weights = RankWeights::default();
    let dirty = RankFeatures { dirty: 1.0, ..RankFeatures::default() };
    assert!(score(p(0.4), &dirty, &weights) > score(p(0.4), &RankFeatures::default(), &weights));
    assert!(score(p(0.5), &dirty, &weights) > score(p(0.4), &dirty, &weights));
    let off_task = RankFeatures { task: -1.0, ..RankFeatures::default() };
    assert!(score(p(0.4), &off_task, &weights) < 0.4);
}

#[test]
fn certain_probabilities_still_move() {
    let dirty = RankFeatures { dirty: 1.0, ..RankFeatures::default() };
    let weights = RankWeights::default();
    assert!(score(p(0.0), &dirty, &weights) > score(p(0.0), &RankFeatures::default(), &weights));
    assert!(score(p(1.0), &RankFeatures::default(), &weights) < 1.0);
}

fn closeness(active: &str, others: &[&str]) -> Vec<f32> {
    let mut dirs = DirTree::default();
    let home = dirs.add(RootId(0), RelPath::from(active).parent());
    let places: Vec<_> =
        others.iter().map(|path| dirs.add(RootId(0), RelPath::from(*path).parent())).collect();
    let near = dirs.closeness([(FileId(0), home, 1.0)]);
    places.iter().map(|dir| near[dir.index()].value).collect()
}

#[test]
fn neighbours_fade_with_distance_and_end_at_the_root() {
    let near =
        closeness("a/b/c/x.rs", &["a/b/c/y.rs", "a/b/z.rs", "a/b/d/w.rs", "a/q.rs", "k/x.rs", "top.rs"]);
    assert_eq!(near, [1.0, 0.5, 0.25, 0.25, 0.0, 0.0]);
}

#[test]
fn files_of_the_root_itself_are_neighbours_of_each_other_only() {
    assert_eq!(closeness("main.rs", &["lib.rs", "src/lib.rs"]), [1.0, 0.0]);
}

#[test]
fn closeness_names_the_nearest_active_file() {
    let mut dirs = DirTree::default();
    let far = dirs.add(RootId(0), b"a/b");
    let near = dirs.add(RootId(0), b"a/c/d");
    let asked = dirs.add(RootId(0), b"a/c");
    let all = dirs.closeness([(FileId(1), far, 1.0), (FileId(2), near, 1.0)]);
    assert_eq!(all[asked.index()].nearest, Some(FileId(2)));
}

#[test]
fn saves_fade_by_later_saves_and_bursts_count_little() {
    let mut activity = Activity::default();
    activity.save(&[FileId(1)]);
    let fresh = activity.features(FileId(1)).saved;
    activity.save(&[FileId(2)]);
    let later = activity.features(FileId(1)).saved;
    assert!(fresh == 1.0 && later < fresh && later > 0.0);
    assert_eq!(activity.features(FileId(2)).saved, 1.0);
    let burst: Vec<_> = (10..2010).map(FileId).collect();
    activity.save(&burst);
    assert!(activity.features(FileId(10)).saved < 0.01);
    for file in 0..40 {
        activity.save(&[FileId(5000 + file)]);
    }
    assert_eq!(activity.features(FileId(1)).saved, 0.0);
}

#[test]
fn recency_falls_with_commits_and_is_zero_without_history() {
    assert_eq!(recency(Some(0)), 1.0);
    assert!(recency(Some(10)) > recency(Some(100)));
    assert_eq!(recency(None), 0.0);
}

#[test]
fn active_files_are_listed_once_with_their_greatest_strength() {
    let mut activity = Activity::default();
    activity.set_dirty((0..120).map(FileId));
    activity.pin(FileId(3));
    let active = activity.active();
    assert_eq!(active.len(), 120);
    assert_eq!(active[3], (FileId(3), 1.0));
    assert!(active[4].1 < 0.2);
}
