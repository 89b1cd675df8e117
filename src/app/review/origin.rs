//! Origin: who proposed an edit, in which form it was asked for, and what chose that form.

use crate::domain::{FormChoice, ProposedEdit};

/// In words: `by kimi-k2 in search-replace, its best form`; `None` where no model had a part in it.
pub fn words(edit: &ProposedEdit) -> Option<String> {
    let by = edit.by.as_ref().map(|model| format!("by {}", model.model));
    let form = form(edit).map(|form| format!("in {form}"));
    let parts: Vec<String> = by.into_iter().chain(form).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The form alone, with what chose it; `None` where no model was asked.
pub fn form(edit: &ProposedEdit) -> Option<String> {
    let form = edit.form?;
    let chosen = match form.chosen {
        FormChoice::Profile => ", its best form",
        FormChoice::Configured => ", as configured",
        FormChoice::Argument => ", as asked for",
        FormChoice::NoTools => ": it takes no tools",
        FormChoice::TooLong => ": file too long",
    };
    Some(format!("{}{chosen}", form.name))
}
