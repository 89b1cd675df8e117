//! The shelf: texts of files as they may be sent, read once per version.
//!
//! Invariant: a sheet has exactly the lines of its file, so that line numbers hold; what secrets stood in it are gone
//! where it goes to another machine; nothing in it can be read as a template's own token.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::domain::{FileStamp, Language, Locality, RelPath, RootId, SkipReason, Span};
use crate::index::outline::outline;
use crate::index::{ContentHash, ReadError, Reader, Symbol, SymbolKind};
use crate::llm::egress::Guard;
use crate::llm::tokens;
use crate::text::fence::harmless;

/// What may be sent.
pub trait Rules: Send + Sync {
    /// The rule that makes a file private, in words, if one does.
    fn private(&self, path: &str) -> Option<String>;

    /// The text without its secrets; `None` where it has none.
    fn redact(&self, path: &Arc<str>, text: &str) -> Option<String>;
}

impl Rules for Guard {
    fn private(&self, path: &str) -> Option<String> {
        Self::private(self, path)
    }

    fn redact(&self, path: &Arc<str>, text: &str) -> Option<String> {
        self.redact_file(path, text)
    }
}

/// No rule: nothing leaves this machine where there are no models.
impl Rules for () {
    fn private(&self, _path: &str) -> Option<String> {
        None
    }

    fn redact(&self, _path: &Arc<str>, _text: &str) -> Option<String> {
        None
    }
}

/// Where a file lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// Its root.
    pub root: RootId,
    /// Its path below the root.
    pub path: RelPath,
    /// Its path as shown.
    pub shown: Arc<str>,
}

/// How the lines of a text are shown to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Numbering {
    /// With their numbers, for answers that name lines.
    Lines,
    /// As they are: a diff has the numbers of its files.
    None,
}

/// One version of a text, line by line.
#[derive(Debug)]
pub struct Sheet {
    /// The text; each line ends with a line feed.
    pub text: Box<str>,
    /// Names the version.
    pub hash: ContentHash,
    /// The language of the text.
    pub language: Language,
    /// How its lines are shown.
    pub numbering: Numbering,
    /// Where each line begins, in bytes, and where the last one ends.
    starts: Box<[u32]>,
    /// Tokens of the lines before each line, rather too many.
    tokens: Box<[u32]>,
    symbols: OnceLock<Box<[Symbol]>>,
}

impl Sheet {
    /// A sheet of a text; `name` tells the language.
    pub fn new(name: &[u8], raw: &str) -> Self {
        Self::shown(name, raw, Numbering::Lines)
    }

    /// A sheet of a text whose lines are not numbered.
    pub fn bare(raw: &str) -> Self {
        Self::shown(b"a.txt", raw, Numbering::None)
    }

    /// A sheet of a diff: files and hunks are what it is cut at.
    pub fn diff(raw: &str) -> Self {
        let sheet = Self::shown(b"a.diff", raw, Numbering::None);
        let mut symbols: Vec<Symbol> = Vec::new();
        for (number, line) in (1..).zip(sheet.text.lines()) {
            let depth = u8::from(line.starts_with("@@ "));
            if depth == 0 && !line.starts_with("diff --git ") {
                continue;
            }
            for open in symbols.iter_mut().filter(|open| open.depth >= depth && open.span.last == u32::MAX) {
                open.span.last = number - 1;
            }
            let span = Span { first: number, last: u32::MAX };
            symbols.push(Symbol { name: line.into(), kind: SymbolKind::Landmark, span, depth });
        }
        for open in &mut symbols {
            open.span.last = open.span.last.min(sheet.lines());
        }
        // Nobody else holds the sheet yet, so that nothing is set.
        let _ = sheet.symbols.set(symbols.into());
        sheet
    }

    fn shown(name: &[u8], raw: &str, numbering: Numbering) -> Self {
        let text = lined(raw);
        let mut starts = vec![0];
        let mut tokens = vec![0];
        let (mut at, mut sum) = (0_u32, 0_u32);
        for line in text.split_inclusive('\n') {
            at += line.len() as u32;
            let shown = &line[..line.floor_char_boundary(LONGEST)];
            sum = sum.saturating_add(tokens::estimate(shown) as u32).saturating_add(NUMBER);
            starts.push(at);
            tokens.push(sum);
        }
        let first = text.lines().next().unwrap_or_default();
        let language = Language::detect(name, &first[..first.floor_char_boundary(200)]);
        Self {
            hash: ContentHash::of(text.as_bytes()),
            language,
            numbering,
            starts: starts.into(),
            tokens: tokens.into(),
            symbols: OnceLock::new(),
            text: text.into(),
        }
    }

    /// Number of lines.
    pub fn lines(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    /// A 1-based line without its end; empty beyond the last.
    pub fn line(&self, number: u32) -> &str {
        let at = number as usize;
        match (at.checked_sub(1).and_then(|at| self.starts.get(at)), self.starts.get(at)) {
            (Some(from), Some(to)) => self.text[*from as usize..*to as usize].trim_end_matches('\n'),
            (_, _) => "",
        }
    }

    /// Tokens that these 1-based lines take with their numbers, rather too many.
    pub fn tokens(&self, first: u32, last: u32) -> u32 {
        let at = |line: u32| self.tokens[(line as usize).min(self.tokens.len() - 1)];
        at(last).saturating_sub(at(first.saturating_sub(1)))
    }

    /// What the text defines, by first line.
    pub fn symbols(&self) -> &[Symbol] {
        self.symbols.get_or_init(|| outline(self.language, &self.text).symbols.into())
    }
}

/// Bytes of a line that are sent: what is longer was not written by hand, and one line must not take all the room.
pub const LONGEST: usize = 2_000;

/// Tokens of a line's number and the mark behind it.
const NUMBER: u32 = 4;

/// The text with each of its lines on one line, as it may be sent.
fn lined(raw: &str) -> String {
    let raw = raw.strip_prefix('\u{feff}').unwrap_or(raw);
    // What ends a line for some programs only, or may swallow the end of one: editors and git count line feeds.
    let odd = |c: char| matches!(c, '\u{1b}' | '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}');
    let lone_return =
        raw.as_bytes().windows(2).any(|pair| pair[0] == b'\r' && pair[1] != b'\n') || raw.ends_with('\r');
    let mut text = if lone_return || raw.contains(odd) {
        raw.lines().map(|line| harmless(line).replace('\n', " ") + "\n").collect()
    } else {
        harmless(raw)
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Why there is no sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoSheet {
    /// There is no such file.
    Gone,
    /// It is there and is not sent: why, in words.
    Unfit(Arc<str>),
}

/// Sheets by file.
pub struct Shelf {
    reader: Arc<dyn Reader>,
    rules: Arc<dyn Rules>,
    kept: FxHashMap<(RootId, RelPath), Kept>,
    /// Counts the assemblies, so that what is not asked for any more goes.
    round: u64,
}

struct Kept {
    stamp: Option<FileStamp>,
    round: u64,
    raw: Result<Arc<str>, NoSheet>,
    /// As it goes to this machine's models, and to others.
    near: OnceLock<Arc<Sheet>>,
    far: OnceLock<Arc<Sheet>>,
}

/// Assemblies after which a text that nobody asked for is forgotten.
const FORGET: u64 = 64;

impl Shelf {
    /// An empty shelf.
    pub fn new(reader: Arc<dyn Reader>, rules: Arc<dyn Rules>) -> Self {
        Self { reader, rules, kept: FxHashMap::default(), round: 0 }
    }

    /// What may be sent.
    pub fn rules(&self) -> &dyn Rules {
        &*self.rules
    }

    /// Begins an assembly.
    pub fn begin(&mut self) {
        self.round += 1;
        let oldest = self.round.saturating_sub(FORGET);
        if self.round.is_multiple_of(FORGET) {
            self.kept.retain(|_, kept| kept.round >= oldest);
        }
    }

    /// A file's text as it goes to a model there.
    ///
    /// # Errors
    /// Where the file is gone, private, or no text.
    pub fn sheet(&mut self, place: &Place, to: Locality) -> Result<Arc<Sheet>, NoSheet> {
        if let Some(rule) = self.rules.private(&place.shown) {
            return Err(NoSheet::Unfit(format!("private by {rule}: its text is never sent").into()));
        }
        let key = (place.root, place.path.clone());
        let stamp = self.reader.stamp(place.root, &place.path);
        let fresh = self.kept.get(&key).is_some_and(|kept| kept.stamp.is_some() && kept.stamp == stamp);
        if !fresh {
            let kept = self.read(place);
            self.kept.insert(key.clone(), kept);
        }
        let Some(kept) = self.kept.get_mut(&key) else { return Err(NoSheet::Gone) };
        kept.round = self.round;
        let raw = kept.raw.clone()?;
        let name = place.path.file_name();
        let sheet = match to {
            Locality::InProcess | Locality::Loopback => {
                kept.near.get_or_init(|| Arc::new(Sheet::new(name, &raw)))
            }
            Locality::Remote => {
                let rules = &self.rules;
                kept.far.get_or_init(|| {
                    let clean = rules.redact(&place.shown, &raw);
                    Arc::new(Sheet::new(name, clean.as_deref().unwrap_or(&raw)))
                })
            }
        };
        Ok(Arc::clone(sheet))
    }

    fn read(&self, place: &Place) -> Kept {
        let (stamp, raw) = match self.reader.read(place.root, &place.path) {
            Ok(content) => (Some(content.stamp), text_of(content.skip, &content.bytes)),
            Err(ReadError::Gone) => (None, Err(NoSheet::Gone)),
            Err(ReadError::Skipped(reason)) => (None, Err(NoSheet::Unfit(reason.to_string().into()))),
            Err(ReadError::Failed { why, .. }) => {
                (None, Err(NoSheet::Unfit(format!("cannot be read: {why}").into())))
            }
        };
        Kept { stamp, round: self.round, raw, near: OnceLock::new(), far: OnceLock::new() }
    }
}

/// The text of bytes. What is packed, generated or vendored is text: whoever names it wants it.
fn text_of(skip: Option<SkipReason>, bytes: &[u8]) -> Result<Arc<str>, NoSheet> {
    let unfit = |reason: &SkipReason| Err(NoSheet::Unfit(reason.to_string().into()));
    match skip {
        Some(
            reason @ (SkipReason::Binary
            | SkipReason::TooLarge(_)
            | SkipReason::Symlink
            | SkipReason::NotAFile
            | SkipReason::Empty),
        ) => unfit(&reason),
        Some(
            SkipReason::Minified
            | SkipReason::Generated(_)
            | SkipReason::Lock
            | SkipReason::Vendored(_)
            | SkipReason::Excluded,
        )
        | None => Ok(String::from_utf8_lossy(bytes).into()),
    }
}
