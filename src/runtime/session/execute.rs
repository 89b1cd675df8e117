//! Execute: does what the state asks for; whatever takes time runs elsewhere and answers by a message.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crate::app::{Cmd, Msg, Selection};
use crate::domain::{Notice, Severity, unix_ms};
use crate::store::{Store, StoreError};
use crate::ui;

use super::super::clipboard;
use super::super::kept::REQUESTS;
use super::settings::Why;
use super::{Outcome, Post, Session};

/// How long the figures may take to read; whoever waits can close the page.
const STATS_PATIENCE: Duration = Duration::from_secs(30);

impl Session {
    /// Does one thing.
    pub(super) fn execute(&mut self, command: Cmd) {
        match command {
            Cmd::Query(_) | Cmd::Models(_) | Cmd::Chat(_) | Cmd::Edit(_) | Cmd::Eval(_) => self.tell(command),
            Cmd::After { millis, timer } => {
                self.pace.set(timer, Instant::now() + Duration::from_millis(millis));
            }
            Cmd::LoadPreview { file, generation } => {
                let place = self.services.as_ref().and_then(|services| services.place(file));
                let posts = self.posts.clone();
                self.previews.load(file, generation, place, move |preview| {
                    let _ = posts.blocking_send(Post::Msg(Msg::Preview(preview)));
                });
            }
            Cmd::OpenEditor { file, line, .. } => self.open_editor(file, line),
            Cmd::OpenPath { path, line } => self.open_path(&path, line),
            Cmd::Paint(wish) => {
                let posts = self.posts.clone();
                self.previews.paint(*wish, move |painted| {
                    let _ = posts.blocking_send(Post::Msg(Msg::Painted(painted)));
                });
            }
            Cmd::Pager(text) => self.open_pager(text),
            Cmd::Copy(text) => self.copy(text),
            Cmd::CopySelection(selection) => self.copy_selection(selection),
            Cmd::ReloadConfig => self.reload(Why::Asked),
            Cmd::SetTheme(name) => self.set_theme(&name),
            Cmd::MouseCapture(on) => {
                let _ = self.screen.set_mouse(on);
            }
            Cmd::Remember(request) => self.remember(request),
            Cmd::ReadStats(days) => self.read_stats(days),
            Cmd::Composer(command) => self.compose(command),
            Cmd::Suspend => {
                if let Err(error) = self.suspend() {
                    self.fail(&error);
                }
            }
            Cmd::Quit => self.outcome = Some(Outcome::Quit),
        }
    }

    /// Tells a service; what is told before they run waits for them.
    fn tell(&mut self, command: Cmd) {
        let Some(services) = &self.services else {
            self.waiting.push(command);
            return;
        };
        let missing = match command {
            Cmd::Query(command) => {
                services.send(command);
                None
            }
            Cmd::Models(command) => {
                services.send_to_models(command);
                None
            }
            Cmd::Chat(command) => (!services.send_to_chat(command)).then_some("chat"),
            Cmd::Edit(command) => (!services.send_to_edit(command)).then_some("edit"),
            Cmd::Eval(command) => (!services.send_to_eval(command)).then_some("evaluating"),
            Cmd::After { .. }
            | Cmd::LoadPreview { .. }
            | Cmd::OpenEditor { .. }
            | Cmd::OpenPath { .. }
            | Cmd::Paint(_)
            | Cmd::Pager(_)
            | Cmd::Copy(_)
            | Cmd::CopySelection(_)
            | Cmd::ReloadConfig
            | Cmd::SetTheme(_)
            | Cmd::MouseCapture(_)
            | Cmd::Remember(_)
            | Cmd::ReadStats(_)
            | Cmd::Composer(_)
            | Cmd::Suspend
            | Cmd::Quit => None,
        };
        if let Some(service) = missing {
            self.update(Msg::Notice(Notice::new(Severity::Warning, format!("no {service} service"))));
        }
    }

    fn remember(&mut self, request: String) {
        let (data, posts) = (self.sources.dirs.data.clone(), self.posts.clone());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = REQUESTS.append(&data, &request) {
                let notice = Notice::new(Severity::Warning, "the request is not kept for later sessions")
                    .cause(format!("{}: {error}", data.display()));
                let _ = posts.blocking_send(Post::Msg(Msg::Notice(notice)));
            }
        });
    }

    fn read_stats(&mut self, days: u32) {
        let (store, posts) = (Store::in_dirs(&self.sources.dirs), self.posts.clone());
        tokio::task::spawn_blocking(move || {
            let now_ms = unix_ms(SystemTime::now());
            let read = store.stats(days, now_ms, STATS_PATIENCE);
            let trouble = store.take_notice().or_else(|| read.as_ref().err().map(StoreError::notice));
            let stats = read.ok().filter(|_| trouble.is_none()).map(Arc::new);
            if let Some(mut notice) = trouble {
                "The figures cannot be read".clone_into(&mut notice.title);
                let _ = posts.blocking_send(Post::Msg(Msg::Notice(notice)));
            }
            let _ = posts.blocking_send(Post::Msg(Msg::Stats(days, stats)));
        });
    }

    fn copy_selection(&mut self, selection: Selection) {
        let text = ui::selected_text(&self.app, &self.theme, &self.loaded.glyphs(), selection);
        self.copy(text);
    }

    fn fail(&mut self, error: &anyhow::Error) {
        let notice = Notice::new(Severity::Error, "The terminal cannot be used").cause(format!("{error:#}"));
        self.update(Msg::Notice(notice));
    }

    fn copy(&mut self, text: String) {
        let in_tmux = std::env::var_os("TMUX").is_some();
        let sent = clipboard::sequence(&text, in_tmux).is_some_and(|bytes| self.screen.send(&bytes).is_ok());
        let posts = self.posts.clone();
        tokio::task::spawn_blocking(move || {
            let tool = clipboard::by_tool(&text, &|name| std::env::var_os(name));
            let way = match (tool, sent) {
                (Some(tool), _) => Ok(tool.to_owned()),
                (None, true) => Ok("terminal".to_owned()),
                (None, false) => Err("too long for the terminal, and no clipboard tool was found".to_owned()),
            };
            let _ = posts.blocking_send(Post::Msg(Msg::Copied(way)));
        });
    }
}
