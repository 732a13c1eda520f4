//! Texts of a workbook stream (MS-XLS §2.5.293, §2.5.240, §2.5.294).

use super::records::Record;
use crate::inventory::import::budget::STRINGS_MAX;

/// The characters are of two octets each.
const WIDE: u8 = 1;
/// Data of an East Asian spelling follows.
const SPELLED: u8 = 4;
/// Runs of formatting follow.
const FORMATTED: u8 = 8;

/// A text with its length in one octet, as sheets are named.
pub(super) fn short(octets: &[u8]) -> Option<String> {
    let (&[length, flags], rest) = octets.split_first_chunk()?;
    plain(usize::from(length), flags, rest)
}

/// A text with its length in two octets.
pub(super) fn long(octets: &[u8]) -> Option<String> {
    let (&[low, high, flags], rest) = octets.split_first_chunk()?;
    plain(usize::from(u16::from_le_bytes([low, high])), flags, rest)
}

fn plain(length: usize, flags: u8, octets: &[u8]) -> Option<String> {
    let width = 1 + usize::from(flags & WIDE);
    let mut units = Vec::with_capacity(length);
    push(&mut units, octets.get(..length * width)?, flags);
    Some(String::from_utf16_lossy(&units))
}

fn push(units: &mut Vec<u16>, octets: &[u8], flags: u8) {
    match flags & WIDE {
        0 => units.extend(octets.iter().copied().map(u16::from)),
        _ => {
            let pairs = octets.chunks_exact(2);
            units.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
        }
    }
}

/// The table of the texts that cells name by number (SST, §2.4.265).
///
/// # Errors
/// When it ends within a text, or has too many.
pub(super) fn table(record: &Record<'_>) -> Result<Vec<String>, String> {
    let mut cursor = Cursor { record, at: 8, next_cut: 0 };
    let count = record.whole(4).unwrap_or(0) as usize;
    if count > STRINGS_MAX {
        return Err(format!("the workbook has more than {STRINGS_MAX} different texts"));
    }
    let mut texts = Vec::new();
    for _ in 0..count {
        let text = cursor.text();
        texts.push(text.ok_or("the workbook is damaged: its table of texts ends too early")?);
    }
    Ok(texts)
}

/// Where one is in a record that may be cut within a text: the characters after a cut begin with flags of
/// their own.
struct Cursor<'r, 'a> {
    record: &'r Record<'a>,
    at: usize,
    next_cut: usize,
}

impl Cursor<'_, '_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let taken = self.record.part(self.at).first_chunk().copied()?;
        self.at += N;
        Some(taken)
    }

    fn text(&mut self) -> Option<String> {
        let mut left = usize::from(u16::from_le_bytes(self.take()?));
        let [mut flags] = self.take()?;
        let runs = if flags & FORMATTED == 0 { 0 } else { u16::from_le_bytes(self.take()?) };
        let spelling = if flags & SPELLED == 0 { 0 } else { u32::from_le_bytes(self.take()?) };
        let mut units = Vec::new();
        while left > 0 {
            let cuts = &self.record.cuts;
            while cuts.get(self.next_cut).is_some_and(|cut| *cut < self.at) {
                self.next_cut += 1;
            }
            if cuts.get(self.next_cut) == Some(&self.at) {
                self.next_cut += 1;
                [flags] = self.take()?;
            }
            let end = cuts.get(self.next_cut).copied().unwrap_or(self.record.data.len());
            let width = 1 + usize::from(flags & WIDE);
            let here = left.min(end.checked_sub(self.at)? / width);
            if here == 0 {
                return None;
            }
            push(&mut units, self.record.part(self.at).get(..here * width)?, flags);
            self.at += here * width;
            left -= here;
        }
        let behind = usize::from(runs) * 4 + usize::try_from(spelling).ok()?;
        self.at = self.at.checked_add(behind).filter(|at| *at <= self.record.data.len())?;
        Some(String::from_utf16_lossy(&units))
    }
}
