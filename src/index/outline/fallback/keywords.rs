//! Definitions by keyword: a line that begins with modifiers and a defining word names something.

use crate::domain::Language;
use crate::index::SymbolKind;

use SymbolKind::{Function, Module, Type, Value};

/// Defining words of all languages together; they mean the same wherever they are words of the language.
const DEFINING: &[(&str, SymbolKind)] = &[
    ("def", Function),
    ("defp", Function),
    ("defmacro", Function),
    ("defn", Function),
    ("defn-", Function),
    ("defun", Function),
    ("define", Function),
    ("fn", Function),
    ("func", Function),
    ("fun", Function),
    ("function", Function),
    ("sub", Function),
    ("proc", Function),
    ("method", Function),
    ("macro", Function),
    ("rpc", Function),
    ("procedure", Function),
    ("subroutine", Function),
    ("task", Function),
    ("theorem", Function),
    ("lemma", Function),
    ("class", Type),
    ("struct", Type),
    ("enum", Type),
    ("union", Type),
    ("interface", Type),
    ("protocol", Type),
    ("trait", Type),
    ("type", Type),
    ("typealias", Type),
    ("typedef", Type),
    ("record", Type),
    ("data", Type),
    ("newtype", Type),
    ("actor", Type),
    ("extension", Type),
    ("mixin", Type),
    ("object", Type),
    ("message", Type),
    ("service", Type),
    ("model", Type),
    ("input", Type),
    ("contract", Type),
    ("library", Type),
    ("exception", Type),
    ("entity", Type),
    ("instance", Type),
    ("directive", Type),
    ("scalar", Type),
    ("module", Module),
    ("defmodule", Module),
    ("namespace", Module),
    ("package", Module),
    ("ns", Module),
    ("mod", Module),
    ("unit", Module),
    ("let", Value),
    ("var", Value),
    ("val", Value),
    ("const", Value),
    ("local", Value),
    ("resource", Value),
    ("variable", Value),
    ("output", Value),
    ("provider", Value),
    ("param", Value),
];

/// Words that may stand before a defining word.
const MODIFIERS: &[&str] = &[
    "export",
    "default",
    "declare",
    "pub",
    "public",
    "private",
    "protected",
    "internal",
    "fileprivate",
    "open",
    "static",
    "final",
    "abstract",
    "sealed",
    "override",
    "virtual",
    "async",
    "inline",
    "extern",
    "const",
    "lazy",
    "implicit",
    "case",
    "mutating",
    "required",
    "convenience",
    "indirect",
    "rec",
    "readonly",
    "unsafe",
    "partial",
    "local",
    "comptime",
    "external",
    "mutable",
    "pure",
    "recursive",
    "data",
    "base",
    "opaque",
    "erasable",
    "nonrec",
    "input",
    "extend",
    "CREATE",
    "create",
    "my",
    "our",
];

/// The name, kind and indentation of what a line defines.
pub(super) fn read(language: Language, line: &str) -> Option<(&str, SymbolKind, usize)> {
    let trimmed = line.trim_start();
    let level = line.len() - trimmed.len();
    let head = trimmed.trim_start_matches(['(', '@']);
    let found = match language {
        Language::SQL => sql(head),
        Language::TERRAFORM => block(head),
        Language::HASKELL | Language::ELM | Language::PURESCRIPT => signature(line).or_else(|| keyword(head)),
        Language::ERLANG | Language::PROLOG => clause(line),
        Language::R => assigned_function(head, "<-").or_else(|| assigned_function(head, "=")),
        Language::SCHEME | Language::LISP | Language::CLOJURE if !trimmed.starts_with('(') => None,
        Language::DART | Language::GROOVY | Language::OBJC | Language::D | Language::GLSL => {
            keyword(head).or_else(|| c_like(line))
        }
        Language::LUA => keyword(head).or_else(|| assigned_function(head, "= function")),
        _ => keyword(head),
    };
    let (name, kind) = found?;
    // Values that are indented are local.
    (kind != Value || level == 0).then_some((name, kind, level))
}

fn keyword(head: &str) -> Option<(&str, SymbolKind)> {
    let mut rest = head;
    let mut kind = None;
    for _ in 0..6 {
        let word =
            rest.split(|c: char| c.is_whitespace() || c == '(').next().filter(|word| !word.is_empty())?;
        let after = rest[word.len()..].trim_start();
        let bare = word.split('(').next().unwrap_or(word);
        // The name itself may be a defining word (`fn type`), so at most two of them are passed (`enum class X`).
        let defining = DEFINING.iter().find(|(known, _)| *known == bare);
        match (defining, kind) {
            (Some((_, found)), None) => kind = Some(*found),
            (Some((_, found)), Some(Value | Type))
                if matches!(bare, "class" | "struct" | "function" | "fn" | "func") =>
            {
                kind = Some(*found);
            }
            _ if kind.is_some() && matches!(bare, "rec" | "mut" | "inline" | "private" | "lazy") => {}
            _ if kind.is_some() => break,
            _ if MODIFIERS.contains(&bare) => {}
            _ => return None,
        }
        rest = after;
    }
    let kind = kind?;
    let rest = rest.trim_start_matches(['(', '"', '\'', '*', '&', ' ']);
    let name = name_at(rest)?;
    Some((name, kind))
}

/// The identifier that a text begins with; dots, colons and hyphens inside belong to it.
fn name_at(text: &str) -> Option<&str> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-' | '?' | '!' | '$' | '\'');
    let end = text.find(|c| !inside(c)).unwrap_or(text.len());
    let name = text[..end].trim_end_matches([':', '.', '-', '\'']);
    let starts = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$');
    (starts && name != "=").then_some(name)
}

/// `resource "type" "name" {`: the last label names it.
fn block(head: &str) -> Option<(&str, SymbolKind)> {
    let opens = head.strip_suffix('{')?.trim_end();
    let label = opens.strip_suffix('"')?;
    let name = &label[label.rfind('"')? + 1..];
    (!name.is_empty()).then_some((name, SymbolKind::Landmark))
}

fn sql(head: &str) -> Option<(&str, SymbolKind)> {
    let mut words = head.split_whitespace();
    if !words.next()?.eq_ignore_ascii_case("create") {
        return None;
    }
    let kinds = ["table", "view", "function", "procedure", "index", "trigger", "type", "schema", "sequence"];
    let kind = words.find_map(|word| kinds.iter().find(|kind| word.eq_ignore_ascii_case(kind)))?;
    let skips = ["if", "not", "exists", "concurrently"];
    let name = words.find(|word| !skips.iter().any(|skip| word.eq_ignore_ascii_case(skip)))?;
    let name = name.trim_start_matches(['"', '`', '[']);
    let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(name.len());
    let kind = match *kind {
        "function" | "procedure" | "trigger" => Function,
        "index" | "sequence" => Value,
        _ => Type,
    };
    Some((&name[..end], kind)).filter(|(name, _)| !name.is_empty())
}

/// `name :: Type` and `name : Type` at the left edge.
fn signature(line: &str) -> Option<(&str, SymbolKind)> {
    let (name, _) = line.split_once(" :: ").or_else(|| line.split_once(" : "))?;
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '\'');
    (plain && name.starts_with(|c: char| c.is_lowercase() || c == '_')).then_some((name, Function))
}

/// `name(Args) ->` or `name(Args) :-` at the left edge; also Erlang's attributes.
fn clause(line: &str) -> Option<(&str, SymbolKind)> {
    for (attribute, kind) in [("-module(", Module), ("-record(", Type), ("-type ", Type), ("-define(", Value)]
    {
        if let Some(rest) = line.strip_prefix(attribute) {
            return name_at(rest).map(|name| (name, kind));
        }
    }
    let opens = line.contains("->") || line.contains(":-");
    let (name, _) = line.split_once('(').filter(|_| opens)?;
    let plain = name.starts_with(char::is_lowercase) && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    plain.then_some((name, Function))
}

/// `name <- function(...)`, `M.name = function(...)`.
fn assigned_function<'t>(head: &'t str, sign: &str) -> Option<(&'t str, SymbolKind)> {
    let (name, value) = head.split_once(sign)?;
    let functional = sign.ends_with("function") || value.trim_start().starts_with("function");
    let name = name.trim_end();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':'));
    (functional && plain).then_some((name, Function))
}

/// `Type name(args) {` at low indentation, for languages that write functions as C does.
fn c_like(line: &str) -> Option<(&str, SymbolKind)> {
    let indent = line.len() - line.trim_start().len();
    let opens = line.ends_with('{') || line.ends_with("=>") || line.ends_with("async {");
    let (head, _) = line.split_once('(').filter(|_| opens && indent <= 4)?;
    let control = ["if", "for", "while", "switch", "catch", "else", "return", "do", "with"];
    let mut words = head.split_whitespace();
    if words.next().is_none_or(|first| control.contains(&first.trim_start_matches('}'))) {
        return None;
    }
    let at = head.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    let name = head.get(at..).filter(|name| !name.is_empty() && at > 0)?;
    Some((name, Function))
}
