//! What servers count, brought to one meaning: all prompt tokens, of them cached, and all generated tokens.

use serde_json::Value;

use crate::llm::reply::Counted;

/// `usage` of chat completions, with what `DeepSeek`, `OpenRouter` and llama.cpp add. `None` where nothing was counted.
pub(super) fn of_completion(body: &Value) -> Option<Counted> {
    let usage = &body["usage"];
    let timings = &body["timings"];
    let number = |name: &str| usage[name].as_u64();
    let timed = |name: &str| timings[name].as_u64();
    let prompt = number("prompt_tokens")
        .or_else(|| Some(timed("prompt_n")?.saturating_add(timed("cache_n").unwrap_or(0))));
    let output = number("completion_tokens").or_else(|| timed("predicted_n"));
    // Some count hidden reasoning in the total only.
    let hidden = number("total_tokens").zip(prompt).and_then(|(total, prompt)| total.checked_sub(prompt));
    let cached = usage["prompt_tokens_details"]["cached_tokens"]
        .as_u64()
        .or_else(|| number("prompt_cache_hit_tokens"))
        .or_else(|| timed("cache_n"));
    let counted =
        Counted { prompt, cached, output: output.max(hidden), micro_usd: micro_usd(&usage["cost"]) };
    (counted != Counted::default()).then_some(counted)
}

fn micro_usd(cost: &Value) -> Option<u64> {
    cost.as_f64().filter(|usd| usd.is_finite() && *usd >= 0.0).map(|usd| (usd * 1e6).round() as u64)
}
