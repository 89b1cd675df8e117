//! Names: lock files, vendored directories, and what packers and generators call their output.

use crate::domain::RelPath;

/// Lock files of package managers, by whole name.
const LOCKS: [&str; 50] = [
    ".terraform.lock.hcl",
    "Brewfile.lock.json",
    "Cargo.lock",
    "Cartfile.resolved",
    "Chart.lock",
    "Gemfile.lock",
    "MODULE.bazel.lock",
    "Package.resolved",
    "Pipfile.lock",
    "Podfile.lock",
    "buf.lock",
    "bun.lock",
    "bun.lockb",
    "cabal.project.freeze",
    "composer.lock",
    "conan.lock",
    "conda-lock.yml",
    "cpanfile.snapshot",
    "deno.lock",
    "devbox.lock",
    "dub.selections.json",
    "flake.lock",
    "gems.locked",
    "go.sum",
    "go.work.sum",
    "gradle.lockfile",
    "lazy-lock.json",
    "mix.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "packages.lock.json",
    "paket.lock",
    "pdm.lock",
    "pixi.lock",
    "pnpm-lock.yaml",
    "pnpm-lock.yml",
    "poetry.lock",
    "project.assets.json",
    "pubspec.lock",
    "pylock.toml",
    "rebar.lock",
    "renv.lock",
    "shard.lock",
    "shrinkwrap.yaml",
    "skaffold.lock",
    "stack.yaml.lock",
    "symfony.lock",
    "uv.lock",
    "vcpkg-lock.json",
    "yarn.lock",
];

/// Directories that hold nothing but other people's code wherever they lie.
const VENDORED: [&str; 18] = [
    "3rd-party",
    "3rd_party",
    "3rdparty",
    "Carthage",
    "Godeps",
    "Pods",
    "_vendor",
    "bower_components",
    "elm-stuff",
    "jspm_packages",
    "node_modules",
    "site-packages",
    "third-party",
    "third_party",
    "thirdparty",
    "vendored",
    "web_modules",
    ".bundle",
];

/// Parents below which `vendor/` means packages put there, rather than a program's own notion of a vendor.
const VENDOR_PARENTS: [&str; 13] = [
    "assets",
    "css",
    "dist",
    "javascripts",
    "js",
    "lib",
    "libs",
    "public",
    "static",
    "stylesheets",
    "web",
    "wwwroot",
    "www",
];

/// Children of `vendor/` that package managers make.
const VENDOR_CHILDREN: [&str; 5] = ["assets", "bundle", "cache", "composer", "gems"];

/// Endings of formats without text inside.
const BINARY: [&str; 82] = [
    "7z", "a", "aac", "aar", "apk", "avi", "avif", "bin", "blend", "bmp", "br", "bz2", "class", "db", "dex",
    "dll", "dmg", "docx", "dylib", "eot", "exe", "fbx", "flac", "gif", "glb", "gz", "h5", "heic", "icns",
    "ico", "iso", "jar", "jpeg", "jpg", "keystore", "ktx", "lz4", "m4a", "mkv", "mov", "mp3", "mp4", "mpeg",
    "msi", "nupkg", "o", "ogg", "onnx", "otf", "parquet", "pdb", "pdf", "pickle", "pkl", "png", "ppt",
    "pptx", "psd", "pyc", "pyd", "pyo", "rar", "rlib", "so", "sqlite", "sqlite3", "swf", "tar", "tgz", "tif",
    "tiff", "ttf", "wasm", "wav", "webm", "webp", "whl", "woff", "woff2", "xls", "xlsx", "xz",
];

/// Endings of generators' output, most telling part of the name.
const GENERATED_ENDINGS: [&str; 33] = [
    ".pb.go",
    ".pb.gw.go",
    ".pb.cc",
    ".pb.h",
    ".pb.c",
    ".pb.swift",
    ".grpc.swift",
    "_grpc.pb.go",
    "_pb2.py",
    "_pb2.pyi",
    "_pb2_grpc.py",
    "_pb.js",
    "_pb.d.ts",
    "_pb.rb",
    ".g.dart",
    ".freezed.dart",
    ".gr.dart",
    ".mocks.dart",
    ".g.cs",
    ".g.i.cs",
    ".designer.cs",
    ".designer.vb",
    ".generated.go",
    ".generated.ts",
    ".generated.tsx",
    ".generated.js",
    ".generated.cs",
    ".generated.swift",
    ".gen.go",
    ".gen.ts",
    "_generated.go",
    "_generated.rs",
    ".snap",
];

/// Directories that only tools write into.
const GENERATED_DIRS: [&str; 2] = ["__generated__", "__snapshots__"];

const SOURCE_MAPS: [&str; 5] = [".js.map", ".css.map", ".mjs.map", ".cjs.map", ".ts.map"];

/// The directory that makes a file somebody else's, if one does.
pub(super) fn vendored_directory(path: &RelPath) -> Option<String> {
    let parts: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b'/').collect();
    let dirs = parts.split_last().map_or(&[][..], |(_, dirs)| dirs);
    let known = |at: usize| {
        let name = dirs[at];
        is_one_of(name, &VENDORED)
            || (name == b"vendor" || name == b"vendors") && is_vendor(dirs, at)
            || name == b".yarn" && dirs.get(at + 1).is_some_and(|next| is_one_of(next, &YARN))
    };
    (0..dirs.len()).find(|at| known(*at)).map(|at| String::from_utf8_lossy(dirs[at]).into_owned())
}

/// What yarn puts below `.yarn/`.
const YARN: [&str; 4] = ["cache", "plugins", "releases", "sdks"];

fn is_vendor(dirs: &[&[u8]], at: usize) -> bool {
    let above = at.checked_sub(1).map(|parent| dirs[parent]);
    let below = dirs.get(at + 1);
    above.is_none_or(|parent| is_one_of(parent, &VENDOR_PARENTS))
        // `vendor/github.com/...`, as Go lays it out in any directory.
        || below.is_some_and(|child| is_one_of(child, &VENDOR_CHILDREN) || child[1..].contains(&b'.'))
}

/// Whether a name is that of a lock file.
pub(super) fn is_lock(name: &[u8]) -> bool {
    is_one_of(name, &LOCKS)
}

/// Whether the ending says that there is no text inside.
pub(super) fn is_binary(name: &[u8]) -> bool {
    extension(name)
        .is_some_and(|ending| BINARY.iter().any(|known| ending.eq_ignore_ascii_case(known.as_bytes())))
}

/// Whether the name says that the file was packed.
pub(super) fn is_minified(name: &[u8]) -> bool {
    [".min.js", ".min.mjs", ".min.cjs", ".min.css", "-min.js", "-min.css"]
        .iter()
        .any(|end| ends_with(name, end))
}

/// What in the path says that a tool wrote the file.
pub(super) fn generated_mark(path: &RelPath) -> Option<String> {
    let name = path.file_name();
    if SOURCE_MAPS.iter().any(|end| ends_with(name, end)) {
        return Some("source map".into());
    }
    if let Some(end) = GENERATED_ENDINGS.iter().find(|end| ends_with(name, end)) {
        return Some(format!("*{end}"));
    }
    if name.starts_with(b"zz_generated.") {
        return Some("zz_generated.*".into());
    }
    let dirs = || path.parent().split(|byte| *byte == b'/');
    GENERATED_DIRS.iter().find(|known| dirs().any(|dir| dir == known.as_bytes())).map(|dir| format!("{dir}/"))
}

/// Whether a file of this name is read as prose, where long lines are natural and marks are merely spoken of.
pub(super) fn is_prose(name: &[u8]) -> bool {
    const PROSE: [&str; 16] = [
        "adoc", "asciidoc", "markdown", "md", "mdown", "mdx", "mkd", "norg", "org", "pod", "rst", "rtf",
        "tex", "textile", "txt", "typ",
    ];
    extension(name)
        .is_some_and(|ending| PROSE.iter().any(|known| ending.eq_ignore_ascii_case(known.as_bytes())))
}

/// Whether packers are at home in this language.
pub(super) fn is_web_code(name: &[u8]) -> bool {
    extension(name).is_some_and(|ending| is_one_of(ending, &["js", "mjs", "cjs", "css", "html", "htm"]))
}

fn extension(name: &[u8]) -> Option<&[u8]> {
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    (dot > 0).then(|| &name[dot + 1..])
}

fn ends_with(name: &[u8], end: &str) -> bool {
    name.len() > end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
}

fn is_one_of(name: &[u8], known: &[&str]) -> bool {
    known.iter().any(|candidate| candidate.as_bytes() == name)
}
