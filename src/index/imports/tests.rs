//! Tests of imports: what statements name, and which file that is.

use super::*;
use crate::domain::{FileId, Language, RelPath, RootId};

const ROOT: RootId = RootId(0);

fn tree(paths: &[&str]) -> Resolver {
    let mut resolver = Resolver::new();
    for (at, path) in paths.iter().enumerate() {
        resolver.insert(FileId(at as u32), ROOT, &RelPath::from(*path));
    }
    resolver
}

/// Resolves each `raw` from the first path of the tree, and compares with the path it should mean (or "" for none).
fn check(paths: &[&str], cases: &[(&str, &str)]) {
    let resolver = tree(paths);
    let importer = RelPath::from(paths[0]);
    let language = Language::detect(importer.file_name(), "");
    for (raw, want) in cases {
        let found = resolver.resolve(FileId(0), ROOT, &importer, language, raw);
        let found = found.map_or("", |file| paths[file.index()]);
        assert_eq!(found, *want, "{raw} from {importer}");
    }
}

fn imports(language: Language, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    statement(language, text, &mut out);
    out.iter().map(ToString::to_string).collect()
}

#[test]
fn statements_name_their_targets() {
    let cases: [(Language, &str, &[&str]); 12] = [
        (
            Language::RUST,
            "pub(crate) use a::{self, b::{c, d as e}, f::*};",
            &["a", "a::b::c", "a::b::d", "a::f"],
        ),
        (Language::RUST, "#[cfg(test)]\nmod tests;", &["self::tests"]),
        (Language::RUST, "mod inline { fn x() { y; } }", &[]),
        (Language::TSX, "import type { A } from \"@/x\";", &["@/x"]),
        (Language::TSX, "export const x = require;", &[]),
        (Language::TSX, "import(`./dyn`)", &["./dyn"]),
        (Language::TSX, "export function from() { return 'x' }", &[]),
        (Language::RUBY, "autoload :A, 'a/b'", &["a/b"]),
        (Language::PHP, "use function A\\b;", &["A\\b"]),
        (Language::HTML, "href=\"https://a.b\"", &[]),
        (Language::CSS, "@import url('x.css');", &["x.css"]),
        (Language::BASH, "sources=1", &[]),
    ];
    for (language, text, want) in cases {
        assert_eq!(imports(language, text), want, "{text}");
    }
}

#[test]
fn scripts_resolve_relative_paths_aliases_and_workspace_packages() {
    check(
        &[
            "apps/web/src/page.tsx",
            "apps/web/src/dialog.tsx",
            "apps/web/src/lib/utils.ts",
            "apps/web/src/ui/index.ts",
            "packages/core/package.json",
            "packages/core/src/index.ts",
            "packages/core/src/deep.ts",
            "apps/admin/src/lib/utils.ts",
            "apps/web/src/react.ts",
        ],
        &[
            ("./dialog", "apps/web/src/dialog.tsx"),
            ("./dialog.js", "apps/web/src/dialog.tsx"),
            ("./ui", "apps/web/src/ui/index.ts"),
            ("@/lib/utils", "apps/web/src/lib/utils.ts"),
            ("~/ui", "apps/web/src/ui/index.ts"),
            ("@acme/core", "packages/core/src/index.ts"),
            ("@acme/core/deep", "packages/core/src/deep.ts"),
            ("react", ""),
            ("./gone", ""),
            ("../../../../../outside", ""),
            ("./page", ""),
        ],
    );
}

#[test]
fn python_resolves_relative_and_dotted_modules() {
    check(
        &[
            "src/app/views/user.py",
            "src/app/views/__init__.py",
            "src/app/models.py",
            "src/app/__init__.py",
            "src/app/views/base.py",
            "tools/run.py",
        ],
        &[
            (".base.Base", "src/app/views/base.py"),
            ("..models.User", "src/app/models.py"),
            (".", "src/app/views/__init__.py"),
            ("app.models.User", "src/app/models.py"),
            ("app.views", "src/app/views/__init__.py"),
            ("models", "src/app/models.py"),
            ("os.path", ""),
            ("json", ""),
            ("......x", ""),
        ],
    );
}

#[test]
fn rust_resolves_modules_and_workspace_crates() {
    check(
        &[
            "crates/app/src/ui/list.rs",
            "crates/app/src/lib.rs",
            "crates/app/src/ui/mod.rs",
            "crates/app/src/ui/list/row.rs",
            "crates/app/src/tree.rs",
            "crates/my-core/Cargo.toml",
            "crates/my-core/src/lib.rs",
            "crates/my-core/src/a.rs",
            "crates/app/src/ui/theme.rs",
        ],
        &[
            ("crate::tree::Node", "crates/app/src/tree.rs"),
            ("crate::Root", "crates/app/src/lib.rs"),
            ("super::theme::Role", "crates/app/src/ui/theme.rs"),
            ("super::Pane", "crates/app/src/ui/mod.rs"),
            ("self::row", "crates/app/src/ui/list/row.rs"),
            ("row::Row", "crates/app/src/ui/list/row.rs"),
            ("my_core::a::B", "crates/my-core/src/a.rs"),
            ("my_core::C", "crates/my-core/src/lib.rs"),
            ("std::fmt", ""),
            ("serde::Serialize", ""),
        ],
    );
    check(
        &["tests/cli.rs", "src/lib.rs", "src/cli.rs"],
        &[("quarry::cli::run", "src/cli.rs"), ("quarry", "")],
    );
}

#[test]
fn go_resolves_package_paths_to_the_file_that_stands_for_them() {
    check(
        &[
            "cmd/x/main.go",
            "pkg/store/store.go",
            "pkg/store/a.go",
            "pkg/api/zz.go",
            "pkg/api/b_test.go",
            "svc/go.mod",
            "svc/in/q.go",
        ],
        &[
            ("github.com/acme/x/pkg/store", "pkg/store/store.go"),
            ("example.com/pkg/api", "pkg/api/zz.go"),
            ("acme.dev/svc/in", "svc/in/q.go"),
            ("net/http", ""),
            ("fmt", ""),
        ],
    );
}

#[test]
fn classes_namespaces_and_headers_resolve_by_the_end_of_their_path() {
    check(
        &["app/src/main/java/a/b/C.java", "app/src/main/java/a/d/E.java", "lib/src/a/k/F.kt"],
        &[
            ("a.d.E", "app/src/main/java/a/d/E.java"),
            ("a.d.E.method", "app/src/main/java/a/d/E.java"),
            ("a.k.F", "lib/src/a/k/F.kt"),
            ("java.util.List", ""),
        ],
    );
    check(
        &["src/net/tcp.c", "src/net/tcp.h", "include/core/tcp.h", "include/core/log.h"],
        &[
            ("tcp.h", "src/net/tcp.h"),
            ("core/tcp.h", "include/core/tcp.h"),
            ("log.h", "include/core/log.h"),
            ("stdio.h", ""),
        ],
    );
    check(
        &["src/Http/Kernel.php", "src/Models/User.php", "src/helpers.php"],
        &[
            ("App\\Models\\User", "src/Models/User.php"),
            ("../helpers.php", "src/helpers.php"),
            ("App\\Gone", ""),
        ],
    );
    check(
        &["lib/app_web/user_live.ex", "lib/app/user_accounts.ex"],
        &[("App.UserAccounts", "lib/app/user_accounts.ex"), ("Enum", "")],
    );
}

#[test]
fn other_languages_resolve_beside_below_the_root_or_by_their_end() {
    check(
        &["lib/a/b.rb", "lib/a/c.rb", "spec/helper.rb"],
        &[("a/c", "lib/a/c.rb"), ("./c", "lib/a/c.rb"), ("helper", "spec/helper.rb"), ("json", "")],
    );
    check(
        &["bin/run.sh", "bin/lib.sh", "scripts/common.sh"],
        &[
            ("$DIR/lib.sh", "bin/lib.sh"),
            ("./lib.sh", "bin/lib.sh"),
            ("scripts/common.sh", "scripts/common.sh"),
        ],
    );
    check(
        &["css/a.scss", "css/_vars.scss", "css/b.css"],
        &[("vars", "css/_vars.scss"), ("./b", "css/b.css"), ("b.css", "css/b.css")],
    );
    check(
        &["site/pages/a.html", "site/public/x.js", "site/pages/b.html"],
        &[("/x.js", "site/public/x.js"), ("b.html", "site/pages/b.html"), ("/gone.js", "")],
    );
    check(
        &["docs/a.md", "docs/b.md", "README.md"],
        &[("./b.md", "docs/b.md"), ("../README.md", "README.md")],
    );
    check(&["lua/x/init.lua", "lua/x/util.lua"], &[("x.util", "lua/x/util.lua"), ("util", "lua/x/util.lua")]);
    check(&["lib/main.dart", "lib/src/y.dart"], &[("package:app/src/y.dart", "lib/src/y.dart")]);
    check(&["proto/a.proto", "proto/x/y.proto"], &[("x/y.proto", "proto/x/y.proto")]);
    check(&["A.cs", "B.cs"], &[("B", "")]);
}

#[test]
fn files_come_and_go() {
    let paths = ["src/a.ts", "src/b.ts", "src/b/index.ts"];
    let mut resolver = tree(&paths);
    let from = RelPath::from("src/a.ts");
    let ask = |resolver: &Resolver| resolver.resolve(FileId(0), ROOT, &from, Language::TYPESCRIPT, "./b");
    assert_eq!(ask(&resolver), Some(FileId(1)));
    resolver.remove(FileId(1));
    assert_eq!(ask(&resolver), Some(FileId(2)));
    resolver.insert(FileId(2), ROOT, &RelPath::from("other/index.ts"));
    assert_eq!(ask(&resolver), None);
    resolver.insert(FileId(7), RootId(1), &RelPath::from("src/b.ts"));
    assert_eq!(ask(&resolver), None, "another root's file was answered");
    resolver.insert(FileId(9), ROOT, &RelPath::from("src/b.tsx"));
    assert_eq!(ask(&resolver), Some(FileId(9)));
    resolver.remove(FileId(99));
}

proptest::proptest! {
    #[test]
    fn any_import_of_any_language_is_answered_or_not(raw in ".{0,60}", name in "[a-z./]{0,20}", which in 0_usize..200) {
        let language = Language::all().nth(which % Language::all().count()).unwrap_or_default();
        let mut out = Vec::new();
        statement(language, &raw, &mut out);
        lines(language, &raw, &mut out);
        proptest::prop_assert!(out.iter().all(|target| !target.is_empty() && !target.contains(char::is_control)));
        let resolver = tree(&["a/b.rs", "index.ts", "a/__init__.py", &name]);
        let found = resolver.resolve(FileId(0), ROOT, &RelPath::from("a/b.rs"), language, &raw);
        proptest::prop_assert!(found != Some(FileId(0)));
    }
}
