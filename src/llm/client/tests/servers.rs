//! What is known of a server: lists, probes, health.

use super::*;

#[tokio::test]
async fn the_list_is_what_the_first_request_says_and_the_others_add_to_it() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /models" => vec![Step::Send(respond(200, &[], br#"{"models":["a","b"]}"#))],
        _ => vec![Step::Send(respond(200, &[], br#"{"window":4096}"#))],
    })
    .await;
    let client = client(&[&server]);
    assert_eq!(client.status().health, Health::Unknown);
    let listed = within(10, client.list(None)).await.expect("a list");
    let known: Vec<(&str, Option<u32>)> =
        listed.iter().map(|listed| (listed.name.as_str(), listed.window)).collect();
    assert_eq!(known, [("a", Some(4_096)), ("b", Some(4_096))]);
    assert_eq!(client.status().health, Health::Up);
    assert!(server.seen().iter().all(|seen| seen.header("authorization") == Some("Bearer k-123")));
}

#[tokio::test]
async fn a_list_comes_from_the_endpoint_that_answers() {
    let gone = Server::start(|_| vec![Step::Close]).await;
    let there = Server::start(|_| vec![Step::Send(respond(200, &[], br#"{"models":["a"]}"#))]).await;
    let listed = within(10, client(&[&gone, &there]).list(None)).await.expect("a list");
    assert_eq!(listed.len(), 1);
}

#[tokio::test]
async fn a_refused_key_is_shown_until_something_is_answered() {
    let server = Server::start(|seen| match seen.nth {
        0 => vec![Step::Send(respond(401, &[], b"no such key"))],
        _ => yes(),
    })
    .await;
    let client = client(&[&server]);
    let error = within(10, send(&client, chat("q")).collect()).await.expect_err("refused");
    assert!(matches!(error, LlmError::Auth { .. }));
    assert_eq!(client.status().health, Health::Down { why: "no such key".into(), retry_in: None });
    within(10, send(&client, chat("q")).collect()).await.expect("a reply");
    assert_eq!(client.status().health, Health::Up);
}

#[tokio::test]
async fn a_probe_tells_who_is_there() {
    let server = Server::start(|_| vec![Step::Send(respond(200, &[], b"{}"))]).await;
    let client = client(&[&server]);
    assert!(within(10, client.probe()).await.is_ok());
    server.kill();
    until(|| std::net::TcpStream::connect(server.address).is_err()).await;
    for _ in 0..3 {
        assert!(matches!(within(10, client.probe()).await, Err(LlmError::Network { .. })));
    }
    let Health::Down { why, retry_in: Some(_) } = client.status().health else {
        panic!("{:?}", client.status());
    };
    assert!(why.contains("refused"), "{why}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let server = Server::start(|_| vec![Step::Hang]).await;
    let patience = Patience { listing: Duration::from_millis(100), ..Patience::default() };
    let client =
        Client::new(spec(&[&server]), &Plain, ClientOptions { patience, ..options() }).expect("a client");
    assert!(matches!(within(10, client.probe()).await, Err(LlmError::Timeout { .. })));
    assert!(matches!(within(10, client.list(None)).await, Err(LlmError::Timeout { .. })));
}

#[tokio::test]
async fn an_answer_can_be_read_on_another_runtime() {
    let server = Server::start(|_| yes()).await;
    let answer = send(&client(&[&server]), chat("q"));
    let other = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let reading = std::thread::spawn(move || other.block_on(answer.collect()));
    until(|| reading.is_finished()).await;
    assert_eq!(reading.join().expect("no panic").expect("a reply").text, "yes");
}
