//! Groves: trees of made-up source files to measure on, the same for the same number of files.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use super::fit::Random;

/// Words that names and comments are made of.
const WORDS: [&str; 64] = [
    "account", "alert", "audit", "batch", "border", "budget", "buffer", "cache", "cancel", "chunk", "client",
    "clock", "commit", "config", "cursor", "decode", "dialog", "digest", "driver", "editor", "encode",
    "engine", "error", "event", "fetch", "filter", "flush", "frame", "graph", "header", "index", "input",
    "judge", "layout", "ledger", "limit", "lock", "match", "merge", "network", "order", "packet", "panel",
    "parser", "policy", "pool", "query", "queue", "range", "retry", "route", "schema", "scope", "server",
    "session", "signal", "socket", "source", "stream", "table", "token", "vector", "widget", "window",
];

/// Files in one directory.
const SHELF: usize = 40;

/// Plants so many files below an empty directory.
///
/// # Errors
/// A file or directory that cannot be written.
pub fn plant(root: &Path, files: usize) -> io::Result<()> {
    for number in 0..files {
        let path = root.join(path(number));
        if number % SHELF == 0
            && let Some(parent) = path.parent()
        {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text(number, files))?;
    }
    Ok(())
}

/// The path of a file, by its number.
pub fn path(number: usize) -> String {
    let shelf = number / SHELF;
    let (a, b) = (WORDS[shelf % 64], WORDS[(shelf / 64 + 7 * shelf) % 64]);
    let ending = ["rs", "py", "go", "ts"][shelf % 4];
    format!("{a}/{b}{shelf}/{}_{}_{number}.{ending}", WORDS[number % 64], WORDS[(number / 3 + 11) % 64])
}

/// About 100 lines and 4 kB: comments, functions and calls, mostly of common words, a few of the file's own.
pub fn text(number: usize, files: usize) -> String {
    let mut random = Random(number as u64 + 1);
    let mut word = move || WORDS[random.below(64).min(random.below(64))];
    let mut text = String::new();
    let ending = path(number).rsplit('.').next().unwrap_or_default().to_owned();
    let other = path(number * 7 % files.max(1));
    let stem =
        other.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default().to_owned();
    let _ = match ending.as_str() {
        "rs" => writeln!(text, "use crate::{stem};"),
        "py" => writeln!(text, "import {stem}"),
        "go" => writeln!(text, "package {}\n\nimport \"grove/{stem}\"", word()),
        _ => writeln!(text, "import {{ {stem} }} from './{stem}'"),
    };
    for part in 0..9 {
        let (a, b, c, d) = (word(), word(), word(), word());
        let note =
            format!("Keeps the {a} of each {b} until the {c} asks for its {d}; see {} {number}.", word());
        let body = |open: &str| {
            let mut lines = String::new();
            for line in 0..7 {
                let _ = writeln!(
                    lines,
                    "    {open}{a}_{line} = {b}_{c}({d}_{line}, \"{b} {c}\", {});",
                    line * number % 97
                );
            }
            lines
        };
        let _ = match ending.as_str() {
            "rs" => {
                writeln!(text, "/// {note}\npub fn {a}_{b}_{part}({c}: u32) -> u32 {{\n{}}}\n", body("let "))
            }
            "py" => writeln!(text, "def {a}_{b}_{part}({c}):\n    # {note}\n{}\n", body("").replace(';', "")),
            "go" => writeln!(
                text,
                "// {note}\nfunc {a}{b}{part}({c} int) {{\n{}}}\n",
                body("var ").replace(';', "")
            ),
            _ => writeln!(
                text,
                "// {note}\nexport function {a}{b}{part}({c}: number) {{\n{}}}\n",
                body("const ")
            ),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groves_are_the_same_each_time_and_paths_are_distinct() {
        let paths: std::collections::BTreeSet<String> = (0..5_000).map(path).collect();
        assert_eq!(paths.len(), 5_000);
        assert_eq!(text(17, 100), text(17, 100));
        assert!((2_500..6_000).contains(&text(17, 100).len()), "{}", text(17, 100).len());
    }
}
