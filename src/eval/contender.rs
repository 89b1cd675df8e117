//! Contenders: who is measured, by name: the judges, and the baselines that they are held against.

use std::sync::Arc;

use rayon::prelude::*;

use super::replay::Moment;
use crate::domain::{FileId, Signal, Usage, Verdict};
use crate::query::judges::embedded::{Embedded, Reading, Signpost};
use crate::query::{Judge, Session};

/// Someone who ranks all files of a tree for a request.
pub trait Contender: Send + Sync {
    /// The name in tables and JSON.
    fn name(&self) -> String;

    /// Ranks the files of a moment.
    fn rank(&self, request: &str, moment: &Moment<'_>) -> Ranking;
}

/// What a contender says of one request.
pub struct Ranking {
    /// Every ranked file with its score; 0 and below means not ranked.
    pub scores: Vec<(FileId, f32)>,
    /// Whether scores are probabilities, with this threshold for yes.
    pub yes_at: Option<f32>,
    /// What it cost beyond time.
    pub usage: Usage,
    /// The open session, for explanations.
    pub session: Option<Box<dyn Session>>,
}

/// The embedded judge.
pub struct EmbeddedContender(pub Arc<Embedded>);

impl Contender for EmbeddedContender {
    fn name(&self) -> String {
        self.0.name().to_string()
    }

    fn rank(&self, request: &str, moment: &Moment<'_>) -> Ranking {
        let session = self.0.open(request, moment.index, &|| false);
        let files: Vec<FileId> = moment.index.docs().map(|(file, _)| file).collect();
        let packs: Vec<&[FileId]> = files.chunks(512).collect();
        let answers: Vec<_> =
            packs.par_iter().flat_map_iter(|pack| session.judge(moment.index, pack)).collect();
        let score =
            |answer: &Result<crate::query::Answer, _>| answer.as_ref().map_or(0.0, |it| it.probability.get());
        let least_yes = answers.iter().flatten().filter(|answer| answer.verdict == Verdict::Yes);
        let least_yes = least_yes.map(|answer| answer.probability.get()).fold(f32::INFINITY, f32::min);
        Ranking {
            scores: files.iter().zip(&answers).map(|(file, answer)| (*file, score(answer))).collect(),
            yes_at: Some(least_yes),
            usage: Usage::default(),
            session: Some(session),
        }
    }
}

/// One kind of the embedded judge's evidence alone.
pub struct Baseline(pub Signpost);

impl Contender for Baseline {
    fn name(&self) -> String {
        let named = BASELINES.iter().find(|(_, signpost)| *signpost == self.0);
        named.map_or_else(String::new, |(name, _)| (*name).to_owned())
    }

    fn rank(&self, request: &str, moment: &Moment<'_>) -> Ranking {
        let scores =
            Reading::open(request, moment.index, &Arc::default(), &|| false).scores(self.0, moment.index);
        Ranking { scores, yes_at: None, usage: Usage::default(), session: None }
    }
}

/// Every baseline, weakest first.
pub const BASELINES: [(&str, Signpost); 5] = [
    ("keyword", Signpost::Keyword),
    ("bm25", Signpost::Bm25),
    ("bm25f", Signpost::Bm25f),
    ("path", Signpost::Path),
    ("history", Signpost::History),
];

/// The names that [`named`] knows, baselines first.
pub fn contender_names() -> Vec<&'static str> {
    BASELINES.iter().map(|(name, _)| *name).chain(["embedded"]).collect()
}

/// The contender of a name; `None` for a name that is not its own.
pub fn named(name: &str, embedded: &Arc<Embedded>) -> Option<Box<dyn Contender>> {
    if name == "embedded" {
        return Some(Box::new(EmbeddedContender(Arc::clone(embedded))));
    }
    let (_, signpost) = BASELINES.iter().find(|(known, _)| *known == name)?;
    Some(Box::new(Baseline(*signpost)))
}

/// The kinds of evidence that a file can lack.
pub const KINDS: [Signal; 5] =
    [Signal::Content, Signal::Path, Signal::Symbols, Signal::History, Signal::Structure];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_names_its_own_contender() {
        let embedded = Arc::new(Embedded::new().expect("weights"));
        for name in contender_names() {
            assert_eq!(named(name, &embedded).expect("a contender").name(), name);
        }
        assert!(named("embeded", &embedded).is_none());
    }
}
