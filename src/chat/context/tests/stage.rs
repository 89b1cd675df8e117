//! A small tree on disk, an assembler over it, and questions.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

use crate::chat::context::{
    Addressee, Asking, Assembled, Assembler, JudgedFile, Parts, Rules, SymbolAt, Symbols, Wishes,
};
use crate::domain::{
    Answer, AnswerMeters, AnswerState, Answerer, ContextItem, ContextState, FileId, Locality, ModelRef,
    Question, RankedRow, RelPath, RootId, Span, StateKind, TaskKind, Turn, TurnBody, TurnId,
};
use crate::index::Disk;
use crate::llm::egress::Private;
use crate::llm::profiles::Tier;
use crate::llm::tokens::TokenScale;
use crate::llm::{Message, Part, Role};
use crate::query::Catalog;

/// A tree with its assembler.
pub struct Stage {
    pub dir: TempDir,
    pub assembler: Assembler,
    catalog: Catalog,
    pub judged: Vec<JudgedFile>,
    pub wishes: Wishes,
    pub to: Addressee,
    pub turns: Vec<Turn>,
    pub at_most: Option<u32>,
}

struct Policy(Private);

impl Rules for Policy {
    fn private(&self, path: &str) -> Option<String> {
        self.0.rule(path)
    }

    fn redact(&self, _path: &Arc<str>, text: &str) -> Option<String> {
        text.contains("SECRET").then(|| text.replace("SECRET", "[redacted]"))
    }
}

struct Known(Vec<SymbolAt>);

impl Symbols for Known {
    fn find(&self, name: &str, _qualifier: Option<&str>) -> Vec<SymbolAt> {
        self.0.iter().filter(|symbol| &*symbol.name == name).cloned().collect()
    }
}

pub fn model(window: Option<u32>, tier: Tier) -> Addressee {
    Addressee {
        model: Some(ModelRef::new("lab", "m")),
        locality: Locality::Loopback,
        window,
        tier,
        scale: TokenScale::default(),
        reasons: false,
        images: None,
    }
}

impl Stage {
    /// A tree of these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        Self::with_symbols(files, &[])
    }

    /// The same, in which these are defined: name, file's number in the list, lines.
    pub fn with_symbols(files: &[(&str, &str)], symbols: &[(&str, u32, u32, u32)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let roots: Vec<PathBuf> = vec![dir.path().canonicalize().unwrap()];
        let mut catalog = Catalog::of(&roots);
        let mut rows = Vec::new();
        for (path, text) in files {
            let full = dir.path().join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(full, text).unwrap();
            let file = catalog.intern(RootId(0), &RelPath::from(*path));
            rows.push(row(file, path));
        }
        let known = symbols.iter().map(|(name, file, first, last)| SymbolAt {
            name: (*name).into(),
            file: FileId(*file),
            span: Span { first: *first, last: *last },
        });
        let mut assembler = Assembler::new(Parts {
            roots: roots.clone(),
            reader: Arc::new(Disk::new(roots.clone())),
            places: catalog.places(),
            rules: Arc::new(Policy(Private::new(&roots, &[]))),
            symbols: Arc::new(Known(known.collect())),
        });
        assembler.see(&rows.into());
        Self {
            dir,
            assembler,
            catalog,
            judged: Vec::new(),
            wishes: Wishes::default(),
            to: model(Some(32_768), Tier::Large),
            turns: Vec::new(),
            at_most: None,
        }
    }

    /// Says that these files help, best first, with these probabilities.
    pub fn judge(&mut self, files: &[(&str, f32)]) -> &mut Self {
        self.judged = files
            .iter()
            .map(|(path, probability)| JudgedFile {
                file: self.catalog.find(RootId(0), &RelPath::from(*path)).unwrap(),
                path: (*path).into(),
                probability: *probability,
                reason: format!("it is {path}").into(),
                spans: Arc::default(),
            })
            .collect();
        self
    }

    pub fn ask(&mut self, text: &str) -> Assembled {
        self.ask_all(&Question::new(text))
    }

    pub fn ask_all(&mut self, question: &Question) -> Assembled {
        self.assembler.assemble(&Asking {
            question,
            request: &question.text,
            rules: "",
            turns: &self.turns,
            judged: &self.judged,
            wishes: &self.wishes,
            to: &self.to,
            at_most: self.at_most,
        })
    }

    /// Adds a question and its answer to the conversation.
    pub fn said(&mut self, question: &str, answer: &str, context: Vec<ContextItem>) -> &mut Self {
        let id = self.turns.len() as i64;
        let turn = |id, body| Turn { id: TurnId(id), parent: None, at_ms: 0, siblings: Arc::default(), body };
        self.turns.push(turn(id, TurnBody::Question(Question::new(question))));
        self.turns.push(turn(id + 1, TurnBody::Answer(Box::new(answered(answer, context)))));
        self
    }

    pub fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .current_dir(self.dir.path())
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let full = self.dir.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }
}

pub fn answered(text: &str, context: Vec<ContextItem>) -> Answer {
    Answer {
        by: Answerer::Model(ModelRef::new("lab", "m"), Locality::Loopback),
        task: TaskKind::Chat,
        text: text.into(),
        thinking: Arc::from(""),
        context: context.into(),
        meters: AnswerMeters::default(),
        state: AnswerState::Done,
        rating: None,
        beside: Arc::default(),
        picked: false,
    }
}

fn row(file: FileId, path: &str) -> RankedRow {
    RankedRow {
        file,
        path: path.into(),
        state: StateKind::No,
        probability: 0.0,
        score: 0.0,
        stale: false,
        pinned: false,
        flipped: false,
    }
}

/// The text of all messages of a side.
pub fn said_by(messages: &[Message], role: Role) -> String {
    let parts = messages.iter().filter(|message| message.role == role).flat_map(|message| &message.parts);
    let texts: Vec<&str> = parts
        .filter_map(|part| match part {
            Part::Text(text) => Some(&**text),
            Part::Image { .. } | Part::Called(_) | Part::Returned(_) => None,
        })
        .collect();
    texts.join("\n")
}

/// Each item in words: `1 sent src/a.rs`.
pub fn listed(assembled: &Assembled) -> Vec<String> {
    let state = |state: &ContextState| match state {
        ContextState::Sent => "sent".to_owned(),
        ContextState::Excluded => "excluded".to_owned(),
        ContextState::NoRoom => "no room".to_owned(),
        ContextState::Weak => "weak".to_owned(),
        ContextState::Unfit(why) => format!("unfit ({why})"),
    };
    assembled
        .tray
        .items
        .iter()
        .map(|item| format!("{} {} {}", item.number, state(&item.state), item.title))
        .collect()
}

/// So many lines of code that speak of nothing in particular.
pub fn filler(lines: usize) -> String {
    let lines: Vec<String> =
        (0..lines).map(|line| format!("let value_{line} = compute(other, {line});\n")).collect();
    lines.concat()
}
