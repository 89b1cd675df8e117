//! Batches: commits of one repository that are told apart at once, with what each shall point at.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::random::Random;
use super::speech::{Saying, Speech};
use crate::index::TermId;

/// Commits of one repository that are told apart at once.
const BATCH: usize = 384;
/// Fewer tell too little apart.
const LEAST_BATCH: usize = 8;
/// Commits of each repository in one round, so that long histories do not lead.
const MOST_A_ROUND: usize = 4_000;
/// One request in so many is the whole message.
const WHOLE: usize = 3;
/// A file that more commits of a batch touched pairs none of them.
const MOST_SHARING: usize = 12;

/// A repository in terms of the vocabulary.
pub struct Heard {
    subjects: Vec<Vec<u32>>,
    bodies: Vec<Vec<u32>>,
    files: Vec<Vec<u32>>,
    paths: Vec<Vec<u32>>,
}

impl Heard {
    /// Reads what was said, leaving out terms that are not known.
    pub fn of(speech: &Speech, known: &HashMap<&str, u32>) -> Self {
        let number = |term: &TermId| known.get(speech.terms.term(*term)).copied();
        let read = |terms: &Vec<TermId>| terms.iter().filter_map(number).collect::<Vec<u32>>();
        let told = |saying: &&Saying| read(&saying.subject).len() > 1;
        let sayings: Vec<_> = speech.sayings.iter().filter(told).collect();
        Self {
            subjects: sayings.iter().map(|saying| read(&saying.subject)).collect(),
            bodies: sayings.iter().map(|saying| read(&saying.body)).collect(),
            files: sayings.iter().map(|saying| saying.files.clone()).collect(),
            paths: speech.paths.iter().map(read).collect(),
        }
    }
}

/// The batches of one round, in any order.
pub fn batches(repositories: &[Heard], random: &mut Random) -> Vec<(usize, Vec<usize>)> {
    let mut batches = Vec::new();
    for (number, repository) in repositories.iter().enumerate() {
        let mut members: Vec<usize> = (0..repository.subjects.len()).collect();
        random.shuffle(&mut members);
        members.truncate(MOST_A_ROUND);
        let whole = members.chunks(BATCH).filter(|part| part.len() >= LEAST_BATCH);
        batches.extend(whole.map(|part| (number, part.to_vec())));
    }
    random.shuffle(&mut batches);
    batches
}

/// Commits that are told apart at once.
pub struct Batch {
    /// The terms that each asks with.
    pub asked: Vec<Vec<u32>>,
    /// The terms of one path that each touched.
    pub told: Vec<Vec<u32>>,
    /// Paths of others that a commit touched too, by commit and other: no counter-examples.
    pub also: HashSet<(usize, usize)>,
    /// Commits that share a file.
    pub sharing: HashSet<(usize, usize)>,
    /// Pairs of them that shall be near.
    pub pairs: Vec<(usize, usize)>,
}

impl Batch {
    /// Draws for each commit how much of its message asks, and which of its paths shall answer.
    pub fn draw(repository: &Heard, members: &[usize], random: &mut Random) -> Self {
        let mut batch = Self {
            asked: Vec::new(),
            told: Vec::new(),
            also: HashSet::new(),
            sharing: HashSet::new(),
            pairs: Vec::new(),
        };
        let mut touching: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut gold = Vec::new();
        for (at, member) in members.iter().enumerate() {
            let files = &repository.files[*member];
            let path = files[random.below(files.len())];
            gold.push(path);
            batch.told.push(repository.paths[path as usize].clone());
            let mut terms = repository.subjects[*member].clone();
            if random.below(WHOLE) == 0 {
                terms.extend(&repository.bodies[*member]);
            }
            batch.asked.push(terms);
            for file in files {
                touching.entry(*file).or_default().push(at);
            }
        }
        for (other, path) in gold.iter().enumerate() {
            batch.also.extend(touching[path].iter().filter(|at| **at != other).map(|at| (*at, other)));
        }
        for sharing in touching.values() {
            for a in sharing {
                batch.sharing.extend(sharing.iter().filter(|b| *b != a).map(|b| (*a, *b)));
            }
            if (2..=MOST_SHARING).contains(&sharing.len()) {
                let first = random.below(sharing.len());
                let second = (first + 1 + random.below(sharing.len() - 1)) % sharing.len();
                if sharing[first] != sharing[second] {
                    batch.pairs.push((sharing[first], sharing[second]));
                }
            }
        }
        batch
    }
}
