//! Towers: teaches a lexicon so that what a commit said points at the paths it touched, and at what other commits of those
//! files said, and away from those of the same repository's other commits (contrastive learning with the batch's others as
//! counter-examples: van den Oord et al. 2018; one tower a side: Huang et al. 2013).

use std::collections::{BTreeMap, HashMap};

use super::batches::{Batch, Heard, batches};
use super::random::Random;
use super::speech::Speech;
use crate::index::TermId;
use crate::query::judges::embedded::lexicon::{Entry, Lexicon, Side};
use crate::query::judges::embedded::vector::{DIMENSIONS, Vector, add, dot, point};

/// A term that fewer repositories say is theirs alone.
const LEAST_REPOSITORIES: usize = 2;
/// Messages and paths that have a term.
const LEAST_COUNT: u32 = 6;
const ROUNDS: usize = 10;
const RATE: f32 = 0.004;
const SCALE_RATE: f32 = 0.01;
/// What products are multiplied with at the start.
const SCALE: f32 = 12.0;
/// What telling messages apart counts beside telling paths apart.
const MESSAGES: f32 = 0.5;

/// Teaches a lexicon; the same speeches give the same one to the last digit.
pub fn teach_lexicon(speeches: &[&Speech]) -> Lexicon {
    let vocabulary = vocabulary(speeches);
    if vocabulary.is_empty() {
        return Lexicon::default();
    }
    let mut random = Random(17);
    let counts: Vec<u32> = vocabulary.values().copied().collect();
    let mut towers = Towers {
        asked: Tower::new(&counts, &mut random),
        told: Tower::new(&counts, &mut random),
        scale: Number::new(SCALE.ln()),
        steps: 0,
    };
    // Both sides of a term start alike: a word asked for points at itself.
    towers.told.vectors.clone_from(&towers.asked.vectors);
    let known: HashMap<&str, u32> = vocabulary.keys().map(|term| &**term).zip(0..).collect();
    let repositories: Vec<Heard> = speeches.iter().map(|speech| Heard::of(speech, &known)).collect();
    for _ in 0..ROUNDS {
        for (repository, members) in batches(&repositories, &mut random) {
            towers.step(&Batch::draw(&repositories[repository], &members, &mut random));
        }
    }
    let side = |tower: &Tower, at: usize| {
        let weight = tower.weights[at].exp();
        Side::new(weight, &tower.vectors[at].map(|value| weight * value))
    };
    let words = vocabulary.into_keys().enumerate();
    let words = words
        .map(|(at, term)| (term, Entry { asked: side(&towers.asked, at), told: side(&towers.told, at) }));
    Lexicon::new(towers.scale.value.exp(), words.collect())
}

/// Terms that are worth a vector, with how many subjects and paths have them.
fn vocabulary(speeches: &[&Speech]) -> BTreeMap<Box<str>, u32> {
    let mut all: BTreeMap<Box<str>, (u32, usize)> = BTreeMap::new();
    for speech in speeches {
        let mut counts = vec![0_u32; speech.terms.len()];
        let subjects = speech.sayings.iter().map(|saying| &saying.subject);
        for term in subjects.chain(&speech.paths).flatten() {
            counts[term.0 as usize] += 1;
        }
        for (term, count) in (0..).map(TermId).zip(counts).filter(|(_, count)| *count > 0) {
            let sum = all.entry(Box::from(speech.terms.term(term))).or_default();
            sum.0 += count;
            sum.1 += 1;
        }
    }
    let least = LEAST_REPOSITORIES.min(speeches.len());
    let worth = |(count, repositories): (u32, usize)| {
        (count >= LEAST_COUNT && repositories >= least).then_some(count)
    };
    all.into_iter().filter_map(|(term, sum)| Some((term, worth(sum)?))).collect()
}

/// A number that is learned (Adam: Kingma and Ba 2015).
#[derive(Debug, Clone, Copy)]
struct Number {
    value: f32,
    slope: f32,
    mean: f32,
    square: f32,
}

impl Number {
    fn new(value: f32) -> Self {
        Self { value, slope: 0.0, mean: 0.0, square: 0.0 }
    }

    fn learn(&mut self, pace: Pace) {
        pace.learn(&mut self.value, &mut self.slope, &mut self.mean, &mut self.square);
    }
}

/// How far a step goes.
#[derive(Debug, Clone, Copy)]
struct Pace {
    rate: f32,
    mean_bias: f32,
    square_bias: f32,
}

impl Pace {
    fn at(step: i32, rate: f32) -> Self {
        Self { rate, mean_bias: 1.0 - 0.9_f32.powi(step), square_bias: 1.0 - 0.999_f32.powi(step) }
    }

    fn learn(self, value: &mut f32, slope: &mut f32, mean: &mut f32, square: &mut f32) {
        *mean += 0.1 * (*slope - *mean);
        *square += 0.001 * (*slope * *slope - *square);
        *value -= self.rate * (*mean / self.mean_bias) / ((*square / self.square_bias).sqrt() + 1e-8);
        *slope = 0.0;
    }
}

/// The vectors of one side.
struct Tower {
    vectors: Vec<Vector>,
    /// Logarithms of the weights.
    weights: Vec<f32>,
    slopes: Vec<Vector>,
    weight_slopes: Vec<f32>,
    moments: Vec<[Vector; 2]>,
    weight_moments: Vec<[f32; 2]>,
}

impl Tower {
    fn new(counts: &[u32], random: &mut Random) -> Self {
        let all = counts.iter().map(|count| *count as f32).sum::<f32>();
        let rarity: Vec<f32> = counts.iter().map(|count| (1.0 + all / (8.0 * *count as f32)).ln()).collect();
        let mean = rarity.iter().sum::<f32>() / rarity.len() as f32;
        let vectors = counts.iter().map(|_| {
            let mut vector: Vector = std::array::from_fn(|_| random.normal());
            point(&mut vector);
            vector
        });
        Self {
            vectors: vectors.collect(),
            weights: rarity.iter().map(|rarity| (rarity / mean).ln()).collect(),
            slopes: vec![[0.0; DIMENSIONS]; counts.len()],
            weight_slopes: vec![0.0; counts.len()],
            moments: vec![[[0.0; DIMENSIONS]; 2]; counts.len()],
            weight_moments: vec![[0.0; 2]; counts.len()],
        }
    }

    /// Where terms point together, at length 1, and the length before.
    fn direction(&self, terms: &[u32]) -> (Vector, f32) {
        let mut sum = [0.0; DIMENSIONS];
        for term in terms {
            add(&mut sum, &self.vectors[*term as usize], self.weights[*term as usize].exp());
        }
        let length = dot(&sum, &sum).sqrt().max(1e-6);
        (sum.map(|value| value / length), length)
    }

    /// Takes the slope of a direction.
    fn pull(&mut self, terms: &[u32], (direction, length): &(Vector, f32), slope: &Vector) {
        // What would only change the length is nothing.
        let along = dot(direction, slope);
        let slope: Vector = std::array::from_fn(|d| (slope[d] - along * direction[d]) / length);
        for term in terms {
            let at = *term as usize;
            let weight = self.weights[at].exp();
            add(&mut self.slopes[at], &slope, weight);
            self.weight_slopes[at] += weight * dot(&self.vectors[at], &slope);
        }
    }

    fn learn(&mut self, pace: Pace) {
        for ((vector, slopes), [mean, square]) in
            self.vectors.iter_mut().zip(&mut self.slopes).zip(&mut self.moments)
        {
            for at in 0..DIMENSIONS {
                pace.learn(&mut vector[at], &mut slopes[at], &mut mean[at], &mut square[at]);
            }
        }
        for ((weight, slope), [mean, square]) in
            self.weights.iter_mut().zip(&mut self.weight_slopes).zip(&mut self.weight_moments)
        {
            pace.learn(weight, slope, mean, square);
        }
    }
}

struct Towers {
    asked: Tower,
    told: Tower,
    /// The logarithm of what products are multiplied with.
    scale: Number,
    steps: i32,
}

impl Towers {
    fn step(&mut self, batch: &Batch) {
        let count = batch.asked.len();
        let asked: Vec<(Vector, f32)> = batch.asked.iter().map(|terms| self.asked.direction(terms)).collect();
        let told: Vec<(Vector, f32)> = batch.told.iter().map(|terms| self.told.direction(terms)).collect();
        let scale = self.scale.value.exp();
        let mut asked_slopes = vec![[0.0; DIMENSIONS]; count];
        let mut told_slopes = vec![[0.0; DIMENSIONS]; count];
        for at in 0..count {
            let aim = Aim { from: &asked[at].0, to: &told, target: at, scale, share: 1.0 / count as f32 };
            let (slope, of_scale) = aim.pull(&mut told_slopes, |other| batch.also.contains(&(at, other)));
            add(&mut asked_slopes[at], &slope, 1.0);
            self.scale.slope += of_scale;
        }
        for (at, near) in &batch.pairs {
            let share = MESSAGES / batch.pairs.len() as f32;
            let aim = Aim { from: &asked[*at].0, to: &asked, target: *near, scale, share };
            let skip = |other: usize| other == *at || other != *near && batch.sharing.contains(&(*at, other));
            let (slope, of_scale) = aim.pull(&mut asked_slopes, skip);
            add(&mut asked_slopes[*at], &slope, 1.0);
            self.scale.slope += of_scale;
        }
        for at in 0..count {
            self.asked.pull(&batch.asked[at], &asked[at], &asked_slopes[at]);
            self.told.pull(&batch.told[at], &told[at], &told_slopes[at]);
        }
        self.scale.slope *= scale;
        self.steps += 1;
        let pace = Pace::at(self.steps, RATE);
        self.asked.learn(pace);
        self.told.learn(pace);
        self.scale.learn(Pace::at(self.steps, SCALE_RATE));
    }
}

/// A direction that shall be nearer to its target than to all others.
struct Aim<'a> {
    from: &'a Vector,
    to: &'a [(Vector, f32)],
    target: usize,
    scale: f32,
    /// How much it counts.
    share: f32,
}

impl Aim<'_> {
    /// Adds the slopes of all but those skipped; returns those of the direction and of the scale.
    fn pull(&self, slopes: &mut [Vector], skip: impl Fn(usize) -> bool) -> (Vector, f32) {
        let product = |(other, (vector, _)): (usize, &(Vector, f32))| {
            if skip(other) { f32::NEG_INFINITY } else { dot(self.from, vector) }
        };
        let products: Vec<f32> = self.to.iter().enumerate().map(product).collect();
        let most = products.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let chances: Vec<f32> =
            products.iter().map(|product| (self.scale * (product - most)).exp()).collect();
        let all: f32 = chances.iter().sum();
        let (mut own, mut of_scale) = ([0.0; DIMENSIONS], 0.0);
        for (other, chance) in chances.into_iter().enumerate() {
            let slope = self.share * (chance / all - f32::from(u8::from(other == self.target)));
            if slope != 0.0 {
                of_scale += slope * products[other];
                add(&mut own, &self.to[other].0, slope * self.scale);
                add(&mut slopes[other], self.from, slope * self.scale);
            }
        }
        (own, of_scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RelPath;
    use crate::index::tokens;

    /// Requests that speak of logging in touch `auth/`, those on drawing touch `canvas/`, with no word in common.
    fn speech() -> Speech {
        let mut speech = Speech::default();
        for at in 0..120 {
            let [login, draw] =
                [["password refused", "session expired"][at % 2], ["line drawn", "colour wrong"][at % 2]];
            speech.hear(&format!("fix {login} {at}"), &[RelPath::from(&*format!("auth/token{}.rs", at % 9))]);
            speech.hear(&format!("fix {draw} {at}"), &[RelPath::from(&*format!("brush/pen{}.rs", at % 7))]);
        }
        speech
    }

    #[test]
    fn words_learn_which_paths_they_go_with() {
        let lexicon = teach_lexicon(&[&speech()]);
        let direction = lexicon.direction(&tokens::query_terms("password refused")).unwrap();
        let near = |path: &str| {
            let entry = lexicon.words().find(|(term, _)| *term == path).unwrap().1;
            entry.told.dot(&direction) / entry.told.weight
        };
        assert!(near("auth") > 0.1 + near("brush"), "{} {}", near("auth"), near("brush"));
        assert_eq!(lexicon, teach_lexicon(&[&speech()]));
    }

    #[test]
    fn nothing_said_teaches_nothing() {
        assert!(teach_lexicon(&[&Speech::default()]).is_empty());
    }
}
