//! Roles: what a colour means on the screen. Everything that draws names a role, never a colour.

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What a piece of the screen means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role { $($(#[$doc])* $variant),+ }

        impl Role {
            /// Every role, in the order of the theme file.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The key in a theme file's `[roles]`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

roles! {
    /// The screen itself: foreground and background that every frame is filled with first.
    Base = "base",
    /// Normal text.
    Fg = "fg",
    /// Second level text: reasons, labels.
    Muted = "muted",
    /// Third level text: times, counts in passing, what is off.
    Subtle = "subtle",
    /// Hairlines between panes.
    Border = "border",
    /// The one accent.
    Accent = "accent",
    /// The bar and title of the focused pane.
    Focus = "focus",
    /// What the user said.
    User = "user",
    /// Judged helpful.
    Yes = "yes",
    /// Judged not helpful; never red.
    No = "no",
    /// Judged helpful in part.
    Partial = "partial",
    /// A verdict older than the file.
    Stale = "stale",
    /// Works, but not as asked.
    Warning = "warning",
    /// Broken: could not be judged, read or done.
    Failed = "failed",
    /// Being judged or loaded.
    Running = "running",
    /// Waiting for a judge.
    Queued = "queued",
    /// Not judged, for a reason that lies in the file.
    Skipped = "skipped",
    /// Good to know.
    Info = "info",
    /// Ground of the selected row.
    Selection = "selection",
    /// Ground of the selected row while another pane has the focus.
    SelectionBlur = "selection_blur",
    /// Ground of the lines that the shown evidence stands on.
    Evidence = "evidence",
    /// Added text or counts of it.
    Added = "added",
    /// Deleted text or counts of it.
    Deleted = "deleted",
    /// Ground of added lines.
    AddedBg = "added_bg",
    /// Ground of deleted lines.
    DeletedBg = "deleted_bg",
    /// Ground of the words that differ in an added line.
    AddedWord = "added_word",
    /// Ground of the words that differ in a deleted line.
    DeletedWord = "deleted_word",
    /// Ground of what floats: palette, help, dialogs.
    Overlay = "overlay",
    /// Border of what floats.
    OverlayBorder = "overlay_border",
    /// Title of a pane without focus.
    Title = "title",
    /// Title of the pane with focus.
    TitleFocus = "title_focus",
    /// Heading inside a pane.
    Heading = "heading",
    /// What a key in the footer does.
    Hint = "hint",
    /// The name of a key in the footer or the help.
    Key = "key",
    /// Characters or words that match what was typed.
    Match = "match",
    /// Directory part of a path.
    PathDir = "path_dir",
    /// File name part of a path.
    PathName = "path_name",
    /// A score such as `.97`.
    Score = "score",
    /// Full part of a progress or score bar.
    BarFull = "bar_full",
    /// Empty part of a progress bar.
    BarEmpty = "bar_empty",
    /// Line numbers.
    Gutter = "gutter",
    /// Line number of the line that is meant.
    GutterActive = "gutter_active",
    /// Top line of the screen.
    StatusBar = "status_bar",
    /// The prompt sign before an input.
    Prompt = "prompt",
    /// Text of an empty input.
    Placeholder = "placeholder",
    /// Text drawn at the input's cursor where the terminal's own cursor is not used.
    Cursor = "cursor",
    /// Selected text inside an input or dragged over by the mouse.
    TextSelection = "text_selection",
    /// A command that cannot run now.
    Disabled = "disabled",
    /// A pinned row's mark.
    Pin = "pin",
    /// An address or a file that can be opened.
    Link = "link",
    /// The thumb of a scrollbar.
    Scrollbar = "scrollbar",
}

impl Role {
    /// Grounds: roles that give a background to stand on.
    pub const GROUNDS: [Self; 8] = [
        Self::Base,
        Self::Selection,
        Self::SelectionBlur,
        Self::Evidence,
        Self::AddedBg,
        Self::DeletedBg,
        Self::Overlay,
        Self::TextSelection,
    ];

    /// Grounds of single words, strong enough to be seen on another ground: only [`Role::Fg`] stands on them.
    pub const WORDS: [Self; 2] = [Self::AddedWord, Self::DeletedWord];

    /// Whether this role is a background rather than text.
    pub fn is_ground(self) -> bool {
        Self::GROUNDS.contains(&self) || Self::WORDS.contains(&self)
    }

    /// Whether this role colours lines and fillings only, which nobody reads.
    pub const fn is_ornament(self) -> bool {
        matches!(self, Self::Border | Self::OverlayBorder | Self::BarEmpty | Self::BarFull | Self::Scrollbar)
    }

    /// The role whose look this one takes where a theme does not set it; `None` for the core roles.
    pub const fn parent(self) -> Option<Self> {
        Some(match self {
            Self::Base
            | Self::Fg
            | Self::Muted
            | Self::Subtle
            | Self::Border
            | Self::Accent
            | Self::User
            | Self::Yes
            | Self::Stale
            | Self::Failed
            | Self::Running
            | Self::Selection
            | Self::AddedBg
            | Self::DeletedBg => return None,
            Self::Focus
            | Self::Match
            | Self::Prompt
            | Self::Link
            | Self::Info
            | Self::Pin
            | Self::BarFull
            | Self::GutterActive => Self::Accent,
            Self::TitleFocus => Self::Focus,
            Self::AddedWord => Self::AddedBg,
            Self::DeletedWord => Self::DeletedBg,
            Self::Added => Self::Yes,
            Self::Deleted => Self::Failed,
            Self::Partial | Self::Warning => Self::Stale,
            Self::No | Self::Hint | Self::PathDir | Self::Scrollbar => Self::Muted,
            Self::Queued | Self::Skipped | Self::Gutter | Self::Placeholder | Self::Disabled => Self::Subtle,
            Self::SelectionBlur | Self::Evidence | Self::TextSelection => Self::Selection,
            Self::Overlay => Self::Base,
            Self::OverlayBorder | Self::BarEmpty => Self::Border,
            Self::Title | Self::Heading | Self::Key | Self::PathName | Self::Score | Self::StatusBar => {
                Self::Fg
            }
            Self::Cursor => Self::Fg,
        })
    }

    /// The role to use instead on a ground other than [`Role::Base`] and [`Role::Overlay`]: third level text
    /// is too faint there.
    #[must_use]
    pub fn raised(self) -> Self {
        match self.parent() {
            Some(Self::Subtle) => Self::Muted,
            _ if self == Self::Subtle => Self::Muted,
            Some(_) | None => self,
        }
    }
}
