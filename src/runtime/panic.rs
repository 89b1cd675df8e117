//! Panic: what a panic does to a program that holds the terminal.
//!
//! On the thread that draws, the terminal is given back before the message is printed. On any other thread the
//! screen lives on, and the message becomes a [`Notice`].

use std::backtrace::Backtrace;
use std::panic::{self, PanicHookInfo};
use std::thread::{self, ThreadId};

use crate::domain::{Notice, Severity};

use super::screen::Restore;

/// Installs the hook for a session drawn by the calling thread.
pub fn install(restore: Restore, tell: impl Fn(Notice) + Send + Sync + 'static) {
    let drawing = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if is_drawing(drawing) {
            restore.now();
            before(info);
        } else {
            tell(notice(info));
            log(info);
        }
    }));
}

fn is_drawing(drawing: ThreadId) -> bool {
    thread::current().id() == drawing
}

fn notice(info: &PanicHookInfo<'_>) -> Notice {
    let thread = thread::current().name().unwrap_or("a worker").to_owned();
    let place = info.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
    Notice::new(Severity::Error, format!("{thread} stopped working"))
        .cause(format!("{}{place}", message(info)))
        .hint("the rest goes on; restart Quarry to get it back, and please report this")
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}

/// With `QUARRY_PANIC_LOG=FILE` set, keeps the whole story; the screen has no room for it.
fn log(info: &PanicHookInfo<'_>) {
    let Some(path) = std::env::var_os("QUARRY_PANIC_LOG") else { return };
    let _ = std::fs::write(path, format!("{info}\n{}", Backtrace::force_capture()));
}
