//! Naming: what files define, by a part of its name, for whoever types one.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Workspace;
use crate::domain::{FileId, NamedSymbol, QueryEvent};
use crate::index::{Symbol, SymbolKind};
use crate::text::fuzzy::{Fuzzy, Subject};

/// Names that are told.
const MOST: usize = 20;

/// How well a name fits: exact, at its start, the score, a definition before a heading, the shorter.
type Fit = (bool, bool, u32, bool, Reverse<usize>);

impl Workspace {
    /// Tells what fits a part of a name, best first, each name once with the place of one of its definitions.
    pub(super) fn tell_names(&mut self, typed: &Arc<str>) {
        let last = typed.rsplit([':', '.']).next().unwrap_or_default();
        // These have a meaning of their own in a pattern, and none in a name.
        let word: String = last.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
        let lower = word.to_lowercase();
        let mut fuzzy = Fuzzy::new(&word, Subject::Words);
        let mut best: FxHashMap<&str, (Fit, FileId, &Symbol)> = FxHashMap::default();
        let docs = self.index.docs().filter(|_| !word.is_empty());
        for (file, symbol) in
            docs.flat_map(|(file, doc)| doc.symbols.iter().map(move |symbol| (file, symbol)))
        {
            let Some(score) = fuzzy.score(&symbol.name) else { continue };
            let starts =
                symbol.name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(&lower));
            let defines = symbol.kind != SymbolKind::Landmark;
            let fit = (*symbol.name == *word, starts, score, defines, Reverse(symbol.name.len()));
            match best.entry(&symbol.name) {
                Entry::Vacant(slot) => drop(slot.insert((fit, file, symbol))),
                Entry::Occupied(mut slot) if slot.get().0 < fit => drop(slot.insert((fit, file, symbol))),
                Entry::Occupied(_) => {}
            }
        }
        let mut found: Vec<_> = best.into_values().filter(|(_, _, symbol)| is_a_name(&symbol.name)).collect();
        found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.name.cmp(&b.2.name)));
        found.truncate(MOST);
        let names = found.into_iter().filter_map(|(_, file, symbol)| {
            let path = Arc::clone(&self.catalog.get(file)?.shown);
            Some(NamedSymbol {
                name: symbol.name.as_ref().into(),
                kind: kind(symbol.kind),
                path,
                line: symbol.span.first,
            })
        });
        let names = names.collect();
        self.events.push(QueryEvent::Names { typed: Arc::clone(typed), names });
    }
}

/// Whether it can be typed as one word: headings are sentences.
fn is_a_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.:".contains(c))
}

const fn kind(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Function => "function",
        SymbolKind::Type => "type",
        SymbolKind::Module => "module",
        SymbolKind::Value => "value",
        SymbolKind::Landmark => "heading",
    }
}
