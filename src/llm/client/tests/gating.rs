//! The gate: asked once, told of each attempt, settled once, whatever happens.

use std::sync::Mutex as StdMutex;

use super::*;
use crate::llm::{Ask, Counted, Part};

#[derive(Default)]
struct Ledger {
    lines: StdMutex<Vec<String>>,
    refuse: bool,
}

impl Ledger {
    fn note(&self, line: String) {
        self.lines.lock().expect("a lock").push(line);
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("a lock").clone()
    }
}

impl Gate for Ledger {
    fn admit(&self, model: &ModelRef, locality: Locality, call: &mut Call) -> Result<Pass, LlmError> {
        self.note(format!("admit {model} {}", locality.name()));
        if self.refuse {
            return Err(LlmError::OverBudget { model: model.clone(), why: "spent".into() });
        }
        if let Ask::Chat(messages) = &mut call.ask {
            messages[0].parts[0] = Part::Text("[hidden]".into());
        }
        Ok(Pass::new(7_u32))
    }

    fn sent(&self, pass: &Pass, endpoint: &str, bytes: u64) {
        let port = endpoint.rsplit_once(':').map_or("", |(_, port)| port);
        assert!(endpoint.starts_with("http://127.0.0.1:") && !port.is_empty(), "{endpoint}");
        self.note(format!("sent {:?} {}", pass.state::<u32>(), bytes > 10));
    }

    fn settle(&self, pass: Pass, counted: &Counted, outcome: Result<(), &LlmError>) {
        let outcome = outcome.map_err(LlmError::kind);
        self.note(format!("settle {:?} {:?} {outcome:?}", pass.into_state::<u32>(), counted.prompt));
    }
}

fn gated(servers: &[&Server], refuse: bool) -> (Arc<Ledger>, Client) {
    let ledger = Arc::new(Ledger { refuse, ..Ledger::default() });
    let gate: Arc<dyn Gate> = Arc::clone(&ledger) as _;
    let client = Client::new(spec(servers), &Plain, ClientOptions { gate, ..options() });
    (ledger, client.expect("a client"))
}

#[tokio::test]
async fn a_call_is_admitted_once_and_each_attempt_is_told() {
    let server = Server::start(|seen| match seen.nth {
        0 => status(503),
        _ => stream(&[r#"{"text":"yes"}"#, r#"{"stop":true,"prompt":9}"#]),
    })
    .await;
    let (ledger, client) = gated(&[&server], false);
    within(10, send(&client, chat("my key is sk-1")).collect()).await.expect("a reply");
    let told =
        ["admit lab/m remote", "sent Some(7) true", "sent Some(7) true", "settle Some(7) Some(9) Ok(())"];
    assert_eq!(ledger.lines(), told);
    assert!(server.seen().iter().all(|seen| seen.body.contains("[hidden]") && !seen.body.contains("sk-1")));
}

#[tokio::test]
async fn a_refused_call_is_not_sent() {
    let server = Server::start(|_| yes()).await;
    let (ledger, client) = gated(&[&server], true);
    let error = within(10, send(&client, chat("q")).collect()).await;
    assert!(matches!(error, Err(LlmError::OverBudget { .. })));
    assert_eq!(ledger.lines(), ["admit lab/m remote"]);
    assert!(server.seen().is_empty());
    assert_eq!(client.status().in_flight, 0);
}

#[tokio::test]
async fn a_dropped_answer_is_told_and_settled() {
    let server = Server::start(|_| vec![Step::Send(stream_head()), Step::Hang]).await;
    let (ledger, client) = gated(&[&server], false);
    let answer = send(&client, chat("q"));
    until(|| !server.seen().is_empty()).await;
    drop(answer);
    until(|| ledger.lines().len() == 3).await;
    assert_eq!(
        ledger.lines(),
        ["admit lab/m remote", "sent Some(7) true", "settle Some(7) None Err(\"cut\")"]
    );
}

#[tokio::test]
async fn an_answer_dropped_in_the_queue_was_never_admitted() {
    let server = Server::start(|_| vec![Step::Hang]).await;
    let (ledger, client) = gated(&[&server], false);
    client.set_capacity(Some(1));
    let first = send(&client, chat("q"));
    until(|| server.seen().len() == 1).await;
    let second = send(&client, chat("q"));
    until(|| client.status().waiting == 1).await;
    drop(second);
    drop(first);
    until(|| ledger.lines().len() == 3).await;
    assert_eq!(ledger.lines().iter().filter(|line| line.starts_with("admit")).count(), 1);
}

#[tokio::test]
async fn a_failed_connection_is_not_told_as_sent() {
    let gone = Server::start(|_| yes()).await;
    let (ledger, client) = gated(&[&gone], false);
    gone.kill();
    until(|| std::net::TcpStream::connect(gone.address).is_err()).await;
    within(10, send(&client, chat("q")).collect()).await.expect_err("nobody there");
    assert_eq!(ledger.lines(), ["admit lab/m remote", "settle Some(7) None Err(\"network\")"]);
}

#[tokio::test]
async fn a_model_that_a_local_server_passes_on_is_remote_and_forbidden_where_all_must_stay_local() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /models" => vec![Step::Send(respond(200, &[], br#"{"models":["m","m-cloud"]}"#))],
        "GET /more" => vec![Step::Send(respond(404, &[], b""))],
        _ => yes(),
    })
    .await;
    let cloud = ModelRef::new("lab", "m-cloud");
    let ledger = Arc::new(Ledger::default());
    for reach in [Reach::Anywhere, Reach::LoopbackOnly] {
        let gate: Arc<dyn Gate> = Arc::clone(&ledger) as _;
        let spec = BackendSpec { locality: Locality::Loopback, ..spec(&[&server]) };
        let client = Client::new(spec, &Plain, ClientOptions { gate, reach, ..options() }).expect("a client");
        assert_eq!(within(10, client.list(None)).await.expect("a list").len(), 2);
        let here = within(10, send(&client, chat("q")).collect()).await;
        assert!(here.is_ok());
        let away = within(10, client.stream(&cloud, &Traits::default(), chat("q")).collect()).await;
        match reach {
            Reach::Anywhere => assert!(away.is_ok()),
            Reach::LoopbackOnly => assert!(matches!(away, Err(LlmError::Forbidden { .. }))),
        }
    }
    let admitted: Vec<String> = ledger.lines().into_iter().filter(|line| line.starts_with("admit")).collect();
    assert_eq!(admitted, ["admit lab/m local", "admit lab/m-cloud remote", "admit lab/m local"]);
}

#[tokio::test]
async fn nothing_leaves_the_machine_where_all_must_stay_local() {
    let mut spec = spec(&[]);
    spec.endpoints = vec!["http://10.255.255.1:9/".parse().expect("an address")];
    let ledger = Arc::new(Ledger::default());
    let gate: Arc<dyn Gate> = Arc::clone(&ledger) as _;
    let reach = Reach::LoopbackOnly;
    let client = Client::new(spec, &Plain, ClientOptions { gate, reach, ..options() }).expect("a client");
    let error = within(5, send(&client, chat("q")).collect()).await.expect_err("forbidden");
    assert!(matches!(&error, LlmError::Forbidden { why, .. } if why.contains("`local_only`")), "{error}");
    assert_eq!(ledger.lines(), ["admit lab/m remote", "settle Some(7) None Err(\"forbidden\")"]);
}
