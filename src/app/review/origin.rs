//! Origin: who proposed an edit, in which form it was asked for, and what chose that form.

use crate::domain::{FormChoice, ProposedEdit};

/// In words: `asked kimi-k2 for search-replace (profile)`; `None` where no model had a part in it.
pub fn words(edit: &ProposedEdit) -> Option<String> {
    let by = edit.by.as_ref().map(|model| &model.model);
    match (by, form(edit)) {
        (Some(by), Some(form)) => Some(format!("asked {by} for {form}")),
        (None, Some(form)) => Some(format!("asked for {form}")),
        (Some(by), None) => Some(format!("by {by}")),
        (None, None) => None,
    }
}

/// The form alone, with what chose it; `None` where no model was asked.
pub fn form(edit: &ProposedEdit) -> Option<String> {
    let form = edit.form?;
    let chosen = match form.chosen {
        FormChoice::Profile => "profile",
        FormChoice::Configured => "config",
        FormChoice::Argument => "--format",
        FormChoice::NoTools => "no tools",
        FormChoice::TooLong => "too long",
    };
    Some(format!("{} ({chosen})", form.name))
}
