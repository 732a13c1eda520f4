//! The records of a workbook stream (MS-XLS §2.1.4), each with the records that continue it.

use std::borrow::Cow;

pub(super) const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const CONTINUED: u16 = 0x003c;
pub(super) const PROTECTED: u16 = 0x002f;
pub(super) const EPOCH: u16 = 0x0022;
pub(super) const STYLE: u16 = 0x00e0;
pub(super) const FORMAT: u16 = 0x041e;
pub(super) const STRINGS: u16 = 0x00fc;
pub(super) const SHEET: u16 = 0x0085;
pub(super) const TEXT_OF_TABLE: u16 = 0x00fd;
pub(super) const TEXT: u16 = 0x0204;
pub(super) const RICH_TEXT: u16 = 0x00d6;
pub(super) const NUMBER: u16 = 0x0203;
pub(super) const SHORT_NUMBER: u16 = 0x027e;
pub(super) const SHORT_NUMBERS: u16 = 0x00bd;
pub(super) const FORMULA: u16 = 0x0006;
pub(super) const FORMULA_TEXT: u16 = 0x0207;
pub(super) const MERGED: u16 = 0x00e5;

/// One record, put together from its continuations.
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) data: Cow<'a, [u8]>,
    /// Where continuations begin in `data`.
    pub(super) cuts: Vec<usize>,
}

impl Record<'_> {
    /// The rest from an octet on; empty behind the end.
    pub(super) fn part(&self, at: usize) -> &[u8] {
        self.data.get(at..).unwrap_or_default()
    }

    pub(super) fn number(&self, at: usize) -> Option<u16> {
        self.part(at).first_chunk().copied().map(u16::from_le_bytes)
    }

    pub(super) fn whole(&self, at: usize) -> Option<u32> {
        self.part(at).first_chunk().copied().map(u32::from_le_bytes)
    }

    pub(super) fn float(&self, at: usize) -> Option<f64> {
        self.part(at).first_chunk().copied().map(f64::from_le_bytes)
    }

    /// A number in four octets (RkNumber, §2.5.218).
    pub(super) fn short(&self, at: usize) -> Option<f64> {
        let packed = self.whole(at)?;
        let number = match packed & 2 {
            0 => f64::from_bits(u64::from(packed & !3) << 32),
            // A signed number of 30 bits.
            _ => f64::from(packed.cast_signed() >> 2),
        };
        Some(if packed & 1 == 0 { number } else { number / 100.0 })
    }
}

/// The records from a place on up to the end of their part. Parts within it, such as charts, are left out.
pub(super) struct Records<'a> {
    stream: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Records<'a> {
    pub(super) fn new(stream: &'a [u8], at: usize) -> Self {
        Self { stream, at, depth: 0 }
    }

    fn raw(&self) -> Option<(u16, &'a [u8])> {
        let rest = self.stream.get(self.at..)?;
        let (head, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        Some((u16::from_le_bytes([head[0], head[1]]), rest.get(..length)?))
    }

    fn next_record(&mut self) -> Option<Record<'a>> {
        let (kind, data) = self.raw()?;
        self.at += 4 + data.len();
        let mut record = Record { kind, data: Cow::Borrowed(data), cuts: Vec::new() };
        while let Some((CONTINUED, more)) = self.raw() {
            self.at += 4 + more.len();
            record.cuts.push(record.data.len());
            record.data.to_mut().extend_from_slice(more);
        }
        Some(record)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(record) = self.next_record() else {
                return Some(Err("the workbook is damaged: it ends within a sheet".to_owned()))
                    .filter(|_| std::mem::replace(&mut self.depth, 0) > 0);
            };
            match record.kind {
                BEGIN => self.depth += 1,
                END if self.depth <= 1 => {
                    self.depth = 0;
                    self.at = self.stream.len();
                    return None;
                }
                END => self.depth -= 1,
                _ => {}
            }
            if self.depth <= 1 {
                return Some(Ok(record));
            }
        }
    }
}
