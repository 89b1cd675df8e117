//! Arguments of `quarry sessions`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

const HELP: &str = "\
An ID is the start of a conversation's name, as far as no other begins like it, or `last` for the newest about this
directory.

With --json, one object is printed per line. `list`:
  {\"event\":\"session\",\"id\":ID,\"title\":TEXT,\"roots\":TEXT,\"began\":TIME,\"changed\":TIME,\"turn_count\":N,\"from\":ID|null,
   \"elsewhere\":BOOL}
and last {\"event\":\"done\",\"sessions\":N}; `elsewhere` says that another running Quarry has it open. `search`:
  {\"event\":\"hit\",\"session\":ID,\"title\":TEXT,\"turn\":ID,\"excerpt\":TEXT,\"words\":[TEXT...]}, and {\"event\":\"done\",\"hits\":N}
`show`: the session, then the turns of the branch that it shows
  {\"event\":\"turn\",\"id\":ID,\"parent\":ID|null,\"at\":TIME,\"kind\":\"question\"|\"answer\"|\"summary\",\"text\":TEXT,...}
and {\"event\":\"done\",\"turns\":N}. `rename` and `delete` print the session with the event `renamed` or `deleted`.
`export --format json` prints one object with the turns of all branches.

Exit codes: 0 done, 1 failed, 2 usage, 3 nothing found.";

/// `quarry sessions`.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct SessionsArgs {
    /// What to do; without it, list.
    #[command(subcommand)]
    pub command: Option<SessionsCommand>,
    /// Print one JSON object per line.
    #[arg(long, global = true)]
    pub json: bool,
    /// Conversations about any directory.
    #[arg(long, global = true)]
    pub all: bool,
    /// Conversations about this directory, default the current one; may be repeated.
    #[arg(long = "root", value_name = "DIR", value_hint = ValueHint::DirPath, global = true)]
    pub roots: Vec<PathBuf>,
}

/// What is done with conversations.
#[derive(Debug, Subcommand)]
pub enum SessionsCommand {
    /// List them, the one that changed last first.
    List,
    /// Find words in them; words in double quotes stand side by side, the last word may be the start of one.
    Search {
        /// The words.
        #[arg(required = true, value_name = "WORDS")]
        words: Vec<String>,
        /// At most so many places [default: 50].
        #[arg(long, value_name = "N")]
        most: Option<usize>,
    },
    /// Print the branch that a conversation shows, as Markdown.
    Show {
        /// Its name.
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Give a conversation a name; without one it goes by the start of its first message.
    Rename {
        /// Its name.
        #[arg(value_name = "ID")]
        id: String,
        /// The new title.
        #[arg(value_name = "TITLE")]
        title: Vec<String>,
    },
    /// Delete a conversation with all its branches; its words are overwritten in the file.
    Delete {
        /// Its name.
        #[arg(value_name = "ID")]
        id: String,
        /// Do it.
        #[arg(long)]
        yes: bool,
    },
    /// Write a conversation as Markdown (the branch that it shows) or JSON (all branches).
    Export {
        /// Its name.
        #[arg(value_name = "ID")]
        id: String,
        /// The form [default: what the file's name or --json says, else markdown].
        #[arg(long, value_name = "FORM")]
        format: Option<ExportFormat>,
        /// The file, which must not exist; `-` or nothing for standard output.
        #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
        output: Option<PathBuf>,
    },
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// For people.
    Markdown,
    /// For programs.
    Json,
}
