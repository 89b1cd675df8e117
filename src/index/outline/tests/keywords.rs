//! Outlines of what has no grammar, by the words that define.

use super::{check, shown};

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
