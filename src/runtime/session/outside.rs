//! Outside: other programs get the terminal for a while, the editor and the pager.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crossterm::event::EventStream;

use crate::app::Msg;

use super::super::programs::{self, Program};
use super::{Post, Session};

impl Session {
    /// Opens a file in the editor.
    pub(super) fn open_editor(&mut self, file: crate::domain::FileId, line: u32) {
        let Some(place) = self.services.as_ref().and_then(|services| services.place(file)) else {
            self.update(Msg::ProgramClosed(Err("the file is not known any more".into())));
            return;
        };
        self.edit_outside(&place.on_disk(), line);
    }

    fn edit_outside(&mut self, path: &Path, line: u32) {
        match programs::editor(self.loaded.config.editor.as_deref(), path, line) {
            Ok(program) => self.run_outside(&program, None, closed),
            Err(error) => self.update(Msg::ProgramClosed(Err(error))),
        }
    }

    /// Opens a file that is named by its path as shown in the editor.
    pub(super) fn open_path(&mut self, path: &str, line: u32) {
        let place = self.services.as_ref().and_then(|services| services.on_disk(path));
        match place {
            Some(place) => self.edit_outside(&place, line),
            None => self.update(Msg::ProgramClosed(Err(format!("{path} lies in no root")))),
        }
    }

    /// Shows a text in the pager.
    pub(super) fn open_pager(&mut self, text: String) {
        match programs::pager(&|name| std::env::var_os(name)) {
            Ok(program) => self.run_outside(&program, Some(text), closed),
            Err(error) => self.update(Msg::ProgramClosed(Err(error))),
        }
    }

    /// Gives the terminal to a program, with a text on its standard input or the keyboard; what `then` makes of its end
    /// (whether it said that it succeeded, or why it could not start) is told once the terminal is back.
    pub(super) fn run_outside(
        &mut self,
        program: &Program,
        text: Option<String>,
        then: impl FnOnce(Result<bool, String>) -> Msg + Send + 'static,
    ) {
        // Two readers on one terminal would each get half of the keys.
        self.input = None;
        // Dropping the stream wakes its thread. Where that was idle, the wake-up stays behind, and the next stream
        // would take it together with the first keys and lose sight of those.
        let _ = crossterm::event::poll(Duration::ZERO);
        self.outside = true;
        self.screen.leave();
        let mut command = program.command();
        command.stdin(if text.is_some() { Stdio::piped() } else { Stdio::inherit() });
        let name = program.name.clone();
        let posts = self.posts.clone();
        tokio::task::spawn_blocking(move || {
            let result = command.spawn().and_then(|mut child| {
                if let (Some(text), Some(mut stdin)) = (text, child.stdin.take()) {
                    // A pager that is left early closes its end.
                    let _ = stdin.write_all(text.as_bytes());
                }
                child.wait()
            });
            let closed = match result {
                Ok(status) => Ok(status.success()),
                Err(error) => Err(format!("cannot run `{name}`: {error}")),
            };
            let _ = posts.blocking_send(Post::Closed(Box::new(then(closed))));
        });
    }

    /// Takes the terminal back from a program that ended.
    pub(super) fn come_back(&mut self, msg: Msg) -> anyhow::Result<()> {
        self.outside = false;
        self.take_terminal()?;
        self.input = Some(EventStream::new());
        self.update(msg);
        Ok(())
    }
}

fn closed(result: Result<bool, String>) -> Msg {
    Msg::ProgramClosed(result.map(drop))
}
