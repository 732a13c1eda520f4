//! The command line.

mod inventory;
mod report;
mod runs;
mod scan;
mod serve;
mod shared;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use inventory::{
    ImportArgs, ImportFormat, InventoryArgs, InventoryCommand, SuggestArgs, SuggestFormat,
};
pub(super) use report::{
    DiffArgs, DiffFormat, ExplainArgs, HtmlForm, JudgeArgs, ReportArgs, ReportFormat, ShowArgs,
};
pub(super) use runs::{PruneArgs, RunsArgs, RunsCommand};
pub(super) use scan::{CheckArgs, DemoArgs, DoctorArgs, ScanArgs};
pub(super) use serve::{AlertsArgs, AlertsCommand, ServeAction, ServeArgs, ServeTokenArgs};
pub(super) use shared::{DEFAULT_INVENTORY, GateArgs, ResultFormat};

/// IPv6 readiness scanner: does a service work over IPv6, and with only IPv6?
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 all that was asked holds · 1 the gate failed · 2 something to mend \
                  (usage, inventory, configuration) · 3 inconclusive: no IPv6 or no resolver here · \
                  4 an internal fault · 130 interrupted"
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(super) struct Global {
    /// The evidence store
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "v6ready.db",
        env = "V6READY_DB"
    )]
    pub db: PathBuf,
    /// Defaults for options, as YAML: `db: FILE`, `scan: {vantage: NAME}`, …; and what the
    /// daemon is told, under `serve`
    #[arg(long, global = true, value_name = "FILE", env = "V6READY_CONFIG")]
    pub config: Option<PathBuf>,
    /// When to colour the output (NO_COLOR is honoured)
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
    /// No progress on stderr
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Show more: evidence, and what the program does (repeatable)
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// The form of log lines on stderr
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The whole product in the built-in lab; needs no internet
    Demo(DemoArgs),
    /// Scan an inventory, store the run, print the summary
    Scan(ScanArgs),
    /// Scan names or URLs without an inventory
    Check(CheckArgs),
    /// The daemon: scans on a schedule, shows what is known, tells people what changed
    Serve(ServeArgs),
    /// What the daemon tells of: the alerts of the store, and a test of the channels
    Alerts(AlertsArgs),
    /// Render a run as files
    Report(ReportArgs),
    /// Judge a stored run again, under another policy or newer rules; sends nothing
    Judge(JudgeArgs),
    /// What got better, worse, unknown, appeared or left between two runs or quarters
    Diff(DiffArgs),
    /// List the runs of the store
    Runs(RunsArgs),
    /// One service with every verdict and its evidence
    Show(ShowArgs),
    /// Why a check matters, what it tests, what it says and how to fix it
    Explain(ExplainArgs),
    /// Start, check, extend and compare inventories
    Inventory(InventoryArgs),
    /// Whether this host can be a vantage point, and what mends it
    Doctor(DoctorArgs),
    /// Print a built-in policy, to copy and change
    Policy(PolicyArgs),
    /// Completions for a shell
    Completions(CompletionsArgs),
    /// The manual page, in roff
    Man,
}

#[derive(Debug, Args)]
pub(super) struct PolicyArgs {
    /// Its name; without it, the built-in ones are listed
    pub name: Option<String>,
    /// Print the JSON Schema of policies, for editors
    #[arg(long, conflicts_with = "name")]
    pub schema: bool,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}
