//! Citing: the citations and the code blocks of an answer's text.

/// The numbers cited as `[1]`, in the order of the text, up to the highest that there is; code is left out.
pub fn citations(text: &str, most: u16) -> Vec<u16> {
    let mut found = Vec::new();
    let mut fence = None;
    for line in text.lines() {
        if step_fence(&mut fence, line) || fence.is_some() {
            continue;
        }
        let mut in_code = false;
        let mut rest = line;
        while let Some(at) = rest.find(['`', '[']) {
            let (sign, after) = (rest.as_bytes()[at], &rest[at + 1..]);
            rest = after;
            if sign == b'`' {
                in_code = !in_code;
                continue;
            }
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let is_closed = after[digits..].starts_with(']');
            let is_link = after[digits..].starts_with("](") || after[digits..].starts_with("]:");
            let number = after[..digits].parse::<u16>().ok().filter(|number| (1..=most).contains(number));
            if let Some(number) = number.filter(|_| is_closed && !is_link && !in_code) {
                found.push(number);
            }
        }
    }
    found
}

/// The fenced code blocks of a text, without their fences.
pub fn blocks(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut fence = None;
    for line in text.lines() {
        let was_open = fence.is_some();
        if step_fence(&mut fence, line) {
            if !was_open {
                found.push(String::new());
            }
        } else if let (true, Some(block)) = (was_open, found.last_mut()) {
            block.push_str(line);
            block.push('\n');
        }
    }
    found
}

/// Opens or closes a fence at a line that is one; says whether it is.
fn step_fence(fence: &mut Option<(char, usize)>, line: &str) -> bool {
    let line = line.trim_start();
    let Some(sign) = line.chars().next().filter(|sign| matches!(sign, '`' | '~')) else { return false };
    let length = line.chars().take_while(|c| *c == sign).count();
    match *fence {
        None if length >= 3 => {
            *fence = Some((sign, length));
            true
        }
        Some((open, least)) if sign == open && length >= least && line[length..].trim().is_empty() => {
            *fence = None;
            true
        }
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_are_numbers_of_items_outside_of_code() {
        let text =
            "One [1], two [2][3], again [1].\n```rust\nlet a = b[2];\n```\n`x[1]` and [4] and [9](u) [12";
        assert_eq!(citations(text, 4), [1, 2, 3, 1, 4]);
        assert_eq!(citations(text, 2), [1, 2, 1]);
        assert_eq!(citations("[0] [65536] [] [a]", u16::MAX), Vec::<u16>::new());
    }

    #[test]
    fn code_blocks_end_at_a_fence_like_their_own_or_with_the_text() {
        let text = "a\n````md\n```\nx\n```\n````\nb\n~~~\ny\n";
        assert_eq!(blocks(text), ["```\nx\n```\n", "y\n"]);
        assert_eq!(blocks("no code"), Vec::<String>::new());
    }
}
