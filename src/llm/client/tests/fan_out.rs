//! Many calls: bounds, priorities, several endpoints, one of them dying, hung calls.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;

use super::*;

fn judge(text: &str) -> Call {
    Call { max_output: 1, ..call(TaskKind::Judge, text) }
}

/// Answers with the text that was asked, after a while.
fn echo(seen: &server::Seen, after: Duration) -> Vec<Step> {
    let asked: serde_json::Value = serde_json::from_str(&seen.body).expect("a body");
    let body = format!(r#"{{"text":{},"stop":true,"output":1}}"#, asked["text"]);
    vec![
        Step::Pause(after),
        Step::Send(respond(200, &[("content-type", "application/json")], body.as_bytes())),
    ]
}

async fn ask_all(client: &Client, count: u64) -> Vec<Result<String, LlmError>> {
    let calls = (0..count).map(|file| {
        let call = Call { affinity: Some(file), ..judge(&format!("file {file}")) };
        let answer = client.whole(&model(), &Traits::default(), call);
        async move { answer.collect().await.map(|reply| reply.text) }
    });
    within(60, join_all(calls)).await
}

#[track_caller]
fn each_has_its_own_answer(answers: &[Result<String, LlmError>]) {
    for (file, answer) in answers.iter().enumerate() {
        assert_eq!(answer.as_ref(), Ok(&format!("file {file}")));
    }
}

#[tokio::test]
async fn no_more_calls_are_in_flight_than_a_server_can_serve_and_connections_are_used_again() {
    let server = Server::start(|seen| echo(seen, Duration::from_millis(5))).await;
    let client = client(&[&server]);
    client.set_capacity(Some(6));
    each_has_its_own_answer(&ask_all(&client, 200).await);
    let (most, connections) =
        (server.log.most_busy.load(Ordering::SeqCst), server.log.connections.load(Ordering::SeqCst));
    assert!(most <= 6 && connections <= 8, "{most} at once over {connections} connections");
    assert_eq!(client.measured(&model()).calls, 200);
}

#[tokio::test]
async fn two_hundred_calls_are_in_flight_where_the_server_takes_them() {
    let server = Server::start(|seen| echo(seen, Duration::from_millis(200))).await;
    let spec = BackendSpec { max_in_flight: Some(200), ..spec(&[&server]) };
    let client = Client::new(spec, &Plain, options()).expect("a client");
    each_has_its_own_answer(&ask_all(&client, 400).await);
    let most = server.log.most_busy.load(Ordering::SeqCst);
    assert!((100..=200).contains(&most), "{most}");
}

#[tokio::test]
async fn an_endpoint_that_dies_half_way_loses_and_doubles_nothing() {
    let dying = Arc::new(Server::start(|seen| echo(seen, Duration::from_millis(10))).await);
    let staying = Server::start(|seen| echo(seen, Duration::from_millis(10))).await;
    let spec = BackendSpec { max_in_flight: Some(16), ..spec(&[&dying, &staying]) };
    let client = Client::new(spec, &Plain, options()).expect("a client");
    let killer = {
        let dying = Arc::clone(&dying);
        tokio::spawn(async move {
            until(|| dying.seen().len() > 60).await;
            dying.kill();
        })
    };
    each_has_its_own_answer(&ask_all(&client, 400).await);
    killer.await.expect("killed");
    let (there, here) = (dying.seen().len(), staying.seen().len());
    assert!(there > 60 && here > 200, "{there} and {here}");
    assert!(matches!(client.status().health, Health::Degraded { .. }), "{:?}", client.status());
}

#[tokio::test]
async fn an_endpoint_that_comes_back_is_used_again() {
    let down = Arc::new(AtomicBool::new(true));
    let is_down = Arc::clone(&down);
    let flaky = Server::start(move |seen| {
        if is_down.load(Ordering::SeqCst) { vec![Step::Close] } else { echo(seen, Duration::ZERO) }
    })
    .await;
    let staying = Server::start(|seen| echo(seen, Duration::ZERO)).await;
    let client = client(&[&flaky, &staying]);
    each_has_its_own_answer(&ask_all(&client, 60).await);
    let tried = flaky.seen().len();
    down.store(false, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    each_has_its_own_answer(&ask_all(&client, 60).await);
    assert!(flaky.seen().len() > tried + 3, "{} after {tried}", flaky.seen().len());
    assert_eq!(client.status().health, Health::Up);
}

#[tokio::test]
async fn the_same_file_goes_to_the_same_endpoint() {
    let servers = [
        Server::start(|seen| echo(seen, Duration::ZERO)).await,
        Server::start(|seen| echo(seen, Duration::ZERO)).await,
        Server::start(|seen| echo(seen, Duration::ZERO)).await,
    ];
    let client = client(&servers.each_ref());
    for _ in 0..3 {
        for file in 0..20_u64 {
            let call = Call { affinity: Some(file), ..judge(&format!("file {file}")) };
            let answer = client.whole(&model(), &Traits::default(), call);
            within(10, answer.collect()).await.expect("a reply");
        }
    }
    let mut total = 0;
    for server in &servers {
        let files: HashSet<String> = server.seen().into_iter().map(|seen| seen.body).collect();
        assert_eq!(server.seen().len(), files.len() * 3, "each of its files came three times");
        total += files.len();
    }
    assert_eq!(total, 20);
}

#[tokio::test]
async fn refusals_now_and_then_lose_no_call() {
    let server = Server::start(|seen| match seen.nth % 10 {
        3 => vec![Step::Send(respond(429, &[], b"busy"))],
        _ => echo(seen, Duration::from_millis(5)),
    })
    .await;
    let spec = BackendSpec { max_in_flight: Some(32), ..spec(&[&server]) };
    let client = Client::new(spec, &Plain, options()).expect("a client");
    each_has_its_own_answer(&ask_all(&client, 300).await);
    assert_eq!(client.status().limit, 32);
}

#[tokio::test]
async fn a_few_hung_calls_are_asked_again_long_before_their_deadline() {
    let server = Server::start(|seen| match seen.nth {
        3 | 70 | 90 => vec![Step::Hang],
        _ => echo(seen, Duration::from_millis(10)),
    })
    .await;
    let spec = BackendSpec { max_in_flight: Some(8), ..spec(&[&server]) };
    let client = Client::new(spec, &Plain, options()).expect("a client");
    // Without a deadline; a call that is not asked again would take ten minutes.
    each_has_its_own_answer(&ask_all(&client, 120).await);
    assert_eq!(server.seen().len(), 123);
}

#[tokio::test]
async fn a_chat_overtakes_a_fan_out_on_the_same_server() {
    let server = Server::start(|seen| echo(seen, Duration::from_millis(50))).await;
    let spec = BackendSpec { max_in_flight: Some(2), ..spec(&[&server]) };
    let client = Client::new(spec, &Plain, options()).expect("a client");
    let files: Vec<Answer> = (0..40)
        .map(|file| client.whole(&model(), &Traits::default(), judge(&format!("file {file}"))))
        .collect();
    until(|| server.seen().len() == 2).await;
    let reply = client.whole(&model(), &Traits::default(), Call { max_output: 8, ..chat("hello") });
    within(10, reply.collect()).await.expect("a reply");
    let asked = server.seen().iter().position(|seen| seen.body.contains("hello")).expect("asked");
    assert!(asked <= 6, "the chat was request {asked} of 41");
    drop(files);
}
