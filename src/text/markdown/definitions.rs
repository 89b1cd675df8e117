//! Definitions of links: `[label]: address`, kept with where they stand.

/// The definitions of one text.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    /// Label as it is compared, address, and the byte at which the definition begins; the first of a label counts.
    all: Vec<(String, String, usize)>,
}

/// More are not kept; a text of definitions alone stays bounded.
const MOST: usize = 1000;

impl Definitions {
    /// Takes a definition in; one of a label that is known counts for nothing.
    pub fn add(&mut self, label: &str, address: &str, at: usize) {
        let label = compared(label);
        if self.all.len() < MOST && !self.all.iter().any(|(known, ..)| *known == label) {
            self.all.push((label, address.to_owned(), at));
        }
    }

    /// The address of a label, if its definition begins before this byte.
    pub fn get(&self, label: &str, before: usize) -> Option<&str> {
        if self.all.is_empty() {
            return None;
        }
        let label = compared(label);
        let found = self.all.iter().find(|(known, _, at)| *known == label && *at < before);
        found.map(|(_, address, _)| address.as_str())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// Labels are compared without regard to case and to how much white space stands between words.
fn compared(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
