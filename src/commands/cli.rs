//! The command line.

mod values;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use values::{
    parse_as_of, parse_category, parse_lang, parse_percent, parse_severity, parse_stage,
    parse_token_scope,
};

use crate::judge::quarter::Quarter;
use crate::model::{Category, Lang, Severity, Stage};
use crate::runs::as_of::AsOf;
use crate::serve::access::role::TokenScope;

/// The inventory where none is named.
pub(super) const DEFAULT_INVENTORY: &str = "inventory.yaml";

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ResultFormat {
    Text,
    Json,
}

/// What HTML is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum HtmlForm {
    /// One self-contained file, however large
    File,
    /// A small summary, and beside it pages of all that grows with the services
    Folder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// One self-contained page, or a folder of pages
    Html,
    /// For a repository or a CI summary
    Markdown,
    /// Schema v6ready/result/1
    Json,
    /// The same as a stream: the document without services, then a service a line
    Ndjson,
    /// An administrative document (Decree 30/2020/NĐ-CP)
    Pdf,
    /// The same as a Word document, to be edited before it is signed
    Docx,
    /// A spreadsheet
    Xlsx,
    /// Two tables: services, verdicts
    Csv,
    /// For the test pages of CI systems
    Junit,
    /// A mail to one organisation: a message that mail programs open as a draft, and text to copy from
    Mail,
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
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct AlertsArgs {
    /// Also those that have ended
    #[arg(long)]
    pub all: bool,
    /// So many at the most
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub limit: usize,
    /// The form of the list on stdout
    #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
    pub format: ResultFormat,
    #[command(subcommand)]
    pub command: Option<AlertsCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum AlertsCommand {
    /// Send a test message by the channels of the configuration
    #[command(
        after_help = "Example: v6ready --config v6ready.yaml alerts test --channel mail --to noc@example.gov.vn"
    )]
    Test {
        /// By this channel alone
        #[arg(long, value_name = "NAME")]
        channel: Option<String>,
        /// To these addresses, where a channel sends mail; default: those of the routes
        #[arg(long, value_name = "ADDRESS")]
        to: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Where the lab's inventory, store and reports go
    #[arg(long, value_name = "DIR", default_value = "reports/demo")]
    pub out: PathBuf,
    /// Scan a sample province several times, with faults that come and go, and show the dashboard over it
    #[arg(long)]
    pub serve: bool,
    /// Where the dashboard listens [default: a loopback address, port 8466 or a free one]
    #[arg(long, value_name = "ADDRESS:PORT", requires = "serve")]
    pub listen: Option<SocketAddr>,
    /// Scan the sample province once, as it is at one of its moments, from 0
    #[arg(long, value_name = "NUMBER", hide = true, conflicts_with = "serve")]
    pub moment: Option<usize>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: v6ready scan inventory.yaml --only 'vp-ubnd/*' --fail-on critical"
)]
pub(super) struct ScanArgs {
    /// The inventory [default: inventory.yaml]; beside `--resume`, the one whose run is meant
    pub inventory: Option<PathBuf>,
    #[command(flatten)]
    pub only: OnlyArgs,
    /// Go on with an interrupted run: the named one, or the newest interrupted one that was not
    /// imported
    #[arg(long, value_name = "RUN", num_args = 0..=1, conflicts_with_all = ["only", "policy"])]
    pub resume: Option<Option<String>>,
    /// One round of connections: nothing is said of whether the services answer each time
    #[arg(long, conflicts_with = "resume")]
    pub quick: bool,
    /// Print everything: each service and each cause, and not only what fits on two screens
    #[arg(long)]
    pub all: bool,
    /// The form of the result on stdout
    #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
    pub format: ResultFormat,
    /// The language of the result; default: the inventory's
    #[arg(long, value_parser = parse_lang)]
    pub lang: Option<Lang>,
    /// A name for this vantage point; default: the host's
    #[arg(long, value_name = "NAME")]
    pub vantage: Option<String>,
    /// Another policy than the inventory's: a built-in name or a file
    #[arg(long, value_name = "NAME|FILE")]
    pub policy: Option<String>,
    /// Write what was found for Prometheus too, as a file for node_exporter's textfile collector
    /// (docs/monitoring)
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
    /// Say on stderr where the time went: by kinds of requests, by limits that were waited for, and the
    /// slowest addresses
    #[arg(long)]
    pub timings: bool,
    #[command(flatten)]
    pub gate: GateArgs,
    /// Exit with 1 when anything is worse than in the last whole run of the same inventory, or no
    /// longer known
    #[arg(long, help_heading = "Gates")]
    pub fail_on_worse: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: v6ready serve --config /etc/v6ready/serve.yaml --check-config")]
pub(super) struct ServeArgs {
    /// Only say what is wrong with the configuration
    #[arg(long)]
    pub check_config: bool,
    /// Print the JSON Schema of configurations, for editors
    #[arg(long)]
    pub schema: bool,
    #[command(subcommand)]
    pub action: Option<ServeAction>,
}

/// What `serve` does beside serving.
#[derive(Debug, Subcommand)]
pub(super) enum ServeAction {
    /// The hash of a password, for `serve.users`: asks for it, or reads it from stdin
    Hash,
    /// A token for a program, and the lines of `serve.tokens` for it
    Token(ServeTokenArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = "The token goes to stdout, and the lines for the configuration to stderr.\n\
                  Example: v6ready serve token --name prometheus --scope metrics --until 2027-12-31"
)]
pub(super) struct ServeTokenArgs {
    /// What it is called, in the configuration and in the log
    #[arg(long)]
    pub name: String,
    /// What it is for: metrics, read (everything that can be read), operate (also starts scans)
    #[arg(long, value_parser = parse_token_scope)]
    pub scope: TokenScope,
    /// The last day on which it is taken, UTC [default: no end]
    #[arg(long, value_name = "DATE")]
    pub until: Option<jiff::civil::Date>,
    /// The organisation for which it acts, by its id (repeatable) [default: all]
    #[arg(long, value_name = "ID")]
    pub organisation: Vec<String>,
}

/// Which services a command is about.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct OnlyArgs {
    /// Only these services: ORG/SERVICE, tag:TAG, category:CATEGORY or org:ORG, with `*` for any
    /// characters (repeatable; any of them is enough)
    #[arg(long, value_name = "SELECTION")]
    pub only: Vec<String>,
}

/// What makes a command end with exit code 1.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Gates")]
pub(super) struct GateArgs {
    /// Exit with 1 when fewer of the services whose stage is known have reached the policy's stage
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent)]
    pub fail_under: Option<f64>,
    /// Exit with 1 when any check fails at least this severely
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    pub fail_on: Option<Severity>,
    /// Exit with 1 when a service has missed the deadline that the inventory sets for it
    #[arg(long)]
    pub fail_on_missed_target: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Kinds: web:URL, mail:DOMAIN, zone:DOMAIN, dns:, ntp:, imap:, imaps:, pop3s:, submission: and \
                  ssh:HOST[:PORT], tls: and tcp:HOST:PORT; URLs of their schemes too (imaps://HOST/). A name \
                  without a kind is a web site.\n\
                  Examples: v6ready check example.gov.vn https://www.example.gov.vn/\n          \
                  v6ready check mail:example.gov.vn zone:example.gov.vn tcp:app.example.gov.vn:8443\n          \
                  v6ready check app.example.gov.vn --inventory inventory.yaml"
)]
pub(super) struct CheckArgs {
    /// Host names, URLs, or services of another kind as KIND:NAME, such as mail:example.gov.vn
    #[arg(required = true, value_name = "NAME|URL|KIND:NAME")]
    pub targets: Vec<String>,
    /// Take settings (certificate authorities, resolvers, limits …), networks, policy, language and time
    /// zone from this inventory
    #[arg(long, value_name = "FILE")]
    pub inventory: Option<PathBuf>,
    /// Store the run, which otherwise leaves nothing behind
    #[arg(long)]
    pub keep: bool,
    /// One round of connections: nothing is said of whether the services answer each time
    #[arg(long)]
    pub quick: bool,
    /// The form of the result on stdout
    #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
    pub format: ResultFormat,
    /// The language of the result; default: the inventory's, else Vietnamese where the locale is, else English
    #[arg(long, value_parser = parse_lang)]
    pub lang: Option<Lang>,
    /// The policy: a built-in name or a file
    #[arg(long, value_name = "NAME|FILE")]
    pub policy: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: v6ready report --quarter 2026Q4 --split offices --format pdf,xlsx,mail --lang vi"
)]
pub(super) struct ReportArgs {
    /// The run: the beginning of its id, `newest` or `previous`; default: the newest of a whole
    /// inventory, filled in with later runs of parts, or the quarter's last complete one
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Report on a quarter, such as 2026Q4, by the clocks of the inventory's time zone
    #[arg(long, value_name = "QUARTER")]
    pub quarter: Option<Quarter>,
    /// The policy: a built-in name or a file; default: the run's own
    #[arg(long, value_name = "NAME|FILE")]
    pub policy: Option<String>,
    #[command(flatten)]
    pub only: OnlyArgs,
    /// Report to one organisation, by id or name: its services, contact, deadlines and changes, and nothing of others
    #[arg(long, value_name = "ORG")]
    pub organisation: Option<String>,
    /// Write a report to each organisation into this folder, as `--organisation` writes one
    #[arg(long, value_name = "DIR", conflicts_with = "organisation")]
    pub split: Option<PathBuf>,
    /// The forms, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html")]
    pub format: Vec<ReportFormat>,
    /// Whether HTML is one file or a folder of pages; default: a folder above 200 services
    #[arg(long, value_enum, value_name = "FORM")]
    pub html: Option<HtmlForm>,
    /// Give XLSX a sheet for each organisation, with its services, too
    #[arg(long)]
    pub sheet_per_organisation: bool,
    /// The language; default: the inventory's
    #[arg(long, value_parser = parse_lang)]
    pub lang: Option<Lang>,
    /// Where the files go
    #[arg(long, value_name = "DIR", default_value = "reports", conflicts_with = "split")]
    pub out: PathBuf,
    /// What a PDF or DOCX says of who issues, signs and receives it, and its template and fonts, as
    /// YAML; docs/letterhead.yaml is one
    #[arg(long, value_name = "FILE")]
    pub letterhead: Option<PathBuf>,
    /// The mildest severity that JUnit takes for a failure; what is milder passes and is told in the
    /// output [default: error]
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    pub junit_fail_on: Option<Severity>,
    /// Judge as of this moment (RFC 3339), or as of the end of a day; default: the end of the run.
    /// A quarter's closing run is the last one that had ended then
    #[arg(long, value_name = "DATE|TIME", value_parser = parse_as_of)]
    pub as_of: Option<AsOf>,
    #[command(flatten)]
    pub gate: GateArgs,
}

#[derive(Debug, Args)]
pub(super) struct JudgeArgs {
    /// The run: the beginning of its id, `newest` or `previous`; default: the newest of a whole inventory
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// The policy: a built-in name or a file; default: the run's own
    #[arg(long, value_name = "NAME|FILE")]
    pub policy: Option<String>,
    /// Judge as of this moment (RFC 3339), or as of the end of a day; default: now
    #[arg(long, value_name = "DATE|TIME", value_parser = parse_as_of)]
    pub as_of: Option<AsOf>,
    /// The language of the result; default: the inventory's
    #[arg(long, value_parser = parse_lang)]
    pub lang: Option<Lang>,
    #[command(flatten)]
    pub only: OnlyArgs,
    /// Print everything: each service and each cause, and not only what fits on two screens
    #[arg(long)]
    pub all: bool,
    /// The form of the result on stdout
    #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
    pub format: ResultFormat,
    /// Make the judged view of all runs anew, which `v6ready serve` shows; prints no result
    #[arg(
        long,
        conflicts_with_all = [
            "run", "policy", "as_of", "lang", "only", "all", "format", "fail_under", "fail_on",
            "fail_on_missed_target"
        ]
    )]
    pub rebuild: bool,
    #[command(flatten)]
    pub gate: GateArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: v6ready diff 2026Q3 2026Q4 --lang vi")]
pub(super) struct DiffArgs {
    /// The earlier run (the beginning of its id, `newest` or `previous`) or quarter, such as 2026Q3
    #[arg(value_name = "A", default_value = "previous")]
    pub before: String,
    /// The later run or quarter
    #[arg(value_name = "B", default_value = "newest")]
    pub after: String,
    /// The policy by which both are judged: a built-in name or a file; default: that of B
    #[arg(long, value_name = "NAME|FILE")]
    pub policy: Option<String>,
    /// The form of the result on stdout
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub format: DiffFormat,
    /// The language; default: that of B's inventory
    #[arg(long, value_parser = parse_lang)]
    pub lang: Option<Lang>,
    #[command(flatten)]
    pub only: OnlyArgs,
    /// Compare runs of different inventories
    #[arg(long)]
    pub any_inventory: bool,
    /// Exit with 1 when anything got worse or is no longer known
    #[arg(long, help_heading = "Gates")]
    pub fail_on_worse: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    Text,
    /// For a repository or a CI summary
    Markdown,
    /// Schema v6ready/diff/1
    Json,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct RunsArgs {
    #[command(subcommand)]
    pub command: Option<RunsCommand>,
    /// The form of the list
    #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
    pub format: ResultFormat,
}

#[derive(Debug, Subcommand)]
pub(super) enum RunsCommand {
    /// Write a run with all its evidence to one file, for another store
    #[command(
        allow_missing_positional = true,
        after_help = "Example: v6ready runs export --quarter 2026Q4 quarter"
    )]
    Export {
        /// The run: the beginning of its id, `newest` or `previous`
        #[arg(required_unless_present = "quarter", conflicts_with = "quarter")]
        run: Option<String>,
        /// The file; `-` is stdout. With `--quarter` a folder
        #[arg(required = true)]
        file: PathBuf,
        /// Sign the file with this private key, which `runs keygen` made; with `--quarter` each
        #[arg(long, value_name = "KEY")]
        sign: Option<PathBuf>,
        /// Each run that a quarter's report is made from, to a file of a folder: a store that imports them
        /// makes the same report
        #[arg(long, value_name = "QUARTER")]
        quarter: Option<Quarter>,
    },
    /// Take runs from files that `runs export` wrote; makes the store where there is none
    Import {
        /// The files; `-` is stdin
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Take only files that one of the public keys in this file has signed: one `ed25519 KEY NAME`
        /// a line
        #[arg(long, value_name = "PUBKEYS")]
        trusted: Option<PathBuf>,
    },
    /// Make a key pair for signed run files: FILE, and FILE.pub for those who import
    Keygen {
        /// The new file of the private key
        file: PathBuf,
        /// Whose key it is, as those who import will read it
        #[arg(long)]
        name: Option<String>,
    },
    /// Remove the runs that no `--keep-…` option keeps, and what only they rest on
    Prune(PruneArgs),
    /// Write a copy of the whole store to a file; scans may go on meanwhile
    Backup {
        /// The file, which must not be there unless it is to be replaced or kept
        file: PathBuf,
        /// Replace the copy that is there, once the new one is whole
        #[arg(long, conflicts_with = "keep")]
        replace: bool,
        /// Keep this many copies: those that are there become FILE.1, FILE.2, …
        #[arg(long, value_name = "COPIES", value_parser = clap::value_parser!(u32).range(1..=1000))]
        keep: Option<u32>,
    },
    /// Put a copy that `runs backup` wrote in the store's place
    Restore {
        /// The copy
        file: PathBuf,
        /// Replace the store that is there; it is kept beside as `….replaced`, `….replaced-2`, …
        #[arg(long)]
        replace: bool,
    },
    /// Read everything that the store holds and compare it with its digests
    Verify,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: v6ready runs prune --keep-days 400 --keep-quarterly --dry-run")]
pub(super) struct PruneArgs {
    /// Keep this many of the newest runs of whole inventories, and what was scanned since the oldest
    /// of them
    #[arg(long, value_name = "RUNS", required_unless_present_any = ["keep_days", "keep_quarterly"])]
    pub keep_last: Option<usize>,
    /// Keep the runs of this many days, today's first
    #[arg(long, value_name = "DAYS")]
    pub keep_days: Option<u32>,
    /// Keep the run that closes each quarter
    #[arg(long)]
    pub keep_quarterly: bool,
    /// Only say which runs would go
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples: v6ready show vp-ubnd/portal --history\n          v6ready show tag:pilot"
)]
pub(super) struct ShowArgs {
    /// Which service, or which of them: ORG/SERVICE, tag:TAG, category:CATEGORY or org:ORG, with `*` for any characters
    #[arg(value_name = "SELECTION")]
    pub service: String,
    /// Everything, not only what fails or is unknown: what only follows from it, and what holds; `-v` has
    /// the evidence of all of it, too
    #[arg(long, conflicts_with = "history")]
    pub all: bool,
    /// The form
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, conflicts_with = "history")]
    pub format: ResultFormat,
    /// What each check found over all runs, and on which day that changed
    #[arg(long, conflicts_with = "run")]
    pub history: bool,
    /// The run: the beginning of its id, `newest` or `previous`; default: the newest of a whole inventory
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// The language; default: the inventory's
    #[arg(long, value_parser = parse_lang)]
    pub lang: Option<Lang>,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The check's id; without it, all checks are listed
    #[arg(value_name = "CHECK")]
    pub check: Option<String>,
    /// The language; default: Vietnamese where the locale is (`LANG=vi_VN.UTF-8`), else English
    #[arg(long, value_parser = parse_lang)]
    pub lang: Option<Lang>,
}

#[derive(Debug, Args)]
pub(super) struct InventoryArgs {
    #[command(subcommand)]
    pub command: InventoryCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum InventoryCommand {
    /// Write an inventory to start from
    Init {
        /// The file; `-` is stdout
        #[arg(default_value = "inventory.yaml")]
        file: PathBuf,
        /// The language of its comments and reports
        #[arg(long, value_parser = parse_lang, default_value = "vi")]
        lang: Lang,
        /// The title of reports
        #[arg(long)]
        title: Option<String>,
    },
    /// Say everything that is wrong with an inventory
    Validate {
        /// The file; `-` is stdin
        #[arg(default_value = "inventory.yaml")]
        file: PathBuf,
    },
    /// Lay out an inventory's lines alike, so that versions of it are compared easily; what they say stays
    #[command(
        after_help = "Exit codes: 0 it is laid out so · 1 with --check: it is not · 2 it is no YAML, or can't be written"
    )]
    Fmt {
        /// The file; `-` is stdin, laid out to stdout
        #[arg(default_value = "inventory.yaml")]
        file: PathBuf,
        /// Only say whether it is laid out so
        #[arg(long)]
        check: bool,
    },
    /// What two inventories say otherwise
    #[command(
        after_help = "Exit codes: 0 they say the same, however they write it · 1 they differ · 2 one of them is faulty\n\
                      Example: git show HEAD~1:inventory.yaml | v6ready inventory diff - inventory.yaml"
    )]
    Diff {
        /// The earlier one; `-` is stdin
        #[arg(value_name = "A")]
        before: PathBuf,
        /// The later one; `-` is stdin
        #[arg(value_name = "B")]
        after: PathBuf,
        /// The form of the result on stdout
        #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
        format: ResultFormat,
        /// The language; default: that of B
        #[arg(long, value_parser = parse_lang)]
        lang: Option<Lang>,
    },
    /// Put services from a table, a zone file or another tool's list into an inventory, whose own text stays as it is
    Import(ImportArgs),
    /// Names that a run came by under the organisations' own domains and that the inventory doesn't list
    Suggest(SuggestArgs),
    /// Print the words that `import` knows in tables, as `--words` takes more of them
    Words,
    /// Print the JSON Schema of inventories, for editors
    Schema,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Headings of tables are English or Vietnamese, in any of the first ten rows: organisation (đơn vị), \
                  name (tên), category (loại), address (địa chỉ, tên miền) or a kind (web, mail, zone, …), kind \
                  (giao thức), state (trạng thái), security_level (cấp độ), stage (mức), deadline (thời hạn), id, \
                  contact, formerly (mã cũ). `v6ready inventory words` prints all of them; a file in the same form adds others: \
                  --words FILE.\n\
                  Examples: v6ready inventory import services.xlsx --dry-run\n          \
                  v6ready inventory import services.ods --update --sheet 'Phụ lục 1'\n          \
                  v6ready inventory import targets.yml --from prometheus --organisation vp-ubnd"
)]
pub(super) struct ImportArgs {
    /// The table, zone file or list; `-` is stdin
    #[arg(value_name = "FILE")]
    pub source: PathBuf,
    /// What it is; default: by what it holds, and its name (.csv, .tsv, .xlsx, .ods, .xls, else a zone file)
    #[arg(long, value_enum)]
    pub from: Option<ImportFormat>,
    /// The inventory; it is made when it is missing
    #[arg(long, value_name = "FILE", default_value = "inventory.yaml")]
    pub into: PathBuf,
    /// Put what the table says of services that are listed already into the inventory too
    #[arg(long)]
    pub update: bool,
    /// The organisation, by id or name, of services that name none
    #[arg(long, value_name = "ORGANISATION")]
    pub organisation: Option<String>,
    /// An empty cell of an organisation means that of the row above
    #[arg(long)]
    pub fill_down: bool,
    /// A name in the table is that of an organisation, by id or name (repeatable); it is remembered
    #[arg(long, value_name = "NAME=ORGANISATION")]
    pub same: Vec<String>,
    /// Names that are nearly those of known organisations are organisations of their own
    #[arg(long)]
    pub new_organisations: bool,
    /// The category of services that name none; default: by their kind
    #[arg(long, value_parser = parse_category)]
    pub category: Option<Category>,
    /// The stage that deadlines without one mean; default: the policy's
    #[arg(long, value_name = "0-4", value_parser = parse_stage)]
    pub stage: Option<Stage>,
    /// The sheet of a workbook; default: the first whose headings say what is to be probed
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// A table with the columns `what`, `word` and `means` of further words (repeatable)
    #[arg(long, value_name = "FILE")]
    pub words: Vec<PathBuf>,
    /// The zone's name, for a zone file without `$ORIGIN`; the domain of whynoipv6's subdomains, where the
    /// file isn't called after it
    #[arg(long, value_name = "NAME")]
    pub origin: Option<String>,
    /// The language of a new inventory's comments and reports
    #[arg(long, value_parser = parse_lang, default_value = "vi")]
    pub lang: Lang,
    /// The title of a new inventory
    #[arg(long)]
    pub title: Option<String>,
    /// Only say what would be added and changed
    #[arg(long)]
    pub dry_run: bool,
    /// Take the good rows though others are bad
    #[arg(long)]
    pub keep_going: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: v6ready inventory suggest --format csv | v6ready inventory import - --dry-run"
)]
pub(super) struct SuggestArgs {
    /// The run: the beginning of its id, `newest` or `previous`; default: the newest of a whole inventory
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// The form of the list
    #[arg(long, value_enum, default_value_t = SuggestFormat::Text)]
    pub format: SuggestFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SuggestFormat {
    Text,
    /// For `inventory import -`
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ImportFormat {
    /// Comma-, semicolon- or tab-separated text
    Csv,
    /// A workbook of any make
    #[value(alias = "ods", alias = "xls")]
    Xlsx,
    /// A zone's master file (RFC 1035)
    Zone,
    /// A host, a URL or KIND:NAME a line
    Names,
    /// A request or results of internet.nl's batch API
    InternetNl,
    /// A campaign of whynoipv6.com, or its subdomains of one domain
    #[value(name = "whynoipv6")]
    WhyNoIpv6,
    /// Targets of Prometheus's blackbox exporter: a file of file_sd_configs, static_configs, or a configuration
    Prometheus,
    /// Certificate Transparency: the JSON of crt.sh or Cert Spotter
    Certificates,
    /// What `nmap -oX` wrote
    Nmap,
}

#[derive(Debug, Args)]
#[command(
    after_help = "It asks the control targets of the inventory (without any: four root name servers over IPv6, and one over \
                  IPv4) for the root's SOA and DNSKEY and for an echo, the resolvers for those, ipv4only.arpa and the names \
                  of this host's own addresses, and each --target for its addresses and mail exchangers, at ports 443 (TCP \
                  and UDP), and its first exchanger at port 25. Nobody else.\n\
                  Exit codes: 0 nothing fails · 1 something fails that costs checks · 2 usage or inventory · 3 no IPv6 or \
                  no resolver here\n\
                  Example: v6ready doctor --target www.example.gov.vn"
)]
pub(super) struct DoctorArgs {
    /// A host with a web site over HTTP/3 and mail, to try UDP port 443, TCP port 25 and the clock with (repeatable)
    #[arg(long, value_name = "HOST")]
    pub target: Vec<String>,
    /// Take resolvers, control targets, networks, limits and the language from this inventory
    #[arg(long, value_name = "FILE")]
    pub inventory: Option<PathBuf>,
    /// The form of the result on stdout
    #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
    pub format: ResultFormat,
    /// The language; default: the inventory's, else Vietnamese where the locale is, else English
    #[arg(long, value_parser = parse_lang)]
    pub lang: Option<Lang>,
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
