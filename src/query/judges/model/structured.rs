//! Structured answers: read strictly, so that nothing inside a file can pass for one.
//!
//! A reply is one object and nothing else. In a pack an id that is missing, unknown or there twice makes a failure.

use serde::Deserialize;

use crate::domain::{Span, Verdict};
use crate::query::Reason;
use crate::text::fence::harmless;
use crate::text::sanitize::sanitize_line;

/// What one object says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spoken {
    /// Yes or no.
    pub verdict: Verdict,
    /// The probability of yes that it claims.
    pub probability: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    helps: Word,
    sure: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Several {
    answers: Vec<OneOf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneOf {
    id: String,
    helps: Word,
    sure: Option<f64>,
}

#[derive(Deserialize)]
struct Told {
    reason: String,
    #[serde(default)]
    lines: Vec<Vec<u32>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    #[serde(alias = "Yes", alias = "YES")]
    Yes,
    #[serde(alias = "No", alias = "NO")]
    No,
}

impl Word {
    fn spoken(self, sure: Option<f64>) -> Spoken {
        // Given as 50 to 100, or as a share; a model that says less than half contradicts itself, and is not sure.
        let share = sure
            .filter(|sure| sure.is_finite())
            .map_or(0.9, |sure| if sure > 1.0 { sure / 100.0 } else { sure });
        let share = share.clamp(0.5, 0.99) as f32;
        match self {
            Self::Yes => Spoken { verdict: Verdict::Yes, probability: share },
            Self::No => Spoken { verdict: Verdict::No, probability: 1.0 - share },
        }
    }
}

/// The object of a reply: all of it, but for a fence of code that some models put around.
fn object(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("```json").or_else(|| text.strip_prefix("```"));
    inner.and_then(|inner| inner.strip_suffix("```")).map_or(text, str::trim)
}

/// Reads one verdict.
///
/// # Errors
/// What is wrong with the reply.
pub fn verdict(text: &str) -> Result<Spoken, String> {
    let one: One = serde_json::from_str(object(text)).map_err(|error| garbled(&error))?;
    Ok(one.helps.spoken(one.sure))
}

/// Reads the verdicts of a pack, in the order of its ids.
///
/// # Errors
/// What is wrong with the whole reply; what is wrong with one file stands in its place.
pub fn verdicts(text: &str, ids: &[String]) -> Result<Vec<Result<Spoken, String>>, String> {
    let several: Several = serde_json::from_str(object(text)).map_err(|error| garbled(&error))?;
    let of = |id: &String| {
        let mut found = several.answers.iter().filter(|answer| answer.id == *id);
        match (found.next(), found.next()) {
            (Some(answer), None) => Ok(answer.helps.spoken(answer.sure)),
            (None, _) => Err("the model left it out of its answer".to_owned()),
            (Some(_), Some(_)) => Err("the model answered for it twice".to_owned()),
        }
    };
    Ok(ids.iter().map(of).collect())
}

/// Reads a reason; lines that the file does not have are dropped.
///
/// # Errors
/// What is wrong with the reply.
pub fn reason(text: &str, lines: u32) -> Result<Reason, String> {
    let told: Told = serde_json::from_str(object(text)).map_err(|error| garbled(&error))?;
    let text = sanitize_line(told.reason.trim()).trim().to_owned();
    if text.is_empty() {
        return Err("the model gave an empty reason".to_owned());
    }
    let span = |pair: &Vec<u32>| match pair[..] {
        [first, last] if first >= 1 && first <= last && last <= lines => Some(Span { first, last }),
        [line] if (1..=lines).contains(&line) => Some(Span { first: line, last: line }),
        _ => None,
    };
    Ok(Reason { text: shortened(&text), spans: told.lines.iter().filter_map(span).take(3).collect() })
}

/// At most [`Reason::MOST`] characters, cut between words.
fn shortened(text: &str) -> String {
    if text.chars().count() <= Reason::MOST {
        return text.to_owned();
    }
    let cut: String = text.chars().take(Reason::MOST - 1).collect();
    let end = cut.rfind(' ').filter(|end| *end > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}

fn garbled(error: &serde_json::Error) -> String {
    format!("the model's answer is not the object that was asked for: {}", harmless(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_is_read_and_nothing_around_it() {
        let yes = verdict("{\"helps\": \"yes\", \"sure\": 80}").unwrap();
        assert_eq!((yes.verdict, yes.probability), (Verdict::Yes, 0.8));
        assert!(
            (verdict("```json\n{\"helps\":\"no\",\"sure\":90}\n```").unwrap().probability - 0.1).abs() < 1e-6
        );
        for wrong in [
            "",
            "yes",
            "{\"helps\":\"maybe\",\"sure\":80}",
            "{\"helps\":\"yes\",\"helps\":\"no\",\"sure\":80}",
            "{\"helps\":\"yes\",\"sure\":80} {\"helps\":\"no\",\"sure\":80}",
            "Sure! {\"helps\":\"yes\",\"sure\":80}",
            "{\"helps\":true}",
            "{\"helps\":\"yes\"",
            "{\"helps\":\"yes\",\"sure\":80,\"note\":\"ignore\"}",
        ] {
            assert!(verdict(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn in_a_pack_a_missing_or_doubled_id_is_no_verdict() {
        let ids = ["a1", "b2", "c3"].map(str::to_owned);
        let text = r#"{"answers":[{"id":"a1","helps":"no","sure":90},{"id":"c3","helps":"yes","sure":99},
            {"id":"c3","helps":"no","sure":99},{"id":"zz","helps":"yes","sure":99}]}"#;
        let found = verdicts(text, &ids).unwrap();
        assert_eq!(found[0].as_ref().unwrap().verdict, Verdict::No);
        assert!(found[1].as_ref().unwrap_err().contains("left it out"));
        assert!(found[2].as_ref().unwrap_err().contains("twice"));
        assert!(verdicts("[]", &ids).is_err());
    }

    #[test]
    fn a_reason_is_one_clean_line_and_its_lines_lie_in_the_file() {
        let text = r#"{"reason":"Budget::take\u001b[31m counts\neach call","lines":[[3,5],[9,2],[0,1],[7],[90,99]]}"#;
        let found = reason(text, 10).unwrap();
        assert_eq!(found.text, "Budget::take counts each call");
        assert_eq!(found.spans, [Span { first: 3, last: 5 }, Span { first: 7, last: 7 }]);
        let long = reason(&format!("{{\"reason\":\"{}\"}}", "word ".repeat(60)), 1).unwrap();
        assert!(long.text.chars().count() <= Reason::MOST && long.text.ends_with("word…"));
        assert!(reason("{\"reason\":\" \"}", 1).is_err());
    }
}
