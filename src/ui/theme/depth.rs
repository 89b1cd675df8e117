//! Colour depth: how many colours the terminal shows.

use std::ffi::OsString;

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColorDepth {
    /// No colour: bold, dim, underline and reverse only.
    None,
    /// The sixteen ANSI colours, whose real values the terminal's user chose.
    Ansi16,
    /// The 256 colour palette.
    Indexed256,
    /// 24 bits.
    TrueColor,
}

impl ColorDepth {
    /// The name shown by `quarry doctor`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ansi16 => "16",
            Self::Indexed256 => "256",
            Self::TrueColor => "truecolor",
        }
    }

    /// Tells the depth from `NO_COLOR` (<https://no-color.org>: set and not empty), `COLORTERM` and `TERM`,
    /// asked through `var`.
    pub fn from_env(var: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let text = |name: &str| var(name).map(|value| value.to_string_lossy().to_ascii_lowercase());
        let term = text("TERM").unwrap_or_default();
        let colorterm = text("COLORTERM").unwrap_or_default();
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) || term == "dumb" {
            Self::None
        } else if colorterm.contains("truecolor")
            || colorterm.contains("24bit")
            || ["direct", "kitty", "ghostty", "wezterm", "alacritty", "foot"].iter().any(|t| term.contains(t))
        {
            Self::TrueColor
        } else if term.contains("256") {
            Self::Indexed256
        } else {
            Self::Ansi16
        }
    }
}
