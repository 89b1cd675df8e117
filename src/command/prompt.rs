//! Prompt: what a model is sent for an instruction, within its window, and the files as they were then.

use std::sync::Arc;

use crate::chat::context::{Addressee, Retrieved};
use crate::config::Config;
use crate::domain::{AskedForm, FormChoice, Instruction, ModelRef, TaskKind};
use crate::edit::prompt::{Besides, Selected, Shown, system, user};
use crate::edit::{EditFormat, Roots, Text};
use crate::llm::Llm;
use crate::llm::profiles;
use crate::llm::tokens::{TokenScale, estimate};
use crate::text::fence::Markers;

use super::scope::{Scope, ScopeError};
use super::snapshot::Snapshot;

/// Tokens of a prompt where the model's window is unknown.
const USUAL_BUDGET: u64 = 48_000;

/// Tokens of an answer at most.
const MOST_OUTPUT: u32 = 16_000;

/// Lines quoted again beside an instruction that is about them.
const MOST_QUOTED: usize = 120;

/// Lines shown before and after a selection of a file that does not fit.
const AROUND: usize = 150;

/// The share of the answer's tokens that a whole file may take: a longer one is changed in blocks.
const WHOLE_SHARE: f64 = 0.6;

/// The form of an answer, and what chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The form.
    pub format: EditFormat,
    /// What chose it.
    pub chosen: FormChoice,
}

impl Form {
    /// As it is told.
    pub fn asked(self) -> AskedForm {
        AskedForm { name: self.format.name(), chosen: self.chosen }
    }
}

/// What a model is sent.
#[derive(Debug)]
pub struct Prompt {
    /// Standing instructions.
    pub system: String,
    /// Files and instruction.
    pub user: String,
    /// The form of the answer.
    pub form: Form,
    /// Tokens that the answer may take.
    pub max_output: u32,
    /// The files whose text is sent.
    pub files: Vec<Arc<str>>,
    /// The files as they were when they were read.
    pub snapshot: Snapshot,
}

/// The format that a model is best at.
const fn format_for(profile: &profiles::Profile) -> EditFormat {
    match profile.edit_format {
        profiles::EditFormat::SearchReplace => EditFormat::SearchReplace,
        profiles::EditFormat::ApplyPatch => EditFormat::ApplyPatch,
        profiles::EditFormat::UnifiedDiff => EditFormat::Udiff,
        profiles::EditFormat::Whole => EditFormat::Whole,
        profiles::EditFormat::Tool => EditFormat::Tool,
    }
}

/// The form in which a model proposes edits that turned out to take no tools.
pub fn form_without_tools(llm: &Llm, model: &ModelRef) -> Form {
    let format = match llm.model(model).map(|info| format_for(&info.profile)) {
        Some(
            own
            @ (EditFormat::ApplyPatch | EditFormat::Udiff | EditFormat::Whole | EditFormat::SearchReplace),
        ) => own,
        Some(EditFormat::Auto | EditFormat::Tool) | None => EditFormat::SearchReplace,
    };
    Form { format, chosen: FormChoice::NoTools }
}

/// The form in which the model that would be asked proposes edits: the user's choice, else the one that it is best at; and what
/// is known of the model.
pub fn wanted_form(llm: &Llm, config: &Config, model: Option<&ModelRef>) -> (Form, Addressee) {
    let routed = || llm.route(TaskKind::Command).choice.into_model();
    let info = model.cloned().or_else(routed).and_then(|model| llm.model(&model));
    let own = info.as_ref().map_or(EditFormat::SearchReplace, |info| format_for(&info.profile));
    let set = config.tasks.get(TaskKind::Command.name()).and_then(|task| task.format.as_deref());
    let set = set.and_then(|name| name.parse().ok()).filter(|format| *format != EditFormat::Auto);
    let form = match set {
        Some(format) => Form { format, chosen: FormChoice::Configured },
        None => Form { format: own, chosen: FormChoice::Profile },
    };
    let to = info.map_or_else(Addressee::nobody, |info| Addressee::new(&info, TokenScale::default()));
    (form, to)
}

impl Prompt {
    /// Puts an instruction together with its files. Those that help get the room that is left, of which `helping` is told the
    /// tokens; a target that does not fit is shown around its lines. `read` gives a file's bytes as the model shall see them.
    ///
    /// # Errors
    /// A target that cannot be read, or that does not fit.
    pub fn new(
        instruction: &Instruction,
        scope: &Scope,
        (form, window): (Form, Option<u32>),
        roots: &Arc<Roots>,
        read: impl Fn(&str) -> Result<Option<Vec<u8>>, String>,
        helping: impl FnOnce(u32) -> Retrieved,
    ) -> Result<Self, ScopeError> {
        let max_output = window.map_or(MOST_OUTPUT, |window| MOST_OUTPUT.min(window / 3));
        let budget = window.map_or(USUAL_BUDGET, |window| u64::from(window - max_output));
        let spare = estimate(&instruction.text) + estimate(&system(form.format)) + 400;
        let mut left = budget.saturating_sub(spare);
        let mut shown = Vec::new();
        let mut snapshot = Snapshot::new(Arc::clone(roots), None);
        let mut changeable = Vec::new();
        let mut selected = None;
        for (at, path) in scope.changes.iter().enumerate() {
            let Some(bytes) = read(path).map_err(ScopeError::Unfit)? else {
                // A file that is to be made.
                changeable.push(path.clone());
                snapshot.remember(path, None);
                continue;
            };
            let text = Text::read(&bytes).map_err(|error| ScopeError::Unfit(format!("{path}: {error}")))?;
            let lines = scope.lines.clone().filter(|_| at == 0);
            if let Some(lines) = &lines {
                selected =
                    Some(Selected { path: path.clone(), lines: lines.clone(), text: quoted(&text, lines) });
            }
            let Some(part) = fit(path, &text, lines.as_ref(), left) else {
                if at == 0 {
                    let why = format!("{path} does not fit into the window of the model; select lines of it");
                    return Err(ScopeError::Unfit(why));
                }
                continue;
            };
            left = left.saturating_sub(estimate(&part.text) + 20);
            snapshot.remember(path, Some(bytes));
            changeable.push(path.clone());
            shown.push(part);
        }
        let helps = helping(u32::try_from(left).unwrap_or(u32::MAX));
        let form = possible(form, &shown, max_output);
        let texts: Vec<&str> = shown.iter().map(|file| file.text.as_str()).collect();
        let fence = format!("file-{}", Markers::new().marker_for_all(&texts));
        let snapshot = snapshot.limited(changeable);
        let besides = Besides { instructions: &helps.instructions, reference: &helps.text };
        let shown_files = shown.iter().map(|file| Arc::from(file.path.as_str()));
        let files = shown_files.chain(helps.files.iter().cloned()).collect();
        Ok(Self {
            system: system(form.format),
            user: user(&shown, besides, &instruction.text, selected.as_ref(), &fence),
            form,
            max_output,
            files,
            snapshot,
        })
    }
}

/// The file as it is shown within so many tokens; `None` where that is too little.
fn fit(
    path: &str,
    text: &Text,
    lines: Option<&std::ops::RangeInclusive<usize>>,
    budget: u64,
) -> Option<Shown> {
    let whole = text.joined();
    let shown = |text, part| Shown { path: path.to_owned(), text, part };
    if estimate(&whole) + 20 <= budget {
        return Some(shown(whole, None));
    }
    let lines = lines?;
    for around in [AROUND, AROUND / 3, AROUND / 10, 3] {
        let first = lines.start().saturating_sub(around).max(1);
        let last = (lines.end() + around).min(text.lines.len());
        let part: String =
            text.lines.get(first - 1..last)?.iter().map(|line| line.text.clone() + "\n").collect();
        if estimate(&part) + 20 <= budget {
            return Some(shown(part, Some((first, last, text.lines.len()))));
        }
    }
    None
}

fn quoted(text: &Text, lines: &std::ops::RangeInclusive<usize>) -> String {
    let range = lines.start() - 1..(*lines.end()).min(text.lines.len());
    if range.len() > MOST_QUOTED {
        return String::new();
    }
    text.lines.get(range).unwrap_or_default().iter().map(|line| line.text.clone() + "\n").collect()
}

/// A whole file is no answer where only a part of it is shown, or where it is longer than an answer may be.
fn possible(form: Form, shown: &[Shown], max_output: u32) -> Form {
    let large = |file: &Shown| {
        file.part.is_some() || estimate(&file.text) as f64 > f64::from(max_output) * WHOLE_SHARE
    };
    match form.format {
        EditFormat::Whole if shown.iter().any(large) => {
            Form { format: EditFormat::SearchReplace, chosen: FormChoice::TooLong }
        }
        EditFormat::Auto => Form { format: EditFormat::SearchReplace, ..form },
        EditFormat::SearchReplace
        | EditFormat::ApplyPatch
        | EditFormat::Udiff
        | EditFormat::Whole
        | EditFormat::Tool => form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EditTarget;
    use crate::edit::Files;

    fn prompt(
        scope: &Scope,
        window: Option<u32>,
        format: EditFormat,
        text: &str,
    ) -> Result<Prompt, ScopeError> {
        let folder = tempfile::tempdir().expect("a folder");
        let roots = Arc::new(Roots::new(&[folder.path().to_owned()], Vec::new()).expect("roots"));
        let instruction = Instruction {
            text: "make it so".into(),
            target: EditTarget::Judged,
            context: Vec::new(),
            turn: None,
            model: None,
        };
        let read = |path: &str| Ok((path != "new.txt").then(|| text.as_bytes().to_vec()));
        let helping =
            |_| Retrieved { text: "[1] b.rs\n".into(), files: vec!["b.rs".into()], ..Retrieved::default() };
        let form = Form { format, chosen: FormChoice::Profile };
        Prompt::new(&instruction, scope, (form, window), &roots, read, helping)
    }

    fn scope(changes: &[&str]) -> Scope {
        let changes = changes.iter().map(|path| (*path).to_owned()).collect();
        Scope { changes, context: Vec::new(), lines: None }
    }

    #[test]
    fn what_may_change_is_told_from_what_only_helps() {
        let prompt = prompt(&scope(&["a.rs", "new.txt"]), None, EditFormat::ApplyPatch, "fn x() {}\n")
            .expect("a prompt");
        assert!(prompt.user.find("b.rs") < prompt.user.find("a.rs"));
        assert_eq!(prompt.snapshot.shown(), Some(&["a.rs".to_owned(), "new.txt".to_owned()][..]));
        assert_eq!(prompt.files.len(), 2, "a file that is to be made has no text to send");
        assert!(prompt.system.contains("*** Begin Patch"));
    }

    #[test]
    fn a_large_file_is_shown_around_the_lines_and_answered_in_blocks() {
        let text =
            (0..4_000).fold(String::new(), |text, at| text + "let value = call(" + &at.to_string() + ");\n");
        let mut narrow = scope(&["a.rs"]);
        assert!(matches!(prompt(&narrow, Some(8_000), EditFormat::Whole, &text), Err(ScopeError::Unfit(_))));
        narrow.lines = Some(2_000..=2_003);
        let prompt = prompt(&narrow, Some(8_000), EditFormat::Whole, &text).expect("a prompt");
        assert!(prompt.user.contains("of 4000\">"), "{}", &prompt.user[..400]);
        assert!(prompt.user.contains("call(2001)") && !prompt.user.contains("call(1)"));
        let instead = Form { format: EditFormat::SearchReplace, chosen: FormChoice::TooLong };
        assert_eq!((prompt.form, prompt.files.len()), (instead, 2));
        assert!(estimate(&prompt.user) < 8_000);
    }
}
