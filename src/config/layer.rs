//! One layer: a TOML document to checked values by dotted key. What is wrong is reported and left out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::chord::Chord;
use super::document::{Document, kind_name};
use super::origin::Origin;
use super::schema::{self, Expect, KeySpec, Scope};
use super::trust::Trusted;
use crate::domain::Problem;
use crate::text::nearest;

/// A checked value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Of [`Expect::Text`] and [`Expect::Choice`].
    Text(String),
    /// Of [`Expect::Bool`].
    Bool(bool),
    /// Of [`Expect::Int`].
    Int(i64),
    /// Of [`Expect::Number`].
    Number(f64),
    /// Of [`Expect::Texts`], [`Expect::Globs`] and [`Expect::Urls`].
    Texts(Vec<String>),
    /// Of [`Expect::Chords`].
    Chords(Vec<Chord>),
}

/// Checked values by the parts of their key (a name may hold a dot), with where each came from.
pub type RawConfig = BTreeMap<Vec<String>, (Value, Origin)>;

/// Whose file a layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The user: every key.
    User,
    /// A project that the user has not said to trust, or said so of another text: harmless keys only.
    Project(Trusted),
}

/// Checks a document. A syntax error gives no values and one problem.
pub fn check(document: &Document, author: Author) -> (RawConfig, Vec<Problem>) {
    let mut walk = Walk { document, author, values: RawConfig::new(), problems: Vec::new() };
    match document.parse() {
        Ok(table) => walk.table(table.get_ref(), &[]),
        Err(problem) => walk.problems.push(problem),
    }
    (walk.values, walk.problems)
}

struct Walk<'a> {
    document: &'a Document,
    author: Author,
    values: RawConfig,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn table(&mut self, table: &DeTable<'_>, path: &[&str]) {
        for (name, value) in table {
            let mut path = path.to_vec();
            path.push(name.get_ref());
            self.entry(&path, &name.span(), value);
        }
    }

    fn entry(&mut self, path: &[&str], name: &Range<usize>, value: &Spanned<DeValue<'_>>) {
        let key = path.join(".");
        let below = schema::below(path);
        match (schema::find(path), value.get_ref()) {
            (Some(spec), DeValue::Table(_)) => self.wrong(&key, value, spec.expect),
            (Some(spec), _) => self.leaf(spec, path, name, value),
            (None, DeValue::Table(table)) if !below.is_empty() => self.table(table, path),
            (None, found) if !below.is_empty() => {
                let suggestion = nearest_key(&key, path.last().copied().unwrap_or_default());
                let message = format!("expected a table, found {}", kind_name(found));
                self.problems
                    .push(Problem { suggestion, ..self.document.problem(&value.span(), &key, message) });
            }
            (None, _) => self.unknown(path, &key, name),
        }
    }

    fn unknown(&mut self, path: &[&str], key: &str, name: &Range<usize>) {
        let (last, parent) = path.split_last().map_or(("", path), |(last, parent)| (*last, parent));
        let siblings = schema::below(parent);
        let suggestion = nearest::nearest(last, siblings.into_iter().filter(|name| *name != "*"))
            .map(|name| parent.iter().copied().chain([name]).collect::<Vec<_>>().join("."))
            .or_else(|| nearest_key(key, last));
        self.problems.push(Problem { suggestion, ..self.document.problem(name, key, "no such key") });
    }

    fn leaf(&mut self, spec: &KeySpec, path: &[&str], name: &Range<usize>, value: &Spanned<DeValue<'_>>) {
        let key = &path.join(".");
        if let (Author::Project(trusted), Scope::User) = (self.author, spec.scope) {
            self.problems.push(self.document.problem(name, key, self.untrusted(trusted)));
            return;
        }
        if let Some(checked) = self.value(spec.expect, key, value) {
            let line = self.document.line(name.start);
            let origin = match self.document.path() {
                Some(path) => Origin::File { path: path.to_owned(), line },
                None => Origin::Default,
            };
            let path = path.iter().map(|part| (*part).to_owned()).collect();
            self.values.insert(path, (checked, origin));
        }
    }

    /// Why a key of a project is not used, and what to do.
    fn untrusted(&self, trusted: Trusted) -> String {
        let why = match trusted {
            Trusted::Yes | Trusted::No => "you have not trusted this project",
            Trusted::Changed => "this file has changed since you trusted it",
        };
        let root = self.document.path().and_then(Path::parent).unwrap_or(Path::new("."));
        let root = root.to_string_lossy();
        let root = shlex::try_quote(&root).unwrap_or_else(|_| "DIR".into());
        format!("not used: {why}; set it in your config.toml, or read the file and run `quarry trust {root}`")
    }

    fn value(&mut self, expect: Expect, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let checked = match (expect, value.get_ref()) {
            (Expect::Text, DeValue::String(text)) if !text.trim().is_empty() => {
                Some(Value::Text(text.to_string()))
            }
            (Expect::Choice(choices), DeValue::String(text)) => {
                if !choices.contains(&text.as_ref()) {
                    let suggestion = nearest::nearest(text, choices.iter().copied()).map(str::to_owned);
                    let message = format!("expected {}, found \"{text}\"", words(expect));
                    let problem = self.document.problem(&value.span(), key, message);
                    self.problems.push(Problem { suggestion, ..problem });
                    return None;
                }
                Some(Value::Text(text.to_string()))
            }
            (Expect::Bool, DeValue::Boolean(on)) => Some(Value::Bool(*on)),
            (Expect::Int(least, most), DeValue::Integer(number)) => {
                let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok();
                parsed.filter(|number| (least..=most).contains(number)).map(Value::Int)
            }
            (Expect::Number, DeValue::Integer(number)) => number.to_string().parse().ok().and_then(amount),
            (Expect::Number, DeValue::Float(number)) => number.as_str().parse().ok().and_then(amount),
            (Expect::Texts | Expect::Globs | Expect::Urls, DeValue::Array(list)) => {
                Some(Value::Texts(self.texts(expect, key, list)))
            }
            (Expect::Chords, DeValue::String(text)) => {
                return self.chord(key, value, text).map(|chord| Value::Chords(vec![chord]));
            }
            (Expect::Chords, DeValue::Array(list)) => Some(Value::Chords(self.chords(key, list))),
            _ => None,
        };
        if checked.is_none() {
            self.wrong(key, value, expect);
        }
        checked
    }

    fn texts(&mut self, expect: Expect, key: &str, list: &DeArray<'_>) -> Vec<String> {
        let mut texts = Vec::new();
        for item in list {
            match item.get_ref().as_str() {
                Some(text) => match text_error(expect, text) {
                    None => texts.push(text.to_owned()),
                    Some(error) => self.problems.push(self.document.problem(&item.span(), key, error)),
                },
                None => self.wrong(key, item, Expect::Text),
            }
        }
        texts
    }

    fn chords(&mut self, key: &str, list: &DeArray<'_>) -> Vec<Chord> {
        let mut chords = Vec::new();
        for item in list {
            match item.get_ref().as_str() {
                Some(text) => chords.extend(self.chord(key, item, text)),
                None => self.wrong(key, item, Expect::Chords),
            }
        }
        chords
    }

    fn chord(&mut self, key: &str, value: &Spanned<DeValue<'_>>, text: &str) -> Option<Chord> {
        match text.parse() {
            Ok(chord) => Some(chord),
            Err(error) => {
                let message = format!("\"{text}\" is no chord: {error}");
                self.problems.push(self.document.problem(&value.span(), key, message));
                None
            }
        }
    }

    fn wrong(&mut self, key: &str, value: &Spanned<DeValue<'_>>, expect: Expect) {
        let found = match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => "an empty string".to_owned(),
            DeValue::String(text) => format!("\"{text}\""),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            other @ (DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_)) => {
                kind_name(other).to_owned()
            }
        };
        let message = format!("expected {}, found {found}", words(expect));
        self.problems.push(self.document.problem(&value.span(), key, message));
    }
}

fn amount(number: f64) -> Option<Value> {
    (number.is_finite() && number >= 0.0).then_some(Value::Number(number))
}

/// What is wrong with one string of a list, if anything is.
fn text_error(expect: Expect, text: &str) -> Option<String> {
    match expect {
        Expect::Globs => ignore::gitignore::GitignoreBuilder::new("")
            .add_line(None, text)
            .err()
            .map(|error| format!("\"{text}\" is no glob: {error}")),
        Expect::Urls if !text.starts_with("http://") && !text.starts_with("https://") => {
            Some(format!("expected an address with http:// or https://, found \"{text}\""))
        }
        Expect::Urls
        | Expect::Text
        | Expect::Choice(_)
        | Expect::Bool
        | Expect::Int(..)
        | Expect::Number
        | Expect::Texts
        | Expect::Chords => None,
    }
}

/// A key of the schema whose whole name or last part is near.
fn nearest_key(key: &str, last: &str) -> Option<String> {
    let known = || schema::KEYS.iter().map(|spec| spec.key).filter(|key| !key.contains('*'));
    nearest::nearest(key, known())
        .or_else(|| known().find(|known| known.rsplit('.').next() == Some(last) && *known != key))
        .map(str::to_owned)
}

/// What is expected, in the words of a message.
pub fn words(expect: Expect) -> String {
    match expect {
        Expect::Text => "a string".into(),
        Expect::Choice(choices) => {
            choices.iter().map(|choice| format!("\"{choice}\"")).collect::<Vec<_>>().join(" or ")
        }
        Expect::Bool => "true or false".into(),
        Expect::Int(least, i64::MAX) => format!("a whole number of at least {least}"),
        Expect::Int(least, most) => format!("a whole number from {least} to {most}"),
        Expect::Number => "a number of at least 0".into(),
        Expect::Texts => "a list of strings".into(),
        Expect::Globs => "a list of globs".into(),
        Expect::Urls => "a list of addresses".into(),
        Expect::Chords => "a chord such as \"ctrl+p\", or a list of them".into(),
    }
}
