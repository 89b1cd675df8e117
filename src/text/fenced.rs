//! Fenced: which lines of a text stand in code between fences.
//!
//! Fences are those of Markdown, however deep they are indented: models put them into lists in their own ways.

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fenced {
    /// Text.
    Outside,
    /// The fence that opens code.
    Opens,
    /// Code.
    Code,
    /// The fence that closes it.
    Closes,
}

/// The fence that is open, from line to line.
#[derive(Debug, Default)]
pub struct Fences {
    /// Its mark, and how many of it.
    open: Option<(char, usize)>,
}

impl Fences {
    /// Takes the next line of the text, and tells what it is.
    pub fn step(&mut self, line: &str) -> Fenced {
        let fence = opening(line.trim()).and_then(|(marks, info)| Some((marks.chars().next()?, marks, info)));
        match (self.open, fence) {
            (Some((open, least)), Some((mark, marks, ""))) if mark == open && marks.len() >= least => {
                self.open = None;
                Fenced::Closes
            }
            (Some(_), _) => Fenced::Code,
            (None, Some((mark, marks, _))) => {
                self.open = Some((mark, marks.len()));
                Fenced::Opens
            }
            (None, None) => Fenced::Outside,
        }
    }
}

/// The marks of the fence that a line begins with, and what follows them; space before them is the caller's.
pub fn opening(line: &str) -> Option<(&str, &str)> {
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let (marks, info) = line.split_at(line.len() - line.trim_start_matches(mark).len());
    // Behind marks of backticks no other may stand: then it is a span of code.
    (marks.len() >= 3 && !(mark == '`' && info.contains('`'))).then_some((marks, info))
}

/// The fenced code blocks of a text, without their fences.
pub fn blocks(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut fences = Fences::default();
    for line in text.lines() {
        match (fences.step(line), found.last_mut()) {
            (Fenced::Opens, _) => found.push(String::new()),
            (Fenced::Code, Some(block)) => {
                block.push_str(line);
                block.push('\n');
            }
            (Fenced::Outside | Fenced::Code | Fenced::Closes, _) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_blocks_end_at_a_fence_like_their_own_or_with_the_text() {
        let text = "a\n````md\n```\nx\n```\n````\nb\n~~~\ny\n";
        assert_eq!(blocks(text), ["```\nx\n```\n", "y\n"]);
        assert_eq!(blocks("- in a list:\n\n      ```\n      x\n      ```\n"), ["      x\n"]);
        assert_eq!(blocks("no code, but ```code``` in a line:\n```such``` as this"), Vec::<String>::new());
    }
}
