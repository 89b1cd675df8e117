//! The data reads strictly, and names of all kinds find what is known of them.

use super::*;

#[test]
fn the_data_is_well_formed() {
    let data = Data::read(data::TEXT).expect("assets/models.toml");
    assert!(data.models.len() > 30 && data.prices.len() >= 8);
    for entry in &data.models {
        assert!(entry.fill.as_ref().is_none_or(|fill| matches!(fill.len(), 0 | 3)), "{:?}", entry.names);
        for name in &entry.names {
            assert!(!name.is_empty() && *name == name.to_lowercase() && !name.contains('_'), "{name}");
        }
    }
    for (service, rows) in &data.prices {
        assert!(super::super::finding::hosted_by_name(service).is_some(), "{service}");
        for (name, row) in rows {
            assert!(row.input > 0.0 && row.output > 0.0, "{service}/{name}: a price of zero is a mistake");
            assert!(row.cached.is_none_or(|cached| cached <= row.input), "{service}/{name}");
        }
    }
    for (service, names) in &data.defaults {
        assert!(super::super::finding::hosted_by_name(service).is_some(), "{service}");
        assert!(!names.chat.is_empty() && !names.quick.is_empty(), "{service}");
    }
}

#[test]
fn fill_tokens_are_known_whatever_the_name_looks_like() {
    let before = |name: &str| profile(name).fill_tokens.map(|(before, ..)| before);
    for name in [
        "qwen2.5-coder:7b",
        "Qwen/Qwen2.5-Coder-1.5B",
        "Qwen2.5-Coder-7B-Instruct-Q4_K_M.gguf",
        "qwen3-coder:30b",
        "codegemma:2b",
    ] {
        assert_eq!(before(name).as_deref(), Some("<|fim_prefix|>"), "{name}");
    }
    assert_eq!(before("bigcode/starcoder2-3b").as_deref(), Some("<fim_prefix>"));
    assert_eq!(before("codellama:7b-code").as_deref(), Some("<PRE> "));
    assert_eq!(before("codellama:34b"), None, "it was not trained to fill");
    assert_eq!(before("deepseek-coder-v2:16b").as_deref(), Some("<｜fim▁begin｜>"));
    assert_eq!(before("llama3.1:8b"), None);
}

#[test]
fn tiers_come_from_the_name_or_its_size() {
    for (name, tier) in [
        ("qwen3-0.6b", Tier::Tiny),
        ("gemma3n:e4b", Tier::Small),
        ("llama3.1:8b", Tier::Medium),
        ("mixtral:8x7b", Tier::Large),
        ("qwen3-30b-a3b", Tier::Large),
        ("something-else", Tier::Small),
        ("claude-haiku-5-5", Tier::Large),
        ("claude-sonnet-5-5", Tier::Frontier),
        ("gpt-6-luna", Tier::Large),
        ("anthropic/claude-opus-5", Tier::Frontier),
    ] {
        assert_eq!(profile(name).tier, tier, "{name}");
    }
}

#[test]
fn what_is_not_for_text_does_not_chat() {
    for name in [
        "text-embedding-3-small",
        "nomic-embed-text",
        "whisper-1",
        "dall-e-3",
        "starcoder2:3b",
        "qwen2.5-coder:7b-base",
    ] {
        assert!(!profile(name).chats, "{name}");
    }
    for name in ["text-embedding-3-small", "nomic-embed-text", "bge-m3"] {
        assert!(profile(name).embeds, "{name}");
    }
    assert!(!profile("bge-reranker-v2-m3").embeds && !profile("gpt-6-sol").embeds);
    for name in ["gpt-6-sol", "qwen2.5-coder:7b", "gemini-flash-latest", "devstral-latest"] {
        assert!(profile(name).chats, "{name}");
    }
}

#[test]
fn reasoning_and_formats_follow_the_family() {
    assert_eq!(profile("gpt-5-mini-2025-08-07").reasoning, Reasoning::Least("minimal".into()));
    assert_eq!(profile("qwen3:8b").reasoning, Reasoning::Switch);
    assert_eq!(profile("qwen3-coder:30b").reasoning, Reasoning::Never);
    assert!(profile("gpt-6-sol").plain_sampling && !profile("gpt-oss:20b").plain_sampling);
    assert_eq!(profile("gpt-6-sol").edit_format, EditFormat::ApplyPatch);
    assert_eq!(profile("claude-sonnet-5").edit_format, EditFormat::Tool);
    assert_eq!(profile("gemini-flash-latest").edit_format, EditFormat::SearchReplace);
    assert_eq!(profile("qwen3-0.6b").edit_format, EditFormat::Whole);
}

#[test]
fn an_unknown_price_is_unknown_and_dates_do_not_matter() {
    let nano = price("openai", "gpt-5-nano-2025-08-07").expect("a price");
    assert_eq!((nano.input, nano.cached_input, nano.output), (0.05, 0.005, 0.4));
    assert_eq!(price("anthropic", "claude-haiku-5-5-20261001"), price("anthropic", "claude-haiku-5-5"));
    assert_eq!(price("openai", "gpt-99"), None);
    assert_eq!(price("openai", "gpt-5-nano-20"), None);
    assert_eq!(price("lab", "gpt-5-nano"), None, "another service may ask for something else");
    assert_eq!(
        price("openai", "gpt-5-pro").map(|price| price.cached_input),
        Some(15.0),
        "no discount is known"
    );
    assert_eq!(window("openai", "gpt-5-nano"), Some(272_000));
}
