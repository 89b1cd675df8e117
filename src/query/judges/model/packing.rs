//! Packing: when several small files go into one call, and how many.
//!
//! Alone, a file costs what stands before it once more and one token of answer; in a pack it costs a line of answer.
//! So packs pay where the part before it is paid for each time, or where an answer is an object anyway.

use super::asking::Asking;
use super::caller::Facts;
use super::excerpt::tokens_in;
use super::prompt::Mode;
use crate::query::Item;

/// Larger files are asked about alone: beside others they get less attention than they need.
const SMALL: u64 = 1_600;

/// Files of one pack.
const MOST: usize = 12;

/// Tokens of one line of a pack's answer.
const LINE: f64 = 20.0;

/// Whether a file may go into a pack.
pub fn is_small(item: &Item) -> bool {
    item.size <= SMALL
}

/// How many small files go into one call.
pub fn files_in_a_call(asking: &Asking, facts: &Facts) -> usize {
    let window = facts.window.map_or(MOST, |window| window as usize / 1_024);
    let most = MOST.min(window.max(1));
    match asking.ability.mode(facts) {
        // Known to give no probabilities: each answer is written out anyway.
        Mode::Structured => most,
        Mode::Plain => 1,
        Mode::Probable => {
            let before = tokens_in(asking.prompt.overhead()) as f64;
            let pays = facts
                .price
                .is_some_and(|price| before * price.input > LINE * price.output && !facts.is_free());
            if pays { most } else { 1 }
        }
    }
}
