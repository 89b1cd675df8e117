//! Applying: an answer's edits, or one of its code blocks, go to the review.

use std::sync::Arc;

use super::super::super::chat::transcript::Stop;
use super::super::super::cmd::Cmd;
use super::super::super::state::App;
use crate::domain::{
    Answerer, ContextItem, ContextKey, ContextState, EditCommand, EditTarget, Instruction, TurnBody,
};

/// Hands the selected code block, else the whole answer, to the edit service. Only files that were sent with the
/// question may change.
pub(super) fn apply(app: &mut App, cmds: &mut Vec<Cmd>) {
    let selected = match app.chat.transcript.selected() {
        Some((turn, Stop::Code(at))) => Some((turn, at)),
        Some(_) | None => None,
    };
    let turn = selected.map(|(turn, _)| turn).or_else(|| app.chat.marks.answer(&app.chat.turns));
    let told = turn.and_then(|id| app.chat.turns.get(id)).and_then(|turn| match &turn.body {
        TurnBody::Answer(answer) => Some((turn, answer)),
        TurnBody::Question(_) | TurnBody::Summary { .. } => None,
    });
    let Some((turn, answer)) = told else {
        app.notices.flash("there is no answer here to apply", app.now.elapsed);
        return;
    };
    let by = match &answer.by {
        Answerer::Model(model, _) => Some(model.clone()),
        Answerer::Nobody => None,
    };
    let files: Vec<Arc<str>> = answer.context.iter().filter_map(sent_file).collect();
    let asked = turn.parent.and_then(|parent| app.chat.turns.question(parent));
    let instruction = Instruction {
        text: asked.map_or_else(|| Arc::from("apply this answer"), |question| Arc::clone(&question.text)),
        target: EditTarget::Files(files),
        context: Vec::new(),
        turn: Some(turn.id),
        model: None,
    };
    let block = selected
        .and_then(|(turn, at)| app.chat.transcript.codes(turn).into_iter().find(|(known, ..)| *known == at));
    let text = match block {
        Some((_, info, code)) => fenced(&info, &code).into(),
        None => app.chat.turns.text(turn).into(),
    };
    cmds.push(Cmd::Edit(EditCommand::Take { text, instruction, by }));
    app.notices.flash("its code goes to the review", app.now.elapsed);
}

/// The path of an item that is a file of the tree and was sent.
fn sent_file(item: &ContextItem) -> Option<Arc<str>> {
    let path = match &item.key {
        ContextKey::File(path) | ContextKey::Lines(path, ..) => path,
        ContextKey::Git(_)
        | ContextKey::Instructions(_)
        | ContextKey::Attached(_)
        | ContextKey::Conversation => return None,
    };
    (item.state == ContextState::Sent).then(|| Arc::clone(path))
}

/// A block with a fence that nothing in it closes.
fn fenced(info: &str, code: &str) -> String {
    let longest = code.lines().map(|line| line.trim_start().chars().take_while(|c| *c == '`').count()).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let end = if code.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{info}\n{code}{end}{fence}\n")
}
