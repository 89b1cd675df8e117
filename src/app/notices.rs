//! Notices: the one on the footer now, and all of this session.

use std::time::Duration;

use crate::domain::{Notice, Severity};

/// Notices kept for the overlay; older ones are forgotten.
const KEPT: usize = 500;

/// A notice is told again as the same one where it is among so many of the newest.
const RECENT: usize = 20;

/// The same trouble within so many seconds is not shown again.
const STORM: i64 = 60;

/// A notice that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// What it says.
    pub notice: Notice,
    /// When, seconds since the epoch.
    pub unix: i64,
    /// How often.
    pub times: u32,
}

/// The line on the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// How bad it is.
    pub severity: Severity,
    /// What it says.
    pub text: String,
    until: Duration,
}

/// The notices of a session.
#[derive(Debug, Default)]
pub struct Notices {
    all: Vec<Noted>,
    toast: Option<Toast>,
    unread: usize,
}

impl Notices {
    /// Every notice, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Noted> {
        self.all.iter().rev()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there were none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// What the footer shows.
    pub fn toast(&self) -> Option<&Toast> {
        self.toast.as_ref()
    }

    /// Warnings and errors that nobody has looked at.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// Notes that the overlay was opened.
    pub fn read(&mut self) {
        self.unread = 0;
    }

    /// Keeps a notice and shows it for a while. The same trouble told again within a minute is only counted: a thousand
    /// calls that fail for one reason are one notice.
    pub fn add(&mut self, notice: Notice, now: Duration, unix: i64) {
        let before = self.all.iter().rposition(|noted| noted.notice == notice);
        let mut noted = Noted { notice, unix, times: 1 };
        let mut again = false;
        if let Some(at) = before.filter(|at| self.all.len() - at <= RECENT) {
            let old = self.all.remove(at);
            noted.times += old.times;
            again = unix - old.unix < STORM && noted.notice.severity > Severity::Info;
        }
        if !again {
            self.show(&noted.notice, now);
            self.unread += usize::from(noted.notice.severity > Severity::Info);
        }
        self.all.push(noted);
        if self.all.len() > KEPT {
            self.all.remove(0);
        }
    }

    fn show(&mut self, notice: &Notice, now: Duration) {
        let mut text = notice.title.clone();
        if let Some(hint) = &notice.hint {
            text = format!("{text}; {}", going_on(hint));
        }
        let seconds = match notice.severity {
            Severity::Info => 5,
            Severity::Warning => 10,
            Severity::Error => 20,
        };
        // A passing remark does not cover a graver one.
        if self.toast.as_ref().is_none_or(|toast| toast.severity <= notice.severity || toast.until <= now) {
            let until = now + Duration::from_secs(seconds);
            self.toast = Some(Toast { severity: notice.severity, text, until });
        }
    }

    /// Shows a remark for a moment without keeping it.
    pub fn flash(&mut self, text: impl Into<String>, now: Duration) {
        if self.toast.as_ref().is_none_or(|toast| toast.severity == Severity::Info || toast.until <= now) {
            let until = now + Duration::from_secs(3);
            self.toast = Some(Toast { severity: Severity::Info, text: text.into(), until });
        }
    }

    /// Takes the toast away; says whether there was one.
    pub fn dismiss(&mut self) -> bool {
        self.toast.take().is_some()
    }

    /// Takes the toast away because what it leads to is looked at.
    pub fn acknowledge(&mut self) {
        if let Some(toast) = self.toast.take() {
            let counted = toast.severity > Severity::Info;
            self.unread = self.unread.saturating_sub(usize::from(counted));
        }
    }

    /// Takes the toast away when its time is over; says whether it did.
    pub fn expire(&mut self, now: Duration) -> bool {
        self.toast.take_if(|toast| toast.until <= now).is_some()
    }

    /// How long the toast still stands.
    pub fn remaining(&self, now: Duration) -> Option<Duration> {
        self.toast.as_ref().map(|toast| toast.until.saturating_sub(now))
    }
}

/// A sentence as the second half of one: its first letter is small, unless more of the word is great or it is a key.
fn going_on(hint: &str) -> String {
    let mut rest = hint.chars();
    match (rest.next(), rest.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(rest).collect()
        }
        (_, _) => hint.to_owned(),
    }
}
