use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Weld a LoRA adapter into its base model, prove it, ship it.
#[derive(Debug, Parser)]
#[command(name = "weldlm", version, about, arg_required_else_help = true, max_term_width = 110)]
#[command(
    after_help = "A request file (.json, .yaml) may stand instead of a command: weldlm request.json\n\nExit codes: 0 done, 1 unexpected, 2 usage, 3 refused by the plan, 4 verification failed, 5 interrupted\n(resumable), 6 done but partial (layers skipped by --safe-merge true)"
)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// Language of messages: en, zh [default: from the locale]
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<String>,
    /// Write JSON to standard output instead of text
    #[arg(long, global = true)]
    pub json: bool,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Merge adapters into a base model
    Merge(MergeArgs),
    /// Write a model (or base + adapters) in a format, cleaned of training leftovers
    Export(ExportArgs),
    /// Show what a checkpoint or an adapter is, from its headers alone
    Inspect(InspectArgs),
    /// Show what differs between two checkpoints
    Diff(DiffArgs),
    /// Check a result against its receipt, and against its sources
    Verify(VerifyArgs),
    /// Make a small base and adapter and merge them
    Demo(DemoArgs),
    /// Open weldlm in the browser
    Ui(UiArgs),
    /// Look after the jobs of a running `weldlm ui`
    Jobs(JobsArgs),
    /// Show what this machine can do
    Doctor,
    /// Print completions for a shell
    Completions(CompletionArgs),
    /// Print the manual page
    Man,
    /// Do the job in a folder; started by the server
    #[command(hide = true)]
    Worker(WorkerArgs),
    /// Render a chat template, as the server asks for it
    #[command(hide = true)]
    Template,
}

/// Options that merge and export share.
#[derive(Debug, Args)]
pub struct Common {
    /// Request file with the same fields (JSON or YAML); options given here go before it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Output folder
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<String>,
    /// Adapter: folder, file, or id in the local hub cache; PATH::NAME chooses one of several (repeatable)
    #[arg(long, short, value_name = "PATH")]
    pub adapter: Vec<String>,
    /// Weight of each adapter, in the order of the adapters (repeatable)
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub scale: Vec<f64>,
    /// Type of the output: keep, f32, f16, bf16
    #[arg(long, value_name = "DTYPE")]
    pub dtype: Option<String>,
    /// Skip layers that do not match instead of refusing; the result is then partial (exit code 6)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub safe_merge: Option<bool>,
    /// Folder whose tokenizer is taken
    #[arg(long, value_name = "PATH")]
    pub tokenizer: Option<String>,
    /// Whether the tokenizer is written
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub include_tokenizer: Option<bool>,
    /// Rewrite module paths of the adapter: whole segments OLD become NEW (repeatable)
    #[arg(long, value_name = "OLD=NEW")]
    pub module_mapping: Vec<String>,
    /// Largest weight file, e.g. 5GB; without it the base's files are kept
    #[arg(long, value_name = "SIZE")]
    pub max_shard_size: Option<String>,
    /// true: safetensors, false: pytorch_model.bin, both: both
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub safe_serialization: Option<String>,
    /// What to do when the output is there: fail, resume, replace
    #[arg(long, value_name = "POLICY")]
    pub if_exists: Option<String>,
    /// Checks before publishing: none, weights
    #[arg(long, value_name = "LEVEL")]
    pub verify: Option<String>,
    /// Command that gets every event as a line of JSON and may veto the plan
    #[arg(long, value_name = "CMD")]
    pub on_event: Option<String>,
    /// Worker threads [default: one per processor]
    #[arg(long, value_name = "N")]
    pub threads: Option<u64>,
    /// Not built yet: refused
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new(), hide = true)]
    pub push_to_hub: Option<bool>,
    /// Repository for --push-to-hub
    #[arg(long, hide = true)]
    pub repo_id: Option<String>,
    /// Copies the .py files along, as always; code is never run
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new(), hide = true)]
    pub trust_remote_code: Option<bool>,
    /// Show the plan and stop
    #[arg(long)]
    pub dry_run: bool,
}

/// Options of `merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Base model: folder, file, or id in the local hub cache
    #[arg(long, short, value_name = "PATH")]
    pub base: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub common: Common,
}

/// Options of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Model: folder, file, or id in the local hub cache
    #[arg(long, short, value_name = "PATH")]
    pub input: Option<String>,
    /// Format: hf (repeatable)
    #[arg(long, short, value_name = "FORMAT")]
    pub format: Vec<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub common: Common,
}

/// Options of `inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Checkpoint or adapter: folder, file, or id in the local hub cache
    pub path: String,
    /// List every tensor
    #[arg(long)]
    pub tensors: bool,
    /// Say whether the adapter fits this base
    #[arg(long, value_name = "PATH")]
    pub base: Option<String>,
}

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The one
    pub a: String,
    /// The other
    pub b: String,
    /// Compare headers and files only, not values
    #[arg(long)]
    pub headers: bool,
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The result
    pub path: String,
    /// Its base: everything is then computed again
    #[arg(long, value_name = "PATH")]
    pub base: Option<String>,
    /// Its adapters, in the order of the merge (repeatable)
    #[arg(long, value_name = "PATH", requires = "base")]
    pub adapter: Vec<String>,
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Folder to make
    pub dir: PathBuf,
}

/// Options of `worker`.
#[derive(Debug, Args)]
pub struct WorkerArgs {
    /// Folder of the job
    #[arg(value_name = "JOBDIR")]
    pub dir: PathBuf,
}

/// Options of `ui`.
#[derive(Debug, Args)]
pub struct UiArgs {
    /// Address to listen on; others than this machine only with --token or a password
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    pub host: String,
    /// Port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 7860)]
    pub port: u16,
    /// Folder below which models are read and written (repeatable) [default: home, current folder, hub caches]
    #[arg(long, value_name = "DIR")]
    pub root: Vec<PathBuf>,
    /// Token that clients must know [default: WELDLM_TOKEN, or a new one at each start]
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
    /// File whose first line is a password to sign in with, instead of a token [or: WELDLM_PASSWORD]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Ask for nothing; only on this machine
    #[arg(long)]
    pub no_token: bool,
    /// Name by which the server may be asked, besides addresses and localhost (repeatable)
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Folder for jobs, recipes and settings [default: WELDLM_HOME, or ~/.local/share/weldlm]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Jobs that run at the same time [default: as in the settings]
    #[arg(long, value_name = "N")]
    pub workers: Option<usize>,
    /// Open the browser
    #[arg(long)]
    pub open: bool,
}

/// Options of `jobs`.
#[derive(Debug, Args)]
pub struct JobsArgs {
    /// What to do
    #[command(subcommand)]
    pub command: JobsCommand,
    /// Address of the server [default: the one that runs on this machine]
    #[arg(long, value_name = "URL", global = true)]
    pub server: Option<String>,
    /// Its token [default: WELDLM_TOKEN, or that of the server on this machine]
    #[arg(long, value_name = "TOKEN", global = true)]
    pub token: Option<String>,
    /// Its data folder, to find it
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
}

/// What can be done with jobs.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// List jobs, the newest first
    List {
        /// Only these states, with commas between them
        #[arg(long, value_name = "STATES")]
        state: Option<String>,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Show one job
    Show {
        /// Its id
        id: String,
    },
    /// Stop a job for good
    Cancel {
        /// Its id
        id: String,
    },
    /// Stop a job, to go on later
    Pause {
        /// Its id
        id: String,
    },
    /// Go on where a job stopped
    Resume {
        /// Its id
        id: String,
    },
    /// Start a job over
    Retry {
        /// Its id
        id: String,
    },
    /// Forget a job
    Delete {
        /// Its id
        id: String,
        /// Remove what it made, too
        #[arg(long)]
        with_output: bool,
    },
    /// Print the events of a job, one JSON object a line
    Logs {
        /// Its id
        id: String,
        /// Go on until it ends
        #[arg(long, short)]
        follow: bool,
    },
}

/// Options of `completions`.
#[derive(Debug, Args)]
pub struct CompletionArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
