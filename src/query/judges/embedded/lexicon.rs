//! The lexicon: which words of requests go with which words of paths and names, learned from commits of many repositories.
//!
//! A term has two vectors, one for being asked with and one for standing in a path or a name. A request points in the
//! direction of its terms, and so do a path, a file's names and a past message; the product of both directions, times
//! [`Lexicon::scale`], is the logarithm of how much more likely the request is to be answered there. So "auth" finds
//! `login/`, and "typo" finds prose, with no word in common.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::vector::{DIMENSIONS, Vector, add, dot, point};
use crate::index::tokens::QueryTerm;

/// Why a lexicon cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// Its header is not the JSON that is expected.
    #[error("the judge's lexicon does not parse: {0}; fit it anew with `quarry eval --fit`")]
    Syntax(#[from] serde_json::Error),
    /// Written by another version.
    #[error(
        "the judge's lexicon has format {0}, and this program reads {FORMAT}; fit it anew with `quarry eval --fit`"
    )]
    Format(u32),
    /// Its numbers are not those that were written.
    #[error("the judge's lexicon is damaged: {0}")]
    Damaged(&'static str),
}

const FORMAT: u32 = 1;

/// Bytes of one side in a file: weight, step, and a byte a dimension.
const SIDE_BYTES: usize = 8 + DIMENSIONS;

/// A term on one side: the vector times its weight, in steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// How much the term counts in a mean.
    pub weight: f32,
    step: f32,
    steps: [i8; DIMENSIONS],
}

/// A term.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// As a request or a message says it.
    pub asked: Side,
    /// As a path or a name holds it.
    pub told: Side,
}

/// Terms with their vectors; empty where nothing was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Lexicon {
    /// In order.
    terms: Vec<Box<str>>,
    entries: Vec<Entry>,
    /// What products are multiplied with.
    pub scale: f32,
    checksum: String,
}

impl Default for Lexicon {
    fn default() -> Self {
        Self::new(0.0, BTreeMap::new())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: u32,
    dimensions: usize,
    scale: f32,
    checksum: String,
    terms: Vec<Box<str>>,
}

impl Side {
    /// Rounds a vector, already times its weight, to steps of a 127th of its largest number.
    pub fn new(weight: f32, vector: &Vector) -> Self {
        let most = vector.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        let step = most / 127.0;
        let steps = vector.map(|value| if step > 0.0 { (value / step).round() as i8 } else { 0 });
        Self { weight, step, steps }
    }

    /// The product with a direction.
    pub fn dot(&self, direction: &Vector) -> f32 {
        dot(&self.steps.map(f32::from), direction) * self.step
    }

    /// Adds it, so many times.
    pub fn add_to(&self, sum: &mut Vector, times: f32) {
        add(sum, &self.steps.map(f32::from), times * self.step);
    }

    /// The product of its direction with another's.
    pub fn cosine(&self, other: &Self) -> f32 {
        let (a, b) = (self.steps.map(f32::from), other.steps.map(f32::from));
        dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt().max(1e-6)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.weight.to_le_bytes());
        out.extend(self.step.to_le_bytes());
        out.extend(self.steps.map(|step| step.to_le_bytes()[0]));
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (weight, rest) = bytes.split_first_chunk()?;
        let (step, rest) = rest.split_first_chunk()?;
        let steps: [u8; DIMENSIONS] = rest.try_into().ok()?;
        let (weight, step) = (f32::from_le_bytes(*weight), f32::from_le_bytes(*step));
        (weight.is_finite() && weight >= 0.0 && step.is_finite()).then(|| Self {
            weight,
            step,
            steps: steps.map(|step| i8::from_le_bytes([step])),
        })
    }
}

impl Lexicon {
    /// A lexicon of these terms.
    pub fn new(scale: f32, words: BTreeMap<Box<str>, Entry>) -> Self {
        let (terms, entries): (Vec<Box<str>>, Vec<Entry>) = words.into_iter().unzip();
        let checksum = checksum(&bytes_of(&entries), &terms);
        Self { terms, entries, scale, checksum }
    }

    /// Terms with their numbers.
    pub fn words(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.terms.iter().map(|term| &**term).zip(&self.entries)
    }

    /// A term by its number: its place in [`Self::words`].
    pub fn entry(&self, number: u32) -> &Entry {
        &self.entries[number as usize]
    }

    /// The number of a term.
    pub fn number(&self, term: &str) -> Option<u32> {
        self.terms.binary_search_by(|known| (**known).cmp(term)).ok().map(|at| at as u32)
    }

    /// Whether it knows nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Where a request's terms point, at length 1; `None` where none is known.
    pub fn direction(&self, asked: &[QueryTerm]) -> Option<Vector> {
        let mut sum = [0.0; DIMENSIONS];
        for found in asked {
            if let Some(number) = self.number(&found.term) {
                self.entries[number as usize].asked.add_to(&mut sum, found.count as f32);
            }
        }
        point(&mut sum).then_some(sum)
    }

    /// What changes with what was learned.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// The bytes of a lexicon file: a line of JSON, then the entries.
    ///
    /// # Errors
    /// Numbers that JSON has no form for.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LexiconError> {
        let header = Header {
            format: FORMAT,
            dimensions: DIMENSIONS,
            scale: self.scale,
            checksum: self.checksum.clone(),
            terms: self.terms.clone(),
        };
        let mut bytes = serde_json::to_vec(&header)?;
        bytes.push(b'\n');
        bytes.extend(bytes_of(&self.entries));
        Ok(bytes)
    }

    /// Reads a lexicon file.
    ///
    /// # Errors
    /// See [`LexiconError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, LexiconError> {
        let broken = || LexiconError::Damaged("its size is not that of its terms");
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
        let header: Header = serde_json::from_slice(&bytes[..end])?;
        if header.format != FORMAT || header.dimensions != DIMENSIONS {
            return Err(LexiconError::Format(header.format));
        }
        let numbers = &bytes[end + 1..];
        if numbers.len() != header.terms.len() * 2 * SIDE_BYTES {
            return Err(broken());
        }
        if header.checksum != checksum(numbers, &header.terms) {
            return Err(LexiconError::Damaged("the checksum does not match"));
        }
        let entry = |bytes: &[u8]| {
            let (asked, told) = bytes.split_at(SIDE_BYTES);
            Some(Entry { asked: Side::read(asked)?, told: Side::read(told)? })
        };
        let entries: Option<Vec<Entry>> = numbers.chunks_exact(2 * SIDE_BYTES).map(entry).collect();
        let entries = entries.ok_or(LexiconError::Damaged("a weight is none"))?;
        if !header.terms.is_sorted() {
            return Err(LexiconError::Damaged("its terms are in no order"));
        }
        Ok(Self { terms: header.terms, entries, scale: header.scale, checksum: header.checksum })
    }
}

fn bytes_of(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 2 * SIDE_BYTES);
    for entry in entries {
        entry.asked.write(&mut bytes);
        entry.told.write(&mut bytes);
    }
    bytes
}

fn checksum(numbers: &[u8], terms: &[Box<str>]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(numbers);
    for term in terms {
        hasher.update(term.as_bytes()).update(b"\n");
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tokens;

    fn side(weight: f32, at: usize) -> Side {
        let mut vector = [0.0; DIMENSIONS];
        vector[at] = weight;
        Side::new(weight, &vector)
    }

    fn lexicon() -> Lexicon {
        let entry = |at: usize| Entry { asked: side(1.0, at), told: side(2.0, at) };
        Lexicon::new(10.0, [(Box::from("auth"), entry(3)), (Box::from("login"), entry(3))].into())
    }

    #[test]
    fn a_lexicon_comes_back_from_its_bytes_and_damage_is_told() {
        let lexicon = lexicon();
        let bytes = lexicon.to_bytes().unwrap();
        assert_eq!(Lexicon::parse(&bytes).unwrap(), lexicon);
        let mut flipped = bytes.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert!(matches!(Lexicon::parse(&flipped), Err(LexiconError::Damaged(_))));
        assert!(matches!(Lexicon::parse(&bytes[..bytes.len() - 1]), Err(LexiconError::Damaged(_))));
        assert!(Lexicon::parse(b"").is_err());
    }

    #[test]
    fn a_request_points_where_its_known_words_do() {
        let asked = tokens::query_terms;
        let direction = lexicon().direction(&asked("auth of the unheard-of")).unwrap();
        assert!((direction[3] - 1.0).abs() < 1e-3);
        assert!((side(2.0, 3).dot(&direction) - 2.0).abs() < 0.02);
        assert_eq!(lexicon().direction(&asked("the unheard-of")), None);
    }
}
