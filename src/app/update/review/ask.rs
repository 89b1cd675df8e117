//! Asking for an edit from the screen: what it could be about, and sending it.

use std::sync::Arc;

use crate::app::action::{Action, ReviewAction};
use crate::app::cmd::Cmd;
use crate::app::review::asking::Asking;
use crate::app::review::symbol;
use crate::app::state::{App, Pane, Prompt};
use crate::domain::{EditCommand, EditTarget, Instruction, Notice, Severity, Span, StateKind, TaskKind};

/// Opens the line for an instruction by a key; what is selected is what it is about.
pub(in super::super) fn open(app: &mut App) {
    app.prompt = Some(Prompt::Instruct(Box::new(Asking::new("", targets(app)))));
}

/// Opens the line for an instruction that was begun in a message: its edit belongs to the last turn.
pub(in super::super) fn open_in_chat(app: &mut App, text: &str) {
    open_with(app, text);
    let turn = app.chat.turns.branch().last().map(|turn| turn.id);
    app.prompt = match app.prompt.take() {
        Some(Prompt::Instruct(asking)) => Some(Prompt::Instruct(Box::new(asking.after(turn)))),
        other => other,
    };
}

/// Opens the line for an instruction that was begun on the command line: it is about the files judged yes, where there are
/// any, and about what is selected where the person turns to that.
pub(in super::super) fn open_with(app: &mut App, text: &str) {
    let mut targets = targets(app);
    let judged = targets.iter().position(|target| *target == EditTarget::Judged);
    if let Some(at) = judged.filter(|_| !matches!(app.focus, Pane::Why | Pane::Review)) {
        targets[..=at].rotate_right(1);
    }
    app.prompt = Some(Prompt::Instruct(Box::new(Asking::new(text, targets))));
}

/// What an instruction could be about, the likeliest first: selected lines, the symbol around them, the file, the files
/// judged yes.
fn targets(app: &App) -> Vec<EditTarget> {
    let file = if app.focus == Pane::Review {
        app.review.file().map(|file| Arc::clone(&file.path))
    } else {
        app.selected_path()
    };
    let judged = app.query.counts.get(StateKind::Yes) > 0;
    let Some(path) = file else { return Vec::new() };
    let mut targets = Vec::new();
    if app.focus == Pane::Why {
        let selected = app.why.selected();
        targets.extend(selected.map(|span| EditTarget::Lines(Arc::clone(&path), span)));
        let line = selected.or_else(|| app.why.span(app.detail().map(AsRef::as_ref))).map(|span| span.first);
        let source = app.why.body().and_then(|body| body.as_ref().ok());
        let name = line.zip(source).and_then(|(line, source)| symbol::around(source, line));
        targets.extend(name.map(|name| EditTarget::Symbol(Arc::clone(&path), name)));
        // A place of evidence is no selection: it comes after what the person looks at as a whole.
        targets.push(EditTarget::Files(vec![Arc::clone(&path)]));
        let shown = app.why.span(app.detail().map(AsRef::as_ref)).filter(|_| selected.is_none());
        targets.extend(shown.map(|Span { first, last }| EditTarget::Lines(path, Span { first, last })));
    } else {
        targets.push(EditTarget::Files(vec![path]));
    }
    targets.extend(judged.then_some(EditTarget::Judged));
    targets
}

/// Begins or ends selecting lines of the preview.
pub(in super::super) fn select_lines(app: &mut App) {
    let detail = app.detail().cloned();
    let height = usize::from(app.layout().why.source.height);
    app.why.toggle_selecting(detail.as_deref(), height);
}

/// Sends an instruction.
pub(in super::super) fn send(app: &mut App, instruction: Instruction, cmds: &mut Vec<Cmd>) {
    // Right after the start nothing is known of it yet; the service waits for what is found.
    let nobody = app.models.route(TaskKind::Command).is_some_and(|route| route.choice.model().is_none());
    if nobody && instruction.model.is_none() {
        let key = app.key_of(Action::Models);
        app.note(
            Notice::new(Severity::Warning, "no model edits").hint(format!("{key} chooses one for edit")),
        );
        return;
    }
    if instruction.target == EditTarget::Judged && instruction.context.is_empty() {
        let notice =
            Notice::new(Severity::Warning, "no file is judged yes, so the edit has nothing to be about");
        let key = app.key_of(Action::Review(ReviewAction::Ask));
        app.note(notice.hint(format!("ask what it is about first, or {key} on a row")));
        return;
    }
    app.why.stop_selecting();
    app.review.expects_edit = app.focus == Pane::Review;
    let to = app
        .models
        .chosen(TaskKind::Command)
        .map_or_else(|| "the model".to_owned(), |model| model.model.to_string());
    let key = app.key_of(Action::ShowReview);
    app.notices.flash(format!("{to} is asked; {key} shows hunks as they come"), app.now.elapsed);
    cmds.push(Cmd::Edit(EditCommand::Ask(instruction)));
}

/// The files judged yes, best first: they help with an edit, whatever it is about.
pub(super) fn judged(app: &App) -> Vec<Arc<str>> {
    let rows = app.list.rows().iter().filter(|row| row.state == StateKind::Yes);
    rows.map(|row| Arc::clone(&row.path)).collect()
}
