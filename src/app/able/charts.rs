//! Whether evaluations and tunings can be made or changed now.

use super::super::action::ChartAction;
use super::super::evaluating::ChartPart;
use super::super::state::{App, Overlay};
use crate::domain::EvalTask;
use crate::text::amount::{plural, score};

/// Whether an action can run now.
pub(super) fn enabled(app: &App, action: ChartAction) -> Result<(), String> {
    let need = |is: bool, why: &str| if is { Ok(()) } else { Err(why.to_owned()) };
    let evaluating = &app.evaluating;
    match action {
        ChartAction::Open | ChartAction::Tune | ChartAction::Next | ChartAction::Previous => Ok(()),
        ChartAction::Forget => need(evaluating.running(EvalTask::Tune).is_none(), "it is being tuned"),
        ChartAction::Run => {
            need(evaluating.has_repository(), "this is no repository")?;
            let busy = evaluating.running.as_ref().map(|running| match running.task {
                EvalTask::Evaluate => "judges are being measured",
                EvalTask::Tune => "the judge is being tuned",
            });
            busy.map_or(Ok(()), |why| Err(why.to_owned()))
        }
        ChartAction::Lower | ChartAction::Higher => {
            need(evaluating.own().is_some(), "nothing was measured yet")
        }
        ChartAction::Default => {
            let kept = evaluating.kept_threshold().is_some();
            let moved = matches!(&app.overlay, Some(Overlay::Charts(page)) if page.step.is_some());
            need(kept || moved, "it is the judge's own")
        }
        ChartAction::Choose => match &app.overlay {
            Some(Overlay::Charts(page)) => match page.part {
                ChartPart::Threshold => need(page.step.is_some(), "left and right move it first"),
                ChartPart::Missed => need(page.selected(evaluating).is_some(), "nothing was missed"),
                ChartPart::Files | ChartPart::Tokens => {
                    Err("nothing to keep here; tab goes to the threshold".to_owned())
                }
            },
            Some(_) | None => Err("no charts are open".to_owned()),
        },
    }
}

/// What an action would work on, for the palette.
pub(super) fn subject(app: &App, action: ChartAction) -> String {
    let known = app.evaluating.known.as_ref();
    match action {
        ChartAction::Open => app.evaluating.evaluation().map_or_else(String::new, |evaluation| {
            let own = evaluation.judge("embedded");
            own.map_or_else(String::new, |own| format!("R@10 {}", score(own.recall_at_10.mean as f32)))
        }),
        ChartAction::Tune => match known {
            Some(known) if known.is_tuned => "tuned".to_owned(),
            Some(_) | None => String::new(),
        },
        ChartAction::Forget => known.map_or_else(String::new, |known| match known.feedback.total() {
            0 => String::new(),
            samples => plural(samples.into(), "sample"),
        }),
        ChartAction::Run
        | ChartAction::Next
        | ChartAction::Previous
        | ChartAction::Lower
        | ChartAction::Higher
        | ChartAction::Choose
        | ChartAction::Default => String::new(),
    }
}
