//! The text of a table's file, in the encodings that spreadsheets write.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization as _;

/// Octets of a table in UTF-16, which is written anew as it is read.
const UTF_16_OCTETS_MAX: usize = 12 << 20;

/// Octets of a table in Windows-1258, whose letters are put together beside that.
const WINDOWS_1258_OCTETS_MAX: usize = 4 << 20;

fn bound(octets: &[u8], octets_max: usize, encoding: &str) -> Result<(), String> {
    match octets.len() > octets_max {
        true => Err(format!(
            "a table in {encoding} has at most {} MiB here; save it as “CSV UTF-8”",
            octets_max >> 20
        )),
        false => Ok(()),
    }
}

/// The text, and what has to be said of how it was read.
///
/// UTF-16 is known by its mark, or by its zero octets in the first line; what is no UTF-8 is taken for
/// Windows-1258, which spreadsheets write as “CSV” on Vietnamese systems. There a letter and its tone are
/// two characters, which are put together.
pub(super) fn decoded(octets: &[u8]) -> Result<(Cow<'_, str>, Option<String>), String> {
    let utf16 = |octets, encoding: &'static encoding_rs::Encoding| {
        bound(octets, UTF_16_OCTETS_MAX, "UTF-16")?;
        encoding
            .decode_without_bom_handling_and_without_replacement(octets)
            .map(|text| (text, None))
            .ok_or_else(|| "the file is no text in UTF-16".to_owned())
    };
    match octets {
        [0xff, 0xfe, rest @ ..] => return utf16(rest, UTF_16LE),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, UTF_16BE),
        _ => {}
    }
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let head = &octets[..octets.len().min(512)];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|octet| **octet == 0).count();
    match (zeros(0), zeros(1)) {
        (0, 0) => {}
        (even, odd) if odd > 2 * even && odd * 4 > head.len() / 2 => {
            return utf16(octets, UTF_16LE);
        }
        (even, odd) if even > 2 * odd && even * 4 > head.len() / 2 => {
            return utf16(octets, UTF_16BE);
        }
        _ => return Err("the file holds zero octets and is no table in text".to_owned()),
    }
    let error = match std::str::from_utf8(octets) {
        Ok(text) => return Ok((text.into(), None)),
        Err(error) => error,
    };
    let line = 1 + octets[..error.valid_up_to()].iter().filter(|octet| **octet == b'\n').count();
    bound(octets, WINDOWS_1258_OCTETS_MAX, "Windows-1258")?;
    let (text, _) = WINDOWS_1258.decode_without_bom_handling(octets);
    // Controls are no text in any encoding.
    if text.contains(|character: char| character.is_control() && !"\t\r\n".contains(character)) {
        return Err(format!(
            "line {line} is neither UTF-8 nor Windows-1258; save the table as “CSV UTF-8”"
        ));
    }
    let note = format!(
        "line {line} is not UTF-8, so the table is read as Windows-1258; when letters come out wrong, save \
         it as “CSV UTF-8”"
    );
    Ok((text.nfc().collect::<String>().into(), Some(note)))
}
