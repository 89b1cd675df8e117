//! The documented default file and the list of what is in force, both made from the schema.

use std::fmt::Write as _;

use super::checked::{Config, GlyphSet};
use super::origin::Origin;
use super::schema::{Expect, KEYS, KeySpec};

const NAMED_TABLES: &str = r#"
# Chords of an action, in place of the built-in ones; `?` on the screen lists all actions. [] unbinds.
# [keys]
# quit = ["q", "ctrl+c"]

# A model server.
# [backend.lab]
# protocol = "openai"           # openai | responses | anthropic | gemini | ollama | llamacpp | gguf
# base_urls = ["http://127.0.0.1:8080/v1"]
# key_env = "LAB_KEY"           # or key_cmd = "pass show lab"
# models = ["qwen3-0.6b"]       # else asked from the server
# max_in_flight = 64            # an upper bound; the server's own limit is found

# Which models answer a kind of task, in order; "embedded" is always there.
# [task.judge]
# use = ["lab/qwen3-0.6b", "embedded"]
# pick = "order"                # or "figures": the best by `quarry eval` on this repository
# prompt_order = "file-first"   # or "query-first"
# budget = { tokens = 2_000_000, usd = 0.05, seconds = 60 }
"#;

/// The text of a `config.toml` that documents every key and sets each to its default. Keys whose default is to
/// be unset stand as comments.
pub fn default_file() -> String {
    let mut text =
        String::from("# Quarry's configuration. Every key is optional; what stands here is the default.\n");
    let mut table = "";
    for spec in KEYS.iter().filter(|spec| !spec.key.contains('*')) {
        let (above, name) = spec.key.rsplit_once('.').unwrap_or(("", spec.key));
        text.push('\n');
        if above != table {
            let _ = writeln!(text, "[{above}]");
            table = above;
        }
        let _ = writeln!(text, "# {}{}", spec.doc, choices(spec));
        let _ = match spec.default {
            "" => writeln!(text, "# {name} = {}", spec.example),
            default => writeln!(text, "{name} = {default}"),
        };
    }
    text + NAMED_TABLES
}

fn choices(spec: &KeySpec) -> String {
    match spec.expect {
        Expect::Choice(_) | Expect::Int(..) => format!(" Takes {}.", super::layer::words(spec.expect)),
        Expect::Text
        | Expect::Bool
        | Expect::Number
        | Expect::Texts
        | Expect::Globs
        | Expect::Urls
        | Expect::Chords => String::new(),
    }
}

impl Config {
    /// Every key of the schema that stands for itself, and all other keys that are set, each with its value as
    /// TOML and its origin; for `quarry doctor`.
    pub fn entries(&self) -> Vec<(String, String, &Origin)> {
        let plain = KEYS.iter().map(|spec| spec.key).filter(|key| !key.contains('*'));
        let named = self.set_keys().filter(|key| KEYS.iter().all(|spec| spec.key != *key));
        plain.chain(named).map(|key| (key.to_owned(), shown(self, key), self.origin(key))).collect()
    }
}

fn number(number: Option<impl ToString>) -> String {
    number.map_or_else(|| "unset".into(), |number| number.to_string())
}

fn shown(config: &Config, key: &str) -> String {
    let text = |text: &Option<String>| text.as_ref().map_or("unset".into(), |text| format!("{text:?}"));
    match key {
        "theme" => format!("{:?}", config.theme),
        "glyphs" => match config.glyphs {
            GlyphSet::Unicode => "\"unicode\"".into(),
            GlyphSet::Ascii => "\"ascii\"".into(),
        },
        "motion" => config.motion.to_string(),
        "mouse" => config.mouse.to_string(),
        "editor" => text(&config.editor),
        "local_only" => config.local_only.to_string(),
        "discover" => config.discover.to_string(),
        "feedback" => config.feedback.to_string(),
        "verify" => text(&config.verify),
        "exclude" => format!("{:?}", config.exclude),
        "private" => format!("{:?}", config.private),
        "budget.session_usd" => number(config.budget.session_usd),
        "budget.session_tokens" => number(config.budget.session_tokens),
        "budget.day_usd" => number(config.budget.day_usd),
        "budget.day_tokens" => number(config.budget.day_tokens),
        "query.debounce_ms" => config.query.debounce.as_millis().to_string(),
        "query.top" => config.query.top.to_string(),
        "query.task" => text(&config.query.task),
        _ => match key.strip_prefix("keys.").and_then(|action| config.keys.get(action)) {
            Some(chords) => format!("{:?}", chords.iter().map(ToString::to_string).collect::<Vec<_>>()),
            None => "set".into(),
        },
    }
}
