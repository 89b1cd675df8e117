//! Hosted: the well-known services: their names, addresses and the variables that people keep their keys in.

use crate::config::Protocol;
use crate::llm::client::Url;

/// One service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hosted {
    /// The backend's name, and that of its prices in `assets/models.toml`.
    pub name: &'static str,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Its address.
    pub base: &'static str,
    /// Variables with its key, the first that is set counts.
    pub keys: &'static [&'static str],
    /// Variables with another address.
    pub bases: &'static [&'static str],
}

const fn hosted(
    name: &'static str,
    protocol: Protocol,
    base: &'static str,
    keys: &'static [&'static str],
    bases: &'static [&'static str],
) -> Hosted {
    Hosted { name, protocol, base, keys, bases }
}

/// Every service, in the order shown.
pub const HOSTED: [Hosted; 13] = [
    hosted(
        "anthropic",
        Protocol::Anthropic,
        "https://api.anthropic.com",
        &["ANTHROPIC_API_KEY"],
        &["ANTHROPIC_BASE_URL"],
    ),
    hosted(
        "openai",
        Protocol::OpenAi,
        "https://api.openai.com/v1",
        &["OPENAI_API_KEY"],
        &["OPENAI_BASE_URL", "OPENAI_API_BASE"],
    ),
    hosted(
        "gemini",
        Protocol::Gemini,
        "https://generativelanguage.googleapis.com/v1beta",
        &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        &["GOOGLE_GEMINI_BASE_URL"],
    ),
    hosted(
        "openrouter",
        Protocol::OpenAi,
        "https://openrouter.ai/api/v1",
        &["OPENROUTER_API_KEY"],
        &["OPENROUTER_BASE_URL"],
    ),
    hosted(
        "mistral",
        Protocol::OpenAi,
        "https://api.mistral.ai/v1",
        &["MISTRAL_API_KEY"],
        &["MISTRAL_BASE_URL"],
    ),
    hosted("codestral", Protocol::OpenAi, "https://codestral.mistral.ai/v1", &["CODESTRAL_API_KEY"], &[]),
    hosted(
        "deepseek",
        Protocol::OpenAi,
        "https://api.deepseek.com",
        &["DEEPSEEK_API_KEY"],
        &["DEEPSEEK_BASE_URL"],
    ),
    hosted("groq", Protocol::OpenAi, "https://api.groq.com/openai/v1", &["GROQ_API_KEY"], &[]),
    hosted("xai", Protocol::OpenAi, "https://api.x.ai/v1", &["XAI_API_KEY"], &["XAI_BASE_URL"]),
    hosted(
        "together",
        Protocol::OpenAi,
        "https://api.together.xyz/v1",
        &["TOGETHER_API_KEY", "TOGETHERAI_API_KEY"],
        &["TOGETHER_BASE_URL"],
    ),
    hosted("cerebras", Protocol::OpenAi, "https://api.cerebras.ai/v1", &["CEREBRAS_API_KEY"], &[]),
    hosted(
        "fireworks",
        Protocol::OpenAi,
        "https://api.fireworks.ai/inference/v1",
        &["FIREWORKS_API_KEY"],
        &[],
    ),
    hosted("deepinfra", Protocol::OpenAi, "https://api.deepinfra.com/v1/openai", &["DEEPINFRA_API_KEY"], &[]),
];

/// The service of that name.
pub fn hosted_by_name(name: &str) -> Option<&'static Hosted> {
    HOSTED.iter().find(|hosted| hosted.name == name)
}

/// The service at an address; sub-domains count (`eu.api.openai.com`).
pub fn hosted_by_host(url: &Url) -> Option<&'static Hosted> {
    let host = url.host_str()?;
    HOSTED.iter().find(|hosted| {
        let rest = hosted.base.trim_start_matches("https://");
        let known = rest.split('/').next().unwrap_or(rest);
        host == known || host.strip_suffix(known).is_some_and(|before| before.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_its_host_alone() {
        let name = |url: &str| hosted_by_host(&url.parse().unwrap()).map(|hosted| hosted.name);
        assert_eq!(name("https://api.openai.com/v1"), Some("openai"));
        assert_eq!(name("https://eu.api.openai.com/v1"), Some("openai"));
        assert_eq!(name("https://api.openai.com.evil.example"), None);
        assert_eq!(name("https://evilapi.openai.com"), None);
    }

    #[test]
    fn every_address_parses_and_every_name_is_unique() {
        for (at, hosted) in HOSTED.iter().enumerate() {
            assert!(hosted.base.parse::<Url>().is_ok(), "{}", hosted.name);
            assert!(!hosted.keys.is_empty());
            assert!(HOSTED[..at].iter().all(|other| other.name != hosted.name), "{}", hosted.name);
        }
    }
}
