//! Decide: the first candidate that is there, allowed, able, and by its own measures fast enough.

use super::defaults::{self, Candidate};
use super::expectation::{Expectation, words};
use super::figures::{by_figures, proven};
use super::{Member, Routed, Situation, Wish};
use crate::config::Pick;
use crate::domain::{Choice, Health, Locality, ModelRef, RouteStatus, TaskKind};
use crate::llm::finding::Named;
use crate::text::amount::count;

/// Who does a task.
pub fn route(task: TaskKind, wish: &Wish, expected: &Expectation, situation: &Situation<'_>) -> Routed {
    if wish.session == Some(Choice::Nobody) {
        return nobody(task, "turned off in this session".into(), Vec::new(), true);
    }
    let (candidates, by_user) = candidates(task, wish, situation);
    // Verdicts stream in while the embedded judge's stand: a judge that somebody chose may be slow, and its own fan-out
    // makes it so.
    let may_take_its_time = task == TaskKind::Judge && by_user && !expected.stated;
    let mut passed = Vec::new();
    let mut fit = Vec::new();
    let mut slow = Vec::new();
    for Candidate { choice, why } in candidates {
        let Choice::Model(model) = &choice else {
            fit.push((choice, why));
            continue;
        };
        match obstacle(task, model, expected, situation) {
            Some(reason) => passed.push((model.to_string(), reason)),
            None => match missed(model, expected, situation).filter(|_| !may_take_its_time) {
                Some(late) => slow.push((choice, why, late)),
                None => fit.push((choice, why)),
            },
        }
    }
    // What is slow is still better than nothing, but for what is of use at once or not at all.
    let may_be_slow = by_user || task != TaskKind::Complete;
    let order: Vec<Choice> = fit
        .iter()
        .map(|(choice, _)| choice)
        .chain(slow.iter().filter(|_| may_be_slow).map(|(choice, ..)| choice))
        .cloned()
        .collect();
    let late = slow.iter().map(|(choice, _, late)| (choice.to_string(), late.clone()));
    match (fit.first(), slow.first().filter(|_| may_be_slow)) {
        (Some((choice, why)), _) => {
            passed.extend(late);
            let why = with_measure(choice, why, situation);
            let status = RouteStatus { task, choice: choice.clone(), why, passed_over: passed, by_user };
            Routed { status, order }
        }
        (None, Some((choice, why, late))) => {
            let others = slow.iter().skip(1).map(|(choice, _, late)| (choice.to_string(), late.clone()));
            let why = format!("{why}; slower than wished: {late}");
            passed.extend(others);
            let status = RouteStatus { task, choice: choice.clone(), why, passed_over: passed, by_user };
            Routed { status, order }
        }
        (None, None) => {
            passed.extend(late);
            nobody(task, why_nobody(task, situation, &passed), passed, by_user)
        }
    }
}

fn nobody(task: TaskKind, why: String, passed_over: Vec<(String, String)>, by_user: bool) -> Routed {
    Routed {
        status: RouteStatus { task, choice: Choice::Nobody, why, passed_over, by_user },
        order: Vec::new(),
    }
}

/// The candidates in order, and whether a person named them.
fn candidates(task: TaskKind, wish: &Wish, situation: &Situation<'_>) -> (Vec<Candidate>, bool) {
    let mut found = Vec::new();
    if let Some(choice) = &wish.session {
        found.push(Candidate { choice: choice.clone(), why: "chosen in this session".into() });
    }
    if wish.named.is_empty() {
        found.extend(defaults::candidates(task, situation.fleet));
    }
    let several = wish.named.len() > 1;
    for (at, named) in wish.named.iter().enumerate() {
        let why = match (several, at) {
            (false, _) => format!("named in {}", wish.origin),
            (true, at) => format!("{} of {} in {}", ordinal(at), wish.named.len(), wish.origin),
        };
        found.extend(
            resolve(task, named, situation).into_iter().map(|choice| Candidate { choice, why: why.clone() }),
        );
    }
    if task == TaskKind::Judge && wish.named.is_empty() {
        found.extend(proven(situation.fleet, situation.figures));
    }
    // There is always one judge.
    if task == TaskKind::Judge {
        let why =
            if wish.named.is_empty() { "always there" } else { "always there, when no named model can" };
        found.push(Candidate { choice: Choice::Embedded, why: why.into() });
    }
    let mut seen = Vec::new();
    found.retain(|candidate| {
        let new = !seen.contains(&candidate.choice);
        seen.push(candidate.choice.clone());
        new
    });
    let chosen = wish.session.is_some();
    if task == TaskKind::Judge && !chosen && (wish.named.is_empty() || wish.pick == Pick::Figures) {
        found = by_figures(found, situation.figures);
    }
    (found, chosen || !wish.named.is_empty())
}

fn ordinal(at: usize) -> String {
    match at {
        0 => "first".into(),
        1 => "second".into(),
        2 => "third".into(),
        at => format!("number {}", at + 1),
    }
}

/// What a name stands for: a backend without a model means its best for the task, and its others after it.
fn resolve(task: TaskKind, named: &Named, situation: &Situation<'_>) -> Vec<Choice> {
    match named {
        Named::Embedded => vec![Choice::Embedded],
        Named::Model(model) => vec![Choice::Model(model.clone())],
        Named::Backend(backend) => {
            let own: Vec<Member> = situation
                .fleet
                .iter()
                .filter(|member| *member.info.model.backend == **backend)
                .cloned()
                .collect();
            let found = match task {
                // Named backends may judge and fill whatever they cost.
                TaskKind::Judge | TaskKind::Complete => {
                    let able = own.iter().filter(|member| task == TaskKind::Judge || member.info.can("fill"));
                    able.filter(|member| member.info.profile.chats || task == TaskKind::Complete)
                        .map(|member| Choice::Model(member.info.model.clone()))
                        .collect()
                }
                TaskKind::Chat
                | TaskKind::Command
                | TaskKind::Rewrite
                | TaskKind::Commit
                | TaskKind::Review
                | TaskKind::Doc
                | TaskKind::Scan
                | TaskKind::Title => {
                    defaults::candidates(task, &own).into_iter().map(|candidate| candidate.choice).collect()
                }
            };
            // A backend that told no models yet is asked by an empty name, so that the reason can be given.
            if own.is_empty() { vec![Choice::Model(ModelRef::new(backend.as_str(), "*"))] } else { found }
        }
    }
}

/// Why a model cannot be asked now.
fn obstacle(
    task: TaskKind,
    model: &ModelRef,
    expected: &Expectation,
    situation: &Situation<'_>,
) -> Option<String> {
    let Some(member) = situation.fleet.iter().find(|member| member.info.model == *model) else {
        let silent = situation.silent.iter().find(|(name, _)| **name == *model.backend);
        let known = situation.fleet.iter().any(|member| member.info.model.backend == model.backend);
        return Some(match silent {
            _ if known => "the server has no such model".into(),
            Some((_, why)) => why.clone(),
            None if situation.searching => "not found yet".into(),
            None => "there is no such backend now".into(),
        });
    };
    if situation.local_only && member.info.locality == Locality::Remote {
        return Some("remote, and local_only is on".into());
    }
    if let Health::Down { why, .. } = &member.health {
        return Some(format!("down: {why}"));
    }
    if task == TaskKind::Complete && !member.info.can("fill") {
        return Some("not known to fill in the middle".into());
    }
    if task != TaskKind::Complete && !member.info.profile.chats {
        return Some("not made for conversation".into());
    }
    let window = member.info.window.filter(|window| *window < expected.window)?;
    Some(format!("its window of {} tokens is too small", count(u64::from(window))))
}

fn missed(model: &ModelRef, expected: &Expectation, situation: &Situation<'_>) -> Option<String> {
    let member = situation.fleet.iter().find(|member| member.info.model == *model)?;
    expected.missed_by(&member.info.measured)
}

/// The reason with what was measured, where that is not part of it already.
fn with_measure(choice: &Choice, why: &str, situation: &Situation<'_>) -> String {
    let Choice::Model(model) = choice else { return why.to_owned() };
    if why.contains(" a query") {
        return why.to_owned();
    }
    let member = situation.fleet.iter().find(|member| member.info.model == *model);
    match member.and_then(|member| member.info.measured.first_token) {
        Some(first) if !why.contains("a call") => format!("{why}; {} to the first token", words(first)),
        Some(_) => why.to_owned(),
        None => format!("{why}; not measured yet"),
    }
}

fn why_nobody(task: TaskKind, situation: &Situation<'_>, passed: &[(String, String)]) -> String {
    if situation.searching {
        return "still looking for models".into();
    }
    match passed {
        [] if situation.fleet.is_empty() => "no model was found; `quarry models` says how to get one".into(),
        [] if task == TaskKind::Complete => {
            "no model on this machine fills in the middle; name one in [task.complete] use".into()
        }
        [] => "no model that was found can do this".into(),
        [(only, why)] => format!("{only}: {why}"),
        [(first, why), rest @ ..] => format!("{first}: {why}, and {} more cannot either", rest.len()),
    }
}
