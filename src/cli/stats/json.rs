//! The figures as lines of JSON.

use std::time::Duration;

use serde_json::{Value, json};

use crate::chat::export::safe;
use crate::domain::{Spread, StatRow, Stats};

/// One object a line.
pub fn lines(stats: &Stats) -> Vec<String> {
    let models = stats.rows.iter().map(model);
    let days = stats.days.iter().zip(&stats.daily).map(|(day, figures)| {
        json!({
            "event": "day",
            "day": &**day,
            "answers": figures.answers,
            "first_token_ms": figures.first_token.map(millis),
            "hunks": figures.hunks,
            "accepted": figures.accepted,
            "tokens": figures.tokens,
            "usd": figures.usd,
        })
    });
    let done = json!({ "event": "done", "days": stats.days.len(), "models": stats.rows.len() });
    models.chain(days).chain([done]).map(|value| safe(&value.to_string())).collect()
}

fn model(row: &StatRow) -> Value {
    let figures = &row.figures;
    json!({
        "event": "model",
        "task": row.task.name(),
        "model": row.model.as_ref().map(ToString::to_string),
        "answers": figures.answers,
        "failed": figures.failed,
        "up": figures.up,
        "down": figures.down,
        "compared": figures.compared,
        "picked": figures.picked,
        "edits": figures.edits,
        "hunks": figures.hunks,
        "accepted": figures.accepted,
        "characters": figures.characters,
        "committed": figures.committed,
        "standing": figures.standing,
        "first_token_ms": figures.first_token.map(spread),
        "total_ms": figures.total.map(spread),
        "tokens_in": figures.tokens_in,
        "tokens_out": figures.tokens_out,
        "usd": figures.usd,
        "unpriced": figures.unpriced,
        "daily": row.daily,
    })
}

fn spread(spread: Spread) -> Value {
    json!({ "p50": millis(spread.p50), "p95": millis(spread.p95) })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
