//! Environment: backends that the usual variables tell of.

use std::fmt;
use std::sync::Arc;

use super::Planned;
use super::address::{base_url, locality, ollama_host};
use super::hosted::{HOSTED, Hosted};
use crate::config::Protocol;
use crate::domain::Problem;
use crate::llm::client::{BackendSpec, Secret, Url};
use crate::llm::wire::Dialect;

/// The environment: [`std::env::var`], or a stand-in for tests. Never printed, it holds keys.
#[derive(Clone)]
pub struct Environment(Arc<Read>);

type Read = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// The environment of the process.
    pub fn process() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// A stand-in.
    pub fn of(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// A variable that is set and not blank.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn first(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| self.get(name).map(|value| (*name, value)))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

/// The backends that the environment tells of: a service with its key, or at another address; Ollama at its own.
pub fn from_environment(environment: &Environment) -> (Vec<Planned>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut backends: Vec<Planned> =
        HOSTED.iter().filter_map(|hosted| service(hosted, environment, &mut problems)).collect();
    if let Some(text) = environment.get("OLLAMA_HOST") {
        match ollama_host(&text) {
            Ok(url) => backends.push(Planned {
                spec: spec("ollama", Protocol::Ollama, url, None, "$OLLAMA_HOST".into()),
                key_command: None,
                dialect: Some(Dialect::Ollama),
            }),
            Err(error) => problems.push(problem("OLLAMA_HOST", &error)),
        }
    }
    (backends, problems)
}

fn service(hosted: &Hosted, environment: &Environment, problems: &mut Vec<Problem>) -> Option<Planned> {
    let key = environment.first(hosted.keys);
    let base = environment.first(hosted.bases);
    let origin = [key.as_ref().map(|(name, _)| name), base.as_ref().map(|(name, _)| name)];
    let origin = origin.into_iter().flatten().map(|name| format!("${name}")).collect::<Vec<_>>().join(", ");
    let url = match &base {
        Some((name, text)) => base_url(text).map_err(|error| problems.push(problem(name, &error))).ok()?,
        None if key.is_none() => return None,
        None => hosted.base.parse().ok()?,
    };
    let dialect = url.host_str().and_then(Dialect::of_host);
    let key = key.map(|(_, key)| Secret::new(&key));
    Some(Planned { spec: spec(hosted.name, hosted.protocol, url, key, origin), key_command: None, dialect })
}

fn spec(name: &str, protocol: Protocol, url: Url, key: Option<Secret>, origin: String) -> BackendSpec {
    let endpoints = vec![url];
    BackendSpec {
        name: name.into(),
        protocol,
        locality: locality(&endpoints),
        endpoints,
        key,
        max_in_flight: None,
        models: Vec::new(),
        origin,
    }
}

fn problem(name: &str, error: &str) -> Problem {
    Problem { file: None, line: None, key: format!("${name}"), message: error.to_owned(), suggestion: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Locality;

    fn of(pairs: &'static [(&'static str, &'static str)]) -> Environment {
        Environment::of(move |name| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_key_makes_a_backend_and_is_never_printed() {
        let (backends, problems) =
            from_environment(&of(&[("ANTHROPIC_API_KEY", "sk-ant-1234"), ("GROQ_API_KEY", " ")]));
        assert_eq!(problems, []);
        let [planned] = &backends[..] else { panic!("{backends:?}") };
        assert_eq!((&*planned.spec.name, planned.spec.protocol), ("anthropic", Protocol::Anthropic));
        assert_eq!(
            (planned.spec.origin.as_str(), planned.spec.locality),
            ("$ANTHROPIC_API_KEY", Locality::Remote)
        );
        assert_eq!(planned.spec.key.as_ref().map(Secret::expose), Some("sk-ant-1234"));
        assert!(!format!("{backends:?}").contains("1234"));
    }

    #[test]
    fn either_of_two_names_of_a_key_counts_and_the_first_goes_before() {
        let (backends, _) = from_environment(&of(&[("GOOGLE_API_KEY", "b"), ("GEMINI_API_KEY", "a")]));
        assert_eq!(backends[0].spec.key.as_ref().map(Secret::expose), Some("a"));
        let (backends, _) = from_environment(&of(&[("GOOGLE_API_KEY", "b")]));
        assert_eq!(backends[0].spec.origin, "$GOOGLE_API_KEY");
    }

    #[test]
    fn an_address_of_ones_own_needs_no_key_and_may_be_local() {
        let (backends, problems) = from_environment(&of(&[
            ("OPENAI_BASE_URL", "http://localhost:4000/v1"),
            ("OLLAMA_HOST", "gpu.lan"),
        ]));
        assert_eq!(problems, []);
        assert_eq!((&*backends[0].spec.name, backends[0].spec.locality), ("openai", Locality::Loopback));
        assert_eq!(backends[0].dialect, None, "whatever answers there is not OpenAI");
        assert_eq!((&*backends[1].spec.name, backends[1].spec.locality), ("ollama", Locality::Remote));
    }

    #[test]
    fn an_address_that_is_none_is_reported_without_its_password() {
        let (backends, problems) = from_environment(&of(&[
            ("OPENAI_API_KEY", "k"),
            ("OPENAI_BASE_URL", "http://me:hunter2@x.example"),
        ]));
        assert!(backends.is_empty(), "a key is not sent to another address than the person meant");
        assert_eq!(problems[0].key, "$OPENAI_BASE_URL");
        assert!(!problems[0].message.contains("hunter2"));
    }
}
