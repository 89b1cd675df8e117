//! Lists of models as `/v1/models` gives them, with what each server adds: windows, prices, abilities.

use serde_json::Value;

use crate::domain::Price;
use crate::llm::wire::{Dialect, Listed};

/// Reads `/v1/models`; models that are known already are completed, new ones appended.
pub(super) fn read(body: &Value, known: &mut Vec<Listed>) -> Result<(), String> {
    let models =
        body["data"].as_array().or_else(|| body.as_array()).ok_or("no list of models in the answer")?;
    for model in models {
        if let Some(name) = model["id"].as_str().or_else(|| model["name"].as_str()) {
            complete(entry(known, name), model);
        }
    }
    Ok(())
}

/// LM Studio's own lists: `/api/v1/models` (`models`), or before it `/api/v0/models` (`data`).
pub(super) fn read_lm_studio(body: &Value, known: &mut Vec<Listed>) -> Result<(), String> {
    let models = body["models"]
        .as_array()
        .or_else(|| body["data"].as_array())
        .ok_or("no list of models in the answer")?;
    for model in models {
        let Some(name) = model["key"].as_str().or_else(|| model["id"].as_str()) else { continue };
        let loaded = &model["loaded_instances"][0]["config"]["context_length"];
        let listed = entry(known, name);
        listed.dialect = Some(Dialect::LmStudio);
        listed.window = tokens(loaded).or_else(|| tokens(&model["loaded_context_length"])).or(listed.window);
        listed.most_window = tokens(&model["max_context_length"]);
        let kind = model["type"].as_str().unwrap_or_default();
        able(listed, "chat", matches!(kind, "llm" | "vlm"));
        able(listed, "embed", kind.starts_with("embedding"));
        able(listed, "images", kind == "vlm" || model["capabilities"]["vision"] == true);
    }
    Ok(())
}

/// The model of that name, appended if it is new.
pub(super) fn entry<'a>(known: &'a mut Vec<Listed>, name: &str) -> &'a mut Listed {
    let at = known.iter().position(|listed| listed.name == name).unwrap_or_else(|| {
        known.push(Listed { name: name.to_owned(), ..Listed::default() });
        known.len() - 1
    });
    &mut known[at]
}

/// Notes an ability that the server states.
pub(super) fn able(listed: &mut Listed, ability: &'static str, stated: bool) {
    if stated && !listed.abilities.contains(&ability) {
        listed.abilities.push(ability);
    }
}

/// A number of tokens; 0 means unknown to some servers.
pub(super) fn tokens(number: &Value) -> Option<u32> {
    number.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0)
}

fn complete(listed: &mut Listed, model: &Value) {
    let first = |names: &[&Value]| names.iter().find_map(|number| tokens(number));
    listed.dialect = listed.dialect.or_else(|| model["owned_by"].as_str().and_then(dialect));
    let loaded = first(&[&model["meta"]["n_ctx"], &model["max_model_len"]]);
    let most = first(&[
        &model["meta"]["n_ctx_train"],
        &model["context_length"],
        &model["context_window"],
        &model["max_context_length"],
        &model["max_input_tokens"],
    ]);
    // A hosted model has one window; a local one that is not loaded has only the largest.
    let local = matches!(listed.dialect, Some(Dialect::LlamaCpp | Dialect::LmStudio | Dialect::Ollama));
    listed.window = loaded.or(most.filter(|_| !local)).or(listed.window);
    listed.most_window = most.or(listed.most_window);
    listed.max_output = first(&[
        &model["top_provider"]["max_completion_tokens"],
        &model["max_completion_tokens"],
        &model["max_tokens"],
    ])
    .or(listed.max_output);
    listed.price = price(&model["pricing"]).or(listed.price);
    let parameters = |name: &str| holds(&model["supported_parameters"], name);
    able(listed, "logprobs", parameters("top_logprobs"));
    able(listed, "schema", parameters("structured_outputs"));
    let capabilities = &model["capabilities"];
    able(listed, "chat", capabilities["completion_chat"] == true);
    able(listed, "fill", capabilities["completion_fim"] == true);
    able(listed, "schema", capabilities["structured_outputs"]["supported"] == true);
    able(
        listed,
        "images",
        capabilities["vision"] == true
            || capabilities["image_input"]["supported"] == true
            || holds(&model["architecture"]["input_modalities"], "image")
            || holds(capabilities, "multimodal"),
    );
}

fn holds(list: &Value, name: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|one| one == name))
}

fn dialect(owner: &str) -> Option<Dialect> {
    match owner {
        "vllm" => Some(Dialect::Vllm),
        "sglang" => Some(Dialect::Sglang),
        "llamacpp" => Some(Dialect::LlamaCpp),
        "library" => Some(Dialect::Ollama),
        "organization_owner" => Some(Dialect::LmStudio),
        "mistralai" => Some(Dialect::Mistral),
        "deepseek" => Some(Dialect::DeepSeek),
        _ => None,
    }
}

/// `OpenRouter` gives dollars a token, as text.
fn price(pricing: &Value) -> Option<Price> {
    let per_million = |name: &str| {
        let dollars: f64 = pricing[name].as_str()?.parse().ok()?;
        (dollars.is_finite() && dollars >= 0.0).then_some(dollars * 1e6)
    };
    let input = per_million("prompt")?;
    let cached_input = per_million("input_cache_read").unwrap_or(input);
    Some(Price { input, cached_input, output: per_million("completion")? })
}
