//! Private files: whose text never leaves this machine, whatever asks for it.
//!
//! Rules come from three places, and one that says "private" is enough: the built-in list with the user's `private`
//! globs after it (which may open what is built in), and each root's `.quarryignore`. A `.quarryignore` comes with the
//! project, so its `!` lines open nothing but its own rules. It is read again when it changes; one that cannot be read
//! makes its whole root private.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The usual holders of secrets.
pub const BUILT_IN: &[&str] = &[
    ".env",
    ".env.*",
    "*.env",
    "!.env.example",
    "!.env.sample",
    "!.env.template",
    "!.env.dist",
    ".envrc",
    "*.pem",
    "*.key",
    "*.p8",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.ppk",
    "*.gpg",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    "!id_*.pub",
    ".ssh/",
    ".gnupg/",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".htpasswd",
    ".git-credentials",
    ".vault-token",
    "**/.aws/credentials",
    "**/.docker/config.json",
    "**/.kube/config",
    "kubeconfig",
    "*.tfstate",
    "*.tfstate.backup",
    "service-account*.json",
    "service_account*.json",
];

/// The name of the file with a root's own rules.
const RULES: &str = ".quarryignore";

/// The rules in force.
pub struct Private {
    /// Built in, and from the configuration.
    general: Gitignore,
    roots: Vec<Root>,
}

struct Root {
    folder: PathBuf,
    rules: Mutex<Rules>,
}

/// What a `.quarryignore` says, as of its stamp.
struct Rules {
    stamp: Option<(SystemTime, u64)>,
    /// `Err` where it is there and cannot be read.
    matcher: Result<Gitignore, String>,
}

impl Private {
    /// The rules of these roots, with the globs of the configuration.
    pub fn new(roots: &[PathBuf], globs: &[String]) -> Self {
        let lines = BUILT_IN.iter().copied().chain(globs.iter().map(String::as_str));
        // The configuration was checked: what is no glob is not in it.
        let general = matcher(Path::new(""), lines);
        let roots = roots.iter().map(|folder| Root::new(folder.clone())).collect();
        Self { general, roots }
    }

    /// The rule that makes a file private, in words, if one does. The path is relative to a root, with or without the
    /// root's name in front, or absolute.
    pub fn rule(&self, path: &str) -> Option<String> {
        let trimmed = path.trim_start_matches('/');
        if let Some(rule) = matched(&self.general, trimmed) {
            return Some(rule);
        }
        self.roots.iter().find_map(|root| root.rule(path))
    }
}

impl Root {
    fn new(folder: PathBuf) -> Self {
        Self { folder, rules: Mutex::new(Rules { stamp: None, matcher: Ok(Gitignore::empty()) }) }
    }

    fn rule(&self, path: &str) -> Option<String> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let file = self.folder.join(RULES);
        let stamp = std::fs::metadata(&file)
            .ok()
            .map(|meta| (meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), meta.len()));
        if stamp != rules.stamp || rules.matcher.is_err() {
            rules.matcher = read(&file);
            rules.stamp = stamp;
        }
        match &rules.matcher {
            Ok(matcher) => self.names(path).into_iter().find_map(|name| matched(matcher, name)),
            Err(why) => Some(why.clone()),
        }
    }

    /// What a path may be called below this root. Too many names only make more private.
    fn names<'a>(&self, path: &'a str) -> Vec<&'a str> {
        let absolute = self.folder.to_str().and_then(|folder| path.strip_prefix(folder));
        let mut names = vec![absolute.unwrap_or(path).trim_start_matches('/')];
        // With several roots, names of lists begin with as much of the root's path as tells it from the others.
        let mut name = String::new();
        for part in self.folder.iter().rev() {
            name = if name.is_empty() {
                part.to_string_lossy().into_owned()
            } else {
                format!("{}/{name}", part.to_string_lossy())
            };
            names.extend(path.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('/')));
        }
        names
    }
}

fn read(file: &Path) -> Result<Gitignore, String> {
    match std::fs::read(file) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            Ok(matcher(Path::new(""), text.trim_start_matches('\u{feff}').lines()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Gitignore::empty()),
        Err(error) => Err(format!("{} cannot be read: {error}", file.display())),
    }
}

/// A matcher that knows no case, as some file systems do not; it leaves out lines that are no globs.
fn matcher<'a>(root: &Path, lines: impl Iterator<Item = &'a str>) -> Gitignore {
    let mut builder = GitignoreBuilder::new(root);
    let _ = builder.case_insensitive(true);
    for line in lines {
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn matched(matcher: &Gitignore, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('/') {
        return None;
    }
    match matcher.matched_path_or_any_parents(path, false) {
        ignore::Match::Ignore(glob) => Some(format!("`{}`", glob.original())),
        ignore::Match::None | ignore::Match::Whitelist(_) => None,
    }
}
