//! Outlines of languages that are compiled, each read by its grammar.

use super::check;

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
