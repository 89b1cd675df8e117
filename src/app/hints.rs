//! Hints: what the footer says of keys, by context, made from the keymap.

use super::able::enabled;
use super::action::{Action, Compose, Context, Move};
use super::state::App;

/// A hint of the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The keys, as `j/k`.
    pub keys: String,
    /// What they do, in one word or two.
    pub label: &'static str,
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
const JUDGE: Entry = (&[Action::Judge], ASK);
const RUN: Entry = (&[Action::Accept], "run");

/// The entries of a context, most useful first: a narrow screen shows the first few.
const fn entries(context: Context) -> &'static [Entry] {
    match context {
        Context::Query => &[
            (&[Action::Accept], "to the list"),
            (&[Action::HistoryOlder], "history"),
            COMMANDS,
            HELP,
            (&[Action::Interrupt], "twice quits"),
        ],
        Context::List => &[
            MOVE, OPEN, EVIDENCE, JUDGE, FILTER, PIN, QUERY, SORT, EXCLUDE, LEDGER, PANE, QUIT, COMMANDS,
            HELP,
        ],
        Context::Why => &[SCROLL, EVIDENCE, OPEN, COPY, PANE, QUERY, COMMANDS, HELP, QUIT],
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
        Context::Chat | Context::Tray | Context::Review => {
            &[SCROLL, (&[Action::Reply], "message"), PANE, COMMANDS, HELP, QUIT]
        }
        Context::Composer => &[
            (&[Action::Accept], "send"),
            (&[Action::Compose(Compose::NewLine)], "new line"),
            (&[Action::HistoryOlder], "history"),
            (&[Action::Compose(Compose::Editor)], "editor"),
            (&[Action::Tray], "tray"),
            PANE,
            COMMANDS,
            HELP,
        ],
        Context::Filter => &[(&[Action::Accept], "keep"), (&[Action::Back], "clear")],
        Context::Command => &[RUN, (&[Action::Complete], "complete"), CLOSE],
        Context::Palette => &[RUN, (&[Action::HistoryOlder, Action::HistoryNewer], "move"), CLOSE],
        Context::Help | Context::Notices => &[SCROLL, CLOSE],
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
        let asks = context == Context::Query && actions[0] == Action::Accept && app.wanted_judge().is_some();
        let label = if asks {
            ASK
        } else if actions[0] == Action::Judge && app.stopped_by_budget() {
            "go on"
        } else {
            label
        };
        Some(Hint { keys: chords?.join("/"), label })
    };
    let able = entries(context).iter().filter(|(actions, _)| actions.iter().all(able));
    let (stays, rest): (Vec<Entry>, Vec<Entry>) = able.partition(|entry| [COMMANDS, HELP].contains(entry));
    (rest.iter().filter_map(hint).collect(), stays.iter().filter_map(hint).collect())
}
