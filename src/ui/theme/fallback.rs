//! Looks for terminals with sixteen colours or none, written out by role. Nearness says nothing there: the real
//! values of the sixteen belong to the terminal's user, so what is chosen is what stays readable and apart.

use ratatui::style::{Color, Modifier, Style};

use super::ThemeKind;
use super::role::Role;
use crate::text::highlight::SyntaxRole;

const PLAIN: Style = Style::new();

/// The look of a role in sixteen colours, on the terminal's own background; `None` where its parent's is right.
pub fn ansi(role: Role, kind: ThemeKind) -> Option<Style> {
    let hue = |dark: Color, light: Color| {
        PLAIN.fg(match kind {
            ThemeKind::Dark => dark,
            ThemeKind::Light => light,
        })
    };
    Some(match role {
        // Bright black vanishes in some palettes, so the levels of text are the terminal's own colour and dim.
        // Yellow and cyan cannot be read on white, so light grounds get blue and magenta in their place.
        Role::Base | Role::Fg | Role::Muted | Role::Overlay => PLAIN,
        Role::Subtle => PLAIN.add_modifier(Modifier::DIM),
        Role::Border => hue(Color::DarkGray, Color::Gray),
        Role::Accent => hue(Color::LightBlue, Color::Blue),
        Role::Focus | Role::Match => hue(Color::LightBlue, Color::Blue).add_modifier(Modifier::BOLD),
        Role::User | Role::Pin => hue(Color::LightMagenta, Color::Magenta),
        Role::Yes | Role::Added => hue(Color::LightGreen, Color::Green),
        Role::AddedBg => hue(Color::LightGreen, Color::Blue),
        Role::AddedWord => {
            hue(Color::LightGreen, Color::Blue).add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED))
        }
        Role::DeletedWord => {
            hue(Color::LightRed, Color::Red).add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED))
        }
        Role::Stale => hue(Color::LightYellow, Color::Magenta),
        Role::Failed | Role::Deleted | Role::DeletedBg => hue(Color::LightRed, Color::Red),
        Role::Running => hue(Color::LightCyan, Color::Blue),
        Role::Selection | Role::TextSelection | Role::Cursor => PLAIN.add_modifier(Modifier::REVERSED),
        Role::SelectionBlur => PLAIN.add_modifier(Modifier::UNDERLINED),
        Role::Evidence => PLAIN.add_modifier(Modifier::BOLD),
        Role::Title | Role::TitleFocus | Role::Heading | Role::Key | Role::PathName => {
            let style = if role == Role::TitleFocus { hue(Color::LightBlue, Color::Blue) } else { PLAIN };
            style.add_modifier(Modifier::BOLD)
        }
        Role::Link => hue(Color::LightBlue, Color::Blue).add_modifier(Modifier::UNDERLINED),
        Role::No
        | Role::Partial
        | Role::Warning
        | Role::Queued
        | Role::Skipped
        | Role::Info
        | Role::OverlayBorder
        | Role::Hint
        | Role::PathDir
        | Role::Score
        | Role::BarFull
        | Role::BarEmpty
        | Role::Gutter
        | Role::GutterActive
        | Role::StatusBar
        | Role::Prompt
        | Role::Placeholder
        | Role::Disabled
        | Role::Scrollbar => return None,
    })
}

/// The look of a role without colour; `None` where its parent's is right.
pub fn mono(role: Role) -> Option<Style> {
    let modifiers = match role {
        Role::Subtle | Role::Border => Modifier::DIM,
        Role::Accent
        | Role::User
        | Role::Failed
        | Role::Title
        | Role::Heading
        | Role::Key
        | Role::PathName
        | Role::Evidence => Modifier::BOLD,
        Role::Match | Role::Link | Role::SelectionBlur | Role::AddedWord | Role::DeletedWord => {
            Modifier::UNDERLINED
        }
        Role::TitleFocus => Modifier::BOLD.union(Modifier::UNDERLINED),
        Role::Selection | Role::TextSelection | Role::Cursor => Modifier::REVERSED,
        // Verdicts and diffs are told apart by their signs.
        Role::Base
        | Role::Fg
        | Role::Muted
        | Role::Yes
        | Role::Stale
        | Role::Running
        | Role::Overlay
        | Role::Added
        | Role::Deleted
        | Role::AddedBg
        | Role::DeletedBg
        | Role::Scrollbar => Modifier::empty(),
        Role::Focus
        | Role::No
        | Role::Partial
        | Role::Warning
        | Role::Queued
        | Role::Skipped
        | Role::Info
        | Role::OverlayBorder
        | Role::Hint
        | Role::PathDir
        | Role::Score
        | Role::BarFull
        | Role::BarEmpty
        | Role::Gutter
        | Role::GutterActive
        | Role::StatusBar
        | Role::Prompt
        | Role::Placeholder
        | Role::Disabled
        | Role::Pin => return None,
    };
    Some(PLAIN.add_modifier(modifiers))
}

/// The look of syntax in sixteen colours.
pub fn ansi_syntax(role: SyntaxRole, kind: ThemeKind) -> Style {
    let hue = |dark: Color, light: Color| {
        PLAIN.fg(match kind {
            ThemeKind::Dark => dark,
            ThemeKind::Light => light,
        })
    };
    let light_bold = match kind {
        ThemeKind::Dark => Modifier::empty(),
        ThemeKind::Light => Modifier::BOLD,
    };
    match role {
        SyntaxRole::Keyword | SyntaxRole::Tag => hue(Color::LightMagenta, Color::Blue),
        SyntaxRole::Function => hue(Color::LightBlue, Color::Reset).add_modifier(light_bold),
        SyntaxRole::Type | SyntaxRole::Attribute => hue(Color::LightCyan, Color::Blue),
        SyntaxRole::String => hue(Color::LightGreen, Color::Magenta),
        SyntaxRole::Number | SyntaxRole::Constant => hue(Color::LightYellow, Color::Magenta),
        SyntaxRole::Inserted => hue(Color::LightGreen, Color::Blue),
        SyntaxRole::Comment => PLAIN.add_modifier(Modifier::DIM),
        SyntaxRole::Heading | SyntaxRole::Emphasis => PLAIN.add_modifier(Modifier::BOLD),
        SyntaxRole::Link => PLAIN.add_modifier(Modifier::UNDERLINED),
        SyntaxRole::Deleted => hue(Color::LightRed, Color::Red),
        SyntaxRole::Variable | SyntaxRole::Operator | SyntaxRole::Punctuation | SyntaxRole::Plain => PLAIN,
    }
}

/// The look of syntax without colour.
pub fn mono_syntax(role: SyntaxRole) -> Style {
    match role {
        SyntaxRole::Keyword | SyntaxRole::Heading | SyntaxRole::Emphasis => {
            PLAIN.add_modifier(Modifier::BOLD)
        }
        SyntaxRole::Comment => PLAIN.add_modifier(Modifier::DIM),
        SyntaxRole::Link => PLAIN.add_modifier(Modifier::UNDERLINED),
        SyntaxRole::Function
        | SyntaxRole::Type
        | SyntaxRole::String
        | SyntaxRole::Number
        | SyntaxRole::Constant
        | SyntaxRole::Variable
        | SyntaxRole::Operator
        | SyntaxRole::Punctuation
        | SyntaxRole::Tag
        | SyntaxRole::Attribute
        | SyntaxRole::Deleted
        | SyntaxRole::Inserted
        | SyntaxRole::Plain => PLAIN,
    }
}
