//! A model as a contender: the embedded judge's order, and the model's word on the best files of it, by the same code that
//! judges a working tree.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::contender::{Contender, EmbeddedContender, Ranking};
use super::replay::Moment;
use crate::domain::{FileId, Probability, RelPath, RootId, Usage};
use crate::index::{Content, ContentHash, ReadError, Reader};
use crate::query::judges::embedded::Embedded;
use crate::query::judges::model::ModelJudge;
use crate::query::judges::model::calibration::Calibration;
use crate::query::rank::{PRIOR_WEIGHT, lifted, logit};
use crate::query::{Crew, Deliver, Item, Judge, News};

/// Longest wait for a piece of news; calls have deadlines of their own.
const PATIENCE: Duration = Duration::from_mins(10);

/// The texts of one moment, for the judge to read.
#[derive(Default)]
pub struct Pages(Mutex<HashMap<RelPath, String>>);

impl Reader for Pages {
    fn read(&self, _root: RootId, path: &RelPath) -> Result<Content, ReadError> {
        let text = locked(&self.0).get(path).cloned().ok_or(ReadError::Gone)?;
        Ok(Content { bytes: text.into_bytes(), ..Content::default() })
    }
}

/// How many files a model is asked about, the best by the embedded judge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Depth {
    /// So many.
    Files(usize),
    /// This share of the tree, 0 to 1.
    Share(f32),
    /// All.
    All,
}

impl Depth {
    fn of(self, files: usize) -> usize {
        match self {
            Self::Files(most) => most.min(files),
            Self::Share(share) => ((files as f32 * share).ceil() as usize).min(files),
            Self::All => files,
        }
    }
}

/// A model that is asked about the best files by the embedded judge.
pub struct ModelContender {
    judge: ModelJudge,
    embedded: EmbeddedContender,
    pages: Arc<Pages>,
    depth: Depth,
    said: Mutex<Vec<(f32, bool)>>,
    problems: Mutex<Vec<String>>,
}

impl ModelContender {
    /// A judge that reads from these pages, asked about so many files of each moment.
    pub fn new(judge: ModelJudge, embedded: Arc<Embedded>, pages: Arc<Pages>, depth: Depth) -> Self {
        let embedded = EmbeddedContender(embedded);
        Self { judge, embedded, pages, depth, said: Mutex::default(), problems: Mutex::default() }
    }

    /// Fits what the model said since the last time against what commits touched; `None` where that is too little.
    pub fn calibration(&self) -> Option<Calibration> {
        Calibration::fit(&std::mem::take(&mut *locked(&self.said)))
    }

    /// What kept files from being judged since the last time, each once.
    pub fn problems(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.problems))
    }

    fn problem(&self, why: &str) {
        let mut problems = locked(&self.problems);
        if problems.len() < 5 && !problems.iter().any(|known| known == why) {
            problems.push(why.to_owned());
        }
    }

    /// The best files with their texts, as the crew takes them.
    fn items(&self, moment: &Moment<'_>, order: &[(FileId, f32)]) -> Vec<Item> {
        let mut pages = locked(&self.pages.0);
        pages.clear();
        let best = order.iter().take(self.depth.of(order.len()));
        best.filter_map(|(file, prior)| {
            let path = moment.index.doc(*file)?.path.clone();
            let text = moment.text(*file)?;
            let item = Item {
                file: *file,
                root: RootId(0),
                shown: path.to_text().into(),
                hash: ContentHash::of(text.as_bytes()),
                size: text.len() as u64,
                prior: Probability::new(*prior),
                path: path.clone(),
            };
            pages.insert(path, text);
            Some(item)
        })
        .collect()
    }

    /// Asks about all of them; a file without an answer has none.
    fn ask(&self, request: &str, items: Vec<Item>) -> (HashMap<FileId, f32>, Usage) {
        let (told, news) = channel();
        let told = Mutex::new(told);
        let deliver: Deliver = Arc::new(move |news| drop(locked(&told).send(news)));
        match self.judge.crew(request, deliver) {
            Some(mut crew) => self.collect(&mut *crew, &news, items),
            None => (HashMap::new(), Usage::default()),
        }
    }

    fn collect(
        &self,
        crew: &mut dyn Crew,
        news: &Receiver<Vec<News>>,
        items: Vec<Item>,
    ) -> (HashMap<FileId, f32>, Usage) {
        let (mut answers, mut usage) = (HashMap::new(), Usage::default());
        let mut left = items.len();
        let mut waiting = items.into_iter();
        while left > 0 {
            let next: Vec<Item> = waiting.by_ref().take(crew.room().verdicts).collect();
            if !next.is_empty() {
                crew.judge(next);
            }
            let Ok(batch) = news.recv_timeout(PATIENCE) else {
                self.problem("the model gave no answer for ten minutes");
                break;
            };
            for piece in batch {
                match piece {
                    News::Judged { file, answer, .. } => {
                        left -= 1;
                        match answer {
                            Ok(answer) => drop(answers.insert(file, answer.probability.get())),
                            Err(error) => self.problem(&error.why),
                        }
                    }
                    News::Moved(_) => left -= 1,
                    News::Spent(all) => usage = all,
                    News::Explained { .. } => {}
                    News::OverBudget(why) => {
                        self.problem(&format!("the budget is spent: {why}"));
                        left = 0;
                    }
                    News::Halted { error, .. } => {
                        self.problem(&error.why);
                        left = 0;
                    }
                }
            }
        }
        (answers, usage)
    }
}

impl Contender for ModelContender {
    fn name(&self) -> String {
        self.judge.name().to_string()
    }

    fn rank(&self, request: &str, moment: &Moment<'_>) -> Ranking {
        let first = self.embedded.rank(request, moment);
        let mut order = first.scores;
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let items = self.items(moment, &order);
        let asked: Vec<FileId> = items.iter().map(|item| item.file).collect();
        let (answers, usage) = self.ask(request, items);
        locked(&self.said).extend(answers.iter().map(|(file, said)| (*said, moment.gold.contains(file))));
        // What was asked about stands before the rest, by the same sum as in the list.
        let fused = |file: &FileId, prior: f32| {
            let said = answers.get(file).copied().unwrap_or(prior);
            lifted(Probability::new(said), PRIOR_WEIGHT * logit(Probability::new(prior)))
        };
        let lowest =
            order.iter().filter(|(file, _)| asked.contains(file)).map(|(file, prior)| fused(file, *prior));
        let lowest = lowest.fold(1.0_f32, f32::min);
        let scores = order
            .iter()
            .map(|(file, prior)| {
                let score = if asked.contains(file) { fused(file, *prior) } else { prior * lowest };
                (*file, score)
            })
            .collect();
        Ranking { scores, yes_at: Some(0.5), usage, session: first.session }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
