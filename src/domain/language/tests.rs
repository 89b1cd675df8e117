//! Tests of recognising languages.

use std::collections::HashSet;

use super::*;

fn name(file: &str, first: &str) -> &'static str {
    Language::detect(file.as_bytes(), first).name()
}

#[test]
fn names_extensions_and_first_lines_are_recognised() {
    let cases = [
        ("main.rs", "", "Rust"),
        ("App.tsx", "", "TSX"),
        ("index.d.ts", "", "TypeScript"),
        ("x.test.JS", "", "JavaScript"),
        ("Dockerfile", "", "Dockerfile"),
        ("Dockerfile.dev", "", "Dockerfile"),
        ("api.Dockerfile", "", "Dockerfile"),
        ("Makefile", "", "Makefile"),
        ("CMakeLists.txt", "", "CMake"),
        ("notes.txt", "", "Plain Text"),
        ("justfile", "", "Justfile"),
        (".env", "", "Dotenv"),
        (".env.local", "", "Dotenv"),
        ("BUILD", "", "Starlark"),
        ("BUILD.bazel", "", "Starlark"),
        ("Gemfile", "", "Ruby"),
        ("go.mod", "", "Go module"),
        ("README", "", "Markdown"),
        ("LICENSE", "", "Plain Text"),
        ("run", "#!/usr/bin/env python3.12", "Python"),
        ("run", "#!/usr/bin/env -S deno run", "TypeScript"),
        ("run", "#! /bin/sh -e", "Bash"),
        ("run", "\u{feff}<?php", "PHP"),
        ("view.blade.php", "", "Blade"),
        ("a.C", "", "C++"),
        ("a.c", "", "C"),
        ("tsconfig.json", "", "JSON with comments"),
        ("", "", "Plain Text"),
        ("...", "#!", "Plain Text"),
    ];
    for (file, first, want) in cases {
        assert_eq!(name(file, first), want, "{file:?} {first:?}");
    }
    assert_eq!(Language::detect(b"\xff\xfe.py", "").name(), "Python");
}

#[test]
fn more_than_seventy_languages_have_their_own_names_and_keys() {
    let names: HashSet<_> = Language::all().map(Language::name).collect();
    assert_eq!(names.len(), TABLE.len());
    assert!(names.len() >= 100, "{}", names.len());
    for language in Language::all() {
        assert_eq!(Language::from_name(language.name()), Some(language));
        let row = language.row();
        let known = row.extensions.len() + row.files.len() + row.interpreters.len();
        assert!(known > 0, "{} cannot be recognised", language.name());
        for extension in row.extensions {
            let found = Language::detect(format!("x.{extension}").as_bytes(), "");
            assert_eq!(found, language, ".{extension}");
        }
    }
}

#[test]
fn kinds_and_comments_fit_the_language() {
    assert!(Language::RUST.is_code() && Language::MARKDOWN.is_doc() && Language::TOML.is_config());
    assert_eq!(Language::RUST.line_comments(), ["//"]);
    assert_eq!(Language::HTML.block_comment(), Some(("<!--", "-->")));
    assert_eq!(Language::default(), Language::PLAIN);
    assert_eq!(Language::TSX.extension(), "tsx");
}

#[test]
fn a_syntax_name_is_in_the_highlighters_set_for_every_common_language() {
    let set = two_face::syntax::extra_newlines();
    let missing: Vec<_> = Language::all()
        .filter(|language| language.is_code() || language.is_config())
        .filter(|language| {
            set.find_syntax_by_name(language.syntax_name()).is_none()
                && set.find_syntax_by_extension(language.extension()).is_none()
        })
        .map(Language::name)
        .collect();
    assert_eq!(missing, ["Pug", "Visual Basic", "COBOL", "Prolog"]);
}
