//! The cut: from which probability on the files of one request are answered "yes".
//!
//! Probabilities are calibrated, so that their sum is the number of answers to expect. A file is listed from a given part of
//! that sum, raised to a power, on: a request that points clearly at three files gets a short list, a vague one, of whose
//! answers few are likely to be found, a much longer one. In the median such lists are as long as those of one probability for
//! all requests, or of a part of the sum itself, and hold more.

use serde::{Deserialize, Serialize};

/// The leaders of each kind of evidence whose probabilities are summed, here and where cuts are fitted; what lies beyond holds
/// few answers, and much noise.
pub const LEADERS: usize = 40;

/// What the number of expected answers is raised to. Of lists with the same median on repositories held out, those by 1.5 hold
/// as much as those by the square and are shorter where they are long; those by 1, and by 2.5, hold less.
const POWER: f32 = 1.5;

/// In a tree of few files each is some part of all answers: one is not listed below this part of what a draw would give.
const CHANCE: f32 = 0.1;

/// How the cut of a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// The part of the number of expected answers, raised to [`POWER`], that a file's probability must be, 0 to 1.
    pub part: f32,
    /// A file is listed from this probability on, whatever else is expected.
    pub surely: f32,
    /// A file below this probability is never listed.
    pub hardly: f32,
    /// A list is not longer, but for files that are listed surely.
    pub most: usize,
}

impl Cut {
    /// The same probability for every request.
    pub fn at(probability: f32) -> Self {
        Self { part: 0.0, surely: probability, hardly: probability, most: usize::MAX }
    }

    /// The least probability that is answered "yes", given those of the request's most promising files, in any order.
    pub fn threshold(&self, probabilities: &mut [f32]) -> f32 {
        probabilities.sort_unstable_by(|a, b| b.total_cmp(a));
        let part = self.part * probabilities.iter().sum::<f32>().powf(POWER);
        let last = probabilities.get(self.most.saturating_sub(1)).copied().unwrap_or_default();
        let chance = CHANCE / probabilities.len().max(1) as f32;
        part.max(last).max(self.hardly).max(chance).min(self.surely)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Cut = Cut { part: 0.02, surely: 0.5, hardly: 0.01, most: 6 };

    fn listed(cut: Cut, probabilities: &[f32]) -> usize {
        let yes_at = cut.threshold(&mut probabilities.to_vec());
        probabilities.iter().filter(|probability| **probability >= yes_at).count()
    }

    #[test]
    fn a_clear_request_has_a_shorter_list_than_a_vague_one() {
        assert_eq!(listed(CUT, &[0.04, 0.9, 0.8, 0.04, 0.03]), 2);
        assert_eq!(listed(CUT, &[0.04, 0.2, 0.04, 0.04, 0.03]), 5);
    }

    #[test]
    fn a_list_has_an_end_but_leaves_nothing_probable_out() {
        let alike: Vec<f32> = (0..16).map(|at| 0.1 + at as f32 * 0.001).collect();
        assert_eq!(listed(CUT, &alike), 6);
        assert_eq!(listed(CUT, &[0.7; 12]), 12);
        assert_eq!(listed(CUT, &[0.005, 0.004, 0.001]), 0, "nothing is listed that is hardly an answer");
        assert_eq!(listed(CUT, &[]), 0);
        let small = Cut { part: 0.001, ..CUT };
        assert_eq!(listed(small, &[0.6, 0.03, 0.02]), 1, "a draw of three gives more to each");
    }

    #[test]
    fn one_probability_for_all_requests_is_a_cut_as_well() {
        assert_eq!(Cut::at(0.3).threshold(&mut [0.9, 0.2]), 0.3);
        assert_eq!(Cut::at(0.3).threshold(&mut [0.1]), 0.3);
    }
}
