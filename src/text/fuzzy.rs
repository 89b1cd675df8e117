//! Matching for the palette (fuzzy) and the filter (parts of paths): a facade over nucleo's matcher.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// What is matched: it decides where a match is worth most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Names of commands: starts of words.
    Words,
    /// Paths: each word as it stands. Nearly every short word fits a long path letter by letter.
    Paths,
}

/// A match of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuzzyMatch {
    /// The higher the better; only comparable within one pattern.
    pub score: u32,
    /// Indices of the matched characters (`char`s, not bytes), ascending.
    pub indices: Vec<u32>,
}

/// A matcher with one pattern. Words of the pattern must all match; smart case; `^`, `$`, `'` and `!` as in fzf.
#[derive(Debug)]
pub struct Fuzzy {
    matcher: Matcher,
    pattern: Pattern,
    buffer: Vec<char>,
}

impl Fuzzy {
    /// Prepares a pattern.
    pub fn new(pattern: &str, subject: Subject) -> Self {
        let config = match subject {
            Subject::Words => Config::DEFAULT,
            Subject::Paths => Config::DEFAULT.match_paths(),
        };
        let mut pattern = Pattern::parse(pattern, CaseMatching::Smart, Normalization::Smart);
        if subject == Subject::Paths {
            for atom in pattern.atoms.iter_mut().filter(|atom| atom.kind == AtomKind::Fuzzy) {
                atom.kind = AtomKind::Substring;
            }
        }
        Self { matcher: Matcher::new(config), pattern, buffer: Vec::new() }
    }

    /// Whether the pattern is empty, which every text matches with a score of 0.
    pub fn is_empty(&self) -> bool {
        self.pattern.atoms.is_empty()
    }

    /// The score of a text; `None` where it does not match. Cheaper than [`Fuzzy::find`].
    pub fn score(&mut self, text: &str) -> Option<u32> {
        self.pattern.score(Utf32Str::new(text, &mut self.buffer), &mut self.matcher)
    }

    /// The score and the matched characters of a text; `None` where it does not match.
    pub fn find(&mut self, text: &str) -> Option<FuzzyMatch> {
        let mut indices = Vec::new();
        let haystack = Utf32Str::new(text, &mut self.buffer);
        let score = self.pattern.indices(haystack, &mut self.matcher, &mut indices)?;
        indices.sort_unstable();
        indices.dedup();
        Some(FuzzyMatch { score, indices })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(pattern: &str, subject: Subject, texts: &[&'a str]) -> Vec<&'a str> {
        let mut fuzzy = Fuzzy::new(pattern, subject);
        let mut found: Vec<_> =
            texts.iter().filter_map(|text| fuzzy.score(text).map(|score| (score, *text))).collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn the_better_match_comes_first_and_others_are_left_out() {
        let commands = ["Toggle preview", "Review proposed edits", "Re-judge this file"];
        assert_eq!(best("rev", Subject::Words, &commands)[0], "Review proposed edits");
        assert_eq!(best("zzz", Subject::Words, &commands), [""; 0]);
        let paths = ["src/ui/layout.rs", "src/net/budget.rs", "tests/budget.rs"];
        assert_eq!(best("net budg", Subject::Paths, &paths), ["src/net/budget.rs"]);
        assert_eq!(best("budget !net", Subject::Paths, &paths), ["tests/budget.rs"]);
        assert_eq!(best("bdg", Subject::Paths, &paths), [""; 0]);
    }

    #[test]
    fn matched_characters_are_told_by_index_not_byte() {
        let found = Fuzzy::new("bu", Subject::Words).find("é budget").unwrap();
        assert_eq!(found.indices, [2, 3]);
    }

    #[test]
    fn an_empty_pattern_matches_everything() {
        let mut fuzzy = Fuzzy::new("  ", Subject::Words);
        assert!(fuzzy.is_empty());
        assert_eq!(fuzzy.score("anything"), Some(0));
    }

    #[test]
    fn finding_and_scoring_agree() {
        let mut fuzzy = Fuzzy::new("net bud", Subject::Paths);
        let found = fuzzy.find("src/net/budget.rs").unwrap();
        assert_eq!(fuzzy.score("src/net/budget.rs"), Some(found.score));
        assert!(found.indices.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
