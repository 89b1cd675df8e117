//! The assembler: from a question to the tray and the messages of the call.

use std::path::PathBuf;
use std::sync::Arc;

use super::ask::{Addressee, Asking, Assembled, JudgedFile};
use super::budget::{Room, TURN};
use super::candidate::Matter;
use super::claim::{Claimed, Desk, Readings};
use super::gather::{Gathered, Sources};
use super::git::GitTexts;
use super::names::{Names, Symbols};
use super::parts::Wanted;
use super::piece::Pieces;
use super::prompt::{Block, INSTRUCTIONS, Script, note};
use super::said::{Past, reckon};
use super::shelf::{Rules, Shelf};
use super::unaided::{Excerpt, SHOWN, unaided};
use crate::domain::{
    ContextForm, ContextItem, ContextKey, ContextSource, ContextState, Locality, RankedRow, Span, Tray,
    TurnBody,
};
use crate::index::Reader;
use crate::query::Places;
use crate::text::amount;
use crate::text::fence::{Markers, harmless};

/// What an assembler works with.
#[derive(Clone)]
pub struct Parts {
    /// The roots, absolute, in the order of their ids.
    pub roots: Vec<PathBuf>,
    /// Reads files below the roots.
    pub reader: Arc<dyn Reader>,
    /// Where files lie.
    pub places: Places,
    /// What may be sent.
    pub rules: Arc<dyn Rules>,
    /// What files define.
    pub symbols: Arc<dyn Symbols>,
}

/// Puts contexts together. Keeps what it read, so that the next one costs little.
pub struct Assembler {
    pub(super) shelf: Shelf,
    pub(super) names: Names,
    pub(super) git: GitTexts,
    pieces: Pieces,
    readings: Readings,
    markers: Markers,
}

/// Judged files that are listed though they are not sent.
const LISTED: usize = 12;

/// Tokens around all items of a message: what is said before them.
const BEFORE_ITEMS: u32 = 48;

impl Assembler {
    /// An assembler that has read nothing yet.
    pub fn new(parts: Parts) -> Self {
        Self {
            shelf: Shelf::new(parts.reader, parts.rules),
            names: Names::new(parts.roots, parts.places, parts.symbols),
            git: GitTexts::default(),
            pieces: Pieces::default(),
            readings: Readings::default(),
            markers: Markers::new(),
        }
    }

    /// Takes the newest ranking, which lists the files of the tree.
    pub fn see(&mut self, rows: &Arc<[RankedRow]>) {
        self.names.see(rows);
    }

    /// Looks again at what git says and what names mean: a new question is asked, or the tree changed.
    pub fn refresh(&mut self) {
        self.git.forget();
        self.names.forget();
    }

    /// Begins another context.
    pub(super) fn begin(&mut self) {
        self.shelf.begin();
        self.pieces.begin();
    }

    /// What is sent with a question.
    pub fn assemble(&mut self, asking: &Asking<'_>) -> Assembled {
        self.begin();
        let to = asking.to;
        let question = harmless(&asking.question.text);
        let mut sources = Sources { names: &mut self.names, shelf: &mut self.shelf, git: &mut self.git };
        let Gathered { standing, asked, mut remarks } = sources.gather(asking);
        let mut past = Past::new(asking.turns, to);
        if asking.wishes.excluded.contains(&ContextKey::Conversation) {
            past = Past::default();
        }
        let has_instructions = !standing.is_empty();
        let base = base(asking, &question) + if has_instructions { reckon(to, INSTRUCTIONS) } else { 0 };
        let mut room = Room::new(asking, base, past.tokens());
        let wanted = wanted(asking);
        let standing_count = standing.len();
        let candidates = standing.into_iter().chain(asked).collect();
        let mut claimed = self.desk(to, &wanted).decide(candidates, &room);
        let used: u32 = claimed.iter().map(|claimed| claimed.tokens).sum();
        if asking.wishes.budget.is_none() {
            // Nothing set it: it is what is used, and what judged files could take besides.
            room.budget = room.budget.min(room.usual.max(used.saturating_add(room.conversation)));
        }
        let all_turns = past.said.len();
        let dropped = past.fit(room.budget.saturating_sub(used));
        if base > room.window.saturating_sub(room.answer) {
            remarks.push(too_long(to, base, room.window));
        }
        let asked = claimed.split_off(standing_count);
        let mut script = Script { task: asking.rules.to_owned(), question, ..Script::default() };
        let mut listed = self.listing();
        for claimed in claimed {
            let pinned = claimed.candidate.source != ContextSource::Instructions;
            if let Some(block) = listed.take(claimed) {
                if pinned { &mut script.pinned } else { &mut script.instructions }.push(block);
            }
        }
        listed.conversation(&past, all_turns, dropped, asking);
        for claimed in asked {
            if let (Matter::Picture(mime, bytes), ContextState::Sent) =
                (&claimed.candidate.matter, &claimed.state)
            {
                script.pictures.push((mime, Arc::clone(bytes)));
            }
            script.items.extend(listed.take(claimed));
        }
        script.summary = past.summary.map(|(text, _)| text);
        script.said = past.said.into_iter().map(|(said, _)| said).collect();
        let files = std::mem::take(&mut listed.files);
        let items = listed.finish();
        let sent: u32 = items.iter().map(|item| item.tokens).sum();
        let tray = Tray {
            items: items.into(),
            tokens: sent.saturating_add(base),
            budget: room.budget,
            budget_by_user: asking.wishes.budget.is_some(),
            window: to.window,
            model: to.model.clone(),
        };
        Assembled { tray, messages: script.messages(), files, max_output: room.answer, remarks }
    }
}

impl Assembler {
    /// Who decides about candidates for this model.
    pub(super) fn desk<'a>(&'a mut self, to: &'a Addressee, wanted: &'a Wanted) -> Desk<'a> {
        Desk {
            shelf: &mut self.shelf,
            pieces: &mut self.pieces,
            readings: &mut self.readings,
            markers: &self.markers,
            to,
            wanted,
        }
    }

    /// An empty list.
    pub(super) const fn listing(&self) -> Listing<'_> {
        Listing {
            markers: &self.markers,
            items: Vec::new(),
            unsent: Vec::new(),
            files: Vec::new(),
            number: 0,
        }
    }

    /// What stands for an answer where no model is set; `why` says why nobody is, and may be empty.
    pub fn unaided(
        &mut self,
        assembled: &Assembled,
        request: &str,
        judged: &[JudgedFile],
        why: &str,
    ) -> String {
        let wanted = Wanted::new(&[request]);
        let items = &assembled.tray.items;
        let sent = items.iter().filter(|item| item.number > 0).take(SHOWN);
        let excerpts: Vec<Excerpt> = sent.filter_map(|item| self.excerpt(item, &wanted, judged)).collect();
        unaided(items, &excerpts, why)
    }

    fn excerpt(&mut self, item: &ContextItem, wanted: &Wanted, judged: &[JudgedFile]) -> Option<Excerpt> {
        let (path, named) = match &item.key {
            ContextKey::File(path) => (path, None),
            ContextKey::Lines(path, first, last) => (path, Some(Span { first: *first, last: *last })),
            ContextKey::Git(_)
            | ContextKey::Instructions(_)
            | ContextKey::Attached(_)
            | ContextKey::Conversation => return None,
        };
        let place = match item.file {
            Some(file) => self.names.place(file, path)?,
            None => self.names.file(path)?.place,
        };
        let sheet = self.shelf.sheet(&place, Locality::InProcess).ok()?;
        let spans = judged.iter().find(|judged| Some(judged.file) == item.file).map(|judged| &judged.spans);
        let pointed: Vec<Span> =
            named.into_iter().chain(spans.into_iter().flat_map(|spans| spans.iter().copied())).collect();
        let span = self.readings.get(&sheet, wanted).best(&sheet, &pointed);
        let text = (span.first..=span.last).map(|line| sheet.line(line)).collect::<Vec<_>>().join("\n");
        Some(Excerpt { number: item.number, language: sheet.language.extension(), span, text })
    }
}

/// Tokens of what is sent whatever the context: rules, the message, the frame of the messages.
fn base(asking: &Asking<'_>, question: &str) -> u32 {
    let rules = reckon(asking.to, &Script::rules(asking.rules));
    rules.saturating_add(reckon(asking.to, question)).saturating_add(2 * TURN + BEFORE_ITEMS)
}

/// What lines of large files are looked at for: the message, and the question before it where that is short.
fn wanted(asking: &Asking<'_>) -> Wanted {
    let before = asking.turns.iter().rev().find_map(|turn| match &turn.body {
        TurnBody::Question(question) => Some(&*question.text),
        TurnBody::Answer(_) | TurnBody::Summary { .. } => None,
    });
    let own = &*asking.question.text;
    match before.filter(|_| own.len() < 80) {
        Some(before) => Wanted::new(&[own, asking.request, before]),
        None => Wanted::new(&[own, asking.request]),
    }
}

fn too_long(to: &Addressee, tokens: u32, window: u32) -> Arc<str> {
    let who = to.model.as_ref().map_or_else(|| "the model".to_owned(), ToString::to_string);
    let (tokens, window) = (amount::count(tokens.into()), amount::count(window.into()));
    format!("the message alone takes about {tokens} tokens, and {who} takes {window}; attach it as a text, or choose a model with a larger window").into()
}

/// Items as they are listed and numbered.
pub(super) struct Listing<'a> {
    markers: &'a Markers,
    items: Vec<ContextItem>,
    unsent: Vec<ContextItem>,
    /// The files whose text is sent.
    pub(super) files: Vec<Arc<str>>,
    number: u16,
}

impl Listing<'_> {
    /// Lists a candidate; what is sent of it as a text comes back.
    pub(super) fn take(&mut self, claimed: Claimed) -> Option<Block> {
        let Claimed { candidate, state, piece, form, lines, tokens } = claimed;
        let is_sent = state == ContextState::Sent;
        let cites = is_sent && piece.is_some() && candidate.source != ContextSource::Instructions;
        self.number += u16::from(cites);
        let number = if cites { self.number } else { 0 };
        if let Some(place) = candidate.place().filter(|_| is_sent) {
            self.files.push(Arc::clone(&place.shown));
        }
        let spans: Arc<[Span]> = piece.as_ref().map_or_else(Arc::default, |piece| Arc::clone(&piece.spans));
        let item = ContextItem {
            key: candidate.key,
            number,
            title: Arc::clone(&candidate.title),
            file: candidate.file,
            lines: spans,
            form,
            tokens: if is_sent { tokens } else { 0 },
            source: candidate.source,
            why: candidate.why,
            state,
            cited: None,
        };
        if is_sent { &mut self.items } else { &mut self.unsent }.push(item);
        let piece = piece.filter(|_| is_sent)?;
        let marker = self.markers.marker_for(&piece.text);
        Some(Block { number, title: candidate.title, note: note(form, lines), text: piece.text, marker })
    }

    /// Lists what was said before.
    fn conversation(&mut self, past: &Past, all: usize, dropped: usize, asking: &Asking<'_>) {
        let excluded = asking.wishes.excluded.contains(&ContextKey::Conversation);
        if asking.turns.is_empty() {
            return;
        }
        let turns = |count: usize| amount::plural(count as u64, "turn");
        let mut why = match (dropped, excluded) {
            (_, true) => "left out by you".to_owned(),
            (0, false) => turns(all),
            (dropped, false) => format!("{} of {}; older ones found no room", all - dropped, turns(all)),
        };
        if let Some((_, covered)) = past.summary {
            why = format!("a summary of {}, and {why}", turns(covered as usize));
        }
        let is_empty = past.said.is_empty() && past.summary.is_none();
        let state = match (excluded, is_empty) {
            (true, _) => ContextState::Excluded,
            (false, true) => ContextState::NoRoom,
            (false, false) => ContextState::Sent,
        };
        let item = ContextItem {
            key: ContextKey::Conversation,
            number: 0,
            title: Arc::from("conversation"),
            file: None,
            lines: Arc::default(),
            form: if dropped == 0 { ContextForm::Whole } else { ContextForm::Lines },
            tokens: if state == ContextState::Sent { past.tokens() } else { 0 },
            source: ContextSource::Conversation,
            why: why.into(),
            state: state.clone(),
            cited: None,
        };
        if state == ContextState::Sent { &mut self.items } else { &mut self.unsent }.push(item);
    }

    /// The items: what is sent in the order of the prompt, then the rest, of weak ones only the best.
    pub(super) fn finish(self) -> Vec<ContextItem> {
        let mut items = self.items;
        let mut weak = 0;
        items.extend(self.unsent.into_iter().filter(|item| {
            weak += usize::from(item.state == ContextState::Weak);
            item.state != ContextState::Weak || weak <= LISTED
        }));
        items
    }
}
