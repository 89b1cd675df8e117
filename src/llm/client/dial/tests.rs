//! The fence, proven with real sockets: names, literal addresses, proxies.

use std::collections::HashMap;
use std::time::Duration;

use super::*;
use crate::config::Protocol;
use crate::llm::client::tests::server::{Server, Step, respond};

/// A resolver that knows these names.
struct Names(HashMap<&'static str, Vec<&'static str>>);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let found: Vec<SocketAddr> = self.0[name.as_str()]
            .iter()
            .map(|ip| SocketAddr::new(ip.parse().expect("an address"), 0))
            .collect();
        Box::pin(async move { Ok(Box::new(found.into_iter()) as Addrs) })
    }
}

fn names() -> Lookup {
    Arc::new(Names(HashMap::from([
        ("lab.example", vec!["10.1.2.3"]),
        ("both.example", vec!["10.1.2.3", "2001:db8::1", "127.0.0.1"]),
        ("mapped.example", vec!["::ffff:10.1.2.3"]),
        ("any.example", vec!["0.0.0.0", "::"]),
        ("here.example", vec!["127.0.0.1"]),
    ])))
}

fn spec(locality: Locality) -> BackendSpec {
    BackendSpec {
        name: "lab".into(),
        protocol: Protocol::OpenAi,
        endpoints: vec!["http://lab.example/v1".parse().expect("an address")],
        key: None,
        locality,
        max_in_flight: None,
        models: Vec::new(),
        origin: String::new(),
    }
}

fn patience() -> Patience {
    Patience { connect: Duration::from_millis(500), ..Patience::default() }
}

fn dialer(locality: Locality, reach: Reach) -> Dialer {
    Dialer::with_lookup(&spec(locality), reach, &patience(), names()).expect("a dialer")
}

async fn greeter() -> Server {
    Server::start(|_| vec![Step::Send(respond(200, &[], b"hello"))]).await
}

async fn get(dialer: &Dialer, url: &str) -> Result<String, reqwest::Error> {
    let url: Url = url.parse().expect("an address");
    dialer.client(&url).get(url).send().await?.text().await
}

#[tokio::test]
async fn a_name_that_leads_away_is_refused_whatever_it_was_said_to_be() {
    for (locality, reach, why) in [
        (Locality::Remote, Reach::LoopbackOnly, "`local_only` is on"),
        (Locality::Loopback, Reach::Anywhere, "counts as local"),
    ] {
        let dialer = dialer(locality, reach);
        for name in ["lab.example", "mapped.example", "any.example"] {
            let error = get(&dialer, &format!("http://{name}:9/")).await.expect_err("refused");
            let outside = outside(&error).unwrap_or_else(|| panic!("{name}: {error:?}"));
            assert!(outside.to_string().starts_with(name) && outside.to_string().contains(why), "{outside}");
        }
    }
}

#[tokio::test]
async fn of_a_name_with_several_addresses_only_the_loopback_ones_are_used() {
    let server = greeter().await;
    let dialer = dialer(Locality::Remote, Reach::LoopbackOnly);
    let url = format!("http://both.example:{}/", server.address.port());
    assert_eq!(get(&dialer, &url).await.expect("an answer"), "hello");
}

#[tokio::test]
async fn localhost_is_reached_through_the_fence_with_the_systems_own_resolver() {
    let server = greeter().await;
    let dialer = Dialer::new(&spec(Locality::Remote), Reach::LoopbackOnly, &patience()).expect("a dialer");
    let url = format!("http://localhost:{}/", server.address.port());
    assert_eq!(get(&dialer, &url).await.expect("an answer"), "hello");
}

#[tokio::test]
async fn literal_addresses_are_checked_in_every_spelling() {
    let dialer = dialer(Locality::Remote, Reach::LoopbackOnly);
    let check = |url: &str| dialer.check(&url.parse().expect("an address"));
    for outside in [
        "http://10.0.0.1/",
        "http://192.168.1.20:8080/v1",
        "http://0.0.0.0:80/",
        "http://167772161/",
        "http://0x0a.1/",
        "http://[2001:db8::1]/",
        "http://[fe80::1]/",
        "http://[::]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/",
    ] {
        assert!(check(outside).is_err(), "{outside}");
    }
    for inside in [
        "http://127.0.0.1/",
        "http://127.8.9.1:80/",
        "http://0x7f.1/",
        "http://[::1]:80/",
        "http://[::ffff:127.0.0.1]/",
    ] {
        assert_eq!(check(inside), Ok(()), "{inside}");
    }
    let open = super::Dialer::with_lookup(&spec(Locality::Remote), Reach::Anywhere, &patience(), names());
    let open = open.expect("a dialer");
    assert_eq!(open.check(&"http://10.0.0.1/".parse().expect("an address")), Ok(()));
}

#[tokio::test]
async fn ipv6_loopback_is_reached() {
    let server = Server::start_on("[::1]:0", |_| vec![Step::Send(respond(200, &[], b"hello"))]).await;
    let dialer = dialer(Locality::Remote, Reach::LoopbackOnly);
    let url = format!("http://{}/", server.address);
    assert_eq!(get(&dialer, &url).await.expect("an answer"), "hello");
}

/// The environment of a process cannot be changed safely, so this runs the test below in a process of its own.
#[tokio::test]
async fn a_proxy_in_the_environment_is_used_for_remote_addresses_only_and_never_behind_the_fence() {
    let proxy = Server::start(|_| vec![Step::Send(respond(200, &[], b"by proxy"))]).await;
    let address = format!("http://{}", proxy.address);
    let mut command = tokio::process::Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "llm::client::dial::tests::with_a_proxy", "--ignored"]);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"] {
        command.env(name, &address);
    }
    let output = command.env_remove("NO_PROXY").env_remove("no_proxy").output().await.expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    let through: Vec<String> = proxy.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(through, ["GET http://lab.example/"], "one request came through the proxy");
}

#[tokio::test]
#[ignore = "run by the test above, with a proxy in its environment"]
async fn with_a_proxy() {
    assert!(std::env::var("HTTP_PROXY").is_ok(), "the test above sets it");
    let server = greeter().await;
    let here = format!("http://{}/", server.address);

    let open = dialer(Locality::Remote, Reach::Anywhere);
    assert_eq!(get(&open, "http://lab.example/").await.expect("an answer"), "by proxy");
    assert_eq!(get(&open, &here).await.expect("an answer"), "hello");

    let fenced = dialer(Locality::Remote, Reach::LoopbackOnly);
    assert_eq!(get(&fenced, &here).await.expect("an answer"), "hello");
    let away = get(&fenced, "http://lab.example/").await.expect_err("refused");
    assert!(outside(&away).is_some());
    let named = format!("http://here.example:{}/", server.address.port());
    assert_eq!(get(&fenced, &named).await.expect("an answer"), "hello");
}
