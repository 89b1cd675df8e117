//! Who answers what, and what it cost: the right of the top line, in as many words as there is room for.

use crate::app::App;
use crate::app::models::Standing;
use crate::app::query::Phase;
use crate::app::words;
use crate::domain::{Choice, StateKind, TaskKind};
use crate::text::cut;
use crate::text::width::width;
use crate::ui::theme::{Glyphs, Role};

/// A piece of text with its role.
pub type Piece = (String, Role);

/// One fact of the top line.
pub struct Fact {
    /// From the most words to the fewest.
    pub forms: [Vec<Piece>; 3],
    /// Facts with less weight are left out first.
    pub weight: u8,
}

impl Fact {
    /// A fact that is always said in the same words.
    pub fn plain(text: String, role: Role, weight: u8) -> Self {
        let form = vec![(text, role)];
        Self { forms: [form.clone(), form.clone(), form], weight }
    }

    fn cells(&self, form: usize) -> usize {
        self.forms[form].iter().map(|(text, _)| width(text)).sum()
    }
}

/// Cells between two facts.
pub const GAP: usize = 3;

/// Facts of at least this weight may be said in the fewest words; one of no weight goes before others lose words.
const ESSENTIAL: u8 = 3;

/// The facts that fit into so many cells, in their order, in the words that fit, and the cells they take. The lightest
/// are left out first; before that all are said in fewer words.
pub fn fitting(mut facts: Vec<Fact>, room: usize) -> (Vec<Vec<Piece>>, usize) {
    while !facts.is_empty() {
        let lightest = facts.iter().map(|fact| fact.weight).min().unwrap_or_default();
        let forms = match lightest {
            0 => 1,
            1..ESSENTIAL => 2,
            _ => 3,
        };
        for form in 0..forms {
            let cells = facts.iter().map(|fact| fact.cells(form) + GAP).sum::<usize>() - GAP;
            if cells <= room {
                let said = facts.into_iter().map(|fact| fact.forms.into_iter().nth(form).unwrap_or_default());
                return (said.collect(), cells);
            }
        }
        facts.retain(|fact| fact.weight != lightest);
    }
    (Vec::new(), 0)
}

/// Who converses, judges and edits, and what was spent.
pub fn answerers(app: &App, glyphs: &Glyphs) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(answerer(app, glyphs, TaskKind::Chat, 2));
    facts.push(judge(app, glyphs));
    facts.extend(answerer(app, glyphs, TaskKind::Command, 1));
    if let Some(share) = window_share(app) {
        let role = if share >= NEARLY_FULL { Role::Warning } else { Role::Fg };
        facts.push(Fact::plain(format!("ctx {share}%"), role, 3));
    }
    if let Some((session, _)) = app.models.spent.filter(|(session, _)| session.usd > 0.0) {
        facts.push(Fact::plain(words::usd(session.usd), Role::Fg, 3));
    }
    facts
}

/// Per cent of the window from which a full one is near.
const NEARLY_FULL: u32 = 85;

/// Per cent of the model's window that is taken: by the newest answer and what was sent for it, or by what would be sent.
fn window_share(app: &App) -> Option<u32> {
    let tray = &app.chat.tray.tray;
    let (tokens, window) =
        match app.chat.turns.newest_answer().filter(|(_, answer)| answer.meters.tokens_in > 0) {
            Some((_, answer)) if app.chat.composer.is_blank() => {
                (answer.meters.tokens_in + answer.meters.tokens_out, answer.meters.window.or(tray.window)?)
            }
            Some(_) | None => (u64::from(tray.tokens), tray.window?),
        };
    (window > 0 && tokens > 0).then(|| (tokens * 100 / u64::from(window)).min(100) as u32)
}

/// A task's model, where it has one of its own.
fn answerer(app: &App, glyphs: &Glyphs, task: TaskKind, weight: u8) -> Option<Fact> {
    let standing = app.models.standing(task);
    let word = if task == TaskKind::Command { "edit" } else { task.name() };
    match &app.models.route(task)?.choice {
        Choice::Model(_) if standing == Standing::SameAsChat => None,
        choice @ Choice::Model(_) => Some(fact(app, glyphs, (word, choice, standing, 0), weight)),
        Choice::Embedded | Choice::Nobody => None,
    }
}

/// The judge is always named: without a model it is the embedded one.
fn judge(app: &App, glyphs: &Glyphs) -> Fact {
    let standing = app.models.standing(TaskKind::Judge);
    match app.models.route(TaskKind::Judge) {
        Some(route) => fact(app, glyphs, ("judge", &route.choice, standing, flight(app, &route.choice)), 4),
        None => Fact::plain(format!("judge {}", words::judge(&app.query.judge)), Role::Muted, 4),
    }
}

/// Calls in flight for the running query: what the backend tells, else the rows that are at their judge.
fn flight(app: &App, choice: &Choice) -> u32 {
    let Choice::Model(model) = choice else { return 0 };
    let judging = match app.query.phase {
        Phase::Running { .. } if app.query.is_by_model() => app.query.counts.get(StateKind::Judging),
        Phase::Running { .. }
        | Phase::Idle
        | Phase::Asked
        | Phase::Waiting
        | Phase::Done { .. }
        | Phase::Stopped => 0,
    };
    match app.models.in_flight(model) {
        0 => judging,
        calls => calls,
    }
}

fn fact(
    app: &App,
    glyphs: &Glyphs,
    (word, choice, standing, calls): (&str, &Choice, Standing, u32),
    weight: u8,
) -> Fact {
    let (sign, note) = match (standing, choice) {
        (Standing::FellBack(_), _) => (true, "fallback"),
        (Standing::Broken(_), _) => (true, "down"),
        (Standing::Set | Standing::SameAsChat | Standing::Nobody, Choice::Model(model)) => {
            (false, app.models.locality_of(model).name())
        }
        (Standing::Set | Standing::SameAsChat | Standing::Nobody, Choice::Embedded | Choice::Nobody) => {
            (false, "")
        }
    };
    let name = words::choice(choice);
    let name_role = match (sign, choice) {
        (true, _) => Role::Warning,
        (false, Choice::Model(_)) => Role::Fg,
        (false, Choice::Embedded | Choice::Nobody) => Role::Muted,
    };
    let form = |most: usize, with_word: bool, with_note: bool| {
        let mut pieces = Vec::new();
        if sign {
            pieces.push((format!("{} ", glyphs.failed), Role::Warning));
        }
        if with_word {
            pieces.push((format!("{word} "), Role::Muted));
        }
        pieces.push((cut::end(&name, most, glyphs.ellipsis).into_owned(), name_role));
        if with_note && !note.is_empty() {
            let role = if sign { Role::Warning } else { Role::Subtle };
            pieces.push((format!(" {}{note}", glyphs.dot), role));
        }
        if calls > 0 {
            pieces.push((format!(" {}{calls}", glyphs.times), Role::Running));
        }
        pieces
    };
    Fact { forms: [form(24, true, true), form(18, true, sign), form(14, false, false)], weight }
}
