//! Asking: one call's worth of work, from the file's bytes to verdicts, with what the model turned out to be able to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use super::calibration::Calibration;
use super::caller::{Caller, Facts};
use super::excerpt::{Lines, excerpt, tokens_in};
use super::prompt::{Mode, Prompt, Sheet};
use super::purse::{Load, taken};
use super::spelling::{self, Said};
use super::structured;
use crate::domain::{Probability, Usage, Verdict};
use crate::index::{ContentHash, ReadError, Reader};
use crate::llm::{Call, LlmError, Reply, StopReason};
use crate::query::{Answer, Item, Reason};
use crate::text::fence::{Markers, harmless};

/// Tokens of one file's text at most: more tells a model little and costs much.
const FILE_TOKENS: u64 = 6_000;

/// Tokens of a window that are left for the answer, and for what an estimate misses.
const SPARE: u64 = 512;

/// The probability that stands for a plain yes, where a model gives none.
const PLAIN: f32 = 0.9;

/// Objects in a row that cannot be read, before a model is asked for a word.
const MISSES: u32 = 3;

/// What a model turned out to be able to do; shared by all queries to it.
#[derive(Debug, Default)]
pub struct Ability {
    mode: AtomicU8,
    misses: AtomicU32,
}

impl Ability {
    /// How to ask next.
    pub fn mode(&self, facts: &Facts) -> Mode {
        match self.mode.load(Ordering::Relaxed) {
            0 if facts.logprobs == Some(false) || facts.reasons => Mode::Structured,
            0 | 1 => Mode::Probable,
            2 => Mode::Structured,
            _ => Mode::Plain,
        }
    }

    /// Whether it is known to give probabilities, or not to.
    pub fn is_probable(&self) -> Option<bool> {
        match self.mode.load(Ordering::Relaxed) {
            0 => None,
            mode => Some(mode == 1),
        }
    }

    fn learn(&self, mode: Mode) {
        let number = match mode {
            Mode::Probable => 1,
            Mode::Structured => 2,
            Mode::Plain => 3,
        };
        self.mode.store(number, Ordering::Relaxed);
        self.misses.store(0, Ordering::Relaxed);
    }

    fn missed(&self) {
        if self.misses.fetch_add(1, Ordering::Relaxed) + 1 >= MISSES && self.mode.load(Ordering::Relaxed) == 2
        {
            self.learn(Mode::Plain);
        }
    }
}

/// Why a file got no answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Its bytes are not those that were asked about.
    Moved,
    /// It cannot be read.
    Unreadable {
        /// What happened.
        why: String,
        /// Whether trying again can help.
        retryable: bool,
    },
    /// The model said something that is no answer.
    Garbled(String),
    /// The call failed.
    Call(LlmError),
}

impl Fault {
    /// Whether asking once more, alone, may give an answer.
    pub const fn is_worth_a_retry(&self) -> bool {
        match self {
            Self::Garbled(_) => true,
            Self::Moved | Self::Unreadable { .. } => false,
            Self::Call(error) => {
                error.is_retryable()
                    || matches!(error, LlmError::ContextLength { .. } | LlmError::Garbled { .. })
            }
        }
    }
}

/// What stays the same over a query.
pub struct Asking {
    pub caller: Arc<dyn Caller>,
    pub reader: Arc<dyn Reader>,
    pub request: Arc<str>,
    pub prompt: Prompt,
    pub markers: Markers,
    pub ability: Arc<Ability>,
    pub calibration: Calibration,
}

/// One or more files of one call.
#[derive(Debug, Clone)]
pub struct Errand {
    pub items: Vec<Item>,
    /// Which number of a pack.
    pub number: u64,
    /// Times that it was tried before; a prompt that was too large is halved.
    pub attempt: u8,
}

/// What came of an errand.
#[derive(Debug)]
pub struct Outcome<T> {
    /// File by file, in the errand's order.
    pub results: Vec<Result<T, Fault>>,
    /// What it took.
    pub usage: Usage,
}

impl Asking {
    /// Tokens of a file's text that are shown.
    fn most(&self, facts: &Facts, attempt: u8, files: usize) -> u64 {
        let window = facts.window.map_or(u64::MAX, u64::from);
        let room = window.saturating_sub(SPARE + tokens_in(self.prompt.overhead())) / files.max(1) as u64;
        room.clamp(64, FILE_TOKENS) >> attempt.min(3)
    }

    /// Tokens that an errand will take, about.
    pub fn load(&self, items: &[Item]) -> Load {
        let facts = self.caller.facts();
        let most = self.most(&facts, 0, items.len());
        let files: u64 = items.iter().map(|item| tokens_in(item.size as usize).min(most) + 40).sum();
        let out = match (items.len(), self.ability.mode(&facts)) {
            (1, Mode::Probable | Mode::Plain) => 1,
            (files, _) => 20 * files as u64 + 10,
        };
        Load { tokens_in: tokens_in(self.prompt.overhead()) + files, tokens_out: out }
    }

    /// Tokens that a reason will take, about.
    pub fn reason_load(&self, item: &Item) -> Load {
        Load { tokens_out: 60, ..self.load(std::slice::from_ref(item)) }
    }

    /// Judges the files of an errand.
    pub async fn judge(&self, errand: &Errand) -> Outcome<Answer> {
        let facts = self.caller.facts();
        let mut usage = Usage::default();
        let mut sheets = Vec::new();
        let mut results: Vec<Result<Answer, Fault>> = Vec::new();
        for item in &errand.items {
            let most = self.most(&facts, errand.attempt, errand.items.len());
            let read = self.sheet(item, most, Lines::Bare).await;
            // Stands for what is asked below.
            results.push(Err(read.as_ref().err().cloned().unwrap_or_else(|| Fault::Garbled(String::new()))));
            sheets.push(read.ok().map(|(sheet, _)| sheet));
        }
        let shown: Vec<(usize, Sheet)> =
            sheets.into_iter().enumerate().filter_map(|(place, sheet)| Some((place, sheet?))).collect();
        let answers = match &shown[..] {
            [] => Vec::new(),
            [(_, sheet)] => vec![self.one(sheet, &facts, &mut usage).await],
            _ => self.several(errand.number, &shown, &facts, &mut usage).await,
        };
        for ((place, _), answer) in shown.iter().zip(answers) {
            results[*place] = answer;
        }
        Outcome { results, usage }
    }

    /// Asks about one file, in the way that the model turned out to understand.
    async fn one(&self, sheet: &Sheet, facts: &Facts, usage: &mut Usage) -> Result<Answer, Fault> {
        // Each way is left at most once, so this ends.
        loop {
            let mode = self.ability.mode(facts);
            let reply = match self.call(self.prompt.verdict(sheet, mode), facts, usage).await {
                Ok(reply) => reply,
                Err(Fault::Call(LlmError::Rejected { .. })) if self.step_down(mode, facts) => continue,
                Err(fault) => return Err(fault),
            };
            return match mode {
                Mode::Probable => self.probable(&reply, facts),
                Mode::Structured => match structured::verdict(&reply.text) {
                    Ok(spoken) => {
                        self.ability.learn(Mode::Structured);
                        Ok(self.answer(spoken.probability))
                    }
                    Err(why) => {
                        self.ability.missed();
                        Err(Fault::Garbled(why))
                    }
                },
                Mode::Plain => spelling::plain(&reply.text)
                    .map(|verdict| self.plain(verdict))
                    .ok_or_else(|| Fault::Garbled(no_answer(&reply.text))),
            };
        }
    }

    fn probable(&self, reply: &Reply, facts: &Facts) -> Result<Answer, Fault> {
        if !reply.logprobs.is_empty() {
            self.ability.learn(Mode::Probable);
        } else if self.ability.is_probable().is_none() && facts.logprobs != Some(true) {
            self.ability.learn(Mode::Structured);
        }
        match spelling::read(reply) {
            Said::Likely(probability) => Ok(self.answer(probability)),
            Said::Plain(verdict) => Ok(self.plain(verdict)),
            Said::Unclear => Err(Fault::Garbled(no_answer(&reply.text))),
        }
    }

    /// The server refused a way of asking: the next simpler one; false where there is none.
    fn step_down(&self, mode: Mode, facts: &Facts) -> bool {
        if self.ability.mode(facts) != mode {
            // Another call found out already.
            return true;
        }
        match mode {
            Mode::Probable if self.ability.is_probable().is_none() => self.ability.learn(Mode::Structured),
            Mode::Structured => self.ability.learn(Mode::Plain),
            Mode::Probable | Mode::Plain => return false,
        }
        true
    }

    async fn several(
        &self,
        number: u64,
        shown: &[(usize, Sheet)],
        facts: &Facts,
        usage: &mut Usage,
    ) -> Vec<Result<Answer, Fault>> {
        let named: Vec<(String, Sheet)> =
            shown.iter().map(|(place, sheet)| (self.markers.name(number, *place), sheet.clone())).collect();
        let ids: Vec<String> = named.iter().map(|(id, _)| id.clone()).collect();
        let read = match self.call(self.prompt.pack(&named), facts, usage).await {
            Ok(reply) => structured::verdicts(&reply.text, &ids).map_err(Fault::Garbled),
            Err(fault) => Err(fault),
        };
        match read {
            Ok(found) => found
                .into_iter()
                .map(|found| found.map(|spoken| self.answer(spoken.probability)).map_err(Fault::Garbled))
                .collect(),
            Err(fault) => vec![Err(fault); ids.len()],
        }
    }

    /// Asks why a file was judged as it was.
    pub async fn explain(&self, item: &Item, verdict: Verdict) -> Outcome<Reason> {
        let facts = self.caller.facts();
        let mut usage = Usage::default();
        let result = match self.sheet(item, self.most(&facts, 0, 1), Lines::Numbered).await {
            Ok((sheet, lines)) => {
                match self.call(self.prompt.reason(&sheet, verdict), &facts, &mut usage).await {
                    Ok(reply) => structured::reason(&reply.text, lines).map_err(Fault::Garbled),
                    Err(fault) => Err(fault),
                }
            }
            Err(fault) => Err(fault),
        };
        Outcome { results: vec![result], usage }
    }

    /// Calls, counts what it took, and says what is wrong with a reply that is none.
    async fn call(&self, call: Call, facts: &Facts, usage: &mut Usage) -> Result<Reply, Fault> {
        let reply = self.caller.call(call).await.map_err(Fault::Call)?;
        let took = taken(&reply.counted, Load::default(), facts.price);
        usage.tokens_in += took.tokens_in;
        usage.tokens_out += took.tokens_out;
        usage.usd += took.usd;
        match &reply.stop {
            StopReason::Refused(why) => Err(Fault::Garbled(format!("the model refused: {}", harmless(why)))),
            StopReason::WindowFull => {
                Err(Fault::Garbled("its window was full before it answered".to_owned()))
            }
            StopReason::End | StopReason::Calls | StopReason::Length | StopReason::Other(_) => Ok(reply),
        }
    }

    /// Reads a file again and makes it ready to be shown; also tells how many lines it has.
    async fn sheet(&self, item: &Item, most: u64, lines: Lines) -> Result<(Sheet, u32), Fault> {
        let (reader, root, path) = (Arc::clone(&self.reader), item.root, item.path.clone());
        let (hash, request) = (item.hash, Arc::clone(&self.request));
        let made = tokio::task::spawn_blocking(move || {
            let content = reader.read(root, &path).map_err(|error| match error {
                ReadError::Gone | ReadError::Skipped(_) => Fault::Moved,
                ReadError::Failed { why, retryable } => Fault::Unreadable { why, retryable },
            })?;
            if ContentHash::of(&content.bytes) != hash {
                return Err(Fault::Moved);
            }
            let text = String::from_utf8_lossy(&content.bytes);
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let shown = harmless(&excerpt(path.file_name(), text, &request, most, lines));
            Ok((shown, text.lines().count() as u32))
        });
        let broken =
            || Fault::Unreadable { why: "its text could not be prepared".to_owned(), retryable: false };
        let (text, count) = made.await.map_err(|_| broken())??;
        let marker = self.markers.marker_for(&text);
        Ok((Sheet { path: Arc::clone(&item.shown), text, marker }, count))
    }

    fn plain(&self, verdict: Verdict) -> Answer {
        self.answer(match verdict {
            Verdict::Yes => PLAIN,
            Verdict::No => 1.0 - PLAIN,
        })
    }

    fn answer(&self, probability: f32) -> Answer {
        let (probability, yes) = self.calibration.apply(probability);
        Answer {
            verdict: if yes { Verdict::Yes } else { Verdict::No },
            probability: Probability::new(probability),
        }
    }
}

fn no_answer(text: &str) -> String {
    let text = crate::text::sanitize::sanitize_line(text.trim()).into_owned();
    if text.is_empty() {
        return "the model said nothing".to_owned();
    }
    let short: String = text.chars().take(40).collect();
    format!("the model said neither yes nor no, but \u{201c}{short}\u{201d}")
}
