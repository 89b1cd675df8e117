//! Policy: what `quarry doctor` says of what models may see and spend.

use std::time::Duration;

use jiff::Zoned;
use serde_json::{Value, json};

use super::{Section, clean, shown};
use crate::cli::setup::Setup;
use crate::config::BudgetConfig;
use crate::llm::egress::BUILT_IN;
use crate::store::{Spent, Store};
use crate::text::amount::{bytes, count, plural};

/// How long the disk has to tell what was spent.
const PATIENCE: Duration = Duration::from_secs(5);

/// What may leave, what may be spent, and where that is kept.
pub fn section(setup: &Setup) -> Section {
    let store = Store::in_dirs(&setup.sources.dirs);
    let today = today(&store);
    let kept = match store.take_notice() {
        Some(notice) => format!("{}: {}", notice.title, notice.cause.unwrap_or_default()),
        None => log(&store),
    };
    Section {
        name: "policy",
        facts: vec![
            ("local_only".into(), json!(setup.config.local_only)),
            ("budgets".into(), budgets(setup)),
            ("spent today".into(), json!(today)),
            ("redaction".into(), json!("on, for every call that leaves this machine")),
            ("private files".into(), private(setup)),
            ("egress log".into(), json!(clean(&kept))),
        ],
    }
}

fn today(store: &Store) -> String {
    match store.spent_on(&Zoned::now().date().to_string(), PATIENCE) {
        Ok(models) => {
            let mut sum = Spent::default();
            for (_, spent) in models {
                sum += spent;
            }
            let unpriced = match sum.unpriced {
                0 => String::new(),
                tokens => format!(", {} of unknown price", plural(tokens, "token")),
            };
            format!(
                "${:.4}, {} in {}{unpriced}",
                sum.usage.usd,
                plural(sum.tokens(), "token"),
                plural(sum.calls, "call")
            )
        }
        Err(error) => error.to_string(),
    }
}

fn budgets(setup: &Setup) -> Value {
    let spending = setup.config.budget;
    let usd = |name: &str, usd: Option<f64>| usd.map(|usd| format!("${usd} {name}"));
    let tokens =
        |name: &str, tokens: Option<u64>| tokens.map(|tokens| format!("{} tokens {name}", count(tokens)));
    let mut all: Vec<String> = [
        usd("a session", spending.session_usd),
        tokens("a session", spending.session_tokens),
        usd("a day", spending.day_usd),
        tokens("a day", spending.day_tokens),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (task, config) in &setup.config.tasks {
        let BudgetConfig { tokens: most_tokens, usd: most_usd, seconds } = config.budget;
        let name = clean(&format!("a query of {task}"));
        all.extend(tokens(&name, most_tokens));
        all.extend(usd(&name, most_usd));
        all.extend(seconds.map(|seconds| format!("{seconds} s {name}")));
    }
    if all.is_empty() { json!("none set; see [budget] in config.toml") } else { json!(all) }
}

fn private(setup: &Setup) -> Value {
    let mut all = vec![format!("{} built in", plural(BUILT_IN.len() as u64, "glob"))];
    all.extend(setup.config.private.iter().map(|glob| clean(glob)));
    let rules = setup.roots.iter().map(|root| root.join(".quarryignore")).filter(|file| file.exists());
    all.extend(rules.map(|file| shown(&file)));
    json!(all)
}

fn log(store: &Store) -> String {
    let Some(path) = store.path() else { return "in memory".into() };
    match std::fs::metadata(path) {
        Ok(meta) => format!("{}, {}; `quarry doctor --egress` prints it", path.display(), bytes(meta.len())),
        Err(_) => format!("{}, not there yet: nothing was ever sent", path.display()),
    }
}
