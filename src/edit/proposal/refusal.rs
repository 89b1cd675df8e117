//! Refusal: why one directive was not taken, before it is known of which file; and what is said of lines that have no
//! place.

use crate::edit::locate::{Miss, places};
use crate::edit::nearest::Nearest;
use crate::edit::placeholder;
use crate::edit::text::Text;

use super::numbers::unnumbered;

/// Why a directive was not taken.
#[derive(Debug)]
pub(super) struct Refusal {
    pub why: String,
    pub nearest: Option<Box<Nearest>>,
    pub places: Vec<usize>,
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self { why, nearest: None, places: Vec::new() }
    }
}

impl From<Miss> for Refusal {
    fn from(miss: Miss) -> Self {
        let why = miss.to_string();
        match miss {
            Miss::Nowhere(nearest) => Self { why, nearest: nearest.map(Box::new), places: Vec::new() },
            Miss::Several(places) => {
                Self { why, nearest: None, places: places.iter().map(|at| at + 1).collect() }
            }
            Miss::Empty => why.into(),
        }
    }
}

impl Refusal {
    /// The refusal of lines that were to be replaced by others, with what is known of the reason.
    pub(super) fn of_miss(miss: Miss, text: &Text, wanted: &[String], replace: &[String]) -> Self {
        let Miss::Nowhere(nearest) = &miss else { return miss.into() };
        let reason = if text.lines.is_empty() {
            Some("the file is empty".to_owned())
        } else if let Err(placeholder) = placeholder::refuse(wanted, &text.lines) {
            Some(placeholder)
        } else if unnumbered(wanted).is_some() {
            Some("they begin with line numbers, which the file has not".to_owned())
        } else if replace.iter().any(|line| !line.trim().is_empty())
            && places(&text.lines, replace, 0).is_ok_and(|places| !places.is_empty())
        {
            Some("what would replace them is there already".to_owned())
        } else {
            nearest
                .as_ref()
                .filter(|nearest| differs_in_space(nearest, wanted))
                .map(|nearest| format!("those from line {} on differ in white space alone", nearest.line))
        };
        let mut refusal = Self::from(miss);
        if let Some(reason) = reason {
            refusal.why = format!("{}: {reason}", refusal.why);
        }
        refusal
    }
}

fn differs_in_space(nearest: &Nearest, wanted: &[String]) -> bool {
    let bare = |lines: &[String]| -> String {
        lines.iter().flat_map(|line| line.chars()).filter(|c| !c.is_whitespace()).collect()
    };
    bare(&nearest.lines) == bare(wanted)
}
