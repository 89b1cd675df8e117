//! Attempt: one answer of a model as it streams, and what is asked again of it where parts were refused.
//!
//! A refused part is handed back with its diagnosis, at most twice, and never for a failure that was handed back before.

mod calling;

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::formats::{Found, Stream};
use crate::edit::{Change, Directive, Drafts, EditFormat, Files, Malformed, Refused};

use crate::llm::{ToolCall, ToolResult};

use super::prose::prose;
use super::retry;
use super::said::Said;
use calling::Calling;

/// Times that refused parts are asked for again.
const MOST_RETRIES: u8 = 2;

/// What ended an answer before the model was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    /// It is as long as an answer may be.
    Limit,
    /// The connection, or whoever answers; in words.
    Lost(String),
    /// The person.
    Stopped,
}

impl Cut {
    /// Why what was not complete is not taken.
    fn why(&self) -> String {
        let what = match self {
            Self::Limit => "the answer reached its limit of length here",
            Self::Lost(how) => &format!("the answer broke off here ({how})"),
            Self::Stopped => "the answer was stopped here",
        };
        format!("{what}: what it had still to say is missing")
    }
}

/// What comes after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The model is asked again: what it answered, and what it is told.
    Again {
        /// Its answer.
        answer: Answered,
        /// What was wrong.
        told: Told,
    },
    /// The model waits for what its calls came to, to make more of them.
    More {
        /// Its answer.
        answer: Answered,
        /// What the calls came to.
        told: Told,
    },
    /// All that will come is there.
    Done,
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answered {
    /// Its text.
    pub text: String,
    /// Its calls of tools.
    pub calls: Vec<ToolCall>,
}

/// What a model is told then.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// What each of its calls came to.
    pub results: Vec<ToolResult>,
    /// In words; empty where the results say it all.
    pub text: String,
}

/// The answers to one instruction.
pub struct Attempt<F: Files> {
    drafts: Drafts<F>,
    format: EditFormat,
    stream: Stream,
    /// Text is talk where there are calls, which is known at the end.
    defers: bool,
    /// Where nothing is read in the format, others are tried.
    tries_others: bool,
    /// The answer ends before the model was done.
    cut: Option<Cut>,
    answer: String,
    calling: Calling,
    why: Vec<String>,
    seen: BTreeMap<String, u64>,
    fresh: Vec<Refused>,
    refused: Vec<Refused>,
    handed_back: BTreeSet<String>,
    /// What was handed back with the last answer.
    pending: Vec<Refused>,
    /// The files that the answer had something for, since it began; nothing named is `None`.
    touched: BTreeSet<Option<String>>,
    /// What was taken, so that a model which repeats it does no harm.
    taken: Vec<Directive>,
    retries: u8,
}

impl<F: Files> Attempt<F> {
    /// Nothing answered yet.
    pub fn new(files: F, format: EditFormat) -> Self {
        Self {
            drafts: Drafts::new(files),
            format,
            stream: Stream::new(format),
            defers: false,
            tries_others: false,
            cut: None,
            answer: String::new(),
            calling: Calling::default(),
            why: Vec::new(),
            seen: BTreeMap::new(),
            fresh: Vec::new(),
            refused: Vec::new(),
            handed_back: BTreeSet::new(),
            pending: Vec::new(),
            touched: BTreeSet::new(),
            taken: Vec::new(),
            retries: 0,
        }
    }

    /// Nothing answered yet, of a model that answers by calls of tools.
    pub fn calling(files: F) -> Self {
        Self { defers: true, ..Self::new(files, EditFormat::Auto) }
    }

    /// Nothing answered yet, of a model that was asked for this format.
    pub fn asked_for(files: F, asked: EditFormat) -> Self {
        match asked {
            EditFormat::Tool => Self::calling(files),
            // Of whole files the first is complete long before the answer ends.
            EditFormat::Whole => Self { tries_others: true, ..Self::new(files, EditFormat::Whole) },
            // Other formats than the one asked for are recognised, too.
            EditFormat::Auto | EditFormat::SearchReplace | EditFormat::ApplyPatch | EditFormat::Udiff => {
                Self::new(files, EditFormat::Auto)
            }
        }
    }

    /// Begins from changes that were proposed before.
    ///
    /// # Errors
    /// Bytes that are no text.
    pub fn resume(&mut self, changes: Vec<Change>) -> Result<(), crate::edit::TextError> {
        changes.into_iter().try_for_each(|change| self.drafts.resume(change))?;
        // What stands already is no news.
        self.seen = self.drafts.versions().into_iter().map(|(path, at)| (path.to_owned(), at)).collect();
        Ok(())
    }

    /// Takes a piece of the answer; true where something was completed.
    pub fn hear(&mut self, said: Said) -> bool {
        match said {
            Said::Text(text) => self.push(&text),
            Said::Called(piece) => self.call(piece),
            Said::Cut => {
                self.cut(Cut::Limit);
                false
            }
        }
    }

    /// Takes more of its text; true where something was completed.
    pub fn push(&mut self, text: &str) -> bool {
        self.answer.push_str(text);
        if self.defers {
            return false;
        }
        let found = self.stream.push(text);
        self.take(found)
    }

    fn take(&mut self, found: Vec<Found>) -> bool {
        let any = !found.is_empty();
        for found in found {
            let path = match &found {
                Ok(directive) => directive.path(),
                Err(malformed) => malformed.path.as_deref(),
            };
            self.touched.insert(path.map(str::to_owned));
            if let Ok(directive) = &found
                && self.taken.contains(directive)
            {
                continue;
            }
            let directive = found.as_ref().ok().cloned();
            if self.drafts.take(found) {
                self.taken.extend(directive);
            }
        }
        self.fresh.extend(self.drafts.take_refused());
        any
    }

    /// The answer ends before the model was done: what was not complete by then is refused.
    pub fn cut(&mut self, cut: Cut) {
        self.cut = Some(cut);
    }

    /// The answer is over. Says whether the model is asked again.
    pub fn finish(&mut self) -> Next {
        self.end();
        let text = std::mem::take(&mut self.answer);
        let said = prose(&text);
        if !said.is_empty() {
            self.why.push(said);
        }
        self.leave_unanswered();
        let fresh = std::mem::take(&mut self.fresh);
        let (answer, mut told) = self.results(text);
        let news: Vec<Refused> =
            fresh.iter().filter(|refused| !self.handed_back.contains(&failure(refused))).cloned().collect();
        if news.is_empty() || self.retries >= MOST_RETRIES {
            self.refused.extend(fresh);
            let mut seen = BTreeSet::new();
            self.refused.retain(|refused| seen.insert(failure(refused)));
            return if self.goes_on(&answer) { Next::More { answer, told } } else { Next::Done };
        }
        self.retries += 1;
        self.handed_back.extend(news.iter().map(failure));
        // What is not handed back again stays refused; the rest gets another chance.
        self.refused.extend(fresh.into_iter().filter(|refused| !news.contains(refused)));
        if told.results.is_empty() {
            told.text = retry::told(&news, self.taken.len());
        }
        self.pending = news;
        Next::Again { answer, told }
    }

    /// What was handed back and got no answer stays refused.
    fn leave_unanswered(&mut self) {
        let touched = std::mem::take(&mut self.touched);
        let answered = |refused: &Refused| match &refused.path {
            Some(path) => touched.contains(&Some(path.clone())) || touched.contains(&None),
            None => !touched.is_empty(),
        };
        let pending = std::mem::take(&mut self.pending);
        self.refused.extend(pending.into_iter().filter(|refused| !answered(refused)));
    }

    /// The answer is over, and nobody is asked again. What broke off, or was stopped, is [`cut`](Self::cut) before.
    pub fn stop(&mut self) {
        self.end();
        self.leave_unanswered();
        self.refused.append(&mut self.fresh);
        let said = prose(&std::mem::take(&mut self.answer));
        if !said.is_empty() {
            self.why.push(said);
        }
    }

    fn end(&mut self) {
        let told = self.fresh.len();
        self.end_calls();
        let stream = std::mem::replace(&mut self.stream, Stream::new(self.format));
        if !self.defers {
            let found = self.last(stream);
            self.take(found);
            if self.tries_others && self.taken.is_empty() {
                self.read_otherwise();
            }
        } else if self.calling.is_none() {
            // A server that does not read its model's calls, or a model that writes its changes down after all. Code
            // without a file's name is talk.
            let talk = |found: &Found| matches!(found, Ok(Directive::Write { path: None, .. }));
            let found = self.read(EditFormat::Auto);
            self.take(found.into_iter().filter(|found| !talk(found)).collect());
        }
        if let Some(cut) = self.cut.take() {
            self.mark_cut(told, &cut.why());
        }
    }

    /// Marks the part that was cut, where one was, among those refused since; else says that the rest is missing.
    fn mark_cut(&mut self, since: usize, why: &str) {
        let mut marked = false;
        for refused in self.fresh[since..].iter_mut().filter(|refused| refused.why == why) {
            refused.broke_off = true;
            marked = true;
        }
        if !marked {
            self.touched.insert(None);
            self.fresh.push(Refused { why: why.to_owned(), broke_off: true, ..Refused::default() });
        }
    }

    /// The whole answer in a format.
    fn read(&self, format: EditFormat) -> Vec<Found> {
        let mut stream = Stream::new(format);
        let mut found = stream.push(&self.answer);
        found.extend(self.last(stream));
        found
    }

    /// What the end of an answer completes: nothing, where the model would have gone on.
    fn last(&self, stream: Stream) -> Vec<Found> {
        let mut found = stream.finish();
        if let Some(cut) = &self.cut {
            for found in &mut found {
                let path = match found {
                    Ok(directive) => directive.path().map(str::to_owned),
                    Err(malformed) => malformed.path.take(),
                };
                *found = Err(Malformed { path, line: 0, why: cut.why() });
            }
        }
        found
    }

    /// A model that was asked for whole files may answer by what differs all the same.
    fn read_otherwise(&mut self) {
        let found = self.read(EditFormat::Auto);
        let differs =
            |found: &Found| matches!(found, Ok(directive) if !matches!(directive, Directive::Write { .. }));
        if found.iter().any(differs) {
            self.fresh.clear();
            self.take(found);
        }
    }

    /// The changes of files that changed since the last call; `None` for a file whose change is gone. What cannot be
    /// written in the file's encoding is refused.
    pub fn changed(&mut self) -> Vec<(String, Option<Change>)> {
        let mut changed = Vec::new();
        for (path, version) in self.drafts.versions() {
            if self.seen.get(path) == Some(&version) {
                continue;
            }
            match self.drafts.change(path) {
                Ok(change) => changed.push((path.to_owned(), version, change)),
                Err(error) => {
                    self.refused.push(Refused::of(path, &error.to_string()));
                    changed.push((path.to_owned(), version, None));
                }
            }
        }
        let seen = changed.iter().map(|(path, version, _)| (path.clone(), *version));
        self.seen.extend(seen);
        changed.into_iter().map(|(path, _, change)| (path, change)).collect()
    }

    /// What was refused so far, what is asked for again included.
    pub fn refused(&self) -> impl Iterator<Item = &Refused> {
        self.refused.iter().chain(&self.pending).chain(&self.fresh)
    }

    /// Which retry it is; 0 for the first answer.
    pub const fn retry(&self) -> u8 {
        self.retries
    }

    /// What the model said besides, the newest part while it streams.
    pub fn why(&self) -> String {
        let now = prose(&self.answer);
        let all = self.why.iter().map(String::as_str).chain((!now.is_empty()).then_some(now.as_str()));
        all.collect::<Vec<_>>().join("\n\n")
    }
}

/// What makes two failures the same: the file, what is wrong, and the lines that were looked for. The line of the answer
/// does not count.
fn failure(refused: &Refused) -> String {
    let why = refused.why.split_once(": ").filter(|(at, _)| at.starts_with("line "));
    let why = why.map_or(refused.why.as_str(), |(_, why)| why);
    format!("{}\0{why}\0{}", refused.path.as_deref().unwrap_or_default(), refused.wanted.join("\n"))
}

#[cfg(test)]
mod tests;
