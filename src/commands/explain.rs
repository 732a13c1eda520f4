//! `v6ready explain`: a check's page.

use std::io::Write as _;
use std::process::ExitCode;

use super::cli::ExplainArgs;
use super::error::CliError;
use super::{locale, terminal};
use crate::check;
use crate::check::CATALOGUE;

/// Prints a check's page, or the list of all checks.
///
/// # Errors
/// When there is no such check, or stdout can't be written.
pub(super) fn run(args: &ExplainArgs) -> Result<ExitCode, CliError> {
    let lang = args.lang.unwrap_or_else(locale::lang);
    let Some(id) = &args.check else {
        let mut out = terminal::results();
        for check in CATALOGUE.iter() {
            writeln!(out, "{:24} {}", check.id, check.title(lang))?;
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    };
    match check::find(id) {
        Some(check) => {
            terminal::print(check.doc.shown(lang))?;
            Ok(ExitCode::SUCCESS)
        }
        None => {
            let likeness = |known: &str| strsim::jaro_winkler(known, id);
            let nearest = CATALOGUE
                .iter()
                .map(|check| check.id)
                .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
                .unwrap_or_default();
            Err(CliError::operator(format!("there is no check `{id}`"))
                .help(format!("did you mean `{nearest}`? `v6ready explain` lists all")))
        }
    }
}
