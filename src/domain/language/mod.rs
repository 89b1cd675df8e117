//! Languages: recognising one from a file's name or first line, and how its comments look.
//!
//! Owns the table of languages. A [`Language`] is a row number, so it is cheap to copy; it is written down by
//! [`Language::name`], because row numbers change when the table does.

mod table;

use std::collections::HashMap;
use std::sync::LazyLock;

use table::{Row, TABLE};

/// A language that Quarry recognises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Language(u16);

/// What a language is mostly used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LanguageKind {
    /// Programs, markup and styles that are part of a program, and build scripts.
    Code,
    /// Prose for people.
    Doc,
    /// Settings and data.
    Config,
}

static BY_NAME: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| keyed(|row| row.files));
static BY_EXTENSION: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| keyed(|row| row.extensions));
static BY_INTERPRETER: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| keyed(|row| row.interpreters));

fn keyed(of: fn(&Row) -> &'static [&'static str]) -> HashMap<&'static str, u16> {
    let mut map = HashMap::new();
    for (at, row) in TABLE.iter().enumerate() {
        for key in of(row) {
            map.entry(*key).or_insert(at as u16);
        }
    }
    map
}

impl Language {
    /// Recognises a language from the file's name, else its extension, else its first line (`#!`, `<?php`, `<?xml`).
    pub fn detect(file_name: &[u8], first_line: &str) -> Self {
        let name = String::from_utf8_lossy(file_name);
        let lower = name.to_lowercase();
        by_file_name(&name, &lower)
            .or_else(|| by_extension(&name, &lower))
            .or_else(|| by_first_line(first_line))
            .map_or(Self::PLAIN, Self)
    }

    /// Every language, plain text first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TABLE.len() as u16).map(Self)
    }

    /// The language of that [`name`](Self::name), as it was written down earlier.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().position(|row| row.name == name).map(|at| Self(at as u16))
    }

    /// The language's name, as people write it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The name of its syntax in two-face's set, where that is not [`name`](Self::name); else the same.
    pub fn syntax_name(self) -> &'static str {
        if self.row().syntax.is_empty() { self.row().name } else { self.row().syntax }
    }

    /// Its most common file extension, without the dot; empty where files are known by name only.
    pub fn extension(self) -> &'static str {
        self.row().extensions.first().copied().unwrap_or("")
    }

    /// What begins a comment that ends with its line.
    pub fn line_comments(self) -> &'static [&'static str] {
        self.row().line_comments
    }

    /// What begins and ends a comment of several lines.
    pub fn block_comment(self) -> Option<(&'static str, &'static str)> {
        self.row().block_comment
    }

    /// What the language is mostly used for.
    pub fn kind(self) -> LanguageKind {
        self.row().kind
    }

    /// Whether it is a programming, markup or styling language.
    pub fn is_code(self) -> bool {
        self.kind() == LanguageKind::Code
    }

    /// Whether it is prose for people.
    pub fn is_doc(self) -> bool {
        self.kind() == LanguageKind::Doc
    }

    /// Whether it is settings or data.
    pub fn is_config(self) -> bool {
        self.kind() == LanguageKind::Config
    }

    fn row(self) -> &'static Row {
        TABLE.get(usize::from(self.0)).unwrap_or(&TABLE[0])
    }
}

fn by_file_name(name: &str, lower: &str) -> Option<u16> {
    if let Some(at) = BY_NAME.get(name).or_else(|| BY_NAME.get(lower)) {
        return Some(*at);
    }
    // `Dockerfile.dev`, `Makefile.am`, `.env.local`: the first part decides.
    let (stem, _) = lower.get(1..).and_then(|rest| rest.find('.')).map(|dot| lower.split_at(dot + 1))?;
    let decides = matches!(stem, "dockerfile" | "containerfile" | "makefile" | "jenkinsfile" | ".env");
    decides.then(|| BY_NAME.get(stem).copied()).flatten()
}

fn by_extension(name: &str, lower: &str) -> Option<u16> {
    // Longest first, so that `.blade.php` and `.d.ts` win; as written first, because `.R` and `.C` differ from `.r`, `.c`.
    let mut from = 0;
    while let Some(dot) = lower.get(from..).and_then(|rest| rest.find('.')) {
        from += dot + 1;
        let written = name.get(from..).and_then(|ext| BY_EXTENSION.get(ext));
        if let Some(at) = written.or_else(|| BY_EXTENSION.get(&lower[from..])) {
            return Some(*at);
        }
    }
    None
}

fn by_first_line(line: &str) -> Option<u16> {
    let line = line.trim_start_matches('\u{feff}').trim();
    if let Some(command) = line.strip_prefix("#!") {
        let mut words = command.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
        let interpreter =
            words.find(|word| *word != "env" && !word.starts_with('-') && !word.contains('='))?;
        let bare = interpreter.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        return BY_INTERPRETER.get(interpreter).or_else(|| BY_INTERPRETER.get(bare)).copied();
    }
    let known = [("<?php", Language::PHP), ("<?xml", Language::XML), ("<!doctype html", Language::HTML)];
    let lower = line.to_lowercase();
    known.iter().find(|(start, _)| lower.starts_with(start)).map(|(_, language)| language.0)
}

#[cfg(test)]
mod tests;
