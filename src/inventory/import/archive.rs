//! Workbooks that are ZIP archives: their parts are unpacked and counted before a reader sees them.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::budget::{Budget, STRINGS_MAX};

/// Parts of an archive; a workbook has some for each sheet.
const PARTS_MAX: usize = 10_000;

/// An archive of octets.
pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens an archive.
pub(super) fn open(octets: &[u8]) -> Result<Archive<'_>, String> {
    let archive = ZipArchive::new(Cursor::new(octets))
        .map_err(|error| format!("the file is no workbook: {error}"))?;
    match archive.len() > PARTS_MAX {
        true => Err(format!("the workbook has more than {PARTS_MAX} parts")),
        false => Ok(archive),
    }
}

/// Unpacks every part that the reader of a workbook could open, and keeps none: afterwards it is known that
/// together they stay within the budget. Sizes in the archive's own directory can lie.
pub(super) fn measure(octets: &[u8], budget: &Budget<'_>) -> Result<(), String> {
    let mut archive = open(octets)?;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| format!("it is damaged: {error}"))?;
        let name = part.name().map_err(|error| format!("it is damaged: {error}"))?;
        let name = name.to_ascii_lowercase();
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let (mut strings, mut tail) = (0, Vec::new());
        budget.unpack(part, |piece| {
            if name.contains("sharedstrings") {
                // A text begins with `<si>`, which may lie across two pieces.
                tail.extend_from_slice(piece);
                strings += tail.windows(3).filter(|window| window == b"<si").count();
                tail.drain(..tail.len().saturating_sub(2));
            }
        })?;
        if strings > STRINGS_MAX {
            return Err(format!("the workbook has more than {STRINGS_MAX} different texts"));
        }
    }
    Ok(())
}

/// One part, unpacked.
pub(super) fn part(octets: &[u8], name: &str, budget: &Budget<'_>) -> Result<Vec<u8>, String> {
    let mut archive = open(octets)?;
    let part = archive.by_name(name).map_err(|error| format!("`{name}` in it: {error}"))?;
    let mut whole = Vec::new();
    budget.unpack(part, |piece| whole.extend_from_slice(piece))?;
    Ok(whole)
}

/// The beginning of a small part that may be missing.
pub(super) fn beginning(octets: &[u8], name: &str) -> Option<String> {
    let mut archive = open(octets).ok()?;
    let part = archive.by_name(name).ok()?;
    let mut text = Vec::new();
    part.take(64 << 10).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}
