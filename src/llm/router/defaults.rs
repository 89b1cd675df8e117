//! Defaults: candidates for tasks for which nothing was named, best first, each with why it stands there.
//!
//! Invariants: nothing that costs money judges, or completes while a person types, unless the person named it.

use std::cmp::Reverse;

use super::Member;
use super::expectation::words;
use crate::domain::{Choice, Locality, TaskKind};
use crate::llm::profiles::{self, Tier};

/// A candidate and why it is one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub(super) choice: Choice,
    pub(super) why: String,
}

/// A judge must answer for so many files in a second, so that a tree of a thousand takes under a minute.
const FILES_PER_SECOND: f32 = 20.0;

/// Calls after which a model's speed is known well enough to judge with it unasked.
const ENOUGH_CALLS: u32 = 3;

/// The candidates of a task among all models.
pub(super) fn candidates(task: TaskKind, fleet: &[Member]) -> Vec<Candidate> {
    match task {
        TaskKind::Judge => judges(fleet),
        TaskKind::Complete => fillers(fleet),
        TaskKind::Chat | TaskKind::Command | TaskKind::Review | TaskKind::Doc => strongest(fleet),
        TaskKind::Rewrite | TaskKind::Commit | TaskKind::Title => quick(fleet, "a small task"),
        TaskKind::Scan => quick(fleet, "many calls"),
    }
}

fn candidate(member: &Member, why: String) -> Candidate {
    Candidate { choice: Choice::Model(member.info.model.clone()), why }
}

fn is_local(member: &Member) -> bool {
    member.info.locality != Locality::Remote
}

/// Models for conversation: all of this machine and of servers that the user named, and of each well-known service the one
/// that is best for `hard` or small tasks.
fn talkers(fleet: &[Member], hard: bool) -> Vec<&Member> {
    let chats = |member: &&Member| member.info.profile.chats && !member.info.abilities.contains(&"embed");
    let mut found: Vec<&Member> =
        fleet.iter().filter(chats).filter(|member| member.service.is_none()).collect();
    let mut services: Vec<&str> = Vec::new();
    for member in fleet.iter().filter(|member| member.service.is_some()) {
        let backend: &str = &member.info.model.backend;
        if services.contains(&backend) {
            continue;
        }
        services.push(backend);
        let own: Vec<&Member> = fleet.iter().filter(|other| *other.info.model.backend == *backend).collect();
        found.extend(best_of_service(&own, hard));
    }
    found
}

fn best_of_service<'a>(own: &[&'a Member], hard: bool) -> Option<&'a Member> {
    let defaults = own.first()?.service.and_then(profiles::defaults).unwrap_or_default();
    let names = if hard { defaults.chat } else { defaults.quick };
    let listed = |name: &String| own.iter().copied().find(|member| *member.info.model.model == **name);
    names.iter().find_map(listed).or_else(|| {
        let chats = own.iter().copied().filter(|member| member.info.profile.chats);
        let wanted = if hard { Tier::Frontier } else { Tier::Large };
        // The tier nearest to what is wanted; of equal ones the cheapest, and what has no price last.
        chats.min_by(|a, b| {
            let key = |member: &Member| {
                let tier = member.info.profile.tier;
                (tier as i32 - wanted as i32).abs()
            };
            let price = |member: &Member| member.info.price.map_or(f64::MAX, |price| price.input);
            key(a).cmp(&key(b)).then(price(a).total_cmp(&price(b)))
        })
    })
}

/// The strongest first; of equally strong ones those on this machine.
fn strongest(fleet: &[Member]) -> Vec<Candidate> {
    let mut found = talkers(fleet, true);
    found.sort_by_key(|member| {
        let info = &member.info;
        (Reverse(info.profile.tier), !is_local(member), Reverse(info.window.unwrap_or(0)))
    });
    let several = fleet.iter().filter(|member| is_local(member)).count() > 1;
    let why = |member: &&Member| match (is_local(member), several) {
        (true, true) => "the strongest model on this machine".to_owned(),
        (true, false) => "the model on this machine".to_owned(),
        (false, _) => format!("the strongest model known through {}", member.origin),
    };
    found.iter().map(|member| candidate(member, why(member))).collect()
}

/// What is on this machine first, neither the weakest nor the slowest; then what is cheap.
fn quick(fleet: &[Member], what: &str) -> Vec<Candidate> {
    let mut found = talkers(fleet, false);
    let fit = |tier: Tier| match tier {
        Tier::Small => 0,
        Tier::Medium => 1,
        Tier::Large => 2,
        Tier::Tiny => 3,
        Tier::Frontier => 4,
    };
    found.sort_by(|a, b| {
        let price = |member: &Member| member.info.price.map_or(f64::MAX, |price| price.input);
        let order = |member: &Member| (!is_local(member), fit(member.info.profile.tier));
        match (is_local(a), is_local(b)) {
            (false, false) => price(a).total_cmp(&price(b)),
            _ => order(a).cmp(&order(b)),
        }
    });
    let why = |member: &&Member| {
        if is_local(member) {
            format!("{what}, for which a model on this machine is enough")
        } else {
            format!("{what}, for which the cheap model of {} is enough", member.origin)
        }
    };
    found.iter().map(|member| candidate(member, why(member))).collect()
}

/// Small models that fill in the middle, on this machine: each key pressed is a call.
fn fillers(fleet: &[Member]) -> Vec<Candidate> {
    let mut found: Vec<&Member> =
        fleet.iter().filter(|member| is_local(member) && member.info.can("fill")).collect();
    let fit = |tier: Tier| match tier {
        Tier::Small => 0,
        Tier::Tiny => 1,
        Tier::Medium => 2,
        Tier::Large => 3,
        Tier::Frontier => 4,
    };
    found.sort_by_key(|member| fit(member.info.profile.tier));
    found.iter().map(|member| candidate(member, "fills in the middle, on this machine".into())).collect()
}

/// A model on this machine that is known to be fast and not weak; then the one inside.
fn judges(fleet: &[Member]) -> Vec<Candidate> {
    let mut fast: Vec<(f32, &Member)> = fleet
        .iter()
        .filter(|member| {
            is_local(member) && member.info.profile.chats && member.info.profile.tier >= Tier::Medium
        })
        .filter_map(|member| Some((files_per_second(member)?, member)))
        .filter(|(rate, _)| *rate >= FILES_PER_SECOND)
        .collect();
    fast.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut found: Vec<Candidate> = fast
        .into_iter()
        .map(|(rate, member)| {
            let each = words(member.info.measured.first_token.unwrap_or_default());
            candidate(
                member,
                format!("on this machine and fast enough: {each} a call, about {rate:.0} files/s"),
            )
        })
        .collect();
    let local = fleet.iter().any(is_local);
    let why = if local {
        "free and instant; no model on this machine is known to judge 20 files/s (name one in [task.judge] use)"
    } else {
        "free and instant, and nothing leaves this machine"
    };
    found.push(Candidate { choice: Choice::Embedded, why: why.into() });
    found
}

fn files_per_second(member: &Member) -> Option<f32> {
    let measured = &member.info.measured;
    let each = measured.first_token.filter(|_| measured.calls >= ENOUGH_CALLS)?.as_secs_f32().max(0.001);
    Some(member.info.in_flight.unwrap_or(1) as f32 / each)
}
