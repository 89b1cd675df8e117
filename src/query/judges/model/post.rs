//! The post: a crew's news on their way, in batches that are small enough for the eye and large enough for the engine.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::Usage;
use crate::query::{Deliver, News};

/// News in one batch.
const BATCH: usize = 64;

/// The longest that news wait for a batch; the first ones do not wait.
const INTERVAL: Duration = Duration::from_millis(33);

/// Collects news and sends them on.
pub struct Post {
    deliver: Deliver,
    news: Vec<News>,
    spent: Option<Usage>,
    poke: bool,
    sent: Option<Instant>,
}

impl Post {
    pub fn new(deliver: Deliver) -> Self {
        Self { deliver, news: Vec::new(), spent: None, poke: false, sent: None }
    }

    /// Adds a piece of news.
    pub fn push(&mut self, news: News) {
        self.news.push(news);
        if self.news.len() >= BATCH {
            self.flush();
        }
    }

    /// Notes what was spent so far.
    pub fn spent(&mut self, usage: Usage) {
        self.spent = Some(usage);
    }

    /// There is room again, which somebody may wait for.
    pub fn poke(&mut self) {
        self.poke = true;
    }

    /// When the next batch is due.
    pub fn due(&self) -> Option<Instant> {
        let waits = !self.news.is_empty() || self.spent.is_some() || self.poke;
        waits.then(|| self.sent.map_or_else(Instant::now, |sent| sent + INTERVAL))
    }

    /// Sends what is due.
    pub fn flush_due(&mut self) {
        if self.poke || self.due().is_some_and(|due| due <= Instant::now()) {
            self.flush();
        }
    }

    /// Sends everything.
    pub fn flush(&mut self) {
        let mut news = std::mem::take(&mut self.news);
        news.extend(self.spent.take().map(News::Spent));
        self.poke = false;
        self.sent = Some(Instant::now());
        (self.deliver)(news);
    }
}
