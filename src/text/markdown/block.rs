//! Blocks: what a piece of Markdown says, before it is laid out to a width.

use super::line::{Look, Target};

/// A stretch of text within a block. A line feed in it is a break that was written on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// Clean text.
    pub text: String,
    /// How it looks.
    pub look: Look,
    /// What it leads to.
    pub target: Option<Target>,
}

/// A block that stands among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// What it is.
    pub block: Block,
    /// A blank row stands before it.
    pub gap: bool,
}

/// One entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number, where the list is ordered.
    pub number: Option<u64>,
    /// Whether it is ticked, where it is a task.
    pub ticked: Option<bool>,
    /// What it holds.
    pub children: Vec<Child>,
    /// A blank row stands before it.
    pub gap: bool,
}

/// How the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// To the left.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// To the right.
    Right,
}

/// The cells of a row.
pub type Row = Vec<Vec<Span>>;

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Prose.
    Paragraph(Vec<Span>),
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Span>),
    /// A code block.
    Code {
        /// What stands behind the fence: a language, a path.
        info: String,
        /// Its lines, joined by line feeds, each ended by one.
        text: String,
        /// The byte of the source at which it begins.
        at: usize,
    },
    /// A quote.
    Quote(Vec<Child>),
    /// A list.
    List(Vec<Item>),
    /// A table: how its columns stand, its head, its rows.
    Table(Vec<Align>, Row, Vec<Row>),
    /// A thematic break.
    Rule,
    /// HTML, as it was written.
    Html(String),
    /// What a footnote says, under its label.
    Footnote(String, Vec<Child>),
}

impl Block {
    /// Whether it stands apart even where no blank line does in the source.
    pub const fn stands_apart(&self) -> bool {
        match self {
            Self::Heading(..) | Self::Code { .. } | Self::Table(..) | Self::Rule | Self::Quote(_) => true,
            Self::Paragraph(_) | Self::List(_) | Self::Html(_) | Self::Footnote(..) => false,
        }
    }
}
