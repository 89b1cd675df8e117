//! One document as bytes: terms by number, in ascending order.

use super::bytes::{Cursor, Malformed, put, put_bytes};
use crate::domain::{Language, Span};
use crate::index::{Extract, Symbol, SymbolKind, TermHits};

/// Marks a term that occurs exactly once in each of its fields.
const ONCE: u8 = 0b1000;

const KINDS: [SymbolKind; 5] =
    [SymbolKind::Function, SymbolKind::Type, SymbolKind::Module, SymbolKind::Value, SymbolKind::Landmark];

/// Writes a document, asking for each term's number.
pub(super) fn encode(extract: &Extract, number: &mut dyn FnMut(&str) -> u32, out: &mut Vec<u8>) {
    put_bytes(out, extract.language.name().as_bytes());
    put(out, u64::from(extract.lines));
    for length in extract.lengths {
        put(out, u64::from(length));
    }
    let mut terms: Vec<(u32, TermHits)> =
        extract.terms.iter().map(|(term, hits)| (number(term), *hits)).collect();
    terms.sort_unstable_by_key(|(term, _)| *term);
    put(out, terms.len() as u64);
    let mut last = 0;
    for (term, hits) in terms {
        put(out, u64::from(term - last));
        last = term;
        encode_hits(hits, out);
    }
    put(out, extract.symbols.len() as u64);
    for symbol in &extract.symbols {
        put_bytes(out, symbol.name.as_bytes());
        out.push(KINDS.iter().position(|kind| *kind == symbol.kind).unwrap_or_default() as u8);
        put(out, u64::from(symbol.span.first));
        put(out, u64::from(symbol.span.last.saturating_sub(symbol.span.first)));
        out.push(symbol.depth);
    }
    put(out, extract.imports.len() as u64);
    for import in &extract.imports {
        put_bytes(out, import.as_bytes());
    }
}

fn encode_hits(hits: TermHits, out: &mut Vec<u8>) {
    let present = (0..3).filter(|field| hits.counts[*field] > 0).fold(0, |bits, field| bits | 1 << field);
    let once = hits.counts.iter().all(|count| *count <= 1);
    out.push(if once { present | ONCE } else { present });
    if !once {
        out.extend(hits.counts.iter().filter(|count| **count > 0));
    }
    put(out, u64::from(hits.chunks));
}

/// Reads a document, asking what stands for each term's number.
pub(super) fn decode<T>(
    cursor: &mut Cursor<'_>,
    term: &dyn Fn(u32) -> Option<T>,
) -> Result<Extract<T>, Malformed> {
    // A language that is not known any more is read as plain text would be.
    let language = Language::from_name(cursor.text()?).unwrap_or_default();
    let lines = cursor.small()?;
    let lengths = [cursor.small()?, cursor.small()?, cursor.small()?];
    let count = cursor.count()?;
    let mut terms = Vec::with_capacity(count);
    let mut last = 0u32;
    for _ in 0..count {
        last = last.checked_add(cursor.small()?).ok_or(Malformed)?;
        terms.push((term(last).ok_or(Malformed)?, decode_hits(cursor)?));
    }
    let count = cursor.count()?;
    let mut symbols = Vec::with_capacity(count);
    for _ in 0..count {
        symbols.push(decode_symbol(cursor)?);
    }
    let count = cursor.count()?;
    let mut imports = Vec::with_capacity(count);
    for _ in 0..count {
        imports.push(Box::from(cursor.text()?));
    }
    Ok(Extract { language, lines, terms, lengths, symbols, imports })
}

fn decode_hits(cursor: &mut Cursor<'_>) -> Result<TermHits, Malformed> {
    let present = cursor.byte()?;
    let mut counts = [0; 3];
    for (field, count) in counts.iter_mut().enumerate() {
        if present & 1 << field != 0 {
            *count = if present & ONCE != 0 { 1 } else { cursor.byte()? };
        }
    }
    Ok(TermHits { counts, chunks: cursor.small()? })
}

fn decode_symbol(cursor: &mut Cursor<'_>) -> Result<Symbol, Malformed> {
    let name = Box::from(cursor.text()?);
    let kind = *KINDS.get(usize::from(cursor.byte()?)).ok_or(Malformed)?;
    let first = cursor.small()?;
    let last = first.checked_add(cursor.small()?).ok_or(Malformed)?;
    Ok(Symbol { name, kind, span: Span { first, last }, depth: cursor.byte()? })
}
