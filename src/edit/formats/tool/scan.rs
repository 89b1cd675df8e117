//! Scan: where a JSON object or list that comes in pieces ends.

/// How far a value is: it never looks back.
#[derive(Debug, Default)]
pub struct Scan {
    depth: usize,
    within: Within,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Within {
    #[default]
    Value,
    Text,
    /// After a backslash in a text.
    Escape,
}

impl Scan {
    /// Takes the next piece; the index after the end of the value, once it is there.
    pub fn push(&mut self, text: &str) -> Option<usize> {
        for (at, byte) in text.bytes().enumerate() {
            self.within = match (self.within, byte) {
                (Within::Value, b'"') => Within::Text,
                (Within::Value, b'{' | b'[') => {
                    self.depth += 1;
                    Within::Value
                }
                (Within::Value, b'}' | b']') => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                    Within::Value
                }
                (Within::Value, _) | (Within::Text, b'"') => Within::Value,
                (Within::Text, b'\\') => Within::Escape,
                (Within::Text | Within::Escape, _) => Within::Text,
            };
        }
        None
    }
}
