//! Trials: one small real call per task, and what came of it.

use std::io::{self, Write};

use serde_json::json;

use super::figures::{cost, time};
use super::teach;
use crate::cli::exit::Exit;
use crate::cli::paint::Paint;
use crate::cli::setup::Setup;
use crate::domain::{Choice, ModelRef, RouteStatus, TaskKind};
use crate::llm::{Llm, LlmError, Trial};
use crate::text::cut;
use crate::text::sanitize::sanitize_line;
use crate::text::wrap::{self, Wrap};
use crate::ui::theme::Role;

/// Tests the tasks, or all that a model does where none is named.
///
/// # Errors
/// Output that cannot be written.
pub fn run(llm: &Llm, setup: &Setup, tasks: &[TaskKind], json: bool) -> anyhow::Result<Exit> {
    let named = !tasks.is_empty();
    let tasks = if named { tasks } else { &TaskKind::ALL };
    let mut print = Print { out: io::stdout().lock(), paint: setup.paint(), json };
    let (mut done, mut failed) = (0, 0);
    for task in tasks {
        let route = llm.route(*task);
        let model = match &route.choice {
            Choice::Model(model) => model.clone(),
            Choice::Embedded if named => {
                print.embedded(&route)?;
                done += 1;
                continue;
            }
            Choice::Nobody if named => {
                print.nobody(&route)?;
                failed += 1;
                continue;
            }
            Choice::Embedded | Choice::Nobody => continue,
        };
        match llm.handle().block_on(llm.test(*task, &model)) {
            Ok(trial) => {
                print.worked(*task, &model, &trial)?;
                done += 1;
            }
            Err(error) => {
                print.failed(*task, &model, &error)?;
                failed += 1;
            }
        }
    }
    if failed > 0 {
        return Ok(Exit::Failed);
    }
    if done == 0 {
        if !json {
            teach::print(&mut print.out, &setup.sources.dirs)?;
        }
        return Ok(Exit::NothingFound);
    }
    Ok(Exit::Done)
}

struct Print<W> {
    out: W,
    paint: Paint,
    json: bool,
}

impl<W: Write> Print<W> {
    fn worked(&mut self, task: TaskKind, model: &ModelRef, trial: &Trial) -> io::Result<()> {
        if self.json {
            let object = json!({
                "event": "tested", "task": task.name(), "model": model.to_string(), "ok": true,
                "first_token_ms": trial.first_token.as_secs_f64() * 1e3,
                "total_ms": trial.total.as_secs_f64() * 1e3,
                "tokens_in": trial.counted.prompt, "tokens_out": trial.counted.output, "usd": trial.usd,
            });
            return self.line(&object.to_string());
        }
        let tokens = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
        let facts = format!(
            "first token {} · total {} · {} tokens in, {} out · {}",
            time(trial.first_token),
            time(trial.total),
            tokens(trial.counted.prompt),
            tokens(trial.counted.output),
            cost(trial.usd),
        );
        self.head(("●", Role::Yes), task, &model.to_string())?;
        self.paragraph(Role::Muted, &facts)
    }

    fn failed(&mut self, task: TaskKind, model: &ModelRef, error: &LlmError) -> io::Result<()> {
        let notice = error.notice();
        if self.json {
            let object = json!({
                "event": "tested", "task": task.name(), "model": model.to_string(), "ok": false,
                "kind": error.kind(), "error": notice.title, "hint": notice.hint,
            });
            return self.line(&object.to_string());
        }
        self.head(("✗", Role::Failed), task, &model.to_string())?;
        self.paragraph(Role::Failed, &notice.title)?;
        match notice.hint {
            Some(hint) => self.paragraph(Role::Muted, &hint),
            None => Ok(()),
        }
    }

    fn nobody(&mut self, route: &RouteStatus) -> io::Result<()> {
        if self.json {
            let object = json!({
                "event": "tested", "task": route.task.name(), "model": null, "ok": false,
                "kind": "unavailable", "error": route.why, "hint": null,
            });
            return self.line(&object.to_string());
        }
        self.head(("✗", Role::Failed), route.task, "nobody")?;
        self.paragraph(Role::Muted, &route.why)
    }

    fn embedded(&mut self, route: &RouteStatus) -> io::Result<()> {
        if self.json {
            let object = json!({
                "event": "tested", "task": route.task.name(), "model": "embedded", "ok": true, "usd": 0,
            });
            return self.line(&object.to_string());
        }
        self.head(("●", Role::Yes), route.task, "embedded")?;
        self.paragraph(Role::Muted, "works without a call")
    }

    fn head(&mut self, (sign, role): (&str, Role), task: TaskKind, model: &str) -> io::Result<()> {
        let model = cut::end(&sanitize_line(model), 66, "…").into_owned();
        let text = format!(
            "{} {}{}",
            self.paint.role(role, sign),
            self.paint.role(Role::Muted, &format!("{:<9}", task.name())),
            self.paint.role(Role::Fg, &model)
        );
        self.line(&text)
    }

    fn paragraph(&mut self, role: Role, text: &str) -> io::Result<()> {
        for line in wrap::plain(&sanitize_line(text), Wrap { width: 69, hanging: 2 }) {
            let line = format!("           {}", self.paint.role(role, &line));
            self.line(&line)?;
        }
        Ok(())
    }

    /// Each line is seen as soon as it is known: a call takes a while.
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }
}
