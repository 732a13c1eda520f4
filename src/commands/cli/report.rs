//! Commands that say what a run found.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::shared::{GateArgs, OnlyArgs, ResultFormat};
use super::values::{parse_as_of, parse_lang, parse_severity};
use crate::judge::quarter::Quarter;
use crate::model::{Lang, Severity};
use crate::runs::as_of::AsOf;

/// What HTML is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum HtmlForm {
    /// One self-contained file, however large
    File,
    /// A small summary, and beside it pages of all that grows with the services
    Folder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum ReportFormat {
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

#[derive(Debug, Args)]
#[command(
    after_help = "Example: v6ready report --quarter 2026Q4 --split offices --format pdf,xlsx,mail --lang vi"
)]
pub(in crate::commands) struct ReportArgs {
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
pub(in crate::commands) struct JudgeArgs {
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
pub(in crate::commands) struct DiffArgs {
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
pub(in crate::commands) enum DiffFormat {
    Text,
    /// For a repository or a CI summary
    Markdown,
    /// Schema v6ready/diff/1
    Json,
}

#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples: v6ready show vp-ubnd/portal --history\n          v6ready show tag:pilot"
)]
pub(in crate::commands) struct ShowArgs {
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
pub(in crate::commands) struct ExplainArgs {
    /// The check's id; without it, all checks are listed
    #[arg(value_name = "CHECK")]
    pub check: Option<String>,
    /// The language; default: Vietnamese where the locale is (`LANG=vi_VN.UTF-8`), else English
    #[arg(long, value_parser = parse_lang)]
    pub lang: Option<Lang>,
}
