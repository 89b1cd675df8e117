//! Arguments: the raw command line as clap reads it; nothing here is checked against the disk or the configuration.

mod sessions;
mod stats;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::domain::{ModelRef, TaskKind};

pub use sessions::{ExportFormat, SessionsArgs, SessionsCommand};
pub use stats::StatsArgs;

/// Asks a judge about every file of the tree, and shows the answers ranked, each with its reason.
///
/// Without a command, opens the full screen in PATH (default: the current directory).
#[derive(Debug, Parser)]
#[command(name = "quarry", version, args_conflicts_with_subcommands = true, after_long_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do; without it, open the screen.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What the screen takes.
    #[command(flatten)]
    pub screen: Screen,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 usage, 3 nothing found, 130 interrupted.\n\
    Environment: QUARRY_CONFIG_DIR, QUARRY_CACHE_DIR and QUARRY_DATA_DIR move the three folders; NO_COLOR turns \
    colours off; VISUAL, EDITOR and PAGER name the programs to open.";

/// `quarry [PATH]`.
#[derive(Debug, Args)]
pub struct Screen {
    /// The tree to open.
    #[arg(value_hint = ValueHint::DirPath)]
    pub path: Option<PathBuf>,
    /// Add another tree; may be repeated.
    #[arg(long = "root", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub roots: Vec<PathBuf>,
    /// What you are working on; it counts in the ranking. Default: the words of the branch name.
    #[arg(long, value_name = "TEXT")]
    pub task: Option<String>,
    /// Go on with the last conversation about this tree.
    #[arg(long = "continue")]
    pub resume: bool,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Options of every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// Read this configuration file over the others.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Draw with this theme (`quarry doctor` lists them).
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
}

/// The commands that work without a screen.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge every file for one request and print the answers.
    Query(Query),
    /// Ask a model one question about the tree; its answer streams to standard output.
    Ask(Ask),
    /// Change files as one instruction says; prints a diff, and writes nothing unless told to.
    Edit(Edit),
    /// Measure judges on the repository's own commits: message to modified files, at the parent commit.
    Eval(super::eval::EvalArgs),
    /// Fit the embedded judge to one repository; kept only where it wins on newer commits.
    Tune(TuneArgs),
    /// Print what the program costs on trees of several sizes.
    Bench(super::bench::BenchArgs),
    /// Print what was found: terminal, colours, git, watching, cache, configuration.
    Doctor(Doctor),
    /// List models, what each task uses and why; test them.
    Models(Models),
    /// List, search, show, rename, delete and export conversations.
    Sessions(SessionsArgs),
    /// Print what models did: answers, ratings, edits, times, tokens, cost; per task and model, and by day.
    Stats(StatsArgs),
    /// Let a project's own .quarry.toml set backends, keys and commands, as it is now.
    Trust(Trust),
    /// Print shell completions.
    Completions(Completions),
}

const QUERY_HELP: &str = "\
With --json, one object is printed per line:
  {\"event\":\"plan\",\"query\":TEXT,\"files\":N,\"judge\":NAME}
then for each file exactly one of
  {\"event\":\"judged\",\"path\":PATH,\"verdict\":\"yes\"|\"no\",\"probability\":0..1,\"reason\":TEXT,
   \"spans\":[[FIRST,LAST]...],\"signals\":{NAME:SHARE...},\"source\":\"judge\"|\"cache\"}
  {\"event\":\"skipped\",\"path\":PATH,\"why\":TEXT}
  {\"event\":\"failed\",\"path\":PATH,\"why\":TEXT,\"retryable\":BOOL}
  {\"event\":\"over_budget\",\"path\":PATH}
and last
  {\"event\":\"done\",\"ranking\":[{\"path\":PATH,\"score\":0..1}...],\"counts\":{STATE:N...},\"elapsed_ms\":N,
   \"usage\":{\"tokens_in\":N,\"tokens_out\":N,\"usd\":N}}, the usage where a model judged
The ranking holds every judged file, best first, and the counts sum to the files of the plan. Shares are signed; their
absolute values sum to 1. Paths are relative to the root and `/`-separated. With --watch, each save prints the files
judged again and a fresh `done`.

Exit codes: 0 done, 1 failed, 2 usage, 3 nothing found, 130 interrupted.";

/// `quarry query`.
#[derive(Debug, Args)]
#[command(after_long_help = QUERY_HELP)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Query {
    /// The request in plain words, or `-` to read it from standard input.
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,
    /// Print one JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// Rows of the printed list [default: `query.top`, 20]; --json always holds every file.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub top: Option<u32>,
    /// The tree to judge, default the current directory; may be repeated.
    #[arg(long = "root", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub roots: Vec<PathBuf>,
    /// What you are working on; it counts in the ranking. Default: the words of the branch name.
    #[arg(long, value_name = "TEXT")]
    pub task: Option<String>,
    /// Who judges: `embedded`, or any model as BACKEND/MODEL (`quarry models` lists them).
    #[arg(long, value_name = "NAME", default_value = "embedded")]
    pub judge: String,
    /// Go on without asking where a model costs more than $0.25 or has no known price and no budget is set.
    #[arg(long)]
    pub yes: bool,
    /// Show evidence, signal shares and lines of each row.
    #[arg(long)]
    pub explain: bool,
    /// Stay, and print again when files are saved.
    #[arg(long)]
    pub watch: bool,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

const ASK_HELP: &str = "\
With --json, one object is printed per line:
  {\"event\":\"context\",\"items\":[{\"path\":TEXT,\"lines\":[[FIRST,LAST]...],\"tokens\":N,\"why\":TEXT,\"number\":N}...],
   \"model\":\"BACKEND/MODEL\"|null,\"why\":TEXT|null}
  {\"event\":\"thinking\",\"text\":TEXT} and {\"event\":\"delta\",\"text\":TEXT} as they come
and last
  {\"event\":\"done\",\"state\":STATE,\"model\":TEXT|null,\"usage\":{\"tokens_in\":N,\"cached_in\":N,\"tokens_out\":N,
   \"counted\":BOOL,\"usd\":N|null,\"window\":N|null,\"first_token_ms\":N|null,\"total_ms\":N},
   \"cited\":[PATH...],\"session\":ID,\"turn\":ID}
STATE is done, cut_short, refused, failed, too_long or cancelled; all but done and cancelled come after
  {\"event\":\"error\",\"kind\":STATE,\"error\":TEXT,\"hint\":TEXT|null}
and a model that fails before its first token is told of as
  {\"event\":\"fell_back\",\"from\":TEXT,\"to\":TEXT|null,\"why\":TEXT}
Empty `lines` mean the whole of it; `number` is what the answer cites as [number], 0 for what it cannot cite. An unknown
price is null, not 0. The conversation is kept like those of the screen.

Exit codes: 0 done, 1 failed or cut short, 2 usage, 3 no model and nothing found, 130 interrupted; what came is kept.";

/// `quarry ask`.
#[derive(Debug, Args)]
#[command(after_long_help = ASK_HELP)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Ask {
    /// The question in plain words, or `-` to read it from standard input; @path, @path:10-40, @dir/, @symbol, @diff,
    /// @staged and @last-commit name what goes with it.
    #[arg(required_unless_present = "kind", value_name = "TEXT")]
    pub text: Vec<String>,
    /// Print one JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// The model that answers, as BACKEND/MODEL (`quarry models` lists them). Default: as the task is routed.
    #[arg(long, value_name = "NAME")]
    pub model: Option<ModelRef>,
    /// Send this file or directory as well, or some lines: PATH, PATH:LINE, PATH:FIRST-LAST; may be repeated.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub context: Vec<String>,
    /// Do not search the tree: send only what is named.
    #[arg(long)]
    pub no_query: bool,
    /// What is asked for: an answer, a commit message, a review or documentation. A commit message and a review need no
    /// TEXT.
    #[arg(long = "as", value_name = "TASK", value_enum)]
    pub kind: Option<AskKind>,
    /// Go on with the newest conversation about this tree.
    #[arg(long = "continue", conflicts_with = "session")]
    pub go_on: bool,
    /// Go on with this conversation (`quarry sessions` lists them).
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
    /// Say nothing on standard error but warnings and errors.
    #[arg(long, short)]
    pub quiet: bool,
    /// The tree to answer from, default the current directory; may be repeated.
    #[arg(long = "root", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub roots: Vec<PathBuf>,
    /// What you are working on; it counts in the ranking. Default: the words of the branch name.
    #[arg(long, value_name = "TEXT")]
    pub task: Option<String>,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

/// What `quarry ask` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AskKind {
    /// An answer.
    Chat,
    /// A commit message for what is staged.
    Commit,
    /// A review of the working diff.
    Review,
    /// Documentation of a symbol or a file.
    Doc,
}

impl From<AskKind> for TaskKind {
    fn from(kind: AskKind) -> Self {
        match kind {
            AskKind::Chat => Self::Chat,
            AskKind::Commit => Self::Commit,
            AskKind::Review => Self::Review,
            AskKind::Doc => Self::Doc,
        }
    }
}

const EGRESS_HELP: &str = "\
With --egress --json, one object is printed per attempt to send a call, newest first:
  {\"event\":\"sent\",\"at\":TIME,\"to\":\"SCHEME://HOST:PORT\",\"left\":BOOL,\"task\":NAME,\"model\":\"BACKEND/MODEL\",
   \"bytes\":N,\"files\":[PATH...],\"redacted\":N,\"outcome\":\"answered\"|\"retried\"|KIND|null,
   \"tokens_in\":N|null,\"tokens_out\":N|null,\"usd\":N|null}
and last the sums per host, and the calls that the log missed:
  {\"event\":\"sums\",\"hosts\":[{\"to\":TEXT,\"left\":BOOL,\"calls\":N,\"bytes\":N,\"tokens_in\":N,\"tokens_out\":N,
   \"usd\":N}...],\"missed\":N,\"ever_left\":BOOL}
`left` is false for servers on this machine. The log never holds contents or keys.";

/// A time such as `30m`, `24h`, `7d`.
fn time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time: expected a number with s, m, h, d or w, such as 24h");
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let unit = match &text[digits..] {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        "w" => 7 * 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    Ok(Duration::from_secs(number.saturating_mul(unit)))
}

/// `quarry doctor`.
#[derive(Debug, Args)]
#[command(after_long_help = EGRESS_HELP)]
pub struct Doctor {
    /// The tree to look at.
    #[arg(value_hint = ValueHint::DirPath)]
    pub path: Option<PathBuf>,
    /// Print one JSON object; with --egress, one per line.
    #[arg(long)]
    pub json: bool,
    /// Print what was sent to models instead: when, where to, for which task, how much, with which files.
    #[arg(long)]
    pub egress: bool,
    /// Only what was sent in this time: 30m, 24h, 7d.
    #[arg(long, value_name = "TIME", requires = "egress", value_parser = time)]
    pub since: Option<Duration>,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

const MODELS_HELP: &str = "\
With --json, one object is printed per line: for each backend
  {\"event\":\"backend\",\"name\":NAME,\"protocol\":NAME,\"endpoints\":[URL...],\"locality\":\"local\"|\"remote\"|\"in process\",
   \"health\":\"up\"|\"degraded\"|\"down\"|\"unknown\",\"why\":TEXT|null,\"origin\":TEXT,\"models\":[
     {\"name\":NAME,\"window\":N|null,\"usd_per_million\":{\"input\":N,\"cached_input\":N,\"output\":N}|null,\"calls\":N,
      \"first_token_ms\":N|null,\"tokens_per_second\":N|null,\"abilities\":[NAME...]}...]}
for each task
  {\"event\":\"route\",\"task\":NAME,\"choice\":\"embedded\"|\"BACKEND/MODEL\"|null,\"why\":TEXT,\"by_user\":BOOL,
   \"passed_over\":[{\"candidate\":NAME,\"why\":TEXT}...]}
and last
  {\"event\":\"done\",\"backends\":N,\"models\":N}
`quarry models test --json` prints for each task one of
  {\"event\":\"tested\",\"task\":NAME,\"model\":NAME,\"ok\":true,\"first_token_ms\":N,\"total_ms\":N,\"tokens_in\":N|null,
   \"tokens_out\":N|null,\"usd\":N|null}
  {\"event\":\"tested\",\"task\":NAME,\"model\":NAME|null,\"ok\":false,\"kind\":KIND,\"error\":TEXT,\"hint\":TEXT|null}
An unknown price is null, not 0.

QUARRY_DISCOVER=off looks for nothing that is not configured; `keys`, `local` and port numbers, parted by commas, look for
these alone.

Exit codes: 0 done, 1 failed, 2 usage, 3 no model was found.";

/// `quarry models`.
#[derive(Debug, Args)]
#[command(after_long_help = MODELS_HELP)]
pub struct Models {
    /// What to do; without it, list.
    #[command(subcommand)]
    pub command: Option<ModelsCommand>,
    /// Print one JSON object per line.
    #[arg(long, global = true)]
    pub json: bool,
    /// The tree whose trusted .quarry.toml counts, default the current directory.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, global = true)]
    pub root: Option<PathBuf>,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

/// What `quarry models` does.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// Send one small real call per task, and print how it went. It may cost a fraction of a cent.
    Test {
        /// Tasks: chat, judge, command, complete, ...; default all that a model does.
        #[arg(value_name = "TASK")]
        tasks: Vec<String>,
    },
    /// Add a model file to your configuration, to be run in this process.
    Add {
        /// A GGUF file.
        #[arg(value_hint = ValueHint::FilePath)]
        path: PathBuf,
        /// The backend's name, default made from the file's.
        #[arg(long)]
        name: Option<String>,
    },
}

/// `quarry trust`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
A project's own .quarry.toml may always set what is harmless, such as its theme. What is run, sent or bound counts only
once you trust the file; when the file changes, it must be trusted again.

Exit codes: 0 done, 1 failed, 2 usage, 3 nothing found.")]
pub struct Trust {
    /// The project, default the current directory.
    #[arg(value_hint = ValueHint::DirPath)]
    pub path: Option<PathBuf>,
    /// Take the trust back.
    #[arg(long)]
    pub revoke: bool,
}

/// `quarry completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell to complete for.
    pub shell: Shell,
}

/// Arguments of `quarry tune`.
#[derive(Debug, Clone, Args)]
pub struct TuneArgs {
    /// The repository; the current directory when none is given.
    #[arg(value_name = "ROOT")]
    pub root: Option<PathBuf>,
    /// At most so many commits.
    #[arg(long, default_value_t = 400, value_name = "N")]
    pub commits: usize,
    /// Fit and test, and keep nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Go back to the judge as it ships: forget the tuning, the samples of feedback, and a threshold that was kept.
    #[arg(long, conflicts_with = "dry_run")]
    pub forget: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `quarry edit`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(after_long_help = EDIT_JSON)]
pub struct Edit {
    /// What to do.
    #[arg(value_name = "INSTRUCTION")]
    pub instruction: String,
    /// The files it is about; only these may be changed, others only created.
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub paths: Vec<PathBuf>,
    /// Only these lines of the file.
    #[arg(long, value_name = "A-B", value_parser = super::lines::parse)]
    pub lines: Option<std::ops::RangeInclusive<usize>>,
    /// Ask this model in place of the one that edits go to.
    #[arg(long, value_name = "BACKEND/MODEL", conflicts_with = "from")]
    pub model: Option<String>,
    /// Take a model's answer from this file (`-`: standard input) in place of asking one.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// The format of the answer; `tool` means calls of tools, in a file as JSON: {"name","arguments"}, one after the other.
    #[arg(long, value_name = "auto|search-replace|apply-patch|udiff|whole|tool", default_value = "auto")]
    pub format: crate::edit::EditFormat,
    /// Write what is in scope, all files or none.
    #[arg(long)]
    pub apply: bool,
    /// Print the diff also with --apply.
    #[arg(long)]
    pub diff: bool,
    /// Take hunks that are out of scope or cosmetic as well.
    #[arg(long)]
    pub all: bool,
    /// Print one JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// The tree; the current directory when none is given.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub root: Option<PathBuf>,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

const EDIT_JSON: &str = "With --json, one object a line:\n  \
    {\"event\":\"hunk\",\"path\",\"class\":\"in_scope\"|\"out_of_scope\"|\"cosmetic\",\"old_start\",\"old_lines\",\"new_lines\",\"diff\",\n   \
    \"new_file\",\"deleted\",\"moved_to\"}\n  \
    {\"event\":\"refused\",\"path\",\"why\",\"nearest\":{\"line\",\"lines\",\"differs\":{\"wanted\",\"found\"}}|null}\n  \
    {\"event\":\"done\",\"written\":[PATH...],\"refused\",\"out_of_scope\",\"cosmetic\",\"format\",\n   \
    \"format_by\":\"profile\"|\"configured\"|\"argument\"|\"no_tools\"|\"too_long\"}\n\
    old_start is 1-based; old_lines and new_lines are counts. Exit 1 when anything was refused, and then nothing is written; exit 3 when nothing changes.";
