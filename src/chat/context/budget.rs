//! The budget: how many tokens context may take, and how much of it one file.
//!
//! More context is not a better answer. What stands in the middle of a long prompt is found less often than what stands
//! at its ends (Liu et al., "Lost in the Middle", 2023); models use far less of their window well than they accept
//! (Hsieh et al., "RULER", 2024); text that is only like what is asked for draws answers away from it (Shi et al.,
//! "Large Language Models Can Be Easily Distracted by Irrelevant Context", 2023), weaker models the more. And each token
//! is waited for and paid. So by itself context takes what a model of its size uses well, and weak files end it before
//! the room does; a person may raise it to all that the window holds.

use super::ask::{Addressee, Asking};
use crate::domain::Tray;
use crate::llm::profiles::Tier;

/// The window that is reckoned with where nobody knows it: what servers load when they are told nothing is 4,096 to
/// 8,192 tokens, and one of 4,096 says so in an error that is then obeyed.
pub const CAREFUL_WINDOW: u32 = 8_192;

/// Tokens that context takes by itself, whatever the window holds.
const fn usual(tier: Tier) -> u32 {
    match tier {
        Tier::Tiny => 6_000,
        Tier::Small => 10_000,
        Tier::Medium => 16_000,
        Tier::Large => 24_000,
        Tier::Frontier => 40_000,
    }
}

/// One part in so many of the window is for the answer...
const ANSWER_PART: u32 = 4;
/// ...and so many tokens at most, hidden reasoning apart.
const MOST_ANSWER: u32 = 8_192;
/// The same where the model reasons first.
const MOST_REASONED: u32 = 24_576;
/// One part in so many of the prompt's room is kept for estimates that fall short; see [`crate::llm::tokens`].
const MARGIN_PART: u32 = 10;
/// The conversation keeps one part in so many of the room, if it needs it.
const CONVERSATION_PART: u32 = 3;
/// Tokens of a template around each message.
pub const TURN: u32 = 8;

/// What may take how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The window reckoned with.
    pub window: u32,
    /// For the answer.
    pub answer: u32,
    /// For context and conversation, at most.
    pub budget: u32,
    /// Of these, for the conversation before all others.
    pub conversation: u32,
    /// What context and conversation take by themselves where nobody names more.
    pub usual: u32,
    /// For judged files at most; `None` where the person set the budget, and may fill it.
    pub judged: Option<u32>,
}

impl Room {
    /// The room for a question, where rules and message take `base` tokens and all of the conversation would take
    /// `conversation`.
    pub fn new(asking: &Asking<'_>, base: u32, conversation: u32) -> Self {
        let to = asking.to;
        let window = to.window.unwrap_or(CAREFUL_WINDOW);
        let answer = answer(to, window);
        let prompt = window - answer;
        let prompt = (prompt - prompt / MARGIN_PART).saturating_sub(base);
        let prompt = asking.at_most.map_or(prompt, |most| prompt.min(most));
        let by_user = asking.wishes.budget;
        let budget = by_user.map_or(prompt, |budget| budget.min(prompt));
        let conversation = conversation.min(budget / CONVERSATION_PART);
        let judged = usual(to.tier);
        Self {
            window,
            answer,
            budget,
            conversation,
            usual: judged.saturating_add(conversation).min(budget),
            judged: by_user.is_none().then_some(judged),
        }
    }
}

impl Room {
    /// Room for context alone, beside something else that takes the rest of the window; `budget` is the person's.
    pub fn beside(to: &Addressee, most: u32, budget: Option<u32>) -> Self {
        let judged = usual(to.tier);
        let by_user = budget.map(|budget| budget.min(most));
        Self {
            window: most,
            answer: 0,
            budget: by_user.unwrap_or(most),
            conversation: 0,
            usual: judged.min(most),
            judged: by_user.is_none().then_some(judged),
        }
    }
}

/// Tokens that the conversation may take before it is compacted: its part of what the window leaves for prompts.
pub fn conversation_share(to: &Addressee) -> u32 {
    let window = to.window.unwrap_or(CAREFUL_WINDOW);
    let prompt = window - answer(to, window);
    (prompt - prompt / MARGIN_PART).saturating_sub(USUAL_BASE) / CONVERSATION_PART
}

/// Tokens of rules and message, mostly.
const USUAL_BASE: u32 = 600;

/// Tokens of context and conversation for the next try, after a model said that a prompt was too long: by its own numbers
/// where it gave any, else half.
pub fn less(tray: &Tray, prompt: Option<u64>, window: Option<u64>, max_output: u32) -> u32 {
    let sent: u32 = tray.items.iter().map(|item| item.tokens).sum();
    let base = tray.tokens.saturating_sub(sent);
    let half = sent / 2;
    let Some(window) = window.filter(|window| *window > 0) else { return half };
    // It counts in its own measure.
    let measure =
        prompt.map_or(1.0, |prompt| (prompt as f64 / f64::from(tray.tokens.max(1))).clamp(0.5, 4.0));
    let fits = window as f64 * (1.0 - 1.0 / f64::from(MARGIN_PART))
        - f64::from(max_output.min(window as u32 / ANSWER_PART));
    let fits = (fits / measure) as u32;
    fits.saturating_sub(base).min(sent - sent / 10)
}

/// Tokens for the answer, hidden reasoning included.
fn answer(to: &Addressee, window: u32) -> u32 {
    if to.reasons { (window / 3).min(MOST_REASONED) } else { (window / ANSWER_PART).min(MOST_ANSWER) }
}

/// The least that a judged file may claim, so that far ones show at least where to look.
const LEAST_CLAIM: u32 = 300;

/// Tokens that the judged file of this rank (from 0) may claim of the room for all of them: a fifth for the best one,
/// falling with the rank, so that one giant file does not starve twenty. What others leave is shared out afterwards.
pub fn claim(room: u32, rank: usize) -> u32 {
    let share = f64::from(room) / (5.0 + rank as f64 / 2.0);
    (share as u32).max(LEAST_CLAIM).min(room)
}

/// Judged files that are sent at most: more than a person reads, and more than a model keeps apart.
const fn most_files(tier: Tier) -> usize {
    match tier {
        Tier::Tiny => 6,
        Tier::Small => 10,
        Tier::Medium => 16,
        Tier::Large => 24,
        Tier::Frontier => 32,
    }
}

/// So many of the best are sent whatever their probability: the judge was asked for files that help, and said yes.
const SURE: usize = 3;
/// Below this part of the best one's probability a file is weak.
const WEAK_PART: f32 = 0.12;
/// The files that hold this part of all expected help are enough.
const ENOUGH: f32 = 0.92;

/// How many of the judged files are worth sending, of these probabilities by rank: until nine parts in ten of the help
/// that the judge expects are there, or the next one is far weaker than the best.
pub fn worth_sending(probabilities: &[f32], tier: Tier) -> usize {
    let all: f32 = probabilities.iter().sum();
    let best = probabilities.iter().copied().fold(0.0, f32::max);
    let mut sum = 0.0;
    for (rank, probability) in probabilities.iter().enumerate().take(most_files(tier)) {
        if rank >= SURE && (*probability < best * WEAK_PART || sum >= all * ENOUGH) {
            return rank;
        }
        sum += probability;
    }
    probabilities.len().min(most_files(tier))
}
