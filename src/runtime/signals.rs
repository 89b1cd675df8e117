//! Signals: what the kernel and the shell tell the program, as one stream.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// A signal that the session answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// End: SIGTERM or SIGHUP.
    End,
    /// End, as a key of the terminal asks: SIGINT or SIGQUIT.
    Interrupt,
    /// Stop, as a shell's job control asks: SIGTSTP.
    Stop,
    /// Go on after a stop: SIGCONT.
    GoOn,
}

/// The signals of the process. While it lives, none of them has its default effect.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    quit: Signal,
    stop: Signal,
    go_on: Signal,
}

impl Signals {
    /// Begins to listen; needs a tokio runtime.
    ///
    /// # Errors
    /// The process may not listen to signals.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            go_on: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
        })
    }

    /// Waits for the next one. May be dropped at any await point without losing a signal.
    pub async fn next(&mut self) -> Told {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => Told::End,
            _ = self.hang_up.recv() => Told::End,
            _ = self.interrupt.recv() => Told::Interrupt,
            _ = self.quit.recv() => Told::Interrupt,
            _ = self.stop.recv() => Told::Stop,
            _ = self.go_on.recv() => Told::GoOn,
        }
    }
}

/// Stops this process and the others of its job (`cargo run` waits in the same one), until SIGCONT; false where that
/// is not allowed.
pub fn stop_job() -> bool {
    // Signal STOP cannot be caught, so our own listener does not see it and the stop is real.
    rustix::process::kill_current_process_group(rustix::process::Signal::STOP).is_ok()
}
