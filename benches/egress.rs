//! What it costs to look for secrets, to ask the guard, and to reserve a budget: `cargo bench --bench egress`.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use divan::{Bencher, counter::BytesCount};
use quarry::config::Config;
use quarry::domain::{Locality, ModelRef, TaskKind};
use quarry::eval::grove;
use quarry::llm::client::Gate;
use quarry::llm::egress::redact::Redactor;
use quarry::llm::egress::{Guard, GuardOptions};
use quarry::llm::{Call, Counted, Message, Role};
use quarry::store::Store;

fn main() {
    divan::main();
}

/// About half a megabyte of made-up code.
fn code() -> String {
    (0..200).map(|number| grove::text(number, 1_000)).collect()
}

#[divan::bench]
fn redact_code(bencher: Bencher) {
    let (text, redactor) = (code(), Redactor::new());
    bencher.counter(BytesCount::of_str(&text)).bench(|| redactor.text(&text));
}

#[divan::bench]
fn redact_code_about_secrets(bencher: Bencher) {
    let line = "let token = self.next_token(&mut key)?; // the password's secret key is not here\n";
    let (text, redactor) = (line.repeat(4_000), Redactor::new());
    bencher.counter(BytesCount::of_str(&text)).bench(|| redactor.text(&text));
}

#[divan::bench(args = [Locality::Loopback, Locality::Remote])]
fn pass_a_call_of_8_kb(bencher: Bencher, locality: Locality) {
    let guard = Guard::new(GuardOptions::new(&Config::default(), &[], Store::in_memory()));
    let model = ModelRef::new("lab", "small");
    let text: Arc<str> = code()[..8_192].into();
    let files: Vec<Arc<str>> = vec!["src/parser.rs".into()];
    bencher
        .with_inputs(|| {
            let message = Message::text(Role::User, Arc::clone(&text));
            Call { files: files.clone(), ..Call::chat(TaskKind::Judge, vec![message], 1) }
        })
        .bench_values(|mut call| {
            let pass = guard.admit(&model, locality, &mut call).unwrap();
            guard.sent(&pass, "https://lab.example:443", 8_192);
            guard.settle(pass, &Counted::default(), Ok(()));
        });
}
