//! Landmarks: headings, sections, keys, targets and stages of files that are not code.

use crate::domain::Language;
use crate::index::SymbolKind;

use SymbolKind::{Landmark, Module, Value};

/// Keys nested deeper are data.
const MAX_KEY_INDENT: usize = 2;

/// Reads landmarks line by line; it remembers fences and the line before.
pub(super) struct Reader<'t> {
    form: Form,
    fenced: bool,
    before: &'t str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Markdown,
    Underlined,
    Sections,
    Yaml,
    Json,
    Make,
    Docker,
    Org,
    Latex,
    Css,
    Pairs,
    Plain,
}

type Found<'t> = Option<(&'t str, SymbolKind, usize)>;

impl<'t> Reader<'t> {
    pub(super) fn new(language: Language) -> Self {
        let form = match language {
            Language::MARKDOWN => Form::Markdown,
            Language::RST => Form::Underlined,
            Language::TOML | Language::INI => Form::Sections,
            Language::YAML => Form::Yaml,
            Language::JSON | Language::JSONC => Form::Json,
            Language::MAKE | Language::JUST => Form::Make,
            Language::DOCKERFILE => Form::Docker,
            Language::ORG | Language::ASCIIDOC | Language::TYPST => Form::Org,
            Language::LATEX => Form::Latex,
            Language::CSS | Language::SCSS | Language::LESS | Language::STYLUS | Language::SASS => Form::Css,
            Language::DOTENV | Language::PROPERTIES => Form::Pairs,
            _ => Form::Plain,
        };
        Self { form, fenced: false, before: "" }
    }

    /// Whether the language has landmarks; else keywords tell.
    pub(super) fn owns(&self) -> bool {
        self.form != Form::Plain
    }

    /// The name, kind and level of what a line marks.
    pub(super) fn read(&mut self, line: &'t str) -> Found<'t> {
        let indent = line.len() - line.trim_start().len();
        let found = match self.form {
            Form::Markdown => self.markdown(line),
            Form::Underlined => self.underlined(line),
            Form::Sections => section(line),
            Form::Yaml => key(line, indent, ':').filter(|_| !line.trim_start().starts_with('-')),
            Form::Json => key(line, indent, ':').filter(|_| line.trim_start().starts_with('"')),
            Form::Make => target(line),
            Form::Docker => stage(line),
            Form::Org => heading(line, ['*', '=']),
            Form::Latex => latex(line),
            Form::Css => selector(line, indent),
            Form::Pairs => key(line, indent, '=').map(|(name, _, level)| (name, Value, level)),
            Form::Plain => None,
        };
        self.before = line;
        found
    }

    fn markdown(&mut self, line: &'t str) -> Found<'t> {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            self.fenced = !self.fenced;
        }
        if self.fenced {
            return None;
        }
        let setext = |mark: char| line.len() > 2 && line.chars().all(|c| c == mark);
        if !self.before.trim().is_empty() && setext('=') {
            return Some((self.before.trim(), Landmark, 1));
        }
        heading(line, ['#', '#'])
    }

    fn underlined(&mut self, line: &'t str) -> Found<'t> {
        let mark = line.chars().next().filter(|c| "=-~^\"'*+#`".contains(*c))?;
        let title = self.before.trim();
        let level = "=-~^\"'*+#`".find(mark).unwrap_or(0) + 1;
        let rule =
            line.len() >= 3 && line.chars().all(|c| c == mark) && title.chars().any(char::is_alphanumeric);
        rule.then_some((title, Landmark, level))
    }
}

fn heading(line: &str, marks: [char; 2]) -> Found<'_> {
    let title = line.trim_start_matches(marks);
    let level = line.len() - title.len();
    let text = title.trim().trim_end_matches(marks).trim_end();
    ((1..=6).contains(&level) && title.starts_with(' ') && !text.is_empty())
        .then_some((text, Landmark, level))
}

fn section(line: &str) -> Found<'_> {
    let trimmed = line.trim_start();
    if let Some(rest) = trimmed.strip_prefix('[') {
        let name = rest.trim_start_matches('[').split(']').next().unwrap_or("").trim();
        return (!name.is_empty() && !name.contains(['=', ','])).then_some((name, Landmark, 1));
    }
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let plain =
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"'));
    plain.then(|| (name.trim_matches('"'), Value, 2))
}

fn key(line: &str, indent: usize, sign: char) -> Found<'_> {
    let (name, _) = line.trim_start().split_once(sign)?;
    let name = name.trim().trim_start_matches("export ").trim_matches(['"', '\'']);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | '$');
    (indent <= MAX_KEY_INDENT && !name.is_empty() && name.chars().all(plain)).then_some((
        name,
        Landmark,
        indent + 1,
    ))
}

fn target(line: &str) -> Found<'_> {
    if line.starts_with(char::is_whitespace) {
        return None;
    }
    if let Some(rest) = line.strip_prefix("define ") {
        return Some((rest.trim(), Landmark, 1));
    }
    let assigns = line.find(":=").or_else(|| line.find('='));
    let colon = line.find(':');
    if let Some(at) = assigns.filter(|at| colon.is_none_or(|colon| *at <= colon)) {
        let name = line[..at].trim_end_matches(['?', '+', ':', ' ']).trim_start_matches("export ");
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        return plain.then_some((name, Value, 1));
    }
    let name = line[..colon?].split_whitespace().next()?.trim_start_matches('@');
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '%');
    let special = name.starts_with('.') && name.chars().all(|c| c == '.' || c.is_uppercase() || c == '_');
    (name.chars().all(plain) && !name.is_empty() && !special).then_some((name, Landmark, 1))
}

fn stage(line: &str) -> Found<'_> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    if first.eq_ignore_ascii_case("from") {
        let image = words.find(|word| !word.starts_with("--"))?;
        let named = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| words.next());
        return Some((named.unwrap_or(image), Landmark, 1));
    }
    let declares = first.eq_ignore_ascii_case("arg") || first.eq_ignore_ascii_case("env");
    let name = words.next()?.split('=').next()?;
    (declares && !name.is_empty()).then_some((name, Value, 2))
}

fn latex(line: &str) -> Found<'_> {
    const LEVELS: [&str; 5] = ["\\part", "\\chapter", "\\section", "\\subsection", "\\subsubsection"];
    let trimmed = line.trim_start();
    let level = LEVELS.iter().position(|start| {
        trimmed.strip_prefix(start).is_some_and(|rest| rest.starts_with('{') || rest.starts_with("*{"))
    })?;
    let title = trimmed.split_once('{')?.1.split('}').next()?;
    (!title.trim().is_empty()).then_some((title.trim(), Landmark, level + 1))
}

fn selector(line: &str, indent: usize) -> Found<'_> {
    let trimmed = line.trim();
    let definition = |rest: &'static str| trimmed.strip_prefix(rest);
    for (start, kind) in
        [("@mixin ", SymbolKind::Function), ("@function ", SymbolKind::Function), ("@layer ", Module)]
    {
        if let Some(rest) = definition(start) {
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
            return (end > 0).then(|| (&rest[..end], kind, indent + 1));
        }
    }
    if trimmed.starts_with('$')
        || trimmed.starts_with("--")
        || (trimmed.starts_with('@') && trimmed.contains(": "))
    {
        let name = trimmed.split(':').next()?.trim_end();
        return (indent <= MAX_KEY_INDENT).then_some((name, Value, indent + 1));
    }
    let name = trimmed.trim_end_matches([',', '{']).trim_end();
    let opens = (trimmed.ends_with('{') || trimmed.ends_with(',')) && !name.contains([';', '{', '"']);
    (opens && name.starts_with(['.', '#', '&', '%'])).then_some((name, Landmark, indent + 1))
}
