//! Commands about stored runs.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::shared::ResultFormat;
use crate::judge::quarter::Quarter;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::commands) struct RunsArgs {
    #[command(subcommand)]
    pub command: Option<RunsCommand>,
    /// The form of the list
    #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
    pub format: ResultFormat,
}

#[derive(Debug, Subcommand)]
pub(in crate::commands) enum RunsCommand {
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
pub(in crate::commands) struct PruneArgs {
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
