//! The model judge against a scripted model: every answer is the test's, and time moves only when all wait.

mod answers;
mod flow;
mod hostile;

use std::sync::Mutex;
use std::sync::atomic::AtomicU32;

use futures::future::BoxFuture;
use tokio::sync::mpsc::UnboundedReceiver;

use super::*;
use crate::domain::{ModelRef, Price, Probability, RelPath, RootId};
use crate::index::{Content, ContentHash, ReadError};
use crate::llm::{
    Ask, Call, Counted, Format, LlmError, Message, Part, Reply, StopReason, Timing, TokenLogprobs,
};
use crate::query::News;

/// What the scripted model does with a call.
enum Step {
    Reply(Box<Reply>),
    Fail(LlmError),
    After(Duration, Box<Reply>),
    Never,
}

type Script = dyn Fn(&Call, u32) -> Step + Send + Sync;

/// A model whose answers are given by the test.
struct Scripted {
    script: Box<Script>,
    facts: Mutex<Facts>,
    calls: Mutex<Vec<Call>>,
    now: AtomicU32,
    most: AtomicU32,
}

/// Counts a call as long as it lives.
struct Flying(Arc<Scripted>);

impl Drop for Flying {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Line(Arc<Scripted>);

impl Caller for Line {
    fn facts(&self) -> Facts {
        self.0.facts.lock().unwrap().clone()
    }

    fn call(&self, call: Call) -> BoxFuture<'static, Result<Reply, LlmError>> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            let number = {
                let mut calls = shared.calls.lock().unwrap();
                calls.push(call.clone());
                calls.len() as u32 - 1
            };
            let now = shared.now.fetch_add(1, Ordering::SeqCst) + 1;
            shared.most.fetch_max(now, Ordering::SeqCst);
            let flying = Flying(Arc::clone(&shared));
            let step = (shared.script)(&call, number);
            let result = match step {
                Step::Reply(reply) => Ok(*reply),
                Step::Fail(error) => Err(error),
                Step::After(time, reply) => {
                    tokio::time::sleep(time).await;
                    Ok(*reply)
                }
                Step::Never => std::future::pending().await,
            };
            drop(flying);
            result
        })
    }
}

/// Files in memory.
#[derive(Default)]
struct Shelf(Mutex<Vec<(String, String)>>);

impl Reader for Shelf {
    fn read(&self, _root: RootId, path: &RelPath) -> Result<Content, ReadError> {
        let files = self.0.lock().unwrap();
        let found = files.iter().find(|(name, _)| *name == path.to_text());
        let (_, text) = found.ok_or(ReadError::Gone)?;
        Ok(Content { bytes: text.clone().into_bytes(), ..Content::default() })
    }
}

/// A crew over a scripted model.
struct Bench {
    model: Arc<Scripted>,
    shelf: Arc<Shelf>,
    judge: ModelJudge,
    crew: Box<dyn Crew>,
    news: UnboundedReceiver<Vec<News>>,
    files: u32,
}

fn facts() -> Facts {
    Facts {
        window: Some(8_192),
        price: Some(Price::FREE),
        locality: Locality::Loopback,
        in_flight: 4,
        logprobs: None,
        reasons: false,
        prompt_order: None,
        measured: crate::domain::Measured::default(),
    }
}

impl Bench {
    fn new(script: impl Fn(&Call, u32) -> Step + Send + Sync + 'static) -> Self {
        Self::with(facts(), BudgetConfig::default(), script)
    }

    fn with(
        facts: Facts,
        budget: BudgetConfig,
        script: impl Fn(&Call, u32) -> Step + Send + Sync + 'static,
    ) -> Self {
        let model = Arc::new(Scripted {
            script: Box::new(script),
            facts: Mutex::new(facts),
            calls: Mutex::default(),
            now: AtomicU32::new(0),
            most: AtomicU32::new(0),
        });
        let shelf = Arc::new(Shelf::default());
        let judge = ModelJudge::new(ModelOptions {
            name: JudgeName("lab/model".into()),
            caller: Arc::new(Line(Arc::clone(&model))),
            reader: Arc::clone(&shelf) as Arc<dyn Reader>,
            embedded: Arc::new(Embedded::new().unwrap()),
            prompt_order: None,
            budget,
            calibration: Calibration::default(),
            runtime: Handle::current(),
        });
        let (sender, news) = tokio::sync::mpsc::unbounded_channel();
        let deliver: Deliver = Arc::new(move |news| drop(sender.send(news)));
        let crew = judge.crew("where is the budget enforced", deliver).unwrap();
        Self { model, shelf, judge, crew, news, files: 0 }
    }

    /// A file of this text.
    fn file(&mut self, text: &str) -> Item {
        let number = self.files;
        self.files += 1;
        let path = format!("src/f{number}.rs");
        self.shelf.0.lock().unwrap().push((path.clone(), text.to_owned()));
        Item {
            file: FileId(number),
            root: RootId(0),
            path: RelPath::from(path.as_str()),
            shown: path.into(),
            hash: ContentHash::of(text.as_bytes()),
            size: text.len() as u64,
            prior: Probability::new(0.1),
        }
    }

    /// Judges files of these texts, and returns the answers by file.
    async fn judge(&mut self, texts: &[&str]) -> Vec<Result<crate::query::Answer, crate::query::JudgeError>> {
        let items: Vec<Item> = texts.iter().map(|text| self.file(text)).collect();
        let first = items[0].file.0;
        self.crew.judge(items);
        let mut answers: Vec<Option<_>> = texts.iter().map(|_| None).collect();
        while answers.iter().any(Option::is_none) {
            for news in self.news.recv().await.unwrap() {
                if let News::Judged { file, answer, .. } = news {
                    let slot = &mut answers[(file.0 - first) as usize];
                    assert!(slot.is_none(), "{file:?} was answered twice");
                    *slot = Some(answer);
                }
            }
        }
        answers.into_iter().flatten().collect()
    }

    /// News until this one.
    async fn until(&mut self, wanted: impl Fn(&News) -> bool) -> Vec<News> {
        let mut all = Vec::new();
        loop {
            for news in self.news.recv().await.unwrap() {
                let stop = wanted(&news);
                all.push(news);
                if stop {
                    return all;
                }
            }
        }
    }

    fn calls(&self) -> Vec<Call> {
        self.model.calls.lock().unwrap().clone()
    }
}

fn reply(text: &str) -> Box<Reply> {
    Box::new(Reply {
        calls: Vec::new(),
        vectors: Vec::new(),
        text: text.to_owned(),
        thinking: String::new(),
        logprobs: Vec::new(),
        counted: Counted { prompt: Some(100), output: Some(1), ..Counted::default() },
        stop: StopReason::End,
        timing: Timing::default(),
    })
}

/// A reply of one token with P(yes) as given.
fn likely(yes: f32) -> Box<Reply> {
    let top = vec![("yes".to_owned(), yes.ln()), ("no".to_owned(), (1.0 - yes).ln())];
    let token = if yes >= 0.5 { "yes" } else { "no" };
    let logprobs = vec![TokenLogprobs { token: token.to_owned(), logprob: yes.max(1.0 - yes).ln(), top }];
    Box::new(Reply { logprobs, ..*reply(token) })
}

fn model() -> ModelRef {
    ModelRef::new("lab", "model")
}

/// Everything that the model is told, in order.
fn told(call: &Call) -> String {
    let Ask::Chat(messages) = &call.ask else { panic!("no chat") };
    let text = |message: &Message| {
        let part = |part: &Part| if let Part::Text(text) = part { text.to_string() } else { String::new() };
        message.parts.iter().map(part).collect::<String>()
    };
    messages.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// The ids of a pack's files, in order.
fn ids(call: &Call) -> Vec<String> {
    told(call).lines().filter_map(|line| line.strip_prefix("Id: ")).map(str::to_owned).collect()
}
