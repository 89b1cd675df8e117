//! Settings: what the screen needs of the configuration, checked and in its own units.

use super::chord::Chord;

/// What the screen needs of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The theme to draw with.
    pub theme: String,
    /// Whether spinners turn.
    pub motion: bool,
    /// Whether the mouse is taken at start.
    pub mouse: bool,
    /// The pause in typing after which the query is asked, in milliseconds.
    pub debounce_ms: u64,
    /// Chords by action name, as configured; an action named here loses its default chords.
    pub keys: Vec<(String, Vec<Chord>)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: "quarry-dark".into(), motion: true, mouse: true, debounce_ms: 60, keys: Vec::new() }
    }
}
