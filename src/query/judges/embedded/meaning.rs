//! Meaning: files whose paths and names, or whose past messages, mean what the request means, whatever the words.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::channels::{Channel, Channels};
use super::lexicon::{Entry, Lexicon, Side};
use super::past::{best_touching, breadth, each_file, faded};
use super::vector::{DIMENSIONS, Vector, add, dot, point};
use crate::domain::FileId;
use crate::index::{Index, TermId, tokens};

/// How many of the nearest past commits speak for their files.
const MOST_NEAR: usize = 400;
/// After so many newer commits a message counts half.
const HALF_LIFE: f32 = 2_000.0;
/// Messages of one file that are read as one text.
const MOST_MESSAGES: usize = 80;
/// What the next older one of them weighs.
const NEXT: f32 = 0.97;
/// Parts that terms are divided into, so that sums are the same whatever runs at once.
const PARTS: usize = 2;

/// Where a request points, and what that tells of the words that the index holds.
#[derive(Debug, Clone, Default)]
pub struct Meaning {
    aim: Option<Aim>,
    lexicon: Arc<Lexicon>,
    /// The request's words as written, with their numbers in the lexicon.
    words: Vec<(Box<str>, u32)>,
}

/// Where a request points.
#[derive(Debug, Clone, Copy)]
struct Aim {
    whole: Vector,
    /// Its first line alone.
    subject: Vector,
    scale: f32,
}

/// Words whose directions lie further apart than this do not go together.
const TOGETHER: f32 = 0.35;

impl Meaning {
    /// A word of a path, as written, and the other word of the request that it goes with best.
    pub fn pair<'a>(&'a self, path: &'a str) -> Option<(&'a str, &'a str)> {
        let mut best: Option<(f32, &str, &str)> = None;
        tokens::each(path, &mut |token| {
            let Some(number) = self.lexicon.number(token.term) else { return };
            for (word, asked) in self.words.iter().filter(|(_, asked)| *asked != number) {
                let near = self.lexicon.entry(*asked).asked.cosine(&self.lexicon.entry(number).told);
                if near > best.map_or(TOGETHER, |(near, ..)| near) {
                    best = Some((near, &path[token.start..token.end], word));
                }
            }
        });
        best.map(|(_, here, asked)| (here, asked))
    }
}

/// A mean of terms, each by its weight, on its way.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f32,
    weight: f32,
}

impl Mean {
    fn add(&mut self, sum: f32, weight: f32) {
        self.sum += sum;
        self.weight += weight;
    }

    fn value(self) -> f32 {
        if self.weight > 0.0 { self.sum / self.weight } else { 0.0 }
    }
}

/// Fills the channels of every file.
pub fn fill(channels: &mut Channels, request: &str, lexicon: &Arc<Lexicon>, index: &Index) -> Meaning {
    let asked = tokens::query_terms(request);
    let Some(whole) = lexicon.direction(&asked) else { return Meaning::default() };
    let first = request.trim_start().lines().next().unwrap_or_default();
    let subject = lexicon.direction(&tokens::query_terms(first));
    let aim = Aim { whole, subject: subject.unwrap_or(whole), scale: lexicon.scale };
    let known: Vec<Known<'_>> = known(lexicon, index).collect();
    paths_and_names(channels, index, &known, &aim);
    messages(channels, index, &known, &aim);
    let words =
        asked.into_iter().filter_map(|found| Some((found.word, lexicon.number(&found.term)?))).collect();
    Meaning { aim: Some(aim), lexicon: Arc::clone(lexicon), words }
}

/// Fills the channels that these files' paths and names tell.
pub fn refresh(channels: &mut Channels, meaning: &Meaning, index: &Index, files: &[FileId]) {
    let Some(aim) = &meaning.aim else { return };
    let known: FxHashMap<TermId, &Side> =
        known(&meaning.lexicon, index).map(|(id, entry)| (id, &entry.told)).collect();
    for file in files {
        let Some(doc) = index.doc(*file) else { continue };
        let (mut path, mut names) = ([0.0; DIMENSIONS], Mean::default());
        for posting in &doc.terms {
            if let Some(told) = known.get(&TermId(posting.key)) {
                if posting.counts[0] > 0 {
                    told.add_to(&mut path, 1.0);
                }
                if posting.counts[1] > 0 {
                    names.add(told.dot(&aim.whole), told.weight);
                }
            }
        }
        for (channel, value) in aim.read(path, names) {
            channels.set(file.index(), channel, value);
        }
    }
}

/// A term of the lexicon that the index holds.
type Known<'l> = (TermId, &'l Entry);

fn known<'l>(lexicon: &'l Lexicon, index: &'l Index) -> impl Iterator<Item = Known<'l>> {
    lexicon.words().filter_map(|(term, entry)| Some((index.term(term)?, entry)))
}

impl Aim {
    /// What a file's path and names tell.
    fn read(&self, mut path: Vector, names: Mean) -> [(Channel, f32); 3] {
        point(&mut path);
        [
            (Channel::Meaning, self.likelier(dot(&path, &self.whole))),
            (Channel::MeaningSubject, self.likelier(dot(&path, &self.subject))),
            (Channel::MeaningNames, self.likelier(names.value())),
        ]
    }

    /// How much likelier a product makes an answer.
    fn likelier(&self, product: f32) -> f32 {
        (self.scale * product).exp()
    }
}

fn paths_and_names(channels: &mut Channels, index: &Index, known: &[Known<'_>], aim: &Aim) {
    let part = known.len().div_ceil(PARTS).max(1);
    let sums: Vec<(Vec<Vector>, Vec<Mean>)> = known
        .par_chunks(part)
        .map(|part| {
            let mut paths = vec![[0.0; DIMENSIONS]; index.slots()];
            let mut names = vec![Mean::default(); index.slots()];
            for (term, entry) in part {
                let told = &entry.told;
                let product = told.dot(&aim.whole);
                for posting in index.postings_of(*term) {
                    if posting.counts[0] > 0 {
                        told.add_to(&mut paths[posting.key as usize], 1.0);
                    }
                    if posting.counts[1] > 0 {
                        names[posting.key as usize].add(product, told.weight);
                    }
                }
            }
            (paths, names)
        })
        .collect();
    let read: Vec<[(Channel, f32); 3]> = (0..index.slots())
        .into_par_iter()
        .map(|slot| {
            let (mut path, mut names) = ([0.0; DIMENSIONS], Mean::default());
            for (paths, means) in &sums {
                add(&mut path, &paths[slot], 1.0);
                names.add(means[slot].sum, means[slot].weight);
            }
            aim.read(path, names)
        })
        .collect();
    for (file, _) in index.docs() {
        for (channel, value) in read[file.index()] {
            channels.set(file.index(), channel, value);
        }
    }
}

/// The subjects of past commits that mean what the request means, summed onto the files they touched.
fn messages(channels: &mut Channels, index: &Index, known: &[Known<'_>], aim: &Aim) {
    let history = index.history();
    let mut sums = vec![[0.0; DIMENSIONS]; history.commits().len()];
    for (term, entry) in known {
        for mention in history.mentions(*term).iter().filter(|mention| mention.subject) {
            entry.asked.add_to(&mut sums[mention.commit as usize], 1.0);
        }
    }
    for sum in &mut sums {
        point(sum);
    }
    as_one_text(channels, index, &sums, aim);
    let meant = (0..).zip(sums.iter().map(|sum| aim.scale * dot(sum, &aim.whole)));
    let near = best_touching(history, meant, MOST_NEAR);
    let Some((_, best)) = near.first().copied() else { return };
    for (commit, meant) in near {
        let weight = (meant - best).exp() * faded(history, commit, HALF_LIFE) / breadth(history, commit);
        each_file(history, commit, |slot| {
            channels.add(slot, Channel::MeaningPast, weight);
            let best = channels.get(slot, Channel::MeaningBest).max(meant.exp());
            channels.set(slot, Channel::MeaningBest, best);
        });
    }
}

/// The newest messages of each file as one text, younger ones heavier.
fn as_one_text(channels: &mut Channels, index: &Index, messages: &[Vector], aim: &Aim) {
    let history = index.history();
    for (file, _) in index.docs() {
        let touches = history.path_of(file).map_or(&[][..], |path| history.touches(path));
        let (mut sum, mut weight) = ([0.0; DIMENSIONS], 1.0);
        for commit in touches.iter().take(MOST_MESSAGES) {
            add(&mut sum, &messages[*commit as usize], weight / breadth(history, *commit));
            weight *= NEXT;
        }
        if !touches.is_empty() {
            point(&mut sum);
            channels.set(file.index(), Channel::MeaningText, aim.likelier(dot(&sum, &aim.whole)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::holding;
    use super::*;
    use crate::domain::{Commit, CommitId, RelPath, RootId};

    /// "password" goes with `auth`, and "line" with `canvas`.
    fn lexicon() -> Arc<Lexicon> {
        let side = |at: usize| {
            let mut vector = [0.0; DIMENSIONS];
            vector[at] = 1.0;
            Side::new(1.0, &vector)
        };
        let entry = |at: usize| Entry { asked: side(at), told: side(at) };
        let words = [("password", 0), ("auth", 0), ("line", 1), ("canva", 1)];
        Arc::new(Lexicon::new(8.0, words.map(|(term, at)| (Box::from(term), entry(at))).into()))
    }

    fn index() -> Index {
        holding(&[
            ("src/auth/token.rs", "pub fn issue() {}\n"),
            ("src/canvas/pen.rs", "pub fn draw() {}\n"),
            ("src/other.rs", "pub fn auth() {}\n"),
        ])
    }

    #[test]
    fn a_path_is_found_by_words_that_it_does_not_have() {
        let (index, lexicon) = (index(), lexicon());
        let mut channels = Channels::new(index.slots());
        let meaning = fill(&mut channels, "password is refused", &lexicon, &index);
        let told = |file: usize, channel| channels.get(file, channel);
        assert!(told(0, Channel::Meaning) > 100.0 * told(1, Channel::Meaning));
        assert!(told(2, Channel::MeaningNames) > 100.0 * told(1, Channel::MeaningNames));
        assert_eq!(meaning.pair("src/auth/token.rs"), Some(("auth", "password")));
        assert_eq!(meaning.pair("src/canvas/pen.rs"), None);
        let mut again = Channels::new(index.slots());
        refresh(&mut again, &meaning, &index, &[FileId(0), FileId(1), FileId(2)]);
        for file in 0..3 {
            for channel in [Channel::Meaning, Channel::MeaningSubject, Channel::MeaningNames] {
                let apart = again.get(file as usize, channel) - told(file as usize, channel);
                assert!(apart.abs() < 1e-3 * told(file as usize, channel), "{file} {channel:?} {apart}");
            }
        }
    }

    #[test]
    fn past_messages_speak_by_what_they_mean() {
        let (mut index, lexicon) = (index(), lexicon());
        let said = |number: u8, message: &str, file: &str| Commit {
            id: CommitId([number; 20]),
            time: i64::from(number),
            author: Arc::from("a@b.c"),
            message: Arc::from(message),
            files: [RelPath::from(file)].into(),
            moves: Arc::default(),
        };
        let said = [said(1, "auth of guests", "src/canvas/pen.rs"), said(2, "line", "src/other.rs")];
        index.extend_history(RootId(0), &said);
        let mut channels = Channels::new(index.slots());
        let _meaning = fill(&mut channels, "password", &lexicon, &index);
        for channel in [Channel::MeaningPast, Channel::MeaningBest, Channel::MeaningText] {
            assert!(channels.get(1, channel) > 10.0 * channels.get(2, channel), "{channel:?}");
        }
    }

    #[test]
    fn nothing_is_told_without_a_lexicon() {
        let index = index();
        let mut channels = Channels::new(index.slots());
        let _meaning = fill(&mut channels, "password", &Arc::default(), &index);
        assert!((0..3).all(|file| channels.get(file, Channel::Meaning) == 0.0));
    }
}
