//! What files of some formats have beside the result.

use crate::commands::cli::{HtmlForm, ReportArgs};
use crate::commands::error::CliError;
use crate::commands::letterhead::read_letterhead;
use crate::judge::{Histories, RunResult};
use crate::model::Severity;
use crate::report::html::pages::ONE_FILE_SERVICES_MAX;
use crate::report::junit;
use crate::report::letterhead::Letterhead;
use crate::report::xlsx::ORGANISATION_SHEETS_MAX;

/// What files of some formats have beside the result.
pub(in crate::commands) struct Dress {
    /// What a PDF says of who issues, signs and receives it.
    pub(super) letterhead: Letterhead,
    /// The mildest severity that JUnit takes for a failure.
    pub(super) junit_fails_from: Severity,
    /// What services were over the runs before, for pages.
    pub(super) histories: Histories,
    /// What HTML is; where nobody chose, that depends on how many services there are.
    html: Option<HtmlForm>,
    /// Whether a workbook has a sheet for each organisation.
    pub(super) sheet_per_organisation: bool,
}

impl Default for Dress {
    fn default() -> Self {
        Self {
            letterhead: Letterhead::default(),
            junit_fails_from: junit::FAILS_FROM,
            histories: Histories::default(),
            html: None,
            sheet_per_organisation: false,
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
        let histories = Histories::default();
        let (html, sheet_per_organisation) = (args.html, args.sheet_per_organisation);
        Ok(Self { letterhead, junit_fails_from, histories, html, sheet_per_organisation })
    }

    /// Whether the HTML of a result is a folder of pages.
    pub(super) fn has_pages(&self, result: &RunResult) -> bool {
        match self.html {
            Some(form) => form == HtmlForm::Folder,
            None => result.services.len() > ONE_FILE_SERVICES_MAX,
        }
    }

    /// Refuses a workbook of more sheets than programs are at ease with.
    ///
    /// # Errors
    /// When there are so many organisations.
    pub(super) fn sheets_are_few(&self, result: &RunResult) -> Result<(), CliError> {
        let organisations = result.by_organisation().len();
        if !self.sheet_per_organisation || organisations <= ORGANISATION_SHEETS_MAX {
            return Ok(());
        }
        let problem = format!(
            "`--sheet-per-organisation` makes at most {ORGANISATION_SHEETS_MAX} sheets, and there are {organisations} organisations"
        );
        Err(CliError::operator(problem).help("`--split DIR` writes a workbook to each of them"))
    }
}
