//! The layout: where everything stands, from the terminal's size alone.
//!
//! Drawing and hit-testing of the mouse use the same rectangles. Nothing here depends on what is loaded, so that
//! heights never jump.

use ratatui::layout::Rect;

use super::input::Size;

/// How much fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// At least 140x32: two panes, rows of two lines.
    Wide,
    /// At least 96x24: two panes, rows of one line.
    Medium,
    /// At least 60x16: one pane at a time, as tabs.
    Narrow,
    /// Smaller: one sentence.
    TooSmall,
}

impl Shape {
    /// The shape of a size.
    pub const fn of(size: Size) -> Self {
        match (size.width, size.height) {
            (140.., 32..) => Self::Wide,
            (96.., 24..) => Self::Medium,
            (60.., 16..) => Self::Narrow,
            _ => Self::TooSmall,
        }
    }

    /// Screen lines of one row of the list.
    pub const fn lines_per_row(self) -> u16 {
        match self {
            Self::Wide => 2,
            Self::Medium | Self::Narrow | Self::TooSmall => 1,
        }
    }

    /// The fewest lines of the composer, so that typing a second line moves nothing.
    pub const fn composer(self) -> u16 {
        match self {
            Self::Wide => 4,
            Self::Medium => 3,
            Self::Narrow | Self::TooSmall => 2,
        }
    }
}

/// What stands at the right of the list, or alone in the narrow shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Right {
    /// The conversation, with the tray and the message being typed.
    #[default]
    Chat,
    /// The `why` pane at its full height.
    Why,
    /// The proposed edits.
    Review,
}

/// What decides where things stand, besides the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scene {
    /// The keyboard is in the left column: the narrow shape shows that one, and the medium shape keeps it beside a review.
    pub left: bool,
    /// What stands at the right.
    pub right: Right,
    /// Nothing was asked: an introduction stands above the list.
    pub intro: bool,
    /// Lines that the composer would like to have; it gets no fewer than [`Shape::composer`].
    pub composer: u16,
    /// Lines above the composer: messages that wait, or how far the search for the one sent last is.
    pub queue: u16,
    /// The context tray is open.
    pub tray: bool,
}

/// Where everything stands. A part that is not on the screen is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// How much fits.
    pub shape: Shape,
    /// The whole screen.
    pub screen: Rect,
    /// The top line.
    pub header: Rect,
    /// The hairline with the left pane's title.
    pub left_title: Rect,
    /// The query line, from column 0 on.
    pub query: Rect,
    /// The line of progress.
    pub progress: Rect,
    /// The counts of the ledger.
    pub counts: Rect,
    /// What to type and what comes of it, while nothing was asked.
    pub intro: Rect,
    /// The ranked list, or the ledger.
    pub list: Rect,
    /// The hairline between the panes, below the titles.
    pub divider: Rect,
    /// The hairline with the `why` pane's title.
    pub why_title: Rect,
    /// The `why` pane.
    pub why: Why,
    /// The hairline with the conversation's title.
    pub chat_title: Rect,
    /// The conversation.
    pub chat: Rect,
    /// The opened context tray, its own hairline included.
    pub tray: Rect,
    /// Messages that wait, or how far the search is.
    pub queue: Rect,
    /// The hairline above the composer: to whom the message goes, and the tray in one line.
    pub strip: Rect,
    /// The message being typed, from the divider on.
    pub composer: Rect,
    /// The hairline with the title of the review.
    pub review_title: Rect,
    /// The proposed edits.
    pub review: Rect,
    /// The bottom line.
    pub footer: Rect,
}

/// The parts of the `why` pane, top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Why {
    /// All of it.
    pub area: Rect,
    /// Verdict, score and facts.
    pub verdict: Rect,
    /// The reason.
    pub reason: Rect,
    /// Evidence with the shares of the signals.
    pub evidence: Rect,
    /// What the source below shows.
    pub caption: Rect,
    /// The source.
    pub source: Rect,
}

/// Rows of the introduction: its words, a blank, and the heading of the list below.
const INTRO: u16 = 11;

/// The least cells beside the list that a review is content with.
const REVIEW: u16 = 124;

/// Columns before text: the bar of the focus and one blank.
pub const MARGIN: u16 = 2;

/// Columns before the text of the message: the margin, the sign and one blank.
pub const COMPOSER_TEXT: u16 = MARGIN + 2;

impl Layout {
    /// The layout of a screen.
    pub fn new(size: Size, scene: Scene) -> Self {
        let shape = Shape::of(size);
        let screen = Rect::new(0, 0, size.width, size.height);
        let mut layout = Self {
            shape,
            screen,
            header: Rect::ZERO,
            left_title: Rect::ZERO,
            query: Rect::ZERO,
            progress: Rect::ZERO,
            counts: Rect::ZERO,
            intro: Rect::ZERO,
            list: Rect::ZERO,
            divider: Rect::ZERO,
            why_title: Rect::ZERO,
            why: Why::default(),
            chat_title: Rect::ZERO,
            chat: Rect::ZERO,
            tray: Rect::ZERO,
            queue: Rect::ZERO,
            strip: Rect::ZERO,
            composer: Rect::ZERO,
            review_title: Rect::ZERO,
            review: Rect::ZERO,
            footer: Rect::ZERO,
        };
        if shape == Shape::TooSmall {
            return layout;
        }
        layout.header = Rect { height: 1, ..screen };
        layout.footer = Rect { y: size.height - 1, height: 1, ..screen };
        let gap = u16::from(shape != Shape::Narrow);
        let title = Rect { y: 1, height: 1, ..screen };
        let body = Rect { y: 2, height: size.height - 3 - gap, ..screen };
        let left = match shape {
            Shape::Wide => (size.width * 9 / 20).min(96),
            Shape::Medium => size.width / 2,
            Shape::Narrow | Shape::TooSmall => size.width,
        };
        // A review needs room for old and new lines: but on the widest screens it takes both columns while it is worked on.
        let cramped = size.width.saturating_sub(left + 1) < REVIEW;
        let alone = shape == Shape::Narrow || scene.right == Right::Review && cramped;
        if alone && !scene.left {
            layout.place_right(title, body, scene);
            return layout;
        }
        if shape == Shape::Narrow {
            layout.place_left(title, body, scene.intro);
            return layout;
        }
        let (title_left, body_left) = (Rect { width: left, ..title }, Rect { width: left, ..body });
        let below = if shape == Shape::Wide && scene.right != Right::Why { body.height * 2 / 5 } else { 0 };
        let above = Rect { height: body.height - below, ..body_left };
        layout.place_left(title_left, above, scene.intro);
        if below > 0 {
            let y = above.bottom();
            layout.place_why(Rect { y, ..title_left }, Rect { y: y + 1, height: below - 1, ..body_left });
        }
        layout.divider = Rect { x: left, width: 1, ..body };
        let (x, width) = (left + 1, size.width - left - 1);
        layout.place_right(Rect { x, width, ..title }, Rect { x, width, ..body }, scene);
        layout
    }

    fn place_right(&mut self, title: Rect, body: Rect, scene: Scene) {
        match scene.right {
            Right::Chat => self.place_chat(title, body, scene),
            Right::Why => self.place_why(title, body),
            Right::Review => {
                self.review_title = title;
                self.review = body;
            }
        }
    }

    /// The composer stands at the foot and grows to a third of the column; the tray takes half of what the conversation
    /// has, and all of it where that is little.
    fn place_chat(&mut self, title: Rect, body: Rect, scene: Scene) {
        let composer = scene.composer.min(body.height / 3).max(self.shape.composer());
        let queue = scene.queue.min(body.height / 6);
        let rest = body.height.saturating_sub(composer + queue + 1);
        let tray = match (scene.tray, self.shape) {
            (false, _) => 0,
            (true, Shape::Narrow) => rest,
            (true, Shape::Wide | Shape::Medium | Shape::TooSmall) => rest / 2,
        };
        let mut y = body.y;
        let mut part = |height: u16| {
            let part = Rect { y, height, ..body };
            y += height;
            part
        };
        self.chat_title = title;
        self.chat = part(rest - tray);
        self.tray = part(tray);
        self.queue = part(queue);
        self.strip = part(1);
        self.composer = part(composer);
    }

    /// Rows of the list on the screen.
    pub fn rows(&self) -> usize {
        usize::from(self.list.height / self.shape.lines_per_row())
    }

    /// Lines of the ledger on the screen.
    pub fn lines(&self) -> usize {
        usize::from(self.list.height)
    }

    fn place_left(&mut self, title: Rect, body: Rect, intro: bool) {
        let row = |at: u16| Rect { y: body.y + at, height: 1, ..body };
        self.left_title = title;
        self.query = row(0);
        self.progress = row(1);
        self.counts = row(2);
        let rest = Rect { y: body.y + 4, height: body.height - 4, ..body };
        let height = if intro { INTRO.min(rest.height) } else { 0 };
        self.intro = Rect { height, ..rest };
        self.list = Rect { y: rest.y + height, height: rest.height - height, ..rest };
    }

    fn place_why(&mut self, title: Rect, body: Rect) {
        let evidence = match body.height {
            36.. => 9,
            24.. => 6,
            18.. => 4,
            _ => 2,
        };
        let inner = Rect { x: body.x + MARGIN, width: body.width - MARGIN - 1, ..body };
        let part = |at: u16, height: u16| Rect { y: inner.y + at, height, ..inner };
        self.why_title = title;
        let caption = 5 + evidence;
        self.why = Why {
            area: body,
            verdict: part(0, 1),
            reason: part(1, 2),
            evidence: part(4, evidence),
            caption: part(caption, 1),
            source: Rect { x: body.x, width: body.width, ..part(caption + 1, body.height - caption - 1) },
        };
    }
}
