//! Firm: what a project's own file cannot loosen, trusted or not: policy that keeps text and money with the user.

use super::checked::Config;
use super::layer::{RawConfig, Value};
use super::origin::Origin;
use crate::domain::Problem;

/// Takes out of a project's values what would loosen the user's policy, and says so.
pub fn tighten(config: &Config, values: &mut RawConfig) -> Vec<Problem> {
    let mut problems = Vec::new();
    values.retain(|path, (value, origin)| {
        let key = path.join(".");
        let Some(message) = loosened(config, &key, value) else { return true };
        let (file, line) = match origin {
            Origin::File { path, line } => (Some(path.clone()), Some(*line)),
            Origin::Default | Origin::Flag | Origin::Env(_) => (None, None),
        };
        problems.push(Problem { file, line, key, message, suggestion: None });
        // Of private globs those that only add are kept.
        matches!(value, Value::Texts(globs) if !globs.is_empty())
    });
    problems
}

/// What is wrong with a project's value, if it loosens anything; globs that loosen are taken out of it.
fn loosened(config: &Config, key: &str, value: &mut Value) -> Option<String> {
    let budget = &config.budget;
    let more = |value: f64, limit: Option<f64>| limit.is_some_and(|limit| value > limit);
    let is_more = match (key, &mut *value) {
        ("local_only", Value::Bool(false)) if config.local_only => {
            return Some("a project cannot turn this off; it is on in your config.toml".into());
        }
        ("private", Value::Texts(globs)) => {
            let before = globs.len();
            globs.retain(|glob| !glob.starts_with('!'));
            return (globs.len() < before).then(|| {
                "a project can add private files, not open them; put `!` globs into your config.toml".into()
            });
        }
        ("budget.session_usd", Value::Number(usd)) => more(*usd, budget.session_usd),
        ("budget.day_usd", Value::Number(usd)) => more(*usd, budget.day_usd),
        ("budget.session_tokens", Value::Int(tokens)) => {
            budget.session_tokens.is_some_and(|limit| *tokens as u64 > limit)
        }
        ("budget.day_tokens", Value::Int(tokens)) => {
            budget.day_tokens.is_some_and(|limit| *tokens as u64 > limit)
        }
        (
            _,
            Value::Text(_)
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Number(_)
            | Value::Texts(_)
            | Value::Chords(_),
        ) => false,
    };
    is_more.then(|| "a project can lower this budget, not raise it; yours is smaller".into())
}
