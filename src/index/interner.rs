//! Terms as numbers: one copy of each distinct term, in one arena.

use std::hash::{BuildHasher, BuildHasherDefault};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// Names one distinct term of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(pub u32);

/// Maps terms to ids and back; ids are dense and never reused.
#[derive(Debug, Default)]
pub struct Interner {
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
    hasher: BuildHasherDefault<FxHasher>,
}

impl Interner {
    /// The id of a term, new if need be.
    pub fn intern(&mut self, term: &str) -> TermId {
        let hash = self.hasher.hash_one(term);
        if let Some(found) = self.table.find(hash, |id| self.slice(*id) == term) {
            return TermId(*found);
        }
        let id = self.ends.len() as u32;
        self.text.push_str(term);
        self.ends.push(self.text.len() as u32);
        let (text, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.table.insert_unique(hash, id, |other| hasher.hash_one(slice(text, ends, *other)));
        TermId(id)
    }

    /// The id of a term, if it is known.
    pub fn get(&self, term: &str) -> Option<TermId> {
        self.table.find(self.hasher.hash_one(term), |id| self.slice(*id) == term).copied().map(TermId)
    }

    /// The term of an id.
    pub fn term(&self, id: TermId) -> &str {
        self.slice(id.0)
    }

    /// Number of distinct terms.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no term is known.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn slice(&self, id: u32) -> &str {
        slice(&self.text, &self.ends, id)
    }
}

fn slice<'a>(text: &'a str, ends: &[u32], id: u32) -> &'a str {
    let start = if id == 0 { 0 } else { ends[id as usize - 1] as usize };
    &text[start..ends[id as usize] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_term_has_the_same_id_and_reads_back() {
        let mut interner = Interner::default();
        let ids: Vec<_> = (0..5_000).map(|n| interner.intern(&format!("term{}", n % 1_250))).collect();
        assert_eq!(interner.len(), 1_250);
        assert_eq!(ids[3], ids[1_253]);
        assert_eq!(interner.term(ids[1_249]), "term1249");
        assert_eq!(interner.get("term7"), Some(ids[7]));
        assert_eq!(interner.get("nowhere"), None);
    }
}
