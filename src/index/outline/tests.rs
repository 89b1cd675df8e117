//! Tests of outlines: what a small file of each language defines, comments on and imports.

use super::*;
use crate::index::SymbolKind;

mod compiled;
mod keywords;
mod pages;
mod scripted;

fn shown(file: &str, text: &str) -> Vec<String> {
    let language = Language::detect(file.as_bytes(), text.lines().next().unwrap_or(""));
    let outline = outline(language, text);
    let symbols = outline.symbols.iter().map(|symbol| {
        let kind = match symbol.kind {
            SymbolKind::Function => "fn",
            SymbolKind::Type => "type",
            SymbolKind::Module => "mod",
            SymbolKind::Value => "value",
            SymbolKind::Landmark => "mark",
        };
        let indent = "  ".repeat(usize::from(symbol.depth));
        format!("{indent}{kind} {} {}-{}", symbol.name, symbol.span.first, symbol.span.last)
    });
    let comments = outline.comments.iter().map(|range| format!("comment {}", text[range.clone()].trim_end()));
    let imports = outline.imports.iter().map(|import| format!("import {import}"));
    symbols.chain(comments).chain(imports).collect()
}

fn check(file: &str, text: &str, want: &[&str]) {
    assert_eq!(shown(file, text), want, "{file}");
}

#[test]
fn broken_code_keeps_what_can_be_read() {
    let found = shown("a.rs", "fn good() {}\nfn bad( {{{ \nstruct After;\n");
    assert!(found.contains(&"fn good 1-1".to_owned()), "{found:?}");
    let found = shown("a.py", "def f(:\n  x\nclass K:\n  def m(self): pass\n");
    assert!(found.iter().any(|line| line.contains("type K")), "{found:?}");
}

#[test]
fn huge_and_endless_files_fall_back_to_lines() {
    let text = "pub fn found_by_keyword() {\n}\n".repeat(20_000);
    let outline = outline(Language::RUST, &text);
    assert_eq!(outline.symbols.len(), MAX_SYMBOLS);
    assert_eq!(&*outline.symbols[0].name, "found_by_keyword");
    let nested = "(".repeat(100_000);
    assert_eq!(super::outline(Language::JAVASCRIPT, &nested).symbols.len(), 0);
}

/// Each of these ended the process inside a grammar's C scanner.
#[test]
fn texts_that_break_scanners_are_kept_from_them() {
    let wide = "echo {\u{4ebcd}..5} $\u{1f574}{\u{10ffff}";
    assert!(
        hazards::parsable(Language::BASH, wide)
            .is_some_and(|bytes| bytes.is_ascii() && bytes.len() == wide.len())
    );
    let word = "A".repeat(300);
    for text in [format!("x = <<~{word}\n a\n{word}\n"), format!("x = <<'{word}'\n a\n{word}\n")] {
        assert_eq!(shown("a.rb", &text), Vec::<String>::new());
    }
    assert!(hazards::parsable(Language::RUBY, "x = <<~EOS\n a\nEOS\n y << z\n").is_some());
    let deep: String = (0..600).flat_map(|depth| [" ".repeat(depth), "if x:\n".to_owned()]).collect();
    assert!(hazards::parsable(Language::PYTHON, &deep).is_none());
    assert_eq!(shown("a.py", &format!("def f(): pass\n{deep}")), ["fn f 1-1"]);
}

#[test]
fn ranges_are_apart_and_names_are_shown_on_one_line() {
    let text = "typedef struct { int a; /* b */ } T;\nint\n f(void);\n";
    let outline = outline(Language::C, text);
    for ranges in [&outline.names, &outline.comments] {
        assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
    }
    assert_eq!(syntax::shown(" a\n\tb\u{1b}[31m "), "a b[31m");
    assert_eq!(syntax::shown(&"x".repeat(300)).len(), 100);
}
