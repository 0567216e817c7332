//! What is typed. Common options may stand before or after the command.

mod catalog;
mod init;
mod state;

pub use catalog::{CatalogArgs, CatalogCommand, CatalogDiffArgs};
pub use init::InitArgs;
pub use state::{StateCheckArgs, StateCommand, StateEraseArgs, StateExportArgs, StateFileArgs, StateRekeyArgs, StateRestoreArgs};

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Keeps a law firm's client portal (Case Status or Hona) true to its cases in MyCase.
#[derive(Debug, Parser)]
#[command(name = "casebridge", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Typed {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Folder with casebridge.toml and firms.d [as root /etc/casebridge, else $XDG_CONFIG_HOME/casebridge]
    #[arg(long, global = true, value_name = "DIR", env = "CASEBRIDGE_CONFIG_DIR")]
    pub config_dir: Option<Utf8PathBuf>,
    /// Folder with each firm's state [as root /var/lib/casebridge, else $XDG_STATE_HOME/casebridge]
    #[arg(long, global = true, value_name = "DIR", env = "CASEBRIDGE_STATE_DIR")]
    pub state_dir: Option<Utf8PathBuf>,
    /// The daemon's control socket [as root /run/casebridge/control.sock]
    #[arg(long, global = true, value_name = "FILE", env = "CASEBRIDGE_SOCKET")]
    pub socket: Option<Utf8PathBuf>,
    /// How answers are written
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// What is logged, e.g. debug or casebridge=debug,info
    #[arg(long, global = true, value_name = "LEVEL", env = "CASEBRIDGE_LOG")]
    pub log: Option<String>,
}

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For scripts; a contract.
    Json,
    /// For a pull request comment (`plan`).
    Markdown,
    /// Annotations of a pull request (`check`, `test`).
    Github,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole product in one go, against the built-in sandbox; needs no account and no network
    Demo(DemoArgs),
    /// Writes a commented firm file to start from, inactive
    Init(InitArgs),
    /// Reads a secret from the terminal or stdin and seals it in the firm's state
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Every problem of every file at once
    Check(CheckArgs),
    /// Runs the `[[tests]]` of firm files, offline
    Test(TestArgs),
    /// The names of MyCase's stages, practice areas and fields in a file beside the firm's, so that check works offline
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// What a firm file may name: sources, portal fields, defaults, required
    Fields(FieldsArgs),
    /// Connects a firm to MyCase: opens the browser or prints the address
    Connect(ConnectArgs),
    /// Forgets a firm's connection to MyCase; what is linked stays linked
    Disconnect(FirmArgs),
    /// What a run would do, and why; writes nothing to a portal
    Plan(PlanArgs),
    /// A run now
    Sync(SyncArgs),
    /// Applies a saved plan now, whatever the limits
    Approve(ApproveArgs),
    /// Drops a saved plan
    Reject(RejectArgs),
    /// Nothing runs by itself until it is resumed
    Pause(PauseArgs),
    /// Ends a pause
    Resume(FirmArgs),
    /// Care of a firm's state: copies, a look, counts and lists for elsewhere, a new vault key, an end
    #[command(subcommand)]
    State(StateCommand),
    /// A firm's state follows the new name of its file (no daemon may run)
    Rename(RenameArgs),
    /// Connection, next and last runs, what needs attention, what waits
    Status(StatusArgs),
    /// Where each portal field of a case comes from, what was last sent, why it is or is not in step
    Explain(ExplainArgs),
    /// What was changed in the portal, when, by which run and with whose yes
    History(HistoryArgs),
    /// The daemon reads the folder now
    Reload(ReloadArgs),
    /// The next run looks back lookback.first again
    Reset(FirmArgs),
    /// The firm file points at other accounts, and that is meant
    Rebind(FirmArgs),
    /// The daemon
    Run,
    /// JSON Schema of firm files, portal profiles or casebridge.toml
    Schema(SchemaArgs),
    /// MyCase, Case Status and Hona stand-ins to practise on
    Sandbox(SandboxArgs),
    /// Completions for a shell
    Completions(CompletionsArgs),
    /// The manual page: casebridge man > casebridge.1
    Man,
}

/// Which firm.
#[derive(Debug, Args)]
pub struct FirmArgs {
    /// The firm's id: the name of its file before .firm.toml
    pub firm: String,
}

/// `secret`.
#[derive(Debug, Subcommand)]
pub enum SecretCommand {
    /// Reads a secret from the terminal or stdin and seals it in the firm's state
    Set {
        /// The firm
        firm: String,
        /// The name that the firm file says in { stored = "NAME" }
        name: String,
    },
}

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Firm files or folders; without any, the folder of firm files
    pub paths: Vec<Utf8PathBuf>,
    /// Ask MyCase and the portal, too: do the connections work, is every name there
    #[arg(long)]
    pub online: bool,
}

/// `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Firm files or folders; without any, the folder of firm files
    pub paths: Vec<Utf8PathBuf>,
    /// List every line and rule with whether a test looks at it
    #[arg(long)]
    pub coverage: bool,
}

/// `fields`.
#[derive(Debug, Args)]
pub struct FieldsArgs {
    /// A portal: case-status, hona or a profile's name
    pub kind: Option<String>,
}

/// `connect`.
#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// The firm
    pub firm: String,
    /// Print the address instead of opening a browser
    #[arg(long)]
    pub no_browser: bool,
}

/// `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The firm; with --against also the path of its file
    pub firm: String,
    /// Only these cases: ids or addresses of their pages in MyCase
    pub cases: Vec<String>,
    /// Compare with what the portal says, too
    #[arg(long)]
    pub verify: bool,
    /// With the values before and after (client data)
    #[arg(long)]
    pub show_values: bool,
    /// With cases' names in json and markdown, too (client data)
    #[arg(long)]
    pub show_names: bool,
    /// Compare the firm's file with an earlier version of it instead ("-" reads that from stdin): what the edit means, and what
    /// it would do to the linked cases by their counts; offline
    #[arg(long, value_name = "OLD.firm.toml", conflicts_with_all = ["cases", "verify", "show_values", "show_names"])]
    pub against: Option<Utf8PathBuf>,
    /// Counts of the linked cases, as `state export --for-plan` writes them [FIRM.counts.json beside the firm file]
    #[arg(long, value_name = "FILE", requires = "against")]
    pub counts: Option<Utf8PathBuf>,
    /// Exit with 4 when the plan has changes, or the two versions do not mean the same
    #[arg(long)]
    pub exit_code: bool,
}

/// `rename`.
#[derive(Debug, Args)]
pub struct RenameArgs {
    /// The firm's id before
    #[arg(value_name = "OLD")]
    pub from: String,
    /// Its id now: the new name of its file before .firm.toml
    #[arg(value_name = "NEW")]
    pub to: String,
}

/// `sync`.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// The firm
    pub firm: String,
    /// Only these cases: ids or addresses of their pages in MyCase
    pub cases: Vec<String>,
    /// Compare everything with the portal
    #[arg(long)]
    pub verify: bool,
    /// Send every linked case anew
    #[arg(long)]
    pub rewrite: bool,
    /// Carry the files that clients gave to the portal into MyCase (with --verify: read the portal's whole list)
    #[arg(long, conflicts_with_all = ["rewrite", "cases"])]
    pub documents: bool,
    /// The same with the messages that clients wrote
    #[arg(long, conflicts_with_all = ["rewrite", "cases"])]
    pub messages: bool,
    /// Write what happened to each case that failed or needs attention into a CSV file
    #[arg(long, value_name = "FILE.csv")]
    pub report: Option<Utf8PathBuf>,
}

/// `approve`.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// The firm
    pub firm: String,
    /// The plan's name, as `status` and `plan` show it
    pub plan: String,
    /// Only changes of this kind: create, close, reopen, contact, stage, update
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub only: Vec<crate::domain::Kind>,
    /// Only cases of this practice area
    #[arg(long, value_name = "NAME")]
    pub practice_area: Option<String>,
    /// Not this case
    #[arg(long, value_name = "CASE")]
    pub except: Vec<String>,
    /// Outside contact hours, too
    #[arg(long)]
    pub now: bool,
}

fn kind(word: &str) -> Result<crate::domain::Kind, String> {
    crate::domain::Kind::from_word(word).ok_or_else(|| "one of create, close, reopen, contact, stage, update".to_owned())
}

/// `reject`.
#[derive(Debug, Args)]
pub struct RejectArgs {
    /// The firm
    pub firm: String,
    /// The plan's name
    pub plan: String,
}

/// `pause`.
#[derive(Debug, Args)]
pub struct PauseArgs {
    /// The firm
    pub firm: String,
    /// Why; shown everywhere
    #[arg(long)]
    pub reason: String,
    /// When it ends by itself: 2026-12-01, 2026-12-01T08:00, or with a zone
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

/// `reload`.
#[derive(Debug, Args)]
pub struct ReloadArgs {
    /// Wait for each file's verdict; exits with 3 when one was rejected
    #[arg(long)]
    pub wait: bool,
}

/// `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The firm; without it, all
    pub firm: Option<String>,
    /// Show it again every two seconds, until Ctrl-C (with a daemon)
    #[arg(long)]
    pub watch: bool,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The firm
    pub firm: String,
    /// The case: its id or the address of its page in MyCase
    pub case: String,
    /// With client data in json, too; the text for a terminal always has it
    #[arg(long)]
    pub show_values: bool,
}

/// `history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The firm
    pub firm: String,
    /// Only this case: its id or the address of its page in MyCase
    pub case: Option<String>,
    /// At most so many changes, the newest
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = changes)]
    pub limit: usize,
    /// Only changes since then, in the firm's zone: 2026-12-01, 2026-12-01T08:00
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// With the values before and after (client data)
    #[arg(long)]
    pub show_values: bool,
}

fn changes(number: &str) -> Result<usize, String> {
    number.parse().ok().filter(|number| *number > 0).ok_or_else(|| "a number from 1".to_owned())
}

/// `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of what
    #[arg(value_enum)]
    pub of: SchemaOf,
}

/// What a schema is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// Firm files.
    Firm,
    /// Portal profiles.
    Profile,
    /// casebridge.toml.
    Daemon,
}

/// `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// How many cases MyCase holds
    #[arg(long, default_value_t = 200)]
    pub cases: usize,
    /// Same seed, same world
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Without the vendors' rate limits
    #[arg(long)]
    pub no_rate_limits: bool,
}

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many cases each of the two firms has: 40 or more, so that each stage has some
    #[arg(long, default_value_t = 60, value_parser = enough_cases)]
    pub cases: usize,
}

fn enough_cases(number: &str) -> Result<usize, String> {
    number.parse().ok().filter(|number| *number >= 40).ok_or_else(|| "a number from 40".to_owned())
}

/// `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
