//! Spellings: yes and no as models write them, in text and among the likeliest tokens.
//!
//! Invariant: whatever is not clearly one of both is neither. Nothing is read out of a longer text.

use crate::domain::Verdict;
use crate::llm::{Reply, TokenLogprobs};

/// The least probability that all spellings must have together for their ratio to mean something.
const LEAST_MASS: f64 = 0.02;

/// Tokens of white space or quotes that may stand before the answer.
const BEFORE: usize = 3;

/// What a reply to the one-word question says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Said {
    /// A probability of yes, from the tokens' own.
    Likely(f32),
    /// A plain yes or no.
    Plain(Verdict),
    /// Neither.
    Unclear,
}

/// Reads a reply: log-probabilities first, then the text.
pub fn read(reply: &Reply) -> Said {
    if let Some(probability) = probability(&reply.logprobs) {
        return Said::Likely(probability);
    }
    plain(&reply.text).map_or(Said::Unclear, Said::Plain)
}

/// P(yes): the softmax over all spellings of yes and no among the likeliest first tokens.
pub fn probability(tokens: &[TokenLogprobs]) -> Option<f32> {
    let blank = |token: &&TokenLogprobs| bare(&token.token).is_empty();
    let skipped = tokens.iter().take(BEFORE).take_while(blank).count();
    let token = tokens.get(skipped)?;
    let (mut yes, mut no) = (0.0_f64, 0.0_f64);
    let (mut start_of_yes, mut start_of_no) = (0.0_f64, 0.0_f64);
    let mut seen: Vec<&str> = Vec::with_capacity(token.top.len() + 1);
    let own = (token.token.as_str(), token.logprob);
    for (text, logprob) in token.top.iter().map(|(text, logprob)| (text.as_str(), *logprob)).chain([own]) {
        if seen.contains(&text) || logprob.is_nan() {
            continue;
        }
        seen.push(text);
        let mass = f64::from(logprob.min(0.0)).exp();
        match bare(text).as_str() {
            "yes" => yes += mass,
            "no" => no += mass,
            // Under a grammar, and in some vocabularies, words come letter by letter.
            "y" | "ye" => start_of_yes += mass,
            "n" => start_of_no += mass,
            _ => {}
        }
    }
    if yes + no < LEAST_MASS {
        (yes, no) = (yes + start_of_yes, no + start_of_no);
    }
    (yes + no >= LEAST_MASS).then(|| (yes / (yes + no)) as f32)
}

/// The verdict of a text that is one word and nothing else.
pub fn plain(text: &str) -> Option<Verdict> {
    match bare(text).as_str() {
        "yes" => Some(Verdict::Yes),
        "no" => Some(Verdict::No),
        _ => None,
    }
}

/// A word without the signs that vocabularies and habits put around it, in lower case.
fn bare(text: &str) -> String {
    let sign = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                'Ġ' | '▁' | 'Ċ' | '"' | '\'' | '`' | '*' | '_' | '.' | ',' | '!' | '“' | '”' | '‘' | '’'
            )
    };
    text.trim_matches(sign).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(top: &[(&str, f32)]) -> TokenLogprobs {
        let top: Vec<(String, f32)> = top.iter().map(|(text, p)| ((*text).to_owned(), p.ln())).collect();
        TokenLogprobs { token: top[0].0.clone(), logprob: top[0].1, top }
    }

    fn near(found: Option<f32>, wanted: f32) {
        let found = found.expect("a probability");
        assert!((found - wanted).abs() < 1e-3, "{found} is not {wanted}");
    }

    #[test]
    fn every_spelling_counts_once() {
        let top = [
            ("Yes", 0.3),
            (" yes", 0.2),
            ("Ġyes", 0.05),
            ("\"YES\"", 0.05),
            ("No", 0.1),
            ("▁no", 0.05),
            ("maybe", 0.1),
        ];
        near(probability(&[token(&top)]), 0.6 / 0.75);
    }

    #[test]
    fn letters_count_where_no_word_does() {
        near(probability(&[token(&[("y", 0.6), ("n", 0.2)])]), 0.75);
        near(probability(&[token(&[("yes", 0.1), ("no", 0.3), ("n", 0.5)])]), 0.25);
    }

    #[test]
    fn blank_tokens_before_the_word_are_passed_over() {
        near(probability(&[token(&[("\n", 0.9)]), token(&[("no", 0.8), ("yes", 0.2)])]), 0.2);
    }

    #[test]
    fn what_is_hardly_said_says_nothing() {
        assert_eq!(probability(&[token(&[("The", 0.9), ("yes", 0.001)])]), None);
        assert_eq!(probability(&[]), None);
        assert_eq!(probability(&[token(&[("yesterday", 0.9), ("nothing", 0.1)])]), None);
    }

    #[test]
    fn only_the_bare_word_is_an_answer() {
        assert_eq!(plain(" Yes.\n"), Some(Verdict::Yes));
        assert_eq!(plain("**no**"), Some(Verdict::No));
        for unclear in [
            "",
            "yes and no",
            "Yes, because it says so",
            "y",
            "true",
            "no yes",
            "{\"answer\":\"yes\"}",
            "not sure",
        ] {
            assert_eq!(plain(unclear), None, "{unclear}");
        }
    }
}
