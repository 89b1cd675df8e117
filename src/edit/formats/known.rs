//! Known names: endings and names that files have, and words that look like names and are none.

/// Names of files that have neither directory nor extension.
pub const KNOWN_NAMES: [&str; 16] = [
    "Makefile",
    "Dockerfile",
    "Containerfile",
    "Rakefile",
    "Gemfile",
    "Procfile",
    "Vagrantfile",
    "Jenkinsfile",
    "LICENSE",
    "README",
    "CHANGELOG",
    "CODEOWNERS",
    "CMakeLists",
    "Justfile",
    "justfile",
    "BUILD",
];

/// Endings of the names of files that people edit.
pub const KNOWN_ENDS: [&str; 90] = [
    "rs", "py", "pyi", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "go", "java", "kt", "kts", "c",
    "h", "cc", "cpp", "cxx", "hpp", "hh", "cs", "fs", "vb", "rb", "erb", "php", "swift", "scala", "clj",
    "ex", "exs", "erl", "hs", "ml", "mli", "lua", "pl", "pm", "jl", "dart", "zig", "nim", "sv", "vhd", "sh",
    "bash", "zsh", "fish", "ps1", "bat", "cmd", "sql", "html", "htm", "css", "scss", "sass", "less", "vue",
    "svelte", "astro", "xml", "svg", "json", "jsonc", "json5", "yaml", "yml", "toml", "ini", "cfg", "conf",
    "md", "mdx", "rst", "adoc", "txt", "tex", "csv", "tsv", "proto", "graphql", "tf", "hcl", "nix", "cmake",
    "mk", "gradle",
];

/// Languages whose names look like those of files.
pub const NO_NAMES: [&str; 7] = ["asp.net", "vb.net", "node.js", "vue.js", "next.js", "react.js", "three.js"];

/// Languages of fences that show commands or their output, not files.
pub const SHELLS: [&str; 11] = [
    "sh",
    "bash",
    "zsh",
    "shell",
    "console",
    "terminal",
    "powershell",
    "cmd",
    "output",
    "shell-session",
    "shellsession",
];
