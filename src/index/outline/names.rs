//! Names: where the name of a definition stands in its node, and what the name says about its kind.

use std::ops::Range;

use tree_sitter::Node;

use super::grammar::{By, Rule};
use crate::index::SymbolKind;

/// Declarators nest no deeper than this in any code worth reading.
const MAX_NESTING: usize = 16;

/// What a rule found at a node.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A definition.
    Name {
        at: Range<usize>,
        text: String,
        kind: SymbolKind,
        /// Whether what the node holds lies in this symbol.
        opens: bool,
    },
    /// The node is documentation.
    Comment,
    /// Landmarks inside belong to this node.
    Holder,
}

impl Found {
    pub(super) fn is_value(&self) -> bool {
        matches!(self, Self::Name { kind: SymbolKind::Value, .. })
    }

    fn named(node: Node<'_>, kind: SymbolKind, text: &str) -> Self {
        let at = node.byte_range();
        let text = slice(text, at.clone()).trim_start_matches('$').to_owned();
        Self::Name { at, text, kind, opens: kind != SymbolKind::Value && kind != SymbolKind::Landmark }
    }
}

/// Finds the names that a node defines.
pub(super) fn find(rule: &Rule, node: Node<'_>, text: &str) -> Vec<Found> {
    match rule.by {
        By::Field(field) => by_field(rule, field, node, text),
        By::Path(kinds) => {
            by_path(kinds, node).map(|name| Found::named(name, rule.kind, text)).into_iter().collect()
        }
        By::Declarators => declarators(rule, node, text),
        By::Macro if node.child_by_field_name("value").is_none() => Vec::new(),
        By::Macro => by_field(rule, "name", node, text),
        By::Head => head(node, text).into_iter().collect(),
        By::Variable(field) => variable(field, node, text).into_iter().collect(),
        By::Assigned => assigned(node, text).into_iter().collect(),
        By::Call => call(node, text),
        By::Attribute => attribute(node, text).into_iter().collect(),
        By::Element => element(node, text),
        By::Selector => selector(node, text).into_iter().collect(),
        By::Property => property(node, text).into_iter().collect(),
        By::DocString => doc_string(node).into_iter().collect(),
    }
}

/// A part of the text; empty where broken text makes the parser cut inside a character.
pub(super) fn slice(text: &str, at: Range<usize>) -> &str {
    text.get(at).unwrap_or("")
}

fn by_field(rule: &Rule, field: &str, node: Node<'_>, text: &str) -> Vec<Found> {
    // A type that is named without a body is used here and defined elsewhere (`struct stat buf`).
    if rule.node.ends_with("_specifier") && node.child_by_field_name("body").is_none() {
        return Vec::new();
    }
    let Some(first) = node.child_by_field_name(field) else { return Vec::new() };
    if rule.kind != SymbolKind::Value {
        return vec![Found::named(first, rule.kind, text)];
    }
    let mut cursor = node.walk();
    let names = node.children_by_field_name(field, &mut cursor).filter(Node::is_named);
    names.map(|name| Found::named(name, rule.kind, text)).collect()
}

fn child<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|child| child.kind() == kind)
}

fn by_path<'t>(kinds: &[&str], node: Node<'t>) -> Option<Node<'t>> {
    kinds.iter().try_fold(node, |node, kind| child(node, kind))
}

fn declarators(rule: &Rule, node: Node<'_>, text: &str) -> Vec<Found> {
    let mut cursor = node.walk();
    let mut found = Vec::new();
    for declarator in node.children_by_field_name("declarator", &mut cursor) {
        let Some((name, calls)) = declarator_name(declarator) else { continue };
        let kind = if calls && rule.kind == SymbolKind::Value { SymbolKind::Function } else { rule.kind };
        let mut one = Found::named(name, kind, text);
        if let Found::Name { opens, .. } = &mut one {
            // Only a definition with a body holds anything.
            *opens = rule.kind == SymbolKind::Function;
        }
        found.push(one);
    }
    found
}

/// The name at the bottom of a declarator, and whether it declares a function.
fn declarator_name(declarator: Node<'_>) -> Option<(Node<'_>, bool)> {
    let mut node = declarator;
    let mut calls = false;
    for _ in 0..MAX_NESTING {
        match node.kind() {
            "function_declarator" => calls = true,
            // A pointer to a function is a value.
            "parenthesized_declarator" => calls = false,
            "init_declarator"
            | "pointer_declarator"
            | "array_declarator"
            | "reference_declarator"
            | "attributed_declarator"
            | "variadic_declarator" => {}
            "operator_cast" => return Some((node.child_by_field_name("type")?, true)),
            kind => {
                let name =
                    kind.ends_with("identifier") || matches!(kind, "destructor_name" | "operator_name");
                return name.then_some((node, calls));
            }
        }
        node = node.child_by_field_name("declarator").or_else(|| node.named_child(0))?;
    }
    None
}

/// The head of an `impl`, up to its body; only the type counts as a name.
fn head(node: Node<'_>, text: &str) -> Option<Found> {
    let of = node.child_by_field_name("type")?;
    let end = node.child_by_field_name("body").map_or(of.end_byte(), |body| body.start_byte());
    let head = text.get(node.start_byte()..end)?;
    let head = head.split(" where").next().unwrap_or(head).trim().to_owned();
    Some(Found::Name { at: of.byte_range(), text: head, kind: SymbolKind::Type, opens: true })
}

fn variable(field: &str, node: Node<'_>, text: &str) -> Option<Found> {
    let mut name = node.child_by_field_name(field)?;
    let value = node.child_by_field_name("value").or_else(|| node.child_by_field_name("right"));
    let value_kind = value.map_or("", |value| value.kind());
    let functional = matches!(value_kind, "arrow_function" | "function_expression" | "generator_function");
    let classy = value_kind == "class";
    if name.kind() == "member_expression" {
        name = name.child_by_field_name("property")?;
    }
    if !name.kind().ends_with("identifier") {
        return None;
    }
    // Pairs and assignments define something only when it can be called.
    if !(functional || classy) && matches!(node.kind(), "pair" | "assignment_expression") {
        return None;
    }
    let written = slice(text, name.byte_range());
    // `const Card = forwardRef(...)`, `styled.div`...``: a component.
    let component = starts_upper_camel(written) && value_kind == "call_expression";
    let kind = if classy {
        SymbolKind::Type
    } else if functional || component {
        SymbolKind::Function
    } else {
        SymbolKind::Value
    };
    Some(Found::named(name, kind, text))
}

fn starts_upper_camel(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.any(char::is_lowercase)
}

fn assigned(node: Node<'_>, text: &str) -> Option<Found> {
    let left = node.child_by_field_name("left")?;
    matches!(left.kind(), "identifier" | "constant").then(|| Found::named(left, SymbolKind::Value, text))
}

fn call(node: Node<'_>, text: &str) -> Vec<Found> {
    const DEFINING: [&str; 11] = [
        "attr_accessor",
        "attr_reader",
        "attr_writer",
        "scope",
        "has_many",
        "has_one",
        "belongs_to",
        "define_method",
        "alias_method",
        "let",
        "subject",
    ];
    let Some(method) = node.child_by_field_name("method") else { return Vec::new() };
    if node.child_by_field_name("receiver").is_some() || !DEFINING.contains(&slice(text, method.byte_range()))
    {
        return Vec::new();
    }
    let Some(arguments) = node.child_by_field_name("arguments") else { return Vec::new() };
    let mut cursor = arguments.walk();
    let symbols = arguments.named_children(&mut cursor).filter(|child| child.kind() == "simple_symbol");
    symbols
        .map(|symbol| {
            let at = symbol.start_byte() + 1..symbol.end_byte();
            let name = text.get(at.clone()).unwrap_or("").to_owned();
            Found::Name { at, text: name, kind: SymbolKind::Value, opens: false }
        })
        .collect()
}

fn landmark(node: Node<'_>, name: &str) -> Found {
    Found::Name { at: node.byte_range(), text: name.to_owned(), kind: SymbolKind::Landmark, opens: false }
}

fn attribute(node: Node<'_>, text: &str) -> Option<Found> {
    let name = node.named_child(0)?;
    if !slice(text, name.byte_range()).eq_ignore_ascii_case("id") {
        return None;
    }
    let value = node.named_child(1)?;
    let value = if value.kind() == "quoted_attribute_value" { value.named_child(0)? } else { value };
    Some(landmark(value, slice(text, value.byte_range())))
}

fn element(node: Node<'_>, text: &str) -> Vec<Found> {
    let mut found = vec![Found::Holder];
    let Some(tag) = node.named_child(0) else { return found };
    let Some(name) = child(tag, "tag_name") else { return found };
    let written = slice(text, name.byte_range());
    if written.contains('-') {
        found.push(landmark(name, written));
    } else if matches!(written.as_bytes(), [b'h' | b'H', b'1'..=b'6']) {
        found.extend(child(node, "text").map(|content| landmark(content, slice(text, content.byte_range()))));
    }
    found
}

fn selector(node: Node<'_>, text: &str) -> Option<Found> {
    let written = slice(text, node.byte_range());
    match node.kind() {
        "class_selector" | "id_selector" => {
            let mut cursor = node.walk();
            let name =
                node.named_children(&mut cursor).filter(|child| child.kind().ends_with("_name")).last()?;
            Some(landmark(name, slice(text, name.start_byte().saturating_sub(1)..name.end_byte())))
        }
        "tag_name" => written.contains('-').then(|| landmark(node, written)),
        _ => Some(landmark(node, written)),
    }
}

fn property(node: Node<'_>, text: &str) -> Option<Found> {
    let name = node.named_child(0)?;
    let written = slice(text, name.byte_range());
    let defines = written.starts_with("--") || written.starts_with('$');
    defines.then(|| landmark(name, written))
}

fn doc_string(node: Node<'_>) -> Option<Found> {
    let only = node.named_child(0)?;
    (node.named_child_count() == 1 && only.kind() == "string").then_some(Found::Comment)
}
