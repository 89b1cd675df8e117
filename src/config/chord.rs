//! Key chords as people write them: `ctrl+p`, `alt+enter`, `shift+tab`, `space`, `f1`, `?`.

use std::fmt;
use std::str::FromStr;

/// The keys held down with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Mods {
    /// Control.
    pub ctrl: bool,
    /// Alt, or Option.
    pub alt: bool,
    /// Shift; never set with [`Key::Char`], where the character itself tells (`A`, `?`).
    pub shift: bool,
}

/// A key of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A key that types this character, case kept; never the space.
    Char(char),
    /// The space bar.
    Space,
    /// Enter or Return.
    Enter,
    /// Escape.
    Esc,
    /// Tab; with shift it is what terminals call back-tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key, 1 to 24.
    F(u8),
}

/// One press: a key with those held down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    /// The keys held down.
    pub mods: Mods,
    /// The key.
    pub key: Key,
}

const NAMED: [(&str, Key); 17] = [
    ("space", Key::Space),
    ("enter", Key::Enter),
    ("esc", Key::Esc),
    ("tab", Key::Tab),
    ("backspace", Key::Backspace),
    ("delete", Key::Delete),
    ("insert", Key::Insert),
    ("up", Key::Up),
    ("down", Key::Down),
    ("left", Key::Left),
    ("right", Key::Right),
    ("home", Key::Home),
    ("end", Key::End),
    ("pageup", Key::PageUp),
    ("pagedown", Key::PageDown),
    ("plus", Key::Char('+')),
    ("minus", Key::Char('-')),
];

const ALIASES: [(&str, &str); 7] = [
    ("return", "enter"),
    ("escape", "esc"),
    ("del", "delete"),
    ("ins", "insert"),
    ("pgup", "pageup"),
    ("pgdn", "pagedown"),
    ("bs", "backspace"),
];

/// Why a text is no chord.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChordError {
    /// Nothing, or a modifier alone.
    #[error("a chord needs a key, as in \"ctrl+p\"")]
    NoKey,
    /// Not ctrl, alt or shift.
    #[error("no modifier '{0}': expected ctrl, alt or shift")]
    Modifier(String),
    /// Not a key.
    #[error("no key '{0}': expected one character, space, enter, esc, tab, up, f1 and the like")]
    Key(String),
}

impl Chord {
    /// A key alone.
    pub const fn key(key: Key) -> Self {
        Self { mods: Mods { ctrl: false, alt: false, shift: false }, key }
    }

    /// A character with control.
    pub const fn ctrl(c: char) -> Self {
        Self { mods: Mods { ctrl: true, alt: false, shift: false }, key: Key::Char(c) }
    }

    /// Builds the chord that compares equal however the terminal reported it: shift is folded into a character
    /// (`shift+a` is `A`), control ignores case (`ctrl+P` is `ctrl+p`).
    pub fn new(mut mods: Mods, key: Key) -> Self {
        let key = match key {
            Key::Char(' ') => Key::Space,
            Key::Char(c) if mods.ctrl => {
                mods.shift = false;
                Key::Char(c.to_lowercase().next().unwrap_or(c))
            }
            Key::Char(c) => {
                let upper = c.to_uppercase().next().unwrap_or(c);
                let c = if mods.shift { upper } else { c };
                mods.shift = false;
                Key::Char(c)
            }
            Key::Space
            | Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::Backspace
            | Key::Delete
            | Key::Insert
            | Key::Up
            | Key::Down
            | Key::Left
            | Key::Right
            | Key::Home
            | Key::End
            | Key::PageUp
            | Key::PageDown
            | Key::F(_) => key,
        };
        Self { mods, key }
    }

    /// The short form for footers: `^p` for `ctrl+p`, everything else as it is written.
    pub fn short(&self) -> String {
        if let Key::Char(c) = self.key
            && self.mods.ctrl
            && !self.mods.alt
        {
            return format!("^{c}");
        }
        self.to_string()
    }
}

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim_matches(|c| c == '\t' || c == '\n');
        // A plus sign is a key too: "+" and "ctrl++".
        let (held, name) = match text.strip_suffix('+') {
            Some("") => ("", "+"),
            Some(held) => held.strip_suffix('+').map_or((held, ""), |held| (held, "+")),
            None => text.rsplit_once('+').unwrap_or(("", text)),
        };
        let mut mods = Mods::default();
        for part in held.split('+').map(str::trim).filter(|part| !part.is_empty()) {
            match part.to_ascii_lowercase().as_str() {
                "ctrl" | "control" | "c" => mods.ctrl = true,
                "alt" | "option" | "meta" | "m" => mods.alt = true,
                "shift" | "s" => mods.shift = true,
                _ => return Err(ChordError::Modifier(part.to_owned())),
            }
        }
        let mut chars = name.chars();
        let key = match (chars.next(), chars.next()) {
            (None, _) => return Err(ChordError::NoKey),
            (Some(c), None) if !c.is_control() => Key::Char(c),
            _ => named(name.trim())?,
        };
        Ok(Self::new(mods, key))
    }
}

fn named(name: &str) -> Result<Key, ChordError> {
    let lower = name.to_ascii_lowercase();
    let wanted = ALIASES.iter().find(|(alias, _)| *alias == lower).map_or(lower.as_str(), |(_, name)| name);
    if let Some((_, key)) = NAMED.iter().find(|(name, _)| *name == wanted) {
        return Ok(*key);
    }
    if ["ctrl", "alt", "shift"].contains(&wanted) {
        return Err(ChordError::NoKey);
    }
    wanted
        .strip_prefix('f')
        .and_then(|number| number.parse::<u8>().ok())
        .filter(|number| (1..=24).contains(number))
        .map(Key::F)
        .ok_or_else(|| ChordError::Key(name.to_owned()))
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.mods.ctrl, "ctrl+"), (self.mods.alt, "alt+"), (self.mods.shift, "shift+")]
        {
            if held {
                f.write_str(name)?;
            }
        }
        if let Key::Char(c) = self.key {
            return write!(f, "{c}");
        }
        if let Key::F(number) = self.key {
            return write!(f, "f{number}");
        }
        f.write_str(NAMED.iter().find(|(_, known)| *known == self.key).map_or("", |(name, _)| name))
    }
}
