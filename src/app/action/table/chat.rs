//! The table's part for the conversation and its context.

use super::super::ChatAction::{
    All, Apply, Attach, Auto, BranchOff, Compact, Compare as Beside, CopyCited, CopyCode, CopyMessage,
    Delete, DropItem, Earlier, EditMessage, Export, Fewer, Find, Fold, Later, More, New, NextBranch,
    NextCitation, NextCode, NextMatch, NextTurn, Now, OpenCitation, OpenItem, Pick, PinItem, PreviousBranch,
    PreviousCitation, PreviousMatch, PreviousTurn, RateDown, RateUp, RateWord, Rename, Retry, RetryLess,
    RetryWith, Sessions as Conversations, TakeBack, Tray as Opened,
};
use super::super::Context::{self, Chat, Compare, Composer, Ledger, List, Query, Sessions, Tray, Why};
use super::super::{Action, ChatAction};
use super::{Group, Spec};

const TALK: &[Context] = &[Chat];
const ITEMS: &[Context] = &[Tray];
const ANSWERING: &[Context] = &[Query, List, Why, Ledger, Chat, Composer, Tray];

const fn said(
    action: ChatAction,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
    contexts: &'static [Context],
) -> Spec {
    super::shown(Action::Chat(action), name, title, chords, (contexts, Group::Chat))
}

/// Of what is sent: listed by help, and by the tray itself.
const fn item(
    action: ChatAction,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
    contexts: &'static [Context],
) -> Spec {
    super::key_only(Action::Chat(action), name, title, chords, (contexts, Group::Tray))
}

/// Every action on the conversation, in the order of palette and help.
pub const CHAT: &[Spec] = &[
    said(Opened, "tray", "The context tray: what is sent", &["t", "alt+t"], &[Query, Chat, Composer, Tray]),
    said(Now, "answer-now", "Answer now, with what is judged", &["alt+n"], ANSWERING),
    said(All, "wait-for-all", "Answer when all files are judged", &["alt+l"], ANSWERING),
    said(TakeBack, "take-back", "Take a waiting message back", &["alt+up"], &[Chat, Composer]),
    said(NextTurn, "next-turn", "Next message", &["J", "ctrl+down"], TALK),
    said(PreviousTurn, "previous-turn", "Message before", &["K", "ctrl+up"], TALK),
    said(NextCitation, "next-citation", "Next citation", &["]"], TALK),
    said(PreviousCitation, "previous-citation", "Citation before", &["["], TALK),
    said(OpenCitation, "open-citation", "Show what is cited, or review the edit", &["enter", "o"], TALK),
    said(CopyMessage, "copy-message", "Copy this message", &["y"], TALK),
    said(CopyCode, "copy-code", "Copy its code block", &["Y"], TALK),
    said(Apply, "apply", "Review its code as an edit", &["a"], TALK),
    said(NextCode, "next-code", "Next code block", &["}"], TALK),
    said(Fold, "fold", "Fold or unfold code and long text", &["z"], TALK),
    said(Find, "find", "Find words in this conversation", &["/"], TALK),
    said(NextMatch, "next-match", "Next match", &["n"], TALK),
    said(PreviousMatch, "previous-match", "Match before", &["b"], TALK),
    said(CopyCited, "copy-cited", "Copy the path that is cited", &["ctrl+y"], TALK),
    said(EditMessage, "edit-turn", "Edit this message and send it again", &["e"], TALK),
    said(Retry, "retry", "Answer again", &["r"], TALK),
    said(RetryWith, "retry-with", "Answer again by another model", &["R"], TALK),
    said(RetryLess, "retry-with-less", "Answer again with less context", &["<"], TALK),
    said(PreviousBranch, "previous-branch", "Branch before", &["h", "left"], TALK),
    said(NextBranch, "next-branch", "Next branch", &["l", "right"], TALK),
    said(RateUp, "rate-up", "This answer helped", &["+"], TALK),
    said(RateDown, "rate-down", "This answer did not help", &["-"], TALK),
    said(RateWord, "rate-word", "Say why, in a word", &["w"], TALK),
    said(Beside, "compare", "Answers side by side", &["v"], TALK),
    item(Pick, "pick", "Take the marked answer as the best", &["enter", "p"], &[Compare]),
    said(Conversations, "sessions", "Earlier conversations", &["s", "alt+s"], &[Chat, Composer]),
    item(Delete, "delete-session", "Delete it, pressed twice", &["ctrl+x"], &[Sessions]),
    said(BranchOff, "branch-off", "New conversation from this message", &["B", "alt+o"], &[Chat, Sessions]),
    said(New, "new-chat", "New conversation", &["N"], TALK),
    said(Rename, "rename-chat", "Name this conversation", &["T"], TALK),
    said(Export, "export-chat", "Write this conversation to a file", &["E"], TALK),
    said(Compact, "compact-chat", "Send a summary of older messages", &["C"], TALK),
    said(Attach, "attach", "Send this file with messages", &["space"], &[List, Why]),
    item(OpenItem, "open-item", "Show its lines", &["enter", "o"], ITEMS),
    item(PinItem, "pin-item", "Always send it, or as the judge says", &["p", "space"], ITEMS),
    item(DropItem, "drop-item", "Leave it out, or take it back", &["x", "d"], ITEMS),
    item(Earlier, "item-up", "Up in the order of claim", &["K", "shift+up"], ITEMS),
    item(Later, "item-down", "Down in the order of claim", &["J", "shift+down"], ITEMS),
    item(More, "budget-more", "More tokens for context", &["+", "="], ITEMS),
    item(Fewer, "budget-fewer", "Fewer tokens for context", &["-"], ITEMS),
    item(Auto, "budget-auto", "As many as the window allows", &["0"], ITEMS),
];
