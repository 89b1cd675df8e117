//! Branch names become words, and the user's own words come first.

use super::*;

#[test]
fn trunks_and_releases_say_nothing() {
    for branch in
        ["main", "Master", "HEAD", "develop", "release/1.2", "release-2026-11", "v2", "1.2.x", "rel_3"]
    {
        assert_eq!(branch_words(branch), None, "{branch}");
    }
}

#[test]
fn roles_and_numbers_are_dropped() {
    assert_eq!(branch_words("feature/123-alert-dialog").as_deref(), Some("alert dialog"));
    assert_eq!(branch_words("fix/retry_backoff").as_deref(), Some("retry backoff"));
    assert_eq!(branch_words("mainWindow").as_deref(), Some("mainWindow"));
}

#[test]
fn the_users_words_win_and_clearing_them_falls_back() {
    let mut task = Task::new(None);
    assert!(task.set_branch(Some("fix/login-form")));
    assert!(!task.is_from_user());
    assert!(task.set_user(Some("speed up search".into())));
    assert!(task.is_from_user());
    assert!(!task.set_branch(Some("fix/other")), "the user's words stay in force");
    assert!(task.set_user(Some("  ".into())));
    assert_eq!(task.text().map(|text| &**text), Some("other"));
}
