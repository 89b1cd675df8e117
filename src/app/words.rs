//! Words for states and times, as the screen and its messages write them.

use std::time::Duration;

use crate::domain::{Choice, JudgeName, LedgerState, ModelRef};
use crate::text::amount;

/// A time span, short: `38 ms`, `1.2 s`, `26 s`, `3 min`.
pub fn span(time: Duration) -> String {
    let ms = time.as_millis();
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..10_000 => format!("{:.1} s", time.as_secs_f64()),
        10_000..90_000 => format!("{} s", time.as_secs()),
        _ => format!("{} min", (time.as_secs() + 30) / 60),
    }
}

/// Why a file stands where it does, for people.
pub fn state(state: &LedgerState) -> String {
    match state {
        LedgerState::Queued => "waiting to be judged".into(),
        LedgerState::Judging => "being judged".into(),
        LedgerState::Yes => "judged helpful".into(),
        LedgerState::No => "judged not helpful".into(),
        LedgerState::Skipped(reason) => reason.to_string(),
        LedgerState::Failed { why, .. } => why.clone(),
        LedgerState::OverBudget => "the budget was spent before its turn".into(),
    }
}

/// Who does a task, by the model's own name.
pub fn choice(choice: &Choice) -> String {
    match choice {
        Choice::Embedded => "embedded".into(),
        // Hubs name models by their owner too; what people call them comes last.
        Choice::Model(model) => model.model.rsplit('/').next().unwrap_or(&model.model).to_owned(),
        Choice::Nobody => "nobody".into(),
    }
}

/// Who judges, by the model's own name.
pub fn judge(judge: &JudgeName) -> String {
    judge.0.parse::<ModelRef>().map_or_else(|_| judge.to_string(), |model| choice(&Choice::Model(model)))
}

/// A window in tokens: `128k`, `8k`, `1M`.
pub fn window(tokens: u32) -> String {
    match tokens {
        1_048_576.. if tokens.is_multiple_of(1_048_576) => format!("{}M", tokens / 1_048_576),
        1024.. if tokens.is_multiple_of(1024) => format!("{}k", tokens / 1024),
        _ => amount::short_count(u64::from(tokens)),
    }
}

/// Files in a time: `18/s`, `1.8/s`, `12/min`.
pub fn rate(per_second: f64) -> String {
    match per_second {
        9.95.. => format!("{per_second:.0}/s"),
        1.0.. => format!("{per_second:.1}/s"),
        _ => format!("{:.0}/min", per_second * 60.0),
    }
}

/// What is wrong, without the name that is said before it anyway.
pub fn bare<'a>(why: &'a str, who: &str) -> &'a str {
    let why = why.strip_prefix("down: ").unwrap_or(why);
    let rest = why.strip_prefix(who).map(|rest| rest.split_once(": ").map_or(rest, |(_, rest)| rest));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(why)
}

/// US dollars: `$0.21`, `$12`, `<$0.01`; nothing is `$0`.
pub fn usd(amount: f64) -> String {
    match amount {
        ..=0.0 => "$0".into(),
        0.0..0.005 => "<$0.01".into(),
        0.0..99.995 => format!("${amount:.2}"),
        _ => format!("${amount:.0}"),
    }
}
