//! The grammars, by family; a table each.

mod managed;
mod scripts;
mod systems;
mod web;

use super::grammar::{By, Grammar, Rule};
use crate::domain::Language;
use crate::index::SymbolKind;

/// Every language with a grammar.
pub(super) static ALL: [(Language, &Grammar); 16] = [
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
