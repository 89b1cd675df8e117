//! Command line: arguments, one file per subcommand, printed and JSON output, exit codes.
//!
//! Data goes to standard output, everything else to standard error. Holds no product rule.

mod arguments;
mod complaint;
mod exit;

pub use exit::Exit;
