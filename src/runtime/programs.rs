//! Programs: which editor and pager to run, and with which arguments.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

/// How an editor is told the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineStyle {
    /// `+12 FILE`
    Plus,
    /// `FILE:12`
    Colon,
    /// `--goto FILE:12`
    Goto,
    /// `--line 12 FILE`
    Flag,
    /// Not at all: an editor we do not know may take `+12` for a file.
    None,
}

/// Editors by the name of their program.
const EDITORS: [(&str, LineStyle); 31] = [
    ("vim", LineStyle::Plus),
    ("vi", LineStyle::Plus),
    ("nvim", LineStyle::Plus),
    ("view", LineStyle::Plus),
    ("gvim", LineStyle::Plus),
    ("mvim", LineStyle::Plus),
    ("vis", LineStyle::Plus),
    ("nano", LineStyle::Plus),
    ("pico", LineStyle::Plus),
    ("emacs", LineStyle::Plus),
    ("emacsclient", LineStyle::Plus),
    ("kak", LineStyle::Plus),
    ("micro", LineStyle::Plus),
    ("joe", LineStyle::Plus),
    ("jed", LineStyle::Plus),
    ("mg", LineStyle::Plus),
    ("ne", LineStyle::Plus),
    ("gedit", LineStyle::Plus),
    ("mcedit", LineStyle::Colon),
    ("hx", LineStyle::Colon),
    ("helix", LineStyle::Colon),
    ("subl", LineStyle::Colon),
    ("sublime_text", LineStyle::Colon),
    ("zed", LineStyle::Colon),
    ("code", LineStyle::Goto),
    ("code-insiders", LineStyle::Goto),
    ("codium", LineStyle::Goto),
    ("cursor", LineStyle::Goto),
    ("windsurf", LineStyle::Goto),
    ("kate", LineStyle::Flag),
    ("idea", LineStyle::Flag),
];

/// A program with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Name or path.
    pub name: String,
    /// Arguments, in order.
    pub arguments: Vec<OsString>,
}

impl Program {
    /// Ready to run.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.name);
        command.args(&self.arguments);
        command
    }
}

/// The editor for a file; `vi` where none is configured, as POSIX tools do.
///
/// # Errors
/// What is wrong with the setting, for people.
pub fn editor(configured: Option<&str>, file: &Path, line: u32) -> Result<Program, String> {
    let mut program = parse(configured.unwrap_or("vi"), "editor")?;
    let known = Path::new(&program.name).file_name().and_then(OsStr::to_str).unwrap_or_default();
    let style = EDITORS.iter().find(|(name, _)| *name == known).map_or(LineStyle::None, |(_, style)| *style);
    let plain = file.as_os_str().to_owned();
    let mut with_line = plain.clone();
    with_line.push(format!(":{line}"));
    program.arguments.extend(match style {
        LineStyle::Plus => vec![format!("+{line}").into(), plain],
        LineStyle::Colon => vec![with_line],
        LineStyle::Goto => vec!["--goto".into(), with_line],
        LineStyle::Flag => vec!["--line".into(), line.to_string().into(), plain],
        LineStyle::None => vec![plain],
    });
    Ok(program)
}

/// The pager: `PAGER`, else `less -R`.
///
/// # Errors
/// What is wrong with the setting, for people.
pub fn pager(var: &dyn Fn(&str) -> Option<OsString>) -> Result<Program, String> {
    let set =
        var("PAGER").map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty());
    parse(set.as_deref().unwrap_or("less -R"), "pager")
}

fn parse(text: &str, what: &str) -> Result<Program, String> {
    let words = shlex::split(text).ok_or_else(|| format!("the {what} `{text}` has an unclosed quote"))?;
    let mut words = words.into_iter();
    let name = words.next().ok_or_else(|| format!("the {what} is set to nothing"))?;
    Ok(Program { name, arguments: words.map(OsString::from).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(configured: Option<&str>) -> Result<String, String> {
        editor(configured, Path::new("/r/src/a b.rs"), 12).map(|program| {
            let mut words = vec![program.name];
            words.extend(program.arguments.iter().map(|word| word.to_string_lossy().into_owned()));
            words.join("|")
        })
    }

    #[test]
    fn each_editor_is_told_the_line_its_own_way() {
        let with = |editor| line_of(Some(editor)).unwrap();
        assert_eq!(with("nvim"), "nvim|+12|/r/src/a b.rs");
        assert_eq!(with("/usr/bin/hx"), "/usr/bin/hx|/r/src/a b.rs:12");
        assert_eq!(with("code --wait"), "code|--wait|--goto|/r/src/a b.rs:12");
        assert_eq!(with("emacs -nw"), "emacs|-nw|+12|/r/src/a b.rs");
        assert_eq!(with("kate"), "kate|--line|12|/r/src/a b.rs");
    }

    #[test]
    fn an_unknown_editor_gets_the_file_alone() {
        assert_eq!(line_of(Some("my-editor -x")).unwrap(), "my-editor|-x|/r/src/a b.rs");
    }

    #[test]
    fn without_a_setting_it_is_vi() {
        assert_eq!(line_of(None).unwrap(), "vi|+12|/r/src/a b.rs");
    }

    #[test]
    fn an_unclosed_quote_is_said() {
        assert_eq!(line_of(Some("vim 'x")), Err("the editor `vim 'x` has an unclosed quote".into()));
    }
}
