//! Claims: which candidates get how much of the room.
//!
//! What somebody named comes first and is sent whole where that fits; where it does not, all of one kind are cut to the
//! same length, so that a large file starves no other. Judged files come by rank, each up to a share that falls with it;
//! what is left over is shared out again from the best down.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ask::Addressee;
use super::budget::{Room, claim, worth_sending};
use super::candidate::{Candidate, Matter};
use super::parts::{Reading, Wanted};
use super::piece::{Piece, Pieces};
use super::prompt::{Block, note};
use super::said::reckon;
use super::shelf::{NoSheet, Sheet, Shelf};
use crate::domain::{ContextForm, ContextSource, ContextState, Span};
use crate::index::ContentHash;
use crate::llm::PICTURE;
use crate::text::fence::Markers;

/// Lines on each side of lines that were named.
const AROUND: u32 = 6;

/// The outline of a file whose lines were named may take so many tokens.
const OUTLINE: u32 = 400;

/// Less of a file than this tells nothing.
const LEAST: u32 = 120;

/// Standing instructions may take one part in so many of the room, so that they leave some to what they are about.
const INSTRUCTIONS_PART: u32 = 3;

/// A candidate with what is sent of it.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The candidate.
    pub candidate: Candidate,
    /// Whether it is sent.
    pub state: ContextState,
    /// What of it, where it is a text.
    pub piece: Option<Piece>,
    /// How much of it.
    pub form: ContextForm,
    /// Lines of all of it.
    pub lines: u32,
    /// Tokens, frame included, as the model counts.
    pub tokens: u32,
}

/// What claims are decided with.
pub struct Desk<'a> {
    /// Texts of files.
    pub shelf: &'a mut Shelf,
    /// Pieces made before.
    pub pieces: &'a mut Pieces,
    /// What was found out about files for questions.
    pub readings: &'a mut Readings,
    /// Markers.
    pub markers: &'a Markers,
    /// Who reads it.
    pub to: &'a Addressee,
    /// What is asked for.
    pub wanted: &'a Wanted,
}

/// What was found out about files for the latest question.
#[derive(Debug, Default)]
pub struct Readings(u64, FxHashMap<ContentHash, Reading>);

impl Readings {
    /// What was found out about a text for a question.
    pub fn get(&mut self, sheet: &Sheet, wanted: &Wanted) -> Reading {
        if self.0 != wanted.id {
            self.0 = wanted.id;
            self.1.clear();
        }
        self.1.entry(sheet.hash).or_insert_with(|| Reading::new(sheet, wanted)).clone()
    }
}

/// A text that waits for its share.
struct Waiting {
    at: usize,
    sheet: Arc<Sheet>,
    /// Tokens of all that it wants.
    want: u32,
}

impl Desk<'_> {
    /// Decides for all candidates, in their order.
    pub fn decide(&mut self, candidates: Vec<Candidate>, room: &Room) -> Vec<Claimed> {
        let mut all: Vec<Claimed> = candidates.into_iter().map(Claimed::of).collect();
        let mut sheets: FxHashMap<usize, Arc<Sheet>> = FxHashMap::default();
        for (at, claimed) in
            all.iter_mut().enumerate().filter(|(_, claimed)| claimed.state == ContextState::Sent)
        {
            match self.sheet(&claimed.candidate) {
                Ok(Some(sheet)) => {
                    claimed.lines = sheet.lines();
                    sheets.insert(at, sheet);
                }
                Ok(None) => {}
                Err(why) => claimed.state = ContextState::Unfit(why),
            }
        }
        let mut left = room.budget.saturating_sub(room.conversation);
        for source in [
            ContextSource::Mentioned,
            ContextSource::Attached,
            ContextSource::Pinned,
            ContextSource::Instructions,
        ] {
            let most = if source == ContextSource::Instructions { left / INSTRUCTIONS_PART } else { left };
            let used = self.named(&mut all, &sheets, source, most);
            left = left.saturating_sub(used);
        }
        let most = room.judged.map_or(left, |usual| left.min(usual));
        self.judged(&mut all, &sheets, most);
        all
    }

    /// The text of a candidate; none for pictures.
    fn sheet(&mut self, candidate: &Candidate) -> Result<Option<Arc<Sheet>>, Arc<str>> {
        let place = match &candidate.matter {
            Matter::File(place) | Matter::Lines(place, _) => place,
            Matter::Text(sheet) => return Ok(Some(Arc::clone(sheet))),
            Matter::Picture(..) => return Ok(None),
            Matter::Nothing(why) => return Err(Arc::clone(why)),
        };
        let sheet = self.shelf.sheet(place, self.to.locality).map_err(|none| match none {
            NoSheet::Gone => Arc::from("no such file"),
            NoSheet::Unfit(why) => why,
        })?;
        match &candidate.matter {
            Matter::Lines(_, span) if span.first > sheet.lines() => {
                Err(format!("it has only {} lines", sheet.lines()).into())
            }
            Matter::File(_)
            | Matter::Lines(..)
            | Matter::Text(_)
            | Matter::Picture(..)
            | Matter::Nothing(_) => Ok(Some(sheet)),
        }
    }

    /// Shares `most` tokens out among what was named in one way; tells how many were used.
    fn named(
        &mut self,
        all: &mut [Claimed],
        sheets: &FxHashMap<usize, Arc<Sheet>>,
        source: ContextSource,
        most: u32,
    ) -> u32 {
        let mut waiting = Vec::new();
        let mut left = most;
        for (at, claimed) in all.iter_mut().enumerate() {
            if claimed.candidate.source != source || claimed.state != ContextState::Sent {
                continue;
            }
            match sheets.get(&at) {
                Some(sheet) => {
                    let piece = self.wish(claimed, sheet);
                    let want = self.tokens(claimed, &piece, claimed.wished_form(&piece));
                    waiting.push(Waiting { at, sheet: Arc::clone(sheet), want });
                }
                None if PICTURE <= left => {
                    claimed.tokens = PICTURE;
                    left -= PICTURE;
                }
                None => claimed.state = ContextState::NoRoom,
            }
        }
        let level = level(waiting.iter().map(|waiting| waiting.want), left);
        for waiting in &waiting {
            let share = waiting.want.min(level).min(left);
            self.give(&mut all[waiting.at], &waiting.sheet, share);
            left -= all[waiting.at].tokens;
        }
        most - left
    }

    /// Shares `most` tokens out among judged files, by rank.
    fn judged(&mut self, all: &mut [Claimed], sheets: &FxHashMap<usize, Arc<Sheet>>, most: u32) {
        let ranked: Vec<usize> = (0..all.len())
            .filter(|at| all[*at].candidate.source == ContextSource::Judged && sheets.contains_key(at))
            .collect();
        let probabilities: Vec<f32> = ranked.iter().map(|at| all[*at].candidate.probability).collect();
        let worth = worth_sending(&probabilities, self.to.tier);
        let mut left = most;
        for (rank, at) in ranked.iter().enumerate() {
            if rank >= worth {
                all[*at].state = ContextState::Weak;
                continue;
            }
            self.give(&mut all[*at], &sheets[at], claim(most, rank).min(left));
            left -= all[*at].tokens;
        }
        // What the small ones left goes to those that were cut, from the best down.
        for at in ranked.iter().take(worth) {
            let claimed = &mut all[*at];
            let cut = claimed.state == ContextState::NoRoom || claimed.form != ContextForm::Whole;
            if cut && left > LEAST {
                let had = claimed.tokens;
                let before = claimed.clone();
                let share = (had + left / 2).max((had + left).min(had * 2));
                self.give(claimed, &sheets[at], share);
                if claimed.state != ContextState::Sent || claimed.tokens < had {
                    *claimed = before;
                } else {
                    left -= claimed.tokens - had;
                }
            }
        }
    }

    /// All that a candidate would have sent: the whole text, or the named lines with a little around them.
    fn wish(&mut self, claimed: &Claimed, sheet: &Sheet) -> Piece {
        match &claimed.candidate.matter {
            Matter::Lines(_, span) => {
                let spans = Self::lines(claimed, sheet, *span);
                self.pieces.piece(sheet, &spans)
            }
            Matter::File(_) | Matter::Text(_) | Matter::Picture(..) | Matter::Nothing(_) => {
                self.pieces.piece(sheet, &[])
            }
        }
    }

    /// Named lines, a few around them, what they lie in, and an outline of the rest where that is short.
    fn lines(claimed: &Claimed, sheet: &Sheet, span: Span) -> Vec<Span> {
        let mut spans = vec![Span {
            first: span.first.saturating_sub(AROUND).max(1),
            last: span.last.saturating_add(AROUND).min(sheet.lines()),
        }];
        spans.extend(super::parts::outlined(sheet, OUTLINE));
        spans.extend(claimed.candidate.pointed.iter().filter(|pointed| pointed.last - pointed.first < 40));
        spans
    }

    /// Gives a candidate at most so many tokens: all that it wants, else its best parts, else nothing.
    fn give(&mut self, claimed: &mut Claimed, sheet: &Arc<Sheet>, share: u32) {
        let whole = self.wish(claimed, sheet);
        let form = claimed.wished_form(&whole);
        let tokens = self.tokens(claimed, &whole, form);
        if tokens <= share {
            claimed.send(whole, form, tokens);
            return;
        }
        claimed.state = ContextState::NoRoom;
        (claimed.piece, claimed.tokens) = (None, 0);
        if share < LEAST {
            return;
        }
        let pointed: Vec<Span> = match &claimed.candidate.matter {
            Matter::Lines(_, span) => {
                std::iter::once(*span).chain(claimed.candidate.pointed.iter().copied()).collect()
            }
            Matter::File(_) | Matter::Text(_) | Matter::Picture(..) | Matter::Nothing(_) => {
                claimed.candidate.pointed.to_vec()
            }
        };
        let reading = self.readings.get(sheet, self.wanted);
        let frame = self.frame(claimed, ContextForm::Outline);
        let factor = self.to.scale.factor().max(0.1);
        // What is chosen is reckoned line by line, rather too high; the second try is for scales that are not.
        for part in [1.0, 0.8, 0.5] {
            let most = f64::from(share.saturating_sub(frame)) / factor * part;
            let spans = reading.choose(sheet, &pointed, most as u32);
            if spans.is_empty() {
                continue;
            }
            let piece = self.pieces.piece(sheet, &spans);
            let tokens = self.tokens(claimed, &piece, ContextForm::Outline);
            if tokens <= share {
                claimed.send(piece, ContextForm::Outline, tokens);
                return;
            }
        }
    }

    /// Tokens of a candidate with this piece of it.
    fn tokens(&self, claimed: &Claimed, piece: &Piece, form: ContextForm) -> u32 {
        let text = u32::try_from(self.to.scale.apply(piece.tokens)).unwrap_or(u32::MAX);
        text.saturating_add(self.frame(claimed, form))
    }

    /// Tokens around a piece: title, note and marker. The number is not known yet, so that three digits are reckoned.
    fn frame(&self, claimed: &Claimed, form: ContextForm) -> u32 {
        let block = Block {
            number: 999,
            title: Arc::clone(&claimed.candidate.title),
            note: note(form, claimed.lines),
            text: Arc::from(""),
            marker: self.markers.marker_for(""),
        };
        reckon(self.to, &block.render()) + 2
    }
}

impl Claimed {
    fn of(candidate: Candidate) -> Self {
        let state = candidate.state.clone().unwrap_or(ContextState::Sent);
        Self { candidate, state, piece: None, form: ContextForm::Whole, lines: 0, tokens: 0 }
    }

    fn send(&mut self, piece: Piece, form: ContextForm, tokens: u32) {
        (self.piece, self.form, self.tokens, self.state) = (Some(piece), form, tokens, ContextState::Sent);
    }

    fn wished_form(&self, piece: &Piece) -> ContextForm {
        match self.candidate.matter {
            Matter::Lines(..) if !piece.spans.is_empty() => ContextForm::Lines,
            Matter::Lines(..)
            | Matter::File(_)
            | Matter::Text(_)
            | Matter::Picture(..)
            | Matter::Nothing(_) => ContextForm::Whole,
        }
    }
}

/// The level at which all wants, each cut to it, fill the room.
fn level(wants: impl Iterator<Item = u32>, room: u32) -> u32 {
    let mut wants: Vec<u32> = wants.collect();
    wants.sort_unstable();
    let mut left = room;
    for (at, want) in wants.iter().enumerate() {
        let even = left / (wants.len() - at) as u32;
        if *want > even {
            return even;
        }
        left -= want;
    }
    u32::MAX
}
