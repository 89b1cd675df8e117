//! Session: the main loop of the screen. One turn takes what happened, lets the state change, does what the state
//! asks for, and draws when a frame is due.
//!
//! Invariant: the loop waits for nothing but events: no file, no service and no program is awaited inside a turn.

mod composing;
mod execute;
mod outside;
mod settings;

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use crossterm::event::{Event, EventStream};
use futures::StreamExt;
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::app::{App, Boot, Cmd, Input, Msg, Now, TreeNews, update};
use crate::chat::Front;
use crate::domain::{ChatCommand, JudgeName, Notice, TreeEvent, unix_seconds};
use crate::llm::LlmOptions;
use crate::ui;
use crate::ui::theme::{Theme, ThemeKind};

use super::background::{self, Sieve, Sifted};
use super::kept::REQUESTS;
use super::keys;
use super::loaded::{Loaded, Sources};
use super::messages::Drafts;
use super::pace::Pace;
use super::panic;
use super::preview::Previews;
use super::reload::ConfigWatch;
use super::screen::{Restore, Screen};
use super::services::{ServiceEvent, ServiceOptions, Services};
use super::signals::{Signals, Told, stop_job};
use settings::Why;

/// Messages of services that may wait; a service that has more to say waits itself.
const MAILBOX: usize = 256;

/// Messages taken in one turn, so that input is never kept waiting.
const BATCH: usize = 64;

/// How long the first frame may wait for the configuration. Longer, and it is drawn without.
const CONFIG_PATIENCE: Duration = Duration::from_millis(20);

/// What a session is started with.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// What the services need: roots, task, cache.
    pub services: ServiceOptions,
    /// Where the configuration lies.
    pub sources: Sources,
    /// The names of the roots, as shown.
    pub root_names: Vec<String>,
    /// Which conversation is open at first.
    pub opening: Opening,
}

/// Which conversation is open at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opening {
    /// A new one.
    #[default]
    New,
    /// The last one about these roots.
    Last,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The person quit.
    Quit,
    /// A signal ended it.
    Interrupted,
}

/// What reaches the loop besides input and signals.
enum Post {
    /// For the state.
    Msg(Msg),
    /// The services run.
    Services(Box<Services>),
    /// The editor or pager ended; what the state is told once the terminal is back.
    Closed(Box<Msg>),
    /// A configuration or theme file was saved.
    ConfigSaved,
    /// Configuration and themes are watched.
    Watching(ConfigWatch),
    /// The configuration was read.
    Loaded(Box<Loaded>, Why),
    /// A theme was read.
    Theme(Box<Theme>),
}

/// The screen and all that it holds.
struct Session {
    app: App,
    screen: Screen,
    theme: Theme,
    loaded: Loaded,
    sources: Sources,
    kind: ThemeKind,
    /// The theme picked on the screen.
    chosen: Option<String>,
    born: Instant,
    ticked: Instant,
    pace: Pace,
    input: Option<EventStream>,
    sieve: Sieve,
    release_at: Option<Instant>,
    reload_at: Option<Instant>,
    services: Option<Services>,
    /// What services are to be told once they run.
    waiting: Vec<Cmd>,
    previews: Previews,
    watch: Option<ConfigWatch>,
    posts: Sender<Post>,
    /// Where what is typed and not sent is kept, and how often it was.
    drafts: Drafts,
    drafted: u64,
    /// Another program has the terminal.
    outside: bool,
    /// The signal to go on after [`Session::suspend`] is still to be told.
    went_on: bool,
    outcome: Option<Outcome>,
}

/// Runs the screen until it ends; the terminal is as it was before.
///
/// # Errors
/// The terminal cannot be taken, or went away.
pub fn run(options: SessionOptions) -> anyhow::Result<Outcome> {
    let first = options.sources.load_soon(CONFIG_PATIENCE);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("quarry-io")
        .enable_all()
        .build()
        .context("cannot start worker threads")?;
    let outcome = runtime.block_on(Box::pin(session(options, first)));
    // What still runs in the background has nobody left to tell.
    runtime.shutdown_background();
    outcome
}

async fn session(options: SessionOptions, first: Option<Loaded>) -> anyhow::Result<Outcome> {
    let mut signals = Signals::listen().context("cannot listen to signals")?;
    let (posts, mut mailbox) = mpsc::channel(MAILBOX);
    let restore = Restore::default();
    panic::install(restore.clone(), notice_sender(posts.clone()));
    let screen = Screen::enter(restore).context("cannot take the terminal")?;
    let mut session = Session::new(screen, &options, first, posts);
    session.draw()?;
    session.start(options);
    let ended = session.run(&mut signals, &mut mailbox).await;
    session.screen.leave();
    session.leave_draft();
    // Services that wait to be heard stop waiting now, so that dropping them cannot hang.
    drop(mailbox);
    ended
}

/// Panics of other threads reach the mailbox through this; their hook cannot wait.
fn notice_sender(posts: Sender<Post>) -> impl Fn(Notice) + Send + Sync {
    move |notice| {
        let _ = posts.try_send(Post::Msg(Msg::Notice(notice)));
    }
}

impl Session {
    fn new(screen: Screen, options: &SessionOptions, first: Option<Loaded>, posts: Sender<Post>) -> Self {
        let now = Instant::now();
        let loaded = first.unwrap_or_default();
        let app = App::new(Boot {
            roots: options.root_names.clone(),
            config: Arc::clone(&loaded.config),
            themes: loaded.themes.clone(),
            theme: loaded.theme.name().to_owned(),
            judge: JudgeName::embedded(),
            size: Screen::size(),
        });
        Self {
            theme: loaded.theme.clone(),
            app,
            screen,
            loaded,
            sources: options.sources.clone(),
            kind: ThemeKind::Dark,
            chosen: None,
            born: now,
            ticked: now,
            pace: Pace::new(now),
            input: None,
            sieve: Sieve::default(),
            release_at: None,
            reload_at: None,
            services: None,
            waiting: match options.opening {
                Opening::New => Vec::new(),
                Opening::Last => vec![Cmd::Chat(ChatCommand::Resume(None))],
            },
            previews: Previews::default(),
            watch: None,
            posts,
            drafts: Drafts::new(&options.sources.dirs.data, &options.services.roots),
            drafted: 0,
            outside: false,
            went_on: false,
            outcome: None,
        }
    }

    /// Everything after the first frame.
    fn start(&mut self, options: SessionOptions) {
        #[cfg(debug_assertions)]
        panic_if_asked();
        self.input = Some(EventStream::new());
        if self.loaded.config.mouse {
            let _ = self.screen.set_mouse(true);
        }
        // A terminal without colours has no theme to pick.
        if self.loaded.follows_background() {
            let _ = self.screen.send(background::QUESTION);
        }
        self.tick(Instant::now());
        if !self.loaded.problems.is_empty() {
            self.announce_loaded();
        }
        self.watch_config();
        let (posts, drafts) = (self.posts.clone(), self.drafts.clone());
        tokio::task::spawn_blocking(move || {
            let remembered = REQUESTS.load(&options.sources.dirs.data);
            let _ = posts.blocking_send(Post::Msg(Msg::Remembered(remembered)));
            composing::recall(&options.sources.dirs.data, &drafts, &posts);
            // Read here once more, because the first frame may have been drawn without it.
            let (config, _) = options.sources.config();
            let mut models = LlmOptions::new(Arc::new(config.clone()), &options.sources.dirs);
            models.roots.clone_from(&options.services.roots);
            let services = ServiceOptions {
                models: Some(models),
                edits: Some(Arc::new(config.clone())),
                evaluates: true,
                notes_feedback: config.feedback,
                task: config.query.task.map(Into::into),
                exclude: config.exclude,
                chat: Some(Front::Screen),
                ..options.services
            };
            let tell = posts.clone();
            let sink = move |event| {
                if let Some(msg) = message(event) {
                    let _ = tell.blocking_send(Post::Msg(msg));
                }
            };
            let post = match Services::start(services, sink) {
                Ok(services) => Post::Services(Box::new(services)),
                Err(notice) => Post::Msg(Msg::Notice(notice)),
            };
            let _ = posts.blocking_send(post);
        });
    }

    async fn run(&mut self, signals: &mut Signals, mailbox: &mut Receiver<Post>) -> anyhow::Result<Outcome> {
        loop {
            self.do_what_is_due()?;
            if let Some(outcome) = self.outcome {
                return Ok(outcome);
            }
            let wake = self.wake_at();
            tokio::select! {
                biased;
                told = signals.next() => self.signal(told)?,
                event = next_event(self.input.as_mut()) => self.event(event)?,
                () = sleep_until(wake) => {}
                post = mailbox.recv() => self.take(post, mailbox)?,
            }
        }
    }

    fn do_what_is_due(&mut self) -> anyhow::Result<()> {
        let now = Instant::now();
        if self.release_at.is_some_and(|at| at <= now) {
            self.release_at = None;
            for event in self.sieve.release() {
                self.input(event);
            }
        }
        if self.reload_at.is_some_and(|at| at <= now) {
            self.reload(Why::MayHaveChanged);
        }
        if self.pace.tick_due(now) {
            self.tick(now);
        }
        while let Some(timer) = self.pace.take_timer(now) {
            self.tick(now);
            self.update(Msg::Timer(timer));
        }
        if !self.outside && self.pace.frame_due(now) {
            self.draw()?;
        }
        Ok(())
    }

    fn wake_at(&self) -> Option<Instant> {
        let due = if self.outside { None } else { self.pace.wake_at() };
        [due, self.release_at, self.reload_at].into_iter().flatten().min()
    }

    fn take(&mut self, post: Option<Post>, mailbox: &mut Receiver<Post>) -> anyhow::Result<()> {
        self.tick(Instant::now());
        let mut next = post;
        for _ in 0..BATCH {
            match next {
                Some(post) => self.post(post)?,
                None => break,
            }
            next = mailbox.try_recv().ok();
        }
        if let Some(post) = next {
            self.post(post)?;
        }
        Ok(())
    }

    fn post(&mut self, post: Post) -> anyhow::Result<()> {
        match post {
            Post::Msg(msg) => self.update(msg),
            Post::Services(services) => {
                self.services = Some(*services);
                for command in std::mem::take(&mut self.waiting) {
                    self.execute(command);
                }
            }
            Post::Closed(msg) => self.come_back(*msg)?,
            Post::ConfigSaved => self.reload_at = Some(Instant::now() + settings::SETTLE),
            Post::Watching(watch) => drop(self.watch.replace(watch)),
            Post::Loaded(loaded, why) => self.use_loaded(*loaded, why),
            Post::Theme(theme) => self.use_theme(*theme),
        }
        Ok(())
    }

    fn event(&mut self, event: Option<std::io::Result<Event>>) -> anyhow::Result<()> {
        let event = match event {
            Some(Ok(event)) => event,
            Some(Err(error)) => return Err(error).context("cannot read from the terminal"),
            None => return Ok(()),
        };
        let now = Instant::now();
        self.tick(now);
        match self.sieve.sift(event) {
            Sifted::Held => {}
            Sifted::Input(events) => {
                for event in events {
                    self.input(event);
                }
            }
            Sifted::Answer(color) => self.use_background(color),
        }
        self.release_at = self.sieve.is_holding().then(|| now + background::PATIENCE);
        Ok(())
    }

    fn input(&mut self, event: Event) {
        if matches!(event, Event::Resize(..)) {
            self.screen.forget();
        }
        if let Some(input) = keys::translate(event) {
            self.update(Msg::Input(input));
            self.pace.hurry();
        }
    }

    fn signal(&mut self, told: Told) -> anyhow::Result<()> {
        match told {
            // Meant for the program that has the terminal.
            Told::Interrupt | Told::GoOn if self.outside => {}
            Told::End | Told::Interrupt => self.outcome = Some(Outcome::Interrupted),
            Told::Stop => self.suspend()?,
            // A stop of our own making took the terminal back by itself; once more would flicker.
            Told::GoOn if std::mem::take(&mut self.went_on) => {}
            Told::GoOn => self.take_terminal()?,
        }
        Ok(())
    }

    /// Stops the whole job; what follows happens when it goes on.
    fn suspend(&mut self) -> anyhow::Result<()> {
        if !self.outside {
            self.screen.leave();
        }
        let stopped = stop_job();
        if self.outside {
            return Ok(());
        }
        self.went_on = stopped;
        self.take_terminal()
    }

    fn take_terminal(&mut self) -> anyhow::Result<()> {
        self.screen.come_back().context("cannot take the terminal back")?;
        self.update(Msg::Input(Input::Resize(Screen::size())));
        self.pace.changed();
        Ok(())
    }

    fn tick(&mut self, now: Instant) {
        self.ticked = now;
        let unix = unix_seconds(SystemTime::now());
        let offset = jiff::Zoned::now().offset().seconds();
        self.update(Msg::Tick(Now { elapsed: now - self.born, unix, offset }));
    }

    fn update(&mut self, msg: Msg) {
        for command in update(&mut self.app, msg) {
            self.execute(command);
        }
        if self.app.take_redraw() {
            self.pace.changed();
        }
        self.pace.want_tick(self.app.needs_tick().map(|wait| self.ticked + wait));
    }

    fn draw(&mut self) -> anyhow::Result<()> {
        let (app, theme, glyphs) = (&self.app, &self.theme, self.loaded.glyphs());
        self.screen.draw(|frame| ui::view(app, theme, &glyphs, frame)).context("cannot draw")?;
        self.pace.drew(Instant::now());
        Ok(())
    }
}

/// What the state is told of a service's event.
fn message(event: ServiceEvent) -> Option<Msg> {
    Some(match event {
        ServiceEvent::Query(event) => Msg::Query(event),
        ServiceEvent::Models(event) => Msg::Models(event),
        ServiceEvent::Chat(event) => Msg::Chat(event),
        ServiceEvent::Edit(event) => Msg::Edit(event),
        ServiceEvent::Eval(event) => Msg::Eval(event),
        ServiceEvent::Tree(TreeEvent::Git(root, state)) => Msg::Tree(TreeNews::Git(root, state)),
        ServiceEvent::Tree(TreeEvent::Watch(state)) => Msg::Tree(TreeNews::Watch(state)),
        ServiceEvent::Tree(TreeEvent::RootLost(root, path, lost)) => {
            Msg::Tree(TreeNews::RootLost(root, path, lost))
        }
        ServiceEvent::Tree(TreeEvent::Notice(notice)) => Msg::Notice(notice),
        ServiceEvent::Tree(
            TreeEvent::Found(_)
            | TreeEvent::Walked { .. }
            | TreeEvent::Changed(_)
            | TreeEvent::History { .. },
        ) => return None,
    })
}

async fn next_event(input: Option<&mut EventStream>) -> Option<std::io::Result<Event>> {
    match input {
        Some(stream) => stream.next().await,
        None => pending().await,
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => pending().await,
    }
}

/// With `QUARRY_TEST_PANIC` set to `screen` or `worker`, panics there; for the tests of the panic hook.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "it is what this is for")]
fn panic_if_asked() {
    match std::env::var("QUARRY_TEST_PANIC").as_deref() {
        Ok("screen") => panic!("asked to panic on the screen's thread"),
        Ok("worker") => {
            std::thread::spawn(|| panic!("asked to panic on a worker's thread"));
        }
        Ok(_) | Err(_) => {}
    }
}
