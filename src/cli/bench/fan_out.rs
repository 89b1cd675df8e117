//! `quarry bench --fan-out`: how near the model judge comes to what a server can do, with and without faults.
//!
//! The real judge, engine side excepted, asks over the real client and real sockets; only the server is made up.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Serialize;

use super::direct::Direct;
use super::loopback::{Faults, Manner, Server};
use crate::config::BudgetConfig;
use crate::domain::{FileId, JudgeName, Probability, RelPath, RootId};
use crate::index::{Content, ContentHash, ReadError, Reader};
use crate::query::judges::embedded::Embedded;
use crate::query::judges::model::calibration::Calibration;
use crate::query::judges::model::{ModelJudge, ModelOptions};
use crate::query::{Crew, Deliver, Item, Judge, News};

/// Files asked about in each run.
const FILES: u32 = 2_000;

/// How long the server takes for each, milliseconds: what a small model takes to read a file, and more where a large
/// batch shares one accelerator. Files fill the slots in whole rounds, so the last one is never full.
const fn service(slots: usize) -> u64 {
    if slots > 64 { 2_000 } else { 250 }
}

/// Longest wait for a piece of news.
const PATIENCE: Duration = Duration::from_mins(1);

/// One run.
#[derive(Debug, Clone, Copy)]
struct Plan {
    name: &'static str,
    slots: usize,
    faults: Faults,
    endpoints: usize,
    /// Kill the first endpoint after so many answers.
    kill_at: Option<u32>,
}

/// What a run cost.
#[derive(Debug, Serialize)]
struct Figures {
    run: &'static str,
    slots: usize,
    service_ms: u64,
    makespan_ms: f64,
    ideal_ms: f64,
    over_percent: f64,
    first_ms: f64,
    answered: u32,
    failed: u32,
    requests: u32,
    answered_twice: usize,
    cpu_ms_per_file: f64,
    peak_mib: f64,
}

const fn plan(name: &'static str, slots: usize) -> Plan {
    Plan { name, slots, faults: Faults { limited: 0, hung: 0 }, endpoints: 1, kill_at: None }
}

const PLANS: [Plan; 7] = [
    plan("no faults", 16),
    plan("no faults", 64),
    plan("no faults", 256),
    Plan { faults: Faults { limited: 100, hung: 20 }, ..plan("10% 429, 2% hung", 16) },
    Plan { faults: Faults { limited: 100, hung: 20 }, ..plan("10% 429, 2% hung", 64) },
    Plan { faults: Faults { limited: 100, hung: 20 }, ..plan("10% 429, 2% hung", 256) },
    Plan { endpoints: 2, kill_at: Some(FILES / 2), ..plan("two endpoints, one killed", 32) },
];

/// Prints the table, or one JSON object a line.
///
/// # Errors
/// A server that cannot start, or a run that comes to no end.
pub fn run(json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if !json {
        println!(
            "{:<26} {:>5} {:>5} {:>9} {:>8} {:>6} {:>8} {:>8} {:>6} {:>8} {:>6} {:>8} {:>8}",
            "2,000 files",
            "slots",
            "ms",
            "makespan",
            "ideal",
            "over",
            "first",
            "answered",
            "failed",
            "requests",
            "twice",
            "CPU/file",
            "peak"
        );
    }
    for plan in PLANS {
        let figures = measure(&runtime, plan)?;
        if json {
            println!("{}", serde_json::to_string(&figures)?);
            continue;
        }
        println!(
            "{:<26} {:>5} {:>5} {:>6.0} ms {:>5.0} ms {:>5.1}% {:>5.1} ms {:>8} {:>6} {:>8} {:>6} {:>5.2} ms {:>4.0} MiB",
            figures.run,
            figures.slots,
            figures.service_ms,
            figures.makespan_ms,
            figures.ideal_ms,
            figures.over_percent,
            figures.first_ms,
            figures.answered,
            figures.failed,
            figures.requests,
            figures.answered_twice,
            figures.cpu_ms_per_file,
            figures.peak_mib
        );
    }
    Ok(())
}

fn measure(runtime: &tokio::runtime::Runtime, plan: Plan) -> anyhow::Result<Figures> {
    let each = plan.slots / plan.endpoints;
    let servers: Vec<Server> = (0..plan.endpoints)
        .map(|_| {
            runtime.block_on(Server::start(Manner {
                slots: each,
                service: Duration::from_millis(service(plan.slots)),
                faults: plan.faults,
                oracle: Arc::new(|_| 0.05),
            }))
        })
        .collect::<Result<_, _>>()?;
    let direct = runtime.block_on(async { Direct::new(&servers, plan.slots) })?;
    let (told, news) = channel();
    let told = Mutex::new(told);
    let deliver: Deliver = Arc::new(move |news| {
        if let Ok(told) = told.lock() {
            let _ = told.send((Instant::now(), news));
        }
    });
    let judge = judge(runtime, direct)?;
    let mut crew = judge.crew("where is the retry budget enforced", deliver).context("no crew")?;
    let (cpu, started) = (cpu_time(), Instant::now());
    let tally = ask(&mut *crew, &news, || {
        if let Some(at) = plan.kill_at
            && servers[0].requests() + servers[1].requests() >= at
        {
            servers[0].kill();
        }
    })?;
    let makespan = started.elapsed();
    // With one of two servers gone after half of the files, the other half takes twice as long.
    let halves = if plan.kill_at.is_some() { 1.5 } else { 1.0 };
    let service_ms = service(plan.slots);
    let ideal = Duration::from_millis(service_ms).mul_f64(halves * f64::from(FILES) / plan.slots as f64);
    let first = servers.iter().filter_map(Server::first_answer).min();
    let twice: usize = {
        let mut all = std::collections::HashMap::<String, u32>::new();
        for (path, times) in servers.iter().flat_map(Server::answered) {
            *all.entry(path).or_default() += times;
        }
        all.values().filter(|times| **times > 1).count()
    };
    Ok(Figures {
        run: plan.name,
        slots: plan.slots,
        service_ms,
        makespan_ms: millis(makespan),
        ideal_ms: millis(ideal),
        over_percent: (makespan.as_secs_f64() / ideal.as_secs_f64() - 1.0) * 100.0,
        first_ms: first
            .zip(tally.first)
            .map_or(f64::NAN, |(sent, seen)| millis(seen.saturating_duration_since(sent))),
        answered: tally.answered,
        failed: tally.failed,
        requests: servers.iter().map(Server::requests).sum(),
        answered_twice: twice,
        cpu_ms_per_file: millis(cpu_time().saturating_sub(cpu)) / f64::from(FILES),
        peak_mib: super::measuring::memory("VmHWM:"),
    })
}

#[derive(Debug, Default)]
struct Tally {
    answered: u32,
    failed: u32,
    first: Option<Instant>,
}

/// Gives the crew all files as it has room, until each is answered.
fn ask(
    crew: &mut dyn Crew,
    news: &Receiver<(Instant, Vec<News>)>,
    mut between: impl FnMut(),
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut seen = vec![false; FILES as usize];
    let mut next = 0;
    while tally.answered + tally.failed < FILES {
        let room = (crew.room().verdicts as u32).min(FILES - next);
        if room > 0 {
            crew.judge((next..next + room).map(item).collect());
            next += room;
        }
        between();
        let (at, batch) = news.recv_timeout(PATIENCE).context("no news for a minute")?;
        for piece in batch {
            match piece {
                News::Judged { file, answer, .. } => {
                    if std::mem::replace(&mut seen[file.index()], true) {
                        bail!("{file:?} was answered twice");
                    }
                    tally.first.get_or_insert(at);
                    if answer.is_ok() { tally.answered += 1 } else { tally.failed += 1 }
                }
                News::Halted { error, .. } => bail!("halted: {error}"),
                News::OverBudget(why) => bail!("over budget: {why}"),
                News::Moved(_) | News::Explained { .. } | News::Spent(_) => {}
            }
        }
    }
    Ok(tally)
}

/// A file as large as they are.
fn text(path: &RelPath) -> String {
    let path = path.to_text();
    format!("//! {path}\n\npub fn budget() {{}}\n{}", "let value = compute(other, 42);\n".repeat(90))
}

fn item(number: u32) -> Item {
    let path = RelPath::from(format!("src/part{}/file{number}.rs", number % 50).as_str());
    let text = text(&path);
    Item {
        file: FileId(number),
        root: RootId(0),
        shown: path.to_text().into(),
        hash: ContentHash::of(text.as_bytes()),
        size: text.len() as u64,
        prior: Probability::new(0.1),
        path,
    }
}

struct MadeUp;

impl Reader for MadeUp {
    fn read(&self, _root: RootId, path: &RelPath) -> Result<Content, ReadError> {
        Ok(Content { bytes: text(path).into_bytes(), ..Content::default() })
    }
}

fn judge(runtime: &tokio::runtime::Runtime, direct: Direct) -> anyhow::Result<ModelJudge> {
    Ok(ModelJudge::new(ModelOptions {
        name: JudgeName(direct.model().to_string().into()),
        caller: Arc::new(direct),
        reader: Arc::new(MadeUp),
        embedded: Arc::new(Embedded::new()?),
        prompt_order: None,
        budget: BudgetConfig::default(),
        calibration: Calibration::default(),
        runtime: runtime.handle().clone(),
    }))
}

/// CPU time of this process, the made-up server's included.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
