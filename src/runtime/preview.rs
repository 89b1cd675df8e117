//! Preview: reads one file for the screen, first plain, then highlighted. The newest request wins.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::app::review::ink::{PaintWish, Painted};
use crate::app::{Preview, Source, SourceLine};
use crate::domain::{FileId, Generation, Language};
use crate::text::highlight::{Highlighter, Limits, Subject};
use crate::text::sanitize::{sanitize, sanitize_bytes};
use crate::text::width::expand_tabs;
use crate::tree;

use super::services::Place;

/// Characters of one line that are kept; nobody reads further, and a packed file is one line.
const MOST_CHARACTERS: usize = 2_000;

/// Bytes looked at to tell text from other things, as git does.
const SNIFFED: usize = 8_000;

/// Loads previews, one wish at a time.
#[derive(Debug, Clone, Default)]
pub struct Previews {
    newest: Arc<AtomicU64>,
    highlighter: Highlighter,
}

impl Previews {
    /// Reads a file on another thread and tells of it once or twice; not at all once a newer wish came.
    ///
    /// Needs a tokio runtime.
    pub fn load(
        &self,
        file: FileId,
        generation: Generation,
        place: Option<Place>,
        tell: impl Fn(Preview) + Send + 'static,
    ) {
        self.newest.store(generation.0, Ordering::SeqCst);
        let this = self.clone();
        tokio::task::spawn_blocking(move || {
            let is_newest = || this.newest.load(Ordering::SeqCst) == generation.0;
            let answer = |body| tell(Preview { file, generation, body });
            let Some(place) = place else {
                answer(Err("not in the tree any more".into()));
                return;
            };
            match read(&place) {
                Err(why) => answer(Err(why)),
                Ok(_) if !is_newest() => {}
                Ok(text) => {
                    let name = sanitize_bytes(place.path.file_name());
                    let language =
                        Language::detect(place.path.file_name(), text.lines().next().unwrap_or_default());
                    let plain = plain(&text, language);
                    answer(Ok(Arc::new(plain.clone())));
                    if is_newest() {
                        let subject = Subject { language, file_name: &name };
                        if let Some(source) = highlighted(&this.highlighter, subject, plain) {
                            answer(Ok(Arc::new(source)));
                        }
                    }
                }
            }
        });
    }
}

impl Previews {
    /// Finds the syntax of a stretch of a hunk on another thread, and tells it.
    ///
    /// Needs a tokio runtime.
    pub fn paint(&self, wish: PaintWish, tell: impl FnOnce(Painted) + Send + 'static) {
        let highlighter = self.highlighter.clone();
        tokio::task::spawn_blocking(move || {
            let name = wish.path.rsplit('/').next().unwrap_or(&wish.path);
            let first = wish.text.lines().next().unwrap_or_default();
            let subject = Subject { language: Language::detect(name.as_bytes(), first), file_name: name };
            tell(wish.painted(highlighter.highlight(subject, &wish.text, Limits::default())));
        });
    }
}

fn read(place: &Place) -> Result<String, String> {
    let bytes = tree::read_file(&place.on_disk()).map_err(|error| explain(&error))?;
    if bytes.iter().take(SNIFFED).any(|byte| *byte == 0) {
        return Err("binary file".into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn explain(error: &io::Error) -> String {
    const KNOWN: [(io::ErrorKind, &str); 4] = [
        (io::ErrorKind::NotFound, "deleted meanwhile"),
        (io::ErrorKind::PermissionDenied, "no permission to read it"),
        (io::ErrorKind::FileTooLarge, "larger than 1 MiB; open it in your editor"),
        (io::ErrorKind::InvalidInput, "not a regular file"),
    ];
    let known = KNOWN.iter().find(|(kind, _)| *kind == error.kind());
    known.map_or_else(|| error.to_string(), |(_, words)| (*words).to_owned())
}

fn plain(text: &str, language: Language) -> Source {
    let clean = sanitize(text);
    let mut truncated = false;
    let lines = clean
        .lines()
        .map(|line| {
            let end = line.char_indices().nth(MOST_CHARACTERS).map_or(line.len(), |(at, _)| at);
            truncated |= end < line.len();
            SourceLine { text: expand_tabs(&line[..end]).into_owned(), roles: Vec::new() }
        })
        .collect();
    let language = if language == Language::PLAIN { String::new() } else { language.name().to_owned() };
    Source { lines, language, truncated }
}

/// The same with roles; `None` where there are none to add.
fn highlighted(highlighter: &Highlighter, subject: Subject<'_>, plain: Source) -> Option<Source> {
    let text: String = plain.lines.iter().flat_map(|line| [line.text.as_str(), "\n"]).collect();
    let runs = highlighter.highlight(subject, &text, Limits::default());
    if runs.iter().all(Vec::is_empty) {
        return None;
    }
    let mut source = plain;
    for (line, runs) in source.lines.iter_mut().zip(runs) {
        line.roles = runs;
    }
    Some(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_clean_and_tabs_reach_the_next_stop() {
        let source = plain("a\tb\r\n\u{1b}[31mred\u{1b}[0m\n", Language::PLAIN);
        let lines: Vec<&str> = source.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, ["a   b", "red"]);
        assert!(!source.truncated);
    }

    #[test]
    fn a_packed_file_is_cut() {
        let source = plain(&"x".repeat(100_000), Language::PLAIN);
        assert_eq!(source.lines[0].text.len(), MOST_CHARACTERS);
        assert!(source.truncated);
    }

    #[test]
    fn code_gets_roles_inside_its_lines() {
        let text = "fn main() {\n\tlet x = \"é\"; // note\n}\n";
        let language = Language::detect(b"main.rs", "");
        let subject = Subject { language, file_name: "main.rs" };
        let source = highlighted(&Highlighter::new(), subject, plain(text, language)).unwrap();
        assert!(source.lines[1].roles.len() > 2);
        for line in &source.lines {
            assert!(line.roles.iter().all(|(_, range)| line.text.get(range.clone()).is_some()));
        }
    }
}
