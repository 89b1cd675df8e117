//! Where connections are opened: TLS, proxies, and the fence that `local_only` is.
//!
//! Invariant: behind a fence no connection is opened to an address that is not a loopback address. Names are resolved by
//! [`FencedNames`], which lets only such addresses through; literal addresses, for which no resolver is asked, are checked
//! by [`Dialer::check`] before each request; and no proxy stands between.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Once};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::spec::{BackendSpec, Patience, Reach, Url};
use crate::domain::Locality;

/// Why only loopback addresses may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fence {
    /// `local_only = true`.
    LocalOnly,
    /// The backend counts as local, so nothing is redacted for it: it must stay local.
    CountsAsLocal,
}

/// An address outside the fence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host} is not on this machine{}", why(*.fence))]
pub(super) struct Outside {
    host: String,
    fence: Fence,
}

fn why(fence: Fence) -> &'static str {
    match fence {
        Fence::LocalOnly => ", and `local_only` is on",
        Fence::CountsAsLocal => " any more, though this backend counts as local",
    }
}

/// Opens connections for one backend.
#[derive(Debug, Clone)]
pub(super) struct Dialer {
    /// Through the system's proxy, where one is set.
    proxied: Option<reqwest::Client>,
    direct: reqwest::Client,
    fence: Option<Fence>,
}

/// Looks names up; replaced in tests.
pub(super) type Lookup = Arc<dyn Resolve>;

impl Dialer {
    /// For a backend, as far as connections may reach.
    ///
    /// # Errors
    /// What is wrong with this machine's TLS set-up.
    pub(super) fn new(spec: &BackendSpec, reach: Reach, patience: &Patience) -> Result<Self, String> {
        Self::with_lookup(spec, reach, patience, Arc::new(SystemNames))
    }

    pub(super) fn with_lookup(
        spec: &BackendSpec,
        reach: Reach,
        patience: &Patience,
        lookup: Lookup,
    ) -> Result<Self, String> {
        let fence = match (reach, spec.locality) {
            (Reach::LoopbackOnly, _) => Some(Fence::LocalOnly),
            (Reach::Anywhere, Locality::Loopback) => Some(Fence::CountsAsLocal),
            (Reach::Anywhere, Locality::InProcess | Locality::Remote) => None,
        };
        let lookup = match fence {
            Some(fence) => Arc::new(FencedNames { fence, lookup }) as Lookup,
            None => lookup,
        };
        let base = || builder(patience).dns_resolver(Arc::clone(&lookup));
        let needs_roots =
            |endpoint: &Url| endpoint.scheme() == "https" || (fence.is_none() && !is_loopback(endpoint));
        // The system's certificates take time to read, and some machines lack them.
        let with_roots = spec.endpoints.iter().any(needs_roots);
        let base = || if with_roots { base() } else { base().tls_certs_only([]) };
        let build = |builder: reqwest::ClientBuilder| builder.build().map_err(|error| innermost(&error));
        let proxied = match fence {
            None => Some(build(base())?),
            Some(_) => None,
        };
        Ok(Self { proxied, direct: build(base().no_proxy())?, fence })
    }

    /// The client for an address.
    pub(super) fn client(&self, url: &Url) -> &reqwest::Client {
        match &self.proxied {
            Some(proxied) if !is_loopback(url) => proxied,
            Some(_) | None => &self.direct,
        }
    }

    /// Whether an address that needs no look-up may be connected to.
    ///
    /// # Errors
    /// [`Outside`]; nothing was sent.
    pub(super) fn check(&self, url: &Url) -> Result<(), Outside> {
        match (self.fence, literal(url)) {
            (Some(fence), Some(ip)) if !ip.to_canonical().is_loopback() => {
                Err(Outside { host: ip.to_string(), fence })
            }
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }
}

/// The fence that an error of a connection came from.
pub(super) fn outside(error: &reqwest::Error) -> Option<&Outside> {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = source {
        if let Some(outside) = error.downcast_ref() {
            return Some(outside);
        }
        source = error.source();
    }
    None
}

/// The innermost cause in words; the outer ones only say "error sending request".
pub(super) fn innermost(error: &reqwest::Error) -> String {
    let mut deepest: &dyn Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

fn builder(patience: &Patience) -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    // Fails only where another part of the program has installed one, which serves as well.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder()
        .user_agent(concat!("quarry/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(patience.connect)
        .http2_keep_alive_interval(patience.idle / 3)
        .http2_keep_alive_timeout(patience.idle / 3)
}

/// Whether a URL names this machine without a look-up: `localhost` never leaves it (RFC 6761).
pub(super) fn is_loopback(url: &Url) -> bool {
    match literal(url) {
        Some(ip) => ip.to_canonical().is_loopback(),
        None => url.host_str().is_some_and(|host| {
            let host = host.strip_suffix('.').unwrap_or(host);
            host == "localhost" || host.ends_with(".localhost")
        }),
    }
}

fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// The system's resolver.
struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A resolver that lets only loopback addresses through.
struct FencedNames {
    fence: Fence,
    lookup: Lookup,
}

impl Resolve for FencedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let outside = Outside { host: name.as_str().to_owned(), fence: self.fence };
        let looking = self.lookup.resolve(name);
        Box::pin(async move {
            let inside: Vec<SocketAddr> =
                looking.await?.filter(|address| address.ip().to_canonical().is_loopback()).collect();
            if inside.is_empty() {
                return Err(outside.into());
            }
            Ok(Box::new(inside.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
