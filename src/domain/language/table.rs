//! The table of languages: one row each; the first key that two rows share wins.

use super::{Language, LanguageKind};

/// What is known of one language.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) kind: LanguageKind,
    /// Lower case, without the dot; an entry in upper case is matched as written.
    pub(super) extensions: &'static [&'static str],
    /// Whole file names, as written or in lower case.
    pub(super) files: &'static [&'static str],
    /// Programs of a `#!` line, without version numbers.
    pub(super) interpreters: &'static [&'static str],
    pub(super) line_comments: &'static [&'static str],
    pub(super) block_comment: Option<(&'static str, &'static str)>,
    /// The name in the syntax set, where it differs from `name`.
    pub(super) syntax: &'static str,
}

/// Numbers the rows and writes the table, so that a constant and its row cannot come apart.
macro_rules! languages {
    ($($id:ident $name:literal $kind:ident $exts:expr, $files:expr, $inters:expr, $line:expr, $block:expr, $syntax:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u16)]
        enum Id { $($id),* }

        impl Language {
            $(
                #[doc = concat!("`", $name, "`.")]
                pub const $id: Self = Self(Id::$id as u16);
            )*
        }

        pub(super) static TABLE: &[Row] = &[$(Row {
            name: $name,
            kind: LanguageKind::$kind,
            extensions: &$exts,
            files: &$files,
            interpreters: &$inters,
            line_comments: &$line,
            block_comment: $block,
            syntax: $syntax,
        }),*];
    };
}

#[rustfmt::skip]
languages! {
    PLAIN "Plain Text" Doc ["txt", "text", "log"], ["license", "licence", "copying", "authors", "notice", "license-mit", "license-apache", "codeowners", "version"], [], [], None, "";
    RUST "Rust" Code ["rs"], [], ["rust-script", "cargo"], ["//"], Some(("/*", "*/")), "";
    GO "Go" Code ["go"], [], [], ["//"], Some(("/*", "*/")), "";
    PYTHON "Python" Code ["py", "pyi", "pyw", "pyx", "pxd"], ["SConstruct", "SConscript", "wscript"], ["python", "pypy", "uv"], ["#"], None, "";
    TYPESCRIPT "TypeScript" Code ["ts", "mts", "cts"], [], ["ts-node", "deno", "bun", "tsx"], ["//"], Some(("/*", "*/")), "";
    TSX "TSX" Code ["tsx"], [], [], ["//"], Some(("/*", "*/")), "TypeScriptReact";
    JAVASCRIPT "JavaScript" Code ["js", "mjs", "cjs", "jsx", "es6"], ["Jakefile"], ["node", "nodejs"], ["//"], Some(("/*", "*/")), "";
    JAVA "Java" Code ["java"], [], [], ["//"], Some(("/*", "*/")), "";
    C "C" Code ["c", "h"], [], [], ["//"], Some(("/*", "*/")), "";
    CPP "C++" Code ["cpp", "cc", "cxx", "hpp", "hh", "hxx", "C", "H", "c++", "h++", "inl", "ipp", "tpp", "ixx", "cppm", "ino", "cu", "cuh"], [], [], ["//"], Some(("/*", "*/")), "";
    CSHARP "C#" Code ["cs", "csx", "cake"], [], ["dotnet-script"], ["//"], Some(("/*", "*/")), "";
    RUBY "Ruby" Code ["rb", "rake", "gemspec", "ru", "rbi", "podspec", "jbuilder"], ["Gemfile", "Rakefile", "Podfile", "Vagrantfile", "Brewfile", "Guardfile", "Fastfile", "Capfile", "Dangerfile"], ["ruby", "jruby", "rake"], ["#"], Some(("=begin", "=end")), "";
    PHP "PHP" Code ["php", "php5", "phtml", "inc"], [], ["php"], ["//", "#"], Some(("/*", "*/")), "";
    KOTLIN "Kotlin" Code ["kt", "kts"], [], ["kotlin"], ["//"], Some(("/*", "*/")), "";
    BASH "Bash" Code ["sh", "bash", "zsh", "ksh", "bats", "ebuild"], [".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", "PKGBUILD", ".envrc", "configure", "gradlew"], ["sh", "bash", "zsh", "ksh", "dash", "ash", "bats"], ["#"], None, "Bourne Again Shell (bash)";
    HTML "HTML" Code ["html", "htm", "xhtml", "jinja", "jinja2", "j2", "njk", "hbs", "handlebars", "mustache", "ejs", "liquid", "tmpl", "gohtml"], [], [], [], Some(("<!--", "-->")), "";
    CSS "CSS" Code ["css", "pcss", "postcss"], [], [], [], Some(("/*", "*/")), "";
    SCSS "SCSS" Code ["scss"], [], [], ["//"], Some(("/*", "*/")), "";
    SASS "Sass" Code ["sass"], [], [], ["//"], Some(("/*", "*/")), "";
    LESS "Less" Code ["less"], [], [], ["//"], Some(("/*", "*/")), "LESS";
    STYLUS "Stylus" Code ["styl"], [], [], ["//"], Some(("/*", "*/")), "";
    VUE "Vue" Code ["vue"], [], [], ["//"], Some(("<!--", "-->")), "Vue Component";
    SVELTE "Svelte" Code ["svelte"], [], [], ["//"], Some(("<!--", "-->")), "";
    ASTRO "Astro" Code ["astro"], [], [], ["//"], Some(("<!--", "-->")), "HTML";
    SWIFT "Swift" Code ["swift"], [], ["swift"], ["//"], Some(("/*", "*/")), "";
    SCALA "Scala" Code ["scala", "sc", "sbt"], [], ["scala"], ["//"], Some(("/*", "*/")), "";
    LUA "Lua" Code ["lua", "luau", "rockspec"], [], ["lua", "luajit"], ["--"], Some(("--[[", "]]")), "";
    ELIXIR "Elixir" Code ["ex", "exs"], [], ["elixir"], ["#"], None, "";
    HEEX "HEEx" Code ["heex", "eex", "leex"], [], [], [], Some(("<!--", "-->")), "HTML (EEx)";
    ERLANG "Erlang" Code ["erl", "hrl", "escript"], ["rebar.config"], ["escript"], ["%"], None, "";
    HASKELL "Haskell" Code ["hs", "lhs", "hsc"], [], ["runhaskell", "stack"], ["--"], Some(("{-", "-}")), "";
    ELM "Elm" Code ["elm"], [], [], ["--"], Some(("{-", "-}")), "";
    PURESCRIPT "PureScript" Code ["purs"], [], [], ["--"], Some(("{-", "-}")), "PureScript";
    OCAML "OCaml" Code ["ml", "mli", "mll", "mly"], ["dune", "dune-project"], ["ocaml"], [], Some(("(*", "*)")), "";
    FSHARP "F#" Code ["fs", "fsi", "fsx"], [], [], ["//"], Some(("(*", "*)")), "";
    CLOJURE "Clojure" Code ["clj", "cljs", "cljc", "edn", "bb"], [], ["bb", "clojure"], [";"], None, "";
    LISP "Lisp" Code ["lisp", "lsp", "cl", "el"], [".emacs"], ["sbcl"], [";"], Some(("#|", "|#")), "";
    SCHEME "Scheme" Code ["scm", "ss", "rkt", "sld"], [], ["guile", "racket"], [";"], Some(("#|", "|#")), "Lisp";
    ZIG "Zig" Code ["zig", "zon"], [], [], ["//"], None, "";
    DART "Dart" Code ["dart"], [], ["dart"], ["//"], Some(("/*", "*/")), "";
    PERL "Perl" Code ["pl", "pm", "pod", "t", "psgi"], ["cpanfile"], ["perl"], ["#"], Some(("=pod", "=cut")), "";
    RAKU "Raku" Code ["raku", "rakumod", "p6", "pm6"], [], ["raku", "perl6"], ["#"], None, "Perl";
    R "R" Code ["r", "R", "rmd", "Rmd"], [".Rprofile"], ["Rscript"], ["#"], None, "";
    JULIA "Julia" Code ["jl"], [], ["julia"], ["#"], Some(("#=", "=#")), "";
    MATLAB "MATLAB" Code ["mlx", "matlab"], [], ["octave"], ["%"], Some(("%{", "%}")), "";
    OBJC "Objective-C" Code ["m"], [], [], ["//"], Some(("/*", "*/")), "";
    OBJCPP "Objective-C++" Code ["mm"], [], [], ["//"], Some(("/*", "*/")), "";
    FORTRAN "Fortran" Code ["f90", "f95", "f03", "f08", "f", "for", "f77"], [], [], ["!"], None, "Fortran (Modern)";
    PASCAL "Pascal" Code ["pas", "pp", "dpr", "lpr"], [], [], ["//"], Some(("{", "}")), "";
    ADA "Ada" Code ["adb", "ads"], [], [], ["--"], None, "";
    D "D" Code ["d", "di"], [], ["rdmd"], ["//"], Some(("/*", "*/")), "";
    NIM "Nim" Code ["nim", "nims", "nimble"], [], [], ["#"], Some(("#[", "]#")), "";
    CRYSTAL "Crystal" Code ["cr"], [], ["crystal"], ["#"], None, "";
    V "V" Code ["vsh", "vv"], ["v.mod"], [], ["//"], Some(("/*", "*/")), "V";
    GROOVY "Groovy" Code ["groovy", "gradle", "gvy"], ["Jenkinsfile"], ["groovy"], ["//"], Some(("/*", "*/")), "";
    SOLIDITY "Solidity" Code ["sol"], [], [], ["//"], Some(("/*", "*/")), "Solidity";
    CUE "CUE" Config ["cue"], [], [], ["//"], None, "Go";
    GLSL "GLSL" Code ["glsl", "vert", "frag", "comp", "geom", "hlsl", "metal", "wgsl", "fx"], [], [], ["//"], Some(("/*", "*/")), "";
    ASSEMBLY "Assembly" Code ["asm", "s", "S", "nasm"], [], [], [";", "#"], Some(("/*", "*/")), "Assembly (x86_64)";
    VERILOG "Verilog" Code ["v", "vh", "sv", "svh"], [], [], ["//"], Some(("/*", "*/")), "Verilog";
    VHDL "VHDL" Code ["vhd", "vhdl"], [], [], ["--"], None, "VHDL";
    TCL "Tcl" Code ["tcl", "tk", "exp"], [], ["tclsh", "wish"], ["#"], None, "";
    VIML "Vim script" Code ["vim", "vimrc"], [".vimrc", "_vimrc", ".gvimrc"], [], ["\""], None, "VimL";
    FISH "Fish" Code ["fish"], [], ["fish"], ["#"], None, "Fish";
    NUSHELL "Nushell" Code ["nu"], [], ["nu"], ["#"], None, "Bourne Again Shell (bash)";
    POWERSHELL "PowerShell" Code ["ps1", "psm1", "psd1"], [], ["pwsh"], ["#"], Some(("<#", "#>")), "";
    BATCH "Batch" Code ["bat", "cmd"], [], [], ["rem ", "REM ", "::"], None, "Batch File";
    AWK "AWK" Code ["awk"], [], ["awk", "gawk"], ["#"], None, "";
    SQL "SQL" Code ["sql", "ddl", "psql", "pgsql", "mysql"], [], [], ["--"], Some(("/*", "*/")), "";
    PRISMA "Prisma" Code ["prisma"], [], [], ["//"], None, "GraphQL";
    PROTO "Protocol Buffers" Code ["proto"], [], [], ["//"], Some(("/*", "*/")), "Protocol Buffer";
    THRIFT "Thrift" Code ["thrift"], [], [], ["//", "#"], Some(("/*", "*/")), "Protocol Buffer";
    GRAPHQL "GraphQL" Code ["graphql", "gql", "graphqls"], [], [], ["#"], None, "";
    CAPNP "Cap'n Proto" Code ["capnp"], [], [], ["#"], None, "Protocol Buffer";
    TERRAFORM "Terraform" Config ["tf", "tfvars", "hcl", "nomad"], [], [], ["#", "//"], Some(("/*", "*/")), "Terraform";
    NIX "Nix" Config ["nix"], [], [], ["#"], Some(("/*", "*/")), "";
    DOCKERFILE "Dockerfile" Code ["dockerfile", "containerfile"], ["dockerfile", "containerfile"], [], ["#"], None, "";
    MAKE "Makefile" Code ["mk", "mak", "make"], ["makefile", "gnumakefile", "bsdmakefile"], ["make"], ["#"], None, "";
    CMAKE "CMake" Code ["cmake"], ["cmakelists.txt"], ["cmake"], ["#"], None, "";
    JUST "Justfile" Code ["just"], ["justfile", ".justfile"], ["just"], ["#"], None, "Makefile";
    MESON "Meson" Code [], ["meson.build", "meson_options.txt", "meson.options"], [], ["#"], None, "Python";
    NINJA "Ninja" Code ["ninja"], [], [], ["#"], None, "Ninja";
    STARLARK "Starlark" Code ["bzl", "star", "bazel"], ["BUILD", "WORKSPACE", "BUCK", "Tiltfile", "TARGETS"], [], ["#"], None, "Python";
    GOMOD "Go module" Config [], ["go.mod", "go.work"], [], ["//"], None, "Go";
    REQUIREMENTS "Requirements" Config [], ["requirements.txt", "requirements-dev.txt", "constraints.txt"], [], ["#"], None, "Requirements.txt";
    TOML "TOML" Config ["toml"], ["pipfile"], [], ["#"], None, "";
    YAML "YAML" Config ["yaml", "yml"], [".clang-format", ".clang-tidy", ".clangd"], [], ["#"], None, "";
    JSON "JSON" Config ["json", "jsonl", "ndjson", "geojson", "webmanifest", "avsc", "ipynb"], [".babelrc", ".eslintrc", ".prettierrc", ".swcrc", "composer.lock"], [], [], None, "";
    JSONC "JSON with comments" Config ["jsonc", "json5", "code-workspace"], ["tsconfig.json", "jsconfig.json"], [], ["//"], Some(("/*", "*/")), "JSON";
    XML "XML" Config ["xml", "xsd", "xsl", "xslt", "plist", "csproj", "fsproj", "vbproj", "props", "targets", "svg", "xaml", "resx", "storyboard", "xib", "nuspec", "wsdl", "rss", "iml"], ["pom.xml"], [], [], Some(("<!--", "-->")), "";
    INI "INI" Config ["ini", "cfg", "conf", "cnf", "desktop", "service", "socket", "timer", "editorconfig", "gitconfig", "inf"], [".editorconfig", ".gitconfig", ".npmrc", ".pylintrc", ".flake8", ".coveragerc", "setup.cfg", ".gitmodules"], [], ["#", ";"], None, "";
    PROPERTIES "Java properties" Config ["properties"], [], [], ["#", "!"], None, "Java Properties";
    DOTENV "Dotenv" Config ["env"], [".env"], [], ["#"], None, "DotENV";
    IGNORE "Ignore list" Config ["gitignore", "dockerignore", "npmignore"], [".gitignore", ".dockerignore", ".npmignore", ".ignore", ".eslintignore", ".prettierignore", ".quarryignore", ".helmignore"], [], ["#"], None, "Git Ignore";
    GITATTRIBUTES "Git attributes" Config [], [".gitattributes", ".mailmap"], [], ["#"], None, "Git Attributes";
    CSV "CSV" Config ["csv", "tsv"], [], [], [], None, "";
    KCONFIG "Kconfig" Config [], ["Kconfig", "kconfig", "Kbuild"], [], ["#"], None, "Makefile";
    NGINX "nginx" Config ["nginx"], ["nginx.conf"], [], ["#"], None, "";
    MARKDOWN "Markdown" Doc ["md", "markdown", "mdown", "mdx", "mdc", "qmd"], ["readme", "changelog"], [], [], Some(("<!--", "-->")), "";
    RST "reStructuredText" Doc ["rst", "rest"], [], [], [], None, "";
    ASCIIDOC "AsciiDoc" Doc ["adoc", "asciidoc", "asc"], [], [], ["//"], None, "AsciiDoc (Asciidoctor)";
    ORG "Org" Doc ["org"], [], [], [], None, "orgmode";
    LATEX "LaTeX" Doc ["tex", "sty", "cls", "bib", "ltx"], [], [], ["%"], None, "";
    TYPST "Typst" Doc ["typ"], [], [], ["//"], Some(("/*", "*/")), "Typst";
    MAN "Manual page" Doc ["man", "1", "3", "5", "7", "8"], [], [], [], None, "Manpage";
    DIFF "Diff" Config ["diff", "patch"], [], [], [], None, "";
    HAML "Haml" Code ["haml"], [], [], ["-#"], None, "Ruby Haml";
    PUG "Pug" Code ["pug", "jade"], [], [], ["//"], None, "Pug";
    SLIM "Slim" Code ["slim"], [], [], ["/"], None, "Slim";
    ERB "ERB" Code ["erb", "rhtml"], [], [], [], Some(("<!--", "-->")), "HTML (Rails)";
    TWIG "Twig" Code ["twig"], [], [], [], Some(("{#", "#}")), "HTML (Twig)";
    BLADE "Blade" Code ["blade.php"], [], [], [], Some(("{{--", "--}}")), "PHP";
    COFFEE "CoffeeScript" Code ["coffee"], ["Cakefile"], ["coffee"], ["#"], Some(("###", "###")), "CoffeeScript";
    VBNET "Visual Basic" Code ["vb", "vbs", "bas"], [], [], ["'"], None, "VB.NET";
    COBOL "COBOL" Code ["cob", "cbl", "cpy"], [], [], ["*>"], None, "COBOL";
    GDSCRIPT "GDScript" Code ["gd"], [], [], ["#"], None, "GDScript (Godot Engine)";
    APEX "Apex" Code ["apex", "trigger"], [], [], ["//"], Some(("/*", "*/")), "Java";
    GLEAM "Gleam" Code ["gleam"], [], [], ["//"], None, "Rust";
    ODIN "Odin" Code ["odin"], [], [], ["//"], Some(("/*", "*/")), "Odin";
    MOJO "Mojo" Code ["mojo"], [], [], ["#"], None, "Python";
    REGO "Rego" Code ["rego"], [], [], ["#"], None, "rego";
    PROLOG "Prolog" Code ["pro", "prolog"], [], ["swipl"], ["%"], Some(("/*", "*/")), "Prolog";
    LEAN "Lean" Code ["lean"], [], [], ["--"], Some(("/-", "-/")), "Lean";
    COQ "Coq" Code ["coq"], [], [], [], Some(("(*", "*)")), "OCaml";
}
