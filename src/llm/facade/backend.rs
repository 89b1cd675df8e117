//! Backend: one backend with what its server told, and the facts that follow for each of its models.

use std::sync::Arc;

use super::room;
use super::source::Source;
use crate::config::Protocol;
use crate::domain::{BackendStatus, Health, Locality, Measured, ModelRef, ModelStatus, Price};
use crate::llm::client::BackendSpec;
use crate::llm::finding::{Planned, hosted_by_host};
use crate::llm::profiles::{self, Profile};
use crate::llm::router::Member;
use crate::llm::wire::{Dialect, Listed, Traits};
use crate::llm::{LlmError, ModelInfo};

/// Stands for the list of a backend that was not asked for it.
const NOT_ASKED: &str = "not asked yet";

/// Calls in flight beyond what a server works on at once, so that it never waits for the next one.
const AHEAD: u32 = 2;

/// A model of a backend, with what its name tells: that is looked up once.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) model: ModelRef,
    listed: Listed,
    profile: Profile,
    traits: Traits,
}

/// One backend. Cheap to clone: it is copied out of the lock to be asked.
#[derive(Debug, Clone)]
pub(super) struct Backend {
    pub(super) spec: Arc<BackendSpec>,
    /// Which server it is, where that is known without its list.
    dialect: Option<Dialect>,
    /// The well-known service, by its address.
    pub(super) service: Option<&'static str>,
    /// What calls go through, or why there is nothing to call.
    pub(super) client: Result<Source, String>,
    /// Its models as the server lists them, or as configured.
    pub(super) models: Arc<[Known]>,
    /// Why there is no list; `None` once there is one.
    pub(super) unlisted: Option<String>,
    /// The port where it was found, if it was.
    pub(super) port: Option<u16>,
}

impl Backend {
    pub(super) fn new(planned: Planned, client: Result<Source, String>, port: Option<u16>) -> Self {
        let Planned { spec, dialect, .. } = planned;
        let service = spec.endpoints.first().and_then(hosted_by_host).map(|hosted| hosted.name);
        let named = |name: &String| Listed { name: name.clone(), ..Listed::default() };
        let listed: Vec<Listed> = spec.models.iter().map(named).collect();
        let unlisted = listed.is_empty().then(|| NOT_ASKED.to_owned());
        let spec = Arc::new(spec);
        let mut backend = Self { spec, dialect, service, client, models: Arc::default(), unlisted, port };
        backend.models = listed.into_iter().map(|listed| backend.known(listed)).collect();
        backend
    }

    fn known(&self, listed: Listed) -> Known {
        let profile = profiles::profile(&listed.name);
        let traits = Traits {
            window: None,
            fill_tokens: profile.fill_tokens.clone(),
            dialect: self.dialect_of(&listed),
            plain_sampling: profile.plain_sampling,
            reasoning: profile.reasoning.clone(),
        };
        let model = ModelRef::new(Arc::clone(&self.spec.name), listed.name.as_str());
        Known { model, listed, profile, traits }
    }

    /// Asks the server for its models, or for more of those that are configured.
    pub(super) async fn list(&self) -> Result<Vec<Listed>, LlmError> {
        let client = self.client.as_ref().map_err(|why| self.unavailable(why))?;
        let told = client.list(self.dialect).await;
        let mut listed = match (self.spec.models.is_empty(), told) {
            (true, told) => told?,
            // It is not there, or shut.
            (false, Err(error)) if error.is_retryable() || matches!(error, LlmError::Auth { .. }) => {
                return Err(error);
            }
            // A gateway may serve what it does not list.
            (false, told) => {
                let told = told.unwrap_or_default();
                let named = self.spec.models.iter().map(|name| {
                    let known = told.iter().find(|listed| listed.name == *name).cloned();
                    known.unwrap_or_else(|| Listed { name: name.clone(), ..Listed::default() })
                });
                named.collect()
            }
        };
        for model in &mut listed {
            // What is not told stays unknown.
            let _ = client.describe(model).await;
        }
        if let Some(slots) = listed.iter().filter_map(|model| model.capacity).max() {
            client.set_capacity(Some(slots + AHEAD));
        }
        Ok(listed)
    }

    /// Takes what [`Backend::list`] gave.
    pub(super) fn take(&mut self, told: Result<Vec<Listed>, LlmError>) {
        match told {
            Ok(listed) => {
                self.unlisted = listed.is_empty().then(|| "it has no models".to_owned());
                self.models = listed.into_iter().map(|listed| self.known(listed)).collect();
            }
            Err(error) => {
                let why = short(&error);
                self.unlisted = Some(why);
            }
        }
    }

    pub(super) fn health(&self) -> Health {
        match &self.client {
            Err(why) => Health::Down { why: why.clone(), retry_in: None },
            Ok(client) => match (client.status().health, &self.unlisted) {
                // Nothing was called yet, but the list did not come either.
                (Health::Unknown, Some(why)) if why != NOT_ASKED => {
                    Health::Down { why: why.clone(), retry_in: None }
                }
                (health, _) => health,
            },
        }
    }

    fn dialect_of(&self, listed: &Listed) -> Option<Dialect> {
        listed.dialect.or(self.dialect)
    }

    /// Where a model really runs: a server on this machine may pass calls on.
    fn locality_of(&self, listed: &Listed) -> Locality {
        if listed.forwards_to.is_some() { Locality::Remote } else { self.spec.locality }
    }

    fn price_of(&self, listed: &Listed) -> Option<Price> {
        match (self.locality_of(listed), self.service) {
            (Locality::InProcess | Locality::Loopback, _) => Some(Price::FREE),
            (Locality::Remote, Some(service)) => {
                listed.price.or_else(|| profiles::price(service, &listed.name))
            }
            (Locality::Remote, None) => listed.price,
        }
    }

    /// Its models with all that counts for a choice; `before` are measures of earlier runs.
    pub(super) fn members(&self, before: &dyn Fn(&ModelRef) -> Measured) -> Vec<Member> {
        let health = self.health();
        let members = self.models.iter().map(|known| Member {
            info: self.info(known, before),
            health: health.clone(),
            service: self.service,
            origin: self.spec.origin.clone(),
        });
        members.collect()
    }

    pub(super) fn info(&self, known: &Known, before: &dyn Fn(&ModelRef) -> Measured) -> ModelInfo {
        let Known { model, listed, profile, .. } = known;
        let locality = self.locality_of(listed);
        let usual = self.service.and_then(|service| profiles::window(service, &listed.name));
        // A local server may have loaded a model with less than it can take.
        let window = match locality {
            Locality::Remote => listed.window.or(usual).or(self.service.and(profile.window)),
            // Each call asks for the window that it needs.
            Locality::Loopback if self.spec.protocol == Protocol::Ollama => Some(room::largest(listed)),
            Locality::InProcess | Locality::Loopback => listed.window,
        };
        let now = self.client.as_ref().map(|client| client.measured(model)).unwrap_or_default();
        let measured = if now.first_token.is_some() { now } else { before(model) };
        let status = self.client.as_ref().ok().map(Source::status);
        ModelInfo {
            locality,
            window,
            most_window: listed.most_window.or(profile.window).filter(|most| Some(*most) != window),
            price: self.price_of(listed),
            in_flight: status
                .filter(|_| listed.capacity.is_some() || now.calls > 0)
                .map(|status| status.limit),
            abilities: abilities(self.spec.protocol, self.dialect_of(listed), listed, profile),
            measured,
            profile: profile.clone(),
            model: model.clone(),
        }
    }

    /// What a call to a model must know of it.
    pub(super) fn traits(&self, model: &ModelRef) -> Traits {
        let known = self.models.iter().find(|known| known.model == *model);
        let unlisted = || self.known(Listed { name: model.model.to_string(), ..Listed::default() });
        known.map_or_else(|| unlisted().traits, |known| known.traits.clone())
    }

    /// What the server said of a model; nothing where it did not list it.
    pub(super) fn listed(&self, model: &ModelRef) -> Listed {
        let known = self.models.iter().find(|known| known.model == *model);
        known.map(|known| known.listed.clone()).unwrap_or_default()
    }

    /// For the screen and `quarry models`.
    pub(super) fn status(&self, members: &[Member]) -> BackendStatus {
        let protocol = Protocol::ALL.iter().find(|(_, protocol)| *protocol == self.spec.protocol);
        let endpoints = self.spec.endpoints.iter().map(|url| url.origin().ascii_serialization());
        let models = members.iter().map(|member| ModelStatus {
            model: member.info.model.clone(),
            window: member.info.window,
            price: member.info.price,
            measured: member.info.measured,
            abilities: member.info.abilities.clone(),
        });
        BackendStatus {
            name: Arc::clone(&self.spec.name),
            protocol: protocol.map_or("", |(name, _)| *name),
            endpoints: endpoints.collect(),
            locality: self.spec.locality,
            health: self.health(),
            origin: self.spec.origin.clone(),
            in_flight: self.client.as_ref().map_or(0, |client| client.status().in_flight),
            models: models.collect(),
        }
    }

    pub(super) fn unavailable(&self, why: &str) -> LlmError {
        LlmError::Unavailable { model: ModelRef::new(Arc::clone(&self.spec.name), "*"), why: why.to_owned() }
    }
}

/// An error without the name that stands beside it anyway.
pub(super) fn short(error: &LlmError) -> String {
    let text = error.to_string();
    let prefix = format!("{}: ", error.model());
    text.strip_prefix(&prefix).map_or_else(|| text.clone(), str::to_owned)
}

/// What a model can do: as its server says, and as follows from protocol, server and name.
fn abilities(
    protocol: Protocol,
    dialect: Option<Dialect>,
    listed: &Listed,
    profile: &Profile,
) -> Vec<&'static str> {
    let told = |ability: &str| listed.abilities.contains(&ability);
    let embeds = !told("chat") && (told("embed") || profile.embeds);
    let chat = told("chat") || (profile.chats && !embeds);
    // These take a schema or a grammar for every model that they serve.
    let structured = match protocol {
        Protocol::Anthropic | Protocol::Gemini | Protocol::Ollama | Protocol::LlamaCpp | Protocol::Gguf => {
            true
        }
        Protocol::OpenAi | Protocol::Responses => matches!(
            dialect,
            Some(
                Dialect::OpenAi
                    | Dialect::Vllm
                    | Dialect::Sglang
                    | Dialect::LmStudio
                    | Dialect::Mistral
                    | Dialect::LlamaCpp
                    | Dialect::Ollama
            )
        ),
    };
    let logprobs = profile.logprobs.unwrap_or(match dialect {
        Some(Dialect::Vllm | Dialect::Sglang | Dialect::LlamaCpp | Dialect::Ollama | Dialect::DeepSeek) => {
            !profile.plain_sampling
        }
        Some(Dialect::OpenAi | Dialect::LmStudio | Dialect::OpenRouter | Dialect::Mistral) | None => false,
    });
    // A raw prompt with the model's own tokens needs a server that takes one.
    let raw = match dialect {
        Some(Dialect::Vllm | Dialect::Sglang | Dialect::LmStudio | Dialect::LlamaCpp | Dialect::Ollama) => {
            true
        }
        Some(Dialect::OpenAi | Dialect::OpenRouter | Dialect::Mistral | Dialect::DeepSeek) => false,
        None => matches!(protocol, Protocol::LlamaCpp | Protocol::Ollama | Protocol::Gguf),
    };
    let fill = profile.fills || (raw && profile.fill_tokens.is_some());
    let images = profile.images == Some(true);
    let facts = [
        ("chat", chat),
        ("logprobs", logprobs && chat),
        ("schema", structured && chat),
        ("fill", fill),
        ("images", images && chat),
        ("embed", embeds),
    ];
    facts.into_iter().filter(|(ability, known)| *known || told(ability)).map(|(ability, _)| ability).collect()
}
