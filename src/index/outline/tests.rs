//! Tests of outlines: what a small file of each language defines, comments on and imports.

use super::*;
use crate::index::SymbolKind;

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
fn rust_is_outlined() {
    check(
        "a.rs",
        concat!(
            "use crate::a::{b, c::D as E};\n",
            "mod x;\n",
            "mod y { fn q() {} }\n",
            "impl<T> a::Tr<T> for Foo<T> {\n",
            "    const C: u8 = 1;\n",
            "    fn m() { const L: u8 = 1; }\n",
            "}\n",
            "macro_rules! mm { () => {} }\n",
            "enum E { A(u8), B }\n",
            "/// d\n",
            "struct S { f: u8 }\n",
            "type Q = u8;\n",
            "pub(crate) fn f() {}\n",
        ),
        &[
            "mod x 2-2",
            "mod y 3-3",
            "  fn q 3-3",
            "type impl<T> a::Tr<T> for Foo<T> 4-7",
            "  value C 5-5",
            "  fn m 6-6",
            "fn mm 8-8",
            "type E 9-9",
            "  value A 9-9",
            "  value B 9-9",
            "type S 11-11",
            "  value f 11-11",
            "type Q 12-12",
            "fn f 13-13",
            "comment /// d",
            "import crate::a::b",
            "import crate::a::c::D",
            "import self::x",
        ],
    );
}

#[test]
fn go_is_outlined() {
    check(
        "a.go",
        concat!(
            "package p\n",
            "import \"fmt\"\n",
            "import (\n",
            " x \"a/b\"\n",
            ")\n",
            "// c\n",
            "type S struct {\n",
            " A int\n",
            "}\n",
            "type I interface { M() }\n",
            "const C = 1\n",
            "var (\n",
            " V int\n",
            " a, b = 1, 2\n",
            ")\n",
            "func (s *S) M() {\n",
            " var l int\n",
            "}\n",
            "func F() {}\n",
        ),
        &[
            "type S 7-9",
            "  value A 8-8",
            "type I 10-10",
            "  fn M 10-10",
            "value C 11-11",
            "value V 13-13",
            "value a 14-14",
            "value b 14-14",
            "fn M 16-18",
            "fn F 19-19",
            "comment // c",
            "import fmt",
            "import a/b",
        ],
    );
}

#[test]
fn python_is_outlined() {
    check(
        "a.py",
        concat!(
            "\"\"\"doc\"\"\"\n",
            "import a.b as c, d\n",
            "from . import e\n",
            "from ..x.y import (f as g,\n",
            "    h)  # t\n",
            "from z import *\n",
            "X = 1\n",
            "@dec\n",
            "class K(B):\n",
            "    \"\"\"d\"\"\"\n",
            "    z = 1\n",
            "    @property\n",
            "    def m(self):\n",
            "        q = 1\n",
            "async def f(): pass\n",
        ),
        &[
            "value X 7-7",
            "type K 9-14",
            "  value z 11-11",
            "  fn m 13-14",
            "fn f 15-15",
            "comment \"\"\"doc\"\"\"",
            "comment # t",
            "comment \"\"\"d\"\"\"",
            "import a.b",
            "import d",
            "import .e",
            "import ..x.y.f",
            "import ..x.y.h",
            "import z",
        ],
    );
}

#[test]
fn tsx_and_typescript_is_outlined() {
    check(
        "a.tsx",
        concat!(
            "import a, {b} from './a';\n",
            "export * from 'x';\n",
            "export { q } from \"./q\";\n",
            "const r = require('q2');\n",
            "import('dyn');\n",
            "export const Foo = () => <div/>; // c\n",
            "export const Memo = React.memo(function X() { const l = 1; });\n",
            "export default class K {\n",
            "  a = 1;\n",
            "  b() {}\n",
            "  static d = () => 1\n",
            "}\n",
            "interface I { p: string; q(): void }\n",
            "type T = 1;\n",
            "enum E { A, B = 2 }\n",
            "namespace N { export function f() {} }\n",
            "const obj = { k() {}, l: () => 1, m: 2 };\n",
            "exports.z = function () {};\n",
            "function useX() { const y = () => 1; const w = 2; }\n",
        ),
        &[
            "value r 4-4",
            "fn Foo 6-6",
            "fn Memo 7-7",
            "type K 8-12",
            "  value a 9-9",
            "  fn b 10-10",
            "  fn d 11-11",
            "type I 13-13",
            "  value p 13-13",
            "  fn q 13-13",
            "type T 14-14",
            "type E 15-15",
            "  value A 15-15",
            "  value B 15-15",
            "mod N 16-16",
            "  fn f 16-16",
            "value obj 17-17",
            "fn k 17-17",
            "fn l 17-17",
            "fn z 18-18",
            "fn useX 19-19",
            "  fn y 19-19",
            "comment // c",
            "import ./a",
            "import x",
            "import ./q",
            "import q2",
            "import dyn",
        ],
    );
}

#[test]
fn javascript_is_outlined() {
    check(
        "a.js",
        concat!(
            "/* c */\n",
            "import './side.js';\n",
            "export function a() {}\n",
            "function* g() {}\n",
            "class B { #p = 1; get c() {} }\n",
            "let { x, y } = z;\n",
            "var v = 1;\n",
            "Foo.prototype.bar = function () {};\n",
        ),
        &[
            "fn a 3-3",
            "fn g 4-4",
            "type B 5-5",
            "  value #p 5-5",
            "  fn c 5-5",
            "value v 7-7",
            "fn bar 8-8",
            "comment /* c */",
            "import ./side.js",
        ],
    );
}

#[test]
fn java_is_outlined() {
    check(
        "A.java",
        concat!(
            "package a.b;\n",
            "import static c.d.E.f;\n",
            "import g.*;\n",
            "/** doc */\n",
            "@A class K<T> {\n",
            "  static final int X = 1, Y = 2;\n",
            "  K() {}\n",
            "  void m() { int l = 1; }\n",
            "  enum E { P, Q }\n",
            "  record R(int a) {}\n",
            "}\n",
            "interface I { void n(); }\n",
        ),
        &[
            "type K 5-11",
            "  value X 6-6",
            "  value Y 6-6",
            "  fn K 7-7",
            "  fn m 8-8",
            "  type E 9-9",
            "    value P 9-9",
            "    value Q 9-9",
            "  type R 10-10",
            "type I 12-12",
            "  fn n 12-12",
            "comment /** doc */",
            "import c.d.E.f",
            "import g.*",
        ],
    );
}

#[test]
fn c_is_outlined() {
    check(
        "a.h",
        concat!(
            "#ifndef A_H\n",
            "#define A_H\n",
            "#include <a.h>\n",
            "#include \"b/c.h\"\n",
            "#define FOO 1\n",
            "#define BAR(x) x\n",
            "typedef struct s { int a; } t, *p;\n",
            "static int *f(int a) {\n",
            "  int local;\n",
            "  return 1;\n",
            "}\n",
            "int g(void);\n",
            "extern int v, w[3];\n",
            "enum e { A, B };\n",
            "typedef int (*cb)(int);\n",
            "struct stat buf;\n",
            "/* c */\n",
            "#endif\n",
        ),
        &[
            "value FOO 5-5",
            "fn BAR 6-6",
            "type t 7-7",
            "type p 7-7",
            "type s 7-7",
            "  value a 7-7",
            "fn f 8-11",
            "fn g 12-12",
            "value v 13-13",
            "value w 13-13",
            "type e 14-14",
            "  value A 14-14",
            "  value B 14-14",
            "type cb 15-15",
            "value buf 16-16",
            "comment /* c */",
            "import a.h",
            "import b/c.h",
        ],
    );
}

#[test]
fn cpp_is_outlined() {
    check(
        "a.cpp",
        concat!(
            "namespace a::b {\n",
            "class K {\n",
            " public:\n",
            "  K();\n",
            "  ~K();\n",
            "  void m() const;\n",
            "  int x;\n",
            "  operator bool();\n",
            "};\n",
            "void K::n() {}\n",
            "template<class T> struct S {};\n",
            "using U = int;\n",
            "}\n",
            "void ns::K::m() {}\n",
            "constexpr int Z = 1;\n",
        ),
        &[
            "mod a::b 1-13",
            "  type K 2-9",
            "    fn K 4-4",
            "    fn ~K 5-5",
            "    fn m 6-6",
            "    value x 7-7",
            "    fn bool 8-8",
            "  fn K::n 10-10",
            "  type S 11-11",
            "  type U 12-12",
            "fn ns::K::m 14-14",
            "value Z 15-15",
        ],
    );
}

#[test]
fn csharp_is_outlined() {
    check(
        "A.cs",
        concat!(
            "using System.IO;\n",
            "using X = A.B;\n",
            "using static A.C;\n",
            "namespace N.M {\n",
            "  /// c\n",
            "  class K : B {\n",
            "    int f;\n",
            "    public int P { get; set; }\n",
            "    public void M() { var l = 1; }\n",
            "    event E e;\n",
            "    enum Z { A }\n",
            "    delegate void D();\n",
            "  }\n",
            "}\n",
        ),
        &[
            "mod N.M 4-14",
            "  type K 6-13",
            "    value f 7-7",
            "    value P 8-8",
            "    fn M 9-9",
            "    value e 10-10",
            "    type Z 11-11",
            "      value A 11-11",
            "    type D 12-12",
            "comment /// c",
            "import System.IO",
            "import A.B",
            "import A.C",
        ],
    );
}

#[test]
fn ruby_is_outlined() {
    check(
        "a.rb",
        concat!(
            "require 'a/b'\n",
            "require_relative \"c\"\n",
            "module M\n",
            "  # c\n",
            "  class A::B < C\n",
            "    X = 1\n",
            "    attr_accessor :foo, :bar\n",
            "    def m; y = 1; end\n",
            "    def self.n; end\n",
            "    has_many :items\n",
            "  end\n",
            "end\n",
        ),
        &[
            "mod M 3-12",
            "  type A::B 5-11",
            "    value X 6-6",
            "    value foo 7-7",
            "    value bar 7-7",
            "    fn m 8-8",
            "    fn n 9-9",
            "    value items 10-10",
            "comment # c",
            "import a/b",
            "import ./c",
        ],
    );
}

#[test]
fn php_is_outlined() {
    check(
        "a.php",
        concat!(
            "<?php\n",
            "namespace A\\B;\n",
            "use C\\D\\E as F, G\\H;\n",
            "use X\\{Y, Z as W};\n",
            "require_once __DIR__ . '/x.php';\n",
            "include 'y.php';\n",
            "// c\n",
            "class K extends L {\n",
            "  const Q = 1;\n",
            "  public $p = 2;\n",
            "  public function m() { $l = 1; }\n",
            "}\n",
            "function f() {}\n",
        ),
        &[
            "mod A\\B 2-2",
            "type K 8-12",
            "  value Q 9-9",
            "  value p 10-10",
            "  fn m 11-11",
            "fn f 13-13",
            "comment // c",
            "import C\\D\\E",
            "import G\\H",
            "import X\\Y",
            "import X\\Z",
            "import ./x.php",
            "import y.php",
        ],
    );
}

#[test]
fn kotlin_is_outlined() {
    check(
        "a.kt",
        concat!(
            "package a.b\n",
            "import c.d.E\n",
            "import c.f.*\n",
            "/** d */\n",
            "class A(val x: Int) : B() {\n",
            "  fun f() {\n",
            "    val l = 1\n",
            "  }\n",
            "  companion object {\n",
            "    const val Z = 1\n",
            "  }\n",
            "}\n",
            "object O\n",
            "interface I\n",
            "enum class Q { P, R }\n",
            "val top = 1\n",
            "typealias T = Int\n",
            "fun String.ext() = 1\n",
        ),
        &[
            "type A 5-12",
            "  fn f 6-8",
            "  value Z 10-10",
            "type O 13-13",
            "type I 14-14",
            "type Q 15-15",
            "  value P 15-15",
            "  value R 15-15",
            "value top 16-16",
            "type T 17-17",
            "fn ext 18-18",
            "comment /** d */",
            "import c.d.E",
            "import c.f.*",
        ],
    );
}

#[test]
fn bash_is_outlined() {
    check(
        "a.sh",
        concat!(
            "#!/bin/bash\n",
            "source ./a.sh\n",
            ". \"$DIR/b.sh\"\n",
            "FOO=1\n",
            "export BAR=2\n",
            "f() {\n",
            "  x=1\n",
            "}\n",
            "function g { :; }\n",
        ),
        &[
            "value FOO 4-4",
            "value BAR 5-5",
            "fn f 6-8",
            "fn g 9-9",
            "comment #!/bin/bash",
            "import ./a.sh",
            "import $DIR/b.sh",
        ],
    );
}

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

#[test]
fn languages_without_a_grammar_are_outlined_by_keyword() {
    check(
        "a.sql",
        concat!(
            "CREATE TABLE IF NOT EXISTS users (\n",
            " id int -- c\n",
            ");\n",
            "create or replace function f() returns int;\n",
        ),
        &["type users 1-3", "fn f 4-4", "comment -- c"],
    );
    check(
        "a.proto",
        concat!(
            "import \"x/y.proto\";\n",
            "message M {\n",
            "  string a = 1;\n",
            "}\n",
            "service S {\n",
            "  rpc Get (A) returns (B);\n",
            "}\n",
        ),
        &["type M 2-4", "type S 5-7", "  fn Get 6-6", "import x/y.proto"],
    );
    check(
        "a.swift",
        concat!(
            "import Foo\n",
            "public final class A: B {\n",
            "  private func m() {\n",
            "    let l = 1\n",
            "  }\n",
            "}\n",
            "let g = 1\n",
            "// c\n",
            "enum E {}\n",
        ),
        &["type A 2-6", "  fn m 3-5", "value g 7-7", "type E 9-9", "comment // c", "import Foo"],
    );
    check(
        "a.scala",
        concat!(
            "import a.b.{C, D => E}\n",
            "object O extends App {\n",
            "  def m(x: Int) = 1\n",
            "}\n",
            "case class P(a: Int)\n",
        ),
        &["type O 2-4", "  fn m 3-3", "type P 5-5", "import a.b.C", "import a.b.D"],
    );
    check(
        "a.lua",
        concat!(
            "local x = require(\"a.b\")\n",
            "local function f() end\n",
            "function M.g() end\n",
            "M.h = function() end\n",
            "-- c\n",
        ),
        &["value x 1-1", "fn f 2-2", "fn M.g 3-3", "fn M.h 4-4", "comment -- c", "import a.b"],
    );
    check(
        "a.ex",
        concat!(
            "defmodule A.B do\n",
            "  alias C.D\n",
            "  def m(x) do\n",
            "  end\n",
            "  defp n, do: 1\n",
            "end\n",
        ),
        &["mod A.B 1-6", "  fn m 3-4", "  fn n 5-5", "import C.D"],
    );
    check(
        "a.hs",
        concat!(
            "module A where\n",
            "import qualified B.C as D\n",
            "data T = X\n",
            "f :: Int -> Int\n",
            "f x = x -- c\n",
        ),
        &["mod A 1-1", "type T 3-3", "fn f 4-5", "comment -- c", "import B.C"],
    );
    check(
        "a.zig",
        concat!(
            "const std = @import(\"std\");\n",
            "const b = @import(\"b.zig\");\n",
            "pub fn main() void {}\n",
        ),
        &["value std 1-1", "value b 2-2", "fn main 3-3", "import std", "import b.zig"],
    );
}

#[test]
fn more_languages_without_a_grammar_are_outlined_by_keyword() {
    check(
        "a.dart",
        concat!(
            "import 'package:x/y.dart';\n",
            "class A {\n",
            "  void m() {\n",
            "    if (x) {\n",
            "    }\n",
            "  }\n",
            "}\n",
        ),
        &["type A 2-7", "  fn m 3-6", "import package:x/y.dart"],
    );
    check(
        "a.graphql",
        concat!("type Q {\n", "  a: Int\n", "}\n", "enum E { A }\n", "input I { b: Int }\n",),
        &["type Q 1-3", "type E 4-4", "type I 5-5"],
    );
    check(
        "a.pl",
        concat!("use A::B;\n", "sub f {\n", "}\n", "package P;\n",),
        &["fn f 2-3", "mod P 4-4", "import A::B"],
    );
    check("a.r", concat!("f <- function(x) {\n", "}\n", "g = function(y) 1\n",), &["fn f 1-2", "fn g 3-3"]);
    check(
        "a.erl",
        concat!("-module(m).\n", "-record(r, {a}).\n", "f(X) ->\n", "  X.\n",),
        &["mod m 1-1", "type r 2-2", "fn f 3-4"],
    );
    check(
        "a.clj",
        concat!("(ns a.b\n", "  (:require [c.d :as e]))\n", "(defn f [x] x)\n", "(def y 1)\n",),
        &["mod a.b 1-2", "fn f 3-3", "fn y 4-4", "import c.d"],
    );
    check(
        "a.ml",
        concat!("open A\n", "let rec f x = x\n", "type t = int\n", "module M = struct end\n",),
        &["value f 2-2", "type t 3-3", "mod M 4-4", "import A"],
    );
    check(
        "a.jl",
        concat!("module M\n", "function f(x)\n", "end\n", "struct S\n", "end\n", "end\n",),
        &["mod M 1-1", "fn f 2-3", "type S 4-5"],
    );
}

#[test]
fn prose_and_data_define_nothing_by_keyword() {
    let text = "type of thing\nlet us see\nfunction follows form\n";
    for file in ["notes.txt", "a.csv", "a.xml", "LICENSE"] {
        assert_eq!(shown(file, text), Vec::<String>::new(), "{file}");
    }
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
