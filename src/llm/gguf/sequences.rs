//! What the model has read: a prefix that is kept from call to call, and the tails of the calls under way.
//!
//! Sequence 0 is the prefix. Each call's own sequence begins as a copy of it (`kv_cache_seq_cp` copies no data), so that
//! what prompts have in common is read once.

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::token::LlamaToken;

/// Prompt tokens evaluated in one step.
pub(super) const STEP: usize = 512;

/// The context and what it holds.
pub(super) struct Sequences<'m> {
    context: LlamaContext<'m>,
    kept: Vec<LlamaToken>,
    tails: i32,
}

/// One call's own sequence.
pub(super) struct Tail {
    sequence: i32,
    /// Tokens in the sequence, those of the prefix included.
    length: usize,
    /// Prompt tokens that were not read again.
    pub(super) cached: usize,
    /// The logits of what comes next.
    pub(super) logits: Vec<f32>,
}

impl<'m> Sequences<'m> {
    pub(super) fn new(context: LlamaContext<'m>) -> Self {
        Self { context, kept: Vec::new(), tails: 0 }
    }

    /// How many of these prompts, from the first, fit side by side.
    pub(super) fn fitting(&self, prompts: &[&[LlamaToken]]) -> usize {
        let window = self.context.n_ctx() as usize;
        (1..=prompts.len())
            .rev()
            .find(|count| {
                let shared = shared(&prompts[..*count]);
                let tails: usize = prompts[..*count].iter().map(|prompt| prompt.len() - shared).sum();
                shared + tails < window
            })
            .unwrap_or(0)
    }

    /// Reads prompts, none of them empty, each into a sequence of its own.
    ///
    /// # Errors
    /// The engine's words. Nothing is kept then.
    pub(super) fn read(&mut self, prompts: &[&[LlamaToken]]) -> Result<Vec<Tail>, String> {
        let read = self.try_read(prompts);
        if read.is_err() {
            self.forget();
        }
        read
    }

    fn try_read(&mut self, prompts: &[&[LlamaToken]]) -> Result<Vec<Tail>, String> {
        let shared = shared(prompts);
        let prefix = &prompts[0][..shared];
        let known = common(&self.kept, prefix);
        self.context.kv_cache_seq_rm(0, Some(known as u32), None).map_err(|error| error.to_string())?;
        self.kept.truncate(known);
        let mut batch = LlamaBatch::new(STEP, 1);
        for (at, token) in prefix.iter().enumerate().skip(known) {
            add(&mut batch, *token, at, 0, Logits::Skip)?;
            if batch.n_tokens() as usize == STEP {
                self.decode(&mut batch)?;
            }
        }
        self.decode(&mut batch)?;
        self.kept.extend_from_slice(&prefix[known..]);
        self.tails = prompts.len() as i32;
        for sequence in 1..=self.tails {
            self.context.kv_cache_seq_cp(0, sequence, None, None).map_err(|error| error.to_string())?;
        }
        self.read_tails(prompts, shared, known, &mut batch)
    }

    fn read_tails(
        &mut self,
        prompts: &[&[LlamaToken]],
        shared: usize,
        known: usize,
        batch: &mut LlamaBatch<'_>,
    ) -> Result<Vec<Tail>, String> {
        let mut tails: Vec<Tail> = Vec::new();
        // Places in the batch whose logits are wanted, in the order of the tails.
        let mut wanted = Vec::new();
        for (nth, prompt) in prompts.iter().enumerate() {
            let sequence = nth as i32 + 1;
            for (at, token) in prompt.iter().enumerate().skip(shared) {
                let is_last = at + 1 == prompt.len();
                add(batch, *token, at, sequence, if is_last { Logits::Keep } else { Logits::Skip })?;
                if is_last {
                    wanted.push(batch.n_tokens() - 1);
                    // The first of those that share reads the prefix; for the others it was there.
                    let cached = if nth == 0 { known } else { shared };
                    tails.push(Tail { sequence, length: prompt.len(), cached, logits: Vec::new() });
                }
                if batch.n_tokens() as usize == STEP {
                    self.decode(batch)?;
                    self.take_logits(&mut wanted, &mut tails);
                }
            }
        }
        self.decode(batch)?;
        self.take_logits(&mut wanted, &mut tails);
        Ok(tails)
    }

    fn take_logits(&self, wanted: &mut Vec<i32>, tails: &mut [Tail]) {
        let from = tails.len() - wanted.len();
        for (place, tail) in wanted.drain(..).zip(&mut tails[from..]) {
            tail.logits = self.context.get_logits_ith(place).to_vec();
        }
    }

    /// Puts a generated token behind its sequence; false when the window is full.
    ///
    /// # Errors
    /// The engine's words.
    pub(super) fn go_on(&mut self, tail: &mut Tail, token: LlamaToken) -> Result<bool, String> {
        if tail.length + 1 >= self.context.n_ctx() as usize {
            return Ok(false);
        }
        let mut batch = LlamaBatch::new(1, 1);
        add(&mut batch, token, tail.length, tail.sequence, Logits::Keep)?;
        self.decode(&mut batch)?;
        tail.length += 1;
        tail.logits.clear();
        tail.logits.extend_from_slice(self.context.get_logits_ith(0));
        Ok(true)
    }

    /// Forgets every call's own sequence; the prefix stays.
    pub(super) fn clear_tails(&mut self) {
        for sequence in 1..=self.tails {
            if self.context.kv_cache_seq_rm(sequence, None, None).is_err() {
                self.forget();
                return;
            }
        }
        self.tails = 0;
    }

    fn forget(&mut self) {
        self.context.clear_kv_cache();
        self.kept.clear();
        self.tails = 0;
    }

    fn decode(&mut self, batch: &mut LlamaBatch<'_>) -> Result<(), String> {
        if batch.n_tokens() == 0 {
            return Ok(());
        }
        self.context.decode(batch).map_err(|error| error.to_string())?;
        batch.clear();
        Ok(())
    }
}

/// Whether the logits after a token are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Logits {
    Keep,
    Skip,
}

fn add(
    batch: &mut LlamaBatch<'_>,
    token: LlamaToken,
    at: usize,
    sequence: i32,
    logits: Logits,
) -> Result<(), String> {
    batch.add(token, at as i32, &[sequence], logits == Logits::Keep).map_err(|error| error.to_string())
}

/// Tokens that all prompts begin with; each keeps at least one of its own, whose logits are wanted.
fn shared(prompts: &[&[LlamaToken]]) -> usize {
    let Some((first, others)) = prompts.split_first() else { return 0 };
    let all = others.iter().map(|other| common(first, other)).min().unwrap_or(first.len());
    let shortest = prompts.iter().map(|prompt| prompt.len()).min().unwrap_or(0);
    all.min(shortest.saturating_sub(1))
}

fn common(left: &[LlamaToken], right: &[LlamaToken]) -> usize {
    left.iter().zip(right).take_while(|(left, right)| left == right).count()
}
