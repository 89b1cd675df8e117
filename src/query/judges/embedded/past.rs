//! History evidence: past messages that speak like the request, and the files they touched.

use rustc_hash::{FxHashMap, FxHashSet};

use super::channels::{Channel, Channels};
use super::request::{Request, Term};
use crate::domain::{FileId, Language};
use crate::index::{History, Index, Role, TermId};

/// How many of the most similar commits speak for their files.
const MOST_SIMILAR: usize = 160;

const K1: f32 = 1.2;
const B: f32 = 0.5;
/// A word in a past subject says more than one in its body.
const IN_SUBJECT: f32 = 1.6;
/// After so many newer commits a message counts half.
const HALF_LIFE: f32 = 4_000.0;
/// The same where young messages are asked for: work goes on where it was.
const FRESH_HALF_LIFE: f32 = 100.0;
/// The same for commits of the request's scope.
const SCOPE_HALF_LIFE: f32 = 500.0;

/// A past commit that speaks like the request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similar {
    /// Its number in the history.
    pub commit: u32,
    /// Similarity as share of the best commit's, 0 to 1.
    pub share: f32,
}

/// The commits most like the whole request, and most like its first line; best first.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// By all terms.
    pub whole: Vec<Similar>,
    /// By the first line's terms.
    pub subject: Vec<Similar>,
    /// The best absolute similarity, as share of what a message with every term would have.
    pub best: f32,
}

/// Finds similar commits and fills the history channels of every file.
pub fn fill(channels: &mut Channels, request: &Request, index: &Index) -> Past {
    let history = index.history();
    if history.is_empty() {
        return Past::default();
    }
    let (whole, best) = similar(history, &request.terms, |_| true);
    let (subject, _) = similar(history, &request.terms, |term| term.subject);
    let past = Past { whole, subject, best };
    spread(channels, history, &past.whole, HALF_LIFE, Channel::History);
    spread(channels, history, &past.subject, HALF_LIFE, Channel::HistorySubject);
    spread(channels, history, &past.whole, FRESH_HALF_LIFE, Channel::HistoryFresh);
    for found in &past.whole {
        let touched = history.commits()[found.commit as usize].touched as f32;
        let weight = found.share.powi(6) / touched.sqrt();
        each_file(history, found.commit, |slot| channels.add(slot, Channel::HistorySharp, weight));
    }
    scope(channels, request, history);
    vote(channels, index, &past.whole);
    for found in &past.whole {
        each_file(history, found.commit, |slot| {
            channels.add(slot, Channel::HistoryCount, 1.0);
            let best = channels.get(slot, Channel::HistoryBest).max(found.share);
            channels.set(slot, Channel::HistoryBest, best);
        });
    }
    read_as_text(channels, request, history);
    past
}

fn similar(history: &History, terms: &[Term], wanted: impl Fn(&Term) -> bool) -> (Vec<Similar>, f32) {
    let mut scores = vec![0.0_f32; history.commits().len()];
    let [mean, _] = history.mean_lengths();
    let mut ideal = 0.0;
    for term in terms.iter().filter(|term| wanted(term)) {
        ideal += term.commit_idf * IN_SUBJECT;
        for mention in history.mentions(term.id) {
            let entry = &history.commits()[mention.commit as usize];
            let norm = 1.0 - B + B * f32::from(entry.length) / mean;
            let count = f32::from(mention.count);
            let weight = if mention.subject { IN_SUBJECT } else { 1.0 };
            scores[mention.commit as usize] +=
                term.commit_idf * weight * count * (K1 + 1.0) / (count + K1 * norm);
        }
    }
    let scores = (0..).zip(scores).filter(|(_, score)| *score > 0.0);
    let found = best_touching(history, scores, MOST_SIMILAR);
    let best = found.first().map_or(1.0, |(_, score)| *score);
    let similar = found.into_iter().map(|(commit, score)| Similar { commit, share: score / best }).collect();
    (similar, best / f32::max(ideal, 1e-6))
}

/// The best commits that touched files without being broad, best first, of equals the newest.
pub fn best_touching(
    history: &History,
    scores: impl Iterator<Item = (u32, f32)>,
    most: usize,
) -> Vec<(u32, f32)> {
    let mut found: Vec<(u32, f32)> =
        scores.filter(|(commit, _)| !history.commits()[*commit as usize].paths.is_empty()).collect();
    let order =
        |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(history.rank(a.0).cmp(&history.rank(b.0)));
    if found.len() > most {
        found.select_nth_unstable_by(most, order);
        found.truncate(most);
    }
    found.sort_unstable_by(order);
    found
}

/// Sums similarity onto touched files: broad and old commits count less.
fn spread(channels: &mut Channels, history: &History, similar: &[Similar], half_life: f32, channel: Channel) {
    for found in similar {
        let age = faded(history, found.commit, half_life);
        let weight = found.share * found.share * age / breadth(history, found.commit);
        each_file(history, found.commit, |slot| channels.add(slot, channel, weight));
    }
}

/// What a commit's weight is divided by: the more files it touched, the less it tells of each.
pub fn breadth(history: &History, commit: u32) -> f32 {
    (history.commits()[commit as usize].touched.max(1) as f32).powf(0.25)
}

/// What age leaves of a commit's weight.
pub fn faded(history: &History, commit: u32, half_life: f32) -> f32 {
    0.5_f32.powf(history.rank(commit) as f32 / half_life)
}

/// What commits with the request's scope in their subject touched.
fn scope(channels: &mut Channels, request: &Request, history: &History) {
    let commits = |term: &TermId| -> FxHashSet<u32> {
        let in_subject = history.mentions(*term).iter().filter(|mention| mention.subject);
        in_subject.map(|mention| mention.commit).collect()
    };
    let Some(mut scoped) = request.scope.iter().map(commits).reduce(|a, b| &a & &b).map(Vec::from_iter)
    else {
        return;
    };
    scoped.sort_unstable();
    let mut sums: FxHashMap<usize, f32> = FxHashMap::default();
    let mut all = 0.0;
    for commit in scoped {
        let weight = faded(history, commit, SCOPE_HALF_LIFE) / breadth(history, commit);
        all += weight;
        each_file(history, commit, |slot| *sums.entry(slot).or_default() += weight);
    }
    for (slot, sum) in sums {
        channels.set(slot, Channel::ScopePast, sum / (all + 1.0));
    }
}

/// Visits the slots of the files that a commit touched.
pub fn each_file(history: &History, commit: u32, mut visit: impl FnMut(usize)) {
    for path in &history.commits()[commit as usize].paths {
        if let Some(file) = history.file_at(*path) {
            visit(file.index());
        }
    }
}

/// How much of the similar commits' weight goes to each directory, role and language; a commit votes once for each.
fn vote(channels: &mut Channels, index: &Index, similar: &[Similar]) {
    let history = index.history();
    let mut directories = vec![0.0_f32; index.directory_count()];
    let mut roles = [0.0_f32; ROLES];
    let mut languages: FxHashMap<Language, f32> = FxHashMap::default();
    let mut all = 0.0;
    for found in similar {
        let weight = found.share * found.share;
        let mut seen: FxHashSet<u32> = FxHashSet::default();
        let mut seen_roles = [false; ROLES];
        let mut seen_languages: FxHashSet<Language> = FxHashSet::default();
        each_file(history, found.commit, |slot| {
            let Some(doc) = index.doc(FileId(slot as u32)) else { return };
            if seen.insert(doc.dir) {
                directories[doc.dir as usize] += weight;
            }
            let role = doc.profile.role as usize;
            if !std::mem::replace(&mut seen_roles[role], true) {
                roles[role] += weight;
            }
            if seen_languages.insert(doc.language) {
                *languages.entry(doc.language).or_default() += weight;
            }
        });
        all += weight;
    }
    let all = f32::max(all, 1e-6);
    for (file, doc) in index.docs() {
        let language = languages.get(&doc.language).copied().unwrap_or(0.0);
        channels.set(file.index(), Channel::VoteDir, directories[doc.dir as usize] / all);
        channels.set(file.index(), Channel::VoteRole, roles[doc.profile.role as usize] / all);
        channels.set(file.index(), Channel::VoteLanguage, language / all);
    }
}

/// One more than the last [`Role`].
const ROLES: usize = Role::Other as usize + 1;

/// Scores each file's past messages as if they were one text.
fn read_as_text(channels: &mut Channels, request: &Request, history: &History) {
    let mean = (history.commits().iter().map(|entry| entry.paths.len()).sum::<usize>() as f32
        / history.path_count().max(1) as f32)
        .max(1.0);
    let mut counts = vec![0.0_f32; history.path_count()];
    let terms = request.terms.iter().map(|term| (term.id, term.commit_idf, term.subject));
    let phrases = request.phrases.iter().map(|phrase| (phrase.id, 0.5 * phrase.commit_idf, false));
    let mut touched: Vec<u32> = Vec::new();
    for (id, idf, subject) in terms.chain(phrases) {
        for mention in history.mentions(id) {
            for path in &history.commits()[mention.commit as usize].paths {
                if counts[*path as usize] == 0.0 {
                    touched.push(*path);
                }
                counts[*path as usize] += if mention.subject { 1.5 } else { 1.0 };
            }
        }
        for path in touched.drain(..) {
            let count = std::mem::take(&mut counts[path as usize]);
            if let Some(file) = history.file_at(path) {
                let norm = 0.25 + 0.75 * history.touches(path).len() as f32 / mean;
                let value = idf * count * (K1 + 1.0) / (count + K1 * norm);
                channels.add(file.index(), Channel::HistoryText, value);
                if subject {
                    channels.add(file.index(), Channel::HistoryTextSubject, value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::tests::{ROOT, holding};
    use super::*;
    use crate::domain::{Commit, CommitId, RelPath};

    /// One file each for `net`, `ui` and none of them; commits from the newest on.
    fn read(request: &str, commits: &[(&str, &str)]) -> Channels {
        let mut index = holding(&["net.rs", "ui.rs", "odd.rs"].map(|path| (path, "text\n")));
        let commit = |(at, (message, file)): (usize, &(&str, &str))| Commit {
            id: CommitId([at as u8; 20]),
            time: 1_000_000 - at as i64,
            author: Arc::from("a@b.c"),
            message: Arc::from(*message),
            files: [RelPath::from(*file)].into(),
            moves: Arc::default(),
        };
        index.extend_history(ROOT, &commits.iter().enumerate().map(commit).collect::<Vec<_>>());
        let mut channels = Channels::new(index.slots());
        fill(&mut channels, &Request::read(request, &index), &index);
        channels
    }

    #[test]
    fn a_scope_points_at_what_its_commits_touched() {
        let commits =
            [("fix(net): close", "net.rs"), ("feat(net): open", "net.rs"), ("feat(ui): open", "ui.rs")];
        let channels = read("fix(net): leak of a handle", &commits);
        let score = |file| channels.get(file, Channel::ScopePast);
        assert!(score(0) > 0.6 && score(1) == 0.0 && score(2) == 0.0, "{} {}", score(0), score(1));
        let none = read("leak of a handle", &commits);
        assert_eq!((none.get(0, Channel::ScopePast), none.get(1, Channel::ScopePast)), (0.0, 0.0));
    }

    #[test]
    fn young_commits_count_more_where_freshness_does() {
        let mut commits = vec![("open the window", "ui.rs")];
        commits.extend([("something else", "odd.rs"); 200]);
        commits.push(("open the window", "net.rs"));
        let channels = read("open the window", &commits);
        let ratio = |channel| channels.get(0, channel) / channels.get(1, channel);
        assert!(ratio(Channel::History) > 0.9, "{}", ratio(Channel::History));
        assert!(ratio(Channel::HistoryFresh) < 0.3, "{}", ratio(Channel::HistoryFresh));
    }
}
