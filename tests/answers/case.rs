//! How a case is written down: sections that begin with `%%`, each with the lines that follow it. `README.md` beside this
//! file describes it.

use std::collections::BTreeMap;
use std::path::Path;

use quarry::edit::EditFormat;

/// Files by path.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// One answer, the files that it is about, and what must come of it.
#[derive(Debug)]
pub struct Case {
    /// The file of cases, without its folder.
    pub file: String,
    /// Its first line there, 1-based.
    pub line: usize,
    /// What it shows.
    pub name: String,
    /// How the answer is read.
    pub format: EditFormat,
    /// The files that the model was shown; all where that is `None`.
    pub shown: Option<Vec<String>>,
    /// What is there before.
    pub files: Tree,
    /// What the model answers.
    pub answer: Vec<u8>,
    after: Tree,
    gone: Vec<String>,
    refused: Vec<Expected>,
    nothing: bool,
}

/// One refusal.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// A part of the reason.
    pub why: String,
    /// The file, where the case names it.
    pub path: Option<String>,
    /// The nearest lines: the first one's number, and the first line that differs as asked for and as it is.
    pub near: Option<(usize, String, String)>,
    /// Every place, by its first line.
    pub places: Vec<usize>,
}

impl Case {
    /// The tree as it must be when all that was not refused is taken.
    pub fn tree(&self) -> Tree {
        let mut tree = self.files.clone();
        for path in &self.gone {
            tree.remove(path);
        }
        tree.extend(self.after.clone());
        tree
    }

    /// What must be refused, in order.
    pub fn refusals(&self) -> &[Expected] {
        &self.refused
    }

    fn new(file: &str, line: usize, name: &str) -> Self {
        Self {
            file: file.to_owned(),
            line,
            name: name.to_owned(),
            format: EditFormat::Auto,
            shown: None,
            files: Tree::new(),
            answer: Vec::new(),
            after: Tree::new(),
            gone: Vec::new(),
            refused: Vec::new(),
            nothing: false,
        }
    }

    fn take(&mut self, section: &Section<'_>) {
        let rest = section.rest;
        let refusal = self.refused.last_mut();
        match section.word {
            "format" => self.format = rest.parse().unwrap(),
            "shown" => self.shown = Some(rest.split(' ').map(str::to_owned).collect()),
            "file" => drop(self.files.insert(section.path(), section.bytes())),
            "answer" => self.answer = section.bytes(),
            "after" => drop(self.after.insert(section.path(), section.bytes())),
            "gone" => self.gone.push(rest.to_owned()),
            "nothing" => self.nothing = true,
            "refused" => self.refused.push(Expected { why: rest.to_owned(), ..Expected::default() }),
            "of" => refusal.unwrap().path = Some(rest.to_owned()),
            "near" => {
                let (line, differs) = rest.split_once(": ").unwrap();
                let (wanted, found) = differs.split_once(" ~> ").unwrap();
                refusal.unwrap().near = Some((line.parse().unwrap(), wanted.to_owned(), found.to_owned()));
            }
            "places" => {
                refusal.unwrap().places = rest.split(' ').map(|line| line.parse().unwrap()).collect();
            }
            other => panic!("{}: {}: there is no section {other}", self.file, self.name),
        }
    }

    fn check(&self) {
        let says = !(self.after.is_empty() && self.gone.is_empty() && self.refused.is_empty());
        assert!(says != self.nothing, "{}: {}: say what comes of it", self.file, self.name);
        assert!(!self.answer.is_empty(), "{}: {}: an answer is missing", self.file, self.name);
    }
}

/// `%% WORD REST | FLAGS`, and the lines below.
struct Section<'t> {
    word: &'t str,
    rest: &'t str,
    flags: Vec<&'t str>,
    body: String,
}

impl<'t> Section<'t> {
    fn new(head: &'t str) -> Self {
        let (head, flags) = head.rsplit_once(" | ").unwrap_or((head, ""));
        let (word, rest) = head.split_once(' ').unwrap_or((head, ""));
        Self { word, rest, flags: flags.split_whitespace().collect(), body: String::new() }
    }

    fn path(&self) -> String {
        self.rest.to_owned()
    }

    /// The lines as the flags say that they are on disk.
    fn bytes(&self) -> Vec<u8> {
        let mut text = self.body.clone();
        for flag in &self.flags {
            text = match *flag {
                "open" => text.strip_suffix('\n').unwrap_or(&text).to_owned(),
                "crlf" => text.replace('\n', "\r\n"),
                "marks" => text.replace('→', "\t").replace('·', " ").replace('␍', "\r"),
                "bom" | "utf16" => format!("\u{feff}{text}"),
                "latin1" => text,
                other => panic!("there is no flag {other}"),
            };
        }
        if self.flags.contains(&"utf16") {
            return text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        }
        if self.flags.contains(&"latin1") {
            return text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        }
        text.into_bytes()
    }
}

/// Every case of every file, in order.
pub fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "txt"));
    files.sort();
    files.iter().flat_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Vec<Case> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).unwrap();
    // What stands before the first case says what the file is about.
    let from = text.find("%% case ").unwrap_or_else(|| panic!("{name} has no case"));
    let first = text[..from].matches('\n').count() + 1;
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<Section<'_>> = None;
    for (at, line) in text[from..].split_inclusive('\n').enumerate() {
        let Some(head) = line.trim_end_matches('\n').strip_prefix("%% ") else {
            open.as_mut().unwrap().body.push_str(line);
            continue;
        };
        close(&mut cases, open.take(), head.starts_with("case "));
        match head.strip_prefix("case ") {
            Some(title) => cases.push(Case::new(&name, first + at, title)),
            None => open = Some(Section::new(head)),
        }
    }
    close(&mut cases, open, true);
    cases.iter().for_each(Case::check);
    cases
}

fn close(cases: &mut [Case], section: Option<Section<'_>>, last: bool) {
    let Some(mut section) = section else { return };
    // One empty line parts a case from the next.
    if last && (section.body == "\n" || section.body.ends_with("\n\n")) {
        section.body.pop();
    }
    cases.last_mut().unwrap().take(&section);
}
