//! Evaluating on the screen: what the service tells, and what keys do on the pages of charts and of the tuning.

use crate::domain::{EvalCommand, EvalEvent, EvalKnown, EvalTask, JudgeName, Notice, Severity};
use crate::text::amount::{plural, score};
use crate::text::figures;

use super::super::action::{Action, ChartAction};
use super::super::cmd::Cmd;
use super::super::evaluating::{ChartPart, Running, TunePage};
use super::super::state::{App, Overlay};
use super::asking;

/// Takes in what the service tells.
pub(super) fn event(app: &mut App, event: EvalEvent, cmds: &mut Vec<Cmd>) {
    match event {
        EvalEvent::Known(known) => take_known(app, known, cmds),
        EvalEvent::Began(task) => {
            app.evaluating.trouble = None;
            app.evaluating.running = Some(Running::new(task));
        }
        EvalEvent::Progress(progress) => {
            let now = app.now.elapsed;
            if let Some(running) = &mut app.evaluating.running
                && running.task == progress.task
            {
                running.progress(progress, now);
            }
        }
        EvalEvent::Evaluated(evaluation) => {
            over(app, EvalTask::Evaluate);
            if !matches!(app.overlay, Some(Overlay::Charts(_))) {
                let text = evaluation.judge("embedded").map_or_else(String::new, |own| {
                    format!(
                        ": R@10 {} on {}",
                        score(own.recall_at_10.mean as f32),
                        plural(evaluation.commits.into(), "commit")
                    )
                });
                let key = app.key_of(Action::Chart(ChartAction::Open));
                app.note(Notice::new(Severity::Info, format!("The judges are measured{text}")).hint(key));
            }
            if let Some(known) = &mut app.evaluating.known {
                known.evaluation = Some(evaluation);
            }
        }
        EvalEvent::Tuned(tuned) => {
            over(app, EvalTask::Tune);
            app.note(Notice::new(Severity::Info, figures::tuned(&tuned)));
            if let Some(known) = &mut app.evaluating.known {
                known.tuned = Some(tuned);
            }
        }
        EvalEvent::Stopped(task) => {
            over(app, task);
            app.notices.flash("stopped; nothing of it is kept", app.now.elapsed);
        }
        EvalEvent::Failed(task, notice) => {
            over(app, task);
            app.evaluating.trouble = Some((task, notice.clone()));
            app.note(notice);
        }
        EvalEvent::Offer => {
            let key = app.key_of(Action::Chart(ChartAction::Tune));
            let notice = Notice::new(Severity::Info, "The judge can be tuned to the history here");
            app.note(notice.hint(format!("{key} does it")));
        }
        EvalEvent::Notice(notice) => app.note(notice),
    }
}

fn over(app: &mut App, task: EvalTask) {
    app.evaluating.running.take_if(|running| running.task == task);
}

fn take_known(app: &mut App, known: Box<EvalKnown>, cmds: &mut Vec<Cmd>) {
    let before = app.evaluating.known.as_ref().map(|known| (known.threshold, known.is_tuned));
    let changed = before.is_some_and(|before| before != (known.threshold, known.is_tuned));
    let tuned_anew =
        known.is_tuned && app.evaluating.known.as_ref().is_some_and(|it| it.tuned != known.tuned);
    app.evaluating.known = Some(known);
    if changed || tuned_anew {
        ask_again(app, cmds);
    }
    run_if_wanted(app, cmds);
}

/// What is shown is judged by the judge as it is now.
fn ask_again(app: &mut App, cmds: &mut Vec<Cmd>) {
    let embedded = JudgeName::embedded();
    if app.query.judge == embedded && !app.query.asked().is_empty() {
        asking::ask_of(app, embedded, cmds);
    }
}

/// Begins what the open page is for, where nothing is known of it yet.
fn run_if_wanted(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(known) = &app.evaluating.known else { return };
    let head = app.status.git.as_ref().and_then(|git| git.head).map(|head| head.to_string());
    let can = !known.repository.is_empty() && app.evaluating.running.is_none();
    let fresh = known.tuned.as_ref().is_some_and(|tuned| Some(&tuned.commit) == head.as_ref());
    let wanted = match &mut app.overlay {
        Some(Overlay::Charts(page)) => {
            let measure = std::mem::take(&mut page.wanted) && known.evaluation.is_none();
            measure.then_some(EvalCommand::Evaluate)
        }
        Some(Overlay::Tune(page)) => {
            let tune = std::mem::take(&mut page.wanted) && !fresh;
            tune.then_some(EvalCommand::Tune)
        }
        Some(_) | None => None,
    };
    cmds.extend(wanted.filter(|_| can).map(Cmd::Eval));
}

/// Actions on the pages, or that open them.
pub(super) fn act(app: &mut App, action: ChartAction, cmds: &mut Vec<Cmd>) {
    match action {
        ChartAction::Open => {
            app.overlay = Some(Overlay::Charts(Box::default()));
            cmds.push(Cmd::Eval(EvalCommand::Read));
        }
        ChartAction::Tune => {
            app.overlay = Some(Overlay::Tune(TunePage { wanted: true }));
            cmds.push(Cmd::Eval(EvalCommand::Read));
        }
        ChartAction::Forget => {
            cmds.push(Cmd::Eval(EvalCommand::Forget));
            app.notices.flash("forgotten: the judge is as it ships", app.now.elapsed);
        }
        ChartAction::Run => {
            let tunes = matches!(app.overlay, Some(Overlay::Tune(_)));
            cmds.push(Cmd::Eval(if tunes { EvalCommand::Tune } else { EvalCommand::Evaluate }));
        }
        ChartAction::Next | ChartAction::Previous => {
            if let Some(Overlay::Charts(page)) = &mut app.overlay {
                page.part = page.part.turned(if action == ChartAction::Next { 1 } else { -1 });
            }
        }
        ChartAction::Lower | ChartAction::Higher => {
            if let Some(Overlay::Charts(page)) = &mut app.overlay {
                page.part = ChartPart::Threshold;
                page.slide(if action == ChartAction::Higher { 1 } else { -1 }, &app.evaluating);
            }
        }
        ChartAction::Choose => choose(app, cmds),
        ChartAction::Default => {
            if let Some(Overlay::Charts(page)) = &mut app.overlay {
                page.step = None;
            }
            cmds.push(Cmd::Eval(EvalCommand::Threshold(None)));
            app.notices.flash("the judge makes its own cut again", app.now.elapsed);
        }
    }
}

fn choose(app: &mut App, cmds: &mut Vec<Cmd>) {
    let Some(Overlay::Charts(page)) = &app.overlay else { return };
    match page.part {
        ChartPart::Threshold => {
            let Some(at) = page.at(&app.evaluating) else { return };
            cmds.push(Cmd::Eval(EvalCommand::Threshold(Some(at.from))));
            let text = format!("yes from {} on in this repository", score(at.from));
            app.notices.flash(text, app.now.elapsed);
        }
        ChartPart::Missed => {
            let Some(file) = page.selected(&app.evaluating) else { return };
            // With several roots a path as shown begins with its root's name.
            let root = app.evaluating.known.as_ref().filter(|_| app.status.roots.len() > 1);
            let path =
                root.map_or_else(|| file.path.clone(), |it| format!("{}/{}", it.repository, file.path));
            cmds.push(Cmd::OpenPath { path: path.into(), line: 1 });
        }
        ChartPart::Files | ChartPart::Tokens => {}
    }
}

/// Leaves a page; what runs on it is stopped first.
pub(super) fn close(app: &mut App, cmds: &mut Vec<Cmd>) {
    let task = match &app.overlay {
        Some(Overlay::Charts(_)) => EvalTask::Evaluate,
        Some(Overlay::Tune(_)) => EvalTask::Tune,
        Some(_) | None => return,
    };
    if app.evaluating.running(task).is_some() {
        cmds.push(Cmd::Eval(EvalCommand::Stop));
    } else {
        app.overlay = None;
    }
}
