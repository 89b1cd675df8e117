//! From theme files to styles: inheritance, roles that take another's look, and the terminal's colour depth.

use std::collections::BTreeMap;

use ratatui::style::{Color, Style};

use super::builtin;
use super::color::{Indexed, Rgb, contrast};
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
                Some(theme.kind.unwrap_or_default().default_theme().to_owned())
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
        let palette = Palette::new(self, depth);
        Theme {
            name: name.to_owned(),
            kind: self.kind,
            depth,
            roles: Role::ALL.map(|role| self.style(role, &palette)),
            syntax: SyntaxRole::ALL.map(|role| self.syntax(role, &palette)),
        }
    }

    fn style(&self, role: Role, palette: &Palette) -> Style {
        let look = self.designed(role);
        let style = match palette.depth {
            ColorDepth::None => inherited(role, &fallback::mono),
            ColorDepth::Ansi16 if !look.is_ansi() => inherited(role, &|role| fallback::ansi(role, self.kind)),
            ColorDepth::Ansi16 | ColorDepth::Indexed256 | ColorDepth::TrueColor => {
                palette.style(&look, Some(role))
            }
        };
        // A role that takes a ground's look would otherwise bring the ground with it.
        if role.is_ground() { style } else { Style { bg: None, ..style } }
    }

    fn syntax(&self, role: SyntaxRole, palette: &Palette) -> Style {
        let look = self.syntax.get(&role).copied().unwrap_or_default();
        match palette.depth {
            ColorDepth::None => fallback::mono_syntax(role),
            ColorDepth::Ansi16 if !look.is_ansi() => fallback::ansi_syntax(role, self.kind),
            ColorDepth::Ansi16 | ColorDepth::Indexed256 | ColorDepth::TrueColor => palette.style(&look, None),
        }
    }

    /// A role's look, or that of the nearest parent that has one.
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

    fn ground(&self, role: Role) -> Option<Rgb> {
        match self.designed(role).bg {
            Some(Paint::Rgb(rgb)) => Some(rgb),
            Some(Paint::Ansi(_)) | None => None,
        }
    }
}

/// Text on a ground keeps at least this contrast (WCAG 2.1, level AA).
const READABLE: f32 = 4.5;

/// Turns the colours of a theme into those of the terminal.
struct Palette {
    depth: ColorDepth,
    /// `None` where the terminal has other colours than these.
    indexed: Option<Indexed>,
    /// The entry of [`Role::Base`]; other grounds take another one, so that they stay apart from it.
    base: Option<(Rgb, u8)>,
    /// Luminances of what text of the third level stands on.
    quiet_grounds: Vec<f32>,
    /// Luminances of what all other text stands on.
    grounds: Vec<f32>,
}

impl Palette {
    fn new(looks: &Looks, depth: ColorDepth) -> Self {
        let indexed = (depth == ColorDepth::Indexed256).then(Indexed::new);
        let mut palette = Self { depth, indexed, base: None, quiet_grounds: Vec::new(), grounds: Vec::new() };
        palette.base = looks.ground(Role::Base).map(|rgb| (rgb, palette.nearest(rgb)));
        let shown = |role| looks.ground(role).map(|rgb| Rgb::of_index(palette.ground_index(rgb)).luminance());
        let quiet = [Role::Base, Role::Overlay].into_iter().filter_map(shown).collect();
        let all = Role::GROUNDS.into_iter().filter_map(shown).collect();
        (palette.quiet_grounds, palette.grounds) = (quiet, all);
        palette
    }

    fn style(&self, look: &Look, role: Option<Role>) -> Style {
        let color = |paint: Paint, convert: &dyn Fn(Rgb) -> u8| match paint {
            Paint::Rgb(Rgb(r, g, b)) if self.depth == ColorDepth::TrueColor => Color::Rgb(r, g, b),
            Paint::Rgb(rgb) => Color::Indexed(convert(rgb)),
            Paint::Ansi(color) => color,
        };
        Style {
            fg: look.fg.map(|paint| color(paint, &|rgb| self.text_index(rgb, role))),
            bg: look.bg.map(|paint| color(paint, &|rgb| self.ground_index(rgb))),
            ..Style::new().add_modifier(look.modifiers)
        }
    }

    fn nearest(&self, rgb: Rgb) -> u8 {
        self.indexed.as_ref().map_or(16, |indexed| indexed.nearest(rgb, &|_| true))
    }

    fn ground_index(&self, rgb: Rgb) -> u8 {
        let taken = self.base.filter(|(base, _)| *base != rgb).map(|(_, index)| index);
        self.indexed.as_ref().map_or(16, |indexed| indexed.nearest(rgb, &|entry| Some(entry.index) != taken))
    }

    fn text_index(&self, rgb: Rgb, role: Option<Role>) -> u8 {
        let grounds = match role {
            Some(role) if role.is_ornament() => return self.nearest(rgb),
            Some(role) if role.raised() != role => &self.quiet_grounds,
            Some(_) | None => &self.grounds,
        };
        let readable = |luminance: f32| grounds.iter().all(|ground| contrast(luminance, *ground) >= READABLE);
        self.indexed.as_ref().map_or(16, |indexed| indexed.nearest(rgb, &|entry| readable(entry.luminance)))
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
