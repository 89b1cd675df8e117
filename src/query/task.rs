//! The current task: what the user set, else what the branch's name says.

use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Branches whose names say nothing of a task.
const PLAIN: [&str; 10] =
    ["main", "master", "develop", "dev", "trunk", "head", "default", "stable", "staging", "production"];

/// Words in branch names that say how a branch is used, not what it is about.
const ROLES: [&str; 14] = [
    "feature", "feat", "fix", "bugfix", "hotfix", "chore", "wip", "task", "issue", "refactor", "docs",
    "release", "user", "users",
];

/// The task in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Task {
    user: Option<Arc<str>>,
    branch: Option<Arc<str>>,
}

impl Task {
    /// A task the user set at the start, if any.
    pub fn new(user: Option<Arc<str>>) -> Self {
        Self { user: user.filter(|text| !text.trim().is_empty()), branch: None }
    }

    /// Sets or clears the user's own words; tells whether the task in force changed.
    pub fn set_user(&mut self, text: Option<Arc<str>>) -> bool {
        let before = self.text().cloned();
        self.user = text.filter(|text| !text.trim().is_empty());
        before.as_ref() != self.text()
    }

    /// Takes the branch; tells whether the task in force changed.
    pub fn set_branch(&mut self, branch: Option<&str>) -> bool {
        let before = self.text().cloned();
        self.branch = branch.and_then(branch_words).map(Into::into);
        before.as_ref() != self.text()
    }

    /// The words in force, or `None` without a task.
    pub fn text(&self) -> Option<&Arc<str>> {
        self.user.as_ref().or(self.branch.as_ref())
    }

    /// Whether the words are the user's own.
    pub const fn is_from_user(&self) -> bool {
        self.user.is_some()
    }
}

/// What a branch's name says of its task; `None` for trunks and releases.
pub fn branch_words(branch: &str) -> Option<String> {
    let lower = branch.to_lowercase();
    let first = lower.split(['/', '-', '_', '.']).next().unwrap_or_default();
    if PLAIN.contains(&lower.as_str()) || matches!(first, "release" | "releases" | "rel" | "support") {
        return None;
    }
    let words: Vec<&str> = branch
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().any(char::is_alphabetic) && !is_version(word))
        .filter(|word| !ROLES.contains(&word.to_lowercase().as_str()))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// `v2`, `V10`, and the `x` of `1.2.x`.
fn is_version(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|first| matches!(first, 'v' | 'V' | 'x')) && chars.all(|c| c.is_ascii_digit())
}
