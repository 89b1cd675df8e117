//! Chords: one key with its modifiers, as `ctrl+p`, `G` or `shift+tab`.

use std::fmt;
use std::str::FromStr;

/// A key without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A character as typed; `G` is shift and g already.
    Char(char),
    /// F1 to F24.
    F(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab; with shift it is back-tab.
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
}

/// A key with its modifiers. For characters `shift` is always false: it is in the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// Control.
    pub ctrl: bool,
    /// Alt or meta.
    pub alt: bool,
    /// Shift, for keys that are not characters.
    pub shift: bool,
}

const NAMES: [(&str, Key); 17] = [
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
    ("pgup", Key::PageUp),
    ("pgdn", Key::PageDown),
    ("space", Key::Char(' ')),
];

impl Chord {
    /// A key alone.
    pub const fn plain(key: Key) -> Self {
        Self { key, ctrl: false, alt: false, shift: false }
    }
}

impl FromStr for Chord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut chord = Self::plain(Key::Esc);
        let mut rest = text;
        loop {
            let lower = rest.to_ascii_lowercase();
            let (flag, len) = match () {
                () if lower.len() > 5 && lower.starts_with("ctrl+") => (&mut chord.ctrl, 5),
                () if lower.len() > 4 && lower.starts_with("alt+") => (&mut chord.alt, 4),
                () if lower.len() > 6 && lower.starts_with("shift+") => (&mut chord.shift, 6),
                () => break,
            };
            *flag = true;
            rest = &rest[len..];
        }
        let lower = rest.to_ascii_lowercase();
        let mut chars = rest.chars();
        chord.key = if let Some((_, key)) = NAMES.iter().find(|(name, _)| *name == lower) {
            *key
        } else if let (Some(c), None) = (chars.next(), chars.next()) {
            Key::Char(if chord.shift { c.to_ascii_uppercase() } else { c })
        } else if let Some(number) = lower.strip_prefix('f').and_then(|n| n.parse().ok()) {
            Key::F(number)
        } else {
            return Err(format!("{text:?} is not a key; write keys as ctrl+p, G, f5 or shift+tab"));
        };
        if matches!(chord.key, Key::Char(_)) {
            chord.shift = false;
        }
        Ok(chord)
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (on, name) in [(self.ctrl, "ctrl+"), (self.alt, "alt+"), (self.shift, "shift+")] {
            if on {
                f.write_str(name)?;
            }
        }
        match (self.key, NAMES.iter().find(|(_, key)| *key == self.key)) {
            (_, Some((name, _))) => f.write_str(name),
            (Key::Char(c), None) => write!(f, "{c}"),
            (Key::F(number), None) => write!(f, "f{number}"),
            (key, None) => write!(f, "{key:?}"),
        }
    }
}
