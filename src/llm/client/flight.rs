//! One call from the queue to its end: permit, gate, attempts, deadline, settlement.
//!
//! Invariant: whatever way a call ends, dropping included, its permit is given back, its pass is settled once, and each
//! attempt that may have left the machine is reported.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::Inner;
use super::endpoint::{Class, Shut, Want};
use super::exchange::{Ended, Exchange, Output, Sending, Watch};
use super::gate::Pass;
use super::meters::Took;
use super::permits::{Permit, Place};
use super::retry::{Chances, Failure, Kind, Sent, Tries, dice};
use super::send::Prepared;
use crate::llm::{LlmError, Timing};

/// One call under way.
pub(super) struct Flight {
    inner: Arc<Inner>,
    sending: Sending,
    output: Output,
    permit: Option<Permit>,
    pass: Option<Pass>,
    /// Bytes being sent now, and whereto.
    under_way: Option<(usize, u64)>,
    queued: Duration,
    /// When the latest attempt was sent.
    sent_at: Instant,
}

impl Flight {
    pub(super) fn new(inner: Arc<Inner>, sending: Sending, output: Output) -> Self {
        Self {
            inner,
            sending,
            output,
            permit: None,
            pass: None,
            under_way: None,
            queued: Duration::ZERO,
            sent_at: Instant::now(),
        }
    }

    /// Sees the call through and gives its answer, or its error, to the reader.
    pub(super) async fn run(mut self) {
        let error = match Box::pin(self.fly()).await {
            Ok(()) => {
                let _ = self.output.give().await;
                return;
            }
            Err(Ended::Unread) => return,
            Err(Ended::Failed(failure)) => failure.error,
        };
        let _ = self.output.sender().send(Err(error)).await;
    }

    async fn fly(&mut self) -> Result<(), Ended> {
        let class = Class::of(self.sending.call.task);
        let want = Want { class, affinity: self.sending.call.affinity, avoid: None };
        let begun = Instant::now();
        let permit = self.inner.permits.acquire(want, Place::Back).await;
        self.permit = Some(permit.map_err(|shut| self.shut(shut))?);
        self.queued = begun.elapsed();
        let prepared = self.admit()?;
        let deadline = self.sending.call.deadline;
        let result = match deadline {
            None => self.attempts(&prepared, want).await,
            Some(after) => {
                let in_time = timeout_at(Instant::now() + after, self.attempts(&prepared, want)).await;
                in_time.unwrap_or_else(|_| Err(self.out_of_time(after)))
            }
        };
        self.report();
        let result = result.and_then(|()| self.check_window().map_err(Ended::from));
        self.settle(&result);
        result
    }

    /// Through the gate, and onto paper.
    fn admit(&mut self) -> Result<Prepared, Failure> {
        let Self { inner, sending, .. } = self;
        let locality = inner.locality_of(&sending.model)?;
        let pass = inner.options.gate.admit(&sending.model, locality, &mut sending.call);
        self.pass = Some(pass.map_err(|error| Failure::new(error, Kind::Call))?);
        let (inner, sending) = (&self.inner, &self.sending);
        let prepared = inner
            .wire
            .request(&sending.model, &sending.traits, &sending.call, sending.stream)
            .and_then(|request| inner.prepare(&sending.model, &request))
            .map_err(|error| Failure::new(error, Kind::Call));
        if let Err(failure) = &prepared {
            self.settle(&Err(Ended::Failed(failure.clone())));
        }
        prepared
    }

    async fn attempts(&mut self, prepared: &Prepared, mut want: Want) -> Result<(), Ended> {
        let mut tries = Tries::default();
        let mut last: Option<Failure> = None;
        loop {
            if self.permit.is_none() {
                let granted = self.inner.permits.acquire(want, Place::Front).await;
                self.permit = match (granted, last.take()) {
                    (Ok(permit), _) => Some(permit),
                    // What happened is worth more than that it is now known to happen.
                    (Err(_), Some(failure)) => return Err(failure.into()),
                    (Err(shut), None) => return Err(self.shut(shut).into()),
                };
            }
            let may_stall = want.class == Class::Background && tries.may_stall();
            let failure =
                match self.attempt(prepared, if may_stall { Watch::Late } else { Watch::Patient }).await {
                    Ok(()) => return Ok(()),
                    Err(Ended::Unread) => return Err(Ended::Unread),
                    Err(Ended::Failed(failure)) => failure,
                };
            let endpoint = self.permit.take().map_or(0, |permit| permit.endpoint());
            if self.output.given {
                return Err(failure.into());
            }
            let permits = &self.inner.permits;
            let (others, door) = (permits.others(endpoint), permits.door(endpoint));
            let chances = Chances { class: want.class, others, door };
            let Some(wait) = tries.again(&failure, chances, dice()) else { return Err(failure.into()) };
            want.avoid = Some(endpoint);
            last = Some(failure);
            if !wait.is_zero() {
                sleep(wait).await;
            }
        }
    }

    async fn attempt(&mut self, prepared: &Prepared, watch: Watch) -> Result<(), Ended> {
        let Self { inner, sending, output, permit, under_way, sent_at, .. } = self;
        let Some(permit) = permit.as_mut() else { return Err(Ended::Unread) };
        *sent_at = Instant::now();
        *under_way = Some((permit.endpoint(), prepared.bytes()));
        let exchange = Exchange { inner, sending, prepared, sent_at: *sent_at, watch };
        let result = Box::pin(exchange.run(permit, output)).await.map_err(|ended| match ended {
            Ended::Failed(failure) => {
                let error = inner.without_key(failure.error.clone());
                Ended::Failed(Failure { error, ..failure })
            }
            Ended::Unread => Ended::Unread,
        });
        match &result {
            Ok(()) => permit.completed(),
            Err(Ended::Failed(failure)) => {
                match failure.kind {
                    Kind::Refused => permit.refused(failure.retry_after()),
                    Kind::Broken | Kind::Stalled => permit.failed(&failure.error.to_string()),
                    Kind::Call => permit.accepted(),
                }
                if failure.status.is_some() {
                    inner.contact(Some(&failure.error));
                }
                if failure.sent == Sent::Nothing {
                    *under_way = None;
                }
            }
            Err(Ended::Unread) => {}
        }
        self.report();
        if result.is_ok() {
            self.answered();
        }
        result
    }

    /// An answer came to its end: frees the permit before anybody reads, and keeps the figures.
    fn answered(&mut self) {
        self.permit = None;
        self.inner.contact(None);
        let now = Instant::now();
        let timing = Timing {
            queued: self.queued,
            first_token: self.output.first_token.map(|first| first - self.sent_at),
            total: now - self.sent_at,
        };
        self.output.sender().time(timing);
        let took =
            Took { first_token: timing.first_token, total: timing.total, output: self.output.counted.output };
        self.inner.meters().note(&self.sending.model.model, Class::of(self.sending.call.task), took);
    }

    fn check_window(&self) -> Result<(), Failure> {
        let truncated = self.inner.windows().check(
            &self.sending.model,
            &self.sending.call,
            &self.output.counted,
            self.inner.spec.protocol,
        );
        truncated.map_err(|error| Failure::new(error, Kind::Call))
    }

    fn out_of_time(&mut self, after: Duration) -> Ended {
        if self.output.first_token.is_none()
            && let Some(permit) = &mut self.permit
        {
            permit.failed("no answer in time");
        }
        self.permit = None;
        let error = LlmError::Timeout { model: self.sending.model.clone(), after };
        Ended::Failed(Failure::new(error, Kind::Broken))
    }

    fn shut(&self, shut: Shut) -> Failure {
        let model = self.sending.model.clone();
        let error = match shut {
            Shut::Dead { why, retry_in } => {
                // The reason was told of a model; here it is told again of one.
                let why = why.split_once(": ").map_or(why.as_str(), |(_, why)| why);
                let again = retry_in.as_secs_f64().ceil().max(1.0);
                LlmError::Unavailable { model, why: format!("not reached ({why}); tried again in {again} s") }
            }
            Shut::Paused { retry_in } => LlmError::Rate {
                model,
                why: "its server asked to be left alone".to_owned(),
                retry_after: Some(retry_in),
            },
        };
        Failure::new(error, Kind::Call).unsent()
    }

    /// Tells the gate of an attempt that left, or may have left, the machine.
    fn report(&mut self) {
        if let (Some(pass), Some((endpoint, bytes))) = (&self.pass, self.under_way.take()) {
            self.inner.options.gate.sent(pass, &self.inner.sites[endpoint].origin, bytes);
        }
    }

    fn settle(&mut self, result: &Result<(), Ended>) {
        let Some(pass) = self.pass.take() else { return };
        let cut = LlmError::Cut { model: self.sending.model.clone() };
        let outcome = match result {
            Ok(()) => Ok(()),
            Err(Ended::Failed(failure)) => Err(&failure.error),
            Err(Ended::Unread) => Err(&cut),
        };
        self.inner.options.gate.settle(pass, &self.output.counted, outcome);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.report();
        self.settle(&Err(Ended::Unread));
    }
}
