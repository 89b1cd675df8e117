//! Loaded: the configuration with the theme it names, read together because a save of either changes the screen.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::config::{self, Config, Dirs, Overrides};
use crate::domain::Problem;
use crate::ui::theme::{ColorDepth, Glyphs, Theme, ThemeKind};

/// Where the configuration lies, and what the command line sets over it.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The folders of Quarry.
    pub dirs: Dirs,
    /// The root whose `.quarry.toml` counts.
    pub root: Option<PathBuf>,
    /// The file of `--config`.
    pub file: Option<PathBuf>,
    /// What the command line sets.
    pub overrides: Overrides,
}

/// The configuration and its theme.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// What holds.
    pub config: Arc<Config>,
    /// What was wrong.
    pub problems: Vec<Problem>,
    /// The names of all themes.
    pub themes: Vec<String>,
    /// The theme to draw with.
    pub theme: Theme,
    /// False for what stands in until the files are read.
    pub complete: bool,
}

impl Sources {
    /// Reads everything, for a terminal with such a background.
    pub fn load(&self, kind: ThemeKind) -> Loaded {
        let (config, mut problems) = self.config();
        let (theme, found) = self.theme(&config.theme, kind);
        problems.extend(found.into_iter().map(|problem| config.place(problem)));
        Loaded { themes: Theme::names(&self.dirs), config: Arc::new(config), problems, theme, complete: true }
    }

    /// Reads everything, unless that takes longer than `patience`: a first frame waits for no slow disk.
    pub fn load_soon(&self, patience: Duration) -> Option<Loaded> {
        let (tell, answer) = mpsc::channel();
        let sources = self.clone();
        thread::Builder::new()
            .name("config".into())
            .spawn(move || {
                let _ = tell.send(sources.load(ThemeKind::Dark));
            })
            .ok()?;
        answer.recv_timeout(patience).ok()
    }

    /// Reads the configuration alone.
    pub fn config(&self) -> (Config, Vec<Problem>) {
        Config::load(&config::Sources {
            dirs: &self.dirs,
            root: self.root.as_deref(),
            file: self.file.as_deref(),
            overrides: &self.overrides,
            env: &|name| std::env::var_os(name),
        })
    }

    /// Reads a theme by name; `auto` is the default for such a background.
    pub fn theme(&self, name: &str, kind: ThemeKind) -> (Theme, Vec<Problem>) {
        let name = if name == Theme::AUTO { kind.default_theme() } else { name };
        Theme::load(name, &self.dirs, color_depth())
    }
}

impl Loaded {
    /// The signs of the screen.
    pub fn glyphs(&self) -> Glyphs {
        Glyphs::of(self.config.glyphs)
    }

    /// Whether the theme is picked by the terminal's background.
    pub fn follows_background(&self) -> bool {
        self.config.theme == Theme::AUTO && self.theme.depth() != ColorDepth::None
    }
}

impl Default for Loaded {
    fn default() -> Self {
        Self {
            config: Arc::new(Config::default()),
            problems: Vec::new(),
            themes: Vec::new(),
            theme: Theme::default_dark(color_depth()),
            complete: false,
        }
    }
}

/// How many colours the terminal shows, as the environment tells.
pub fn color_depth() -> ColorDepth {
    ColorDepth::from_env(&|name| std::env::var_os(name))
}
