//! What the tests of the real binary share: a small repository, and the binary with its own folders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]
#![allow(dead_code, reason = "each test program uses its part")]

pub mod answer;
pub mod backend;
pub mod engine;
pub mod gguf;
pub mod history;
pub mod server;
pub mod shapes;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A directory with a tree, and Quarry's three folders beside it.
pub struct Home {
    dir: TempDir,
}

impl Home {
    /// An empty tree without a repository.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["tree", "config", "cache", "data"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        Self { dir }
    }

    /// A small repository with a history.
    pub fn with_repository() -> Self {
        let home = Self::empty();
        home.git(&["init", "--quiet", "--initial-branch=main"]);
        home.write("README.md", "# Shop\n\nA small shop.\n");
        home.write("src/cart.rs", CART);
        home.write("src/checkout.rs", CHECKOUT);
        home.write("src/session.rs", SESSION);
        home.commit("Add the shop");
        home.write(
            "src/session.rs",
            format!("{SESSION}\n/// Ends it.\npub fn log_out(_session: Session) {{}}\n"),
        );
        home.commit("Let a session expire after login");
        home
    }

    /// The root of the tree.
    pub fn tree(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    /// The folder of `config.toml`.
    pub fn config(&self) -> PathBuf {
        self.dir.path().join("config")
    }

    /// The folder of what cannot be made again.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Writes a file of the tree.
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.tree().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Runs git in the tree.
    pub fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .current_dir(self.tree())
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Commits everything.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// The environment that keeps the binary away from the person's own folders.
    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let at = |name: &str| self.dir.path().join(name);
        vec![
            ("QUARRY_CONFIG_DIR", at("config")),
            ("QUARRY_CACHE_DIR", at("cache")),
            ("QUARRY_DATA_DIR", at("data")),
            ("GIT_CONFIG_GLOBAL", PathBuf::from("/dev/null")),
            // Neither the servers nor the keys of whoever runs the tests.
            ("QUARRY_DISCOVER", PathBuf::from("off")),
        ]
    }

    /// The binary, in the tree.
    pub fn quarry(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quarry"));
        command.current_dir(self.tree()).envs(self.environment());
        for name in ["NO_COLOR", "VISUAL", "EDITOR", "PAGER"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the binary to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.quarry().args(arguments).output().unwrap()
    }

    /// The events of `quarry query --json`.
    pub fn events(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.run(&[&["query", "--json"], arguments].concat());
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 3)), "{code:?}: {}", String::from_utf8_lossy(&output.stderr));
        events(&output.stdout)
    }
}

/// Parses one JSON object per line.
pub fn events(bytes: &[u8]) -> Vec<Value> {
    String::from_utf8(bytes.to_vec())
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

const CART: &str = "\
//! The cart: what a customer wants to buy.

/// Items and their prices in cents.
pub struct Cart {
    items: Vec<(String, u64)>,
}

impl Cart {
    /// The sum of all prices.
    pub fn total(&self) -> u64 {
        self.items.iter().map(|(_, price)| price).sum()
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.items.clear();
    }
}
";

const CHECKOUT: &str = "\
//! Checkout: pays for a cart with a credit card.

use crate::cart::Cart;

/// Charges the card; a declined card is tried once more.
pub fn pay(cart: &Cart, card: &str) -> Result<(), String> {
    if card.is_empty() { Err(format!(\"card declined: {}\", cart.total())) } else { Ok(()) }
}
";

const SESSION: &str = "\
//! Sessions: who is logged in, and for how long.

/// A login session with its expiry.
pub struct Session {
    /// Seconds until it expires.
    pub expires_in: u64,
}

/// Renews a session before it expires.
pub fn renew(session: &mut Session) {
    session.expires_in += 3600;
}
";
