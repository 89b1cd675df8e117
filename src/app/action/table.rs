//! The table of actions: name, title, default chords, contexts.

mod charts;
mod chat;
mod review;

pub use charts::CHARTS;
pub use chat::CHAT;
pub use review::REVIEW;

use super::Context::{
    Candidates, Charts, Chat, Command, Compare, Composer, Estimate, Filter, Help, Instruct, Ledger, List,
    Models, Notices, Palette, Query, Review, Sessions, Stats, Tray, Tuning, Why, Writing,
};
use super::{Action, Compose, Context, Edit, Move};

/// A section of the help page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Moving about.
    Move,
    /// What is done with a file.
    File,
    /// What is done with the query.
    Query,
    /// The conversation.
    Chat,
    /// Proposed edits.
    Edits,
    /// What is sent with a message.
    Tray,
    /// Models: who answers what.
    Models,
    /// Judges, measured and tuned.
    Judges,
    /// The screen itself.
    Screen,
    /// Editing a line.
    Edit,
}

impl Group {
    /// Every section, in order.
    pub const ALL: [Self; 10] = [
        Self::Move,
        Self::File,
        Self::Query,
        Self::Chat,
        Self::Tray,
        Self::Edits,
        Self::Models,
        Self::Judges,
        Self::Screen,
        Self::Edit,
    ];

    /// The section's title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::File => "The selected file",
            Self::Query => "The query",
            Self::Chat => "The conversation",
            Self::Edits => "Proposed edits",
            Self::Tray => "What is sent",
            Self::Models => "Models",
            Self::Judges => "Judges, measured",
            Self::Screen => "The screen",
            Self::Edit => "Typing",
        }
    }
}

/// One action.
#[derive(Debug)]
pub struct Spec {
    /// What it is.
    pub action: Action,
    /// Its name in `[keys]` and on the command line.
    pub name: &'static str,
    /// What it does, for palette and help.
    pub title: &'static str,
    /// Its chords where none are configured.
    pub chords: &'static [&'static str],
    /// Where its chords hold.
    pub contexts: &'static [Context],
    /// Its section.
    pub group: Group,
    /// Whether the palette lists it.
    pub palette: bool,
}

const PANES: &[Context] = &[List, Why, Ledger];
const FILES: &[Context] = &[List, Why, Ledger];
const RANKED: &[Context] = &[List, Why];
const TALK: &[Context] = &[Chat, Tray, Review];
const ALL_PANES: &[Context] = &[List, Why, Ledger, Chat, Tray, Review];
const TYPING: &[Context] = &[Query, Composer, Instruct, Filter, Command, Palette, Candidates, Sessions];
const EDITING: &[Context] =
    &[Query, Composer, Writing, Instruct, Filter, Command, Palette, Candidates, Sessions];
const MOVES: &[Context] =
    &[List, Why, Ledger, Chat, Tray, Review, Help, Notices, Models, Compare, Stats, Charts, Tuning];
const EVERYWHERE: &[Context] = &[
    Query, List, Why, Ledger, Chat, Composer, Tray, Review, Writing, Instruct, Filter, Command, Palette,
    Help, Notices, Models, Candidates, Estimate, Sessions, Compare, Stats, Charts, Tuning,
];
const PICKER: &[Context] = &[Models, Candidates];
const NOT_OVERLAID: &[Context] = &[Query, List, Why, Ledger, Chat, Composer, Tray, Review];

const TURNED: &[Context] = &[Query, List, Why, Ledger, Chat, Composer, Tray, Review, Compare];

const fn shown(
    action: Action,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
    (contexts, group): (&'static [Context], Group),
) -> Spec {
    Spec { action, name, title, chords, contexts, group, palette: true }
}

const fn moving(
    step: Move,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
    contexts: &'static [Context],
) -> Spec {
    Spec { action: Action::Move(step), name, title, chords, contexts, group: Group::Move, palette: false }
}

const fn editing(
    edit: Edit,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
) -> Spec {
    Spec {
        action: Action::Edit(edit),
        name,
        title,
        chords,
        contexts: EDITING,
        group: Group::Edit,
        palette: false,
    }
}

const fn composing(
    edit: Compose,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
) -> Spec {
    Spec {
        action: Action::Compose(edit),
        name,
        title,
        chords,
        contexts: &[Composer],
        group: Group::Edit,
        palette: true,
    }
}

const fn key_only(
    action: Action,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
    (contexts, group): (&'static [Context], Group),
) -> Spec {
    Spec { action, name, title, chords, contexts, group, palette: false }
}

/// Every action, in the order of palette and help. Where characters are typed, a chord that is a plain character is
/// typed, whatever stands here.
pub static TABLE: &[Spec] = &[
    moving(Move::Down, "down", "One row down", &["j", "down", "ctrl+n"], MOVES),
    moving(Move::Up, "up", "One row up", &["k", "up"], MOVES),
    moving(Move::HalfDown, "half-page-down", "Half a page down", &["ctrl+d"], MOVES),
    moving(Move::HalfUp, "half-page-up", "Half a page up", &["ctrl+u"], MOVES),
    moving(Move::PageDown, "page-down", "A page down", &["pagedown", "ctrl+f"], MOVES),
    moving(Move::PageUp, "page-up", "A page up", &["pageup", "ctrl+b"], MOVES),
    moving(Move::Top, "top", "To the first row", &["g", "home"], MOVES),
    moving(Move::Bottom, "bottom", "To the last row", &["G", "end"], MOVES),
    key_only(Action::FocusNext, "next-pane", "Next pane, or answer", &["tab"], (TURNED, Group::Move)),
    key_only(
        Action::FocusPrevious,
        "previous-pane",
        "Pane or answer before",
        &["shift+tab"],
        (TURNED, Group::Move),
    ),
    key_only(Action::Back, "back", "Back, one layer at a time", &["esc"], (EVERYWHERE, Group::Move)),
    shown(Action::Open, "open", "Open in the editor", &["enter", "o"], (RANKED, Group::File)),
    key_only(
        Action::Toggle,
        "toggle",
        "Fold a group, or open a file",
        &["enter", "space", "o"],
        (&[Ledger], Group::File),
    ),
    shown(Action::NextSpan, "next-evidence", "Next evidence", &["n", "]"], (RANKED, Group::File)),
    shown(Action::PreviousSpan, "previous-evidence", "Evidence before", &["N", "["], (RANKED, Group::File)),
    shown(Action::Pin, "pin", "Pin this file, or unpin it", &["p"], (RANKED, Group::File)),
    shown(Action::Exclude, "exclude", "Exclude this file", &["x"], (FILES, Group::File)),
    shown(Action::UndoExclude, "undo-exclude", "Undo the last exclusion", &["u"], (PANES, Group::File)),
    shown(Action::Rejudge, "rejudge", "Re-judge this file", &["r"], (FILES, Group::File)),
    shown(Action::AskWhy, "ask-why", "Ask the model why", &["w"], (RANKED, Group::File)),
    shown(Action::CopyPath, "copy-path", "Copy the path", &["y"], (FILES, Group::File)),
    shown(Action::CopyReason, "copy-reason", "Copy the reason", &["Y"], (FILES, Group::File)),
    shown(Action::Pager, "pager", "Show the file in $PAGER", &["P"], (RANKED, Group::File)),
    shown(
        Action::FocusComposer,
        "message",
        "Type a message",
        &["c", "alt+c"],
        (&[Query, List, Why, Ledger, Chat, Tray], Group::Chat),
    ),
    key_only(Action::Reply, "reply", "Type a message", &["i"], (TALK, Group::Chat)),
    shown(Action::FocusQuery, "query", "Edit the query", &["i", "ctrl+l"], (PANES, Group::Query)),
    key_only(
        Action::SearchLine,
        "search",
        "Search without asking",
        &["ctrl+l"],
        (&[Chat, Composer, Tray, Review], Group::Query),
    ),
    shown(Action::Filter, "filter", "Filter rows by path", &["/"], (PANES, Group::Query)),
    shown(Action::Sort, "sort", "Sort by the next order", &["s"], (RANKED, Group::Query)),
    shown(Action::RejudgeAll, "rejudge-all", "Re-judge everything", &["R"], (PANES, Group::Query)),
    shown(Action::Judge, "judge", "Judge by the model", &["J"], (PANES, Group::Query)),
    shown(Action::Cancel, "cancel", "Stop the running query", &[], (PANES, Group::Query)),
    shown(Action::Task, "task", "Set the task", &["t"], (PANES, Group::Query)),
    shown(Action::ShowLedger, "ledger", "Why files have no verdict", &["L", "5"], (PANES, Group::Query)),
    shown(Action::Models, "models", "Choose models", &["M", "ctrl+o"], (NOT_OVERLAID, Group::Models)),
    key_only(
        Action::PickModel,
        "pick-model",
        "Change the task's model",
        &["enter", "tab", "/"],
        (&[Models], Group::Models),
    ),
    key_only(Action::TestModel, "test-model", "Send a test call", &["t", "ctrl+t"], (PICKER, Group::Models)),
    key_only(
        Action::DefaultModel,
        "default-model",
        "Back to the configuration",
        &["d"],
        (&[Models], Group::Models),
    ),
    shown(
        Action::FindModels,
        "find-models",
        "Look for models again",
        &["r", "ctrl+r"],
        (PICKER, Group::Models),
    ),
    key_only(Action::Confirm, "confirm", "Ask for what it costs", &["enter"], (&[Estimate], Group::Models)),
    key_only(Action::Decline, "decline", "Keep to the embedded judge", &["e"], (&[Estimate], Group::Models)),
    shown(Action::ShowList, "list", "The ranked list", &["1", "alt+1"], (NOT_OVERLAID, Group::Screen)),
    shown(Action::ShowChat, "chat", "The conversation", &["2", "alt+2"], (NOT_OVERLAID, Group::Screen)),
    shown(
        Action::ShowReview,
        "review",
        "Review proposed edits",
        &["ctrl+r", "3", "alt+3"],
        (NOT_OVERLAID, Group::Screen),
    ),
    shown(Action::ShowWhy, "why", "Why this file", &["4", "alt+4"], (NOT_OVERLAID, Group::Screen)),
    key_only(Action::Palette, "commands", "Commands", &["ctrl+p"], (EVERYWHERE, Group::Screen)),
    key_only(Action::CommandLine, "command-line", "Command line", &[":"], (ALL_PANES, Group::Screen)),
    shown(Action::Help, "help", "Help", &["?", "f1"], (EVERYWHERE, Group::Screen)),
    shown(Action::Themes, "themes", "Theme, tried as you pick", &[], (ALL_PANES, Group::Screen)),
    shown(Action::Stats, "stats", "Figures: what models did", &[], (ALL_PANES, Group::Models)),
    key_only(Action::StatsDays, "stats-days", "Figures of other days", &["d"], (&[Stats], Group::Models)),
    shown(Action::Notices, "notices", "Notices of this session", &["!"], (ALL_PANES, Group::Screen)),
    shown(Action::Mouse, "mouse", "Release or take the mouse", &["m"], (PANES, Group::Screen)),
    shown(Action::ReloadConfig, "reload-config", "Reload the configuration", &[], (ALL_PANES, Group::Screen)),
    shown(
        Action::Suspend,
        "suspend",
        "Suspend to the shell",
        &["ctrl+z"],
        (&[List, Why, Ledger, Chat, Tray], Group::Screen),
    ),
    shown(Action::Quit, "quit", "Quit; close what floats", &["q"], (MOVES, Group::Screen)),
    key_only(Action::Interrupt, "interrupt", "Quit, pressed twice", &["ctrl+c"], (EVERYWHERE, Group::Screen)),
    key_only(Action::Accept, "accept", "Accept, and on to the list", &["enter"], (TYPING, Group::Edit)),
    key_only(Action::Complete, "complete", "Complete", &["tab"], (&[Command, Palette], Group::Edit)),
    key_only(Action::HistoryOlder, "older", "Older query, or one up", &["up"], (TYPING, Group::Edit)),
    key_only(
        Action::HistoryNewer,
        "newer",
        "Newer query, or to the list",
        &["down", "ctrl+n"],
        (TYPING, Group::Edit),
    ),
    editing(Edit::LineStart, "line-start", "To the line's start", &["home", "ctrl+a"]),
    editing(Edit::LineEnd, "line-end", "To the line's end", &["end", "ctrl+e"]),
    editing(Edit::WordLeft, "word-left", "A word to the left", &["ctrl+left", "alt+b", "alt+left"]),
    editing(Edit::WordRight, "word-right", "A word to the right", &["ctrl+right", "alt+f", "alt+right"]),
    editing(
        Edit::DeleteWord,
        "delete-word",
        "Delete the word before",
        &["ctrl+w", "alt+backspace", "ctrl+backspace"],
    ),
    editing(Edit::DeleteNextWord, "delete-next-word", "Delete the next word", &["alt+d", "ctrl+delete"]),
    editing(Edit::DeleteNext, "delete-next", "Delete under the cursor", &["ctrl+d"]),
    editing(Edit::KillToStart, "kill-to-start", "Delete to the start", &["ctrl+u"]),
    editing(Edit::KillToEnd, "kill-to-end", "Delete to the end", &["ctrl+k"]),
    editing(Edit::Undo, "undo", "Undo", &["ctrl+z"]),
    editing(Edit::Redo, "redo", "Redo", &["ctrl+y", "alt+z"]),
    composing(Compose::NewLine, "new-line", "New line", &["alt+enter", "ctrl+j", "shift+enter"]),
    composing(Compose::SelectAll, "select-all", "Select the whole message", &["alt+a"]),
    composing(Compose::Copy, "copy-selection", "Copy what is selected", &["alt+w"]),
    composing(Compose::Yank, "yank", "Insert what was deleted last", &["alt+y"]),
    composing(Compose::TextStart, "text-start", "To the message's start", &["ctrl+home", "alt+<"]),
    composing(Compose::TextEnd, "text-end", "To the message's end", &["ctrl+end", "alt+>"]),
    composing(Compose::Expand, "expand-paste", "Type out the paste at the cursor", &["alt+e"]),
    composing(Compose::PastePicture, "paste-picture", "Attach the clipboard's picture", &["ctrl+v", "alt+v"]),
    composing(Compose::Editor, "edit-message", "Write the message in $EDITOR", &["ctrl+g"]),
    composing(Compose::SearchPast, "search-messages", "Search the messages sent before", &["alt+r"]),
];
