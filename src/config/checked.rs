//! The checked configuration: every value in its type, with where it came from.

use std::collections::BTreeMap;
use std::time::Duration;

use super::chord::Chord;
use super::document::Document;
use super::layer::{self, Author, RawConfig, Value};
use super::origin::Origin;
use super::tables::{
    BackendConfig, Backends, Pick, PromptOrder, Protocol, SpendingConfig, TaskConfig, Tasks,
};
use crate::domain::Problem;

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
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the file")]
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
    /// Whether model servers on this machine and keys in the environment are looked for.
    pub discover: bool,
    /// Whether what people pin and exclude and answers cite is noted for tuning.
    pub feedback: bool,
    /// The command to run after a write.
    pub verify: Option<String>,
    /// Globs, as in `.gitignore`, of files not judged; of all layers together.
    pub exclude: Vec<String>,
    /// Globs, as in `.gitignore`, of files whose text never leaves this machine; of all layers together, without the
    /// built-in ones.
    pub private: Vec<String>,
    /// `[budget]`.
    pub budget: SpendingConfig,
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

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: "auto".into(),
            glyphs: GlyphSet::default(),
            motion: true,
            mouse: true,
            editor: None,
            local_only: false,
            discover: true,
            feedback: true,
            verify: None,
            exclude: Vec::new(),
            private: Vec::new(),
            budget: SpendingConfig::default(),
            query: QueryConfig { debounce: Duration::from_millis(60), top: 20, task: None },
            keys: BTreeMap::new(),
            backends: Backends::new(),
            tasks: Tasks::new(),
            origins: BTreeMap::new(),
        }
    }
}

impl Config {
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

    pub(super) fn apply(&mut self, values: RawConfig) {
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
            ("discover", Value::Bool(on)) => self.discover = on,
            ("feedback", Value::Bool(on)) => self.feedback = on,
            ("verify", Value::Text(command)) => self.verify = Some(command),
            ("exclude", Value::Texts(globs)) => self.exclude.extend(globs),
            ("private", Value::Texts(globs)) => self.private.extend(globs),
            ("budget.session_usd", Value::Number(usd)) => self.budget.session_usd = Some(usd),
            ("budget.session_tokens", Value::Int(most)) => {
                self.budget.session_tokens = u64::try_from(most).ok();
            }
            ("budget.day_usd", Value::Number(usd)) => self.budget.day_usd = Some(usd),
            ("budget.day_tokens", Value::Int(most)) => self.budget.day_tokens = u64::try_from(most).ok(),
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
        (["pick"], Value::Text(pick)) => {
            task.pick = Some(if pick == "figures" { Pick::Figures } else { Pick::Order });
        }
        (["prompt_order"], Value::Text(order)) => {
            let file_first = order == "file-first";
            task.prompt_order =
                Some(if file_first { PromptOrder::FileFirst } else { PromptOrder::QueryFirst });
        }
        (["format"], Value::Text(format)) => task.format = Some(format),
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
