//! Actions: everything a key, the palette or the command line can do. One table makes them all.
//!
//! The table gives each action its name, title, default chords and contexts. Footer, palette, help page and `[keys]`
//! of the configuration are made from it.

mod charts;
mod chat;
mod review;
mod table;

pub use charts::ChartAction;
pub use chat::ChatAction;
pub use review::ReviewAction;
pub use table::{Group, Spec};

/// Where a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// The query line.
    Query,
    /// The ranked list.
    List,
    /// The `why` pane.
    Why,
    /// The ledger, in the place of the list.
    Ledger,
    /// The conversation.
    Chat,
    /// The message being typed.
    Composer,
    /// The opened context tray.
    Tray,
    /// The proposed edits.
    Review,
    /// Lines written in the place of a diff.
    Writing,
    /// The line of an instruction or a comment.
    Instruct,
    /// The line of `/`.
    Filter,
    /// The line of `:`.
    Command,
    /// The command palette or the theme picker.
    Palette,
    /// The help page.
    Help,
    /// The notices of this session.
    Notices,
    /// The page of figures.
    Stats,
    /// The page of charts.
    Charts,
    /// The page of the tuning.
    Tuning,
    /// The tasks of the model picker.
    Models,
    /// The model picker's line that searches candidates.
    Candidates,
    /// The question whether a model shall be asked for what it costs.
    Estimate,
    /// The list of earlier conversations.
    Sessions,
    /// Answers side by side.
    Compare,
}

impl Context {
    /// Whether characters are typed here rather than obeyed.
    pub const fn is_typing(self) -> bool {
        matches!(
            self,
            Self::Query
                | Self::Composer
                | Self::Writing
                | Self::Instruct
                | Self::Filter
                | Self::Command
                | Self::Palette
                | Self::Candidates
                | Self::Sessions
        )
    }

    /// The name of the help page's section.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Query => "query line",
            Self::List => "list",
            Self::Why => "why",
            Self::Ledger => "ledger",
            Self::Chat => "chat",
            Self::Composer => "message",
            Self::Tray => "context tray",
            Self::Review => "review",
            Self::Writing => "writing",
            Self::Instruct => "instruction",
            Self::Filter => "filter",
            Self::Command => "command line",
            Self::Palette => "palette",
            Self::Help => "help",
            Self::Notices => "notices",
            Self::Stats => "figures",
            Self::Charts => "charts",
            Self::Tuning => "tuning",
            Self::Models => "models",
            Self::Candidates => "models, searching",
            Self::Estimate => "estimate",
            Self::Sessions => "conversations",
            Self::Compare => "side by side",
        }
    }
}

/// An edit of a line that is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edit {
    /// To the line's start.
    LineStart,
    /// To the line's end.
    LineEnd,
    /// To the start of the word before.
    WordLeft,
    /// To the start of the next word.
    WordRight,
    /// Deletes the word before the cursor.
    DeleteWord,
    /// Deletes the word after the cursor.
    DeleteNextWord,
    /// Deletes what stands under the cursor.
    DeleteNext,
    /// Deletes everything before the cursor.
    KillToStart,
    /// Deletes everything after the cursor.
    KillToEnd,
    /// Takes back the last edit.
    Undo,
    /// Does again what was taken back.
    Redo,
}

/// An edit that only a message of several lines knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compose {
    /// Begins a new line.
    NewLine,
    /// Selects everything.
    SelectAll,
    /// Copies what is selected.
    Copy,
    /// Inserts what was deleted last.
    Yank,
    /// To the start of the whole text.
    TextStart,
    /// To the end of the whole text.
    TextEnd,
    /// Types out the attached paste at the cursor.
    Expand,
    /// Attaches the picture on the clipboard.
    PastePicture,
    /// Opens the message in the editor.
    Editor,
    /// Searches the messages sent before.
    SearchPast,
}

/// A move in whatever has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first row.
    Top,
    /// To the last row.
    Bottom,
}

/// Everything that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Moves the selection, or scrolls.
    Move(Move),
    /// Edits the line that is being typed.
    Edit(Edit),
    /// Edits the message that is being typed.
    Compose(Compose),
    /// Does something with proposed edits.
    Review(ReviewAction),
    /// Does something with the conversation.
    Chat(ChatAction),
    /// Does something with evaluations and tunings.
    Chart(ChartAction),
    /// An older query, or out of the palette's top.
    HistoryOlder,
    /// A newer query; after the newest, on to the list.
    HistoryNewer,
    /// Does what stands on the line or is selected: to the list, keep the filter, run the command.
    Accept,
    /// Completes what is typed.
    Complete,
    /// Closes, clears or leaves, one layer at a time.
    Back,
    /// Quits when pressed twice.
    Interrupt,
    /// Ends the program.
    Quit,
    /// Stops the program as `ctrl+z` does in a shell.
    Suspend,
    /// Puts the keyboard on the query line.
    FocusQuery,
    /// The same, from the panes of the conversation.
    SearchLine,
    /// The next pane.
    FocusNext,
    /// The pane before.
    FocusPrevious,
    /// The list, in the narrow layout a tab.
    ShowList,
    /// The `why` pane.
    ShowWhy,
    /// The conversation, in the narrow layout a tab.
    ShowChat,
    /// The proposed edits, in the narrow layout a tab.
    ShowReview,
    /// Puts the keyboard on the message being typed.
    FocusComposer,
    /// The same, by the key that goes on to type elsewhere.
    Reply,
    /// The ledger: why files have no verdict.
    ShowLedger,
    /// Opens the selected file in the editor.
    Open,
    /// Opens or folds the selected group of the ledger, or opens its file.
    Toggle,
    /// The next place of evidence.
    NextSpan,
    /// The place of evidence before.
    PreviousSpan,
    /// Filters rows by path.
    Filter,
    /// The next order of the list.
    Sort,
    /// Pins or unpins the selected file.
    Pin,
    /// Excludes the selected file, or takes it back.
    Exclude,
    /// Takes back the last exclusion.
    UndoExclude,
    /// Judges the selected file again.
    Rejudge,
    /// Judges every file again.
    RejudgeAll,
    /// Asks the routed model about every file, or goes on past a spent budget.
    Judge,
    /// Asks the model why it judged the selected file as it did.
    AskWhy,
    /// Stops the running query.
    Cancel,
    /// Copies the selected path.
    CopyPath,
    /// Copies the selected reason.
    CopyReason,
    /// Shows the selected file in the pager.
    Pager,
    /// Sets the task on the command line.
    Task,
    /// Picks a theme, trying each as it is selected.
    Themes,
    /// Reads the configuration again.
    ReloadConfig,
    /// Takes the mouse, or leaves it to the terminal.
    Mouse,
    /// Every notice of this session.
    Notices,
    /// What models did: answers, ratings, edits, times, cost.
    Stats,
    /// The figures of the next span of days.
    StatsDays,
    /// Which model answers what.
    Models,
    /// On to the candidates of the selected task.
    PickModel,
    /// Sends a test call to a model.
    TestModel,
    /// Back to what the configuration says of the selected task.
    DefaultModel,
    /// Looks for backends and models again.
    FindModels,
    /// Yes: ask the model for what it was estimated to cost.
    Confirm,
    /// No: keep to the embedded judge.
    Decline,
    /// The command palette.
    Palette,
    /// The command line.
    CommandLine,
    /// The help page.
    Help,
}

impl Action {
    /// What the table says of this action.
    pub fn spec(self) -> &'static Spec {
        Self::all().find(|spec| spec.action == self).unwrap_or(&table::TABLE[0])
    }

    /// The action of a configured name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|spec| spec.name == name).map(|spec| spec.action)
    }

    /// Every action, in the order of the help page.
    pub fn all() -> impl Iterator<Item = &'static Spec> {
        table::TABLE.iter().chain(table::CHAT).chain(table::REVIEW).chain(table::CHARTS)
    }
}
