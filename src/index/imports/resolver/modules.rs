//! Rules of Rust, Python and Go, whose modules follow directories.

use super::{Ask, components, dir_of, join, last, without_extension};
use crate::domain::FileId;

/// Go's standard library by first component; a module of the tree has another name.
const GO_STD: &[&str] = &[
    "archive",
    "arena",
    "bufio",
    "builtin",
    "bytes",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "weak",
];

pub(super) fn python(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    let dots = raw.len() - raw.trim_start_matches('.').len();
    let parts: Vec<&[u8]> = raw.split('.').filter(|part| !part.is_empty()).map(str::as_bytes).collect();
    if dots > 0 {
        let mut dir = ask.from;
        for _ in 1..dots {
            if dir.is_empty() {
                return None;
            }
            dir = dir_of(dir);
        }
        return below(ask, dir, &parts);
    }
    let first = *parts.first()?;
    // The nearest directory above that has the first part, as `sys.path` most likely has it.
    let mut dir = ask.from;
    loop {
        for base in [&b""[..], b"src", b"lib"] {
            let base = join(dir, base)?;
            if python_module(ask, &join(&base, first)?).is_some() || has_package(ask, &base, &parts) {
                return below(ask, &base, &parts);
            }
        }
        if dir.is_empty() {
            break;
        }
        dir = dir_of(dir);
    }
    let is_python = |found: &[u8]| found.ends_with(b".py") || found.ends_with(b".pyi");
    (2..=parts.len()).rev().find_map(|count| ask.paths.by_suffix(&parts[..count], ask.from, is_python))
}

/// A namespace package has no `__init__.py`, but the second part lies in it.
fn has_package(ask: &Ask<'_>, base: &[u8], parts: &[&[u8]]) -> bool {
    parts.len() > 1
        && join(base, &parts[..2].join(&b'/')).is_some_and(|path| python_module(ask, &path).is_some())
}

/// The longest leading run of the parts that is a module below `dir`.
fn below(ask: &Ask<'_>, dir: &[u8], parts: &[&[u8]]) -> Option<FileId> {
    (0..=parts.len()).rev().find_map(|count| python_module(ask, &join(dir, &parts[..count].join(&b'/'))?))
}

fn python_module(ask: &Ask<'_>, path: &[u8]) -> Option<FileId> {
    if path.is_empty() {
        return ask.paths.exact(b"__init__.py");
    }
    ask.paths.with_endings(path, &[".py", "/__init__.py", ".pyi", ".pyx", "/__init__.pyi"])
}

pub(super) fn go(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    let parts = components(raw.as_bytes());
    let first = parts.first()?;
    if GO_STD.iter().any(|known| known.as_bytes() == *first) {
        return None;
    }
    // The module's own name comes first, then directories from where its go.mod lies.
    for skip in 1..parts.len() {
        let wanted = parts[skip..].join(&b'/');
        if let Some(file) = package_file(ask, &wanted) {
            return Some(file);
        }
        if parts.len() - skip > 1 {
            let name = *parts.last()?;
            let ends = [&b"/"[..], &wanted].concat();
            let dir = ask.paths.dirs_named(name, ask.from).into_iter().find(|dir| dir.ends_with(&ends));
            if let Some(file) = dir.and_then(|dir| package_file(ask, dir)) {
                return Some(file);
            }
        }
    }
    None
}

/// The file of a Go package that stands for it: the one with its name, else the first by name.
fn package_file(ask: &Ask<'_>, dir: &[u8]) -> Option<FileId> {
    let files = ask.paths.in_dir(dir).iter();
    let sources = files.filter(|(_, path)| {
        let path = path.as_bytes();
        path.ends_with(b".go") && !path.ends_with(b"_test.go")
    });
    let named = |path: &[u8]| without_extension(last(path)) == last(dir);
    sources.min_by_key(|(_, path)| (!named(path.as_bytes()), path.clone())).map(|(file, _)| *file)
}

pub(super) fn rust(ask: &Ask<'_>, raw: &str) -> Option<FileId> {
    let parts: Vec<&[u8]> =
        raw.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::as_bytes).collect();
    let (first, rest) = parts.split_first()?;
    let module = module_dir(ask);
    match *first {
        b"crate" => {
            let root = crate_root(ask)?;
            rust_below(ask, &root, rest).or_else(|| rust_root(ask, &root))
        }
        b"self" => rust_below(ask, &module, rest),
        b"super" => {
            let ups = parts.iter().take_while(|part| **part == b"super").count();
            let mut dir = module.as_slice();
            for _ in 0..ups {
                dir = dir_of(dir);
            }
            rust_below(ask, dir, &parts[ups..])
                .or_else(|| rust_module(ask, dir))
                .or_else(|| rust_root(ask, dir))
        }
        b"std" | b"core" | b"alloc" => None,
        name => workspace_crate(ask, name, rest)
            .or_else(|| {
                rust_module(ask, &join(&module, name)?)
                    .and_then(|own| rust_below(ask, &module, &parts).or(Some(own)))
            })
            .or_else(|| beside_library(ask, rest)),
    }
}

/// The longest leading run of the parts that is a module below `dir`; at least one part.
fn rust_below(ask: &Ask<'_>, dir: &[u8], parts: &[&[u8]]) -> Option<FileId> {
    (1..=parts.len()).rev().find_map(|count| rust_module(ask, &join(dir, &parts[..count].join(&b'/'))?))
}

fn rust_module(ask: &Ask<'_>, path: &[u8]) -> Option<FileId> {
    ask.paths.with_endings(path, &[".rs", "/mod.rs"]).filter(|_| !path.is_empty())
}

fn rust_root(ask: &Ask<'_>, dir: &[u8]) -> Option<FileId> {
    ["lib.rs", "main.rs"].iter().find_map(|name| ask.paths.exact(&join(dir, name.as_bytes())?))
}

/// The directory that the importer's submodules lie in.
fn module_dir(ask: &Ask<'_>) -> Vec<u8> {
    let path = ask.path.as_bytes();
    match last(path) {
        b"mod.rs" | b"lib.rs" | b"main.rs" => ask.from.to_vec(),
        _ => without_extension(path).to_vec(),
    }
}

/// The nearest directory above the importer that holds a crate's root file.
fn crate_root(ask: &Ask<'_>) -> Option<Vec<u8>> {
    let mut dir = ask.from;
    loop {
        if rust_root(ask, dir).is_some() {
            return Some(dir.to_vec());
        }
        if dir.is_empty() {
            return None;
        }
        dir = dir_of(dir);
    }
}

/// Another crate of the workspace: a directory of its name with a `Cargo.toml`.
fn workspace_crate(ask: &Ask<'_>, name: &[u8], rest: &[&[u8]]) -> Option<FileId> {
    let kebab: Vec<u8> = name.iter().map(|byte| if *byte == b'_' { b'-' } else { *byte }).collect();
    let names = if kebab == name { vec![kebab] } else { vec![kebab, name.to_vec()] };
    names.iter().find_map(|name| {
        let dirs = ask.paths.dirs_named(name, ask.from);
        let dir = dirs.into_iter().find(|dir| ask.paths.with_endings(dir, &["/Cargo.toml"]).is_some())?;
        let source = join(dir, b"src")?;
        rust_below(ask, &source, rest).or_else(|| rust_root(ask, &source))
    })
}

/// Tests, examples and binaries name the library beside them, whatever its directory is called.
fn beside_library(ask: &Ask<'_>, rest: &[&[u8]]) -> Option<FileId> {
    let mut dir = ask.from;
    loop {
        let source = join(dir, b"src")?;
        if ask.paths.exact(&join(&source, b"lib.rs")?).is_some() {
            return rust_below(ask, &source, rest);
        }
        if dir.is_empty() {
            return None;
        }
        dir = dir_of(dir);
    }
}
