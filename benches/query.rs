//! What one query costs, piece by piece, over made-up trees: `cargo bench --bench query`.
//!
//! `quarry bench` measures the whole program on the same trees.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use divan::{Bencher, counter::BytesCount};
use quarry::domain::{FileId, RelPath, RootId};
use quarry::eval::grove;
use quarry::index::{Extract, Index, extract, tokens};
use quarry::query::Judge;
use quarry::query::judges::embedded::{Embedded, Reading};

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const REQUEST: &str = "fix the dialog border when the window is resized";

fn main() {
    divan::main();
}

fn file(number: usize, files: usize) -> (FileId, RootId, RelPath, Arc<Extract>) {
    let path = RelPath::from(grove::path(number).as_str());
    let document = Arc::new(extract(&path, &grove::text(number, files)));
    (FileId(number as u32), RootId(0), path, document)
}

fn index(files: usize) -> Index {
    let mut index = Index::new();
    for start in (0..files).step_by(512) {
        index.insert_all((start..files.min(start + 512)).map(|number| file(number, files)).collect());
    }
    index
}

#[divan::bench]
fn tokenize(bencher: Bencher) {
    let text = grove::text(7, 100);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut count = 0;
        tokens::each(&text, &mut |_| count += 1);
        count
    });
}

#[divan::bench(args = [0, 40, 80, 120])]
fn extract_file(bencher: Bencher, number: usize) {
    let path = RelPath::from(grove::path(number).as_str());
    let text = grove::text(number, 1_000);
    bencher.counter(BytesCount::of_str(&text)).bench(|| extract(&path, &text));
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn read_request(bencher: Bencher, files: usize) {
    let index = index(files);
    let lexicon = Arc::clone(&Embedded::new().unwrap().weights().lexicon);
    bencher.bench(|| Reading::open(REQUEST, &index, &lexicon, &|| false));
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn judge_every_file(bencher: Bencher, files: usize) {
    let index = index(files);
    let judge = Embedded::new().unwrap();
    let session = judge.open(REQUEST, &index, &|| false);
    let order = session.order();
    bencher.bench(|| session.judge(&index, &order));
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn save_one_file(bencher: Bencher, files: usize) {
    let mut index = index(files);
    let judge = Embedded::new().unwrap();
    let mut session = judge.open(REQUEST, &index, &|| false);
    bencher.bench_local(|| {
        let (id, root, path, document) = file(files / 2, files);
        index.insert(id, root, &path, &document);
        session.refresh(&index, &[id]);
        session.judge(&index, &[id])
    });
}
