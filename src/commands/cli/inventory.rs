//! Commands about inventories.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::shared::ResultFormat;
use super::values::{parse_category, parse_lang, parse_stage};
use crate::model::{Category, Lang, Stage};

#[derive(Debug, Args)]
pub(in crate::commands) struct InventoryArgs {
    #[command(subcommand)]
    pub command: InventoryCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::commands) enum InventoryCommand {
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
pub(in crate::commands) struct ImportArgs {
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
pub(in crate::commands) struct SuggestArgs {
    /// The run: the beginning of its id, `newest` or `previous`; default: the newest of a whole inventory
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// The form of the list
    #[arg(long, value_enum, default_value_t = SuggestFormat::Text)]
    pub format: SuggestFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum SuggestFormat {
    Text,
    /// For `inventory import -`
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum ImportFormat {
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
