//! Code fences as answers have them: three or more backticks or tildes, with an info string.

/// The opening of a fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    mark: char,
    count: usize,
    /// What follows the marks, trimmed.
    pub info: String,
}

impl Fence {
    /// Reads an opening fence.
    pub fn open(line: &str) -> Option<Self> {
        let text = line.trim_start();
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let count = text.chars().take_while(|other| *other == mark).count();
        let info = text[count..].trim().to_owned();
        // In CommonMark the info string of backticks holds no backtick: that is inline code.
        (count >= 3 && !(mark == '`' && info.contains('`'))).then_some(Self { mark, count, info })
    }

    /// Whether a line closes this fence.
    pub fn closes(&self, line: &str) -> bool {
        let text = line.trim();
        text.chars().count() >= self.count && text.chars().all(|other| other == self.mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_fence_holds_a_shorter_one() {
        let fence = Fence::open("````rust").expect("a fence");
        assert_eq!(fence.info, "rust");
        assert!(!fence.closes("```"));
        assert!(fence.closes("````"));
        assert!(fence.closes("`````  "));
        assert_eq!(Fence::open("``x``"), None);
        assert_eq!(Fence::open("```inline``` code"), None);
        assert!(Fence::open("  ~~~").expect("a fence").closes("~~~~"));
    }
}
