//! Answers side by side: one column an answer, or one at a time where columns would be too narrow to read.

use ratatui::layout::Rect;

use crate::app::chat::compare::{Compare, END};
use crate::app::hints::hints;
use crate::app::{App, words};
use crate::domain::{Answer, AnswerState, Answerer, Turn};
use crate::text::wrap::{Wrap, plain};
use crate::text::{amount, sanitize};
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// The least cells of a column.
const LEAST: u16 = 44;

/// Draws the answers.
pub fn compare(canvas: &mut Canvas<'_>, app: &App, it: &Compare, area: Rect) {
    canvas.clear(area, Role::Base);
    let count = it.turns.len().max(1) as u16;
    let question = app.chat.turns.newest_question().map(|(_, question)| question.text.replace('\n', " "));
    let title = format!("side by side: {}", question.unwrap_or_default());
    canvas.pen(area, 0, Role::Base).skip(1).reserve(1).cut(&title, Role::Title);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
    if area.width / count >= LEAST {
        let each = body.width / count;
        for (at, turn) in it.turns.iter().enumerate() {
            let x = body.x + each * at as u16;
            let width = if at as u16 + 1 == count { body.right() - x } else { each - 1 };
            column(canvas, app, Rect { x, width, ..body }, (it, at, app.chat.turns.get(*turn)));
            if at as u16 + 1 < count {
                let line = canvas.glyphs.vertical;
                for row in 1..body.height {
                    canvas
                        .pen(Rect { x: x + width, width: 1, ..body }, row, Role::Base)
                        .put(line, Role::Border);
                }
            }
        }
    } else if let Some(turn) = it.marked() {
        column(canvas, app, body, (it, it.at, app.chat.turns.get(turn)));
    }
    footer(canvas, app, Rect { y: area.bottom().saturating_sub(1), height: 1, ..area });
}

fn column(canvas: &mut Canvas<'_>, app: &App, area: Rect, (it, at, turn): (&Compare, usize, Option<&Turn>)) {
    canvas.hairline(Rect { height: 1, ..area });
    let marked = at == it.at;
    let (bar, line) = (canvas.glyphs.focus, canvas.glyphs.horizontal);
    let answer = turn.and_then(crate::app::chat::answer_of);
    let name = answer.map_or_else(|| "an answer that is not loaded".to_owned(), by);
    let mut pen = canvas.pen(area, 0, Role::Base);
    if marked {
        pen.put(bar, Role::Focus);
    } else {
        pen.put(line, Role::Border).put(" ", Role::Border);
    }
    let place =
        if it.turns.len() > 1 { format!("{} of {}  ", at + 1, it.turns.len()) } else { String::new() };
    let picked = answer.is_some_and(|answer| answer.picked);
    let role = if marked { Role::TitleFocus } else { Role::Title };
    pen.put(&place, Role::Subtle).cut(&name, role);
    pen.put(if picked { " best " } else { " " }, Role::Yes);
    let (Some(turn), Some(answer)) = (turn, answer) else { return };
    let status = Rect { y: area.y + 1, height: 1, ..area };
    let (text, role) = standing(answer);
    canvas.pen(status, 0, Role::Base).skip(2).cut(&text, role);
    let text = Rect {
        x: area.x + 2,
        y: area.y + 3,
        width: area.width.saturating_sub(3),
        height: area.height.saturating_sub(3),
    };
    let clean = sanitize::sanitize(app.chat.turns.text(turn));
    let lines = plain(&clean, Wrap::to(usize::from(text.width.max(1))));
    let rows = usize::from(text.height);
    let last = lines.len().saturating_sub(rows);
    let top = it.tops.get(at).copied().unwrap_or(END).min(last);
    for (row, line) in lines.iter().skip(top).take(rows).enumerate() {
        canvas.pen(text, row as u16, Role::Base).put(line, Role::Fg);
    }
}

fn by(answer: &Answer) -> String {
    match &answer.by {
        Answerer::Model(model, locality) => format!("{} ·{}", model.model, locality.name()),
        Answerer::Nobody => "no model".to_owned(),
    }
}

/// How far it is and what it took.
fn standing(answer: &Answer) -> (String, Role) {
    let meters = &answer.meters;
    let (word, role) = match &answer.state {
        AnswerState::Searching { .. } => ("searching".to_owned(), Role::Running),
        AnswerState::Waiting => ("waiting".to_owned(), Role::Running),
        AnswerState::Thinking => ("thinking".to_owned(), Role::Running),
        AnswerState::Streaming => ("streaming".to_owned(), Role::Running),
        AnswerState::Done => ("done".to_owned(), Role::Yes),
        AnswerState::CutShort(why) => (format!("cut short: {why}"), Role::Warning),
        AnswerState::Refused(why) => (format!("refused: {why}"), Role::Warning),
        AnswerState::Cancelled => ("stopped".to_owned(), Role::Muted),
        AnswerState::TooLong(notice) => (notice.title.clone(), Role::Warning),
        AnswerState::Failed(notice) => (format!("failed: {}", notice.title), Role::Failed),
        AnswerState::Interrupted => ("interrupted".to_owned(), Role::Warning),
    };
    let mut facts = vec![word];
    if meters.total > std::time::Duration::ZERO {
        facts.push(words::span(meters.total));
    }
    if let Some(first) = meters.first_token {
        facts.push(format!("first {}", words::span(first)));
    }
    if let Some(rate) = meters.tokens_per_second {
        facts.push(format!("{rate:.0} tok/s"));
    }
    if meters.tokens_out > 0 {
        facts.push(format!("{} tok", amount::count(meters.tokens_out)));
    }
    if let Some(usd) = meters.usd.filter(|usd| *usd > 0.0) {
        facts.push(words::usd(usd));
    }
    (facts.join("  "), role)
}

fn footer(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.skip(1);
    for hint in hints(app).0 {
        pen.put(&hint.keys, Role::Key).put(" ", Role::Hint).put(&hint.label, Role::Hint).skip(3);
    }
}
