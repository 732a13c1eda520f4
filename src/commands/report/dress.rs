//! What files of some formats have beside the result.

use crate::commands::cli::ReportArgs;
use crate::commands::error::CliError;
use crate::commands::letterhead::read_letterhead;
use crate::judge::Histories;
use crate::model::Severity;
use crate::report::junit;
use crate::report::letterhead::Letterhead;

/// What files of some formats have beside the result.
pub(in crate::commands) struct Dress {
    /// What a PDF says of who issues, signs and receives it.
    pub(super) letterhead: Letterhead,
    /// The mildest severity that JUnit takes for a failure.
    pub(super) junit_fails_from: Severity,
    /// What services were over the runs before, for pages.
    pub(super) histories: Histories,
}

impl Default for Dress {
    fn default() -> Self {
        Self {
            letterhead: Letterhead::default(),
            junit_fails_from: junit::FAILS_FROM,
            histories: Histories::default(),
        }
    }
}

impl Dress {
    /// What a command line asks for.
    ///
    /// # Errors
    /// When the letterhead can't be read.
    pub(super) fn of(args: &ReportArgs) -> Result<Self, CliError> {
        let letterhead = read_letterhead(args.letterhead.as_deref())?;
        let junit_fails_from = args.junit_fail_on.unwrap_or(junit::FAILS_FROM);
        Ok(Self { letterhead, junit_fails_from, histories: Histories::default() })
    }
}
