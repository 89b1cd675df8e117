//! Outlines of languages that are run as they are, each read by its grammar.

use super::check;

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
