//! Facts: what a turn says of itself besides its text. State is glyph, word and colour; keys come from the keymap.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::{Action, Context};
use crate::domain::{Answer, AnswerState, Answerer, Attachment, ContextState, Rating, Thumb, Turn};
use crate::text::amount;
use crate::text::width::width;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

/// The key of an action in the conversation, by the action's name.
pub fn key(app: &App, name: &str) -> Option<String> {
    let action = Action::named(name)?;
    let here = app.keymap.chord(Context::Chat, action);
    here.or_else(|| app.keymap.chords(action).first().copied()).map(|chord| chord.to_string())
}

/// `you  14:02`, and which of its siblings it is.
pub fn asker(canvas: &mut Canvas<'_>, app: &App, area: Rect, turn: &Turn) {
    let time = clock(app, turn.at_ms);
    canvas.pen(area, 0, Role::Base).put("you", Role::User).skip(2).put(&time, Role::Subtle);
    branch(canvas, area, turn);
}

/// The model, where it runs, the time, and what sets this answer apart.
pub fn answerer(canvas: &mut Canvas<'_>, app: &App, area: Rect, (turn, answer): (&Turn, &Answer)) {
    let time = clock(app, turn.at_ms);
    let dot = canvas.glyphs.dot;
    let mut pen = canvas.pen(area, 0, Role::Base);
    match &answer.by {
        Answerer::Model(model, locality) => {
            pen.put(&model.model, Role::Title).put(&format!(" {dot}{}", locality.name()), Role::Subtle);
        }
        Answerer::Nobody => {
            pen.put("no model", Role::Title);
        }
    }
    pen.skip(2).put(&time, Role::Subtle);
    let beside = answer.beside.len();
    if beside > 1 {
        let at = answer.beside.iter().position(|id| *id == turn.id).map_or(1, |at| at + 1);
        pen.skip(2).put(&format!("answer {at} of {beside}"), Role::Muted);
        if answer.picked {
            pen.put(&format!(" {dot} "), Role::Subtle).put("picked", Role::Yes);
        }
        if let Some(key) = key(app, "compare") {
            pen.put(&format!(" {dot} {key} side by side"), Role::Subtle);
        }
    }
    branch(canvas, area, turn);
}

fn branch(canvas: &mut Canvas<'_>, area: Rect, turn: &Turn) {
    let all = turn.siblings.len();
    if all < 2 {
        return;
    }
    let at = turn.siblings.iter().position(|id| *id == turn.id).map_or(1, |at| at + 1);
    let text = format!("branch {at}/{all}");
    canvas.pen(area, 0, Role::Base).reserve(1).back_from_end(width(&text)).put(&text, Role::Muted);
}

/// What went with a question.
pub fn attachment(canvas: &mut Canvas<'_>, area: Rect, attachment: &Attachment) {
    let mut pen = canvas.pen(area, 0, Role::Base);
    match attachment {
        Attachment::Text { name, text } => {
            pen.put("+ ", Role::Subtle).put(name, Role::PathName).skip(2);
            pen.put(&amount::bytes(text.len() as u64), Role::Subtle);
        }
        Attachment::Image { name, bytes, .. } => {
            pen.put("+ image ", Role::Subtle).put(name, Role::PathName).skip(2);
            pen.put(&amount::bytes(bytes.len() as u64), Role::Subtle);
        }
    }
}

/// How much was sent, and how much of that the answer cites.
pub fn context(canvas: &mut Canvas<'_>, area: Rect, answer: &Answer) {
    let sent = || answer.context.iter().filter(|item| item.state == ContextState::Sent);
    let files = sent().filter(|item| item.file.is_some()).count();
    let others = sent().count() - files;
    let cited = sent().filter(|item| item.cited.is_some_and(|count| count > 0)).count();
    let known = sent().any(|item| item.cited.is_some());
    let (yes, dot) = (canvas.glyphs.yes, canvas.glyphs.dot);
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.put(yes, Role::Yes)
        .put(" read ", Role::Muted)
        .put(&amount::plural(files as u64, "file"), Role::Muted);
    if others > 0 {
        pen.put(&format!(" {dot} {} more", amount::count(others as u64)), Role::Muted);
    }
    if known {
        pen.put(&format!(", {cited} cited"), Role::Muted);
    }
}

/// The reasoning: its size, and the key that shows it.
pub fn thinking(
    canvas: &mut Canvas<'_>,
    app: &App,
    area: Rect,
    (turn, answer): (&Turn, &Answer),
    fold: &str,
) {
    let text = app.chat.turns.thinking(turn);
    let going = answer.state == AnswerState::Thinking;
    let sign = if fold == "folded" { canvas.glyphs.folded } else { canvas.glyphs.unfolded };
    let word = if going { "thinking" } else { "thought" };
    let size = format!("{} of text", amount::bytes(text.len() as u64));
    let dot = canvas.glyphs.dot;
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.put(sign, Role::Subtle).skip(1).put(word, Role::Muted).skip(2).put(&size, Role::Subtle);
    if let Some(key) = key(app, "fold") {
        let does = if fold == "folded" { "shows it" } else { "folds it" };
        pen.put(&format!(" {dot} {key} {does}"), Role::Subtle);
    }
}

/// The hairline of a summary.
pub fn summary(canvas: &mut Canvas<'_>, area: Rect, turns: u32, sign: &str) {
    canvas.hairline(area);
    let text = format!("{sign} a summary is sent for {} above ", amount::plural(u64::from(turns), "turn"));
    canvas.pen(area, 0, Role::Base).put(&text, Role::Muted);
}

/// Lines that are away.
pub fn folded(canvas: &mut Canvas<'_>, app: &App, area: Rect, lines: usize) {
    let (sign, dot) = (canvas.glyphs.folded, canvas.glyphs.dot);
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.put(sign, Role::Subtle).skip(1).put(&amount::plural(lines as u64, "more line"), Role::Muted);
    if let Some(key) = key(app, "fold") {
        pen.put(&format!(" {dot} {key} shows them"), Role::Subtle);
    }
}

/// How far the answer is.
pub fn state(canvas: &mut Canvas<'_>, app: &App, area: Rect, answer: &Answer) {
    let (glyphs, dot) = (canvas.glyphs, canvas.glyphs.dot);
    let spinner = glyphs.spinner_at(app.spin());
    let seconds = answer.meters.total.as_secs();
    let after = if seconds > 0 { format!("  {seconds}s") } else { String::new() };
    let (sign, role, words) = match &answer.state {
        AnswerState::Searching { judged, files, waits_for } => {
            let (judged, files) = (amount::count(u64::from(*judged)), amount::count(u64::from(*files)));
            (spinner, Role::Running, format!("searching  {judged}/{files} files {dot} waits for {waits_for}"))
        }
        AnswerState::Waiting => (spinner, Role::Running, format!("waiting for the first word{after}")),
        AnswerState::Thinking => (spinner, Role::Running, format!("thinking{after}")),
        AnswerState::Streaming => (spinner, Role::Running, "answering".to_owned()),
        AnswerState::Done => (glyphs.failed, Role::Warning, "the answer is empty".to_owned()),
        AnswerState::CutShort(_) => (glyphs.failed, Role::Warning, "cut short".to_owned()),
        AnswerState::Refused(_) => (glyphs.failed, Role::Warning, "refused".to_owned()),
        AnswerState::Cancelled => (glyphs.skipped, Role::Muted, "cancelled; what came stays".to_owned()),
        AnswerState::Interrupted => {
            (glyphs.failed, Role::Warning, "interrupted: the program ended; what came stays".to_owned())
        }
        AnswerState::Failed(notice) => (glyphs.failed, Role::Failed, format!("failed: {}", notice.title)),
        AnswerState::TooLong(notice) => (glyphs.failed, Role::Failed, format!("too long: {}", notice.title)),
    };
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.put(sign, role).skip(1).reserve(1);
    pen.cut(&words, role);
    if answer.state.is_going()
        && let Some(key) = key(app, "back").or_else(|| key(app, "cancel"))
    {
        pen.put(&format!(" {dot} {key} stops"), Role::Subtle);
    }
}

/// What can be done about an answer that is not whole.
pub fn ways(canvas: &mut Canvas<'_>, app: &App, area: Rect, state: &AnswerState) {
    let again = ("retry", "answers again");
    let other = ("retry-with", "by another model");
    let less = ("retry-with-less", "with half of the context");
    let ways: &[(&str, &str)] = match state {
        AnswerState::TooLong(_) => &[less, other],
        AnswerState::Refused(_) => &[other, again],
        AnswerState::Searching { .. }
        | AnswerState::Waiting
        | AnswerState::Thinking
        | AnswerState::Streaming => &[],
        AnswerState::Done
        | AnswerState::CutShort(_)
        | AnswerState::Cancelled
        | AnswerState::Failed(_)
        | AnswerState::Interrupted => &[again, other],
    };
    let mut pen = canvas.pen(area, 0, Role::Base);
    for (name, does) in ways {
        if let Some(key) = key(app, name) {
            pen.put(&key, Role::Key).skip(1).put(does, Role::Hint).skip(3);
        }
    }
}

/// What the answer took: tokens, time to the first, speed, cost; and what the person thinks of it.
pub fn meters(canvas: &mut Canvas<'_>, area: Rect, answer: &Answer) {
    let meters = &answer.meters;
    let about = if meters.counted { "" } else { "~" };
    let mut facts = Vec::new();
    if meters.tokens_in > 0 {
        let cached = match meters.cached_in {
            // What is left out where room is short comes from the prompt's cache, not from the answer.
            0 => String::new(),
            _ if area.width < 96 => String::new(),
            cached => format!(" ({} cached)", amount::short_count(cached)),
        };
        facts.push(format!("{about}{} in{cached}", amount::short_count(meters.tokens_in)));
    }
    if meters.tokens_out > 0 {
        facts.push(format!("{about}{} out", amount::short_count(meters.tokens_out)));
    }
    if let Some(first) = meters.first_token {
        facts.push(format!("first {}", amount::short(first)));
    }
    if let Some(speed) = meters.tokens_per_second {
        facts.push(format!("{speed:.0} tok/s"));
    }
    if let Some(usd) = meters.usd {
        facts.push(cost(usd));
    }
    if let Some(window) = meters.window.filter(|window| *window > 0) {
        let used = meters.tokens_in + meters.tokens_out;
        facts.push(format!("{} of the window", amount::percent(used, u64::from(window))));
    }
    if !meters.total.is_zero() {
        facts.push(format!("total {}", amount::short(meters.total)));
    }
    let separator = format!(" {} ", canvas.glyphs.dot);
    let mut pen = canvas.pen(area, 0, Role::Base);
    pen.reserve(1);
    if let Some(Rating { thumb, word }) = &answer.rating {
        let (sign, says, role) = match thumb {
            Thumb::Up => ("+", "helped", Role::Yes),
            Thumb::Down => ("-", "did not help", Role::Warning),
        };
        pen.put(sign, role).skip(1).put(says, role);
        if !word.is_empty() {
            pen.put(": ", Role::Subtle).within(word, 40, Role::Muted);
        }
        pen.put(&separator, Role::Subtle);
    }
    pen.cut(&facts.join(&separator), Role::Subtle);
}

/// `$0.0042`; a cost below a hundredth of a cent is not nothing.
fn cost(usd: f64) -> String {
    match usd {
        usd if usd <= 0.0 => "free".to_owned(),
        usd if usd < 0.0001 => "<$0.0001".to_owned(),
        usd if usd < 0.1 => format!("${usd:.4}"),
        usd => format!("${usd:.2}"),
    }
}

/// `14:02` where the person is, with the date where that is another day.
fn clock(app: &App, at_ms: i64) -> String {
    let local = |unix: i64| unix + i64::from(app.now.offset);
    let (at, now) = (local(at_ms.div_euclid(1000)), local(app.now.unix));
    let of_day = at.rem_euclid(86_400);
    let time = format!("{:02}:{:02}", of_day / 3600, of_day % 3600 / 60);
    match now.div_euclid(86_400) - at.div_euclid(86_400) {
        1 => format!("yesterday {time}"),
        days @ 2.. => format!("{} ago", amount::plural(days as u64, "day")),
        _ => time,
    }
}
