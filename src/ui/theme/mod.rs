//! Themes: the look of every role, resolved once for the colours that the terminal has.
//!
//! Nothing else in `ui` names a colour. Fill the frame with [`Role::Base`] first, draw text with
//! [`Theme::style`], and text that stands on another ground (selected row, added line) with [`Theme::on`], which
//! keeps it readable there.

mod builtin;
mod color;
mod depth;
mod fallback;
mod file;
mod glyphs;
mod resolve;
mod role;
#[cfg(test)]
mod tests;

use ratatui::style::{Modifier, Style};

pub use color::Rgb;
pub use depth::ColorDepth;
pub use glyphs::Glyphs;
pub use role::Role;

use crate::config::Dirs;
use crate::domain::Problem;
use crate::text::highlight::SyntaxRole;

/// For which background a theme is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThemeKind {
    /// Light text on a dark ground.
    #[default]
    Dark,
    /// Dark text on a light ground.
    Light,
}

impl ThemeKind {
    /// The kind that fits a terminal's background, as OSC 11 reports it.
    pub fn of_background(background: Rgb) -> Self {
        if background.oklab()[0] < 0.6 { Self::Dark } else { Self::Light }
    }

    /// The theme that `theme = "auto"` means on such a background.
    pub const fn default_theme(self) -> &'static str {
        match self {
            Self::Dark => "quarry-dark",
            Self::Light => "quarry-light",
        }
    }
}

/// The look of every role. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    name: String,
    kind: ThemeKind,
    depth: ColorDepth,
    roles: [Style; Role::ALL.len()],
    syntax: [Style; SyntaxRole::ALL.len()],
}

impl Theme {
    /// The name of the theme that follows the terminal's background.
    pub const AUTO: &'static str = "auto";

    /// Loads a theme: `<config>/themes/NAME.toml` if it is there, else the built-in of that name. An unknown
    /// name gives the default theme and a problem with the key `theme` and the nearest name. `"auto"` means the
    /// dark default here; where the background is known, pass [`ThemeKind::default_theme`] instead.
    pub fn load(name: &str, dirs: &Dirs, depth: ColorDepth) -> (Self, Vec<Problem>) {
        resolve::load(name, dirs, depth)
    }

    /// The dark default, which is always there.
    pub fn default_dark(depth: ColorDepth) -> Self {
        resolve::built_in(ThemeKind::Dark.default_theme(), depth)
    }

    /// The names of all themes, the user's included, sorted; for the palette and `quarry doctor`.
    pub fn names(dirs: &Dirs) -> Vec<String> {
        resolve::names(dirs)
    }

    /// The theme's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// For which background it is made.
    pub const fn kind(&self) -> ThemeKind {
        self.kind
    }

    /// The colours it was resolved for.
    pub const fn depth(&self) -> ColorDepth {
        self.depth
    }

    /// The look of a role on the screen's own ground. Text roles set no background, so they can be patched over
    /// [`Role::Base`] and [`Role::Overlay`]; grounds other than those set no foreground where there are colours.
    pub const fn style(&self, role: Role) -> Style {
        self.roles[role as usize]
    }

    /// The look of text of one role on a ground such as [`Role::Selection`] or [`Role::AddedBg`]: background
    /// included, and text that would be too faint there raised one level.
    pub fn on(&self, text: Role, ground: Role) -> Style {
        let raised = if matches!(ground, Role::Base | Role::Overlay) { text } else { text.raised() };
        self.over(self.style(raised), ground)
    }

    /// The look of a token of source text on the screen's own ground.
    pub const fn syntax(&self, role: SyntaxRole) -> Style {
        self.syntax[role as usize]
    }

    /// The look of a token of source text on a ground, background included.
    pub fn syntax_on(&self, role: SyntaxRole, ground: Role) -> Style {
        self.over(self.syntax(role), ground)
    }

    fn over(&self, text: Style, ground: Role) -> Style {
        let ground_style = self.style(ground);
        let takes_all = ground_style.add_modifier.contains(Modifier::REVERSED)
            || (ground != Role::Base && ground != Role::Overlay && ground_style.fg.is_some());
        if takes_all {
            // With few colours a ground is a reversed or tinted row; hues of its parts would make it a patchwork.
            ground_style.add_modifier(text.add_modifier.difference(Modifier::DIM))
        } else {
            ground_style.patch(text)
        }
    }
}
