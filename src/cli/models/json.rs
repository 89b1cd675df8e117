//! JSON: one object per line, fields as `quarry models --help` lists them.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Found;
use crate::domain::{BackendStatus, Choice, Health, ModelStatus, RouteStatus};

/// Prints everything.
pub fn print(out: &mut impl Write, found: &Found) -> io::Result<()> {
    for backend in &found.backends {
        writeln!(out, "{}", backend_object(backend))?;
    }
    for route in &found.routes {
        writeln!(out, "{}", route_object(route))?;
    }
    let models: usize = found.backends.iter().map(|backend| backend.models.len()).sum();
    writeln!(out, "{}", json!({ "event": "done", "backends": found.backends.len(), "models": models }))
}

fn backend_object(backend: &BackendStatus) -> Value {
    let (health, why) = match &backend.health {
        Health::Unknown => ("unknown", None),
        Health::Up => ("up", None),
        Health::Degraded { why } => ("degraded", Some(why)),
        Health::Down { why, .. } => ("down", Some(why)),
    };
    json!({
        "event": "backend",
        "name": &*backend.name,
        "protocol": backend.protocol,
        "endpoints": backend.endpoints,
        "locality": backend.locality.name(),
        "health": health,
        "why": why,
        "origin": backend.origin,
        "models": backend.models.iter().map(model_object).collect::<Vec<_>>(),
    })
}

fn model_object(model: &ModelStatus) -> Value {
    let price = model.price.map(
        |price| json!({ "input": price.input, "cached_input": price.cached_input, "output": price.output }),
    );
    json!({
        "name": &*model.model.model,
        "window": model.window,
        "usd_per_million": price,
        "calls": model.measured.calls,
        "first_token_ms": model.measured.first_token.map(|time| time.as_secs_f64() * 1e3),
        "tokens_per_second": model.measured.tokens_per_second,
        "abilities": model.abilities,
    })
}

fn route_object(route: &RouteStatus) -> Value {
    let passed = route.passed_over.iter().map(|(who, why)| json!({ "candidate": who, "why": why }));
    json!({
        "event": "route",
        "task": route.task.name(),
        "choice": choice(&route.choice),
        "why": route.why,
        "by_user": route.by_user,
        "passed_over": passed.collect::<Vec<_>>(),
    })
}

/// A choice as it is written in the configuration; null for nobody.
pub fn choice(choice: &Choice) -> Option<String> {
    match choice {
        Choice::Embedded => Some("embedded".into()),
        Choice::Model(model) => Some(model.to_string()),
        Choice::Nobody => None,
    }
}
