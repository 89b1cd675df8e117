//! Hints: what the footer says of keys, by context, made from the keymap.

use std::borrow::Cow;

use super::able::enabled;
use super::action::{Action, ChartAction, ChatAction, Compose, Context, Edit, Move, ReviewAction};
use super::review::parts;
use super::state::App;
use crate::domain::EvalTask;

/// A hint of the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The keys, as `j/k`.
    pub keys: String,
    /// What they do, in one word or two.
    pub label: Cow<'static, str>,
}

type Entry = (&'static [Action], &'static str);

const MOVE: Entry = (&[Action::Move(Move::Down), Action::Move(Move::Up)], "move");
const SCROLL: Entry = (&[Action::Move(Move::Down), Action::Move(Move::Up)], "scroll");
const FILTER: Entry = (&[Action::Filter], "filter");
const PANE: Entry = (&[Action::FocusNext], "pane");
const COMMANDS: Entry = (&[Action::Palette], "commands");
const HELP: Entry = (&[Action::Help], "help");
const QUIT: Entry = (&[Action::Quit], "quit");
const QUERY: Entry = (&[Action::FocusQuery], "query");
const CLOSE: Entry = (&[Action::Back], "close");
const EVIDENCE: Entry = (&[Action::NextSpan], "evidence");
const OPEN: Entry = (&[Action::Open], "open");
const COPY: Entry = (&[Action::CopyPath], "copy path");
const PIN: Entry = (&[Action::Pin], "pin");
const EXCLUDE: Entry = (&[Action::Exclude], "exclude");
const SORT: Entry = (&[Action::Sort], "sort");
const LEDGER: Entry = (&[Action::ShowLedger], "ledger");
const ASK: &str = "ask the model";
const EDIT_THIS: Entry = (&[Action::Review(ReviewAction::Ask)], "edit");
const SELECT: Entry = (&[Action::Review(ReviewAction::SelectLines)], "select lines");
const JUDGE: Entry = (&[Action::Judge], ASK);
const NOW: Entry = (&[Action::Chat(ChatAction::Now)], "answer now");
const ALL: Entry = (&[Action::Chat(ChatAction::All)], "wait for all");
const TRAY: Entry = (&[Action::Chat(ChatAction::Tray)], "what is sent");
const ATTACH: Entry = (&[Action::Chat(ChatAction::Attach)], "attach to chat");
const RUN: Entry = (&[Action::Accept], "run");

const CHATTING: &[Entry] = &[
    SCROLL,
    (&[Action::Reply], "message"),
    (&[Action::Chat(ChatAction::OpenCitation)], "show it"),
    NOW,
    ALL,
    (&[Action::Chat(ChatAction::NextCitation)], "citation"),
    (&[Action::Chat(ChatAction::CopyMessage)], "copy"),
    (&[Action::Chat(ChatAction::PreviousTurn)], "message before"),
    (&[Action::Chat(ChatAction::EditMessage)], "edit"),
    (&[Action::Chat(ChatAction::Retry)], "retry"),
    (&[Action::Chat(ChatAction::RateUp), Action::Chat(ChatAction::RateDown)], "rate"),
    (&[Action::Chat(ChatAction::Sessions)], "earlier ones"),
    TRAY,
    PANE,
    COMMANDS,
    HELP,
    QUIT,
];
const SENT: &[Entry] = &[
    MOVE,
    (&[Action::Chat(ChatAction::PinItem)], "pin"),
    (&[Action::Chat(ChatAction::DropItem)], "drop"),
    (&[Action::Chat(ChatAction::More), Action::Chat(ChatAction::Fewer)], "budget"),
    (&[Action::Chat(ChatAction::OpenItem)], "show lines"),
    (&[Action::Chat(ChatAction::Later), Action::Chat(ChatAction::Earlier)], "reorder"),
    (&[Action::Back], "close"),
    COMMANDS,
    HELP,
];
const COMPOSING: &[Entry] = &[
    (&[Action::Accept], "send"),
    NOW,
    ALL,
    (&[Action::Chat(ChatAction::TakeBack)], "take back"),
    (&[Action::Compose(Compose::NewLine)], "new line"),
    TRAY,
    PANE,
    (&[Action::SearchLine], "search only"),
    (&[Action::Chat(ChatAction::Sessions)], "earlier ones"),
    (&[Action::HistoryOlder], "history"),
    (&[Action::Compose(Compose::Editor)], "editor"),
    COMMANDS,
    HELP,
];
const WRITING: &[Entry] = &[
    (&[Action::Review(ReviewAction::Done)], "done"),
    (&[Action::Edit(Edit::Undo)], "undo"),
    (&[Action::Back], "leave"),
    (&[Action::Reply], "message"),
];

/// The keys of the review: deciding first, then what comes once all is decided.
const REVIEW: &[Entry] = &[
    (&[Action::Review(ReviewAction::Accept)], "accept"),
    (&[Action::Review(ReviewAction::Reject)], "reject"),
    (&[Action::Review(ReviewAction::Write)], "write"),
    (&[Action::Review(ReviewAction::FixCheck)], "send errors back"),
    (&[Action::Review(ReviewAction::Commit)], "commit"),
    (&[Action::Review(ReviewAction::Stop)], "stop"),
    (&[Action::Review(ReviewAction::Check)], "check"),
    (&[Action::Review(ReviewAction::Retry)], "ask again"),
    (&[Action::Review(ReviewAction::AcceptFile), Action::Review(ReviewAction::RejectFile)], "whole file"),
    (&[Action::Review(ReviewAction::Undo)], "undo"),
    (&[Action::Review(ReviewAction::Amend)], "edit"),
    (&[Action::Review(ReviewAction::Next), Action::Review(ReviewAction::Previous)], "hunk"),
    (&[Action::Review(ReviewAction::UndoWrite)], "revert"),
    (&[Action::Review(ReviewAction::RedoWrite)], "write again"),
    (&[Action::Review(ReviewAction::Comment)], "comment"),
    (&[Action::Review(ReviewAction::AcceptAll), Action::Review(ReviewAction::RejectAll)], "all"),
    (&[Action::Review(ReviewAction::NextEdit)], "next edit"),
    (&[Action::Review(ReviewAction::Unfold)], "left out"),
    (&[Action::Review(ReviewAction::Split)], "split"),
    (&[Action::Review(ReviewAction::Drop)], "drop"),
    (&[Action::Review(ReviewAction::Face)], "side by side"),
    (&[Action::Back], "leave"),
    COMMANDS,
    HELP,
];

/// The entries of a context, most useful first: a narrow screen shows the first few.
const fn entries(context: Context) -> &'static [Entry] {
    match context {
        Context::Query => &[
            (&[Action::Accept], "to the list"),
            (&[Action::FocusComposer], "message"),
            PANE,
            (&[Action::HistoryOlder], "history"),
            COMMANDS,
            HELP,
            (&[Action::Interrupt], "twice quits"),
        ],
        Context::List => &[
            MOVE, OPEN, EDIT_THIS, ATTACH, EVIDENCE, JUDGE, FILTER, PIN, QUERY, SORT, EXCLUDE, LEDGER, PANE,
            QUIT, COMMANDS, HELP,
        ],
        Context::Why => &[SCROLL, EVIDENCE, OPEN, EDIT_THIS, SELECT, COPY, PANE, QUERY, COMMANDS, HELP, QUIT],
        Context::Ledger => &[
            MOVE,
            (&[Action::Toggle], "fold"),
            FILTER,
            (&[Action::Rejudge], "retry"),
            (&[Action::Exclude], "exclude"),
            (&[Action::Back], "to the list"),
            PANE,
            COMMANDS,
            HELP,
            QUIT,
        ],
        Context::Chat => CHATTING,
        Context::Tray => SENT,
        Context::Review => REVIEW,
        Context::Writing => WRITING,
        Context::Instruct => {
            &[(&[Action::Accept], "send"), (&[Action::Review(ReviewAction::Target)], "target"), CLOSE]
        }
        Context::Composer => COMPOSING,
        Context::Filter => &[(&[Action::Accept], "keep"), (&[Action::Back], "clear")],
        Context::Command => &[RUN, (&[Action::Complete], "complete"), CLOSE],
        Context::Palette => &[RUN, (&[Action::HistoryOlder, Action::HistoryNewer], "move"), CLOSE],
        Context::Help | Context::Notices => &[SCROLL, CLOSE],
        Context::Stats => &[SCROLL, (&[Action::StatsDays], "other days"), CLOSE],
        Context::Charts => &[
            (&[Action::Chart(ChartAction::Next)], "next chart"),
            (&[Action::Chart(ChartAction::Lower), Action::Chart(ChartAction::Higher)], "threshold"),
            (&[Action::Chart(ChartAction::Choose)], "keep it"),
            (&[Action::Chart(ChartAction::Default)], "the judge's own"),
            (&[Action::Chart(ChartAction::Run)], "measure again"),
            CLOSE,
        ],
        Context::Tuning => &[(&[Action::Chart(ChartAction::Run)], "tune again"), CLOSE],
        Context::Models => &[
            MOVE,
            (&[Action::PickModel], "change"),
            (&[Action::TestModel], "test"),
            (&[Action::DefaultModel], "default"),
            (&[Action::FindModels], "look again"),
            CLOSE,
        ],
        Context::Candidates => &[
            (&[Action::Accept], "use"),
            (&[Action::HistoryOlder, Action::HistoryNewer], "move"),
            (&[Action::TestModel], "test"),
            (&[Action::Back], "back"),
        ],
        Context::Sessions => &[
            (&[Action::Accept], "open"),
            (&[Action::HistoryOlder, Action::HistoryNewer], "move"),
            (&[Action::Chat(ChatAction::Delete)], "delete"),
            (&[Action::Chat(ChatAction::BranchOff)], "branch"),
            CLOSE,
        ],
        Context::Compare => &[
            (&[Action::FocusNext], "next answer"),
            SCROLL,
            (&[Action::Chat(ChatAction::Pick)], "this is the best"),
            CLOSE,
        ],
        Context::Estimate => &[(&[Action::Confirm], ASK), (&[Action::Decline], "embedded only")],
    }
}

/// The hints of the present context, and those of them that stay where the screen is too narrow for all. What cannot
/// run now is left out; the palette says why.
pub fn hints(app: &App) -> (Vec<Hint>, Vec<Hint>) {
    let context = app.context();
    let able = |action: &Action| enabled(app, *action).is_ok();
    let hint = |(actions, label): &Entry| -> Option<Hint> {
        let chord = |action: &Action| app.keymap.chord(context, *action).map(|chord| chord.to_string());
        let chords: Option<Vec<String>> = actions.iter().map(chord).collect();
        let label = named(app, context, actions[0]).unwrap_or(Cow::Borrowed(*label));
        Some(Hint { keys: chords?.join("/"), label })
    };
    let mut entries = entries(context).to_vec();
    // What comes next comes first: the write once all is decided, the instruction once lines are selected.
    if context == Context::Review && app.review.tally().is_decided() {
        let next = if app.review.tally().accepted > 0 { ReviewAction::Write } else { ReviewAction::Drop };
        entries.sort_by_key(|(actions, _)| actions[0] != Action::Review(next));
    } else if context == Context::Why && app.why.selected().is_some() {
        entries.sort_by_key(|entry| ![EDIT_THIS, SELECT].contains(entry));
    }
    let too_narrow = context == Context::Review && !parts::fits_beside(app.review.page.0);
    entries.retain(|(actions, _)| !(too_narrow && actions[0] == Action::Review(ReviewAction::Face)));
    let able = entries.iter().filter(|(actions, _)| actions.iter().all(able));
    let (stays, rest): (Vec<Entry>, Vec<Entry>) = able.partition(|entry| [COMMANDS, HELP].contains(entry));
    (rest.iter().filter_map(hint).collect(), stays.iter().filter_map(hint).collect())
}

/// What a key does just now, where that is not what it always does.
fn named(app: &App, context: Context, action: Action) -> Option<Cow<'static, str>> {
    use super::review::writing::Purpose;
    let conflict = || app.review.hunk().is_some_and(|(_, hunk)| hunk.conflict.is_some());
    let selected = app.why.selected().is_some();
    let runs = |task: EvalTask| app.evaluating.running(task).is_some();
    let label = match (context, action) {
        (Context::Charts, Action::Back) if runs(EvalTask::Evaluate) => "stop it",
        (Context::Tuning, Action::Back) if runs(EvalTask::Tune) => "stop it",
        (Context::Query, Action::Accept) if app.wanted_judge().is_some() => ASK,
        (Context::Chat, Action::Chat(ChatAction::OpenCitation)) if app.edit_here().is_some() => "review",
        (_, Action::Judge) if app.stopped_by_budget() => "go on",
        (_, Action::Review(ReviewAction::Write)) => {
            return Some(format!("write {} accepted", app.review.tally().accepted).into());
        }
        (Context::Review, Action::Review(ReviewAction::Accept)) if conflict() => "take the hunk",
        (Context::Review, Action::Review(ReviewAction::Reject)) if conflict() => "keep the file's",
        (Context::Why, Action::Review(ReviewAction::Ask)) if selected => "edit these lines",
        (Context::Why, Action::Review(ReviewAction::SelectLines)) if selected => "select none",
        (Context::Writing, Action::Review(ReviewAction::Done)) => {
            match app.review.writing.as_ref()?.purpose {
                Purpose::Amend(..) => "keep",
                Purpose::Commit(_) => "commit",
            }
        }
        (_, _) => return None,
    };
    Some(label.into())
}
