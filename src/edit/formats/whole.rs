//! Whole files: each in a fence or a `<content>` element, its name on a line before, in the fence's info string, or in a
//! comment on its first line.

use super::fence::Fence;
use super::known::SHELLS;
use super::names::Names;
use super::path::{Naming, naming};
use super::{Found, LastLine, Parse, udiff};
use crate::edit::directive::{Directive, Malformed, Novelty};

/// Reads whole files; fences without a name are talk where another fence has one.
#[derive(Debug)]
pub struct Whole {
    names: Names,
    open: Option<Open>,
    /// Fences without a name, or with a word that may be one, kept until it is known that no other has a name.
    nameless: Vec<Nameless>,
    /// A file with fences of its own, kept until it is known that the answer's fences come in pairs.
    held: Option<(String, usize, Vec<String>)>,
    /// The files that were told.
    told: Vec<String>,
    novelty: Novelty,
}

#[derive(Debug)]
struct Open {
    around: Around,
    /// The fence with a language that is open inside.
    inner: Option<Fence>,
    path: Option<String>,
    word: Option<String>,
    from: usize,
    lines: Vec<String>,
}

#[derive(Debug)]
struct Nameless {
    word: Option<String>,
    from: usize,
    lines: Vec<String>,
}

#[derive(Debug)]
enum Around {
    Fence(Fence),
    /// An element, by its closing tag.
    Element(String),
}

/// Elements that hold a file.
const ELEMENTS: [&str; 4] = ["content", "file_content", "new_content", "file_text"];

/// Languages that show text, and not code.
const TEXTS: [&str; 4] = ["text", "txt", "plaintext", "log"];

impl Default for Whole {
    fn default() -> Self {
        Self {
            names: Names::default(),
            open: None,
            nameless: Vec::new(),
            held: None,
            told: Vec::new(),
            novelty: Novelty::Either,
        }
    }
}

impl Whole {
    /// Reads blocks of which nobody said that they are whole files.
    pub fn of_blocks() -> Self {
        Self { novelty: Novelty::Block, ..Self::default() }
    }

    fn talk(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        if let Some(fence) = Fence::open(line) {
            self.names.info(&fence.info);
            let path = self.names.take().and_then(|naming| self.named(naming, &fence));
            self.settle(path.is_some() || !fence.info.is_empty(), found);
            self.begin(Around::Fence(fence), path, at);
        } else if let Some(element) = ELEMENTS.iter().find(|name| line.trim() == format!("<{name}>")) {
            let path = self.names.take().map(Naming::name);
            self.begin(Around::Element(format!("</{element}>")), path, at);
        } else {
            self.names.talk(line);
        }
    }

    fn begin(&mut self, around: Around, path: Option<String>, from: usize) {
        let word = self.names.take_word();
        self.open = Some(Open { around, inner: None, path, word, from, lines: Vec::new() });
    }

    /// The file of a fence, unless the fence shows how to run it or what it prints.
    fn named(&self, naming: Naming, fence: &Fence) -> Option<String> {
        let again = matches!(&naming, Naming::Mentions(name) if self.told.contains(name));
        let name = naming.name();
        let language = fence.language();
        let end = name.rsplit_once('.').map_or("", |(_, end)| end);
        let is_script = SHELLS.contains(&end) || end.is_empty() || matches!(end, "ps1" | "bat" | "fish");
        let is_text = matches!(end, "" | "md" | "rst" | "log") || TEXTS.contains(&end);
        let shows = SHELLS.contains(&language.as_str()) && !is_script
            || TEXTS.contains(&language.as_str()) && !is_text;
        (!again && !shows).then_some(name)
    }

    fn close(&mut self, open: Open, found: &mut Vec<Found>) {
        let Open { around, path, word, from, lines, .. } = open;
        let path = path.or_else(|| match lines.first().map(|line| (line, naming(line))) {
            Some((line, Some(Naming::Heads(name)))) if is_comment(line) => Some(name),
            Some(_) | None => None,
        });
        let Some(path) = path else { return self.nameless.push(Nameless { word, from, lines }) };
        self.told.push(path.clone());
        match around {
            Around::Fence(fence)
                if udiff::is_diff(&fence) && lines.iter().any(|line| line.starts_with(['+', '-'])) =>
            {
                let why = "it is a diff, where the text of the whole file was expected".to_owned();
                found.push(Err(Malformed { path: Some(path), line: from, why }));
            }
            Around::Fence(_) if has_fences(&path) => self.held = Some((path, from, lines)),
            Around::Fence(_) | Around::Element(_) => found.push(Ok(self.write(Some(path), lines))),
        }
    }

    fn write(&self, path: Option<String>, lines: Vec<String>) -> Directive {
        Directive::Write { path, lines, ends: true, new: self.novelty }
    }

    /// Lets go of the file that was held: what comes next shows whether its fences were its own.
    fn settle(&mut self, apart: bool, found: &mut Vec<Found>) {
        let Some((path, line, lines)) = self.held.take() else { return };
        found.push(if apart {
            Ok(self.write(Some(path), lines))
        } else {
            let why = "the fences inside of the file cannot be told from the one around it: that one must be longer";
            Err(Malformed { path: Some(path), line, why: why.to_owned() })
        });
    }
}

impl Parse for Whole {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        let Some(open) = &mut self.open else { return self.talk(at, line, found) };
        let closes = match &open.around {
            Around::Element(end) => line.trim() == end,
            Around::Fence(fence) => {
                let inside = open.inner.is_some();
                if open.inner.as_ref().is_some_and(|inner| inner.closes(line)) {
                    open.inner = None;
                } else if !inside {
                    open.inner = fence.inner(line);
                }
                !inside && open.inner.is_none() && fence.closes(line)
            }
        };
        if !closes {
            open.lines.push(match &open.around {
                Around::Fence(fence) => fence.inside(line).to_owned(),
                Around::Element(_) => line.to_owned(),
            });
        } else if let Some(open) = self.open.take() {
            self.close(open, found);
        }
    }

    fn finish(&mut self, _at: usize, _ended: LastLine, found: &mut Vec<Found>) {
        let open = self.open.take();
        // A fence that is left over shows that one was taken for another.
        self.settle(open.as_ref().is_none_or(|open| open.path.is_some()), found);
        if let Some(Open { path, from: line, .. }) = open {
            let why = "what begins here is never closed, so the answer may be cut".to_owned();
            found.push(Err(Malformed { path, line, why }));
            return;
        }
        if !self.told.is_empty() {
            return;
        }
        let nameless = std::mem::take(&mut self.nameless);
        let several = nameless.len() > 1;
        for Nameless { word, from: line, lines } in nameless {
            if several && word.is_none() {
                let why = "several files, and not all of them have a name".to_owned();
                found.push(Err(Malformed { path: None, line, why }));
                return;
            }
            found.push(Ok(self.write(word, lines)));
        }
    }
}

/// Whether files of this name hold fences.
fn has_fences(path: &str) -> bool {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    matches!(end, "md" | "mdx" | "markdown" | "qmd" | "rmd")
}

fn is_comment(line: &str) -> bool {
    ["//", "#", "--", "/*", "<!--", ";", "%"].iter().any(|sign| line.starts_with(sign))
}
