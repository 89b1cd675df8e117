//! What it costs to put a context together anew: at each ranking while files are judged, and once a file was saved.
//!
//! `cargo bench --bench context`
#![allow(clippy::expect_used)]

use std::path::PathBuf;
use std::sync::Arc;

use divan::{Bencher, black_box};
use quarry::chat::context::{Addressee, Asking, Assembler, JudgedFile, Parts, Rules, Wishes};
use quarry::domain::{Locality, ModelRef, Question, RankedRow, RelPath, RootId, Span, StateKind};
use quarry::index::Disk;
use quarry::llm::profiles::Tier;
use quarry::llm::tokens::TokenScale;
use quarry::query::Catalog;

fn main() {
    divan::main();
}

struct Open;

impl Rules for Open {
    fn private(&self, _path: &str) -> Option<String> {
        None
    }

    fn redact(&self, _path: &Arc<str>, _text: &str) -> Option<String> {
        None
    }
}

struct Tree {
    _dir: tempfile::TempDir,
    roots: Vec<PathBuf>,
    assembler: Assembler,
    judged: Vec<JudgedFile>,
}

/// So many files of this repository's own code, all judged yes; every fifth is too large for its share.
fn tree(files: usize) -> Tree {
    let dir = tempfile::tempdir().expect("a folder");
    let roots = vec![dir.path().canonicalize().expect("a folder")];
    let text = include_str!("../src/chat/context/claim.rs");
    let mut catalog = Catalog::of(&roots);
    let mut judged = Vec::new();
    let mut rows = Vec::new();
    for at in 0..files {
        let path = format!("src/f{at}.rs");
        let times = if at % 5 == 0 { 6 } else { 1 };
        let body = format!("// {at}\n{text}").repeat(times);
        std::fs::create_dir_all(roots[0].join("src")).expect("a folder");
        std::fs::write(roots[0].join(&path), body).expect("a file");
        let file = catalog.intern(RootId(0), &RelPath::from(path.as_str()));
        let shown: Arc<str> = path.into();
        rows.push(RankedRow {
            file,
            path: Arc::clone(&shown),
            state: StateKind::Yes,
            probability: 0.5,
            score: 0.5,
            stale: false,
            pinned: false,
            flipped: false,
        });
        let spans = Arc::from([Span { first: 40, last: 60 }]);
        judged.push(JudgedFile { file, path: shown, probability: 0.5, reason: "it does".into(), spans });
    }
    let mut assembler = Assembler::new(Parts {
        roots: roots.clone(),
        reader: Arc::new(Disk::new(roots.clone())),
        places: catalog.places(),
        rules: Arc::new(Open),
        symbols: Arc::new(()),
    });
    assembler.see(&rows.into());
    Tree { _dir: dir, roots, assembler, judged }
}

impl Tree {
    fn assemble(&mut self) -> usize {
        let question = Question::new("how is the room shared out among the files that were judged?");
        let to = Addressee {
            model: Some(ModelRef::new("lab", "m")),
            locality: Locality::Loopback,
            window: Some(200_000),
            tier: Tier::Frontier,
            scale: TokenScale::default(),
            reasons: false,
            images: None,
        };
        let wishes = Wishes { budget: Some(100_000), ..Wishes::default() };
        let assembled = self.assembler.assemble(&Asking {
            question: &question,
            request: &question.text,
            rules: "",
            turns: &[],
            judged: &self.judged,
            wishes: &wishes,
            to: &to,
            at_most: None,
        });
        assembled.messages.len()
    }
}

#[divan::bench(args = [10, 50])]
fn again(bencher: Bencher<'_, '_>, files: usize) {
    let mut tree = tree(files);
    tree.assemble();
    bencher.bench_local(|| black_box(tree.assemble()));
}

#[divan::bench(args = [50])]
fn after_a_save(bencher: Bencher<'_, '_>, files: usize) {
    let mut tree = tree(files);
    tree.assemble();
    let mut times = 0;
    bencher.bench_local(|| {
        times += 1;
        let text = format!("{}\n// {times}\n", include_str!("../src/chat/context/claim.rs"));
        std::fs::write(tree.roots[0].join("src/f1.rs"), text).expect("a file");
        black_box(tree.assemble())
    });
}

#[divan::bench(args = [50], sample_count = 10)]
fn for_the_first_time(bencher: Bencher<'_, '_>, files: usize) {
    bencher.with_inputs(|| tree(files)).bench_local_values(|mut tree| black_box(tree.assemble()));
}
