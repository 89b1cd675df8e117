//! One attempt of one call: sends the request, reads the answer, and says who has to do with a failure.
//!
//! Invariant: memory is bounded whatever the server sends; chunks are given on as they come, or kept until the answer is
//! whole.

use std::time::Duration;

use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::Inner;
use super::answer::{AnswerSender, NobodyReads, replace_known};
use super::permits::Permit;
use super::retry::{Failure, Kind};
use super::send::{Prepared, Unsent, body, head};
use crate::domain::ModelRef;
use crate::llm::framing::{Frames, Record};
use crate::llm::wire::{Decode, Head, Traits};
use crate::llm::{Ask, Call, Chunk, Counted, LlmError, StopReason};

/// Bytes of an error's body that are read.
const MOST_ERROR: usize = 64 << 10;
/// How long the rest of an error's body may take.
const ERROR_BODY: Duration = Duration::from_secs(5);
/// How long a server may say nothing after the answer has ended: a late count of tokens comes with the end.
const AFTER_STOP: Duration = Duration::from_secs(2);
/// How often an attempt is held against others.
const LOOK: Duration = Duration::from_millis(500);
/// Bytes of a body, besides those of its tokens.
const MOST_FIXED: usize = 4 << 20;
/// Bytes of one token at most: its record and twenty alternatives.
const MOST_PER_TOKEN: usize = 4 << 10;
/// Bytes of a body, whatever the number of tokens.
const MOST: usize = 64 << 20;

/// Answers of at most so many tokens are asked for in one piece where they are wanted whole: a stream of one token costs
/// more to write and to read than the token.
const ONE_PIECE: u32 = 32;

/// What is sent.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) model: ModelRef,
    pub(super) traits: Traits,
    pub(super) call: Call,
    /// Whether the answer is asked for as a stream.
    pub(super) stream: bool,
}

impl Sending {
    pub(super) fn new(model: &ModelRef, traits: &Traits, call: Call, delivery: Delivery) -> Self {
        let stream = match delivery {
            Delivery::AsTheyCome => true,
            Delivery::Whole => call.max_output > ONE_PIECE,
        };
        Self { model: model.clone(), traits: traits.clone(), call, stream }
    }
}

/// Where chunks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// To the reader as they come; a failure after the first is final.
    AsTheyCome,
    /// To the reader once all are there; until then the call can be tried again.
    Whole,
}

/// What came of a call so far, over all its attempts.
#[derive(Debug)]
pub(super) struct Output {
    sender: AnswerSender,
    delivery: Delivery,
    kept: Vec<Chunk>,
    /// What the server counted in this attempt.
    pub(super) counted: Counted,
    /// Whether a reader was given anything.
    pub(super) given: bool,
    /// When generation ended by itself.
    stopped: Option<Instant>,
    /// When the first token of this attempt came.
    pub(super) first_token: Option<Instant>,
}

impl Output {
    pub(super) fn new(sender: AnswerSender, delivery: Delivery) -> Self {
        Self {
            sender,
            delivery,
            kept: Vec::new(),
            counted: Counted::default(),
            given: false,
            stopped: None,
            first_token: None,
        }
    }

    /// Forgets a failed attempt of which nothing was given out.
    fn restart(&mut self) {
        self.kept.clear();
        self.counted = Counted::default();
        self.stopped = None;
        self.first_token = None;
    }

    async fn take(&mut self, chunk: Chunk) -> Result<(), NobodyReads> {
        match &chunk {
            Chunk::Usage(counted) => replace_known(&mut self.counted, counted),
            Chunk::Stop(_) => {
                self.stopped.get_or_insert_with(Instant::now);
            }
            Chunk::Text(_) | Chunk::Thinking(_) | Chunk::Tool(_) | Chunk::Logprobs(_) | Chunk::Vectors(_) => {
                self.first_token.get_or_insert_with(Instant::now);
            }
        }
        match self.delivery {
            Delivery::Whole => {
                self.kept.push(chunk);
                Ok(())
            }
            Delivery::AsTheyCome => {
                self.given = true;
                self.sender.send(Ok(chunk)).await
            }
        }
    }

    /// Gives out what was kept.
    pub(super) async fn give(&mut self) -> Result<(), NobodyReads> {
        for chunk in std::mem::take(&mut self.kept) {
            self.sender.send(Ok(chunk)).await?;
        }
        Ok(())
    }

    pub(super) const fn sender(&self) -> &AnswerSender {
        &self.sender
    }
}

/// How one attempt ended, if not well.
#[derive(Debug)]
pub(super) enum Ended {
    /// By a failure.
    Failed(Failure),
    /// The reader is gone.
    Unread,
}

impl From<NobodyReads> for Ended {
    fn from(_: NobodyReads) -> Self {
        Self::Unread
    }
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// One attempt.
pub(super) struct Exchange<'a> {
    pub(super) inner: &'a Inner,
    pub(super) sending: &'a Sending,
    pub(super) prepared: &'a Prepared,
    /// When it was sent.
    pub(super) sent_at: Instant,
    /// Whether it is cut when it takes much longer than others.
    pub(super) watch: Watch,
}

/// Whether a call is held against how long others took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watch {
    /// It is cut when it is late.
    Late,
    /// It takes the time that it takes.
    Patient,
}

impl Exchange<'_> {
    /// Sends the request and reads the answer to its end.
    pub(super) async fn run(&self, permit: &mut Permit, output: &mut Output) -> Result<(), Ended> {
        output.restart();
        let site = &self.inner.sites[permit.endpoint()];
        let sending = self.prepared.send(&self.inner.dialer, site);
        let mut response = self.by_first_token(sending).await?.map_err(|unsent| self.unsent(unsent))?;
        let head = head(&response);
        if !(200..300).contains(&head.status) {
            let rest = timeout_at(Instant::now() + ERROR_BODY, body(&mut response, MOST_ERROR)).await;
            return Err(self.refusal(&head, &rest.unwrap_or_default()).into());
        }
        permit.accepted();
        match &self.sending.call.ask {
            Ask::Chat(_) | Ask::Fill(_) => self.read(&head, &mut response, output).await,
            Ask::Embed(texts) => self.read_vectors(texts.len(), &mut response, output).await,
        }
    }

    async fn read(&self, head: &Head, response: &mut Response, output: &mut Output) -> Result<(), Ended> {
        let wire = self.inner.wire;
        let mut frames = Frames::new(wire.framing(head, self.sending.stream));
        let mut decoder = wire.decoder(&self.sending.model);
        let mut left = most_bytes(self.sending.call.max_output);
        loop {
            let Some(bytes) = self.next(response, output).await? else { break };
            left = left.checked_sub(bytes.len()).ok_or_else(|| self.too_much())?;
            let records = frames.push(&bytes).map_err(|over| self.garbled(over.to_string()))?;
            for record in records {
                decode(&mut *decoder, &record, output).await?;
            }
        }
        if let Some(record) = frames.end() {
            decode(&mut *decoder, &record, output).await?;
        }
        let last = decoder.end();
        if output.stopped.is_some() && last.is_err() {
            return Ok(());
        }
        for chunk in last.map_err(by_error)? {
            output.take(chunk).await?;
        }
        Ok(())
    }

    /// Reads the vectors of so many texts, which come in one piece.
    async fn read_vectors(
        &self,
        texts: usize,
        response: &mut Response,
        output: &mut Output,
    ) -> Result<(), Ended> {
        let bytes = self.by_first_token(body(response, MOST)).await?;
        let vectors = serde_json::from_slice(&bytes)
            .map_err(|error| error.to_string())
            .and_then(|answer| self.inner.wire.embedded(&answer))
            .map_err(|why| self.garbled(why))?;
        if vectors.len() != texts {
            return Err(self.garbled(format!("{} vectors for {texts} texts", vectors.len())).into());
        }
        output.take(Chunk::Vectors(vectors)).await?;
        Ok(output.take(Chunk::Stop(StopReason::End)).await?)
    }

    /// The next bytes; `None` at the end, also where a server does not close an answer that has ended.
    async fn next(
        &self,
        response: &mut Response,
        output: &Output,
    ) -> Result<Option<impl std::ops::Deref<Target = [u8]> + use<>>, Failure> {
        let read = if let Some(stopped) = output.stopped {
            match timeout_at(stopped + AFTER_STOP, response.chunk()).await {
                Ok(Ok(bytes)) => Ok(bytes),
                Ok(Err(_)) | Err(_) => Ok(None),
            }
        } else if output.first_token.is_some() {
            let idle = self.inner.options.patience.idle;
            timeout_at(Instant::now() + idle, response.chunk()).await.map_err(|_| self.late(Kind::Broken))?
        } else {
            self.by_first_token(response.chunk()).await?
        };
        read.map_err(|_| Failure::new(LlmError::Cut { model: self.model().clone() }, Kind::Broken))
    }

    /// Waits for something that comes before the first token. A call of a fan-out that takes much longer than the others
    /// did is cut, as long as few are.
    async fn by_first_token<T>(&self, wait: impl Future<Output = T>) -> Result<T, Failure> {
        let latest = self.sent_at + self.inner.options.patience.first_token;
        let mut wait = std::pin::pin!(wait);
        while let Some(look) = self.next_look().filter(|look| *look < latest) {
            match timeout_at(look, &mut wait).await {
                Ok(done) => return Ok(done),
                Err(_) if self.is_cut() => return Err(self.late(Kind::Stalled)),
                Err(_) => {}
            }
        }
        timeout_at(latest, wait).await.map_err(|_| self.late(Kind::Broken))
    }

    /// When to look whether this attempt is late, where it is held against others: when it is, and then now and again.
    fn next_look(&self) -> Option<Instant> {
        match self.watch {
            Watch::Patient => None,
            Watch::Late => {
                let soon = Instant::now() + LOOK;
                Some(self.late_at().filter(|late| *late > Instant::now()).map_or(soon, |late| late.min(soon)))
            }
        }
    }

    /// When this attempt is late, once enough others are known.
    fn late_at(&self) -> Option<Instant> {
        self.inner.meters().late_after(&self.model().model).map(|late| self.sent_at + late)
    }

    /// Whether it is late and may be cut.
    fn is_cut(&self) -> bool {
        self.late_at().is_some_and(|late| late <= Instant::now())
            && self.inner.meters().may_cut(&self.model().model)
    }

    fn model(&self) -> &ModelRef {
        &self.sending.model
    }

    fn late(&self, kind: Kind) -> Failure {
        let after = self.sent_at.elapsed();
        Failure::new(LlmError::Timeout { model: self.model().clone(), after }, kind)
    }

    fn unsent(&self, unsent: Unsent) -> Failure {
        let model = self.model().clone();
        match unsent {
            Unsent::Forbidden(why) => Failure::new(LlmError::Forbidden { model, why }, Kind::Call).unsent(),
            Unsent::Elsewhere(why) => Failure::new(LlmError::Forbidden { model, why }, Kind::Call),
            Unsent::NoConnection(why) => {
                Failure::new(LlmError::Network { model, why }, Kind::Broken).unsent()
            }
            Unsent::Broken(why) => Failure::new(LlmError::Network { model, why }, Kind::Broken),
        }
    }

    fn refusal(&self, head: &Head, body: &[u8]) -> Failure {
        let should_retry = match head.header("x-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) | None => None,
        };
        Failure::answered(self.inner.wire.failure(self.model(), head, body), head.status, should_retry)
    }

    fn too_much(&self) -> Failure {
        self.garbled(format!("more than {} MB", most_bytes(self.sending.call.max_output) >> 20))
    }

    fn garbled(&self, why: String) -> Failure {
        Failure::new(LlmError::Garbled { model: self.model().clone(), why }, Kind::Call)
    }
}

async fn decode(decoder: &mut dyn Decode, record: &Record, output: &mut Output) -> Result<(), Ended> {
    for chunk in decoder.record(&record.event, &record.data).map_err(by_error)? {
        output.take(chunk).await?;
    }
    Ok(())
}

/// An error that came inside an answer.
fn by_error(error: LlmError) -> Failure {
    let kind = match &error {
        LlmError::Rate { .. } => Kind::Refused,
        LlmError::Server { .. }
        | LlmError::Network { .. }
        | LlmError::Timeout { .. }
        | LlmError::Cut { .. } => Kind::Broken,
        LlmError::Auth { .. }
        | LlmError::Rejected { .. }
        | LlmError::NoTools { .. }
        | LlmError::ContextLength { .. }
        | LlmError::Truncated { .. }
        | LlmError::Refused { .. }
        | LlmError::Garbled { .. }
        | LlmError::Forbidden { .. }
        | LlmError::OverBudget { .. }
        | LlmError::Unavailable { .. } => Kind::Call,
    };
    Failure::new(error, kind)
}

fn most_bytes(max_output: u32) -> usize {
    (max_output as usize).saturating_mul(MOST_PER_TOKEN).saturating_add(MOST_FIXED).min(MOST)
}
