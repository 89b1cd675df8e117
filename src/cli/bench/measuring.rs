//! Measuring one tree: the real services, driven as the screen drives them.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::domain::{
    DetailLevel, Generation, JudgeName, QueryCommand, QueryEvent, QueryRequest, RankCause, TreeEvent,
    WatchState,
};
use crate::runtime::{ServiceEvent, ServiceOptions, Services};

/// Requests asked of every tree.
const REQUESTS: [&str; 5] = [
    "where is the retry budget enforced",
    "fix the dialog border when the window is resized",
    "cache the parser session between batches",
    "add a test for the socket error path",
    "which files read the network config",
];

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_mins(5);

/// What a tree cost; times in milliseconds, memory in MiB.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Figures {
    files: u32,
    commits: u32,
    cold_index_ms: f64,
    history_ms: f64,
    warm_start_ms: f64,
    query_ms: f64,
    slowest_query_ms: f64,
    save_ms: f64,
    resident_mib: f64,
    peak_mib: f64,
}

impl Figures {
    /// The heading of the table.
    pub fn heading() -> String {
        format!(
            "{:<24} {:>8} {:>8} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8}",
            "tree",
            "files",
            "commits",
            "cold ms",
            "hist. ms",
            "warm ms",
            "query ms",
            "worst ms",
            "save ms",
            "RSS MiB",
            "peak"
        )
    }

    /// One row of the table. `save` is from the write to the new row, the watcher's debounce of 80 ms included.
    pub fn row(&self, name: &str) -> String {
        let name: String = name.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
        format!(
            "{name:<24} {:>8} {:>8} {:>9.0} {:>9.0} {:>9.0} {:>9.1} {:>9.1} {:>9.0} {:>8.0} {:>8.0}",
            self.files,
            self.commits,
            self.cold_index_ms,
            self.history_ms,
            self.warm_start_ms,
            self.query_ms,
            self.slowest_query_ms,
            self.save_ms,
            self.resident_mib,
            self.peak_mib
        )
    }
}

/// Measures a tree with an empty cache, then once more with the cache that this made.
///
/// # Errors
/// Services that do not start, or do not answer in five minutes.
pub fn measure(root: &Path, cache: &Path) -> anyhow::Result<Figures> {
    let root = root.canonicalize().with_context(|| format!("cannot open {}", root.display()))?;
    let mut figures = Figures::default();
    let mut cold = Running::start(&root, cache)?;
    cold.wait_for_index(&mut figures)?;
    figures.cold_index_ms = millis(cold.started.elapsed());
    cold.wait_for_history(&mut figures)?;
    figures.history_ms = millis(cold.started.elapsed());
    cold.ask_all(&mut figures)?;
    figures.save_ms = cold.save(&root)?;
    figures.resident_mib = memory("VmRSS:");
    figures.peak_mib = memory("VmHWM:");
    drop(cold);
    let mut warm = Running::start(&root, cache)?;
    warm.wait_for_index(&mut Figures::default())?;
    figures.warm_start_ms = millis(warm.started.elapsed());
    Ok(figures)
}

struct Running {
    // Dropped before the services, whose threads send into it.
    events: Receiver<ServiceEvent>,
    services: Services,
    started: Instant,
    generation: Generation,
    watching: bool,
    history: bool,
    commits: u32,
}

impl Running {
    fn start(root: &Path, cache: &Path) -> anyhow::Result<Self> {
        let (sender, events) = channel();
        let options = ServiceOptions {
            roots: vec![root.to_owned()],
            cache_dir: Some(cache.to_owned()),
            watch: true,
            ..ServiceOptions::default()
        };
        let started = Instant::now();
        let sink = move |event| {
            let _ = sender.send(event);
        };
        let services = match Services::start(options, sink) {
            Ok(services) => services,
            Err(notice) => bail!("{}", notice.title),
        };
        let generation = Generation::default();
        Ok(Self { events, services, started, generation, watching: false, history: false, commits: 0 })
    }

    /// Waits for the event that `wanted` takes something from.
    fn wait<T>(&mut self, what: &str, mut wanted: impl FnMut(&QueryEvent) -> Option<T>) -> anyhow::Result<T> {
        loop {
            let event =
                self.events.recv_timeout(PATIENCE).with_context(|| format!("waited in vain for {what}"))?;
            match event {
                ServiceEvent::Tree(TreeEvent::Watch(WatchState::Native { .. })) => self.watching = true,
                ServiceEvent::Tree(_)
                | ServiceEvent::Models(_)
                | ServiceEvent::Chat(_)
                | ServiceEvent::Edit(_)
                | ServiceEvent::Eval(_) => {}
                ServiceEvent::Query(event) => {
                    if let QueryEvent::Index(status) = &event {
                        self.history = status.history_complete;
                        self.commits = status.commits;
                    }
                    if let Some(found) = wanted(&event) {
                        return Ok(found);
                    }
                }
            }
        }
    }

    fn wait_for_index(&mut self, figures: &mut Figures) -> anyhow::Result<()> {
        figures.files = self.wait("the index", |event| {
            let QueryEvent::Index(status) = event else { return None };
            (status.walked && status.indexed == status.files).then_some(status.files)
        })?;
        Ok(())
    }

    fn wait_for_history(&mut self, figures: &mut Figures) -> anyhow::Result<()> {
        if !self.history {
            self.wait("history", |event| {
                matches!(event, QueryEvent::Index(status) if status.history_complete).then_some(())
            })?;
        }
        figures.commits = self.commits;
        Ok(())
    }

    fn ask(&mut self, text: &str) -> anyhow::Result<Duration> {
        self.generation = self.generation.next();
        let generation = self.generation;
        let request = QueryRequest {
            generation,
            text: text.into(),
            judge: JudgeName::embedded(),
            details: DetailLevel::Top(50),
        };
        let asked = Instant::now();
        self.services.send(QueryCommand::Ask(request));
        self.wait("an answer", |event| {
            matches!(event, QueryEvent::Done { generation: done, .. } if *done == generation)
                .then(|| asked.elapsed())
        })
    }

    fn ask_all(&mut self, figures: &mut Figures) -> anyhow::Result<()> {
        self.ask("warm up")?;
        let mut times: Vec<f64> = Vec::new();
        for request in REQUESTS {
            times.push(millis(self.ask(request)?));
        }
        times.sort_by(f64::total_cmp);
        figures.query_ms = times[times.len() / 2];
        figures.slowest_query_ms = times[times.len() - 1];
        Ok(())
    }

    /// Appends a line to the best row's file, and waits for its row; the file is put back.
    fn save(&mut self, root: &Path) -> anyhow::Result<f64> {
        self.ask(REQUESTS[0])?;
        self.generation = self.generation.next();
        let generation = self.generation;
        let request = QueryRequest {
            generation,
            text: REQUESTS[1].into(),
            judge: JudgeName::embedded(),
            details: DetailLevel::Top(1),
        };
        self.services.send(QueryCommand::Ask(request));
        let best = self.wait("a ranking", |event| {
            let QueryEvent::Ranked { rows, generation: of, .. } = event else { return None };
            rows.first().filter(|_| *of == generation).map(|row| row.file)
        })?;
        self.wait("an answer", |event| {
            matches!(event, QueryEvent::Done { generation: of, .. } if *of == generation).then_some(())
        })?;
        let Some(place) = self.services.place(best) else { bail!("the best row has no place") };
        let path = place.on_disk();
        if !path.starts_with(root) {
            bail!("the best row lies outside the tree");
        }
        let before = std::fs::read(&path)?;
        let saved = Instant::now();
        OpenOptions::new().append(true).open(&path)?.write_all(b"\n// dialog border window resized\n")?;
        let took = self.wait("the saved row", |event| {
            let QueryEvent::Ranked { cause: RankCause::Saved(files), rows, .. } = event else { return None };
            let row = rows.iter().find(|row| row.file == best && files.contains(&best));
            row.filter(|row| !row.stale).map(|_| saved.elapsed())
        });
        std::fs::write(&path, before)?;
        Ok(millis(took?))
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// A line of this process's status, in MiB; 0 where there is none.
pub(super) fn memory(key: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1_024.0
}
