//! The schema: every key with its type, default and sentence. The checks, the default file and the reference in
//! the documentation are made from this table.

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Expect {
    /// A string that is not empty.
    Text,
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
    /// A whole number in this range.
    Int(i64, i64),
    /// A number of at least 0.
    Number,
    /// A list of strings.
    Texts,
    /// A list of globs as `.gitignore` has them.
    Globs,
    /// A list of `http://` or `https://` addresses.
    Urls,
    /// A chord or a list of chords.
    Chords,
}

/// Who may set a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Any layer, a project's own file included.
    Anywhere,
    /// The user only: it changes what is run, sent or bound.
    User,
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct KeySpec {
    /// The dotted key; `*` stands for any name.
    pub key: &'static str,
    /// What its value must be.
    pub expect: Expect,
    /// Its default, in TOML; empty where not setting it means something.
    pub default: &'static str,
    /// An example for the default file where there is no default.
    pub example: &'static str,
    /// Who may set it.
    pub scope: Scope,
    /// What it does.
    pub doc: &'static str,
}

const fn key(
    key: &'static str,
    expect: Expect,
    default: &'static str,
    scope: Scope,
    doc: &'static str,
) -> KeySpec {
    KeySpec { key, expect, default, example: "", scope, doc }
}

const fn unset(
    key: &'static str,
    expect: Expect,
    example: &'static str,
    scope: Scope,
    doc: &'static str,
) -> KeySpec {
    KeySpec { key, expect, default: "", example, scope, doc }
}

/// Names of wire protocols.
pub const PROTOCOLS: &[&str] = &["openai", "responses", "anthropic", "gemini", "ollama", "llamacpp", "gguf"];

/// Names of the forms in which edits are proposed.
pub const EDIT_FORMATS: &[&str] = &["search-replace", "apply-patch", "udiff", "whole", "tool"];

/// Every key, in the order of the default file: keys of the top level first, then by table.
pub const KEYS: [KeySpec; 34] = [
    key(
        "theme",
        Expect::Text,
        "\"auto\"",
        Scope::Anywhere,
        "The theme; auto follows the terminal's background.",
    ),
    key(
        "glyphs",
        Expect::Choice(&["unicode", "ascii"]),
        "\"unicode\"",
        Scope::Anywhere,
        "The signs on the screen.",
    ),
    key("motion", Expect::Bool, "true", Scope::Anywhere, "Whether the spinner turns."),
    key("mouse", Expect::Bool, "true", Scope::Anywhere, "Whether Quarry takes the mouse from the terminal."),
    unset("editor", Expect::Text, "\"nvim\"", Scope::User, "Opens files; else $VISUAL, then $EDITOR."),
    key(
        "local_only",
        Expect::Bool,
        "false",
        Scope::User,
        "Refuses every connection that leaves this machine.",
    ),
    key(
        "discover",
        Expect::Bool,
        "true",
        Scope::User,
        "Whether model servers on this machine and keys in the environment are looked for.",
    ),
    unset("verify", Expect::Text, "\"cargo check\"", Scope::User, "Run after a write, when set."),
    key(
        "exclude",
        Expect::Globs,
        "[]",
        Scope::Anywhere,
        "Files not judged, as in .gitignore; layers add up.",
    ),
    key(
        "private",
        Expect::Globs,
        "[]",
        Scope::Anywhere,
        "Files whose text never leaves this machine, as in .gitignore, besides .env, *.pem and other usual holders of \
         secrets; layers add up, and .quarryignore in a root adds to them.",
    ),
    key(
        "feedback",
        Expect::Bool,
        "true",
        Scope::User,
        "Whether files that you pin or exclude and that answers cite are noted, with the request, for `quarry tune`; on \
         this machine only, and `quarry tune --forget` deletes them.",
    ),
    key(
        "query.debounce_ms",
        Expect::Int(0, 5000),
        "60",
        Scope::Anywhere,
        "Pause in typing before all files are judged, milliseconds.",
    ),
    key("query.top", Expect::Int(1, 100_000), "20", Scope::Anywhere, "Rows that `quarry query` prints."),
    unset(
        "query.task",
        Expect::Text,
        "\"port the parser to spans\"",
        Scope::Anywhere,
        "The current task; else words of the branch's name.",
    ),
    unset(
        "budget.session_usd",
        Expect::Number,
        "1.0",
        Scope::User,
        "Dollars that one run of Quarry may spend.",
    ),
    unset(
        "budget.session_tokens",
        Expect::Int(0, i64::MAX),
        "20_000_000",
        Scope::User,
        "Tokens, in and out, that one run of Quarry may spend.",
    ),
    unset("budget.day_usd", Expect::Number, "5.0", Scope::User, "Dollars that all runs may spend in a day."),
    unset(
        "budget.day_tokens",
        Expect::Int(0, i64::MAX),
        "100_000_000",
        Scope::User,
        "Tokens, in and out, that all runs may spend in a day.",
    ),
    unset("keys.*", Expect::Chords, "", Scope::User, "Chords of an action, in place of the built-in ones."),
    unset("backend.*.protocol", Expect::Choice(PROTOCOLS), "", Scope::User, "How the backend is spoken to."),
    unset("backend.*.base_urls", Expect::Urls, "", Scope::User, "Where it is; several are replicas."),
    unset("backend.*.key_env", Expect::Text, "", Scope::User, "The environment variable with its key."),
    unset("backend.*.key_cmd", Expect::Text, "", Scope::User, "The command that prints its key."),
    unset("backend.*.models", Expect::Texts, "", Scope::User, "Its models; else asked from the server."),
    unset(
        "backend.*.max_in_flight",
        Expect::Int(1, 100_000),
        "",
        Scope::User,
        "An upper bound of calls in flight.",
    ),
    unset("task.*.use", Expect::Texts, "", Scope::User, "Models in order of preference."),
    unset(
        "task.*.pick",
        Expect::Choice(&["order", "figures"]),
        "",
        Scope::User,
        "Of the judges named: the first, or the best by `quarry eval`.",
    ),
    unset(
        "task.*.prompt_order",
        Expect::Choice(&["file-first", "query-first"]),
        "",
        Scope::User,
        "What comes first in the prompt.",
    ),
    unset(
        "task.*.format",
        Expect::Choice(EDIT_FORMATS),
        "",
        Scope::User,
        "The form in which edits are proposed; else the one that the model is best at.",
    ),
    unset(
        "task.*.budget.tokens",
        Expect::Int(0, i64::MAX),
        "",
        Scope::User,
        "Tokens that one query may spend.",
    ),
    unset("task.*.budget.usd", Expect::Number, "", Scope::User, "Dollars that one query may spend."),
    unset("task.*.budget.seconds", Expect::Number, "", Scope::User, "Seconds that one query may take."),
    unset(
        "task.*.first_token_ms",
        Expect::Int(1, 3_600_000),
        "",
        Scope::User,
        "Expected time to the first token.",
    ),
    unset("task.*.total_ms", Expect::Int(1, 3_600_000), "", Scope::User, "Expected time to the last token."),
];

impl KeySpec {
    /// Whether this spec describes a dotted path.
    pub fn fits(&self, path: &[&str]) -> bool {
        let parts: Vec<&str> = self.key.split('.').collect();
        parts.len() == path.len() && parts.iter().zip(path).all(|(part, name)| *part == "*" || part == name)
    }
}

/// The spec of a dotted path.
pub fn find(path: &[&str]) -> Option<&'static KeySpec> {
    KEYS.iter().find(|spec| spec.fits(path))
}

/// The names that may follow a dotted path; empty where it names no table, `*` where any name may follow.
pub fn below(path: &[&str]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for spec in &KEYS {
        let parts: Vec<&'static str> = spec.key.split('.').collect();
        let leads = parts.len() > path.len()
            && parts.iter().zip(path).all(|(part, name)| *part == "*" || part == name);
        if leads && !names.contains(&parts[path.len()]) {
            names.push(parts[path.len()]);
        }
    }
    names
}
