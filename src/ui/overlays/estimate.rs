//! The question before a model is asked: how many files, how many tokens, what it costs, and where they go.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::action::{Action, Context};
use crate::app::words;
use crate::domain::{Locality, ModelRef};
use crate::text::amount;
use crate::ui::theme::Role;
use crate::ui::widgets::Canvas;

use super::frame::frame;

/// Draws the question.
pub fn estimate(canvas: &mut Canvas<'_>, app: &App, area: Rect) {
    let Some(estimate) = &app.query.estimate else { return };
    let files = amount::plural(u64::from(estimate.files), "file");
    let who = words::judge(&estimate.judge);
    let inner = frame(canvas, area, &format!("Ask {who} about {files}?"), "");
    let known = match estimate.known {
        0 => String::new(),
        known => format!("; {} more known from before", amount::count(u64::from(known))),
    };
    let tokens = |tokens: u64| amount::short_count(tokens);
    let cost = estimate.usd.map_or_else(
        || "unknown: the price of this model is not known".to_owned(),
        |usd| format!("about {}", words::usd(usd)),
    );
    let time = estimate
        .time
        .map_or_else(|| "not measured yet".to_owned(), |time| format!("about {}", words::span(time)));
    let rows = [
        ("files", format!("{}{known}", amount::count(u64::from(estimate.files))), Role::Fg),
        (
            "tokens",
            format!(
                "about {} to read, {} to answer",
                tokens(estimate.tokens_in),
                tokens(estimate.tokens_out)
            ),
            Role::Fg,
        ),
        ("cost", cost, if estimate.usd.is_none() { Role::Warning } else { Role::Title }),
        ("time", time, Role::Fg),
        ("goes to", goes_to(app, &estimate.judge.0), Role::Fg),
    ];
    for (row, (name, text, role)) in rows.iter().enumerate() {
        let mut pen = canvas.pen(inner, row as u16 + 1, Role::Overlay);
        pen.skip(2).put(name, Role::Muted).back_from_end(usize::from(inner.width).saturating_sub(11));
        pen.reserve(1).cut(text, *role);
    }
    if let Some(budget) = &estimate.stopped_by {
        let sign = canvas.glyphs.failed;
        let mut pen = canvas.pen(inner, 6, Role::Overlay);
        pen.skip(2).reserve(1).put(sign, Role::Warning).skip(1);
        pen.cut(&format!("{budget} stops it before its end"), Role::Warning);
    }
    keys(canvas, app, inner);
}

/// Where the text of the files would go.
fn goes_to(app: &App, judge: &str) -> String {
    let Ok(model) = judge.parse::<ModelRef>() else { return judge.to_owned() };
    let endpoint = app.models.backend_of(&model).and_then(|backend| backend.endpoints.first().cloned());
    let place = endpoint.unwrap_or_else(|| model.backend.to_string());
    match app.models.locality_of(&model) {
        Locality::InProcess => "nowhere: it runs in this process".into(),
        Locality::Loopback => format!("{place}, on this machine"),
        Locality::Remote => format!("{place}, with secrets redacted"),
    }
}

/// The keys; faint for the moment in which they are not taken yet.
fn keys(canvas: &mut Canvas<'_>, app: &App, inner: Rect) {
    let held = app.beat().is_some();
    let chord = |action| app.keymap.chord(Context::Estimate, action).map(|chord| chord.to_string());
    let no: Vec<String> = [Action::Decline, Action::Back].into_iter().filter_map(chord).collect();
    let yes = chord(Action::Confirm).unwrap_or_default();
    let mut pen = canvas.pen(inner, inner.height.saturating_sub(1), Role::Overlay);
    pen.skip(2);
    for (key, label) in [(yes, "ask the model"), (no.join("/"), "embedded only")] {
        let (key_role, label_role) =
            if held { (Role::Disabled, Role::Disabled) } else { (Role::Key, Role::Hint) };
        pen.put(&key, key_role).skip(1).put(label, label_role).skip(3);
    }
}
