//! The state of the whole screen.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Detail, EditId, FileId, HunkId, JudgeName, Mention, RankedRow, StateKind};

use super::action::{Action, Context};
use super::beat::Beat;
use super::chat::Chat;
use super::chat::compare::Compare;
use super::chat::sessions::Sessions;
use super::evaluating::{ChartsPage, Evaluating, TunePage};
use super::input::Size;
use super::keymap::Keymap;
use super::layout::{COMPOSER_TEXT, Layout, Right, Scene, Shape};
use super::ledger::Ledger;
use super::line::Line;
use super::list::List;
use super::models::Models;
use super::mouse::Pointer;
use super::msg::Now;
use super::notices::Notices;
use super::palette::Palette;
use super::picker::{Part, Picker};
use super::query::{Phase, Query};
use super::review::Review;
use super::review::asking::Asking;
use super::stats::StatsPage;
use super::status::Status;
use super::why::Why;
use crate::config::Config;

/// What a session starts with.
#[derive(Debug, Clone)]
pub struct Boot {
    /// The names of the roots, as shown, in their order.
    pub roots: Vec<String>,
    /// The configuration.
    pub config: Arc<Config>,
    /// The names of all themes.
    pub themes: Vec<String>,
    /// The theme drawn with.
    pub theme: String,
    /// Who judges.
    pub judge: JudgeName,
    /// The terminal's size.
    pub size: Size,
}

/// A pane that can have the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// The query line.
    Query,
    /// The ranked list, or the ledger in its place.
    List,
    /// The `why` pane.
    Why,
    /// The conversation.
    Chat,
    /// The message being typed.
    Composer,
    /// The opened context tray.
    Tray,
    /// The proposed edits.
    Review,
}

/// What is typed at the foot of the screen.
#[derive(Debug, Clone)]
pub enum Prompt {
    /// After `/`.
    Filter(Line),
    /// After `:`; carries the theme to go back to.
    Command(Line, String),
    /// An instruction for the model that edits.
    Instruct(Box<Asking>),
    /// A comment on a hunk, which goes back to the model.
    Comment(EditId, HunkId, Line),
}

/// What floats over the panes.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// Commands or themes.
    Palette(Box<Palette>),
    /// The help page, scrolled by so many lines.
    Help(usize),
    /// The notices, scrolled by so many lines.
    Notices(usize),
    /// Which model answers what.
    Models(Box<Picker>),
    /// What models did.
    Stats(Box<StatsPage>),
    /// How well judges find what commits touched.
    Charts(Box<ChartsPage>),
    /// How the judge is tuned to the repository.
    Tune(TunePage),
    /// The question whether a model shall be asked for what it costs.
    Estimate(Beat),
    /// Earlier conversations.
    Sessions(Box<Sessions>),
    /// Answers side by side.
    Compare(Compare),
}

/// The themes there are.
#[derive(Debug, Clone, Default)]
pub struct Themes {
    /// Every name.
    pub names: Vec<String>,
    /// The one drawn with.
    pub current: String,
}

/// Everything that the screen shows.
#[derive(Debug)]
pub struct App {
    /// The time of the last tick.
    pub now: Now,
    /// The terminal's size.
    pub size: Size,
    /// The pane with the keyboard, below prompt and overlay.
    pub focus: Pane,
    /// Whether the ledger stands in the place of the list.
    pub ledger_open: bool,
    /// What is typed at the foot of the screen.
    pub prompt: Option<Prompt>,
    /// What floats over the panes.
    pub overlay: Option<Overlay>,
    /// The query.
    pub query: Query,
    /// The ranked list.
    pub list: List,
    /// The ledger.
    pub ledger: Ledger,
    /// The `why` pane.
    pub why: Why,
    /// The conversation.
    pub chat: Chat,
    /// What stands at the right of the list, as long as the keyboard does not say otherwise.
    pub right: Right,
    /// The proposed edits.
    pub review: Review,
    /// What the header says.
    pub status: Status,
    /// Notices and the toast.
    pub notices: Notices,
    /// Which chord means what.
    pub keymap: Keymap,
    /// The configuration.
    pub config: Arc<Config>,
    /// The themes.
    pub themes: Themes,
    /// What is known of models.
    pub models: Models,
    /// What is known of how well judges find things here.
    pub evaluating: Evaluating,
    /// The mouse.
    pub mouse: Pointer,
    /// What was excluded in this session, newest last.
    pub excluded: Vec<(FileId, Arc<str>)>,
    pub(super) timers: Timers,
    pub(super) interrupted: Option<Duration>,
    pub(super) redraw: bool,
}

/// The newest timer of each kind.
#[derive(Debug, Default)]
pub(super) struct Timers {
    pub typing: u64,
    pub message: u64,
    pub dwell: u64,
    pub dwelt: Option<FileId>,
    pub draft: u64,
    pub sessions: u64,
}

impl App {
    /// The state at the start. What is wrong with the keys of the settings is already noted.
    pub fn new(boot: Boot) -> Self {
        let (keymap, problems) = Keymap::new(&boot.config);
        let mut app = Self {
            now: Now::default(),
            size: boot.size,
            focus: Pane::Query,
            ledger_open: false,
            prompt: None,
            overlay: None,
            query: Query::new(boot.judge),
            list: List::default(),
            ledger: Ledger::default(),
            why: Why::default(),
            chat: Chat::default(),
            right: Right::default(),
            review: Review::default(),
            status: Status { roots: boot.roots, ..Status::default() },
            notices: Notices::default(),
            keymap,
            models: Models::default(),
            evaluating: Evaluating::default(),
            mouse: Pointer::new(boot.config.mouse),
            config: boot.config,
            themes: Themes { names: boot.themes, current: boot.theme },
            excluded: Vec::new(),
            timers: Timers::default(),
            interrupted: None,
            redraw: true,
        };
        app.note_problems(problems);
        app
    }

    /// When the next [`super::Msg::Tick`] is needed, from the last one on; `None` while nothing moves.
    pub fn needs_tick(&self) -> Option<Duration> {
        let spinner = self.is_spinning().then_some(SPIN);
        let toast = self.notices.remaining(self.now.elapsed);
        let highlighting = self.chat.transcript.is_short().then_some(SOON);
        [spinner, toast, self.beat(), highlighting].into_iter().flatten().min()
    }

    /// How long the question that floats takes no keys yet.
    pub fn beat(&self) -> Option<Duration> {
        match self.overlay {
            Some(Overlay::Estimate(beat)) => beat.rest(self.now.elapsed),
            Some(
                Overlay::Palette(_)
                | Overlay::Help(_)
                | Overlay::Notices(_)
                | Overlay::Models(_)
                | Overlay::Sessions(_)
                | Overlay::Compare(_)
                | Overlay::Stats(_)
                | Overlay::Charts(_)
                | Overlay::Tune(_),
            )
            | None => None,
        }
    }

    /// The model that judges on request, by the name the query engine knows it by; `None` where the embedded judge is
    /// all there is.
    pub fn model_judge(&self) -> Option<JudgeName> {
        self.models.judge()
    }

    /// The model that enter on the query line asks: the one that judges, unless it was asked this already.
    pub fn wanted_judge(&self) -> Option<JudgeName> {
        let judge = self.model_judge().filter(|_| !self.query.line.is_blank())?;
        let same = self.query.judge == judge && !self.query.is_pending();
        let again = matches!(self.query.phase, Phase::Idle | Phase::Stopped | Phase::Waiting);
        (!same || again).then_some(judge)
    }

    /// Whether a budget stopped the query, so that it can go on.
    pub fn stopped_by_budget(&self) -> bool {
        self.query.counts.get(StateKind::OverBudget) > 0 && !self.query.is_running()
    }

    /// Whether something changed since this was last asked, so that a frame is due.
    pub fn take_redraw(&mut self) -> bool {
        std::mem::take(&mut self.redraw)
    }

    /// Whether a spinner turns.
    pub fn is_spinning(&self) -> bool {
        self.config.motion
            && (self.query.is_running()
                || self.status.is_busy()
                || self.review.is_busy()
                || self.is_testing()
                || self.evaluating.running.is_some()
                || self.chat.turns.is_going())
    }

    /// Whether a test call is waited for where it is seen.
    fn is_testing(&self) -> bool {
        matches!(self.overlay, Some(Overlay::Models(_))) && self.models.is_testing()
    }

    /// The spinner's tick, 10 a second; 0 where nothing may move.
    pub fn spin(&self) -> u64 {
        if self.config.motion { (self.now.elapsed.as_millis() / SPIN.as_millis()) as u64 } else { 0 }
    }

    /// Where everything stands.
    pub fn layout(&self) -> Layout {
        Layout::new(self.size, self.scene())
    }

    /// What decides where things stand, besides the size.
    pub fn scene(&self) -> Scene {
        let scene = Scene {
            left: matches!(self.focus, Pane::Query | Pane::List),
            right: self.right_now(),
            intro: self.query.asked().is_empty() && !self.ledger_open,
            composer: 0,
            queue: self.chat.waiting_lines(),
            tray: self.chat.tray.is_open,
        };
        let cells = composer_cells(Layout::new(self.size, scene).composer.width);
        let composer = u16::try_from(self.chat.composer.height(cells)).unwrap_or(u16::MAX);
        Scene { composer, ..scene }
    }

    /// Whether a path of the tree, or a directory, is called so.
    pub fn is_path(&self, name: &str) -> bool {
        let folder = name.trim_end_matches('/');
        let below = |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.list.rows().iter().any(|row| &*row.path == name || below(&row.path))
    }

    /// Whether a mention of the message names something; `None` while that is not known.
    pub fn is_known(&self, mention: &Mention) -> Option<bool> {
        if mention.git().is_some() || mention.name.starts_with('[') || self.is_path(&mention.name) {
            return Some(true);
        }
        let last = mention.name.rsplit([':', '.']).next().unwrap_or_default();
        let found = self.chat.composer.symbols(&mention.name)?;
        Some(found.iter().any(|symbol| symbol.name.eq_ignore_ascii_case(last)))
    }

    /// Cells and rows that the text of the message has.
    pub fn composer_cells(&self) -> (usize, usize) {
        let area = self.layout().composer;
        (composer_cells(area.width), usize::from(area.height))
    }

    /// What stands at the right: the pane that has the keyboard, else the one that had it last. Who searches before the
    /// first message sees why a file helps.
    fn right_now(&self) -> Right {
        let shape = Shape::of(self.size);
        match self.focus {
            Pane::Chat | Pane::Composer | Pane::Tray => Right::Chat,
            Pane::Review => Right::Review,
            Pane::Why if shape != Shape::Wide => Right::Why,
            Pane::Query | Pane::List if shape == Shape::Medium && self.right == Right::Chat => {
                if self.chat.is_empty() { Right::Why } else { Right::Chat }
            }
            Pane::Query | Pane::List | Pane::Why => self.right,
        }
    }

    /// Remembers what stands at the right once the keyboard has gone there.
    pub(super) fn settle_right(&mut self) {
        if !matches!(self.focus, Pane::Query | Pane::List) {
            self.right = self.right_now();
        }
    }

    /// Where keys go.
    pub fn context(&self) -> Context {
        match (&self.overlay, &self.prompt) {
            (Some(Overlay::Palette(_)), _) => Context::Palette,
            (Some(Overlay::Help(_)), _) => Context::Help,
            (Some(Overlay::Notices(_)), _) => Context::Notices,
            (Some(Overlay::Stats(_)), _) => Context::Stats,
            (Some(Overlay::Charts(_)), _) => Context::Charts,
            (Some(Overlay::Tune(_)), _) => Context::Tuning,
            (Some(Overlay::Models(picker)), _) => match picker.part {
                Part::Tasks => Context::Models,
                Part::Candidates => Context::Candidates,
            },
            (Some(Overlay::Estimate(_)), _) => Context::Estimate,
            (Some(Overlay::Sessions(_)), _) => Context::Sessions,
            (Some(Overlay::Compare(_)), _) => Context::Compare,
            (None, Some(Prompt::Filter(_))) => Context::Filter,
            (None, Some(Prompt::Command(..))) => Context::Command,
            (None, Some(Prompt::Instruct(_) | Prompt::Comment(..))) => Context::Instruct,
            (None, None) => self.pane_context(),
        }
    }

    /// Where keys go when nothing floats and nothing is typed at the foot.
    pub fn pane_context(&self) -> Context {
        match self.focus {
            Pane::Query => Context::Query,
            Pane::List if self.ledger_open => Context::Ledger,
            Pane::List => Context::List,
            Pane::Why => Context::Why,
            Pane::Chat => Context::Chat,
            Pane::Composer => Context::Composer,
            Pane::Tray => Context::Tray,
            Pane::Review if self.review.writing.is_some() => Context::Writing,
            Pane::Review => Context::Review,
        }
    }

    /// Whether the narrow shape is drawn, where panes are tabs.
    pub fn is_narrow(&self) -> bool {
        Shape::of(self.size) == Shape::Narrow
    }

    /// The selected row of the ranking, unless the ledger is open.
    pub fn ranked_row(&self) -> Option<&RankedRow> {
        if self.ledger_open { None } else { self.list.selected() }
    }

    /// Its file.
    pub fn ranked_file(&self) -> Option<FileId> {
        self.ranked_row().map(|row| row.file)
    }

    /// The file selected in the list or in the ledger.
    pub fn selected_file(&self) -> Option<FileId> {
        if self.ledger_open { self.ledger.selected().map(|row| row.file) } else { self.ranked_file() }
    }

    /// The path selected in the list or in the ledger.
    pub fn selected_path(&self) -> Option<Arc<str>> {
        if self.ledger_open {
            self.ledger.selected().map(|row| Arc::clone(&row.path))
        } else {
            self.ranked_row().map(|row| Arc::clone(&row.path))
        }
    }

    /// The explanation of the selected row.
    pub fn detail(&self) -> Option<&Arc<Detail>> {
        self.query.details.get(self.ranked_file()?)
    }

    /// The reason of the selected row, also why it has no verdict.
    pub fn reason(&self) -> Option<String> {
        if self.ledger_open {
            return Some(super::words::state(&self.ledger.selected()?.state));
        }
        self.detail().map(|detail| detail.reason.clone()).filter(|reason| !reason.is_empty())
    }

    /// The key of an action in the panes, for sentences; its name on the command line where it has none.
    pub fn key_of(&self, action: Action) -> String {
        let chord = self.keymap.chord(Context::List, action);
        chord
            .or_else(|| self.keymap.chords(action).first().copied())
            .map_or_else(|| format!(":{}", action.spec().name), |chord| chord.to_string())
    }

    /// The edit of the conversation that keys are about, where no citation is marked.
    pub fn edit_here(&self) -> Option<EditId> {
        let cited = self.chat.marks.citation(&self.chat.turns).is_some();
        self.chat.edit_here().filter(|edit| !cited && self.review.edit(*edit).is_some())
    }

    /// The filter of what is shown.
    pub fn filter(&self) -> &str {
        if self.ledger_open { self.ledger.filter() } else { self.list.filter() }
    }
}

/// Cells of the message's text in so many columns; one at the end is the cursor's.
fn composer_cells(width: u16) -> usize {
    usize::from(width.saturating_sub(COMPOSER_TEXT + 1)).max(1)
}

/// Until more of a long code block is highlighted.
const SOON: Duration = Duration::from_millis(20);

const SPIN: Duration = Duration::from_millis(100);
