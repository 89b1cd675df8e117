//! The embedded judge: what it says of files, and which weights it takes.

mod evidence;

use std::sync::Arc;

use super::channels::Channel;
use super::trees::{Child, Forest, Node, Tree};
use super::*;
use crate::domain::{Commit, CommitId, RelPath, RootId, Signal};
use crate::index::extract;
use crate::query::rank::RankWeights;

pub const ROOT: RootId = RootId(0);

const FILES: [(&str, &str); 7] = [
    (
        "src/ui/alert_dialog.rs",
        "/// Shows an alert.\npub struct AlertDialog;\nimpl AlertDialog { pub fn open(&self) {} }\n",
    ),
    ("src/ui/page.rs", "use crate::ui::alert_dialog::AlertDialog;\nfn page() { AlertDialog.open(); }\n"),
    ("src/net/pool.rs", "/// Keeps sockets.\npub fn pool() { let socket = 1; }\n"),
    ("tests/alert_dialog.rs", "fn alert_dialog_opens() { assert!(true); }\n"),
    ("docs/pool.md", "# Pool\n\nSockets are kept in a pool.\n"),
    ("src/net/retry.rs", "pub fn retry() {}\n"),
    ("src/lib.rs", "pub mod net;\n"),
];

fn index() -> Index {
    let mut index = holding(&FILES);
    let commits: Vec<Commit> =
        (0..4).map(|n| commit(n, "Focus the alert dialog when it opens", &[0, 5])).collect();
    index.extend_history(ROOT, &commits);
    index.set_now(1_000_000);
    index
}

/// An index of these files, numbered in order.
pub fn holding(files: &[(&str, &str)]) -> Index {
    let mut index = Index::new();
    for (id, (path, text)) in files.iter().enumerate() {
        put(&mut index, id as u32, path, text);
    }
    index
}

pub fn put(index: &mut Index, file: u32, path: &str, text: &str) {
    let path = RelPath::from(path);
    let document = Arc::new(extract(&path, text));
    index.insert(FileId(file), ROOT, &path, &document);
}

fn commit(number: u8, message: &str, files: &[usize]) -> Commit {
    Commit {
        id: CommitId([number; 20]),
        time: 1_000_000 - 2 * 86_400 - i64::from(number),
        author: Arc::from("a@b.c"),
        message: Arc::from(message),
        files: files.iter().map(|file| RelPath::from(FILES[*file].0)).collect(),
        moves: Arc::default(),
    }
}

/// A judge that adds one for each of these features over its threshold.
fn judge(conditions: &[(&str, f32)]) -> Embedded {
    let names = features::names();
    let stump = |(name, threshold): &(&str, f32)| Tree {
        nodes: vec![Node {
            feature: names.iter().position(|(known, _)| known == name).unwrap() as u8,
            threshold: *threshold,
            value: 0.0,
            left: Child::Leaf(0),
            right: Child::Leaf(1),
        }],
        leaves: vec![-1.0, 1.0],
    };
    let forest = Forest::new(conditions.iter().map(stump).collect(), features::COUNT).unwrap();
    Embedded::with(Weights {
        provenance: Provenance::default(),
        calibration: Calibration { slope: 1.0, offset: 0.0, cut: Cut::at(0.5) },
        ranking: RankWeights::default(),
        forest,
        lexicon: Arc::default(),
    })
}

fn explained(judge: &Embedded, request: &str, file: u32) -> Detail {
    let index = index();
    judge.open(request, &index, &|| false).explain(&index, FileId(file))
}

#[test]
fn reasons_name_what_the_index_holds_and_where() {
    let detail = explained(&judge(&[("symbols", 0.1)]), "open the AlertDialog", 0);
    assert_eq!(detail.reason, "defines `AlertDialog` and `open`");
    assert_eq!(detail.spans[0].first, 2);
    assert_eq!(detail.evidence[0].signal, Signal::Symbols);
    assert!(detail.shares.get(Signal::Symbols) > 0.99);
}

#[test]
fn reasons_count_commits_and_name_their_words() {
    let detail = explained(&judge(&[("history", 0.01)]), "alert dialog focus", 5);
    assert!(detail.reason.starts_with("4 commits speak of ‘"), "{}", detail.reason);
    assert!(detail.reason.ends_with("last 2 days ago"), "{}", detail.reason);
    for word in ["alert", "dialog", "focus"] {
        assert!(detail.reason.contains(word), "{}", detail.reason);
    }
}

#[test]
fn reasons_tell_what_changes_and_stands_together() {
    let together = explained(&judge(&[("cochange", 0.01)]), "alert dialog", 5);
    assert_eq!(together.reason, "changed with `alert_dialog.rs` in 4 of its last 4 commits");
    let held = index();
    assert_eq!(held.edges().imports(FileId(1)), [FileId(0)]);
    let imported = explained(&judge(&[("imports", 0.01)]), "alert dialog", 1);
    assert_eq!(imported.reason, "imports src/ui/alert_dialog.rs, which matches");
    let twin = explained(&judge(&[("twin", 0.01)]), "alert dialog", 3);
    assert_eq!(twin.reason, "tests `alert_dialog.rs`, which matches");
}

#[test]
fn reasons_tell_the_one_who_asks_what_they_changed() {
    let mut index = index();
    let others =
        (10..14).map(|n| Commit { author: Arc::from("else@b.c"), ..commit(n, "Keep sockets", &[2]) });
    index.extend_history(ROOT, &others.collect::<Vec<_>>());
    index.set_asker(ROOT, Some(Arc::from("a@b.c")));
    let judge = judge(&[("own_heat", 0.1)]);
    let detail = judge.open("alert dialog", &index, &|| false).explain(&index, FileId(5));
    assert_eq!((&*detail.reason, detail.evidence[0].signal), ("you changed it 2 days ago", Signal::Recent));
    index.set_asker(ROOT, Some(Arc::from("else@b.c")));
    let strange = judge.open("alert dialog", &index, &|| false).explain(&index, FileId(5));
    assert!(!strange.reason.contains("you changed"), "{}", strange.reason);
}

#[test]
fn a_file_with_none_of_the_words_claims_nothing() {
    let detail = explained(&judge(&[("text", 0.1)]), "alert dialog", 2);
    assert_eq!(detail.reason, "none of the words occur in it");
    assert!(detail.spans.is_empty());
}

#[test]
fn one_file_read_again_is_as_in_a_new_session() {
    let mut index = index();
    let mut reading = Reading::open("retry the alert dialog", &index, &Arc::default(), &|| false);
    put(&mut index, 5, FILES[5].0, "pub fn retry_dialog() { alert(); }\n");
    reading.refresh(&index, &[FileId(5)]);
    let fresh = Reading::open("retry the alert dialog", &index, &Arc::default(), &|| false);
    for channel in &Channel::ALL[Channel::Path as usize..=Channel::Chunk as usize] {
        let (again, anew) = (reading.channels.get(5, *channel), fresh.channels.get(5, *channel));
        assert!(again > 0.0 || anew == 0.0, "{channel:?}: {again} and {anew}");
    }
    let defined = reading.channels.get(5, Channel::Symbols);
    assert!(
        defined
            > Reading::open("retry the alert dialog", &self::index(), &Arc::default(), &|| false)
                .channels
                .get(5, Channel::Symbols)
    );
}

#[test]
fn a_new_file_can_be_judged_in_an_open_session() {
    let mut index = index();
    let judge = judge(&[("text", 0.1)]);
    let mut session = judge.open("alert dialog", &index, &|| false);
    assert!(session.judge(&index, &[FileId(9)])[0].is_err());
    put(&mut index, 9, "src/new_alert.rs", "fn alert_dialog() {}\n");
    session.refresh(&index, &[FileId(9)]);
    let answer = session.judge(&index, &[FileId(9)])[0].clone().unwrap();
    assert_eq!(answer.verdict, Verdict::Yes);
}

#[test]
fn words_that_a_save_brings_are_found_in_an_open_session() {
    let mut index = index();
    let judge = judge(&[("text", 0.1)]);
    let mut session = judge.open("refund a payment", &index, &|| false);
    put(&mut index, 9, "src/refund.rs", "pub fn refund(payment: u32) {}\n");
    session.refresh(&index, &[FileId(9)]);
    assert_eq!(session.judge(&index, &[FileId(9)])[0].clone().unwrap().verdict, Verdict::Yes);
    assert!(session.explain(&index, FileId(9)).reason.contains("payment"));
}

#[test]
fn the_weights_that_ship_read_and_say_where_they_come_from() {
    let weights = Weights::embedded().unwrap();
    assert!(weights.forest.trees().len() > 50);
    assert!(weights.provenance.fitted_on.len() >= 10);
    assert!(weights.provenance.rows > 10_000);
    assert!(weights.calibration.slope > 0.0);
    let cut = weights.calibration.cut;
    assert!(cut.hardly < cut.surely && cut.part > 0.0 && cut.part < 0.05 && cut.most >= 25, "{cut:?}");
    let lexicon = weights.lexicon.to_bytes().unwrap();
    let again = Weights::parse(&weights.to_text().unwrap(), &lexicon).unwrap();
    assert_eq!(again.forest.trees(), weights.forest.trees());
    assert!(weights.lexicon.words().count() > 3_000);
}

#[test]
fn damaged_weights_are_refused_with_a_reason() {
    let weights = Weights::embedded().unwrap();
    let (text, lexicon) = (weights.to_text().unwrap(), weights.lexicon.to_bytes().unwrap());
    let complaint = |text: &str| Weights::parse(text, &lexicon).unwrap_err().to_string();
    let other = Lexicon::default().to_bytes().unwrap();
    assert!(Weights::parse(&text, &other).unwrap_err().to_string().contains("is not the one"));
    assert!(complaint(&text[..text.len() / 2]).contains("do not parse"));
    assert!(complaint(&text.replacen("\"format\":3", "\"format\":99", 1)).contains("format 99"));
    assert!(complaint(&text.replacen("\"textsubject\"", "\"other\"", 1)).contains("other features"));
    let last = text.rfind(|c: char| c.is_ascii_digit()).unwrap();
    let other = if &text[last..=last] == "1" { "2" } else { "1" };
    assert!(complaint(&format!("{}{other}{}", &text[..last], &text[last + 1..])).contains("damaged"));
}

#[test]
fn the_shipped_judge_puts_the_obvious_file_first() {
    let index = index();
    let judge = Embedded::new().unwrap();
    let session = judge.open("open the alert dialog", &index, &|| false);
    let files: Vec<FileId> = (0..6).map(FileId).collect();
    let answers = session.judge(&index, &files);
    let probability = |file: usize| answers[file].clone().unwrap().probability;
    assert!((1..6).all(|other| probability(0) > probability(other)));
}

#[test]
fn no_repository_that_is_held_back_was_learned_from() {
    let split = include_str!("../../../../assets/judge-split.txt");
    let named = |part: &str| -> Vec<&str> {
        let rest = split.lines().filter_map(|line| line.strip_prefix(part)?.strip_prefix(' '));
        rest.filter_map(|rest| rest.split(' ').next()).collect()
    };
    let (fitted, ranking, unseen) = (named("fitted"), named("ranking"), named("unseen"));
    assert!(unseen.len() >= 10);
    assert!(unseen.iter().all(|name| !fitted.contains(name) && !ranking.contains(name)));
    let provenance = Weights::embedded().unwrap().provenance;
    let learned: Vec<&str> = provenance.fitted_on.iter().map(|fitted| &*fitted.repository).collect();
    assert_eq!(learned, fitted);
    for fitted in &provenance.ranking_fitted_on {
        assert!(ranking.contains(&&*fitted.repository), "{}", fitted.repository);
    }
}
