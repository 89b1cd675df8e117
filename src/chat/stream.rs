//! Reads an answer and hands it on in pieces: the first at once, then at most one each 25 ms.
//!
//! Invariant: at most [`UNREAD`] pieces of [`MOST_HELD`] bytes wait for whoever keeps them, so that a model that is faster
//! than the disk slows itself and not our memory. Aborting the task drops the call.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::sleep_until;

use super::models::{Heard, Models, News};
use crate::domain::{ModelRef, TurnId};
use crate::llm::{Chunk, Counted, LlmError, StopReason};

/// Pieces are handed on at most this often.
pub const INTERVAL: Duration = Duration::from_millis(25);

/// A piece of so many bytes is handed on at once.
const MOST_HELD: usize = 64 << 10;

/// Pieces that may wait to be kept.
const UNREAD: usize = 2;

/// How an answer ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// The stream ended; why, where the server said it.
    Stopped(Option<StopReason>),
    /// It broke off.
    Failed(LlmError),
}

/// What came of an answer since the piece before.
#[derive(Debug, Default)]
pub struct Piece {
    /// Who answers, where that became known.
    pub by: Option<ModelRef>,
    /// Its text goes on with this.
    pub text: String,
    /// Its reasoning goes on with this.
    pub thinking: String,
    /// What the server counted so far.
    pub counted: Counted,
    /// When the first token came.
    pub first_at: Option<Instant>,
    /// It ended.
    pub end: Option<End>,
    /// Room for the next one, given back when this one is dropped.
    pub room: Option<OwnedSemaphorePermit>,
}

impl Piece {
    fn is_news(&self) -> bool {
        self.by.is_some() || !self.text.is_empty() || !self.thinking.is_empty() || self.end.is_some()
    }

    fn bytes(&self) -> usize {
        self.text.len() + self.thinking.len()
    }
}

/// An answer that is being read; dropping it cancels the call.
#[derive(Debug)]
pub struct Reading(AbortHandle);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Reads an answer to its end on the models' threads, giving its pieces to `tell`.
pub fn read(
    models: &dyn Models,
    turn: TurnId,
    heard: Heard,
    tell: impl Fn(TurnId, Piece) + Send + 'static,
) -> Reading {
    Reading(models.runtime().spawn(follow(heard, move |piece| tell(turn, piece))).abort_handle())
}

async fn follow(mut heard: Heard, tell: impl Fn(Piece) + Send) {
    let room = Arc::new(Semaphore::new(UNREAD));
    let mut held = Piece::default();
    let mut stop = None;
    let mut due: Option<tokio::time::Instant> = None;
    loop {
        let wait = async {
            match due.filter(|_| held.is_news()) {
                Some(due) => sleep_until(due).await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            () = wait => {}
            news = heard.next() => match news {
                Some(Ok(news)) => {
                    take(&mut held, &mut stop, news);
                    let waits = due.is_some_and(|due| due > tokio::time::Instant::now());
                    if !held.is_news() || waits && held.bytes() < MOST_HELD {
                        continue;
                    }
                }
                Some(Err(error)) => held.end = Some(End::Failed(error)),
                None => held.end = Some(End::Stopped(stop.take())),
            },
        }
        let ended = held.end.is_some();
        // Nobody closes it.
        held.room = Arc::clone(&room).acquire_owned().await.ok();
        let counted = held.counted;
        let (counted, first_at) = (counted, held.first_at);
        tell(std::mem::replace(&mut held, Piece { counted, first_at, ..Piece::default() }));
        if ended {
            return;
        }
        due = Some(tokio::time::Instant::now() + INTERVAL);
    }
}

fn take(held: &mut Piece, stop: &mut Option<StopReason>, news: News) {
    let is_token = matches!(news, News::Chunk(Chunk::Text(_) | Chunk::Thinking(_)));
    if is_token && held.first_at.is_none() {
        held.first_at = Some(Instant::now());
    }
    match news {
        News::By(model) => held.by = Some(model),
        News::Chunk(Chunk::Text(text)) => held.text.push_str(&text),
        News::Chunk(Chunk::Thinking(text)) => held.thinking.push_str(&text),
        News::Chunk(Chunk::Tool(_) | Chunk::Logprobs(_) | Chunk::Vectors(_)) => {}
        News::Chunk(Chunk::Usage(later)) => {
            let known = &mut held.counted;
            known.prompt = later.prompt.or(known.prompt);
            known.cached = later.cached.or(known.cached);
            known.output = later.output.or(known.output);
            known.micro_usd = later.micro_usd.or(known.micro_usd);
        }
        News::Chunk(Chunk::Stop(reason)) => *stop = Some(reason),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use futures::stream;

    use super::*;

    fn text(text: &str) -> News {
        News::Chunk(Chunk::Text(text.into()))
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_token_comes_at_once_and_the_rest_each_25_ms() {
        let chunks = stream::unfold(0_u32, |n| async move {
            if n > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            (n < 7).then(|| (Ok(text(&n.to_string())), n + 1))
        });
        let begun = tokio::time::Instant::now();
        let told = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&told);
        follow(Box::pin(chunks), move |piece| {
            to.lock().unwrap().push((begun.elapsed().as_millis(), piece.text.clone()));
        })
        .await;
        let told = told.lock().unwrap().clone();
        let expected = [(0, "0"), (25, "12"), (50, "34"), (70, "56")];
        // At 75 ms the fourth piece would be due, but the end comes first.
        assert_eq!(told, expected.map(|(at, text)| (at, text.to_owned())));
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_keeps_its_pieces_stops_the_stream() {
        let (sent, pulled) = mpsc::channel();
        let chunks = stream::repeat_with(move || {
            let _ = sent.send(());
            Ok(text(&"x".repeat(MOST_HELD)))
        });
        let (keep, kept) = mpsc::channel();
        let task = tokio::spawn(follow(Box::pin(chunks), move |piece| {
            let _ = keep.send(piece);
        }));
        tokio::time::sleep(Duration::from_mins(1)).await;
        // Two wait to be kept and one is held; no more was pulled from the model in a whole minute.
        assert_eq!((kept.try_iter().count(), pulled.try_iter().count()), (2, 3));
        task.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn the_reason_of_the_end_and_late_counts_come_with_the_last_piece() {
        let counted = Counted { output: Some(2), ..Counted::default() };
        let chunks = stream::iter([
            text("a"),
            News::Chunk(Chunk::Stop(StopReason::Length)),
            News::Chunk(Chunk::Usage(counted)),
        ])
        .map(Ok);
        let (to, told) = mpsc::channel();
        follow(Box::pin(chunks), move |piece| to.send(piece).unwrap()).await;
        let last = told.iter().last().unwrap();
        assert_eq!(last.end, Some(End::Stopped(Some(StopReason::Length))));
        assert_eq!(last.counted, counted);
    }
}
