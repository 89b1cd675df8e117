//! From logits to the next token, and to the log-probabilities that were asked for.

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data::LlamaTokenData;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;

use crate::llm::call::{Call, Format};
use crate::llm::reply::TokenLogprobs;

/// Most tokens that chance chooses among, as llama.cpp's server does it.
const AMONG: usize = 40;
/// What chance chooses among has at least this share of all probability.
const NUCLEUS: f32 = 0.95;
/// Where nothing is said.
const TEMPERATURE: f32 = 0.8;

/// Chooses tokens for one call.
pub(super) struct Chooser<'m> {
    model: &'m LlamaModel,
    temperature: f32,
    top: usize,
    grammar: Option<LlamaSampler>,
    state: u64,
}

/// A chosen token.
pub(super) struct Draw {
    pub(super) token: LlamaToken,
    pub(super) logprobs: Option<TokenLogprobs>,
}

impl<'m> Chooser<'m> {
    pub(super) fn new(model: &'m LlamaModel, call: &Call) -> Self {
        let grammar = match &call.format {
            Format::Choice(words) => LlamaSampler::grammar(model, &choice(words), "root").ok(),
            // The prompt says what is wanted; this engine holds no model to a schema.
            Format::Text | Format::Json { .. } => None,
        };
        Self {
            model,
            temperature: call.temperature.unwrap_or(TEMPERATURE),
            top: usize::from(call.top_logprobs),
            grammar,
            state: 0x5EED,
        }
    }

    /// The next token. Log-probabilities are the model's own, before the grammar.
    pub(super) fn draw(&mut self, logits: &[f32]) -> Draw {
        let normaliser = log_sum_exp(logits);
        let token = match self.grammar.take() {
            Some(mut grammar) => {
                let data = logits
                    .iter()
                    .enumerate()
                    .map(|(id, logit)| LlamaTokenData::new(LlamaToken(id as i32), *logit, 0.0))
                    .collect();
                let mut array = LlamaTokenDataArray::new(data, false);
                array.apply_sampler(&mut grammar);
                let allowed: Vec<f32> = array.data.iter().map(LlamaTokenData::logit).collect();
                let token = array.data[self.choose(&allowed)].id();
                // After the end nothing is chosen any more.
                if !self.model.vocab().is_eog(token) {
                    grammar.accept(token);
                    self.grammar = Some(grammar);
                }
                token
            }
            None => LlamaToken(self.choose(logits) as i32),
        };
        let logprobs = (self.top > 0).then(|| {
            let named = |id: usize| (text(self.model, LlamaToken(id as i32)), logits[id] - normaliser);
            let (token, logprob) = named(token.0 as usize);
            TokenLogprobs { token, logprob, top: best(logits, self.top).into_iter().map(named).collect() }
        });
        Draw { token, logprobs }
    }

    fn choose(&mut self, logits: &[f32]) -> usize {
        let best = best(logits, if self.temperature <= 0.0 { 1 } else { AMONG });
        if self.temperature <= 0.0 || best.len() < 2 {
            return best.first().copied().unwrap_or(0);
        }
        let top = logits[best[0]];
        let weights: Vec<f32> =
            best.iter().map(|id| ((logits[*id] - top) / self.temperature).exp()).collect();
        let all: f32 = weights.iter().sum();
        let mut kept = 0.0;
        let mut among = 0;
        while among < weights.len() && kept < all * NUCLEUS {
            kept += weights[among];
            among += 1;
        }
        let mut left = self.uniform() * kept;
        for (id, weight) in best.iter().zip(&weights[..among]) {
            left -= weight;
            if left <= 0.0 {
                return *id;
            }
        }
        best[0]
    }

    /// `SplitMix64` (Steele, Lea, Flood 2014).
    fn uniform(&mut self) -> f32 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
    }
}

/// The places of the largest logits, best first; what is not finite is none of them.
fn best(logits: &[f32], count: usize) -> Vec<usize> {
    let mut ids: Vec<usize> = (0..logits.len()).filter(|id| logits[*id].is_finite()).collect();
    let order = |left: &usize, right: &usize| logits[*right].total_cmp(&logits[*left]);
    if ids.len() > count && count > 0 {
        ids.select_nth_unstable_by(count - 1, order);
        ids.truncate(count);
    }
    ids.sort_unstable_by(order);
    ids
}

fn log_sum_exp(logits: &[f32]) -> f32 {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - top).exp()).sum();
    top + sum.ln() as f32
}

/// A token's bytes; special tokens have none.
pub(super) fn bytes(model: &LlamaModel, token: LlamaToken) -> Vec<u8> {
    model.vocab().token_to_piece(token, false, None)
}

fn text(model: &LlamaModel, token: LlamaToken) -> String {
    String::from_utf8_lossy(&bytes(model, token)).into_owned()
}

/// A grammar (GBNF) of these words and no other.
fn choice(words: &[&str]) -> String {
    let quoted: Vec<String> =
        words.iter().map(|word| format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))).collect();
    format!("root ::= {}", quoted.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_come_first_and_probabilities_sum_to_one() {
        let logits = [0.5, f32::NEG_INFINITY, 2.0, -1.0, 1.5];
        assert_eq!(best(&logits, 3), [2, 4, 0]);
        assert_eq!(best(&logits, 9), [2, 4, 0, 3]);
        let normaliser = log_sum_exp(&logits);
        let sum: f32 = logits.iter().map(|logit| (logit - normaliser).exp()).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{sum}");
    }

    #[test]
    fn a_grammar_quotes_its_words() {
        assert_eq!(choice(&["yes", "n\"o"]), "root ::= \"yes\" | \"n\\\"o\"");
    }
}
