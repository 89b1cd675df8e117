//! Configured: `[backend.NAME]` turned into backends. What is missing is filled in from what is known by name or
//! address; what is wrong costs that backend, or that field, and is reported with its place.

use super::Planned;
use super::address::{base_url, is_loopback, locality};
use super::environment::Environment;
use super::hosted::{Hosted, hosted_by_host, hosted_by_name};
use crate::config::{BackendConfig, Config, Origin, Protocol};
use crate::domain::{Locality, Problem};
use crate::llm::client::{BackendSpec, Secret, Url};
use crate::llm::wire::Dialect;

/// The backends of a configuration, by name.
pub fn configured(config: &Config, environment: &Environment) -> (Vec<Planned>, Vec<Problem>) {
    let mut all = Reader { config, environment, problems: Vec::new() };
    let backends = config.backends.iter().filter_map(|(name, backend)| all.backend(name, backend)).collect();
    (backends, all.problems)
}

struct Reader<'a> {
    config: &'a Config,
    environment: &'a Environment,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn backend(&mut self, name: &str, backend: &BackendConfig) -> Option<Planned> {
        if name.is_empty() || name.contains('/') || name == "embedded" {
            let wrong = "no backend can have this name: it is part of BACKEND/MODEL, and `embedded` is taken";
            self.wrong(name, "", wrong);
            return None;
        }
        let hosted = hosted_by_name(name);
        if backend.protocol == Some(Protocol::Gguf) {
            return self.in_process(name, backend);
        }
        let endpoints = self.endpoints(name, backend, hosted)?;
        let at = endpoints.first().and_then(hosted_by_host);
        let protocol = backend.protocol.unwrap_or_else(|| guessed(endpoints.first(), at.or(hosted)));
        let (key, key_command) = self.key(name, backend, hosted.or(at));
        let locality = locality(&endpoints);
        if (key.is_some() || key_command.is_some())
            && let Some(plain) = endpoints.iter().find(|url| url.scheme() == "http" && !is_loopback(url))
        {
            let host = plain.host_str().unwrap_or_default();
            self.wrong(
                name,
                "base_urls",
                &format!("the key goes to {host} unencrypted; use https:// if it can"),
            );
        }
        let dialect = endpoints.first().and_then(Url::host_str).and_then(Dialect::of_host);
        let spec = BackendSpec {
            name: name.into(),
            protocol,
            endpoints,
            key,
            locality,
            max_in_flight: backend.max_in_flight,
            models: backend.models.clone(),
            origin: self.origin(name),
        };
        Some(Planned { spec, key_command, dialect })
    }

    fn in_process(&mut self, name: &str, backend: &BackendConfig) -> Option<Planned> {
        if backend.models.is_empty() {
            self.wrong(name, "protocol", "a gguf backend needs `models = [\"/path/to/model.gguf\"]`");
            return None;
        }
        let spec = BackendSpec {
            name: name.into(),
            protocol: Protocol::Gguf,
            endpoints: Vec::new(),
            key: None,
            locality: Locality::InProcess,
            max_in_flight: backend.max_in_flight,
            models: backend.models.clone(),
            origin: self.origin(name),
        };
        Some(Planned { spec, key_command: None, dialect: None })
    }

    fn endpoints(
        &mut self,
        name: &str,
        backend: &BackendConfig,
        hosted: Option<&Hosted>,
    ) -> Option<Vec<Url>> {
        let mut urls = Vec::new();
        for text in &backend.base_urls {
            match base_url(text) {
                Ok(url) if !urls.contains(&url) => urls.push(url),
                Ok(_) => self.wrong(name, "base_urls", "holds the same address twice"),
                Err(error) => self.wrong(name, "base_urls", &format!("one of its addresses {error}")),
            }
        }
        if !urls.is_empty() {
            return Some(urls);
        }
        if !backend.base_urls.is_empty() {
            return None;
        }
        let usual = match (hosted, backend.protocol) {
            (Some(hosted), _) => Some(hosted.base),
            (None, Some(Protocol::Ollama)) => Some("http://127.0.0.1:11434"),
            (None, Some(Protocol::LlamaCpp)) => Some("http://127.0.0.1:8080"),
            (None, Some(Protocol::Anthropic)) => hosted_by_name("anthropic").map(|hosted| hosted.base),
            (None, Some(Protocol::Gemini)) => hosted_by_name("gemini").map(|hosted| hosted.base),
            (None, Some(Protocol::OpenAi | Protocol::Responses | Protocol::Gguf) | None) => None,
        };
        let url = usual.and_then(|text| text.parse().ok());
        if url.is_none() {
            self.wrong(name, "", "needs `base_urls = [\"http://HOST:PORT/v1\"]`");
        }
        url.map(|url| vec![url])
    }

    /// The key, or the command that prints it. A key that a variable should hold and does not is reported; a service
    /// known by name or address falls back to its usual variable.
    fn key(
        &mut self,
        name: &str,
        backend: &BackendConfig,
        hosted: Option<&Hosted>,
    ) -> (Option<Secret>, Option<String>) {
        if let Some(variable) = &backend.key_env {
            if backend.key_cmd.is_some() {
                self.wrong(name, "key_cmd", "is not used, because key_env is set too");
            }
            let key = self.environment.get(variable);
            if key.is_none() {
                self.wrong(name, "key_env", &format!("${variable} is not set, so calls go without a key"));
            }
            return (key.map(|key| Secret::new(&key)), None);
        }
        if backend.key_cmd.is_some() {
            return (None, backend.key_cmd.clone());
        }
        let usual = hosted.map_or(&[][..], |hosted| hosted.keys);
        let key = usual.iter().find_map(|variable| self.environment.get(variable));
        (key.map(|key| Secret::new(&key)), None)
    }

    fn origin(&self, name: &str) -> String {
        let prefix = format!("backend.{name}.");
        let first = self.fields(&prefix).into_iter().min_by_key(|(line, _)| *line);
        match first {
            Some((line, file)) => format!("{file}:{line}"),
            None => "configuration".into(),
        }
    }

    /// Line and file name of each field that is set.
    fn fields(&self, prefix: &str) -> Vec<(usize, String)> {
        ["protocol", "base_urls", "key_env", "key_cmd", "models", "max_in_flight"]
            .into_iter()
            .filter_map(|field| match self.config.origin(&format!("{prefix}{field}")) {
                Origin::File { path, line } => {
                    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                    Some((*line, file))
                }
                Origin::Default | Origin::Flag | Origin::Env(_) => None,
            })
            .collect()
    }

    fn wrong(&mut self, name: &str, field: &str, message: &str) {
        let table = format!("backend.{name}");
        let key = if field.is_empty() { table.clone() } else { format!("{table}.{field}") };
        let problem = |key: String| Problem {
            file: None,
            line: None,
            key,
            message: message.to_owned(),
            suggestion: None,
        };
        let placed = self.config.place(problem(key.clone()));
        let placed = if placed.file.is_none() {
            let fields = ["protocol", "models", "key_env", "key_cmd", "max_in_flight", "base_urls"];
            let nearby = fields.iter().map(|field| self.config.place(problem(format!("{table}.{field}"))));
            nearby.into_iter().find(|problem| problem.file.is_some()).unwrap_or(placed)
        } else {
            placed
        };
        self.problems.push(Problem { key, ..placed });
    }
}

/// The protocol that an address is known for, else the one that most servers speak.
fn guessed(url: Option<&Url>, hosted: Option<&Hosted>) -> Protocol {
    match (hosted, url.and_then(Url::port)) {
        (Some(hosted), _) => hosted.protocol,
        (None, Some(11434)) => Protocol::Ollama,
        (None, Some(_) | None) => Protocol::OpenAi,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Planned>, Vec<Problem>) {
        let (config, problems) = Config::from_text(text);
        assert_eq!(problems, []);
        configured(&config, &Environment::of(|name| (name != "UNSET").then(|| format!("key of {name}"))))
    }

    #[test]
    fn what_is_written_is_taken() {
        let (backends, problems) = read(
            "[backend.lab]\nprotocol = \"llamacpp\"\nbase_urls = [\"http://127.0.0.1:8080\", \"http://127.0.0.1:8081\"]\n\
             key_env = \"LAB_KEY\"\nmodels = [\"qwen3-0.6b\"]\nmax_in_flight = 8\n",
        );
        assert_eq!(problems, []);
        let spec = &backends[0].spec;
        assert_eq!(
            (spec.protocol, spec.endpoints.len(), spec.locality),
            (Protocol::LlamaCpp, 2, Locality::Loopback)
        );
        assert_eq!(spec.key.as_ref().map(Secret::expose), Some("key of LAB_KEY"));
        assert_eq!((&spec.models[..], spec.max_in_flight), (&["qwen3-0.6b".to_owned()][..], Some(8)));
    }

    #[test]
    fn what_is_missing_is_known_by_name_or_address() {
        let (backends, problems) = read(
            "[backend.anthropic]\nmodels = [\"m\"]\n[backend.work]\nbase_urls = [\"https://api.mistral.ai/v1\"]\n\
             [backend.box]\nbase_urls = [\"http://127.0.0.1:11434\"]\n[backend.here]\nprotocol = \"llamacpp\"\n",
        );
        assert_eq!(problems, []);
        let of = |name: &str| backends.iter().find(|planned| &*planned.spec.name == name).unwrap();
        assert_eq!(of("anthropic").spec.protocol, Protocol::Anthropic);
        assert_eq!(of("anthropic").spec.endpoints[0].host_str(), Some("api.anthropic.com"));
        assert_eq!(of("anthropic").spec.key.as_ref().map(Secret::expose), Some("key of ANTHROPIC_API_KEY"));
        assert_eq!(of("work").spec.key.as_ref().map(Secret::expose), Some("key of MISTRAL_API_KEY"));
        assert_eq!(of("work").dialect, Some(Dialect::Mistral));
        assert_eq!(of("box").spec.protocol, Protocol::Ollama);
        assert_eq!(of("here").spec.endpoints[0].port(), Some(8080));
    }

    #[test]
    fn what_is_wrong_costs_no_other_backend_and_says_what_to_write() {
        let (backends, problems) = read(
            "[backend.a]\nkey_env = \"UNSET\"\n[backend.b]\nbase_urls = [\"http://me:pw@x.example\"]\n\
             [backend.c]\nprotocol = \"gguf\"\n[backend.\"d/e\"]\nmodels = [\"m\"]\n\
             [backend.f]\nbase_urls = [\"http://x.example/v1\"]\nkey_env = \"UNSET\"\n\
             [backend.g]\nbase_urls = [\"http://x.example/v1\"]\nkey_env = \"G\"\nkey_cmd = \"pass g\"\n",
        );
        let names: Vec<&str> = backends.iter().map(|planned| &*planned.spec.name).collect();
        assert_eq!(names, ["f", "g"]);
        let said: Vec<(&str, &str)> = problems.iter().map(|p| (p.key.as_str(), p.message.as_str())).collect();
        for (key, part) in [
            ("backend.a", "needs `base_urls"),
            ("backend.b.base_urls", "user or password"),
            ("backend.c.protocol", "models = ["),
            ("backend.d/e", "no backend can have this name"),
            ("backend.f.key_env", "$UNSET is not set"),
            ("backend.g.key_cmd", "key_env is set too"),
            ("backend.g.base_urls", "unencrypted"),
        ] {
            assert!(said.iter().any(|(k, m)| *k == key && m.contains(part)), "{key}: {said:?}");
        }
        assert!(!format!("{problems:?}").contains("pw"));
    }

    #[test]
    fn a_key_command_is_not_run_here() {
        let (backends, _) =
            read("[backend.lab]\nbase_urls = [\"https://x.example\"]\nkey_cmd = \"pass show lab\"\n");
        assert_eq!(
            (backends[0].spec.key.clone(), backends[0].key_command.as_deref()),
            (None, Some("pass show lab"))
        );
    }
}
