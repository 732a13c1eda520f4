//! An inventory's text, from its file or from stdin.

use std::io::Read as _;
use std::path::Path;

use crate::commands::error::CliError;
use crate::inventory::INVENTORY_OCTETS_MAX;
use crate::runs::load;

/// The octets of an inventory and what messages call it.
///
/// # Errors
/// When they can't be read.
pub(super) fn text_of(file: &Path) -> Result<(Vec<u8>, String), CliError> {
    if file != Path::new("-") {
        return Ok((load::inventory_text(file)?, file.display().to_string()));
    }
    let mut text = Vec::new();
    // One octet more than is read says that there are too many.
    std::io::stdin().take(INVENTORY_OCTETS_MAX as u64 + 1).read_to_end(&mut text)?;
    Ok((text, "(stdin)".to_owned()))
}
