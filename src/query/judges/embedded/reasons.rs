//! Reasons: the evidence that moved a score, in a developer's words, with the lines it stands on.
//!
//! Every sentence is read from the index again for the file at hand; what cannot be shown is not said.

use super::channels::Channel;
use super::features;
use super::links::together;
use super::reading::Reading;
use super::text::{Match, chunk_scores, matches};
use crate::domain::{Detail, Evidence, FileId, Signal, SignalShares, Span};
use crate::index::{Doc, Index, Role, Symbol, chunk_span, tokens};
use crate::text::amount;

/// Moves smaller than this, in log-odds, are noise to a reader.
const WORTH_SAYING: f32 = 0.02;
/// Words named in one sentence.
const MOST_WORDS: usize = 3;
/// Characters of a path that a sentence still names in full.
const LONGEST_PATH: usize = 40;
/// Names that say nothing without their directory.
const COMMON_STEMS: [&str; 7] = ["mod", "lib", "main", "index", "__init__", "package-info", "README"];
const JUST_NOW: &str = "just now";

/// What kind of sentence explains a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Words,
    Path,
    Symbols,
    Meaning,
    History,
    CoChange,
    Imports,
    Twin,
    Directory,
    Habit,
    Role,
}

const TOPICS: [Topic; 11] = [
    Topic::Words,
    Topic::Path,
    Topic::Symbols,
    Topic::Meaning,
    Topic::History,
    Topic::CoChange,
    Topic::Imports,
    Topic::Twin,
    Topic::Directory,
    Topic::Habit,
    Topic::Role,
];

/// Explains one file's score from how much each feature moved it.
pub fn explain(reading: &Reading, index: &Index, file: FileId, moved: &[f32; features::COUNT]) -> Detail {
    let Some(doc) = index.doc(file) else { return Detail::default() };
    let names = features::names();
    let mut shares = [0.0; Signal::ALL.len()];
    let mut weights = [0.0_f32; TOPICS.len()];
    for (feature, change) in moved.iter().enumerate() {
        shares[names[feature].1 as usize] += change;
        weights[topic(feature, names[feature].1) as usize] += change;
    }
    let found = matches(&reading.request, index, file);
    let teller = Teller { reading, index, file, doc, matches: &found };
    let mut evidence: Vec<Evidence> = TOPICS
        .into_iter()
        .filter_map(|topic| teller.tell(topic).map(|told| (told, weights[topic as usize])))
        .map(|((signal, text, span), weight)| Evidence { signal, weight, text, span })
        .collect();
    evidence.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let spans = teller.spans(&evidence);
    Detail {
        reason: teller.reason(&evidence),
        evidence,
        spans,
        shares: SignalShares::from_contributions(shares),
    }
}

fn topic(feature: usize, signal: Signal) -> Topic {
    match features::channel_of(feature) {
        Some(Channel::CoChange | Channel::CoChangeBest) => Topic::CoChange,
        Some(Channel::OwnTogether) => Topic::Habit,
        Some(Channel::Meaning | Channel::MeaningSubject | Channel::MeaningNames) => Topic::Meaning,
        Some(
            Channel::Imported | Channel::Imports | Channel::Calls | Channel::Called | Channel::SameNames,
        ) => Topic::Imports,
        Some(Channel::Twin | Channel::TwinHistory | Channel::NameAlike) => Topic::Twin,
        Some(
            Channel::DirText
            | Channel::DirHistory
            | Channel::DirBest
            | Channel::DirPlace
            | Channel::UpText
            | Channel::UpHistory,
        ) => Topic::Directory,
        Some(
            Channel::Text
            | Channel::TextSubject
            | Channel::Counted
            | Channel::Content
            | Channel::Path
            | Channel::Symbols
            | Channel::Chunk
            | Channel::ChunkSubject
            | Channel::Coverage
            | Channel::Whole
            | Channel::Defines
            | Channel::Home
            | Channel::HomeBest
            | Channel::Phrase
            | Channel::PhraseNames
            | Channel::Named
            | Channel::NameSaid
            | Channel::NameCovers
            | Channel::DirSaid
            | Channel::Scope
            | Channel::Rare
            | Channel::History
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
            | Channel::MeaningText
            | Channel::Fused
            | Channel::RolePlace
            | Channel::Expand,
        )
        | None => match signal {
            Signal::Content => Topic::Words,
            Signal::Path => Topic::Path,
            Signal::Symbols => Topic::Symbols,
            Signal::History => Topic::History,
            Signal::Structure => Topic::Imports,
            Signal::Recent => Topic::Habit,
            Signal::Kind | Signal::Active | Signal::Neighbours | Signal::Task | Signal::Model => Topic::Role,
        },
    }
}

type Told = (Signal, String, Option<Span>);

struct Teller<'a> {
    reading: &'a Reading,
    index: &'a Index,
    file: FileId,
    doc: &'a Doc,
    matches: &'a [Match],
}

impl Teller<'_> {
    fn tell(&self, topic: Topic) -> Option<Told> {
        match topic {
            Topic::Words => self.words(),
            Topic::Path => self.path(),
            Topic::Symbols => self.symbols(),
            Topic::Meaning => self.meaning(),
            Topic::History => self.history(),
            Topic::CoChange => self.co_change(),
            Topic::Imports => self.imports(),
            Topic::Twin => self.twin(),
            Topic::Directory => self.directory(),
            Topic::Habit => self.habit(),
            Topic::Role => self.role(),
        }
    }

    /// The row's one line: the two strongest pieces of evidence for it, what points at the request before what is
    /// so whatever is asked; or what is missing.
    fn reason(&self, evidence: &[Evidence]) -> String {
        let strong = || evidence.iter().filter(|piece| piece.weight > WORTH_SAYING);
        let is_habit = |piece: &&Evidence| matches!(piece.signal, Signal::Kind | Signal::Recent);
        let mut told: Vec<&str> =
            strong().filter(|piece| !is_habit(piece)).take(2).map(|piece| piece.text.as_str()).collect();
        if told.is_empty() {
            told = strong().filter(is_habit).take(2).map(|piece| piece.text.as_str()).collect();
        }
        if !told.is_empty() {
            return told.join(" · ");
        }
        if self.matches.is_empty() {
            let past = self.reading.channels.get(self.file.index(), Channel::History) > 0.0;
            return if past {
                "only its history speaks of the request"
            } else {
                "none of the words occur in it"
            }
            .to_owned();
        }
        format!("says {}, but little else of the request", self.quote(self.matches.iter()))
    }

    fn spans(&self, evidence: &[Evidence]) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for span in evidence.iter().filter_map(|piece| piece.span) {
            if !spans.iter().any(|known| known.first <= span.last && span.first <= known.last) {
                spans.push(span);
            }
        }
        if spans.is_empty() && !self.matches.is_empty() {
            spans.extend(self.best_chunk().map(|(chunk, _)| chunk_span(chunk, self.doc.lines)));
        }
        spans
    }

    /// Words in backquotes, rarest first; a part of a word that is already said is left out.
    fn quote<'m>(&self, found: impl Iterator<Item = &'m Match>) -> String {
        let mut terms: Vec<_> =
            found.map(|found| &self.reading.request.terms[usize::from(found.term)]).collect();
        terms.sort_by(|a, b| b.idf.total_cmp(&a.idf));
        let words = whole(terms.iter().map(|term| &*term.word));
        let words: Vec<String> = words.iter().take(MOST_WORDS).map(|word| format!("`{word}`")).collect();
        match words.as_slice() {
            [one] => one.clone(),
            [first, last] => format!("{first} and {last}"),
            _ => words.join(", "),
        }
    }

    fn best_chunk(&self) -> Option<(u32, f32)> {
        let [scores, _] = chunk_scores(&self.reading.request, self.matches);
        let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))?;
        (*best.1 > 0.0).then_some((best.0 as u32, *best.1))
    }

    fn words(&self) -> Option<Told> {
        let (chunk, _) = self.best_chunk()?;
        let here = |found: &&Match| found.chunks & (1 << chunk) != 0 && found.counts[2..] != [0, 0];
        let held: Vec<&Match> = self.matches.iter().filter(here).collect();
        if held.is_empty() {
            return None;
        }
        let span = chunk_span(chunk, self.doc.lines);
        let text = if held.len() == 1 {
            let times = u32::from(held[0].counts[2]) + u32::from(held[0].counts[3]);
            let often = if times == 1 { "once".to_owned() } else { format!("{times} times") };
            format!("says {} {often}", self.quote(held.into_iter()))
        } else {
            format!("says {} together", self.quote(held.into_iter()))
        };
        Some((Signal::Content, text, Some(span)))
    }

    fn path(&self) -> Option<Told> {
        let found: Vec<&Match> = self.matches.iter().filter(|found| found.counts[0] > 0).collect();
        let in_name = |found: &&&Match| {
            self.doc.profile.name_terms.contains(&self.reading.request.terms[usize::from(found.term)].id)
        };
        let named: Vec<&Match> = found.iter().filter(in_name).copied().collect();
        if !named.is_empty() {
            return Some((Signal::Path, format!("named {}", self.quote(named.into_iter())), None));
        }
        (!found.is_empty())
            .then(|| (Signal::Path, format!("its path says {}", self.quote(found.into_iter())), None))
    }

    /// The defined names that hold most of the request's words, weighted by rarity.
    fn symbols(&self) -> Option<Told> {
        let said: Vec<&Match> = self.matches.iter().filter(|found| found.counts[1] > 0).collect();
        if said.is_empty() {
            return None;
        }
        let score = |symbol: &Symbol| -> f32 {
            let ids: Vec<_> =
                tokens::terms(&symbol.name).iter().filter_map(|term| self.index.term(term)).collect();
            let hit = |found: &&&Match| ids.contains(&self.reading.request.terms[usize::from(found.term)].id);
            let held: f32 = said
                .iter()
                .filter(hit)
                .map(|found| self.reading.request.terms[usize::from(found.term)].idf)
                .sum();
            held / (ids.len() as f32 + 2.0).sqrt()
        };
        let mut best: Vec<(f32, &Symbol)> = self
            .doc
            .symbols
            .iter()
            .map(|symbol| (score(symbol), symbol))
            .filter(|(score, _)| *score > 0.0)
            .collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.span.cmp(&b.1.span)));
        let (_, first) = best.first()?;
        let other = best
            .iter()
            .map(|(_, symbol)| symbol)
            .find(|symbol| !symbol.name.contains(' ') && !first.name.contains(&*symbol.name));
        let text = other.map_or_else(
            || format!("defines `{}`", first.name),
            |other| format!("defines `{}` and `{}`", first.name, other.name),
        );
        Some((Signal::Symbols, text, Some(first.span)))
    }

    /// A word of the path, and the word of the request that it goes with.
    fn meaning(&self) -> Option<Told> {
        let path = self.doc.path.to_text();
        let (here, asked) = self.reading.meaning.pair(&path)?;
        Some((Signal::Path, format!("`{here}` in its path goes with ‘{asked}’"), None))
    }

    fn history(&self) -> Option<Told> {
        let history = self.index.history();
        let path = history.path_of(self.file)?;
        let touching = |commit: u32| history.commits()[commit as usize].paths.contains(&path);
        let past = &self.reading.past.whole;
        let similar: Vec<u32> =
            past.iter().map(|found| found.commit).filter(|commit| touching(*commit)).collect();
        let newest = similar.iter().map(|commit| history.commits()[*commit as usize].time).max()?;
        let mut words: Vec<(usize, &super::request::Term)> = self
            .reading
            .request
            .terms
            .iter()
            .map(|term| {
                let mentions = history.mentions(term.id);
                let says =
                    |commit: &&u32| mentions.binary_search_by_key(*commit, |mention| mention.commit).is_ok();
                (similar.iter().filter(says).count(), term)
            })
            .filter(|(count, _)| *count > 0)
            .collect();
        words.sort_by(|a, b| {
            let weight = |(count, term): &(usize, &super::request::Term)| *count as f32 * term.commit_idf;
            weight(b).total_cmp(&weight(a))
        });
        let mut said = whole(words.iter().map(|(_, term)| &*term.word));
        said.truncate(MOST_WORDS);
        // In the request's own order, the words read as it does.
        let place = |word: &&str| self.reading.request.terms.iter().position(|term| &*term.word == *word);
        said.sort_by_key(place);
        let (said, ago) = (said.join(" "), ago(self.index.now() - newest));
        let text = match similar.len() {
            1 => format!("1 commit speaks of ‘{said}’, {ago}"),
            commits if ago == JUST_NOW => format!("{commits} commits speak of ‘{said}’, the last {ago}"),
            commits => format!("{commits} commits speak of ‘{said}’, last {ago}"),
        };
        Some((Signal::History, text, None))
    }

    fn co_change(&self) -> Option<Told> {
        let seeds = self.reading.links.seeds.iter().filter(|seed| seed.file != self.file);
        let (seed, both, all) = seeds
            .map(|seed| {
                let (both, all) = together(self.index, seed.file, self.file);
                (seed, both, all)
            })
            .filter(|(_, both, _)| *both > 0)
            .max_by(|a, b| {
                let share = |(seed, both, all): &(&super::kin::Seed, u32, u32)| {
                    seed.weight * *both as f32 / (*all as f32 + 2.0)
                };
                share(a).total_cmp(&share(b))
            })?;
        let name = self.short(seed.file)?;
        let of =
            if all == 1 { "its only commit".to_owned() } else { format!("{both} of its last {all} commits") };
        Some((Signal::Structure, format!("changed with `{name}` in {of}"), None))
    }

    fn imports(&self) -> Option<Told> {
        let links = &self.reading.links;
        let seeds = || links.seeds.iter().filter(|seed| seed.file != self.file);
        if let Some(seed) = seeds().find(|seed| links.edges.imports(seed.file).contains(&self.file)) {
            let name = self.named(seed.file)?;
            return Some((Signal::Structure, format!("imported by {name}, which matches"), None));
        }
        let seed = seeds().find(|seed| links.edges.importers(seed.file).contains(&self.file))?;
        let name = self.named(seed.file)?;
        Some((Signal::Structure, format!("imports {name}, which matches"), None))
    }

    fn twin(&self) -> Option<Told> {
        if self.reading.channels.get(self.file.index(), Channel::Twin) <= 0.0 {
            return None;
        }
        let twin = self.reading.links.twin(self.doc.profile.stem, self.file)?;
        let relation = match (self.doc.profile.role, self.index.doc(twin)?.profile.role) {
            (Role::Test, Role::Code) => "tests",
            (Role::Code, Role::Test) => "tested by",
            (_, _) => "twin of",
        };
        Some((Signal::Structure, format!("{relation} `{}`, which matches", self.short(twin)?), None))
    }

    fn directory(&self) -> Option<Told> {
        if self.reading.channels.get(self.file.index(), Channel::DirText) <= 0.0 {
            return None;
        }
        let same = |seed: &&super::kin::Seed| {
            seed.file != self.file && self.index.doc(seed.file).is_some_and(|doc| doc.dir == self.doc.dir)
        };
        let seed = self.reading.links.seeds.iter().find(same)?;
        Some((Signal::Structure, format!("beside `{}`, which matches", self.short(seed.file)?), None))
    }

    fn habit(&self) -> Option<Told> {
        let history = self.index.history();
        let touches = history.path_of(self.file).map_or(0, |path| history.touches(path).len()) as u64;
        let all = history.commits().len() as u64;
        let text = if let Some(seconds) = self.reading.scale.own(self.file).age {
            format!("you changed it {}", ago(seconds))
        } else if self.reading.channels.get(self.file.index(), Channel::OwnTogether) > 0.0 {
            "changes with what you changed last".to_owned()
        } else if touches > 0 {
            format!("changed in {} of {}", amount::count(touches), amount::plural(all, "commit"))
        } else {
            return None;
        };
        Some((Signal::Recent, text, None))
    }

    fn role(&self) -> Option<Told> {
        let text = match self.doc.profile.role {
            Role::Test => "a test",
            Role::Doc => "documentation",
            Role::ChangeLog => "the list of changes",
            Role::Config => "configuration",
            Role::Code | Role::Other => return None,
        };
        Some((Signal::Kind, text.to_owned(), None))
    }

    /// The file's name, with its directory where many files have that name.
    fn short(&self, file: FileId) -> Option<String> {
        let path = self.index.doc(file)?.path.to_text().into_owned();
        let mut parts = path.rsplit('/');
        let name = parts.next()?;
        let stem = name.split('.').next().unwrap_or(name);
        let dir = parts.next().filter(|_| COMMON_STEMS.contains(&stem));
        Some(dir.map_or_else(|| name.to_owned(), |dir| format!("{dir}/{name}")))
    }

    /// The file's path, or its name where a row has no room for the path.
    fn named(&self, file: FileId) -> Option<String> {
        let path = self.index.doc(file)?.path.to_text().into_owned();
        if path.chars().count() <= LONGEST_PATH {
            Some(path)
        } else {
            Some(format!("`{}`", self.short(file)?))
        }
    }
}

/// Words without those that are part of another.
fn whole<'w>(words: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    let mut all: Vec<&str> = Vec::new();
    for word in words {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    let is_part = |word: &str| all.iter().any(|other| other.len() > word.len() && other.contains(word));
    all.iter().copied().filter(|word| !is_part(word)).collect()
}

/// A time span in words, the largest unit only.
fn ago(seconds: i64) -> String {
    let (count, unit) = match seconds.max(0) {
        0..60 => return JUST_NOW.to_owned(),
        minutes @ 60..3_600 => (minutes / 60, "minute"),
        hours @ 3_600..86_400 => (hours / 3_600, "hour"),
        days @ 86_400..5_184_000 => (days / 86_400, "day"),
        months @ 5_184_000..63_072_000 => (months / 2_592_000, "month"),
        years => (years / 31_536_000, "year"),
    };
    if count == 1 { format!("1 {unit} ago") } else { format!("{count} {unit}s ago") }
}
