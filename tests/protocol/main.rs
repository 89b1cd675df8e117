//! Every protocol over a real socket: what a server may send, and what a call makes of it.
//!
//! The server is scripted to the byte (`common/server.rs`), the client is the program's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_enum_match_arm)]

#[path = "../common/mod.rs"]
mod common;

mod errors;
mod framing;
mod leaving;
mod limits;

/// Tries all of these at once: each waits for its own retries.
fn side_by_side<T: Send>(items: impl IntoIterator<Item = T>, attempt: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for item in items {
            scope.spawn(|| attempt(item));
        }
    });
}
