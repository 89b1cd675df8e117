//! Composing: what the message being typed needs of files, the clipboard and the editor.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::Sender;

use crate::app::Msg;
use crate::app::composer::{ComposerCmd, ComposerNews};
use crate::config::replace_private;
use crate::domain::{Notice, Question, Severity};

use super::super::messages::{self, Drafts};
use super::super::pictures::{self, Clip};
use super::super::programs;
use super::{Post, Session};

/// The largest text that is taken back from the editor, in bytes.
const MOST_EDITED: u64 = 16 << 20;

/// Reads what earlier sessions left: messages that were sent, and one that was not.
pub(super) fn recall(data: &Path, drafts: &Drafts, posts: &Sender<Post>) {
    let tell = |news| drop(posts.blocking_send(Post::Msg(Msg::Composer(news))));
    tell(ComposerNews::Remembered(messages::load(data)));
    if let Some(draft) = drafts.take_over() {
        tell(ComposerNews::Draft(draft));
    }
}

impl Session {
    /// Does what the composer asks for.
    pub(super) fn compose(&mut self, command: ComposerCmd) {
        match command {
            ComposerCmd::Remember(question) => self.remember_message(question),
            ComposerCmd::KeepDraft(draft) => self.keep_draft(draft),
            ComposerCmd::ReadPicture { path, words } => self.answer(move || ComposerNews::Picture {
                read: pictures::read(&at_home(path)),
                words: Some(words),
            }),
            ComposerCmd::PastePicture => self.answer(clipboard),
            ComposerCmd::Edit(text) => {
                if let Err(why) = self.edit_message(&text) {
                    self.update(Msg::Composer(ComposerNews::Edited(Err(why))));
                }
            }
        }
    }

    /// Writes what is typed and not sent, before the program ends.
    pub(super) fn leave_draft(&mut self) {
        let composer = &self.app.chat.composer;
        let draft = (!composer.is_blank()).then(|| composer.question());
        self.drafted += 1;
        // Nobody is left to be told of an error.
        let _ = self.drafts.keep(self.drafted, draft.as_ref());
    }

    fn answer(&self, work: impl FnOnce() -> ComposerNews + Send + 'static) {
        let posts = self.posts.clone();
        tokio::task::spawn_blocking(move || drop(posts.blocking_send(Post::Msg(Msg::Composer(work())))));
    }

    fn remember_message(&self, question: Question) {
        let (data, posts) = (self.sources.dirs.data.clone(), self.posts.clone());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = messages::append(&data, &question) {
                warn(&posts, "the message is not kept for the arrow keys of later sessions", &data, &error);
            }
        });
    }

    fn keep_draft(&mut self, draft: Option<Question>) {
        self.drafted += 1;
        let (number, drafts) = (self.drafted, self.drafts.clone());
        let (data, posts) = (self.sources.dirs.data.clone(), self.posts.clone());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = drafts.keep(number, draft.as_ref()) {
                warn(&posts, "what is typed would not outlive this session", &data, &error);
            }
        });
    }

    /// Opens a text in the editor, in a file that only the person can read.
    fn edit_message(&mut self, text: &str) -> Result<(), String> {
        let folder = self.sources.dirs.data.join("drafts");
        let file = folder.join(format!("message-{}.md", std::process::id()));
        replace_private(&file, text.as_bytes()).map_err(|error| format!("{}: {error}", file.display()))?;
        let line = u32::try_from(text.lines().count().max(1)).unwrap_or(1);
        let program = programs::editor(self.loaded.config.editor.as_deref(), &file, line)?;
        let ended_in_line_break = text.ends_with('\n');
        self.run_outside(&program, None, move |closed| {
            let read = |succeeded: bool| {
                let failed = || Err("it ended with an error".to_owned());
                if succeeded { read_back(&file, ended_in_line_break) } else { failed() }
            };
            let edited = closed.and_then(read);
            // It is private to the message, and the message has it now.
            let _ = fs::remove_file(&file);
            Msg::Composer(ComposerNews::Edited(edited))
        });
        Ok(())
    }
}

fn clipboard() -> ComposerNews {
    match pictures::from_clipboard(&|name| std::env::var_os(name)) {
        Ok(Clip::Picture(picture)) => ComposerNews::Picture { words: None, read: Ok(picture) },
        Ok(Clip::Text(text)) => ComposerNews::Pasted(text),
        Err(why) => ComposerNews::Picture { words: None, read: Err(why) },
    }
}

fn warn(posts: &Sender<Post>, title: &str, data: &Path, error: &std::io::Error) {
    let notice = Notice::new(Severity::Warning, title).cause(format!("{}: {error}", data.display()));
    let _ = posts.blocking_send(Post::Msg(Msg::Notice(notice)));
}

/// Editors end a file with a line break; one that was not there before is taken off.
fn read_back(file: &Path, ended_in_line_break: bool) -> Result<String, String> {
    let said = |error: std::io::Error| format!("{}: {error}", file.display());
    if fs::metadata(file).map_err(said)?.len() > MOST_EDITED {
        return Err("what was written is too long for a message".to_owned());
    }
    let mut text = String::from_utf8_lossy(&fs::read(file).map_err(said)?).into_owned();
    if !ended_in_line_break && text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

/// `~/` is the person's home.
fn at_home(path: PathBuf) -> PathBuf {
    match (path.strip_prefix("~"), std::env::var_os("HOME").filter(|home: &OsString| !home.is_empty())) {
        (Ok(below), Some(home)) => Path::new(&home).join(below),
        (Ok(_) | Err(_), _) => path,
    }
}
