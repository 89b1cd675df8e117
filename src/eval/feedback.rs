//! Feedback as samples: what people pinned and excluded and answers cited for a request, at the tree of that time.

use std::collections::BTreeMap;

use git2::{Oid, Repository};

use super::Sample;
use crate::domain::{CommitId, Feedback, FeedbackKind, RelPath};

/// Requests that are learned from, newest first.
const MOST: usize = 200;

/// Within so many seconds of a tested commit that touches the same files, feedback may be about that very change.
const NEAR: i64 = 7 * 86_400;

/// A request with what was said of files.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// The request with the files that help, searched at the commit that was checked out.
    pub sample: Sample,
    /// The files that do not.
    pub excluded: Vec<RelPath>,
}

/// The lessons of feedback, oldest first. Left out is what stands on commits that are gone, and what may tell of a
/// commit that is tested on: it shares a file with it and was given within a week of it.
pub fn lessons(repo: &Repository, feedback: &[Feedback], tested: &[Sample]) -> Vec<Lesson> {
    let mut by_request: BTreeMap<(&str, CommitId), Lesson> = BTreeMap::new();
    for said in feedback {
        let Ok(head) = Oid::from_bytes(&said.head.0) else { continue };
        let lesson = by_request.entry((&said.request, said.head)).or_insert_with(|| Lesson {
            sample: Sample {
                commit: head,
                parent: head,
                time: said.at_ms / 1000,
                author: String::new(),
                query: said.request.to_string(),
                gold: Vec::new(),
            },
            excluded: Vec::new(),
        });
        lesson.sample.time = lesson.sample.time.max(said.at_ms / 1000);
        let files = match said.kind {
            FeedbackKind::Pinned | FeedbackKind::Cited => &mut lesson.sample.gold,
            FeedbackKind::Excluded => &mut lesson.excluded,
        };
        if !files.contains(&said.path) {
            files.push(said.path.clone());
        }
    }
    let mut lessons: Vec<Lesson> = by_request.into_values().collect();
    for lesson in &mut lessons {
        // Whoever excluded a file that an answer cites knows better.
        lesson.sample.gold.retain(|path| !lesson.excluded.contains(path));
    }
    lessons.retain(|lesson| {
        repo.find_commit(lesson.sample.parent).is_ok()
            && !tested.iter().any(|commit| tells_of(lesson, commit))
    });
    lessons.sort_by(|a, b| (b.sample.time, &b.sample.query).cmp(&(a.sample.time, &a.sample.query)));
    lessons.truncate(MOST);
    lessons.reverse();
    lessons
}

fn tells_of(lesson: &Lesson, tested: &Sample) -> bool {
    let near = (lesson.sample.time - tested.time).abs() < NEAR;
    near && lesson.sample.gold.iter().chain(&lesson.excluded).any(|path| tested.gold.contains(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> (tempfile::TempDir, Repository, CommitId) {
        let folder = tempfile::tempdir().expect("a folder");
        let repo = Repository::init(folder.path()).expect("a repository");
        let head = {
            let author =
                git2::Signature::new("Ann", "ann@example.org", &git2::Time::new(1, 0)).expect("a name");
            let tree =
                repo.find_tree(repo.index().expect("index").write_tree().expect("tree")).expect("tree");
            repo.commit(Some("HEAD"), &author, &author, "first", &tree, &[]).expect("a commit")
        };
        let mut id = [0; 20];
        id.copy_from_slice(head.as_bytes());
        (folder, repo, CommitId(id))
    }

    fn said(request: &str, path: &str, kind: FeedbackKind, head: CommitId, at: i64) -> Feedback {
        Feedback { request: request.into(), path: path.into(), kind, head, at_ms: at * 1000 }
    }

    #[test]
    fn what_was_said_of_one_request_is_one_lesson() {
        let (_folder, repo, head) = repository();
        let feedback = [
            said("retry", "src/net.rs", FeedbackKind::Pinned, head, 10),
            said("retry", "src/net.rs", FeedbackKind::Cited, head, 11),
            said("retry", "docs/old.md", FeedbackKind::Cited, head, 12),
            said("retry", "docs/old.md", FeedbackKind::Excluded, head, 13),
            said("theme", "src/ui.rs", FeedbackKind::Pinned, head, 5),
            said("gone", "src/ui.rs", FeedbackKind::Pinned, CommitId([9; 20]), 6),
        ];
        let lessons = lessons(&repo, &feedback, &[]);
        let shown: Vec<_> =
            lessons.iter().map(|it| (it.sample.query.as_str(), it.sample.gold.len())).collect();
        assert_eq!(shown, [("theme", 1), ("retry", 1)]);
        assert_eq!(lessons[1].excluded, [RelPath::from("docs/old.md")]);
        assert_eq!(lessons[1].sample.gold, [RelPath::from("src/net.rs")], "an exclusion beats a citation");
    }

    #[test]
    fn what_may_tell_of_a_tested_commit_is_left_out() {
        let (_folder, repo, head) = repository();
        let feedback = [said("retry", "src/net.rs", FeedbackKind::Pinned, head, 100 * 86_400)];
        let tested = |day: i64, path: &str| Sample {
            commit: Oid::ZERO_SHA1,
            parent: Oid::ZERO_SHA1,
            time: day * 86_400,
            author: String::new(),
            query: String::new(),
            gold: vec![path.into()],
        };
        assert!(lessons(&repo, &feedback, &[tested(103, "src/net.rs")]).is_empty());
        assert!(lessons(&repo, &feedback, &[tested(96, "src/net.rs")]).is_empty());
        assert_eq!(lessons(&repo, &feedback, &[tested(103, "src/ui.rs")]).len(), 1);
        assert_eq!(lessons(&repo, &feedback, &[tested(120, "src/net.rs")]).len(), 1);
    }
}
