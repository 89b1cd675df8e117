//! Sends one request to one endpoint, redirects included, and reads the heads of answers.
//!
//! Invariant: the key and the body go to the endpoint's own scheme, host and port, or to the same host by https; a redirect
//! to anywhere else is an error, not a request.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode};

use super::dial::{Dialer, innermost, outside};
use super::spec::{Secret, Url};
use crate::llm::wire::{Head, KeyHeader, Method, WireRequest, address};

/// Redirects that are followed: one for https, one for a trailing slash, one to spare.
const MOST_REDIRECTS: u32 = 3;

/// A request that can be sent several times.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    method: reqwest::Method,
    path: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unsent {
    /// A rule forbids it; nothing was sent.
    Forbidden(String),
    /// The endpoint leads elsewhere, and nothing was sent there.
    Elsewhere(String),
    /// No connection; nothing was sent.
    NoConnection(String),
    /// The connection broke before the answer.
    Broken(String),
}

/// Where an endpoint is.
#[derive(Debug, Clone)]
pub(super) struct Site {
    base: Url,
    /// Scheme, host and port.
    pub(super) origin: String,
}

impl Site {
    pub(super) fn new(base: &Url) -> Self {
        // Not `Url::origin`: what a URL holds of names and passwords must not be shown, and the port always is.
        let host = base.host_str().unwrap_or_default();
        let port = base.port_or_known_default().unwrap_or_default();
        Self { base: base.clone(), origin: format!("{}://{host}:{port}", base.scheme()) }
    }

    /// The address of a path; a query of the base's own is kept.
    fn url(&self, path: &str) -> Url {
        let mut url = address(&self.base, path);
        if let Some(own) = self.base.query() {
            let query = url.query().map_or_else(|| own.to_owned(), |query| format!("{own}&{query}"));
            url.set_query(Some(&query));
        }
        url
    }
}

impl Prepared {
    /// Writes a request down, key included.
    ///
    /// # Errors
    /// A header's value, or the key, holds characters that no header may.
    pub(super) fn new(
        request: &WireRequest,
        key: KeyHeader,
        secret: Option<&Secret>,
    ) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            headers.insert(HeaderName::from_static(name), header(value).ok_or_else(|| bad(name))?);
        }
        if let Some(secret) = secret {
            let (name, value) = match key {
                KeyHeader::Bearer => ("authorization", format!("Bearer {}", secret.expose())),
                KeyHeader::Named(name) => (name, secret.expose().to_owned()),
            };
            let mut value = header(&value).ok_or_else(|| bad("key"))?;
            value.set_sensitive(true);
            headers.insert(HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(name))?, value);
        }
        let body = match &request.body {
            Some(body) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Some(serde_json::to_vec(body).map_err(|error| error.to_string())?)
            }
            None => None,
        };
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        Ok(Self { method, path: request.path.clone(), headers, body })
    }

    /// Bytes of the body.
    pub(super) fn bytes(&self) -> u64 {
        self.body.as_ref().map_or(0, |body| body.len() as u64)
    }

    /// Sends it and waits for the head of the answer.
    ///
    /// # Errors
    /// [`Unsent`].
    pub(super) async fn send(&self, dialer: &Dialer, site: &Site) -> Result<Response, Unsent> {
        let mut url = site.url(&self.path);
        for _ in 0..=MOST_REDIRECTS {
            dialer.check(&url).map_err(|outside| Unsent::Forbidden(outside.to_string()))?;
            let mut request =
                dialer.client(&url).request(self.method.clone(), url.clone()).headers(self.headers.clone());
            if let Some(body) = &self.body {
                request = request.body(body.clone());
            }
            let response = request.send().await.map_err(|error| unsent(site, &error))?;
            match next(&url, &response)? {
                Some(elsewhere) => url = elsewhere,
                None => return Ok(response),
            }
        }
        Err(Unsent::Elsewhere(format!("{} redirects in a circle", site.origin)))
    }
}

/// Where a redirect leads; `None` where the answer is none.
fn next(from: &Url, response: &Response) -> Result<Option<Url>, Unsent> {
    let followed = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !followed.contains(&response.status()) {
        return Ok(None);
    }
    let Some(to) = response.headers().get(LOCATION) else { return Ok(None) };
    let to = to.to_str().ok().and_then(|to| from.join(to).ok());
    match to {
        Some(to) if is_same_server(from, &to) => Ok(Some(to)),
        Some(to) => Err(Unsent::Elsewhere(format!(
            "{} redirects to {}, which was sent neither the key nor the call",
            Site::new(from).origin,
            Site::new(&to).origin
        ))),
        None => Err(Unsent::Broken(format!("{} redirects to no address", Site::new(from).origin))),
    }
}

fn is_same_server(from: &Url, to: &Url) -> bool {
    let same_port =
        from.scheme() == to.scheme() && from.port_or_known_default() == to.port_or_known_default();
    let made_secure = from.scheme() == "http" && to.scheme() == "https" && to.port().is_none();
    from.host_str() == to.host_str() && (same_port || made_secure)
}

fn unsent(site: &Site, error: &reqwest::Error) -> Unsent {
    if let Some(outside) = outside(error) {
        return Unsent::Forbidden(outside.to_string());
    }
    let origin = &site.origin;
    if error.is_connect() {
        let why = if error.is_timeout() { "no answer".to_owned() } else { innermost(error) };
        return Unsent::NoConnection(format!("no connection to {origin}: {why}"));
    }
    Unsent::Broken(format!("{origin} closed the connection before it answered: {}", innermost(error)))
}

/// The status and headers of an answer.
pub(super) fn head(response: &Response) -> Head {
    let headers = response.headers().iter();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Head {
        status: response.status().as_u16(),
        headers: headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
    }
}

/// The body as far as it is worth reading: to `most` bytes, or to where it breaks.
pub(super) async fn body(response: &mut Response, most: usize) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(bytes)) = response.chunk().await {
        let room = most - body.len();
        body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if body.len() == most {
            break;
        }
    }
    body
}

fn header(value: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(value).ok()
}

fn bad(name: &str) -> String {
    format!("the {name} holds characters that no header may")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(base: &str) -> Site {
        Site::new(&base.parse().expect("an address"))
    }

    #[test]
    fn a_path_comes_after_the_base_and_queries_are_kept() {
        let url = |base, path| site(base).url(path).to_string();
        assert_eq!(url("http://h:8080/v1/", "/v1/chat/completions"), "http://h:8080/v1/chat/completions");
        assert_eq!(url("http://h", "/models/a%2Fb:go?alt=sse"), "http://h/models/a%2Fb:go?alt=sse");
        assert_eq!(url("https://h/d?version=2", "/chat?x=1"), "https://h/d/chat?version=2&x=1");
    }

    #[test]
    fn an_origin_shows_the_port_and_no_password() {
        assert_eq!(site("https://user:pass@h/v1").origin, "https://h:443");
        assert_eq!(site("http://[::1]:80/").origin, "http://[::1]:80");
    }

    #[test]
    fn only_the_same_host_is_the_same_server() {
        let same = |from: &str, to: &str| {
            is_same_server(&from.parse().expect("an address"), &to.parse().expect("an address"))
        };
        assert!(same("http://h/v1", "http://h:80/v1/"));
        assert!(same("http://h:8080/v1", "https://h/v1"));
        assert!(!same("http://h:8080/v1", "http://h:9090/v1"));
        assert!(!same("https://h/v1", "http://h/v1"));
        assert!(!same("https://h/v1", "https://h.example/v1"));
    }

    #[test]
    fn a_key_is_marked_as_secret_and_a_broken_one_is_named() {
        let request = WireRequest { method: Method::Get, path: "/".into(), headers: Vec::new(), body: None };
        let key = Secret::new("k-123");
        let prepared = Prepared::new(&request, KeyHeader::Bearer, Some(&key)).expect("a request");
        assert!(!format!("{prepared:?}").contains("k-123"));
        let broken = Secret::new("k\n1");
        let why =
            Prepared::new(&request, KeyHeader::Named("x-api-key"), Some(&broken)).expect_err("no header");
        assert!(why.contains("key") && !why.contains("k\n1"));
    }
}
