//! Address: where an endpoint lies, as far as its text tells. The connection itself is checked by the client.

use std::net::{IpAddr, Ipv6Addr};

use crate::domain::Locality;
use crate::llm::client::Url;

/// Where endpoints lie together: on this machine only if all of them do.
pub fn locality(endpoints: &[Url]) -> Locality {
    if endpoints.iter().all(is_loopback) { Locality::Loopback } else { Locality::Remote }
}

/// Whether the host is a loopback address or `localhost`, which never leaves the machine (RFC 6761, 6.3).
pub fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback(),
        Ok(IpAddr::V6(ip)) => {
            ip == Ipv6Addr::LOCALHOST || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback())
        }
        Err(_) => bare == "localhost" || bare.ends_with(".localhost"),
    }
}

/// An address without user, password, query and fragment, which have no place in a base URL.
///
/// # Errors
/// What is wrong, in words that repeat no password.
pub fn base_url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("is no address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("is no address with http:// or https:// and a host".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user or password; name the key with key_env or key_cmd".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a query or fragment, which a base address cannot have".into());
    }
    Ok(url)
}

/// Reads `OLLAMA_HOST` as Ollama does: host and port may each be missing; "all interfaces" means this machine.
///
/// # Errors
/// What is wrong.
pub fn ollama_host(text: &str) -> Result<Url, String> {
    const PORT: u16 = 11434;
    let (given, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text),
    };
    let rest =
        if rest.starts_with(':') || rest.is_empty() { format!("127.0.0.1{rest}") } else { rest.to_owned() };
    let mut url = base_url(&format!("{}://{rest}", given.unwrap_or("http")))?;
    let names_port = |host: &str| host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if given.is_none() && !names_port(rest.trim_end_matches('/')) {
        // Without a scheme the port is Ollama's own; with one it is that of the scheme.
        let _ = url.set_port(Some(PORT));
    }
    if matches!(url.host_str(), Some("0.0.0.0" | "[::]")) {
        let _ = url.set_host(Some("127.0.0.1"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn only_loopback_addresses_are_local() {
        for local in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:8080/v1",
            "http://localhost:1234",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(is_loopback(&url(local)), "{local}");
        }
        for remote in [
            "http://192.168.1.4:1",
            "http://0.0.0.0",
            "https://localhost.example",
            "http://[::2]",
            "http://127.0.0.1.nip.io",
        ] {
            assert!(!is_loopback(&url(remote)), "{remote}");
        }
        assert_eq!(locality(&[url("http://127.0.0.1"), url("http://10.0.0.1")]), Locality::Remote);
    }

    #[test]
    fn a_base_holds_neither_password_nor_query() {
        assert!(base_url("http://127.0.0.1:8080/v1").is_ok());
        for (text, part) in [
            ("http://me:hunter2@x.example", "key_env"),
            ("http://x.example/?key=1", "query"),
            ("ftp://x", "http://"),
        ] {
            let error = base_url(text).unwrap_err();
            assert!(error.contains(part) && !error.contains("hunter2"), "{text}: {error}");
        }
    }

    #[test]
    fn ollamas_own_variable_is_read_as_ollama_reads_it() {
        let read = |text: &str| ollama_host(text).unwrap().to_string();
        assert_eq!(read("0.0.0.0"), "http://127.0.0.1:11434/");
        assert_eq!(read(":9999"), "http://127.0.0.1:9999/");
        assert_eq!(read("gpu.lan"), "http://gpu.lan:11434/");
        assert_eq!(read("gpu.lan:80"), "http://gpu.lan/");
        assert_eq!(read("https://ollama.example"), "https://ollama.example/");
    }
}
