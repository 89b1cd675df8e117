//! From a call to tokens: the model's own chat template, or the tokens around a gap.
//!
//! Invariant: special tokens come from the template alone; a file under judgment that spells `<|im_end|>` stays text.

use llama_cpp_2::model::{LlamaChatMessage, LlamaChatTemplate, LlamaModel};
use llama_cpp_2::token::LlamaToken;

use crate::domain::ModelRef;
use crate::llm::call::{Ask, Call, Fill, Message, Part, Role};
use crate::llm::error::LlmError;

/// Around the number that stands for a text while the template is applied; texts come in afterwards.
const MARK: char = '\u{1}';

/// The tokens of a call's prompt, never none.
///
/// # Errors
/// [`LlmError::Rejected`] for what the model cannot do.
pub(super) fn tokens(model: &LlamaModel, name: &ModelRef, call: &Call) -> Result<Vec<LlamaToken>, LlmError> {
    let rejected = |why: String| LlmError::Rejected { model: name.clone(), status: 0, why };
    let tokens = match &call.ask {
        Ask::Chat(turns) => chat(model, turns).map_err(rejected)?,
        Ask::Fill(gap) => fill(model, gap).map_err(rejected)?,
        Ask::Embed(_) => return Err(rejected("models in this process do not embed yet".into())),
    };
    if tokens.is_empty() { Err(rejected("the prompt is empty".into())) } else { Ok(tokens) }
}

/// Applies the template to numbered marks, and puts each text's tokens in place of its mark.
fn chat(model: &LlamaModel, turns: &[Message]) -> Result<Vec<LlamaToken>, String> {
    let template = model
        .chat_template(None)
        .or_else(|_| LlamaChatTemplate::new("chatml"))
        .map_err(|error| error.to_string())?;
    let mut texts = Vec::new();
    let mut messages = Vec::new();
    for turn in turns {
        let role = match turn.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        let mark = format!("{MARK}{}{MARK}", texts.len());
        texts.push(text(turn)?);
        messages.push(LlamaChatMessage::new(role.into(), mark).map_err(|error| error.to_string())?);
    }
    let written = model
        .apply_chat_template(&template, &messages, true)
        .map_err(|error| format!("the model's chat template is not known: {error}"))?;
    let vocabulary = model.vocab();
    let mut tokens = Vec::new();
    for (at, piece) in written.split(MARK).enumerate() {
        let is_mark = at % 2 == 1;
        if is_mark {
            let text = piece.parse().ok().and_then(|nth: usize| texts.get(nth)).map_or("", String::as_str);
            tokens.extend(vocabulary.tokenize(text.as_bytes(), false, false));
        } else {
            // The beginning's own token belongs in front of all.
            tokens.extend(vocabulary.tokenize(piece.as_bytes(), at == 0, true));
        }
    }
    Ok(tokens)
}

fn text(turn: &Message) -> Result<String, String> {
    let mut text = String::new();
    for part in &turn.parts {
        match part {
            Part::Text(piece) => text.push_str(piece),
            Part::Called(_) | Part::Returned(_) => {
                return Err("the model in this process takes no tools".into());
            }
            Part::Image { .. } => return Err("the model in this process takes no pictures".into()),
        }
    }
    Ok(text)
}

fn fill(model: &LlamaModel, gap: &Fill) -> Result<Vec<LlamaToken>, String> {
    let vocabulary = model.vocab();
    let [before, after, between] = [vocabulary.fim_pre(), vocabulary.fim_suf(), vocabulary.fim_mid()];
    if [before, after, between].iter().any(|token| token.0 < 0) {
        return Err("the model has no tokens for filling in the middle".into());
    }
    let plain = |text: &str| vocabulary.tokenize(text.as_bytes(), false, false);
    let mut tokens = Vec::new();
    let file = vocabulary.fim_sep();
    for (name, text) in gap.extra.iter().filter(|_| file.0 >= 0) {
        tokens.push(file);
        tokens.extend(plain(&format!("{name}\n{text}\n")));
    }
    tokens.push(before);
    tokens.extend(plain(&gap.prefix));
    tokens.push(after);
    tokens.extend(plain(&gap.suffix));
    tokens.push(between);
    Ok(tokens)
}
