//! What several commands take.

use clap::{Args, ValueEnum};

use super::values::{parse_percent, parse_severity};
use crate::model::Severity;

/// The inventory where none is named.
pub(in crate::commands) const DEFAULT_INVENTORY: &str = "inventory.yaml";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum ResultFormat {
    Text,
    Json,
}

/// Which services a command is about.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::commands) struct OnlyArgs {
    /// Only these services: ORG/SERVICE, tag:TAG, category:CATEGORY or org:ORG, with `*` for any
    /// characters (repeatable; any of them is enough)
    #[arg(long, value_name = "SELECTION")]
    pub only: Vec<String>,
}

/// What makes a command end with exit code 1.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Gates")]
pub(in crate::commands) struct GateArgs {
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
