//! From scopes, of which syntaxes have thousands, to our few roles.

use rustc_hash::FxHashMap;
use syntect::parsing::{Scope, ScopeStack};

use super::SyntaxRole;

/// Scope prefixes with what they mean; the longest prefix of a scope counts. `None` hides what lies below.
const TABLE: [(&str, Option<SyntaxRole>); 67] = [
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
    ("keyword.other.unit", Some(SyntaxRole::Number)),
    ("storage", Some(SyntaxRole::Keyword)),
    ("storage.modifier.lifetime", Some(SyntaxRole::Type)),
    ("storage.type", Some(SyntaxRole::Type)),
    ("storage.type.keyword", Some(SyntaxRole::Keyword)),
    ("storage.type.function", Some(SyntaxRole::Keyword)),
    ("storage.type.class", Some(SyntaxRole::Keyword)),
    ("storage.type.impl", Some(SyntaxRole::Keyword)),
    ("entity.name", Some(SyntaxRole::Type)),
    ("entity.name.function", Some(SyntaxRole::Function)),
    ("entity.name.macro", Some(SyntaxRole::Function)),
    ("entity.name.variable", Some(SyntaxRole::Variable)),
    ("entity.name.label", Some(SyntaxRole::Constant)),
    ("entity.name.constant", Some(SyntaxRole::Constant)),
    ("entity.name.tag", Some(SyntaxRole::Tag)),
    ("entity.name.tag.yaml", Some(SyntaxRole::Attribute)),
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
    ("meta.annotation", Some(SyntaxRole::Attribute)),
    ("meta.attribute", Some(SyntaxRole::Attribute)),
    ("meta.brace", Some(SyntaxRole::Punctuation)),
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
    ("punctuation.definition.annotation", Some(SyntaxRole::Attribute)),
    ("punctuation.definition.variable", Some(SyntaxRole::Variable)),
    ("punctuation.definition.constant", Some(SyntaxRole::Constant)),
    ("punctuation.definition.inserted", Some(SyntaxRole::Inserted)),
    ("punctuation.definition.deleted", Some(SyntaxRole::Deleted)),
    ("punctuation.definition.bold", Some(SyntaxRole::Emphasis)),
    ("punctuation.definition.italic", Some(SyntaxRole::Emphasis)),
    ("source", None),
    ("text", None),
];

/// Words that declare. Many syntaxes give them the scope of the types that they declare with.
const DECLARING: [&str; 24] = [
    "class",
    "const",
    "declare",
    "def",
    "enum",
    "extern",
    "fn",
    "func",
    "function",
    "impl",
    "interface",
    "let",
    "mod",
    "module",
    "namespace",
    "package",
    "record",
    "static",
    "struct",
    "trait",
    "type",
    "typedef",
    "union",
    "var",
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
    /// The scope of the keys of JSON and the like, which are strings otherwise.
    key: Option<Scope>,
}

impl Roles {
    /// Prepares the table.
    pub fn new() -> Self {
        let table = TABLE
            .iter()
            .filter_map(|(name, role)| Scope::new(name).ok().map(|scope| (scope, scope.len(), *role)))
            .collect();
        Self { table, known: FxHashMap::default(), key: Scope::new("meta.mapping.key").ok() }
    }

    /// The role of a token under a stack: what the innermost scope with a meaning says.
    pub fn of(&mut self, stack: &ScopeStack, token: &str) -> SyntaxRole {
        let mut role = SyntaxRole::Plain;
        for scope in stack.scopes.iter().rev() {
            match self.says(*scope) {
                Says::Nothing => {}
                Says::Is(said) => {
                    role = said;
                    break;
                }
            }
        }
        let token = token.trim();
        let is_word = token.starts_with(char::is_alphabetic);
        let declares = role == SyntaxRole::Type && DECLARING.contains(&token);
        let arrow = token == "=>" || token == "->";
        if declares || role == SyntaxRole::Operator && is_word {
            SyntaxRole::Keyword
        } else if arrow && matches!(role, SyntaxRole::Type | SyntaxRole::Keyword) {
            SyntaxRole::Operator
        } else if role == SyntaxRole::String && stack.scopes.iter().any(|scope| self.is_key(*scope)) {
            SyntaxRole::Attribute
        } else {
            role
        }
    }

    fn is_key(&self, scope: Scope) -> bool {
        self.key.is_some_and(|key| key.is_prefix_of(scope))
    }

    fn says(&mut self, scope: Scope) -> Says {
        let Self { table, known, .. } = self;
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
