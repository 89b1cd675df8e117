//! Ranking signals: the families of evidence whose shares every result shows.

/// A family of evidence behind a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Words of the request in the file's content and comments.
    Content,
    /// Words of the request in the path.
    Path,
    /// Words of the request in names the file defines.
    Symbols,
    /// Commits that speak of the request and touched the file.
    History,
    /// Imports, co-changes and neighbours of files that match.
    Structure,
    /// What kind of file it is.
    Kind,
    /// Dirty, recently saved, previewed or pinned.
    Active,
    /// Close to what is active.
    Neighbours,
    /// Touched by the most recent commits.
    Recent,
    /// Fits the current task.
    Task,
    /// What a model says of the file's text.
    Model,
}

impl Signal {
    /// Every signal, in the order shown.
    pub const ALL: [Self; 11] = [
        Self::Content,
        Self::Path,
        Self::Symbols,
        Self::History,
        Self::Structure,
        Self::Kind,
        Self::Active,
        Self::Neighbours,
        Self::Recent,
        Self::Task,
        Self::Model,
    ];

    /// The stable name in JSON and on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Path => "path",
            Self::Symbols => "symbols",
            Self::History => "history",
            Self::Structure => "structure",
            Self::Kind => "kind",
            Self::Active => "active",
            Self::Neighbours => "neighbours",
            Self::Recent => "recent",
            Self::Task => "task",
            Self::Model => "model",
        }
    }
}

/// How much each signal moved a score; shares are signed, and their absolute values sum to 1 (or all are 0).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SignalShares([f32; Signal::ALL.len()]);

impl SignalShares {
    /// Scales raw contributions (log-odds, signed) to shares.
    pub fn from_contributions(raw: [f32; Signal::ALL.len()]) -> Self {
        let sum: f32 = raw.iter().map(|value| value.abs()).sum();
        if sum > 0.0 { Self(raw.map(|value| value / sum)) } else { Self::default() }
    }

    /// The share of one signal, -1 to 1.
    pub const fn get(&self, signal: Signal) -> f32 {
        self.0[signal as usize]
    }

    /// Signals that moved the score, largest absolute share first.
    pub fn sorted(&self) -> Vec<(Signal, f32)> {
        let mut all: Vec<_> = Signal::ALL
            .into_iter()
            .map(|signal| (signal, self.get(signal)))
            .filter(|(_, share)| *share != 0.0)
            .collect();
        all.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        all
    }
}
