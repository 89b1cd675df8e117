//! Asking: the one place that sends a request to a judge.

use crate::domain::{DetailLevel, JudgeName, QueryCommand, QueryRequest};

use super::super::cmd::Cmd;
use super::super::state::{App, Overlay};

/// Rows explained without being asked for: more than the largest list shows at once.
const EXPLAINED: u32 = 40;

/// Asks a judge what is typed.
pub(super) fn ask_of(app: &mut App, judge: JudgeName, cmds: &mut Vec<Cmd>) {
    app.timers.typing += 1;
    if matches!(app.overlay, Some(Overlay::Estimate(_))) {
        app.overlay = None;
    }
    let (generation, text) = app.query.begin(judge);
    if text.is_empty() {
        // Nothing is judged for nothing; the engine answers with what is active.
        app.list.clear();
        app.query.details.clear();
    }
    let judge = app.query.judge.clone();
    let details = DetailLevel::Top(EXPLAINED);
    cmds.push(Cmd::Query(QueryCommand::Ask(QueryRequest { generation, text, judge, details })));
}
