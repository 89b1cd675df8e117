//! Asking a model: whether there is one of that name, and what the user agreed to pay for.

use super::super::complaint::Complaint;
use super::super::setup::Setup;
use crate::domain::{Estimate, JudgeName, ModelRef, TaskKind};
use crate::llm::Llm;
use crate::runtime::judge_names;
use crate::text::amount::{count, plural};
use crate::text::nearest::nearest;

/// Dollars that a query may cost without anybody having agreed to them.
const UNASKED: f64 = 0.25;

/// The judge of a name: one that ships inside, or any model.
///
/// # Errors
/// A [`Complaint`] for a name that is neither.
pub fn judge(name: &str) -> anyhow::Result<JudgeName> {
    let known = judge_names();
    if known.iter().any(|judge| &*judge.0 == name) || name.parse::<ModelRef>().is_ok() {
        return Ok(JudgeName(name.into()));
    }
    let names: Vec<&str> = known.iter().map(|judge| &*judge.0).collect();
    let complaint = Complaint::usage(format!("there is no judge named `{name}`"));
    let complaint =
        complaint.cause(format!("known judges: {}, and BACKEND/MODEL for any model", names.join(", ")));
    Err(match nearest(name, names) {
        Some(near) => complaint.hint(format!("did you mean `{near}`?")),
        None => complaint.hint("`quarry models` lists the models there are"),
    }
    .into())
}

/// Waits until models were looked for, and checks that the one named is there.
///
/// # Errors
/// A [`Complaint`] that names the nearest one.
pub async fn find(llm: Option<&Llm>, judge: &JudgeName) -> anyhow::Result<()> {
    let (Some(llm), Ok(model)) = (llm, judge.0.parse::<ModelRef>()) else { return Ok(()) };
    llm.settled().await;
    if llm.model(&model).is_some() {
        return Ok(());
    }
    let backends = llm.backends();
    let names: Vec<String> =
        backends.iter().flat_map(|backend| &backend.models).map(|status| status.model.to_string()).collect();
    let complaint = Complaint::failed(format!("there is no model `{judge}`"));
    let near = nearest(&judge.0, names.iter().map(String::as_str));
    Err(match near {
        Some(near) => complaint.hint(format!("did you mean `{near}`?")),
        None => complaint.hint("`quarry models` lists the models there are, and says how to add one"),
    }
    .into())
}

/// What may be spent without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Everything: `--yes`.
    All,
    /// What the configured budget lets through, which stops it.
    Budget,
    /// Little.
    Little,
}

impl Consent {
    /// From the command line and the configuration.
    pub fn new(yes: bool, setup: &Setup) -> Self {
        let budget =
            setup.config.tasks.get(TaskKind::Judge.name()).map(|task| task.budget).unwrap_or_default();
        match (yes, budget.usd.is_some() || budget.tokens.is_some()) {
            (true, _) => Self::All,
            (false, true) => Self::Budget,
            (false, false) => Self::Little,
        }
    }

    /// Whether the query may go on.
    ///
    /// # Errors
    /// A [`Complaint`] that says what it would cost, and how to agree.
    pub fn check(self, estimate: &Estimate) -> anyhow::Result<()> {
        let little = estimate.usd.is_some_and(|usd| usd <= UNASKED);
        if self != Self::Little || little {
            return Ok(());
        }
        let complaint = Complaint::usage(format!("not asked yet: {}", words(estimate)));
        Err(complaint.hint("agree with --yes, or set a budget in `[task.judge.budget]`").into())
    }
}

/// An estimate in one line.
pub fn words(estimate: &Estimate) -> String {
    let money = match estimate.usd {
        Some(usd) if usd < 0.005 => "less than a cent".to_owned(),
        Some(usd) => format!("about ${usd:.2}"),
        None => "at a price that is not known".to_owned(),
    };
    let files = plural(u64::from(estimate.files), "file");
    let tokens = count(estimate.tokens_in + estimate.tokens_out);
    let judge = crate::text::sanitize::sanitize_line(&estimate.judge.0).into_owned();
    let stopped = estimate
        .stopped_by
        .as_ref()
        .map_or_else(String::new, |why| format!("; the budget of {why} stops it before"));
    format!("{judge} about {files}: about {tokens} tokens, {money}{stopped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(usd: Option<f64>) -> Estimate {
        Estimate {
            judge: JudgeName("lab/big".into()),
            files: 1_284,
            known: 0,
            tokens_in: 1_900_000,
            tokens_out: 1_284,
            usd,
            time: None,
            stopped_by: None,
        }
    }

    #[test]
    fn more_than_little_needs_a_yes_or_a_budget() {
        assert!(Consent::Little.check(&estimate(Some(0.2))).is_ok());
        assert!(Consent::Little.check(&estimate(Some(0.3))).is_err());
        assert!(Consent::Little.check(&estimate(None)).is_err(), "an unknown price is not free");
        assert!(
            Consent::Budget.check(&estimate(None)).is_ok()
                && Consent::All.check(&estimate(Some(9.0))).is_ok()
        );
    }

    #[test]
    fn an_estimate_is_one_line() {
        assert_eq!(
            words(&estimate(Some(0.61))),
            "lab/big about 1,284 files: about 1,901,284 tokens, about $0.61"
        );
    }

    #[test]
    fn a_name_with_a_slash_may_be_a_model() {
        assert!(judge("lab/qwen").is_ok() && judge("embedded").is_ok());
        assert!(judge("embeded").is_err() && judge("lab/").is_err());
    }
}
