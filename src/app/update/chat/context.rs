//! Context: what is done in the tray, and with files of the list that go along.

use std::sync::Arc;

use super::super::super::cmd::Cmd;
use super::super::super::state::{App, Pane};
use crate::domain::{ChatCommand, ContextKey, ContextSource, ContextState, GitText};

/// The budget goes up and down by this share of itself, in tokens.
const STEP: u32 = 4;

/// The least budget that can be set by keys.
const LEAST: u32 = 1_000;

/// Opens or closes the tray.
pub(super) fn toggle(app: &mut App) {
    app.chat.tray.is_open = !app.chat.tray.is_open;
    if app.chat.tray.is_open {
        app.focus = Pane::Tray;
    } else if app.focus == Pane::Tray {
        app.focus = Pane::Composer;
    }
}

/// What a key of the context is called.
pub(super) fn name(key: &ContextKey) -> String {
    match key {
        ContextKey::File(path) | ContextKey::Instructions(path) | ContextKey::Attached(path) => {
            path.to_string()
        }
        ContextKey::Lines(path, first, last) => format!("{path}:{first}-{last}"),
        ContextKey::Git(GitText::WorkingDiff) => "the working diff".into(),
        ContextKey::Git(GitText::Staged) => "what is staged".into(),
        ContextKey::Git(GitText::LastCommit) => "the last commit".into(),
        ContextKey::Conversation => "the conversation".into(),
    }
}

/// Sends the selected file of the list with every message, or lets it go.
pub(super) fn attach(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(path) = app.ranked_row().map(|row| Arc::clone(&row.path)) else { return };
    let key = ContextKey::File(Arc::clone(&path));
    let pinned = app.chat.tray.items().iter().any(|item| is_pinned(item.source) && item.key == key);
    let word = if pinned { "goes by its verdict again" } else { "goes with every message" };
    app.notices.flash(format!("{path} {word}"), app.now.elapsed);
    cmds.push(Cmd::Chat(ChatCommand::Pin(key, !pinned)));
}

fn is_pinned(source: ContextSource) -> bool {
    source == ContextSource::Pinned
}

/// What a person wants of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Pin,
    Drop,
    Earlier,
    Later,
}

/// Something is wanted of the selected item.
pub(super) fn wish(app: &App, wish: Wish, cmds: &mut Vec<Cmd>) {
    let Some(item) = app.chat.tray.selected().cloned() else { return };
    let key = item.key;
    cmds.push(Cmd::Chat(match wish {
        Wish::Pin => ChatCommand::Pin(key, !is_pinned(item.source)),
        Wish::Drop => ChatCommand::Exclude(key, item.state != ContextState::Excluded),
        Wish::Earlier => ChatCommand::Move(key, -1),
        Wish::Later => ChatCommand::Move(key, 1),
    }));
}

/// Raises or lowers the budget by a step.
pub(super) fn step_budget(app: &mut App, more: bool, cmds: &mut Vec<Cmd>) {
    let budget = app.chat.tray.tray.budget;
    let step = (budget / STEP).max(LEAST);
    let tokens = if more { budget.saturating_add(step) } else { budget.saturating_sub(step).max(LEAST) };
    set_budget(app, Some(tokens), cmds);
}

/// Sets the tokens that context may take.
pub(super) fn set_budget(app: &mut App, tokens: Option<u32>, cmds: &mut Vec<Cmd>) {
    let most = app.chat.tray.tray.window;
    let tokens = tokens.map(|tokens| most.map_or(tokens, |most| tokens.min(most)));
    let word = match tokens {
        Some(tokens) => format!("context may take {} tokens", crate::text::amount::count(u64::from(tokens))),
        None => "context may take what the window allows".to_owned(),
    };
    app.notices.flash(word, app.now.elapsed);
    cmds.push(Cmd::Chat(ChatCommand::Budget(tokens)));
}
