//! Explanations: of the best rows, of rows the user asks about, and of every judged file where that is wanted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::domain::{
    Detail, DetailLevel, Evidence, FileId, Judged, LedgerState, QueryEvent, Signal, SignalShares, Source,
    Span, Verdict,
};
use crate::query::judge::Answer;
use crate::query::rank::{PRIOR_WEIGHT, logit};
use crate::text::amount;
use crate::text::sanitize::sanitize_line;

use super::Workspace;

/// Judged files in one event.
const BATCH: usize = 64;

/// Contributions smaller than this are not worth a line of evidence.
const WORTH_TELLING: f32 = 0.05;

/// Characters of a path that a sentence still names in full.
const LONGEST_PATH: usize = 40;

impl Workspace {
    /// Tells of one batch of judged files, or explains rows; false where nothing waits.
    pub(super) fn explain_some(&mut self) -> bool {
        self.tell_judged() || self.explain_rows()
    }

    /// Tells of one batch of judged files, where every file is told of.
    pub(super) fn tell_judged(&mut self) -> bool {
        let Some(query) = &mut self.query else { return false };
        if query.untold.is_empty() || query.ticket != self.tickets.current() {
            return false;
        }
        let started = Instant::now();
        self.refresh_signals();
        let Some(query) = &mut self.query else { return false };
        let rest = query.untold.split_off(query.untold.len().min(BATCH));
        let batch = std::mem::replace(&mut query.untold, rest);
        let batch: Vec<Judged> =
            batch.into_par_iter().filter_map(|(file, source)| self.judged(file, source)).collect();
        let Some(query) = &mut self.query else { return false };
        query.spent += started.elapsed();
        let generation = query.request.generation;
        self.events.push(QueryEvent::Judged { generation, batch });
        true
    }

    fn judged(&self, file: FileId, source: Source) -> Option<Judged> {
        let answer = self.query.as_ref()?.slot(file).answer?;
        let mut detail = self.detail(file);
        if answer.verdict == Verdict::Yes {
            self.sharpen(file, &mut detail);
        }
        Some(Judged {
            file,
            path: self.catalog.get(file)?.shown.clone(),
            verdict: answer.verdict,
            probability: answer.probability,
            source,
            detail: Some(Arc::new(detail)),
        })
    }

    fn explain_rows(&mut self) -> bool {
        let Some(query) = &mut self.query else { return false };
        let mut files = std::mem::take(&mut query.asked);
        let looked_at = files.len();
        if query.pass.is_none() && matches!(query.request.details, DetailLevel::Top(_)) {
            let best = std::mem::take(&mut query.best);
            let slots = &query.slots;
            files.extend(best.into_iter().filter(|file| {
                slots.get(file.index()).is_some_and(|slot| slot.answer.is_some() || slot.prior.is_some())
                    && !query.explained.contains(file)
            }));
        }
        if files.is_empty() {
            return false;
        }
        let looked_at: Vec<FileId> = files[..looked_at].to_vec();
        let mut seen = FxHashSet::default();
        files.retain(|file| seen.insert(*file));
        query.explained.extend(&files);
        self.follow_eyes(&looked_at);
        self.want_reasons(&files);
        self.refresh_signals();
        let details: Vec<_> = files
            .into_par_iter()
            .filter(|file| self.ledger.get(*file).is_some())
            .map(|file| {
                let mut detail = self.detail(file);
                self.sharpen(file, &mut detail);
                (file, Arc::new(detail))
            })
            .collect();
        if let (Some(query), false) = (&self.query, details.is_empty()) {
            let generation = query.request.generation;
            self.events.push(QueryEvent::Explained { generation, details });
        }
        true
    }

    /// Why a row stands where it stands: the judge's evidence, and what ranking adds.
    fn detail(&self, file: FileId) -> Detail {
        let slot = self.query.as_ref().map(|query| query.slot(file)).unwrap_or_default();
        let session = self.query.as_ref().and_then(|query| query.session.as_ref());
        let mut detail = session
            .filter(|_| slot.answer.is_some() || slot.prior.is_some())
            .and_then(|session| catch_unwind(AssertUnwindSafe(|| session.explain(&self.index, file))).ok())
            .unwrap_or_default();
        let told: f32 = detail.evidence.iter().map(|evidence| evidence.weight.abs()).sum();
        let scale = if told > 0.0 { told } else { slot.answer.map_or(0.0, |a| logit(a.probability).abs()) };
        let mut raw = Signal::ALL.map(|signal| detail.shares.get(signal) * scale);
        if let Some(answer) = slot.answer.filter(|_| self.is_crewed()) {
            self.add_model(file, answer, &mut detail, &mut raw);
        }
        let mut strongest = (0.0, None);
        for (signal, value) in self.options.weights.contributions(&self.features(file)) {
            raw[signal as usize] += value;
            if value > strongest.0 {
                strongest = (value, Some(signal));
            }
            if value.abs() >= WORTH_TELLING {
                let text = self.signal_text(signal, file);
                detail.evidence.push(Evidence { signal, weight: value, text, span: None });
            }
        }
        detail.evidence.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        // What the person is at comes first where it moved the row more than all that the judge found.
        if let Some(first) = detail.evidence.first()
            && first.signal == Signal::Active
            && first.weight > 0.0
            && !detail.reason.is_empty()
        {
            detail.reason = format!("{} · {}", first.text, detail.reason);
        }
        detail.shares = SignalShares::from_contributions(raw);
        if let Some(LedgerState::Failed { why, .. }) = self.ledger.get(file) {
            // What moved its place in the list is no reason of a verdict that there is not.
            detail.reason = sanitize_line(why).into_owned();
        }
        if detail.reason.is_empty() {
            // However little it weighs, something brought the row here.
            let little = || strongest.1.map(|signal| self.signal_text(signal, file));
            let first = detail.evidence.first().map(|evidence| evidence.text.clone());
            detail.reason = first.or_else(little).unwrap_or_default();
        }
        detail
    }

    /// Adds what a model said to the embedded judge's evidence, which then counts as much less as in the ranking.
    fn add_model(
        &self,
        file: FileId,
        answer: Answer,
        detail: &mut Detail,
        raw: &mut [f32; Signal::ALL.len()],
    ) {
        let weight = logit(answer.probability);
        for value in raw.iter_mut() {
            *value *= PRIOR_WEIGHT;
        }
        for evidence in &mut detail.evidence {
            evidence.weight *= PRIOR_WEIGHT;
        }
        raw[Signal::Model as usize] = weight;
        let verdict = match answer.verdict {
            Verdict::Yes => "yes",
            Verdict::No => "no",
        };
        let hash = self.files.get(file.index()).and_then(|entry| entry.hash);
        let reason = hash.and_then(|hash| self.cache.reason(file, hash));
        let name = self.crew_name().map(|name| sanitize_line(&name.0).into_owned()).unwrap_or_default();
        let text = format!("{name} says {verdict}, probability {:.2}", answer.probability.get());
        let span = reason.and_then(|reason| reason.spans.first().copied());
        detail.evidence.push(Evidence { signal: Signal::Model, weight, text, span });
        if let Some(reason) = reason {
            detail.reason.clone_from(&reason.text);
            let mut spans = reason.spans.clone();
            let apart = |span: &Span| {
                !reason.spans.iter().any(|own| own.first <= span.last && span.first <= own.last)
            };
            spans.extend(detail.spans.iter().filter(|span| apart(span)));
            detail.spans = spans;
        }
    }

    /// A ranking signal in plain words.
    fn signal_text(&self, signal: Signal, file: FileId) -> String {
        let features = self.features(file);
        match signal {
            Signal::Active if features.pinned > 0.0 => "pinned by you".into(),
            Signal::Active if features.saved > 0.0 => "saved lately".into(),
            Signal::Active if features.dirty > 0.0 => "differs from HEAD".into(),
            Signal::Active => "open in the preview".into(),
            Signal::Neighbours => self.nearest(file).map_or_else(
                || "close to what you work on".into(),
                |(path, verb)| format!("close to {path}, which {verb}"),
            ),
            Signal::Recent => match self.index.last_touch(file) {
                Some(0) => "in the newest commit".into(),
                Some(commits) => format!("changed {} ago", amount::plural(u64::from(commits), "commit")),
                None => "no known commit touched it".into(),
            },
            Signal::Task if features.task < 0.0 => {
                format!("fits the task '{}' less than most", self.task_words())
            }
            Signal::Task => format!("fits the task '{}'", self.task_words()),
            Signal::Content
            | Signal::Path
            | Signal::Symbols
            | Signal::History
            | Signal::Structure
            | Signal::Kind
            | Signal::Model => signal.name().into(),
        }
    }

    fn nearest(&self, file: FileId) -> Option<(String, &'static str)> {
        let dir = self.catalog.get(file)?.dir;
        let near = self.signals.near.get(dir.index())?.nearest.filter(|near| *near != file)?;
        let features = self.activity.features(near);
        let verb = if features.saved > 0.0 {
            "you saved lately"
        } else if features.dirty > 0.0 {
            "differs from HEAD"
        } else if features.pinned > 0.0 {
            "you pinned"
        } else {
            "you look at"
        };
        Some((short(&self.catalog.get(near)?.shown), verb))
    }

    fn task_words(&self) -> &str {
        self.task.text().map_or("", |text| text)
    }
}

/// A path, or its name where a row has no room for the path.
fn short(path: &str) -> String {
    if path.chars().count() <= LONGEST_PATH {
        return path.to_owned();
    }
    format!("`{}`", path.rsplit('/').next().unwrap_or(path))
}
