//! Outlines of all files, readable from any thread while the index changes: what is called so, and where.

use std::sync::{Arc, PoisonError, RwLock};

use super::document::{Symbol, SymbolKind};
use crate::domain::FileId;

/// What every file defines.
#[derive(Debug, Clone, Default)]
pub struct Outlines(Arc<RwLock<Files>>);

/// What each file defines, by id; none where it is not known as text.
type Files = Vec<Option<Arc<[Symbol]>>>;

/// Something that a file defines, and the file.
pub type Found = (FileId, Symbol);

impl Outlines {
    pub(super) fn set(&self, file: FileId, symbols: Option<Arc<[Symbol]>>) {
        let mut files = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if files.len() <= file.index() {
            files.resize(file.index() + 1, None);
        }
        files[file.index()] = symbols;
    }

    /// What is called so, functions and types before constants, those before headings and keys; in the case given, else in
    /// any. Where a qualifier is given, what lies in something of that name, if anything does.
    pub fn find(&self, name: &str, qualifier: Option<&str>) -> Vec<Found> {
        // The engine writes here: it must not wait until all files were looked through.
        let files = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let named = |same: &dyn Fn(&str) -> bool| -> Vec<(FileId, &Arc<[Symbol]>, &Symbol)> {
            let known =
                files.iter().enumerate().filter_map(|(at, file)| Some((FileId(at as u32), file.as_ref()?)));
            known
                .flat_map(|(id, file)| file.iter().map(move |symbol| (id, file, symbol)))
                .filter(|(_, _, symbol)| same(&symbol.name))
                .collect()
        };
        let mut found = named(&|other| other == name);
        if found.is_empty() {
            found = named(&|other| other.eq_ignore_ascii_case(name));
        }
        if let Some(qualifier) = qualifier {
            let inside: Vec<_> =
                found.iter().copied().filter(|(_, file, symbol)| lies_in(symbol, file, qualifier)).collect();
            if !inside.is_empty() {
                found = inside;
            }
        }
        let best = found.iter().map(|(_, _, symbol)| weight(symbol.kind)).min();
        found.retain(|(_, _, symbol)| Some(weight(symbol.kind)) == best);
        found.into_iter().map(|(file, _, symbol)| (file, symbol.clone())).collect()
    }
}

const fn weight(kind: SymbolKind) -> u8 {
    match kind {
        SymbolKind::Function | SymbolKind::Type | SymbolKind::Module => 0,
        SymbolKind::Value => 1,
        SymbolKind::Landmark => 2,
    }
}

/// Whether a symbol lies in another whose name has this word: `impl Budget` for `Budget`.
fn lies_in(symbol: &Symbol, file: &[Symbol], qualifier: &str) -> bool {
    file.iter().any(|outer| {
        let holds = outer.span.first <= symbol.span.first && outer.span.last >= symbol.span.last;
        holds
            && outer.depth < symbol.depth
            && outer
                .name
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word.eq_ignore_ascii_case(qualifier))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Span;

    fn symbol(name: &str, kind: SymbolKind, lines: (u32, u32), depth: u8) -> Symbol {
        Symbol { name: name.into(), kind, span: Span { first: lines.0, last: lines.1 }, depth }
    }

    fn outlines() -> Outlines {
        let outlines = Outlines::default();
        let code = [
            symbol("Budget", SymbolKind::Type, (1, 3), 0),
            symbol("Budget", SymbolKind::Type, (5, 20), 0),
            symbol("take", SymbolKind::Function, (6, 9), 1),
            symbol("LIMIT", SymbolKind::Value, (22, 22), 0),
        ];
        let other =
            [symbol("Cart", SymbolKind::Type, (1, 9), 0), symbol("take", SymbolKind::Function, (2, 3), 1)];
        outlines.set(FileId(3), Some(code.into()));
        outlines.set(FileId(1), Some(other.into()));
        outlines.set(FileId(0), Some([symbol("take", SymbolKind::Landmark, (1, 1), 0)].into()));
        outlines
    }

    fn places(found: &[Found]) -> Vec<(u32, u32)> {
        found.iter().map(|(file, symbol)| (file.0, symbol.span.first)).collect()
    }

    #[test]
    fn what_is_called_so_is_found_headings_only_where_nothing_else_is() {
        let outlines = outlines();
        assert_eq!(places(&outlines.find("take", None)), [(1, 2), (3, 6)]);
        assert_eq!(places(&outlines.find("limit", None)), [(3, 22)], "in any case where none is exact");
        assert_eq!(outlines.find("nothing", None), []);
    }

    #[test]
    fn a_qualifier_tells_two_of_a_name_apart_and_an_unknown_one_is_let_be() {
        let outlines = outlines();
        assert_eq!(places(&outlines.find("take", Some("Budget"))), [(3, 6)]);
        assert_eq!(places(&outlines.find("take", Some("cart"))), [(1, 2)]);
        assert_eq!(outlines.find("take", Some("self")).len(), 2);
    }

    #[test]
    fn a_file_that_goes_takes_its_names_along() {
        let outlines = outlines();
        outlines.set(FileId(3), None);
        assert_eq!(places(&outlines.find("take", None)), [(1, 2)]);
    }
}
