//! Backends, routes and a judging model, as LOOK.md draws them.

use std::time::Duration;

use quarry::app::Msg;
use quarry::domain::{
    BackendStatus, Choice, Estimate, Health, JudgeName, Locality, Measured, ModelEvent, ModelRef,
    ModelStatus, Price, QueryEvent, RankCause, RouteStatus, StateKind, TaskKind, Usage,
};

use super::{Stage, row, rows};

pub const JUDGE: &str = "hub/glm-4.6";

pub fn model(name: &str) -> ModelRef {
    name.parse().unwrap()
}

fn status(name: &str, window: Option<u32>, first_ms: Option<u64>, input: Option<f64>) -> ModelStatus {
    ModelStatus {
        model: model(name),
        window,
        price: input.map(|input| Price { input, cached_input: input / 10.0, output: input * 4.0 }),
        measured: Measured {
            calls: 12,
            first_token: first_ms.map(Duration::from_millis),
            tokens_per_second: first_ms.map(|_| 38.0),
        },
        abilities: vec!["chat", "logprobs", "schema"],
    }
}

fn backend(name: &str, endpoint: &str, origin: &str, models: Vec<ModelStatus>) -> BackendStatus {
    let local = endpoint.contains("127.0.0.1");
    BackendStatus {
        name: name.into(),
        protocol: "openai",
        endpoints: vec![endpoint.into()],
        locality: if local { Locality::Loopback } else { Locality::Remote },
        health: Health::Up,
        origin: origin.into(),
        in_flight: 0,
        models,
    }
}

/// A local server, a hub with a key, a hosted model, and a server that nobody has asked yet.
pub fn backends() -> Vec<BackendStatus> {
    let hub = vec![
        status("hub/glm-4.6", Some(200_000), Some(1600), Some(0.60)),
        status("hub/glm-4.6-air", Some(131_072), Some(800), Some(0.20)),
        status("hub/mystery-large", None, None, None),
    ];
    vec![
        backend(
            "lab",
            "http://127.0.0.1:8080",
            "found on 127.0.0.1:8080",
            vec![status("lab/unsloth/qwen3-coder-30b", Some(131_072), Some(400), Some(0.0))],
        ),
        backend("hub", "https://api.z.example", "$HUB_API_KEY", hub),
        backend(
            "kimi",
            "https://api.k.example",
            "config.toml:12",
            vec![status("kimi/kimi-k2", Some(262_144), Some(1900), Some(0.60))],
        ),
    ]
}

pub fn route(task: TaskKind, choice: &str, why: &str) -> RouteStatus {
    let choice = match choice {
        "embedded" => Choice::Embedded,
        "" => Choice::Nobody,
        name => Choice::Model(model(name)),
    };
    RouteStatus { task, choice, why: why.into(), passed_over: Vec::new(), by_user: false }
}

/// Chat local, the judge and edits remote, the rest as chat.
pub fn routes() -> Vec<RouteStatus> {
    TaskKind::ALL
        .into_iter()
        .map(|task| match task {
            TaskKind::Judge => {
                RouteStatus { by_user: true, ..route(task, JUDGE, "config.toml:20 names it first") }
            }
            TaskKind::Command => {
                RouteStatus { by_user: true, ..route(task, "kimi/kimi-k2", "config.toml:24 names it first") }
            }
            TaskKind::Complete => route(task, "", "no model can fill in the middle"),
            _ => route(task, "lab/unsloth/qwen3-coder-30b", "local, free, and first token in 0.4 s"),
        })
        .collect()
}

/// The judge asked the hub's model first, and the hub is down.
pub fn fallen() -> (Vec<BackendStatus>, Vec<RouteStatus>) {
    let (mut backends, mut routes) = (backends(), routes());
    let why = "connection refused (api.z.example:443)";
    backends[1].health = Health::Down { why: why.into(), retry_in: Some(Duration::from_secs(12)) };
    let judge = routes.iter_mut().find(|route| route.task == TaskKind::Judge).unwrap();
    judge.choice = Choice::Embedded;
    judge.passed_over = vec![(JUDGE.into(), why.into())];
    (backends, routes)
}

pub fn estimate() -> Estimate {
    Estimate {
        judge: JudgeName(JUDGE.into()),
        files: 1284,
        known: 96,
        tokens_in: 2_100_000,
        tokens_out: 1284,
        usd: Some(0.21),
        time: Some(Duration::from_secs(72)),
        stopped_by: None,
    }
}

impl Stage {
    /// Tells of backends and routes.
    pub fn models(&mut self, backends: Vec<BackendStatus>, routes: Vec<RouteStatus>) -> &mut Self {
        self.send(Msg::Models(ModelEvent::Backends(backends.into())));
        self.send(Msg::Models(ModelEvent::Routes(routes.into())))
    }

    /// A session in which models were found.
    pub fn with_models(mut self) -> Self {
        self.models(backends(), routes());
        self.wait(6000);
        self.cmds.clear();
        self
    }

    pub fn spent(&mut self, usd: f64) -> &mut Self {
        let usage = Usage { tokens_in: 1_000_000, tokens_out: 900, usd };
        self.send(Msg::Models(ModelEvent::Spent { session: usage, today: usage }))
    }

    /// Types a request and presses enter; the engine has planned it.
    pub fn ask_model(&mut self, text: &str) -> &mut Self {
        self.ask(text);
        self.rank(rows(), RankCause::Query);
        self.keys("enter");
        let generation = self.app.query.generation();
        self.send(Msg::Query(QueryEvent::Planned { generation, files: 1284, judge: JudgeName(JUDGE.into()) }))
    }

    pub fn estimated(&mut self, estimate: Estimate) -> &mut Self {
        let generation = self.app.query.generation();
        self.send(Msg::Query(QueryEvent::Estimate { generation, estimate }))
    }

    /// A model judges: some rows are done, 16 are at it, the rest wait in the order of the embedded judge.
    pub fn judging(&mut self) -> &mut Self {
        self.ask_model("where is the retry budget enforced?");
        self.estimated(estimate()).wait(800);
        self.keys("enter");
        self.rank(model_rows(0), RankCause::Query);
        for step in 1..=8 {
            self.wait(500);
            self.rank(model_rows(step), RankCause::Query);
        }
        self.explain();
        let mut backends = backends();
        backends[1].in_flight = 16;
        self.send(Msg::Models(ModelEvent::Backends(backends.into())));
        self.spent(0.18)
    }
}

/// Rows while a model judges: nine more are done at each step.
pub fn model_rows(step: u32) -> Vec<quarry::domain::RankedRow> {
    let mut all: Vec<_> = rows().into_iter().take(7).collect();
    all.push(row(11, "src/edit/apply.rs", StateKind::Judging, 0.62));
    all.push(row(12, "src/edit/undo.rs", StateKind::Queued, 0.55));
    all.push(row(13, "assets/corpus.txt", StateKind::Failed, 0.0));
    all.extend((0..15).map(|n| row(40 + n, &format!("src/at/judge_{n}.rs"), StateKind::Judging, 0.5)));
    let done = step * 9;
    all.extend((0..120).map(|n| {
        let state = if n < done { StateKind::No } else { StateKind::Queued };
        row(100 + n, &format!("src/queue/item_{n}.rs"), state, 0.4 - n as f32 / 1000.0)
    }));
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all
}
