//! Tasks that are a prompt over the same context: a commit message for what is staged, a review of the working diff,
//! documentation for a symbol or a file.

use std::sync::Arc;

use crate::domain::{GitText, Question, Retrieval, TaskKind, mentions};

const COMMIT: &str = "\
Write the commit message for the staged changes, which are given above as a diff. First a subject in the imperative, \
at most 72 characters, without a full stop; then, unless the subject says it all, an empty line and why the change is \
made, wrapped at 72 characters, in plain words. Follow the manner of the earlier commits where one is shown. Say nothing \
that the diff does not show. Answer with the message alone: no fence, no quotes, no citations, nothing before or after it.";

const REVIEW: &str = "\
Review the working diff. Report what a careful colleague would want changed before this is merged: defects first, then \
what is missing (tests, error handling, documentation), then what is needlessly hard to read. For each finding one list \
item: its severity in bold (**defect**, **gap** or **nit**), the place as path:line with the line numbers of the new \
file, and a citation of the item it stands in, what is wrong, what input or situation shows it, and how to mend it, with \
a few lines of code where that is shorter. Judge only what the diff changes or breaks elsewhere; use the other files to \
check calls, types and habits of the project. Do not praise and do not repeat the diff. Where you find nothing, say so in \
one sentence and name what you could not check.";

const DOC: &str = "\
Write the documentation of the symbol or file that the message names, in the form and manner that this project's own \
documentation comments have. Say what it does and for whom, arguments and results with their units and ranges, errors, \
panics and side effects, and what a caller must know; give an example only where the project's comments do. Document what \
the code does, not what its name suggests; where both differ, say so after the documentation. Answer with the comment in \
one fenced block of the language, ready to stand above the symbol (or at the top of the file).";

/// What a task adds to the rules of every answer.
pub const fn rules(task: TaskKind) -> &'static str {
    match task {
        TaskKind::Commit => COMMIT,
        TaskKind::Review => REVIEW,
        TaskKind::Doc => DOC,
        TaskKind::Chat
        | TaskKind::Judge
        | TaskKind::Command
        | TaskKind::Complete
        | TaskKind::Rewrite
        | TaskKind::Scan
        | TaskKind::Title => "",
    }
}

/// A message as its task needs it: what the task is about is named in it, as a person would name it.
pub fn prepared(question: Question) -> Question {
    let (about, usual, retrieval) = match question.task {
        TaskKind::Commit => (GitText::Staged, "Write the commit message.", Retrieval::Off),
        TaskKind::Review => (GitText::WorkingDiff, "Review the changes.", question.retrieval),
        TaskKind::Chat
        | TaskKind::Judge
        | TaskKind::Command
        | TaskKind::Complete
        | TaskKind::Rewrite
        | TaskKind::Doc
        | TaskKind::Scan
        | TaskKind::Title => return question,
    };
    let words = if question.text.trim().is_empty() { usual } else { &*question.text };
    let names_git = mentions(words).iter().any(|mention| mention.git().is_some());
    let text: Arc<str> =
        if names_git { words.into() } else { format!("{} @{}", words.trim_end(), about.mention()).into() };
    Question { text, retrieval, ..question }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(task: TaskKind, text: &str) -> (String, Retrieval) {
        let question = prepared(Question { task, ..Question::new(text) });
        (question.text.to_string(), question.retrieval)
    }

    #[test]
    fn what_a_task_is_about_is_named_in_its_message() {
        let (off, on) = (Retrieval::Off, Retrieval::Search);
        assert_eq!(asked(TaskKind::Commit, " "), ("Write the commit message. @staged".into(), off));
        assert_eq!(asked(TaskKind::Commit, "in German"), ("in German @staged".into(), off));
        assert_eq!(asked(TaskKind::Review, "look at @last-commit"), ("look at @last-commit".into(), on));
        assert_eq!(asked(TaskKind::Review, ""), ("Review the changes. @diff".into(), on));
        assert_eq!(asked(TaskKind::Doc, "@Cart"), ("@Cart".into(), on));
        assert_eq!(asked(TaskKind::Chat, "why?"), ("why?".into(), on));
    }
}
