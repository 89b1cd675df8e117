//! Who may be connected to, who gets the key, and what a server sees of a call that is given up.

use std::time::Duration;

use quarry::config::Protocol;
use quarry::domain::Locality;
use quarry::llm::client::Reach;
use quarry::llm::wire::Traits;

use crate::common::answer::Answer;
use crate::common::backend::{KEY, ask, client, client_of, model, options, question, runtime, spec};
use crate::common::server::Server;
use crate::common::shapes;

#[test]
fn the_key_goes_into_the_header_of_its_protocol_and_nowhere_else() {
    for (protocol, header, value) in [
        (Protocol::OpenAi, "authorization", format!("Bearer {KEY}")),
        (Protocol::Responses, "authorization", format!("Bearer {KEY}")),
        (Protocol::Anthropic, "x-api-key", KEY.to_owned()),
        (Protocol::Gemini, "x-goog-api-key", KEY.to_owned()),
        (Protocol::LlamaCpp, "authorization", format!("Bearer {KEY}")),
    ] {
        let server = Server::start();
        server.always(shapes::route(protocol), shapes::streamed(protocol, &["fine"]));
        ask(&client(protocol, &server.url("")), question("hello")).unwrap();
        let request = &server.requests()[0];
        assert_eq!(request.header(header), Some(value.as_str()), "{protocol:?}");
        let with_key = request.headers.iter().filter(|(_, value)| value.contains(KEY)).count();
        assert_eq!(with_key, 1, "{protocol:?}: {:?}", request.headers);
        assert!(!request.query.contains(KEY) && !request.path.contains(KEY), "{protocol:?}");
    }
}

#[test]
fn a_redirect_to_another_host_is_refused_with_the_key() {
    for protocol in shapes::ALL {
        for status in [301, 302, 307, 308] {
            let (here, there) = (Server::start(), Server::start());
            there.always("POST *", shapes::streamed(protocol, &["stolen"]));
            there.always("GET *", shapes::streamed(protocol, &["stolen"]));
            here.always(
                shapes::route(protocol),
                Answer::redirect(status, &there.url("/v1/chat/completions")),
            );
            let error = ask(&client(protocol, &here.url("")), question("hello")).unwrap_err();
            assert_eq!(error.kind(), "forbidden", "{protocol:?} {status}: {error:?}");
            assert_eq!(there.connections(), 0, "{protocol:?} {status}: nobody else hears of the call");
            assert_eq!(here.requests().len(), 1, "{protocol:?} {status}: asked once");
            assert!(error.to_string().contains(&there.port().to_string()), "it says where to: {error}");
        }
    }
}

#[test]
fn a_redirect_on_the_same_host_is_followed_with_the_call_as_it_is() {
    let server = Server::start();
    server.always("POST /v1/chat/completions", Answer::redirect(308, "/moved/v1/chat/completions"));
    server.always("POST /moved/*", shapes::streamed(Protocol::OpenAi, &["fine"]));
    let reply = ask(&client(Protocol::OpenAi, &server.url("")), question("hello")).unwrap();
    assert_eq!(reply.text, "fine");
    let requests = server.requests();
    assert_eq!(requests[1].path, "/moved/v1/chat/completions");
    assert_eq!(requests[0].body, requests[1].body);
}

#[test]
fn redirects_in_a_circle_end() {
    let server = Server::start();
    server.always("POST *", Answer::redirect(308, "/v1/chat/completions"));
    let error = ask(&client(Protocol::OpenAi, &server.url("")), question("hello")).unwrap_err();
    assert!(server.requests().len() < 50, "{} requests", server.requests().len());
    assert!(!error.to_string().is_empty());
}

#[test]
fn local_only_connects_to_nothing_but_loopback_addresses() {
    // TEST-NET-1, unspecified, link-local, mapped and private addresses: nothing listens there, and nothing is tried.
    for host in [
        "192.0.2.1",
        "10.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "2130706434.example.invalid",
        "[::ffff:192.0.2.1]",
        "[fe80::1]",
        "[2001:db8::1]",
    ] {
        let mut spec = spec(Protocol::OpenAi, &[format!("http://{host}:9/v1")]);
        spec.locality = Locality::Remote;
        let begun = std::time::Instant::now();
        let error = ask(&client_of(spec, options(Reach::LoopbackOnly)), question("hello")).unwrap_err();
        let expected: &[&str] =
            if host.ends_with("invalid") { &["forbidden", "network"] } else { &["forbidden"] };
        assert!(expected.contains(&error.kind()), "{host}: {error:?}");
        assert!(begun.elapsed() < Duration::from_secs(4), "{host}: nothing was waited for");
    }
}

#[test]
fn local_only_still_reaches_this_machine_by_address_and_by_name() {
    let server = Server::start();
    server.always("POST *", shapes::streamed(Protocol::OpenAi, &["fine"]));
    for host in ["127.0.0.1", "localhost"] {
        let spec = spec(Protocol::OpenAi, &[format!("http://{host}:{}/v1", server.port())]);
        let reply = ask(&client_of(spec, options(Reach::LoopbackOnly)), question("hello")).unwrap();
        assert_eq!(reply.text, "fine", "{host}");
    }
}

#[test]
fn an_answer_that_is_dropped_closes_the_request() {
    for protocol in shapes::ALL {
        let mut records = shapes::records(protocol, &["first", "second"]);
        records.truncate(records.len() - 1);
        let answer = match protocol {
            // Its stream ends with the mark, which must not come.
            Protocol::OpenAi | Protocol::LlamaCpp => Answer::events(
                records.iter().map(|(name, record)| shapes::event(name, &record.to_string(), "\n")),
            ),
            _ => shapes::stream_of(protocol, records),
        };
        let server = Server::start();
        server.always(shapes::route(protocol), answer.hang());
        let client = client(protocol, &server.url(""));
        runtime().block_on(async {
            let mut answer = client.stream(&model(), &Traits::default(), question("hello"));
            let first = answer.next().await.unwrap().unwrap();
            drop(answer);
            first
        });
        server.wait_until("the client left", |server| server.left() == 1);
        server.wait_until("nothing is in flight", |server| server.in_flight() == 0);
    }
}

#[test]
fn a_call_that_is_dropped_before_its_first_byte_closes_the_request_too() {
    let server = Server::start();
    server.always("POST *", Answer::ok().hang());
    let client = client(Protocol::OpenAi, &server.url(""));
    let answer = client.stream(&model(), &Traits::default(), question("hello"));
    server.wait_until("it is served", |server| server.in_flight() == 1);
    drop(answer);
    server.wait_until("the client left", |server| server.left() == 1);
}

#[test]
fn a_call_that_is_not_answered_in_time_is_given_up_and_closed() {
    let server = Server::start();
    server.always("POST *", Answer::ok().hang());
    let mut call = question("hello");
    call.deadline = Some(Duration::from_millis(300));
    let error = ask(&client(Protocol::OpenAi, &server.url("")), call).unwrap_err();
    assert_eq!(error.kind(), "timeout", "{error:?}");
    server.wait_until("the client left", |server| server.in_flight() == 0);
}

#[test]
fn a_stream_that_stands_still_is_given_up() {
    let server = Server::start();
    let begun = Answer::events([shapes::event(
        "",
        &shapes::records(Protocol::OpenAi, &["first"])[1].1.to_string(),
        "\n",
    )]);
    server.always("POST *", begun.hang());
    let mut options = options(Reach::Anywhere);
    options.patience.idle = Duration::from_millis(200);
    let client = client_of(spec(Protocol::OpenAi, &[server.url("/v1")]), options);
    let error = ask(&client, question("hello")).unwrap_err();
    assert_eq!(error.kind(), "timeout", "{error:?}");
}

#[test]
fn keep_alive_comments_do_not_count_as_silence_nor_as_a_token() {
    let server = Server::start();
    let mut answer = Answer::events([": ping\n\n"]);
    for _ in 0..6 {
        answer = answer.pause(150).piece(": ping\n\n");
    }
    for (name, record) in shapes::records(Protocol::OpenAi, &["fine"]) {
        answer = answer.piece(shapes::event(name, &record.to_string(), "\n"));
    }
    server.always("POST *", answer.piece("data: [DONE]\n\n"));
    let mut options = options(Reach::Anywhere);
    options.patience.idle = Duration::from_millis(600);
    let client = client_of(spec(Protocol::OpenAi, &[server.url("/v1")]), options);
    let reply = ask(&client, question("hello")).unwrap();
    assert_eq!(reply.text, "fine");
    assert!(reply.timing.first_token.unwrap() >= Duration::from_millis(850), "{:?}", reply.timing);
}
