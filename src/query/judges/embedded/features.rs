//! Features: what the trees read of one file for one request.
//!
//! The order of [`names`] is part of the weights file's format: weights name the features they were fitted on, and are
//! refused where the names differ.

use rayon::prelude::*;

use super::channels::{Channel, Channels};
use super::links::Links;
use super::own::{self, Own, Touched};
use super::past::Past;
use super::request::{Mood, Request};
use crate::domain::{FileId, Signal};
use crate::index::{Doc, Index, Role};

const STATIC: [(&str, Signal); 28] = [
    ("role_code", Signal::Kind),
    ("role_test", Signal::Kind),
    ("role_doc", Signal::Kind),
    ("role_changelog", Signal::Kind),
    ("role_config", Signal::Kind),
    ("depth", Signal::Kind),
    ("lines_ln", Signal::Kind),
    ("tokens_ln", Signal::Kind),
    ("touches_ln", Signal::Recent),
    ("last_touch_ln", Signal::Recent),
    ("touches_share", Signal::Recent),
    ("dir_last_touch_ln", Signal::Recent),
    ("importers_ln", Signal::Structure),
    ("heat_ln", Signal::Recent),
    ("heat_long_ln", Signal::Recent),
    ("dir_heat_ln", Signal::Recent),
    ("born_ln", Signal::Recent),
    ("namesakes_ln", Signal::Kind),
    ("shelf_ln", Signal::Kind),
    ("own_last_ln", Signal::Recent),
    ("own_heat", Signal::Recent),
    ("own_share", Signal::Recent),
    ("own_dir_heat", Signal::Recent),
    ("own_age_ln", Signal::Recent),
    ("lately_ln", Signal::Recent),
    ("age_ln", Signal::Recent),
    ("fresh_ln", Signal::Recent),
    ("dir_fresh_ln", Signal::Recent),
];

const QUERY: [(&str, Signal); 18] = [
    ("query_terms", Signal::Content),
    ("query_subject_terms", Signal::Content),
    ("query_wholes", Signal::Symbols),
    ("query_unknown", Signal::Content),
    ("query_test", Signal::Kind),
    ("query_doc", Signal::Kind),
    ("query_build", Signal::Kind),
    ("query_past_best", Signal::History),
    ("tree_ln", Signal::Kind),
    ("query_fix", Signal::Kind),
    ("query_add", Signal::Kind),
    ("query_reshape", Signal::Kind),
    ("query_phrases", Signal::Content),
    ("query_named", Signal::Path),
    ("query_focus", Signal::Content),
    ("query_past_focus", Signal::History),
    ("query_own_commits_ln", Signal::Recent),
    ("query_own_gap_ln", Signal::Recent),
];

/// Touches within so many commits count as equally recent where nothing else is said: commits come in series, so a message is
/// often answered by the files of the commit before. `lately_ln` and `fresh_ln` tell them apart, and stand beside what
/// the one who asks did, so that trees can tell a series from others' work.
const LATELY: u32 = 6;

/// A file that no known commit touched counts as touched before this many, also where there is no history at all.
const NEVER: f32 = 2_000.0;

/// Number of features.
pub const COUNT: usize = Channel::COUNT + 2 * Channel::RANKED.len() + STATIC.len() + QUERY.len();

/// One file's features.
pub type Features = [f32; COUNT];

/// The name and signal of each feature, in order.
pub fn names() -> Vec<(String, Signal)> {
    let channels = Channel::ALL.iter().map(|channel| (name(*channel), signal(*channel)));
    let shares =
        Channel::RANKED.iter().map(|channel| (format!("{}_share", name(*channel)), signal(*channel)));
    let ranks = Channel::RANKED.iter().map(|channel| (format!("{}_rank", name(*channel)), signal(*channel)));
    let fixed = STATIC.iter().chain(&QUERY).map(|(name, signal)| ((*name).to_owned(), *signal));
    channels.chain(shares).chain(ranks).chain(fixed).collect()
}

fn name(channel: Channel) -> String {
    format!("{channel:?}").to_lowercase()
}

/// The channel that a feature derives from, if one.
pub fn channel_of(feature: usize) -> Option<Channel> {
    let ranked = Channel::RANKED.len();
    if feature < Channel::COUNT {
        Some(Channel::ALL[feature])
    } else if feature < Channel::COUNT + 2 * ranked {
        Some(Channel::RANKED[(feature - Channel::COUNT) % ranked])
    } else {
        None
    }
}

fn signal(channel: Channel) -> Signal {
    match channel {
        Channel::Text
        | Channel::TextSubject
        | Channel::Counted
        | Channel::Content
        | Channel::Chunk
        | Channel::ChunkSubject
        | Channel::Coverage
        | Channel::Whole
        | Channel::Home
        | Channel::HomeBest
        | Channel::Phrase
        | Channel::Rare
        | Channel::Fused => Signal::Content,
        Channel::Path
        | Channel::Named
        | Channel::NameSaid
        | Channel::NameCovers
        | Channel::DirSaid
        | Channel::Scope
        | Channel::Meaning
        | Channel::MeaningSubject => Signal::Path,
        Channel::Symbols | Channel::Defines | Channel::PhraseNames | Channel::MeaningNames => Signal::Symbols,
        Channel::History
        | Channel::HistorySubject
        | Channel::HistorySharp
        | Channel::HistoryBest
        | Channel::HistoryText
        | Channel::HistoryTextSubject
        | Channel::HistoryCount
        | Channel::VoteDir
        | Channel::VoteRole
        | Channel::VoteLanguage
        | Channel::HistoryFresh
        | Channel::ScopePast
        | Channel::MeaningPast
        | Channel::MeaningBest
        | Channel::MeaningText => Signal::History,
        Channel::CoChange
        | Channel::CoChangeBest
        | Channel::Imported
        | Channel::Imports
        | Channel::DirText
        | Channel::DirHistory
        | Channel::DirBest
        | Channel::DirPlace
        | Channel::RolePlace
        | Channel::UpText
        | Channel::UpHistory
        | Channel::Twin
        | Channel::TwinHistory
        | Channel::NameAlike
        | Channel::Expand
        | Channel::Calls
        | Channel::Called
        | Channel::SameNames
        | Channel::OwnTogether => Signal::Structure,
    }
}

/// What features need beyond a file's own numbers: bests and orders over all files.
#[derive(Debug, Clone, Default)]
pub struct Scale {
    best: [f32; Channel::RANKED.len()],
    sorted: [Vec<f32>; Channel::RANKED.len()],
    query: [f32; QUERY.len()],
    commits_ln: f32,
    commits: f32,
    directory_touch: Vec<f32>,
    /// By file: touches, each weighing half after [`HALF_LIVES`] newer commits.
    heat: Vec<[f32; 2]>,
    directory_heat: Vec<f32>,
    /// By file: touches by the newest commits, each weighing 1/e after [`FRESH`] newer ones.
    fresh: Vec<f32>,
    directory_fresh: Vec<f32>,
    own: Own,
}

/// See [`Scale::heat`].
const HALF_LIVES: [f32; 2] = [60.0, 600.0];

/// See [`Scale::fresh`].
const FRESH: f32 = 12.0;

/// How far the tenth best of a channel falls behind its best, as share of the best.
fn focus(sorted: &[Vec<f32>; Channel::RANKED.len()], channel: Channel) -> f32 {
    let values = Channel::RANKED.iter().position(|other| *other == channel).map(|at| &sorted[at]);
    let tenth = |values: &Vec<f32>| values.get(9).map_or(0.0, |tenth| tenth / values[0]);
    values.map_or(0.0, tenth)
}

impl Scale {
    /// Reads bests and orders.
    pub fn read(channels: &Channels, request: &Request, past: &Past, own: Own, index: &Index) -> Self {
        let mut scale = Self { own, ..Self::default() };
        let sorted: Vec<Vec<f32>> = Channel::RANKED
            .par_iter()
            .map(|channel| {
                let values = (0..channels.slots()).map(|slot| channels.get(slot, *channel));
                let mut values: Vec<f32> = values.filter(|value| *value > 0.0).collect();
                values.sort_unstable_by(|a, b| b.total_cmp(a));
                values
            })
            .collect();
        for (at, values) in sorted.into_iter().enumerate() {
            scale.best[at] = values.first().copied().unwrap_or(0.0).max(1e-6);
            scale.sorted[at] = values;
        }
        let commits = index.history().commits().len() as f32;
        scale.commits = commits.max(1.0);
        scale.commits_ln = commits.max(NEVER).ln_1p();
        scale.directory_touch = vec![scale.commits_ln; index.directory_count()];
        for (file, doc) in index.docs() {
            if let Some(rank) = index.last_touch(file) {
                let best = &mut scale.directory_touch[doc.dir as usize];
                *best = best.min((rank.max(LATELY) as f32).ln_1p());
            }
        }
        scale.read_heat(index);
        let on = |mood: Mood| f32::from(u8::from(request.moods.contains(&mood)));
        scale.query = [
            request.terms.len() as f32,
            request.terms.iter().filter(|term| term.subject).count() as f32,
            request.terms.iter().filter(|term| term.whole).count() as f32,
            request.unknown as f32,
            on(Mood::Test),
            on(Mood::Doc),
            on(Mood::Build),
            past.best,
            (index.len() as f32).ln_1p(),
            on(Mood::Fix),
            on(Mood::Add),
            on(Mood::Reshape),
            request.phrases.len() as f32,
            request.named.len() as f32,
            focus(&scale.sorted, Channel::Text),
            focus(&scale.sorted, Channel::History),
            (scale.own.commits.len() as f32).ln_1p(),
            own::age_ln(scale.own.gap),
        ];
        scale
    }

    fn read_heat(&mut self, index: &Index) {
        let history = index.history();
        self.heat = vec![[0.0; 2]; index.slots()];
        self.directory_heat = vec![0.0; index.directory_count()];
        self.fresh = vec![0.0; index.slots()];
        self.directory_fresh = vec![0.0; index.directory_count()];
        for (number, entry) in history.commits().iter().enumerate() {
            let rank = history.rank(number as u32).max(LATELY) as f32;
            let heat = HALF_LIVES.map(|half| (-std::f32::consts::LN_2 * rank / half).exp());
            let fresh = (-(history.rank(number as u32) as f32) / FRESH).exp();
            for file in entry.paths.iter().filter_map(|path| history.file_at(*path)) {
                let sums = &mut self.heat[file.index()];
                sums[0] += heat[0];
                sums[1] += heat[1];
                self.fresh[file.index()] += fresh;
            }
        }
        for (file, doc) in index.docs() {
            self.directory_heat[doc.dir as usize] += self.heat[file.index()][0];
            self.directory_fresh[doc.dir as usize] += self.fresh[file.index()];
        }
    }

    /// One file's features.
    pub fn features(
        &self,
        row: &[f32; Channel::COUNT],
        index: &Index,
        file: FileId,
        doc: &Doc,
        links: &Links,
    ) -> Features {
        let mut features = [0.0; COUNT];
        features[..Channel::COUNT].copy_from_slice(row);
        let mut at = Channel::COUNT;
        for (number, channel) in Channel::RANKED.into_iter().enumerate() {
            let value = row[channel as usize];
            features[at] = value / self.best[number];
            features[at + Channel::RANKED.len()] = -self.rank(number, value);
            at += 1;
        }
        at += Channel::RANKED.len();
        for value in self.fixed(index, file, doc, links).into_iter().chain(self.query) {
            features[at] = value;
            at += 1;
        }
        features
    }

    /// What the one who asks did with a file.
    pub fn own(&self, file: FileId) -> Touched {
        self.own.of(file)
    }

    /// The logarithm of a value's rank among all files; files without evidence share the rank after the last.
    fn rank(&self, number: usize, value: f32) -> f32 {
        let sorted = &self.sorted[number];
        if value <= 0.0 {
            return 12.0;
        }
        (sorted.partition_point(|other| *other > value) as f32).ln_1p()
    }

    fn fixed(&self, index: &Index, file: FileId, doc: &Doc, links: &Links) -> [f32; STATIC.len()] {
        let role = |role: Role| f32::from(u8::from(doc.profile.role == role));
        let history = index.history();
        let touched_by = history.path_of(file).map_or(&[][..], |path| history.touches(path));
        let touches = touched_by.len() as f32;
        let since = |least: u32| {
            index.last_touch(file).map_or(self.commits_ln, |rank| (rank.max(least) as f32).ln_1p())
        };
        let heat = self.heat.get(file.index()).copied().unwrap_or_default();
        let born = touched_by.last().map_or(NEVER, |oldest| history.rank(*oldest).max(LATELY) as f32);
        let own = self.own.of(file);
        let newest = touched_by.first();
        let tokens: u32 = doc.lengths[1..].iter().sum();
        [
            role(Role::Code),
            role(Role::Test),
            role(Role::Doc),
            role(Role::ChangeLog),
            role(Role::Config),
            f32::from(doc.profile.depth),
            (doc.lines as f32).ln_1p(),
            (tokens as f32).ln_1p(),
            touches.ln_1p(),
            since(LATELY),
            touches / self.commits,
            self.directory_touch.get(doc.dir as usize).copied().unwrap_or(self.commits_ln),
            (links.edges.importers(file).len() as f32).ln_1p(),
            heat[0].ln_1p(),
            heat[1].ln_1p(),
            self.directory_heat.get(doc.dir as usize).copied().unwrap_or(0.0).ln_1p(),
            born.ln_1p(),
            (links.namesakes(doc.profile.stem) as f32).ln_1p(),
            links.shelf(doc.dir).ln_1p(),
            own.since.min(NEVER).ln_1p(),
            own.heat,
            own.times / (touches + 2.0),
            self.own.directory(doc.dir).ln_1p(),
            own::age_ln(own.age),
            since(0),
            own::age_ln(newest.map(|commit| own::age(index, *commit))),
            self.fresh.get(file.index()).copied().unwrap_or(0.0).ln_1p(),
            self.directory_fresh.get(doc.dir as usize).copied().unwrap_or(0.0).ln_1p(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_its_own_name_and_channels_come_first() {
        let names = names();
        assert_eq!(names.len(), COUNT);
        let distinct: std::collections::BTreeSet<_> = names.iter().map(|(name, _)| name).collect();
        assert_eq!(distinct.len(), COUNT);
        assert_eq!(channel_of(0), Some(Channel::Text));
        assert_eq!(channel_of(Channel::COUNT), Some(Channel::RANKED[0]));
        assert_eq!(channel_of(COUNT - 1), None);
    }
}
