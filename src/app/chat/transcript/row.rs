//! Rows: what one line of the conversation's pane shows.

use crate::domain::{EditId, TurnId};
use crate::text::markdown::{Line, Target};

/// What can be folded away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fold {
    /// What the model reasoned.
    Thinking,
    /// A code block, by the byte at which it begins.
    Code(usize),
    /// A long question.
    Question,
    /// What older turns came to.
    Summary,
}

/// What one row shows. Rows without text are drawn from their turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// Nothing.
    Blank,
    /// Who says it, when, and which of its siblings it is.
    Head,
    /// What went with the question: the attachment's position.
    Attachment(usize),
    /// What the answer read, and how much of it is cited.
    Context,
    /// The reasoning: its size, and whether it is folded.
    Thinking {
        /// Whether its text is away.
        folded: bool,
    },
    /// A line of the reasoning.
    Thought(Line),
    /// Which turns a summary stands for, and whether its text is away.
    Summary {
        /// Whether its text is away.
        folded: bool,
    },
    /// A line of the message.
    Said(Line),
    /// Lines that are folded away.
    Folded(Fold, usize),
    /// How far the answer is, where that is not plain from its text.
    State,
    /// A line of why an answer failed or ended early, or of what helps.
    Trouble(Line),
    /// What can be done about it, by keys.
    Ways,
    /// A line of the items that the answer cites.
    Reference(Line),
    /// What the answer took, and what the person thinks of it.
    Meters,
    /// An edit that was asked for here.
    Edit(EditId),
}

impl Row {
    /// Its line of text, where it has one.
    pub const fn line(&self) -> Option<&Line> {
        match self {
            Self::Thought(line) | Self::Said(line) | Self::Trouble(line) | Self::Reference(line) => {
                Some(line)
            }
            Self::Blank
            | Self::Head
            | Self::Attachment(_)
            | Self::Context
            | Self::Thinking { .. }
            | Self::Summary { .. }
            | Self::Folded(..)
            | Self::State
            | Self::Ways
            | Self::Meters
            | Self::Edit(_) => None,
        }
    }

    /// The edit that it shows.
    pub const fn edit(&self) -> Option<EditId> {
        if let Self::Edit(edit) = self { Some(*edit) } else { None }
    }

    /// Bytes that it takes in memory, roughly.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.line().map_or(0, Line::weight)
    }
}

/// Something of the conversation that keys walk to and that does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// A citation, link or path.
    Target(Target),
    /// A code block, by the byte at which it begins.
    Code(usize),
    /// What can be folded.
    Fold(Fold),
    /// The head of a turn.
    Turn,
    /// An edit.
    Edit(EditId),
}

/// Which stops are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Walk {
    /// Citations, links and paths.
    Targets,
    /// Code blocks.
    Code,
    /// All that does something.
    Everything,
}

/// Where a stop is: its turn, the part of it, the row there, and which run of the row for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The position of the turn.
    pub entry: usize,
    /// The part of the turn.
    pub part: usize,
    /// The row of the part.
    pub row: usize,
    /// The target among those of the row's line.
    pub target: usize,
}

/// What lies under a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The turn.
    pub turn: TurnId,
    /// What it does; `None` for plain text.
    pub stop: Option<Stop>,
}
