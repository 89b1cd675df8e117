//! Rules by language family: how an import as written leads to paths.

use super::modules;
use super::{Ask, components, dir_of, join, last, without_extension};
use crate::domain::{FileId, Language};

const SCRIPT_ENDINGS: &[&str] = &[
    "",
    ".ts",
    ".tsx",
    ".d.ts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".mts",
    ".cts",
    ".vue",
    ".svelte",
    ".astro",
    ".json",
    ".css",
    ".scss",
    "/index.ts",
    "/index.tsx",
    "/index.js",
    "/index.jsx",
    "/index.mjs",
    "/index.vue",
    "/index.d.ts",
];

const STYLE_ENDINGS: &[&str] =
    &["", ".scss", ".sass", ".less", ".css", ".styl", "/_index.scss", "/index.scss"];

pub(super) fn resolve(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    match ask.language {
        Language::JAVASCRIPT
        | Language::TYPESCRIPT
        | Language::TSX
        | Language::VUE
        | Language::SVELTE
        | Language::ASTRO
        | Language::COFFEE => script(ask, raw),
        Language::PYTHON | Language::MOJO => modules::python(ask, raw),
        Language::GO => modules::go(ask, raw),
        Language::RUST => modules::rust(ask, raw),
        Language::JAVA | Language::KOTLIN | Language::SCALA | Language::GROOVY | Language::APEX => {
            dotted(ask, raw, '.', 2)
        }
        Language::HASKELL | Language::ELM | Language::PURESCRIPT | Language::LUA | Language::LEAN => {
            let slashed = raw.replace('/', ".");
            dotted(ask, &slashed, '.', 1)
        }
        Language::PERL | Language::RAKU => dotted(ask, &raw.replace("::", "."), '.', 2),
        Language::CLOJURE => dotted(ask, &raw.replace('-', "_"), '.', 2),
        Language::ELIXIR => dotted(ask, &snake(raw), '.', 2),
        Language::PHP => php(ask, raw),
        Language::RUBY | Language::CRYSTAL => ruby(ask, raw),
        Language::BASH | Language::FISH => shell(ask, raw),
        Language::CSS | Language::SCSS | Language::SASS | Language::LESS | Language::STYLUS => {
            style(ask, raw)
        }
        Language::DART => dart(ask, raw),
        Language::HTML | Language::MARKDOWN => page(ask, raw),
        // Their imports name namespaces or modules of many files, so that one file would be a guess.
        Language::CSHARP | Language::FSHARP | Language::SWIFT => None,
        _ => file(ask, raw),
    }
}

/// A path beside the importer, below the root, or ending so, in that order. The name's extension has to fit.
fn file(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    let raw = raw.trim_start_matches("//").replace(':', "/");
    let path = raw.as_bytes();
    let beside = join(ask.from, path).and_then(|path| ask.paths.exact(&path));
    beside.or_else(|| ask.paths.exact(path)).or_else(|| {
        let wanted = components(path);
        let plain: Vec<&[u8]> = components(without_extension(path));
        let name = *wanted.last()?;
        let upward = wanted.iter().any(|part| *part == b"..");
        (!upward && plain.len() == wanted.len() && name.contains(&b'.')).then_some(())?;
        ask.paths.by_suffix(&plain, ask.from, |found| last(found) == name)
    })
}

fn relative(ask: &Ask<'_>, raw: &str, endings: &[&str]) -> Option<FileId> {
    ask.paths.with_endings(&join(ask.from, raw.as_bytes())?, endings)
}

/// A path whose end is `raw`, whatever its extension, provided that the extension is of the same family.
fn ending_in(ask: &Ask<'_>, raw: &str, endings: &[&str]) -> Option<FileId> {
    let path = raw.as_bytes();
    let known =
        |found: &[u8]| endings.iter().any(|ending| !ending.is_empty() && found.ends_with(ending.as_bytes()));
    let whole = components(path);
    if whole.is_empty() || whole.contains(&&b".."[..]) {
        return None;
    }
    let bare = components(without_extension(path));
    ask.paths.by_suffix(&whole, ask.from, known).or_else(|| {
        let name = last(path);
        (bare.len() == whole.len())
            .then(|| ask.paths.by_suffix(&bare, ask.from, |found| last(found) == name))?
    })
}

fn script(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    let raw = raw.split(['?', '!']).next().unwrap_or(raw);
    if raw.starts_with('.') {
        // `./x.js` is how TypeScript writes an import of `./x.ts`.
        let bare = [".js", ".jsx", ".mjs", ".cjs"].iter().find_map(|ending| raw.strip_suffix(ending));
        return relative(ask, raw, SCRIPT_ENDINGS).or_else(|| relative(ask, bare?, SCRIPT_ENDINGS));
    }
    let alias = ["@/", "~/", "#/", "$lib/", "@@/", "/"].iter().find_map(|alias| raw.strip_prefix(alias));
    if let Some(rest) = alias {
        return ending_in(ask, rest, SCRIPT_ENDINGS);
    }
    package(ask, raw).or_else(|| raw.contains('/').then(|| base_url(ask, raw))?)
}

/// A package of the same workspace: a directory of its name with a `package.json`.
fn package(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    let name = if raw.starts_with('@') { raw.split_once('/')?.1 } else { raw };
    let (name, rest) = name.split_once('/').unwrap_or((name, ""));
    let dirs = ask.paths.dirs_named(name.as_bytes(), ask.from);
    let is_package = |dir: &&[u8]| ask.paths.with_endings(dir, &["/package.json"]).is_some();
    let dir = dirs.into_iter().find(is_package)?;
    let entries: &[&str] = if rest.is_empty() {
        &["src/index", "index", "src/main", "lib/index", "src/mod"]
    } else {
        &["", "src", "lib"]
    };
    entries.iter().find_map(|entry| {
        let path = join(dir, format!("{entry}/{rest}").as_bytes())?;
        ask.paths.with_endings(&path, SCRIPT_ENDINGS)
    })
}

/// `components/button`, by a `baseUrl`: from the root or a source directory only, because any package may be called so.
fn base_url(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    ["", "src/", "app/", "lib/"]
        .iter()
        .find_map(|base| ask.paths.with_endings(format!("{base}{raw}").as_bytes(), SCRIPT_ENDINGS))
}

/// A dotted name as the end of a path; trailing parts (members, nested classes) are dropped down to `least` parts.
fn dotted(ask: &Ask<'_>, raw: &str, separator: char, least: usize) -> Option<FileId> {
    let parts: Vec<&[u8]> = raw.split(separator).filter(|part| !part.is_empty()).map(str::as_bytes).collect();
    let family = |found: &[u8]| same_family(ask, found);
    (least.max(1)..=parts.len())
        .rev()
        .take(3)
        .find_map(|count| ask.paths.by_suffix(&parts[..count], ask.from, family))
}

/// Whether a file is of the importer's language, or one it is compiled with.
fn same_family(ask: &Ask<'_>, found: &[u8]) -> bool {
    let of = |name: &[u8]| Language::detect(last(name), "");
    let jvm = [Language::JAVA, Language::KOTLIN, Language::SCALA, Language::GROOVY];
    let found = of(found);
    found == ask.language || (jvm.contains(&ask.language) && jvm.contains(&found))
}

/// `MyApp.UserAccounts` as `my_app.user_accounts`.
fn snake(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 4);
    let mut before = '.';
    for ch in raw.chars() {
        if ch.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit()) {
            out.push('_');
        }
        out.extend(ch.to_lowercase());
        before = ch;
    }
    out
}

fn php(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    if !raw.contains('\\') {
        return file(ask, raw);
    }
    // PSR-4: a leading part of the namespace stands for some directory.
    let parts: Vec<&[u8]> = raw.split('\\').filter(|part| !part.is_empty()).map(str::as_bytes).collect();
    let family = |found: &[u8]| same_family(ask, found);
    (0..parts.len().saturating_sub(1)).find_map(|skip| ask.paths.by_suffix(&parts[skip..], ask.from, family))
}

fn ruby(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    let endings: &[&str] = if ask.language == Language::RUBY { &["", ".rb"] } else { &["", ".cr"] };
    if raw.starts_with('.') {
        return relative(ask, raw, endings);
    }
    let at = |base: &str| ask.paths.with_endings(format!("{base}{raw}").as_bytes(), endings);
    ["lib/", "", "app/", "spec/", "test/"].iter().find_map(|base| at(base)).or_else(|| {
        let parts = components(raw.as_bytes());
        (parts.len() > 1).then(|| ask.paths.by_suffix(&parts, ask.from, |found| same_family(ask, found)))?
    })
}

fn shell(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    // `$DIR/lib.sh` and `$(dirname "$0")/lib.sh`: what comes after is a path somewhere near.
    let rest = if raw.starts_with('$') { raw.split_once('/')?.1 } else { raw };
    file(ask, rest)
}

fn style(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    let raw = raw.trim_start_matches('~').trim_start_matches("@/");
    let partial = {
        let (dir, name) = raw.rsplit_once('/').map_or(("", raw), |(dir, name)| (dir, name));
        if dir.is_empty() { format!("_{name}") } else { format!("{dir}/_{name}") }
    };
    relative(ask, raw, STYLE_ENDINGS)
        .or_else(|| relative(ask, &partial, STYLE_ENDINGS))
        .or_else(|| raw.contains('/').then(|| ending_in(ask, raw, STYLE_ENDINGS))?)
}

fn dart(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    match raw.strip_prefix("package:").and_then(|rest| rest.split_once('/')) {
        Some((package, rest)) => {
            let inside = format!("lib/{rest}");
            let dirs = ask.paths.dirs_named(package.as_bytes(), ask.from);
            let near = dirs.into_iter().find_map(|dir| ask.paths.exact(&join(dir, inside.as_bytes())?));
            near.or_else(|| ask.paths.exact(inside.as_bytes())).or_else(|| file(ask, &inside))
        }
        None => relative(ask, raw, &[""]),
    }
}

/// A link of a page: beside it, or from the root or a directory that is served as the root.
fn page(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    let Some(rest) = raw.strip_prefix('/') else {
        return relative(ask, raw, &["", ".md", "/README.md", "/index.md", "/index.html", ".html"]);
    };
    let mut base = ask.from;
    loop {
        let dirs = ["", "public", "static", "src"];
        let served = dirs.iter().find_map(|dir| {
            let path = join(&join(base, dir.as_bytes())?, rest.as_bytes())?;
            ask.paths.with_endings(&path, &["", ".html", "/index.html", ".md"])
        });
        if served.is_some() || base.is_empty() {
            return served;
        }
        base = dir_of(base);
    }
}
