//! Outlines by tree-sitter: one walk over the tree finds symbols, comments and imports together.

use std::cell::RefCell;
use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::grammar::{Action, Part, Ready};
use super::grammars;
use super::hazards;
use super::names::{self, Found};
use super::{MAX_SYMBOLS, Outline};
use crate::domain::{Language, Span};
use crate::index::{Symbol, SymbolKind, imports};

/// Longer names are cut; they are the heads of generic `impl`s and broken code.
const MAX_NAME: usize = 100;

/// Asks of the parser's progress (one for about a hundred steps) granted to any text, and more for each byte. Ordinary code
/// takes about one for 80 bytes; ambiguous or broken text takes more.
const FREE_ASKS: usize = 2_000;
const BYTES_AN_ASK: usize = 8;

/// A last resort against single steps that take long; text of ordinary code takes a hundredth of it.
const MAX_PARSE_TIME: Duration = Duration::from_millis(1_500);

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// Outlines a text, or answers `None` when there is no grammar or parsing takes too long.
pub(super) fn outline(language: Language, text: &str) -> Option<Outline> {
    with_tree(language, text, |ready, tree| {
        let mut walk =
            Walk { ready, language, text, outline: Outline::default(), scopes: Vec::new(), holder: None };
        walk.run(tree);
        walk.outline
    })
}

/// Reads a text's tree, or answers `None` when there is no grammar or parsing takes too long.
pub(super) fn with_tree<R>(
    language: Language,
    text: &str,
    read: impl FnOnce(&'static Ready, &Tree) -> R,
) -> Option<R> {
    let ready = grammars::grammar(language)?;
    let bytes = hazards::parsable(language, text)?;
    let tree = PARSER.with_borrow_mut(|parser| parse(parser, ready, &bytes))?;
    Some(read(ready, &tree))
}

/// Counts the places that the grammar cannot read, or answers `None` when there is no grammar or parsing takes too long.
pub(super) fn broken(language: Language, text: &str) -> Option<u32> {
    with_tree(language, text, |_, tree| {
        if !tree.root_node().has_error() {
            return 0;
        }
        let (mut cursor, mut count) = (tree.walk(), 0);
        loop {
            let node = cursor.node();
            count += u32::from(node.is_error() || node.is_missing());
            // Only what holds an error is looked into.
            if node.has_error() && !node.is_error() && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return count;
                }
            }
        }
    })
}

fn parse(parser: &mut Parser, ready: &Ready, bytes: &[u8]) -> Option<Tree> {
    parser.set_language(&ready.parser).ok()?;
    let mut asks = FREE_ASKS + bytes.len() / BYTES_AN_ASK;
    let start = Instant::now();
    let mut progress = |_: &ParseState| {
        asks = asks.saturating_sub(1);
        if asks == 0 || (asks.is_multiple_of(64) && start.elapsed() > MAX_PARSE_TIME) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or(&[]), None, Some(options));
    if tree.is_none() {
        parser.reset();
    }
    tree
}

/// Something that is open at the current node.
struct Scope {
    end: usize,
    /// Whether what it holds is local.
    function: bool,
    symbol: bool,
}

struct Walk<'t> {
    ready: &'static Ready,
    language: Language,
    text: &'t str,
    outline: Outline,
    scopes: Vec<Scope>,
    /// The lines of the last rule set or element: what landmarks in it belong to.
    holder: Option<Span>,
}

impl Walk<'_> {
    fn run(&mut self, tree: &Tree) {
        let mut cursor = tree.walk();
        loop {
            if self.visit(cursor.node()) && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// Takes in a node; answers whether to look inside.
    fn visit(&mut self, node: Node<'_>) -> bool {
        let action = self.ready.actions.get(usize::from(node.kind_id())).copied().unwrap_or_default();
        match action.part {
            Part::Comment => {
                self.outline.comments.push(node.byte_range());
                return false;
            }
            Part::Skip => return false,
            Part::Import => {
                let text = names::slice(self.text, node.byte_range());
                imports::statement(self.language, text, &mut self.outline.imports);
            }
            Part::Plain | Part::Body => {}
        }
        if action.rule > 0 || action.part == Part::Body {
            while self.scopes.last().is_some_and(|scope| scope.end <= node.start_byte()) {
                self.scopes.pop();
            }
            self.define(node, action);
        }
        true
    }

    fn define(&mut self, node: Node<'_>, action: Action) {
        let local = self.scopes.iter().any(|scope| scope.function);
        let depth = self.scopes.iter().filter(|scope| scope.symbol).count();
        if let Some(rule) =
            action.rule.checked_sub(1).and_then(|at| self.ready.grammar.rules.get(usize::from(at)))
        {
            let found = names::find(rule, node, self.text);
            let several = found.len() > 1;
            for found in found {
                match found {
                    Found::Comment => self.outline.comments.push(node.byte_range()),
                    Found::Holder => self.holder = Some(lines(node)),
                    Found::Name { .. } if local && found.is_value() => {}
                    Found::Name { at, text, kind, opens } => {
                        let span = match kind {
                            SymbolKind::Landmark => self.holder.unwrap_or_else(|| lines(node)),
                            SymbolKind::Value if several => line_of(&at, node, self.text),
                            SymbolKind::Value
                            | SymbolKind::Function
                            | SymbolKind::Type
                            | SymbolKind::Module => lines(node),
                        };
                        self.add(at, &text, kind, span, depth);
                        if opens {
                            self.scopes.push(Scope {
                                end: node.end_byte(),
                                function: kind == SymbolKind::Function,
                                symbol: true,
                            });
                        }
                    }
                }
            }
        }
        if action.part == Part::Body {
            self.scopes.push(Scope { end: node.end_byte(), function: true, symbol: false });
        }
    }

    fn add(&mut self, at: Range<usize>, text: &str, kind: SymbolKind, span: Span, depth: usize) {
        let name = shown(text);
        let marks = kind == SymbolKind::Landmark;
        let known = || self.outline.symbols.iter().any(|symbol| *symbol.name == *name);
        if name.is_empty() || self.outline.symbols.len() >= MAX_SYMBOLS || (marks && known()) {
            return;
        }
        self.outline.names.push(at);
        let depth = depth.min(usize::from(u8::MAX)) as u8;
        self.outline.symbols.push(Symbol { name: name.into_boxed_str(), kind, span, depth });
    }
}

/// One line, without control characters, of a length to show.
pub(super) fn shown(text: &str) -> String {
    let mut name = String::new();
    for word in text.split_whitespace() {
        if !name.is_empty() {
            name.push(' ');
        }
        name.extend(word.chars().filter(|ch| !ch.is_control()));
        if name.len() > MAX_NAME {
            name.truncate(name.floor_char_boundary(MAX_NAME));
            break;
        }
    }
    name
}

fn lines(node: Node<'_>) -> Span {
    let (start, end) = (node.start_position(), node.end_position());
    let first = start.row as u32 + 1;
    let last = if end.column == 0 { end.row as u32 } else { end.row as u32 + 1 };
    Span { first, last: last.max(first) }
}

fn line_of(at: &Range<usize>, node: Node<'_>, text: &str) -> Span {
    let before = text.get(node.start_byte()..at.start).unwrap_or("");
    let line = node.start_position().row as u32 + 1 + before.matches('\n').count() as u32;
    Span { first: line, last: line }
}
