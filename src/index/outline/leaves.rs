//! Leaves: the tokens of a text's syntax tree in order, each with what it is and where in the tree it hangs.
//!
//! Two texts whose leaves are the same differ in nothing but white space and comments.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use tree_sitter::{Node, TreeCursor};

use super::grammar::{By, Part, Ready};
use super::names::{self, Found};
use super::syntax::with_tree;
use super::{MAX_PARSED_BYTES, scripts};
use crate::domain::Language;

/// What a leaf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafKind {
    /// A comment, or a string that documents.
    Comment,
    /// A name that is used.
    Name,
    /// A name where it is declared or assigned.
    Declared,
    /// Anything else; a string is one leaf with all that is in it.
    Other,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// What it is.
    pub kind: LeafKind,
    /// The kinds of the nodes that hold it, as one number: two leaves with different numbers mean different things.
    pub place: u64,
    /// Whether it is part of an import.
    pub import: bool,
}

/// Nodes that hold a text as it is, white space and all.
const VERBATIM: [&str; 9] =
    ["string", "char_literal", "character", "rune", "regex", "heredoc", "jsx_text", "raw_text", "text"];

/// Kinds of names that the file itself gives; fields and properties belong to types.
const NAMES: [&str; 4] = ["identifier", "simple_identifier", "variable_name", "name"];

/// Fields under which a name is declared.
const DECLARING: [&str; 4] = ["name", "pattern", "left", "declarator"];

/// The leaves of a text; `None` without a grammar, or where it cannot be read as a whole.
pub fn leaves(language: Language, text: &str) -> Option<Vec<Leaf>> {
    if text.len() > MAX_PARSED_BYTES || scripts::script_part(language, text).is_some() {
        return None;
    }
    with_tree(language, text, |ready, tree| {
        let root = tree.root_node();
        if root.has_error() {
            return None;
        }
        let mut walk = Walk { ready, text, leaves: Vec::new(), import_end: 0 };
        walk.run(tree.walk());
        Some(walk.leaves)
    })?
}

/// What holds the current node.
#[derive(Clone, Copy)]
struct Holder<'t> {
    kind: &'t str,
    place: u64,
    declares: bool,
}

/// What holds the root.
const NOTHING: Holder<'static> = Holder { kind: "", place: 0, declares: false };

struct Walk<'t> {
    ready: &'static Ready,
    text: &'t str,
    leaves: Vec<Leaf>,
    import_end: usize,
}

impl Walk<'_> {
    fn run(&mut self, mut cursor: TreeCursor<'_>) {
        let mut holders = vec![NOTHING];
        loop {
            let above = holders.last().copied().unwrap_or(NOTHING);
            let here = holder(&cursor, above);
            if self.visit(cursor.node(), here) && cursor.goto_first_child() {
                holders.push(here);
                continue;
            }
            while !cursor.goto_next_sibling() {
                holders.pop();
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// Takes a leaf in; answers whether to look inside.
    fn visit(&mut self, node: Node<'_>, here: Holder<'_>) -> bool {
        let action = self.ready.actions.get(usize::from(node.kind_id())).copied().unwrap_or_default();
        if action.part == Part::Import {
            self.import_end = self.import_end.max(node.end_byte());
        }
        let rule = action.rule.checked_sub(1).and_then(|at| self.ready.grammar.rules.get(usize::from(at)));
        let documents = rule.is_some_and(|rule| {
            matches!(rule.by, By::DocString)
                && names::find(rule, node, self.text).iter().any(|found| matches!(found, Found::Comment))
        });
        if action.part == Part::Comment || documents {
            self.push(node, LeafKind::Comment, here.place);
            return false;
        }
        let kind = node.kind();
        if node.is_named() && is_verbatim(kind) {
            self.push(node, LeafKind::Other, here.place);
            return false;
        }
        if node.child_count() > 0 {
            return true;
        }
        let is_name = node.is_named() && NAMES.contains(&kind);
        let kind = match (is_name, here.declares) {
            (true, true) => LeafKind::Declared,
            (true, false) => LeafKind::Name,
            (false, _) => LeafKind::Other,
        };
        self.push(node, kind, here.place);
        false
    }

    fn push(&mut self, node: Node<'_>, kind: LeafKind, place: u64) {
        let range = node.byte_range();
        if self.text.get(range.clone()).is_some_and(|text| !text.trim().is_empty()) {
            let import = range.start < self.import_end;
            self.leaves.push(Leaf { range, kind, place, import });
        }
    }
}

fn is_verbatim(kind: &str) -> bool {
    VERBATIM.iter().any(|part| if *part == "text" { kind == *part } else { kind.contains(part) })
}

fn holder<'t>(cursor: &TreeCursor<'t>, above: Holder<'t>) -> Holder<'t> {
    let node = cursor.node();
    let mut hasher = DefaultHasher::new();
    (above.place, node.kind_id()).hash(&mut hasher);
    let field = cursor.field_name().is_some_and(|field| DECLARING.contains(&field));
    let listed = ["list", "pattern", "tuple", "variable_name"].iter().any(|part| above.kind.contains(part));
    let declares = field
        || above.kind.contains("parameter")
        || above.kind.ends_with("variable_declaration")
        || above.declares && listed;
    Holder { kind: node.kind(), place: hasher.finish(), declares }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(language: Language, text: &str, kind: LeafKind) -> Vec<&str> {
        let all = leaves(language, text).expect("a grammar").into_iter();
        all.filter(|leaf| leaf.kind == kind).map(|leaf| &text[leaf.range]).collect()
    }

    #[test]
    fn strings_are_one_leaf_and_comments_are_told() {
        let text = "fn a() {\n    // why\n    b(\"x  y\");\n}\n";
        assert_eq!(texts(Language::RUST, text, LeafKind::Comment), ["// why"]);
        assert!(texts(Language::RUST, text, LeafKind::Other).contains(&"\"x  y\""));
        let python = "def a():\n    \"\"\"Doc.\"\"\"\n    return f'{b}  c'\n";
        assert_eq!(texts(Language::PYTHON, python, LeafKind::Comment), ["\"\"\"Doc.\"\"\""]);
        assert!(texts(Language::PYTHON, python, LeafKind::Other).contains(&"f'{b}  c'"));
    }

    #[test]
    fn declared_names_are_told_from_used_ones() {
        let text = "fn a(first: u8) {\n    let (second, _) = b(first);\n}\n";
        assert_eq!(texts(Language::RUST, text, LeafKind::Declared), ["a", "first", "second"]);
        assert_eq!(texts(Language::RUST, text, LeafKind::Name), ["b", "first"]);
        let go = "package a\n\nfunc b(c int) {\n\td, e := f(c)\n\tg(d, e)\n}\n";
        assert!(
            ["b", "c", "d", "e"]
                .iter()
                .all(|name| texts(Language::GO, go, LeafKind::Declared).contains(name))
        );
        assert!(!texts(Language::GO, go, LeafKind::Declared).contains(&"f"));
    }

    #[test]
    fn where_a_statement_hangs_is_part_of_its_leaves() {
        let places = |text: &str| -> Vec<u64> {
            leaves(Language::PYTHON, text).expect("a grammar").iter().map(|leaf| leaf.place).collect()
        };
        assert_eq!(places("if a:\n    b()\n"), places("if a:\n        b()\n"));
        assert_ne!(places("if a:\n    b()\n    c()\n"), places("if a:\n    b()\nc()\n"));
    }

    #[test]
    fn imports_are_marked_and_broken_text_has_no_leaves() {
        let text = "use a::{B, C};\nfn d() {}\n";
        let marked: Vec<bool> =
            leaves(Language::RUST, text).expect("leaves").iter().map(|leaf| leaf.import).collect();
        let first = marked.iter().position(|import| !import).expect("code");
        assert!(first > 4 && marked[first..].iter().all(|import| !import));
        assert_eq!(leaves(Language::RUST, "fn a( {\n"), None);
        assert_eq!(leaves(Language::PLAIN, "a b"), None);
    }
}
