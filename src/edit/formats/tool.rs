//! Calls of tools: each is one change, its arguments JSON. They come by the protocol of a model ([`Calls`]), or written down
//! in a text: as services log them, one object a line, or in `<tool_call>` tags.
//!
//! What harnesses call the same thing is understood: `str_replace`, `write_file`, `file_path`, `old_str`. A call whose
//! arguments cannot be read is refused; nothing in them is mended.

mod call;
mod scan;

use serde_json::Value;

use super::{Found, LastLine, Parse};
use crate::edit::directive::Malformed;
use scan::Scan;

pub use call::{Meaning, TOOLS, ToolForm, meaning};

/// Bytes of one written-down value at most.
const MOST: usize = 16 << 20;

/// The calls of an answer as they stream: each is read when its arguments are complete.
#[derive(Debug, Default)]
pub struct Calls {
    open: Vec<Open>,
    /// The model said that it is done, and why it did it so.
    finished: Option<String>,
}

#[derive(Debug, Default)]
struct Open {
    name: String,
    arguments: String,
    scan: Scan,
    read: bool,
}

impl Calls {
    /// Takes a piece of the call of this number, counted from 0: the name comes with the first piece. Returns what the call
    /// means once it is complete.
    pub fn push(&mut self, nth: usize, name: &str, arguments: &str) -> Option<Vec<Found>> {
        let nth = nth.min(self.open.len());
        if nth == self.open.len() {
            self.open.push(Open::default());
        }
        let open = &mut self.open[nth];
        if open.name.is_empty() {
            name.clone_into(&mut open.name);
        }
        open.arguments.push_str(arguments);
        if open.read || open.scan.push(arguments).is_none() {
            return None;
        }
        Some(self.read(nth))
    }

    /// The answer is over: what became of the calls that were never complete.
    pub fn finish(&mut self) -> Vec<(usize, Vec<Found>)> {
        let rest: Vec<usize> = (0..self.open.len()).filter(|nth| !self.open[*nth].read).collect();
        rest.into_iter().map(|nth| (nth, self.read(nth))).collect()
    }

    /// What the model said when it was done; `None` where it did not say that it is.
    pub fn finished(&self) -> Option<&str> {
        self.finished.as_deref()
    }

    fn read(&mut self, nth: usize) -> Vec<Found> {
        let open = &mut self.open[nth];
        open.read = true;
        match meaning(&open.name, &open.arguments) {
            Meaning::Change(found) => found,
            Meaning::Finish(why) => {
                self.finished = Some(why);
                Vec::new()
            }
        }
    }
}

/// Reads calls that are written down in a text; all else in it is talk.
#[derive(Debug, Default)]
pub struct Tool {
    /// A value that is not complete: the line where it begins, its text, and how far it is.
    open: Option<(usize, String, Scan)>,
}

/// Whether a line begins calls that are written down.
pub fn opens(line: &str) -> bool {
    let text = line.trim_start();
    if text.starts_with("<tool_call>") {
        return true;
    }
    let names = |name: &str| text.contains(&format!("\"{name}\""));
    text.starts_with(['{', '[']) && TOOLS.iter().any(|tool| names(tool.name)) && text.contains("\"name\"")
}

impl Parse for Tool {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        let mut rest = line;
        loop {
            if self.open.is_none() {
                let text = rest.trim_start().trim_start_matches("<tool_call>").trim_start();
                let text = text.trim_start_matches("</tool_call>").trim_start_matches([',', ' ', '\t']);
                if !text.starts_with(['{', '[']) {
                    return;
                }
                self.open = Some((at, String::new(), Scan::default()));
                rest = text;
            }
            let Some((from, text, scan)) = &mut self.open else { return };
            let end = scan.push(rest);
            text.push_str(&rest[..end.unwrap_or(rest.len())]);
            let Some(end) = end else {
                // A raw end of line within a string is no JSON, and is told as that.
                scan.push("\n");
                text.push('\n');
                if text.len() > MOST {
                    let why = "the calls that begin here are too long".to_owned();
                    found.push(Err(Malformed { path: None, line: *from, why }));
                    self.open = None;
                }
                return;
            };
            match serde_json::from_str(text) {
                Ok(value) => walk(&value, found),
                // What is no JSON and names no tool is talk.
                Err(error) if text.contains("\"name\"") => {
                    let why = format!("the calls that begin here are no JSON: {}", call::brief(&error));
                    found.push(Err(Malformed { path: None, line: *from, why }));
                }
                Err(_) => {}
            }
            self.open = None;
            rest = &rest[end..];
        }
    }

    fn finish(&mut self, _at: usize, _ended: LastLine, found: &mut Vec<Found>) {
        if let Some((line, _, _)) = self.open.take() {
            let why = "the calls that begin here are cut: the text ends before they do".to_owned();
            found.push(Err(Malformed { path: None, line, why }));
        }
    }
}

/// Names of arguments in the logs of services.
const ARGUMENTS: [&str; 4] = ["arguments", "input", "args", "parameters"];

/// Takes every call out of a value, in its order, however deep it lies.
fn walk(value: &Value, found: &mut Vec<Found>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
        Value::Object(fields) => {
            let arguments = ARGUMENTS.iter().find_map(|name| fields.get(*name));
            match (fields.get("name").and_then(Value::as_str), arguments) {
                (Some(name), Some(arguments)) => {
                    let text = arguments.as_str().map_or_else(|| arguments.to_string(), str::to_owned);
                    match meaning(name, &text) {
                        Meaning::Change(calls) => found.extend(calls),
                        Meaning::Finish(_) => {}
                    }
                }
                _ => fields.values().for_each(|field| walk(field, found)),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests;
