//! The `quarry` binary: hands its arguments to [`quarry::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    quarry::cli::main()
}
