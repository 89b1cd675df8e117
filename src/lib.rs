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
//! goes to the screen, at most each 33 ms; explanations follow for the rows that are seen.
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
//! - Probabilities are calibrated against "was modified by the commit that the request was mined from". That is rarer
//!   than "helps", so they read low; the verdict's threshold is fitted for recall and is far below one half.

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
