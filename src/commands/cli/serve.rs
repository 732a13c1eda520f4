//! The daemon and its alerts.

use clap::{Args, Subcommand};

use super::shared::ResultFormat;
use super::values::parse_token_scope;
use crate::serve::access::role::TokenScope;

#[derive(Debug, Args)]
#[command(after_help = "Example: v6ready serve --config /etc/v6ready/serve.yaml --check-config")]
pub(in crate::commands) struct ServeArgs {
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
pub(in crate::commands) enum ServeAction {
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
pub(in crate::commands) struct ServeTokenArgs {
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

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::commands) struct AlertsArgs {
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
pub(in crate::commands) enum AlertsCommand {
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
