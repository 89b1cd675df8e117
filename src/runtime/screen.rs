//! Screen: the terminal as a full-screen program has it, and its way back.
//!
//! Invariant: whatever was switched on is switched off exactly once, by whoever comes first: [`Screen`] when it is
//! left or dropped, or [`Restore`] from the panic hook.

use std::io::{self, BufWriter, Stdout, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::backend::Backend;
use ratatui::{Frame, Terminal};

use super::wire::Wire;
use crate::app::Size;

/// The terminal, taken for the screen.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<Wire<BufWriter<Stdout>>>,
    restore: Restore,
    mouse: bool,
    /// What the terminal shows is not known any more.
    unknown: bool,
}

/// Gives the terminal back; may be kept by the panic hook.
#[derive(Debug, Clone, Default)]
pub struct Restore(Arc<AtomicBool>);

impl Restore {
    /// Switches everything off that [`Screen`] switched on. Does nothing when that was done already.
    pub fn now(&self) {
        if !self.0.swap(false, Ordering::SeqCst) {
            return;
        }
        let mut out = io::stdout();
        // Each on its own: one that fails must not keep the rest from being tried. All are harmless when off.
        let _ = queue!(out, EndSynchronizedUpdate);
        let _ = queue!(out, PopKeyboardEnhancementFlags);
        let _ = queue!(out, DisableFocusChange);
        let _ = queue!(out, DisableBracketedPaste);
        let _ = queue!(out, DisableMouseCapture);
        let _ = queue!(out, SetAttribute(Attribute::Reset));
        let _ = queue!(out, LeaveAlternateScreen);
        let _ = queue!(out, cursor::SetCursorStyle::DefaultUserShape, cursor::Show);
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Standard input or output is no terminal.
    pub fn enter(restore: Restore) -> io::Result<Self> {
        let mut screen = Self { terminal: blank()?, restore, mouse: false, unknown: false };
        screen.switch_on()?;
        Ok(screen)
    }

    /// Gives the terminal to another program.
    pub fn leave(&mut self) {
        self.restore.now();
    }

    /// Takes the terminal back; the next frame is drawn whole.
    ///
    /// # Errors
    /// The terminal went away.
    pub fn come_back(&mut self) -> io::Result<()> {
        // A shell may have changed the modes meanwhile, and raw mode is only set where it is not believed to be on.
        self.restore.now();
        // A new one believes the screen to be blank, as the alternate screen is; the old one's way to clear it asks
        // the terminal for the cursor, and not every terminal answers.
        self.terminal = blank()?;
        self.switch_on()?;
        self.terminal.backend_mut().clear()?;
        io::Write::flush(self.terminal.backend_mut())
    }

    /// Forgets what the terminal shows, so that the next frame is drawn whole. After each change of the size, also one
    /// that was taken back before a frame came: the terminal has cut its lines meanwhile, and what was on its way to it
    /// was drawn for another size.
    pub fn forget(&mut self) {
        self.unknown = true;
    }

    /// Draws one frame. The terminal shows it at once, where it knows synchronized updates.
    ///
    /// # Errors
    /// The terminal went away.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame)) -> io::Result<()> {
        let unknown = std::mem::take(&mut self.unknown);
        if unknown {
            self.terminal = blank()?;
        }
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        if unknown {
            self.terminal.backend_mut().clear()?;
        }
        self.terminal.draw(view)?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Takes the mouse, or leaves it to the terminal for its own selection.
    ///
    /// # Errors
    /// The terminal went away.
    pub fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        if on {
            execute!(self.terminal.backend_mut(), EnableMouseCapture)
        } else {
            execute!(self.terminal.backend_mut(), DisableMouseCapture)
        }
    }

    /// Writes bytes that are no part of a frame, such as a question to the terminal.
    ///
    /// # Errors
    /// The terminal went away.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        out.write_all(bytes)?;
        io::Write::flush(out)
    }

    /// The size of the terminal, in cells.
    pub fn size() -> Size {
        let (width, height) = crossterm::terminal::size().unwrap_or((80, 24));
        Size { width, height }
    }

    fn switch_on(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        self.restore.0.store(true, Ordering::SeqCst);
        let out = self.terminal.backend_mut();
        queue!(out, EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange, cursor::Hide)?;
        if knows_private_sequences() {
            queue!(out, PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES))?;
        }
        if self.mouse {
            queue!(out, EnableMouseCapture)?;
        }
        io::Write::flush(out)
    }
}

fn blank() -> io::Result<Terminal<Wire<BufWriter<Stdout>>>> {
    let Size { width, height } = Screen::size();
    let out = BufWriter::with_capacity(1 << 16, io::stdout());
    Terminal::new(Wire::new(out, ratatui::layout::Size { width, height }))
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.restore.now();
    }
}

/// The Linux console and dumb terminals print parts of what they do not know; all others pass it over.
fn knows_private_sequences() -> bool {
    !matches!(std::env::var("TERM").as_deref(), Ok("linux" | "dumb" | "") | Err(_))
}
