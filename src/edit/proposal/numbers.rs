//! Numbers: lines that an answer copied from a listing, with their numbers before them.

/// What follows a line's number in a listing: `12 | code`, `12: code`, or a tab or an arrow after the number.
pub(super) fn after_number(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text[digits..].trim_start_matches(' ');
    let code = rest.strip_prefix(['|', ':']).map(|code| code.strip_prefix(' ').unwrap_or(code));
    let code = code.or_else(|| rest.strip_prefix(['\t', '\u{2192}'])).or(rest.is_empty().then_some(""));
    code.filter(|_| (1..=7).contains(&digits))
}

/// The lines without their numbers, where each that says something has one.
pub(super) fn unnumbered(lines: &[String]) -> Option<Vec<String>> {
    let bare = |line: &String| match after_number(line) {
        Some(code) => Some(code.to_owned()),
        None => line.trim().is_empty().then(String::new),
    };
    let any = lines.iter().any(|line| !line.trim().is_empty());
    lines.iter().map(bare).collect::<Option<Vec<String>>>().filter(|_| any)
}
