//! The thread of a model file: loads it, takes calls in their order of urgency, and answers them.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;

use super::sampling::{Chooser, Draw};
use super::sequences::{STEP, Sequences, Tail};
use super::wording::Wording;
use super::{Job, TOGETHER, prompt, sampling};
use crate::domain::{ModelRef, TaskKind};
use crate::llm::client::Gate;
use crate::llm::{Chunk, Counted, LlmError, StopReason, Timing};

/// No window is larger, whatever the model was trained for: its memory is taken when the file is loaded.
const MOST_WINDOW: u32 = 16_384;

/// What the thread starts with.
pub(super) struct Task {
    pub(super) model: ModelRef,
    pub(super) path: PathBuf,
    pub(super) gate: Arc<dyn Gate>,
    pub(super) window: Arc<OnceLock<u32>>,
    pub(super) jobs: Receiver<Job>,
}

/// A job whose prompt is read.
struct Ready {
    job: Job,
    tokens: Vec<llama_cpp_2::token::LlamaToken>,
    begun: Instant,
}

impl Task {
    /// Serves until every sender is gone.
    pub(super) fn run(self) {
        let failed = match self.serve() {
            Ok(()) => return,
            Err(why) => why,
        };
        // The file cannot be used: whoever waits is told; the next call starts the thread anew.
        for job in self.jobs.try_iter() {
            self.end(job, &Counted::default(), Err(self.unavailable(&failed)));
        }
    }

    fn serve(&self) -> Result<(), String> {
        let Ok(first) = self.jobs.recv() else { return Ok(()) };
        let loaded = backend().and_then(|backend| {
            let parameters = LlamaModelParams::default();
            let model = LlamaModel::load_from_file(backend, &self.path, &parameters)
                .map_err(|error| format!("{}: {error}", self.path.display()))?;
            Ok((backend, model))
        });
        let (backend, model) = match loaded {
            Ok(loaded) => loaded,
            Err(why) => {
                self.end(first, &Counted::default(), Err(self.unavailable(&why)));
                return Err(why);
            }
        };
        let window = model.n_ctx_train().clamp(1, MOST_WINDOW);
        let threads = std::thread::available_parallelism().map_or(1, |cores| (cores.get() - 1).max(1)) as i32;
        let parameters = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(window))
            .with_n_batch(STEP as u32)
            .with_n_seq_max(TOGETHER + 1)
            .with_kv_unified(true)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let context = match model.new_context(backend, parameters) {
            Ok(context) => context,
            Err(error) => {
                let why = error.to_string();
                self.end(first, &Counted::default(), Err(self.unavailable(&why)));
                return Err(why);
            }
        };
        let _ = self.window.set(window);
        let mut sequences = Sequences::new(context);
        let mut waiting = VecDeque::from([first]);
        loop {
            waiting.extend(self.jobs.try_iter());
            if waiting.is_empty() {
                match self.jobs.recv() {
                    Ok(job) => waiting.push_back(job),
                    Err(_) => return Ok(()),
                }
                continue;
            }
            self.end_unread(&mut waiting);
            let ready = self.read(&model, window, take_next(&mut waiting));
            self.answer(&model, &mut sequences, ready);
        }
    }

    /// Reads the prompts; what cannot be answered is told so.
    fn read(&self, model: &LlamaModel, window: u32, jobs: Vec<Job>) -> Vec<Ready> {
        let mut ready = Vec::new();
        for job in jobs {
            match prompt::tokens(model, &self.model, &job.call) {
                Ok(tokens)
                    if tokens.len() as u64 + u64::from(job.call.max_output.min(1)) > u64::from(window) =>
                {
                    let error = LlmError::ContextLength {
                        model: self.model.clone(),
                        prompt: Some(tokens.len() as u64),
                        window: Some(u64::from(window)),
                    };
                    self.end(job, &Counted::default(), Err(error));
                }
                Ok(tokens) => ready.push(Ready { job, tokens, begun: Instant::now() }),
                Err(error) => self.end(job, &Counted::default(), Err(error)),
            }
        }
        ready
    }

    /// Answers jobs side by side: one of any length, or several of one token each.
    fn answer(&self, model: &LlamaModel, sequences: &mut Sequences<'_>, mut ready: Vec<Ready>) {
        while !ready.is_empty() {
            let prompts: Vec<&[_]> = ready.iter().map(|ready| &ready.tokens[..]).collect();
            let fitting = sequences.fitting(&prompts).max(1);
            let now: Vec<Ready> = ready.drain(..fitting).collect();
            let prompts: Vec<&[_]> = now.iter().map(|ready| &ready.tokens[..]).collect();
            match sequences.read(&prompts) {
                Ok(tails) => {
                    for (ready, tail) in now.into_iter().zip(tails) {
                        self.generate(model, sequences, ready, tail);
                    }
                }
                Err(why) => {
                    for ready in now {
                        self.end(ready.job, &Counted::default(), Err(self.broken(&why)));
                    }
                }
            }
            sequences.clear_tails();
        }
    }

    fn generate(&self, model: &LlamaModel, sequences: &mut Sequences<'_>, ready: Ready, mut tail: Tail) {
        let Ready { job, tokens, begun } = ready;
        let mut counted = Counted {
            prompt: Some(tokens.len() as u64),
            cached: Some(tail.cached as u64),
            output: Some(0),
            micro_usd: None,
        };
        let mut timing =
            Timing { queued: begun.duration_since(job.since), first_token: None, total: begun.elapsed() };
        let mut chooser = Chooser::new(model, &job.call);
        let mut wording = Wording::new(&job.call.stop);
        let vocabulary = model.vocab();
        let mut made = 0;
        let stop = loop {
            if made == job.call.max_output {
                break Ok(StopReason::Length);
            }
            if job.call.deadline.is_some_and(|deadline| begun.elapsed() > deadline) {
                break Err(LlmError::Timeout { model: self.model.clone(), after: begun.elapsed() });
            }
            let Draw { token, logprobs } = chooser.draw(&tail.logits);
            timing.first_token.get_or_insert_with(|| begun.elapsed());
            job.to.time(Timing { total: begun.elapsed(), ..timing });
            if let Some(logprobs) = logprobs
                && job.to.blocking_send(Ok(Chunk::Logprobs(vec![logprobs]))).is_err()
            {
                break Err(LlmError::Cut { model: self.model.clone() });
            }
            if vocabulary.is_eog(token) {
                break Ok(StopReason::End);
            }
            made += 1;
            counted.output = Some(u64::from(made));
            let text = wording.push(&sampling::bytes(model, token));
            if !text.is_empty() && job.to.blocking_send(Ok(Chunk::Text(text))).is_err() || job.to.is_closed()
            {
                break Err(LlmError::Cut { model: self.model.clone() });
            }
            if wording.stopped() {
                break Ok(StopReason::End);
            }
            if made < job.call.max_output {
                match sequences.go_on(&mut tail, token) {
                    Ok(true) => {}
                    Ok(false) => break Ok(StopReason::WindowFull),
                    Err(why) => break Err(self.broken(&why)),
                }
            }
        };
        let rest = wording.rest();
        if !rest.is_empty() {
            let _ = job.to.blocking_send(Ok(Chunk::Text(rest)));
        }
        job.to.time(Timing { total: begun.elapsed(), ..timing });
        self.end(job, &counted, stop);
    }

    /// Ends what nobody waits for any more.
    fn end_unread(&self, waiting: &mut VecDeque<Job>) {
        let (gone, read): (Vec<Job>, Vec<Job>) = waiting.drain(..).partition(|job| job.to.is_closed());
        waiting.extend(read);
        for job in gone {
            self.end(job, &Counted::default(), Err(LlmError::Cut { model: self.model.clone() }));
        }
    }

    /// The last of a job: counts, the reason, and the gate is told.
    fn end(&self, job: Job, counted: &Counted, outcome: Result<StopReason, LlmError>) {
        let Job { to, pass, .. } = job;
        self.gate.settle(pass, counted, outcome.as_ref().map(|_| ()));
        let _ = match outcome {
            Ok(stop) => to
                .blocking_send(Ok(Chunk::Usage(*counted)))
                .and_then(|()| to.blocking_send(Ok(Chunk::Stop(stop)))),
            Err(error) => to.blocking_send(Err(error)),
        };
    }

    fn unavailable(&self, why: &str) -> LlmError {
        LlmError::Unavailable { model: self.model.clone(), why: why.to_owned() }
    }

    fn broken(&self, why: &str) -> LlmError {
        LlmError::Server { model: self.model.clone(), status: None, why: why.to_owned(), retry_after: None }
    }
}

/// The next jobs: the first that is neither judging nor scanning, alone; else as many of one token as are answered
/// together; else the first.
fn take_next(waiting: &mut VecDeque<Job>) -> Vec<Job> {
    let gives_way = |job: &Job| matches!(job.call.task, TaskKind::Judge | TaskKind::Scan);
    if let Some(at) = waiting.iter().position(|job| !gives_way(job)) {
        return waiting.remove(at).into_iter().collect();
    }
    let mut taken = Vec::new();
    let mut at = 0;
    while at < waiting.len() && taken.len() < TOGETHER as usize {
        if waiting[at].call.max_output == 1 {
            taken.extend(waiting.remove(at));
        } else {
            at += 1;
        }
    }
    if taken.is_empty() {
        taken.extend(waiting.pop_front());
    }
    taken
}

/// llama.cpp's own set-up, once a program.
fn backend() -> Result<&'static LlamaBackend, String> {
    static BACKEND: OnceLock<Result<LlamaBackend, String>> = OnceLock::new();
    BACKEND
        .get_or_init(|| {
            let mut backend = LlamaBackend::init().map_err(|error| error.to_string())?;
            // It would write over the screen.
            backend.void_logs();
            Ok(backend)
        })
        .as_ref()
        .map_err(Clone::clone)
}
