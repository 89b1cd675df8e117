//! Paint: roles of the theme as escape sequences for printed text, or nothing where colours are not wanted.

use std::io::{self, IsTerminal};

use ratatui::backend::IntoCrossterm;

use crate::runtime::color_depth;
use crate::ui::theme::{ColorDepth, Role, Theme, ThemeKind};

/// Colours printed text.
#[derive(Debug)]
pub struct Paint {
    theme: Option<Theme>,
}

impl Paint {
    /// For standard output: colours on a terminal, unless `NO_COLOR` is set.
    ///
    /// The background of the terminal is not asked for, so only the sixteen colours are used, in the tones that
    /// are readable on both light and dark.
    pub fn for_stdout(theme_of: impl FnOnce(ThemeKind, ColorDepth) -> Theme) -> Self {
        let depth = color_depth().min(ColorDepth::Ansi16);
        let wanted = depth != ColorDepth::None && io::stdout().is_terminal();
        Self { theme: wanted.then(|| theme_of(ThemeKind::Light, depth)) }
    }

    /// The text as a role looks.
    pub fn role(&self, role: Role, text: &str) -> String {
        match &self.theme {
            Some(theme) if !text.is_empty() => theme.style(role).into_crossterm().apply(text).to_string(),
            Some(_) | None => text.to_owned(),
        }
    }
}
