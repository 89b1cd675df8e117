//! Channels: one number per file for each way in which a request can point at it.

/// A kind of evidence, as an index into [`Channels`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// BM25F over path, symbols, content and comments.
    Text,
    /// The same for the first line's terms.
    TextSubject,
    /// The same as [`Channel::Text`], terms that the request repeats counting more.
    Counted,
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
    /// Share of each term's occurrences in the tree that stand in the file, weighted by idf and summed.
    Home,
    /// The best single term of that sum.
    HomeBest,
    /// idf of neighbouring words of the request that the file holds as one identifier.
    Phrase,
    /// The same for names that the file defines and for its path.
    PhraseNames,
    /// Whether the request names the file: 1 by its name, 2 by the end of its path.
    Named,
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
    /// The same, the most similar messages counting far more than others, whatever their age.
    HistorySharp,
    /// The most similar past message that touched the file.
    HistoryBest,
    /// Past messages of the file as one text.
    HistoryText,
    /// The same for the first line's terms.
    HistoryTextSubject,
    /// Commits among the most similar that touched it.
    HistoryCount,
    /// Share of the similar commits that touched its directory.
    VoteDir,
    /// Share of the similar commits that touched a file of its role.
    VoteRole,
    /// Share of the similar commits that touched a file of its language.
    VoteLanguage,
    /// Text, names and history added up, each as share of its best: what second looks start from.
    Fused,
    /// Changes together with files that match.
    CoChange,
    /// The same for the one match that it changes with most.
    CoChangeBest,
    /// Imported by files that match.
    Imported,
    /// Imports files that match.
    Imports,
    /// Mean text score of its directory.
    DirText,
    /// Mean history score of its directory.
    DirHistory,
    /// Best fused score among the other files of its directory.
    DirBest,
    /// Place among the files of its directory by fused score, as a logarithm.
    DirPlace,
    /// The same among the files of its role.
    RolePlace,
    /// Mean text score below the directory above.
    UpText,
    /// Mean history score below the directory above.
    UpHistory,
    /// Best text score among files of the same stem (its test, its header).
    Twin,
    /// Best history score among files of the same stem.
    TwinHistory,
    /// Named like a file that matches.
    NameAlike,
    /// Holds the words that tell the best matches from other files.
    Expand,
    /// Similar past messages, those of the last weeks far heavier than older ones.
    HistoryFresh,
    /// Share of the commits with the scope that the request names that touched it, younger ones heavier.
    ScopePast,
    /// Says names that files which match define.
    Calls,
    /// Defines names that files which match say.
    Called,
    /// Defines the same rare names as files that match.
    SameNames,
    /// Changes together with what the person who asks changed last.
    OwnTogether,
    /// How much likelier the words of its path make it that the request is answered there.
    Meaning,
    /// The same for the first line's words.
    MeaningSubject,
    /// The same of the names that it defines.
    MeaningNames,
    /// Past messages that mean what the request means, summed onto their files, younger ones heavier.
    MeaningPast,
    /// The past message that touched the file and is nearest in meaning.
    MeaningBest,
    /// Past messages of the file as one text, by meaning.
    MeaningText,
}

impl Channel {
    /// Number of channels.
    pub const COUNT: usize = 59;

    /// Every channel, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Text,
        Self::TextSubject,
        Self::Counted,
        Self::Content,
        Self::Path,
        Self::Symbols,
        Self::Chunk,
        Self::ChunkSubject,
        Self::Coverage,
        Self::Whole,
        Self::Defines,
        Self::Home,
        Self::HomeBest,
        Self::Phrase,
        Self::PhraseNames,
        Self::Named,
        Self::NameSaid,
        Self::NameCovers,
        Self::DirSaid,
        Self::Scope,
        Self::Rare,
        Self::History,
        Self::HistorySubject,
        Self::HistorySharp,
        Self::HistoryBest,
        Self::HistoryText,
        Self::HistoryTextSubject,
        Self::HistoryCount,
        Self::VoteDir,
        Self::VoteRole,
        Self::VoteLanguage,
        Self::Fused,
        Self::CoChange,
        Self::CoChangeBest,
        Self::Imported,
        Self::Imports,
        Self::DirText,
        Self::DirHistory,
        Self::DirBest,
        Self::DirPlace,
        Self::RolePlace,
        Self::UpText,
        Self::UpHistory,
        Self::Twin,
        Self::TwinHistory,
        Self::NameAlike,
        Self::Expand,
        Self::HistoryFresh,
        Self::ScopePast,
        Self::Calls,
        Self::Called,
        Self::SameNames,
        Self::OwnTogether,
        Self::Meaning,
        Self::MeaningSubject,
        Self::MeaningNames,
        Self::MeaningPast,
        Self::MeaningBest,
        Self::MeaningText,
    ];

    /// Channels that a ranker reads by rank, and by share of the request's best, too.
    pub const RANKED: [Self; 25] = [
        Self::Text,
        Self::TextSubject,
        Self::Counted,
        Self::Path,
        Self::Symbols,
        Self::Chunk,
        Self::Home,
        Self::History,
        Self::HistorySubject,
        Self::HistorySharp,
        Self::HistoryBest,
        Self::HistoryText,
        Self::HistoryTextSubject,
        Self::Fused,
        Self::CoChange,
        Self::CoChangeBest,
        Self::DirText,
        Self::DirHistory,
        Self::UpText,
        Self::Expand,
        Self::Meaning,
        Self::MeaningNames,
        Self::MeaningPast,
        Self::MeaningBest,
        Self::MeaningText,
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
