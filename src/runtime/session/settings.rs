//! Settings: configuration and themes while the screen is open: saved files, the terminal's background, chosen themes.

use std::sync::Arc;
use std::time::Duration;

use crate::app::Msg;
use crate::ui::theme::{Rgb, Theme, ThemeKind};

use super::super::loaded::Loaded;
use super::super::reload::ConfigWatch;
use super::{Post, Session};

/// How long a file must have been left alone before it is read: editors write in several steps.
pub(super) const SETTLE: Duration = Duration::from_millis(80);

/// Why the configuration is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The person asked, and wants to hear of it.
    Asked,
    /// Something may be new; where nothing is, nothing is said.
    MayHaveChanged,
}

impl Session {
    /// Reads everything again, elsewhere.
    pub(super) fn reload(&mut self, why: Why) {
        self.reload_at = None;
        let (sources, kind, posts) = (self.sources.clone(), self.kind, self.posts.clone());
        tokio::task::spawn_blocking(move || {
            let _ = posts.blocking_send(Post::Loaded(Box::new(sources.load(kind)), why));
        });
    }

    /// Takes what was read.
    pub(super) fn use_loaded(&mut self, loaded: Loaded, why: Why) {
        if why == Why::MayHaveChanged && loaded == self.loaded {
            return;
        }
        let same_choice = loaded.config.theme == self.loaded.config.theme;
        let chosen = self.chosen.take().filter(|_| same_choice);
        self.loaded = loaded;
        if chosen.is_none() {
            self.theme = self.loaded.theme.clone();
        }
        if let Some(services) = &self.services {
            services.configure(&self.loaded.config);
        }
        self.announce_loaded();
        if let Some(name) = chosen {
            self.set_theme(&name);
        }
        self.pace.changed();
    }

    /// Tells the state what holds.
    pub(super) fn announce_loaded(&mut self) {
        self.update(Msg::Config(Arc::clone(&self.loaded.config), self.loaded.problems.clone()));
        self.announce_themes();
    }

    /// Draws with another theme until the configuration names a new one.
    pub(super) fn set_theme(&mut self, name: &str) {
        self.chosen = Some(name.to_owned());
        let (sources, kind, posts) = (self.sources.clone(), self.kind, self.posts.clone());
        let name = name.to_owned();
        tokio::task::spawn_blocking(move || {
            let (theme, _) = sources.theme(&name, kind);
            let _ = posts.blocking_send(Post::Theme(Box::new(theme)));
        });
    }

    /// Takes a theme that was read.
    pub(super) fn use_theme(&mut self, theme: Theme) {
        self.theme = theme;
        self.announce_themes();
        self.pace.changed();
    }

    /// Takes the terminal's answer.
    pub(super) fn use_background(&mut self, color: Rgb) {
        let kind = ThemeKind::of_background(color);
        if kind != self.kind {
            self.kind = kind;
            self.reload(Why::MayHaveChanged);
        }
    }

    /// Begins to watch the configuration, and reads what was saved before.
    pub(super) fn watch_config(&self) {
        let (sources, posts) = (self.sources.clone(), self.posts.clone());
        tokio::task::spawn_blocking(move || {
            let tell = posts.clone();
            // Called for each step of a save; one that finds no room is made up for by those before it.
            let saved = move || drop(tell.try_send(Post::ConfigSaved));
            if let Ok(watch) = ConfigWatch::start(&sources, saved) {
                let _ = posts.blocking_send(Post::Watching(watch));
            }
            let _ = posts.blocking_send(Post::ConfigSaved);
        });
    }

    fn announce_themes(&mut self) {
        let names = self.loaded.themes.clone();
        self.update(Msg::Themes { names, current: self.theme.name().to_owned() });
    }
}
