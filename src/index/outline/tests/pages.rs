//! Outlines of pages, styles, documents and settings.

use super::check;

#[test]
fn html_is_outlined() {
    check(
        "a.html",
        concat!(
            "<html><script src=\"a.js?v=1\"></script>\n",
            "<div id=\"main\" class=x><my-el/>\n",
            "<h1>Hello <b>x</b></h1>\n",
            "<!-- c --><link href='s.css'></div>\n",
            "<a href=\"https://x.y\">z</a></html>\n",
        ),
        &[
            "mark main 2-4",
            "mark my-el 2-2",
            "mark Hello 3-3",
            "comment <!-- c -->",
            "import a.js",
            "import s.css",
        ],
    );
}

#[test]
fn css_is_outlined() {
    check(
        "a.css",
        concat!(
            "@import 'a.css';\n",
            "@import url(b.css);\n",
            "/* c */\n",
            ".a, #b > .c:hover {\n",
            "  color: red\n",
            "}\n",
            ":root { --main-x: 1px; }\n",
            "@media (x) { .d {} }\n",
            "@keyframes spin { from {} }\n",
            "my-el .a { }\n",
        ),
        &[
            "mark .a 4-4",
            "mark #b 4-4",
            "mark .c 4-4",
            "mark --main-x 7-7",
            "mark .d 8-8",
            "mark spin 9-9",
            "mark my-el 10-10",
            "comment /* c */",
            "import a.css",
            "import b.css",
        ],
    );
}

#[test]
fn vue_is_outlined() {
    check(
        "a.vue",
        concat!(
            "<template>\n",
            " <!-- c -->\n",
            " <div/>\n",
            "</template>\n",
            "<script setup lang=\"ts\">\n",
            "import A from './A.vue'\n",
            "const x = () => 1\n",
            "function f() {}\n",
            "</script>\n",
            "<style></style>\n",
        ),
        &["fn x 7-7", "fn f 8-8", "comment <!-- c -->", "import ./A.vue"],
    );
}

#[test]
fn landmarks_of_files_that_are_not_code_are_outlined() {
    check(
        "a.md",
        concat!(
            "# One\n",
            "text [x](./b.md#y)\n",
            "## Two\n",
            "```sh\n",
            "# no\n",
            "```\n",
            "# Three\n",
            "<!-- c -->\n",
            "Title\n",
            "=====\n",
        ),
        &[
            "mark One 1-6",
            "  mark Two 3-6",
            "mark Three 7-8",
            "mark Title 9-10",
            "comment <!-- c -->",
            "import ./b.md",
        ],
    );
    check(
        "Makefile",
        concat!(
            "CC := gcc\n",
            "include x.mk\n",
            ".PHONY: all\n",
            "all: a.o\n",
            "\tgcc\n",
            "# c\n",
            "clean:\n",
            "\trm\n",
        ),
        &["value CC 1-1", "mark all 4-6", "mark clean 7-8", "comment # c", "import x.mk"],
    );
    check(
        "a.toml",
        concat!("name = \"x\"\n", "[a.b]\n", "k = 1 # c\n", "[[bin]]\n",),
        &["value name 1-1", "mark a.b 2-3", "  value k 3-3", "mark bin 4-4", "comment # c"],
    );
    check(
        "a.yaml",
        concat!("on: push\n", "jobs:\n", "  build:\n", "    steps: x\n", "- a: b\n", "# c\n",),
        &["mark on 1-1", "mark jobs 2-6", "  mark build 3-6", "comment # c"],
    );
    check(
        "a.json",
        concat!("{\n", "  \"name\": \"x\",\n", "  \"scripts\": {\n", "    \"deep\": 1\n", "  }\n", "}\n",),
        &["mark name 2-2", "mark scripts 3-6"],
    );
    check(
        "Dockerfile",
        concat!("FROM rust:1 AS build\n", "ARG X=1\n", "RUN cargo # c\n", "FROM scratch\n",),
        &["mark build 1-3", "  value X 2-2", "mark scratch 4-4", "comment # c"],
    );
    check(
        "a.scss",
        concat!(
            "@use 'a/b';\n",
            "$x: 1;\n",
            "@mixin m($a) {\n",
            "}\n",
            ".a {\n",
            "  &:hover {\n",
            "  }\n",
            "}\n",
            "// c\n",
        ),
        &["value $x 2-2", "fn m 3-4", "mark .a 5-9", "  mark &:hover 6-9", "comment // c", "import a/b"],
    );
    check(
        "a.tf",
        concat!("resource \"aws_x\" \"main\" {\n", "}\n", "variable \"v\" {\n", "}\n",),
        &["mark main 1-2", "mark v 3-4"],
    );
}
