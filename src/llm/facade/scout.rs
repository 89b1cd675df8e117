//! Scout: looks for backends, asks them for their models, and looks again now and then.
//!
//! One task; everything else only tells it to look. A backend that is configured, found or known by a key stays in the list
//! while the program runs, so that a person sees that it went down.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::future::join_all;

use super::Shared;
use super::backend::Backend;
use super::source::Source;
use crate::config::Config;
use crate::domain::{Health, Locality, Problem};
use crate::llm::client::{BackendSpec, Client, ClientOptions, Patience, Reach};
use crate::llm::finding::{
    KEY_PATIENCE, Landscape, Looking, Planned, configured, from_environment, run_key_command,
};
use crate::llm::protocols::wire_for;

/// Between two looks at the ports of this machine.
const USUALLY: Duration = Duration::from_secs(30);
/// The same while a backend is down.
const WHILE_DOWN: Duration = Duration::from_secs(10);

/// Why the scout looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// The time has come.
    Again,
    /// A person asked, or the configuration changed.
    Afresh,
}

/// Looks until nobody holds the models any more.
pub(super) async fn scout(shared: Weak<Shared>, asked: Arc<tokio::sync::Notify>) {
    let mut landscape = Landscape::default();
    let mut look = Look::Afresh;
    // The first routes are to know what earlier runs measured.
    let Some(remembering) = shared.upgrade() else { return };
    let remembered = tokio::task::spawn_blocking(move || {
        let before = remembering.measures.load();
        let figures = remembering.measures.figures(&remembering.options.roots);
        let mut state = remembering.state();
        state.before = before;
        state.figures = figures;
    });
    let mut remembered = Some(remembered);
    loop {
        let Some(held) = shared.upgrade() else { return };
        if look == Look::Afresh {
            landscape.forget_strangers();
            held.plan().await;
        }
        held.look_around(&mut landscape, look).await;
        if let Some(remembered) = remembered.take() {
            let _ = remembered.await;
        }
        let pause = held.settle();
        drop(held);
        look = match tokio::time::timeout(pause, asked.notified()).await {
            Ok(()) => Look::Afresh,
            Err(_) => Look::Again,
        };
    }
}

impl Shared {
    /// Makes the backends of configuration and environment. Those that did not change keep their client and its figures.
    async fn plan(&self) {
        let config = self.config();
        let environment = &self.options.environment;
        let looking = Looking::new(config.discover, environment);
        let (mut planned, mut problems) = configured(&config, environment);
        if looking.environment {
            let (found, more) = from_environment(environment);
            problems.extend(more);
            let is_new = |found: &Planned| {
                let mut names = planned.iter().map(|planned| &planned.spec.name);
                names.all(|name| *name != found.spec.name)
                    && !planned.iter().any(|planned| planned.spec.endpoints == found.spec.endpoints)
            };
            let found: Vec<Planned> = found.into_iter().filter(is_new).collect();
            planned.extend(found);
        }
        let backends = join_all(planned.into_iter().map(|planned| self.build(&config, planned, None))).await;
        let mut state = self.state();
        let (mut next, more): (Vec<Backend>, Vec<Option<Problem>>) = backends.into_iter().unzip();
        problems.extend(more.into_iter().flatten());
        for backend in &mut next {
            if let Some(known) = state.backend(&backend.spec.name).filter(|known| known.spec == backend.spec)
            {
                *backend = known.clone();
            }
        }
        // What was found at a port goes on, unless it is configured by now.
        let found = state.backends.iter().filter(|backend| {
            backend.port.is_some()
                && next.iter().all(|other| {
                    other.spec.name != backend.spec.name && other.spec.endpoints != backend.spec.endpoints
                })
        });
        let found: Vec<Backend> = found.cloned().collect();
        next.extend(found);
        state.backends = next;
        state.backend_problems = problems;
        state.read_tasks();
        drop(state);
        self.tell_problems();
        self.changed.notify_one();
    }

    async fn build(
        &self,
        config: &Config,
        planned: Planned,
        port: Option<u16>,
    ) -> (Backend, Option<Problem>) {
        let mut planned = planned;
        let mut problem = None;
        let known = self.state().backend(&planned.spec.name).cloned();
        if let Some(command) = planned.key_command.clone() {
            let before = known.as_ref().and_then(|known| known.spec.key.clone());
            let run = match before {
                // A key store may ask each time.
                Some(key) => Ok(key),
                None => run_key_command(&command, KEY_PATIENCE).await,
            };
            match run {
                Ok(key) => planned.spec.key = Some(key),
                Err(message) => {
                    let key = format!("backend.{}.key_cmd", planned.spec.name);
                    let bare = Problem { file: None, line: None, key, message, suggestion: None };
                    problem = Some(config.place(bare));
                }
            }
        }
        let client = self.source(config, &planned);
        (Backend::new(planned, client, port), problem)
    }

    fn source(&self, config: &Config, planned: &Planned) -> Result<Source, String> {
        let Some(wire) = wire_for(planned.spec.protocol) else { return self.files(&planned.spec) };
        let options = ClientOptions {
            gate: self.guard.clone(),
            reach: if config.local_only { Reach::LoopbackOnly } else { Reach::Anywhere },
            runtime: self.handle.clone(),
            patience: Patience::default(),
        };
        let client = Client::new(planned.spec.clone(), wire, options);
        client.map(Source::Servers).map_err(|error| super::backend::short(&error))
    }

    /// The one protocol without a wire: model files.
    #[cfg(feature = "gguf")]
    fn files(&self, spec: &BackendSpec) -> Result<Source, String> {
        let gate: Arc<dyn crate::llm::client::Gate> = self.guard.clone();
        let files = crate::llm::gguf::Files::open(spec, &gate);
        files.map(Source::Files).map_err(|error| super::backend::short(&error))
    }

    #[cfg(not(feature = "gguf"))]
    #[allow(clippy::unused_self, reason = "the same call with the feature and without")]
    fn files(&self, _: &BackendSpec) -> Result<Source, String> {
        Err("this build runs no model files; build it with `--features gguf`".to_owned())
    }

    /// Looks at the ports, asks whoever has told no models yet, and whoever is down whether it is back.
    async fn look_around(&self, landscape: &mut Landscape, look: Look) {
        let config = self.config();
        let ports = Looking::new(config.discover, &self.options.environment).ports;
        tokio::join!(self.ask_backends(look, &config), self.look_at_ports(landscape, &ports, &config));
    }

    async fn look_at_ports(&self, landscape: &mut Landscape, ports: &[u16], config: &Config) {
        let servers = landscape.look(ports).await;
        let mut fresh = Vec::new();
        for server in servers {
            let taken = {
                let state = self.state();
                let at_port = |backend: &Backend| {
                    let here = backend.spec.locality != Locality::Remote;
                    here && backend.spec.endpoints.iter().any(|url| url.port() == Some(server.port))
                };
                if state.backends.iter().any(at_port) {
                    continue;
                }
                let names: Vec<String> =
                    state.backends.iter().map(|backend| backend.spec.name.to_string()).collect();
                names.into_iter().chain(config.backends.keys().cloned()).collect::<Vec<_>>()
            };
            let planned = server.planned(&|name| taken.iter().any(|taken| taken == name));
            let (backend, _) = self.build(config, planned, Some(server.port)).await;
            let mut state = self.state();
            state.backends.push(backend.clone());
            state.read_tasks();
            fresh.push(backend);
        }
        if !fresh.is_empty() {
            self.changed.notify_one();
            join_all(fresh.iter().map(|backend| self.ask(backend))).await;
        }
    }

    async fn ask_backends(&self, look: Look, config: &Config) {
        let asks = |backend: &&Backend| {
            let reachable = !config.local_only || backend.spec.locality != Locality::Remote;
            let is_new = backend.unlisted.is_some();
            let local = backend.spec.locality != Locality::Remote;
            let down = matches!(backend.health(), Health::Down { .. });
            reachable && (look == Look::Afresh || down || (local && is_new))
        };
        let backends: Vec<Backend> = self.state().backends.iter().filter(asks).cloned().collect();
        join_all(backends.iter().map(|backend| self.ask(backend))).await;
    }

    /// Asks one backend for its models and keeps what it says.
    pub(super) async fn ask(&self, backend: &Backend) {
        if let (Ok(client), Health::Down { .. }) = (&backend.client, backend.health()) {
            // Also tells the breaker, which nothing else does while no call is sent.
            let _ = client.probe().await;
        }
        let told = backend.list().await;
        if let Some(known) = self.state().backends.iter_mut().find(|known| known.spec == backend.spec) {
            known.take(told);
        }
        self.changed.notify_one();
    }

    /// The look is over; tells when the next one comes.
    fn settle(&self) -> Duration {
        let mut state = self.state();
        state.searching = false;
        let down = state.backends.iter().any(|backend| matches!(backend.health(), Health::Down { .. }));
        drop(state);
        self.settled.send_replace(true);
        self.changed.notify_one();
        if down { WHILE_DOWN } else { USUALLY }
    }
}
