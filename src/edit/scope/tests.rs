//! What is told from what was asked for.

use super::super::hunk::hunks;
use super::*;
use HunkClass::{Cosmetic, InScope, OutOfScope};

fn classes(file: &str, old: &str, new: &str, target: &Target) -> Vec<HunkClass> {
    let text = |text: &str| Text::read(text.as_bytes()).expect("text");
    let (old, new) = (text(old), text(new));
    let mut hunks = hunks(&old, &new);
    classify(&mut hunks, &Structure::new(file, &old), &new, target);
    hunks.iter().map(|hunk| hunk.class).collect()
}

fn asked(instruction: &str) -> Target {
    Target { instruction: instruction.to_owned(), ..Target::default() }
}

fn fixed(file: &str, old: &str, new: &str) -> Vec<HunkClass> {
    classes(file, old, new, &asked("fix the bug"))
}

#[test]
fn spacing_and_comments_are_cosmetic_unless_asked_for() {
    assert_eq!(fixed("a.rs", "fn x() { a( b ); }\n", "fn x() { a(b); }\n"), [Cosmetic]);
    assert_eq!(fixed("a.rs", "// one\nfn a() {}\n", "// two\nfn a() {}\n"), [Cosmetic]);
    assert_eq!(fixed("a.rs", "fn a() {}\n", "fn b() {}\n"), [InScope]);
    assert_eq!(classes("a.rs", "// one\n", "// two\n", &asked("mend the typo")), [InScope]);
    let layout = classes("a.rs", "fn x() { a( b ); }\n", "fn x() { a(b); }\n", &asked("format the file"));
    assert_eq!(layout, [InScope]);
    assert_eq!(classes("a.rs", "// one\n", "// two\n", &asked("start the docker image")), [Cosmetic]);
}

#[test]
fn a_comment_asked_for_at_one_name_is_not_asked_for_at_others() {
    let old = "def unquote(a):\n    return a[1:-1]\n\n\n# Old.\n@cached\ndef to_str(a):\n    return str(a)\n";
    let new = "# Without its quotes.\ndef unquote(a):\n    return a[1:-1]\n\n\n# As text.\n@cached\ndef to_str(a):\n    return str(a)\n";
    let said = |instruction: &str| classes("a.py", old, new, &asked(instruction));
    assert_eq!(said("comment unquote"), [InScope, Cosmetic]);
    assert_eq!(said("document to_str"), [Cosmetic, InScope], "the comment above a decorator belongs to it");
    assert_eq!(said("add a comment to unquote and to_str"), [InScope, InScope]);
    assert_eq!(said("comment every function, unquote too"), [InScope, InScope]);
    assert_eq!(said("improve the comments"), [InScope, InScope]);
}

#[test]
fn white_space_that_means_something_is_not_cosmetic() {
    assert_eq!(fixed("a.rs", "fn x() { a(\"b  c\"); }\n", "fn x() { a(\"b c\"); }\n"), [InScope]);
    assert_eq!(fixed("a.py", "if a:\n    b()\nc()\n", "if a:\n    b()\n    c()\n"), [InScope]);
    assert_eq!(
        fixed("a.js", "function x() {\n  return a\n}\n", "function x() {\n  return\n  a\n}\n"),
        [InScope]
    );
    assert_eq!(fixed("a.yaml", "a:\n  b: 1\nc: 2\n", "a:\n  b: 1\n  c: 2\n"), [InScope]);
    assert_eq!(fixed("a.md", "one\n\ntwo\n", "one\ntwo\n"), [InScope]);
    assert_eq!(fixed("a.txt", "ab\n", "a b\n"), [InScope]);
    assert_eq!(fixed("a.lua", "print('a b')\n", "print('a  b')\n"), [InScope]);
}

#[test]
fn white_space_that_means_nothing_is_cosmetic_in_every_language() {
    assert_eq!(fixed("a.py", "a(b,\n  c)\n", "a(b,\n      c)\n"), [Cosmetic]);
    assert_eq!(fixed("a.py", "a = 1\nb = 2\n", "a = 1\n\n\nb = 2\n"), [Cosmetic]);
    assert_eq!(fixed("a.rs", "fn x() {\n  a();\n}\n", "fn x() {\n    a();\n}\n"), [Cosmetic]);
    assert_eq!(fixed("a.rs", "fn x(a: u8, b: u8) {}\n", "fn x(\n    a: u8,\n    b: u8\n) {}\n"), [Cosmetic]);
    assert_eq!(fixed("a.txt", "one  \n", "one\n"), [Cosmetic]);
    assert_eq!(fixed("a.rs", "fn x() {}\r\n", "fn x() {}\n"), [Cosmetic]);
}

#[test]
fn statements_in_another_order_are_code_and_imports_in_another_order_are_not() {
    assert_eq!(
        fixed("a.rs", "fn x() {\n    a();\n    b();\n}\n", "fn x() {\n    b();\n    a();\n}\n")[0],
        InScope
    );
    let imports = fixed("a.rs", "use a;\nuse b;\n\nfn x() {}\n", "use b;\nuse a;\n\nfn x() {}\n");
    assert_eq!(imports, [Cosmetic, Cosmetic]);
    assert_eq!(fixed("a.rs", "use a::{B, C};\n", "use a::{C, B};\n"), [Cosmetic]);
    assert_eq!(fixed("a.rs", "use a::B;\nuse c::D;\n", "use a::D;\nuse c::B;\n"), [InScope]);
    assert_eq!(fixed("a.py", "import b\nimport a\nc()\n", "import a\nimport b\nc()\n"), [Cosmetic, Cosmetic]);
    let swift = fixed("a.swift", "import B\nimport A\n", "import A\nimport B\n");
    assert_eq!(swift, [Cosmetic, Cosmetic], "without a grammar");
}

#[test]
fn comments_that_tools_obey_are_code() {
    assert_eq!(fixed("a.py", "import b\n", "import b  # noqa: F401\n"), [InScope]);
    assert_eq!(
        fixed("a.go", "package a\n\nvar b string\n", "package a\n\n//go:embed c\nvar b string\n"),
        [InScope]
    );
    assert_eq!(fixed("a.ts", "a(b);\n", "// @ts-ignore\na(b);\n"), [InScope]);
    assert_eq!(fixed("a.ts", "a(b);\n", "// Calls a.\na(b);\n"), [Cosmetic]);
}

#[test]
fn a_doc_string_is_a_comment() {
    let (old, new) = ("def a():\n    b()\n", "def a():\n    \"\"\"Calls b.\"\"\"\n    b()\n");
    assert_eq!(fixed("a.py", old, new), [Cosmetic]);
    assert_eq!(classes("a.py", old, new, &asked("add a docstring")), [InScope]);
}

const SUM: &str =
    "fn sum(items: &[u8]) -> u8 {\n    let total = items.iter().sum();\n\n    log(1);\n\n    total\n}\n";

#[test]
fn names_that_nobody_asked_to_change_are_cosmetic() {
    let new = SUM.replace("total", "result");
    assert_eq!(fixed("a.rs", SUM, &new), [Cosmetic, Cosmetic]);
    assert_eq!(classes("a.rs", SUM, &new, &asked("rename the local")), [InScope, InScope]);
    assert_eq!(classes("a.rs", SUM, &new, &asked("use result in place of it")), [InScope, InScope]);
    let both = new.replace("log(1)", "log(2)");
    assert_eq!(fixed("a.rs", SUM, &both), [Cosmetic, InScope, Cosmetic]);
}

#[test]
fn a_name_that_code_in_scope_needs_is_in_scope() {
    let new = SUM.replace("total", "result").replace("log(1)", "log(result, 1)");
    assert_eq!(fixed("a.rs", SUM, &new), [InScope, InScope, InScope]);
}

#[test]
fn another_variable_or_function_is_code() {
    assert_eq!(
        fixed("a.rs", "fn x(a: u8, b: u8) -> u8 { a }\n", "fn x(a: u8, b: u8) -> u8 { b }\n"),
        [InScope]
    );
    assert_eq!(fixed("a.rs", "fn x() { get(1); }\n", "fn x() { get_mut(1); }\n"), [InScope]);
    assert_eq!(fixed("a.rs", "fn x() {}\n", "fn y() {}\n"), [InScope], "others may call it");
}

#[test]
fn hunks_away_from_the_selection_are_out_of_scope_but_for_the_imports_it_needs() {
    let old = "use a::A;\n\nfn x() {\n    one();\n}\n\nfn y() {\n    two();\n}\n";
    let new = "use a::A;\nuse b::Budget;\n\nfn x() {\n    Budget::one();\n}\n\nfn y() {\n    three();\n}\n";
    let target = Target { lines: Some(3..=5), ..asked("use the budget") };
    assert_eq!(classes("a.rs", old, new, &target), [InScope, InScope, OutOfScope]);
}
