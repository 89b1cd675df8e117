//! What one call means: a change of a file, or that all is done.

use serde_json::{Map, Value, json};

use super::super::{EditFormat, Found, read};
use crate::edit::directive::{Directive, Everywhere, Malformed, Novelty};

/// A tool as a model is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToolForm {
    /// Its name.
    pub name: &'static str,
    /// What it does, for the model.
    pub about: &'static str,
    /// Its arguments: name, what it is, and whether it may be left out.
    fields: &'static [(&'static str, &'static str, Field)],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Text,
    /// A text that may be left out.
    MaybeText,
    /// Yes or no; may be left out.
    Flag,
}

const PATH: (&str, &str, Field) = ("path", "Path of the file, as it is shown.", Field::Text);

/// The tools that edit.
pub const TOOLS: [ToolForm; 5] = [
    ToolForm {
        name: "edit_file",
        about: "Replaces text of a file. old_string must stand in the file exactly once, byte for byte, white space \
                included: take in whole lines, and enough of those around to be unique.",
        fields: &[
            PATH,
            ("old_string", "The text as it stands in the file now.", Field::Text),
            ("new_string", "The text to put in its place; empty deletes it.", Field::Text),
            ("replace_all", "Replace every occurrence; only for one that is meant everywhere.", Field::Flag),
        ],
    },
    ToolForm {
        name: "create_file",
        about: "Creates a file that is not there yet.",
        fields: &[PATH, ("content", "All of its text.", Field::Text)],
    },
    ToolForm { name: "delete_file", about: "Deletes a file.", fields: &[PATH] },
    ToolForm {
        name: "move_file",
        about: "Moves or renames a file. Edit it by its old path.",
        fields: &[PATH, ("new_path", "Where it goes; nothing may be there.", Field::Text)],
    },
    ToolForm {
        name: "finish",
        about: "Says that all changes are made. Call it last, in the same answer.",
        fields: &[("why", "Why it is done so, in one or two sentences.", Field::MaybeText)],
    },
];

impl ToolForm {
    /// The JSON schema of its arguments.
    pub fn schema(&self) -> Value {
        let field = |(name, about, kind): &(&str, &str, Field)| {
            let kind = if *kind == Field::Flag { "boolean" } else { "string" };
            ((*name).to_owned(), json!({"type": kind, "description": about}))
        };
        let required = self.fields.iter().filter(|(_, _, kind)| *kind == Field::Text);
        let required: Vec<&str> = required.map(|(name, _, _)| *name).collect();
        let properties: Map<String, Value> = self.fields.iter().map(field).collect();
        json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
    }
}

/// What a call means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Changes, or why it cannot be read.
    Change(Vec<Found>),
    /// All is done, and why it was done so.
    Finish(String),
}

/// What harnesses call a file, what stands there, what comes, all of it, and where it goes.
const PATHS: &[&str] = &["path", "file_path", "filepath", "filename", "file", "old_path", "source"];
const OLD: &[&str] = &["old_string", "old_str", "old_text", "old", "search"];
const NEW: &[&str] = &["new_string", "new_str", "new_text", "new", "replace"];
const CONTENT: &[&str] = &["content", "contents", "file_text", "text"];
const TO: &[&str] = &["new_path", "to", "destination", "target", "dest"];

/// What a call of a tool means. Names that other harnesses have for the same are understood.
pub fn meaning(tool: &str, arguments: &str) -> Meaning {
    let plain = tool.rsplit(['.', ':', '/']).next().unwrap_or(tool).to_ascii_lowercase();
    let kind = match plain.as_str() {
        "finish" | "done" | "task_done" => Kind::Finish,
        "edit_file" | "edit" | "str_replace" | "replace" | "multiedit" | "multi_edit" | "search_replace" => {
            Kind::Edit
        }
        "str_replace_based_edit_tool" | "str_replace_editor" | "text_editor" => Kind::Editor,
        "create_file" | "create" => Kind::Create(Novelty::New),
        "write_file" | "write" | "write_to_file" => Kind::Create(Novelty::Either),
        "delete_file" | "delete" | "remove_file" => Kind::Delete,
        "move_file" | "move" | "rename_file" => Kind::Move,
        "apply_patch" => Kind::Patch,
        _ => Kind::Unknown,
    };
    let fields = match (&kind, object(arguments)) {
        (Kind::Finish, fields) => {
            let fields = fields.unwrap_or_default();
            return Meaning::Finish(text(&fields, &["why", "summary"]).unwrap_or_default().to_owned());
        }
        (Kind::Unknown, _) => {
            let names: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
            let said = if tool.is_empty() {
                "a call names no tool".into()
            } else {
                format!("there is no tool `{tool}`")
            };
            return refused(None, format!("{said}; there are {}", names.join(", ")));
        }
        (_, Ok(fields)) => fields,
        (_, Err(why)) => return refused(None, format!("the arguments of `{tool}` cannot be read: {why}")),
    };
    Meaning::Change(match kind {
        Kind::Edit => edits(tool, &fields),
        Kind::Editor => editor(tool, &fields),
        Kind::Create(new) => vec![created(tool, &fields, new)],
        Kind::Delete => vec![path(tool, &fields).map(|path| Directive::Delete { path })],
        Kind::Move => vec![moved(tool, &fields)],
        Kind::Patch => match text(&fields, &["input", "patch", "diff"]) {
            Some(patch) => read(EditFormat::ApplyPatch, patch),
            None => vec![Err(lacks(tool, &fields, "input"))],
        },
        Kind::Finish | Kind::Unknown => Vec::new(),
    })
}

enum Kind {
    Edit,
    /// One tool whose command says what is done.
    Editor,
    Create(Novelty),
    Delete,
    Move,
    Patch,
    Finish,
    Unknown,
}

/// The arguments; some servers wrap their text in a text once more.
fn object(arguments: &str) -> Result<Map<String, Value>, String> {
    let value: Value = match serde_json::from_str(arguments) {
        Ok(Value::String(inner)) => serde_json::from_str(&inner),
        other => other,
    }
    .map_err(|error| brief(&error))?;
    match value {
        Value::Object(fields) => Ok(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err("they are no JSON object".to_owned())
        }
    }
}

/// What is wrong, without the place: the same mistake reads the same.
pub(super) fn brief(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.rsplit_once(" at line ").map_or(words.clone(), |(what, _)| what.to_owned())
}

fn text<'a>(fields: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| fields.get(*name)?.as_str())
}

fn refused(path: Option<&str>, why: String) -> Meaning {
    Meaning::Change(vec![Err(malformed(path, why))])
}

/// Something wrong with a call, which has no line.
fn malformed(path: Option<&str>, why: String) -> Malformed {
    Malformed { path: path.map(str::to_owned), line: 0, why }
}

fn lacks(tool: &str, fields: &Map<String, Value>, name: &str) -> Malformed {
    malformed(text(fields, PATHS), format!("a call of `{tool}` has no text `{name}`"))
}

fn path(tool: &str, fields: &Map<String, Value>) -> Result<String, Malformed> {
    let path = text(fields, PATHS).map(str::trim).filter(|path| !path.is_empty());
    let path = path.ok_or_else(|| lacks(tool, fields, "path"))?;
    Ok(path.strip_prefix("./").unwrap_or(path).to_owned())
}

/// One edit, or a list of them for one file.
fn edits(tool: &str, fields: &Map<String, Value>) -> Vec<Found> {
    let Some(several) = fields.get("edits").and_then(Value::as_array) else {
        return vec![edit(tool, fields, fields)];
    };
    let one = |one: &Value| match one.as_object() {
        Some(one) => edit(tool, fields, one),
        None => Err(malformed(text(fields, PATHS), format!("an item of `edits` of `{tool}` is no object"))),
    };
    several.iter().map(one).collect()
}

fn edit(tool: &str, call: &Map<String, Value>, one: &Map<String, Value>) -> Found {
    let path = path(tool, if text(one, PATHS).is_some() { one } else { call })?;
    let named = |names: &[&str]| text(one, names).map(unix).ok_or_else(|| lacks(tool, call, names[0]));
    let (old, new) = (named(OLD)?, named(NEW)?);
    let all = one.get("replace_all").and_then(Value::as_bool) == Some(true);
    let places = if all { Everywhere::Yes } else { Everywhere::Once };
    Ok(Directive::Within { path, old, new, places })
}

fn editor(tool: &str, fields: &Map<String, Value>) -> Vec<Found> {
    match text(fields, &["command"]) {
        Some("str_replace") => edits(tool, fields),
        Some("create") => vec![created(tool, fields, Novelty::Either)],
        other => {
            let why = format!(
                "`{tool}` is taken with str_replace and create, not with {}",
                other.unwrap_or("nothing")
            );
            vec![Err(malformed(text(fields, PATHS), why))]
        }
    }
}

fn created(tool: &str, fields: &Map<String, Value>, new: Novelty) -> Found {
    let path = path(tool, fields)?;
    let content = text(fields, CONTENT).map(unix).ok_or_else(|| lacks(tool, fields, "content"))?;
    let lines = content.lines().map(str::to_owned).collect();
    // A text file ends with its last line; models leave that out more often than they mean it.
    Ok(Directive::Write { path: Some(path), lines, ends: true, new })
}

fn moved(tool: &str, fields: &Map<String, Value>) -> Found {
    let path = path(tool, fields)?;
    let to =
        text(fields, TO).filter(|to| !to.trim().is_empty()).ok_or_else(|| lacks(tool, fields, "new_path"))?;
    let to = to.trim();
    let moved_to = Some(to.strip_prefix("./").unwrap_or(to).to_owned());
    Ok(Directive::Patch { path: Some(path), moved_to, hunks: Vec::new() })
}

fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}
