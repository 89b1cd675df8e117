//! Theme files: TOML to checked looks per role, with soft errors. An unknown name or a bad colour costs that one
//! entry and never the theme.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ThemeKind;
use super::color::{ANSI_NAMES, Rgb};
use super::role::Role;
use crate::config::document::{Document, kind_name};
use crate::domain::Problem;
use crate::text::highlight::SyntaxRole;
use crate::text::nearest;

/// A colour as a theme file gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// 24 bits.
    Rgb(Rgb),
    /// One of the sixteen, or the terminal's own.
    Ansi(Color),
}

/// How a role looks, as a theme file gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Foreground.
    pub fg: Option<Paint>,
    /// Background.
    pub bg: Option<Paint>,
    /// Bold, dim and the like.
    pub modifiers: Modifier,
}

/// A parsed theme file.
#[derive(Debug, Clone, Default)]
pub struct ThemeFile {
    /// The theme's name, where the file says one.
    pub name: Option<String>,
    /// For which background it is made.
    pub kind: Option<ThemeKind>,
    /// The theme that gives what this one leaves out.
    pub inherits: Option<String>,
    /// Looks of roles.
    pub roles: BTreeMap<Role, Look>,
    /// Looks of syntax.
    pub syntax: BTreeMap<SyntaxRole, Look>,
}

impl Look {
    /// Whether sixteen colours are enough for it.
    pub fn is_ansi(&self) -> bool {
        [self.fg, self.bg].into_iter().flatten().all(|paint| matches!(paint, Paint::Ansi(_)))
    }
}

const TOP_KEYS: [&str; 7] = ["name", "kind", "depth", "inherits", "palette", "roles", "syntax"];
const LOOK_KEYS: [&str; 8] = ["fg", "bg", "bold", "dim", "italic", "underline", "reverse", "strike"];

/// Reads a theme file's text.
pub fn parse(document: &Document) -> (ThemeFile, Vec<Problem>) {
    let mut reader = Reader { document, sixteen: false, palette: BTreeMap::new(), problems: Vec::new() };
    let mut theme = ThemeFile::default();
    match document.parse() {
        Ok(table) => reader.read(table.get_ref(), &mut theme),
        Err(problem) => reader.problems.push(problem),
    }
    (theme, reader.problems)
}

struct Reader<'a> {
    document: &'a Document,
    /// Whether the file says that it is made of the sixteen ANSI colours.
    sixteen: bool,
    palette: BTreeMap<String, Paint>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn read(&mut self, table: &DeTable<'_>, theme: &mut ThemeFile) {
        // Depth and palette first: they decide what colours may be, wherever they stand in the file.
        if let Some(value) = table.get("depth") {
            self.sixteen = self.choice("depth", value, ["truecolor", "16"]) == Some(1);
        }
        if let Some(palette) = table.get("palette").and_then(|value| self.table("palette", value)) {
            for (name, value) in palette {
                let key = format!("palette.{}", name.get_ref());
                if let Some(paint) = self.text(&key, value).and_then(|text| self.paint(&key, value, text)) {
                    self.palette.insert(name.get_ref().to_string(), paint);
                }
            }
        }
        for (name, value) in table {
            let key: &str = name.get_ref();
            match key {
                "palette" | "depth" => {}
                "name" => theme.name = self.text(key, value).map(str::to_owned),
                "inherits" => theme.inherits = self.text(key, value).map(str::to_owned),
                "kind" => {
                    let dark = self.choice(key, value, ["dark", "light"]);
                    theme.kind = dark.map(|at| if at == 0 { ThemeKind::Dark } else { ThemeKind::Light });
                }
                "roles" => {
                    let by_name = |name: &str| Role::ALL.into_iter().find(|role| role.name() == name);
                    let known: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
                    theme.roles = self.looks(key, value, &by_name, &known);
                }
                "syntax" => {
                    let by_name = |name: &str| SyntaxRole::ALL.into_iter().find(|role| role.name() == name);
                    let known: Vec<_> = SyntaxRole::ALL.iter().map(|role| role.name()).collect();
                    theme.syntax = self.looks(key, value, &by_name, &known);
                }
                _ => {
                    let span = name.span();
                    self.problems.push(self.document.unknown(&span, key, "no such key in a theme", TOP_KEYS));
                }
            }
        }
    }

    fn looks<R: Ord + Grounded>(
        &mut self,
        section: &str,
        value: &Spanned<DeValue<'_>>,
        by_name: &dyn Fn(&str) -> Option<R>,
        known: &[&'static str],
    ) -> BTreeMap<R, Look> {
        let mut looks = BTreeMap::new();
        let Some(table) = self.table(section, value) else { return looks };
        for (name, value) in table {
            let key = format!("{section}.{}", name.get_ref());
            let Some(role) = by_name(name.get_ref()) else {
                let message = "no such role";
                let problem = self.document.unknown(&name.span(), &key, message, known.iter().copied());
                self.problems.push(problem);
                continue;
            };
            if let Some(look) = self.look(&key, value, role.grounded()) {
                looks.insert(role, look);
            }
        }
        looks
    }

    fn look(&mut self, key: &str, value: &Spanned<DeValue<'_>>, ground: Ground) -> Option<Look> {
        if let Some(text) = value.get_ref().as_str() {
            let paint = Some(self.paint(key, value, text)?);
            return Some(match ground {
                Ground::Text => Look { fg: paint, ..Look::default() },
                Ground::Background => Look { bg: paint, ..Look::default() },
            });
        }
        let Some(table) = value.get_ref().as_table() else {
            let found = kind_name(value.get_ref());
            let message = format!(
                "expected a colour or a table such as {{ fg = \"#d7dae0\", bold = true }}, found {found}"
            );
            self.problems.push(self.document.problem(&value.span(), key, message));
            return None;
        };
        let mut look = Look::default();
        for (name, value) in table {
            let key = format!("{key}.{}", name.get_ref());
            match name.get_ref().as_ref() {
                "fg" => look.fg = self.text(&key, value).and_then(|text| self.paint(&key, value, text)),
                "bg" => look.bg = self.text(&key, value).and_then(|text| self.paint(&key, value, text)),
                other => match (modifier(other), value.get_ref().as_bool()) {
                    (Some(modifier), Some(true)) => look.modifiers |= modifier,
                    (Some(_), Some(false)) => {}
                    (Some(_), None) => {
                        let message = format!("expected true or false, found {}", kind_name(value.get_ref()));
                        self.problems.push(self.document.problem(&value.span(), &key, message));
                    }
                    (None, _) => {
                        let message = "no such part of a look";
                        self.problems.push(self.document.unknown(&name.span(), &key, message, LOOK_KEYS));
                    }
                },
            }
        }
        Some(look)
    }

    fn paint(&mut self, key: &str, value: &Spanned<DeValue<'_>>, text: &str) -> Option<Paint> {
        if let Some(rgb) = Rgb::parse(text) {
            if self.sixteen {
                let message =
                    format!("'{text}' in a theme of depth 16, which takes ANSI names such as bright-blue");
                self.problems.push(self.document.problem(&value.span(), key, message));
                return None;
            }
            return Some(Paint::Rgb(rgb));
        }
        if let Some(paint) = self.palette.get(text) {
            return Some(*paint);
        }
        if let Some((_, color)) = ANSI_NAMES.iter().find(|(name, _)| *name == text) {
            return Some(Paint::Ansi(*color));
        }
        let known = self.palette.keys().map(String::as_str).chain(ANSI_NAMES.map(|(name, _)| name));
        let suggestion = nearest::nearest(text, known).map(str::to_owned);
        let message = format!(
            "no colour '{text}': expected #rrggbb, a name of [palette], or an ANSI name such as bright-blue"
        );
        self.problems.push(Problem { suggestion, ..self.document.problem(&value.span(), key, message) });
        None
    }

    fn text<'v>(&mut self, key: &str, value: &'v Spanned<DeValue<'_>>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            let message = format!("expected a string, found {}", kind_name(value.get_ref()));
            self.problems.push(self.document.problem(&value.span(), key, message));
        }
        text
    }

    fn table<'v, 'i>(&mut self, key: &str, value: &'v Spanned<DeValue<'i>>) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let message = format!("expected a table, found {}", kind_name(value.get_ref()));
            self.problems.push(self.document.problem(&value.span(), key, message));
        }
        table
    }

    fn choice(&mut self, key: &str, value: &Spanned<DeValue<'_>>, of: [&str; 2]) -> Option<usize> {
        let text = self.text(key, value)?;
        let at = of.iter().position(|choice| *choice == text);
        if at.is_none() {
            let suggestion = nearest::nearest(text, of).map(str::to_owned);
            let message = format!("expected \"{}\" or \"{}\", found \"{text}\"", of[0], of[1]);
            self.problems.push(Problem { suggestion, ..self.document.problem(&value.span(), key, message) });
        }
        at
    }
}

fn modifier(name: &str) -> Option<Modifier> {
    Some(match name {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underline" => Modifier::UNDERLINED,
        "reverse" => Modifier::REVERSED,
        "strike" => Modifier::CROSSED_OUT,
        _ => return None,
    })
}

/// What a bare colour means for a role.
#[derive(Clone, Copy)]
enum Ground {
    Text,
    Background,
}

trait Grounded {
    fn grounded(&self) -> Ground;
}

impl Grounded for Role {
    fn grounded(&self) -> Ground {
        if self.is_ground() { Ground::Background } else { Ground::Text }
    }
}

impl Grounded for SyntaxRole {
    fn grounded(&self) -> Ground {
        Ground::Text
    }
}
