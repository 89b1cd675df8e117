//! Grammars: the tables that say what the nodes of each tree-sitter language mean to an outline.

use crate::index::SymbolKind;

/// What one language's nodes mean.
#[derive(Debug)]
pub(super) struct Grammar {
    pub(super) parser: fn() -> tree_sitter::Language,
    /// Nodes that define something.
    pub(super) rules: &'static [Rule],
    /// Nodes that are comments.
    pub(super) comments: &'static [&'static str],
    /// Functions without a name: what they hold is local.
    pub(super) bodies: &'static [&'static str],
    /// Nodes that import something.
    pub(super) imports: &'static [&'static str],
    /// Nodes that hold nothing of interest.
    pub(super) skips: &'static [&'static str],
}

/// A node kind that defines something.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) node: &'static str,
    pub(super) kind: SymbolKind,
    pub(super) by: By,
}

/// Where the name of a definition stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    /// In the field of that name; it may repeat (`var a, b int`).
    Field(&'static str),
    /// In the first children of these kinds, one in the other.
    Path(&'static [&'static str]),
    /// At the bottom of C declarators, which also tell functions from values.
    Declarators,
    /// A `#define`; without a value it is a guard or a flag and defines nothing.
    Macro,
    /// Rust's `impl`: named by its whole head.
    Head,
    /// JavaScript's `const x = ...`, a field or a pair, whose value tells what it is.
    Variable(&'static str),
    /// An assignment whose left side is a plain name or a constant.
    Assigned,
    /// Ruby's `attr_reader :x` and the like, and `require`.
    Call,
    /// HTML's `id`, headings and custom elements.
    Attribute,
    /// See [`By::Attribute`].
    Element,
    /// A CSS class or id, or a custom element in a selector.
    Selector,
    /// A CSS custom property.
    Property,
    /// Python's lone strings, which are documentation.
    DocString,
}

/// What to do at a node; the table holds one for each node kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Action {
    /// Index into the rules, plus one; 0 for none.
    pub(super) rule: u8,
    pub(super) part: Part,
}

/// What a node is, apart from what it defines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// Something to look into.
    #[default]
    Plain,
    /// See [`Grammar::comments`].
    Comment,
    /// See [`Grammar::bodies`].
    Body,
    /// See [`Grammar::imports`].
    Import,
    /// See [`Grammar::skips`].
    Skip,
}

/// A grammar made ready for walking.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) grammar: &'static Grammar,
    pub(super) parser: tree_sitter::Language,
    /// By node kind id.
    pub(super) actions: Vec<Action>,
}

impl Ready {
    pub(super) fn new(grammar: &'static Grammar) -> Self {
        let parser = (grammar.parser)();
        let actions = (0..parser.node_kind_count() as u16)
            .map(|id| {
                let name =
                    parser.node_kind_for_id(id).filter(|_| parser.node_kind_is_named(id)).unwrap_or("");
                action(grammar, name)
            })
            .collect();
        Self { grammar, parser, actions }
    }
}

fn action(grammar: &Grammar, name: &str) -> Action {
    let rule = grammar.rules.iter().position(|rule| rule.node == name);
    let parts = [
        (grammar.comments, Part::Comment),
        (grammar.bodies, Part::Body),
        (grammar.imports, Part::Import),
        (grammar.skips, Part::Skip),
    ];
    let part = parts.iter().find(|(names, _)| names.contains(&name)).map_or(Part::Plain, |(_, part)| *part);
    Action { rule: rule.map_or(0, |at| at as u8 + 1), part }
}
