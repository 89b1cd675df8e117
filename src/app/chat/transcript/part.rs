//! Parts of a turn, and the rows of each: the head, pieces of the text, the foot.
//!
//! Invariant: the rows of a part depend on the turn, the width and what is folded, so that they may be thrown away and
//! made again at any time.

use super::row::{Fold, Row};
use super::said::Said;
use super::scene::Scene;
use crate::domain::{Answer, AnswerState, ContextState, Question, Turn, TurnBody};
use crate::text::markdown::{Document, Line, Look, PieceKind, Target, Tone};
use crate::text::sanitize::{sanitize, sanitize_line};
use crate::text::width::{expand_tabs, width};
use crate::text::wrap::{Wrap, lines as wrap_lines};

/// A part of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// What stands before the text.
    Top,
    /// A finished piece of the reasoning.
    Thought(usize),
    /// The rest of the reasoning.
    ThoughtTail,
    /// A finished piece of the text.
    Piece(usize),
    /// The rest of the text.
    Tail,
    /// What stands behind the text.
    Bottom,
}

/// Lines of a question that are shown of a longer one.
const QUESTION: usize = 16;

/// Lines of a folded code block that stay.
const CODE: usize = 8;

/// The rows of a part.
pub fn rows(kind: PartKind, turn: &Turn, said: &mut Said, scene: &Scene<'_>) -> Vec<Row> {
    match kind {
        PartKind::Top => top(turn, scene),
        PartKind::Thought(at) => match &mut said.thought {
            Some(thought) => piece(thought, at, scene, &|_| false).into_iter().map(thought_row).collect(),
            None => Vec::new(),
        },
        PartKind::ThoughtTail => match &mut said.thought {
            Some(thought) => {
                thought.lay_tail(scene.text_width()).into_iter().map(Row::Said).map(thought_row).collect()
            }
            None => Vec::new(),
        },
        PartKind::Piece(at) => match &mut said.text {
            Some(text) => {
                let watched = said.watched;
                piece(text, at, scene, &|code| scene.is_code_folded(turn.id, code, watched))
            }
            None => Vec::new(),
        },
        PartKind::Tail => match &mut said.text {
            Some(text) => {
                let mut rows: Vec<Row> = text.lay_tail(scene.text_width()).into_iter().map(row_of).collect();
                if let Some(remark) = text.remark() {
                    rows.push(Row::Blank);
                    rows.extend(wrapped(&remark, Tone::Note, scene.text_width()).map(Row::Said));
                }
                rows
            }
            None => Vec::new(),
        },
        PartKind::Bottom => bottom(turn, scene),
    }
}

fn top(turn: &Turn, scene: &Scene<'_>) -> Vec<Row> {
    let mut rows = vec![Row::Head];
    match &turn.body {
        TurnBody::Question(question) => asked(turn, question, scene, &mut rows),
        TurnBody::Answer(answer) => {
            if !answer.context.is_empty() {
                rows.push(Row::Context);
            }
            if !scene.thinking(turn).is_empty() {
                rows.push(Row::Thinking { folded: scene.is_folded(turn.id, Fold::Thinking) });
            }
        }
        TurnBody::Summary { text, .. } => {
            let folded = scene.is_folded(turn.id, Fold::Summary);
            rows = vec![Row::Summary { folded }];
            if !folded {
                for line in sanitize(text).lines() {
                    rows.extend(wrapped(&expand_tabs(line), Tone::Quote, scene.text_width()).map(Row::Said));
                }
            }
        }
    }
    rows
}

fn asked(turn: &Turn, question: &Question, scene: &Scene<'_>, rows: &mut Vec<Row>) {
    let clean = sanitize(&question.text);
    let all: Vec<Line> = clean
        .trim_end()
        .lines()
        .flat_map(|line| wrapped(&expand_tabs(line), Tone::Text, scene.text_width()).collect::<Vec<_>>())
        .collect();
    let folded = all.len() > QUESTION + 2 && scene.is_folded(turn.id, Fold::Question);
    let shown = if folded { QUESTION } else { all.len() };
    let hidden = all.len() - shown;
    rows.extend(all.into_iter().take(shown).map(Row::Said));
    if folded {
        rows.push(Row::Folded(Fold::Question, hidden));
    }
    rows.extend((0..question.attachments.len()).map(Row::Attachment));
}

fn piece(
    document: &mut Document,
    at: usize,
    scene: &Scene<'_>,
    is_folded: &dyn Fn((usize, usize)) -> bool,
) -> Vec<Row> {
    let Some(piece) = document.pieces().get(at) else { return Vec::new() };
    let gap = piece.gap && at > 0;
    let code = match piece.kind {
        PieceKind::Code { block, before, .. } => {
            document.code_blocks().get(block).map(|code| (code.clone(), before))
        }
        PieceKind::Block(_) => None,
    };
    let folded = code.as_ref().filter(|(code, _)| code.lines > CODE + 2 && is_folded((code.at, code.lines)));
    if folded.is_some_and(|(_, before)| *before > 0) {
        return Vec::new();
    }
    let mut rows = Vec::new();
    if gap {
        rows.push(Row::Blank);
    }
    let lines = document.lay(at, scene.text_width());
    if let Some((code, _)) = folded {
        let label = usize::from(!code.info.is_empty());
        // Rows, not lines: what is wrapped shows less.
        rows.extend(lines.into_iter().take(CODE + label).map(row_of));
        rows.push(Row::Folded(Fold::Code(code.at), code.lines.saturating_sub(CODE)));
    } else {
        rows.extend(lines.into_iter().map(row_of));
    }
    rows
}

fn bottom(turn: &Turn, scene: &Scene<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    if let TurnBody::Answer(answer) = &turn.body {
        let said = !scene.text(turn).is_empty();
        state(answer, said, scene, &mut rows);
        references(answer, scene, &mut rows);
        if !answer.state.is_going() {
            if said && !matches!(rows.last(), Some(Row::Reference(_) | Row::Ways)) {
                rows.push(Row::Blank);
            }
            rows.push(Row::Meters);
        }
    }
    let mut edits = scene.edits.iter().filter(|(at, _)| *at == turn.id).peekable();
    if edits.peek().is_some() {
        rows.push(Row::Blank);
        rows.extend(edits.map(|(_, edit)| Row::Edit(*edit)));
    }
    rows.push(Row::Blank);
    rows
}

/// How the answer is or ended, where its text does not say so.
fn state(answer: &Answer, said: bool, scene: &Scene<'_>, rows: &mut Vec<Row>) {
    let why = match &answer.state {
        AnswerState::Streaming | AnswerState::Done if said => return,
        AnswerState::Searching { .. }
        | AnswerState::Waiting
        | AnswerState::Thinking
        | AnswerState::Streaming
        | AnswerState::Done
        | AnswerState::Cancelled
        | AnswerState::Interrupted => String::new(),
        AnswerState::CutShort(why) | AnswerState::Refused(why) => why.to_string(),
        AnswerState::TooLong(notice) | AnswerState::Failed(notice) => {
            let parts = [notice.cause.as_deref(), notice.hint.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
        }
    };
    if said {
        rows.push(Row::Blank);
    }
    rows.push(Row::State);
    for line in sanitize(&why).lines() {
        rows.extend(wrapped(&expand_tabs(line), Tone::Note, scene.text_width()).map(Row::Trouble));
    }
    if !answer.state.is_going() {
        rows.push(Row::Ways);
    }
}

/// What the answer cites, as many to a line as fit.
fn references(answer: &Answer, scene: &Scene<'_>, rows: &mut Vec<Row>) {
    let room = scene.text_width();
    let mut line = Line::default();
    let mut lines = Vec::new();
    let cited = answer.context.iter().filter(|item| {
        item.number > 0 && item.cited.is_some_and(|count| count > 0) && item.state == ContextState::Sent
    });
    for item in cited {
        let first = item.lines.first().map(|span| span.first);
        let place = first.map_or_else(|| item.title.to_string(), |first| format!("{}:{first}", item.title));
        let number = format!("[{}]", item.number);
        let place =
            crate::text::cut::path(&sanitize_line(&place), room.saturating_sub(width(&number) + 1), "…")
                .into_owned();
        let cells = width(&number) + 1 + width(&place);
        if !line.text().is_empty() && width(line.text()) + 4 + cells > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.text().is_empty() {
            line.push("    ", Look::default());
        }
        let target = Target::Citation(item.number, first);
        line.push_to(&format!("{number} "), Look::of(Tone::Citation), &target);
        line.push_to(&place, Look::of(Tone::Link), &target);
    }
    if !line.text().is_empty() {
        lines.push(line);
    }
    if !lines.is_empty() {
        rows.push(Row::Blank);
        rows.extend(lines.into_iter().map(Row::Reference));
    }
}

fn wrapped(text: &str, tone: Tone, cells: usize) -> impl Iterator<Item = Line> {
    let lines = wrap_lines(text, Wrap::to(cells));
    lines.into_iter().enumerate().map(move |(at, piece)| {
        let mut line = Line::of(&text[piece.range], Look::of(tone));
        line.wrapped = at > 0;
        line
    })
}

fn row_of(line: Line) -> Row {
    if line.text().is_empty() && line.code().is_none() { Row::Blank } else { Row::Said(line) }
}

fn thought_row(row: Row) -> Row {
    if let Row::Said(line) = row { Row::Thought(line) } else { row }
}
