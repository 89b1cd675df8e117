//! The fence of an open code block, read line by line (`CommonMark` 0.31, section 4.5).

/// An open fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    sign: char,
    length: usize,
    /// Cells before it, which are taken off each line of the block.
    pub indent: usize,
    /// The block's position among those of the text.
    pub block: usize,
    /// Lines of the block that are in pieces.
    pub before: usize,
    /// Lines of the block that are not.
    pub lines: usize,
    /// A blank row stands before the block.
    pub gap: bool,
}

impl Fence {
    /// Reads the line that opens a block; `None` where it does not.
    pub fn open(line: &str) -> Option<Self> {
        let (indent, sign, length, rest) = parts(line)?;
        let opens = length >= 3 && !(sign == '`' && rest.contains('`'));
        opens.then_some(Self { sign, length, indent, block: 0, before: 0, lines: 0, gap: false })
    }

    /// Whether a line ends the block.
    pub fn is_end(&self, line: &str) -> bool {
        parts(line).is_some_and(|(_, sign, length, rest)| {
            sign == self.sign && length >= self.length && rest.trim().is_empty()
        })
    }

    /// Whether a line that is not whole yet may still come to end the block.
    pub fn may_end(&self, line: &str) -> bool {
        parts(line).is_some_and(|(_, sign, _, rest)| sign == self.sign && rest.trim().is_empty())
    }
}

/// Whether a line looks as if it opened or ended a block.
pub fn is_fence_like(line: &str) -> bool {
    parts(line).is_some_and(|(_, _, length, _)| length >= 3)
}

/// Indent, sign, number of signs, and what follows.
fn parts(line: &str) -> Option<(usize, char, usize, &str)> {
    let rest = line.trim_start_matches(' ');
    let indent = line.len() - rest.len();
    let sign = rest.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let after = rest.trim_start_matches(sign);
    (indent <= 3).then_some((indent, sign, rest.len() - after.len(), after))
}

/// Cells from one tab stop to the next, by the specification (<https://spec.commonmark.org/0.31.2/#tabs>).
const TAB: usize = 4;

/// Takes an indent of at most three cells off each line of a block; of a tab that it ends in, what lies behind it stays.
pub fn stripped(text: &str, indent: usize) -> std::borrow::Cow<'_, str> {
    if indent == 0 {
        return text.into();
    }
    let strip = |line: &str| {
        let spaces = line.bytes().take(indent).take_while(|byte| *byte == b' ').count();
        match line[spaces..].strip_prefix('\t') {
            Some(rest) if spaces < indent => format!("{}{rest}", &"    "[..TAB.saturating_sub(indent)]),
            Some(_) | None => line[spaces..].to_owned(),
        }
    };
    text.split_inclusive('\n').map(strip).collect::<String>().into()
}
