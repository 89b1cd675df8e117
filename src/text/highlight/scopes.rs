//! From scopes, of which syntaxes have thousands, to our few roles.

use rustc_hash::FxHashMap;
use syntect::parsing::{Scope, ScopeStack};

use super::SyntaxRole;

/// Scope prefixes with what they mean; the longest prefix of a scope counts. `None` hides what lies below.
const TABLE: [(&str, Option<SyntaxRole>); 64] = [
    ("comment", Some(SyntaxRole::Comment)),
    ("punctuation.definition.comment", Some(SyntaxRole::Comment)),
    ("string", Some(SyntaxRole::String)),
    ("string.other.link", Some(SyntaxRole::Link)),
    ("string.unquoted.plain.out", None),
    ("punctuation.definition.string", Some(SyntaxRole::String)),
    ("constant", Some(SyntaxRole::Constant)),
    ("constant.numeric", Some(SyntaxRole::Number)),
    ("keyword", Some(SyntaxRole::Keyword)),
    ("keyword.operator", Some(SyntaxRole::Operator)),
    ("keyword.operator.word", Some(SyntaxRole::Keyword)),
    ("keyword.operator.logical.python", Some(SyntaxRole::Keyword)),
    ("storage", Some(SyntaxRole::Keyword)),
    ("storage.type.c", Some(SyntaxRole::Type)),
    ("storage.type.java", Some(SyntaxRole::Type)),
    ("storage.type.primitive", Some(SyntaxRole::Type)),
    ("storage.type.numeric", Some(SyntaxRole::Type)),
    ("entity.name", Some(SyntaxRole::Type)),
    ("entity.name.function", Some(SyntaxRole::Function)),
    ("entity.name.macro", Some(SyntaxRole::Function)),
    ("entity.name.label", Some(SyntaxRole::Constant)),
    ("entity.name.constant", Some(SyntaxRole::Constant)),
    ("entity.name.tag", Some(SyntaxRole::Tag)),
    ("entity.name.section", Some(SyntaxRole::Heading)),
    ("entity.other.attribute-name", Some(SyntaxRole::Attribute)),
    ("entity.other.inherited-class", Some(SyntaxRole::Type)),
    ("support.function", Some(SyntaxRole::Function)),
    ("support.macro", Some(SyntaxRole::Function)),
    ("support.type", Some(SyntaxRole::Type)),
    ("support.type.property-name", Some(SyntaxRole::Attribute)),
    ("support.class", Some(SyntaxRole::Type)),
    ("support.constant", Some(SyntaxRole::Constant)),
    ("support.variable", Some(SyntaxRole::Variable)),
    ("variable", Some(SyntaxRole::Variable)),
    ("variable.function", Some(SyntaxRole::Function)),
    ("variable.annotation", Some(SyntaxRole::Attribute)),
    ("variable.language", Some(SyntaxRole::Keyword)),
    ("variable.other.constant", Some(SyntaxRole::Constant)),
    ("meta.annotation", Some(SyntaxRole::Attribute)),
    ("meta.attribute", Some(SyntaxRole::Attribute)),
    ("meta.interpolation", None),
    ("meta.template.expression", None),
    ("meta.diff.header", Some(SyntaxRole::Heading)),
    ("meta.diff.range", Some(SyntaxRole::Heading)),
    ("markup.heading", Some(SyntaxRole::Heading)),
    ("markup.underline.link", Some(SyntaxRole::Link)),
    ("markup.bold", Some(SyntaxRole::Emphasis)),
    ("markup.italic", Some(SyntaxRole::Emphasis)),
    ("markup.quote", Some(SyntaxRole::Comment)),
    ("markup.raw", Some(SyntaxRole::String)),
    ("markup.deleted", Some(SyntaxRole::Deleted)),
    ("markup.inserted", Some(SyntaxRole::Inserted)),
    ("markup.changed", Some(SyntaxRole::Attribute)),
    ("punctuation", Some(SyntaxRole::Punctuation)),
    ("punctuation.definition.heading", Some(SyntaxRole::Heading)),
    ("punctuation.definition.tag", Some(SyntaxRole::Punctuation)),
    ("punctuation.definition.annotation", Some(SyntaxRole::Attribute)),
    ("punctuation.definition.inserted", Some(SyntaxRole::Inserted)),
    ("punctuation.definition.deleted", Some(SyntaxRole::Deleted)),
    ("punctuation.definition.bold", Some(SyntaxRole::Emphasis)),
    ("punctuation.definition.italic", Some(SyntaxRole::Emphasis)),
    ("punctuation.section.interpolation", Some(SyntaxRole::Punctuation)),
    ("source", None),
    ("text", None),
];

/// What one scope says.
#[derive(Debug, Clone, Copy)]
enum Says {
    /// Nothing: ask the scope below.
    Nothing,
    /// This, whatever lies below.
    Is(SyntaxRole),
}

/// Answers which role a stack of scopes has; remembers each scope.
#[derive(Debug)]
pub struct Roles {
    table: Vec<(Scope, u32, Option<SyntaxRole>)>,
    known: FxHashMap<Scope, Says>,
}

impl Roles {
    /// Prepares the table.
    pub fn new() -> Self {
        let table = TABLE
            .iter()
            .filter_map(|(name, role)| Scope::new(name).ok().map(|scope| (scope, scope.len(), *role)))
            .collect();
        Self { table, known: FxHashMap::default() }
    }

    /// The role of a stack: what its innermost scope with a meaning says.
    pub fn of(&mut self, stack: &ScopeStack) -> SyntaxRole {
        for scope in stack.scopes.iter().rev() {
            match self.says(*scope) {
                Says::Nothing => {}
                Says::Is(role) => return role,
            }
        }
        SyntaxRole::Plain
    }

    fn says(&mut self, scope: Scope) -> Says {
        let Self { table, known } = self;
        *known.entry(scope).or_insert_with(|| {
            let longest =
                table.iter().filter(|(prefix, ..)| prefix.is_prefix_of(scope)).max_by_key(|(_, len, _)| *len);
            match longest {
                None => Says::Nothing,
                Some((_, _, role)) => Says::Is(role.unwrap_or(SyntaxRole::Plain)),
            }
        })
    }
}
