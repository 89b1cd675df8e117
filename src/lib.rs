//! Quarry: a full-screen terminal coding assistant that asks a judge about every file of the tree.
//!
//! # Map
//!
//! ```text
//! main -> cli -> runtime -> tree, index, query, chat, eval, edit,   services: own threads, speak domain events
//!                   |       llm, store
//!                   |            '-> config -> text -> domain
//!                   '----> ui -> app -> config, text, domain
//! ```
//!
//! An arrow means "may name"; nothing points back, and `tests/tidy.rs` checks it. [`app`] and [`ui`] never name a service,
//! services never name them: [`runtime`] carries [`domain`] events between both.
//!
//! | module | owns |
//! |---|---|
//! | [`domain`] | ids, paths, verdicts, ledger states, commits, requests, events: plain data |
//! | [`text`] | width, cutting, wrapping, sanitising, highlighting, fuzzy matching |
//! | [`config`] | layered configuration with soft errors, chords, folders |
//! | [`tree`] | walk, ignore rules, watch, git state, history |
//! | [`index`] | tokens, outlines, imports, postings, history text, snapshots |
//! | [`store`] | what is kept between runs: conversations, figures of models and edits, egress log, spend, calibration |
//! | [`llm`] | backends, wire protocols, routing, budgets, egress |
//! | [`query`] | M Query: [`query::Engine`], judges, ranking, the coverage ledger |
//! | [`chat`] | conversations; what is sent with a question ([`chat::context`]) and what comes back |
//! | [`edit`] | edit formats, strict locating, the scope guard, merging, writing all or none |
//! | [`command`] | edits from instruction to commit: asking, reviewing, writing, undoing, checking |
//! | [`eval`] | mining commits, replay, metrics, fitting the embedded judge |
//! | [`app`] | the screen's state; `update(&mut App, Msg) -> Vec<Cmd>` without I/O, clock or failure |
//! | [`ui`] | theme, layout, widgets, panes, overlays; `view(&App, ...)` |
//! | [`runtime`] | terminal, event loop, `Cmd` executor, services, editor, clipboard |
//! | [`cli`] | arguments, one module a subcommand, printed and JSON output, exit codes |
//!
//! # One query
//!
//! A pause in typing sends [`domain::QueryCommand::Ask`] to the engine's thread, which owns index, ledger and query. The
//! judge opens a [`query::Session`]: the embedded one ([`query::judges::embedded`]) reads the request against the index
//! once, giving each file a row of evidence, and then answers in packs, best first. Between packs the engine looks for a
//! newer request. [`query::rank`] fuses each probability with what the developer is doing, and a ranking of all files
//! goes to the screen, at most each 33 ms; explanations follow for the rows that are seen. The index knows only stretches
//! of a file, so for these rows the file is read once more, and evidence shrinks to the fewest lines that say its words.
//!
//! A model ([`query::judges::model`]) answers outside that thread: the embedded judge still orders the files and stands in
//! for it in the list, and a [`query::Crew`] is handed files best first, only as many as it has room for, so that what is
//! saved or looked at next comes next. Verdicts come back in batches through the engine's inbox, reasons of the files
//! that came out yes in a second call. What costs money or sends files away waits for
//! [`domain::QueryCommand::GoOn`]; a budget that is spent leaves the rest over budget, never "no".
//!
//! A save is debounced and stat-ed again by [`tree`], read and outlined by [`index::Indexer`], replaces the file's entry in
//! the index, and is judged alone in the open session; its row says that it is stale until then.
//!
//! # One edit
//!
//! [`domain::EditCommand::Ask`] reaches [`command::Commander`], which resolves the target, takes context from what the list and
//! the tray show, and asks in the form that the model is best at ([`edit::EditFormat`], native calls of tools included). A
//! [`command::Attempt`] reads the answer as it streams: each complete part is a [`edit::Directive`], located strictly or refused
//! with a diagnosis that goes back to the model, at most twice. What differs becomes hunks, and the scope guard classes them by
//! the leaves of both syntax trees. Decisions, splits and comments come from the review; a change on disk meanwhile is
//! merged three ways. [`edit::apply()`] exchanges the files' names with staged bytes under a journal, so that a crash at any
//! call, and a write by anybody in between, is found and taken back.
//!
//! # Where this departs from the first plan, and why
//!
//! - The index lives in memory and is kept as one checksummed snapshot file, not in a database: loading is one read, a
//!   crash leaves the old or the new file, and two programs on one tree cannot disturb each other.
//! - `app` and `ui` may name `config`: it is plain checked data, and a second copy of keys and themes in `domain` would
//!   only be kept equal by hand.
//! - Outlines come from a table of node kinds walked once, not from tag queries: those take up to half a second to
//!   compile for one language, and the same walk yields comments and imports.
//! - The embedded judge answers from evidence of the whole index, so its answers are cached only while the index stands
//!   still ([`query::Reach`]).
//! - "Yes" is no fixed probability: a file is listed from a given part of the number of answers to expect, raised to 1.5, on, so
//!   that a clear request has a short list and a vague one a long one; in lists of the same median length that holds more.
//! - Who asks is evidence: the judge knows which commits are the user's own, by the address in git's configuration, and in an
//!   evaluation by the author of the commit that a request was mined from. Of that commit nothing else is known. Where most
//!   commits are the user's that is left out: it cost recall there.
//! - Pairs of files teach the judge in proportion to how close they are, and every request teaches as much as any other: weighed
//!   only by what swapping them changes, requests with many answers would lead.
//! - A file that moved keeps its past: git records no moves, so they are found by content while history is read, and what older
//!   commits say of a path counts for the file that moved from there. Messages without their trailers ranked no better.
//! - What words mean is a table of 64 numbers a word ([`query::judges::embedded::lexicon`]), learned from commits alone, and no encoder: it
//!   ranked held-out repositories as well as a sentence encoder's vectors did as evidence, at a few milliseconds a request and 1 MB.
//!   Rows are read with a lexicon that their repository did not teach, or the trees would trust it too far.
//! - One look is enough: trees that read what first trees said of the leaders, with links followed anew from there, ranked no
//!   better on repositories held out; nor did words weighed by how well they told of files in past commits, or words that
//!   begin alike ("auth", "authentication").
//! - Probabilities are calibrated against "was modified by the commit that the request was mined from". That is rarer
//!   than "helps", so they read low.

pub mod app;
pub mod chat;
pub mod cli;
pub mod command;
pub mod config;
pub mod domain;
pub mod edit;
pub mod eval;
pub mod index;
pub mod llm;
pub mod query;
pub mod runtime;
pub mod store;
pub mod text;
pub mod tree;
pub mod ui;
