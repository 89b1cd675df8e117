//! The `quarry` binary: hands its arguments to [`quarry::cli`].

fn main() {}
