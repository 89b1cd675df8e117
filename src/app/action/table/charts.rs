//! The table of what is done with evaluations and tunings.

use super::super::Context::{Charts, Tuning};
use super::super::{Action, ChartAction};
use super::{ALL_PANES, Context, Group, Spec};

const fn shown(action: ChartAction, name: &'static str, title: &'static str) -> Spec {
    super::shown(Action::Chart(action), name, title, &[], (ALL_PANES, Group::Judges))
}

const fn key_only(
    action: ChartAction,
    name: &'static str,
    title: &'static str,
    chords: &'static [&'static str],
    contexts: &'static [Context],
) -> Spec {
    super::key_only(Action::Chart(action), name, title, chords, (contexts, Group::Judges))
}

/// Every action on evaluations and tunings, in the order of palette and help.
pub static CHARTS: &[Spec] = &[
    shown(ChartAction::Open, "eval", "Measure judges on your commits"),
    shown(ChartAction::Tune, "tune", "Tune the judge to this history"),
    shown(ChartAction::Forget, "tune-forget", "Forget tuning and feedback"),
    key_only(ChartAction::Run, "measure-again", "Measure or tune again", &["r"], &[Charts, Tuning]),
    key_only(ChartAction::Next, "next-chart", "Next chart", &["tab"], &[Charts]),
    key_only(ChartAction::Previous, "previous-chart", "Chart before", &["shift+tab"], &[Charts]),
    key_only(ChartAction::Lower, "list-more", "List more: lower the threshold", &["left", "h"], &[Charts]),
    key_only(
        ChartAction::Higher,
        "list-fewer",
        "List fewer: raise the threshold",
        &["right", "l"],
        &[Charts],
    ),
    key_only(ChartAction::Choose, "keep-threshold", "Keep the threshold, or open", &["enter"], &[Charts]),
    key_only(ChartAction::Default, "own-threshold", "Back to the judge's own", &["d"], &[Charts]),
];
