//! What the user asks for.

use std::sync::Arc;

use crate::domain::{
    FileId, LedgerRow, LedgerState, Notice, QueryCommand, QueryEvent, QueryRequest, RankCause, Severity,
    StateKind,
};

use super::Workspace;
use super::entry::{ContentState, FileEntry};
use super::judging::Flips;
use super::query::{Query, Told};

impl Workspace {
    /// Does what a command says; `ticket` is the one taken when an ask or a cancel was sent.
    pub fn command(&mut self, command: QueryCommand, ticket: u64) {
        match command {
            QueryCommand::Ask(request) => self.ask(request, ticket),
            QueryCommand::Cancel => self.cancel(ticket),
            QueryCommand::Task(text) => {
                if self.task.set_user(text) {
                    self.task_changed();
                } else {
                    self.announce_task();
                }
            }
            QueryCommand::Pin(file, pinned) => {
                if pinned {
                    self.activity.pin(file);
                } else {
                    self.activity.unpin(file);
                }
                self.signals.invalidate();
                self.rerank_signals();
            }
            QueryCommand::Exclude(file, excluded) => self.exclude(file, excluded),
            QueryCommand::Preview(file) => {
                self.activity.preview(file);
                self.signals.invalidate();
                self.rerank_signals();
            }
            QueryCommand::Explain(files) => {
                if let Some(query) = &mut self.query {
                    query.asked.extend(files);
                }
            }
            QueryCommand::GoOn(generation) => self.go_on(generation),
            QueryCommand::Why(file) => self.why(file),
            QueryCommand::Rejudge(files) => self.rejudge(files),
            QueryCommand::Names(typed) => self.tell_names(&typed),
            QueryCommand::Ledger => self.tell_ledger(),
        }
    }

    fn ask(&mut self, request: QueryRequest, ticket: u64) {
        if ticket != self.tickets.current() {
            return;
        }
        let empty = request.text.trim().is_empty();
        let judge = self.judge_named(&request.judge);
        if judge.is_none() {
            let names: Vec<String> = self.judges.known.iter().map(|judge| judge.name().to_string()).collect();
            let notice = Notice::new(Severity::Error, format!("There is no judge named '{}'", request.judge))
                .hint(format!("Known judges: {}", names.join(", ")));
            self.events.push(QueryEvent::Notice(notice));
        }
        self.query = Some(Query::new(request, ticket, judge.filter(|_| !empty)));
        for file in 0..self.files.len() as u32 {
            self.rest(FileId(file));
        }
        self.plan();
        self.rerank(RankCause::Query);
    }

    /// Says what is to be judged, once, when judging may start.
    pub(super) fn plan(&mut self) {
        let may = self.may_judge();
        let Some(query) = self.query.as_mut().filter(|query| may && query.told == Told::Nothing) else {
            return;
        };
        query.told = Told::Plan;
        self.events.push(QueryEvent::Planned {
            generation: query.request.generation,
            files: self.ledger.counts().total(),
            judge: query.request.judge.clone(),
        });
    }

    /// No file can be judged: none of them is a "no".
    fn fail_all(&mut self, why: &str) {
        for file in (0..self.files.len() as u32).map(FileId) {
            if self.is_judgeable(file) {
                self.ledger.set(file, LedgerState::Failed { why: why.into(), retryable: true });
            }
        }
    }

    fn cancel(&mut self, ticket: u64) {
        if ticket != self.tickets.current() {
            return;
        }
        if let Some(query) = &mut self.query {
            // What was judged stays, and saves are still judged under the new ticket.
            query.ticket = ticket;
            query.cancelled = true;
            query.pass = None;
            query.untold.clear();
        }
        self.stop_crew();
        self.rerank(RankCause::Query);
    }

    fn exclude(&mut self, file: FileId, excluded: bool) {
        if self.catalog.get(file).is_none() {
            return;
        }
        self.entry(file).excluded = excluded;
        self.rest(file);
        self.judge_now(&[file], Flips::Ignore);
        self.rerank_signals();
    }

    fn rejudge(&mut self, files: Vec<FileId>) {
        let all = files.is_empty();
        let files = if all { (0..self.files.len() as u32).map(FileId).collect() } else { files };
        for file in &files {
            let retry = |entry: &FileEntry| {
                entry.present && !entry.reading && matches!(entry.content, ContentState::Failed { .. })
            };
            if self.files.get(file.index()).is_some_and(retry) {
                self.entry(*file).content = ContentState::Unread;
                self.rest(*file);
                let job = self.job(*file);
                self.jobs.first.extend(job);
            }
        }
        if all && self.judge_the_rest() {
            self.rerank(RankCause::Query);
        } else if all {
            self.cache.forget_all();
            if let Some(query) = &mut self.query {
                query.outdated = true;
                query.cancelled = false;
                query.told = Told::Plan;
                query.opened = None;
                query.pass = None;
            }
        } else {
            self.doubt(&files);
            self.judge_now(&files, Flips::Mark);
            self.rerank(RankCause::Query);
        }
    }

    fn tell_ledger(&mut self) {
        let order = self.catalog.order().0.to_vec();
        let rows: Arc<[LedgerRow]> = order
            .iter()
            .filter_map(|file| self.ledger.get(*file).map(|state| (*file, state)))
            .filter(|(_, state)| !matches!(state.kind(), StateKind::Yes | StateKind::No))
            .map(|(file, state)| LedgerRow {
                file,
                path: self.catalog.entries()[file.index()].shown.clone(),
                state: state.clone(),
            })
            .collect();
        self.events.push(QueryEvent::Ledger { rows, counts: self.ledger.counts() });
    }

    /// Says that the current query is done, once nothing of the tree is without an answer.
    pub(super) fn finish_query(&mut self) -> bool {
        let settled = self.is_read() && self.may_judge() && !self.is_task_due();
        let crew = self.is_crew_due() || self.is_crewed() && self.ledger.counts().pending() > 0;
        let crew_time = self.crew_time();
        let Some(query) = &mut self.query else { return false };
        let waits = query.told != Told::Plan || query.cancelled || query.ticket != self.tickets.current();
        let judging =
            query.is_judging() && self.ledger.counts().pending() > 0 || query.pass.is_some() || crew;
        if waits
            || judging
            || !settled
            || (query.outdated && self.options.wait_for_history && !query.is_stopped())
        {
            return false;
        }
        if query.judge.is_none()
            && !query.request.text.trim().is_empty()
            && self.ledger.counts().pending() > 0
        {
            self.fail_all("there is no such judge");
            self.rerank(RankCause::Query);
            return true;
        }
        if query.ranking.due.is_some() {
            self.emit_ranking();
            return true;
        }
        query.told = Told::Done;
        let (generation, elapsed) = (query.request.generation, query.spent + crew_time);
        self.events.push(QueryEvent::Done { generation, counts: self.ledger.counts(), elapsed });
        false
    }
}
