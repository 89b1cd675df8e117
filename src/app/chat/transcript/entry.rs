//! One turn of the transcript: its parts while it is near the screen, and its height always.

use super::part::{PartKind, rows};
use super::row::{Fold, Row};
use super::said::{Changed, Said};
use super::scene::{Folded, Scene};
use crate::domain::{Turn, TurnBody, TurnId};
use crate::text::highlight::Highlighter;
use crate::text::markdown::Document;

/// One turn.
#[derive(Debug)]
pub struct Entry {
    /// The turn.
    pub id: TurnId,
    /// Its parts; `None` where nobody looks.
    pub open: Option<Box<Open>>,
    /// Rows that it takes; an estimate where it was not laid out at this width.
    height: usize,
    /// What of it is not in its parts yet.
    pub stale: Stale,
    watched: bool,
}

/// What of a turn is not in its parts yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stale {
    /// Nothing.
    No,
    /// Its text may have grown.
    Grown,
    /// Anything may be different.
    Touched,
}

/// The parts of a turn.
#[derive(Debug)]
pub struct Open {
    said: Said,
    parts: Vec<Part>,
    /// Finished pieces of the reasoning among the parts.
    thoughts: usize,
    /// Finished pieces of the text among the parts.
    pieces: usize,
    /// When it was last on the screen, counted in arrangements.
    pub seen: u64,
}

#[derive(Debug)]
struct Part {
    kind: PartKind,
    rows: Option<Box<[Row]>>,
    height: usize,
}

impl Entry {
    /// A turn that nobody has looked at.
    pub fn new(turn: &Turn, scene: &Scene<'_>) -> Self {
        let height = estimate(turn, scene);
        Self { id: turn.id, open: None, height, stale: Stale::Touched, watched: is_going(turn) }
    }

    /// Rows that it takes.
    pub const fn height(&self) -> usize {
        self.height
    }

    /// The number of its parts; 0 where it is not open.
    pub fn parts(&self) -> usize {
        self.open.as_ref().map_or(0, |open| open.parts.len())
    }

    /// The rows of a part that is laid out.
    pub fn rows(&self, part: usize) -> &[Row] {
        let part = self.open.as_ref().and_then(|open| open.parts.get(part));
        part.and_then(|part| part.rows.as_deref()).unwrap_or_default()
    }

    /// The kind of a part.
    pub fn kind(&self, part: usize) -> Option<PartKind> {
        self.open.as_ref().and_then(|open| open.parts.get(part)).map(|part| part.kind)
    }

    /// Rows of a part, laid out or not.
    pub fn part_height(&self, part: usize) -> usize {
        self.open.as_ref().and_then(|open| open.parts.get(part)).map_or(0, |part| part.height)
    }

    /// What it says, where it is open.
    pub fn said(&self) -> Option<&Said> {
        self.open.as_ref().map(|open| &open.said)
    }

    /// The width changed: rows are thrown away, heights become estimates.
    pub fn reflow(&mut self, turn: &Turn, scene: &Scene<'_>, (from, to): (usize, usize)) {
        if let Some(open) = &mut self.open {
            for part in &mut open.parts {
                part.rows = None;
                part.height = (part.height * from).div_ceil(to.max(1)).max(usize::from(part.height > 0));
            }
            self.height = open.parts.iter().map(|part| part.height).sum();
        } else {
            self.height = estimate(turn, scene);
        }
    }

    /// Opens it, and takes in what changed.
    pub fn open(&mut self, turn: &Turn, scene: &Scene<'_>, highlighter: &Highlighter) {
        let stale = std::mem::replace(&mut self.stale, Stale::No);
        let cites = cites(turn);
        match (&self.open, stale) {
            (Some(_), Stale::No) => return,
            (Some(open), Stale::Grown) if !open.said.is_behind(turn, scene) => return,
            (Some(open), Stale::Touched) if !open.said.is_still(turn, scene, cites) => self.open = None,
            (Some(_) | None, Stale::No | Stale::Grown | Stale::Touched) => {}
        }
        self.watched |= is_going(turn);
        let watched = self.watched;
        let open = self.open.get_or_insert_with(|| {
            let said = Said::new(cites, watched);
            Box::new(Open { said, parts: Vec::new(), thoughts: 0, pieces: 0, seen: 0 })
        });
        let unfolded = !scene.is_folded(turn.id, Fold::Thinking);
        let changed =
            open.said.take(turn, scene, highlighter, if unfolded { Folded::No } else { Folded::Yes });
        open.sync(scene, changed);
        self.height = open.parts.iter().map(|part| part.height).sum();
    }

    /// Lays a part out if it is not; says whether it was laid out now.
    pub fn ensure(&mut self, at: usize, turn: &Turn, scene: &Scene<'_>) {
        let Some(open) = &mut self.open else { return };
        let Some(part) = open.parts.get_mut(at) else { return };
        if part.rows.is_some() {
            return;
        }
        let rows = rows(part.kind, turn, &mut open.said, scene).into_boxed_slice();
        self.height = self.height + rows.len() - part.height.min(self.height);
        part.height = rows.len();
        part.rows = Some(rows);
    }

    /// Throws the rows of code away whose highlighting was put off; whether there are any.
    pub fn go_on(&mut self) -> bool {
        let Some(open) = &mut self.open else { return false };
        let text = open.said.text.as_mut().is_some_and(Document::turn);
        let thought = open.said.thought.as_mut().is_some_and(Document::turn);
        if text || thought {
            open.parts.iter_mut().for_each(|part| part.rows = None);
        }
        text || thought
    }

    /// Whether highlighting was put off.
    pub fn is_short(&self) -> bool {
        let said = self.said();
        said.is_some_and(|said| {
            let short = |document: &Option<Document>| document.as_ref().is_some_and(Document::is_short);
            short(&said.text) || short(&said.thought)
        })
    }

    /// Throws away the rows of parts outside a range.
    pub fn thin_out(&mut self, keep: &std::ops::Range<usize>) {
        if let Some(open) = &mut self.open {
            for (at, part) in open.parts.iter_mut().enumerate() {
                if !keep.contains(&at) {
                    part.rows = None;
                }
            }
        }
    }

    /// Throws the rows away, because something was folded or unfolded.
    pub fn forget_rows(&mut self) {
        self.stale = Stale::Touched;
        if let Some(open) = &mut self.open {
            open.parts.iter_mut().for_each(|part| part.rows = None);
        }
    }

    /// Bytes that its rows and text take in memory, roughly.
    pub fn weight(&self) -> usize {
        let Some(open) = &self.open else { return 0 };
        let rows = open
            .parts
            .iter()
            .filter_map(|part| part.rows.as_deref())
            .flatten()
            .map(Row::weight)
            .sum::<usize>();
        rows + open.said.text.as_ref().map_or(0, |text| text.text().len())
    }
}

impl Open {
    /// Brings the parts in line with what is said.
    fn sync(&mut self, scene: &Scene<'_>, changed: Changed) {
        let width = scene.text_width();
        let thoughts = self.said.thought.as_ref();
        let unfolded = thoughts.is_some();
        let pieces = self.said.text.as_ref().map_or(0, |text| text.pieces().len());
        if changed == Changed::Anew || self.parts.is_empty() || self.has_thoughts() != unfolded {
            self.parts.clear();
            self.parts.push(Part { kind: PartKind::Top, rows: None, height: 2 });
            if unfolded {
                self.parts.push(Part { kind: PartKind::ThoughtTail, rows: None, height: 0 });
            }
            self.parts.push(Part { kind: PartKind::Tail, rows: None, height: 0 });
            self.parts.push(Part { kind: PartKind::Bottom, rows: None, height: 1 });
            (self.thoughts, self.pieces) = (0, 0);
        }
        let guess = |document: Option<&Document>, at: usize| {
            document.and_then(|document| document.pieces().get(at)).map_or(1, |piece| {
                let gap = usize::from(piece.gap && at > 0);
                gap + piece.range.len().div_ceil(width).max(1)
            })
        };
        if let Some(thought) = thoughts {
            let new = (self.thoughts..thought.pieces().len()).map(|at| Part {
                kind: PartKind::Thought(at),
                rows: None,
                height: guess(Some(thought), at),
            });
            let at = 1 + self.thoughts;
            self.parts.splice(at..at, new);
            self.thoughts = thought.pieces().len();
        }
        let text = self.said.text.as_ref();
        let new = (self.pieces..pieces).map(|at| Part {
            kind: PartKind::Piece(at),
            rows: None,
            height: guess(text, at),
        });
        let at = 1 + self.thoughts + usize::from(unfolded) + self.pieces;
        self.parts.splice(at..at, new);
        self.pieces = pieces;
        for part in &mut self.parts {
            match part.kind {
                PartKind::Top | PartKind::Tail | PartKind::ThoughtTail | PartKind::Bottom => part.rows = None,
                // A fold, or a definition behind its use.
                PartKind::Piece(_) | PartKind::Thought(_) if changed == Changed::Looks => part.rows = None,
                PartKind::Piece(_) | PartKind::Thought(_) => {}
            }
        }
    }

    fn has_thoughts(&self) -> bool {
        self.parts.iter().any(|part| part.kind == PartKind::ThoughtTail)
    }
}

fn is_going(turn: &Turn) -> bool {
    matches!(&turn.body, TurnBody::Answer(answer) if answer.state.is_going())
}

/// The highest number that names an item of the context.
fn cites(turn: &Turn) -> u16 {
    match &turn.body {
        TurnBody::Answer(answer) => answer.context.iter().map(|item| item.number).max().unwrap_or(0),
        TurnBody::Question(_) | TurnBody::Summary { .. } => 0,
    }
}

/// Rows that a turn takes, roughly, by its bytes alone.
fn estimate(turn: &Turn, scene: &Scene<'_>) -> usize {
    let width = scene.text_width();
    match &turn.body {
        TurnBody::Question(question) => {
            2 + question.attachments.len() + (question.text.len() / width + 1).min(18)
        }
        // Answers have short lines and blank rows.
        TurnBody::Answer(_) => 6 + scene.text(turn).len() * 8 / (width * 5),
        TurnBody::Summary { .. } => 2,
    }
}
