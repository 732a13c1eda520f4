//! Workbooks that are ZIP archives: their parts are unpacked and counted before a reader sees them.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::budget::{Budget, MERGES_MAX, STRINGS_MAX, STRINGS_OCTETS_MAX};
use super::markup::MarkupLengths;

/// Parts of an archive; a workbook has some for each sheet.
const PARTS_MAX: usize = 10_000;

/// An archive of octets.
pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens an archive.
pub(super) fn open(octets: &[u8]) -> Result<Archive<'_>, String> {
    // What begins the entry of a part in the archive's directory, which the library keeps whole.
    const ENTRY: &[u8] = b"PK\x01\x02";
    let mut entries = Word::new(ENTRY);
    entries.count(octets);
    if entries.found > PARTS_MAX {
        return Err(format!("the workbook has more than {PARTS_MAX} parts"));
    }
    ZipArchive::new(Cursor::new(octets))
        .map_err(|error| format!("the file is no workbook: {error}"))
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
        let is_strings = name.contains("sharedstrings");
        let mut whole = Vec::new();
        let mut merges = Word::new(b"mergeCell");
        let mut markup = MarkupLengths::default();
        budget.unpack(part, |piece| {
            merges.count(piece);
            if is_strings {
                whole.extend_from_slice(piece);
            }
            if whole.len() > STRINGS_OCTETS_MAX {
                let most = STRINGS_OCTETS_MAX >> 20;
                return Err(format!("the workbook has more than {most} MiB of different texts"));
            }
            markup.take(piece)
        })?;
        // Each has a tag at its beginning, and may have one at its end.
        if merges.found > 2 * MERGES_MAX + 2 {
            return Err(format!("the workbook has more than {MERGES_MAX} merged ranges"));
        }
        if is_strings {
            check_strings(&whole)?;
        }
    }
    Ok(())
}

/// Whether the reader may keep the different texts of a workbook.
fn check_strings(part: &[u8]) -> Result<(), String> {
    let mut texts = Word::new(b"<si");
    let mut prefixed = Word::new(b":si");
    texts.count(part);
    prefixed.count(part);
    if texts.found + prefixed.found > STRINGS_MAX {
        return Err(format!("the workbook has more than {STRINGS_MAX} different texts"));
    }
    // The library takes memory for as many texts as the part says that it has.
    const DECLARED: &[u8] = b"uniqueCount";
    let declared = part.windows(DECLARED.len()).enumerate().filter(|(_, word)| *word == DECLARED);
    for (at, _) in declared {
        let value = part.get(at + DECLARED.len()..).unwrap_or_default();
        let value = value.strip_prefix(b"=\"").or_else(|| value.strip_prefix(b"='"));
        let digits = value.map(|value| value.iter().take_while(|octet| octet.is_ascii_digit()));
        let number =
            digits.map(|digits| digits.map(|digit| char::from(*digit)).collect::<String>());
        let is_sound = number.and_then(|number| number.parse::<usize>().ok());
        if is_sound.is_none_or(|number| number > STRINGS_MAX) {
            return Err(format!(
                "the workbook says that it has more than {STRINGS_MAX} different texts"
            ));
        }
    }
    Ok(())
}

/// Counts a word in pieces of text, also where it lies across two of them.
struct Word {
    word: &'static [u8],
    /// Octets of the word that have come.
    matched: usize,
    found: usize,
}

impl Word {
    /// No octet of the word but the first may be like the first.
    fn new(word: &'static [u8]) -> Self {
        Self { word, matched: 0, found: 0 }
    }

    fn count(&mut self, piece: &[u8]) {
        for octet in piece {
            if *octet == self.word[self.matched] {
                self.matched += 1;
            } else {
                self.matched = usize::from(*octet == self.word[0]);
            }
            if self.matched == self.word.len() {
                self.found += 1;
                self.matched = 0;
            }
        }
    }
}

/// One part, unpacked, of at most so many octets.
pub(super) fn part(
    octets: &[u8],
    name: &str,
    octets_max: usize,
    budget: &Budget<'_>,
) -> Result<Vec<u8>, String> {
    let mut archive = open(octets)?;
    let part = archive.by_name(name).map_err(|error| format!("`{name}` in it: {error}"))?;
    let mut whole = Vec::new();
    let mut markup = MarkupLengths::default();
    budget.unpack(part, |piece| {
        markup.take(piece)?;
        if whole.len() + piece.len() > octets_max {
            let most = octets_max >> 20;
            return Err(format!(
                "unpacked, its table has more than {most} MiB; save it as CSV UTF-8"
            ));
        }
        if whole.len() + piece.len() > whole.capacity() {
            whole.reserve_exact(piece.len().max(1 << 20));
        }
        whole.extend_from_slice(piece);
        Ok(())
    })?;
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
