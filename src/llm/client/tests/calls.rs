//! One call: streaming, cuts, refusals, redirects, deadlines.

use std::sync::atomic::Ordering;

use super::*;

#[tokio::test]
async fn an_answer_streams_however_its_bytes_are_cut() {
    let body = ": hello\r\ndata: {\"text\":\"größer \"}\r\n\r\n: still here\r\n\r\ndata: {\"text\":\"→ 日本\"}\r\n\r\n\
                data: {\"stop\":true,\"prompt\":5,\"output\":3}\r\n\r\n";
    let server = Server::start(move |_| {
        let mut steps = vec![Step::Send(stream_head())];
        steps.extend(body.as_bytes().iter().map(|byte| Step::Send(piece(&[*byte]))));
        steps.push(Step::Send(stream_end()));
        steps
    })
    .await;
    let reply = within(10, send(&client(&[&server]), chat("q")).collect()).await.expect("a reply");
    assert_eq!((reply.text.as_str(), reply.counted.prompt), ("größer → 日本", Some(5)));
    assert!(reply.timing.first_token.is_some_and(|first| first <= reply.timing.total));
    assert_eq!(server.seen()[0].line, "POST /chat");
    assert_eq!(server.seen()[0].header("authorization"), Some("Bearer k-123"));
}

#[tokio::test]
async fn chunks_come_before_the_answer_is_whole() {
    let server = Server::start(|_| {
        let first = piece(b"data: {\"text\":\"first\"}\n\n");
        vec![Step::Send(stream_head()), Step::Send(first), Step::Hang]
    })
    .await;
    let mut answer = send(&client(&[&server]), chat("q"));
    assert_eq!(within(10, answer.next()).await, Some(Ok(Chunk::Text("first".into()))));
}

#[tokio::test]
async fn a_packed_answer_is_unpacked() {
    const PACKED: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 73, 44, 73, 180, 82, 168, 86, 42, 73, 173, 40, 81, 178, 82, 42,
        46, 44, 77, 77, 173, 74, 77, 81, 170, 229, 226, 74, 129, 74, 21, 151, 228, 23, 40, 89, 149, 20, 149,
        166, 2, 5, 1, 128, 213, 246, 225, 48, 0, 0, 0,
    ];
    let server = Server::start(|_| {
        let headers = [("content-type", "text/event-stream"), ("content-encoding", "gzip")];
        vec![Step::Send(respond(200, &headers, PACKED))]
    })
    .await;
    let reply = within(10, send(&client(&[&server]), chat("q")).collect()).await.expect("a reply");
    assert_eq!(reply.text, "squeezed");
    assert!(server.seen()[0].header("accept-encoding").is_some_and(|accepted| accepted.contains("gzip")));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_cut_and_not_sent_twice() {
    let server = Server::start(|_| {
        vec![
            Step::Send(stream_head()),
            Step::Send(piece(b"data: {\"text\":\"half\"}\n\ndata: {\"te")),
            Step::Close,
        ]
    })
    .await;
    let mut answer = send(&client(&[&server]), chat("q"));
    assert_eq!(within(10, answer.next()).await, Some(Ok(Chunk::Text("half".into()))));
    assert_eq!(within(10, answer.next()).await, Some(Err(LlmError::Cut { model: model() })));
    assert_eq!(answer.next().await, None);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_wanted_whole_is_asked_for_again_when_it_breaks_off() {
    let server = Server::start(|seen| match seen.nth {
        0 => {
            vec![Step::Send(stream_head()), Step::Send(piece(b"data: {\"text\":\"half\"}\n\n")), Step::Close]
        }
        _ => yes(),
    })
    .await;
    let answer = client(&[&server]).whole(&model(), &Traits::default(), chat("q"));
    assert_eq!(within(10, answer.collect()).await.expect("a reply").text, "yes");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_refused_call_comes_back_when_the_server_said() {
    let server = Server::start(|seen| match seen.nth {
        0 => vec![Step::Send(respond(429, &[("retry-after", "0.3")], b"slow down"))],
        _ => yes(),
    })
    .await;
    let begun = std::time::Instant::now();
    let reply = within(10, send(&client(&[&server]), chat("q")).collect()).await.expect("a reply");
    assert_eq!(reply.text, "yes");
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_call_is_sent_three_times_and_no_more() {
    for (code, times) in [(500, 3), (503, 3), (429, 3), (409, 3), (400, 1), (401, 1), (404, 1)] {
        let server = Server::start(move |_| status(code)).await;
        let error = within(20, send(&client(&[&server]), chat("q")).collect()).await.expect_err("an error");
        assert_eq!(server.seen().len(), times, "{code}: {error}");
    }
}

#[tokio::test]
async fn a_wait_of_more_than_two_minutes_is_left_to_the_caller() {
    let server =
        Server::start(|_| vec![Step::Send(respond(429, &[("retry-after", "3600")], b"tomorrow"))]).await;
    let error = within(10, send(&client(&[&server]), chat("q")).collect()).await.expect_err("an error");
    let hour = Some(Duration::from_hours(1));
    assert_eq!(error, LlmError::Rate { model: model(), why: "tomorrow".into(), retry_after: hour });
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn the_servers_word_on_retries_is_obeyed() {
    let server = Server::start(|_| {
        vec![Step::Send(respond(503, &[("x-should-retry", "false"), ("retry-after", "0.01")], b"no"))]
    })
    .await;
    let error = within(10, send(&client(&[&server]), chat("q")).collect()).await;
    assert!(matches!(error, Err(LlmError::Server { .. })));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_error_inside_a_200_is_tried_again_only_before_the_first_chunk() {
    let server = Server::start(|seen| match seen.nth {
        0 => stream(&[r#"{"error":"overloaded"}"#]),
        1 => yes(),
        _ => stream(&[r#"{"text":"half"}"#, r#"{"error":"overloaded"}"#]),
    })
    .await;
    let client = client(&[&server]);
    assert_eq!(within(10, send(&client, chat("q")).collect()).await.expect("a reply").text, "yes");
    assert_eq!(server.seen().len(), 2);
    let error = within(10, send(&client, chat("q")).collect()).await;
    assert!(matches!(error, Err(LlmError::Server { status: None, .. })), "{error:?}");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_redirect_on_the_same_server_is_followed_with_key_and_body() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "POST /chat" => vec![Step::Send(respond(308, &[("location", "/v2/chat")], b""))],
        _ => yes(),
    })
    .await;
    assert_eq!(
        within(10, send(&client(&[&server]), chat("q")).collect()).await.expect("a reply").text,
        "yes"
    );
    let second = &server.seen()[1];
    assert_eq!(
        (second.line.as_str(), second.header("authorization")),
        ("POST /v2/chat", Some("Bearer k-123"))
    );
    assert_eq!(second.body, server.seen()[0].body);
}

#[tokio::test]
async fn a_redirect_to_another_server_is_refused_and_nothing_is_sent_there() {
    let other = Server::start(|_| yes()).await;
    let location = format!("http://localhost:{}/chat", other.address.port());
    let server =
        Server::start(move |_| vec![Step::Send(respond(307, &[("location", location.as_str())], b""))]).await;
    for reach in [Reach::Anywhere, Reach::LoopbackOnly] {
        let client =
            Client::new(spec(&[&server]), &Plain, ClientOptions { reach, ..options() }).expect("a client");
        let error = within(10, send(&client, chat("q")).collect()).await.expect_err("refused");
        assert!(matches!(&error, LlmError::Forbidden { why, .. } if why.contains("localhost")), "{error}");
    }
    assert!(other.seen().is_empty());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    let server = Server::start(|_| vec![Step::Send(respond(307, &[("location", "/chat")], b""))]).await;
    let error = within(10, send(&client(&[&server]), chat("q")).collect()).await.expect_err("refused");
    assert!(error.to_string().contains("circle"), "{error}");
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_call_that_hangs_ends_at_its_deadline_and_frees_the_server() {
    let server = Server::start(|_| vec![Step::Send(stream_head()), Step::Hang]).await;
    let deadline = Some(Duration::from_millis(200));
    let answer = send(&client(&[&server]), Call { deadline, ..chat("q") });
    let error = within(10, answer.collect()).await;
    assert_eq!(error, Err(LlmError::Timeout { model: model(), after: Duration::from_millis(200) }));
    until(|| server.log.left.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn keep_alive_comments_do_not_keep_a_call_alive_for_ever() {
    let server = Server::start(|_| {
        let comment = [Step::Send(piece(b": ping\n\n")), Step::Pause(Duration::from_millis(20))];
        [Step::Send(stream_head())].into_iter().chain(comment.into_iter().cycle().take(2_000)).collect()
    })
    .await;
    let patience = Patience { first_token: Duration::from_millis(300), ..Patience::default() };
    let client =
        Client::new(spec(&[&server]), &Plain, ClientOptions { patience, ..options() }).expect("a client");
    let error = within(10, send(&client, chat("q")).collect()).await.expect_err("too long");
    assert!(matches!(error, LlmError::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn silence_in_the_midst_of_an_answer_ends_it() {
    let server = Server::start(|_| {
        vec![Step::Send(stream_head()), Step::Send(piece(b"data: {\"text\":\"half\"}\n\n")), Step::Hang]
    })
    .await;
    let patience = Patience { idle: Duration::from_millis(150), ..Patience::default() };
    let client =
        Client::new(spec(&[&server]), &Plain, ClientOptions { patience, ..options() }).expect("a client");
    let mut answer = send(&client, chat("q"));
    assert_eq!(within(10, answer.next()).await, Some(Ok(Chunk::Text("half".into()))));
    assert!(matches!(within(10, answer.next()).await, Some(Err(LlmError::Timeout { .. }))));
}

#[tokio::test]
async fn an_answer_that_has_ended_does_not_wait_for_a_connection_that_stays_open() {
    let server = Server::start(|_| {
        let whole = piece(b"data: {\"text\":\"yes\"}\n\ndata: {\"stop\":true}\n\n");
        vec![Step::Send(stream_head()), Step::Send(whole), Step::Hang]
    })
    .await;
    assert_eq!(
        within(10, send(&client(&[&server]), chat("q")).collect()).await.expect("a reply").text,
        "yes"
    );
}

#[tokio::test]
async fn dropping_an_answer_closes_the_request() {
    let server = Server::start(|_| {
        vec![Step::Send(stream_head()), Step::Send(piece(b"data: {\"text\":\"a\"}\n\n")), Step::Hang]
    })
    .await;
    let client = client(&[&server]);
    let mut answer = send(&client, chat("q"));
    assert!(within(10, answer.next()).await.is_some());
    assert_eq!(client.status().in_flight, 1);
    drop(answer);
    until(|| server.log.left.load(Ordering::SeqCst) == 1).await;
    until(|| client.status().in_flight == 0).await;
}

#[tokio::test]
async fn an_endless_answer_ends_without_filling_memory() {
    let record = format!("data: {{\"text\":\"{}\"}}\n\n", "x".repeat(64 << 10));
    let server = Server::start(move |_| {
        let mut steps = vec![Step::Send(stream_head())];
        steps.extend((0..800).map(|_| Step::Send(piece(record.as_bytes()))));
        steps
    })
    .await;
    let error = within(20, send(&client(&[&server]), chat("q")).collect()).await.expect_err("too much");
    assert!(matches!(&error, LlmError::Garbled { why, .. } if why.contains("4 MB")), "{error}");
}

#[tokio::test]
async fn a_reader_that_does_not_read_stops_the_server() {
    let record = format!("data: {{\"text\":\"{}\"}}\n\n", "x".repeat(64 << 10));
    let server = Server::start(move |_| {
        let mut steps = vec![Step::Send(stream_head())];
        steps.extend((0..800).map(|_| Step::Send(piece(record.as_bytes()))));
        steps.push(Step::Close);
        steps
    })
    .await;
    let mut answer = send(&client(&[&server]), Call { max_output: 100_000, ..chat("q") });
    assert!(within(10, answer.next()).await.is_some());
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(server.log.busy.load(Ordering::SeqCst), 1, "the server still has most of 50 MB to send");
    let mut read = 1;
    while within(10, answer.next()).await.is_some_and(|chunk| chunk.is_ok()) {
        read += 1;
    }
    assert!(read > 700, "and sends it when it is read: {read}");
}

#[tokio::test]
async fn a_connection_that_is_refused_says_where() {
    let gone = Server::start(|_| yes()).await;
    let address = gone.address;
    let client = client(&[&gone]);
    gone.kill();
    until(|| std::net::TcpStream::connect(address).is_err()).await;
    let error = within(10, send(&client, chat("q")).collect()).await.expect_err("nobody there");
    let LlmError::Network { why, .. } = &error else { panic!("{error:?}") };
    assert!(why.contains(&address.to_string()) && why.contains("refused"), "{why}");
}

#[tokio::test]
async fn a_prompt_that_was_not_read_whole_is_an_error_with_its_fix() {
    let server = Server::start(|_| stream(&[r#"{"text":"yes"}"#, r#"{"stop":true,"prompt":2048}"#])).await;
    let long = include_str!("../../call.rs").repeat(8);
    let error = within(10, send(&client(&[&server]), chat(&long)).collect()).await.expect_err("truncated");
    assert!(matches!(&error, LlmError::Truncated { evaluated: 2_048, .. }), "{error}");
    assert!(error.notice().hint.is_some_and(|hint| hint.contains("OLLAMA_CONTEXT_LENGTH")));
}

#[tokio::test]
async fn a_redirect_to_https_on_the_same_host_may_be_followed() {
    let server =
        Server::start(|_| vec![Step::Send(respond(301, &[("location", "https://127.0.0.1/chat")], b""))])
            .await;
    let error =
        within(20, send(&client(&[&server]), chat("q")).collect()).await.expect_err("no server there");
    assert!(matches!(error, LlmError::Network { .. }), "{error}");
}
