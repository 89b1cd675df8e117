//! The checked configuration, put together from its layers: built-in, user, project, `--config`, flags.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::chord::Chord;
use super::dirs::Dirs;
use super::document::Document;
use super::layer::{self, Author, RawConfig, Value};
use super::origin::Origin;
use super::tables::{BackendConfig, Backends, PromptOrder, Protocol, TaskConfig, Tasks};
use crate::domain::Problem;

/// The file with a project's own configuration, in its root.
const PROJECT_FILE: &str = ".quarry.toml";

/// Which signs the screen is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GlyphSet {
    /// Unicode, one cell wide each.
    #[default]
    Unicode,
    /// ASCII only.
    Ascii,
}

/// `[query]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryConfig {
    /// Pause in typing before all files are judged.
    pub debounce: Duration,
    /// Rows that `quarry query` prints.
    pub top: usize,
    /// The current task; `None` falls back to words of the branch's name.
    pub task: Option<String>,
}

/// The checked configuration. It never changes once loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The theme's name, or `"auto"`. Whether there is such a theme is checked by whoever loads it.
    pub theme: String,
    /// Which signs the screen is drawn with.
    pub glyphs: GlyphSet,
    /// Whether the spinner turns.
    pub motion: bool,
    /// Whether Quarry takes the mouse from the terminal.
    pub mouse: bool,
    /// The editor's command line: configured, else `$VISUAL`, else `$EDITOR`.
    pub editor: Option<String>,
    /// Refuse every connection that leaves this machine.
    pub local_only: bool,
    /// The command to run after a write.
    pub verify: Option<String>,
    /// Globs, as in `.gitignore`, of files not judged; of all layers together.
    pub exclude: Vec<String>,
    /// `[query]`.
    pub query: QueryConfig,
    /// Chords by action name, in place of the built-in ones; an empty list unbinds. Whether there is such an
    /// action is checked by whoever owns them.
    pub keys: BTreeMap<String, Vec<Chord>>,
    /// `[backend.NAME]`.
    pub backends: Backends,
    /// `[task.NAME]`.
    pub tasks: Tasks,
    origins: BTreeMap<String, Origin>,
}

/// What the command line sets; `None` and empty leave a key alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overrides {
    /// See [`Config::theme`].
    pub theme: Option<String>,
    /// See [`Config::glyphs`].
    pub glyphs: Option<GlyphSet>,
    /// See [`Config::motion`].
    pub motion: Option<bool>,
    /// See [`Config::mouse`].
    pub mouse: Option<bool>,
    /// See [`Config::editor`].
    pub editor: Option<String>,
    /// See [`Config::local_only`].
    pub local_only: Option<bool>,
    /// Added to [`Config::exclude`].
    pub exclude: Vec<String>,
    /// See [`QueryConfig::task`].
    pub task: Option<String>,
    /// See [`QueryConfig::top`].
    pub top: Option<usize>,
}

/// Where the layers come from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The folders of Quarry.
    pub dirs: &'a Dirs,
    /// The root whose `.quarry.toml` is read.
    pub root: Option<&'a Path>,
    /// The file of `--config`, which must exist.
    pub file: Option<&'a Path>,
    /// What the command line sets.
    pub overrides: &'a Overrides,
    /// The environment: [`std::env::var_os`], or a stand-in for tests.
    pub env: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: "auto".into(),
            glyphs: GlyphSet::default(),
            motion: true,
            mouse: true,
            editor: None,
            local_only: false,
            verify: None,
            exclude: Vec::new(),
            query: QueryConfig { debounce: Duration::from_millis(60), top: 20, task: None },
            keys: BTreeMap::new(),
            backends: Backends::new(),
            tasks: Tasks::new(),
            origins: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Loads all layers. Never fails: what is wrong in a layer is left out and reported.
    pub fn load(sources: &Sources<'_>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut config = Self::default();
        let user = Some((sources.dirs.config_file(), Author::User));
        let project = sources.root.map(|root| (root.join(PROJECT_FILE), Author::Project));
        let named = sources.file.map(|file| (file.to_owned(), Author::User));
        for (path, author) in [user, project, named].into_iter().flatten() {
            match Document::read(&path) {
                Ok(Some(document)) => {
                    let (values, found) = layer::check(&document, author);
                    problems.extend(found);
                    config.apply(values);
                }
                Ok(None) if sources.file == Some(path.as_path()) => problems.push(Problem {
                    file: Some(path),
                    line: None,
                    key: "--config".into(),
                    message: "no such file".into(),
                    suggestion: None,
                }),
                Ok(None) => {}
                Err(problem) => problems.push(problem),
            }
        }
        config.editor_from(sources.env);
        config.override_with(sources.overrides);
        (config, problems)
    }

    /// Checks the text of one layer over the defaults; for tests, and to look at a file before it is used.
    pub fn from_text(text: &str) -> (Self, Vec<Problem>) {
        let (values, problems) = layer::check(&Document::new(None, text), Author::User);
        let mut config = Self::default();
        config.apply(values);
        (config, problems)
    }

    /// Where the value of a dotted key (`theme`, `query.top`, `keys.quit`) came from.
    pub fn origin(&self, key: &str) -> &Origin {
        const DEFAULT: &Origin = &Origin::Default;
        self.origins.get(key).unwrap_or(DEFAULT)
    }

    /// Gives a problem that was found later (a theme that is not there, an action that is not known) the place
    /// where its key was set.
    #[must_use]
    pub fn place(&self, problem: Problem) -> Problem {
        match self.origin(&problem.key) {
            Origin::File { path, line } if problem.file.is_none() => {
                Problem { file: Some(path.clone()), line: Some(*line), ..problem }
            }
            Origin::File { .. } | Origin::Default | Origin::Flag | Origin::Env(_) => problem,
        }
    }

    pub(super) fn set_keys(&self) -> impl Iterator<Item = &str> {
        self.origins.keys().map(String::as_str)
    }

    fn editor_from(&mut self, env: &dyn Fn(&str) -> Option<OsString>) {
        for name in ["VISUAL", "EDITOR"] {
            if self.editor.is_some() {
                return;
            }
            let value = env(name).and_then(|value| value.into_string().ok());
            if let Some(editor) = value.filter(|value| !value.trim().is_empty()) {
                self.editor = Some(editor);
                self.origins.insert("editor".into(), Origin::Env(name));
            }
        }
    }

    fn override_with(&mut self, flags: &Overrides) {
        let mut values = RawConfig::new();
        let mut set = |key: &str, value: Option<Value>| {
            let path: Vec<String> = key.split('.').map(str::to_owned).collect();
            values.extend(value.map(|value| (path, (value, Origin::Flag))));
        };
        let text = |text: &Option<String>| text.clone().map(Value::Text);
        set("theme", text(&flags.theme));
        set("editor", text(&flags.editor));
        set("query.task", text(&flags.task));
        set("motion", flags.motion.map(Value::Bool));
        set("mouse", flags.mouse.map(Value::Bool));
        set("local_only", flags.local_only.map(Value::Bool));
        set("query.top", flags.top.map(|top| Value::Int(top as i64)));
        set("exclude", (!flags.exclude.is_empty()).then(|| Value::Texts(flags.exclude.clone())));
        let glyphs = |set| match set {
            GlyphSet::Unicode => "unicode",
            GlyphSet::Ascii => "ascii",
        };
        set("glyphs", flags.glyphs.map(|set| Value::Text(glyphs(set).into())));
        self.apply(values);
    }

    fn apply(&mut self, values: RawConfig) {
        for (path, (value, origin)) in values {
            let key = path.join(".");
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            match path.as_slice() {
                ["keys", action] => {
                    if let Value::Chords(chords) = value {
                        self.keys.insert((*action).to_owned(), chords);
                    }
                }
                ["backend", name, field] => {
                    apply_backend(self.backends.entry((*name).to_owned()).or_default(), field, value);
                }
                ["task", name, field @ ..] => {
                    apply_task(self.tasks.entry((*name).to_owned()).or_default(), field, value);
                }
                _ => self.apply_plain(&key, value),
            }
            self.origins.insert(key, origin);
        }
    }

    fn apply_plain(&mut self, key: &str, value: Value) {
        match (key, value) {
            ("theme", Value::Text(name)) => self.theme = name,
            ("glyphs", Value::Text(set)) => {
                self.glyphs = if set == "ascii" { GlyphSet::Ascii } else { GlyphSet::Unicode };
            }
            ("motion", Value::Bool(on)) => self.motion = on,
            ("mouse", Value::Bool(on)) => self.mouse = on,
            ("editor", Value::Text(command)) => self.editor = Some(command),
            ("local_only", Value::Bool(on)) => self.local_only = on,
            ("verify", Value::Text(command)) => self.verify = Some(command),
            ("exclude", Value::Texts(globs)) => self.exclude.extend(globs),
            ("query.debounce_ms", Value::Int(ms)) => self.query.debounce = Duration::from_millis(ms as u64),
            ("query.top", Value::Int(top)) => self.query.top = top as usize,
            ("query.task", Value::Text(task)) => self.query.task = Some(task),
            (key, value) => unapplied(&[key], &value),
        }
    }
}

fn apply_backend(backend: &mut BackendConfig, field: &str, value: Value) {
    match (field, value) {
        ("protocol", Value::Text(name)) => {
            backend.protocol =
                Protocol::ALL.iter().find(|(known, _)| *known == name).map(|(_, protocol)| *protocol);
        }
        ("base_urls", Value::Texts(urls)) => backend.base_urls = urls,
        ("key_env", Value::Text(name)) => backend.key_env = Some(name),
        ("key_cmd", Value::Text(command)) => backend.key_cmd = Some(command),
        ("models", Value::Texts(models)) => backend.models = models,
        ("max_in_flight", Value::Int(most)) => backend.max_in_flight = u32::try_from(most).ok(),
        (field, value) => unapplied(&["backend", "*", field], &value),
    }
}

fn apply_task(task: &mut TaskConfig, field: &[&str], value: Value) {
    match (field, value) {
        (["use"], Value::Texts(candidates)) => task.candidates = candidates,
        (["prompt_order"], Value::Text(order)) => {
            let file_first = order == "file-first";
            task.prompt_order =
                Some(if file_first { PromptOrder::FileFirst } else { PromptOrder::QueryFirst });
        }
        (["budget", "tokens"], Value::Int(tokens)) => task.budget.tokens = u64::try_from(tokens).ok(),
        (["budget", "usd"], Value::Number(usd)) => task.budget.usd = Some(usd),
        (["budget", "seconds"], Value::Number(seconds)) => task.budget.seconds = Some(seconds),
        (["first_token_ms"], Value::Int(ms)) => task.first_token_ms = u64::try_from(ms).ok(),
        (["total_ms"], Value::Int(ms)) => task.total_ms = u64::try_from(ms).ok(),
        (field, value) => unapplied(field, &value),
    }
}

/// The schema let a key pass that nothing takes; a test goes through all of them.
fn unapplied(path: &[&str], value: &Value) {
    debug_assert!(false, "{path:?} is in the schema but not applied: {value:?}");
}
