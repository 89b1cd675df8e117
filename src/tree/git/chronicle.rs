//! The chronicle: the history of one root as it is read, told and kept, and how it follows HEAD.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use git2::{Oid, Repository};

use super::book::Book;
use super::cache;
use super::history::{Range, Walk, cache_file, is_forward};
use super::slot::{Slot, Target};
use crate::domain::{Commit, CommitId, Notice, RelPath, RootId, Severity, TreeEvent};
use crate::tree::outlet::Outlet;

/// Commits in the first batch out of the cache; the others are larger, because nothing has to be computed.
const FIRST_CACHED: usize = 200;

/// Commits in the other batches out of the cache.
const CACHED: usize = 4000;

/// A saved book that lacks fewer commits than this is read on at the next start, rather than written anew now.
const WORTH_SAVING: usize = 50;

/// Keeps one root's book and tells of it.
pub(super) struct Chronicle {
    /// Whose history it is.
    pub root: RootId,
    /// The most commits.
    pub limit: usize,
    /// Where books are kept.
    pub cache_dir: Option<PathBuf>,
    /// Where events go.
    pub outlet: Arc<Outlet>,
    /// Who commits here, by the repository's configuration.
    pub asker: Option<Arc<str>>,
    /// What is read so far.
    pub book: Book,
    /// Whether anything was sent.
    pub told: bool,
    /// The cache file, once it is known.
    pub file: Option<PathBuf>,
    /// How many commits the saved book lacks.
    pub unsaved: usize,
    /// Whether the user knows that saving fails.
    pub told_of_cache: bool,
}

impl Chronicle {
    /// Brings the book to where HEAD is; gives up as soon as `next` holds another target.
    pub fn follow(&mut self, target: &Target, next: &Slot<Target>) {
        let Some((git_dir, prefix, head)) = target.as_ref() else {
            if !self.told || self.book.head.is_some() {
                self.book = Book::default();
                self.send(Vec::new(), self.told, true);
            }
            return;
        };
        let read = Repository::open(git_dir).and_then(|repo| self.follow_head(&repo, prefix, *head, next));
        if let Err(error) = read {
            // What was read is still true; only its end is not reached.
            let title = "git: history could not be read to its end";
            let hint = "Ranking uses what was read; `git fsck` tells more.";
            self.notice(Notice::new(Severity::Warning, title).cause(error.message()).hint(hint));
            self.send(Vec::new(), false, true);
        }
    }

    fn follow_head(
        &mut self,
        repo: &Repository,
        prefix: &RelPath,
        head: CommitId,
        next: &Slot<Target>,
    ) -> Result<(), git2::Error> {
        self.open_cache(repo, prefix);
        self.asker = asker(repo);
        let from = Oid::from_bytes(&head.0)?;
        if self.book.is_enough(self.limit) {
            if self.book.head == Some(head) {
                self.tell_known();
                return Ok(());
            }
            if let Some(old) = self.book.head.filter(|old| is_forward(repo, *old, from)) {
                let hide = Some(Oid::from_bytes(&old.0)?);
                return self.read_on(repo, prefix, Range { from, hide, limit: self.limit }, next);
            }
        }
        self.read_anew(repo, prefix, Range { from, hide: None, limit: self.limit }, next)
    }

    fn open_cache(&mut self, repo: &Repository, prefix: &RelPath) {
        let Some(dir) = &self.cache_dir else { return };
        let file = cache_file(dir, repo, prefix);
        if self.file.as_ref() != Some(&file) {
            if self.book.head.is_none() {
                self.book = cache::load(&file).unwrap_or_default();
            }
            self.file = Some(file);
        }
    }

    /// Sends what the cache held, unless it was sent.
    fn tell_known(&mut self) {
        if self.told {
            return;
        }
        self.book.commits.truncate(self.limit);
        let mut left: Vec<Commit> = with_files(&self.book.commits);
        let mut size = FIRST_CACHED;
        loop {
            let rest = left.split_off(left.len().min(size));
            let last = rest.is_empty();
            self.send(left, false, last);
            if last {
                return;
            }
            left = rest;
            size = CACHED;
        }
    }

    /// HEAD moved forward: only what is new is read, and goes before what is known.
    fn read_on(
        &mut self,
        repo: &Repository,
        prefix: &RelPath,
        range: Range,
        next: &Slot<Target>,
    ) -> Result<(), git2::Error> {
        let known_later = !self.told && !self.book.commits.is_empty();
        let mut new = Vec::new();
        let ended = self.walk(repo, prefix, range, next, &mut |chronicle, batch, last| {
            chronicle.send(with_files(&batch), false, last && !known_later);
            new.extend(batch);
        })?;
        if !ended {
            self.book.complete = false;
            return Ok(());
        }
        if known_later {
            let known = with_files(&self.book.commits[..self.book.commits.len().min(self.limit)]);
            self.send(known, false, true);
        }
        self.unsaved += new.len();
        new.append(&mut self.book.commits);
        new.truncate(self.limit);
        self.book = Book {
            head: Some(super::state::commit_id(range.from)),
            limit: self.limit,
            complete: true,
            commits: new,
        };
        if self.unsaved >= WORTH_SAVING {
            self.save();
        }
        Ok(())
    }

    /// HEAD moved elsewhere, or nothing is known: all is read, and known commits are taken over by their ids.
    fn read_anew(
        &mut self,
        repo: &Repository,
        prefix: &RelPath,
        range: Range,
        next: &Slot<Target>,
    ) -> Result<(), git2::Error> {
        let (mut restart, known) = (self.told, self.book.commits.len());
        self.book.complete = false;
        let mut commits = Vec::new();
        let walked = self.walk(repo, prefix, range, next, &mut |chronicle, batch, last| {
            chronicle.send(with_files(&batch), restart, last);
            restart = false;
            commits.extend(batch);
        });
        let head = Some(super::state::commit_id(range.from));
        let complete = matches!(walked, Ok(true));
        let read = commits.len();
        if !complete {
            // Of no use as a book, but as a store of commits.
            commits.append(&mut self.book.commits);
        }
        let fresh = read > known + WORTH_SAVING;
        self.book = Book { head, limit: self.limit, complete, commits };
        // An unfinished book spares the next start what was read, as when the program ends soon after it began.
        if complete || self.outlet.stopped() && fresh {
            self.save();
        }
        walked.map(|_| ())
    }

    /// Walks; the value tells whether it came to its end.
    fn walk(
        &mut self,
        repo: &Repository,
        prefix: &RelPath,
        range: Range,
        next: &Slot<Target>,
        take: &mut dyn FnMut(&mut Self, Vec<Commit>, bool),
    ) -> Result<bool, git2::Error> {
        let known = self.book.commits.iter().map(|commit| (commit.id, commit.clone())).collect();
        let mut ended = false;
        Walk::new(repo, prefix, known).run(&range, &mut |batch, last| {
            if next.is_filled() || self.outlet.stopped() {
                return ControlFlow::Break(());
            }
            ended = last;
            take(self, batch, last);
            ControlFlow::Continue(())
        })?;
        Ok(ended)
    }

    fn save(&mut self) {
        let Some(file) = &self.file else { return };
        match cache::save(file, &self.book) {
            Ok(()) => self.unsaved = 0,
            Err(_) if self.told_of_cache => {}
            Err(error) => {
                self.told_of_cache = true;
                let title = format!("Cannot keep history in {}", file.display());
                let hint = "It is read again at the next start; `quarry doctor` shows the cache.";
                self.notice(Notice::new(Severity::Warning, title).cause(error.to_string()).hint(hint));
            }
        }
    }

    fn send(&mut self, commits: Vec<Commit>, restart: bool, complete: bool) {
        self.told = true;
        self.outlet.send(TreeEvent::History {
            root: self.root,
            asker: self.asker.clone(),
            restart,
            commits,
            complete,
        });
    }

    fn notice(&self, notice: Notice) {
        self.outlet.send(TreeEvent::Notice(notice));
    }
}

fn with_files(commits: &[Commit]) -> Vec<Commit> {
    commits.iter().filter(|commit| !commit.files.is_empty()).cloned().collect()
}

/// The address that commits here are signed with, as history spells it.
fn asker(repo: &Repository) -> Option<Arc<str>> {
    let address = repo.config().and_then(|config| config.get_string("user.email")).ok()?;
    (!address.is_empty()).then(|| Arc::from(address.to_lowercase()))
}
