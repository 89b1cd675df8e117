//! Highlighting: tokens get their roles, limits keep text plain, and resuming gives what going through gives.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn of(file_name: &str) -> Subject<'_> {
    Subject { language: Language::PLAIN, file_name }
}

/// The role of the first place where `token` stands.
fn role_of(file_name: &str, text: &str, token: &str) -> SyntaxRole {
    let lines = Highlighter::new().highlight(of(file_name), text, Limits::default());
    let (number, line) = text.lines().enumerate().find(|(_, line)| line.contains(token)).unwrap();
    let at = line.find(token).unwrap();
    lines[number].iter().find(|(_, range)| range.contains(&at)).unwrap().0
}

#[test]
fn tokens_of_common_languages_have_their_roles() {
    use SyntaxRole as S;
    let rust = "/// Doc.\npub fn take(n: u32) -> Result<Permit> {\n    let s = \"a{n}\\n\"; // note\n    MAX + 41\n}\n#[test]\nstruct Budget;\n";
    for (token, role) in [
        ("/// Doc", S::Comment),
        ("pub", S::Keyword),
        ("fn", S::Keyword),
        ("take", S::Function),
        ("u32", S::Type),
        ("let", S::Keyword),
        ("\"a", S::String),
        ("\\n", S::Constant),
        ("// note", S::Comment),
        ("41", S::Number),
        ("Budget", S::Type),
        ("{", S::Punctuation),
    ] {
        assert_eq!(role_of("budget.rs", rust, token), role, "{token}");
    }
    for (file, text, token, role) in [
        ("a.py", "def spend(x):\n    return None  # done\n", "spend", S::Function),
        ("a.py", "def spend(x):\n    return None  # done\n", "# done", S::Comment),
        ("a.ts", "export class Pool { take(): number { return 1 } }\n", "Pool", S::Type),
        ("a.tsx", "const x = <Dialog open={true} />\n", "open", S::Attribute),
        ("a.html", "<p class=\"x\">hi</p>\n", "p class", S::Tag),
        ("a.md", "# Title\n\nsome **bold** [a](http://b.example)\n", "Title", S::Heading),
        ("a.md", "# Title\n\nsome **bold** [a](http://b.example)\n", "bold", S::Emphasis),
        ("a.diff", "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n", "old", S::Deleted),
        ("a.diff", "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n", "new", S::Inserted),
        ("a.json", "{\"key\": \"text\"}\n", "key", S::Attribute),
        ("a.json", "{\"key\": \"text\"}\n", "text", S::String),
        ("a.yaml", "key: value\n", "key", S::Attribute),
        ("a.ts", "const f = () => 1\n", "const", S::Keyword),
        ("a.ts", "const f = () => 1\n", "=>", S::Operator),
        ("a.go", "func f(n int) {}\n", "int", S::Type),
        ("a.cs", "class A { int x; }\n", "class", S::Keyword),
        ("a.cs", "class A { int x; }\n", "int", S::Type),
        ("a.py", "x = not y\n", "not", S::Keyword),
        ("a.css", ".a { width: 10px }\n", "width", S::Attribute),
        ("a.json", "{\"key\": 12}\n", "12", S::Number),
        ("a.toml", "name = \"x\"\n", "\"x\"", S::String),
        ("a.c", "int main(void) { return 0; }\n", "main", S::Function),
        ("a.go", "func Take(n int) error { return nil }\n", "Take", S::Function),
        ("Dockerfile", "FROM scratch\n", "FROM", S::Keyword),
        ("notes.txt", "pub fn take\n", "pub", S::Plain),
    ] {
        assert_eq!(role_of(file, text, token), role, "{token} in {file}");
    }
}

#[test]
fn a_script_without_a_name_is_known_by_its_first_line() {
    let source = Highlighter::new().open(of("run"), "#!/usr/bin/env python3\nx = 1\n", Limits::default());
    assert_eq!(source.syntax(), Some("Python"));
}

#[test]
fn the_set_knows_many_languages() {
    assert!(Highlighter::new().syntax_names().len() > 150);
}

#[test]
fn every_language_that_is_recognised_is_highlighted_but_for_a_known_few() {
    let known = ["Cap'n Proto", "Pug", "Visual Basic", "COBOL"];
    let syntaxes = syntaxes::Syntaxes::default();
    let without: Vec<&str> = Language::all()
        .filter(|language| *language != Language::PLAIN)
        .filter(|language| syntaxes.find(Subject { language: *language, file_name: "" }, "").is_none())
        .map(Language::name)
        .collect();
    let unknown: Vec<_> = without.into_iter().filter(|name| !known.contains(name)).collect();
    assert_eq!(unknown, [""; 0]);
}

#[test]
fn one_entry_for_each_line_whatever_its_end() {
    let highlight = |text: &str| Highlighter::new().highlight(of("a.rs"), text, Limits::default());
    assert_eq!(highlight("").len(), 0);
    assert_eq!(highlight("\n").len(), 1);
    assert_eq!(highlight("let a;\r\n\r\nlet b;").len(), 3);
    assert_eq!(highlight("let a;\r\n")[0].last().map(|(_, range)| range.end), Some(6));
}

#[test]
fn a_line_over_the_limit_stays_plain_and_the_next_goes_on() {
    let text = format!("let a = 1;\n// {}\nlet b = 2;\n", "x".repeat(3000));
    let lines = Highlighter::new().highlight(of("a.rs"), &text, Limits::default());
    assert_eq!(lines[1], [(SyntaxRole::Plain, 0..3003)]);
    assert_eq!(lines[2][0], (SyntaxRole::Keyword, 0..3));
}

#[test]
fn a_text_over_the_limit_stays_plain() {
    let limits = Limits { lines: 2, ..Limits::default() };
    let lines = Highlighter::new().highlight(of("a.rs"), "let a;\nlet b;\nlet c;\n", limits);
    assert_eq!(lines, vec![vec![(SyntaxRole::Plain, 0..6)]; 3]);
    let limits = Limits { bytes: 5, ..Limits::default() };
    let source = Highlighter::new().open(of("a.rs"), "let a;\n", limits);
    assert_eq!(source.syntax(), None);
}

#[test]
fn resuming_anywhere_gives_what_going_through_gives() {
    let mut text = String::new();
    for block in 0..60 {
        write!(text, "fn f{block}() {{\n    /* open\n    still {block}\n    */ let s = \"a\n    b\";\n}}\n")
            .unwrap();
    }
    let highlighter = Highlighter::new();
    let whole = highlighter.highlight(of("a.rs"), &text, Limits::default());
    let mut source = highlighter.open(of("a.rs"), &text, Limits::default());
    for range in [350..360, 0..3, 199..202, 299..301, 100..100, 355..9999] {
        let end = range.end.min(whole.len());
        assert_eq!(source.lines(range.clone()), whole[range.start..end], "{range:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn runs_cover_each_line_without_gaps(text in "([a-z\"'/*#{}()<>`é日\\\\ ]{0,12}\r?\n?){0,12}", file in "(a\\.(rs|py|md|html|sh|js))") {
        let lines = Highlighter::new().highlight(of(&file), &text, Limits::default());
        prop_assert_eq!(lines.len(), text.lines().count());
        for (runs, line) in lines.iter().zip(text.lines()) {
            let mut at = 0;
            for (_, range) in runs {
                prop_assert_eq!(range.start, at);
                prop_assert!(range.end > range.start && line.is_char_boundary(range.end));
                at = range.end;
            }
            prop_assert_eq!(at, line.len());
        }
    }
}
