//! Execute: does what the state asks for; whatever takes time runs elsewhere and answers by a message.

use std::time::{Duration, Instant};

use crate::app::{Cmd, Msg, Selection};
use crate::domain::{Notice, QueryCommand, Severity};
use crate::ui;

use super::super::{clipboard, requests};
use super::settings::Why;
use super::{Outcome, Post, Session};

impl Session {
    /// Does one thing.
    pub(super) fn execute(&mut self, command: Cmd) {
        match command {
            Cmd::Query(command) => self.ask(command),
            Cmd::Models(command) => {
                // The state asks for nothing before the service has told of routes.
                if let Some(services) = &self.services {
                    services.send_to_models(command);
                }
            }
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
            Cmd::Pager(text) => self.open_pager(text),
            Cmd::Copy(text) => self.copy(text),
            Cmd::CopySelection(selection) => self.copy_selection(selection),
            Cmd::ReloadConfig => self.reload(Why::Asked),
            Cmd::SetTheme(name) => self.set_theme(&name),
            Cmd::MouseCapture(on) => {
                let _ = self.screen.set_mouse(on);
            }
            Cmd::Remember(request) => self.remember(request),
            Cmd::Suspend => {
                if let Err(error) = self.suspend() {
                    self.fail(&error);
                }
            }
            Cmd::Quit => self.outcome = Some(Outcome::Quit),
        }
    }

    fn ask(&mut self, command: QueryCommand) {
        match &self.services {
            Some(services) => services.send(command),
            None => self.waiting.push(command),
        }
    }

    fn remember(&mut self, request: String) {
        let (data, posts) = (self.sources.dirs.data.clone(), self.posts.clone());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = requests::append(&data, &request) {
                let notice = Notice::new(Severity::Warning, "the request is not kept for later sessions")
                    .cause(format!("{}: {error}", data.display()));
                let _ = posts.blocking_send(Post::Msg(Msg::Notice(notice)));
            }
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
