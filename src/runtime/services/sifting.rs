//! Sifting: which of the tree's events a person sees, and which of its files the engine is not to judge.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::domain::{Change, FileMeta, SkipReason, TreeEvent};

/// What a person sees of the tree's events.
pub fn news(event: &TreeEvent) -> Option<TreeEvent> {
    match event {
        TreeEvent::Git(..) | TreeEvent::Watch(_) | TreeEvent::RootLost(..) | TreeEvent::Notice(_) => {
            Some(event.clone())
        }
        TreeEvent::Found(_)
        | TreeEvent::Walked { .. }
        | TreeEvent::Changed(_)
        | TreeEvent::History { .. } => None,
    }
}

/// The matcher of the configured globs; those that do not parse were complained about when they were loaded.
pub fn excluded(globs: &[String]) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for glob in globs {
        let _ = builder.add_line(None, glob);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Marks the files that the configuration excludes.
pub fn mark(event: TreeEvent, excluded: &Gitignore) -> TreeEvent {
    if excluded.is_empty() {
        return event;
    }
    let mark = |meta: FileMeta| {
        let out = excluded.matched_path_or_any_parents(meta.path.as_path(), false).is_ignore();
        FileMeta { skip: if out { Some(SkipReason::Excluded) } else { meta.skip }, ..meta }
    };
    match event {
        TreeEvent::Found(files) => TreeEvent::Found(files.into_iter().map(mark).collect()),
        TreeEvent::Changed(changes) => TreeEvent::Changed(
            changes
                .into_iter()
                .map(|change| match change {
                    Change::Upsert(meta) => Change::Upsert(mark(meta)),
                    Change::Removed(..) => change,
                })
                .collect(),
        ),
        TreeEvent::Walked { .. }
        | TreeEvent::Git(..)
        | TreeEvent::History { .. }
        | TreeEvent::Watch(_)
        | TreeEvent::RootLost(..)
        | TreeEvent::Notice(_) => event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FileStamp, RelPath, RootId};

    #[test]
    fn configured_globs_mark_files_as_excluded() {
        let meta = |path: &str| FileMeta {
            root: RootId(0),
            path: RelPath::from(path),
            stamp: FileStamp::default(),
            skip: None,
        };
        let globs = ["*.gen.rs".to_owned(), "docs/".to_owned(), "!docs/keep.md".to_owned()];
        let event = TreeEvent::Found(vec![meta("src/a.gen.rs"), meta("docs/x/y.md"), meta("src/b.rs")]);
        let TreeEvent::Found(files) = mark(event, &excluded(&globs)) else { panic!("another event") };
        let skips: Vec<_> = files.into_iter().map(|file| file.skip).collect();
        assert_eq!(skips, [Some(SkipReason::Excluded), Some(SkipReason::Excluded), None]);
    }
}
