//! Commands that ask the network.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::shared::{GateArgs, OnlyArgs, ResultFormat};
use super::values::parse_lang;
use crate::model::Lang;

#[derive(Debug, Args)]
pub(in crate::commands) struct DemoArgs {
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
pub(in crate::commands) struct ScanArgs {
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
#[command(
    after_help = "Kinds: web:URL, mail:DOMAIN, zone:DOMAIN, dns:, ntp:, imap:, imaps:, pop3s:, submission: and \
                  ssh:HOST[:PORT], tls: and tcp:HOST:PORT; URLs of their schemes too (imaps://HOST/). A name \
                  without a kind is a web site.\n\
                  Examples: v6ready check example.gov.vn https://www.example.gov.vn/\n          \
                  v6ready check mail:example.gov.vn zone:example.gov.vn tcp:app.example.gov.vn:8443\n          \
                  v6ready check app.example.gov.vn --inventory inventory.yaml"
)]
pub(in crate::commands) struct CheckArgs {
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
    after_help = "It asks the control targets of the inventory (without any: four root name servers over IPv6, and one over \
                  IPv4) for the root's SOA and DNSKEY and for an echo, the resolvers for those, ipv4only.arpa and the names \
                  of this host's own addresses, and each --target for its addresses and mail exchangers, at ports 443 (TCP \
                  and UDP), and its first exchanger at port 25. Nobody else.\n\
                  Exit codes: 0 nothing fails · 1 something fails that costs checks · 2 usage or inventory · 3 no IPv6 or \
                  no resolver here\n\
                  Example: v6ready doctor --target www.example.gov.vn"
)]
pub(in crate::commands) struct DoctorArgs {
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
