//! Keeps the house tidy: layer arrows, module cycles, file headers, file sizes, and colours only from theme roles.
//!
//! Works on the text of `src/` alone. Every complaint names file and line and says how to mend it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// No file but tests may be longer.
const MOST_LINES: usize = 500;

/// What the code of each top-level folder may name, besides itself.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("text", &["domain"]),
    ("config", &["text", "domain"]),
    ("tree", &["config", "text", "domain"]),
    ("index", &["tree", "config", "text", "domain"]),
    ("store", &["config", "text", "domain"]),
    ("llm", &["store", "config", "text", "domain"]),
    ("query", &["llm", "index", "tree", "config", "text", "domain"]),
    ("edit", &["index", "config", "text", "domain"]),
    ("chat", &["query", "llm", "store", "index", "tree", "config", "text", "domain"]),
    ("command", &["chat", "edit", "query", "llm", "store", "index", "tree", "config", "text", "domain"]),
    ("eval", &["query", "llm", "index", "tree", "config", "text", "domain"]),
    ("app", &["config", "text", "domain"]),
    ("ui", &["app", "config", "text", "domain"]),
    (
        "runtime",
        &[
            "ui", "app", "command", "chat", "eval", "edit", "query", "llm", "store", "index", "tree",
            "config", "text", "domain",
        ],
    ),
    (
        "cli",
        &[
            "runtime",
            "ui::theme",
            "command",
            "chat",
            "eval",
            "edit",
            "query",
            "llm",
            "store",
            "index",
            "tree",
            "config",
            "text",
            "domain",
        ],
    ),
    ("main", &["cli"]),
];

/// One source file, with comments and the contents of strings blanked out.
struct Source {
    /// Below the package root, for messages.
    path: PathBuf,
    /// `["query", "judges", "embedded"]` for `src/query/judges/embedded/mod.rs`; `["main"]` for `src/main.rs`.
    module: Vec<String>,
    /// Whether the file declares its folder (`mod.rs`, `lib.rs`).
    is_folder: bool,
    raw: String,
    code: String,
    /// Byte offset in `code` where test code begins.
    tests_from: usize,
}

impl Source {
    fn is_test(&self) -> bool {
        self.path.components().any(|part| {
            let name = part.as_os_str().to_string_lossy();
            name == "tests" || name == "tests.rs" || name.ends_with("_tests.rs")
        })
    }

    /// The code without its tests.
    fn product(&self) -> &str {
        if self.is_test() { "" } else { &self.code[..self.tests_from] }
    }

    fn line_of(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }

    fn at(&self, offset: usize) -> String {
        format!("{}:{}", self.path.display(), self.line_of(offset))
    }

    fn folder(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }
}

/// A path such as `crate::query::Engine`, made absolute.
struct Reference {
    offset: usize,
    /// Without `crate`.
    segments: Vec<String>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    files.sort();
    assert!(files.len() > 10, "found only {} files below src/", files.len());
    files.iter().map(|file| load(root, file)).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            into.push(path);
        }
    }
}

fn load(root: &Path, file: &Path) -> Source {
    let path = file.strip_prefix(root).unwrap().to_path_buf();
    let raw = fs::read_to_string(file).unwrap();
    let mut module: Vec<String> = path
        .with_extension("")
        .components()
        .skip(1)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    let last = module.last().cloned().unwrap_or_default();
    let is_folder = last == "mod" || (last == "lib" && module.len() == 1);
    if is_folder {
        module.pop();
    }
    let code = blank(&raw);
    let tests_from = code.find("#[cfg(test)]\nmod ").unwrap_or(code.len());
    Source { path, module, is_folder, raw, code, tests_from }
}

/// Replaces comments and what stands in string and character literals by spaces; lines stay where they are.
fn blank(raw: &str) -> String {
    let bytes = raw.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => until(bytes, at, b"\n"),
            b'/' if bytes[at..].starts_with(b"/*") => until(bytes, at, b"*/") + 2,
            b'"' => string_end(bytes, at),
            b'r' if !preceded_by_word(bytes, at) => raw_string_end(bytes, at),
            b'\'' => char_end(bytes, at),
            _ => at,
        };
        let end = end.min(bytes.len());
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end.max(at + 1);
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn until(bytes: &[u8], from: usize, mark: &[u8]) -> usize {
    bytes[from..].windows(mark.len()).position(|window| window == mark).map_or(bytes.len(), |at| from + at)
}

fn preceded_by_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && is_word(bytes[at - 1]) && bytes[at - 1] != b'b'
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn raw_string_end(bytes: &[u8], from: usize) -> usize {
    let hashes = bytes[from + 1..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(from + 1 + hashes) != Some(&b'"') {
        return from;
    }
    let close = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    until(bytes, from + 2 + hashes, &close) + close.len()
}

/// The end of a character literal, or `from` for a lifetime.
fn char_end(bytes: &[u8], from: usize) -> usize {
    match bytes.get(from + 1) {
        Some(b'\\') => until(bytes, from + 3, b"'") + 1,
        Some(_) => {
            let close = until(bytes, from + 1, b"'");
            let inside = &bytes[from + 1..close.min(bytes.len())];
            let one = std::str::from_utf8(inside).is_ok_and(|text| text.chars().count() == 1);
            if one { close + 1 } else { from }
        }
        None => from,
    }
}

/// Every path that begins with `crate::`, `quarry::`, `super::` or `self::`, made absolute.
fn references(source: &Source, code: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    for start in ["crate", "quarry", "super", "self"] {
        for (offset, _) in code.match_indices(&format!("{start}::")) {
            let before = &code.as_bytes()[..offset];
            if before.last().is_some_and(|byte| is_word(*byte) || *byte == b':') {
                continue;
            }
            let mut base = match start {
                "crate" | "quarry" => Vec::new(),
                _ => source.module.clone(),
            };
            if start == "super" {
                base.pop();
            }
            let rest = offset + start.len() + 2;
            walk(code, rest, base, offset, &mut found);
        }
    }
    found
}

/// Follows `a::b::{c, d::e}` from `at`, adding one reference for each leaf; returns where it stopped.
fn walk(
    code: &str,
    mut at: usize,
    mut base: Vec<String>,
    offset: usize,
    found: &mut Vec<Reference>,
) -> usize {
    let bytes = code.as_bytes();
    loop {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        if bytes.get(at) == Some(&b'{') {
            at += 1;
            loop {
                while bytes.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b',') {
                    at += 1;
                }
                match bytes.get(at) {
                    Some(b'}') => return at + 1,
                    Some(byte) if is_word(*byte) || *byte == b'{' => {
                        at = walk(code, at, base.clone(), offset.max(at), found);
                    }
                    Some(b'*') => at += 1,
                    _ => return at,
                }
            }
        }
        let length = bytes[at..].iter().take_while(|byte| is_word(**byte)).count();
        let word = &code[at..at + length];
        at += length;
        match word {
            "super" => {
                base.pop();
            }
            "self" | "" => {}
            _ => base.push(word.to_owned()),
        }
        if !code[at..].starts_with("::") {
            found.push(Reference { offset, segments: base });
            let tail = &code[at..];
            let renamed = tail.trim_start().strip_prefix("as ").map(|name| {
                let name = name.trim_start();
                code.len() - name.len() + name.bytes().take_while(|byte| is_word(*byte)).count()
            });
            return renamed.unwrap_or(at);
        }
        at += 2;
    }
}

fn complain(rule: &str, complaints: &[String]) {
    assert!(complaints.is_empty(), "{rule}\n  {}\n", complaints.join("\n  "));
}

#[test]
fn layers_point_one_way() {
    let mut complaints = Vec::new();
    for source in sources() {
        if source.module.is_empty() {
            continue;
        }
        let folder = source.folder();
        let Some((_, may)) = ARROWS.iter().find(|(name, _)| *name == folder) else {
            complaints.push(format!(
                "{}: `{folder}` is no known folder; add it to ARROWS in tests/tidy.rs with what it may name",
                source.path.display()
            ));
            continue;
        };
        for reference in references(&source, source.product()) {
            let Some(target) = reference.segments.first() else { continue };
            let known = ARROWS.iter().any(|(name, _)| name == target);
            let path = reference.segments.join("::");
            let allowed = may.iter().any(|one| path == *one || path.starts_with(&format!("{one}::")));
            if known && target != folder && !allowed {
                complaints.push(format!(
                    "{}: `{folder}` names `{path}`; it may name only {may:?}. Move the shared part down to one of \
                     these, or send it as a domain event",
                    source.at(reference.offset)
                ));
            }
        }
    }
    complain("The arrows between layers point one way (see the map in src/lib.rs).", &complaints);
}

/// Child modules of one folder, and which sibling names which, with a place for the message.
type Siblings = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn siblings_form_no_cycle() {
    let sources = sources();
    let folders: BTreeSet<Vec<String>> =
        sources.iter().filter(|source| source.is_folder).map(|source| source.module.clone()).collect();
    let mut complaints = Vec::new();
    for folder in &folders {
        let siblings = sibling_graph(folder, &sources);
        if let Some(cycle) = find_cycle(&siblings) {
            let places: Vec<&str> =
                cycle.windows(2).map(|pair| siblings[&pair[0]][&pair[1]].as_str()).collect();
            complaints.push(format!(
                "src/{}: {} ({}). Move what both need into a module of its own",
                folder.join("/"),
                cycle.join(" -> "),
                places.join(", ")
            ));
        }
    }
    complain("Modules beside each other name each other in one direction only.", &complaints);
}

fn sibling_graph(folder: &[String], sources: &[Source]) -> Siblings {
    let depth = folder.len();
    let reexports = sources
        .iter()
        .find(|source| source.is_folder && source.module == folder)
        .map(|source| reexported(source, folder))
        .unwrap_or_default();
    let below = || sources.iter().filter(|s| s.module.len() > depth && s.module.starts_with(folder));
    let children: BTreeSet<&String> = below().map(|source| &source.module[depth]).collect();
    let mut graph = Siblings::new();
    for source in below() {
        let from = &source.module[depth];
        for reference in references(source, source.product()) {
            if !reference.segments.starts_with(folder) {
                continue;
            }
            let Some(name) = reference.segments.get(depth) else { continue };
            let to = if children.contains(name) { Some(name) } else { reexports.get(name) };
            if let Some(to) = to.filter(|to| *to != from && children.contains(to)) {
                let place = source.at(reference.offset);
                graph.entry(from.clone()).or_default().entry(to.clone()).or_insert(place);
            }
        }
    }
    graph
}

/// Names that a folder's `mod.rs` takes from its children: `pub use engine::Engine` gives `Engine -> engine`.
fn reexported(source: &Source, folder: &[String]) -> BTreeMap<String, String> {
    let mut found = Vec::new();
    for (offset, matched) in source.product().match_indices("use ") {
        let rest = offset + matched.len();
        let code = source.product();
        let relative = code[rest..].strip_prefix("self::").map_or(rest, |tail| code.len() - tail.len());
        if !code[relative..].starts_with("crate::") && !code[relative..].starts_with("super::") {
            walk(code, relative, folder.to_vec(), offset, &mut found);
        }
    }
    found
        .into_iter()
        .filter(|reference| reference.segments.len() > folder.len() + 1)
        .filter_map(|reference| {
            let child = reference.segments[folder.len()].clone();
            reference.segments.last().map(|name| (name.clone(), child))
        })
        .collect()
}

fn find_cycle(graph: &Siblings) -> Option<Vec<String>> {
    fn visit(
        graph: &Siblings,
        node: &str,
        path: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(from) = path.iter().position(|seen| seen == node) {
            let mut cycle = path[from..].to_vec();
            cycle.push(node.to_owned());
            return Some(cycle);
        }
        if done.contains(node) {
            return None;
        }
        path.push(node.to_owned());
        for next in graph.get(node).into_iter().flat_map(BTreeMap::keys) {
            if let Some(cycle) = visit(graph, next, path, done) {
                return Some(cycle);
            }
        }
        path.pop();
        done.insert(node.to_owned());
        None
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|node| visit(graph, node, &mut Vec::new(), &mut done))
}

#[test]
fn every_file_says_what_it_owns() {
    let complaints: Vec<String> = sources()
        .iter()
        .filter(|source| !source.raw.starts_with("//! ") || source.raw.len() < 20)
        .map(|source| format!("{}:1: open with `//! Subject: what this file owns.`", source.path.display()))
        .collect();
    complain("Each file opens with a `//!` line that says what it owns.", &complaints);
}

#[test]
fn files_stay_short() {
    let complaints: Vec<String> = sources()
        .iter()
        .filter(|source| !source.is_test())
        .map(|source| (source, source.product().lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(source, lines)| {
            format!("{}: {lines} lines; split it by subject (aim at 150)", source.path.display())
        })
        .collect();
    complain("No file is longer than 500 lines, tests apart.", &complaints);
}

/// A word that must not stand in product code outside some folder.
struct Ban {
    word: &'static str,
    /// Below `src/`; empty where it is banned everywhere.
    only_in: &'static [&'static str],
    instead: &'static str,
}

const BANS: &[Ban] = &[
    Ban { word: "Color::", only_in: &["ui/theme"], instead: "take the style of a role from the theme" },
    Ban { word: ".fg(", only_in: &["ui/theme"], instead: "take the style of a role from the theme" },
    Ban { word: ".bg(", only_in: &["ui/theme"], instead: "take the style of a role from the theme" },
    Ban { word: "println!", only_in: &["cli"], instead: "print in cli/ only; elsewhere send a Notice" },
    Ban { word: "print!", only_in: &["cli"], instead: "print in cli/ only; elsewhere send a Notice" },
    Ban { word: "eprintln!", only_in: &["cli"], instead: "print in cli/ only; elsewhere send a Notice" },
    Ban { word: "eprint!", only_in: &["cli"], instead: "print in cli/ only; elsewhere send a Notice" },
    Ban { word: "todo!", only_in: &[], instead: "finish it, or return an error that says what is missing" },
    Ban { word: "unimplemented!", only_in: &[], instead: "finish it, or return an error" },
    Ban { word: "dbg!", only_in: &[], instead: "remove it" },
];

#[test]
fn banned_words_stay_out() {
    let mut complaints = Vec::new();
    for source in sources() {
        let below = source.path.strip_prefix("src").unwrap().with_extension("");
        for ban in BANS {
            if ban.only_in.iter().any(|folder| below.starts_with(folder)) {
                continue;
            }
            for (offset, _) in source.product().match_indices(ban.word) {
                let before = source.product()[..offset].bytes().last();
                let inside_word = !ban.word.starts_with('.') && before.is_some_and(is_word);
                if !inside_word {
                    complaints.push(format!("{}: `{}`: {}", source.at(offset), ban.word, ban.instead));
                }
            }
        }
    }
    complain(
        "Colours come from theme roles, printing from cli/, and nothing is left half done.",
        &complaints,
    );
}

#[test]
fn the_scanner_reads_paths() {
    let code = blank(
        "use crate::{app::App, query::{Engine, judges::embedded as e}};\nlet c = 'x'; // crate::ui\nlet s = \"crate::ui\"; super::rank::fuse(&'a x);",
    );
    let source = Source {
        path: PathBuf::from("src/query/ledger.rs"),
        module: vec!["query".into(), "ledger".into()],
        is_folder: false,
        raw: String::new(),
        tests_from: code.len(),
        code,
    };
    let found: Vec<String> =
        references(&source, &source.code).iter().map(|reference| reference.segments.join("::")).collect();
    assert_eq!(found, ["app::App", "query::Engine", "query::judges::embedded", "query::rank::fuse"]);
}

#[test]
fn the_scanner_finds_cycles() {
    let edge = |to: &str| BTreeMap::from([(to.to_owned(), "here".to_owned())]);
    let line = Siblings::from([("a".to_owned(), edge("b")), ("b".to_owned(), edge("c"))]);
    assert_eq!(find_cycle(&line), None);
    let ring = Siblings::from([("a".to_owned(), edge("b")), ("b".to_owned(), edge("a"))]);
    assert_eq!(find_cycle(&ring), Some(vec!["a".to_owned(), "b".to_owned(), "a".to_owned()]));
}
