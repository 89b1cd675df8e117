//! A judge by its figures: who found more of what this repository's own commits touched, in a time that people wait.
//!
//! Invariant: nobody judges in place of the embedded judge for figures that are within the noise of its own.

use std::time::Duration;

use super::Member;
use super::defaults::Candidate;
use super::expectation::words;
use crate::domain::{Choice, JudgeFigures, JudgeName};

/// A request that takes longer is not waited for while reading its first rows.
const MOST_PER_QUERY: Duration = Duration::from_mins(1);

/// Fewer commits prove nothing, however far a judge leads on them.
const LEAST_COMMITS: u32 = 20;

/// Puts candidates into the order of their figures: those that lead beyond the noise first, best first; then the embedded
/// judge; then the others as they stood. Those without figures stay where they stood among the others.
pub(super) fn by_figures(candidates: Vec<Candidate>, figures: &[JudgeFigures]) -> Vec<Candidate> {
    let of = |choice: &Choice| figures.iter().find(|figures| figures.judge == judge(choice));
    if figures.iter().all(|figures| figures.lead.is_none()) {
        return candidates;
    }
    let own = figures.iter().find(|figures| figures.judge == JudgeName::embedded());
    let (mut leading, mut others) = (Vec::new(), Vec::new());
    for candidate in candidates {
        match of(&candidate.choice) {
            Some(found) if is_proven(found) => {
                let why = lead(found, own);
                leading.push((found.recall_at_10, Candidate { why, ..candidate }));
            }
            Some(_) | None => others.push(candidate),
        }
    }
    leading.sort_by(|a, b| b.0.total_cmp(&a.0));
    let embedded = others.iter().position(|candidate| candidate.choice == Choice::Embedded);
    let rivals = figures.iter().filter(|figures| figures.lead.is_some());
    let second = rivals.max_by(|a, b| a.recall_at_10.total_cmp(&b.recall_at_10));
    let embedded = embedded.map(|at| others.remove(at)).map(|candidate| match second {
        Some(second) => Candidate { why: beside(second, own), ..candidate },
        None => candidate,
    });
    leading.into_iter().map(|(_, candidate)| candidate).chain(embedded).chain(others).collect()
}

/// Free models of this machine that lead, though they would not be judges by their speed alone.
pub(super) fn proven<'a>(
    fleet: &'a [Member],
    figures: &'a [JudgeFigures],
) -> impl Iterator<Item = Candidate> + 'a {
    let of = |member: &Member| {
        let name = member.info.model.to_string();
        figures.iter().find(|figures| *figures.judge.0 == *name)
    };
    fleet
        .iter()
        .filter(|member| member.info.is_free() && member.info.profile.chats)
        .filter(move |member| of(member).is_some_and(is_proven))
        .map(|member| Candidate { choice: Choice::Model(member.info.model.clone()), why: String::new() })
}

fn is_proven(figures: &JudgeFigures) -> bool {
    figures.leads() && figures.commits >= LEAST_COMMITS && figures.per_query <= MOST_PER_QUERY
}

fn lead(found: &JudgeFigures, own: Option<&JudgeFigures>) -> String {
    let embedded = own.map_or(String::new(), |own| format!(", embedded {:.2}", own.recall_at_10));
    let price = if found.usd > 0.0 { format!(" and ${:.3}", found.usd) } else { String::new() };
    format!(
        "found more on {} of your commits: R@10 {:.2}{embedded}; {}{price} a query",
        found.commits,
        found.recall_at_10,
        words(found.per_query)
    )
}

/// Why the embedded judge stands where it does, beside the best of the others.
fn beside(other: &JudgeFigures, own: Option<&JudgeFigures>) -> String {
    let ours = own.map_or(String::new(), |own| format!(" ({:.2})", own.recall_at_10));
    let (commits, judge, recall) = (other.commits, &other.judge, other.recall_at_10);
    if other.leads() && other.usd > 0.0 {
        let usd = other.usd;
        return format!(
            "free{ours}; {judge} found R@10 {recall:.2} for ${usd:.3} a query: name it in [task.judge] use"
        );
    }
    if other.leads() && other.commits < LEAST_COMMITS {
        return format!(
            "instant{ours}; {judge} found R@10 {recall:.2}, but on {commits} of your commits only"
        );
    }
    if other.leads() {
        return format!(
            "instant{ours}; {judge} found R@10 {recall:.2} but takes {} a query",
            words(other.per_query)
        );
    }
    format!(
        "instant, and {judge} found no more beyond the noise on {commits} of your commits: R@10 {recall:.2}{ours}"
    )
}

/// The judge that a choice stands for, by the name its figures are kept under.
fn judge(choice: &Choice) -> JudgeName {
    JudgeName(choice.to_string().into())
}
