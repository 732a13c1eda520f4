//! The letterhead that `--letterhead FILE` names.

use std::fs;
use std::path::Path;

use super::error::CliError;
use crate::report::letterhead::Letterhead;

/// Reads the letterhead; without one, a PDF leaves blanks.
///
/// # Errors
/// When the file can't be read or is no letterhead.
pub(super) fn read_letterhead(path: Option<&Path>) -> Result<Letterhead, CliError> {
    let Some(path) = path else { return Ok(Letterhead::default()) };
    let yaml = fs::read_to_string(path).map_err(|error| {
        CliError::operator(format!("{}: the letterhead can't be read: {error}", path.display()))
            .help("docs/letterhead.yaml of the repository is one to start from")
    })?;
    Letterhead::parse(&yaml)
        .map_err(|error| CliError::operator(format!("{}: {error}", path.display())))
}
