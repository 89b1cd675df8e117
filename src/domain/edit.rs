//! Edits: what a model proposes, hunk by hunk, what is decided of it, and what both sides tell each other.

use std::sync::Arc;

use super::{ModelRef, Notice, Span, TurnId};

/// Names one proposed edit: a random number, so that two programs on one tree never give the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EditId(pub i64);

/// Names one hunk of an edit; never reused within it, also after a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HunkId(pub u32);

/// Whether a hunk does what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HunkClass {
    /// It may.
    InScope,
    /// It changes what the instruction was not about.
    OutOfScope,
    /// It changes only white space, comments or the order of lines.
    Cosmetic,
}

impl HunkClass {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InScope => "in_scope",
            Self::OutOfScope => "out_of_scope",
            Self::Cosmetic => "cosmetic",
        }
    }
}

/// What the person decided of a hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Decision {
    /// Nothing yet.
    #[default]
    Undecided,
    /// It shall be written.
    Accepted,
    /// It shall not.
    Rejected,
}

impl Decision {
    /// Whether deciding a file or an edit at once reaches a hunk of this class that stands like this. Accepting takes what
    /// waits for a decision and is in scope, never what was turned down or is folded away; the other two reach whatever is
    /// in scope or accepted. A conflict is always decided alone.
    pub fn reaches(self, class: HunkClass, now: Self) -> bool {
        let in_scope = class == HunkClass::InScope;
        match self {
            Self::Accepted => in_scope && now == Self::Undecided,
            Self::Rejected | Self::Undecided => in_scope || now == Self::Accepted,
        }
    }
}

/// One hunk as it is reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedHunk {
    /// Its name.
    pub id: HunkId,
    /// The first old line, 1-based; for an insertion the line that it stands before.
    pub old_start: u32,
    /// The old lines.
    pub old: Arc<[Arc<str>]>,
    /// The first new line, 1-based, with every hunk of the file applied.
    pub new_start: u32,
    /// The new lines.
    pub new: Arc<[Arc<str>]>,
    /// Unchanged lines before it, at most three, as they are on disk.
    pub before: Arc<[Arc<str>]>,
    /// Unchanged lines after it, at most three.
    pub after: Arc<[Arc<str>]>,
    /// What it lies in: `impl Budget · fn take`.
    pub symbol: Option<Arc<str>>,
    /// Whether it does what was asked.
    pub class: HunkClass,
    /// What was decided.
    pub decision: Decision,
    /// Syntax errors that the file has with this hunk and not without it.
    pub syntax_errors: u32,
    /// The person changed it.
    pub amended: bool,
    /// What the file says now where this hunk stood, when it changed meanwhile in a way that cannot be merged: nothing is
    /// written until it is decided anew.
    pub conflict: Option<Arc<[Arc<str>]>>,
}

/// What happens to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    /// Some of its lines change.
    Modify,
    /// It is new.
    Create,
    /// It goes.
    Delete,
    /// It moves here, and may change.
    Move(Arc<str>),
}

/// One file of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedFile {
    /// Its path, relative to the root, ready to show.
    pub path: Arc<str>,
    /// What happens to it.
    pub change: FileChange,
    /// Its hunks, top to bottom. A file that is new or goes has one; of a file that moves the first is the move itself, and
    /// has no lines.
    pub hunks: Vec<ProposedHunk>,
    /// It changed on disk since it was proposed, and the hunks were moved or marked.
    pub changed_on_disk: bool,
}

/// A part of a model's answer that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedPart {
    /// The file, where one was named.
    pub path: Option<Arc<str>>,
    /// Why.
    pub why: Arc<str>,
    /// The lines that were looked for; none where the trouble was another.
    pub wanted: Arc<[Arc<str>]>,
    /// What the file says, each stretch with its first line's number: the nearest lines where lines were not found, every
    /// place where they stand in several.
    pub places: Vec<(u32, Arc<[Arc<str>]>)>,
    /// The first line that differs from the nearest: what was looked for, and what stands there.
    pub differs: Option<(Arc<str>, Arc<str>)>,
    /// The answer ended in this part, before the model was done; where no file is named, between two parts.
    pub broke_off: bool,
}

/// What chose the form in which a model was asked to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormChoice {
    /// The model is best at it.
    Profile,
    /// The configuration says so.
    Configured,
    /// The command line says so.
    Argument,
    /// The model takes no tools.
    NoTools,
    /// A file is too long to be written as a whole.
    TooLong,
}

impl FormChoice {
    /// Every choice with its name, in JSON and in what is kept.
    const ALL: [(&'static str, Self); 5] = [
        ("profile", Self::Profile),
        ("configured", Self::Configured),
        ("argument", Self::Argument),
        ("no_tools", Self::NoTools),
        ("too_long", Self::TooLong),
    ];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, choice)| *choice == self).map_or("profile", |(name, _)| name)
    }

    /// The choice of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, choice)| *choice)
    }
}

/// The form in which a model was asked to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedForm {
    /// Its name, as in configuration and arguments: `search-replace`.
    pub name: &'static str,
    /// What chose it.
    pub chosen: FormChoice,
}

/// How far an edit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditState {
    /// The model still writes; hunks may follow.
    Streaming,
    /// The model is asked again with what was wrong: which time.
    Retrying(u8),
    /// It waits for decisions.
    Proposed,
    /// The accepted hunks are written.
    Written,
    /// They were written and taken back.
    Undone,
    /// It was given up.
    Dropped,
    /// No proposal came of it.
    Failed(Notice),
}

/// A proposed edit.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedEdit {
    /// Its name.
    pub id: EditId,
    /// Counts the edits of the session, from 1, for people.
    pub number: u32,
    /// When it was asked for, milliseconds since the epoch.
    pub at_ms: i64,
    /// What was asked.
    pub instruction: Arc<str>,
    /// Who proposed it; `None` where no model did.
    pub by: Option<ModelRef>,
    /// The form that it was asked for in; `None` where no model was asked.
    pub form: Option<AskedForm>,
    /// The turn of the conversation that it belongs to, where it was asked for there.
    pub turn: Option<TurnId>,
    /// What the model said of it besides.
    pub why: Arc<str>,
    /// File by file.
    pub files: Vec<ProposedFile>,
    /// What was not taken.
    pub refused: Vec<RefusedPart>,
    /// How far it is.
    pub state: EditState,
}

impl ProposedEdit {
    /// Hunks in all its files, folded ones included.
    pub fn hunk_count(&self) -> usize {
        self.files.iter().map(|file| file.hunks.len()).sum()
    }
}

/// What an instruction is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditTarget {
    /// Lines of a file, by its path as shown.
    Lines(Arc<str>, Span),
    /// A symbol of a file: the path as shown and the symbol's name.
    Symbol(Arc<str>, Arc<str>),
    /// Whole files.
    Files(Vec<Arc<str>>),
    /// The files judged yes, best first.
    Judged,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// In the person's words.
    pub text: Arc<str>,
    /// What it is about.
    pub target: EditTarget,
    /// Files that help to do it but may not change, best first: paths as shown.
    pub context: Vec<Arc<str>>,
    /// The answer that it came out of, or the last turn of the conversation in which it was asked for.
    pub turn: Option<TurnId>,
    /// The model to ask, this one alone; `None` for the one that edits go to.
    pub model: Option<ModelRef>,
}

/// Which hunks are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hunks {
    /// One.
    One(HunkId),
    /// Those of a file, by its path, as far as [`Decision::reaches`].
    File(Arc<str>),
    /// All, as far as [`Decision::reaches`].
    All,
}

/// What the edit service tells.
#[derive(Debug, Clone, PartialEq)]
pub enum EditEvent {
    /// An edit as it is now, sent whole; replaces what was known of it.
    Edit(Arc<ProposedEdit>),
    /// The edits that are not decided yet, after a start; oldest first.
    Waiting(Vec<Arc<ProposedEdit>>),
    /// Files were written: by which edit, and which.
    Written(EditId, Vec<Arc<str>>),
    /// What can be undone and redone next, in words for the palette.
    History {
        /// Undo.
        undo: Option<Arc<str>>,
        /// Redo.
        redo: Option<Arc<str>>,
    },
    /// A line that the check command printed.
    Check(EditId, Arc<str>),
    /// The check command ended: its command line, and its exit code or why it has none.
    Checked(EditId, Arc<str>, Result<i32, Arc<str>>),
    /// The proposed message of a commit of what an edit wrote.
    Message(EditId, Arc<str>),
    /// A commit was made: its short name and subject.
    Committed(Arc<str>, Arc<str>),
    /// Something a person should know.
    Notice(Notice),
}

/// What the edit service is told by the rest of the program.
#[derive(Debug, Clone, PartialEq)]
pub enum EditCommand {
    /// Ask a model for an edit.
    Ask(Instruction),
    /// Take an edit out of text that is there already: an answer of the chat, or one of its code blocks.
    Take {
        /// The text.
        text: Arc<str>,
        /// The instruction that it answers.
        instruction: Instruction,
        /// Who wrote it.
        by: Option<ModelRef>,
    },
    /// Stop the model; what came is proposed.
    Cancel,
    /// Decide.
    Decide(EditId, Hunks, Decision),
    /// Cut a hunk in two before this line of its body, counted from 0, old lines first. The other side is cut where that
    /// fits best.
    Split(EditId, HunkId, u32),
    /// Put these lines in the place of a hunk's new ones.
    Amend(EditId, HunkId, Vec<Arc<str>>),
    /// Hand a hunk back to the model with a comment: "not like this, because ...".
    Comment(EditId, HunkId, Arc<str>),
    /// Decide a conflict: keep what is on disk, or the hunk's new lines.
    Resolve(EditId, HunkId, Decision),
    /// Ask the model again for the parts that were refused, with what was wrong, and for what is missing where it broke off.
    /// Of an edit that is written they are another edit.
    Retry(EditId),
    /// Write the accepted hunks.
    Write(EditId),
    /// Give an edit up.
    Drop(EditId),
    /// Take back the last write.
    Undo,
    /// Write again what was taken back.
    Redo,
    /// Run the check command.
    Check(EditId),
    /// Send what the check command printed back as a new instruction.
    FixCheck(EditId),
    /// Have the message of a commit of what this edit wrote proposed: [`EditEvent::Message`] answers.
    Describe(EditId),
    /// Commit what this edit wrote, and nothing else, with this message.
    Commit(EditId, Arc<str>),
}
