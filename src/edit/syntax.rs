//! Syntax marks: where in a file lines lie, and whether a change of them breaks the file's grammar.
//!
//! Invariant: a text is parsed for what is asked of it, when that is first asked, and never again.

use std::cell::OnceCell;
use std::ops::Range;

use crate::domain::Language;
use crate::index::outline::{Leaf, Outline, broken, leaves, outline};
use crate::index::{Symbol, SymbolKind};

use super::hunk::{Hunk, patched};
use super::text::Text;

/// Files with more hunks than this are parsed once for all of them together.
const MOST_APART: usize = 24;

/// What is known of a text's structure.
#[derive(Debug, Clone)]
pub struct Structure {
    language: Language,
    /// Its lines, each ended by `\n`.
    text: String,
    /// Where each line begins, in bytes, and where the text ends.
    starts: Vec<usize>,
    outline: OnceCell<Outline>,
    leaves: OnceCell<Option<Vec<Leaf>>>,
    errors: OnceCell<Option<u32>>,
}

/// The language of a file by its path and first line.
pub fn language(path: &str, text: &Text) -> Language {
    let name = path.rsplit('/').next().unwrap_or(path);
    let first = text.lines.first().map_or("", |line| line.text.as_str());
    Language::detect(name.as_bytes(), first)
}

impl Structure {
    /// That of a file's text.
    pub fn new(path: &str, text: &Text) -> Self {
        Self::of(language(path, text), text)
    }

    /// That of a text in a language.
    pub fn of(language: Language, text: &Text) -> Self {
        let text = text.joined();
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        let (outline, leaves, errors) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { language, text, starts, outline, leaves, errors }
    }

    /// The file's language.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// What the file defines, by first line.
    pub fn symbols(&self) -> &[Symbol] {
        &self.outline.get_or_init(|| outline(self.language, &self.text)).symbols
    }

    /// Its leaves, in order; `None` without a grammar, or where it cannot be read as a whole.
    pub fn leaves(&self) -> Option<&[Leaf]> {
        self.leaves.get_or_init(|| leaves(self.language, &self.text)).as_deref()
    }

    /// The text of bytes.
    pub fn say(&self, range: Range<usize>) -> &str {
        &self.text[range]
    }

    /// Where lines (counted from 0) begin and end, in bytes; lines beyond the last are none.
    pub fn bytes(&self, lines: Range<usize>) -> Range<usize> {
        let offset = |line: usize| self.starts.get(line).copied().unwrap_or(self.text.len());
        offset(lines.start)..offset(lines.end)
    }

    /// A line, counted from 0, without its end; empty beyond the last.
    pub fn line(&self, at: usize) -> &str {
        self.say(self.bytes(at..at + 1)).trim_end_matches('\n')
    }

    /// What a line (1-based) lies in, outermost first: `impl Budget · fn take`; `None` at the top of a file.
    pub fn place(&self, line: u32) -> Option<String> {
        let holds = |symbol: &&Symbol| {
            symbol.span.first <= line && line <= symbol.span.last && symbol.kind != SymbolKind::Landmark
        };
        let names: Vec<String> = self.symbols().iter().filter(holds).map(|it| self.title(it)).collect();
        (!names.is_empty()).then(|| names.join(" \u{b7} "))
    }

    /// A symbol's name with the word that defines it, where its line has one.
    fn title(&self, symbol: &Symbol) -> String {
        let line = self.line(symbol.span.first.saturating_sub(1) as usize);
        let whole = |at: usize| {
            let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
            !line[..at].ends_with(part_of_word) && !line[at + symbol.name.len()..].starts_with(part_of_word)
        };
        let at = line.match_indices(&*symbol.name).map(|(at, _)| at).find(|at| whole(*at));
        let before = &line[..at.unwrap_or(0)];
        let word = before.split_whitespace().rev().find(|word| WORDS.contains(word));
        word.map_or_else(|| symbol.name.to_string(), |word| format!("{word} {}", symbol.name))
    }

    /// The syntax errors that each hunk adds: those of the file with the hunk alone beyond those without. Where there are
    /// many hunks, or a hunk makes sense only with others, what all add together counts for the first.
    pub fn added_errors(&self, base: &Text, hunks: &[Hunk]) -> Vec<u32> {
        let before = *self.errors.get_or_init(|| broken(self.language, &self.text));
        let Some(before) = before else { return vec![0; hunks.len()] };
        let count = |chosen: &[Hunk]| {
            let now = broken(self.language, &patched(base, chosen).joined()).unwrap_or(before);
            now.saturating_sub(before)
        };
        // What is whole when all is taken is not broken: a brace may open in one hunk and close in another.
        let together = count(hunks);
        if together == 0 {
            return vec![0; hunks.len()];
        }
        let mut each: Vec<u32> = match hunks.len() {
            ..=MOST_APART => hunks.iter().map(|hunk| count(std::slice::from_ref(hunk))).collect(),
            many => vec![0; many],
        };
        if each.iter().all(|errors| *errors == 0)
            && let Some(first) = each.first_mut()
        {
            *first = together;
        }
        each
    }
}

/// Words that define what comes after them.
const WORDS: [&str; 19] = [
    "fn",
    "def",
    "func",
    "function",
    "fun",
    "class",
    "struct",
    "enum",
    "trait",
    "interface",
    "type",
    "mod",
    "module",
    "namespace",
    "const",
    "static",
    "let",
    "var",
    "record",
];

#[cfg(test)]
mod tests {
    use super::super::hunk::hunks;
    use super::*;

    fn text(text: &str) -> Text {
        Text::read(text.as_bytes()).expect("text")
    }

    const FILE: &str = "struct Budget;\n\nimpl Budget {\n    fn take(&self) -> u32 {\n        1\n    }\n}\n";

    #[test]
    fn a_line_is_placed_in_what_holds_it() {
        let structure = Structure::new("a.rs", &text(FILE));
        assert_eq!(structure.place(5).as_deref(), Some("impl Budget \u{b7} fn take"));
        assert_eq!(structure.place(1).as_deref(), Some("struct Budget"));
        assert_eq!(structure.place(2), None);
    }

    #[test]
    fn errors_are_counted_for_the_hunk_that_adds_them() {
        let base = text(FILE);
        let structure = Structure::new("a.rs", &base);
        let found =
            hunks(&base, &text(&FILE.replace("        1\n", "        (1\n").replace("Budget;", "Budget; ")));
        let errors = structure.added_errors(&base, &found);
        assert_eq!(errors.len(), 2);
        assert_eq!(errors[0], 0);
        assert!(errors[1] > 0, "{errors:?}");
    }

    #[test]
    fn what_is_whole_together_is_not_broken() {
        let base = text(FILE);
        let new = FILE.replace("struct Budget;\n", "mod a {\nstruct Budget;\n") + "}\n";
        let found = hunks(&base, &text(&new));
        assert_eq!(found.len(), 2);
        assert_eq!(Structure::new("a.rs", &base).added_errors(&base, &found), [0, 0]);
    }

    #[test]
    fn errors_that_were_there_are_not_counted() {
        let base = text("fn a( {\n}\nfn b() {}\n");
        let found = hunks(&base, &text("fn a( {\n}\nfn c() {}\n"));
        assert_eq!(Structure::new("a.rs", &base).added_errors(&base, &found), [0]);
    }
}
