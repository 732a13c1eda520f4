//! The one way from a name that stands in data to the name of a file.

use std::path::{Path, PathBuf};

use super::error::CliError;

/// Octets of a name at the most, its ending included: less than what file systems allow.
const OCTETS_MAX: usize = 200;

/// The file of this name and ending in a folder: in it, and nowhere else, whatever the name is.
///
/// # Errors
/// When the name can't be one of a file in that folder: it is empty or very long, begins with a dot, or
/// holds a separator or control code.
pub(super) fn file_in(folder: &Path, name: &str, ending: &str) -> Result<PathBuf, CliError> {
    let is_bad = |character: char| matches!(character, '/' | '\\') || character.is_control();
    let is_plain = !name.is_empty()
        && !name.starts_with(['.', '-'])
        && !name.contains(is_bad)
        && name.len() + ending.len() <= OCTETS_MAX;
    match is_plain {
        true => Ok(folder.join(format!("{name}{ending}"))),
        false => Err(CliError::operator(format!("{name:?} can't be the name of a file"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder() {
        let folder = Path::new("reports");
        let file = file_in(folder, "20261124T142530Z-kfqz", ".verdicts.csv").unwrap();
        assert_eq!(file, Path::new("reports/20261124T142530Z-kfqz.verdicts.csv"));
        let long = "a".repeat(300);
        for bad in [
            "", ".", "..", "../a", "/etc/a", "a/../b", "a\\b", ".hidden", "-a", "a\n", "a\0", &long,
        ] {
            assert!(file_in(folder, bad, ".html").is_err(), "{bad:?}");
        }
    }
}
