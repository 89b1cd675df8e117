//! Retry: the diagnosis of refused parts, in the words that a model is told.

use std::fmt::Write;

use crate::edit::Refused;

/// Lines of a file quoted for one refusal.
const MOST_LINES: usize = 40;

/// What the model is told of the parts that were refused.
pub fn told(refused: &[Refused], taken: usize) -> String {
    let mut text = match taken {
        0 => "None of your changes could be applied.\n".to_owned(),
        1 => "One of your changes was applied and must not be repeated. The rest was not.\n".to_owned(),
        many => format!("{many} of your changes were applied and must not be repeated. The rest was not.\n"),
    };
    for part in refused {
        describe(part, &mut text);
    }
    text.push_str(
        "\nSend these parts again, corrected, in the same format, and nothing else. Copy the lines to replace byte for byte \
         from the file as it is now.",
    );
    text
}

/// Whether a call that was refused may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chance {
    /// Corrected.
    Again,
    /// It was told before, or often enough.
    Gone,
}

/// What the model is told of one call that was refused, in whole or in part.
pub fn refused(parts: &[Refused], chance: Chance) -> String {
    let mut text = "Refused; this call changed nothing.\n".to_owned();
    for part in parts {
        describe(part, &mut text);
    }
    text.push_str(match chance {
        Chance::Again => "\nMake this call again, corrected, and do not repeat calls that were taken.",
        Chance::Gone => "\nDo not make this call again.",
    });
    text
}

fn describe(part: &Refused, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(text, "\n{}: {}.\n", part.path.as_deref().unwrap_or("A part without a file"), part.why);
    if !part.wanted.is_empty() {
        text.push_str("You looked for:\n");
        quote(&part.wanted, text);
    }
    if let Some(nearest) = &part.nearest {
        let _ = writeln!(text, "The nearest lines of the file, from line {}:", nearest.line);
        quote(&nearest.lines, text);
        let (wanted, found) = &nearest.differs;
        let _ = writeln!(text, "The first line that differs: you wrote `{wanted}`, the file has `{found}`.");
    }
    if part.broke_off {
        text.push_str("Send the part that was cut whole, and then all that was to come after it.\n");
    }
    if !part.places.is_empty() {
        text.push_str("Take in more of the lines around it, so that it stands in one place only.\n");
    }
}

fn quote(lines: &[String], text: &mut String) {
    text.push_str("````\n");
    for line in lines.iter().take(MOST_LINES) {
        text.push_str(line);
        text.push('\n');
    }
    if lines.len() > MOST_LINES {
        let _ = writeln!(text, "(and {} more lines)", lines.len() - MOST_LINES);
    }
    text.push_str("````\n");
}
