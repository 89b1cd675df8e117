//! The scope guard: whether a hunk does what the instruction asked, or only touches things up.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::domain::Language;

use super::hunk::{Hunk, HunkClass};
use super::text::Line;

/// What an instruction is about.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// Its words.
    pub instruction: String,
    /// The lines that were selected, 1-based, where some were.
    pub lines: Option<RangeInclusive<usize>>,
}

/// Words that ask for a comment to be touched.
const ABOUT_COMMENTS: [&str; 9] =
    ["comment", "document", "docs", "docstring", "rustdoc", "javadoc", "typo", "spelling", "licence"];

/// Words that ask for layout to be touched.
const ABOUT_LAYOUT: [&str; 8] =
    ["format", "indent", "whitespace", "white space", "sort", "order", "blank line", "style"];

/// Languages in which leading space means something.
const INDENTED: [&str; 9] =
    ["Python", "YAML", "Makefile", "Haskell", "F#", "CoffeeScript", "Pug", "Sass", "Nim"];

/// Classes the hunks of one file.
pub fn classify(hunks: &mut [Hunk], language: Language, target: &Target) {
    let said = target.instruction.to_lowercase();
    let about = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let (comments, layout) = (about(&ABOUT_COMMENTS), about(&ABOUT_LAYOUT));
    for hunk in hunks.iter_mut() {
        let spaces = is_spacing(hunk, language) && !layout;
        let remarks = is_commentary(hunk, language) && !comments;
        let shuffled = is_order(hunk) && !layout;
        if spaces || remarks || shuffled {
            hunk.class = HunkClass::Cosmetic;
        }
    }
    if let Some(lines) = &target.lines {
        let wanted = added_names(hunks, lines);
        for hunk in hunks.iter_mut().filter(|hunk| hunk.class == HunkClass::InScope) {
            if !touches(hunk, lines) && !is_import_for(hunk, &wanted) {
                hunk.class = HunkClass::OutOfScope;
            }
        }
    }
}

fn touches(hunk: &Hunk, lines: &RangeInclusive<usize>) -> bool {
    let first = hunk.old_start + 1;
    let last = (hunk.old_start + hunk.old.len()).max(first);
    // An insertion right after the selection still belongs to it.
    first <= lines.end() + usize::from(hunk.old.is_empty()) && last >= *lines.start()
}

/// Whether only white space differs, where that means nothing.
fn is_spacing(hunk: &Hunk, language: Language) -> bool {
    let bare = |lines: &[Line]| -> String {
        lines.iter().flat_map(|line| line.text.chars()).filter(|c| !c.is_whitespace()).collect()
    };
    if bare(&hunk.old) != bare(&hunk.new) {
        return false;
    }
    let leads = |lines: &[Line]| -> Vec<usize> {
        let said = lines.iter().map(|line| line.text.as_str()).filter(|line| !line.trim().is_empty());
        said.map(|line| line.len() - line.trim_start().len()).collect()
    };
    !INDENTED.contains(&language.name()) || leads(&hunk.old) == leads(&hunk.new)
}

/// Whether only whole-line comments differ.
fn is_commentary(hunk: &Hunk, language: Language) -> bool {
    let code = |lines: &[Line]| -> Vec<String> {
        let said = lines.iter().map(|line| line.text.trim()).filter(|line| !line.is_empty());
        said.filter(|line| !is_comment(line, language)).map(str::to_owned).collect()
    };
    let any = hunk.old.iter().chain(&hunk.new).any(|line| is_comment(line.text.trim(), language));
    any && code(&hunk.old) == code(&hunk.new)
}

fn is_comment(line: &str, language: Language) -> bool {
    let block = language.block_comment();
    language.line_comments().iter().any(|sign| line.starts_with(sign))
        || block.is_some_and(|(open, close)| {
            line.starts_with(open) && (line.ends_with(close) || !line.contains(close))
        })
        || block
            .is_some_and(|(open, _)| open == "/*" && (line.starts_with("* ") || line == "*" || line == "*/"))
}

/// Whether the same lines stand in another order.
fn is_order(hunk: &Hunk) -> bool {
    let count = |lines: &[Line]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for line in lines {
            *counts.entry(line.text.trim().trim_end_matches(',').to_owned()).or_default() += 1;
        }
        counts
    };
    hunk.old.len() > 1 && count(&hunk.old) == count(&hunk.new)
}

/// The words that the selection's hunks add.
fn added_names(hunks: &[Hunk], lines: &RangeInclusive<usize>) -> Vec<String> {
    let inside = hunks.iter().filter(|hunk| touches(hunk, lines));
    let text: String =
        inside.flat_map(|hunk| &hunk.new).fold(String::new(), |all, line| all + &line.text + "\n");
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.len() > 1)
        .map(str::to_owned)
        .collect()
}

/// Whether a hunk only adds an import of something that the selection now uses.
fn is_import_for(hunk: &Hunk, wanted: &[String]) -> bool {
    let lead = ["use ", "import ", "from ", "#include", "using ", "require", "const ", "pub use "];
    let imports = |line: &Line| lead.iter().any(|lead| line.text.trim_start().starts_with(lead));
    let names = |line: &Line| {
        let words = line.text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.filter(|word| word.len() > 1).any(|word| wanted.iter().any(|known| known == word))
    };
    hunk.old.iter().all(imports)
        && hunk.new.iter().all(|line| line.text.trim().is_empty() || imports(line) && names(line))
        && !hunk.new.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::hunk::hunks;
    use super::super::text::Text;
    use super::*;

    fn classes(file: &str, old: &str, new: &str, target: &Target) -> Vec<HunkClass> {
        let text = |text: &str| Text::read(text.as_bytes()).expect("text");
        let mut hunks = hunks(&text(old), &text(new));
        classify(&mut hunks, Language::detect(file.as_bytes(), ""), target);
        hunks.iter().map(|hunk| hunk.class).collect()
    }

    fn asked(instruction: &str) -> Target {
        Target { instruction: instruction.to_owned(), lines: None }
    }

    #[test]
    fn spacing_comments_and_order_are_cosmetic_unless_asked_for() {
        use HunkClass::{Cosmetic, InScope};
        let fix = asked("fix the bug");
        assert_eq!(classes("a.rs", "a( b );\n", "a(b);\n", &fix), [Cosmetic]);
        assert_eq!(classes("a.rs", "// one\na();\n", "// two\na();\n", &fix), [Cosmetic]);
        assert_eq!(
            classes("a.rs", "use a;\nuse b;\n", "use b;\nuse a;\n", &fix).first(),
            Some(&InScope),
            "two hunks"
        );
        assert_eq!(classes("a.rs", "a();\n", "b();\n", &fix), [InScope]);
        assert_eq!(classes("a.rs", "// one\n", "// two\n", &asked("mend the typo")), [InScope]);
        assert_eq!(classes("a.rs", "a( b );\n", "a(b);\n", &asked("format the file")), [InScope]);
    }

    #[test]
    fn indentation_means_something_in_some_languages() {
        let fix = asked("fix the bug");
        assert_eq!(
            classes("a.py", "if a:\n    b()\nc()\n", "if a:\n    b()\n    c()\n", &fix),
            [HunkClass::InScope]
        );
        assert_eq!(classes("a.rs", "c();\n", "    c();\n", &fix), [HunkClass::Cosmetic]);
    }

    #[test]
    fn hunks_away_from_the_selection_are_out_of_scope_but_for_the_imports_it_needs() {
        use HunkClass::{InScope, OutOfScope};
        let old = "use a::A;\n\nfn x() {\n    one();\n}\n\nfn y() {\n    two();\n}\n";
        let new =
            "use a::A;\nuse b::Budget;\n\nfn x() {\n    Budget::one();\n}\n\nfn y() {\n    three();\n}\n";
        let target = Target { instruction: "use the budget".into(), lines: Some(3..=5) };
        assert_eq!(classes("a.rs", old, new, &target), [InScope, InScope, OutOfScope]);
    }
}
