//! The grammars, by family; a table each.

mod managed;
mod scripts;
mod systems;
mod web;

use std::sync::OnceLock;

use super::grammar::{By, Grammar, Ready, Rule};
use crate::domain::Language;
use crate::index::SymbolKind;

/// Every language with a grammar.
static ALL: [(Language, &Grammar); 16] = [
    (Language::RUST, &systems::RUST),
    (Language::GO, &systems::GO),
    (Language::C, &systems::C),
    (Language::CPP, &systems::CPP),
    (Language::JAVA, &managed::JAVA),
    (Language::CSHARP, &managed::CSHARP),
    (Language::KOTLIN, &managed::KOTLIN),
    (Language::PHP, &managed::PHP),
    (Language::PYTHON, &scripts::PYTHON),
    (Language::RUBY, &scripts::RUBY),
    (Language::BASH, &scripts::BASH),
    (Language::JAVASCRIPT, &web::JAVASCRIPT),
    (Language::TYPESCRIPT, &web::TYPESCRIPT),
    (Language::TSX, &web::TSX),
    (Language::HTML, &web::HTML),
    (Language::CSS, &web::CSS),
];

/// The grammar of a language, if there is one.
pub(super) fn grammar(language: Language) -> Option<&'static Ready> {
    static READY: [OnceLock<Ready>; 16] = [const { OnceLock::new() }; 16];
    let at = ALL.iter().position(|(known, _)| *known == language)?;
    let (_, grammar) = ALL.get(at)?;
    READY.get(at).map(|cell| cell.get_or_init(|| Ready::new(grammar)))
}

const NAME: By = By::Field("name");

const fn function(node: &'static str, by: By) -> Rule {
    Rule { node, kind: SymbolKind::Function, by }
}

const fn class(node: &'static str, by: By) -> Rule {
    Rule { node, kind: SymbolKind::Type, by }
}

const fn module(node: &'static str, by: By) -> Rule {
    Rule { node, kind: SymbolKind::Module, by }
}

const fn value(node: &'static str, by: By) -> Rule {
    Rule { node, kind: SymbolKind::Value, by }
}

const fn landmark(node: &'static str, by: By) -> Rule {
    Rule { node, kind: SymbolKind::Landmark, by }
}
