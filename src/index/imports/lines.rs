//! Imports by line: for languages without a grammar, from how a line begins.

use super::push;
use super::statement::{after, quoted, tree};
use crate::domain::Language;

/// Lines read; imports stand at the top of most files.
const MAX_LINES: usize = 4_000;

/// How an importing line begins, by language; after it comes a quoted target or a bare one.
const STARTS: &[(Language, &[&str])] = &[
    (Language::SWIFT, &["import", "@testable import"]),
    (Language::ELIXIR, &["alias", "import", "use", "require"]),
    (Language::DART, &["import", "export", "part of", "part"]),
    (Language::PROTO, &["import public", "import weak", "import"]),
    (Language::THRIFT, &["include"]),
    (Language::MAKE, &["include", "-include", "sinclude"]),
    (Language::JUST, &["import", "mod"]),
    (Language::HASKELL, &["import qualified", "import"]),
    (Language::ELM, &["import"]),
    (Language::PURESCRIPT, &["import"]),
    (Language::OCAML, &["open", "include"]),
    (Language::FSHARP, &["open", "#load"]),
    (Language::PERL, &["use", "require"]),
    (Language::RAKU, &["use", "need"]),
    (Language::ERLANG, &["-include_lib", "-include", "-import"]),
    (Language::JULIA, &["include", "using", "import"]),
    (Language::R, &["source"]),
    (Language::SCSS, &["@import", "@use", "@forward"]),
    (Language::SASS, &["@import", "@use", "@forward"]),
    (Language::LESS, &["@import"]),
    (Language::STYLUS, &["@import", "@require"]),
    (Language::GROOVY, &["import static", "import", "apply from:"]),
    (Language::D, &["import", "public import"]),
    (Language::NIM, &["import", "include", "from"]),
    (Language::CRYSTAL, &["require"]),
    (Language::SOLIDITY, &["import"]),
    (Language::OBJC, &["#import", "#include", "@import"]),
    (Language::OBJCPP, &["#import", "#include", "@import"]),
    (Language::GLSL, &["#include"]),
    (Language::ASSEMBLY, &[".include", "%include", "#include"]),
    (Language::VERILOG, &["`include"]),
    (Language::GLEAM, &["import"]),
    (Language::STARLARK, &["load"]),
    (Language::CMAKE, &["include", "add_subdirectory"]),
    (Language::MESON, &["subdir"]),
    (Language::NGINX, &["include"]),
    (Language::LATEX, &["\\input", "\\include", "\\bibliography"]),
    (Language::FISH, &["source"]),
    (Language::NUSHELL, &["use", "source"]),
    (Language::VIML, &["source", "runtime"]),
    (Language::TCL, &["source", "package require"]),
    (Language::PUG, &["extends", "include"]),
    (Language::COFFEE, &["import"]),
    (Language::TERRAFORM, &["source"]),
    (Language::LEAN, &["import"]),
];

/// Adds what the lines of a text import.
pub fn lines(language: Language, text: &str, out: &mut Vec<Box<str>>) {
    let starts = STARTS.iter().find(|(known, _)| *known == language).map(|(_, starts)| *starts);
    for line in text.lines().take(MAX_LINES).filter(|line| line.len() < 1_000) {
        let line = line.trim();
        match language {
            Language::VUE | Language::SVELTE | Language::ASTRO => script(line, out),
            Language::LUA | Language::CLOJURE | Language::ZIG | Language::NIX => by_call(language, line, out),
            Language::SCALA => scala(line, out),
            Language::MARKDOWN => links(line, out),
            _ => {
                // The first start that fits is the longest of its family.
                let _ = starts.into_iter().flatten().any(|start| begins(line, start, out));
            }
        }
    }
}

/// Takes a line that begins so; answers whether it does.
fn begins(line: &str, start: &str, out: &mut Vec<Box<str>>) -> bool {
    let Some(rest) = after(line, start) else { return false };
    if let Some(target) = quoted(rest) {
        push(out, target);
        return true;
    }
    let rest = rest.trim_start_matches(['(', '{', '<', '=', ' ']);
    let bare = rest.split([' ', ';', '(', ')', '{', '}', '>', ',', '\t']).next().unwrap_or("");
    push(out, bare.trim_end_matches('.'));
    true
}

/// A line of a script part; of an import over several lines, the last one names the target.
fn script(line: &str, out: &mut Vec<Box<str>>) {
    let starts = ["import", "export", "}"];
    if let Some(rest) = starts.iter().find_map(|start| after(line, start)) {
        let source = rest.rsplit_once("from").map(|(_, source)| source);
        let bare = line.starts_with("import").then_some(rest);
        if let Some(target) = source.or(bare).and_then(quoted) {
            push(out, target);
        }
    }
}

fn by_call(language: Language, line: &str, out: &mut Vec<Box<str>>) {
    let call = match language {
        Language::LUA => "require",
        Language::ZIG => "@import(",
        Language::NIX => "./",
        _ => "[",
    };
    let Some(at) = line.find(call) else { return };
    let rest = &line[at + call.len()..];
    match language {
        Language::NIX => {
            let end = rest.find(|c: char| c.is_whitespace() || c == ';' || c == ')').unwrap_or(rest.len());
            push(out, &format!("./{}", &rest[..end]));
        }
        Language::CLOJURE => {
            // `(:require [a.b :as c])`, and the lines that follow it.
            let name = rest.split([' ', ']']).next().unwrap_or("");
            if name.contains('.') && !name.contains(['"', '(']) {
                push(out, name);
            }
        }
        _ => {
            if let Some(target) =
                quoted(rest).filter(|_| rest.trim_start_matches(['(', ' ']).starts_with(['"', '\'']))
            {
                push(out, target);
            }
        }
    }
}

fn scala(line: &str, out: &mut Vec<Box<str>>) {
    if let Some(rest) = after(line, "import") {
        tree("", rest, ".", 0, out);
    }
}

/// Relative links of a Markdown line.
fn links(line: &str, out: &mut Vec<Box<str>>) {
    for part in line.split("](").skip(1) {
        let target = part.split([')', ' ', '#']).next().unwrap_or("");
        if target.contains(['.', '/']) {
            push(out, target);
        }
    }
}
