//! The weights file: fitted trees, calibration and ranking weights, with where they came from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cut::Cut;
use super::features;
use super::lexicon::{Lexicon, LexiconError};
use super::trees::{Child, Forest, Node, Tree};
use crate::query::rank::RankWeights;

/// The format that this program reads and writes.
pub const FORMAT: u32 = 3;

/// The weights that ship inside.
const EMBEDDED: &str = include_str!("../../../../assets/judge.json");

/// The lexicon that ships inside.
const EMBEDDED_LEXICON: &[u8] = include_bytes!("../../../../assets/judge.lexicon");

/// Why weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// Not the JSON that is expected.
    #[error("the judge's weights do not parse: {0}; fit them anew with `quarry eval --fit`")]
    Syntax(#[from] serde_json::Error),
    /// Written by another version.
    #[error(
        "the judge's weights have format {0}, and this program reads {FORMAT}; fit them anew with `quarry eval --fit`"
    )]
    Format(u32),
    /// Fitted on other features.
    #[error(
        "the judge's weights were fitted on other features ({0}); fit them anew with `quarry eval --fit`"
    )]
    Features(String),
    /// The checksum does not match.
    #[error("the judge's weights are damaged: the checksum does not match")]
    Checksum,
    /// The trees do not hold together.
    #[error("the judge's weights are damaged: {0}")]
    Trees(String),
    /// The lexicon cannot be used.
    #[error(transparent)]
    Lexicon(#[from] LexiconError),
    /// The trees were fitted with another lexicon.
    #[error(
        "the judge's lexicon is not the one that its weights were fitted with; fit both anew with `quarry eval --fit`"
    )]
    OtherLexicon,
}

/// One repository that weights were fitted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// Its name, `owner/name`.
    pub repository: String,
    /// Commits used.
    pub commits: usize,
    /// The newest of them.
    pub newest: String,
}

/// Where weights came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Provenance {
    /// The command that made them.
    pub command: String,
    /// The repositories and commits.
    pub fitted_on: Vec<Fitted>,
    /// The repositories and commits that the ranking weights were fitted on.
    #[serde(default)]
    pub ranking_fitted_on: Vec<Fitted>,
    /// Rows (file and request) that the trees saw.
    pub rows: usize,
    /// Mean Recall@10 and Recall@50 of whole repositories held out while fitting (cross-validated by repository).
    pub held_out_recall: [f32; 2],
}

/// Fitted numbers besides the trees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Log-odds of "yes" are `slope * score + offset`.
    pub slope: f32,
    /// See `slope`.
    pub offset: f32,
    /// From which probability on the verdict is yes.
    pub cut: Cut,
}

#[derive(Debug, Serialize, Deserialize)]
struct File {
    format: u32,
    provenance: Provenance,
    calibration: Calibration,
    ranking: RankWeights,
    features: Vec<String>,
    lexicon: String,
    checksum: String,
    trees: Vec<FlatTree>,
}

/// A tree as columns: `[feature]`, `[threshold]`, `[value]`, `[left]`, `[right]`, `[leaf]`; children below 0 are leaves.
#[derive(Debug, Serialize, Deserialize)]
struct FlatTree(Vec<u8>, Vec<f32>, Vec<f32>, Vec<i16>, Vec<i16>, Vec<f32>);

/// Everything that the embedded judge was taught.
#[derive(Debug, Clone)]
pub struct Weights {
    /// Where it came from.
    pub provenance: Provenance,
    /// From score to probability and verdict.
    pub calibration: Calibration,
    /// Ranking signals.
    pub ranking: RankWeights,
    /// The trees.
    pub forest: Forest,
    /// What words mean.
    pub lexicon: Arc<Lexicon>,
}

impl Weights {
    /// The weights that ship inside.
    ///
    /// # Errors
    /// See [`WeightsError`].
    pub fn embedded() -> Result<Self, WeightsError> {
        Self::parse(EMBEDDED, EMBEDDED_LEXICON)
    }

    /// A name that changes with what was taught.
    pub fn fingerprint(&self) -> String {
        let text = self.to_text().unwrap_or_default();
        blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
    }

    /// Reads a weights file and the lexicon file beside it.
    ///
    /// # Errors
    /// See [`WeightsError`].
    pub fn parse(text: &str, lexicon: &[u8]) -> Result<Self, WeightsError> {
        let file: File = serde_json::from_str(text)?;
        if file.format != FORMAT {
            return Err(WeightsError::Format(file.format));
        }
        let names: Vec<String> = features::names().into_iter().map(|(name, _)| name).collect();
        if let Some((here, there)) = names.iter().zip(&file.features).find(|(a, b)| a != b) {
            return Err(WeightsError::Features(format!("{there} where this program has {here}")));
        }
        if names.len() != file.features.len() {
            return Err(WeightsError::Features(format!(
                "{} of them, not {}",
                file.features.len(),
                names.len()
            )));
        }
        if file.checksum != checksum(&file.trees)? {
            return Err(WeightsError::Checksum);
        }
        let lexicon = Lexicon::parse(lexicon)?;
        if lexicon.checksum() != file.lexicon {
            return Err(WeightsError::OtherLexicon);
        }
        let trees = file
            .trees
            .into_iter()
            .map(FlatTree::unfold)
            .collect::<Result<_, _>>()
            .map_err(WeightsError::Trees)?;
        let forest = Forest::new(trees, features::COUNT).map_err(WeightsError::Trees)?;
        Ok(Self {
            provenance: file.provenance,
            calibration: file.calibration,
            ranking: file.ranking,
            forest,
            lexicon: Arc::new(lexicon),
        })
    }

    /// The ranking weights of a weights file (else of those that ship inside) with what they were fitted on, whatever
    /// features its trees read.
    pub fn ranking_of(text: Option<&str>) -> Option<(RankWeights, Vec<Fitted>)> {
        #[derive(Deserialize)]
        struct Part {
            ranking: RankWeights,
            provenance: Provenance,
        }
        let part: Part = serde_json::from_str(text.unwrap_or(EMBEDDED)).ok()?;
        Some((part.ranking, part.provenance.ranking_fitted_on))
    }

    /// The text of a weights file.
    ///
    /// # Errors
    /// Numbers that JSON has no form for.
    pub fn to_text(&self) -> Result<String, WeightsError> {
        let trees: Vec<FlatTree> = self.forest.trees().iter().map(FlatTree::fold).collect();
        let file = File {
            format: FORMAT,
            provenance: self.provenance.clone(),
            calibration: self.calibration,
            ranking: self.ranking,
            features: features::names().into_iter().map(|(name, _)| name).collect(),
            lexicon: self.lexicon.checksum().to_owned(),
            checksum: checksum(&trees)?,
            trees,
        };
        Ok(serde_json::to_string(&file)? + "\n")
    }
}

fn checksum(trees: &[FlatTree]) -> Result<String, serde_json::Error> {
    Ok(blake3::hash(&serde_json::to_vec(trees)?).to_hex()[..32].to_owned())
}

impl FlatTree {
    fn fold(tree: &Tree) -> Self {
        let child = |child: Child| match child {
            Child::Node(at) => i16::from(at),
            Child::Leaf(at) => -1 - i16::from(at),
        };
        let nodes = &tree.nodes;
        Self(
            nodes.iter().map(|node| node.feature).collect(),
            nodes.iter().map(|node| node.threshold).collect(),
            nodes.iter().map(|node| node.value).collect(),
            nodes.iter().map(|node| child(node.left)).collect(),
            nodes.iter().map(|node| child(node.right)).collect(),
            tree.leaves.clone(),
        )
    }

    fn unfold(self) -> Result<Tree, String> {
        let Self(features, thresholds, values, left, right, leaves) = self;
        let count = features.len();
        if [thresholds.len(), values.len(), left.len(), right.len()] != [count; 4]
            || count >= super::trees::MAX_LEAVES
        {
            return Err("a tree's columns differ in length".to_owned());
        }
        let child = |at: i16| if at < 0 { Child::Leaf((-1 - at) as u8) } else { Child::Node(at as u8) };
        let nodes = (0..count)
            .map(|at| Node {
                feature: features[at],
                threshold: thresholds[at],
                value: values[at],
                left: child(left[at]),
                right: child(right[at]),
            })
            .collect();
        Ok(Tree { nodes, leaves })
    }
}
