//! Locating: where lines stand in a file. Exact and unique, else unique up to trailing space or uniform indentation, else
//! refused with the nearest lines. There is no distance and no guess.

use super::nearest::{Nearest, nearest};
use super::text::Line;

/// Where lines were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The first line's index.
    pub first: usize,
    /// How indentation differs.
    pub indent: Indent,
}

/// How the indentation of what was asked differs from the file's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indent {
    /// Not at all.
    Same,
    /// The file has this more at the beginning of each line.
    More(String),
    /// The file has this less.
    Less(String),
}

impl Indent {
    /// A new line as the file would have it.
    pub fn apply(&self, line: &str) -> String {
        match self {
            Self::Same => line.to_owned(),
            Self::More(_) if line.trim().is_empty() => line.to_owned(),
            Self::More(lead) => format!("{lead}{line}"),
            Self::Less(lead) => {
                line.strip_prefix(lead.as_str()).unwrap_or_else(|| line.trim_start()).to_owned()
            }
        }
    }
}

/// Why lines have no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Miss {
    /// They stand nowhere.
    #[error("the lines to replace are not in the file")]
    Nowhere(Option<Nearest>),
    /// They stand in several places.
    #[error("the lines to replace stand in {} places (lines {}): too little to tell which", .0.len(), numbers(.0))]
    Several(Vec<usize>),
    /// There are none.
    #[error("there are no lines to look for")]
    Empty,
}

fn numbers(places: &[usize]) -> String {
    let shown: Vec<String> = places.iter().take(4).map(|at| (at + 1).to_string()).collect();
    let more = if places.len() > 4 { ", ..." } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// Finds the only place of lines, from an index on.
///
/// # Errors
/// A [`Miss`].
pub fn locate(file: &[Line], wanted: &[String], from: usize) -> Result<Place, Miss> {
    let places = places(file, wanted, from)?;
    match places.as_slice() {
        [place] => Ok(place.clone()),
        [] => Err(Miss::Nowhere(nearest(file, wanted))),
        several => Err(Miss::Several(several.iter().map(|place| place.first).collect())),
    }
}

/// Every place of lines, from an index on, in the strictest sense that has any.
///
/// # Errors
/// [`Miss::Empty`] without a line that says something.
pub fn places(file: &[Line], wanted: &[String], from: usize) -> Result<Vec<Place>, Miss> {
    if wanted.iter().all(|line| line.trim().is_empty()) {
        return Err(Miss::Empty);
    }
    if wanted.len() > file.len() {
        return Ok(Vec::new());
    }
    let starts = from..=file.len() - wanted.len();
    let exact = |at: &usize| file[*at..].iter().zip(wanted).all(|(line, wanted)| line.text == *wanted);
    let trailing = |at: &usize| {
        file[*at..].iter().zip(wanted).all(|(line, wanted)| line.text.trim_end() == wanted.trim_end())
    };
    for fits in [&exact as &dyn Fn(&usize) -> bool, &trailing] {
        let found: Vec<Place> =
            starts.clone().filter(|at| fits(at)).map(|first| Place { first, indent: Indent::Same }).collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let indented = starts.filter_map(|first| {
        indent(&file[first..first + wanted.len()], wanted).map(|indent| Place { first, indent })
    });
    Ok(indented.collect())
}

/// The one indentation by which all lines differ, if there is one.
fn indent(file: &[Line], wanted: &[String]) -> Option<Indent> {
    let mut found: Option<Indent> = None;
    for (line, wanted) in file.iter().zip(wanted) {
        let (line, wanted) = (line.text.trim_end(), wanted.trim_end());
        if line.is_empty() && wanted.is_empty() {
            continue;
        }
        let this = if let Some(lead) = line.strip_suffix(wanted).filter(|_| !wanted.is_empty()) {
            Indent::More(lead.to_owned())
        } else {
            Indent::Less(wanted.strip_suffix(line).filter(|_| !line.is_empty())?.to_owned())
        };
        let lead = match &this {
            Indent::More(lead) | Indent::Less(lead) => lead,
            Indent::Same => "",
        };
        if !lead.chars().all(|c| matches!(c, ' ' | '\t'))
            || found.as_ref().is_some_and(|found| *found != this)
        {
            return None;
        }
        found = Some(this);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::text::Text;
    use super::*;

    fn found(file: &str, wanted: &[&str]) -> Result<Place, Miss> {
        let text = Text::read(file.as_bytes()).expect("text");
        let wanted: Vec<String> = wanted.iter().map(|line| (*line).to_owned()).collect();
        locate(&text.lines, &wanted, 0)
    }

    #[test]
    fn an_exact_place_wins_over_places_that_fit_loosely() {
        assert_eq!(found("a \na\n", &["a"]), Ok(Place { first: 1, indent: Indent::Same }));
    }

    #[test]
    fn trailing_space_and_uniform_indentation_are_forgiven() {
        assert_eq!(found("x\nlet a;  \nlet b;\n", &["let a;", "let b; "]).expect("a place").first, 1);
        let place =
            found("{\n    if x {\n        y\n    }\n}\n", &["if x {", "    y", "}"]).expect("a place");
        assert_eq!(place, Place { first: 1, indent: Indent::More("    ".into()) });
        assert_eq!(place.indent.apply("z"), "    z");
        let place = found("if x {\n  y\n}\n", &["  if x {", "    y", "  }"]).expect("a place");
        assert_eq!(place.indent, Indent::Less("  ".into()));
        assert_eq!(place.indent.apply("    z"), "  z");
    }

    #[test]
    fn uneven_indentation_and_other_words_are_refused_with_the_nearest_lines() {
        assert!(matches!(found("    a\n  b\n", &["a", "b"]), Err(Miss::Nowhere(_))));
        let Err(Miss::Nowhere(Some(nearest))) = found("one\ntwo\nthree\nfour\n", &["two", "threw"]) else {
            panic!("expected the nearest lines")
        };
        assert_eq!((nearest.line, nearest.differs), (2, ("threw".into(), "three".into())));
    }

    #[test]
    fn two_places_are_a_refusal_that_shows_both() {
        assert_eq!(found("a\nb\na\n", &["a"]), Err(Miss::Several(vec![0, 2])));
        assert_eq!(found("  a\nb\n    a\n", &["a"]), Err(Miss::Several(vec![0, 2])));
    }

    #[test]
    fn first_and_last_line_alone_are_no_match() {
        let file = "fn a() {\n    one();\n    two();\n}\n";
        assert!(found(file, &["fn a() {", "    something();", "    else();", "}"]).is_err());
    }

    #[test]
    fn nothing_to_look_for_is_told() {
        assert_eq!(found("a\n", &["", "  "]), Err(Miss::Empty));
    }
}
