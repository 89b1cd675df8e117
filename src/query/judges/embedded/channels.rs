//! Channels: one number per file for each way in which a request can point at it.

/// A kind of evidence, as an index into [`Channels`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// BM25F over path, symbols, content and comments.
    Text,
    /// The same for the first line's terms.
    TextSubject,
    /// BM25 over content and comments alone.
    Content,
    /// BM25 over the path alone.
    Path,
    /// BM25 over defined names alone.
    Symbols,
    /// The best chunk: summed idf of the terms that stand in it.
    Chunk,
    /// The same for the first line's terms.
    ChunkSubject,
    /// Share of the request's idf that the file holds anywhere.
    Coverage,
    /// idf of whole identifiers of the request that the file holds.
    Whole,
    /// idf of whole identifiers of the request that the file defines.
    Defines,
    /// Share of the file name's words that the request says.
    NameSaid,
    /// Share of the request's idf that the file name says.
    NameCovers,
    /// Best idf of a directory's word that the request says.
    DirSaid,
    /// Whether the path has the scope that the request names.
    Scope,
    /// Share of the idf of the request's rarest three terms that the file holds.
    Rare,
    /// Similar past messages, summed onto their files, younger ones heavier.
    History,
    /// The same for the first line's terms.
    HistorySubject,
    /// The most similar past message that touched the file.
    HistoryBest,
    /// Past messages of the file as one text.
    HistoryText,
    /// Commits among the most similar that touched it.
    HistoryCount,
    /// Changes together with files that match.
    CoChange,
    /// Imported by files that match.
    Imported,
    /// Imports files that match.
    Imports,
    /// Mean text score of its directory.
    DirText,
    /// Mean history score of its directory.
    DirHistory,
    /// Best text score among files of the same stem (its test, its header).
    Twin,
    /// Best history score among files of the same stem.
    TwinHistory,
}

impl Channel {
    /// Number of channels.
    pub const COUNT: usize = 27;

    /// Every channel, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Text,
        Self::TextSubject,
        Self::Content,
        Self::Path,
        Self::Symbols,
        Self::Chunk,
        Self::ChunkSubject,
        Self::Coverage,
        Self::Whole,
        Self::Defines,
        Self::NameSaid,
        Self::NameCovers,
        Self::DirSaid,
        Self::Scope,
        Self::Rare,
        Self::History,
        Self::HistorySubject,
        Self::HistoryBest,
        Self::HistoryText,
        Self::HistoryCount,
        Self::CoChange,
        Self::Imported,
        Self::Imports,
        Self::DirText,
        Self::DirHistory,
        Self::Twin,
        Self::TwinHistory,
    ];

    /// Channels that a ranker reads by rank, and by share of the request's best, too.
    pub const RANKED: [Self; 12] = [
        Self::Text,
        Self::TextSubject,
        Self::Path,
        Self::Symbols,
        Self::Chunk,
        Self::History,
        Self::HistorySubject,
        Self::HistoryBest,
        Self::HistoryText,
        Self::CoChange,
        Self::DirText,
        Self::DirHistory,
    ];
}

/// All channels of all files.
#[derive(Debug, Clone, Default)]
pub struct Channels {
    values: Vec<[f32; Channel::COUNT]>,
}

impl Channels {
    /// Zeros for so many file slots.
    pub fn new(slots: usize) -> Self {
        Self { values: vec![[0.0; Channel::COUNT]; slots] }
    }

    /// Number of file slots.
    pub fn slots(&self) -> usize {
        self.values.len()
    }

    /// Makes room for a slot.
    pub fn reach(&mut self, slots: usize) {
        if self.values.len() < slots {
            self.values.resize(slots, [0.0; Channel::COUNT]);
        }
    }

    /// One file's numbers.
    pub fn row(&self, slot: usize) -> &[f32; Channel::COUNT] {
        &self.values[slot]
    }

    /// One file's numbers, to change.
    pub fn row_mut(&mut self, slot: usize) -> &mut [f32; Channel::COUNT] {
        &mut self.values[slot]
    }

    /// All files' numbers, to change.
    pub fn rows_mut(&mut self) -> &mut [[f32; Channel::COUNT]] {
        &mut self.values
    }

    /// One number.
    pub fn get(&self, slot: usize, channel: Channel) -> f32 {
        self.values[slot][channel as usize]
    }

    /// Sets one number.
    pub fn set(&mut self, slot: usize, channel: Channel, value: f32) {
        self.values[slot][channel as usize] = value;
    }

    /// Adds to one number.
    pub fn add(&mut self, slot: usize, channel: Channel, value: f32) {
        self.values[slot][channel as usize] += value;
    }

    /// The best `count` slots of a channel with a value over zero, best first, ties by slot.
    pub fn best(&self, count: usize, score: impl Fn(&[f32; Channel::COUNT]) -> f32) -> Vec<(usize, f32)> {
        let mut all: Vec<(usize, f32)> = self
            .values
            .iter()
            .enumerate()
            .map(|(slot, row)| (slot, score(row)))
            .filter(|(_, value)| *value > 0.0)
            .collect();
        let order = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if all.len() > count {
            all.select_nth_unstable_by(count, order);
            all.truncate(count);
        }
        all.sort_unstable_by(order);
        all
    }
}
