//! How long a prompt was and how long it may be, from fields where a server has them and from its words elsewhere.

use serde_json::Value;

/// What stands before the window in the words of OpenAI, vLLM, `SGLang`, Anthropic, Gemini, Mistral, LM Studio and llama.cpp.
const BEFORE_WINDOW: &[&str] = &[
    "maximum context length is ",
    "maximum context length of ",
    "context length of only ",
    "context length is ",
    "context length (",
    "context size (",
    "too large for model with ",
    "tokens allowed (",
    "> ",
];

/// What stands before the prompt's length.
const BEFORE_PROMPT: &[&str] = &[
    "messages resulted in ",
    "your request has ",
    "prompt contains ",
    "request (",
    "too long: ",
    "token count (",
    "the input (",
    "keep the first ",
    "context limit: ",
    "at least ",
];

/// What stands behind it, where a total with the answer's limit is named as well.
const AFTER_PROMPT: &[&str] =
    &[" in the messages", " in the prompt", " of text input", " tokens from the input", " input tokens"];

/// Prompt and window in tokens.
pub(super) fn prompt_and_window(error: &Value, words: &str) -> (Option<u64>, Option<u64>) {
    let low = words.to_lowercase();
    let field = |name: &str| error[name].as_u64();
    let behind = |cues: &[&str]| cues.iter().find_map(|cue| number_behind(&low, cue));
    let prompt = field("n_prompt_tokens")
        .or_else(|| AFTER_PROMPT.iter().find_map(|cue| number_before(&low, cue)))
        .or_else(|| behind(BEFORE_PROMPT))
        .or_else(|| behind(&["you requested about ", "you requested "]));
    let window = field("n_ctx").or_else(|| behind(BEFORE_WINDOW));
    (prompt, window)
}

fn number_behind(text: &str, cue: &str) -> Option<u64> {
    text.match_indices(cue).find_map(|(at, _)| number(&text[at + cue.len()..]))
}

fn number_before(text: &str, cue: &str) -> Option<u64> {
    text.match_indices(cue).find_map(|(at, _)| {
        let head = &text[..at];
        let from = head.rfind(|c: char| !is_digit(c)).map_or(0, |before| before + 1);
        number(head.get(from..)?)
    })
}

fn number(text: &str) -> Option<u64> {
    let digits: String = text.chars().take_while(|c| is_digit(*c)).filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

const fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ',' | '_')
}
