//! The check command after a write: run in its own group of processes, told line by line, killed with the service.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};

use super::{Desk, Input};
use crate::domain::{EditEvent, EditId, EditTarget, Instruction, Notice, Severity};
use crate::edit::{Files, Roots};

/// Lines of output that are passed on; a command that prints more is broken in a way that more lines do not explain.
const MOST_LINES: usize = 20_000;

/// Bytes of one line that are passed on.
const MOST_BYTES: u64 = 4_096;

/// Lines that a model is told when it shall mend what the command complains of: the first ones and the last ones, since
/// compilers tell causes first and test runners last.
const TOLD_FIRST: usize = 120;
const TOLD_LAST: usize = 80;

/// Files named by the output that a model is shown besides.
const MOST_NAMED: usize = 6;

/// What the command tells.
pub enum Printed {
    /// A line.
    Line(String),
    /// Its end: the exit code, or why there is none.
    Ended(Result<i32, String>),
}

/// A check command that runs, or ran last.
pub struct Check {
    number: u32,
    edit: EditId,
    command: String,
    lines: Vec<String>,
    group: Option<Pid>,
}

impl Drop for Check {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // Gone already is as good.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Desk {
    pub(super) fn run_check(&mut self, edit: EditId) {
        let Some(command) = self.config.verify.clone() else {
            let notice = Notice::new(Severity::Warning, "No check command is set");
            self.notice(notice.hint("Set `verify = \"cargo check\"` or the like in your configuration"));
            return;
        };
        // The one before is killed: its answer is about files that are no more.
        self.check = None;
        self.checks += 1;
        let number = self.checks;
        let started = self.roots.first().map(|root| start(&command, root));
        match started {
            Some(Ok(child)) => {
                let group = Pid::from_raw(child.id() as i32);
                follow(child, number, &self.inbox);
                self.check = Some(Check { number, edit, command, lines: Vec::new(), group });
            }
            Some(Err(error)) => {
                self.tell(EditEvent::Checked(edit, command.into(), Err(error.to_string().into())));
            }
            None => {}
        }
    }

    pub(super) fn printed(&mut self, number: u32, printed: Printed) {
        let Some(check) = self.check.as_mut().filter(|check| check.number == number) else { return };
        let edit = check.edit;
        match printed {
            Printed::Line(line) => {
                check.lines.push(line.clone());
                self.tell(EditEvent::Check(edit, line.into()));
            }
            Printed::Ended(result) => {
                check.group = None;
                let command: Arc<str> = check.command.as_str().into();
                self.tell(EditEvent::Checked(edit, command, result.map_err(Into::into)));
            }
        }
    }

    /// Sends what the command printed back as a new instruction.
    pub(super) fn fix_check(&mut self, edit: EditId) {
        let Some(check) = self.check.as_ref().filter(|check| check.edit == edit && !check.lines.is_empty())
        else {
            self.refuse("There is nothing to mend", "the check command has printed nothing for this edit");
            return;
        };
        let mut written: Vec<String> = Vec::new();
        for change in self.history.of_edit(edit).into_iter().filter(|change| change.after.is_some()) {
            let path = change.moved_to.unwrap_or(change.path);
            if !written.contains(&path) {
                written.push(path);
            }
        }
        let named = named(&check.lines, &self.roots);
        let mut files: Vec<Arc<str>> = written.iter().map(|path| Arc::from(path.as_str())).collect();
        files
            .extend(named.iter().filter(|path| !written.contains(path)).map(|path| Arc::from(path.as_str())));
        let text = format!(
            "After the last change `{}` fails. Mend what it complains of, and nothing else. It printed:\n\n{}",
            check.command,
            excerpt(&check.lines)
        );
        let instruction = Instruction {
            text: text.into(),
            target: EditTarget::Files(files),
            context: Vec::new(),
            turn: None,
            model: None,
        };
        self.ask(instruction);
    }
}

fn start(command: &str, root: &Path) -> std::io::Result<Child> {
    Command::new("sh")
        .arg("-c")
        .arg(command)
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

/// Passes on what the command prints, then how it ended.
fn follow(mut child: Child, number: u32, inbox: &Sender<Input>) {
    let printed = Arc::new(AtomicUsize::new(0));
    let read = |pipe: Option<Box<dyn Read + Send>>| {
        let (inbox, printed) = (inbox.clone(), Arc::clone(&printed));
        pipe.map(|pipe| thread::spawn(move || pass_on(pipe, number, &inbox, &printed)))
    };
    let out = read(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let err = read(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let inbox = inbox.clone();
    thread::spawn(move || {
        let group = Pid::from_raw(child.id() as i32);
        let ended = match child.wait() {
            Ok(status) => status.code().ok_or_else(|| status.to_string()),
            Err(error) => Err(error.to_string()),
        };
        // What it left running would hold the pipes open.
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        for reader in [out, err].into_iter().flatten() {
            let _ = reader.join();
        }
        let _ = inbox.send(Input::Printed(number, Printed::Ended(ended)));
    });
}

fn pass_on(pipe: Box<dyn Read + Send>, number: u32, inbox: &Sender<Input>, printed: &AtomicUsize) {
    let mut reader = BufReader::new(pipe);
    loop {
        let mut bytes = Vec::new();
        match (&mut reader).take(MOST_BYTES).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches(['\n', '\r']).to_owned();
        if printed.fetch_add(1, Ordering::Relaxed) < MOST_LINES {
            let _ = inbox.send(Input::Printed(number, Printed::Line(line)));
        }
    }
}

/// What a model is told of the output.
fn excerpt(lines: &[String]) -> String {
    if lines.len() <= TOLD_FIRST + TOLD_LAST {
        return lines.join("\n");
    }
    let left_out = lines.len() - TOLD_FIRST - TOLD_LAST;
    let (first, last) = (&lines[..TOLD_FIRST], &lines[lines.len() - TOLD_LAST..]);
    format!("{}\n({left_out} lines left out)\n{}", first.join("\n"), last.join("\n"))
}

/// Files of the roots that the output names, in the order of the output.
fn named(lines: &[String], roots: &Roots) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in lines {
        let words =
            line.split(|c: char| c.is_whitespace() || matches!(c, ':' | '(' | ')' | '"' | '\'' | '`' | ','));
        for word in words.filter(|word| word.contains(['.', '/']) && word.len() > 2) {
            let word = word.strip_prefix("./").unwrap_or(word);
            if found.len() < MOST_NAMED
                && !found.iter().any(|known| known == word)
                && roots.read(word).is_ok_and(|bytes| bytes.is_some())
            {
                found.push(word.to_owned());
            }
        }
    }
    found
}
