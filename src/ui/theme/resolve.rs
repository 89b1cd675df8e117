//! From theme files to styles: inheritance, roles that take another's look, and the terminal's colour depth.

use std::collections::BTreeMap;

use ratatui::style::{Color, Style};

use super::builtin;
use super::color::Rgb;
use super::fallback;
use super::file::{self, Look, Paint, ThemeFile};
use super::{ColorDepth, Role, Theme, ThemeKind};
use crate::config::Dirs;
use crate::config::document::Document;
use crate::domain::Problem;
use crate::text::highlight::SyntaxRole;
use crate::text::nearest;

/// A chain of `inherits` longer than this is a loop or nobody can follow it.
const MAX_INHERITS: usize = 8;

/// See [`Theme::load`].
pub fn load(name: &str, dirs: &Dirs, depth: ColorDepth) -> (Theme, Vec<Problem>) {
    let name = if name == Theme::AUTO { ThemeKind::Dark.default_theme() } else { name };
    let mut problems = Vec::new();
    if let Some(looks) = gather(name, Some(dirs), &mut problems) {
        return (looks.resolve(name, depth), problems);
    }
    let known = names(dirs);
    let suggestion = nearest::nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    problems.push(Problem {
        file: None,
        line: None,
        key: "theme".into(),
        message: format!("no theme '{name}'; there are auto, {}", known.join(", ")),
        suggestion,
    });
    (built_in(ThemeKind::Dark.default_theme(), depth), problems)
}

/// A built-in theme; the looks of the fallback table alone where there is none of that name.
pub fn built_in(name: &str, depth: ColorDepth) -> Theme {
    gather(name, None, &mut Vec::new()).unwrap_or_default().resolve(name, depth)
}

/// See [`Theme::names`].
pub fn names(dirs: &Dirs) -> Vec<String> {
    let mut names: Vec<String> = builtin::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    if let Ok(entries) = std::fs::read_dir(dirs.themes()) {
        names.extend(entries.flatten().filter_map(|entry| {
            let path = entry.path();
            let is_theme = path.extension().is_some_and(|extension| extension == "toml");
            is_theme.then(|| path.file_stem().map(|stem| stem.to_string_lossy().into_owned())).flatten()
        }));
    }
    names.sort();
    names.dedup();
    names
}

/// The looks of a theme and of all that it inherits from.
#[derive(Debug, Default)]
struct Looks {
    kind: ThemeKind,
    sixteen: bool,
    roles: BTreeMap<Role, Look>,
    syntax: BTreeMap<SyntaxRole, Look>,
}

/// `None` where there is no theme of that name.
fn gather(name: &str, dirs: Option<&Dirs>, problems: &mut Vec<Problem>) -> Option<Looks> {
    let mut chain: Vec<ThemeFile> = Vec::new();
    let mut next = Some(name.to_owned());
    let mut seen = Vec::new();
    while let Some(name) = next.take() {
        let built_in_only = seen.contains(&name);
        let Some(document) = read(&name, dirs.filter(|_| !built_in_only), problems) else {
            if chain.is_empty() {
                return None;
            }
            problems.push(missing_parent(&name, dirs));
            break;
        };
        let (theme, found) = file::parse(&document);
        problems.extend(found);
        // A user's `slate` may inherit from the built-in `slate`, so a name counts once per place.
        next = match &theme.inherits {
            Some(parent) => Some(parent.clone()),
            None if chain.is_empty() && document.path().is_some() => {
                theme.kind.map(|k| k.default_theme().to_owned())
            }
            None => None,
        };
        seen.push(name);
        chain.push(theme);
        if chain.len() >= MAX_INHERITS {
            break;
        }
    }
    let mut looks = Looks::default();
    for theme in chain.into_iter().rev() {
        looks.kind = theme.kind.unwrap_or(looks.kind);
        looks.sixteen = theme.sixteen.unwrap_or(looks.sixteen);
        looks.roles.extend(theme.roles);
        looks.syntax.extend(theme.syntax);
    }
    Some(looks)
}

fn read(name: &str, dirs: Option<&Dirs>, problems: &mut Vec<Problem>) -> Option<Document> {
    // A name is a file's stem, never a path.
    let is_plain = !name.is_empty() && !name.contains(['/', '\\', '\0']) && !name.starts_with('.');
    if let Some(dirs) = dirs.filter(|_| is_plain) {
        match Document::read(&dirs.themes().join(format!("{name}.toml"))) {
            Ok(Some(document)) => return Some(document),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    builtin::text(name).map(|text| Document::new(None, text))
}

fn missing_parent(name: &str, dirs: Option<&Dirs>) -> Problem {
    let known = dirs.map(names).unwrap_or_default();
    Problem {
        file: None,
        line: None,
        key: "inherits".into(),
        message: format!("no theme '{name}' to inherit from"),
        suggestion: nearest::nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
    }
}

impl Looks {
    fn resolve(&self, name: &str, depth: ColorDepth) -> Theme {
        let mut theme = Theme {
            name: name.to_owned(),
            kind: self.kind,
            depth,
            roles: Role::ALL.map(|role| self.style(role, depth)),
            syntax: SyntaxRole::ALL.map(|role| self.syntax(role, depth)),
        };
        if depth == ColorDepth::TrueColor || depth == ColorDepth::Indexed256 {
            // Source text without a role of its own is normal text.
            let plain = theme.syntax[SyntaxRole::Plain as usize];
            if plain.fg.is_none() {
                theme.syntax[SyntaxRole::Plain as usize] = plain.patch(theme.style(Role::Fg));
            }
        }
        theme
    }

    fn style(&self, role: Role, depth: ColorDepth) -> Style {
        let designed = self.designed(role);
        let style = match depth {
            ColorDepth::None => return inherited(role, &|role| fallback::mono(role)),
            ColorDepth::Ansi16 if !self.sixteen => inherited(role, &|role| fallback::ansi(role, self.kind)),
            ColorDepth::Ansi16 | ColorDepth::Indexed256 | ColorDepth::TrueColor => {
                to_style(&designed, &|rgb| self.convert(rgb, depth, role.is_ground()))
            }
        };
        if role.is_ground() || self.sixteen { style } else { Style { bg: None, ..style } }
    }

    fn designed(&self, role: Role) -> Look {
        let mut at = Some(role);
        while let Some(role) = at {
            if let Some(look) = self.roles.get(&role) {
                return *look;
            }
            at = role.parent();
        }
        Look::default()
    }

    fn syntax(&self, role: SyntaxRole, depth: ColorDepth) -> Style {
        match depth {
            ColorDepth::None => fallback::mono_syntax(role),
            ColorDepth::Ansi16 if !self.sixteen => fallback::ansi_syntax(role, self.kind),
            ColorDepth::Ansi16 | ColorDepth::Indexed256 | ColorDepth::TrueColor => {
                let look = self.syntax.get(&role).copied().unwrap_or_default();
                to_style(&look, &|rgb| self.convert(rgb, depth, false))
            }
        }
    }

    fn convert(&self, rgb: Rgb, depth: ColorDepth, ground: bool) -> Color {
        if depth == ColorDepth::TrueColor {
            return Color::Rgb(rgb.0, rgb.1, rgb.2);
        }
        let _ = ground;
        Color::Indexed(rgb.nearest_index())
    }
}

fn inherited(role: Role, own: &dyn Fn(Role) -> Option<Style>) -> Style {
    let mut at = Some(role);
    while let Some(role) = at {
        if let Some(style) = own(role) {
            return style;
        }
        at = role.parent();
    }
    Style::new()
}

fn to_style(look: &Look, convert: &dyn Fn(Rgb) -> Color) -> Style {
    let color = |paint: Paint| match paint {
        Paint::Rgb(rgb) => convert(rgb),
        Paint::Ansi(color) => color,
    };
    Style { fg: look.fg.map(color), bg: look.bg.map(color), ..Style::new().add_modifier(look.modifiers) }
}
