//! The letterhead that `--letterhead FILE` names, with the files that it names itself.

use std::fs;
use std::path::Path;

use super::error::CliError;
use crate::model::Lang;
use crate::report::letterhead::Letterhead;
use crate::report::office::template::Template;
use crate::report::pdf;

/// Octets of a font file that is read.
const FONT_MAX: u64 = 32 << 20;

/// Reads the letterhead; without one, a report leaves blanks.
///
/// # Errors
/// When a file can't be read or isn't what it should be.
pub(super) fn read_letterhead(path: Option<&Path>) -> Result<Letterhead, CliError> {
    let Some(path) = path else { return Ok(Letterhead::default()) };
    let yaml = fs::read_to_string(path).map_err(|error| {
        CliError::operator(format!("{}: the letterhead can't be read: {error}", path.display()))
            .help("docs/letterhead.yaml of the repository is one to start from")
    })?;
    let mut letterhead = Letterhead::parse(&yaml)
        .map_err(|error| CliError::operator(format!("{}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let read_template = |lang| {
        letterhead.template_name(lang).map(|name| template(&folder.join(name), lang)).transpose()
    };
    let templates = [read_template(Lang::Vi)?, read_template(Lang::En)?];
    let fonts = match letterhead.font_names() {
        None => None,
        Some(names) => {
            let names = [&names.regular, &names.bold, &names.italic, &names.bold_italic];
            let read = names.map(|name| font(&folder.join(name)));
            let [regular, bold, italic, bold_italic] = read;
            Some([regular?, bold?, italic?, bold_italic?])
        }
    };
    letterhead.files.templates = templates;
    letterhead.files.fonts = fonts;
    Ok(letterhead)
}

fn template(path: &Path, lang: Lang) -> Result<String, CliError> {
    let text = fs::read_to_string(path).map_err(|error| {
        CliError::operator(format!("{}: the template can't be read: {error}", path.display()))
            .help("`template` of the letterhead names a file beside it; docs/report-template.md describes one")
    })?;
    Template::parse(&text, lang)
        .map_err(|error| CliError::operator(format!("{}: {error}", path.display())))?;
    Ok(text)
}

fn font(path: &Path) -> Result<Vec<u8>, CliError> {
    let unreadable = |error: &dyn std::fmt::Display| {
        CliError::operator(format!("{}: the font can't be used: {error}", path.display()))
            .help("`fonts` of the letterhead names TrueType or OpenType files beside it")
    };
    let length = fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    if length > FONT_MAX {
        return Err(unreadable(&format!("it is larger than {FONT_MAX} bytes")));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(&error))?;
    pdf::check_font(&bytes).map_err(|error| unreadable(&error))?;
    Ok(bytes)
}
