//! Gathering: from a question to everything that could be sent with it, each thing once, in the order of claim.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::ask::{Asking, JudgedFile};
use super::candidate::{Candidate, Matter, reorder};
use super::git::GitTexts;
use super::instructions;
use super::names::{Meaning, NamedFile, Names};
use super::shelf::{Place, Sheet, Shelf};
use crate::domain::{
    Attachment, ContextItem, ContextKey, ContextSource, ContextState, Locality, Mention, Span, TurnBody,
    mentions,
};

/// Everything that could be sent.
#[derive(Debug, Default)]
pub struct Gathered {
    /// What is sent before the conversation: instructions, then pins.
    pub standing: Vec<Candidate>,
    /// What is sent with the question: named, attached, judged.
    pub asked: Vec<Candidate>,
    /// What a person should know.
    pub remarks: Vec<Arc<str>>,
}

/// Whom gathering asks.
pub struct Sources<'a> {
    /// What names mean.
    pub names: &'a mut Names,
    /// Texts of files.
    pub shelf: &'a mut Shelf,
    /// Texts of git.
    pub git: &'a mut GitTexts,
}

impl Sources<'_> {
    /// Everything that could be sent with a question.
    pub fn gather(&mut self, asking: &Asking<'_>) -> Gathered {
        let mut all = Gathered::default();
        let mut taken: FxHashSet<ContextKey> = FxHashSet::default();
        let mut files: FxHashSet<Arc<str>> = FxHashSet::default();
        let mut add = |into: &mut Vec<Candidate>, candidate: Candidate| {
            let about = candidate.place().map(|place| Arc::clone(&place.shown));
            // Lines of a file that is there already say more by themselves; the file after them says the same again.
            let again = matches!(candidate.matter, Matter::File(_))
                && about.as_ref().is_some_and(|path| files.contains(path));
            if again || !taken.insert(candidate.key.clone()) {
                return;
            }
            files.extend(about);
            into.push(candidate);
        };
        for candidate in self.mentioned(asking, &mut all.remarks) {
            add(&mut all.asked, candidate);
        }
        for candidate in attached(asking) {
            add(&mut all.asked, candidate);
        }
        let mut pinned = Vec::new();
        for key in &asking.wishes.pinned {
            if let Some(candidate) = self.pinned(key, asking.to.locality) {
                add(&mut pinned, candidate);
            }
        }
        let mut judged = Vec::new();
        for file in asking.judged {
            if let Some(place) = self.names.place(file.file, &file.path) {
                enrich(&mut all.asked, file);
                enrich(&mut pinned, file);
                add(&mut judged, of_judge(file, place));
            }
        }
        reorder(&mut pinned, &asking.wishes.moved);
        all.asked.extend(judged);
        reorder(&mut all.asked, &asking.wishes.moved);
        let about: Vec<Place> =
            all.asked.iter().chain(&pinned).filter_map(|known| known.place().cloned()).collect();
        let about: Vec<&Place> = about.iter().collect();
        let mut standing = Vec::new();
        for found in instructions::find(self.names, self.shelf, &about, asking.to.locality) {
            let shown = Arc::clone(&found.shown);
            let key = ContextKey::Instructions(Arc::clone(&shown));
            let candidate = Candidate::new(key, ContextSource::Instructions, shown, Matter::File(found));
            add(&mut standing, candidate.because("instructions of the project"));
        }
        reorder(&mut standing, &asking.wishes.moved);
        standing.extend(pinned);
        all.standing = standing;
        for candidate in all.standing.iter_mut().chain(&mut all.asked) {
            if asking.wishes.excluded.contains(&candidate.key) {
                candidate.state = Some(ContextState::Excluded);
            }
        }
        all
    }

    fn mentioned(&mut self, asking: &Asking<'_>, remarks: &mut Vec<Arc<str>>) -> Vec<Candidate> {
        let text = &asking.question.text;
        let mut found = Vec::new();
        for mention in mentions(text) {
            if let Some(git) = mention.git() {
                found.push(self.git.candidate(self.names, self.shelf.rules(), git, ContextSource::Mentioned));
            } else if let Some(items) = cited(&mention, asking) {
                for item in items {
                    found.extend(self.pinned(&item.key, asking.to.locality).map(|mut candidate| {
                        candidate.source = ContextSource::Mentioned;
                        candidate.because("you named it")
                    }));
                }
            } else {
                self.named(&mention, text, &mut found, remarks);
            }
        }
        found
    }

    fn named(
        &mut self,
        mention: &Mention,
        text: &str,
        found: &mut Vec<Candidate>,
        remarks: &mut Vec<Arc<str>>,
    ) {
        let typed = &text[mention.range.clone()];
        match self.names.meaning(&mention.name) {
            Meaning::File(file) => found.push(match mention.lines {
                Some((first, last)) => of_lines(file, Span { first, last }).because("you named these lines"),
                None => of_file(file, ContextSource::Mentioned).because("you named it"),
            }),
            Meaning::Folder(shown, files) => {
                found.push(listing(&shown, &files));
                for file in files {
                    let candidate = of_file(file, ContextSource::Judged);
                    found.push(
                        Candidate { probability: IN_FOLDER, ..candidate }
                            .because(format!("you named {shown}")),
                    );
                }
            }
            Meaning::Symbols(symbols) => {
                for (file, symbol) in symbols {
                    found.push(of_lines(file, symbol.span).because(format!("defines {}", symbol.name)));
                }
            }
            Meaning::Many(first, all) => {
                remarks.push(
                    format!(
                        "{typed} could be {all} things: {} ...; name one of them whole",
                        first.join(", ")
                    )
                    .into(),
                );
            }
            Meaning::Nothing(near) => {
                if !is_code(mention, text, near.is_empty()) {
                    remarks.push(unknown(typed, &near));
                }
            }
        }
    }

    /// An item that was pinned, or that an answer cites, as it is now.
    fn pinned(&mut self, key: &ContextKey, to: Locality) -> Option<Candidate> {
        let candidate = match key {
            ContextKey::File(path) => match self.names.file(path) {
                Some(file) => of_file(file, ContextSource::Pinned),
                None => gone(key, path),
            },
            ContextKey::Lines(path, first, last) => match self.names.file(path) {
                Some(file) => Candidate {
                    source: ContextSource::Pinned,
                    ..of_lines(file, Span { first: *first, last: *last })
                },
                None => gone(key, path),
            },
            ContextKey::Git(git) => {
                self.git.candidate(self.names, self.shelf.rules(), *git, ContextSource::Pinned)
            }
            ContextKey::Instructions(path) => {
                let file = self.names.file(path)?;
                drop(self.shelf.sheet(&file.place, to).ok()?);
                Candidate::new(key.clone(), ContextSource::Pinned, Arc::clone(path), Matter::File(file.place))
            }
            // An attachment goes with its message, and the conversation is there anyway.
            ContextKey::Attached(_) | ContextKey::Conversation => return None,
        };
        Some(candidate.because("pinned"))
    }
}

/// What a file of a directory that was named counts as, beside judged ones.
const IN_FOLDER: f32 = 0.5;

fn gone(key: &ContextKey, path: &Arc<str>) -> Candidate {
    let none = Matter::Nothing("no such file".into());
    Candidate::new(key.clone(), ContextSource::Pinned, Arc::clone(path), none)
}

fn of_file(named: NamedFile, source: ContextSource) -> Candidate {
    let shown = Arc::clone(&named.place.shown);
    let mut candidate =
        Candidate::new(ContextKey::File(Arc::clone(&shown)), source, shown, Matter::File(named.place));
    candidate.file = named.file;
    candidate
}

/// A file that somebody chose.
pub fn of_named(named: NamedFile) -> Candidate {
    of_file(named, ContextSource::Mentioned)
}

fn of_lines(named: NamedFile, span: Span) -> Candidate {
    let shown = Arc::clone(&named.place.shown);
    let key = ContextKey::Lines(Arc::clone(&shown), span.first, span.last);
    let mut candidate =
        Candidate::new(key, ContextSource::Mentioned, shown, Matter::Lines(named.place, span));
    candidate.file = named.file;
    candidate
}

fn of_judge(file: &JudgedFile, place: Place) -> Candidate {
    let named = NamedFile { place, file: Some(file.file) };
    let mut candidate = of_file(named, ContextSource::Judged);
    candidate.pointed = Arc::clone(&file.spans);
    candidate.probability = file.probability;
    let why = if file.reason.is_empty() { Arc::from("judged yes") } else { Arc::clone(&file.reason) };
    candidate.because(why)
}

/// Gives a file that was named the lines that the judge points at.
fn enrich(candidates: &mut [Candidate], judged: &JudgedFile) {
    for candidate in candidates.iter_mut().filter(|candidate| candidate.file == Some(judged.file)) {
        candidate.pointed = Arc::clone(&judged.spans);
        candidate.probability = candidate.probability.max(judged.probability);
    }
}

/// The names of a directory's files, as a text of its own.
fn listing(shown: &Arc<str>, files: &[NamedFile]) -> Candidate {
    let mut paths: Vec<&str> = files.iter().map(|file| &*file.place.shown).collect();
    paths.sort_unstable();
    let sheet = Sheet::bare(&paths.join("\n"));
    Candidate::new(
        ContextKey::File(Arc::clone(shown)),
        ContextSource::Mentioned,
        format!("{shown} (names of its files)"),
        Matter::Text(Arc::new(sheet)),
    )
    .because("you named it")
}

fn attached(asking: &Asking<'_>) -> Vec<Candidate> {
    let candidate = |attachment: &Attachment| {
        let (name, matter) = match attachment {
            Attachment::Text { name, text } => {
                (name, Matter::Text(Arc::new(Sheet::new(name.as_bytes(), text))))
            }
            Attachment::Image { name, .. } if asking.to.images == Some(false) => {
                let who =
                    asking.to.model.as_ref().map_or_else(|| "this model".to_owned(), ToString::to_string);
                (name, Matter::Nothing(format!("{who} takes no pictures").into()))
            }
            Attachment::Image { name, mime, bytes } => (name, Matter::Picture(mime, Arc::clone(bytes))),
        };
        let key = ContextKey::Attached(Arc::clone(name));
        Candidate::new(key, ContextSource::Attached, Arc::clone(name), matter).because("attached")
    };
    asking.question.attachments.iter().map(candidate).collect()
}

/// The items that `@[2]` names: of the last answer's context.
fn cited<'a>(mention: &Mention, asking: &Asking<'a>) -> Option<Vec<&'a ContextItem>> {
    let number: u16 = mention.name.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
    let context = asking.turns.iter().rev().find_map(|turn| match &turn.body {
        TurnBody::Answer(answer) => Some(&answer.context),
        TurnBody::Question(_) | TurnBody::Summary { .. } => None,
    })?;
    let items: Vec<_> = context.iter().filter(|item| item.number == number && number > 0).collect();
    (!items.is_empty()).then_some(items)
}

/// Whether an unknown mention is a piece of code or a package's name rather than a mistake: a decorator or annotation
/// alone on its line, or `@scope/package` where nothing is called nearly so.
fn is_code(mention: &Mention, text: &str, nothing_near: bool) -> bool {
    let name = &*mention.name;
    let word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
    if nothing_near
        && let Some((scope, package)) = name.split_once('/')
        && word(scope)
        && word(package)
        && !scope.contains('.')
    {
        return true;
    }
    let line_start = text[..mention.range.start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[mention.range.start..].find('\n').map_or(text.len(), |at| mention.range.start + at);
    let line = text[line_start..line_end].trim();
    let bare = name.split('(').next().unwrap_or(name);
    let alone =
        line.starts_with('@') && (line.len() == 1 + name.len() || line.ends_with(')') && line.contains('('));
    let is_name = !bare.is_empty() && bare.chars().all(|c| c.is_alphanumeric() || "_.$".contains(c));
    // The last line of a message is what is asked, not code that something follows.
    alone && is_name && text[line_end..].trim_start_matches('\n').chars().next().is_some()
}

fn unknown(typed: &str, near: &[Arc<str>]) -> Arc<str> {
    let near: Vec<String> = near.iter().map(|path| crate::domain::spelled(path)).collect();
    match near.as_slice() {
        [] => format!("{typed} is no file, folder or symbol here").into(),
        near => {
            format!("{typed} is no file, folder or symbol here; did you mean {}?", near.join(", ")).into()
        }
    }
}
