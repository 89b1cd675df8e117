//! Log-probabilities as OpenAI writes them (`token`, `logprob`, `bytes`, `top_logprobs`); Ollama and llama.cpp do too.
//!
//! Invariant: the tokens' texts put together are the answer's text, also where one character spans several tokens.

use serde_json::Value;

use crate::llm::reply::TokenLogprobs;

/// Joins bytes of tokens into characters.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pending: Vec<u8>,
}

impl Joined {
    /// The characters that these bytes complete; what can be no UTF-8 is replaced.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let mut text = String::new();
        let mut done = 0;
        for chunk in self.pending.utf8_chunks() {
            text.push_str(chunk.valid());
            done += chunk.valid().len();
            let broken = chunk.invalid();
            if !broken.is_empty() {
                if done + broken.len() == self.pending.len() && may_go_on(broken) {
                    break;
                }
                text.push(char::REPLACEMENT_CHARACTER);
                done += broken.len();
            }
        }
        self.pending.drain(..done);
        text
    }

    /// What is left when no more bytes come.
    pub(super) fn finish(&mut self) -> String {
        let left = !std::mem::take(&mut self.pending).is_empty();
        if left { char::REPLACEMENT_CHARACTER.to_string() } else { String::new() }
    }
}

fn may_go_on(broken: &[u8]) -> bool {
    std::str::from_utf8(broken).is_err_and(|error| error.error_len().is_none())
}

/// Reads a list of tokens.
pub(super) fn tokens(items: &Value, joined: &mut Joined) -> Vec<TokenLogprobs> {
    items.as_array().into_iter().flatten().filter_map(|item| token(item, joined)).collect()
}

/// Whether each token comes with its bytes, so that text can be made of them.
pub(super) fn have_bytes(items: &Value) -> bool {
    items
        .as_array()
        .is_some_and(|items| !items.is_empty() && items.iter().all(|item| item["bytes"].is_array()))
}

fn token(item: &Value, joined: &mut Joined) -> Option<TokenLogprobs> {
    let token = match bytes(item) {
        Some(bytes) => joined.push(&bytes),
        None => item["token"].as_str()?.to_owned(),
    };
    let logprob = probability(item)?;
    let top = item["top_logprobs"].as_array().or_else(|| item["top_probs"].as_array());
    let mut top: Vec<(String, f32)> =
        top.into_iter().flatten().filter_map(|one| Some((name(one)?, probability(one)?))).collect();
    top.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    Some(TokenLogprobs { token, logprob, top })
}

/// `logprob`, or the logarithm of `prob` where llama.cpp was asked for probabilities after sampling.
fn probability(item: &Value) -> Option<f32> {
    let given = item["logprob"].as_f64().or_else(|| item["prob"].as_f64().map(f64::ln));
    given.map(|number| number as f32)
}

fn name(item: &Value) -> Option<String> {
    match bytes(item) {
        Some(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        None => item["token"].as_str().map(str::to_owned),
    }
}

fn bytes(item: &Value) -> Option<Vec<u8>> {
    let bytes = item["bytes"].as_array().filter(|bytes| !bytes.is_empty())?;
    bytes.iter().map(|byte| byte.as_u64().and_then(|byte| u8::try_from(byte).ok())).collect()
}

/// Reads the older form of `/v1/completions`: lists side by side.
pub(super) fn columns(lists: &Value) -> Vec<TokenLogprobs> {
    let tokens = lists["tokens"].as_array().into_iter().flatten();
    tokens
        .enumerate()
        .filter_map(|(at, token)| {
            let alternatives = lists["top_logprobs"][at].as_object().into_iter().flatten();
            let mut top: Vec<(String, f32)> = alternatives
                .filter_map(|(name, logprob)| Some((name.clone(), logprob.as_f64()? as f32)))
                .collect();
            top.sort_by(|(_, a), (_, b)| b.total_cmp(a));
            let logprob = lists["token_logprobs"][at].as_f64()? as f32;
            Some(TokenLogprobs { token: token.as_str()?.to_owned(), logprob, top })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn half_a_character_waits_for_its_other_half() {
        let mut joined = Joined::default();
        assert_eq!(joined.push(&[b'a', 0xE4, 0xB8]), "a");
        assert_eq!(joined.push(&[0xAD, 0xF0]), "中");
        assert_eq!(joined.push(b"b"), "\u{FFFD}b");
        assert_eq!(joined.push(&[0xFF, 0xF0, 0x9F]), "\u{FFFD}");
        assert_eq!((joined.finish().as_str(), joined.finish().as_str()), ("\u{FFFD}", ""));
    }

    #[test]
    fn tokens_put_together_are_the_text() {
        let items = json!([
            {"token": "\u{FFFD}", "logprob": -0.5, "bytes": [0xE4, 0xB8], "top_logprobs": []},
            {"token": "\u{FFFD}", "logprob": -0.25, "bytes": [0xAD],
             "top_logprobs": [{"token": "x", "logprob": -3.0}, {"token": "\u{FFFD}", "logprob": -0.25, "bytes": [0xAD]}]},
            {"token": "no bytes", "logprob": -1.0},
            {"token": "no number"},
        ]);
        let read = tokens(&items, &mut Joined::default());
        let text: String = read.iter().map(|token| token.token.as_str()).collect();
        assert_eq!(text, "中no bytes");
        assert_eq!(read[1].top, [("\u{FFFD}".to_owned(), -0.25), ("x".to_owned(), -3.0)], "best first");
    }
}
