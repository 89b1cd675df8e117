//! Arguments of `quarry stats`.

use clap::Args;

use super::Common;

const HELP: &str = "\
With --json, one object is printed per line: per task and model
  {\"event\":\"model\",\"task\":NAME,\"model\":\"BACKEND/MODEL\"|null,\"answers\":N,\"failed\":N,\"up\":N,\"down\":N,\"compared\":N,
   \"picked\":N,\"edits\":N,\"hunks\":N,\"accepted\":N,\"characters\":N,\"committed\":N,\"standing\":N,
   \"first_token_ms\":{\"p50\":N,\"p95\":N}|null,\"total_ms\":{\"p50\":N,\"p95\":N}|null,\"tokens_in\":N,\"tokens_out\":N,
   \"usd\":N,\"unpriced\":N,\"daily\":[N...]}
per day, oldest first
  {\"event\":\"day\",\"day\":\"YYYY-MM-DD\",\"answers\":N,\"first_token_ms\":N|null,\"hunks\":N,\"accepted\":N,\"tokens\":N,\"usd\":N}
and last {\"event\":\"done\",\"days\":N,\"models\":N}. `picked` of `compared` answers that stood side by side; `characters` of
accepted hunks, of which `committed` were followed by a commit and `standing` were still in it; `unpriced` answers have no
known price and are not in `usd`; times are within five per cent; days are local.

Exit codes: 0 done, 1 failed, 2 usage, 3 nothing found.";

/// `quarry stats`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct StatsArgs {
    /// Print one JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// The last so many days, today included.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub days: u32,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}
