//! Import statements: from the text of one statement to the targets it names.

use super::push;
use crate::domain::Language;

/// Nothing of interest stands further in; the statement may be a whole module.
const MAX_STATEMENT: usize = 4_000;

/// Import trees nest no deeper in any code worth reading.
const MAX_NESTING: usize = 8;

/// Adds the targets of one import statement (or of one call that may import) of a language with a grammar.
pub fn statement(language: Language, text: &str, out: &mut Vec<Box<str>>) {
    let text = &text[..text.floor_char_boundary(MAX_STATEMENT)];
    match language {
        Language::RUST => rust(text, out),
        Language::GO => push_some(out, quoted(text)),
        Language::PYTHON => python(text, out),
        Language::JAVASCRIPT | Language::TYPESCRIPT | Language::TSX => script(text, out),
        Language::JAVA | Language::KOTLIN => jvm(text, out),
        Language::C | Language::CPP => push_some(out, quoted(text).or_else(|| between(text, '<', '>'))),
        Language::CSHARP => csharp(text, out),
        Language::RUBY => ruby(text, out),
        Language::PHP => php(text, out),
        Language::BASH => bash(text, out),
        Language::CSS => push_some(out, quoted(text).or_else(|| between(text, '(', ')'))),
        Language::HTML => html(text, out),
        _ => {}
    }
}

fn push_some(out: &mut Vec<Box<str>>, target: Option<&str>) {
    if let Some(target) = target {
        push(out, target);
    }
}

/// The first string literal of a text, without its quotes.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let start = text.find(['"', '\'', '`'])?;
    let quote = char::from(text.as_bytes()[start]);
    let rest = &text[start + 1..];
    rest.find(quote).map(|end| &rest[..end])
}

fn between(text: &str, open: char, close: char) -> Option<&str> {
    let rest = &text[text.find(open)? + open.len_utf8()..];
    rest.find(close).map(|end| &rest[..end])
}

/// The text after a keyword that stands alone at the start.
pub(super) fn after<'t>(text: &'t str, keyword: &str) -> Option<&'t str> {
    let rest = text.trim_start().strip_prefix(keyword)?;
    rest.starts_with(|c: char| !c.is_alphanumeric() && c != '_').then(|| rest.trim_start())
}

fn rust(text: &str, out: &mut Vec<Box<str>>) {
    let mut text = text.trim_start();
    while text.starts_with('#') {
        let Some(end) = text.find(']') else { return };
        text = text[end + 1..].trim_start();
    }
    if let Some(rest) = text.strip_prefix("pub") {
        let rest = rest.trim_start();
        text = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest);
    }
    if let Some(rest) = after(text, "mod") {
        // A module with a body lies right here.
        let name = rest.split(';').next().unwrap_or("");
        if rest.contains(';') && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            push(out, &format!("self::{name}"));
        }
    } else if let Some(rest) = after(text, "extern").and_then(|rest| after(rest, "crate")) {
        push_some(out, rest.split([' ', ';']).next());
    } else if let Some(rest) = after(text, "use") {
        tree("", rest.trim_end().trim_end_matches(';'), "::", 0, out);
    }
}

/// Expands `a::{b, c::D as E}` to `a::b` and `a::c::D`.
pub(super) fn tree(prefix: &str, text: &str, separator: &str, depth: usize, out: &mut Vec<Box<str>>) {
    let text = text.trim();
    let Some(open) = text.find('{').filter(|_| depth < MAX_NESTING) else {
        let path = text.split(" as ").next().unwrap_or(text).split("=>").next().unwrap_or(text);
        let path = path.trim().trim_end_matches(['*', '_']).trim_end_matches(separator);
        let whole = if path == "self" { prefix.to_owned() } else { format!("{prefix}{path}") };
        push(out, whole.trim_end_matches(separator));
        return;
    };
    let prefix = format!("{prefix}{}", text[..open].trim());
    let inner = text[open + 1..].trim_end().trim_end_matches('}');
    let mut level = 0_i32;
    let mut start = 0;
    for (at, ch) in inner.char_indices().chain([(inner.len(), ',')]) {
        match ch {
            '{' => level += 1,
            '}' => level -= 1,
            ',' if level <= 0 || at == inner.len() => {
                tree(&prefix, &inner[start..at], separator, depth + 1, out);
                start = (at + 1).min(inner.len());
            }
            _ => {}
        }
    }
}

fn python(text: &str, out: &mut Vec<Box<str>>) {
    let bare = |name: &str| name.split(" as ").next().unwrap_or(name).trim().to_owned();
    if let Some(rest) = after(text, "import") {
        rest.split(',').for_each(|name| push(out, &bare(name)));
    } else if let Some((module, names)) = after(text, "from").and_then(|rest| rest.split_once(" import")) {
        let module: String = module.split_whitespace().collect();
        for name in names.trim().trim_matches(['(', ')']).split(',') {
            let name = bare(
                name.lines().map(|line| line.split('#').next().unwrap_or("")).collect::<String>().trim(),
            );
            let dot = if module.ends_with('.') { "" } else { "." };
            match name.as_str() {
                "" => {}
                "*" => push(out, &module),
                name => push(out, &format!("{module}{dot}{name}")),
            }
        }
    }
}

fn script(text: &str, out: &mut Vec<Box<str>>) {
    for call in ["require(", "import(", "jest.mock(", "vi.mock(", "require.resolve("] {
        if let Some(rest) = text.strip_prefix(call) {
            if rest.trim_start().starts_with(['"', '\'', '`']) {
                push_some(out, quoted(rest));
            }
            return;
        }
    }
    if let Some(rest) = after(text, "import") {
        let source = rest.rsplit_once("from").map_or(rest, |(_, source)| source);
        push_some(out, quoted(source).or_else(|| quoted(rest)));
    } else if let Some(rest) = after(text, "export") {
        let rest = after(rest, "type").unwrap_or(rest);
        let list = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(_, rest)| rest);
        let source = list.or_else(|| rest.strip_prefix('*'));
        push_some(
            out,
            source.and_then(|rest| rest.split_once("from")).and_then(|(_, source)| quoted(source)),
        );
    }
}

fn jvm(text: &str, out: &mut Vec<Box<str>>) {
    let Some(rest) = after(text, "import") else { return };
    let rest = after(rest, "static").unwrap_or(rest);
    push_some(out, rest.split([';', ' ', '\n']).next());
}

fn csharp(text: &str, out: &mut Vec<Box<str>>) {
    let Some(rest) = after(after(text, "global").unwrap_or(text), "using") else { return };
    let rest = after(rest, "static").unwrap_or(rest);
    let name = rest.split_once('=').map_or(rest, |(_, name)| name);
    push(out, name.trim_end().trim_end_matches(';'));
}

fn ruby(text: &str, out: &mut Vec<Box<str>>) {
    let line = text.lines().next().unwrap_or("");
    for keyword in ["require_relative", "require", "load", "autoload"] {
        let Some(target) = after(line, keyword).filter(|rest| !rest.starts_with('=')).and_then(quoted) else {
            continue;
        };
        let relative = keyword == "require_relative" && !target.starts_with('.');
        push(out, &if relative { format!("./{target}") } else { target.to_owned() });
        return;
    }
}

fn php(text: &str, out: &mut Vec<Box<str>>) {
    if let Some(rest) = after(text, "use") {
        let rest = after(rest, "function").or_else(|| after(rest, "const")).unwrap_or(rest);
        // A group is one tree; without one, names are separated by commas.
        let rest = rest.trim_end().trim_end_matches(';');
        if rest.contains('{') {
            tree("", rest, "\\", 0, out);
        } else {
            rest.split(',').for_each(|name| tree("", name, "\\", 0, out));
        }
        return;
    }
    let Some(target) = quoted(text) else { return };
    // `__DIR__ . '/x.php'` means beside this file.
    let beside = text.contains("__DIR__") || text.contains("dirname");
    push(out, &if beside { format!("./{}", target.trim_start_matches('/')) } else { target.to_owned() });
}

fn bash(text: &str, out: &mut Vec<Box<str>>) {
    let line = text.lines().next().unwrap_or("");
    let Some(rest) = after(line, "source").or_else(|| line.strip_prefix(". ")) else { return };
    let target = rest.trim_start();
    let word =
        if target.starts_with(['"', '\'']) { quoted(target) } else { target.split_whitespace().next() };
    push_some(out, word);
}

fn html(text: &str, out: &mut Vec<Box<str>>) {
    let Some((name, value)) = text.split_once('=') else { return };
    if matches!(name.trim().to_ascii_lowercase().as_str(), "src" | "href") {
        let value = quoted(value).unwrap_or(value.trim());
        push(out, value.split(['?', '#']).next().unwrap_or(value));
    }
}
