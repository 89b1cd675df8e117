//! The three folders of Quarry.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, base_strategy::Xdg};

/// The three folders of Quarry. None of them need exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dirs {
    /// `config.toml` and `themes/`.
    pub config: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
    /// What cannot.
    pub data: PathBuf,
}

impl Dirs {
    /// Asks `QUARRY_CONFIG_DIR`, `QUARRY_CACHE_DIR` and `QUARRY_DATA_DIR`, else the XDG base directories with
    /// `quarry` below. Without even a home, the system's folder for temporary files stands in.
    pub fn from_env() -> Self {
        let xdg = Xdg::new().ok();
        let temporary = || std::env::temp_dir().join("quarry");
        Self {
            config: own("QUARRY_CONFIG_DIR")
                .or_else(|| xdg.as_ref().map(|xdg| xdg.config_dir().join("quarry")))
                .unwrap_or_else(|| temporary().join("config")),
            cache: own("QUARRY_CACHE_DIR")
                .or_else(|| xdg.as_ref().map(|xdg| xdg.cache_dir().join("quarry")))
                .unwrap_or_else(|| temporary().join("cache")),
            data: own("QUARRY_DATA_DIR")
                .or_else(|| xdg.as_ref().map(|xdg| xdg.data_dir().join("quarry")))
                .unwrap_or_else(|| temporary().join("data")),
        }
    }

    /// All three below one folder; for tests.
    pub fn under(folder: &Path) -> Self {
        Self { config: folder.join("config"), cache: folder.join("cache"), data: folder.join("data") }
    }

    /// The user's configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The folder of the user's themes.
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }
}

fn own(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from)
}
