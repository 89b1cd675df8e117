//! Crews: judges that work outside the engine's thread, such as a model behind a connection.
//!
//! The workspace keeps the line of files and hands out only as many as a crew has room for, so that what comes next can
//! change at any time. A crew answers through [`Deliver`], from any thread, in any order.

use std::fmt;
use std::sync::Arc;

use super::answer::{Answer, JudgeError};
use crate::domain::{Estimate, FileId, Notice, Probability, RelPath, RootId, Span, Usage, Verdict};
use crate::index::ContentHash;

/// One file for a crew.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its id, echoed by the answer.
    pub file: FileId,
    /// Its root.
    pub root: RootId,
    /// Its path below the root.
    pub path: RelPath,
    /// Its path as shown.
    pub shown: Arc<str>,
    /// The bytes that are asked about, echoed by the answer.
    pub hash: ContentHash,
    /// How many bytes there are.
    pub size: u64,
    /// What the embedded judge says of it.
    pub prior: Probability,
}

/// Why a model said what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// One line of at most [`Reason::MOST`] characters, ready to show.
    pub text: String,
    /// The lines it speaks of, best first; all lie in the file.
    pub spans: Vec<Span>,
}

impl Reason {
    /// Characters of a reason.
    pub const MOST: usize = 120;
}

/// What a crew tells.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// A file's verdict, or why there is none.
    Judged {
        /// The file.
        file: FileId,
        /// The bytes that were judged.
        hash: ContentHash,
        /// The answer.
        answer: Result<Answer, JudgeError>,
    },
    /// The bytes on the disk are not those that were asked about.
    Moved(FileId),
    /// A file's reason, or why there is none.
    Explained {
        /// The file.
        file: FileId,
        /// The bytes that it is about.
        hash: ContentHash,
        /// The reason.
        reason: Result<Reason, JudgeError>,
    },
    /// What was spent so far, all together.
    Spent(Usage),
    /// A budget is spent, said in words; whatever was handed out and not answered is given back, and no more is taken.
    OverBudget(String),
    /// Nothing can be had from the judge: what was handed out and not answered is given back, and no more is taken.
    Halted {
        /// For the files that got no answer.
        error: JudgeError,
        /// For the user.
        notice: Notice,
    },
}

/// Takes a crew's news; returns at once.
pub type Deliver = Arc<dyn Fn(Vec<News>) + Send + Sync>;

/// A judge at work for one request. Dropping it cancels everything in flight at once.
pub trait Crew: Send + Sync {
    /// How many more files it takes for a verdict now, and how many for a reason.
    fn room(&self) -> Room;

    /// Takes files to be judged, most urgent first. Each is answered once, unless it is taken back or the crew stops.
    fn judge(&mut self, items: Vec<Item>);

    /// Takes files to be explained that have this verdict, most urgent first, like [`Crew::judge`].
    fn explain(&mut self, items: Vec<Item>, verdict: Verdict);

    /// Takes a file back: nobody waits for its answers any more.
    fn take_back(&mut self, file: FileId);

    /// Takes everything back, and cancels what is in flight.
    fn stop(&mut self);

    /// What judging these files would take, where that must be agreed to first: because it costs money, or because files
    /// leave the machine. `None` where it may begin.
    fn estimate(&self, items: &[Item], known: u32) -> Option<Estimate>;

    /// Gives it its budget once more.
    fn renew(&mut self);
}

/// How many files a crew takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// For verdicts.
    pub verdicts: usize,
    /// For reasons.
    pub reasons: usize,
}

impl fmt::Debug for dyn Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Crew")
    }
}
