//! Loading: from the layers (built-in, user, project, `--config`, flags) to one configuration.

use std::ffi::OsString;
use std::path::Path;

use super::checked::{Config, GlyphSet};
use super::dirs::Dirs;
use super::document::Document;
use super::firm;
use super::layer::{self, Author, RawConfig, Value};
use super::origin::Origin;
use super::trust::{self, Trusted};
use crate::domain::Problem;

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
    /// See `query.task`.
    pub task: Option<String>,
    /// See `query.top`.
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

impl Sources<'_> {
    /// Whose file it is, once its text is known.
    fn author(&self, author: Author, text: &str) -> Author {
        match (author, self.root) {
            (Author::Project(_), Some(root)) => match trust::trusted(&self.dirs.data, root, text) {
                Trusted::Yes => Author::User,
                trusted @ (Trusted::Changed | Trusted::No) => Author::Project(trusted),
            },
            (author, _) => author,
        }
    }
}

/// The keys of a project's file that need the user's trust, each with its 1-based line, in the order of the file.
pub fn guarded_keys(file: &Path, text: &str) -> Vec<(usize, String)> {
    let document = Document::new(Some(file.to_owned()), text);
    let (open, _) = layer::check(&document, Author::Project(Trusted::No));
    let (all, _) = layer::check(&document, Author::User);
    let guarded = all.into_iter().filter(|(key, _)| !open.contains_key(key));
    let mut keys: Vec<(usize, String)> = guarded
        .map(|(key, (_, origin))| match origin {
            Origin::File { line, .. } => (line, key.join(".")),
            Origin::Default | Origin::Flag | Origin::Env(_) => (0, key.join(".")),
        })
        .collect();
    keys.sort_unstable();
    keys
}

impl Config {
    /// Loads all layers. Never fails: what is wrong in a layer is left out and reported.
    pub fn load(sources: &Sources<'_>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut config = Self::default();
        let user = Some((sources.dirs.config_file(), Author::User));
        let project = sources.root.map(|root| (trust::project_file(root), Author::Project(Trusted::No)));
        let named = sources.file.map(|file| (file.to_owned(), Author::User));
        for (path, author) in [user, project, named].into_iter().flatten() {
            match Document::read(&path) {
                Ok(Some(document)) => {
                    let whose = sources.author(author, document.text());
                    let (mut values, found) = layer::check(&document, whose);
                    problems.extend(found);
                    if author != Author::User {
                        problems.extend(firm::tighten(&config, &mut values));
                    }
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

    fn editor_from(&mut self, env: &dyn Fn(&str) -> Option<OsString>) {
        for name in ["VISUAL", "EDITOR"] {
            if self.editor.is_some() {
                return;
            }
            let value = env(name).and_then(|value| value.into_string().ok());
            if let Some(editor) = value.filter(|value| !value.trim().is_empty()) {
                let value = (Value::Text(editor), Origin::Env(name));
                self.apply(RawConfig::from([(vec!["editor".into()], value)]));
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
}
