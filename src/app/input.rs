//! Input: what a terminal reports, in our own words, so that no key library reaches the state.

use crate::config::Chord;

/// One thing the person or the terminal did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key press (repeats count as presses; releases are never sent).
    Key(Chord),
    /// Text pasted in one piece, as the terminal sent it.
    Paste(String),
    /// The pointer.
    Mouse(Mouse),
    /// The terminal has this size now, in cells.
    Resize(Size),
    /// The terminal got (true) or lost (false) the keyboard.
    Focus(bool),
}

/// A size in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// One pointer event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What it did.
    pub kind: MouseKind,
    /// Column, from 0.
    pub column: u16,
    /// Row, from 0.
    pub row: u16,
}

/// What the pointer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button went down.
    Press,
    /// It moved while the left button was down.
    Drag,
    /// The left button went up.
    Release,
    /// One notch up.
    WheelUp,
    /// One notch down.
    WheelDown,
}
