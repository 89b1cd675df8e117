//! Evidence: which files each channel speaks for.

use super::*;

fn reading(request: &str, index: &Index) -> Reading {
    Reading::open(request, index, &Arc::default(), &|| false)
}

#[test]
fn neighbouring_words_meet_the_identifier_that_joins_them() {
    let mut index = index();
    put(&mut index, 9, "src/net/money.rs", "pub fn spend() { let retry_budget = 1; }\n");
    put(&mut index, 10, "src/net/purse.rs", "pub fn retry_budget() {}\n");
    put(&mut index, 11, "src/net/apart.rs", "pub fn retry() {}\npub fn budget() {}\n");
    let reading = reading("the retry budget is wrong", &index);
    let phrase = |file: usize| reading.channels.get(file, Channel::Phrase);
    assert!(phrase(9) > 0.0 && phrase(10) > 0.0);
    assert_eq!(phrase(11), 0.0);
    assert_eq!(reading.channels.get(9, Channel::PhraseNames), 0.0, "only what is defined is a name");
    assert!(reading.channels.get(10, Channel::PhraseNames) > 0.0);
}

#[test]
fn a_file_that_the_request_names_is_known_by_name_and_better_by_path() {
    let index = index();
    let named = |request: &str, file: usize| reading(request, &index).channels.get(file, Channel::Named);
    assert_eq!(named("panic in pool.rs, on close", 2), 1.0);
    assert_eq!(named("panic in `net/pool.rs`", 2), 2.0);
    assert_eq!(named("panic in ui/pool.rs", 2), 0.0);
    assert_eq!(named("panic in pool.rs", 4), 0.0, "docs/pool.md is another file");
    assert_eq!(named("panic in the pool", 2), 0.0);
}

#[test]
fn a_word_is_at_home_where_most_of_its_occurrences_stand() {
    let mut index = index();
    put(&mut index, 9, "src/clock.rs", "fn tick() { drift(); drift(); drift(); drift(); }\n");
    put(&mut index, 10, "src/other.rs", "fn tock() { drift(); }\n");
    let reading = reading("drift", &index);
    let home = |file: usize| reading.channels.get(file, Channel::HomeBest);
    assert!(home(9) > home(10) && home(10) > 0.0);
    let whole = reading.request.terms[0].idf;
    assert!((home(9) + home(10) - whole).abs() < 1e-4, "the shares of a word add up to one");
}

#[test]
fn similar_commits_vote_for_directories_roles_and_languages() {
    let index = index();
    let reading = reading("focus the dialog", &index);
    let vote = |file: usize, channel: Channel| reading.channels.get(file, channel);
    assert_eq!(vote(1, Channel::VoteDir), 1.0, "page.rs stands beside what every such commit touched");
    assert_eq!(vote(4, Channel::VoteDir), 0.0);
    assert_eq!(vote(6, Channel::VoteLanguage), 1.0);
    assert_eq!(vote(4, Channel::VoteRole), 0.0, "none of them touched documentation");
}

#[test]
fn files_that_share_rare_words_or_names_with_a_match_are_found_without_the_requests_words() {
    let mut index = index();
    put(&mut index, 9, "src/ledger.rs", "pub fn settle() { quorum(); ballot(); }\n");
    put(&mut index, 10, "src/tally.rs", "pub fn count() { quorum(); ballot(); }\n");
    put(&mut index, 11, "src/ledger_book.rs", "pub fn pages() {}\n");
    let reading = reading("settle", &index);
    let value = |file: usize, channel: Channel| reading.channels.get(file, channel);
    assert_eq!(value(10, Channel::Text), 0.0);
    assert!(value(10, Channel::Expand) > value(6, Channel::Expand));
    assert!(value(11, Channel::NameAlike) > 0.0);
    assert_eq!(value(10, Channel::NameAlike), 0.0);
}

#[test]
fn places_count_within_a_directory_and_a_role() {
    let index = index();
    let reading = reading("alert dialog", &index);
    let place = |file: usize, channel: Channel| reading.channels.get(file, channel);
    assert_eq!(place(0, Channel::DirPlace), 0.0);
    assert!(place(1, Channel::DirPlace) < 0.0, "the second of src/ui");
    assert_eq!(place(3, Channel::RolePlace), 0.0, "the first of the tests");
}

#[test]
fn what_the_fused_score_moved_is_told_as_the_evidence_it_was_fused_from() {
    let by_history = explained(&judge(&[("fused", 0.01)]), "focus", 5);
    assert!(by_history.shares.get(Signal::History) > 0.99, "retry.rs has none of the words");
    let by_words = explained(&judge(&[("fused_share", 0.01)]), "sockets", 4);
    assert!(by_words.shares.get(Signal::Content) > 0.5);
    assert_eq!(by_words.shares.get(Signal::History), 0.0);
}

#[test]
fn a_file_saved_in_an_open_session_has_the_evidence_of_a_new_session() {
    let mut index = index();
    let mut reading = reading("retry the alert dialog", &index);
    put(&mut index, 9, "src/ui/retry_dialog.rs", "pub fn retry_dialog() { alert(); AlertDialog.open(); }\n");
    reading.refresh(&index, &[FileId(9)]);
    let fresh = self::reading("retry the alert dialog", &index);
    let both = |channel: Channel| (reading.channels.get(9, channel), fresh.channels.get(9, channel));
    for channel in [Channel::Text, Channel::Fused] {
        let (again, anew) = both(channel);
        assert!((again - anew).abs() <= 0.5 * anew, "{channel:?}: {again} and {anew}");
    }
    // The words that tell matches from others are those of the matches then.
    assert!(both(Channel::Expand).0 > 0.0);
    for channel in [Channel::DirPlace, Channel::RolePlace] {
        let (again, anew) = both(channel);
        assert!((again - anew).abs() < 1.0, "{channel:?}: {again} and {anew}");
    }
}
